/** How findings are stored. */
import type { Finding } from '../domain/finding.js';
import { governedTable, instant, json, optionalInstant, optionalText, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const FindingTable: GovernedTable<Finding> = governedTable<Finding>({
  type: 'Finding', table: 'findings', prefix: 'F', scopeOf: (finding) => finding.systemId,
  columns: {
    systemId: uuid, releaseId: optionalUuid, riskId: optionalUuid, mitigationId: optionalUuid, source: text, severity: text, statement: text, theme: optionalText, ownerId: uuid, state: text,
    action: optionalText, due: optionalInstant, evidenceIds: json, acceptanceId: optionalUuid, closedBy: optionalUuid, ending: optionalText, raisedBy: uuid, raisedAt: instant,
  },
  addedLater: { theme: null },
});

/** How evidence is stored. */
import type { Evidence } from '../domain/evidence.js';
import { governedTable, instant, optionalJson, optionalText, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const EvidenceTable: GovernedTable<Evidence> = governedTable<Evidence>({
  type: 'Evidence', table: 'evidence', prefix: 'E', scopeOf: (evidence) => evidence.systemId,
  columns: {
    systemId: uuid, type: text, title: text, contentDigest: text, subjectDigest: optionalText, location: optionalText, payload: optionalJson, source: text, submittedBy: uuid, submittedAt: instant,
    collectedAt: instant, validUntil: instant, supersedesId: optionalUuid, state: text, verification: optionalJson, ending: optionalText,
  },
  addedLater: { payload: null },
});

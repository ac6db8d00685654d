/** How mitigations are stored. */
import type { Mitigation } from '../domain/mitigation.js';
import { governedTable, instant, json, optionalJson, optionalText, text, uuid, whole, type GovernedTable } from '../platform/columns.table.js';

export const MitigationTable: GovernedTable<Mitigation> = governedTable<Mitigation>({
  type: 'Mitigation', table: 'mitigations', prefix: 'M', scopeOf: (mitigation) => mitigation.systemId,
  columns: {
    riskId: uuid, systemId: uuid, title: text, description: text, ownerId: uuid, due: instant, effect: text, reduces: whole, requiredFrom: optionalText, control: optionalText,
    state: text, evidenceIds: json, verification: optionalJson, cancellation: optionalJson, ending: optionalText,
    authoredBy: uuid, lastEditedBy: uuid, editors: json, proposedAt: instant,
  },
});

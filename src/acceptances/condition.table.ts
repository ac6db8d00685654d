/** How conditions are stored. */
import type { Condition } from '../domain/condition.js';
import { governedTable, instant, json, optionalJson, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const ConditionTable: GovernedTable<Condition> = governedTable<Condition>({
  type: 'Condition', table: 'conditions', prefix: 'C', scopeOf: (condition) => condition.systemId,
  columns: {
    systemId: uuid, signOffId: optionalUuid, acceptanceId: optionalUuid, lanes: json, text, evidence: text, due: instant, ownerId: uuid, effect: text, imposedBy: uuid, imposedAt: instant,
    state: text, evidenceIds: json, confirmation: optionalJson,
  },
});

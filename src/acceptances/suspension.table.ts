/** How suspensions are stored. */
import type { Suspension } from '../domain/suspension.js';
import { governedTable, instant, optionalJson, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const SuspensionTable: GovernedTable<Suspension> = governedTable<Suspension>({
  type: 'Suspension', table: 'suspensions', prefix: 'SUS', scopeOf: (suspension) => suspension.systemId,
  columns: { systemId: uuid, riskId: optionalUuid, cause: text, reason: text, since: instant, imposedBy: uuid, state: text, lifted: optionalJson },
});

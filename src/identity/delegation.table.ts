/** How delegations are stored. */
import type { Delegation } from '../domain/delegation.js';
import { governedTable, instant, json, optionalJson, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const DelegationTable: GovernedTable<Delegation> = governedTable<Delegation>({
  type: 'Delegation', table: 'delegations', prefix: 'DEL', scopeOf: () => null,
  columns: { fromPersonId: uuid, toPersonId: uuid, lanes: json, systemIds: optionalJson, reason: text, validFrom: instant, validUntil: instant, state: text, madeAt: instant },
});

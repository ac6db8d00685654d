/** How simulations are stored. */
import type { PolicySimulation } from '../domain/policy-simulation.js';
import { governedTable, instant, optionalInstant, optionalJson, optionalText, uuid, whole, type GovernedTable } from '../platform/columns.table.js';

export const SimulationTable: GovernedTable<PolicySimulation> = governedTable<PolicySimulation>({
  type: 'PolicySimulation', table: 'policy_simulations', prefix: 'SIM', scopeOf: () => null,
  columns: { policyVersionId: uuid, decidedFrom: instant, decidedTo: instant, decisions: whole, startedBy: uuid, startedAt: instant, endedAt: optionalInstant, result: optionalJson, ending: optionalText },
});

/** The policies in force: those that the organization activated, and the shipped one unless a policy of its own took its place. */
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import { Policies } from '../domain/policy-binding.js';
import type { PolicyVersion } from '../domain/policy-version.js';
import type { GovernedTable } from '../platform/columns.table.js';
import type { Where } from '../platform/scope.js';
import { PolicyTable } from './policy.table.js';
import { policyOf, SHIPPED } from './shipped-policy.js';

interface Source { all(table: GovernedTable<PolicyVersion>, where: Where): Promise<Stored<PolicyVersion>[]> }

export async function policiesInForce(source: Source): Promise<Policies> {
  return policiesOf(await source.all(PolicyTable, { state: 'ACTIVE' }));
}

/** `shipped`: the edition that ships, unless a decision of another one is made again. */
export function policiesOf(active: readonly PolicyVersion[], shipped: GatePolicy = SHIPPED): Policies {
  const own = active.map(({ document }) => policyOf(document)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Policies(own.some(({ id }) => id === shipped.id) ? own : [...own, shipped]);
}

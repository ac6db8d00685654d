/** By what the inventory is narrowed and sorted: each filter becomes a condition that an index serves. */
import { PHASES, TIERS, type AiSystem, type EuClass, type Phase, type SystemFlag, type Tier } from '../domain/system.js';
import { resolvePerson } from '../identity/people.service.js';
import { among, anyOf, foundBy, given, referring, type Condition } from '../platform/conditions.js';
import { NEWEST, OLDEST, type Order } from '../platform/paging.js';
import type { ReadScope } from '../platform/scope.js';

/** Null = not asked for; of several all must hold. */
export interface SystemFilter {
  readonly states: readonly AiSystem['state'][] | null;
  readonly tiers: readonly Tier[] | null;
  readonly euClasses: readonly EuClass[] | null;
  readonly owner: string | null;
  readonly phases: readonly Phase[] | null;
  readonly flags: readonly SystemFlag[] | null;
  readonly text: string | null;
}

export const SYSTEM_SORTS = ['OLDEST', 'NEWEST', 'TIER'] as const;
export type SystemSort = (typeof SYSTEM_SORTS)[number];

const ORDERS: Readonly<Record<SystemSort, Order>> = { OLDEST, NEWEST, TIER: { name: 'TIER', descending: true, key: { column: 'tierRank', type: 'int' } } };

export function systemOrder(sort: SystemSort): Order {
  return ORDERS[sort];
}

/** What a filter means; the owner is looked up first, and refused when there is nobody. */
export async function systemConditions(scope: ReadScope, filter: Partial<SystemFilter>): Promise<Condition[]> {
  const { owner, states, tiers, euClasses, phases, flags, text } = filter;
  const found: (Condition | null)[] = [
    ...await referring('ownerId', owner, (named) => resolvePerson(scope, named, 'filter.owner')),
    given(states, (values) => anyOf('state', values)),
    given(tiers, (values) => anyOf('tierRank', values.map((tier) => TIERS.indexOf(tier) + 1))),
    given(euClasses, (values) => anyOf('euClass', values)),
    given(phases, (values) => among('id', { table: 'system_phases', key: 'systemId', column: 'phaseRank' }, values.map((phase) => PHASES.indexOf(phase)))),
    given(flags, (values) => among('id', { table: 'system_flags', key: 'systemId', column: 'flag' }, values)),
    given(text, (value) => foundBy('id', 'audit.search_systems', value)),
  ];
  return found.filter((condition) => condition !== null);
}

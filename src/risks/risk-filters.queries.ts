/** By what the risk register is narrowed and sorted: each filter becomes a condition that an index serves. */
import { plusDays, type Instant } from '../domain/clock.js';
import type { RiskState } from '../domain/risk.js';
import { LEVELS, rankOf, type ConsequenceClass, type Level, type RiskCriteria } from '../domain/scoring.js';
import { TIERS, type Tier } from '../domain/system.js';
import { checkCategory } from '../domain/taxonomy.js';
import { resolvePerson } from '../identity/people.service.js';
import { after, among, anyOf, either, equals, foundBy, given, isNull, referring, upTo, type Condition } from '../platform/conditions.js';
import { NEWEST, OLDEST, type Order } from '../platform/paging.js';
import type { ReadScope } from '../platform/scope.js';
import { SystemTable } from '../systems/system.table.js';

/** Null = not asked for; of several all must hold. */
export interface RiskFilter {
  readonly system: string | null;
  readonly states: readonly RiskState[] | null;
  readonly levels: readonly Level[] | null;
  readonly inherentLevels: readonly Level[] | null;
  readonly owner: string | null;
  readonly tiers: readonly Tier[] | null;
  readonly category: string | null;
  readonly classes: readonly ConsequenceClass[] | null;
  readonly overdue: boolean | null;
  readonly text: string | null;
}

export const RISK_SORTS = ['OLDEST', 'NEWEST', 'LEVEL', 'REVIEW_DUE'] as const;
export type RiskSort = (typeof RISK_SORTS)[number];

const TERMS = { table: 'risk_terms', key: 'riskId', column: 'term' };

/** What a filter means; names of others in it are looked up first, and refused when there is no such record. */
export async function riskConditions(scope: ReadScope, filter: Partial<RiskFilter>, criteria: RiskCriteria | null): Promise<Condition[]> {
  const found: (Condition | null)[] = [
    ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
    ...await referring('ownerId', filter.owner, (owner) => resolvePerson(scope, owner, 'filter.owner')),
    given(filter.states, (states) => anyOf('state', states)),
    given(filter.levels, (levels) => anyOf('levelRank', levels.map(rankOf))),
    given(filter.inherentLevels, (levels) => anyOf('inherentRank', levels.map(rankOf))),
    given(filter.tiers, (tiers) => among('systemId', { table: 'ai_systems', key: 'id', column: 'tierRank' }, tiers.map((tier) => TIERS.indexOf(tier) + 1))),
    given(filter.category, (category) => among('id', TERMS, [checkCategory(category, 'filter.category')])),
    given(filter.classes, (classes) => among('id', TERMS, classes)),
    given(filter.overdue, (overdue) => (overdue ? overdueAt(scope.now, criteria) : notOverdueAt(scope.now, criteria))),
    given(filter.text, (text) => foundBy('id', 'audit.search_risks', text)),
  ];
  return found.filter((condition) => condition !== null);
}

/** Without criteria nothing was ever assessed, so that nothing is due. */
export function riskOrder(sort: RiskSort, criteria: RiskCriteria | null): Order {
  switch (sort) {
    case 'OLDEST': return OLDEST;
    case 'NEWEST': return NEWEST;
    case 'LEVEL': return { name: 'LEVEL', descending: true, key: { column: 'levelRank', type: 'int' } };
    case 'REVIEW_DUE': {
      const due = LEVELS.map((level) => ({ conditions: [equals('levelRank', rankOf(level)), isNull('reviewedAt', false)], days: criteria?.reviewDays[level] ?? 0 }));
      return { name: 'REVIEW_DUE', descending: false, key: { column: 'reviewedAt', type: 'text' }, parts: [...due, { conditions: [isNull('reviewedAt')], days: null }] };
    }
  }
}

function overdueAt(now: Instant, criteria: RiskCriteria | null): Condition {
  return either(criteria === null ? [] : LEVELS.map((level) => [equals('levelRank', rankOf(level)), upTo('reviewedAt', plusDays(now, -criteria.reviewDays[level]))]));
}

function notOverdueAt(now: Instant, criteria: RiskCriteria | null): Condition {
  const later = criteria === null ? [] : LEVELS.map((level) => [equals('levelRank', rankOf(level)), after('reviewedAt', plusDays(now, -criteria.reviewDays[level]))]);
  return either([[isNull('reviewedAt')], ...later]);
}

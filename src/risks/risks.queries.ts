/** Reading risks: one, a page of them, and how many there are in each cell of the matrix. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import { riskLifecycle, type Risk } from '../domain/risk.js';
import { cellsOf, type Cell, type RiskCriteria } from '../domain/scoring.js';
import { conditionsSql, Parameters } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { loadOne } from '../platform/loading.js';
import { OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { riskConditions, riskOrder, type RiskFilter, type RiskSort } from './risk-filters.queries.js';
import { RiskTable } from './risk.table.js';
import { knownCriteria, presentCriteria } from './risks.service.js';

export interface MatrixSide { readonly cells: readonly (Cell & { readonly count: number })[]; readonly unassessed: number }

const OPEN = riskLifecycle.states.filter((state) => state !== 'CLOSED' && state !== 'REJECTED');

@Injectable()
export class RisksQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async risk(ctx: RequestContext, id: string): Promise<Stored<Risk>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(RiskTable, id));
  }

  async risks(ctx: RequestContext, request: PageRequest, wanted: { system: string | null; filter: Partial<RiskFilter>; sort: RiskSort }): Promise<Page<Stored<Risk>>> {
    const { sort } = wanted;
    const filter = { ...wanted.filter, system: onlySystem(wanted.system, wanted.filter.system ?? null) };
    const narrowed = await this.work.read(ctx, 'register.read', async (scope) => {
      const byReview = sort === 'REVIEW_DUE' || typeof filter.overdue === 'boolean';
      const criteria = byReview ? await knownCriteria(scope) : null;
      return { conditions: await riskConditions(scope, filter, criteria), order: riskOrder(sort, criteria) };
    });
    return this.lists.page(ctx, { table: RiskTable, ...narrowed }, request);
  }

  /** Those of one system, read together with those of all others that the answer shows. */
  async risksOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Risk>>> {
    return this.lists.pageOf(ctx, { table: RiskTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  async risksByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Risk>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(RiskTable, ids));
  }

  /** How many risks fit, by the cells of the criteria of today; open ones unless the filter names states. */
  async matrix(ctx: RequestContext, filter: Partial<RiskFilter>): Promise<{ inherent: MatrixSide; current: MatrixSide }> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const criteria = await presentCriteria(scope);
      const parameters = new Parameters();
      const where = conditionsSql(await riskConditions(scope, { ...filter, states: filter.states ?? OPEN }, criteria), parameters);
      const rows = await scope.query<CountedCell>(`
        select grouping(x.inherent_likelihood) = 0 as inherent, coalesce(x.inherent_likelihood, x.current_likelihood) as likelihood,
          coalesce(x.inherent_consequence, x.current_consequence) as consequence, count(*)::int as counted
        from risks x where ${where} group by grouping sets ((x.inherent_likelihood, x.inherent_consequence), (x.current_likelihood, x.current_consequence))`, parameters.values);
      return { inherent: sideOf(criteria, rows.filter((row) => row.inherent)), current: sideOf(criteria, rows.filter((row) => !row.inherent)) };
    });
  }

  /** What everything that is derived from a risk is judged by, read once for all risks of an answer. */
  async today(ctx: RequestContext): Promise<{ criteria: RiskCriteria | null; now: Instant }> {
    const today = await loadOne(ctx, 'criteria', 'today', async (keys) => {
      const found = await this.work.read(ctx, 'register.read', async (scope) => ({ criteria: await knownCriteria(scope), now: scope.now }));
      return new Map(keys.map((key) => [key, found]));
    });
    if (today === null) throw new Error('the criteria were not read');
    return today;
  }
}

/** The list has an argument for it, and its filter has one too. */
function onlySystem(ofList: string | null, ofFilter: string | null): string | null {
  if (ofList !== null && ofFilter !== null) throw new Refusal('INVALID_INPUT', { field: 'filter.system', message: 'The system is named twice.', next: 'Name it in one of the two places.' });
  return ofList ?? ofFilter;
}

interface CountedCell { readonly inherent: boolean; readonly likelihood: number | null; readonly consequence: number | null; readonly counted: number }

function sideOf(criteria: RiskCriteria, rows: readonly CountedCell[]): MatrixSide {
  const counted = new Map(rows.map((row) => [`${String(row.likelihood)}/${String(row.consequence)}`, row.counted]));
  return {
    cells: cellsOf(criteria).map((cell) => ({ ...cell, count: counted.get(`${String(cell.likelihood)}/${String(cell.consequence)}`) ?? 0 })),
    unassessed: counted.get('null/null') ?? 0,
  };
}

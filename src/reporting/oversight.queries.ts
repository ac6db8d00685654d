/** For auditors: what went another way than the rules say, and what is in an environment by which right. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import { Refusal } from '../domain/refusal.js';
import { after, anyOf, either, equals, from, isNull, referring, upTo } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import type { Order, Page, PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { environmentByName } from '../systems/releases.service.js';
import { SystemTable } from '../systems/system.table.js';
import { ExceptionIndex, LASTING, PopulationIndex, type Exception, type ExceptionKind, type Inhabitant } from './oversight.table.js';

export interface ExceptionFilter { readonly system?: string | null; readonly kinds?: readonly ExceptionKind[] | null }
/** `ongoing`: with what had begun before it and still went on. */
export interface Span { readonly from: Instant; readonly to: Instant; readonly ongoing: boolean }
/** By which right it is there at the instant that was asked about. */
export const STANDINGS = ['GOVERNED', 'EMERGENCY', 'BASELINED', 'UNGOVERNED'] as const;
export type Standing = (typeof STANDINGS)[number];
export interface Standingly extends Inhabitant { readonly standing: Standing }

const LATEST_FIRST: Order = { name: 'LATEST', descending: true, key: { column: 'happenedAt', type: 'instant' } };
const NEWEST_FIRST: Order = { name: 'SINCE', descending: true, key: { column: 'since', type: 'instant' } };

@Injectable()
export class OversightQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  /** What began in the span and, if that is asked for, what had begun before and still went on in it. What began last comes first either way. */
  async exceptions(ctx: RequestContext, span: Span, filter: ExceptionFilter, request: PageRequest): Promise<Page<Exception>> {
    if (span.from > span.to) throw new Refusal('INVALID_INPUT', { field: 'from', actual: span.from, expected: `at most ${span.to}`, message: 'from lies after to.' });
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      upTo('happenedAt', span.to), either([[from('happenedAt', span.from)], ...(span.ongoing ? [[anyOf('kind', LASTING), isNull('lastsUntil')], [anyOf('kind', LASTING), after('lastsUntil', span.from)]] : [])]), ...(filter.kinds ? [anyOf('kind', filter.kinds)] : []),
      ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
    ]);
    return this.lists.page(ctx, { table: ExceptionIndex, conditions, order: LATEST_FIRST }, request);
  }

  /** What was there at the instant: what had come, and nothing else of its system had come since. */
  async population(ctx: RequestContext, environment: string, at: Instant | null, request: PageRequest): Promise<Page<Standingly>> {
    const { instant, conditions } = await this.work.read(ctx, 'register.read', async (scope) => {
      const [place, then] = [await environmentByName(scope, environment), at ?? scope.now];
      if (then > scope.now) throw new Refusal('INVALID_INPUT', { field: 'at', actual: then, message: 'Nobody knows what will be there: at lies in the future.', next: 'Leave it out to ask about now.' });
      return { instant: then, conditions: [equals('environmentId', place.id), upTo('since', then), either([[isNull('replacedAt')], [after('replacedAt', then)]])] };
    });
    const page = await this.lists.page(ctx, { table: PopulationIndex, conditions, order: NEWEST_FIRST }, request);
    return { ...page, nodes: page.nodes.map((one) => ({ ...one, standing: standingOf(one, instant) })) };
  }
}

function standingOf({ kind, coveredUntil }: Inhabitant, at: Instant): Standing {
  if (kind !== 'BASELINE') return kind;
  return coveredUntil !== null && coveredUntil > at ? 'BASELINED' : 'UNGOVERNED';
}

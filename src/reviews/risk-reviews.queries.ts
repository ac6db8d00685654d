/** The open reviews in which a risk is judged: those of every promotion of its system, or of the one release that it concerns. One statement for all risks of an answer. */
import { Injectable } from '@nestjs/common';
import type { Review } from '../domain/review.js';
import { recordOf } from '../platform/columns.table.js';
import { loadOne } from '../platform/loading.js';
import { checkFirst, decodeCursor, encodeCursor, MAX_COUNT, type Page, type PageRequest, type Total } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { REVIEW_ORDERS } from './lane-reviews.queries.js';
import { ReviewIndex } from './review.table.js';

interface RiskScope { readonly id: string; readonly systemId: string; readonly releaseId: string | null }
type Row = Readonly<Record<string, unknown>>;

const ORDER = REVIEW_ORDERS.DUE;
const LIST = 'RiskReview';
const IN_SCOPE = 'x.system_id = k.system_id and x.open and (k.release_id is null or x.release_id = k.release_id)';

@Injectable()
export class RiskReviewsQueries {
  constructor(private readonly work: UnitOfWork) {}

  async reviewsOfRisk(ctx: RequestContext, risk: RiskScope, request: PageRequest): Promise<Page<Review>> {
    const first = checkFirst(request.first);
    const place = request.after === null ? null : decodeCursor(LIST, ORDER, request.after);
    const columns = ReviewIndex.fields.map((field) => `x.${field.column}`).join(', ');
    const part = `select ${columns} from promotion_reviews x where ${IN_SCOPE} and ($4::timestamptz is null or (x.due, x.id) > ($4::timestamptz, $5::uuid)) order by x.due, x.id limit $6`;
    const rows = await this.#forEach(ctx, risk, `reviews ${JSON.stringify(request)}`, { part, parameters: [place?.key ?? null, place?.id ?? null, first + 1] });
    const found = rows.slice(0, first).map((row) => recordOf(ReviewIndex, row));
    const cursors = found.map((review) => encodeCursor(LIST, ORDER, { key: review.due, id: review.id }));
    return {
      nodes: found, cursors, hasNextPage: rows.length > first, hasPreviousPage: place !== null, startCursor: cursors[0] ?? null, endCursor: cursors.at(-1) ?? null,
      count: () => this.#count(ctx, risk),
    };
  }

  async #count(ctx: RequestContext, risk: RiskScope): Promise<Total> {
    const part = `select count(*)::int as counted from (select from promotion_reviews x where ${IN_SCOPE} limit $4) found`;
    const [row] = await this.#forEach(ctx, risk, 'count', { part, parameters: [MAX_COUNT + 1] });
    const value = (row?.['counted'] ?? 0) as number;
    return { value, isExact: value <= MAX_COUNT };
  }

  /** Runs the part once for each risk, in one statement; `k` is the risk. */
  async #forEach(ctx: RequestContext, risk: RiskScope, kind: string, { part, parameters }: { part: string; parameters: readonly unknown[] }): Promise<readonly Row[]> {
    const rows = await loadOne(ctx, `risk reviews ${kind}`, JSON.stringify([risk.id, risk.systemId, risk.releaseId]), async (wanted) => {
      const risks = wanted.map((key) => JSON.parse(key) as [string, string, string | null]);
      const found = await this.work.read(ctx, 'register.read', (scope) => scope.query<Row>(
        `select k.at, part.* from unnest($1::int[], $2::uuid[], $3::uuid[]) as k(at, system_id, release_id) cross join lateral (${part}) part`,
        [risks.map((_, i) => i), risks.map((each) => each[1]), risks.map((each) => each[2]), ...parameters]));
      return new Map(wanted.map((key, i) => [key, found.filter((row) => row['at'] === i)]));
    });
    return rows ?? [];
  }
}

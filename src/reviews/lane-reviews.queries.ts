/**
 * Reading reviews. What a filter can say about stored values is a condition of the statement; what the votes have come to is judged for
 * a part of the list after the other, a bounded number at most, and a cursor says where the next request goes on.
 */
import { Injectable } from '@nestjs/common';
import type { Lane } from '../domain/actor.js';
import { NotingClock, type Instant } from '../domain/clock.js';
import { lanesOf } from '../domain/eligibility.js';
import { reviewId, type Review, type ReviewOutcome } from '../domain/review.js';
import { resolvePerson } from '../identity/people.service.js';
import { after, anyOf, either, equals, given, referring, upTo, type Condition } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { loadOne } from '../platform/loading.js';
import type { Order, Page, PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { SystemTable } from '../systems/system.table.js';
import { judgedPage } from './judged-page.js';
import { oneReview, promotionOfReview } from './lane-reviews.service.js';
import { ReviewIndex } from './review.table.js';
import { judgeReviews, type JudgedReview } from './rounds.js';
import { lentTo } from './voters.js';

export interface ReviewFilter {
  readonly lanes?: readonly Lane[] | null;
  readonly outcomes?: readonly ReviewOutcome[] | null;
  readonly assignee?: string | null;
  readonly dueBefore?: Instant | null;
  readonly overdue?: boolean | null;
  readonly system?: string | null;
  readonly open?: boolean | null;
  readonly waitingForMe?: boolean | null;
}

/** A review, with its judgement where the list needed it anyway. */
export interface ListedReview extends Review { readonly judged?: JudgedReview }

export const REVIEW_ORDERS = {
  DUE: { name: 'DUE', descending: false, key: { column: 'due', type: 'instant' } },
  NEWEST: { name: 'NEWEST', descending: true, key: { column: 'openedAt', type: 'instant' } },
} as const satisfies Record<string, Order>;
export type ReviewSort = keyof typeof REVIEW_ORDERS;

@Injectable()
export class LaneReviewsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async review(ctx: RequestContext, reference: string): Promise<Review> {
    return this.work.read(ctx, 'register.read', async (scope) => oneReview(await promotionOfReview(scope, reference), reference));
  }

  /** The database's clock: by it a claim or a due date is over. */
  async clock(ctx: RequestContext): Promise<NotingClock> {
    const clock = await loadOne(ctx, 'clock', 'now', async () => new Map([['now', await this.work.read(ctx, 'register.read', (scope) => Promise.resolve(scope.clock()))]]));
    if (clock === null) throw new Error('no clock');
    return clock;
  }

  /** What the votes come to, for all reviews that this answer asks about at the same time. */
  async judged(ctx: RequestContext, review: ListedReview): Promise<JudgedReview | null> {
    return review.judged ?? loadOne(ctx, 'judged review', reviewId(review), (ids) => this.#judge(ctx, ids.map((id) => id.split('/')[0] ?? '')));
  }

  async reviews(ctx: RequestContext, filter: ReviewFilter, sort: ReviewSort, request: PageRequest): Promise<Page<ListedReview>> {
    const conditions = await this.work.read(ctx, 'register.read', (scope) => conditionsOf(scope, filter));
    const list = { table: ReviewIndex, conditions, order: REVIEW_ORDERS[sort] };
    const fits = fitting(filter);
    if (fits === null) return this.lists.page(ctx, list, request);
    return judgedPage(request, (part) => this.lists.page(ctx, list, part), async (found) => {
      const judged = await this.#judge(ctx, found.map((review) => review.promotionId));
      return found.map((review) => withJudgement(review, judged.get(reviewId(review)), fits));
    });
  }

  async #judge(ctx: RequestContext, promotionIds: readonly string[]): Promise<Map<string, JudgedReview>> {
    return this.work.read(ctx, 'register.read', async (scope) => judgeReviews(scope, await policiesInForce(scope), promotionIds));
  }
}

async function conditionsOf(scope: ReadScope, filter: ReviewFilter): Promise<Condition[]> {
  const conditions: (Condition | null)[] = [
    filter.lanes ? anyOf('lane', filter.lanes) : null,
    filter.dueBefore ? upTo('due', filter.dueBefore) : null,
    ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
    ...stateConditions(filter, scope.now),
    ...await referring('assigneeId', filter.assignee, (assignee) => assigneeOf(scope, assignee)),
    given(filter.assignee, () => after('claimedUntil', scope.now)),
    filter.waitingForMe === true ? await mine(scope) : null,
  ];
  return conditions.filter((condition) => condition !== null);
}

function stateConditions({ open, overdue, waitingForMe }: ReviewFilter, now: Instant): Condition[] {
  if (overdue === true || waitingForMe === true) return [equals('open', true), ...(overdue === true ? [upTo('due', now)] : []), ...(open === false ? [equals('open', false)] : [])];
  const conditions = overdue === false ? [either([[equals('open', false)], [after('due', now)]])] : [];
  return typeof open === 'boolean' ? [equals('open', open), ...conditions] : conditions;
}

async function assigneeOf(scope: ReadScope, reference: string): Promise<string> {
  return reference === 'me' ? scope.personId : resolvePerson(scope, reference, 'assignee');
}

/** Lanes for which the caller holds a grant, own or lent, and what the caller's own systems attest by themselves. */
async function mine(scope: ReadScope): Promise<Condition> {
  const lent = await lentTo(scope, scope.personId);
  const own = await scope.query<{ id: string }>('select id from ai_systems where owner_id = $1::uuid or developer_ids @> $2::jsonb', [scope.personId, JSON.stringify([scope.personId])]);
  return either([[anyOf('lane', [...lanesOf(scope.actor, scope.clock()), ...lent.flatMap(({ delegation }) => delegation.lanes)])], [equals('level', 'SELF'), anyOf('systemId', own.map((system) => system.id))]]);
}

function withJudgement(review: Review, judged: JudgedReview | undefined, fits: (judged: JudgedReview) => boolean): ListedReview | null {
  return judged === undefined || !fits(judged) ? null : { ...review, judged };
}

/** What only judging can tell; null = the stored values tell all. */
function fitting({ outcomes, waitingForMe }: ReviewFilter): ((judged: JudgedReview) => boolean) | null {
  if (!outcomes && waitingForMe !== true) return null;
  return (judged) => (!outcomes || outcomes.includes(judged.outcome)) && (waitingForMe !== true || waits(judged));
}

function waits({ outcome, standing }: JudgedReview): boolean {
  return outcome !== 'APPROVED' && standing !== null && standing.excludedBy.length === 0 && !standing.approved && !standing.abstained;
}

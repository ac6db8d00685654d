/** The queue of one person: reviews, and every other command that waits, what is due first at the top. */
import { Injectable } from '@nestjs/common';
import { reviewId, reviewNumber } from '../domain/review.js';
import { NEVER } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { LaneReviewsQueries, type ListedReview } from '../reviews/lane-reviews.queries.js';
import { PromotionsService } from '../reviews/promotions.service.js';
import type { Found, WorkItem } from './work-candidates.js';
import { workItems } from './work-items.js';

@Injectable()
export class WorkQueries {
  constructor(private readonly work: UnitOfWork, private readonly reviews: LaneReviewsQueries, private readonly promotions: PromotionsService) {}

  async myWork(ctx: RequestContext): Promise<Found & { readonly now: string }> {
    const { now, found } = await this.work.read(ctx, 'register.read', async (scope) => ({ now: scope.now, found: await workItems(scope) }));
    const reviews = await this.#reviews(ctx);
    const items = [...reviews.items, ...found.items].sort((a, b) => ((a.until ?? NEVER) + a.number < (b.until ?? NEVER) + b.number ? -1 : 1));
    return { now, items, isComplete: reviews.isComplete && found.isComplete };
  }

  async #reviews(ctx: RequestContext): Promise<Found> {
    const { nodes, hasNextPage } = await this.reviews.reviews(ctx, { waitingForMe: true }, 'DUE', { first: 100, after: null });
    const asked = new Map((await this.promotions.promotionsByIds(ctx, nodes.map(({ promotionId }) => promotionId))).map((promotion) => [promotion.id, promotion]));
    return { isComplete: !hasNextPage, items: nodes.map((review) => ({ ...itemOf(review), said: asked.get(review.promotionId)?.reason ?? '', askedBy: asked.get(review.promotionId)?.requestedBy ?? null })) };
  }
}

function itemOf(review: ListedReview): Omit<WorkItem, 'said' | 'askedBy'> {
  return {
    mutation: 'requestSignOff', id: reviewId(review), number: reviewNumber({ number: review.promotionNumber }, review.lane), systemId: review.systemId, lane: review.lane,
    grant: review.judged?.standing?.grant ?? null, until: review.due === NEVER ? null : review.due, claimedUntil: review.claimedUntil,
  };
}

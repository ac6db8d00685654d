/** Claims of reviews: taken up for a while, given back. They tell colleagues who is reading, and decide nothing. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import type { Lane } from '../domain/actor.js';
import { claimReview, parseReviewReference, releaseReview, reviewsOf, type Review } from '../domain/review.js';
import type { Stored } from '../domain/package.js';
import type { Promotion } from '../domain/promotion.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound, type ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { recusalsOf } from './recusals.js';
import { PromotionTable } from './review.table.js';
import { currentPackage } from './shown-packages.js';
import { lentTo } from './voters.js';

@Injectable()
export class LaneReviewsService {
  constructor(private readonly work: UnitOfWork) {}

  async claim(ctx: RequestContext, reference: string, until: Instant): Promise<Review> {
    return this.work.write(ctx, 'review.claim', async (tx) => {
      const { promotion, lane } = await lockReview(tx, reference);
      const { pkg } = await currentPackage(tx, await policiesInForce(tx), promotion);
      const recusals = await recusalsOf(tx, promotion.systemId);
      const claimed = await tx.put(PromotionTable, claimReview(promotion, lane, until, { principal: tx.actor, pkg, recusals, lent: await lentTo(tx, tx.personId), clock: tx.clock() }), promotion);
      return oneReview(claimed, reference);
    });
  }

  /** By whoever claimed it, or by a risk officer with a reason. */
  async release(ctx: RequestContext, reference: string, reason: string | null): Promise<Review> {
    return this.work.write(ctx, 'review.claim', async (tx) => {
      const { promotion, lane } = await lockReview(tx, reference);
      const released = await tx.put(PromotionTable, releaseReview(promotion, lane, { principal: tx.actor, reason, clock: tx.clock() }), promotion);
      return oneReview(released, reference);
    });
  }
}

async function lockReview(tx: Tx, reference: string): Promise<{ promotion: Stored<Promotion>; lane: Lane }> {
  const promotion = await promotionOfReview(tx, reference);
  const { lane } = oneReview(promotion, reference);
  return { promotion: await tx.lock(PromotionTable, promotion.id), lane };
}

/** The promotion that a review belongs to; refused when the reference names no review. */
export async function promotionOfReview(scope: ReadScope, reference: string): Promise<Stored<Promotion>> {
  const named = parseReviewReference(reference);
  const promotion = named === null ? null : await scope.find(PromotionTable, named.promotion);
  if (promotion === null) throw notFound('Review', reference);
  return promotion;
}

/** The lane that was demanded when the promotion was opened. */
export function oneReview(promotion: Promotion, reference: string): Review {
  const lane = parseReviewReference(reference)?.lane;
  const review = reviewsOf(promotion).find((candidate) => candidate.lane === lane);
  if (review === undefined) throw notFound('Review', reference);
  return review;
}

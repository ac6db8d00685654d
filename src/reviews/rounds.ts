/**
 * What the lanes of many promotions have come to, judged by the very function of the gate, from facts that are read in a number of
 * statements that does not grow with the number of promotions.
 */
import { ConditionTable } from '../acceptances/condition.table.js';
import type { Condition } from '../domain/condition.js';
import { judgeLane, lentIn, packagesThatCount, standingPromotion, type LaneState, type ReviewRound } from '../domain/gate-reviews.js';
import type { DecisionPackage, Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { Policies } from '../domain/policy-binding.js';
import type { Promotion } from '../domain/promotion.js';
import { reviewId, reviewOutcome, reviewsOf, standingTo, type ReviewOutcome, type Standing } from '../domain/review.js';
import { recusalsIn, type SignOff } from '../domain/sign-off.js';
import { DelegationTable } from '../identity/delegation.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { ReadScope } from '../platform/scope.js';
import { ReleaseTable } from '../systems/system.table.js';
import { BatchedSource } from './batched-source.js';
import { keptPackages, type RecordSource } from './packages.js';
import { PromotionTable, SignOffTable } from './review.table.js';
import { currentPackage } from './shown-packages.js';
import { delegationIdsIn, electoratesOf, including, NOBODY } from './voters.js';

/** A review with what its votes come to, and how the caller stands to it; null = the policy does not ask for the lane any more. */
export interface JudgedReview { readonly outcome: ReviewOutcome; readonly standing: Standing | null }

/** By the ids of the reviews of these promotions. */
export async function judgeReviews(scope: ReadScope, policies: Policies, promotionIds: readonly string[]): Promise<Map<string, JudgedReview>> {
  const promotions = await scope.byIds(PromotionTable, promotionIds);
  const judged = new Map<string, JudgedReview>();
  for (const { promotion, round } of await roundsOf(scope, policies, promotions)) {
    for (const review of reviewsOf(promotion)) judged.set(reviewId(review), judge(scope, promotion, round, review.lane));
  }
  return judged;
}

function judge(scope: ReadScope, promotion: Promotion, round: ReviewRound, lane: LaneState['lane']): JudgedReview {
  const ask = round.pkg.lanes.find((candidate) => candidate.lane === lane);
  if (ask === undefined) return { outcome: reviewOutcome(promotion, null), standing: null };
  const judged = judgeLane(round, ask);
  return { outcome: reviewOutcome(promotion, judged), standing: standingTo(promotion, ask, { principal: scope.actor, pkg: round.pkg, clock: round.clock, recusals: recusalsIn(round.about.signOffs), lent: lentIn(round.about), judged }) };
}

interface Presented { readonly promotion: Stored<Promotion>; readonly pkg: DecisionPackage; readonly policy: GatePolicy; readonly release: ReviewRound['about']['release']; readonly promotions: Stored<Promotion>[]; readonly signOffs: Stored<SignOff>[]; readonly conditions: Stored<Condition>[] }

async function roundsOf(scope: ReadScope, policies: Policies, promotions: readonly Stored<Promotion>[]): Promise<{ promotion: Stored<Promotion>; round: ReviewRound }[]> {
  const source = new BatchedSource(scope);
  const presented = await Promise.all(promotions.map((promotion) => present(source, policies, promotion)));
  const signOffs = [...new Map(presented.flatMap((each) => each.signOffs).map((signOff) => [signOff.id, signOff])).values()];
  const packages = await keptPackages(scope, presented.flatMap(({ promotion, ...each }) => packagesThatCount({ ...each, waivers: [] }, promotion, scope.now)));
  const signers = await scope.byIds(PrincipalTable, signOffs.map((signOff) => signOff.signerId));
  const electorates = await electoratesOf(scope, presented.map(({ pkg }) => pkg.system));
  const signedBy = await scope.byIds(DelegationTable, delegationIdsIn(signOffs));
  return presented.map(({ promotion, pkg, policy, ...about }) => ({
    promotion, round: { policy, pkg, environmentId: promotion.environmentId, clock: scope.clock(), about: { ...about, packages, signers, ...including(electorates.get(pkg.system.id) ?? NOBODY, signedBy) } },
  }));
}

/** Who asks at present to move this release there: nobody, or whoever made the request that stands. */
export async function requestersOf(source: Pick<RecordSource, 'all'>, { releaseId, environmentId }: Pick<Promotion, 'releaseId' | 'environmentId'>): Promise<string[]> {
  const standing = standingPromotion({ release: { id: releaseId }, promotions: await source.all(PromotionTable, { releaseId }) }, environmentId);
  return standing === null ? [] : [standing.requestedBy];
}

async function present(source: RecordSource, policies: Policies, promotion: Stored<Promotion>): Promise<Presented> {
  const [release] = await source.byIds(ReleaseTable, [promotion.releaseId]);
  if (release === undefined) throw new Error('a promotion without its release');
  const { pkg, policy } = await currentPackage(source, policies, promotion);
  const where = { systemId: promotion.systemId };
  return { promotion, pkg, policy, release, promotions: await source.all(PromotionTable, where), signOffs: await source.all(SignOffTable, where), conditions: await source.all(ConditionTable, where) };
}

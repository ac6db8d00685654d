/**
 * What becomes of a sign-off when more is demanded of its lane than was when it was signed. The level that was demanded stands in the package
 * that was signed; a policy that changes outdates a vote only where the outcome differs.
 */
import type { Lane } from './actor.js';
import { APPROVALS } from './choice.js';
import type { Difference } from './difference.js';
import { isOnTeam } from './eligibility.js';
import type { MaterialChange } from './materiality.js';
import type { DecisionPackage } from './package.js';
import { isAtLeast, type ReviewLevel } from './policy.js';
import type { SignOff } from './sign-off.js';

/** Who said what. */
type Word = Pick<SignOff, 'personId' | 'choice'>;

/** More is demanded of the lane now than when it was signed, by another policy or of a system of another class; null = no more is. */
export function raisedLevel(lane: Lane, signed: DecisionPackage, current: DecisionPackage): Difference | null {
  const [before, after] = [demandedIn(signed, lane), demandedIn(current, lane)];
  if (isAtLeast(before, after)) return null;
  const by = (demanded: ReviewLevel, { policy }: DecisionPackage): string => `${demanded} by ${policy.id} ${policy.version}`;
  return { kind: 'REVIEW_LEVEL_UP', path: `lanes.${lane}`, then: by(before, signed), now: by(after, current) };
}

/**
 * The same where it outdates the vote: what the team attests of its own work is no review by somebody else, and nothing was reviewed where
 * nobody was asked. Every other approval is judged as if it had been given under the level of now; and a no is a no at any level.
 */
export function outdatingLevel(lane: Lane, { personId, choice }: Word, signed: DecisionPackage, current: DecisionPackage): Difference | null {
  const isReview = demandedIn(signed, lane) !== 'NONE' && !isOnTeam({ personId }, signed.system);
  return isReview || !APPROVALS.has(choice) ? null : raisedLevel(lane, signed, current);
}

/** Every lane of which more is demanded now, for people to read: it concerns the lane where it outdates this vote, and nobody where the vote goes on to count. */
export function raisedLevels(vote: Word, signed: DecisionPackage, current: DecisionPackage): MaterialChange[] {
  return current.lanes.flatMap(({ lane }) => {
    const raised = raisedLevel(lane, signed, current);
    return raised === null ? [] : [{ ...raised, lanes: outdatingLevel(lane, vote, signed, current) === null ? [] : [lane] }];
  });
}

function demandedIn({ lanes }: DecisionPackage, lane: Lane): ReviewLevel {
  return lanes.find((asked) => asked.lane === lane)?.level ?? 'NONE';
}

/**
 * A milder change class for the step from one release to another: claimed by somebody of the team, and worth nothing until a reviewer of
 * VALIDATION who has no part in it confirms it. Until then, and for every other step, the class that the server computes holds.
 */
import { grantsInForce, covers, qualifies, type Principal } from './actor.js';
import type { Instant, NotingClock } from './clock.js';
import type { ClaimableClass } from './difference.js';
import { checkText } from './digest.js';
import { isRecused, type Recusal } from './eligibility.js';
import type { Decided } from './events.js';
import { Refusal } from './refusal.js';
import type { ChangeClaim, Release } from './release.js';
import { partiesTo, type AiSystem } from './system.js';

export function claimChange(release: Release, since: Release, input: { changeClass: ClaimableClass; reason: string }, by: { personId: string; at: Instant }): Decided<Release> {
  requireOpen(release, 'claimChangeClass');
  if (since.systemId !== release.systemId || since.id === release.id) throw new Refusal('INVALID_INPUT', { field: 'since', message: 'Name another release of the same system.', actual: since.number });
  if (since.bundleDigest === release.bundleDigest) throw new Refusal('INVALID_INPUT', { field: 'since', message: `${release.number} ships exactly what ${since.number} does: nothing is to be claimed.` });
  const reason = checkText(input.reason, 'reason', 4000);
  const changeClaim: ChangeClaim = { sinceId: since.id, changeClass: input.changeClass, reason, claimedBy: by.personId, claimedAt: by.at, confirmed: null };
  return { next: { ...release, changeClaim }, event: 'release.changeClaimed', reason };
}

/** Confirms the claim, or turns it down: then none is left. */
export function judgeChange(release: Release, system: AiSystem, by: { principal: Principal & { readonly personId: string }; clock: NotingClock; recusals: readonly Recusal[] }, input: { confirms: boolean; reason: string }): Decided<Release> {
  const { principal, clock, recusals } = by;
  requireOpen(release, input.confirms ? 'confirmChangeClass' : 'rejectChangeClass');
  const claim = requireClaim(release, input.confirms);
  const { personId } = principal;
  const because = [...(personId === claim.claimedBy ? ['CLAIMANT'] : []), ...(personId === release.authoredBy ? ['AUTHOR'] : []), ...partiesTo(system, personId)];
  if (because.length > 0) throw new Refusal('SEPARATION_OF_DUTIES', { message: 'A claim is judged by somebody who has no part in the release.', because, next: 'Ask a reviewer of VALIDATION outside of the team.' });
  if (!grantsInForce(principal, clock).some((grant) => qualifies(grant, 'VALIDATION') && covers(grant, release.systemId))) {
    throw new Refusal('NOT_ELIGIBLE', { message: 'A claim is judged by a reviewer of VALIDATION.', because: ['NO_GRANT_FOR_LANE'], subject: 'VALIDATION', through: principal.number, next: 'Ask a person with a grant for the VALIDATION lane.' });
  }
  if (isRecused(principal.personId, 'VALIDATION', { recusals, openedAt: claim.claimedAt })) {
    throw new Refusal('NOT_ELIGIBLE', { message: 'You have stepped back from VALIDATION of this system.', because: ['RECUSED'], subject: 'VALIDATION', through: principal.number, next: 'Leave it to another reviewer of VALIDATION.' });
  }
  const reason = checkText(input.reason, 'reason', 4000);
  if (!input.confirms) return { next: { ...release, changeClaim: null }, event: 'release.changeRejected', reason };
  return { next: { ...release, changeClaim: { ...claim, confirmed: { by: principal.personId, at: clock.now, reason } } }, event: 'release.changeConfirmed', reason };
}

function requireOpen(release: Release, action: string): void {
  if (release.state !== 'ACTIVE') throw new Refusal('INVALID_TRANSITION', { subject: 'release', state: release.state, action, allowedActions: [] });
}

/** What was confirmed may still be turned down, by whoever could confirm it; it is not confirmed twice. */
function requireClaim({ changeClaim: claim }: Release, confirms: boolean): ChangeClaim {
  if (claim !== null && (claim.confirmed === null || !confirms)) return claim;
  const state = claim === null ? 'UNCLAIMED' : 'CONFIRMED';
  throw new Refusal('INVALID_TRANSITION', { subject: 'change claim', state, action: confirms ? 'confirm' : 'reject', allowedActions: claim === null ? ['claimChangeClass'] : ['claimChangeClass', 'rejectChangeClass'] });
}

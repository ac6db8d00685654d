// What people do about waivers in a random history: the team asks to do without what blocks, others agree or take it back.
import type { Principal } from '../../src/domain/actor.js';
import { classificationOf } from '../../src/domain/classification.js';
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import { standingPromotion } from '../../src/domain/gate-reviews.js';
import { Refusal } from '../../src/domain/refusal.js';
import { recusalsIn } from '../../src/domain/sign-off.js';
import { requestWaiver } from '../../src/domain/waiver-request.js';
import { endWaiver, grantWaiver, waiverOutcome, type Waiver, type WaiverBasis } from '../../src/domain/waiver.js';
import { ANYBODY } from './given.js';
import type { World } from './world.js';

/** For one of the things that block the focus, for days or for as long as the tier allows; mostly everybody who is needed agrees at once. */
export function waive(world: World): void {
  const { chance } = world;
  const { requirement } = chance.pick(world.judgeFocus().reasons.filter((reason) => reason.severity === 'BLOCK'));
  const earlier = world.waivers.all.filter((waiver) => waiver.releaseId === world.focus.releaseId);
  const before = earlier.find((waiver) => waiver.environmentId === world.focus.environmentId && waiver.requirement === requirement);
  const n = String(world.waivers.nextNumber);
  const identity = { id: `wai-${n.padStart(3, '0')}`, number: `W-${n}`, requestedBy: chance.pick(['owner', 'dev1', 'dev2']), requestedAt: world.now };
  const days = Math.max(1, Math.floor(world.policy.waivers.days[classificationOf(world.system).tier] * chance.next()));
  const input = { requirement, reason: 'It is late.', compensatingControl: 'Five users only.', validUntil: plusMs(world.now, days * DAY_MS), renews: before?.id ?? null };
  const about = { policy: world.policy, earlier, authority: ANYBODY, ...world.presentPackage(world.release, world.focus.environmentId) };
  const waiver = world.waivers.put(requestWaiver(identity, about, input).next);
  if (chance.happens(0.85)) grant(world, waiver);
}

/** Whoever may agree does, until it is enough; now and then one is missing. */
export function grant(world: World, waiver = world.chance.pick(world.waivers.all)): void {
  const basis = basisOf(world, waiver);
  let present: Waiver = waiver;
  for (const principal of world.chance.shuffled(world.people.all)) {
    if (waiverOutcome(present, basis) === 'GRANTED' || world.chance.happens(0.02)) break;
    present = grantedBy(present, basis, principal);
  }
  world.waivers.put(present);
}

function grantedBy(waiver: Waiver, basis: WaiverBasis, principal: Principal): Waiver {
  try {
    return grantWaiver(waiver, basis, principal).next;
  } catch (error) {
    if (error instanceof Refusal) return waiver;
    throw error;
  }
}

function basisOf(world: World, waiver: Stored<Waiver>): WaiverBasis {
  const release = world.releases.get(waiver.releaseId);
  const { pkg } = world.presentPackage(release, waiver.environmentId);
  const requester = standingPromotion({ release: { id: waiver.releaseId }, promotions: world.promotions.all }, waiver.environmentId)?.requestedBy;
  return { policy: world.policy, requesters: requester === undefined ? [] : [requester], packages: world.packages, pkg, principals: world.people.all, recusals: recusalsIn(world.signOffs.all), suspensions: world.suspensions.all, sources: world.about(release), clock: world.clock };
}

export function endAWaiver(world: World): void {
  const waiver = world.chance.pick(world.waivers.all);
  const principal = world.people.get(world.chance.pick(['usr-head', 'usr-owner', 'usr-dev1', ...waiver.grants.map((each) => each.principalId)]));
  world.waivers.put(endWaiver(waiver, world.chance.pick(['withdraw', 'revoke'] as const), 'Not any more.', { principal, clock: world.clock }).next);
}

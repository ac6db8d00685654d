// What runs in a random history: what ran before is imported as a baseline, what was promoted comes back, and now and then something cannot wait.
import { EMERGENCIES, invokeBreakGlass, reviewBreakGlass, turnSecondKey } from '../../src/domain/break-glass.js';
import { confirmBaseline, endBaseline, proposeBaseline } from '../../src/domain/baseline.js';
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import { Nothing } from './world-random.js';
import { deploy, report } from './world-reviews.js';
import type { World } from './world.js';

/** For some days; mostly somebody else agrees at once. */
export function importBaseline(world: World): void {
  const { chance, release } = world;
  const n = String(world.baselines.nextNumber);
  const identity = { id: `bas-${n.padStart(3, '0')}`, number: `BL-${n}`, proposedBy: 'owner', proposedAt: world.now };
  const { environmentId } = world.focus;
  const isHere = (other: { readonly systemId: string; readonly environmentId: string }): boolean => other.systemId === release.systemId && other.environmentId === environmentId;
  const place = { baselines: world.baselines.all.filter(isHere), grants: world.grants.all.filter(isHere) };
  const input = { until: plusMs(world.now, chance.between(1, world.policy.baselineDays) * DAY_MS), reason: 'It ran before.' };
  const proposed = world.baselines.put(proposeBaseline(identity, { release, environmentId }, input, { policy: world.policy, place }).next);
  if (chance.happens(0.85)) world.baselines.put(confirmBaseline(proposed, 'head', world.clock).next);
}

export function endABaseline(world: World): void {
  const baseline = world.chance.pick(world.baselines.all);
  world.baselines.put(endBaseline(baseline, baseline.state === 'CONFIRMED' ? 'end' : 'withdraw', { reason: 'Not any more.', at: world.clock.now }).next);
}

/** Under a grant of the gate, so only where it answers ALLOW. */
export function rollBack(world: World): void {
  if (world.judgeFocus('rollback').verdict !== 'ALLOW') throw new Nothing();
  report(world, world.focus.environmentId, 'rollback');
}

/** By the team, for some hours; mostly the second key is turned, and it is used at once. */
export function breakTheGlass(world: World): void {
  const { chance, release, policy, clock } = world;
  const n = String(world.breakGlasses.nextNumber);
  const identity = { id: `bgl-${n.padStart(3, '0')}`, number: `BG-${n}`, invokedBy: chance.pick(['owner', 'dev1', 'dev2']) };
  const where = { systemId: release.systemId, releaseId: release.id, environmentId: world.focus.environmentId, bundleDigest: release.bundleDigest };
  const input = { emergency: chance.pick(EMERGENCIES), incident: 'Nobody gets an answer.', validUntil: plusMs(world.now, chance.between(1, 24) * 3_600_000) };
  const invoked = world.breakGlasses.put(invokeBreakGlass(identity, where, input, { policy, team: world.systems.get(release.systemId), earlier: world.breakGlasses.all.filter((other) => other.releaseId === release.id), clock }).next);
  if (chance.happens(0.1)) return;
  const executive = chance.pick(world.people.all.filter((one) => one.grants.some(({ role }) => role === 'EXECUTIVE')));
  world.breakGlasses.put(turnSecondKey(invoked, executive, { policy, clock }).next);
  if (chance.happens(0.3)) return;
  deploy(world);
  // Often everybody forgets about it once it is over.
  if (chance.happens(0.5)) world.pass(chance.between(70, 100) * 3_600_000);
}

export function judgeABreakGlass(world: World): void {
  const used = world.chance.pick(world.breakGlasses.all.filter(({ state }) => state === 'USED'));
  const by = { personId: world.chance.pick(['head', 'officer']), team: world.systems.get(used.systemId), at: world.now };
  world.breakGlasses.put(reviewBreakGlass(used, world.chance.pick(['ratify', 'condemn'] as const), 'Looked at.', by).next);
}

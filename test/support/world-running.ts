// What runs in a random history: what ran before is imported as a baseline, what was promoted comes back.
import { confirmBaseline, endBaseline, proposeBaseline } from '../../src/domain/baseline.js';
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import { Nothing } from './world-random.js';
import { report } from './world-reviews.js';
import type { World } from './world.js';

/** For some days; mostly somebody else agrees at once. */
export function importBaseline(world: World): void {
  const { chance, release } = world;
  const n = String(world.baselines.nextNumber);
  const identity = { id: `bas-${n.padStart(3, '0')}`, number: `BL-${n}`, proposedBy: 'owner', proposedAt: world.now };
  const where = { systemId: release.systemId, releaseId: release.id, environmentId: world.focus.environmentId, bundleDigest: release.bundleDigest };
  const input = { until: plusMs(world.now, chance.between(1, world.policy.baselineDays) * DAY_MS), reason: 'It ran before.' };
  const proposed = world.baselines.put(proposeBaseline(identity, where, input, { policy: world.policy, earlier: world.baselines.all.filter((other) => other.releaseId === release.id) }).next);
  if (chance.happens(0.85)) world.baselines.put(confirmBaseline(proposed, 'head', world.clock).next);
}

export function endABaseline(world: World): void {
  const baseline = world.chance.pick(world.baselines.all);
  world.baselines.put(endBaseline(baseline, baseline.state === 'CONFIRMED' ? 'end' : 'withdraw', 'Not any more.').next);
}

/** Under a grant of the gate, so only where it answers ALLOW. */
export function rollBack(world: World): void {
  if (world.judgeFocus('rollback').verdict !== 'ALLOW') throw new Nothing();
  report(world, world.focus.environmentId, 'rollback');
}

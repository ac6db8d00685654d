// Evidence of several types, with what it found, for the rows of a random policy: most of it good, some of it bad, old, about other bytes, or taken back.
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import { revokeEvidence, submitEvidence, verifyEvidence, type Evidence } from '../../src/domain/evidence.js';
import type { Stored } from '../../src/domain/package.js';
import type { JsonObject } from '../../src/domain/payload.js';
import type { World } from './world.js';

export const EVIDENCE_TYPES = ['evaluation_run', 'red_team', 'model_card'] as const;
export const SUITES = ['s1', 's2'] as const;

const COLLECTOR = 'dev1';

/** A passing piece for each type, and more of whatever there is. */
export function gather(world: World): void {
  const { chance } = world;
  for (const type of EVIDENCE_TYPES) if (chance.happens(0.8)) for (const suite of SUITES) if (chance.happens(0.8)) judged(world, piece(world, { type, payload: findings(world, { kind: 'A', suite, good: 0.93 }) }));
  for (let n = chance.between(0, 2); n > 0; n -= 1) judged(world, piece(world, { type: chance.pick(EVIDENCE_TYPES), payload: chance.happens(0.2) ? null : findings(world, { kind: chance.pick(['A', 'B']), suite: chance.pick(SUITES), good: 0.7 }) }));
}

function findings({ chance }: World, { kind, suite, good }: { kind: string; suite: string; good: number }): JsonObject {
  const passes = chance.happens(good);
  return { kind, ...(chance.happens(0.95) && { suite }), rate: passes ? 0.95 : 0.4, cases: [{ passed: passes }, { passed: true }] };
}

function piece(world: World, { type, payload }: { type: string; payload: JsonObject | null }): Stored<Evidence> {
  const { chance, now } = world;
  const n = String(world.evidence.nextNumber);
  const identity = { id: `ev-${n.padStart(4, '0')}`, number: `E-${n}`, systemId: 'sys-1', source: chance.pick(['HUMAN', 'CI'] as const), submittedBy: COLLECTOR, submittedAt: now };
  const subjectDigest = chance.weighted([[10, world.release.bundleDigest], [3, chance.pick(world.release.components).digest], [3, null], [0.5, sha256('other bytes')]]);
  const collectedAt = plusMs(now, -chance.between(0, 20) * DAY_MS);
  const earlier = world.evidence.all.filter((one) => one.type === type && one.collectedAt <= collectedAt);
  const input = { type, title: 'A run', digest: sha256(`run ${n}`), subjectDigest, location: null, payload, collectedAt, validUntil: plusMs(now, chance.between(1, 60) * DAY_MS) };
  return world.evidence.put(submitEvidence(identity, 'CRITICAL', input, earlier.length > 0 && chance.happens(0.2) ? chance.pick(earlier) : null).next);
}

function judged(world: World, evidence: Stored<Evidence>): void {
  const by = { principal: world.people.get('usr-head'), clock: world.clock };
  if (world.chance.happens(0.05)) return;
  const verified = world.evidence.put(verifyEvidence(evidence, by).next);
  if (world.chance.happens(0.03)) world.evidence.put(revokeEvidence(verified, by, 'The run was wrong.').next);
}

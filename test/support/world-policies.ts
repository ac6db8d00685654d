// What an organization does to its policy in a random history: another version that asks for more, or for less, of a lane of the focus.
import { LANES } from '../../src/domain/actor.js';
import { classificationOf } from '../../src/domain/classification.js';
import { REVIEW_LEVELS } from '../../src/domain/policy.js';
import type { World } from './world.js';

/** Mostly of a lane that somebody has signed, and mostly one level more. */
export function adoptPolicy(world: World): void {
  const { chance, policy, system } = world;
  const { tier } = classificationOf(system);
  const { kind } = world.environment(world.focus.environmentId);
  const signed = world.signOffs.all.flatMap(({ subjects }) => subjects.flatMap(({ lanes }) => lanes));
  const lane = chance.pick(signed.length > 0 && chance.happens(0.9) ? signed : LANES);
  const before = REVIEW_LEVELS.indexOf(policy.tierMatrix[tier][lane]?.[kind as 'PILOT'] ?? 'NONE');
  const level = REVIEW_LEVELS[before + chance.weighted([[5, 1], [2, 2], [2, -1]] as const)] ?? 'FOUR_EYES';
  world.policy = { ...policy, version: `${policy.version}+`, tierMatrix: { ...policy.tierMatrix, [tier]: { ...policy.tierMatrix[tier], [lane]: { ...policy.tierMatrix[tier][lane], [kind]: level } } } };
}

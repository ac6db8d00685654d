// What people do about conditions in a random history: owners show what they did, others confirm it, mostly in time.
import { imposeOnAcceptance, type RiskAcceptance } from '../../src/domain/acceptance.js';
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import { CONDITION_EFFECTS, confirmCondition, fulfilCondition, type Condition, type Obligation } from '../../src/domain/condition.js';
import type { Stored } from '../../src/domain/package.js';
import { collect } from './world-treatment.js';
import type { World } from './world.js';

type Attempt = (command: (world: World) => void) => void;

/** One or two things for the team to do in a few weeks. */
export function obligations(world: World): Obligation[] {
  const { chance } = world;
  return Array.from({ length: chance.between(1, 2) }, () => ({
    text: 'Limit the rate.', evidence: 'A test.', due: plusMs(world.now, chance.between(1, 40) * DAY_MS), ownerId: chance.pick(['owner', 'dev1', 'dev2']), effect: chance.pick(CONDITION_EFFECTS),
  }));
}

/** As many names as there are obligations. */
export function namesFor(world: World, asked: readonly Obligation[]): { id: string; number: string }[] {
  return asked.map((_, i) => String(world.conditions.nextNumber + i).padStart(4, '0')).map((n) => ({ id: `con-${n}`, number: `C-${n}` }));
}

export function imposeWith(world: World, acceptance: RiskAcceptance): void {
  const asked = obligations(world).filter(({ due }) => due <= acceptance.validUntil);
  for (const { next } of imposeOnAcceptance(acceptance, namesFor(world, asked), asked, world.now)) world.conditions.put(next);
}

/** The owner names a test report of today. */
export function fulfil(world: World, condition = world.chance.pick(world.conditions.all)): Stored<Condition> {
  const { id } = collect(world);
  return world.conditions.put(fulfilCondition(condition, { personId: condition.ownerId, clock: world.clock }, [id]).next);
}

/** Anybody tries to confirm it; most are turned away. */
export function confirm(world: World, condition = world.chance.pick(world.conditions.all)): void {
  const principal = world.chance.pick(world.people.all);
  world.conditions.put(confirmCondition(condition, { principal, system: world.system, evidence: world.evidence.all, clock: world.clock }, 'So it is.').next);
}

/** What a diligent organization does: whatever was asked for is shown and confirmed. */
export function settle(world: World, attempt: Attempt): void {
  for (const { id, state } of world.conditions.all) {
    if (state === 'CONFIRMED' || world.chance.happens(0.4)) continue;
    attempt(() => { fulfil(world, world.conditions.get(id)); });
    for (const principal of world.chance.shuffled(world.people.all).slice(0, 20)) {
      attempt(() => { world.conditions.put(confirmCondition(world.conditions.get(id), { principal, system: world.system, evidence: world.evidence.all, clock: world.clock }, 'So it is.').next); });
    }
  }
}

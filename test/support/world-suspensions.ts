// What officers do about suspensions in a random history: something happens to a risk or to all of it, and, once it was assessed anew, they lift that.
import { imposeSuspension, liftSuspension, SUSPENSION_CAUSES, type Suspension } from '../../src/domain/suspension.js';
import type { World } from './world.js';
import * as risks from './world-risks.js';

type Attempt = (command: () => void) => void;

export function suspend(world: World): void {
  const { chance } = world;
  const n = String(world.suspensions.nextNumber);
  const accepted = world.risks.all.filter(({ state }) => state === 'ACCEPTED');
  const risk = chance.happens(0.05) ? null : chance.pick(accepted.length > 0 ? accepted : world.risks.all);
  const identity = { id: `sus-${n}`, number: `SUS-${n}`, systemId: 'sys-1', riskId: risk?.id ?? null, since: world.now, imposedBy: 'officer1' };
  world.suspensions.put(imposeSuspension(identity, { cause: chance.pick(SUSPENSION_CAUSES), reason: 'Data has leaked.' }).next);
}

/** By some officer; those with a part in it are turned away. */
export function lift(world: World, suspension: Suspension = world.chance.pick(world.suspensions.all)): void {
  const principal = world.people.get(world.chance.pick(['usr-officer1', 'usr-officer3', 'usr-head', 'usr-head2', 'usr-owner']));
  world.suspensions.put(liftSuspension(suspension, { principal, system: world.system, risks: world.risks.all, clock: world.clock }, 'It is understood.').next);
}

/** What a diligent organization does: what is open is assessed anew, and lifted. */
export function settle(world: World, attempt: Attempt): void {
  for (const suspension of world.suspensions.all) {
    if (suspension.state !== 'OPEN' || world.chance.happens(0.25)) continue;
    for (const { id } of world.risks.all.filter((risk) => suspension.riskId === null || risk.id === suspension.riskId)) attempt(() => { risks.assess(world, world.risks.get(id)); });
    world.pass(1000);
    for (let n = 0; n < 6; n += 1) attempt(() => { lift(world, world.suspensions.get(suspension.id)); });
  }
}

// What people do about delegations in a random history: lend their vote in some lanes to a colleague for a while, and end it again.
import { LANES, type Lane } from '../../src/domain/actor.js';
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import { delegate, revokeDelegation } from '../../src/domain/delegation.js';
import { lanesOf } from '../../src/domain/eligibility.js';
import type { World } from './world.js';

/** Somebody who votes in something lends it to somebody else, mostly a reviewer of other lanes. */
export function lend(world: World): void {
  const { chance, clock } = world;
  const lender = chance.pick(world.people.all.filter((one) => one.personId !== null && lanesOf(one, clock).some((lane) => lane !== 'EXEC')));
  const to = chance.pick(world.people.all.filter((one) => one.personId !== null && one.personId !== lender.personId));
  const n = String(world.delegations.nextNumber);
  const accountsOf = (personId: string | null): typeof world.people.all => world.people.all.filter((one) => one.personId === personId);
  const identity = { id: `del-${n.padStart(3, '0')}`, number: `DEL-${n}`, fromPersonId: lender.personId ?? '', toPersonId: to.personId ?? '' };
  const lanes: readonly Lane[] = lanesOf(lender, clock).filter((lane) => lane !== 'EXEC');
  const begins = chance.happens(0.8) ? null : plusMs(world.now, chance.between(1, 10) * DAY_MS);
  const input = {
    lanes: chance.happens(0.7) ? lanes : LANES.filter((lane) => lanes.includes(lane) && chance.happens(0.5)), systemIds: chance.happens(0.8) ? null : [chance.pick(['sys-1', 'sys-2'])],
    reason: 'On leave.', validFrom: begins, validUntil: plusMs(begins ?? world.now, chance.between(5, 90) * DAY_MS),
  };
  world.delegations.put(delegate(identity, { lenders: accountsOf(lender.personId), delegates: accountsOf(to.personId), clock }, input).next);
}

export function endADelegation(world: World): void {
  const delegation = world.chance.pick(world.delegations.all);
  const principal = world.chance.pick(world.people.all.filter(({ personId }) => personId === delegation.fromPersonId));
  world.delegations.put(revokeDelegation(delegation, 'Back again.', { principal, clock: world.clock }).next);
}

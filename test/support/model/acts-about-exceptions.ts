// Acts about what is still to be done after a yes, and about stepping over a requirement for a while.
import { ConditionsService } from '../../../src/acceptances/conditions.service.js';
import { plusDays } from '../../../src/domain/clock.js';
import { WaiversService } from '../../../src/reviews/waivers.service.js';
import { done, refused, type Act } from './act.js';
import { DELIVERY, GRANTORS, VOTERS } from './acts-about-reviews.js';
import { changed, takenBack } from './acts-about-risks.js';
import { isOutdated, isParty, laneOf, roleSince, rolesFor } from './gate.js';
import { AUTHORITY, heldSince, LANE_NAMES, LANES, levelOf, risksInScope, shownNow, type Level, type Model, type Waiver, type Who } from './state.js';

/** Dana shows the one report that there is. */
export function fulfil(who: Who, n: number): Act {
  return {
    kind: 'fulfil', name: `${who}: fulfil C-${String(n)}`, who, may: [...VOTERS, 'RISK_OWNER'], names: true,
    send: (real, m, read) => real.get(ConditionsService).fulfil(real.as(who), read(`C-${String(n)}`, m.conditions[n - 1]!.version), ['E-1']),
    rule: (m) => {
      const condition = m.conditions[n - 1]!;
      if (condition.state === 'CONFIRMED') return refused('INVALID_TRANSITION');
      if (who !== 'dana') return refused('NOT_ELIGIBLE');
      condition.state = 'FULFILLED';
      return changed(condition);
    },
  };
}

export function confirmCondition(who: Who, n: number): Act {
  return {
    kind: 'confirm condition', name: `${who}: confirm C-${String(n)}`, who, may: GRANTORS, names: true,
    send: (real, m, read) => real.get(ConditionsService).confirm(real.as(who), read(`C-${String(n)}`, m.conditions[n - 1]!.version), 'So it is.'),
    rule: (m) => {
      const condition = m.conditions[n - 1]!;
      if (condition.state !== 'FULFILLED') return refused('INVALID_TRANSITION');
      if (!condition.lanes.some((lane) => heldSince(m, who, ...rolesFor(lane)) < Infinity)) return refused('NOT_ELIGIBLE');
      condition.state = 'CONFIRMED';
      return changed(condition);
    },
  };
}

/** `renews`: the waiver that it goes on from. */
export function requestWaiver(who: Who, release: number, requirement: string, renews: number | null): Act {
  return {
    kind: 'request waiver', name: `${who}: ask to waive ${requirement} of REL-${String(release)}${renews === null ? '' : ` after W-${String(renews)}`}`, who, may: DELIVERY,
    send: (real) => real.get(WaiversService).request(real.as(who), { release: `REL-${String(release)}`, environment: 'canary', requirement, reason: 'It is late.', compensatingControl: 'Five users.', validUntil: plusDays(new Date().toISOString(), 10), renews: renews === null ? null : `W-${String(renews)}` }),
    rule: (m) => {
      const why = waivingRefused(m, release, requirement, renews);
      if (why !== null) return refused(why);
      m.waivers.push({ n: m.waivers.length + 1, version: 1, state: 'REQUESTED', release, requirement, renews, by: who, at: m.now, shown: shownNow(m, release), grants: [] });
      return done();
    },
  };
}

function waivingRefused(m: Model, release: number, requirement: string, renews: number | null): string | null {
  const lane = laneOf(requirement);
  if (NEVER.includes(requirement)) return 'NOT_WAIVABLE';
  const asked = ['R3', ...risksInScope(m).flatMap(({ n }) => [`R3/R-${String(n)}`, `R4/R-${String(n)}`])];
  if (lane === null && !asked.includes(requirement)) return 'INVALID_INPUT';
  if (risksInScope(m).some((risk) => requirement === `R4/R-${String(risk.n)}` && isForNobody(levelOf(risk)))) return 'NOT_WAIVABLE';
  return renewingRefused(m.waivers.filter((waiver) => waiver.release === release && waiver.requirement === requirement && wasUsed(waiver)), renews);
}

/** Of a level that no role may accept. */
function isForNobody(level: Level | null): boolean {
  return level !== null && AUTHORITY[level].length === 0;
}

const NEVER = ['TARGET/RELEASE', 'TARGET/SYSTEM', 'R5/REQUEST', ...LANE_NAMES.filter((lane) => !LANES[lane].waivable).map((lane) => `R5/${lane}`)];

/** Taken back before it could have counted, a waiver is as if it had never been. */
function wasUsed({ state, grants }: Waiver): boolean {
  return state !== 'WITHDRAWN' || grants.length > 1;
}

function renewingRefused(used: readonly Waiver[], renews: number | null): string | null {
  if (renews === null) return used.length > 0 ? 'ALREADY_EXISTS' : null;
  if (!used.some(({ n }) => n === renews)) return 'INVALID_INPUT';
  return used.some((waiver) => waiver.renews !== null) ? 'NOT_RENEWABLE' : null;
}

export function grantWaiver(who: Who, n: number): Act {
  return {
    kind: 'grant waiver', name: `${who}: grant W-${String(n)}`, who, may: GRANTORS, names: true,
    send: (real, m, read) => real.get(WaiversService).grant(real.as(who), read(`W-${String(n)}`, m.waivers[n - 1]!.version)),
    rule: (m) => {
      const waiver = m.waivers[n - 1]!;
      if (waiver.state !== 'REQUESTED') return refused('INVALID_TRANSITION');
      if (isOutdated(m, waiver)) return refused('PACKAGE_CHANGED');
      if (isParty(m, waiver, who) || waiver.grants.some(({ by }) => by === who)) return refused('SEPARATION_OF_DUTIES');
      const role = roleFor(m, waiver, who);
      if (role === undefined) return refused('NOT_ELIGIBLE');
      waiver.grants.push({ by: who, role });
      return changed(waiver);
    },
  };
}

export function roleFor(m: Model, waiver: Waiver, who: Who): string | undefined {
  return GRANTORS.find((role) => roleSince(m, who, role) <= waiver.at);
}

export function endWaiver(who: Who, n: number, action: 'withdraw' | 'revoke'): Act {
  return {
    kind: `${action} waiver`, name: `${who}: ${action} W-${String(n)}`, who, may: VOTERS, names: true,
    send: (real, m, read) => real.get(WaiversService).end(real.as(who), read(`W-${String(n)}`, m.waivers[n - 1]!.version), action, 'Not any more.'),
    rule: (m) => takenBack(m, m.waivers[n - 1]!, who, action),
  };
}

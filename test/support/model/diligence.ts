// What a diligent organization would do next to bring its newest release into the environment; the random acts around it undo it again.
import type { Act } from './act.js';
import { grantWaiver, roleFor } from './acts-about-exceptions.js';
import { mayVote, open, resubmit, sign, withdrawVote } from './acts-about-reviews.js';
import { assess, confirm, createRelease, grantAcceptance, logRisk, missingRoles, operate, requestAcceptance } from './acts-about-risks.js';
import { authorize, grantRole } from './acts-at-the-gate.js';
import { blocked, isOutdated, isParty, laneNow, laneOf, rolesFor, standing } from './gate.js';
import { AUTHORITY, covers, EVERYBODY, holds, isAbove, isAccepted, LANES, levelOf, PEOPLE, residualOf, risksInScope, type Lane, type Level, type Model, type Promotion, type Risk, type Who } from './state.js';

/** Null = nothing is left to do, or nobody to do it. */
export function nextAct(m: Model): Act | null {
  const release = m.releases.filter(({ active }) => active).at(-1);
  if (release === undefined) return createRelease('dana', 'CONFIG');
  if (m.system.state === 'SUSPENDED') return operate('sam', 'resume');
  const [missing] = blocked(m, release.n);
  if (missing === undefined) return m.permits.some(({ promotion }) => promotion === standing(m, release.n)?.n) ? null : authorize(release.n);
  return aboutAWaiver(m, release.n) ?? aboutARisk(m) ?? aboutTheRequest(m, release.n);
}

/** Who may join in granting what somebody has asked to step over does: a head of risk first, then those who speak for the lane. */
function aboutAWaiver(m: Model, release: number): Act | null {
  const missing = blocked(m, release);
  const waiver = m.waivers.find((one) => one.release === release && one.state === 'REQUESTED' && missing.includes(one.requirement) && !isOutdated(m, one) && one.grants.length < 3);
  if (waiver === undefined) return null;
  const lane = laneOf(waiver.requirement);
  const speaksFirst = (who: Who): number => (holds(m, who, 'HEAD_OF_RISK') ? 0 : lane !== null && holds(m, who, ...rolesFor(lane)) ? 1 : 2);
  const grantor = [...EVERYBODY].sort((a, b) => speaksFirst(a) - speaksFirst(b)).find((who) => !isParty(m, waiver, who) && !waiver.grants.some(({ by }) => by === who) && roleFor(m, waiver, who) !== undefined);
  return grantor === undefined ? null : grantWaiver(grantor, waiver.n);
}

function aboutARisk(m: Model): Act | null {
  if (m.risks.every(({ state }) => state === 'DRAFT' || state === 'REJECTED')) return logRisk('dana', false);
  for (const risk of risksInScope(m)) {
    const act = settle(m, risk);
    if (act !== null) return act;
  }
  return null;
}

function settle(m: Model, risk: Risk): Act | null {
  const level = levelOf(risk);
  if (risk.state === 'DRAFT' || isSettled(m, risk)) return null;
  if (level === null || !['ASSESSED', 'TREATING'].includes(risk.state)) return assess('sam', risk.n, risk.n % 2 === 0 ? 'MODERATE' : 'VERY_LOW');
  if (level === 'VERY_HIGH') return assess('sam', risk.n, 'HIGH');
  const officer = OFFICERS.find((who) => holds(m, who, 'RISK_OFFICER', 'HEAD_OF_RISK') && !risk.editors.has(who) && risk.assessments.at(-1)?.by !== who);
  return officer === undefined || level === 'HIGH' || risk.option === 'RETAIN' ? carry(m, risk, level) : confirm(officer, risk.n);
}

function isSettled(m: Model, risk: Risk): boolean {
  return (risk.state === 'MONITORED' && !isAbove(residualOf(risk)!, 'MODERATE')) || (risk.state === 'ACCEPTED' && isAccepted(m, risk));
}

const OFFICERS: readonly Who[] = ['rita', 'hanna', 'hugo'];

/** Those who may accept it do. */
function carry(m: Model, risk: Risk, level: Level): Act | null {
  const asked = m.acceptances.find((one) => one.risk === risk.n && one.state === 'REQUESTED' && one.level === level && one.revision === risk.assessments.length && covers(one, risk) && missingRoles(one).length > 0);
  if (asked === undefined) return AUTHORITY[level].length === 0 ? null : requestAcceptance('sam', risk.n);
  const grantor = EVERYBODY.find((who) => missingRoles(asked).some((role) => (role === 'RISK_OWNER' ? who === 'sam' : holds(m, who, role))) && risk.assessments.at(-1)?.by !== who && !asked.grants.some(({ by }) => by === who));
  return grantor === undefined ? assess('rita', risk.n, level) : grantAcceptance(grantor, asked.n);
}

function aboutTheRequest(m: Model, release: number): Act | null {
  const request = standing(m, release);
  if (request === null) return open('sam', release, null);
  const lanes = blocked(m, release).flatMap((requirement) => laneOf(requirement) ?? []);
  const [veto] = lanes.flatMap((lane) => laneNow(m, lane, release).vetoes);
  if (veto !== undefined) return withdrawVote(veto.by, veto.n);
  if (request.state === 'PROMOTED' && lanes.length > 0) return open('sam', release, null);
  for (const lane of lanes) {
    const act = bringForward(m, request, lane, lanes);
    if (act !== null) return act;
  }
  return null;
}

/** Whoever the lane still needs signs whatever they may; where nobody is left, somebody is qualified, and it is asked for once more. */
function bringForward(m: Model, request: Promotion, lane: Lane, lanes: readonly Lane[]): Act | null {
  const needs = (who: Who, one: Lane): boolean => {
    const { approvers } = laneNow(m, one, request.release);
    const isInside = PEOPLE[who].works === LANES[one].works;
    return !approvers.includes(who) && (LANES[one].level !== 'FOUR_EYES' || !approvers.some((other) => (PEOPLE[other].works === LANES[one].works) === isInside));
  };
  const signer = EVERYBODY.find((who) => mayVote(m, who, request.n, lane) && needs(who, lane));
  if (signer !== undefined) return sign(signer, request.n, lanes.filter((one) => mayVote(m, signer, request.n, one) && needs(signer, one)), 'APPROVE');
  const waiting = ROLES[lane].find(([who, role]) => !holds(m, who, role));
  if (waiting !== undefined) return grantRole('ada', ...waiting);
  return m.roles.some(({ since }) => since > request.at) ? resubmit('sam', request.n) : null;
}

/** Who is qualified for a lane when others have left it. */
const ROLES: Readonly<Record<Lane, readonly (readonly [Who, string])[]>> = {
  RISK: [['rita', 'RISK_OFFICER'], ['omar', 'RISK_OFFICER'], ['eve', 'RISK_OFFICER']], LEGAL: [['lena', 'REVIEWER LEGAL'], ['axel', 'REVIEWER LEGAL']],
  PRIVACY: [['petra', 'REVIEWER PRIVACY'], ['lena', 'REVIEWER PRIVACY'], ['kim', 'REVIEWER PRIVACY']], FAIRNESS: [['vera', 'REVIEWER FAIRNESS'], ['kim', 'REVIEWER FAIRNESS'], ['bea', 'REVIEWER FAIRNESS']],
  SECURITY: [['vera', 'REVIEWER SECURITY']], OPS: [['vera', 'REVIEWER OPS']], PROVENANCE: [['vera', 'REVIEWER PROVENANCE']],
};

// What the model says about a question to the gate: who may vote in a lane, which lanes pass, what is waived, and what blocks.
import { differing, heldSince, holds, isAbove, isAccepted, isApproval, isObjection, isOnTeam, LANE_NAMES, LANES, PEOPLE, residualOf, risksInScope, shownNow, type Lane, type Model, type Promotion, type Risk, type Vote, type Waiver, type Who } from './state.js';

/** The request and the release by which somebody is judged; at the level of the lane, unless another is named. */
export interface Round { readonly requesters: readonly Who[]; readonly at: number; readonly release: number; readonly level?: 'INDEPENDENT' }
export type Excluded = 'PARTY' | 'NO_ROLE' | null;

/** The request that stands: open, or fulfilled. */
export function standing(m: Model, release: number): Promotion | null {
  const here = m.promotions.filter((promotion) => promotion.release === release);
  return here.find(({ state }) => state === 'OPEN') ?? here.filter(({ state }) => state === 'PROMOTED').at(-1) ?? null;
}

/** Why somebody does not vote in a lane; null = they may. */
export function excluded(m: Model, who: Who, lane: Lane, round: Round): Excluded {
  const { level = LANES[lane].level } = round;
  const recused = isRecused(m, who, lane, round.at);
  if (level === 'SELF' && isOnTeam(who) && holds(m, who, ...PEOPLE[who].roles)) return recused ? 'PARTY' : null;
  if (recused || hasPart(m, who, round)) return 'PARTY';
  return heldSince(m, who, ...rolesFor(lane)) <= round.at ? null : 'NO_ROLE';
}

export function rolesFor(lane: Lane): readonly string[] {
  return lane === 'RISK' ? ['RISK_OFFICER', 'HEAD_OF_RISK'] : [`REVIEWER ${lane}`];
}

/** Asked for it, owns or builds the system, wrote or assessed something of it, or set its tier. */
export function hasPart(m: Model, who: Who, { requesters, release }: Round): boolean {
  const wrote = risksInScope(m).some((risk) => risk.editors.has(who) || risk.assessments.at(-1)?.by === who);
  return requesters.includes(who) || isOnTeam(who) || wrote || m.releases[release - 1]!.by === who || who === 'hugo';
}

function isRecused(m: Model, who: Who, lane: Lane, at: number): boolean {
  return m.votes.some((vote) => vote.choice === 'RECUSE' && vote.by === who && vote.lanes.includes(lane) && (vote.withdrawnAt === null || vote.withdrawnAt > at));
}

export interface LaneNow { readonly passes: boolean; readonly vetoes: readonly Vote[]; readonly approvers: readonly Who[] }

export function laneNow(m: Model, lane: Lane, release: number): LaneNow {
  const votes = m.votes.filter((vote) => vote.lanes.includes(lane));
  const differs = (vote: Vote): boolean => differing(vote.shown, shownNow(m, release)).has(lane);
  const releaseOf = (vote: Vote): number => m.promotions[vote.promotion - 1]!.release;
  const backOut = (who: Who): number => last(votes.filter((vote) => vote.by === who && (vote.choice === 'RECUSE' || (vote.choice === 'ABSTAIN' && (releaseOf(vote) === release || !differs(vote))))));
  const stands = (vote: Vote): boolean => {
    if (vote.withdrawnAt !== null || differs(vote)) return false;
    const why = excluded(m, vote.by, lane, roundOf(m, vote, release));
    // Who made the objector a party afterwards has not answered the objection.
    return why === null || (why === 'PARTY' && !isApproval(vote));
  };
  const live = votes.filter((vote) => stands(vote) && vote.n >= backOut(vote.by)).filter((vote, i, all) => !all.slice(i + 1).some(({ by }) => by === vote.by));
  const vetoes = live.filter(isObjection);
  const objected = (vote: Vote): number => last(votes.filter((other) => isObjection(other) && [release, releaseOf(vote)].includes(releaseOf(other))));
  const approvers = live.filter((vote) => isApproval(vote) && vote.n > objected(vote)).map(({ by }) => by);
  return { passes: vetoes.length === 0 && isEnough(lane, approvers), vetoes, approvers };
}

/** Four eyes: somebody who works in the lane's function, and somebody else who does not. */
export function isEnough(lane: Lane, approvers: readonly Who[]): boolean {
  if (LANES[lane].level !== 'FOUR_EYES') return approvers.length > 0;
  const works = approvers.map((who) => PEOPLE[who].works === LANES[lane].works);
  return works.includes(true) && works.includes(false);
}

function roundOf(m: Model, vote: Vote, release: number): Round {
  const signed = m.promotions[vote.promotion - 1]!;
  const present = standing(m, release);
  return { requesters: present === null ? [signed.by] : [signed.by, present.by], at: signed.at, release };
}

function last(votes: readonly Vote[]): number {
  return votes.at(-1)?.n ?? 0;
}

/** What stands between the release and the environment, by the names that the gate gives; empty = it may. */
export function blocked(m: Model, release: number): string[] {
  const fixed = [...(m.releases[release - 1]!.active ? [] : ['TARGET/RELEASE']), ...(m.system.state === 'ACTIVE' ? [] : ['TARGET/SYSTEM'])];
  const known = m.risks.some(({ state }) => state !== 'DRAFT' && state !== 'REJECTED') ? [] : ['R3'];
  const request = standing(m, release) === null ? ['R5/REQUEST'] : [];
  const lanes = LANE_NAMES.filter((lane) => !laneNow(m, lane, release).passes).map((lane) => `R5/${lane}`);
  const asked = [...known, ...risksInScope(m).flatMap((risk) => riskBlocks(m, risk)), ...lanes];
  return [...fixed, ...request, ...asked.filter((requirement) => !isWaived(m, release, requirement))].sort();
}

function riskBlocks(m: Model, risk: Risk): string[] {
  const residual = residualOf(risk);
  const open = ['IDENTIFIED', 'ASSESSED', 'TREATING'].includes(risk.state) || (risk.state === 'ACCEPTED' && !isAccepted(m, risk));
  const above = residual !== null && isAbove(residual, 'MODERATE') && !isAccepted(m, risk);
  return [...(open ? [`R3/R-${String(risk.n)}`] : []), ...(above ? [`R4/R-${String(risk.n)}`] : [])];
}

/** The lane that a requirement such as R5/PRIVACY is about; null = it is about no lane. */
export function laneOf(requirement: string): Lane | null {
  return LANE_NAMES.find((lane) => requirement === `R5/${lane}`) ?? null;
}

/** Nobody waives an objection, or a risk that nobody may accept. */
function isWaived(m: Model, release: number, requirement: string): boolean {
  const lane = laneOf(requirement);
  if (lane !== null && laneNow(m, lane, release).vetoes.length > 0) return false;
  if (m.risks.some((risk) => requirement === `R4/R-${String(risk.n)}` && residualOf(risk) === 'VERY_HIGH')) return false;
  return m.waivers.some((waiver) => waiver.release === release && waiver.requirement === requirement && waives(m, waiver));
}

export function isOutdated(m: Model, waiver: Waiver): boolean {
  return differing(waiver.shown, shownNow(m, waiver.release)).has(laneOf(waiver.requirement) ?? 'RISK');
}

/** Whoever asked for the waiver, and whoever asks at present to move the release, waives nothing. */
export function waiverRound(m: Model, waiver: Waiver): Round {
  const present = standing(m, waiver.release);
  return { requesters: present === null ? [waiver.by] : [waiver.by, present.by], at: waiver.at, release: waiver.release };
}

/** What keeps somebody from waiving whatever their role is. */
export function isParty(m: Model, waiver: Waiver, who: Who): boolean {
  const lane = laneOf(waiver.requirement);
  return hasPart(m, who, waiverRound(m, waiver)) || (lane !== null && isRecused(m, who, lane, waiver.at));
}

/** One person more than meeting it takes, the head of risk among them, and for a lane somebody who speaks for it. */
function waives(m: Model, waiver: Waiver): boolean {
  if (waiver.state !== 'REQUESTED' || isOutdated(m, waiver)) return false;
  const lane = laneOf(waiver.requirement);
  const grants = waiver.grants.filter(({ by, role }) => !isParty(m, waiver, by) && roleSince(m, by, role) <= waiver.at);
  const speaks = ({ by }: { by: Who }): boolean => lane === null || PEOPLE[by].works === LANES[lane].works || excluded(m, by, lane, { ...waiverRound(m, waiver), level: 'INDEPENDENT' }) === null;
  const needed = lane !== null && LANES[lane].level === 'FOUR_EYES' ? 3 : 2;
  return grants.length >= needed && grants.some(({ role }) => role === 'HEAD_OF_RISK') && grants.some(speaks);
}

/** Whoever reviews any lane grants as a reviewer. */
export function roleSince(m: Model, who: Who, role: string): number {
  return heldSince(m, who, ...m.roles.filter((one) => one.who === who && one.role.split(' ')[0] === role).map((one) => one.role));
}


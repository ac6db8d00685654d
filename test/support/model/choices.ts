// Which act is done next, by chance: fast-check chooses numbers, and what they point at is found in the model when the act comes up.
import fc from 'fast-check';
import type { Act } from './act.js';
import { confirmCondition, endWaiver, fulfil, grantWaiver, requestWaiver } from './acts-about-exceptions.js';
import { answer, askToSign, cancel, claim, giveBack, mayVote, open, resubmit, sign, withdrawVote } from './acts-about-reviews.js';
import { assess, confirm, createRelease, endAcceptance, grantAcceptance, logRisk, operate, plan, regroup, requestAcceptance, reword, submit, turn, withdrawRelease } from './acts-about-risks.js';
import { ask, authorize, deploy, grantRole, MOVING, revokeRole } from './acts-at-the-gate.js';
import { nextAct } from './diligence.js';
import { blocked } from './gate.js';
import { EVERYBODY, LANE_NAMES, PART_NAMES, type Choice, type Lane, type Level, type Model, type Risk, type RiskState, type Who } from './state.js';

/** Who acts, and numbers to choose by: with the same model they always mean the same act. */
export interface Draw { readonly who: number; readonly a: number; readonly b: number }
/** Null = what the act is about is not there. */
export type Choose = (m: Model, draw: Draw) => Act | null;

function of<T>(choices: readonly T[], n: number): T {
  return choices[n % choices.length]!;
}

/** One of the last few. */
function recent<T>(records: readonly T[], n: number): T | undefined {
  return records[records.length - 1 - (n % Math.min(3, records.length))];
}

function about<T extends { readonly n: number }>(records: (m: Model) => readonly T[], act: (n: number, draw: Draw, record: T) => Act): Choose {
  return (m, draw) => {
    const record = recent(records(m), draw.a);
    return record === undefined ? null : act(record.n, draw, record);
  };
}

/** Mostly those whose business it is, now and then anybody. */
function one(usual: readonly Who[], { who }: Draw): Who {
  return who % 5 === 0 ? of(EVERYBODY, Math.floor(who / 5)) : of(usual, Math.floor(who / 5));
}

const OFFICERS = ['rita', 'hugo', 'hanna'] as const;
const LEVELS: readonly Level[] = ['VERY_LOW', 'MODERATE', 'VERY_LOW', 'HIGH', 'MODERATE', 'VERY_HIGH'];
const CHOICES: readonly Choice[] = ['APPROVE', 'APPROVE', 'APPROVE', 'APPROVE_WITH_CONDITIONS', 'REQUEST_CHANGES', 'ABSTAIN', 'APPROVE', 'REJECT', 'RECUSE', 'APPROVE_WITH_CONDITIONS'];
const VOTERS = ['petra', 'lena', 'vera', 'rita', 'sam', 'dana', 'hanna', 'kim'] as const;
const REVIEWERS: Readonly<Record<Lane, readonly Who[]>> = { RISK: ['rita', 'hanna'], LEGAL: ['lena'], PRIVACY: ['petra', 'lena'], SECURITY: ['kim'], FAIRNESS: ['vera'], OPS: ['omar'], PROVENANCE: ['kim'] };
const [releases, risks, promotions] = [(m: Model) => m.releases, (m: Model) => m.risks, (m: Model) => m.promotions];
/** Mostly those in this state. */
const inState = (wanted: RiskState) => (m: Model): readonly Risk[] => (m.risks.some(({ state }) => state === wanted) && m.now % 5 !== 0 ? m.risks.filter(({ state }) => state === wanted) : m.risks);
const openOnes = (m: Model): readonly Model['promotions'][number][] => m.promotions.filter(({ state }, i) => state === 'OPEN' || i === m.promotions.length - 1);

/** Mostly lanes in which this person votes. */
function lanesFor(m: Model, who: Who, n: number, draw: Draw): readonly Lane[] {
  const theirs = LANE_NAMES.filter((lane) => mayVote(m, who, n, lane));
  return theirs.length === 0 || draw.b % 7 === 0 ? [of(LANE_NAMES, draw.b)] : draw.b % 3 === 0 ? [of(theirs, draw.b)] : theirs;
}

function requirementFor(m: Model, release: number, { b }: Draw): string {
  const missing = blocked(m, release);
  if (b % 2 === 0 && missing.length > 0) return of(missing, b / 2);
  const risk = String(recent(m.risks, b)!.n);
  return of(['R5/PRIVACY', 'R5/FAIRNESS', `R3/R-${risk}`, `R4/R-${risk}`, 'R5/RISK', 'R5/FAIRNESS', 'R5/LEGAL', 'R3/R-99', 'TARGET/SYSTEM'], b);
}

const toSign: Choose = (m, draw) => {
  const promotion = recent(openOnes(m), draw.a);
  const who = one(VOTERS, draw);
  return promotion === undefined ? null : sign(who, promotion.n, lanesFor(m, who, promotion.n, draw), of(CHOICES, draw.a + draw.b));
};

const toRead: Choose = (m, draw) => {
  const promotion = recent(openOnes(m), draw.a);
  const who = one(VOTERS, draw);
  return promotion === undefined ? null : askToSign(who, promotion.n, lanesFor(m, who, promotion.n, draw));
};

const toClaim: Choose = (m, draw) => {
  const promotion = recent(openOnes(m), draw.a);
  const who = one(VOTERS, draw);
  return promotion === undefined ? null : claim(who, promotion.n, lanesFor(m, who, promotion.n, draw)[0]!);
};

const toAnswer: Choose = (m, draw) => {
  const waiting = m.held.findLastIndex(({ used }) => !used);
  const i = waiting === -1 || draw.a % 4 === 0 ? m.held.length - 1 - (draw.b % 3) : waiting;
  const held = m.held[i];
  return held === undefined ? null : answer(one([held.by], draw), i, of(CHOICES, draw.b));
};

const toWaive: Choose = (m, draw) => {
  const before = draw.b % 4 === 0 ? recent(m.waivers, draw.a) : undefined;
  const release = recent(m.releases, draw.a)!;
  return before === undefined ? requestWaiver(one(['sam', 'dana'], draw), release.n, requirementFor(m, release.n, draw), null) : requestWaiver(one(['sam', 'dana'], draw), before.release, before.requirement, before.n);
};

/** How often each comes up. */
const CHOICE: readonly (readonly [number, Choose])[] = [
  [75, (m) => nextAct(m)],
  [2, (m, draw) => operate(one(['sam', ...OFFICERS], draw), draw.a % 3 === 0 || m.system.state === 'ACTIVE' ? 'suspend' : 'resume')],
  [1, (_, draw) => regroup(one(['sam', 'dana'], draw))],
  [2, (m, draw) => (m.releases.length < 5 ? createRelease(one(['dana', 'sam', 'pipeline'], draw), of(PART_NAMES, draw.a)) : null)],
  [1, about(releases, (n, draw) => withdrawRelease(one(['sam', 'hugo'], draw), n))],
  [2, (m, draw) => (m.risks.length < 5 ? logRisk(one(['sam', 'dana', 'rita'], draw), draw.a % 4 === 0) : null)],
  [1, about(inState('DRAFT'), (n, draw) => submit(one(['sam', 'dana'], draw), n))],
  [4, about(risks, (n, draw) => assess(one(['sam', 'rita'], draw), n, of(LEVELS, draw.b)))],
  [3, about(risks, (n, draw) => confirm(one(OFFICERS, draw), n))],
  [2, about(inState('ASSESSED'), (n, draw) => plan(one(['sam'], draw), n, draw.b % 2 === 0 ? 'REDUCE' : 'RETAIN'))],
  [2, about(risks, (n, draw) => reword(one(['sam', 'dana', 'rita'], draw), n))],
  [2, about(risks, (n, draw) => turn(one(OFFICERS, draw), n, of(['reopen', 'reopen', 'close', 'reject'] as const, draw.b)))],
  [2, about(risks, (n, draw) => requestAcceptance(one(['sam', 'rita'], draw), n))],
  [4, about((m) => m.acceptances, (n, draw) => grantAcceptance(one(['sam', 'bea', 'rita', 'hugo', 'eve'], draw), n))],
  [2, about((m) => m.acceptances, (n, draw, { by }) => endAcceptance(one([by, 'hugo', 'bea'], draw), n, draw.b % 2 === 0 ? 'withdraw' : 'revoke'))],
  [2, about(releases, (n, draw) => open(one(['sam', 'dana'], draw), n, null))],
  [2, (m, draw) => (m.promotions.length === 0 ? null : open(one(['sam', 'dana'], draw), recent(m.releases, draw.b)!.n, recent(m.promotions, draw.a)!.n))],
  [2, about(promotions, (n, draw) => resubmit(one(['sam', 'dana'], draw), n))],
  [1, about(promotions, (n, draw, { by }) => cancel(one([by, 'sam'], draw), n))],
  [3, toClaim],
  [2, about(promotions, (n, draw, { claims }) => giveBack(one([[...claims.values()][0] ?? 'rita', 'rita'], draw), n, [...claims.keys()][0] ?? of(LANE_NAMES, draw.b)))],
  [9, toSign], [5, toRead], [7, toAnswer],
  [5, about((m) => m.votes, (n, draw, { by }) => withdrawVote(one([by], draw), n))],
  [3, about((m) => m.conditions, (n, draw) => fulfil(one(['dana'], draw), n))],
  [4, about((m) => m.conditions, (n, draw, { lanes }) => confirmCondition(one(lanes.flatMap((lane) => REVIEWERS[lane]), draw), n))],
  [5, toWaive],
  [12, about((m) => m.waivers, (n, draw) => grantWaiver(one(['hanna', 'rita', 'petra', 'lena', 'vera', 'eve', 'kim'], draw), n))],
  [2, about((m) => m.waivers, (n, draw, { by }) => endWaiver(one([by, 'hanna', 'petra'], draw), n, draw.b % 2 === 0 ? 'withdraw' : 'revoke'))],
  [2, (_, draw) => revokeRole(one(['ada'], draw), ...of(MOVING, draw.a))],
  [3, (_, draw) => grantRole(one(['ada'], draw), ...of(MOVING, draw.a))],
  [12, about(releases, (n) => ask(n))],
  [4, about(releases, (n) => authorize(n))],
  [3, (m, draw) => (m.permits.length === 0 ? null : deploy(m.permits.length - 1 - (draw.a % Math.min(3, m.permits.length))))],
];

export const choice: fc.Arbitrary<Choose> = fc.oneof(...CHOICE.map(([weight, choose]) => ({ weight, arbitrary: fc.constant(choose) })));
export const draw: fc.Arbitrary<Draw> = fc.record({ who: fc.nat(999), a: fc.nat(99), b: fc.nat(99) });

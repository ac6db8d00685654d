/**
 * The shortest way to green: which acts lift the reasons of an answer, in an order in which no act undoes another. Facts come before
 * signatures, since a signature about facts that still change would have to be given again; lanes that the team attests are one act.
 */
import type { Lane } from './actor.js';
import type { Evaluation } from './gate.js';
import type { LaneState } from './gate-reviews.js';
import type { Reason, ReasonCode, ReleaseFacts } from './gate-question.js';
import { quorumOf } from './eligibility.js';
import { REQUIREMENT_CODES } from './policy-terms.js';

export const WHO = ['DELIVERY_TEAM', 'SYSTEM_OWNER', 'RISK_OWNER', 'RISK_OFFICER', 'ACCEPTANCE_AUTHORITY', 'MITIGATION_OWNER', 'SOMEBODY_ELSE', 'FINDING_OWNER', 'CONDITION_OWNER', 'REVIEWER', 'OBJECTOR', 'DEPLOYER', 'TENANT_ADMIN'] as const;
export type Who = (typeof WHO)[number];

/** One act: the mutation to call, who may, about what, and which requirements it serves. */
export interface PlannedAct {
  readonly mutation: string;
  readonly who: Who;
  /** How many people have to do it, each by themselves. */
  readonly people: number;
  readonly lanes: readonly Lane[];
  /** The record that it is about, by number; null = it makes a new one. */
  readonly about: string | null;
  readonly requirements: readonly string[];
}

export interface GatePlan { readonly verdict: Evaluation['verdict']; readonly acts: readonly PlannedAct[]; /** What nothing lifts. */ readonly stuck: readonly Reason[] }

type Step = readonly [mutation: string, who: Who];

const ASSESS: Step = ['assessRisk', 'RISK_OWNER'];
const CONFIRM: Step = ['confirmRisk', 'RISK_OFFICER'];
const LIFT: Step = ['liftSuspension', 'RISK_OFFICER'];
const MEET: readonly Step[] = [['fulfilCondition', 'CONDITION_OWNER'], ['confirmCondition', 'REVIEWER']];
const EVIDENCE: readonly Step[] = [['submitEvidence', 'MITIGATION_OWNER'], ['verifyEvidence', 'SOMEBODY_ELSE']];
const SUPPLY: readonly Step[] = [['submitEvidence', 'DELIVERY_TEAM'], ['verifyEvidence', 'SOMEBODY_ELSE']];
const ACCEPTANCE: readonly Step[] = [['requestAcceptance', 'RISK_OWNER'], ['grantAcceptance', 'ACCEPTANCE_AUTHORITY']];

const IMPLEMENT: Step = ['implementMitigation', 'MITIGATION_OWNER'];
const VERIFY: Step = ['verifyMitigation', 'SOMEBODY_ELSE'];
const [PLAN, COMPLETE, CLOSE]: readonly [Step, Step, Step] = [['planFinding', 'FINDING_OWNER'], ['completeFinding', 'FINDING_OWNER'], ['closeFinding', 'SOMEBODY_ELSE']];

/** How far a record is on its way decides what is still to do; what is not named here needs all of its steps. */
const BY_STATE: Readonly<Record<string, readonly Step[]>> = {
  'risk DRAFT': [['submitRisk', 'DELIVERY_TEAM'], ASSESS, CONFIRM],
  'mitigation PROPOSED': [['startMitigation', 'MITIGATION_OWNER'], IMPLEMENT, VERIFY], 'mitigation INEFFECTIVE': [['restartMitigation', 'MITIGATION_OWNER'], IMPLEMENT, VERIFY], 'mitigation IMPLEMENTED': [VERIFY],
  'finding PLANNED': [COMPLETE, CLOSE], 'finding DONE': [CLOSE],
};

/** What lifts each reason that is no review, in order; null = nothing does. */
const STEPS: Readonly<Partial<Record<ReasonCode, readonly Step[] | null>>> = {
  SYSTEM_UNKNOWN: [['registerSystem', 'SYSTEM_OWNER']], RELEASE_UNKNOWN: [['createRelease', 'DELIVERY_TEAM']], RELEASE_WITHDRAWN: [['createRelease', 'DELIVERY_TEAM']],
  UNCLASSIFIED: [['assessTier', 'RISK_OFFICER']], TIER_DUE: [['assessTier', 'RISK_OFFICER']], SYSTEM_SUSPENDED: [['resumeSystem', 'RISK_OFFICER']], SYSTEM_RETIRED: null, PROHIBITED_USE: null, EXEMPTION_INVALID: [['assessTier', 'RISK_OFFICER']], ENVIRONMENT_UNKNOWN: [['createEnvironment', 'TENANT_ADMIN']],
  RISK_REGISTER_EMPTY: [['logRisk', 'DELIVERY_TEAM'], ASSESS, CONFIRM], RISK_UNASSESSED: [ASSESS, CONFIRM], RISK_ASSESSMENT_STALE: [ASSESS, CONFIRM], RISK_UNCONFIRMED: [CONFIRM],
  RISK_ABOVE_TOLERANCE: ACCEPTANCE, ACCEPTANCE_EXPIRED: ACCEPTANCE,
  MITIGATION_UNVERIFIED: [IMPLEMENT, VERIFY], MITIGATION_LAPSED: EVIDENCE,
  EVIDENCE_MISSING: EVIDENCE, EVIDENCE_EXPIRED: EVIDENCE, EVIDENCE_WRONG_SUBJECT: EVIDENCE, EVIDENCE_UNSIGNED: [['verifyEvidence', 'SOMEBODY_ELSE']],
  ...Object.fromEntries(REQUIREMENT_CODES.map((code) => [code, SUPPLY])),
  IMPACT_ASSESSMENT_MISSING: [['draftImpactAssessment', 'DELIVERY_TEAM'], ['submitImpactAssessment', 'DELIVERY_TEAM'], ['approveImpactAssessment', 'REVIEWER']],
  IMPACT_ASSESSMENT_EXPIRED: [['reviseImpactAssessment', 'DELIVERY_TEAM'], ['submitImpactAssessment', 'DELIVERY_TEAM'], ['approveImpactAssessment', 'REVIEWER']],
  FINDING_OPEN: [PLAN, COMPLETE, CLOSE],
  CONDITION_OVERDUE: MEET, ACCEPTANCE_SUSPENDED: MEET,
  STAGE_SKIPPED: [['reportDeployment', 'DEPLOYER']], NOT_AUTHORIZED_HERE: [['authorizePromotion', 'DEPLOYER']], BREAK_GLASS_DEBT: [['reviewBreakGlass', 'RISK_OFFICER']],
};

/** The mutations in the order in which they are best done. */
export const ACTS = [
  'registerSystem', 'createEnvironment', 'createRelease', 'assessTier', 'resumeSystem', 'reviewBreakGlass', 'logRisk', 'submitRisk', 'assessRisk', 'submitEvidence', 'verifyEvidence', 'startMitigation', 'restartMitigation', 'implementMitigation', 'verifyMitigation', 'requestAcceptance', 'grantAcceptance', 'confirmRisk', 'liftSuspension',
  'draftImpactAssessment', 'reviseImpactAssessment', 'submitImpactAssessment', 'approveImpactAssessment', 'planFinding', 'completeFinding', 'closeFinding', 'fulfilCondition', 'confirmCondition', 'reportDeployment', 'withdrawSignOff', 'openPromotion', 'resubmitPromotion', 'requestSignOff', 'authorizePromotion',
];

/** What a plan looks at beside the reasons: how far the records are on their way, and how many must accept a risk. */
export type Present = Pick<ReleaseFacts, 'risks' | 'mitigations' | 'findings' | 'criteria'>;

export function planOf(evaluation: Pick<Evaluation, 'verdict' | 'reasons' | 'lanes' | 'takesVotes'>, present: Present | null): GatePlan {
  const blocking = evaluation.reasons.filter((reason) => reason.severity === 'BLOCK');
  const stuck = blocking.filter((reason) => isStuck(reason, present));
  const open = evaluation.lanes.filter(({ lane, passed }) => !passed && blocking.some(({ requirement }) => requirement === `R5/${lane}`) && !stuck.some(({ params }) => params.lane === lane));
  const carried = new Set(blocking.filter(({ code }) => STEPS[code] === ACCEPTANCE).map(({ params }) => params.risk));
  // Whoever grants the last acceptance moves the risk on: nothing is left to confirm.
  const acts = [...blocking.filter((reason) => !(reason.code === 'RISK_UNCONFIRMED' && carried.has(reason.params.risk))).flatMap((reason) => actsFor(reason, present)), ...round(evaluation, open), ...signatures(open)];
  const merged = acts.reduce<PlannedAct[]>(merge, []);
  return { verdict: evaluation.verdict, acts: merged.sort((a, b) => ACTS.indexOf(a.mutation) - ACTS.indexOf(b.mutation)), stuck };
}

function isStuck(reason: Reason, present: Present | null): boolean {
  if (reason.code === 'NO_ELIGIBLE_REVIEWER') return !helpsToAskAgain(reason);
  if (STEPS[reason.code] === ACCEPTANCE) return authorityFor(reason, present) === 0;
  // What holds of the facts as a whole, no single act brings about.
  if (reason.rule === 'R8') return true;
  return reason.rule !== 'R5' && (STEPS[reason.code] ?? null) === null;
}

/** Somebody who gained the role after this request was opened may sign in the next one. */
function helpsToAskAgain({ params }: Reason): boolean {
  return (params.reviewers ?? []).some(({ excludedBy }) => excludedBy.length > 0 && excludedBy.every((exclusion) => exclusion === 'GAINED_AFTER_OPENING'));
}

/** How many people must accept a risk at this level; 0 = nobody may. */
function authorityFor({ params }: Reason, present: Present | null): number {
  return params.riskLevel === undefined || present === null ? 1 : present.criteria.authority[params.riskLevel].length;
}

/** How many acts of people it takes. */
export function humanActs(plan: Pick<GatePlan, 'acts'>): number {
  return plan.acts.reduce((sum, act) => sum + (act.who === 'DEPLOYER' ? 0 : act.people), 0);
}

/** What has happened is lifted on a new assessment; what is not met is met. */
function stepsFor({ code, params }: Reason, present: Present | null): readonly Step[] {
  if (params.suspensions !== undefined) return code === 'RISK_UNCONFIRMED' ? [ASSESS, CONFIRM, LIFT] : [ASSESS, LIFT];
  if (STEPS[code] === EVIDENCE && params.mitigation === undefined) return SUPPLY;
  // What machines have verified among themselves is handed in anew.
  if (code === 'EVIDENCE_UNSIGNED' && params.unmet !== undefined) return SUPPLY;
  return BY_STATE[stateOf(code, params, present)] ?? STEPS[code] ?? [];
}

function stateOf(code: ReasonCode, { risk, mitigation, finding }: Reason['params'], present: Present | null): string {
  const state = (records: readonly { readonly number: string; readonly state: string }[] | undefined, number: string | undefined): string => records?.find((record) => record.number === number)?.state ?? '';
  if (code === 'RISK_UNASSESSED') return `risk ${state(present?.risks, risk)}`;
  if (code === 'MITIGATION_UNVERIFIED') return `mitigation ${state(present?.mitigations, mitigation)}`;
  return code === 'FINDING_OPEN' ? `finding ${state(present?.findings, finding)}` : '';
}

/** Acts that are about something else than what the reason is about. */
const ABOUT: Readonly<Record<string, (reason: Reason) => string | null>> = {
  logRisk: () => null, assessRisk: ({ params }) => params.risk ?? null, liftSuspension: ({ params }) => params.suspensions?.[0] ?? null,
};

function actsFor(reason: Reason, present: Present | null): PlannedAct[] {
  const { params, requirement } = reason;
  if (reason.requirement === 'R5/REQUEST') return [request([requirement])];
  if (reason.code === 'REVIEW_REJECTED' || reason.code === 'CHANGES_REQUESTED') {
    return (params.signOffs ?? []).map((signOff) => ({ mutation: 'withdrawSignOff', who: 'OBJECTOR', people: 1, lanes: params.lane === undefined ? [] : [params.lane], about: signOff, requirements: [requirement] }));
  }
  if (reason.code === 'NO_ELIGIBLE_REVIEWER' && helpsToAskAgain(reason)) return [{ mutation: 'resubmitPromotion', who: 'SYSTEM_OWNER', people: 1, lanes: [], about: null, requirements: [requirement] }];
  if (reason.rule === 'R5') return [];
  const about = recordOf(reason);
  return stepsFor(reason, present).map(([mutation, who]) => ({ mutation, who, people: mutation === 'grantAcceptance' ? Math.max(1, authorityFor(reason, present)) : 1, lanes: [], about: ABOUT[mutation] === undefined ? about : ABOUT[mutation](reason), requirements: [requirement] }));
}

/** The number of the record that a reason is about; null = it is about none. */
function recordOf({ params }: Reason): string | null {
  return params.finding ?? params.conditions?.[0] ?? params.mitigation ?? params.risk ?? params.assessment ?? params.breakGlass ?? null;
}

/** A request that was fulfilled takes no more votes: what has lapsed since is signed in another one. */
function round({ takesVotes }: Pick<Evaluation, 'takesVotes'>, open: readonly LaneState[]): PlannedAct[] {
  return takesVotes || open.length === 0 ? [] : [request(open.map(({ lane }) => `R5/${lane}`))];
}

function request(requirements: readonly string[]): PlannedAct {
  return { mutation: 'openPromotion', who: 'SYSTEM_OWNER', people: 1, lanes: [], about: null, requirements };
}

/** What the team attests is one act of one person; every other lane is one for each person that it still needs. */
function signatures(open: readonly LaneState[]): PlannedAct[] {
  const own = open.filter((lane) => lane.level === 'SELF');
  const attested = own.length === 0 ? [] : [signature('DELIVERY_TEAM', 1, own)];
  return [...attested, ...open.filter((lane) => lane.level !== 'SELF').map((lane) => signature('REVIEWER', Math.max(1, quorumOf(lane.level) - new Set(lane.approvedBy).size), [lane]))];
}

function signature(who: Who, people: number, lanes: readonly LaneState[]): PlannedAct {
  return { mutation: 'requestSignOff', who, people, lanes: lanes.map(({ lane }) => lane), about: null, requirements: lanes.map(({ lane }) => `R5/${lane}`) };
}

/** The same act for several reasons is done once. */
function merge(acts: PlannedAct[], next: PlannedAct): PlannedAct[] {
  const same = acts.findIndex((act) => act.mutation === next.mutation && act.about === next.about && act.lanes.join() === next.lanes.join());
  const before = acts[same];
  if (before === undefined) return [...acts, next];
  return acts.with(same, { ...before, requirements: [...new Set([...before.requirements, ...next.requirements])] });
}

/**
 * The shortest way to green: which acts lift the reasons of an answer, in an order in which no act undoes another. Facts come before
 * signatures, since a signature about facts that still change would have to be given again; lanes that the team attests are one act.
 */
import type { Lane } from './actor.js';
import type { Evaluation } from './gate.js';
import type { LaneState } from './gate-reviews.js';
import type { Reason, ReasonCode } from './gate-question.js';
import { quorumOf } from './eligibility.js';

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
const ACCEPTANCE: readonly Step[] = [['requestAcceptance', 'RISK_OWNER'], ['grantAcceptance', 'ACCEPTANCE_AUTHORITY']];

/** What lifts each reason that is no review, in order; null = nothing does. */
const STEPS: Readonly<Partial<Record<ReasonCode, readonly Step[] | null>>> = {
  SYSTEM_UNKNOWN: [['registerSystem', 'SYSTEM_OWNER']], RELEASE_UNKNOWN: [['createRelease', 'DELIVERY_TEAM']], RELEASE_WITHDRAWN: [['createRelease', 'DELIVERY_TEAM']],
  UNCLASSIFIED: [['assessTier', 'RISK_OFFICER']], SYSTEM_SUSPENDED: [['resumeSystem', 'RISK_OFFICER']], SYSTEM_RETIRED: null, PROHIBITED_USE: null, ENVIRONMENT_UNKNOWN: [['createEnvironment', 'TENANT_ADMIN']],
  RISK_REGISTER_EMPTY: [['logRisk', 'DELIVERY_TEAM'], ASSESS, CONFIRM], RISK_UNASSESSED: [ASSESS, CONFIRM], RISK_ASSESSMENT_STALE: [ASSESS, CONFIRM], RISK_UNCONFIRMED: [CONFIRM],
  RISK_ABOVE_TOLERANCE: ACCEPTANCE, ACCEPTANCE_EXPIRED: ACCEPTANCE,
  MITIGATION_UNVERIFIED: [['implementMitigation', 'MITIGATION_OWNER'], ['verifyMitigation', 'SOMEBODY_ELSE']], MITIGATION_LAPSED: EVIDENCE,
  EVIDENCE_MISSING: EVIDENCE, EVIDENCE_EXPIRED: EVIDENCE, EVIDENCE_WRONG_SUBJECT: EVIDENCE,
  IMPACT_ASSESSMENT_MISSING: [['draftImpactAssessment', 'DELIVERY_TEAM'], ['submitImpactAssessment', 'DELIVERY_TEAM'], ['approveImpactAssessment', 'REVIEWER']],
  IMPACT_ASSESSMENT_EXPIRED: [['reviseImpactAssessment', 'DELIVERY_TEAM'], ['submitImpactAssessment', 'DELIVERY_TEAM'], ['approveImpactAssessment', 'REVIEWER']],
  FINDING_OPEN: [['planFinding', 'FINDING_OWNER'], ['completeFinding', 'FINDING_OWNER'], ['closeFinding', 'SOMEBODY_ELSE']],
  CONDITION_OVERDUE: MEET, ACCEPTANCE_SUSPENDED: MEET,
  STAGE_SKIPPED: [['reportDeployment', 'DEPLOYER']], NOT_AUTHORIZED_HERE: [['openPromotion', 'SYSTEM_OWNER']], BREAK_GLASS_DEBT: [['reviewBreakGlass', 'RISK_OFFICER']],
};

/** The mutations in the order in which they are best done. */
export const ACTS = [
  'registerSystem', 'createEnvironment', 'createRelease', 'assessTier', 'resumeSystem', 'reviewBreakGlass', 'logRisk', 'assessRisk', 'submitEvidence', 'verifyEvidence', 'implementMitigation', 'verifyMitigation', 'requestAcceptance', 'grantAcceptance', 'confirmRisk', 'liftSuspension',
  'draftImpactAssessment', 'reviseImpactAssessment', 'submitImpactAssessment', 'approveImpactAssessment', 'planFinding', 'completeFinding', 'closeFinding', 'fulfilCondition', 'confirmCondition', 'reportDeployment', 'withdrawSignOff', 'openPromotion', 'requestSignOff',
];

export function planOf(evaluation: Pick<Evaluation, 'verdict' | 'reasons' | 'lanes'>): GatePlan {
  const blocking = evaluation.reasons.filter((reason) => reason.severity === 'BLOCK');
  const stuck = blocking.filter((reason) => reason.code === 'NO_ELIGIBLE_REVIEWER' || (reason.rule !== 'R5' && (STEPS[reason.code] ?? null) === null));
  const open = evaluation.lanes.filter((lane) => !lane.passed && !stuck.some((reason) => reason.params.lane === lane.lane));
  const acts = [...blocking.flatMap(actsFor), ...signatures(open)];
  const merged = acts.reduce<PlannedAct[]>(merge, []);
  return { verdict: evaluation.verdict, acts: merged.sort((a, b) => ACTS.indexOf(a.mutation) - ACTS.indexOf(b.mutation)), stuck };
}

/** How many acts of people it takes. */
export function humanActs(plan: Pick<GatePlan, 'acts'>): number {
  return plan.acts.reduce((sum, act) => sum + (act.who === 'DEPLOYER' ? 0 : act.people), 0);
}

/** What has happened is lifted on a new assessment; what is not met is met. */
function stepsFor({ code, params }: Reason): readonly Step[] {
  if (params.suspensions !== undefined) return code === 'RISK_UNCONFIRMED' ? [ASSESS, CONFIRM, LIFT] : [ASSESS, LIFT];
  return STEPS[code] ?? [];
}

/** Acts that are about something else than what the reason is about. */
const ABOUT: Readonly<Record<string, (reason: Reason) => string | null>> = {
  logRisk: () => null, assessRisk: ({ params }) => params.risk ?? null, liftSuspension: ({ params }) => params.suspensions?.[0] ?? null,
};

function actsFor(reason: Reason): PlannedAct[] {
  const { params, requirement } = reason;
  if (reason.requirement === 'R5/REQUEST') return [{ mutation: 'openPromotion', who: 'SYSTEM_OWNER', people: 1, lanes: [], about: null, requirements: [requirement] }];
  if (reason.code === 'REVIEW_REJECTED' || reason.code === 'CHANGES_REQUESTED') {
    return (params.signOffs ?? []).map((signOff) => ({ mutation: 'withdrawSignOff', who: 'OBJECTOR', people: 1, lanes: params.lane === undefined ? [] : [params.lane], about: signOff, requirements: [requirement] }));
  }
  if (reason.rule === 'R5') return [];
  const about = recordOf(reason);
  return stepsFor(reason).map(([mutation, who]) => ({ mutation, who, people: 1, lanes: [], about: ABOUT[mutation] === undefined ? about : ABOUT[mutation](reason), requirements: [requirement] }));
}

/** The number of the record that a reason is about; null = it is about none. */
function recordOf({ params }: Reason): string | null {
  return params.finding ?? params.conditions?.[0] ?? params.mitigation ?? params.risk ?? params.assessment ?? params.breakGlass ?? null;
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

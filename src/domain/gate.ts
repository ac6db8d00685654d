/**
 * May this release go into this environment, now; may it go on running there; may it come back? A pure function of the policy, the facts and the time. It names every reason at once;
 * whatever is unknown is not allowed. The same function serves GraphQL, REST and CLI.
 */
import { bindable } from './classification.js';
import { NotingClock, type Boundary } from './clock.js';
import { breakTheGlass, debtReasons, type Override } from './gate-break-glass.js';
import { newBudget } from './expression.js';
import { standingPromotion, type LaneState } from './gate-reviews.js';
import type { GateObligation } from './gate-conditions.js';
import { blocksAt, judgeRelease, type Judged, type Subject } from './gate-release.js';
import { rollbackReasons, runReasons, type Earlier } from './gate-run.js';
import { callerReasons, targetReasons } from './gate-target.js';
import { blocks, type GateFacts, type Reason, type ReasonCode } from './gate-question.js';
import { buildPackage } from './package.js';
import { isNeverLetOff, type GatePolicy } from './policy.js';
import { modeOf } from './policy-binding.js';
import type { Mode } from './policy-terms.js';

/** Part of every decision: replay under another version that differs is said, never called equal. */
export const ENGINE_VERSION = '15';

export const VERDICTS = ['ALLOW', 'PENDING', 'DENY', 'ERROR'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Evaluation {
  /** What is answered; in the modes WARN and OBSERVE more is let in than the rules say. */
  readonly verdict: Verdict;
  /** What the rules say. Only an ALLOW of these leads to a grant. */
  readonly enforcedVerdict: Verdict;
  readonly mode: Mode;
  readonly reasons: readonly Reason[];
  readonly lanes: readonly LaneState[];
  readonly obligations: readonly GateObligation[];
  /** Whether a request is open in which the lanes can be signed. */
  readonly takesVotes: boolean;
  /** The request that a grant fulfils; null where none stands, and for everything but promote. */
  readonly promotionId: string | null;
  /** By what the verdict is ALLOW although requirements are not met; null = by nothing. */
  readonly override: Override | null;
  /** The next instant at which any input begins or ends; null = nothing here is bounded by time. */
  readonly holdsUntil: Boundary | null;
}

/** Reasons that an open review can still remove. */
const STILL_OPEN: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'REVIEW_PENDING', 'QUORUM_NOT_MET', 'REVIEW_STALE', 'SIGN_OFF_EXPIRED', 'SIGN_OFF_REVOKED', 'CONDITION_OVERDUE', 'REVIEWER_INELIGIBLE', 'SEPARATION_OF_DUTIES',
]);

/** `policy`: the one that is bound to the environment for the system; null = none is. */
export function evaluateGate(policy: GatePolicy | null, facts: GateFacts, clock: NotingClock): Evaluation {
  const unjudged = [...targetReasons(facts, clock), ...callerReasons(facts, clock)];
  if (facts.about === null || facts.environment === null) return conclude(unjudged, NOTHING, null, clock);
  const { about, environment } = facts;
  if (policy === null) return conclude([...unjudged, blocks('GATE', 'GATE', 'NO_POLICY', { environment: environment.name })], NOTHING, null, clock);
  return inMode(modeOf(policy, bindable(about.system), environment), judge(policy, { about, environment, action: facts.question.action }, unjudged, clock));
}

const NOTHING: Judged = { lanes: [], obligations: [], takesVotes: false };

function judge(policy: GatePolicy, asked: Pick<Subject, 'about' | 'environment' | 'action'>, unjudged: readonly Reason[], clock: NotingClock): Evaluation {
  const { about, environment } = asked;
  const judged = { ...asked, pkg: buildPackage(policy, { ...about, environment }), budget: newBudget() };
  const { reasons, ...came } = judgeRelease(policy, judged, clock);
  const all = [...unjudged, ...reasons];
  const here = { policy, about, environment, clock };
  // What cannot be answered is let off by nobody.
  if (all.some(({ code }) => code === 'POLICY_ERROR')) return conclude(all, came, null, clock);
  switch (asked.action) {
    case 'promote': {
      const { reasons: left, override } = breakTheGlass(here, [...all, ...debtReasons(here)]);
      // What goes in without its reviews fulfils no request for them.
      return override === null ? conclude(left, came, standingPromotion(about, environment.id), clock) : allowAnyway(left, came, override, clock);
    }
    case 'run':
      return conclude(runReasons(here, all, earlier(policy, judged)), came, null, clock);
    case 'rollback':
      return conclude(rollbackReasons(here, all), came, null, clock);
  }
}

/** The same facts under the clock of another instant, at the cost of the same question. */
function earlier(policy: GatePolicy, judged: Subject): Earlier {
  return (requirement, at) => {
    const clock = new NotingClock(at);
    return { blocked: blocksAt(requirement, policy, judged, clock), since: clock.heldSince };
  };
}

function allowAnyway(reasons: Reason[], came: Judged, override: Override, clock: NotingClock): Evaluation {
  return { verdict: 'ALLOW', enforcedVerdict: 'ALLOW', mode: 'ENFORCE', reasons, ...came, promotionId: null, override, holdsUntil: clock.holdsUntil };
}

/** WARN and OBSERVE let in what the rules would not: never what the law forbids, nor what nobody knows, nor what could not be judged. */
function inMode(mode: Mode, evaluation: Evaluation): Evaluation {
  const { enforcedVerdict, reasons } = evaluation;
  const stays = enforcedVerdict === 'ALLOW' || enforcedVerdict === 'ERROR' || reasons.some(({ severity, requirement }) => severity === 'BLOCK' && isNeverLetOff(requirement));
  return { ...evaluation, mode, verdict: mode === 'ENFORCE' || stays ? enforcedVerdict : 'ALLOW' };
}

function conclude(reasons: readonly Reason[], came: Judged, standing: { id: string; state: string } | null, clock: NotingClock): Evaluation {
  const verdict = verdictOf(reasons, standing);
  const met: Reason[] = verdict === 'ALLOW' ? [{ code: 'ALL_REQUIREMENTS_MET', severity: 'INFO', rule: 'GATE', requirement: 'GATE', params: {} }] : [];
  return { verdict, enforcedVerdict: verdict, mode: 'ENFORCE', reasons: [...reasons, ...met], ...came, promotionId: standing?.id ?? null, override: null, holdsUntil: clock.holdsUntil };
}

function verdictOf(reasons: readonly Reason[], standing: { state: string } | null): Verdict {
  if (reasons.some(({ code }) => code === 'POLICY_ERROR')) return 'ERROR';
  const blocking = reasons.filter((reason) => reason.severity === 'BLOCK');
  if (blocking.length === 0) return 'ALLOW';
  return standing?.state === 'OPEN' && blocking.every((reason) => reason.rule === 'R5' && STILL_OPEN.has(reason.code)) ? 'PENDING' : 'DENY';
}

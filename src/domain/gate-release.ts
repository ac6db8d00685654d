/**
 * What the rules say of a release in an environment, at the instant of a clock: all that there is to say, or whether one requirement blocks. To
 * find out the latter, nothing is looked at but what that requirement asks about, so what else began or ended makes no difference to it.
 */
import { classificationOf } from './classification.js';
import type { NotingClock } from './clock.js';
import type { Budget } from './expression.js';
import { conditionsOfLive } from './gate-acceptances.js';
import { bindingConditions, conditionReasons, obligationsOf, type GateObligation } from './gate-conditions.js';
import { findingReasons } from './gate-findings.js';
import { impactReasons } from './gate-impacts.js';
import { mitigationReasons, subjectsOf } from './gate-mitigations.js';
import { obligationReasons, owedHere, policyObligations, type Owed } from './gate-obligations.js';
import type { GateAction, Reason, ReleaseFacts, Rule } from './gate-question.js';
import { freezeReasons, requirementReasons } from './gate-requirements.js';
import { judgeLane, requestReasons, standingPromotion, type LaneState, type ReviewRound } from './gate-reviews.js';
import { registerReasons, toleranceReasons } from './gate-risks.js';
import { standingReasons } from './gate-target.js';
import { tierReasons } from './gate-tier.js';
import { waive } from './gate-waivers.js';
import { risksInScope, type DecisionPackage, type Stored } from './package.js';
import type { GatePolicy } from './policy.js';
import { requirementOf } from './policy-terms.js';
import type { Environment } from './release.js';
import type { Proof } from './residual.js';

/** `budget`: what all conditions of the question may look at, now and at earlier instants together. */
export interface Subject { readonly about: ReleaseFacts; readonly environment: Stored<Environment>; readonly action: GateAction; readonly pkg: DecisionPackage; readonly budget: Budget }

/** `takesVotes`: whether a request is open in which the lanes can be signed. */
export interface Judged { readonly lanes: readonly LaneState[]; readonly obligations: readonly GateObligation[]; readonly takesVotes: boolean }

/** What is judged, at which instant, and what the parts have in common. */
interface Judging extends Subject { readonly policy: GatePolicy; readonly clock: NotingClock; readonly proof: Proof; readonly round: ReviewRound }

interface Found { readonly lanes: readonly LaneState[]; readonly conditions: ReturnType<typeof bindingConditions>; readonly owed: readonly Owed[] }

export function judgeRelease(policy: GatePolicy, subject: Subject, clock: NotingClock): Judged & { readonly reasons: Reason[] } {
  const { about, environment, pkg } = subject;
  const judging = judgingAt(policy, subject, clock);
  const lanes = pkg.lanes.map((ask) => judgeLane(judging.round, ask));
  const conditions = bindingConditions(about, environment.id, lanes);
  const owed = owedHere(policy, { ...judging, about });
  const reasons = partsOf(judging, { lanes, conditions, owed }, null).flatMap(([, said]) => said());
  const ofRisks = risksInScope(about.risks, about.release.id).flatMap((risk) => conditionsOfLive(about, risk, judging.proof));
  const takesVotes = standingPromotion(about, environment.id)?.state === 'OPEN';
  return { lanes, takesVotes, obligations: [...obligationsOf([...conditions, ...ofRisks], about, clock), ...policyObligations(owed, about.system.ownerId)], reasons: waive(reasons, about, { policy, pkg, clock }) };
}

/** Whether this requirement blocks. Why is not explained: to explain costs more than to answer. */
export function blocksAt(requirement: string, policy: GatePolicy, subject: Subject, clock: NotingClock): boolean {
  const { about, environment, pkg, budget } = subject;
  const rule = requirement.replace(/\/.*/, '');
  const rows = policy.requirements.filter((row) => requirementOf(row) === requirement);
  if (rows.length > 0 && !isPaid(subject)) return true;
  const judging = judgingAt({ ...policy, requirements: rows }, { ...subject, budget: { ...budget, explanations: { left: 0 } } }, clock);
  const lanes = pkg.lanes.filter(({ lane }) => asksForLane(requirement, lane)).map((ask) => judgeLane({ ...judging.round, briefly: true }, ask));
  const found = { lanes, conditions: bindingConditions(about, environment.id, lanes), owed: rule === 'R14' ? owedHere(policy, { ...judging, about }) : [] };
  const reasons = partsOf(judging, found, requirement).filter(([rules]) => rules.some((one) => one === rule)).flatMap(([, said]) => said());
  return waive(reasons.filter((reason) => reason.requirement === requirement), about, { policy, pkg, clock }).some(({ severity }) => severity === 'BLOCK');
}

/** A condition binds where its vote counts; an empty register may be attested. */
function asksForLane(requirement: string, lane: string): boolean {
  return requirement === `R5/${lane}` || requirement.startsWith('R14/') || (requirement === 'R3' && lane === 'RISK');
}

function judgingAt(policy: GatePolicy, subject: Subject, clock: NotingClock): Judging {
  const { about, environment, pkg } = subject;
  const proof = { criteria: about.criteria, mitigations: about.mitigations, evidence: about.evidence, subjects: subjectsOf(about.release), clock };
  return { ...subject, policy, clock, proof, round: { policy, about, environmentId: environment.id, pkg, clock } };
}

/** The parts of an answer in their order, each with the rules that it speaks for. `only`: a requirement; records that others are named after are left out. */
function partsOf(judging: Judging, { lanes, conditions, owed }: Found, only: string | null): (readonly [rules: readonly Rule[], said: () => readonly Reason[]])[] {
  const { policy, about, environment, action, clock, proof, round, budget } = judging;
  const attested = classificationOf(about.system).tier === 'MINIMAL' && lanes.some((lane) => lane.lane === 'RISK' && lane.attested);
  const risks = namedIn(only, about.risks);
  return [
    [['TARGET', 'D1', 'D2', 'D3', 'R19'], () => standingReasons(about, environment)],
    [['R1'], () => tierReasons(policy, { about, environment, action, clock })],
    [['R3'], () => (appliesAt(policy.ruleGates.R3, environment) ? registerReasons(policy, { ...about, risks }, attested, proof) : [])],
    [['R4'], () => (appliesAt(policy.ruleGates.R4, environment) ? toleranceReasons({ ...about, risks }, proof) : [])],
    [['R6', 'R7'], () => mitigationReasons({ ...about, mitigations: namedIn(only, about.mitigations) }, environment, proof)],
    [['R2'], () => impactReasons(policy, about, environment.kind, clock)],
    [['R9'], () => (appliesAt(policy.ruleGates.R9, environment) ? findingReasons({ ...about, findings: namedIn(only, about.findings) }, proof) : [])],
    [['R5'], () => [...requestReasons(round), ...lanes.flatMap((lane) => lane.reasons)]],
    [['R14'], () => [...conditionReasons(conditions, about, clock), ...obligationReasons(owed, clock)]],
    [['R7', 'R8'], () => requirementReasons(policy, { about, environment, proof }, budget)],
    [['R18'], () => (action === 'promote' ? freezeReasons(policy, { about, environment, clock }) : [])],
  ];
}

/** To look at a row once more costs as much as there is evidence to look through, whatever it asks. Whoever cannot pay sees nothing that was met. */
function isPaid({ about, budget: { answers } }: Subject): boolean {
  answers.left -= about.evidence.length;
  return answers.left >= 0;
}

/** Those that a requirement such as R4/R-7 is named after; all of them, where it is named after none. */
function namedIn<T extends { readonly number: string }>(only: string | null, records: readonly T[]): readonly T[] {
  const name = only?.split('/').at(1);
  return name === undefined ? records : records.filter(({ number }) => number === name);
}

function appliesAt(kinds: readonly string[], environment: Environment): boolean {
  return kinds.includes(environment.kind);
}

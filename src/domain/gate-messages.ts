/** What each reason says to a person, who can lift it, and what to do next. Rendered when read: never part of what is hashed. */
import type { Difference } from './difference.js';
import type { Candidate } from './eligibility.js';
import type { Reason, ReasonCode, ReasonParams } from './gate-question.js';

export interface RenderedReason { readonly message: string; readonly owner: string; readonly nextAction: string }

type Render = (reason: Reason) => RenderedReason;

const said = (message: string, owner: string, nextAction: string): RenderedReason => ({ message, owner, nextAction });
const risk = (reason: Reason): string => reason.params.risk ?? 'a risk';
const lane = (reason: Reason): string => reason.params.lane ?? 'review';
const impact = (reason: Reason): string => reason.params.assessmentKind ?? 'needed';
const env = (reason: Reason): string => reason.params.environment ?? 'the environment';
const dueBy = (reason: Reason): string => reason.params.dueBy ?? 'its last day';
const mitigation = (reason: Reason): string => reason.params.mitigation ?? 'a mitigation';
const evidence = (reason: Reason): string => (reason.params.evidence ?? []).join(', ');
const thing = (reason: Reason): string => reason.params.title ?? `${mitigation(reason)} of ${risk(reason)}`;
const holder = (reason: Reason): string => (reason.params.mitigation === undefined ? 'delivery team' : 'mitigation owner');
const unmet = (reason: Reason): string => (reason.params.unmet ?? []).map(({ path, observed, required }) => `${path} is ${JSON.stringify(observed)}, required: ${required}`).join('; ');
const falls = (reason: Reason): RenderedReason => said(`${thing(reason)}: not so${reason.params.evidence === undefined ? '' : ` by ${evidence(reason)}`} (${unmet(reason)}).`, 'delivery team', reason.params.next ?? (reason.rule === 'R7' ? 'Mend what it shows, collect the evidence again (submitEvidence) and have it verified: verifyEvidence.' : 'Change what the condition looks at.'));
/** Of a row in which each value needs a piece of its own: which value it is, and what there is to do. */
const ofValues = ({ params }: Reason): string => (params.unmet ?? []).map(({ path, observed, required }) => ` ${path} is ${JSON.stringify(observed)}, which needs ${required}.`).join('');
const signOffs = (reason: Reason): string => (reason.params.signOffs ?? []).join(', ');
const conditions = (reason: Reason): string => (reason.params.conditions ?? []).join(', ');
const isLevel = ({ kind }: Difference): boolean => kind === 'REVIEW_LEVEL_UP';
const reviewer = (reason: Reason): string => (reason.params.level === 'SELF' ? 'the delivery team' : `an eligible ${lane(reason)} reviewer`);
const account = (candidate: Candidate): string => `${candidate.account} (${candidate.excludedBy.length === 0 ? 'may sign' : candidate.excludedBy.join(', ')})`;
const candidates = (reason: Reason): string => (reason.params.reviewers ?? []).map(account).join('; ');
const signAgain = (reason: Reason): string => `Let ${reviewer(reason)} read the present package and sign: requestSignOff, confirmSignOff.`;
const differs = (of: readonly Difference[]): string => of.map((d) => `${d.path} was ${d.then ?? 'absent'}, is ${d.now ?? 'absent'}`).join('; ');
const outdated = ({ params: { differences = [] } }: Reason): string => {
  const [levels, others] = [differences.filter(isLevel), differences.filter((d) => !isLevel(d))];
  return [...(others.length === 0 ? [] : [`it was about something else (${differs(others)})`]), ...(levels.length === 0 ? [] : [`it is no review by somebody outside the team, and one is asked for now (${differs(levels)})`])].join('; ');
};
const goesOn = (r: Reason): string => (r.params.differences === undefined ? '' : ` More is asked for than when ${signOffs(r)} was given, which goes on to count (${differs(r.params.differences)}).`);

/** What the judgement of a tier does not know. */
const HAPPENED: Readonly<Record<NonNullable<ReasonParams['tierEvents']>[number], (params: ReasonParams) => string>> = {
  INCIDENT: ({ finding }) => `a serious incident came up (${finding ?? 'a finding'})`,
  NEW_DATA: () => 'a release came with data that the one before it did not have',
  USE_GROWN: ({ evidence = [] }) => `it was measured to be used more than its team has answered (${evidence.join(', ')})`,
};

const TEXTS: Readonly<Record<ReasonCode, Render>> = {
  SYSTEM_UNKNOWN: () => said('The system that the question names is not registered.', 'system owner', 'Register the system: registerSystem.'),
  RELEASE_UNKNOWN: () => said('No release with this digest is registered.', 'delivery team', 'Register exactly what ships: createRelease, or "countersign release create".'),
  RELEASE_WITHDRAWN: () => said('The release was withdrawn.', 'system owner', 'Ship another release; a withdrawn one never returns.'),
  TARGET_AMBIGUOUS: (r) => said(`More than one release fits: ${(r.params.candidates ?? []).join(', ')}.`, 'pipeline', 'Name the system in the question, or ask by bundleDigest.'),
  DIGEST_REQUIRED: (r) => said(`For ${env(r)} the question must name the bytes.`, 'pipeline', 'Ask by bundleDigest or by components.'),
  ENVIRONMENT_UNKNOWN: (r) => said(`There is no environment "${env(r)}".`, 'pipeline', 'Use the name of a registered environment.'),
  STAGE_SKIPPED: (r) => said(`This bundle was never deployed to the stage before ${env(r)}.`, 'delivery team', 'Promote it there first.'),
  NOT_AUTHORIZED_HERE: (r) => (r.params.baseline === undefined
    ? said(`Nothing ever let these bytes into ${env(r)}.`, 'delivery team', 'Promote them: openPromotion, then ask with the action promote.')
    : said(`They run in ${env(r)} by the baseline ${r.params.baseline}, until ${dueBy(r)}.`, 'system owner', 'Promote them before it ends: openPromotion.')),
  BREAK_GLASS_USED: (r) => said(`${r.params.breakGlass ?? 'A break-glass'} steps over ${(r.params.steppedOver ?? []).join(', ')}, until ${r.params.until ?? 'its last hour'}.`, 'system owner', 'Deploy exactly this bundle, then have others judge whether it was right: reviewBreakGlass.'),
  BREAK_GLASS_DEBT: (r) => said(`Nobody judged in time whether ${r.params.breakGlass ?? 'a break-glass'} was right; that was due on ${r.params.until ?? 'its last day'}.`, 'risk officer', 'Judge it: reviewBreakGlass. Until then nothing of this system goes into production.'),
  UNCLASSIFIED: () => said('The system has no EU AI Act class, and without one it goes no further than a pilot.', 'risk officer', 'Assess tier and class: assessTier.'),
  TIER_DUE: ({ params }) => {
    if (params.until !== undefined) return said(`The tier was judged to hold until ${params.until}.`, 'risk officer', 'Assess the tier again: assessTier.');
    if (params.tierEvents === undefined) return said('The latest answers to the tiering questionnaire may give a higher tier than the one that is set.', 'risk officer', 'Assess the tier by these answers: assessTier.');
    return said(`Since the tier was judged, ${params.tierEvents.map((event) => HAPPENED[event](params)).join('; ')}.`, 'risk officer', 'Have the team answer the questionnaire again where its answers no longer hold, and assess the tier: assessTier.');
  },
  SYSTEM_RETIRED: () => said('The system is retired.', 'system owner', 'Register a new system.'),
  SYSTEM_SUSPENDED: (r) => (r.params.suspensions === undefined
    ? said('The system is suspended.', 'risk officer', 'Lift the cause, then resume the system: resumeSystem.')
    : said(`The system is suspended by ${r.params.suspensions.join(', ')}.`, 'risk officer', 'Assess its risks anew (assessRisk), then have the suspension lifted: liftSuspension.')),
  EXEMPTION_INVALID: () => said('The system counts as exempt from Annex III and profiles people, which nothing exempt does (EU AI Act, Art. 6(3)).', 'risk officer', 'Assess its class again: assessTier.'),
  PROHIBITED_USE: () => said('The system is classified as a prohibited practice (EU AI Act, Art. 5).', 'risk officer', 'It cannot be promoted by anybody.'),
  WORKLOAD_NOT_TRUSTED: () => said('This service is not trusted for this system.', 'tenant administrator', 'Grant DEPLOYER for the system.'),
  ENVIRONMENT_MISMATCH: (r) => said(`This service is not trusted for ${env(r)}.`, 'tenant administrator', 'Grant DEPLOYER for the environment.'),
  RISK_REGISTER_EMPTY: () => said('No risk of this system was ever identified.', 'risk owner', 'Log its risks: logRisk. For tier MINIMAL, a RISK sign-off that attests NO_RISK_ABOVE_LOW is enough.'),
  RISK_UNASSESSED: (r) => said(r.severity === 'WARN' ? `${risk(r)} is still a draft.` : `${risk(r)} has not been assessed.`, 'risk owner', `${r.severity === 'WARN' ? 'Submit' : 'Assess'} it.`),
  RISK_UNCONFIRMED: (r) => (r.params.suspensions === undefined
    ? said(`${risk(r)} waits for somebody to confirm or accept its present assessment.`, 'risk officer', 'Confirm it (confirmRisk), or request an acceptance.')
    : said(`${risk(r)} is open again by ${r.params.suspensions.join(', ')}.`, 'risk officer', 'Assess it anew (assessRisk), confirm it, and have the suspension lifted: liftSuspension.')),
  RISK_ASSESSMENT_STALE: (r) => said(`${risk(r)} has another level under the present criteria.`, 'risk owner', 'Assess it again: assessRisk.'),
  RISK_ABOVE_TOLERANCE: (r) => said(`${risk(r)} is ${r.params.riskLevel ?? 'too high'}, above the tolerance of ${r.params.tolerance ?? 'the criteria'}.`, 'risk owner', 'Treat it, or request an acceptance: requestAcceptance.'),
  ACCEPTANCE_EXPIRED: (r) => said(`The acceptance of ${risk(r)} ended on ${r.params.until ?? 'its last day'}.`, 'risk owner', 'Assess the risk again, or request a new acceptance.'),
  ACCEPTANCE_SUSPENDED: (r) => said(`The acceptance of ${risk(r)} is suspended by ${[...(r.params.suspensions ?? []), ...(r.params.conditions ?? [])].join(', ')}.`, r.params.suspensions === undefined ? 'owner of the condition' : 'risk officer', r.params.suspensions === undefined ? 'Meet its condition: fulfilCondition, confirmCondition.' : 'Assess the risk anew (assessRisk), then have the suspension lifted: liftSuspension.'),
  MITIGATION_UNVERIFIED: (r) => said(`${mitigation(r)} of ${risk(r)} has to be verified before this gate.`, 'mitigation owner', 'Implement it with evidence (implementMitigation), then have it verified by somebody else: verifyMitigation.'),
  MITIGATION_LAPSED: (r) => said(`Nothing valid shows ${mitigation(r)} of ${risk(r)} any more: it takes nothing off the risk.`, 'mitigation owner', 'Collect its evidence again: submitEvidence, naming what it supersedes.'),
  EVIDENCE_MISSING: (r) => said(`${thing(r)} has no verified evidence.`, holder(r), `${r.params.next ?? 'Submit evidence (submitEvidence), attach it (attachEvidence) and have it verified: verifyEvidence.'}${ofValues(r)}`),
  EVIDENCE_EXPIRED: (r) => said(`The evidence of ${thing(r)} has ended (${evidence(r)}).`, holder(r), `${r.params.next ?? 'Collect it again: submitEvidence, naming what it supersedes, then have it verified.'}${ofValues(r)}`),
  EVIDENCE_WRONG_SUBJECT: (r) => said(`The evidence of ${thing(r)} is about other bytes (${evidence(r)}).`, holder(r), r.params.next ?? 'Collect evidence about exactly this release: its subject is the bundle or one of its components.'),
  IMPACT_ASSESSMENT_MISSING: (r) => said(`No ${impact(r)} impact assessment of this system is approved.`, 'system owner', 'Write one and have it approved: draftImpactAssessment, submitImpactAssessment, approveImpactAssessment.'),
  IMPACT_ASSESSMENT_EXPIRED: (r) => said(`The approval of the ${impact(r)} impact assessment ${r.params.assessment ?? ''} ended on ${r.params.until ?? 'its last day'}.`, 'system owner', 'Revise it and have the new edition approved: reviseImpactAssessment.'),
  FINDING_OPEN: (r) => said(`${r.params.finding ?? 'A finding'} (${r.params.findingSeverity ?? ''}) is neither closed nor carried by an acceptance${r.severity === 'WARN' ? ': it is late, or what carried it has ended' : ''}.`, 'owner of the finding', 'Do and show the corrective action (planFinding, completeFinding), then have it closed: closeFinding.'),
  REVIEW_MISSING: (r) => (r.params.lane === undefined
    ? said(`Nobody has asked to promote this release into ${env(r)}.`, 'system owner', 'Open a promotion: openPromotion.')
    : said(`The ${lane(r)} review (${r.params.level ?? ''}) was never asked for.`, reviewer(r), 'Open a promotion, then sign it.')),
  REVIEW_PENDING: (r) => said(`The ${lane(r)} review (${r.params.level ?? ''}) waits for a sign-off.`, reviewer(r), signAgain(r)),
  REVIEW_REJECTED: (r) => said(`The ${lane(r)} review was rejected (${signOffs(r)}).`, 'system owner', 'Change what was rejected, or cancel the promotion.'),
  CHANGES_REQUESTED: (r) => said(`The ${lane(r)} review asks for changes (${signOffs(r)}).`, 'system owner', 'Make the changes, then ask the reviewer to sign again.'),
  REVIEW_STALE: (r) => said(`The ${lane(r)} sign-off ${signOffs(r)} counts no more: ${outdated(r)}.`, reviewer(r), signAgain(r)),
  QUORUM_NOT_MET: (r) => said(`The ${lane(r)} review has ${String(r.params.have)} of ${String(r.params.need)} sign-offs of different people and functions.${goesOn(r)}`, reviewer(r), signAgain(r)),
  REVIEWER_INELIGIBLE: (r) => said(`The signer of ${signOffs(r)} may no longer sign ${lane(r)}: ${(r.params.because ?? []).join(', ')}.`, reviewer(r), signAgain(r)),
  NO_ELIGIBLE_REVIEWER: (r) => said(
    `Nobody is left who could bring the ${lane(r)} review (${r.params.level ?? ''}) to its quorum${r.params.level === 'FOUR_EYES' ? ` of two people of two functions, one of them the lane’s own; ${String(r.params.have)} could count` : ''}: ${candidates(r) || 'nobody holds a role for it'}.`,
    'tenant administrator', 'Give the role for the lane to somebody who took no part in it; whoever gains it after the promotion was opened signs the next one: cancelPromotion, openPromotion.'),
  SEPARATION_OF_DUTIES: (r) => said(`The signer of ${signOffs(r)} is a party to what is reviewed: ${(r.params.because ?? []).join(', ')}.`, reviewer(r), signAgain(r)),
  SIGN_OFF_EXPIRED: (r) => said(`The ${lane(r)} sign-off ${signOffs(r)} has expired.`, reviewer(r), signAgain(r)),
  SIGN_OFF_REVOKED: (r) => said(`The ${lane(r)} sign-off ${signOffs(r)} was withdrawn by its signer.`, reviewer(r), signAgain(r)),
  CONDITION_OVERDUE: (r) => (r.rule === 'R5'
    ? said(`The ${lane(r)} sign-off ${signOffs(r)} counts no more: its condition ${conditions(r)} was missed.`, reviewer(r), signAgain(r))
    : said(`${conditions(r)} was due on ${r.params.until ?? 'a day that has passed'} and is not met.`, 'owner of the condition', 'Show that it was done (fulfilCondition), then have it confirmed by somebody else: confirmCondition.')),
  EVIDENCE_UNSIGNED: (r) => (r.params.unmet === undefined
    ? said(`${thing(r)}: nobody has verified ${evidence(r)} yet.`, 'somebody other than its submitter', 'Have it verified: verifyEvidence.')
    : said(`${thing(r)}: no person answers for ${evidence(r)}; machines submitted and verified it.`, holder(r), r.params.next ?? 'Have a person submit it (submitEvidence), or submit it again and have a person verify it: verifyEvidence.')),
  INVENTORY_INCOMPLETE: falls, EVIDENCE_FAILED: falls, EVALUATION_BELOW_THRESHOLD: falls, LINEAGE_INCOMPLETE: falls, ANONYMIZATION_UNPROVEN: falls, LICENCE_UNREVIEWED: falls, READINESS_INCOMPLETE: falls,
  INDICATOR_RED: falls, INDICATOR_STALE: falls, ROLLBACK_TARGET_MISSING: falls, OBLIGATION_UNMET: (r) => (r.rule === 'R14' ? said(`${r.params.title ?? r.requirement}: nothing shows it, and it was due on ${r.params.until ?? 'a day that is over'}.`, 'system owner', r.params.next ?? 'Show that it was done.') : falls(r)),
  FREEZE_WINDOW: (r) => said(`Nothing is promoted there until ${r.params.until ?? 'its end'}: ${r.params.title ?? r.requirement}.`, 'policy administrator', 'Wait until it is over, or have the freeze waived: requestWaiver.'),
  NOT_ENFORCED: () => said('The policy only observes here: what it would have said is in the recorded decision.', 'nobody', 'Look at the decision to see what enforcing it would ask for.'),
  NO_POLICY: (r) => said(`No policy is bound to ${env(r)} for this system, so nothing goes there.`, 'policy administrator', 'Activate a policy that is bound to it.'),
  POLICY_ERROR: (r) => (r.params.problem === undefined
    ? said('The policy could not be evaluated.', 'policy administrator', 'Treat this as a no; look into the server log.')
    : said(`${thing(r)}: its condition cannot be answered (${r.params.problem}).`, 'policy administrator', 'Treat this as a no; mend the condition of the policy, or what it is asked about.')),
  REGISTER_UNAVAILABLE: () => said('The register cannot be read at the moment.', 'operator', 'Treat this as a no; ask again shortly.'),
  AUDIT_UNAVAILABLE: () => said('The decision could not be recorded, so there is none.', 'operator', 'Treat this as a no; ask again shortly.'),
  WAIVER_USED: (r) => said(`${r.requirement} is waived by ${r.params.waiver ?? 'a waiver'} until ${r.params.until ?? 'its last day'}.`, 'system owner', 'Meet the requirement before the waiver ends.'),
  ALL_REQUIREMENTS_MET: () => said('Every requirement is met.', 'nobody', 'Deploy exactly this bundle.'),
};

export function render(reason: Reason): RenderedReason {
  const text = TEXTS[reason.code](reason);
  return reason.params.dueBy === undefined || reason.code === 'NOT_AUTHORIZED_HERE' ? text : { ...text, message: `${text.message} What runs may go on until ${reason.params.dueBy}.` };
}

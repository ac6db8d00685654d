/** The answer of the gate over REST, field by field. */
import { TIER_EVENTS } from '../domain/tier-events.js';
import { LANES } from '../domain/actor.js';
import { CONDITION_EFFECTS } from '../domain/condition.js';
import { EXCLUSIONS, type Candidate } from '../domain/eligibility.js';
import { VERDICTS } from '../domain/gate.js';
import { OBLIGATION_TYPES } from '../domain/gate-conditions.js';
import type { DatedObligation } from '../domain/gate-obligations.js';
import type { DecidedTarget } from '../domain/gate-decision.js';
import type { RenderedReason } from '../domain/gate-messages.js';
import { GATE_ACTIONS, REASON_CODES, RULES, type Reason, type ReasonParams, type Unmet } from '../domain/gate-question.js';
import { IMPACT_KINDS } from '../domain/impact-elements.js';
import { CHANGE_CLASSES, CLAIMABLE_CLASSES, DIFFERENCE_KINDS, type Difference } from '../domain/difference.js';
import { REVIEW_LEVELS } from '../domain/policy.js';
import { MODES } from '../domain/policy-terms.js';
import { COMPONENT_ROLES, type Component } from '../domain/release.js';
import { LEVELS } from '../domain/scoring.js';
import { IDENTITY_FRESHNESS } from '../domain/trusted-issuer.js';
import { DIGEST, ID, INSTANT, list, oneOf, orNull, record, ref, text, type Schema } from '../platform/openapi.js';
import type { GateAnswerBody } from './gate-answer.js';

type Review = GateAnswerBody['basis']['reviews'][number];

const DEMANDED = REVIEW_LEVELS.filter((level) => level !== 'NONE');
const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
const numbers = (description: string): Schema => list({ type: 'string' }, description);

const TARGET = record<DecidedTarget>('Exactly what was decided about.', {
  systemId: ID, systemNumber: text('The AI system as people call it, such as SYS-9.'), releaseId: ID, releaseNumber: text('The release as people call it, such as REL-3.'),
  bundleDigest: { ...DIGEST, description: 'The digest over all components: deploy exactly this.' },
  components: list(record<Component>('One part of the bundle.', { role: oneOf(COMPONENT_ROLES, 'What part it plays.'), name: text('What the team calls it.'), digest: DIGEST }), 'Every part of the bundle.'),
});

const REVIEW = record<Review>('Where one lane of review stands.', {
  lane: oneOf(LANES, 'The discipline whose people sign.'), level: oneOf(DEMANDED, 'How independent and how many its signers must be.'), passed: { type: 'boolean', description: 'Whether the sign-offs that count are enough, with no objection among them.' },
  signOffs: numbers('The sign-offs by which it passes.'),
  carriedFrom: list(record<Review['carriedFrom'][number]>('A sign-off that was given elsewhere.', { promotion: text('For which promotion it was given, such as P-3.'), packageDigest: { ...DIGEST, description: 'What its signer saw.' } }), 'Sign-offs given to another promotion that count here, since nothing material differs.'),
});

const DIFFERENCE = record<Difference>('What has changed since a sign-off was given.', {
  kind: oneOf(DIFFERENCE_KINDS, 'What kind of change it is.'), path: text('Where in the package, such as risks.R-3.current.'), then: orNull(text('What was signed; null = it was not there.')), now: orNull(text('What is there now; null = it is gone.')),
  changeClass: oneOf([...CHANGE_CLASSES, ...CLAIMABLE_CLASSES], 'What the change of a component amounts to; absent for everything else.'),
}, ['changeClass']);

const CANDIDATE = record<Candidate>('Somebody whose roles are for a lane.', {
  account: text('The account, such as U-7.'), accountId: ID, personId: { ...ID, description: 'The natural person.' }, delegation: orNull(text('The delegation by which they come into question, such as DEL-3; null = their own roles.')), excludedBy: list(oneOf(EXCLUSIONS, 'One ground.'), 'What excludes them; empty = they may sign, and others are needed beside them.'),
});

const UNMET = record<Unmet>('A part of a condition that is false.', { path: text('What was looked at, such as payload.accuracy.'), observed: { description: 'What was found there: a text, a number, true, false or null.' }, required: text('What it should be, such as >= 0.9.') });

const PARAMS = record<ReasonParams>('What the reason speaks of; only what applies is there.', {
  lane: oneOf(LANES, 'The lane of review.'), level: oneOf(DEMANDED, 'How independent and how many its signers must be.'), have: count('How many sign-offs count; with NO_ELIGIBLE_REVIEWER, how many people could count at the most.'), need: count('How many are needed.'),
  risk: text('The risk, such as R-12.'), riskLevel: oneOf(LEVELS, 'How high it stands.'), tolerance: oneOf(LEVELS, 'The highest level that needs no acceptance.'),
  mitigation: text('The mitigation, such as M-4.'), evidence: numbers('The evidence that does not count.'),
  assessmentKind: oneOf(IMPACT_KINDS, 'Which impact assessment is meant.'), assessment: text('The impact assessment, such as IA-1.'),
  finding: text('The finding, such as F-2.'), findingSeverity: oneOf(LEVELS, 'How much it weighs.'), conditions: numbers('The conditions that were missed, such as C-4.'), suspensions: numbers('What has happened and was not lifted, such as SUS-2.'), waiver: text('The waiver by which the requirement is waived, such as W-2.'), baseline: text('The baseline by which it runs, such as BL-4.'), breakGlass: text('The break-glass, such as BG-1.'), steppedOver: numbers('The requirements that it steps over.'), promotion: text('The promotion, such as P-3.'), signOffs: numbers('The sign-offs concerned.'),
  differences: list(ref('Difference'), 'What has changed since they were given.'), because: list(oneOf(EXCLUSIONS, 'One ground.'), 'What excludes the signers.'),
  reviewers: list(ref('ReviewerCandidate'), 'Everybody who comes into question, at most 100, those who may sign first.'),
  environment: text('The environment concerned.'), candidates: numbers('The releases that fit the target.'), until: { ...INSTANT, description: 'When something ended, ends or was due.' },
  tierEvents: list(oneOf(TIER_EVENTS, 'INCIDENT: a serious incident. NEW_DATA: data that the release before did not have. USE_GROWN: more use than was answered.'), 'What has happened since the tier was judged, and the judgement does not know.'),
  title: text('What is asked for, in the words of the policy.'), next: text('What to do about it, in the words of the policy.'), problem: text('Why a condition could not be answered.'),
  unmet: list(ref('UnmetPart'), 'Of a condition that does not hold, the parts that are false.'),
  dueBy: { ...INSTANT, description: 'For run: until when it may go on running with this reason.' },
}, 'all');

const REASON = record<Reason & RenderedReason>('One reason. All of them are given at once.', {
  code: oneOf(REASON_CODES, 'The reason, for a program. New codes may be added: treat one that you do not know as a no.'), severity: oneOf(['BLOCK', 'WARN', 'INFO'], 'Only BLOCK stands in the way.'),
  rule: oneOf(RULES, 'The rule that asks for it: R is policy, D is fixed.'), requirement: text('The stable name of what is asked for, such as R5/PRIVACY or R3/R-12.'), params: PARAMS,
  message: text('The reason for a person; its wording may change.'), owner: text('Who can lift it, as a role.'), nextAction: text('What to do next.'),
});

const OBLIGATION = record<DatedObligation>('In the shape of AuthZEN: what whoever acts on the answer has to see to.', {
  id: text('The condition, such as C-4, or what the policy calls it.'), type: oneOf(OBLIGATION_TYPES, 'What kind of obligation it is. New ones may be added.'),
  properties: record<DatedObligation['properties']>('What it asks for.', {
    text: text('What has to be done.'), evidence: text('What will show that it was done.'), due: { ...INSTANT, description: 'By when it has to be confirmed, or shown; of what a policy asks for after a deployment that has not begun, as if it began with the answer.' }, withinDays: orNull({ type: 'integer', description: 'Within how many days of the deployment, if a policy asks for it; null = a condition does.' }), ownerId: { ...ID, description: 'The natural person who has to do it.' },
    effect: oneOf(CONDITION_EFFECTS, 'What happens if it is missed: nothing more passes, or the vote counts no more.'), lanes: list(oneOf(LANES, 'One lane.'), 'The lanes whose people confirm it.'), signOff: orNull(text('The vote that bears it, such as SO-9; null when an acceptance does.')), acceptance: orNull(text('The acceptance of a risk that bears it, such as A-7; null when a vote does.')),
  }),
});

export const DECISION_SCHEMAS: Readonly<Record<string, Schema>> = { DecidedTarget: TARGET, Review: REVIEW, Reason: REASON, GateObligation: OBLIGATION, Difference: DIFFERENCE, ReviewerCandidate: CANDIDATE, UnmetPart: UNMET };

export const ANSWER: Schema = record<GateAnswerBody>('What the gate says. A no is an answer, not an error.', {
  decisionId: orNull({ ...ID, description: 'The recorded decision; null for ERROR, of which nothing is recorded.' }),
  decision: { type: 'boolean', description: 'True only for ALLOW.' }, verdict: oneOf(VERDICTS, 'ALLOW = yes. PENDING = no, only reviews are missing and they have been asked for. DENY = no. ERROR = it could not be judged, so no.'),
  enforcedVerdict: oneOf(VERDICTS, 'What the rules say; only where this is ALLOW is there a grant.'), mode: oneOf(MODES, 'How strictly the policy applies there. ENFORCE: verdict and enforcedVerdict are equal. WARN and OBSERVE let in what the rules would not, to try a policy out.'),
  firstDecidedAt: { ...INSTANT, description: 'When it was decided; the same question about unchanged facts gets this same decision.' },
  action: oneOf(GATE_ACTIONS, 'What was asked for.'), environment: text('The environment that was asked about.'),
  target: orNull(ref('DecidedTarget')), policy: record<GateAnswerBody['policy']>('The rules that were in force.', { id: text('Their name.'), version: text('Their version.'), digest: DIGEST }),
  basis: record<GateAnswerBody['basis']>('What the decision rests on.', { asOf: INSTANT, factsDigest: orNull({ ...DIGEST, description: 'The list of everything that was looked at; null for ERROR.' }), identityFreshness: orNull(oneOf(IDENTITY_FRESHNESS, 'FRESH, or STALE: while the issuer of the caller’s token does not answer, its keys of up to a day ago go on serving. Null for ERROR, and in records of before.')), reviews: list(ref('Review'), 'Where each lane stands that is asked for.') }),
  reasons: list(ref('Reason'), 'Every reason, those that block and others.', { minItems: 1 }),
  obligations: list(ref('GateObligation'), 'What has to be done beside, by people and in time; also with ALLOW.'),
  override: orNull(record<NonNullable<GateAnswerBody['override']>>('By what the answer is yes although requirements are not met.', {
    kind: oneOf(['BREAK_GLASS'], 'What kind of way it is.'), breakGlassId: ID, breakGlass: text('The break-glass as people call it, such as BG-1.'), steppedOver: numbers('Every requirement that is not met, such as R5/SECURITY.'),
    invokedBy: { ...ID, description: 'The person who invoked it.' }, secondKeyBy: orNull({ ...ID, description: 'The person who turned the second key.' }),
  })),
  validity: record<GateAnswerBody['validity']>('For how long time alone changes nothing.', {
    issuedAt: INSTANT, expiresAt: orNull({ ...INSTANT, description: 'When the answer could change without anybody doing anything; null = no such instant is known.' }),
    limitedBy: orNull(record<NonNullable<GateAnswerBody['validity']['limitedBy']>>('What ends or begins then.', { what: text('Its kind, such as SIGN_OFF or EVIDENCE.'), ref: text('Its id.') })),
  }),
  grant: orNull(record<NonNullable<GateAnswerBody['grant']>>('The right to start one deployment; only from authorize, and only with ALLOW.', {
    id: { ...ID, description: 'Send it with the report of the deployment.' }, issuedAt: INSTANT, expiresAt: { ...INSTANT, description: 'Until when it may be redeemed.' }, useLimit: { type: 'integer', const: 1, description: 'It is good for one deployment.' },
  })),
});

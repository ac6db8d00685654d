/**
 * Impact assessments: answers element by element, handed in when every element is answered, approved by somebody of the kind's lane without a
 * part in it, for a limited time. A revision is a new edition; the approved one before it stays in force until the new one is approved.
 */
import { covers, grantsInForce, qualifies, type Principal } from './actor.js';
import { plusDays, type Instant, type NotingClock } from './clock.js';
import { checkText, digestOf, type Digest } from './digest.js';
import type { Decided, EventName } from './events.js';
import { IMPACT_ELEMENTS, IMPACT_LANES, type ImpactKind } from './impact-elements.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { partiesTo, type AiSystem } from './system.js';

export const assessmentLifecycle = defineLifecycle('assessment', {
  DRAFT: { answer: 'DRAFT', submit: 'SUBMITTED', withdraw: 'WITHDRAWN' },
  SUBMITTED: { approve: 'APPROVED', return: 'DRAFT', withdraw: 'WITHDRAWN' },
  APPROVED: { revise: 'DRAFT', withdraw: 'WITHDRAWN' },
  WITHDRAWN: {},
});
export type ImpactState = 'DRAFT' | 'SUBMITTED' | 'APPROVED' | 'WITHDRAWN';

export interface ImpactAnswer { readonly element: string; readonly text: string }

/** What was approved: one edition with everything that its approval is about. */
export interface ImpactEdition {
  readonly edition: number;
  /** Null for an edition older than the last two: what it said stays in the log, under the digest. */
  readonly answers: readonly ImpactAnswer[] | null;
  readonly answersDigest: Digest;
  readonly evidenceIds: readonly string[];
  /** Everybody who wrote in this edition or in one before it. */
  readonly editors: readonly string[];
  readonly lastEditedBy: string;
  readonly submittedBy: string;
  readonly approvedBy: string;
  readonly approvedAt: Instant;
  readonly validUntil: Instant;
}

export interface ImpactAssessment {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  readonly kind: ImpactKind;
  readonly state: ImpactState;
  /** The edition that is being written, judged or in force, counted from 1. */
  readonly edition: number;
  readonly answers: readonly ImpactAnswer[];
  readonly evidenceIds: readonly string[];
  readonly submission: { readonly by: string; readonly at: Instant } | null;
  /** Why it was given back, revised or withdrawn, whichever came last. */
  readonly remark: string | null;
  /** Append-only; the last one is in force while its time lasts. */
  readonly editions: readonly ImpactEdition[];
  /** The end of the last approval; null before the first, and once withdrawn. */
  readonly validUntil: Instant | null;
  readonly authoredBy: string;
  readonly lastEditedBy: string;
  readonly editors: readonly string[];
  readonly draftedAt: Instant;
}

export type ImpactOutcome = ImpactState | 'EXPIRED';

/** So bounded, the present answers and those of two editions always fit into one record. */
const MAX_ANSWER = 4000;
const MAX_ANSWERS = 24_000;
const KEPT_EDITIONS = 2;

export function draftAssessment(identity: Pick<ImpactAssessment, 'id' | 'number' | 'draftedAt'>, about: { system: AiSystem; kind: ImpactKind }, personId: string): Decided<ImpactAssessment> {
  const { system, kind } = about;
  if (system.state === 'RETIRED') throw new Refusal('INVALID_TRANSITION', { subject: 'system', state: system.state, action: 'draftImpactAssessment', allowedActions: [] });
  const next: ImpactAssessment = {
    ...identity, version: 1, systemId: system.id, kind, state: 'DRAFT', edition: 1, answers: [], evidenceIds: [], submission: null, remark: null, editions: [], validUntil: null,
    authoredBy: personId, lastEditedBy: personId, editors: [personId],
  };
  return { next, event: 'impact.drafted' };
}

/** Writes answers: those that are given replace what was there, the others stay. Whoever writes is an author of it from then on. */
export function answerElements(assessment: ImpactAssessment, personId: string, input: { answers: readonly ImpactAnswer[]; evidenceIds: readonly string[] | null }): Decided<ImpactAssessment> {
  const state = assessmentLifecycle.next(assessment.state, 'answer');
  const given = checkAnswers(assessment.kind, input.answers);
  const answers = IMPACT_ELEMENTS[assessment.kind].flatMap(({ id }) => given.get(id) ?? assessment.answers.find((answer) => answer.element === id) ?? []);
  const length = answers.reduce((sum, answer) => sum + answer.text.length, 0);
  if (length > MAX_ANSWERS) {
    throw new Refusal('TOO_LARGE', { field: 'answers', message: `All answers together have at most ${MAX_ANSWERS} characters.`, expected: `at most ${MAX_ANSWERS}`, actual: String(length), next: 'Shorten them, and attach the rest as evidence.' });
  }
  return { next: { ...assessment, state, answers, evidenceIds: input.evidenceIds ?? assessment.evidenceIds, ...editedBy(assessment, personId) }, event: 'impact.answered' };
}

/** Hands it in. It is complete only with every element answered. */
export function submitAssessment(assessment: ImpactAssessment, by: { personId: string; at: Instant }): Decided<ImpactAssessment> {
  const state = assessmentLifecycle.next(assessment.state, 'submit');
  const because = unanswered(assessment);
  if (because.length > 0) throw new Refusal('ASSESSMENT_INCOMPLETE', { message: `Not answered yet: ${because.join(', ')}.`, because, next: 'Answer every element, then submit: answerImpactAssessment.' });
  return { next: { ...assessment, state, submission: { by: by.personId, at: by.at }, ...editedBy(assessment, by.personId) }, event: 'impact.submitted' };
}

export interface Judge { readonly principal: Principal; readonly clock: NotingClock }

/** Gives it back to those who write it. */
export function returnAssessment(assessment: ImpactAssessment, by: Judge, reason: string): Decided<ImpactAssessment> {
  const state = assessmentLifecycle.next(assessment.state, 'return');
  requireLane(assessment, by);
  return turned({ ...assessment, state, submission: null }, 'impact.returned', reason);
}

/** Approves the edition, for at most the days of the system's tier. `validUntil` null = as long as that allows. */
export function approveAssessment(assessment: ImpactAssessment, by: Judge, system: AiSystem, validity: { days: number; validUntil: Instant | null }): Decided<ImpactAssessment> {
  const state = assessmentLifecycle.next(assessment.state, 'approve');
  requireLane(assessment, by);
  const personId = by.principal.personId ?? '';
  const because = [...(assessment.editors.includes(personId) ? ['AUTHOR_OF_ASSESSMENT'] : []), ...partiesTo(system, personId)];
  if (because.length > 0) throw new Refusal('SEPARATION_OF_DUTIES', { message: 'You cannot approve this impact assessment.', because, next: `Ask another ${IMPACT_LANES[assessment.kind]} reviewer.` });
  const { now } = by.clock;
  const approved: ImpactEdition = {
    edition: assessment.edition, answers: assessment.answers, answersDigest: digestOf(assessment.answers), evidenceIds: assessment.evidenceIds, editors: assessment.editors,
    lastEditedBy: assessment.lastEditedBy, submittedBy: assessment.submission?.by ?? assessment.lastEditedBy, approvedBy: personId, approvedAt: now, validUntil: endOf(now, validity),
  };
  return { next: { ...assessment, state, remark: null, editions: shortened([...assessment.editions, approved]), validUntil: approved.validUntil }, event: 'impact.approved' };
}

/** Opens the next edition, beginning with the answers of the present one. */
export function reviseAssessment(assessment: ImpactAssessment, reason: string): Decided<ImpactAssessment> {
  const state = assessmentLifecycle.next(assessment.state, 'revise');
  return turned({ ...assessment, state, edition: assessment.edition + 1, submission: null }, 'impact.revised', reason);
}

/** Takes it back for good, with every edition: nothing of it is in force any more. */
export function withdrawAssessment(assessment: ImpactAssessment, reason: string): Decided<ImpactAssessment> {
  const state = assessmentLifecycle.next(assessment.state, 'withdraw');
  return turned({ ...assessment, state, validUntil: null }, 'impact.withdrawn', reason);
}

/** The edition that was approved last, over or not; null = none, or all of it was withdrawn. */
export function approvedEdition(assessment: ImpactAssessment): ImpactEdition | null {
  return assessment.state === 'WITHDRAWN' ? null : assessment.editions.at(-1) ?? null;
}

/** Derived at read, never stored: an approval ends by itself. */
export function assessmentOutcome(assessment: ImpactAssessment, clock: NotingClock): ImpactOutcome {
  const edition = assessment.state === 'APPROVED' ? approvedEdition(assessment) : null;
  return edition !== null && isOver(assessment, edition, clock) ? 'EXPIRED' : assessment.state;
}

export function isOver(assessment: ImpactAssessment, edition: ImpactEdition, clock: NotingClock): boolean {
  return clock.reached(edition.validUntil, 'IMPACT_ASSESSMENT', assessment.id);
}

/** The elements that have no answer yet. */
export function unanswered(assessment: Pick<ImpactAssessment, 'kind' | 'answers'>): string[] {
  return IMPACT_ELEMENTS[assessment.kind].map(({ id }) => id).filter((id) => !assessment.answers.some((answer) => answer.element === id));
}

function checkAnswers(kind: ImpactKind, answers: readonly ImpactAnswer[]): Map<string, ImpactAnswer> {
  const ids = IMPACT_ELEMENTS[kind].map(({ id }) => id);
  const checked = new Map<string, ImpactAnswer>();
  answers.forEach(({ element, text }, i) => {
    const field = `answers.${String(i)}`;
    if (!ids.includes(element)) throw new Refusal('INVALID_INPUT', { field: `${field}.element`, actual: element.slice(0, 100), expected: ids.join(', '), message: `This kind of assessment has no such element.` });
    if (checked.has(element)) throw new Refusal('INVALID_INPUT', { field: `${field}.element`, actual: element, message: 'Each element is answered once.' });
    checked.set(element, { element, text: checkText(text, `${field}.text`, MAX_ANSWER) });
  });
  return checked;
}

function editedBy(assessment: ImpactAssessment, personId: string): Pick<ImpactAssessment, 'lastEditedBy' | 'editors'> {
  return { lastEditedBy: personId, editors: [...new Set([...assessment.editors, personId])].sort() };
}

/** A person with a grant for the lane of the kind that covers the system, and that is older than what is judged. */
function requireLane(assessment: ImpactAssessment, { principal, clock }: Judge): void {
  const lane = IMPACT_LANES[assessment.kind];
  const grants = grantsInForce(principal, clock).filter((grant) => qualifies(grant, lane) && covers(grant, assessment.systemId));
  const since = assessment.submission?.at ?? clock.now;
  if (principal.kind === 'USER' && grants.some((grant) => grant.validFrom <= since)) return;
  const because = [grants.length > 0 ? 'GAINED_AFTER_SUBMISSION' : 'NO_GRANT_FOR_LANE'];
  throw new Refusal('NOT_ELIGIBLE', { message: `${assessment.number} is judged in the ${lane} lane.`, because, subject: lane, through: principal.number, next: `Ask a person with a grant for the ${lane} lane.` });
}

function endOf(now: Instant, { days, validUntil }: { days: number; validUntil: Instant | null }): Instant {
  const longest = plusDays(now, days);
  if (validUntil === null) return longest;
  if (validUntil <= now) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'validUntil lies in the past.', actual: validUntil });
  if (validUntil > longest) throw new Refusal('VALIDITY_TOO_LONG', { field: 'validUntil', message: `At the tier of this system an approval ends after at most ${String(days)} days.`, actual: validUntil, expected: longest });
  return validUntil;
}

function shortened(editions: readonly ImpactEdition[]): ImpactEdition[] {
  return editions.map((edition, i) => (i < editions.length - KEPT_EDITIONS ? { ...edition, answers: null } : edition));
}

function turned(next: ImpactAssessment, event: EventName, reason: string): Decided<ImpactAssessment> {
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...next, remark: text }, event, reason: text };
}

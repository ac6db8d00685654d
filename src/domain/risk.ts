/** The life of one risk: logged, assessed by criteria, confirmed by somebody else, or accepted by those who may. */
import type { Instant } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { isAbove, rate, type Estimate, type Level, type Rating, type RiskCriteria } from './scoring.js';
import { checkReferences, type Catalogues } from './taxonomy.js';

export const riskLifecycle = defineLifecycle('risk', {
  DRAFT: { submit: 'IDENTIFIED', reject: 'REJECTED' },
  IDENTIFIED: { assess: 'ASSESSED', reject: 'REJECTED' },
  ASSESSED: { assess: 'ASSESSED', planTreatment: 'TREATING', confirm: 'MONITORED', accept: 'ACCEPTED' },
  TREATING: { assess: 'ASSESSED', confirm: 'MONITORED', accept: 'ACCEPTED' },
  MONITORED: { assess: 'ASSESSED', reopen: 'ASSESSED', close: 'CLOSED' },
  ACCEPTED: { assess: 'ASSESSED', accept: 'ACCEPTED', reopen: 'ASSESSED' },
  CLOSED: { reopen: 'ASSESSED' },
  REJECTED: {},
});
export type RiskState = 'DRAFT' | 'IDENTIFIED' | 'ASSESSED' | 'TREATING' | 'MONITORED' | 'ACCEPTED' | 'CLOSED' | 'REJECTED';

export const TREATMENT_OPTIONS = ['AVOID', 'REDUCE', 'SHARE', 'RETAIN', 'REMOVE_SOURCE'] as const;
export type TreatmentOption = (typeof TREATMENT_OPTIONS)[number];
export const KNOWLEDGE_STRENGTHS = ['WEAK', 'MEDIUM', 'STRONG'] as const;
export type KnowledgeStrength = (typeof KNOWLEDGE_STRENGTHS)[number];

/** ISO 31000: what can give rise to it, what happens, what that leads to. */
export interface RiskStatement { readonly source: string; readonly event: string; readonly consequence: string }

export interface RiskAssessment {
  readonly revision: number;
  readonly inherent: Rating;
  readonly current: Rating;
  readonly target: Rating | null;
  readonly rationale: string;
  readonly strengthOfKnowledge: KnowledgeStrength;
  readonly assessedBy: string;
  readonly at: Instant;
  readonly criteriaVersion: number;
}

export interface Risk {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  /** What another register calls it, by which its rows are found again; null = it came from none. */
  readonly externalId: string | null;
  /** Null = the whole system, in every release. */
  readonly releaseId: string | null;
  readonly statement: RiskStatement;
  readonly affectedParties: readonly string[];
  readonly taxonomy: readonly string[];
  readonly ownerId: string;
  readonly state: RiskState;
  readonly treatment: { readonly option: TreatmentOption; readonly reason: string } | null;
  /** Append-only; the last one is the present estimate. */
  readonly assessments: readonly RiskAssessment[];
  /** Which assessment somebody else has confirmed or accepted; kept while a newer one waits. */
  readonly confirmation: { readonly revision: number; readonly by: string; readonly at: Instant } | null;
  /** Why it was closed or rejected. */
  readonly ending: string | null;
  readonly authoredBy: string;
  /** The person who last changed the statement, the scope or the owner. */
  readonly lastEditedBy: string;
  /** Everybody who ever did: a later full stop by somebody else makes nobody independent. */
  readonly editors: readonly string[];
  readonly loggedAt: Instant;
}

export type RiskDescription = Pick<Risk, 'releaseId' | 'statement' | 'affectedParties' | 'taxonomy' | 'ownerId'>;

export interface LogOptions { readonly catalogues: Catalogues; readonly draft: boolean }
export type RiskIdentity = Pick<Risk, 'id' | 'number' | 'systemId' | 'loggedAt'> & Partial<Pick<Risk, 'externalId'>>;

export function logRisk(identity: RiskIdentity, personId: string, input: RiskDescription, { catalogues, draft }: LogOptions): Decided<Risk> {
  const next: Risk = {
    externalId: null, ...identity, version: 1, ...checkDescription(input, catalogues), state: 'DRAFT', treatment: null, assessments: [], confirmation: null, ending: null,
    authoredBy: personId, lastEditedBy: personId, editors: [personId],
  };
  return { next: draft ? next : submitted(next), event: 'risk.logged' };
}

/** Hands a draft in: from here on it counts at every gate, so every reference has to be known. */
export function submitRisk(risk: Risk, catalogues: Catalogues): Decided<Risk> {
  const next = submitted(risk);
  return { next: { ...next, taxonomy: checkReferences(next.taxonomy, catalogues) }, event: 'risk.submitted' };
}

/** Changes what the risk says. A changed statement or scope waits for confirmation again, outdates reviews of it, and makes the editor a party to it. */
export function editRisk(risk: Risk, personId: string, changes: Partial<RiskDescription>, catalogues: Catalogues): Decided<Risk> {
  if (hasEnded(risk)) {
    throw new Refusal('INVALID_TRANSITION', { subject: 'risk', state: risk.state, action: 'edit', allowedActions: riskLifecycle.actionsFrom(risk.state) });
  }
  const edited = { ...risk, ...checkDescription({ ...risk, ...changes }, catalogues, risk.taxonomy) };
  if (risk.state !== 'DRAFT') requireReference(edited);
  const material = !sameStatement(edited.statement, risk.statement) || edited.releaseId !== risk.releaseId;
  if (!material && edited.ownerId === risk.ownerId) return { next: edited, event: 'risk.edited' };
  const settled = risk.state === 'MONITORED' || risk.state === 'ACCEPTED';
  const state = material && settled ? riskLifecycle.next(risk.state, 'reopen') : risk.state;
  return { next: { ...edited, state, lastEditedBy: personId, editors: [...new Set([...risk.editors, personId])].sort() }, event: 'risk.edited' };
}

export interface AssessmentInput {
  readonly inherent: Estimate;
  readonly current: Estimate;
  readonly target: Estimate | null;
  readonly rationale: string;
  readonly strengthOfKnowledge: KnowledgeStrength;
}

/** A new assessment, up or down; what was confirmed before stays the residual until somebody else confirms this one. */
export function assessRisk(risk: Risk, criteria: RiskCriteria, input: AssessmentInput, by: { personId: string; at: Instant }): Decided<Risk> {
  const state = riskLifecycle.next(risk.state, 'assess');
  const assessment: RiskAssessment = {
    revision: risk.assessments.length + 1,
    inherent: rate(criteria, input.inherent, 'inherent'),
    current: rate(criteria, input.current, 'current'),
    target: input.target === null ? null : rate(criteria, input.target, 'target'),
    rationale: checkText(input.rationale, 'rationale', 10_000),
    strengthOfKnowledge: input.strengthOfKnowledge, assessedBy: by.personId, at: by.at, criteriaVersion: criteria.version,
  };
  if (isAbove(assessment.current.level, assessment.inherent.level)) {
    throw new Refusal('INVALID_INPUT', { field: 'current', message: 'The current level cannot be above the inherent level, which is the risk before any treatment.' });
  }
  return { next: { ...risk, state, assessments: [...risk.assessments, assessment] }, event: 'risk.assessed', reason: assessment.rationale };
}

export function planTreatment(risk: Risk, option: TreatmentOption, reason: string): Decided<Risk> {
  const state = riskLifecycle.next(risk.state, 'planTreatment');
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...risk, state, treatment: { option, reason: text } }, event: 'risk.treatmentPlanned', reason: text };
}

/** Confirms the present assessment: by a risk officer who neither owns the risk nor assessed it nor wrote it, with what is earned of it within tolerance. */
export function confirmRisk(risk: Risk, judged: { earned: Level; tolerance: Level }, by: { personId: string; at: Instant }): Decided<Risk> {
  const state = riskLifecycle.next(risk.state, 'confirm');
  const assessment = lastAssessment(risk);
  refuseParties(risk, by.personId, assessment.assessedBy, 'confirmed');
  if (isAbove(judged.earned, judged.tolerance)) throw aboveTolerance(risk, assessment.current.level, judged);
  if (risk.treatment?.option === 'RETAIN') {
    throw new Refusal('INVALID_TRANSITION', { subject: 'risk', state: risk.state, action: 'confirm', allowedActions: ['assess', 'accept'], message: 'A risk that is retained needs an acceptance.' });
  }
  return { next: { ...risk, state, confirmation: { revision: assessment.revision, by: by.personId, at: by.at } }, event: 'risk.confirmed' };
}

/** Moves an accepted risk on; called when an acceptance has every grant that the authority for its level demands. */
export function markAccepted(risk: Risk, by: { personId: string; at: Instant }): Decided<Risk> {
  const state = riskLifecycle.next(risk.state, 'accept');
  return { next: { ...risk, state, confirmation: { revision: lastAssessment(risk).revision, by: by.personId, at: by.at } }, event: 'risk.accepted' };
}

const ENDING = { close: 'closed', reject: 'rejected' } as const;
const ENDED = { reopen: 'risk.reopened', close: 'risk.closed', reject: 'risk.rejected' } as const;

/** Reopens, closes or rejects, with a reason. A reopened risk waits for confirmation again; ending one is for somebody without a part in it. */
export function turnRisk(risk: Risk, action: keyof typeof ENDED, personId: string, reason: string): Decided<Risk> {
  const state = riskLifecycle.next(risk.state, action);
  if (action !== 'reopen') refuseParties(risk, personId, risk.assessments.at(-1)?.assessedBy ?? null, ENDING[action]);
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...risk, state, ending: action === 'reopen' ? null : text }, event: ENDED[action], reason: text };
}

/** Closed or rejected: no release answers for it any more. */
export function hasEnded(risk: Pick<Risk, 'state'>): boolean {
  return risk.state === 'CLOSED' || risk.state === 'REJECTED';
}

export function lastAssessment(risk: Risk): RiskAssessment {
  const last = risk.assessments.at(-1);
  if (last === undefined) throw new Refusal('INVALID_TRANSITION', { subject: 'risk', state: risk.state, action: 'confirm', allowedActions: riskLifecycle.actionsFrom(risk.state) });
  return last;
}

/** Whether two statements say the same; white space and letter case are typing, not meaning. */
export function sameStatement(a: RiskStatement, b: RiskStatement): boolean {
  return plainStatement(a) === plainStatement(b);
}

/** What a statement says apart from typing: equal for those that say the same. */
export function plainStatement(s: RiskStatement): string {
  return [s.source, s.event, s.consequence].map((t) => t.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()).join('\n');
}

function aboveTolerance(risk: Risk, claimed: Level, { earned, tolerance }: { earned: Level; tolerance: Level }): Refusal {
  const unearned = isAbove(earned, claimed);
  return new Refusal('ABOVE_TOLERANCE', {
    message: `${risk.number} is ${earned}, above the tolerance of ${tolerance}.${unearned ? ` It was estimated at ${claimed}, but no verified mitigation with valid evidence carries that.` : ''}`,
    actual: earned, expected: tolerance, ...(unearned && { because: ['NOT_EARNED'] }),
    next: unearned ? 'Have the mitigations of this risk verified, or request an acceptance.' : 'Treat the risk and assess it again, or request an acceptance.',
  });
}

function refuseParties(risk: Risk, personId: string, assessor: string | null, done: string): void {
  const parts: (string | null)[] = [personId === risk.ownerId ? 'RISK_OWNER' : null, personId === assessor ? 'LAST_ASSESSOR' : null, risk.editors.includes(personId) ? 'AUTHOR' : null];
  const because = parts.filter((part) => part !== null);
  if (because.length === 0) return;
  throw new Refusal('SEPARATION_OF_DUTIES', { message: `A risk is ${done} by somebody who neither owns, assessed nor wrote it.`, because, next: 'Ask another risk officer.' });
}

function submitted(risk: Risk): Risk {
  const state = riskLifecycle.next(risk.state, 'submit');
  requireReference(risk);
  return { ...risk, state };
}

function requireReference(risk: Risk): void {
  if (risk.taxonomy.length === 0) {
    throw new Refusal('TAXONOMY_REFERENCE_INVALID', { field: 'taxonomy', message: 'A risk that is handed in names at least one taxonomy reference.', expected: 'framework@version#node' });
  }
}

/** A description that can be kept, its lists sorted and without doubles; `kept` references were known once and need not be known now. */
export function checkDescription(input: RiskDescription, catalogues: Catalogues, kept: readonly string[] = []): RiskDescription {
  if (input.affectedParties.length > 100) throw new Refusal('TOO_LARGE', { field: 'affectedParties', message: 'affectedParties has at most 100 items.' });
  return {
    releaseId: input.releaseId,
    statement: {
      source: checkText(input.statement.source, 'statement.source', 4000),
      event: checkText(input.statement.event, 'statement.event', 4000),
      consequence: checkText(input.statement.consequence, 'statement.consequence', 4000),
    },
    affectedParties: [...new Set(input.affectedParties.map((party, i) => checkText(party, `affectedParties.${String(i)}`, 500)))].sort(),
    taxonomy: checkReferences(input.taxonomy, catalogues, kept),
    ownerId: input.ownerId,
  };
}

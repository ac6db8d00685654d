/**
 * Findings: what a validation, an audit, an incident, a pilot or the gate has brought up about a system. The owner plans and does the
 * corrective action, somebody without a part in it closes; or a live acceptance of a risk carries the finding for a time.
 */
import { acceptanceOutcome, coversRisk, type AcceptanceBasis, type RiskAcceptance } from './acceptance.js';
import { holdsRole, type Principal, type Role } from './actor.js';
import type { Instant, NotingClock } from './clock.js';
import { checkText } from './digest.js';
import { anyStands, type Evidence } from './evidence.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';
import type { Proof } from './residual.js';
import { hasEnded, type Risk } from './risk.js';
import { isAbove, type Level } from './scoring.js';
import { partiesTo, type AiSystem } from './system.js';

export const findingLifecycle = defineLifecycle('finding', {
  OPEN: { plan: 'PLANNED', acceptRisk: 'RISK_ACCEPTED' },
  PLANNED: { complete: 'DONE', acceptRisk: 'RISK_ACCEPTED' },
  DONE: { complete: 'DONE', close: 'CLOSED', acceptRisk: 'RISK_ACCEPTED' },
  RISK_ACCEPTED: { plan: 'PLANNED', acceptRisk: 'RISK_ACCEPTED' },
  CLOSED: {},
});
export type FindingState = 'OPEN' | 'PLANNED' | 'DONE' | 'CLOSED' | 'RISK_ACCEPTED';
export type FindingOutcome = FindingState | 'OVERDUE' | 'ACCEPTANCE_LAPSED';

export const FINDING_SOURCES = ['VALIDATION', 'AUDIT', 'INCIDENT', 'PILOT', 'GATE'] as const;
export type FindingSource = (typeof FINDING_SOURCES)[number];

export interface Finding {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  /** Null = the whole system, in every release. */
  readonly releaseId: string | null;
  readonly riskId: string | null;
  readonly mitigationId: string | null;
  readonly source: FindingSource;
  readonly severity: Level;
  readonly statement: string;
  /** The heading of readiness items under which it belongs, such as scaling; null = under none. */
  readonly theme: string | null;
  readonly ownerId: string;
  readonly state: FindingState;
  /** What will be done about it, and by when; both null until its owner has planned. */
  readonly action: string | null;
  readonly due: Instant | null;
  /** What shows that the corrective action was done. */
  readonly evidenceIds: readonly string[];
  /** The acceptance that carries it; it counts only while it lives. */
  readonly acceptanceId: string | null;
  readonly closedBy: string | null;
  readonly ending: string | null;
  readonly raisedBy: string;
  readonly raisedAt: Instant;
}

export type FindingDescription = Pick<Finding, 'releaseId' | 'riskId' | 'mitigationId' | 'source' | 'severity' | 'statement' | 'ownerId'> & { readonly theme?: string | null };

/** Who judges a finding, as a person and by which account, and the system that it is about. */
export interface FindingJudge { readonly personId: string; readonly principal: Principal; readonly system: AiSystem; readonly clock: NotingClock }

/** By what an acceptance is weighed. */
export interface Weighing extends Pick<AcceptanceBasis, 'acceptances' | 'conditions' | 'suspensions'> { readonly risks: readonly Risk[]; readonly proof: Proof }

const OFFICERS: readonly Role[] = ['RISK_OFFICER', 'HEAD_OF_RISK'];

export function raiseFinding(identity: Pick<Finding, 'id' | 'number' | 'systemId' | 'raisedBy' | 'raisedAt'>, input: FindingDescription): Decided<Finding> {
  const next: Finding = {
    ...identity, version: 1, releaseId: input.releaseId, riskId: input.riskId, mitigationId: input.mitigationId, source: input.source, severity: input.severity,
    statement: checkText(input.statement, 'statement', 4000), theme: checkTheme(input.theme ?? null), ownerId: input.ownerId, state: 'OPEN', action: null, due: null, evidenceIds: [], acceptanceId: null, closedBy: null, ending: null,
  };
  return { next, event: 'finding.raised' };
}

const THEME = /^[a-z][a-z0-9-]{0,39}$/;

/** In the spelling of policies, which may have themes of their own. */
function checkTheme(theme: string | null): string | null {
  if (theme === null || THEME.test(theme)) return theme;
  throw new Refusal('INVALID_INPUT', { field: 'input.theme', message: 'A theme is a word in small letters.', actual: theme.slice(0, 60), expected: 'a theme of the readiness items, such as scaling or data-quality' });
}

/** Says what will be done, and by when. The date cannot be moved: what is late shows as late. */
export function planFinding(finding: Finding, by: { personId: string; now: Instant }, plan: { action: string; due: Instant }): Decided<Finding> {
  const state = findingLifecycle.next(finding.state, 'plan');
  requireOwner(finding, by.personId, 'plan');
  if (plan.due <= by.now) throw new Refusal('INVALID_INPUT', { field: 'due', message: 'due lies in the past.', actual: plan.due });
  const action = checkText(plan.action, 'action', 4000);
  return { next: { ...finding, state, action, due: plan.due, acceptanceId: null }, event: 'finding.planned', reason: action };
}

/** Says that it was done, and shows it. Repeated while it waits to be closed, it adds evidence. */
export function completeFinding(finding: Finding, personId: string, evidenceIds: readonly string[]): Decided<Finding> {
  const state = findingLifecycle.next(finding.state, 'complete');
  requireOwner(finding, personId, 'complete');
  if (evidenceIds.length === 0) throw new Refusal('INVALID_INPUT', { field: 'evidence', message: 'Name at least one piece of evidence that shows what was done.' });
  return { next: { ...finding, state, evidenceIds: [...new Set([...finding.evidenceIds, ...evidenceIds])].sort() }, event: 'finding.completed' };
}

/** Ends it: by somebody who neither owns it nor has a part in the system, and who can look at what shows that it was done. */
export function closeFinding(finding: Finding, by: FindingJudge, evidence: readonly Evidence[], reason: string): Decided<Finding> {
  const state = findingLifecycle.next(finding.state, 'close');
  refuseParties(finding, by, 'closed');
  if (!anyStands(finding.evidenceIds, evidence, by.clock)) {
    throw new Refusal('EVIDENCE_NOT_VALID', { message: `All evidence of ${finding.number} was rejected, was revoked or has ended.`, subject: finding.number, next: 'Let its owner name what shows it now: completeFinding.' });
  }
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...finding, state, closedBy: by.personId, ending: text }, event: 'finding.closed', reason: text };
}

/** Lets an acceptance that lives carry it: no further than the acceptance itself reaches, and no longer than it lives. */
export function acceptFinding(finding: Finding, acceptance: RiskAcceptance, by: FindingJudge, weighing: Weighing): Decided<Finding> {
  const state = findingLifecycle.next(finding.state, 'acceptRisk');
  requireOfficer(finding, by, 'acceptRisk');
  refuseParties(finding, by, 'accepted');
  const carried = { ...finding, riskId: finding.riskId ?? acceptance.riskId, acceptanceId: acceptance.id };
  const because = gapsOf(carried, acceptance, weighing);
  if (because.length > 0) {
    throw new Refusal('ACCEPTANCE_INSUFFICIENT', { message: `${acceptance.number} does not carry ${finding.number}: ${because.join(', ')}.`, because, next: 'Have a risk accepted that speaks of this finding, at its severity or above.' });
  }
  return { next: { ...carried, state }, event: 'finding.riskAccepted' };
}

/** Up by anybody who may raise findings; down only by a risk officer who neither owns it nor has a part in the system. */
export function rateFinding(finding: Finding, severity: Level, by: FindingJudge, reason: string): Decided<Finding> {
  if (finding.state === 'CLOSED') throw new Refusal('INVALID_TRANSITION', { subject: 'finding', state: finding.state, action: 'rate', allowedActions: [] });
  if (severity === finding.severity) throw new Refusal('INVALID_INPUT', { field: 'severity', actual: severity, message: `${finding.number} is ${severity} already.` });
  if (isAbove(finding.severity, severity)) {
    requireOfficer(finding, by, 'rate');
    refuseParties(finding, by, 'lowered');
  }
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...finding, severity }, event: 'finding.rated', reason: text };
}

/** Derived at read, never stored: plans run late, and acceptances end, by themselves. */
export function findingOutcome(finding: Finding, weighing: Weighing): FindingOutcome {
  switch (finding.state) {
    case 'PLANNED':
      return finding.due !== null && weighing.proof.clock.reached(finding.due, 'FINDING', finding.id) ? 'OVERDUE' : 'PLANNED';
    case 'RISK_ACCEPTED': {
      const acceptance = weighing.acceptances.find((candidate) => candidate.id === finding.acceptanceId);
      return acceptance !== undefined && gapsOf(finding, acceptance, weighing).length === 0 ? 'RISK_ACCEPTED' : 'ACCEPTANCE_LAPSED';
    }
    case 'OPEN':
    case 'DONE':
    case 'CLOSED':
      return finding.state;
  }
}

/** The findings that a release must answer for: of its whole system or of itself, not closed. */
export function findingsInScope<T extends Finding>(findings: readonly T[], releaseId: string): T[] {
  return findings.filter((finding) => finding.state !== 'CLOSED' && (finding.releaseId === null || finding.releaseId === releaseId)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What keeps an acceptance from carrying a finding; empty = it does. */
function gapsOf(finding: Finding, acceptance: RiskAcceptance, { risks, proof, ...beside }: Weighing): string[] {
  const risk = risks.find((candidate) => candidate.id === acceptance.riskId);
  const found: (string | null)[] = [
    acceptance.systemId === finding.systemId ? null : 'OTHER_SYSTEM',
    acceptance.riskId === finding.riskId ? null : 'OTHER_RISK',
    acceptance.accepted.releaseId === null || acceptance.accepted.releaseId === finding.releaseId ? null : 'OTHER_RELEASE',
    isAbove(finding.severity, acceptance.accepted.level) ? 'BELOW_SEVERITY' : null,
    acceptanceOutcome(acceptance, { ...beside, criteria: proof.criteria, clock: proof.clock }) === 'GRANTED' ? null : 'NOT_GRANTED',
    risk === undefined ? 'RISK_CHANGED' : riskGap(acceptance, risk, proof),
  ];
  return found.filter((gap) => gap !== null);
}

function riskGap(acceptance: RiskAcceptance, risk: Risk, proof: Proof): string | null {
  if (hasEnded(risk)) return 'RISK_ENDED';
  return coversRisk(acceptance, risk, proof) ? null : 'RISK_CHANGED';
}

function requireOwner(finding: Finding, personId: string, action: string): void {
  if (personId === finding.ownerId) return;
  throw new Refusal('NOT_ELIGIBLE', { message: `The corrective action of ${finding.number} is its owner's.`, because: ['NOT_OWNER'], action, next: 'Ask the owner of the finding.' });
}

function requireOfficer(finding: Finding, { principal, clock }: FindingJudge, action: string): void {
  if (holdsRole(principal, OFFICERS, finding.systemId, clock)) return;
  throw new Refusal('NOT_ELIGIBLE', { message: `This is for a risk officer.`, because: ['NOT_RISK_OFFICER'], action, next: 'Ask a risk officer of the system.' });
}

function refuseParties(finding: Finding, { system, personId }: FindingJudge, done: string): void {
  const because = [...(personId === finding.ownerId ? ['FINDING_OWNER'] : []), ...partiesTo(system, personId)];
  if (because.length === 0) return;
  throw new Refusal('SEPARATION_OF_DUTIES', { message: `${finding.number} is ${done} by somebody without a part in it.`, because, next: 'Ask somebody else who may do it.' });
}

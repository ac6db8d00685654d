/**
 * Accepting a risk: an explicit, reasoned act that ends by itself. Who must grant it depends on the level (the criteria's authority);
 * it covers exactly the statement, the scope and at most the level that were accepted.
 */
import { holdsRole, type Principal, type Role } from './actor.js';
import { type NotingClock, plusDays, type Instant } from './clock.js';
import { conditionOutcome, imposeCondition, type Condition, type Obligation } from './condition.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { presentLevel, type Proof } from './residual.js';
import { lastAssessment, riskLifecycle, sameStatement, type Risk, type RiskStatement } from './risk.js';
import { isAbove, type Level, type RiskCriteria } from './scoring.js';
import { suspensionsOver, type Suspension } from './suspension.js';

export const acceptanceLifecycle = defineLifecycle('acceptance', {
  REQUESTED: { grant: 'REQUESTED', withdraw: 'WITHDRAWN', revoke: 'REVOKED' },
  WITHDRAWN: {},
  REVOKED: {},
});

export interface AcceptanceGrant { readonly personId: string; readonly principalId: string; readonly role: Role; readonly at: Instant }

export interface RiskAcceptance {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly riskId: string;
  readonly systemId: string;
  /** What exactly is accepted, as it was when the acceptance was requested. */
  readonly accepted: { readonly level: Level; readonly revision: number; readonly statement: RiskStatement; readonly releaseId: string | null };
  readonly reason: string;
  readonly validUntil: Instant;
  readonly state: 'REQUESTED' | 'WITHDRAWN' | 'REVOKED';
  readonly requestedBy: string;
  /** The acceptance that this one goes on from, once it is granted; null = it renews none. */
  readonly renews: string | null;
  readonly grants: readonly AcceptanceGrant[];
}

export const ACCEPTANCE_OUTCOMES = ['REQUESTED', 'GRANTED', 'SUSPENDED', 'RENEWED', 'LAPSED', 'EXPIRED', 'WITHDRAWN', 'REVOKED'] as const;
export type AcceptanceOutcome = (typeof ACCEPTANCE_OUTCOMES)[number];

/** What an acceptance is judged by beside itself: what may renew it, what it asks for, and what suspends it. */
export interface AcceptanceBasis {
  readonly criteria: RiskCriteria;
  readonly acceptances: readonly RiskAcceptance[];
  readonly conditions: readonly Condition[];
  readonly suspensions: readonly Suspension[];
  readonly clock: NotingClock;
}

/** `renews`: the acceptance that it is to go on from; `earlier`: every one that was ever requested for this risk. */
export interface AcceptanceRequest {
  readonly reason: string; readonly validUntil: Instant; readonly now: Instant;
  readonly renews?: RiskAcceptance | null; readonly earlier?: readonly RiskAcceptance[];
}

export function requestAcceptance(
  identity: Pick<RiskAcceptance, 'id' | 'number' | 'requestedBy'>, risk: Risk, proof: Proof, input: AcceptanceRequest,
): Decided<RiskAcceptance> {
  riskLifecycle.next(risk.state, 'accept');
  const { criteria } = proof;
  const assessment = lastAssessment(risk);
  const level = presentLevel(risk, proof);
  if (criteria.authority[level].length === 0) {
    throw new Refusal('NOT_ACCEPTABLE', { message: `A risk at ${level} cannot be accepted by anybody.`, actual: level, next: 'Treat the risk, or stop.' });
  }
  checkValidity(level, criteria, input);
  const renews = renewedBy(risk, criteria, input);
  const reason = checkText(input.reason, 'reason', 4000);
  const accepted = { level, revision: assessment.revision, statement: risk.statement, releaseId: risk.releaseId };
  const next: RiskAcceptance = { ...identity, version: 1, riskId: risk.id, systemId: risk.systemId, accepted, reason, validUntil: input.validUntil, state: 'REQUESTED', renews, grants: [] };
  return { next, event: 'acceptance.requested', reason };
}

/** One person of the authority grants. The same person never counts twice, and nobody grants what they assessed, or requested for another's risk. */
export function grantAcceptance(acceptance: RiskAcceptance, risk: Risk, proof: Proof, principal: Principal): Decided<RiskAcceptance> {
  acceptanceLifecycle.next(acceptance.state, 'grant');
  const { criteria, clock } = proof;
  if (clock.reached(acceptance.validUntil, 'ACCEPTANCE', acceptance.id)) {
    throw new Refusal('INVALID_TRANSITION', { subject: 'acceptance', state: 'EXPIRED', action: 'grant', allowedActions: [], next: 'Request a new acceptance.' });
  }
  if (lastAssessment(risk).revision !== acceptance.accepted.revision || !coversRisk(acceptance, risk, proof)) {
    throw new Refusal('PACKAGE_CHANGED', { message: 'The risk was changed after this acceptance was requested.', next: 'Withdraw this acceptance and request a new one.' });
  }
  const personId = principal.personId ?? '';
  const because = grantorConflicts(acceptance, risk, personId);
  if (principal.kind !== 'USER' || because.length > 0) {
    throw new Refusal('SEPARATION_OF_DUTIES', { message: 'You cannot grant this acceptance.', because, next: 'Ask somebody else who has the authority.' });
  }
  const role = missingRoles(acceptance, criteria).find((needed) => mayGrantAs(needed, principal, risk, clock));
  if (role === undefined) {
    throw new Refusal('ABOVE_AUTHORITY', {
      message: `A risk at ${acceptance.accepted.level} is accepted by ${criteria.authority[acceptance.accepted.level].join(' and ')}.`, because: missingRoles(acceptance, criteria),
      next: 'Ask a person who holds the missing role.',
    });
  }
  const grant = { personId, principalId: principal.id, role, at: clock.now };
  return { next: { ...acceptance, grants: [...acceptance.grants, grant] }, event: 'acceptance.granted' };
}

/** Takes an acceptance back: its requester withdraws, a grantor or the head of risk revokes. */
export function endAcceptance(acceptance: RiskAcceptance, action: 'withdraw' | 'revoke', reason: string, by: { principal: Principal; clock: NotingClock }): Decided<RiskAcceptance> {
  const state = acceptanceLifecycle.next(acceptance.state, action);
  checkTakenBackBy('An acceptance', acceptance, action, by);
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...acceptance, state }, event: action === 'withdraw' ? 'acceptance.withdrawn' : 'acceptance.revoked', reason: text };
}

/** What people granted is withdrawn by whoever requested it, and revoked by somebody who granted it or by the head of risk. */
export function checkTakenBackBy(
  what: string, granted: Pick<RiskAcceptance, 'requestedBy' | 'grants' | 'systemId'>, action: 'withdraw' | 'revoke', by: { principal: Principal; clock: NotingClock },
): void {
  const personId = by.principal.personId;
  const may = action === 'withdraw'
    ? personId === granted.requestedBy
    : granted.grants.some((g) => g.personId === personId) || holdsRole(by.principal, ['HEAD_OF_RISK'], granted.systemId, by.clock);
  if (may) return;
  const who = action === 'withdraw' ? 'whoever requested it' : 'somebody who granted it, or the head of risk';
  throw new Refusal('NOT_ELIGIBLE', { message: `${what} is taken back by ${who}.`, because: action === 'withdraw' ? ['NOT_REQUESTER'] : ['NOT_GRANTOR', 'NOT_HEAD_OF_RISK'], action });
}

export function isGranted(acceptance: RiskAcceptance, criteria: RiskCriteria): boolean {
  return acceptance.state === 'REQUESTED' && wasGranted(acceptance, criteria);
}

/** Whether everybody has agreed whom the authority names, whatever became of it since. */
function wasGranted(acceptance: RiskAcceptance, criteria: RiskCriteria): boolean {
  return criteria.authority[acceptance.accepted.level].length > 0 && missingRoles(acceptance, criteria).length === 0;
}

/** Derived at read, never stored: an acceptance ends by itself. */
export function acceptanceOutcome(acceptance: RiskAcceptance, basis: AcceptanceBasis): AcceptanceOutcome {
  const { criteria, clock } = basis;
  if (acceptance.state !== 'REQUESTED') return acceptance.state;
  if (clock.reached(acceptance.validUntil, 'ACCEPTANCE', acceptance.id)) return 'EXPIRED';
  if (!isGranted(acceptance, criteria)) return 'REQUESTED';
  if (isRenewed(acceptance, basis)) return 'RENEWED';
  const missed = conditionsOf(acceptance, basis.conditions).map((condition) => conditionOutcome(condition, clock));
  if (missed.includes('LAPSED')) return 'LAPSED';
  return missed.includes('OVERDUE') || suspensionsOver(basis.suspensions, acceptance).length > 0 ? 'SUSPENDED' : 'GRANTED';
}

/** What was asked for beside the acceptance. */
export function conditionsOf<T extends Condition>(acceptance: Pick<RiskAcceptance, 'id'>, conditions: readonly T[]): T[] {
  return conditions.filter(({ acceptanceId }) => acceptanceId === acceptance.id);
}

/** From the moment at which its renewal is granted it counts no more: taking the renewal back revives nothing. */
export function isRenewed(acceptance: Pick<RiskAcceptance, 'id'>, { acceptances, criteria }: Pick<AcceptanceBasis, 'acceptances' | 'criteria'>): boolean {
  return acceptances.some((other) => other.renews === acceptance.id && wasGranted(other, criteria));
}

/** What is asked for beside the acceptance, confirmed by people of RISK. */
export function imposeOnAcceptance(acceptance: RiskAcceptance, identities: readonly Pick<Condition, 'id' | 'number'>[], conditions: readonly Obligation[], imposedAt: Instant): Decided<Condition>[] {
  const { id: acceptanceId, systemId, requestedBy: imposedBy, validUntil } = acceptance;
  return identities.flatMap((identity, i) => {
    const condition = conditions[i];
    return condition === undefined ? [] : [imposeCondition({ ...identity, systemId, signOffId: null, acceptanceId, lanes: ['RISK'], imposedBy, imposedAt }, condition, validUntil)];
  });
}

/** Whether the acceptance still speaks of this risk: same statement and scope, and a present level, as far as it is earned, no higher than the accepted one. */
export function coversRisk(acceptance: RiskAcceptance, risk: Risk, proof: Proof): boolean {
  return risk.assessments.length > 0 && !isAbove(presentLevel(risk, proof), acceptance.accepted.level)
    && acceptance.accepted.releaseId === risk.releaseId && sameStatement(acceptance.accepted.statement, risk.statement);
}

/** The id of the one that is renewed: it was granted, nobody took it back, and nothing has renewed it yet. Whether its time is over does not matter. */
function renewedBy(risk: Risk, criteria: RiskCriteria, { renews, earlier = [] }: AcceptanceRequest): string | null {
  if (renews === undefined || renews === null) return null;
  if (renews.riskId !== risk.id) throw new Refusal('INVALID_INPUT', { field: 'renews', actual: renews.number, message: `${renews.number} is an acceptance of another risk.` });
  if (!isGranted(renews, criteria)) throw new Refusal('NOT_RENEWABLE', { field: 'renews', message: `${renews.number} was not granted, or was taken back.`, next: 'Request an acceptance that renews none.' });
  if (isRenewed(renews, { acceptances: earlier, criteria })) throw new Refusal('NOT_RENEWABLE', { field: 'renews', message: `${renews.number} was renewed already.`, next: 'Renew the one that renewed it.' });
  return renews.id;
}

function grantorConflicts(acceptance: RiskAcceptance, risk: Risk, personId: string): string[] {
  const found: (string | null)[] = [
    personId === lastAssessment(risk).assessedBy ? 'LAST_ASSESSOR' : null, acceptance.grants.some((grant) => grant.personId === personId) ? 'GRANTED_ALREADY' : null,
    personId === acceptance.requestedBy && personId !== risk.ownerId ? 'REQUESTER' : null,
  ];
  return found.filter((conflict) => conflict !== null);
}

function missingRoles(acceptance: RiskAcceptance, criteria: RiskCriteria): Role[] {
  const granted = acceptance.grants.map((grant) => grant.role);
  return criteria.authority[acceptance.accepted.level].filter((role) => !granted.includes(role));
}

/** RISK_OWNER means the owner of this very risk; every other role is held by a grant that covers the system. */
function mayGrantAs(role: Role, principal: Principal, risk: Risk, clock: NotingClock): boolean {
  if (role === 'RISK_OWNER') return principal.personId === risk.ownerId;
  return holdsRole(principal, [role], risk.systemId, clock);
}

function checkValidity(level: Level, criteria: RiskCriteria, input: { validUntil: Instant; now: Instant }): void {
  const longest = plusDays(input.now, criteria.acceptanceDays[level]);
  if (input.validUntil <= input.now) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'validUntil lies in the past.', actual: input.validUntil });
  if (input.validUntil > longest) {
    throw new Refusal('VALIDITY_TOO_LONG', { field: 'validUntil', message: `An acceptance at ${level} ends after at most ${String(criteria.acceptanceDays[level])} days.`, actual: input.validUntil, expected: longest });
  }
}

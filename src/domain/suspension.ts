/**
 * Suspensions: something has happened, and what was accepted about a risk, or about everything of a system, does not count until somebody
 * without a part in it has lifted that, with a reason, on an assessment made since. The end of the cause lifts nothing.
 */
import { holdsRole, type Principal } from './actor.js';
import type { Instant, NotingClock } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { hasEnded, type Risk } from './risk.js';
import { partiesTo, type AiSystem } from './system.js';

export const suspensionLifecycle = defineLifecycle('suspension', {
  OPEN: { lift: 'LIFTED' },
  LIFTED: {},
});

export const SUSPENSION_SCOPES = ['SYSTEM', 'RISK'] as const;
export type SuspensionScope = (typeof SUSPENSION_SCOPES)[number];

/** What kind of thing set it off. */
export const SUSPENSION_CAUSES = ['INCIDENT', 'INDICATOR', 'FINDING', 'OTHER'] as const;
export type SuspensionCause = (typeof SUSPENSION_CAUSES)[number];

export interface Suspension {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  /** Null = the whole system, with everything that was accepted about it. */
  readonly riskId: string | null;
  readonly cause: SuspensionCause;
  readonly reason: string;
  /** When it was recorded; what was assessed before says nothing about it. */
  readonly since: Instant;
  readonly imposedBy: string;
  readonly state: 'OPEN' | 'LIFTED';
  readonly lifted: { readonly by: string; readonly at: Instant; readonly reason: string } | null;
}

export function imposeSuspension(identity: Pick<Suspension, 'id' | 'number' | 'systemId' | 'riskId' | 'since' | 'imposedBy'>, input: Pick<Suspension, 'cause' | 'reason'>): Decided<Suspension> {
  const reason = checkText(input.reason, 'reason', 4000);
  return { next: { ...identity, version: 1, cause: input.cause, reason, state: 'OPEN', lifted: null }, event: 'suspension.imposed', reason };
}

/** Who lifts it, the system that it is about, and the risks of that. */
export interface LiftBasis { readonly principal: Principal; readonly system: AiSystem; readonly risks: readonly Risk[]; readonly clock: NotingClock }

/** By a risk officer without a part in it, once each risk in its scope has been assessed anew. */
export function liftSuspension(suspension: Suspension, by: LiftBasis, reason: string): Decided<Suspension> {
  const state = suspensionLifecycle.next(suspension.state, 'lift');
  const { principal, clock } = by;
  const because = partsIn(suspension, by);
  if (principal.personId === null || because.length > 0) {
    throw new Refusal('SEPARATION_OF_DUTIES', { message: `${suspension.number} is lifted by somebody without a part in it.`, because, next: 'Ask another risk officer.' });
  }
  if (!holdsRole(principal, ['RISK_OFFICER', 'HEAD_OF_RISK'], suspension.systemId, clock)) {
    throw new Refusal('NOT_ELIGIBLE', { message: 'A suspension is lifted by a risk officer of the system.', because: ['NOT_RISK_OFFICER'], action: 'lift', next: 'Ask a risk officer of the system.' });
  }
  const old = concerned(suspension, by.risks).filter((risk) => (lastAssessedAt(risk) ?? '') <= suspension.since).map(({ number }) => number).sort();
  if (old.length > 0) {
    throw new Refusal('REASSESSMENT_MISSING', { message: `Not assessed since ${suspension.number} was recorded: ${old.join(', ')}.`, because: old, expected: `an assessment after ${suspension.since}`, next: 'Assess each of these risks anew: assessRisk.' });
  }
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...suspension, state, lifted: { by: principal.personId, at: clock.now, reason: text } }, event: 'suspension.lifted', reason: text };
}

export function scopeOf({ riskId }: Pick<Suspension, 'riskId'>): SuspensionScope {
  return riskId === null ? 'SYSTEM' : 'RISK';
}

/** The open ones that are about the whole system. */
export function suspensionsOfSystem(suspensions: readonly Suspension[]): Suspension[] {
  return suspensions.filter(({ state, riskId }) => state === 'OPEN' && riskId === null);
}

/** The open ones that are about this risk itself. */
export function suspensionsOfRisk(suspensions: readonly Suspension[], riskId: string): Suspension[] {
  return suspensions.filter((suspension) => suspension.state === 'OPEN' && suspension.riskId === riskId);
}

/** The open ones under which an acceptance of this risk does not count. */
export function suspensionsOver(suspensions: readonly Suspension[], risk: Pick<Risk, 'systemId'> & { readonly riskId: string }): Suspension[] {
  return [...suspensionsOfSystem(suspensions), ...suspensionsOfRisk(suspensions, risk.riskId)].filter(({ systemId }) => systemId === risk.systemId);
}

/** The risks that have to be assessed anew. Of a whole system those that were assessed at all: the others are no less open than before. */
function concerned({ riskId }: Suspension, risks: readonly Risk[]): Risk[] {
  return risks.filter((risk) => !hasEnded(risk) && (riskId === null ? risk.assessments.length > 0 : risk.id === riskId));
}

function partsIn(suspension: Suspension, { principal, system, risks }: LiftBasis): string[] {
  const personId = principal.personId ?? '';
  const about = concerned(suspension, risks);
  const parts: (string | null)[] = [
    about.some((risk) => risk.ownerId === personId) ? 'RISK_OWNER' : null, about.some((risk) => risk.assessments.at(-1)?.assessedBy === personId) ? 'ASSESSOR' : null, ...partiesTo(system, personId),
  ];
  return parts.filter((part) => part !== null);
}

function lastAssessedAt(risk: Risk): Instant | null {
  return risk.assessments.at(-1)?.at ?? null;
}

/**
 * Conditions: what still has to be done after a yes. A vote or an acceptance bears them. The owner shows what was done, somebody else of
 * the lane confirms it; whether one was missed follows from its due date, and what happens then was said when it was imposed.
 */
import { covers, grantsInForce, qualifies, type Lane, type Principal } from './actor.js';
import { APPROVALS, type Choice } from './choice.js';
import type { Instant, NotingClock } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { anyStands, type Evidence } from './evidence.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { partiesTo, type AiSystem } from './system.js';

export const conditionLifecycle = defineLifecycle('condition', {
  OPEN: { fulfil: 'FULFILLED' },
  FULFILLED: { fulfil: 'FULFILLED', confirm: 'CONFIRMED' },
  CONFIRMED: {},
});

/** If it is missed. BLOCK: nothing passes until it is met after all. LAPSE: the vote or acceptance that bears it counts no more. */
export const CONDITION_EFFECTS = ['BLOCK', 'LAPSE'] as const;
export type ConditionEffect = (typeof CONDITION_EFFECTS)[number];

/** What is imposed: it never changes, so no date is moved. */
export interface Obligation {
  readonly text: string;
  /** What will show that it was done, in words. */
  readonly evidence: string;
  readonly due: Instant;
  readonly ownerId: string;
  readonly effect: ConditionEffect;
}

export interface Condition extends Obligation {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  /** The vote or the acceptance that bears it: one of the two. */
  readonly signOffId: string | null;
  readonly acceptanceId: string | null;
  /** The lanes whose people confirm it. */
  readonly lanes: readonly Lane[];
  readonly imposedBy: string;
  readonly imposedAt: Instant;
  readonly state: 'OPEN' | 'FULFILLED' | 'CONFIRMED';
  readonly evidenceIds: readonly string[];
  readonly confirmation: { readonly by: string; readonly at: Instant; readonly reason: string } | null;
}

export const CONDITION_OUTCOMES = ['OPEN', 'FULFILLED', 'CONFIRMED', 'OVERDUE', 'LAPSED'] as const;
export type ConditionOutcome = (typeof CONDITION_OUTCOMES)[number];

export const MAX_CONDITIONS = 20;

/** `until`: when what bears it ends; a condition is due before that. */
export function imposeCondition(
  identity: Pick<Condition, 'id' | 'number' | 'systemId' | 'signOffId' | 'acceptanceId' | 'lanes' | 'imposedBy' | 'imposedAt'>, input: Obligation, until: Instant,
): Decided<Condition> {
  const { due, ownerId, effect } = input;
  if (due <= identity.imposedAt) throw new Refusal('INVALID_INPUT', { field: 'due', message: 'due lies in the past.', actual: due });
  if (due > until) throw new Refusal('VALIDITY_TOO_LONG', { field: 'due', message: 'A condition is due before what bears it ends.', actual: due, expected: until });
  const text = checkText(input.text, 'text', 4000);
  const next: Condition = {
    ...identity, version: 1, text, evidence: checkText(input.evidence, 'evidence', 1000), due, ownerId, effect, state: 'OPEN', evidenceIds: [], confirmation: null,
  };
  return { next, event: 'condition.imposed', reason: text };
}

/** Its owner says that it was done, and shows it. Repeated while it waits to be confirmed, it adds evidence. */
export function fulfilCondition(condition: Condition, by: { personId: string; clock: NotingClock }, evidenceIds: readonly string[]): Decided<Condition> {
  const state = conditionLifecycle.next(condition.state, 'fulfil');
  refuseLapsed(condition, 'fulfil', by.clock);
  if (by.personId !== condition.ownerId) throw new Refusal('NOT_ELIGIBLE', { message: `${condition.number} is fulfilled by its owner.`, because: ['NOT_OWNER'], action: 'fulfil', next: 'Ask the owner of the condition.' });
  if (evidenceIds.length === 0) throw new Refusal('INVALID_INPUT', { field: 'evidence', message: 'Name at least one piece of evidence that shows what was done.' });
  return { next: { ...condition, state, evidenceIds: [...new Set([...condition.evidenceIds, ...evidenceIds])].sort() }, event: 'condition.fulfilled' };
}

/** Who confirms a condition, the system that it is about, and the evidence that was named with whatever superseded it. */
export interface ConditionJudge { readonly principal: Principal; readonly system: AiSystem; readonly evidence: readonly Evidence[]; readonly clock: NotingClock }

/** Only with this it is met: by a person with a grant for one of its lanes, who neither owns it, nor showed it, nor has a part in the system, nor asked for the acceptance that bears it. */
export function confirmCondition(condition: Condition, by: ConditionJudge, reason: string): Decided<Condition> {
  const state = conditionLifecycle.next(condition.state, 'confirm');
  const { principal, evidence, clock } = by;
  refuseLapsed(condition, 'confirm', clock);
  const because = partsIn(condition, by);
  if (principal.personId === null || because.length > 0) {
    throw new Refusal('SEPARATION_OF_DUTIES', { message: `${condition.number} is confirmed by somebody without a part in it.`, because, next: `Ask somebody else with a grant for ${condition.lanes.join(' or ')}.` });
  }
  if (!grantsInForce(principal, clock).some((grant) => covers(grant, condition.systemId) && condition.lanes.some((lane) => qualifies(grant, lane)))) {
    throw new Refusal('NOT_ELIGIBLE', { message: `${condition.number} is confirmed by people of ${condition.lanes.join(' or ')}.`, because: ['NO_GRANT_FOR_LANE'], action: 'confirm', next: 'Ask a person with a grant for one of these lanes.' });
  }
  if (!anyStands(condition.evidenceIds, evidence, clock)) {
    throw new Refusal('EVIDENCE_NOT_VALID', { message: `All evidence of ${condition.number} was rejected, was revoked or has ended.`, subject: condition.number, next: 'Let its owner name what shows it now: fulfilCondition.' });
  }
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...condition, state, confirmation: { by: principal.personId, at: clock.now, reason: text } }, event: 'condition.confirmed', reason: text };
}

/** Derived at read, never stored: a condition is missed by time alone. */
export function conditionOutcome(condition: Condition, clock: NotingClock): ConditionOutcome {
  if (condition.state === 'CONFIRMED' || !clock.reached(condition.due, 'CONDITION', condition.id)) return condition.state;
  return condition.effect === 'LAPSE' ? 'LAPSED' : 'OVERDUE';
}

/** As much of a vote as tells whether what it asks for still binds. */
export interface BearingVote {
  readonly id: string; readonly personId: string; readonly choice: Choice; readonly signedAt: Instant; readonly withdrawn: object | null;
  readonly subjects: readonly { readonly promotionId: string; readonly lanes: readonly Lane[] }[];
}

/** The conditions of votes that bind: until the vote is taken back, or its signer approves the same lanes of the same promotions anew. Whether the vote itself still counts is another matter. */
export function conditionsOfVotes<T extends Condition>(conditions: readonly T[], votes: readonly BearingVote[]): T[] {
  const bearing = new Set(votes.filter((vote) => vote.withdrawn === null && !votes.some((later) => replaces(later, vote))).map(({ id }) => id));
  return conditions.filter(({ signOffId }) => signOffId !== null && bearing.has(signOffId));
}

function replaces(later: BearingVote, vote: BearingVote): boolean {
  return later.personId === vote.personId && later.withdrawn === null && APPROVALS.has(later.choice) && `${later.signedAt} ${later.id}` > `${vote.signedAt} ${vote.id}`
    && vote.subjects.every((subject) => later.subjects.some((other) => other.promotionId === subject.promotionId && subject.lanes.every((lane) => other.lanes.includes(lane))));
}

/** What it says, as it was imposed. */
export function obligationOf({ text, evidence, due, ownerId, effect }: Condition): Obligation {
  return { text, evidence, due, ownerId, effect };
}

/** What has lapsed is over: a later yes is a new vote or a new acceptance. */
function refuseLapsed(condition: Condition, action: 'fulfil' | 'confirm', clock: NotingClock): void {
  if (conditionOutcome(condition, clock) !== 'LAPSED') return;
  throw new Refusal('INVALID_TRANSITION', {
    subject: 'condition', state: 'LAPSED', action, allowedActions: [], message: `${condition.number} was missed on ${condition.due}, and what bore it counts no more.`, next: 'Ask for a new vote, or a new acceptance.',
  });
}

function partsIn(condition: Condition, { principal, system, evidence }: ConditionJudge): string[] {
  const personId = principal.personId ?? '';
  // A reviewer sees to what they asked for; whoever wants a risk accepted offers it, and is not the one who finds it done.
  const isRequester = condition.acceptanceId !== null && personId === condition.imposedBy;
  const parts: (string | null)[] = [
    personId === condition.ownerId ? 'CONDITION_OWNER' : null, isRequester ? 'REQUESTER' : null, evidence.some((one) => one.submittedBy === personId) ? 'SUBMITTER' : null, ...partiesTo(system, personId),
  ];
  return parts.filter((part) => part !== null);
}

/**
 * R14: no condition missed. A condition binds where its vote was given, in every later release too, and wherever that vote still counts.
 * Until it is met it is an obligation of the answer; once it is missed it blocks, or its vote has lapsed, which the lane says.
 */
import type { Lane } from './actor.js';
import type { Instant, NotingClock } from './clock.js';
import { conditionOutcome, conditionsOfVotes, type Condition, type Obligation } from './condition.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import type { LaneState } from './gate-reviews.js';

/** In the shape of AuthZEN: what whoever acts on the answer has to see to. */
export interface GateObligation {
  /** The number of the condition, or the name that the policy gives it. */
  readonly id: string;
  readonly type: (typeof OBLIGATION_TYPES)[number];
  readonly properties: ObligationProperties;
}

export const OBLIGATION_TYPES = ['CONDITION', 'POLICY'] as const;

/** `due`: null where a policy counts the days from a deployment that has not begun; `withinDays`: how many, of a policy's only. */
export interface ObligationProperties extends Omit<Obligation, 'due'> {
  readonly due: Instant | null; readonly withinDays?: number;
  readonly lanes: readonly Lane[]; readonly signOff: string | null; readonly acceptance: string | null;
}

/** `lanes`: as they were judged here, with the votes by which they pass. */
export function bindingConditions(about: Pick<ReleaseFacts, 'conditions' | 'signOffs' | 'promotions'>, environmentId: string, lanes: readonly LaneState[]): Condition[] {
  const counting = new Set(lanes.flatMap((lane) => lane.signOffs));
  const here = new Set(about.promotions.filter((promotion) => promotion.environmentId === environmentId).map(({ id }) => id));
  const votes = about.signOffs.filter((signOff) => counting.has(signOff.number) || signOff.subjects.some((subject) => here.has(subject.promotionId)));
  const ids = new Set<string | null>(votes.map(({ id }) => id));
  return conditionsOfVotes(about.conditions, about.signOffs).filter(({ signOffId }) => ids.has(signOffId)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function conditionReasons(conditions: readonly Condition[], about: Pick<ReleaseFacts, 'signOffs'>, clock: NotingClock): Reason[] {
  return conditions.filter((condition) => conditionOutcome(condition, clock) === 'OVERDUE').map((condition) => (
    blocks('R14', `R14/${condition.number}`, 'CONDITION_OVERDUE', { conditions: [condition.number], signOffs: [bearerOf(condition, about) ?? ''], until: condition.due })));
}

export function obligationsOf(conditions: readonly Condition[], about: Pick<ReleaseFacts, 'signOffs' | 'acceptances'>, clock: NotingClock): GateObligation[] {
  return conditions.filter((condition) => !['CONFIRMED', 'LAPSED'].includes(conditionOutcome(condition, clock))).map((condition) => {
    const { number: id, text, evidence, due, ownerId, effect, lanes } = condition;
    return { id, type: 'CONDITION', properties: { text, evidence, due, ownerId, effect, lanes, signOff: bearerOf(condition, about), acceptance: about.acceptances.find((acceptance) => acceptance.id === condition.acceptanceId)?.number ?? null } };
  });
}

function bearerOf({ signOffId }: Condition, { signOffs }: Pick<ReleaseFacts, 'signOffs'>): string | null {
  return signOffs.find(({ id }) => id === signOffId)?.number ?? null;
}

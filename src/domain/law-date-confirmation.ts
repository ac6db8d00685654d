/**
 * That somebody of the organization has looked up from which day an article is law. A confirmation is about exactly that day: where the product
 * records another one later, it stands for nothing, and says so.
 */
import { grantsEverywhere, qualifies, type Principal } from './actor.js';
import type { Instant, NotingClock } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { checkDay, type Day } from './legal-obligations.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';

export const lawDateLifecycle = defineLifecycle('law-date', { CONFIRMED: { revoke: 'REVOKED' }, REVOKED: {} });

export interface LawDateConfirmation {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  /** Framework, version and node, such as eu-ai-act@2026-1744#Art-9. */
  readonly reference: string;
  readonly day: Day;
  /** Where it was looked up, in words, and what there is to say about it. */
  readonly source: string;
  readonly note: string;
  readonly state: 'CONFIRMED' | 'REVOKED';
  /** Persons, not accounts. */
  readonly confirmedBy: string;
  readonly confirmedAt: Instant;
  readonly revokedBy: string | null;
  readonly revokedAt: Instant | null;
}

export const LAW_DATE_OUTCOMES = ['IN_FORCE', 'OUTDATED', 'REVOKED'] as const;
export type LawDateOutcome = (typeof LAW_DATE_OUTCOMES)[number];

export type LawDateInput = Pick<LawDateConfirmation, 'reference' | 'day' | 'source' | 'note'>;
interface By { readonly principal: Principal; readonly personId: string; readonly clock: NotingClock }

/** `recorded`: the days that the product records for the article now. */
export function confirmLawDate(identity: Pick<LawDateConfirmation, 'id' | 'number'>, input: LawDateInput, recorded: readonly Day[], by: By): Decided<LawDateConfirmation> {
  requireLegal(by);
  const day = checkDay(input.day, 'input.day');
  if (!recorded.includes(day)) {
    const expected = recorded.length === 0 ? 'an article that begins on a day' : recorded.join(' or ');
    throw new Refusal('INVALID_INPUT', { field: 'input.day', message: `${input.reference} does not begin on ${day} here.`, actual: day, expected, next: 'Confirm a day that is recorded; where none of them is right, confirm none, and tell who maintains this product.' });
  }
  const note = checkText(input.note, 'note', 4000);
  const next: LawDateConfirmation = {
    ...identity, version: 1, reference: input.reference, day, source: checkText(input.source, 'source', 500), note, state: 'CONFIRMED', confirmedBy: by.personId, confirmedAt: by.clock.now, revokedBy: null, revokedAt: null,
  };
  return { next, event: 'lawDate.confirmed', reason: note };
}

/** By anybody who may confirm: it is about what is written in public. */
export function revokeLawDate(confirmation: LawDateConfirmation, reason: string, by: By): Decided<LawDateConfirmation> {
  requireLegal(by);
  const state = lawDateLifecycle.next(confirmation.state, 'revoke');
  return { next: { ...confirmation, state, revokedBy: by.personId, revokedAt: by.clock.now }, event: 'lawDate.revoked', reason: checkText(reason, 'reason', 4000) };
}

/** Derived at read: only one IN_FORCE confirms anything. */
export function lawDateOutcome({ state, day }: Pick<LawDateConfirmation, 'state' | 'day'>, recorded: readonly Day[]): LawDateOutcome {
  if (state === 'REVOKED') return 'REVOKED';
  return recorded.includes(day) ? 'IN_FORCE' : 'OUTDATED';
}

/** What confirms that the article begins on the day; null = nobody has. */
export function confirmationOf<T extends LawDateConfirmation>(confirmations: readonly T[], reference: string, day: Day | null): T | null {
  return confirmations.find((one) => one.state === 'CONFIRMED' && one.reference === reference && one.day === day) ?? null;
}

/** What holds for the whole organization is looked up by those who review the law for all of it. */
function requireLegal({ principal, clock }: By): void {
  if (principal.kind === 'USER' && grantsEverywhere(principal, 'lawDate.confirm', clock).some((grant) => qualifies(grant, 'LEGAL'))) return;
  throw new Refusal('NOT_ELIGIBLE', { message: 'A date of law is confirmed in the LEGAL lane, by a grant for every system.', because: ['NO_GRANT_FOR_LANE'], subject: 'LEGAL', through: principal.number, next: 'Ask a person with a grant for the LEGAL lane.' });
}

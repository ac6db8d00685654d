/**
 * Who signs where a system stands under the EU AI Act: a reviewer of LEGAL without a part in it, who did not assess it either. What is signed is
 * the record itself, for at most a year; it is replaced by another one, never changed.
 */
import { covers, grantsInForce, qualifies, type Principal } from './actor.js';
import { plusDays, type Instant, type NotingClock } from './clock.js';
import { checkText, digestOf } from './digest.js';
import type { Envelope } from './envelope.js';
import type { Decided } from './events.js';
import { Refusal } from './refusal.js';
import { partiesTo, requireInService, SYSTEM_FLAGS, type ActRole, type AiSystem, type AnnexIIIUse, type ClassificationRecord, type Derogation, type EuClass, type SystemFlag, type Tier } from './system.js';

export const CLASSIFICATION_DAYS = 365;

/** So bounded, the present records always fit into one system; earlier ones stay in the log. */
const KEPT = 5;

export interface ClassificationInput {
  readonly euClass: EuClass;
  readonly flags: readonly { readonly flag: SystemFlag; readonly holds: boolean }[];
  readonly roles: readonly ActRole[];
  readonly annexIIIUses: readonly AnnexIIIUse[];
  readonly derogation: Derogation | null;
  readonly rationale: string;
  /** Null = as long as a record may hold. */
  readonly validUntil: Instant | null;
}

export type UnsignedRecord = Omit<ClassificationRecord, 'signed'>;

/** `tierFloor`: what the class holds a tier up to, null = nothing. */
export interface ClassificationSigner { readonly principal: Principal; readonly clock: NotingClock; readonly tierFloor: Tier | null }

/** The record as it is going to be signed. */
export function draftClassification(system: AiSystem, input: ClassificationInput, by: ClassificationSigner): UnsignedRecord {
  requireInService(system, 'classify');
  requireLegal(system, by);
  requireOutsider(system, by.principal.personId);
  const flags = statedFlags(input.flags);
  requireConsistent(input, flags);
  const content = {
    systemId: system.id, revision: (system.classifications.at(-1)?.revision ?? 0) + 1, euClass: input.euClass, flags, roles: statedRoles(input.roles), annexIIIUses: [...new Set(input.annexIIIUses)].sort(),
    derogation: input.derogation, rationale: checkText(input.rationale, 'input.rationale', 4000), tierFloor: by.tierFloor, signedBy: by.principal.personId ?? '', signedAt: by.clock.now, validUntil: endOf(by.clock.now, input.validUntil),
  };
  return { ...content, digest: digestOf(content) };
}

/** Files the signed record: it holds from now on, in the place of the one before. */
export function fileClassification(system: AiSystem, record: UnsignedRecord, signed: Envelope): Decided<AiSystem> {
  return { next: { ...system, classifications: [...system.classifications, { ...record, signed }].slice(-KEPT) }, event: 'system.classified', reason: record.rationale };
}

function requireLegal(system: AiSystem, { principal, clock }: ClassificationSigner): void {
  if (principal.kind === 'USER' && grantsInForce(principal, clock).some((grant) => qualifies(grant, 'LEGAL') && covers(grant, system.id))) return;
  throw new Refusal('NOT_ELIGIBLE', { message: `${system.number} is classified in the LEGAL lane.`, because: ['NO_GRANT_FOR_LANE'], subject: 'LEGAL', through: principal.number, next: 'Ask a person with a grant for the LEGAL lane.' });
}

/** Two sources are two people: neither somebody of the team, nor whoever assessed the class. */
function requireOutsider(system: AiSystem, personId: string | null): void {
  const because = [...partiesTo(system, personId ?? ''), ...(system.tierAssessments.at(-1)?.assessedBy === personId ? ['ASSESSOR'] : [])];
  if (because.length === 0) return;
  throw new Refusal('SEPARATION_OF_DUTIES', { message: `Who has a part in a system, or assessed it, does not sign its classification: ${because.join(', ')}.`, because, next: 'Ask another LEGAL reviewer to sign it.' });
}

/** Every flag, in one order: what is not stated is null, so unknown. */
function statedFlags(stated: ClassificationInput['flags']): Record<SystemFlag, boolean | null> {
  const twice = stated.findIndex(({ flag }, i) => stated.findIndex((other) => other.flag === flag) < i);
  if (twice >= 0) throw invalid(`flags.${String(twice)}.flag`, 'Each flag is stated once.', stated[twice]?.flag);
  return Object.fromEntries(SYSTEM_FLAGS.map((flag) => [flag, stated.find((one) => one.flag === flag)?.holds ?? null])) as Record<SystemFlag, boolean | null>;
}

function statedRoles(roles: readonly ActRole[]): ActRole[] {
  if (roles.length === 0) throw invalid('roles', 'Name at least one role of the organization: as long as none is signed, all apply.');
  return [...new Set(roles)].sort();
}

const LISTED: readonly EuClass[] = ['HIGH_RISK_ANNEX_III', 'ANNEX_III_EXEMPT'];
const MAY_BE_LISTED: readonly EuClass[] = [...LISTED, 'PROHIBITED', 'HIGH_RISK_ANNEX_I'];

/** EU AI Act, Art. 6(2) to (4): a listed use is high-risk unless a ground exempts it, and nothing that profiles people is exempt. */
function requireConsistent({ euClass, annexIIIUses, derogation }: ClassificationInput, flags: Readonly<Record<SystemFlag, boolean | null>>): void {
  if (euClass === 'UNCLASSIFIED') throw invalid('euClass', 'A signed record states a class.', euClass);
  if (LISTED.includes(euClass) && annexIIIUses.length === 0) throw invalid('annexIIIUses', `${euClass} is about a use that Annex III lists: name it.`);
  if (!MAY_BE_LISTED.includes(euClass) && annexIIIUses.length > 0) throw invalid('annexIIIUses', `A use that Annex III lists is not ${euClass}.`, annexIIIUses.join(', '));
  if ((euClass === 'ANNEX_III_EXEMPT') !== (derogation !== null)) throw invalid('derogation', 'A ground of Art. 6(3) goes with ANNEX_III_EXEMPT, and with nothing else.', derogation ?? 'none');
  requireNoProfiling(euClass, flags);
}

function requireNoProfiling(euClass: EuClass, flags: Readonly<Record<SystemFlag, boolean | null>>): void {
  if (euClass === 'ANNEX_III_EXEMPT' && flags.PROFILING !== false) throw invalid('flags', 'Art. 6(3) exempts nothing that profiles people: state that PROFILING does not hold, or another class.', flags.PROFILING === null ? 'not stated' : 'PROFILING holds');
}

function endOf(now: Instant, validUntil: Instant | null): Instant {
  const longest = plusDays(now, CLASSIFICATION_DAYS);
  if (validUntil === null) return longest;
  if (validUntil <= now) throw invalid('validUntil', 'validUntil lies in the past.', validUntil);
  if (validUntil > longest) throw new Refusal('VALIDITY_TOO_LONG', { field: 'input.validUntil', message: `A classification ends after at most ${String(CLASSIFICATION_DAYS)} days.`, actual: validUntil, expected: longest });
  return validUntil;
}

function invalid(field: string, message: string, actual?: string): Refusal {
  return new Refusal('INVALID_INPUT', { field: `input.${field}`, message, ...(actual !== undefined && { actual }) });
}

/** AI systems: what they are for, who owns them, and what was judged and signed about their tier, class and flags (what holds of it: classification.ts). */
import type { Instant } from './clock.js';
import { checkText, type Digest } from './digest.js';
import type { Envelope } from './envelope.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { ENVIRONMENT_KINDS } from './release.js';

export const TIERS = ['MINIMAL', 'MODERATE', 'HIGH', 'CRITICAL'] as const;
export type Tier = (typeof TIERS)[number];

/** EU AI Act (Regulation (EU) 2024/1689): Art. 5; Art. 6(1); Art. 6(2); Art. 6(3); Art. 53; Art. 55; Art. 50; none of these; not classified yet. */
export const EU_CLASSES = [
  'PROHIBITED', 'HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III', 'ANNEX_III_EXEMPT', 'GPAI_PROVIDER', 'GPAI_SYSTEMIC_PROVIDER', 'LIMITED', 'MINIMAL', 'UNCLASSIFIED',
] as const;
export type EuClass = (typeof EU_CLASSES)[number];

/** The last two are classes as well, since one system may be of high risk and a general-purpose model that the organization provides. */
export const SYSTEM_FLAGS = [
  'ART50_INTERACTION', 'ART50_SYNTHETIC', 'ART50_EMOTION_BIOMETRIC', 'ART50_DEEPFAKE_PUBLIC_TEXT', 'PERSONAL_DATA', 'SPECIAL_CATEGORY', 'PROFILING',
  'AUTOMATED_DECISION', 'VULNERABLE_GROUP', 'FRIA_REQUIRED', 'CONSEQUENTIAL_ACTIONS', 'AGENTIC', 'GENERATIVE_OR_AGENTIC', 'THIRD_PARTY_MODEL',
  'UNKNOWN_PROVENANCE', 'SAFETY_IMPACT', 'OPAQUE_MODEL', 'HIGH_RISK_CANDIDATE', 'INTERACTS_WITH_PEOPLE', 'PILOT_AFFECTS_REAL_PEOPLE', 'WORKPLACE', 'PUBLIC_AUTHORITY',
  'GPAI_PROVIDER', 'GPAI_SYSTEMIC_PROVIDER',
] as const;
export type SystemFlag = (typeof SYSTEM_FLAGS)[number];

/** What an organization is to a system under the EU AI Act, Art. 3(3) to (8), (63) and (68); it can be several at once. */
export const ACT_ROLES = ['PROVIDER', 'DEPLOYER', 'AUTHORISED_REPRESENTATIVE', 'IMPORTER', 'DISTRIBUTOR', 'PRODUCT_MANUFACTURER', 'GPAI_PROVIDER', 'DOWNSTREAM_PROVIDER'] as const;
export type ActRole = (typeof ACT_ROLES)[number];

/** The uses that Annex III lists, by point and letter; point 2 has no letters. */
export const ANNEX_III_USES = [
  'III_1_A', 'III_1_B', 'III_1_C', 'III_2', 'III_3_A', 'III_3_B', 'III_3_C', 'III_3_D', 'III_4_A', 'III_4_B', 'III_5_A', 'III_5_B', 'III_5_C', 'III_5_D',
  'III_6_A', 'III_6_B', 'III_6_C', 'III_6_D', 'III_6_E', 'III_7_A', 'III_7_B', 'III_7_C', 'III_7_D', 'III_8_A', 'III_8_B',
] as const;
export type AnnexIIIUse = (typeof ANNEX_III_USES)[number];

/** Art. 6(3), second subparagraph, points (a) to (d): why a listed use poses no significant risk. */
export const DEROGATIONS = ['NARROW_PROCEDURAL_TASK', 'IMPROVES_COMPLETED_ACTIVITY', 'DETECTS_DEVIATION', 'PREPARATORY_TASK'] as const;
export type Derogation = (typeof DEROGATIONS)[number];

/** How much the system does by itself, from least to most. */
export const AUTONOMY_LEVELS = ['ASSISTS', 'RECOMMENDS', 'DECIDES_WITH_REVIEW', 'DECIDES'] as const;
export type Autonomy = (typeof AUTONOMY_LEVELS)[number];

export interface TierAssessment {
  readonly tier: Tier;
  readonly euClass: EuClass;
  readonly flags: readonly SystemFlag[];
  readonly rationale: string;
  readonly assessedBy: string;
  readonly at: Instant;
  /** The answers that it rests on, counted from 1, and the tier that they gave; null = nobody had answered, absent = of before there were any. */
  readonly restsOn?: { readonly revision: number; readonly computed: Tier } | null;
}

/** What a reviewer of LEGAL has signed about a system: where it stands under the EU AI Act, and in which roles the organization is. */
export interface ClassificationRecord {
  readonly systemId: string;
  /** Counted from 1. */
  readonly revision: number;
  readonly euClass: EuClass;
  /** Null or absent = not stated, so unknown. */
  readonly flags: Readonly<Partial<Record<SystemFlag, boolean | null>>>;
  readonly roles: readonly ActRole[];
  readonly annexIIIUses: readonly AnnexIIIUse[];
  readonly derogation: Derogation | null;
  readonly rationale: string;
  /** What the class held the tier up to when it was signed; null = nothing. */
  readonly tierFloor: Tier | null;
  readonly signedBy: string;
  readonly signedAt: Instant;
  readonly validUntil: Instant;
  /** Of all of the above. */
  readonly digest: Digest;
  readonly signed: Envelope;
}

/** What somebody of the team answered to the questionnaire; what is not among the answers is unanswered. */
export interface TieringAnswers {
  readonly questionnaire: { readonly id: string; readonly version: string; readonly digest: Digest };
  /** Question → option. */
  readonly answers: Readonly<Record<string, string>>;
  readonly rationale: string;
  /** The tier that they gave with the class of then; absent = of before that was kept. */
  readonly computed?: Tier;
  /** What they flag; absent = of before that was kept. */
  readonly flags?: readonly SystemFlag[];
  readonly answeredBy: string;
  readonly at: Instant;
}

export const systemLifecycle = defineLifecycle('system', {
  ACTIVE: { suspend: 'SUSPENDED', retire: 'RETIRED' },
  SUSPENDED: { resume: 'ACTIVE', retire: 'RETIRED' },
  RETIRED: {},
});

export interface AiSystem {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly name: string;
  readonly intendedPurpose: string;
  readonly prohibitedUses: readonly string[];
  /** Persons, not accounts. */
  readonly ownerId: string;
  readonly developerIds: readonly string[];
  readonly businessUnit: string | null;
  readonly affectedGroups: readonly string[];
  readonly autonomy: Autonomy;
  readonly jurisdictions: readonly string[];
  readonly state: 'ACTIVE' | 'SUSPENDED' | 'RETIRED';
  /** Append-only; the last one holds. */
  readonly tierAssessments: readonly TierAssessment[];
  /** Append-only; the last ones are held against the next assessment. */
  readonly tieringAnswers: readonly TieringAnswers[];
  /** The last one holds; the log keeps those that are not here any more. */
  readonly classifications: readonly ClassificationRecord[];
  /** When its purpose, its autonomy or whom it concerns last changed; null = not since that is written down. */
  readonly profileChangedAt: Instant | null;
  readonly authoredBy: string;
  /** The person who last changed something that a review depends on. */
  readonly lastEditedBy: string;
  /** Everybody who ever did, and whoever owned or developed it before: a later full stop by somebody else makes nobody independent. */
  readonly editors: readonly string[];
}

/** What a client may say about a system. */
export type SystemDescription = Pick<AiSystem, 'name' | 'intendedPurpose' | 'prohibitedUses' | 'ownerId' | 'developerIds' | 'businessUnit' | 'affectedGroups' | 'autonomy' | 'jurisdictions'>;

/** How near to real use a system has come: never deployed, or the furthest kind of environment that a deployment was reported into. */
export const PHASES = ['PROPOSED', ...ENVIRONMENT_KINDS] as const;
export type Phase = (typeof PHASES)[number];

export function registerSystem(identity: Pick<AiSystem, 'id' | 'number'>, personId: string, input: SystemDescription): Decided<AiSystem> {
  const next: AiSystem = { ...identity, version: 1, ...checkDescription(input), state: 'ACTIVE', tierAssessments: [], tieringAnswers: [], classifications: [], profileChangedAt: null, authoredBy: personId, lastEditedBy: personId, editors: [personId] };
  return { next, event: 'system.registered' };
}

/** Changes the description. Who changes what a review depends on becomes the last editor, and no longer votes on it. */
export function editSystem(system: AiSystem, by: { readonly personId: string; readonly at: Instant }, changes: Partial<SystemDescription>): Decided<AiSystem> {
  requireInService(system, 'edit');
  const edited = { ...system, ...checkDescription({ ...system, ...changes }) };
  const profiled = differ(profileOf(edited), profileOf(system)) ? { ...edited, profileChangedAt: by.at } : edited;
  return { next: differ(materialPart(edited), materialPart(system)) ? { ...profiled, ...withEditor(system, by.personId) } : profiled, event: 'system.edited' };
}

/** Who has changed something that a review depends on, beside everybody who had a part before. */
export function withEditor(system: AiSystem, personId: string): Pick<AiSystem, 'lastEditedBy' | 'editors'> {
  return { lastEditedBy: personId, editors: [...new Set([...system.editors, personId, system.ownerId, ...system.developerIds])].sort() };
}

/** What is out of service for good stays as it is. */
export function requireInService({ state }: AiSystem, action: string): void {
  if (state === 'RETIRED') throw new Refusal('INVALID_TRANSITION', { subject: 'system', state, action, allowedActions: [] });
}

const OPERATED = { suspend: 'system.suspended', resume: 'system.resumed', retire: 'system.retired' } as const;
export type SystemOperation = keyof typeof OPERATED;

/** Suspends, resumes or retires. A suspended or retired system is denied at every gate. */
export function operateSystem(system: AiSystem, action: SystemOperation, reason: string): Decided<AiSystem> {
  const state = systemLifecycle.next(system.state, action);
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...system, state }, event: OPERATED[action], reason: text };
}

/** What part a person has in the system; empty = none. */
export function partiesTo(system: AiSystem, personId: string): string[] {
  const parts: (string | null)[] = [
    personId === system.ownerId ? 'SYSTEM_OWNER' : null, system.developerIds.includes(personId) ? 'DEVELOPER' : null, system.editors.includes(personId) ? 'AUTHOR' : null,
  ];
  return parts.filter((part) => part !== null);
}

function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

/** What a tier is judged by. */
function profileOf(system: SystemDescription): unknown[] {
  return [system.intendedPurpose, system.affectedGroups, system.autonomy];
}

function materialPart(system: SystemDescription): unknown[] {
  return [...profileOf(system), system.prohibitedUses, system.ownerId, system.developerIds];
}

function checkDescription(input: SystemDescription): SystemDescription {
  const list = (field: string, values: readonly string[]): string[] => {
    if (values.length > 100) throw new Refusal('TOO_LARGE', { field, message: `${field} has at most 100 items.` });
    return [...new Set(values.map((value, i) => checkText(value, `${field}.${String(i)}`, 500)))].sort();
  };
  return {
    name: checkText(input.name, 'name', 200),
    intendedPurpose: checkText(input.intendedPurpose, 'intendedPurpose', 10_000),
    prohibitedUses: list('prohibitedUses', input.prohibitedUses),
    ownerId: input.ownerId,
    developerIds: list('developers', input.developerIds),
    businessUnit: input.businessUnit === null ? null : checkText(input.businessUnit, 'businessUnit', 200),
    affectedGroups: list('affectedGroups', input.affectedGroups),
    autonomy: input.autonomy,
    jurisdictions: list('jurisdictions', input.jurisdictions),
  };
}

/**
 * What a gate demands, as data: the review matrix by tier with rows that only add, how long a sign-off lives, and which lanes a changed
 * component concerns. The numbers come from the shipped policy document; the logic is here.
 */
import { LANES, type Lane, type PersonFunction, type Role } from './actor.js';
import { classesOf, type Classification } from './classification.js';
import type { ChangeClass, ClaimableClass, RuledKind } from './difference.js';
import type { Digest } from './digest.js';
import { IMPACT_KINDS, IMPACT_LANES, type ImpactKind } from './impact-elements.js';
import { GATED_KINDS, isFlagged, matches, type Binding, type FreezeWindow, type GatedKind, type ObligationRow, type RequirementRow, type SystemsLike } from './policy-terms.js';
import type { ComponentRole, EnvironmentKind } from './release.js';
import type { SystemFlag, Tier } from './system.js';

/** SELF: the delivery team attests. INDEPENDENT: one qualified reviewer outside it. FOUR_EYES: two people of two functions. */
export const REVIEW_LEVELS = ['NONE', 'SELF', 'INDEPENDENT', 'FOUR_EYES'] as const;
export type ReviewLevel = (typeof REVIEW_LEVELS)[number];
export type DemandedLevel = Exclude<ReviewLevel, 'NONE'>;

export type MatrixRow = Partial<Record<Lane, Partial<Record<GatedKind, ReviewLevel>>>>;

/** An impact assessment that such systems need. */
export interface ImpactRow { readonly kind: ImpactKind; readonly when: SystemsLike; readonly gates: readonly GatedKind[] }

export interface Materiality {
  /** Difference → the lanes that it concerns. */
  readonly differences: Readonly<Record<RuledKind, readonly Lane[]>>;
  /** The component roles of each class of change, and the lanes that it concerns; several changes concern the lanes of all. */
  readonly changeClasses: Readonly<Record<ChangeClass, { readonly roles: readonly ComponentRole[]; readonly lanes: readonly Lane[] }>>;
  /** What a milder class, once confirmed, stands in for, and the lanes that are left. */
  readonly claims: Readonly<Record<ClaimableClass, { readonly insteadOf: readonly ChangeClass[]; readonly lanes: readonly Lane[] }>>;
}

export interface GatePolicy {
  readonly id: string;
  readonly version: string;
  readonly digest: Digest;
  readonly laneFunctions: Readonly<Record<Lane, PersonFunction>>;
  readonly tierMatrix: Readonly<Record<Tier, MatrixRow>>;
  /** Rows by EU AI Act class and by flag; the highest level over all matching rows wins, so a row adds and never relaxes. */
  readonly addMatrix: Readonly<Record<string, MatrixRow>>;
  /** Lanes that a pilot about real people must pass already at the pilot gate, at the level of the canary gate. */
  readonly pilotHoist: { readonly flag: SystemFlag; readonly lanes: readonly Lane[] };
  readonly validityDays: Readonly<Record<Tier, number>>;
  /** A REJECT in one of these lanes ends the request; in any other lane it blocks as long as it stands. */
  readonly vetoLanes: readonly Lane[];
  /** How long ago a signer may have signed in, in minutes. */
  readonly reauthenticationMinutes: Readonly<Record<Tier, number>>;
  /** What outdates the sign-offs of which lanes. */
  readonly materiality: Materiality;
  /** The environment kinds at which a rule applies. */
  readonly ruleGates: Readonly<Record<'R3' | 'R4' | 'R9', readonly GatedKind[]>>;
  /** Any row that matches is enough to need its kind: a row adds and never relaxes. */
  readonly impactAssessments: readonly ImpactRow[];
  /** How long a requirement may be waived, and what may never be: a requirement or all of a rule, always or for systems with all of the flags. */
  readonly waivers: { readonly days: Readonly<Record<Tier, number>>; readonly never: readonly { readonly requirement: string; readonly flags: readonly SystemFlag[] }[] };
  /** A draft risk counts as identified after so many days. */
  readonly draftGraceDays: number;
  /** For how many days what runs may go on after something about it lapsed by time alone. */
  readonly runGraceDays: Readonly<Record<Tier, number>>;
  /** For how many days what ran before the gate was asked may go on running without it. */
  readonly baselineDays: number;
  /** Break-glass: for how many hours at most, in how many others must have judged it, and which roles turn its second key; none = it has none. */
  readonly breakGlass: { readonly hours: number; readonly reviewHours: number; readonly secondKey: readonly Role[] };
  /** How long a grant may wait for the start of its deployment. */
  readonly grantMinutes: number;
  /** Where it applies; of all policies in force the one whose matching row has the highest priority does. */
  readonly bindings: readonly Binding[];
  /** What it asks for beside the rules that every policy has, each with a stable id. */
  readonly requirements: readonly RequirementRow[];
  /** When nothing is promoted. */
  readonly freezes: readonly FreezeWindow[];
  /** What has to be shown after a release went in; absent = nothing. */
  readonly obligations?: readonly ObligationRow[];
}

export interface RequiredLane { readonly lane: Lane; readonly level: DemandedLevel }

export function isAtLeast(have: ReviewLevel, need: ReviewLevel): boolean {
  return REVIEW_LEVELS.indexOf(have) >= REVIEW_LEVELS.indexOf(need);
}

/** The lanes that a promotion into an environment of this kind needs, in the order of LANES. Nothing before PILOT is reviewed. */
export function requiredLanes(policy: GatePolicy, classification: Classification, kind: EnvironmentKind): RequiredLane[] {
  const gated = GATED_KINDS.find((candidate) => candidate === kind);
  if (gated === undefined) return [];
  const rows = [policy.tierMatrix[classification.tier], ...[...classesOf(classification), ...classification.flags].map((key) => policy.addMatrix[key] ?? {})];
  const hoisted = gated === 'PILOT' && isFlagged(classification, policy.pilotHoist.flag) ? policy.pilotHoist.lanes : [];
  return LANES.flatMap((lane) => {
    const level = maximum(rows.map((row) => row[lane]?.[gated] ?? 'NONE'));
    const raised = hoisted.includes(lane) ? maximum([level, ...rows.map((row) => row[lane]?.CANARY ?? 'NONE')]) : level;
    return raised === 'NONE' ? [] : [{ lane, level: raised }];
  });
}

/** The impact assessments that a promotion into an environment of this kind needs. One whose lane is hoisted is needed at the pilot as at the canary gate. */
export function requiredAssessments(policy: GatePolicy, classification: Classification, kind: EnvironmentKind): ImpactKind[] {
  const hoists = kind === 'PILOT' && isFlagged(classification, policy.pilotHoist.flag);
  const applies = ({ kind: needed, when, gates }: ImpactRow): boolean => {
    const asked: readonly string[] = hoists && policy.pilotHoist.lanes.includes(IMPACT_LANES[needed]) && gates.includes('CANARY') ? [...gates, 'PILOT'] : gates;
    return asked.includes(kind) && matches(when, classification);
  };
  return IMPACT_KINDS.filter((needed) => policy.impactAssessments.some((row) => row.kind === needed && applies(row)));
}

/** Fixed in code, whatever a policy says: what is asked about, who asks, what the law forbids, and what was done in an emergency and not judged. */
const FIXED = ['TARGET', 'CALLER', 'GATE', 'D1', 'D2', 'D3', 'R15'];

/** Whether nobody steps over it: no waiver, no grace, no emergency. */
export function isFixed(requirement: string): boolean {
  return FIXED.some((fixed) => isPartOf(requirement, fixed));
}

/** What not even a policy that only observes lets in: bytes that nobody knows, callers that nobody trusts, what the law forbids. */
const NEVER_LET_OFF = ['TARGET', 'CALLER', 'GATE', 'D1', 'D3'];

export function isNeverLetOff(requirement: string): boolean {
  return NEVER_LET_OFF.some((one) => isPartOf(requirement, one));
}

/** Whether people may waive the requirement for such a system. */
export function isWaivable(policy: Pick<GatePolicy, 'waivers'>, requirement: string, classification: Classification): boolean {
  return !isFixed(requirement) && !policy.waivers.never.some((never) => isPartOf(requirement, never.requirement) && matches(never, classification));
}

/** R5/LEGAL is a part of R5, and of itself. */
function isPartOf(requirement: string, whole: string): boolean {
  return requirement === whole || requirement.startsWith(`${whole}/`);
}

function maximum(levels: readonly ReviewLevel[]): ReviewLevel {
  return levels.reduce((a, b) => (isAtLeast(a, b) ? a : b), 'NONE');
}

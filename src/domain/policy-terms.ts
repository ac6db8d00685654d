/** The words of a policy: where it applies and how strictly, which systems a part of it is for, what it asks for in rows of its own, when nothing goes in. */
import { classesOf, type Classification } from './classification.js';
import type { Instant } from './clock.js';
import type { EnvironmentKind } from './release.js';
import { ACT_ROLES, type ActRole, type EuClass, type SystemFlag, type Tier } from './system.js';

export const GATED_KINDS = ['PILOT', 'STAGING', 'CANARY', 'PRODUCTION'] as const;
export type GatedKind = (typeof GATED_KINDS)[number];

/** Which systems something is for: every part that is named holds: one of the tiers, one of the classes, all of the flags. */
export interface SystemsLike { readonly tiers?: readonly Tier[]; readonly euClasses?: readonly EuClass[]; readonly flags?: readonly SystemFlag[] }

/** Of two classes, because the sources of a system disagree, either is enough. */
export function matches(when: SystemsLike, classification: Classification): boolean {
  const classes = classesOf(classification);
  return (when.tiers?.includes(classification.tier) ?? true) && (when.euClasses?.some((one) => classes.includes(one)) ?? true) && (when.flags?.every((flag) => isFlagged(classification, flag)) ?? true);
}

/** By a flag, or by a class of the same name. */
export function isFlagged(classification: Classification, flag: SystemFlag): boolean {
  return [...classification.flags, ...classesOf(classification)].includes(flag);
}

/** Which systems a row is for: beside the parts that all hold, any one of some flags, and any one of some roles under the EU AI Act; roles that nobody has signed are all there. */
export interface RowWhen extends SystemsLike { readonly anyFlags?: readonly SystemFlag[]; readonly anyRoles?: readonly ActRole[] }

/** `roles` is asked only where a row depends on them: they end with the record that states them. */
export function rowMatches({ anyFlags, anyRoles, ...when }: RowWhen, classification: Classification, roles: () => readonly ActRole[] = () => ACT_ROLES): boolean {
  return matches(when, classification) && (anyFlags?.some((flag) => isFlagged(classification, flag)) ?? true) && (anyRoles?.some((role) => roles().includes(role)) ?? true);
}

/** HUMAN: somebody writes it. INTEGRATION: a pipeline or a tool measures it. SYSTEM: the register knows it. */
export const SUPPLIERS = ['HUMAN', 'INTEGRATION', 'SYSTEM'] as const;
export type Supplier = (typeof SUPPLIERS)[number];

/** ENFORCE: the answer is what the rules say. WARN: yes, and the caller sees why not. OBSERVE: yes, and only the record shows why not. */
export const MODES = ['ENFORCE', 'WARN', 'OBSERVE'] as const;
export type Mode = (typeof MODES)[number];

/** Which environments and which systems; what is left out does not narrow. Environments by name or kind, systems by number. */
export interface Scope { readonly environments?: readonly string[]; readonly kinds?: readonly EnvironmentKind[]; readonly systems?: readonly string[] }

export interface Binding extends Scope, SystemsLike { readonly priority: number; readonly mode: Mode }

/** An interval in which nothing is promoted there; what runs goes on, and what was there before may come back. */
export interface FreezeWindow extends Scope { readonly id: string; readonly from: Instant; readonly until: Instant; readonly reason: string }

/** What a row says when it is not met; the names are those of the gate. */
export const REQUIREMENT_CODES = [
  'INVENTORY_INCOMPLETE', 'EVIDENCE_FAILED', 'EVALUATION_BELOW_THRESHOLD', 'LINEAGE_INCOMPLETE', 'ANONYMIZATION_UNPROVEN', 'LICENCE_UNREVIEWED', 'READINESS_INCOMPLETE', 'INDICATOR_RED', 'INDICATOR_STALE', 'ROLLBACK_TARGET_MISSING', 'OBLIGATION_UNMET',
] as const;
export type RequirementCode = (typeof REQUIREMENT_CODES)[number];

interface Row {
  /** Stable for ever: reasons, waivers and plans name it. */
  readonly id: string;
  /** What is asked for, in words. */
  readonly title: string;
  readonly gates: readonly GatedKind[];
  readonly when: RowWhen;
  /** WARN: it is said, and stops nothing. */
  readonly severity: 'BLOCK' | 'WARN';
  readonly code: RequirementCode;
  /** What to do about it; null = what is done about its code. */
  readonly next: string | null;
  /** Where the demand comes from, such as `eu-ai-act@2026-1744#Art-10`. */
  readonly basis: readonly string[];
  /** Under which heading it is shown with others, such as `scaling`. */
  readonly theme?: string;
  readonly suppliedBy?: Supplier;
}

/** The rules of the gate that a row may show: known and confirmed risks, tolerance, reviews, mitigations, findings. */
export const SHOWN_RULES = ['R3', 'R4', 'R5', 'R6', 'R9'] as const;
export type ShownRule = (typeof SHOWN_RULES)[number];

/** Something that holds of the facts as a whole, in CEL. */
export interface ConditionRow extends Row { readonly kind: 'CONDITION'; readonly condition: string }

/** What rules of the gate demand already, shown as a row among the others: it adds nothing but what its condition says. */
export interface RuleRow extends Row { readonly kind: 'RULE'; readonly rules: readonly ShownRule[]; readonly condition: string | null }

/** A piece of evidence of a type, fresh, about these bytes, and saying what it should. */
export interface EvidenceRow extends Row {
  readonly kind: 'EVIDENCE';
  readonly evidenceType: string;
  /** RELEASE: about the bundle or one of its components. ANY: about the system as such as well. */
  readonly subject: 'RELEASE' | 'ANY';
  /** How old it may be, counted from when it was collected; null = as old as it is valid. */
  readonly maxAgeDays: number | null;
  /** What it has to say, in CEL; null = nothing but that it is there. */
  readonly condition: string | null;
  /** Only pieces whose payload has these values are meant, such as `{kind: AI_INTERACTION}`. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  /** The fields of the payload by which pieces are told apart: for each of their values the latest speaks, and all have to be met. A piece without one of them meets nothing. */
  readonly per?: readonly string[];
}

export type RequirementRow = ConditionRow | EvidenceRow | RuleRow;

/** What has to be shown after a release went in. */
export interface ObligationRow {
  /** Stable for ever: decisions, reasons and waivers name it, as R14/<id>. */
  readonly id: string;
  /** What has to be done, in words. */
  readonly text: string;
  readonly gates: readonly GatedKind[];
  readonly when: RowWhen;
  /** Within how many days from when these bytes first went in there. */
  readonly withinDays: number;
  /** What shows that it was done: verified evidence of this type, about these bytes or the system, collected since. */
  readonly evidenceType: string;
  readonly basis: readonly string[];
}

/** R7 asks for evidence, R8 for what holds. */
export function requirementOf({ kind, id }: RequirementRow): string {
  return `${kind === 'EVIDENCE' ? 'R7' : 'R8'}/${id}`;
}

/** The requirements of which only this policy knows: its rows, its freezes, its obligations. */
export function ownRequirements({ requirements, freezes, obligations = [] }: { readonly requirements: readonly RequirementRow[]; readonly freezes: readonly FreezeWindow[]; readonly obligations?: readonly ObligationRow[] }): string[] {
  return [...requirements.map(requirementOf), ...freezes.map(({ id }) => `R18/${id}`), ...obligations.map(({ id }) => `R14/${id}`)];
}

/** The types of evidence that the rows ask for. */
export function requirementTypes(rows: readonly RequirementRow[]): string[] {
  return rows.flatMap((row) => (row.kind === 'EVIDENCE' ? [row.evidenceType] : []));
}

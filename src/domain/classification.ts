/**
 * Tier, EU AI Act class, flags and roles of a system as they hold: merged from the assessment of a risk officer, the record that a reviewer of
 * LEGAL has signed, and what its team has answered since it was assessed. None can take away what another one says.
 */
import type { NotingClock } from './clock.js';
import { ACT_ROLES, SYSTEM_FLAGS, TIERS, type ActRole, type AiSystem, type ClassificationRecord, type EuClass, type SystemFlag, type Tier } from './system.js';

export interface Classification {
  readonly tier: Tier;
  readonly euClass: EuClass;
  readonly flags: readonly SystemFlag[];
  /** The milder one of two classes on which assessment and signed record disagree: what it asks for is asked for beside. */
  readonly milderClass?: EuClass;
}

/** What a system is judged by that nobody assessed. */
export const UNASSESSED: Classification = { tier: 'CRITICAL', euClass: 'UNCLASSIFIED', flags: [] };

/** By what they forbid: Art. 5; what nobody knows; high risk before duties of models, and those before duties of transparency. */
export const STRICTEST_FIRST: readonly EuClass[] = [
  'PROHIBITED', 'UNCLASSIFIED', 'HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III', 'GPAI_SYSTEMIC_PROVIDER', 'ANNEX_III_EXEMPT', 'GPAI_PROVIDER', 'LIMITED', 'MINIMAL',
];

export type Classified = Pick<AiSystem, 'tierAssessments'> & Partial<Pick<AiSystem, 'id' | 'classifications' | 'tieringAnswers'>>;

/**
 * What holds, by the assessment of a risk officer and by what a reviewer of LEGAL has signed. Of two classes the stricter applies, and so do the
 * rows of both; a flag on which they disagree, or of which neither says that it does not hold, is unknown, and what is unknown applies. Nobody's
 * assessment is CRITICAL and UNCLASSIFIED. A record only ever adds, so that one whose time is over takes nothing away; so do newer answers of
 * the team: what they flag beside the assessment is unknown until somebody has judged by them.
 */
export function classificationOf(system: Classified): Classification {
  const assessed = system.tierAssessments.at(-1);
  const { tier, euClass } = assessed ?? UNASSESSED;
  const flags = withFlags(assessed?.flags ?? [], flagsAnswered(system));
  const record = classificationRecordOf(system);
  if (record === null) return { tier, euClass, flags };
  const [stricter = euClass, milderClass] = STRICTEST_FIRST.filter((known) => known === euClass || known === record.euClass);
  const holds = (flag: SystemFlag): boolean => flags.includes(flag) || (record.flags[flag] ?? assessed === undefined);
  return {
    tier: TIERS.indexOf(record.tierFloor ?? 'MINIMAL') > TIERS.indexOf(tier) ? record.tierFloor ?? tier : tier,
    euClass: stricter, flags: SYSTEM_FLAGS.filter(holds).sort(), ...(milderClass !== undefined && { milderClass }),
  };
}

/** What is flagged by answers that nobody has judged by yet, whatever was answered after them. */
export function flagsAnswered({ tierAssessments, tieringAnswers = [] }: Classified): SystemFlag[] {
  const unheard = tieringAnswers.slice(tierAssessments.at(-1)?.restsOn?.revision ?? 0);
  return withFlags([], unheard.flatMap(({ flags = [] }) => flags));
}

function withFlags(flags: readonly SystemFlag[], more: readonly SystemFlag[]): SystemFlag[] {
  return more.length === 0 ? [...flags] : [...new Set([...flags, ...more])].sort();
}

/** Every class that one of the sources states, the strictest first. */
export function classesOf({ euClass, milderClass = euClass }: Classification): EuClass[] {
  return [...new Set([euClass, milderClass])];
}

/** The same; null = UNCLASSIFIED is among them, and it may be of any. */
export function statedClasses(system: Classified): EuClass[] | null {
  const classes = classesOf(classificationOf(system));
  return classes.includes('UNCLASSIFIED') ? null : classes;
}

/** The last record that was signed about this very system, over or not; null = none. */
export function classificationRecordOf({ id, classifications = [] }: Partial<Pick<AiSystem, 'id' | 'classifications'>>): ClassificationRecord | null {
  return classifications.findLast(({ systemId }) => systemId === id) ?? null;
}

/** The record while its time lasts: what relies on a signature asks here. */
export function liveRecord(system: Pick<AiSystem, 'id' | 'classifications'>, clock: NotingClock): ClassificationRecord | null {
  const record = classificationRecordOf(system);
  return record === null || clock.reached(record.validUntil, 'CLASSIFICATION', system.id) ? null : record;
}

/** The roles that apply: those that were signed, or all, since they are unknown. Whatever was signed, a class or flag of providers of general-purpose models states that role. */
export function rolesOf(system: Pick<AiSystem, 'id' | 'classifications'> & Classified, clock: NotingClock): readonly ActRole[] {
  const record = liveRecord(system, clock);
  if (record === null) return ACT_ROLES;
  return record.roles.includes('GPAI_PROVIDER') || !providesModel(classificationOf(system)) ? record.roles : [...record.roles, 'GPAI_PROVIDER' as const].sort();
}

/** EU AI Act, Art. 53 and 55. */
function providesModel(classification: Classification): boolean {
  return [...classification.flags, ...classesOf(classification)].some((one) => one === 'GPAI_PROVIDER' || one === 'GPAI_SYSTEMIC_PROVIDER');
}

/** A system as policies tell systems apart: by what was judged and signed. A team that answers anew does not choose the policy that it is judged by. */
export function bindable(system: AiSystem): Classification & { readonly number: string } {
  const { tier, euClass, flags } = classificationOf({ ...system, tieringAnswers: [] });
  return { number: system.number, tier, euClass, flags };
}

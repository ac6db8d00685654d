/** Where each fact about a system's class comes from: what each source says, what holds, and why. */
import { classesOf, classificationOf, classificationRecordOf, flagsAnswered, liveRecord, rolesOf } from './classification.js';
import type { NotingClock } from './clock.js';
import { SYSTEM_FLAGS, TIERS, type AiSystem, type Tier } from './system.js';

export const FACT_SOURCES = ['TIER_ASSESSMENT', 'CLASSIFICATION', 'QUESTIONNAIRE'] as const;
/** AGREED: by every source that says something. ONE_SOURCE: only one does. DISAGREED: the stricter applies. UNKNOWN: nobody says. */
export const FACT_GROUNDS = ['AGREED', 'ONE_SOURCE', 'DISAGREED', 'UNKNOWN'] as const;
export type FactGround = (typeof FACT_GROUNDS)[number];

/** `fact`: TIER, EU_CLASS, ROLES or a flag. `value`: what a source says; a source that says nothing is not there. */
export interface SystemFact {
  readonly fact: string;
  readonly sources: readonly { readonly source: (typeof FACT_SOURCES)[number]; readonly value: string }[];
  readonly value: string;
  readonly ground: FactGround;
}

export function factsOf(system: Pick<AiSystem, 'id' | 'tierAssessments' | 'classifications' | 'tieringAnswers'>, clock: NotingClock): SystemFact[] {
  const assessed = system.tierAssessments.at(-1);
  const record = classificationRecordOf(system);
  const merged = classificationOf(system);
  const answered = flagsAnswered(system);
  const fact = (name: string, [assessment, signed, newer]: readonly [string | null | undefined, string | null | undefined, (string | null)?], value: string): SystemFact => {
    const sources = [{ source: 'TIER_ASSESSMENT' as const, value: assessment ?? null }, { source: 'CLASSIFICATION' as const, value: signed ?? null }, { source: 'QUESTIONNAIRE' as const, value: newer ?? null }];
    const said = sources.filter((one): one is SystemFact['sources'][number] => one.value !== null);
    return { fact: name, sources: said, value, ground: name === 'TIER' && isMet(assessed?.tier, record?.tierFloor) ? 'AGREED' : groundOf(said.map((one) => one.value)) };
  };
  return [
    fact('TIER', [assessed?.tier, record?.tierFloor], merged.tier),
    fact('EU_CLASS', [assessed?.euClass, record?.euClass], classesOf(merged).join(', ')),
    fact('ROLES', [null, liveRecord(system, clock)?.roles.join(', ')], rolesOf(system, clock).join(', ')),
    ...SYSTEM_FLAGS.map((flag) => fact(flag, [assessed === undefined ? null : String(assessed.flags.includes(flag)), textOf(record?.flags[flag]), answered.includes(flag) ? 'true' : null], String(merged.flags.includes(flag)))),
  ];
}

/** A floor says from where the tier is, not which one it is. */
function isMet(assessed: Tier | undefined, floor: Tier | null | undefined): boolean {
  return assessed !== undefined && floor !== null && floor !== undefined && TIERS.indexOf(floor) <= TIERS.indexOf(assessed);
}

function textOf(stated: boolean | null | undefined): string | null {
  return stated === undefined || stated === null ? null : String(stated);
}

function groundOf(values: readonly string[]): FactGround {
  if (values.length === 0) return 'UNKNOWN';
  if (values.length === 1) return 'ONE_SOURCE';
  return new Set(values).size === 1 ? 'AGREED' : 'DISAGREED';
}

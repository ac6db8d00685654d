/** Risk criteria (ISO 31000, 6.3.4): scales, the matrix, floors, tolerance and who may accept what. Levels are computed here only. */
import type { Role } from './actor.js';
import { Refusal } from './refusal.js';

export const LEVELS = ['VERY_LOW', 'LOW', 'MODERATE', 'HIGH', 'VERY_HIGH'] as const;
export type Level = (typeof LEVELS)[number];

export const CONSEQUENCE_CLASSES = ['SAFETY', 'FUNDAMENTAL_RIGHTS', 'LEGAL', 'FINANCIAL', 'OPERATIONAL', 'REPUTATIONAL'] as const;
export type ConsequenceClass = (typeof CONSEQUENCE_CLASSES)[number];

export interface Anchor { readonly value: number; readonly label: string; readonly meaning: string }

export interface RiskCriteria {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly likelihood: readonly Anchor[];
  readonly consequence: readonly Anchor[];
  /** Rows: consequence 1–5; columns: likelihood 1–5. */
  readonly matrix: readonly (readonly Level[])[];
  /** A consequence of at least `from` in the class is never below `level`, however unlikely. Floors only raise. */
  readonly floors: readonly { readonly class: ConsequenceClass; readonly from: number; readonly level: Level }[];
  readonly appetite: Level;
  /** The highest residual level that needs no acceptance. */
  readonly tolerance: Level;
  /** The roles that must each grant an acceptance, as distinct persons; empty = cannot be accepted. */
  readonly authority: Readonly<Record<Level, readonly Role[]>>;
  /** The longest life of an acceptance, in days. */
  readonly acceptanceDays: Readonly<Record<Level, number>>;
  /** After how many days a risk of the level is looked at again. */
  readonly reviewDays: Readonly<Record<Level, number>>;
}

export interface Consequence { readonly class: ConsequenceClass; readonly value: number }
/** What a person estimates: likelihood 1–5, and a consequence 1–5 for each class that applies. */
export interface Estimate { readonly likelihood: number; readonly consequences: readonly Consequence[] }
export interface Rating extends Estimate { readonly level: Level }

/** 1 = VERY_LOW … 5 = VERY_HIGH; 0 = never assessed. */
export function rankOf(level: Level | null): number {
  return level === null ? 0 : LEVELS.indexOf(level) + 1;
}

export function isAbove(a: Level, b: Level): boolean {
  return LEVELS.indexOf(a) > LEVELS.indexOf(b);
}

export function highest(levels: readonly Level[]): Level {
  return LEVELS[Math.max(0, ...levels.map((level) => LEVELS.indexOf(level)))] ?? 'VERY_HIGH';
}

/** The level of a risk: the highest over its consequence classes, then raised by the floors. */
export function rate(criteria: RiskCriteria, estimate: Estimate, field: string): Rating {
  checkStep(estimate.likelihood, `${field}.likelihood`);
  if (estimate.consequences.length === 0) throw new Refusal('INVALID_INPUT', { field: `${field}.consequences`, message: 'Name at least one consequence.' });
  const classes = estimate.consequences.map((consequence) => consequence.class);
  if (new Set(classes).size !== classes.length) throw new Refusal('INVALID_INPUT', { field: `${field}.consequences`, message: 'Each consequence class is named at most once.' });
  const levels = estimate.consequences.map((consequence, i) => {
    checkStep(consequence.value, `${field}.consequences.${String(i)}.value`);
    return levelOf(criteria, estimate.likelihood, consequence);
  });
  const consequences = [...estimate.consequences].map((c) => ({ class: c.class, value: c.value })).sort((a, b) => (a.class < b.class ? -1 : 1));
  return { likelihood: estimate.likelihood, consequences, level: highest(levels) };
}

/** One combination of the matrix. Floors are about kinds of harm: a risk in this cell may weigh more. */
export interface Cell { readonly likelihood: number; readonly consequence: number; readonly level: Level }

/** All combinations of the matrix, row by row. */
export function cellsOf(criteria: RiskCriteria): Cell[] {
  return criteria.matrix.flatMap((row, i) => row.map((level, j) => ({ likelihood: j + 1, consequence: i + 1, level })));
}

function levelOf(criteria: RiskCriteria, likelihood: number, consequence: Consequence): Level {
  const cell = criteria.matrix[consequence.value - 1]?.[likelihood - 1] ?? 'VERY_HIGH';
  const floors = criteria.floors.filter((floor) => floor.class === consequence.class && consequence.value >= floor.from).map((floor) => floor.level);
  return highest([cell, ...floors]);
}

function checkStep(value: number, field: string): void {
  if (!Number.isInteger(value) || value < 1 || value > 5) {
    throw new Refusal('INVALID_INPUT', { field, actual: String(value), expected: 'a whole number from 1 to 5', message: `${field} is a whole number from 1 to 5.` });
  }
}

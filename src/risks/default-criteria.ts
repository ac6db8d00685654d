/** The criteria that ship with the product: what an organization begins with, and by what gate cases are judged. */
import { readFileSync } from 'node:fs';
import type { RiskCriteria } from '../domain/scoring.js';

export function defaultCriteria(): Omit<RiskCriteria, 'id' | 'version'> {
  return JSON.parse(readFileSync(new URL('./default-criteria.json', import.meta.url), 'utf8')) as Omit<RiskCriteria, 'id' | 'version'>;
}

/** What a policy may name as never waived: a requirement that there can be. Any other name would keep nobody from waiving what was meant. */
import { LANES } from './actor.js';
import { RULES } from './gate-question.js';
import { IMPACT_KINDS } from './impact-elements.js';
import { nearest } from './nearest.js';
import type { GatePolicy } from './policy.js';
import { ownRequirements } from './policy-terms.js';

/** Of requirements that are records: the letters of their numbers. */
const NUMBERED: Readonly<Record<string, string>> = { R3: 'R', R4: 'R', R6: 'M', R7: 'M', R9: 'F', R14: 'C', R15: 'BG' };

export interface NeverFlaw { readonly index: number; readonly message: string }

export function neverFlaws(policy: Pick<GatePolicy, 'waivers' | 'requirements' | 'freezes' | 'obligations'>): NeverFlaw[] {
  const names = [...RULES, 'R1/TIER', ...IMPACT_KINDS.map((kind) => `R2/${kind}`), ...LANES.map((lane) => `R5/${lane}`), 'R5/REQUEST', ...ownRequirements(policy)];
  return policy.waivers.never.flatMap(({ requirement }, index) => {
    if (names.includes(requirement) || isNumbered(requirement)) return [];
    const meant = [...new Set([...names.filter((name) => name.endsWith(`/${requirement}`)), ...nearest(requirement, names)])];
    const instead = meant.length === 0 ? 'Name a rule such as R4, one of its parts such as R5/LEGAL, or a row of this policy such as R7/E-02 or R8/C-01.' : `Nearest: ${meant.join(', ')}.`;
    return [{ index, message: `${JSON.stringify(requirement)} is nothing that a gate asks for by this policy: it would protect nothing. ${instead}` }];
  });
}

function isNumbered(requirement: string): boolean {
  const [, rule = '', letters = ''] = /^(R\d+)\/([A-Z]+)-[1-9]\d*$/.exec(requirement) ?? [];
  return letters !== '' && NUMBERED[rule] === letters;
}

/** Whether the rows of a policy can be asked for what they are meant to, found out before anybody relies on them. */
import { compile, ExpressionProblem } from './expression.js';
import { flawsOf, type Catalogue } from './expression-check.js';
import { fieldNames, fieldOf, variablesOf } from './expression-kinds.js';
import { saidInstead, valueFlaw, type Flaw } from './expression-words.js';
import type { EvidenceRow, RequirementRow } from './policy-terms.js';

/** What is wrong with the condition of a row, and where in it. */
export function conditionFlaws(row: RequirementRow, catalogue: Catalogue): Flaw[] {
  if (row.condition === null) return [];
  const [scope, about] = row.kind === 'EVIDENCE' ? ['EVIDENCE', row.evidenceType] as const : ['FACTS', null] as const;
  try {
    return flawsOf(compile(row.condition, scope).node, variablesOf(scope, about, catalogue.types), catalogue);
  } catch (error) {
    if (error instanceof ExpressionProblem) return [{ start: error.start, message: error.message }];
    throw error;
  }
}

/** What a row looks for in payloads beside its condition: the part of the row, and which of its fields. */
export interface PayloadFlaw { readonly at: readonly [part: 'where' | 'per', which: string | number]; readonly message: string }

export function payloadFlaws({ evidenceType, where = {}, per = [] }: EvidenceRow, { types }: Catalogue): PayloadFlaw[] {
  const payload = types.get(evidenceType);
  if (payload === undefined) return [];
  const missing = (name: string): string => `the payload of ${evidenceType} has no field ${name}. ${saidInstead(name, fieldNames(payload) ?? [])}`;
  return [
    ...Object.entries(where).flatMap(([name, value]) => {
      const field = fieldOf(payload, name, types);
      const message = field === null ? missing(name) : valueFlaw(field, value);
      return message === null ? [] : [{ at: ['where', name] as const, message }];
    }),
    ...per.flatMap((name, index) => (fieldOf(payload, name, types) === null ? [{ at: ['per', index] as const, message: missing(name) }] : [])),
  ];
}

/** What the conditions of a policy can find in payloads: the catalogue of types of evidence, as the rules read it. */
import type { Catalogue } from '../domain/expression-check.js';
import { NUMBER, TEXT, TRUTH, UNKNOWN, type Kind } from '../domain/expression-kinds.js';
import { Names } from '../domain/nearest.js';
import { requirementTypes, type ObligationRow, type RequirementRow } from '../domain/policy-terms.js';
import { EVIDENCE_TYPES } from '../evidence/catalogue/evidence-types.js';
import type { JsonSchema } from './json-schema.js';

const PAYLOADS: ReadonlyMap<string, Kind> = new Map(EVIDENCE_TYPES.map(({ id, payload }) => [id, kindOf(payload, `the payload of ${id}`)]));

/** A type that a row asks for is meant, even where it looks like one of the catalogue. */
export function catalogueFor(rows: readonly RequirementRow[], obligations: readonly ObligationRow[] = []): Catalogue {
  return { types: PAYLOADS, known: new Names([...new Set([...PAYLOADS.keys(), ...requirementTypes(rows), ...obligations.map(({ evidenceType }) => evidenceType)])]) };
}

function kindOf(schema: JsonSchema, name: string): Kind {
  switch (schema['type']) {
    case 'string': return schema['enum'] === undefined ? TEXT : { is: 'text', words: schema['enum'] as readonly string[] };
    case 'number': case 'integer': return NUMBER;
    case 'boolean': return TRUTH;
    case 'array': return { is: 'list', of: kindOf(schema['items'] as JsonSchema, `what is in a list of ${name}`) };
    case 'object': return { is: 'record', name, fields: Object.fromEntries(Object.entries(schema['properties'] as Readonly<Record<string, JsonSchema>>).map(([field, inner]) => [field, kindOf(inner, `${field} in ${name}`)])) };
    default: return UNKNOWN;
  }
}

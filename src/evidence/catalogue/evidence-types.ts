/**
 * The catalogue of types of evidence, and the check of a payload against its type: every problem with its path and what is expected there, and
 * never what was sent. Other types are free: of their payloads nothing is known.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { JsonObject } from '../../domain/payload.js';
import { Refusal } from '../../domain/refusal.js';
import { DATA_TYPES } from './data-types.js';
import { DUTY_TYPES } from './duty-types.js';
import { OPERATION_TYPES } from './operation-types.js';
import { QUALITY_TYPES } from './quality-types.js';
import { PATTERNS, type EvidenceType, type JsonSchema } from './terms.js';
import { TRIAL_TYPES } from './trial-types.js';

/** In the order of their ids. */
export const EVIDENCE_TYPES: readonly EvidenceType[] = [...TRIAL_TYPES, ...DATA_TYPES, ...QUALITY_TYPES, ...OPERATION_TYPES, ...DUTY_TYPES].sort((a, b) => (a.id < b.id ? -1 : 1));

/** More would not be read. */
const MAX_TOLD = 20;

const ajv = new Ajv({ allErrors: true, verbose: false, strict: false });
ajv.addFormat('date-time', { validate: (text: string) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text.slice(0, 10)) });
const CHECKS = new Map<string, ValidateFunction>();

/** Refused where the catalogue knows the type and the payload is none of it; nothing but a file is none of anything. `at`: where in the input the payload is, such as `evidence[0].`. */
export function checkAgainstType(type: string, payload: JsonObject | null, at = ''): void {
  const problems = payload === null ? [] : problemsOf(type, payload);
  const [first] = problems;
  if (first === undefined) return;
  throw new Refusal('INVALID_INPUT', {
    field: `${at}${first.path}`, expected: first.expected, because: problems.map(({ path, expected }) => `${path}: ${expected}`),
    message: `The payload is not that of the type ${type}; ${first.path}: ${first.expected}.`, next: 'Query evidenceTypes for what belongs there, or leave the payload out.',
  });
}

interface Problem { readonly path: string; readonly expected: string }

/** What is wrong with the payload, first what stands first in it; empty = nothing, or the type is free. */
export function problemsOf(type: string, payload: JsonObject): Problem[] {
  const validate = checkOf(type);
  if (validate === null || validate(payload)) return [];
  return (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if').slice(0, MAX_TOLD).map(problemOf);
}

/** Made once it is needed: there are many, and each takes its time. */
function checkOf(type: string): ValidateFunction | null {
  const known = CHECKS.get(type);
  const found = EVIDENCE_TYPES.find(({ id }) => id === type);
  if (known !== undefined || found === undefined) return known ?? null;
  const made = ajv.compile(found.payload);
  CHECKS.set(type, made);
  return made;
}

/** The names of all fields, those of lists and records with the way to them, such as `metrics[].value`; with the required ones only, if asked. */
export function fieldsOf({ properties, required }: JsonSchema, { onlyRequired }: { readonly onlyRequired: boolean }): string[] {
  return Object.entries(properties as Readonly<Record<string, JsonSchema>>).filter(([name]) => !onlyRequired || (required as readonly string[]).includes(name)).flatMap(([name, schema]) => {
    const [inner, way] = schema.type === 'array' ? [schema.items as JsonSchema, `${name}[]`] : [schema, name];
    return inner.type === 'object' ? fieldsOf(inner, { onlyRequired }).map((field) => `${way}.${field}`) : [way];
  });
}

const KINDS: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', integer: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a record' };

type Params = Readonly<Record<string, unknown>>;
const WORDS: Readonly<Record<string, (params: Params) => string>> = {
  type: ({ type }) => KINDS[String(type)] ?? String(type),
  required: () => 'has to be there',
  dependencies: ({ property }) => `has to be there beside ${String(property)}`,
  additionalProperties: () => 'is no field of this type',
  enum: ({ allowedValues }) => `one of ${(allowedValues as readonly string[]).join(', ')}`,
  minimum: ({ limit }) => `at least ${String(limit)}`,
  maximum: ({ limit }) => `at most ${String(limit)}`,
  exclusiveMinimum: ({ limit }) => `more than ${String(limit)}`,
  maxLength: ({ limit }) => `at most ${String(limit)} characters`,
  minItems: ({ limit }) => `at least ${String(limit)} of them`,
  maxItems: ({ limit }) => `at most ${String(limit)} of them`,
  pattern: ({ pattern }) => Object.values(PATTERNS).find(([known]) => known === pattern)?.[1] ?? 'something else',
  format: () => PATTERNS.moment[1],
};

function problemOf({ instancePath, keyword, params }: ErrorObject): Problem {
  const way = `payload${instancePath.replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.')}`;
  const { missingProperty, additionalProperty } = params as { missingProperty?: string; additionalProperty?: string };
  const name = missingProperty ?? additionalProperty;
  return { path: name === undefined ? way : `${way}.${name}`, expected: WORDS[keyword]?.(params as Params) ?? 'something else' };
}

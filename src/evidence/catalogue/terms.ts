/** The words in which the payload of a type of evidence is written: JSON Schema, draft-07. Every field says for its submitter what belongs there. */
import type { JsonObject } from '../../domain/payload.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A type of evidence that the product knows: what a file of this type shows, and which values are handed in beside it. */
export interface EvidenceType {
  readonly id: string;
  readonly title: string;
  readonly shows: string;
  readonly payload: JsonSchema;
  /** A payload that its schema takes. */
  readonly example: JsonObject;
}

/** What the patterns of these schemas ask for, in words. */
export const PATTERNS = {
  text: ['\\S', 'a text that says something'],
  digest: ['^sha256:[0-9a-f]{64}$', 'sha256: and 64 lower-case hexadecimal digits'],
  moment: ['^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$', 'an instant in UTC, such as 2026-11-20T09:30:00Z'],
  link: ['^https?://[^\\s]+$', 'an address that begins with https:// or http://'],
  language: ['^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', 'a language code, such as de or pt-BR'],
  magnitude: ['^\\d+(\\.\\d+)?([eE]\\+?\\d{1,3})?$', 'a number as text, such as 1.2e25'],
} as const satisfies Readonly<Record<string, readonly [pattern: string, words: string]>>;

function written(as: keyof typeof PATTERNS, description: string, more: JsonSchema = { maxLength: 1000 }): JsonSchema {
  return { type: 'string', pattern: PATTERNS[as][0], ...more, description };
}

export function text(description: string): JsonSchema {
  return written('text', description);
}

export function digest(description: string): JsonSchema {
  return written('digest', `${description} As sha256:<64 digits>.`, {});
}

export function moment(description: string): JsonSchema {
  return written('moment', `${description} In UTC.`, { format: 'date-time' });
}

export function link(description: string): JsonSchema {
  return written('link', description);
}

export function language(description: string): JsonSchema {
  return written('language', description, { maxLength: 35 });
}

/** A number beyond 2^53 would not come back as it was sent. */
export function magnitude(description: string): JsonSchema {
  return written('magnitude', `${description} As text, such as 1.2e25.`, { maxLength: 40 });
}

export function flag(description: string): JsonSchema {
  return { type: 'boolean', description };
}

export function count(description: string, minimum = 0): JsonSchema {
  return { type: 'integer', minimum, description };
}

export function number(description: string): JsonSchema {
  return { type: 'number', description };
}

export function amount(description: string): JsonSchema {
  return { type: 'number', minimum: 0, description };
}

/** What something else is divided by. */
export function divisor(description: string): JsonSchema {
  return { type: 'number', exclusiveMinimum: 0, description };
}

/** From 0 to 1. */
export function share(description: string): JsonSchema {
  return { type: 'number', minimum: 0, maximum: 1, description: `${description} From 0 to 1.` };
}

export function percent(description: string): JsonSchema {
  return { type: 'number', minimum: 0, maximum: 100, description: `${description} From 0 to 100.` };
}

export function choice(values: readonly string[], description: string): JsonSchema {
  return { type: 'string', enum: values, description };
}

export function list(items: JsonSchema, description: string, bounds: { readonly minItems?: number; readonly maxItems?: number } = {}): JsonSchema {
  return { type: 'array', maxItems: 1000, ...bounds, items, description };
}

export function texts(description: string): JsonSchema {
  return list(text('One of them.'), description);
}

/** Exactly these fields, so that one that was mistyped is found; all but the optional ones have to be there. */
export function record(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = [], more: JsonSchema = {}): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)), additionalProperties: false, ...more };
}

/** The words in which the shapes of policies and of their cases are written, as JSON Schema, and what checks them. */
import { Ajv, type ValidateFunction } from 'ajv';
import { canonicalJson } from '../domain/digest.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

export function oneOf(values: readonly string[]): JsonSchema {
  return { enum: values };
}

export function text(maxLength: number, more: JsonSchema = {}): JsonSchema {
  return { type: 'string', minLength: 1, maxLength, ...more };
}

export function whole(minimum: number, maximum: number): JsonSchema {
  return { type: 'integer', minimum, maximum };
}

export function list(items: JsonSchema, maxItems = 200): JsonSchema {
  return { type: 'array', items, maxItems, uniqueItems: true };
}

/** What is said once among the definitions. What stands in dozens of places is checked by one function, which is made once. */
export function shared(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

/** Exactly these fields. */
export function record(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)), additionalProperties: false };
}

/** Any of these fields. */
export function fields(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return record(properties, Object.keys(properties));
}

/** A value for each of these names. */
export function each(names: readonly string[], value: JsonSchema): JsonSchema {
  return record(Object.fromEntries(names.map((name) => [name, value])));
}

/** A value for some of these names. */
export function some(names: readonly string[], value: JsonSchema): JsonSchema {
  return fields(Object.fromEntries(names.map((name) => [name, value])));
}

/**
 * As JSON Schema has it, but for one word: `uniqueItems` compares each item with every other one there, and once here. Making the check costs
 * more than a thousand uses of it, and is done at once: definitions stay functions, and no time goes into shorter code.
 */
export function checkOf(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strict: false, verbose: false, inlineRefs: false, code: { optimize: false } });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', validate: (_: true, items: readonly unknown[]) => new Set(items.map((item) => canonicalJson(item))).size === items.length, error: { message: 'must NOT have duplicate items' } });
  return ajv.compile(schema);
}

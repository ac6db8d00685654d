/** The words in which the shapes of policies and of their cases are written, as JSON Schema. */
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

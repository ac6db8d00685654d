/** What a piece of evidence found, as values: small, plain JSON, so that it can be kept, digested and asked about. */
import { canonicalJson } from './digest.js';
import { Refusal } from './refusal.js';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject { readonly [name: string]: Json }

export const PAYLOAD_LIMITS = { bytes: 65_536, depth: 8, items: 1000, text: 4000 } as const;

/** The payload, if it is one: refused with the path of what is wrong with it. */
export function checkPayload(payload: JsonObject | null): JsonObject | null {
  if (payload === null) return null;
  checkValue(payload, 'payload', 0);
  const bytes = Buffer.byteLength(canonicalJson(payload), 'utf8');
  if (bytes > PAYLOAD_LIMITS.bytes) throw wrong('payload', `${String(bytes)} bytes`, `at most ${String(PAYLOAD_LIMITS.bytes)} bytes`);
  return payload;
}

function checkValue(value: unknown, path: string, depth: number): void {
  if (depth > PAYLOAD_LIMITS.depth) throw wrong(path, 'deeper', `at most ${String(PAYLOAD_LIMITS.depth)} levels`);
  if (typeof value === 'string') checkString(value, path);
  else if (typeof value === 'number') checkNumber(value, path);
  else if (Array.isArray(value)) checkItems(value, path, depth);
  else if (typeof value === 'object' && value !== null) checkMembers(value, path, depth);
  else if (typeof value !== 'boolean' && value !== null) throw wrong(path, typeof value, 'a value of JSON');
}

function checkString(value: string, path: string): void {
  if (value.length > PAYLOAD_LIMITS.text) throw wrong(path, `${String(value.length)} characters`, `at most ${String(PAYLOAD_LIMITS.text)} characters`);
  if (value.includes('\0') || hasLoneSurrogate(value)) throw wrong(path, 'a character that cannot be stored', 'Unicode text without NUL');
}

function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** Whole numbers beyond 2^53 would not come back as they were sent. */
function checkNumber(value: number, path: string): void {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) throw wrong(path, String(value), 'a number that a double holds exactly');
}

function checkItems(items: readonly unknown[], path: string, depth: number): void {
  if (items.length > PAYLOAD_LIMITS.items) throw wrong(path, `${String(items.length)} items`, `at most ${String(PAYLOAD_LIMITS.items)} items`);
  for (const [index, item] of items.entries()) checkValue(item, `${path}[${String(index)}]`, depth + 1);
}

/** The names are such as expressions can ask for. */
function checkMembers(members: object, path: string, depth: number): void {
  for (const [name, value] of Object.entries(members)) {
    if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)) throw wrong(`${path}.${name.slice(0, 64)}`, name.slice(0, 64), 'a name of letters, digits and _ that begins with a letter');
    checkValue(value, `${path}.${name}`, depth + 1);
  }
}

function wrong(path: string, actual: string, expected: string): Refusal {
  return new Refusal('INVALID_INPUT', { field: path.slice(0, 200), actual, expected, message: `${path.slice(0, 200)} is not what a payload may hold.` });
}

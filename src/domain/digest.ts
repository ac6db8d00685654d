/**
 * What exactly was approved: canonical bytes (RFC 8785, JCS) and the SHA-256 over them. Two values that mean the same
 * have the same bytes; a value that JSON cannot carry unchanged is refused, never bent into shape.
 */
import { createHash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import { Refusal } from './refusal.js';

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = string;

/** The one text of a value, whatever the order of its keys. "Absent" is written as `null`; `undefined` is refused. */
export function canonicalJson(value: unknown): string {
  // The serialiser gets a fresh tree: it takes an object that is merely used twice for a cycle when one path begins with the other.
  return canonicalize(plainCopy(value, { path: '', ancestors: [] }));
}

/** The digest of an object: SHA-256 over its canonical text in UTF-8. */
export function digestOf(value: unknown): Digest {
  return sha256(canonicalJson(value));
}

/** Text is hashed as UTF-8. A lone surrogate has no UTF-8 form; encoders replace it, and two texts would share a digest. */
export function sha256(bytes: Uint8Array | string): Digest {
  if (typeof bytes === 'string' && LONE_SURROGATE.test(bytes)) throw invalidText('text', 'has a lone surrogate');
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Tools print digests with and without the prefix and in either case; all of them become the one normal form. */
export function parseDigest(text: unknown, field: string): Digest {
  const hex = typeof text === 'string' ? /^(?:sha256:)?([0-9a-f]{64})$/i.exec(text)?.[1] : undefined;
  if (hex === undefined) throw invalidDigest(field, 'sha256: and 64 hexadecimal digits');
  return `sha256:${hex.toLowerCase()}`;
}

interface BundlePart {
  readonly role: string;
  readonly name: string;
  readonly digest: string;
}

/** The digest of a whole release. The order in which its components were listed does not count. */
export function bundleDigest(components: readonly BundlePart[]): Digest {
  if (components.length === 0) throw invalidInput('components', 'is empty: a release has at least one component');
  const seen = new Set<string>();
  components.forEach(({ role, name, digest }, index) => {
    if (!isDigest(digest)) throw invalidDigest(`components.${index}.digest`, 'sha256: and 64 lower-case hexadecimal digits');
    const key = JSON.stringify([role, name]);
    if (seen.has(key)) throw invalidInput(`components.${index}.name`, 'names a component of this role a second time');
    seen.add(key);
  });
  const sorted = components.map(({ role, name, digest }) => ({ role, name, digest }))
    .sort((a, b) => byCodeUnits(a.role, b.role) || byCodeUnits(a.name, b.name));
  return digestOf({ v: 1, components: sorted });
}

/** A text as a person may write it: not blank, at most `max` UTF-16 units, no control characters but tab and line ends. */
export function checkText(value: unknown, field: string, max: number): string {
  if (typeof value !== 'string') throw invalidText(field, 'is no text');
  if (value.length > max) {
    throw new Refusal('TOO_LARGE', { message: `${field} is longer than ${max} characters.`, field, expected: `at most ${max}`, actual: `${value.length}` });
  }
  checkStorable(value, field);
  if (FORBIDDEN_CONTROL.test(value)) throw invalidText(field, 'has a control character');
  if (value.trim() === '') throw invalidText(field, 'is empty');
  return value;
}

/** Deep enough for every object of the register, far below the depth at which recursion breaks. */
const MAX_DEPTH = 64;
const LONE_SURROGATE = /\p{Surrogate}/u;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const FORBIDDEN_CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

interface Place {
  readonly path: string;
  readonly ancestors: readonly object[];
}

function plainCopy(value: unknown, place: Place): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return checkStorable(value, nameOf(place));
  if (typeof value === 'number') return checkNumber(value, place);
  if (typeof value !== 'object') throw invalidInput(nameOf(place), `is ${typeof value}, which JSON does not have`);
  if (place.ancestors.includes(value)) throw invalidInput(nameOf(place), 'contains itself');
  if (place.ancestors.length >= MAX_DEPTH) throw invalidInput(nameOf(place), `is nested deeper than ${MAX_DEPTH} levels`);
  return Array.isArray(value) ? copyArray(value, place) : copyObject(value, place);
}

function copyArray(array: readonly unknown[], place: Place): unknown[] {
  // `length` is the one own key beside the elements; a hole reads as undefined and is refused below.
  if (Reflect.ownKeys(array).length > array.length + 1) throw invalidInput(nameOf(place), 'is a list with properties of its own');
  const ancestors = [...place.ancestors, array];
  return Array.from(array, (element, index) => plainCopy(element, { path: below(place, String(index)), ancestors }));
}

function copyObject(object: object, place: Place): object {
  if (!isPlain(object)) throw invalidInput(nameOf(place), 'is an instance of a class, not plain data');
  const entries = Object.entries(object);
  if (Reflect.ownKeys(object).length !== entries.length) throw invalidInput(nameOf(place), 'has symbols or hidden properties');
  const ancestors = [...place.ancestors, object];
  // Without a prototype, so that a key `__proto__` is a key like any other.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) {
    const path = below(place, key);
    checkStorable(key, path);
    // An object with this key is written by the serialiser in the order of its keys, hence not canonically.
    if (key === 'toJSON') throw invalidInput(path, 'is a reserved key');
    copy[key] = plainCopy(value, { path, ancestors });
  }
  return copy;
}

/** Plain data of any realm: no prototype, or one directly below null; Math, Map and the like carry a tag or an iterator. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  const direct = prototype === null || Object.getPrototypeOf(prototype) === null;
  return direct && !(Symbol.toStringTag in object) && !(Symbol.iterator in object);
}

/** I-JSON (RFC 7493): beyond 2^53 − 1 a double no longer tells neighbouring integers apart. */
function checkNumber(value: number, place: Place): number {
  if (!Number.isFinite(value)) throw invalidInput(nameOf(place), 'is not a finite number');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw invalidInput(nameOf(place), 'is an integer beyond 2^53 − 1');
  return value;
}

/** PostgreSQL stores no NUL, UTF-8 has no lone surrogates, and the serialiser would let both through. */
function checkStorable(text: string, field: string): string {
  if (text.includes('\0')) throw invalidText(field, 'has a NUL character');
  if (LONE_SURROGATE.test(text)) throw invalidText(field, 'has a lone surrogate');
  return text;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The path is shown to people and sent as JSON: a long or unprintable key appears cut and escaped. */
function below(place: Place, key: string): string {
  const step = /^[\x21-\x7e]{1,64}$/.test(key) ? key : JSON.stringify(key.slice(0, 64));
  return place.path === '' ? step : `${place.path}.${step}`;
}

function nameOf(place: Place): string {
  return place.path === '' ? 'value' : place.path;
}

function invalidInput(field: string, problem: string): Refusal {
  return new Refusal('INVALID_INPUT', { message: `${field} ${problem}.`, field });
}

function invalidText(field: string, problem: string): Refusal {
  return new Refusal('INVALID_TEXT', { message: `${field} ${problem}.`, field });
}

function invalidDigest(field: string, expected: string): Refusal {
  return new Refusal('INVALID_DIGEST', { message: `${field} is not a SHA-256 digest in the form ${expected}.`, field, expected });
}

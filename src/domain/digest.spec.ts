/** Canonical bytes and digests: known answers of RFC 8785, properties over random values, and everything that is refused. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bundleDigest, canonicalJson, checkText, digestOf, isDigest, parseDigest, sha256 } from './digest.js';
import type { RefusalCode } from './refusal.js';
import { Refusal } from './refusal.js';

const LONE_HIGH = '\ud800';
const LONE_LOW = '\udc00x';
const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function refusalOf(action: () => unknown): { code: RefusalCode; field: string | undefined } {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, field: error.facts.field };
    throw error;
  }
  throw new Error('nothing was refused');
}

const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value));
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -0), fc.maxSafeInteger(), number, text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text.filter((key) => key !== 'toJSON'), tie('value'), { maxKeys: 4 }),
  ),
}));

/** Written from RFC 8785, 3.2, without the library: keys by UTF-16 units, no white space, scalars as ECMAScript prints them. */
function reference(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(reference).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${reference(member)}`).join(',')}}`;
}

function withKeysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKeysReversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, withKeysReversed(member)]));
}

describe('canonical JSON', () => {
  test('orders keys by UTF-16 units, as the example of RFC 8785 3.2.3 does', () => {
    const keys = { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh', '1': 'One',
      '\u{1f600}': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'Latin Small Letter O With Diaeresis' };

    const order = Object.values(JSON.parse(canonicalJson(Object.entries(keys).map(([key]) => key).sort())) as string[]);

    expect(order).toEqual(['\r', '1', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33']);
    expect(canonicalJson(keys)).toBe(`{${order.map((key) => `${JSON.stringify(key)}:"${keys[key as keyof typeof keys]}"`).join(',')}}`);
  });

  test('writes numbers, literals and escapes as RFC 8785 3.2.2 does', () => {
    const value = { numbers: [Number('333333333.33333329'), 4.5, 2e-3, 0.000000000000000000000000001, -0],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\\u0022\u002f', literals: [null, true, false] };

    expect(canonicalJson(value)).toBe('{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27,0],'
      + '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  });

  test('agrees with a reference written from the RFC, reads back as the same value, and ignores the order of keys', () => {
    fc.assert(fc.property(json, (value) => {
      const bytes = canonicalJson(value);
      expect(bytes).toBe(reference(value));
      expect(canonicalJson(JSON.parse(bytes))).toBe(bytes);
      expect(canonicalJson(withKeysReversed(value))).toBe(bytes);
    }), { numRuns: 1000 });
  });

  test('lets one object stand in two places, also where one path begins with the other', () => {
    const person = { id: 'p1' };

    expect(canonicalJson({ by: person, byWhom: person, all: [person, person] }))
      .toBe('{"all":[{"id":"p1"},{"id":"p1"}],"by":{"id":"p1"},"byWhom":{"id":"p1"}}');
  });

  test('treats __proto__ as a key like any other and takes objects without a prototype', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"b":1}');
    expect(canonicalJson(Object.assign(Object.create(null) as object, { a: 1 }))).toBe('{"a":1}');
  });

  test.each<[string, unknown, string]>([
    ['a lone high surrogate', { risks: [{ title: LONE_HIGH }] }, 'risks.0.title'],
    ['a lone low surrogate', [LONE_LOW], '0'],
    ['a NUL', 'a\0b', 'value'],
    ['a lone surrogate in a key', { a: { [LONE_HIGH]: 1 } }, 'a."\\ud800"'],
    ['a NUL in a key', { 'a\0': 1 }, '"a\\u0000"'],
  ])('refuses text with %s', (_, value, field) => {
    expect(refusalOf(() => canonicalJson(value))).toEqual({ code: 'INVALID_TEXT', field });
  });

  class Money { amount = 1; }
  const cycle: { a: { b?: unknown } } = { a: {} };
  cycle.a.b = [cycle];
  const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 1);
  test.each<[string, unknown, string]>([
    ['NaN', { score: NaN }, 'score'], ['an infinity', [1, -Infinity], '1'],
    ['2^53', { n: 2 ** 53 }, 'n'], ['a huge negative integer', -1e21, 'value'],
    ['undefined', undefined, 'value'], ['an undefined member', { a: undefined }, 'a'], ['a hole in a list', Object.assign(new Array<number>(3), [1]), '1'],
    ['a function', { f: () => 1 }, 'f'], ['a symbol', [Symbol('s')], '0'], ['a bigint', { n: 1n }, 'n'],
    ['a symbol as a key', { a: { [Symbol('s')]: 1 } }, 'a'], ['a hidden property', Object.defineProperty({}, 'x', { value: 1 }), 'value'],
    ['a list with a property', Object.assign([1], { x: 1 }), 'value'],
    ['a date', { at: new Date(0) }, 'at'], ['an instance of a class', { money: new Money() }, 'money'],
    ['a map', new Map(), 'value'], ['a boxed string', Object('s'), 'value'], ['bytes', { b: new Uint8Array(2) }, 'b'],
    ['an object with prototype data', Object.create({ a: 1 }), 'value'],
    ['a toJSON key', { a: { toJSON: 'x' } }, 'a.toJSON'], ['a cycle', cycle, 'a.b.0'], ['endless nesting', deep, Array(64).fill(0).join('.')],
  ])('refuses %s', (_, value, field) => {
    expect(refusalOf(() => canonicalJson(value))).toEqual({ code: 'INVALID_INPUT', field });
  });

  test('takes the largest safe integers and 64 levels', () => {
    const nested = Array.from({ length: 64 }).reduce<unknown>((inner) => [inner], 1);

    expect(canonicalJson([2 ** 53 - 1, -(2 ** 53 - 1)])).toBe('[9007199254740991,-9007199254740991]');
    expect(canonicalJson(nested)).toBe(`${'['.repeat(64)}1${']'.repeat(64)}`);
  });

  test('names a long or unprintable key cut and escaped', () => {
    expect(refusalOf(() => canonicalJson({ ['k'.repeat(1000)]: NaN })).field).toBe(JSON.stringify('k'.repeat(64)));
    expect(refusalOf(() => canonicalJson({ '\u001b[31m': NaN })).field).toBe('"\\u001b[31m"');
  });
});

describe('digests', () => {
  test('are SHA-256 over the bytes, and over the canonical text in UTF-8', () => {
    expect(sha256('')).toBe(`sha256:${HEX}`);
    expect(sha256(new Uint8Array())).toBe(`sha256:${HEX}`);
    expect(sha256('ö')).toBe(sha256(Uint8Array.of(0xc3, 0xb6)));
    expect(digestOf({ b: 'ö', a: null })).toBe(`sha256:${createHash('sha256').update('{"a":null,"b":"ö"}', 'utf8').digest('hex')}`);
    expect(refusalOf(() => sha256(LONE_HIGH)).code).toBe('INVALID_TEXT');
  });

  test('are read with and without prefix, in any case, into one form', () => {
    for (const form of [HEX, HEX.toUpperCase(), `sha256:${HEX}`, `SHA256:${HEX.toUpperCase()}`]) expect(parseDigest(form, 'digest')).toBe(`sha256:${HEX}`);
  });

  test.each([
    '', 'sha256:', HEX.slice(1), `${HEX}0`, `${HEX}\n`, ` ${HEX}`, `sha512:${HEX}`, `sha256:sha256:${HEX}`, HEX.replace('e', 'g'), 7, null, undefined, [HEX],
  ])('refuse %j', (form) => {
    expect(refusalOf(() => parseDigest(form, 'input.digest'))).toEqual({ code: 'INVALID_DIGEST', field: 'input.digest' });
  });

  test('have a normal form that only the normal form has', () => {
    expect(isDigest(`sha256:${HEX}`)).toBe(true);
    for (const form of [HEX, `sha256:${HEX.toUpperCase()}`, `SHA256:${HEX}`, `sha256:${HEX}\n`, '']) expect(isDigest(form)).toBe(false);
  });
});

describe('the digest of a bundle', () => {
  const model = { role: 'MODEL', name: 'model.bin', digest: `sha256:${HEX}` };
  const prompt = { role: 'PROMPT', name: 'system.txt', digest: sha256('be kind') };
  const secondPrompt = { role: 'PROMPT', name: 'Zusatz.txt', digest: sha256('be brief') };

  test('is taken over version and components sorted by role and name, nothing else', () => {
    const listed = [prompt, { ...model, id: 'c-1' }, secondPrompt];

    expect(bundleDigest(listed)).toBe(digestOf({ v: 1, components: [model, secondPrompt, prompt] }));
    expect(listed[0]).toBe(prompt);
  });

  test('does not depend on the order, and changes with every part', () => {
    const part = fc.record({ role: fc.constantFrom('MODEL', 'PROMPT', 'CODE'), name: text, digest: text.map((content) => sha256(content)) });
    const parts = fc.uniqueArray(part, { minLength: 1, maxLength: 6, selector: ({ role, name }) => `${role} ${name}` });
    fc.assert(fc.property(parts, fc.nat(), fc.constantFrom('role', 'name', 'digest'), (listed, at, field) => {
      const changed = listed.map((each, index) => (index !== at % listed.length ? each
        : { ...each, [field]: field === 'digest' ? sha256(each.digest) : `${each[field]}+` }));

      expect(bundleDigest([...listed].reverse())).toBe(bundleDigest(listed));
      expect(refusedOr(() => bundleDigest(changed))).not.toBe(bundleDigest(listed));
    }));
  });

  test('refuses an empty bundle, a component named twice, and a digest not in normal form', () => {
    expect(refusalOf(() => bundleDigest([]))).toEqual({ code: 'INVALID_INPUT', field: 'components' });
    expect(refusalOf(() => bundleDigest([model, prompt, { ...model, digest: prompt.digest }]))).toEqual({ code: 'INVALID_INPUT', field: 'components.2.name' });
    expect(refusalOf(() => bundleDigest([{ ...model, digest: HEX }]))).toEqual({ code: 'INVALID_DIGEST', field: 'components.0.digest' });
    expect(bundleDigest([model, { ...model, role: 'CODE' }])).toMatch(/^sha256:/);
  });
});

/** A changed name may collide with a neighbour's, which is refused. */
function refusedOr(action: () => string): string {
  try {
    return action();
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
}

describe('a text', () => {
  test('comes back unchanged, with tabs, line ends, and in the composition in which it was typed', () => {
    for (const value of ['a', ' a\t\r\n b ', 'e\u0301', '\u00e9', '\u{1f600}', '\u007f']) expect(checkText(value, 'title', 10)).toBe(value);
  });

  test.each<[string, unknown, RefusalCode]>([
    ['no text', 7, 'INVALID_TEXT'], ['null', null, 'INVALID_TEXT'], ['an empty one', '', 'INVALID_TEXT'], ['a blank one', ' \t\u00a0\n', 'INVALID_TEXT'],
    ['a NUL', 'a\0', 'INVALID_TEXT'], ['a lone surrogate', `a${LONE_HIGH}`, 'INVALID_TEXT'], ['an escape', '\u001b[0m', 'INVALID_TEXT'],
    ['a vertical tab', 'a\u000bb', 'INVALID_TEXT'], ['a backspace', 'a\b', 'INVALID_TEXT'], ['eleven units', 'a'.repeat(11), 'TOO_LARGE'],
    ['six emoji of two units', '\u{1f600}'.repeat(6), 'TOO_LARGE'],
  ])('is refused when it is or has %s', (_, value, code) => {
    expect(refusalOf(() => checkText(value, 'input.title', 10))).toEqual({ code, field: 'input.title' });
  });
});

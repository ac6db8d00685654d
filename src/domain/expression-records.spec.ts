import { expect, test } from '@jest/globals';
import { givenEvidence, TODAY } from '../../test/support/given.js';
import { plusDays } from './clock.js';
import { compile } from './expression.js';
import { distinctBy, fieldsAskedOfRecords } from './expression-records.js';
import type { JsonObject } from './payload.js';

const asked = (source: string): string[] | null => {
  const fields = fieldsAskedOfRecords(compile(source, 'EVIDENCE').node);
  return fields === null ? null : [...fields].sort();
};

test.each<[string, string[]]>([
  ['records.exists(r, r.type == "dpia")', ['type']],
  ['records.all(r, r.type != "a_type" || (has(r.payload.signals) && r.payload.signals.all(s, s.name == r.subject)))', ['payload.signals', 'subject', 'type']],
  ['records.all(p, p.type != "a_type" || records.exists(l, l.payload.signal == p.payload.name))', ['payload.name', 'payload.signal', 'type']],
  ['payload.models.all(m, records.exists(r, r.source == m)) && payload.title == evidence.number', ['source']],
  ['payload.rows.all(r, r.number == 1) && records.exists(r, r.type == "x_y")', ['type']],
  ['records.all(r, payload.rows.all(r, r.number == 1))', []],
])('of %s it matters what they are alike in', (source, fields) => {
  expect(asked(source)).toEqual(fields);
});

test.each([
  'size(records) > 2', 'records.exists_one(r, r.type == "x_y")', 'records.filter(r, r.type == "x_y").exists(r, true)', 'records[0].type == "x_y"', 'records.map(r, r.type).size() > 1', 'records.exists(r, r.number == "E-1")',
  'records.exists(r, r.independent)', 'records.exists(r, r.collectedAt == "")', 'records.exists(r, size(r.payload) > 1)', 'records.exists(r, "a" in r.payload)', 'evidence in records',
])('by %s each is another', (source) => {
  expect(asked(source)).toBeNull();
});

test('of those that are alike the one that ends last is left, and what is not there is told from what is empty', () => {
  const [one, same, other, none, file] = ([{ signal: 'a', at: '1' }, { signal: 'a', at: '2' }, { signal: 'b' }, { at: '3' }, null] as (JsonObject | null)[]).map((payload, i) => givenEvidence({ id: `ev-${String(i)}`, payload, validUntil: plusDays(TODAY, i === 1 ? 9 : 8) }));
  const ids = (fields: readonly string[] | null): string[] => distinctBy(fields === null ? null : new Set(fields), [one!, same!, other!, none!, file!]).map(({ id }) => id);

  expect(ids(['type', 'payload.signal'])).toEqual(['ev-1', 'ev-2', 'ev-3']);
  expect(ids(['payload.at'])).toEqual(['ev-0', 'ev-1', 'ev-2', 'ev-3']);
  expect(ids([])).toEqual(['ev-1']);
  expect(ids(null)).toHaveLength(5);
  expect(distinctBy(new Set(['payload.a']), ([{ a: null }, {}] as JsonObject[]).map((payload, i) => givenEvidence({ id: String(i), payload })))).toHaveLength(2);
});

test('what is too long to be compared is another one each time', () => {
  const of = (...payloads: JsonObject[]): number => distinctBy(new Set(['payload.rows']), payloads.map((payload, i) => givenEvidence({ id: String(i), payload }))).length;
  const rows = (count: number): JsonObject => ({ rows: Array.from({ length: count }, (_, n) => ({ n })) });
  expect([of(rows(100), rows(100)), of(rows(2000), rows(2000)), of({ rows: 'x'.repeat(1900) }, { rows: 'x'.repeat(1900) }), of({ rows: 'x'.repeat(2100) }, { rows: 'x'.repeat(2100) })]).toEqual([1, 2, 1, 2]);
});

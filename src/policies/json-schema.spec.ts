// The shapes of policies and of cases: what is long and often there stands once, since a check is made for each place in which it stands.
import { expect, test } from '@jest/globals';
import { CASES_SCHEMA } from './cases-schema.js';
import { POLICY_SCHEMA } from './document-schema.js';

function* parts(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield JSON.stringify(value);
  for (const part of Object.values(value)) yield* parts(part);
}

test.each([['a policy', POLICY_SCHEMA], ['cases', CASES_SCHEMA]])('no long part of the shape of %s is written out in more than seven places', (_, schema) => {
  const times = new Map<string, number>();
  for (const part of parts(schema)) times.set(part, (times.get(part) ?? 0) + 1);

  expect(times.size).toBeGreaterThan(100);
  expect([...times].filter(([part, count]) => part.length > 100 && count > 7)).toEqual([]);
});

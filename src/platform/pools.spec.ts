// Which connections a request takes, and that what is named here is what the API has.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { GATE_FIELDS, poolOfFields, poolOfRoute } from './pools.js';

test.each([['/v1/gate/check', 'gate'], ['/v1/gate/authorize', 'gate'], ['/v1/gateway', 'general'], ['/graphql', 'general'], [undefined, 'general']] as const)('a request to %s takes connections of the %s pool', (route, pool) => {
  expect(poolOfRoute(route)).toBe(pool);
});

test.each([
  [['gateDecision'], 'gate'], [['__typename', 'authorizePromotion', 'reportDeployment'], 'gate'],
  [['gateDecision', 'risks'], 'general'], [['gateForecast'], 'general'], [['__schema', 'gateDecision'], 'general'], [['__typename'], 'general'], [[], 'general'],
] as const)('a document that asks for %j takes connections of the %s pool', (fields, pool) => {
  expect(poolOfFields(fields)).toBe(pool);
});

test('each field that is said to ask the gate is one of the schema', () => {
  const schema = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

  expect([...GATE_FIELDS].filter((name) => !new RegExp(`^  ${name}\\(`, 'm').test(schema))).toEqual([]);
});

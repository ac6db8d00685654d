import { expect, test } from '@jest/globals';
import { lawfulFrom } from './law-dates.js';

const article = (effectiveFrom: string | null, frameworkId = 'eu-ai-act@2026-1744'): Parameters<typeof lawfulFrom>[0] => ({ frameworkId, effectiveFrom });

test.each([
  ['of a listed use, its duties begin in December 2027', article('2027-12-02'), 'HIGH_RISK_ANNEX_III', '2027-12-02'],
  ['in a product, the same duties begin in August 2028', article('2027-12-02'), 'HIGH_RISK_ANNEX_I', '2028-08-02'],
  ['what applies to all begins on one day', article('2026-08-02'), 'HIGH_RISK_ANNEX_I', '2026-08-02'],
  ['the edition before knows nothing of the later day', article('2026-08-02', 'eu-ai-act@2024-1689'), 'HIGH_RISK_ANNEX_I', '2026-08-02'],
] as const)('%s', (_, node, euClass, from) => {
  expect(lawfulFrom(node, euClass)?.from).toBe(from);
});

test('what is no law has no day', () => {
  expect(lawfulFrom(article(null), 'HIGH_RISK_ANNEX_III')).toBeNull();
});

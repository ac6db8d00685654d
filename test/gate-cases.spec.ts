// The shipped gate cases: the specification of the rules, and what the shipped policy has to pass. Every reason code comes up in some case.
import { afterAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASON_CODES, type ReasonCode } from '../src/domain/gate-question.js';
import { judgeCases, parseCases } from '../src/policies/policy-cases.js';
import { parsePolicy } from '../src/policies/policy-document.js';
import { SHIPPED_DOCUMENT } from '../src/policies/shipped-policy.js';

const FOLDER = join(import.meta.dirname, 'gate-cases');
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.cases.yaml')).sort();
const CASES = FILES.flatMap((file) => judgeCases(SHIPPED_DOCUMENT, parseCases(readFileSync(join(FOLDER, file), 'utf8'))).map((judged) => ({ file, name: judged.gateCase.name, ...judged })));

/** Codes that do not come from judging facts. */
const ELSEWHERE: Readonly<Partial<Record<ReasonCode, string>>> = {
  NOT_ENFORCED: 'what a caller is told in place of the reasons where the policy only observes; the record holds the reasons',
  REGISTER_UNAVAILABLE: 'nothing could be read, so there are no facts to judge',
  AUDIT_UNAVAILABLE: 'nothing could be recorded, so there is no decision',
};

describe('the shipped gate cases', () => {
  const covered = new Map<ReasonCode, number>();

  afterAll(() => {
    const rows = [...covered].sort().map(([code, count]) => `${code} ${String(count)}`);
    process.stdout.write(`${String(CASES.length)} gate cases; reason codes by the cases that give them: ${rows.join(', ')}\n`);
  });

  test.each(CASES)('$file: $name', ({ differences }) => {
    expect(differences).toEqual([]);
  });

  test('give every reason code that judging facts can give', () => {
    for (const { codes } of CASES) for (const code of codes) covered.set(code, (covered.get(code) ?? 0) + 1);

    expect(REASON_CODES.filter((code) => !covered.has(code)).sort()).toEqual(Object.keys(ELSEWHERE).sort());
  });

  test('are at least 150, each of its own name, reason and situation', () => {
    const situations = CASES.map(({ gateCase: { given, event } }) => JSON.stringify([given, event]));
    const distinct = (texts: readonly string[]): number => new Set(texts).size;

    expect(CASES.length).toBeGreaterThanOrEqual(150);
    expect(distinct(CASES.map(({ name }) => name))).toBe(CASES.length);
    expect(distinct(CASES.map(({ gateCase }) => gateCase.why))).toBe(CASES.length);
    expect(distinct(situations)).toBe(CASES.length);
  });

  test('are about a policy that is read like any other', () => {
    const text = readFileSync(join(import.meta.dirname, '../src/policies/default-policy.json'), 'utf8');

    expect(parsePolicy(text)).toEqual(SHIPPED_DOCUMENT);
  });
});

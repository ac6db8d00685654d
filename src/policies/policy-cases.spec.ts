// Gate cases as people write them: what is read, what is refused and where, and what is told when an answer is another one.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../../test/support/given.js';
import type { Refusal } from '../domain/refusal.js';
import { runCases } from './case-runs.js';
import { judgeCases, parseCases } from './policy-cases.js';
import { SHIPPED_DOCUMENT } from './shipped-policy.js';

/** One case, its lines indented by four; it begins on the second line. */
function source(...lines: string[]): string {
  return ['cases:', '  - name: a case', '    why: To try it.', ...lines.map((line) => `    ${line}`)].join('\n');
}

function refused(text: string): Refusal {
  try {
    parseCases(text);
  } catch (error) {
    return error as Refusal;
  }
  throw new Error('nothing was refused');
}

const problems = (...lines: string[]): readonly string[] => refused(source(...lines)).facts.because ?? [];
const differences = (...lines: string[]): readonly string[] => judgeCases(SHIPPED_DOCUMENT, parseCases(source(...lines)))[0]!.differences;
const ALLOW = 'wanted: { verdict: ALLOW }';

describe('a text that is no cases', () => {
  test('is refused like a policy, with line and column of everything that is wrong', () => {
    expect(refused(source('given: { risks: { R-1: { level: ENORMOUS } } }', 'wanted: { verdict: MAYBE }'))).toEqual(refusal('POLICY_INVALID', { field: 'cases', line: 4, column: 37 }));
    expect(problems('given: { risks: { R-1: { level: ENORMOUS } } }', 'wanted: { verdict: MAYBE }')).toEqual([
      expect.stringMatching(/^4:37 .*level: must be one of VERY_LOW/), expect.stringMatching(/^5:24 .*verdict: must be one of ALLOW/),
    ]);
  });

  test.each([
    ['a field that there is not', ['given: { colour: red }', ALLOW], '4:14 cases.0.given: colour is no field of it'],
    ['a number that is none', ['given: { risks: { R1: {} } }', ALLOW], '4:23 cases.0.given.risks: R1 is no field of it'],
    ['a word in place of a record', ['given: { risks: { R-1: gone } }', ALLOW], '4:28 cases.0.given.risks.R-1: must be none'],
    ['a time that nobody tells', ['given: { risks: { R-1: { logged: yesterday } } }', ALLOW], '4:38 cases.0.given.risks.R-1.logged: must fit'],
    ['a record that is not there', ['given: { mitigations: { M-1: { risk: R-7 } } }', ALLOW], '4:42 cases.0.given.mitigations.M-1.risk: there is no R-7'],
    ['a record that was taken away', ['given: { acceptances: { ACC-1: {} }, risks: { R-1: none }, findings: { F-1: { risk: R-1 } } }', ALLOW], '4:89 cases.0.given.findings.F-1.risk: there is no R-1'],
    ['a reason code that no gate gives', ['wanted: { verdict: DENY, reasons: [BLOCK R3 RISK_FOUND] }'], '4:40 cases.0.wanted.reasons.0: RISK_FOUND is no reason code'],
    ['a reason that is no reason', ['wanted: { verdict: DENY, reasons: [it is red] }'], '4:40 cases.0.wanted.reasons.0: is written as severity, requirement and code'],
    ['a no without its reasons', ['wanted: { verdict: DENY }'], '4:13 cases.0.wanted: names the reasons of what is no ALLOW'],
    ['an answer before nothing', ['before: { verdict: ALLOW }', ALLOW], '4:13 cases.0.before: says what was answered before an event'],
    ['a condition that does not compile', ["given: { policy: { requirements: [{ id: A, kind: CONDITION, title: t, gates: [PILOT], condition: 'system.colour == 1' }] } }", ALLOW], 'cases.0.given.policy.requirements.0.condition: '],
    ['a field that no policy has', ['given: { policy: { tierMatrix: { HIGH: { LAW: {} } } } }', ALLOW], '4:46 cases.0.given.policy.tierMatrix.HIGH: LAW is no field of it'],
    ['the same key twice', [ALLOW, ALLOW], '5:5 Map keys must be unique'],
  ])('because of %s', (_, lines, problem) => {
    expect(problems(...lines)[0]).toContain(problem);
  });

  test('because two cases have one name, or it is far too long', () => {
    const one = source(ALLOW);

    expect(refused(`${one}\n${one.slice('cases:\n'.length)}`).facts.because).toEqual([expect.stringMatching(/^5:11 cases.1.name: there is a case of this name already/)]);
    expect(refused('#'.repeat(120_001))).toEqual(refusal('POLICY_INVALID', { line: 1, column: 120_001 }));
  });

  test('and one that says nothing has no cases', () => {
    expect([parseCases(''), parseCases('[]'), parseCases('cases: []')]).toEqual([[], [], []]);
  });
});

describe('a case', () => {
  test('is told with its line, and begins with what stands at the top', () => {
    const [first] = parseCases(`given: { system: { tier: HIGH, state: SUSPENDED } }\n${source('given: { system: { state: RETIRED } }', ALLOW)}`);

    expect(first).toMatchObject({ name: 'a case', line: 3, event: null, given: { system: { tier: 'HIGH', state: 'RETIRED' } } });
  });

  test('whose answer is another one is told line by line', () => {
    expect(differences('given: { findings: { F-1: {} } }', 'wanted: { verdict: ALLOW, until: never }')).toEqual([
      'verdict: wanted ALLOW, got DENY', 'missing:    INFO GATE ALL_REQUIREMENTS_MET', 'unexpected: BLOCK R9/F-1 FINDING_OPEN', 'until: wanted never, got SIGN_OFF in 360 days',
    ]);
  });

  test('that names some reasons does not mind the others, and is told them when one is missing', () => {
    expect(differences('given: { findings: { F-1: {}, F-2: {} } }', 'wanted: { verdict: DENY, includes: [BLOCK R9/F-2 FINDING_OPEN] }')).toEqual([]);
    expect(differences('given: { findings: { F-1: {} } }', 'wanted: { verdict: DENY, includes: [BLOCK R9/F-2 FINDING_OPEN] }')).toEqual(['missing:    BLOCK R9/F-2 FINDING_OPEN', 'got:        BLOCK R9/F-1 FINDING_OPEN']);
  });

  test('tells one reason of a code from another by its details, where it names them', () => {
    const given = 'given: { system: { owner: legal-reviewer } }';

    expect(differences(given, 'wanted: { verdict: PENDING, reasons: [BLOCK R5/LEGAL SEPARATION_OF_DUTIES] }')).toEqual([]);
    expect(differences(given, 'wanted: { verdict: PENDING, reasons: [BLOCK R5/LEGAL SEPARATION_OF_DUTIES REQUESTER] }')).toEqual(['missing:    BLOCK R5/LEGAL SEPARATION_OF_DUTIES REQUESTER', 'unexpected: BLOCK R5/LEGAL SEPARATION_OF_DUTIES AUTHOR SYSTEM_OWNER']);
  });

  test('is judged before its event as well, where it says so', () => {
    expect(differences('event: { what: the system is suspended, system: { state: SUSPENDED } }', 'before: { verdict: DENY, includes: [BLOCK R3 RISK_REGISTER_EMPTY] }', 'wanted: { verdict: DENY, reasons: [BLOCK TARGET/SYSTEM SYSTEM_SUSPENDED] }')).toEqual([
      'before the event, verdict: wanted DENY, got ALLOW', 'before the event, missing:    BLOCK R3 RISK_REGISTER_EMPTY', 'before the event, got:        INFO GATE ALL_REQUIREMENTS_MET',
    ]);
  });

  test('is about the policy under test: what that demands is in order, whatever it is', async () => {
    const stricter = { ...SHIPPED_DOCUMENT, tierMatrix: { ...SHIPPED_DOCUMENT.tierMatrix, MODERATE: { ...SHIPPED_DOCUMENT.tierMatrix.MODERATE, EXEC: { PRODUCTION: 'FOUR_EYES' as const } } } };
    const text = `${source(ALLOW)}\n  - { name: without executives, why: To see them missed., given: { reviews: { EXEC: none } }, ${ALLOW} }`;

    expect(await runCases(SHIPPED_DOCUMENT, text)).toMatchObject({ cases: 2, failed: [] });
    expect(await runCases(stricter, text)).toMatchObject({ cases: 2, failed: ['without executives'] });
  });
});

test('the example in the documentation passes', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/policies.md'), 'utf8');
  const example = /```yaml\n(cases:\n[\s\S]*?)```/.exec(text)?.[1] ?? '';

  expect(await runCases(SHIPPED_DOCUMENT, example)).toMatchObject({ cases: 1, failed: [] });
});

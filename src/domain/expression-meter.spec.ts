import { describe, expect, test } from '@jest/globals';
import { component, givenAbout, givenEnvironment, givenEvidence, givenProof, givenRelease, TODAY } from '../../test/support/given.js';
import { NotingClock } from './clock.js';
import { compile, ExpressionFault, MAX_STEPS, newBudget, type Budget } from './expression.js';
import { evidenceModel, factsModel, type ExpressionScope, type Place } from './expression-model.js';
import type { JsonObject } from './payload.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const PAYLOAD: JsonObject = {
  xs: numbers(1000).map((v) => ({ v })), ns: numbers(1000), same: numbers(1000), ts: numbers(14).map((n) => `${'a'.repeat(3999)}${String.fromCharCode(97 + n)}`), t: 'a'.repeat(4000), u: `${'a'.repeat(2000)}b`,
  m: Object.fromEntries(numbers(4000).map((n) => [`k${String(n)}`, 0])), deep: numbers(20).map(() => numbers(20).map(() => numbers(5))), ms: numbers(20).map((n) => ({ ...Object.fromEntries(numbers(40).map((k) => [`k${String(k)}`, 0])), n })), day: '2026-01-01',
};

const sum = (name: string): string => Array.from({ length: 20 }, () => name).join(' + ');

function placed(facts: ReturnType<typeof givenAbout>, clock = new NotingClock(TODAY)): Place {
  return { about: facts, environment: givenEnvironment(), proof: givenProof({ evidence: facts.evidence, clock }) };
}

/** What it came to: an answer, or a fault; what was paid; and how long it took. */
function asked(source: string, scope: ExpressionScope, payload: JsonObject = PAYLOAD): { answer: unknown; paid: number; ms: number; budget: Budget } {
  const evidence = numbers(400).map((n) => givenEvidence({ id: `e${String(n)}`, number: `E-${String(n)}`, payload: {} }));
  const facts = givenAbout({ release: givenRelease({ components: numbers(90).map((n) => ({ ...component('MODEL', 'm'), name: `m${String(n)}` })) }), evidence: scope === 'FACTS' ? evidence : [givenEvidence({ payload })] });
  const clock = new NotingClock(TODAY);
  const values = scope === 'FACTS' ? factsModel(placed(facts, clock)) : evidenceModel(facts.evidence[0]!, placed(facts, clock), []);
  const budget = newBudget();
  const expression = compile(source, scope);
  const begun = performance.now();
  const answer = ((): unknown => { try { return expression.holds({ values, clock, ref: 'R8/X', budget }); } catch (error) { return error; } })();
  return { answer, paid: MAX_STEPS - budget.answers.left, ms: performance.now() - begun, budget };
}

const RUNAWAYS: readonly (readonly [string, string, ExpressionScope?])[] = [
  ['loops in loops', 'payload.xs.all(a, payload.xs.all(b, payload.xs.all(c, a.v + b.v + c.v >= 0.0)))'],
  ['loops that answer early', 'payload.xs.all(a, payload.xs.exists(b, b.v == a.v))'],
  ['loops that count', 'payload.ns.all(a, payload.ns.exists_one(b, b == a))'],
  ['loops that filter', 'payload.ns.all(a, payload.ns.filter(b, b > a).size() >= 0)'],
  ['a loop that makes lists', 'payload.ns.map(a, payload.ns.filter(b, true)).size() > 0'],
  ['elements among many', 'payload.ns.all(a, payload.ns.all(b, a in payload.ns))'],
  ['records among many', 'payload.xs.all(a, payload.xs.all(b, a in payload.xs))'],
  ['texts among many', 'payload.ns.all(a, payload.ns.all(b, payload.t in payload.ts))'],
  ['lists side by side', 'payload.ns.all(a, payload.ns.all(b, payload.ns == payload.same))'],
  ['records side by side', 'payload.ns.all(a, payload.ns.all(b, payload.ms != payload.deep && payload.ms == payload.ms.filter(x, true)))'],
  ['lists of lists side by side', 'payload.ns.all(a, payload.ns.all(b, payload.deep == payload.deep.filter(d, true)))'],
  ['texts side by side', 'payload.ns.all(a, payload.ns.all(b, payload.ts[0] + "x" != payload.ts[1] + "x"))'],
  ['the order of texts', 'payload.ns.all(a, payload.ns.all(b, payload.ts[0] < payload.ts[1]))'],
  ['texts in texts', 'payload.ns.all(a, payload.ns.all(b, !payload.t.contains(payload.u)))'],
  ['how long texts are', 'payload.ns.all(a, payload.ns.all(b, size(payload.t) > 0))'],
  ['how many keys there are', 'payload.ns.all(a, payload.ns.all(b, size(payload.m) > 0))'],
  ['the keys of a record', 'payload.m.all(a, payload.m.exists(b, true))'],
  ['a record where a number belongs', 'payload.ns.all(a, payload.ns.all(b, payload.m == 1 || true))'],
  ['texts that grow', `[payload.t].all(a, [${sum('a')}].all(b, [${sum('b')}].all(c, ${sum('c')} != "")))`],
  ['lists that grow', `[payload.ns].all(a, [${sum('a')}].all(b, [${sum('b')}].all(c, size(${sum('c')}) > 0)))`],
  ['failures that a loop swallows', 'payload.ns.all(a, payload.ns.exists(b, b.missing == a) || payload.ns.exists(b, b.missing == a)) || true'],
  ['failures that an or swallows', `payload.ns.exists(a, ${Array.from({ length: 30 }, () => 'a.b').join(' || ')}) || true`],
  ['instants', 'payload.ns.all(a, payload.ns.all(b, clock.isOlderThan(payload.day, 10)))'],
  ['conversions', 'payload.ns.all(a, payload.ns.all(b, int("17") == 17 && string(1.5) == "1.5"))'],
  ['what is found out when asked', 'evidence.all(a, evidence.all(b, evidence.all(c, a.outcome == b.outcome)))', 'FACTS'],
  ['texts of the model', 'evidence.all(a, evidence.all(b, release.components.all(c, atLeast("HIGH", "LOW") && c.digest != a.title)))', 'FACTS'],
  ['what is swallowed at the end', '(payload.xs.all(a, payload.xs.all(b, payload.xs.all(c, true))) || true) && true'],
];

describe('what does not end is neither yes nor no, and is over when so much was paid', () => {
  test.each(RUNAWAYS)('%s', (_, source, scope = 'EVIDENCE') => {
    const { answer, paid, ms } = asked(source, scope);

    expect(answer).toBeInstanceOf(ExpressionFault);
    expect((answer as ExpressionFault).message).toContain(`more than ${String(MAX_STEPS)} values`);
    expect(paid).toBeGreaterThan(MAX_STEPS);
    expect(paid).toBeLessThan(MAX_STEPS * 1.5);
    // Some 50 ms where nothing else is going on.
    expect(ms).toBeLessThan(2000);
  });

  test('nor is anything that is asked after it', () => {
    const { budget } = asked(RUNAWAYS[0]![1], 'EVIDENCE');
    const values = evidenceModel(givenEvidence({ payload: PAYLOAD }), placed(givenAbout({})), []);
    expect(() => compile('true', 'EVIDENCE').holds({ values, clock: new NotingClock(TODAY), ref: 'R8/Y', budget })).toThrow(ExpressionFault);
  });
});

describe('what is paid follows what is looked at', () => {
  test.each([
    ['payload.t != "b"', 1, 10], ['payload.ns.exists(n, n == 3.0)', 4, 50], ['payload.ns.all(n, n >= 0.0)', 3000, 10_000], ['size(payload.ns) == 1000', 1, 20], ['payload.ns == payload.xs.filter(x, false)', 1000, 10_000],
    ['payload.ns == payload.same', 1000, 2000], ['payload.ms[0] == payload.ms[1]', 1500, 2000], ['payload.ns.all(n, n in payload.ns)', 200_000, 300_000], ['payload.xs[999] in payload.xs', 20_000, 40_000], ['payload.t in payload.ts', 1000, 2000],
    ['payload.ts[0] != payload.ts[1]', 100, 200], ['payload.ts[0] <= payload.ts[1]', 100, 200], ['payload.ts[0] + "x" != ""', 100, 200], ['size(payload.ns + payload.ns) > 0', 500, 1000], ['size(payload.t) > 0', 1000, 1200], ['!payload.t.contains(payload.u)', 7000, 15_000],
    ['size(payload.m) > 0', 40_000, 50_000], ['payload.m.exists(k, true)', 40_000, 50_000], ['payload.m == 1 || true', 40_000, 50_000], ['payload.ns.exists(n, n.missing == 1.0) || true', 400_000, 450_000],
    ['payload.day == "2026-01-01" && clock.hasPassed(payload.day)', 120, 200], ['payload.ms.all(m, m.k3 == 0.0 && m.n >= 0.0)', 200, 400],
  ])('%s: %d to %d steps', (source, least, most) => {
    const { answer, paid } = asked(source, 'EVIDENCE');
    expect([source, typeof answer]).toEqual([source, 'boolean']);
    expect(paid).toBeGreaterThanOrEqual(least);
    expect(paid).toBeLessThanOrEqual(most);
  });

  test('what is found out when asked is found out once', () => {
    let asks = 0;
    const evidence = { ...givenEvidence({}), get state() { asks += 1; return 'VERIFIED' as const; } };
    const facts = givenAbout({ evidence: [evidence] });
    const values = factsModel(placed(facts));
    const given = { values, clock: new NotingClock(TODAY), ref: 'R8/X', budget: newBudget() };
    expect(compile('evidence.all(e, e.outcome != "")', 'FACTS').holds(given)).toBe(true);
    const once = asks;
    expect(compile('evidence.all(e, e.outcome != "" && e.outcome != "x")', 'FACTS').holds(given)).toBe(true);
    expect([once > 0, asks]).toEqual([true, once]);
  });
});

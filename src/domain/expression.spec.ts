import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { component, givenAbout, givenClassification, givenEnvironment, givenEvidence, givenFinding, givenMitigation, givenProof, givenRelease, givenRisk, givenSystem, givenTier, stored, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import { compile, ExpressionFault, ExpressionProblem, MAX_STEPS, newBudget, type Asked } from './expression.js';
import { unmetBy } from './expression-explain.js';
import { evidenceModel, factsModel, MODEL, recordsModel, VARIABLES, type ExpressionScope, type Place } from './expression-model.js';
import type { JsonObject } from './payload.js';

const PAYLOAD: JsonObject = {
  accuracy: 0.93, failedBlocking: 0, splitLeakage: false, decision: 'PROCEED', measuredAt: plusDays(TODAY, -30), day: TODAY.slice(0, 10),
  metrics: [{ name: 'f1', value: 0.9, target: 0.8 }, { name: 'recall', value: 0.7, target: 0.8 }], tags: ['a', 'b'], limits: { a: 1, b: 9 },
};

function about(payload: JsonObject = PAYLOAD): ReturnType<typeof givenAbout> {
  return givenAbout({
    system: givenSystem({ tierAssessments: [givenTier({ tier: 'HIGH', flags: ['PERSONAL_DATA'] })] }), evidence: [givenEvidence({ payload })], mitigations: [givenMitigation()], findings: [givenFinding()],
    release: givenRelease({ components: [component('MODEL', 'model')] }),
  });
}

function placed(facts: ReturnType<typeof givenAbout>, clock = new NotingClock(TODAY)): Place {
  return { about: facts, environment: givenEnvironment(), proof: givenProof({ evidence: facts.evidence, mitigations: facts.mitigations, clock }) };
}

function asked(scope: ExpressionScope, payload?: JsonObject, clock = new NotingClock(TODAY)): Asked {
  const facts = about(payload);
  const values = scope === 'FACTS' ? factsModel(placed(facts, clock)) : evidenceModel(facts.evidence[0]!, placed(facts, clock), recordsModel(facts.evidence, placed(facts), new Set(facts.evidence.map(({ type }) => type))));
  return { values, clock, ref: 'R8/X', budget: newBudget() };
}

const holds = (source: string, scope: ExpressionScope = 'EVIDENCE', payload?: JsonObject): boolean => compile(source, scope).holds(asked(scope, payload));

/** Each field of a type of the model, and of the types within it. */
function pathsOf(model: string): string[] {
  return Object.entries(MODEL[model]?.fields ?? {}).flatMap(([field, type]) => (MODEL[type] === undefined ? [field] : pathsOf(type).map((inner) => `${field}.${inner}`)));
}

describe('an expression sees', () => {
  test.each(Object.entries(VARIABLES).flatMap(([scope, variables]) => Object.entries(variables).map(([name, type]) => [scope as ExpressionScope, name, type] as const)))('%s: %s', (scope, name, type) => {
    const { values } = asked(scope);
    expect(Object.keys(values)).toContain(name);
    for (const path of pathsOf(/^(?:list<)?(\w+)>?$/.exec(type)?.[1] ?? '')) {
      const text = type.startsWith('list') ? `${name}.all(x, x.${path} == x.${path}) && size(${name}) > 0` : `${name}.${path} == ${name}.${path}`;
      expect([text, holds(text, scope)]).toEqual([text, true]);
    }
  });

  test.each([
    ['system.tier == "HIGH" && "PERSONAL_DATA" in system.flags', 'FACTS'], ['atLeast(system.tier, "MODERATE") && !atLeast(system.tier, "CRITICAL")', 'FACTS'],
    ['risks.all(r, r.level == "" || !atLeast(r.level, "VERY_HIGH"))', 'FACTS'], ['evidence.exists(e, e.type == "test_report" && e.outcome == "VERIFIED" && e.payload.accuracy >= 0.9)', 'FACTS'],
    ['environment.rank >= 5 && environment.kind == "PRODUCTION"', 'FACTS'], ['release.components.exists_one(c, c.role == "MODEL")', 'FACTS'],
    ['payload.failedBlocking == 0 && payload.accuracy < 1', 'EVIDENCE'], ['has(payload.nothing) || payload.decision.startsWith("PRO")', 'EVIDENCE'],
    ['payload.metrics.filter(m, m.value < m.target).size() == 1', 'EVIDENCE'], ['payload.metrics.map(m, m.name) == ["f1", "recall"]', 'EVIDENCE'],
    ['clock.isOlderThan(payload.measuredAt, 29) && !clock.isOlderThan(payload.measuredAt, 31)', 'EVIDENCE'], ['clock.hasPassed(payload.day) && !clock.hasPassed(evidence.validUntil)', 'EVIDENCE'],
  ] as const)('%s', (source, scope) => {
    expect(holds(source, scope)).toBe(true);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('nothing of the machine beneath: %s', (name) => {
    expect(() => holds(`has(payload.${name}) && payload.${name} == payload.${name}`)).not.toThrow();
    expect(holds(`has(payload.${name})`)).toBe(false);
    expect(() => holds(`payload["${name}"] == 1`)).toThrow(ExpressionFault);
  });
});

describe('what is not an expression of this language is refused with its place', () => {
  test.each([
    ['payload.a >', 11, 'Unexpected token'], ['system.teir == "HIGH"', 7, 'No such key: teir'], ['system.tier == 3', 0, 'no such overload'], ['system.tier', 0, 'It says string'],
    ['ghost == 1', 0, 'ghost'], ['payload.s.matches("(a+)+$")', 0, 'matches is no function'], ['cel.bind(a, payload, a.x == 1)', 0, 'bind is no function'],
    ['payload.a.all(a, a.all(b, b.all(c, c.all(d, true))))', 0, 'At most 3 loops'], ['now() > 1', 0, 'now'], ['evidence.collectedAt > timestamp("2026-01-01T00:00:00Z")', 23, 'timestamp'],
    [`payload.a == "${'x'.repeat(2000)}"`, 2000, 'at most 2000 characters'], [Array.from({ length: 120 }, () => 'true').join(' && '), 0, ''], ['', 0, ''],
    [`${'('.repeat(60)}true${')'.repeat(60)}`, 0, ''], ['clock.hasPassed(3)', 0, 'found no matching overload'], ['clock == clock', 0, 'no such overload'], ['system.tier == "HIGH" ? payload.a : payload.b', 0, 'It says dyn'],
    ['payload.a.all(evidence, evidence.x == 1)', 0, 'has a name of its own'], ['payload.a.exists(clock, true)', 0, 'has a name of its own'],
  ])('%s', (source, start, words) => {
    const problem = ((): unknown => { try { return compile(source, 'EVIDENCE'); } catch (error) { return error; } })();
    expect(problem).toBeInstanceOf(ExpressionProblem);
    expect((problem as ExpressionProblem).message).toContain(words);
    expect((problem as ExpressionProblem).start).toBeGreaterThanOrEqual(start);
    expect((problem as ExpressionProblem).end).toBeLessThanOrEqual(source.length);
  });
});

describe('what cannot be answered is neither yes nor no', () => {
  test.each([
    ['payload.missing == 1'], ['payload.decision > 3'], ['clock.hasPassed(payload.decision)'], ['atLeast(system.tier, "SEVERE")'], ['payload.metrics[9].value > 1'], ['!payload.missing'], ['payload.tags.all(t, t > 1)'],
  ])('%s', (source) => {
    expect(() => holds(source)).toThrow(ExpressionFault);
  });

  test('nor one whose turn comes when those before it have looked at too much', () => {
    const shared = asked('EVIDENCE', { xs: Array.from({ length: 100 }, (_, index) => ({ v: index })) });
    const twice = compile('payload.xs.all(a, payload.xs.exists(b, b.v == a.v))', 'EVIDENCE');
    expect(twice.holds(shared)).toBe(true);
    shared.budget.answers.left = MAX_STEPS - shared.budget.answers.left;

    expect(twice.holds(shared)).toBe(true);
    expect(shared.budget.answers.left).toBe(0);
    expect(() => twice.holds(shared)).toThrow(`more than ${String(MAX_STEPS)} values, together with what was asked before it`);
  });
});

test('docs/policies.md describes every type of the model with every field', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/policies.md'), 'utf8');
  for (const [type, { fields }] of Object.entries(MODEL)) {
    const row = text.split('\n').find((line) => line.startsWith(`| ${type} |`)) ?? '';
    expect({ type, fields: [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort() }).toEqual({ type, fields: Object.keys(fields).sort() });
  }
});

test('of a class on which assessment and signed record disagree, both are there', () => {
  const system = givenSystem({ tierAssessments: [givenTier({ euClass: 'HIGH_RISK_ANNEX_III' })], classifications: [givenClassification({ euClass: 'HIGH_RISK_ANNEX_I' })] });
  const seen = { ...asked('FACTS'), values: factsModel(placed({ ...about(), system })) };
  expect(compile('system.euClasses == ["HIGH_RISK_ANNEX_I", "HIGH_RISK_ANNEX_III"]', 'FACTS').holds(seen)).toBe(true);
  expect(holds('system.euClasses == [system.euClass]', 'FACTS')).toBe(true);
});

test('time is noted: an answer ends when it would turn', () => {
  const clock = new NotingClock(TODAY);
  expect(compile('!clock.isOlderThan(payload.measuredAt, 90)', 'EVIDENCE').holds(asked('EVIDENCE', PAYLOAD, clock))).toBe(true);
  expect(clock.holdsUntil).toEqual({ at: plusDays(TODAY, 60), what: 'POLICY', ref: 'R8/X' });
  const unasked = new NotingClock(TODAY);
  expect(compile('evidence.exists(e, e.type == "test_report")', 'FACTS').holds(asked('FACTS', PAYLOAD, unasked))).toBe(true);
  expect(unasked.holdsUntil).toBeNull();
});

describe('a condition that does not hold says what was looked at, what was found, and what is required', () => {
  test.each([
    ['payload.accuracy >= 0.95', 'EVIDENCE', [{ path: 'payload.accuracy', observed: 0.93, required: '>= 0.95' }]],
    ['0.95 <= payload.accuracy', 'EVIDENCE', [{ path: 'payload.accuracy', observed: 0.93, required: '>= 0.95' }]],
    ['payload.accuracy >= 0.9 && payload.decision == "STOP" && !(payload.failedBlocking == 0)', 'EVIDENCE', [{ path: 'payload.decision', observed: 'PROCEED', required: '== "STOP"' }, { path: 'payload.failedBlocking', observed: 0, required: 'not == 0' }]],
    ['payload.splitLeakage || payload.accuracy > 0.99', 'EVIDENCE', [{ path: 'payload.splitLeakage', observed: false, required: 'true' }, { path: 'payload.accuracy', observed: 0.93, required: '> 0.99' }]],
    ['payload.metrics.all(m, m.value >= m.target)', 'EVIDENCE', [{ path: 'payload.metrics[1].value', observed: 0.7, required: '>= payload.metrics[1].target (0.8)' }]],
    ['payload.metrics.exists(m, m.value > 0.95)', 'EVIDENCE', [{ path: 'payload.metrics', observed: '0 of 2', required: 'exists: m.value > 0.95' }]],
    ['payload.decision.startsWith("STOP")', 'EVIDENCE', [{ path: 'payload.decision', observed: 'PROCEED', required: 'startsWith("STOP")' }]],
    ['system.tier in ["MINIMAL", "MODERATE"]', 'FACTS', [{ path: 'system.tier', observed: 'HIGH', required: 'in ["MINIMAL", "MODERATE"]' }]],
    ['has(payload.recall) && payload.recall > 0.9', 'EVIDENCE', [{ path: 'has(payload.recall)', observed: false, required: 'true' }]],
    ['size(risks) > 5', 'FACTS', [{ path: 'size(risks)', observed: 1, required: '> 5' }]],
    ['atLeast(system.tier, "CRITICAL")', 'FACTS', [{ path: 'system.tier', observed: 'HIGH', required: 'at least "CRITICAL"' }]],
    ['!atLeast(system.tier, "HIGH")', 'FACTS', [{ path: 'system.tier', observed: 'HIGH', required: 'not at least "HIGH"' }]],
    ['isBefore(payload.measuredAt, "2020-01-01")', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: 'before "2020-01-01"' }]],
    ['!isBefore(payload.measuredAt, evidence.collectedAt)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: `not before evidence.collectedAt ("${givenEvidence().collectedAt}")` }]],
    ['clock.hasPassed(evidence.validUntil)', 'EVIDENCE', [{ path: 'evidence.validUntil', observed: givenEvidence().validUntil, required: 'has passed' }]],
    ['!clock.hasPassed(payload.measuredAt)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: 'has not passed' }]],
    ['!clock.isOlderThan(payload.measuredAt, 30)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: 'less than 30 days ago' }]],
    ['clock.isOlderThan(payload.measuredAt, 31)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: '31 days ago or longer' }]],
    ['!clock.isOlderThan(payload.measuredAt, -180)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: 'more than 180 days ahead' }]],
    ['["2999-01-01"].all(d, clock.isOlderThan(d, -2))', 'EVIDENCE', [{ path: '"2999-01-01"', observed: '2999-01-01', required: 'no more than 2 days ahead' }]],
    ['!clock.isOlderThan(payload.measuredAt, 0)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: 'has not passed' }]],
    ['!clock.isOlderThan(payload.measuredAt, 1)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: 'less than 1 day ago' }]],
    ['isBefore("2999-01-01", payload.measuredAt)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: 'after "2999-01-01"' }]],
    ['!isBefore("2020-01-01", payload.measuredAt)', 'EVIDENCE', [{ path: 'payload.measuredAt', observed: PAYLOAD.measuredAt, required: 'not after "2020-01-01"' }]],
    ['atLeast("MODERATE", system.tier)', 'FACTS', [{ path: 'system.tier', observed: 'HIGH', required: 'at most "MODERATE"' }]],
    ['payload.limits.all(k, payload.limits[k] < 3)', 'EVIDENCE', [{ path: 'payload.limits["b"]', observed: 9, required: '< 3' }]],
    ['payload.limits.exists(k, payload.limits[k] > 9)', 'EVIDENCE', [{ path: 'payload.limits', observed: '0 of 2', required: 'exists: payload.limits[k] > 9' }]],
    ['payload.tags.all(b, payload.limits["b"] < 3)', 'EVIDENCE', [{ path: 'payload.limits["b"]', observed: 9, required: '< 3' }, { path: 'payload.limits["b"]', observed: 9, required: '< 3' }]],
    ['["$&"].all(k, k == "x")', 'EVIDENCE', [{ path: '"$&"', observed: '$&', required: '== "x"' }]],
    ['payload.tags == ["x"]', 'EVIDENCE', [{ path: 'payload.tags', observed: '2 items', required: '== ["x"]' }]],
  ] as const)('%s', (source, scope, unmet) => {
    expect(unmetBy(compile(source, scope), asked(scope))).toEqual(unmet);
  });

  test('and nothing where it holds', () => {
    expect(unmetBy(compile('payload.accuracy > 0.9', 'EVIDENCE'), asked('EVIDENCE'))).toEqual([]);
  });

  test('as far as it can be explained in so many steps: what is left over is said as a whole, and nothing of it is taken from the answers', () => {
    const many = asked('EVIDENCE', { xs: Array.from({ length: 1000 }, (_, v) => ({ v })) });
    const source = 'payload.xs.all(a, payload.xs.all(b, a.v + b.v < 990.0))';
    const answer = compile(source, 'EVIDENCE');
    expect(answer.holds(many)).toBe(false);
    const paid = MAX_STEPS - many.budget.answers.left;
    many.budget.answers.left = paid;
    many.budget.explanations.left = 1000;

    expect(unmetBy(answer, many)).toEqual([{ path: source, observed: false, required: 'true' }]);
    expect(many.budget.answers.left).toBe(0);
    expect(many.budget.explanations.left).toBeLessThan(0);
  });

  test('for at most ten parts', () => {
    const metrics = Array.from({ length: 50 }, () => ({ name: 'x', value: 0.1, target: 1 }));
    expect(unmetBy(compile('payload.metrics.all(m, m.value > m.target)', 'EVIDENCE'), asked('EVIDENCE', { metrics }))).toHaveLength(10);
  });
});

test('records of before there were payloads have an empty one', () => {
  const { payload: _, ...old } = givenEvidence();
  const values = evidenceModel(stored(old) as never, placed(about()), []);
  expect(compile('!has(payload.accuracy)', 'EVIDENCE').holds({ values, clock: new NotingClock(TODAY), ref: 'x', budget: newBudget() })).toBe(true);
});

test('what a risk comes to is the level that is earned', () => {
  const facts = givenAbout({ risks: [givenRisk()] });
  const values = factsModel(placed(facts));
  expect(compile('risks.exists(r, r.number == "R-1" && r.confirmed && r.level != "")', 'FACTS').holds({ values, clock: new NotingClock(TODAY), ref: 'x', budget: newBudget() })).toBe(true);
});

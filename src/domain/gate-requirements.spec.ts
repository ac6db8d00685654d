import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenEnvironment, givenEvidence, givenFacts, givenGrant, givenRelease, givenSigned, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays, plusMs, type Instant } from './clock.js';
import { sha256 } from './digest.js';
import type { Evidence } from './evidence.js';
import type { GateAction, ReleaseFacts } from './gate-question.js';
import { render } from './gate-messages.js';
import { planOf } from './gate-plan.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { Binding, ConditionRow, EvidenceRow, FreezeWindow, RequirementRow } from './policy-terms.js';
import type { GatePolicy } from './policy.js';

const EVIDENCE: EvidenceRow = { kind: 'EVIDENCE', id: 'E-1', title: 'An evaluation', gates: ['PRODUCTION'], when: {}, severity: 'BLOCK', code: 'EVALUATION_BELOW_THRESHOLD', next: null, basis: [], evidenceType: 'evaluation_run', subject: 'RELEASE', maxAgeDays: 30, condition: 'payload.accuracy >= 0.9' };
const CONDITION: ConditionRow = { kind: 'CONDITION', id: 'C-1', title: 'Few risks', gates: ['PRODUCTION'], when: {}, severity: 'BLOCK', code: 'READINESS_INCOMPLETE', next: 'Close some.', basis: [], condition: 'size(risks) < 2' };
const release = givenRelease();
const run = (more: Partial<Evidence> = {}): ReturnType<typeof givenEvidence> => givenEvidence({ type: 'evaluation_run', subjectDigest: release.bundleDigest, payload: { accuracy: 0.95 }, ...more });
const signed = (more: Partial<ReleaseFacts> = {}): ReleaseFacts => givenSigned(givenAbout({ release, ...more }));

interface Asked { readonly rows?: readonly RequirementRow[]; readonly freezes?: readonly FreezeWindow[]; readonly bindings?: readonly Binding[]; readonly action?: GateAction; readonly now?: Instant; readonly about?: ReleaseFacts }

function judge({ rows = [EVIDENCE], freezes = [], bindings = defaultPolicy().bindings, action = 'promote', now = TODAY, about = signed({ evidence: [run()] }) }: Asked): Evaluation {
  const policy: GatePolicy = { ...defaultPolicy(), requirements: rows, freezes, bindings };
  const facts = givenFacts(about, { environment: givenEnvironment() });
  return evaluateGate(policy, { ...facts, question: { ...facts.question, action } }, new NotingClock(now));
}

function says(asked: Asked): string[] {
  const { verdict, reasons } = judge(asked);
  return [verdict, ...reasons.filter(({ severity }) => severity !== 'INFO').map(({ code, requirement, severity }) => `${severity} ${requirement} ${code}`)];
}

describe('R7: evidence that the policy asks for', () => {
  const of = (...evidence: ReturnType<typeof givenEvidence>[]): string[] => says({ about: signed({ evidence }) });

  test('of a row that people supply counts what a person has submitted or verified; machines among themselves are told so, and what to do', () => {
    const row: EvidenceRow = { ...EVIDENCE, suppliedBy: 'HUMAN' };
    const verified = (kind?: 'USER' | 'SERVICE'): Evidence['verification'] => ({ by: 'verifier', at: plusDays(TODAY, -12), ...(kind && { kind }) });
    const met = (source: Evidence['source'], kind?: 'USER' | 'SERVICE'): boolean => says({ rows: [row], about: signed({ evidence: [run({ source, verification: verified(kind) })] }) })[0] === 'ALLOW';
    expect([met('HUMAN', 'SERVICE'), met('HUMAN'), met('CI', 'USER'), met('MONITOR', 'USER')]).toEqual([true, true, true, true]);
    expect([met('CI', 'SERVICE'), met('MONITOR', 'SERVICE'), met('CI')]).toEqual([false, false, false]);

    const about = signed({ evidence: [run({ source: 'CI', verification: verified('SERVICE') })] });
    const answer = judge({ rows: [row], about });
    const reason = answer.reasons.find(({ code }) => code === 'EVIDENCE_UNSIGNED')!;
    expect(reason.params.unmet).toEqual([{ path: 'evidence.source', observed: 'CI', required: expect.stringContaining('HUMAN') }]);
    expect(render(reason).message).toContain('no person answers for');
    expect(planOf(answer, about).acts.map(({ mutation }) => mutation)).toEqual(['submitEvidence', 'verifyEvidence']);
    expect(says({ about: signed({ evidence: [run({ source: 'CI', verification: verified('SERVICE') })] }) })).toEqual(['ALLOW']);
  });

  test.each<[string, ReturnType<typeof givenEvidence>[], string | null]>([
    ['is there, fresh, about this bundle, and says what the policy wants', [run()], null],
    ['is about one of its components', [run({ subjectDigest: release.components[0]!.digest })], null],
    ['is not there', [], 'EVIDENCE_MISSING'],
    ['is of another type', [run({ type: 'other_run' })], 'EVIDENCE_MISSING'],
    ['was rejected', [run({ state: 'REJECTED' })], 'EVIDENCE_MISSING'],
    ['was revoked', [run({ state: 'REVOKED' })], 'EVIDENCE_MISSING'],
    ['waits for somebody to verify it', [run({ state: 'SUBMITTED', verification: null })], 'EVIDENCE_UNSIGNED'],
    ['is over', [run({ validUntil: TODAY })], 'EVIDENCE_EXPIRED'],
    ['is valid, and older than the policy allows', [run({ collectedAt: plusDays(TODAY, -30) })], 'EVIDENCE_EXPIRED'],
    ['is as old as it may be', [run({ collectedAt: plusMs(plusDays(TODAY, -30), 1) })], null],
    ['is about other bytes', [run({ subjectDigest: sha256('other') })], 'EVIDENCE_WRONG_SUBJECT'],
    ['is about the system as such', [run({ subjectDigest: null })], 'EVIDENCE_WRONG_SUBJECT'],
    ['says something else', [run({ payload: { accuracy: 0.5 } })], 'EVALUATION_BELOW_THRESHOLD'],
    ['failed after it had passed', [run(), run({ id: 'ev-2', number: 'E-2', collectedAt: plusDays(TODAY, -1), payload: { accuracy: 0.5 } })], 'EVALUATION_BELOW_THRESHOLD'],
    ['passed after it had failed', [run({ payload: { accuracy: 0.5 } }), run({ id: 'ev-2', number: 'E-2', collectedAt: plusDays(TODAY, -1) })], null],
    ['failed later, and nobody has verified that', [run(), run({ id: 'ev-2', number: 'E-2', collectedAt: plusDays(TODAY, -1), payload: { accuracy: 0.5 }, state: 'SUBMITTED', verification: null })], null],
    ['failed after it had passed, and the failure has ended', [run(), run({ id: 'ev-2', number: 'E-2', collectedAt: plusDays(TODAY, -1), payload: { accuracy: 0.5 }, validUntil: TODAY })], 'EVIDENCE_EXPIRED'],
    ['was superseded by one that failed', [run(), run({ id: 'ev-2', number: 'E-2', supersedesId: 'ev-1', payload: { accuracy: 0.5 } })], 'EVALUATION_BELOW_THRESHOLD'],
  ])('%s', (_, evidence, code) => {
    expect(of(...evidence)).toEqual(code === null ? ['ALLOW'] : ['DENY', `BLOCK R7/E-1 ${code}`]);
  });

  test('about the system as such is enough where the policy says so', () => {
    expect(says({ rows: [{ ...EVIDENCE, subject: 'ANY' }], about: signed({ evidence: [run({ subjectDigest: null })] }) })).toEqual(['ALLOW']);
  });

  test('one piece serves every row that asks for its type, and every release that has what it is about', () => {
    const rows = [EVIDENCE, { ...EVIDENCE, id: 'E-2', condition: null }, { ...EVIDENCE, id: 'E-3', gates: ['PRODUCTION'] as const, condition: 'payload.accuracy < 1.0' }];
    const about = release.components[0]!.digest;
    const next = givenRelease({ id: 'rel-2', number: 'REL-2', label: '2', bundleDigest: sha256('another bundle') });
    const unmet = (each: typeof release): string[] => says({ rows, about: signed({ release: each, evidence: [run({ subjectDigest: about })] }) }).filter((line) => line.includes(' R7/'));
    for (const each of [release, next]) expect(unmet(each)).toEqual([]);
    expect(unmet({ ...next, components: [{ ...next.components[0]!, digest: sha256('retrained') }] })).toEqual(rows.map(({ id }) => `BLOCK R7/${id} EVIDENCE_WRONG_SUBJECT`));
  });

  test('tells what was found, names the piece, and says how it is lifted', () => {
    const evaluation = judge({ about: signed({ evidence: [run({ payload: { accuracy: 0.5 } })] }) });
    const reason = evaluation.reasons.find(({ requirement }) => requirement === 'R7/E-1')!;
    expect(reason.params).toEqual({ title: 'An evaluation', evidence: ['E-1'], unmet: [{ path: 'payload.accuracy', observed: 0.5, required: '>= 0.9' }] });
    expect(render(reason).message).toBe('An evaluation: not so by E-1 (payload.accuracy is 0.5, required: >= 0.9).');
    expect(planOf(evaluation, null).acts.map(({ mutation, who }) => `${mutation} ${who}`)).toEqual(['submitEvidence DELIVERY_TEAM', 'verifyEvidence SOMEBODY_ELSE']);
  });

  test.each(['payload.accuracy >= 0.9', 'evidence.payload.accuracy >= 0.9', 'has(payload.accuracy)', '!has(payload.failures) || payload.failures == 0', 'evidence.source == "HUMAN" && payload.runs.all(r, r.passed)'])('with nothing but a file does not say %s, and that is no error', (condition) => {
    const evaluation = judge({ rows: [{ ...EVIDENCE, condition }], about: signed({ evidence: [run({ payload: null })] }) });
    expect(evaluation).toMatchObject({ verdict: 'DENY', reasons: [{ requirement: 'R7/E-1', code: 'EVALUATION_BELOW_THRESHOLD', params: { evidence: ['E-1'], unmet: [{ path: 'payload', observed: null, required: 'a payload' }] } }] });
  });

  test('with nothing but a file is enough for a condition that asks nothing of what it found', () => {
    for (const condition of ['evidence.source == "HUMAN"', 'evidence.title != "payload"']) expect(says({ rows: [{ ...EVIDENCE, condition }], about: signed({ evidence: [run({ payload: null })] }) })).toEqual(['ALLOW']);
  });

  test('bounds the answer by its age', () => {
    expect(judge({}).holdsUntil).toEqual({ at: plusDays(TODAY, 17), what: 'EVIDENCE', ref: 'ev-1' });
  });
});

describe('R8: what has to hold', () => {
  test('holds or does not', () => {
    expect(says({ rows: [CONDITION] })).toEqual(['ALLOW']);
    expect(says({ rows: [{ ...CONDITION, condition: 'size(risks) > 1' }] })).toEqual(['DENY', 'BLOCK R8/C-1 READINESS_INCOMPLETE']);
  });

  test('is lifted by no single act, in the words of the policy', () => {
    const evaluation = judge({ rows: [{ ...CONDITION, condition: 'size(risks) > 1' }] });
    expect(planOf(evaluation, null).stuck.map(({ requirement }) => requirement)).toEqual(['R8/C-1']);
    expect(render(evaluation.reasons.find(({ rule }) => rule === 'R8')!)).toMatchObject({ message: 'Few risks: not so (size(risks) is 1, required: > 1).', nextAction: 'Close some.' });
  });
});

describe('a row', () => {
  const failing: ConditionRow = { ...CONDITION, condition: 'false' };

  test('applies at its gates and to its systems only', () => {
    const high = givenSystem({ tierAssessments: [givenTier({ tier: 'MINIMAL' })] });
    expect(says({ rows: [{ ...failing, gates: ['PILOT'] }] })).toEqual(['ALLOW']);
    expect(says({ rows: [{ ...failing, when: { tiers: ['CRITICAL'] } }] })).toEqual(['ALLOW']);
    expect(says({ rows: [{ ...failing, when: { tiers: ['MINIMAL'] } }], about: signed({ system: high }) })).toContain('BLOCK R8/C-1 READINESS_INCOMPLETE');
  });

  test('may only warn', () => {
    expect(says({ rows: [{ ...failing, severity: 'WARN' }] })).toEqual(['ALLOW', 'WARN R8/C-1 READINESS_INCOMPLETE']);
  });

  test.each<[string, GateAction, Partial<Asked>]>([
    ['that cannot be answered', 'promote', {}], ['that only warns', 'promote', { rows: [{ ...EVIDENCE, severity: 'WARN' }] }], ['while the policy only observes', 'promote', { bindings: [{ priority: 0, mode: 'OBSERVE' }] }],
    ['for what runs', 'run', {}], ['for what comes back', 'rollback', {}],
  ])('%s makes the answer an error, never a yes', (_, action, more) => {
    const grants = [givenGrant({ redeemedAt: plusDays(TODAY, -1) })];
    const evaluation = judge({ action, about: { ...signed({ evidence: [run({ payload: { acuracy: 1 } })] }), grants }, ...more });
    expect([evaluation.verdict, evaluation.enforcedVerdict]).toEqual(['ERROR', 'ERROR']);
    expect(evaluation.reasons.find(({ code }) => code === 'POLICY_ERROR')).toMatchObject({ requirement: 'R7/E-1', severity: 'BLOCK', params: { problem: 'No such key: accuracy' } });
  });

  test('together look at no more than one question may, however many rows there are', () => {
    const many = { xs: Array.from({ length: 150 }, (_, index) => ({ v: index })) };
    const rows = Array.from({ length: 20 }, (_, index) => ({ ...EVIDENCE, id: `E-${String(index)}`, condition: 'payload.xs.all(a, payload.xs.all(b, a.v + b.v >= 0))' }));
    const { verdict, reasons } = judge({ about: signed({ evidence: [run({ payload: many })] }), rows });

    expect(verdict).toBe('ERROR');
    expect(reasons.filter(({ code }) => code === 'POLICY_ERROR').length).toBeGreaterThan(10);
    expect(reasons.filter(({ code }) => code === 'POLICY_ERROR').length).toBeLessThan(20);
  });
});

describe('R18: a freeze', () => {
  const freeze: FreezeWindow = { id: 'F-1', from: TODAY, until: plusDays(TODAY, 7), reason: 'Holidays' };

  test('stops promotions from its first to its last instant', () => {
    const at = (now: Instant): string => judge({ freezes: [freeze], now }).verdict;
    expect([at(plusMs(TODAY, -1)), at(TODAY), at(plusMs(freeze.until, -1)), at(freeze.until)]).toEqual(['ALLOW', 'DENY', 'DENY', 'ALLOW']);
    expect(judge({ freezes: [freeze], now: plusDays(TODAY, -1) }).holdsUntil).toEqual({ at: TODAY, what: 'FREEZE', ref: 'F-1' });
    expect(judge({ freezes: [freeze] }).reasons[0]).toMatchObject({ code: 'FREEZE_WINDOW', requirement: 'R18/F-1', params: { title: 'Holidays', until: freeze.until } });
  });

  test('only where it is meant', () => {
    for (const [more, verdict] of [[{ kinds: ['PILOT'] }, 'ALLOW'], [{ kinds: ['PRODUCTION'] }, 'DENY'], [{ systems: ['SYS-9'] }, 'ALLOW'], [{ systems: ['SYS-1'] }, 'DENY'], [{ environments: ['elsewhere'] }, 'ALLOW']] as const) {
      expect([more, judge({ freezes: [{ ...freeze, ...more }] }).verdict]).toEqual([more, verdict]);
    }
  });

  test('neither what runs nor what comes back', () => {
    const here = { ...signed({ evidence: [run()] }), grants: [givenGrant({ redeemedAt: plusDays(TODAY, -1) })] };
    for (const action of ['run', 'rollback'] as const) expect(says({ action, freezes: [freeze], about: here })).not.toContain('BLOCK R18/F-1 FREEZE_WINDOW');
  });
});

describe('modes', () => {
  const bindings = (mode: Binding['mode']): Binding[] => [{ priority: 0, mode }];
  const about = signed({ evidence: [] });

  test('WARN and OBSERVE let in what the rules would not, and say what these say', () => {
    expect([judge({ about, bindings: bindings('ENFORCE') })].map(({ verdict, enforcedVerdict, mode }) => [verdict, enforcedVerdict, mode])).toEqual([['DENY', 'DENY', 'ENFORCE']]);
    for (const mode of ['WARN', 'OBSERVE'] as const) {
      expect(judge({ about, bindings: bindings(mode) })).toMatchObject({ verdict: 'ALLOW', enforcedVerdict: 'DENY', mode, reasons: [{ severity: 'BLOCK', requirement: 'R7/E-1' }] });
      expect(judge({ bindings: bindings(mode) })).toMatchObject({ verdict: 'ALLOW', enforcedVerdict: 'ALLOW' });
    }
  });

  test('but neither what the law forbids nor bytes that were withdrawn', () => {
    const prohibited = givenSystem({ tierAssessments: [givenTier({ euClass: 'PROHIBITED' })] });
    expect(judge({ rows: [], about: signed({ system: prohibited }), bindings: bindings('OBSERVE') })).toMatchObject({ verdict: 'DENY', enforcedVerdict: 'DENY' });
    expect(judge({ rows: [], about: signed({ release: givenRelease({ state: 'WITHDRAWN' }) }), bindings: bindings('WARN') })).toMatchObject({ verdict: 'DENY' });
  });
});

test('where no policy is bound nothing goes', () => {
  const evaluation = evaluateGate(null, givenFacts(signed()), new NotingClock(TODAY));
  expect(evaluation).toMatchObject({ verdict: 'DENY', reasons: [{ code: 'NO_POLICY', requirement: 'GATE', severity: 'BLOCK' }] });
});

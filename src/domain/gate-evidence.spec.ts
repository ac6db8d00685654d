// Which pieces speak for a row: of each value the latest, whatever was put in its place; and what comes nearest where none does.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenEnvironment, givenEvidence, givenFacts, givenRelease, givenSigned, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays, plusMs, type Instant } from './clock.js';
import { sha256 } from './digest.js';
import type { Evidence } from './evidence.js';
import { NAMES_BYTES } from './gate-evidence.js';
import { render } from './gate-messages.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { JsonObject } from './payload.js';
import type { EvidenceRow } from './policy-terms.js';
import type { Tier } from './system.js';

const RUNS: EvidenceRow = { kind: 'EVIDENCE', id: 'E-1', title: 'Every suite passes', gates: ['PRODUCTION'], when: {}, severity: 'BLOCK', code: 'EVALUATION_BELOW_THRESHOLD', next: null, basis: [], evidenceType: 'evaluation_run', subject: 'RELEASE', maxAgeDays: 30, per: ['suite'], condition: 'payload.rate >= 0.9' };
const release = givenRelease();
const MODEL = release.components[0]!.digest;

type Run = Partial<Evidence> & { readonly n?: number; readonly days?: number };
/** The `n`th piece, collected so many days ago. */
function run(payload: JsonObject | null, { n = 1, days = 10, ...more }: Run = {}): ReturnType<typeof givenEvidence> {
  return givenEvidence({ id: `ev-${String(n)}`, number: `E-${String(n)}`, type: 'evaluation_run', subjectDigest: release.bundleDigest, payload, collectedAt: plusDays(TODAY, -days), validUntil: plusDays(TODAY, 20), ...more });
}
const REVOKED = { state: 'REVOKED' } as const;
const WAITING = { state: 'SUBMITTED', verification: null } as const;
const OTHER = { subjectDigest: sha256('the release before') };
const passed = (suite: string, more?: Run): ReturnType<typeof run> => run({ suite, rate: 0.95 }, more);
const failed = (suite: string, more?: Run): ReturnType<typeof run> => run({ suite, rate: 0.2 }, more);

function judge(evidence: readonly ReturnType<typeof run>[], { row = RUNS, tier = 'MODERATE', now = TODAY }: { row?: EvidenceRow; tier?: Tier; now?: Instant } = {}): Evaluation {
  const about = givenSigned(givenAbout({ release, evidence, system: givenSystem({ tierAssessments: [givenTier({ tier })] }) }));
  return evaluateGate({ ...defaultPolicy(), requirements: [row] }, givenFacts(about, { environment: givenEnvironment() }), new NotingClock(now));
}

function says(evidence: readonly ReturnType<typeof run>[], row = RUNS): string[] {
  return judge(evidence, { row }).reasons.filter(({ rule }) => rule === 'R7').map(({ code, params }) => `${code} ${(params.evidence ?? []).join(',')}`);
}

describe('a suite that failed', () => {
  test('is answered by a later run of the same suite, and by no run of another one, taken back or not', () => {
    const answer = (by: string, left: Partial<Evidence>): string[] => says([failed('safety', { ...left, days: 3 }), passed(by, { n: 2, days: 2, supersedesId: 'ev-1' })]);

    expect([answer('safety', {}), answer('safety', REVOKED)]).toEqual([[], []]);
    expect(answer('cases', REVOKED)).toEqual(['EVIDENCE_MISSING E-1']);
    expect(answer('cases', {})).toEqual(['EVALUATION_BELOW_THRESHOLD E-1', 'EVIDENCE_MISSING E-2']);
  });

  test('is left behind by nothing that is done for another: the reason says which suite it is, and the way out', () => {
    const reason = judge([failed('safety', REVOKED), passed('cases', { n: 2, days: 2, supersedesId: 'ev-1' })]).reasons.find(({ code }) => code === 'EVIDENCE_MISSING')!;

    expect(reason.params.unmet).toEqual([{ path: 'payload.suite', observed: 'safety', required: expect.stringContaining('requestWaiver') }]);
    expect(render(reason).nextAction).toContain('payload.suite is "safety"');
  });
});

describe('a value that is measured no more', () => {
  test('closes the gate when its last piece has ended, and says which value it is and how it is let off', () => {
    const reason = judge([passed('dropped', { validUntil: TODAY }), passed('cases', { n: 2 })]).reasons.find(({ rule }) => rule === 'R7')!;

    expect(reason).toMatchObject({ code: 'EVIDENCE_EXPIRED', params: { evidence: ['E-1'], unmet: [{ path: 'payload.suite', observed: 'dropped' }] } });
    expect(render(reason).nextAction).toMatch(/^Collect it again: .* payload\.suite is "dropped", which needs a later piece of the same; .*\(requestWaiver\), or left behind by a release of other bytes\.$/);
    expect(says([passed('dropped', { ...OTHER, validUntil: TODAY }), passed('cases', { n: 2 })])).toEqual([]);
  });
});

describe('a piece that does not say which it is', () => {
  const good = passed('cases', { n: 3, days: 5 });

  test.each<[string, JsonObject | null]>([['without a payload', null], ['without the value', { rate: 0.2 }]])('%s closes the gate, even ended, until it is taken back and a later one that says so is put in its place', (_, payload) => {
    expect(says([run(payload, { validUntil: TODAY }), good])).toEqual(['EVIDENCE_EXPIRED E-1']);
    expect(says([run(payload, REVOKED), good])).toEqual(['EVIDENCE_MISSING E-1']);
    expect(says([run(payload, REVOKED), { ...good, supersedesId: 'ev-1' }])).toEqual([]);
    expect(says([run(payload, REVOKED), { ...good, supersedesId: 'ev-1', ...WAITING }])).toEqual(['EVIDENCE_MISSING E-1']);
    expect(says([run(payload, REVOKED), run(payload, { n: 3, days: 5, supersedesId: 'ev-1' })])).not.toEqual([]);
  });

  test('hides no other of its kind once it is put right', () => {
    expect(says([run({ rate: 0.2 }, { n: 0, days: 12 }), run(null, REVOKED), { ...good, supersedesId: 'ev-1' }])).toEqual(['EVALUATION_BELOW_THRESHOLD E-0']);
  });

  test('is put right only by one that agrees in what it did say', () => {
    const row = { ...RUNS, per: ['model', 'suite'] };
    const corrected = (suite: string): string[] => says([run({ suite: 'safety', rate: 0.2 }, REVOKED), run({ model: MODEL, suite, rate: 0.95 }, { n: 2, days: 2, supersedesId: 'ev-1' })], row);

    expect([corrected('safety'), corrected('cases')]).toEqual([[], ['EVIDENCE_MISSING E-1']]);
  });

  test('or names bytes that are no part of this release, is put right by one that names a part of it', () => {
    const row = { ...RUNS, per: ['modelDigest', 'suite'] };
    const put = (was: string): string[] => says([run({ modelDigest: was, suite: 'safety', rate: 0.2 }, REVOKED), run({ modelDigest: MODEL, suite: 'safety', rate: 0.95 }, { n: 2, days: 2, supersedesId: 'ev-1' })], row);

    expect(put(sha256('another model'))).toEqual([]);
    expect(put(release.bundleDigest)).toEqual(['EVIDENCE_MISSING E-1']);
  });
});

describe('a digest', () => {
  const DIGEST = sha256('the suite of safety');

  test('that names a suite is a name: its failure is hidden by no pass of another suite', () => {
    const hidden = (by: string): string[] => says([failed(DIGEST, { ...REVOKED, days: 3 }), passed(by, { n: 2, days: 2, supersedesId: 'ev-1' })]);

    expect([hidden('cases'), hidden(MODEL), hidden(DIGEST)]).toEqual([['EVIDENCE_MISSING E-1'], ['EVIDENCE_MISSING E-1'], []]);
  });

  test.each(NAMES_BYTES)('in %s of a piece about a part names bytes of the release before, and the piece is not heard; one about the bundle is', (field) => {
    const row = { ...RUNS, per: [field], condition: `payload.${field} in release.digests && payload.rate >= 0.9` };
    const before = (more: Run): ReturnType<typeof run> => run({ [field]: sha256('the model before'), rate: 0.2 }, { days: 12, ...more });
    const good = run({ [field]: MODEL, rate: 0.95 }, { n: 2 });
    const part = { subjectDigest: release.components[1]!.digest };

    expect([says([before(part), good], row), says([before({ ...part, ...REVOKED }), good], row), says([before({}), good], row)]).toEqual([[], [], ['EVALUATION_BELOW_THRESHOLD E-1']]);
    expect([says([before(part)], row), says([before({ ...part, ...WAITING })], row)]).toEqual([['EVIDENCE_WRONG_SUBJECT E-1'], ['EVIDENCE_WRONG_SUBJECT E-1']]);
    expect(says([run({ [field]: MODEL, rate: 0.2 }, { ...part, days: 5 }), good], row)).toEqual(['EVALUATION_BELOW_THRESHOLD E-1']);
  });

  test('of a version of a dataset is heard, whatever it is about', () => {
    const row = { ...RUNS, per: ['datasetVersion'] };
    expect(says([run({ datasetVersion: DIGEST, rate: 0.2 }, { subjectDigest: MODEL }), run({ datasetVersion: 'cases@3', rate: 0.95 }, { n: 2 })], row)).toEqual(['EVALUATION_BELOW_THRESHOLD E-1']);
  });
});

describe('a pass that has ended', () => {
  const ended = passed('cases', { validUntil: TODAY });
  const later = (more: Run): ReturnType<typeof run> => passed('cases', { n: 2, days: 5, ...WAITING, ...more });

  test.each<[string, ReturnType<typeof run>[], string]>([
    ['a later one of the same waits', [later({})], 'EVIDENCE_UNSIGNED E-2'],
    ['several do: the one that waits longest is named', [later({ validUntil: plusDays(TODAY, 1) }), later({ n: 3, days: 4 })], 'EVIDENCE_UNSIGNED E-3'],
    ['an earlier one of the same waits', [later({ days: 15 })], 'EVIDENCE_EXPIRED E-1'],
    ['a later one of another suite waits', [passed('safety', { n: 2, days: 5, ...WAITING })], 'EVIDENCE_EXPIRED E-1'],
    ['a later one about other bytes waits', [later(OTHER)], 'EVIDENCE_EXPIRED E-1'],
    ['a later one has ended as well', [later({ validUntil: TODAY })], 'EVIDENCE_EXPIRED E-1'],
  ])('while %s', (_, evidence, reason) => {
    expect(says([ended, ...evidence])).toEqual([reason]);
  });

  test('and a later one that waits, too old for the row by now: to verify it would not help', () => {
    const row = { ...RUNS, maxAgeDays: 4 };
    expect([says([ended, later({})], row), says([ended, later({ days: 3 })], row), says([later({})], row)]).toEqual([['EVIDENCE_EXPIRED E-1'], ['EVIDENCE_UNSIGNED E-2'], ['EVIDENCE_EXPIRED E-2']]);
    expect(says([ended, later({}), later({ n: 3, days: 3, validUntil: plusDays(TODAY, 1) })], row)).toEqual(['EVIDENCE_UNSIGNED E-3']);
  });
});

describe('where no piece about these bytes was judged', () => {
  test.each<[string, ReturnType<typeof run>[], string]>([
    ['one of them waits, and one of the release before is live', [passed('cases', OTHER), passed('cases', { n: 2, ...WAITING })], 'EVIDENCE_UNSIGNED E-2'],
    ['one of them ended before anybody verified it', [passed('cases', OTHER), passed('cases', { n: 2, ...WAITING, validUntil: TODAY })], 'EVIDENCE_EXPIRED E-2'],
    ['one about others is live', [passed('cases', OTHER)], 'EVIDENCE_WRONG_SUBJECT E-1'],
    ['one about others waits', [passed('cases', { ...OTHER, ...WAITING })], 'EVIDENCE_WRONG_SUBJECT E-1'],
    ['one about others has ended', [passed('cases', { ...OTHER, validUntil: TODAY })], 'EVIDENCE_WRONG_SUBJECT E-1'],
    ['one about others was taken back', [passed('cases', { ...OTHER, ...REVOKED })], 'EVIDENCE_MISSING E-1'],
  ])('%s', (_, evidence, reason) => {
    expect(says(evidence)).toEqual([reason]);
  });

  test('a piece waits until its time is over, and the answer holds until then', () => {
    const evidence = [passed('cases', { ...WAITING, validUntil: plusDays(TODAY, 1) })];
    const at = (now: Instant): string => judge(evidence, { now }).reasons.find(({ rule }) => rule === 'R7')!.code;

    expect([at(plusMs(plusDays(TODAY, 1), -1)), at(plusDays(TODAY, 1))]).toEqual(['EVIDENCE_UNSIGNED', 'EVIDENCE_EXPIRED']);
    expect(judge(evidence).holdsUntil).toEqual({ at: plusDays(TODAY, 1), what: 'EVIDENCE', ref: 'ev-1' });
  });
});

describe('a pass in whose place another piece was put', () => {
  const pass = passed('cases', { days: 5 });
  const instead = (more: Run): ReturnType<typeof run> => passed('cases', { n: 2, days: 2, supersedesId: 'ev-1', ...more });

  test.each<[string, ReturnType<typeof run>[], string[]]>([
    ['about other bytes', [instead(OTHER)], ['EVIDENCE_WRONG_SUBJECT E-2']],
    ['about other bytes, that was taken back', [instead({ ...OTHER, ...REVOKED })], ['EVIDENCE_MISSING E-2']],
    ['about other bytes, while a run about these waits', [instead(OTHER), passed('cases', { n: 3, days: 1, ...WAITING })], ['EVIDENCE_UNSIGNED E-3']],
    ['about other bytes, while a run of another suite waits', [instead(OTHER), passed('safety', { n: 3, days: 1, ...WAITING })], ['EVIDENCE_WRONG_SUBJECT E-2']],
    ['about these, collected before it, as was possible once', [instead({ days: 9 })], ['EVIDENCE_MISSING E-2']],
    ['about these, collected since', [instead({})], []],
  ])('%s', (_, evidence, reasons) => {
    expect(says([pass, ...evidence])).toEqual(reasons);
  });
});

describe('a tier that was raised since a piece was submitted', () => {
  const row = { ...RUNS, maxAgeDays: null };
  const evidence = [passed('cases', { days: 10, validUntil: plusDays(TODAY, 720) })];

  test('ends it as many days after it was collected as the tier allows, to the millisecond', () => {
    const end = plusDays(TODAY, 80);
    const at = (now: Instant, tier: Tier): string[] => judge(evidence, { row, tier, now }).reasons.filter(({ rule }) => rule === 'R7').map(({ code }) => code);

    expect([at(plusMs(end, -1), 'CRITICAL'), at(end, 'CRITICAL'), at(end, 'HIGH'), at(end, 'MINIMAL')]).toEqual([[], ['EVIDENCE_EXPIRED'], [], []]);
  });

  test('bounds how long the answer holds', () => {
    expect(judge(evidence, { row, tier: 'CRITICAL', now: plusDays(TODAY, 79) }).holdsUntil).toEqual({ at: plusDays(TODAY, 80), what: 'EVIDENCE', ref: 'ev-1' });
  });

  test('ends it for conditions as well', () => {
    const asking = { ...row, evidenceType: 'model_card', per: [], condition: 'records.exists(r, r.type == "evaluation_run")' };
    const card = run({}, { n: 2, type: 'model_card', days: -75, validUntil: plusDays(TODAY, 160) });
    const at = (now: Instant): string[] => judge([...evidence, card], { row: asking, tier: 'CRITICAL', now }).reasons.filter(({ rule }) => rule === 'R7').map(({ code }) => code);

    expect([at(plusMs(plusDays(TODAY, 80), -1)), at(plusDays(TODAY, 80))]).toEqual([[], ['EVALUATION_BELOW_THRESHOLD']]);
  });
});

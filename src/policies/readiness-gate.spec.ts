// Each of the 54 items by itself opens and closes the gate: with everything in order it allows; without the one thing it denies, by the rows that
// rest on that thing and by nothing else; and once the thing is there again it allows.
import { describe, expect, test } from '@jest/globals';
import { defaultCriteria, givenEvidence, stored } from '../../test/support/given.js';
import { changed, READINESS_BREAKS, readinessEvidence, type Piece } from '../../test/support/readiness-evidence.js';
import { NotingClock, plusDays } from '../domain/clock.js';
import { sha256 } from '../domain/digest.js';
import { EVIDENCE_DAYS, type Evidence } from '../domain/evidence.js';
import { evaluateGate } from '../domain/gate.js';
import type { Situation } from '../domain/gate-case.js';
import { questionsOf, type Asked } from '../domain/gate-case-facts.js';
import { mergeSituations } from '../domain/gate-case-scene.js';
import { CASE_NOW } from '../domain/gate-case-time.js';
import { subjectsOf } from '../domain/gate-mitigations.js';
import { readinessOf, type ItemState } from '../domain/gate-readiness.js';
import { judgeRows } from '../domain/gate-requirements.js';
import { requirementOf, type EvidenceRow, type RequirementRow } from '../domain/policy-terms.js';
import type { GatePolicy } from '../domain/policy.js';
import type { EuClass } from '../domain/system.js';
import { readinessPolicy } from './readiness-policy.js';
import { policyOf } from './shipped-policy.js';

const policy: GatePolicy = policyOf(readinessPolicy().document);
/** Rows that only say so, as an organization has them that lets them block. */
const strict: GatePolicy = { ...policy, requirements: policy.requirements.map((row): RequirementRow => ({ ...row, severity: 'BLOCK' })) };
const ofEvidence = policy.requirements.filter((row): row is EvidenceRow => row.kind === 'EVIDENCE');

/** Whatever an item may ask for is asked for; the canary before has been passed. */
const IN_ORDER: Situation = {
  system: {
    tier: 'CRITICAL', flags: ['PERSONAL_DATA', 'SPECIAL_CATEGORY', 'ART50_INTERACTION', 'ART50_SYNTHETIC', 'AUTOMATED_DECISION', 'FRIA_REQUIRED', 'WORKPLACE', 'PUBLIC_AUTHORITY', 'AGENTIC', 'THIRD_PARTY_MODEL'], classification: {}, answered: { M1: 'a' },
  },
  environments: { production: { previous: 'canary' } }, deployments: { 'D-1': { environment: 'canary' } }, mitigations: { 'M-1': {} },
};
const CLASSES = ['HIGH_RISK_ANNEX_III', 'GPAI_SYSTEMIC_PROVIDER'] as const satisfies readonly EuClass[];
const classOf = (id: string): EuClass => (id === 'X-05' || id === 'X-06' ? 'GPAI_SYSTEMIC_PROVIDER' : 'HIGH_RISK_ANNEX_III');

function questionsIn(by: GatePolicy, euClass: EuClass, { more = {}, event = {} }: { readonly more?: Situation; readonly event?: Situation } = {}): ReturnType<typeof questionsOf> {
  const given = mergeSituations(mergeSituations(IN_ORDER, { system: { euClass } }), more);
  return questionsOf({ name: 'an item', why: 'It alone closes the gate.', given, event: { what: 'it is mended', ...event }, before: null, wanted: { verdict: 'ALLOW' } }, { then: by, now: by, criteria: defaultCriteria() });
}
const ASKED = new Map([policy, strict].map((by) => [by, new Map(CLASSES.map((euClass) => [euClass as EuClass, questionsIn(by, euClass).before()]))]));
const asking = (by: GatePolicy, id: string): Asked => ASKED.get(by)!.get(classOf(id))!;

const { release } = asking(policy, 'P-01').facts.about!;
const PIECES = readinessEvidence({ model: release.components.find(({ role }) => role === 'MODEL')!.digest, bundle: release.bundleDigest, system: 'SYS-1', now: CASE_NOW });
const EVIDENCE = PIECES.map((piece, index) => pieceOf(piece, { id: `ev-${String(index).padStart(3, '0')}`, number: `E-${String(100 + index)}` }));

function pieceOf({ type, payload, about }: Piece, more: Partial<Evidence>): Evidence {
  return givenEvidence({ systemId: 'SYS-1', type, payload, subjectDigest: about === 'RELEASE' ? release.bundleDigest : null, collectedAt: plusDays(CASE_NOW, -0.5), validUntil: plusDays(CASE_NOW, 900), ...more });
}

interface Answered { readonly verdict: string; readonly said: readonly string[]; readonly item: (id: string) => { readonly state: ItemState; readonly codes: readonly string[]; readonly paths: readonly string[] } }

/** What the gate answers with this evidence, and the rules or rows that say something. */
function answered({ policy: by, facts }: Asked, evidence: readonly Evidence[]): Answered {
  const about = { ...facts.about!, evidence: [...facts.about!.evidence, ...evidence.map(stored)] };
  const [clock, environment] = [new NotingClock(CASE_NOW), facts.environment!];
  const answer = evaluateGate(by, { ...facts, about }, clock);
  const proof = { criteria: about.criteria, mitigations: about.mitigations, evidence: about.evidence, subjects: subjectsOf(release), clock };
  return {
    verdict: answer.verdict, said: [...new Set(answer.reasons.filter(({ severity }) => severity !== 'INFO').map(({ severity, requirement }) => `${severity} ${requirement}`))].sort(),
    item: (id) => {
      const { state, reasons } = readinessOf(judgeRows(by, { about, environment, proof }), answer).find(({ row }) => row.id === id)!;
      return { state, codes: [...new Set(reasons.map(({ code }) => code))], paths: reasons.flatMap(({ params }) => (params.unmet ?? []).map(({ path }) => path)) };
    },
  };
}
const OPEN = { verdict: 'ALLOW', said: [] };

/** Which piece an item listens to. */
const speaksFor = (row: EvidenceRow) => (piece: Pick<Evidence, 'type' | 'payload'>): boolean => piece.type === row.evidenceType && Object.entries(row.where ?? {}).every(([name, value]) => piece.payload?.[name] === value);
/** Items that look at a piece of another type as well. */
const LOOKS_AT: Readonly<Record<string, string>> = { 'D-05': 'dpia', 'M-02': 'monitoring_plan' };
/** What has run in the canary is what the pipeline has built, for both of its items. */
const FAILS_WITH: Readonly<Record<string, readonly string[]>> = { 'C-03': ['C-02'] };

/** A way in which a piece no longer counts: what is there in its place, what is said of it, and which of the rows that rest on it say so. */
interface Way { readonly how: string; readonly take: (piece: Evidence, row: EvidenceRow) => readonly Evidence[]; readonly code: string | null; readonly state: ItemState; readonly rows: (other: EvidenceRow, row: EvidenceRow) => boolean; readonly when: (row: EvidenceRow) => boolean; readonly alone?: true }
const every = (): boolean => true;
const failing = (row: EvidenceRow) => (piece: Evidence): Evidence => ({ ...piece, payload: changed(piece.payload!, READINESS_BREAKS[row.id]!.change) });
const SAYS_WRONG = 'says what it should not';
const WAYS: readonly Way[] = [
  { how: 'is not there', take: () => [], code: 'EVIDENCE_MISSING', state: 'MISSING', rows: every, when: every },
  { how: 'was taken back', take: (piece) => [{ ...piece, state: 'REVOKED' }], code: 'EVIDENCE_MISSING', state: 'MISSING', rows: every, when: every },
  { how: 'was turned down by whoever was to verify it', take: (piece) => [{ ...piece, state: 'REJECTED', verification: null }], code: 'EVIDENCE_MISSING', state: 'MISSING', rows: every, when: every },
  { how: 'waits for somebody to verify it', take: (piece) => [{ ...piece, state: 'SUBMITTED', verification: null }], code: 'EVIDENCE_UNSIGNED', state: 'PENDING', rows: every, when: every },
  { how: 'has ended', take: (piece) => [{ ...piece, validUntil: CASE_NOW }], code: 'EVIDENCE_EXPIRED', state: 'EXPIRED', rows: every, when: every },
  {
    how: 'is too old, whatever it is valid for', take: (piece, row) => [{ ...piece, collectedAt: plusDays(CASE_NOW, -row.maxAgeDays!) }], code: 'EVIDENCE_EXPIRED', state: 'EXPIRED', alone: true,
    rows: ({ maxAgeDays }, row) => maxAgeDays !== null && maxAgeDays <= row.maxAgeDays!, when: ({ maxAgeDays }) => maxAgeDays !== null && maxAgeDays < EVIDENCE_DAYS.CRITICAL,
  },
  { how: 'was submitted while the tier was lower, and is older than this tier allows', take: (piece) => [{ ...piece, collectedAt: plusDays(CASE_NOW, -EVIDENCE_DAYS.CRITICAL) }], code: 'EVIDENCE_EXPIRED', state: 'EXPIRED', rows: every, when: every },
  { how: 'is about other bytes', take: (piece) => [{ ...piece, subjectDigest: sha256('other') }], code: 'EVIDENCE_WRONG_SUBJECT', state: 'FOREIGN', rows: every, when: every },
  { how: 'was replaced by one about other bytes', take: (piece) => [piece, { ...piece, id: 'ev-900', number: 'E-900', subjectDigest: sha256('other'), supersedesId: piece.id, collectedAt: plusDays(CASE_NOW, -0.2) }], code: 'EVIDENCE_WRONG_SUBJECT', state: 'FOREIGN', rows: every, when: every },
  { how: 'is about no bytes at all', take: (piece) => [{ ...piece, subjectDigest: null }], code: 'EVIDENCE_WRONG_SUBJECT', state: 'FOREIGN', rows: every, when: ({ subject }) => subject === 'RELEASE' },
  { how: 'comes from machines alone', take: (piece) => [{ ...piece, source: 'CI', verification: { ...piece.verification!, kind: 'SERVICE' } }], code: 'EVIDENCE_UNSIGNED', state: 'PENDING', alone: true, rows: ({ suppliedBy }) => suppliedBy === 'HUMAN', when: ({ suppliedBy }) => suppliedBy === 'HUMAN' },
  { how: 'has no findings in it, nothing but a file', take: (piece) => [{ ...piece, payload: null }], code: null, state: 'REJECTED', rows: ({ condition }) => condition !== null, when: ({ condition, where, per }) => condition !== null && where === undefined && (per ?? []).length === 0 },
  { how: SAYS_WRONG, take: (piece, row) => [failing(row)(piece)], code: null, state: 'REJECTED', alone: true, rows: ({ id }, row) => id === row.id || FAILS_WITH[row.id]?.includes(id) === true, when: ({ id }) => id in READINESS_BREAKS },
];

/** The rows that say so, by the policy that is asked. */
function closedBy(piece: Evidence, row: EvidenceRow, { rows, alone }: Way, by: GatePolicy): string[] {
  const own = ofEvidence.filter((other) => speaksFor(other)(piece) && rows(other, row)).map(({ id }) => id);
  const beside = alone === undefined ? Object.keys(LOOKS_AT).filter((id) => LOOKS_AT[id] === piece.type) : [];
  const named = by.requirements.filter(({ id }) => own.includes(id) || beside.includes(id)).filter((other) => asking(by, row.id).policy.requirements.includes(other) && isAskedHere(other, row));
  return named.map((other) => `${other.severity} ${requirementOf(other)}`).sort();
}

const isAskedHere = ({ when }: RequirementRow, row: EvidenceRow): boolean => when.euClasses?.includes(classOf(row.id)) ?? true;

/** How the item is shown. */
function shownAs(row: EvidenceRow, { how, code, state, alone }: Way, { piece, left, by }: { readonly piece: Evidence; readonly left: readonly Evidence[]; readonly by: GatePolicy }): object {
  // Of several that speak the others still do, and miss the one that is gone; a piece that was replaced misses itself.
  const [missed, misses] = [EVIDENCE.filter(speaksFor(row)).length > 1 && alone === undefined, left.includes(piece) && row.condition?.includes(`r.type == "${row.evidenceType}"`) === true];
  const found = missed || misses ? 'REJECTED' : state;
  return { state: by.requirements.find(({ id }) => id === row.id)!.severity === 'WARN' ? 'ADVISORY' : found, codes: expect.arrayContaining([missed ? row.code : code ?? row.code]) as never, ...(how === SAYS_WRONG && { paths: expect.arrayContaining([READINESS_BREAKS[row.id]!.path]) as never }) };
}

/** What is put in its place once it is mended; what was wrong is taken back, and said so. */
function mended(piece: Evidence, left: readonly Evidence[]): Evidence[] {
  const [before] = left.slice(-1);
  const wrong = left.map((one): Evidence => (one.state === 'VERIFIED' ? { ...one, state: 'REVOKED' } : one));
  return [...wrong, { ...piece, id: 'ev-950', number: 'E-950', collectedAt: plusDays(CASE_NOW, -0.1), supersedesId: before?.id ?? null }];
}

test.each(CLASSES)('with everything in order a %s system goes into production', (euClass) => {
  expect(answered(ASKED.get(policy)!.get(euClass)!, EVIDENCE)).toMatchObject(OPEN);
});

describe.each(ofEvidence)('$id: $title', (row) => {
  const spoken = EVIDENCE.filter(speaksFor(row));
  const policies = row.severity === 'WARN' ? [policy, strict] : [policy];

  test.each(WAYS.filter(({ when }) => when(row)))('closes the gate when its evidence $how', (way) => {
    expect(spoken.length).toBeGreaterThan(0);
    for (const [by, piece] of policies.flatMap((each) => spoken.map((one) => [each, one] as const))) {
      const left = way.take(piece, row);
      const others = EVIDENCE.filter((one) => one !== piece);
      const { verdict, said, item } = answered(asking(by, row.id), [...others, ...left]);
      const closed = closedBy(piece, row, way, by);
      expect({ said, verdict }).toEqual({ said: closed, verdict: closed.some((one) => one.startsWith('BLOCK')) ? 'DENY' : 'ALLOW' });
      expect(item(row.id)).toMatchObject(shownAs(row, way, { piece, left, by }));

      expect(answered(asking(by, row.id), [...others, ...mended(piece, left)])).toMatchObject(OPEN);
    }
  });
});

/** What the register knows itself: what is wrong, and how it is mended; every rule or row that says so, and the state of the item. */
interface Known { readonly how: string; readonly wrong: Situation; readonly mended: Situation; readonly said: readonly string[]; readonly state: ItemState; readonly verdict?: 'PENDING' }
const COLLEAGUE: Situation['people'] = { colleague: { function: 'legal', roles: ['REVIEWER/LEGAL'] } };
const OF_THE_REGISTER: Readonly<Record<string, readonly Known[]>> = {
  'G-01': [
    { how: 'nobody has signed a lane', wrong: { reviews: { LEGAL: 'none', 'LEGAL/second': 'none' } }, mended: { reviews: { LEGAL: {}, 'LEGAL/second': {} } }, said: ['BLOCK R5/LEGAL'], state: 'PENDING', verdict: 'PENDING' },
    { how: 'one of two has signed it', wrong: { reviews: { 'LEGAL/second': 'none' } }, mended: { reviews: { 'LEGAL/second': {} } }, said: ['BLOCK R5/LEGAL'], state: 'PENDING', verdict: 'PENDING' },
    { how: 'a signature has ended', wrong: { reviews: { LEGAL: { until: '1 minute ago' } } }, mended: { reviews: { LEGAL: { until: 'in 9 days' } } }, said: ['BLOCK R5/LEGAL'], state: 'EXPIRED', verdict: 'PENDING' },
    { how: 'a signature was withdrawn', wrong: { people: COLLEAGUE, reviews: { LEGAL: { withdrawn: '1 day ago' } } }, mended: { reviews: { 'LEGAL/colleague': {} } }, said: ['BLOCK R5/LEGAL'], state: 'REJECTED', verdict: 'PENDING' },
    { how: 'a lane objects', wrong: { reviews: { LEGAL: { choice: 'REJECT' } } }, mended: { reviews: { LEGAL: { choice: 'APPROVE' } } }, said: ['BLOCK R5/LEGAL'], state: 'REJECTED' },
    { how: 'a signer has lost the role', wrong: { people: { 'legal-reviewer': { revoked: true } } }, mended: { people: { 'legal-reviewer': { revoked: false } } }, said: ['BLOCK R5/LEGAL'], state: 'REJECTED' },
  ],
  'G-02': [
    { how: 'nobody has signed the class', wrong: { system: { classification: 'none' } }, mended: { system: { classification: {} } }, said: ['BLOCK R8/G-02'], state: 'REJECTED' },
    { how: 'the time of the signature is over', wrong: { system: { classification: { until: '1 minute ago' } } }, mended: { system: { classification: { until: 'in 9 days' } } }, said: ['BLOCK R8/G-02'], state: 'REJECTED' },
    { how: 'it was signed about another system', wrong: { system: { classification: { system: 'SYS-2' } } }, mended: { system: { classification: { system: 'SYS-1' } } }, said: ['BLOCK R8/G-02'], state: 'REJECTED' },
    { how: 'nobody has answered the questionnaire', wrong: { system: { answered: 'none' } }, mended: { system: { answered: { M1: 'a' } } }, said: ['BLOCK R8/G-02'], state: 'REJECTED' },
  ],
  'R-01': [
    { how: 'a risk stands above tolerance', wrong: { risks: { 'R-1': { level: 'HIGH' } } }, mended: { acceptances: { 'ACC-1': {} } }, said: ['BLOCK R4/R-1'], state: 'REJECTED' },
    { how: 'its acceptance has ended', wrong: { risks: { 'R-1': { level: 'HIGH' } }, acceptances: { 'ACC-1': { until: '1 minute ago' } } }, mended: { acceptances: { 'ACC-1': { until: 'in 9 days' } } }, said: ['BLOCK R4/R-1'], state: 'EXPIRED' },
    { how: 'a risk was never assessed', wrong: { risks: { 'R-2': { state: 'DRAFT', logged: '30 days ago' } } }, mended: { risks: { 'R-2': { state: 'REJECTED' } } }, said: ['BLOCK R3/R-2'], state: 'PENDING' },
    { how: 'nobody has confirmed what a risk was assessed as', wrong: { risks: { 'R-1': { state: 'ASSESSED' } } }, mended: { risks: { 'R-1': { state: 'MONITORED' } } }, said: ['BLOCK R3/R-1'], state: 'PENDING' },
    { how: 'a treatment is late', wrong: { mitigations: { 'M-2': { state: 'IN_PROGRESS', due: 'now' } } }, mended: { mitigations: { 'M-2': { state: 'VERIFIED' } } }, said: ['BLOCK R8/R-01'], state: 'REJECTED' },
  ],
  'R-02': [
    { how: 'what shows a control has ended', wrong: { evidence: { 'E-1': { until: '10 days ago' } } }, mended: { evidence: { 'E-1': { until: 'in 9 days' } } }, said: ['BLOCK R8/R-02', 'WARN R6/M-1'], state: 'REJECTED' },
    { how: 'what shows a control was taken back', wrong: { evidence: { 'E-1': { state: 'REVOKED' } } }, mended: { evidence: { 'E-1': { state: 'VERIFIED' } } }, said: ['BLOCK R8/R-02', 'WARN R6/M-1'], state: 'REJECTED' },
    { how: 'what shows a control is about other bytes', wrong: { evidence: { 'E-1': { about: 'other bytes' } } }, mended: { evidence: { 'E-1': { about: 'release' } } }, said: ['BLOCK R8/R-02'], state: 'REJECTED' },
  ],
};

describe.each(Object.entries(OF_THE_REGISTER))('%s', (id, ways) => {
  test.each(ways)('closes the gate when $how, and opens it again', ({ wrong, mended: again, said, state, verdict = 'DENY' }) => {
    const { before, after } = questionsIn(policy, classOf(id), { more: wrong, event: again });
    const closed = answered(before(), EVIDENCE);
    expect({ said: closed.said, state: closed.item(id).state, verdict: closed.verdict }).toEqual({ said, state, verdict });

    const opened = answered(after(), EVIDENCE);
    expect({ ...opened, state: opened.item(id).state }).toMatchObject({ ...OPEN, state: 'SATISFIED' });
  });
});

test('all 54 items were closed and opened', () => {
  expect([...ofEvidence.map(({ id }) => id), ...Object.keys(OF_THE_REGISTER)].sort()).toEqual(policy.requirements.map(({ id }) => id).sort());
  expect(policy.requirements).toHaveLength(54);
});

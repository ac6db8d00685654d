// Every one of the 54 items over the public API: told as missing, as waiting for somebody, and as satisfied, for a high-risk system of the highest tier, for a
// provider of a general-purpose model, and for a small one; and what shows something about one system shows nothing about another with the same bytes.
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parseDigest, sha256 } from '../../src/domain/digest.js';
import { requirementOf, type RequirementRow } from '../../src/domain/policy-terms.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { readinessPolicy } from '../../src/policies/readiness-policy.js';
import { adoptedBy } from '../support/adopted.js';
import { Acts, type Acted } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo, givenConfirmedRisk, openPromotion, sign } from '../support/register.js';
import { aRisk, estimated, inDays, LOW, rating } from '../support/materiality-stage.js';
import { readinessEvidence, type Piece } from '../support/readiness-evidence.js';
import { MILDEST } from '../support/road.js';

jest.setTimeout(60_000);

const ROWS = readinessPolicy().document.requirements;
const ids = (meant: (row: typeof ROWS[number]) => boolean = () => true): string[] => ROWS.filter(meant).map(({ id }) => id).sort();
const FLAGS = ['PERSONAL_DATA', 'SPECIAL_CATEGORY', 'ART50_INTERACTION', 'ART50_SYNTHETIC', 'AUTOMATED_DECISION', 'FRIA_REQUIRED', 'WORKPLACE', 'PUBLIC_AUTHORITY', 'AGENTIC', 'GENERATIVE_OR_AGENTIC', 'THIRD_PARTY_MODEL'];
const MODEL = sha256('the model of all of them');
const COMPONENTS = [{ role: 'MODEL', name: 'model', digest: MODEL }, { role: 'IMAGE', name: 'image', digest: sha256('an image') }];
const ofModels = (id: string): boolean => id === 'X-05' || id === 'X-06';

let app: TestApp;
let acts: Acts;
/** Systems whose bytes ran in the pilot before the policy was adopted, while nobody knew more of them. */
let piloted: Subject[];
/** Items that were seen to turn from something else to SATISFIED, and from that to something else. */
const [turned, closed] = [new Set<string>(), new Set<string>()];

beforeAll(async () => {
  app = await startApp();
  acts = new Acts(app);
  await acts.act('ada', 'createEnvironment', { input: { name: 'live', kind: 'PRODUCTION', previous: 'pilot' } });
  piloted = [await Subject.piloted(), await Subject.piloted()];
  await adoptedBy(acts);
});
afterAll(() => app.close());

type States = Readonly<Record<string, string>>;

interface Kept { readonly id: string; readonly version: number }
/** `subject`: the bytes that it is about where it is about any, if not those of the release. */
interface Replacing extends Piece { readonly supersedes?: string; readonly subject?: string }

/** A system with one release, always of the same bytes. */
class Subject {
  #before: States = {};
  private constructor(public system: Acted, readonly release: Acted) {}

  static async register(tier: string, euClass: string, flags: readonly string[] = []): Promise<Subject> {
    const registered = await acts.act('sam', 'registerSystem', { input: { name: `A ${euClass} system`, intendedPurpose: 'Sorts cases by topic.', owner: 'sam', developers: ['dana'], affectedGroups: ['applicants'], autonomy: 'RECOMMENDS' } });
    const system = await acts.change('hugo', 'assessTier', registered, { input: { tier, euClass, flags, rationale: 'By the questionnaire.' } });
    return new Subject(system, await acts.act('dana', 'createRelease', { system: system.id, input: { label: '1.0.0', components: COMPONENTS } }));
  }

  static async piloted(): Promise<Subject> {
    const { system, release } = await Subject.register('MINIMAL', 'MINIMAL');
    const register = { ...app, keys: null as never, tenantId: '' };
    await givenConfirmedRisk(register, system.id);
    await sign(register, 'sam', await openPromotion(register, release.id));
    const bundleDigest = parseDigest(release.bundleDigest, 'bundleDigest');
    const { grant } = await app.app.get(GateService).authorize(app.as('pipeline'), { target: { kind: 'BUNDLE', bundleDigest }, system: system.id, environment: 'pilot', action: 'promote' });
    await app.app.get(DeploymentsService).report(app.as('pipeline'), { grant: grant!.id, bundleDigest, environment: 'pilot' });
    return new Subject(system, release);
  }

  async assess(tier: string, euClass: string, flags: readonly string[]): Promise<void> {
    const answered = await acts.change('dana', 'answerTieringQuestionnaire', this.system, { input: { answers: MILDEST, rationale: 'As it is built.' } });
    this.system = await acts.change('hugo', 'assessTier', answered, { input: { tier, euClass, flags, rationale: 'By the questionnaire.' } });
  }

  /** What each item is at now; what has become SATISFIED since it was last asked is noted. */
  async states(): Promise<States> {
    const question = { environment: 'live', target: { bundleDigest: this.release.bundleDigest }, system: this.system.id };
    const { items } = await acts.read<{ items: { requirement: string; state: string }[] }>('rita', 'releaseReadiness', { question }, 'items { requirement state }');
    const now = Object.fromEntries(items.map(({ requirement, state }) => [requirement.slice(3), state]));
    for (const [id, state] of Object.entries(now)) {
      const before = this.#before[id] ?? state;
      if (before !== state && [before, state].includes('SATISFIED')) (state === 'SATISFIED' ? turned : closed).add(id);
    }
    this.#before = now;
    return now;
  }

  async state(id: string): Promise<string> {
    return (await this.states())[id]!;
  }

  /** All pieces in one act, and their verification in another one. */
  async submit(pieces: readonly Replacing[]): Promise<() => Promise<Kept[]>> {
    const input = pieces.map(({ type, payload, about, supersedes = null, subject = this.release.bundleDigest }) => ({ type, title: type, digest: sha256(JSON.stringify(payload)), subjectDigest: about === 'RELEASE' ? subject : null, payload, collectedAt: inDays(0), validUntil: inDays(30), supersedes }));
    const submitted = await acts.read<Kept[]>('dana', 'submitEvidenceSet', { system: this.system.id, input }, 'id version');
    return () => acts.read<Kept[]>('kim', 'verifyEvidenceSet', { input: submitted.map(({ id, version }) => ({ id, expectedVersion: version })) }, 'id version');
  }

  /** What the gate says of each row: its verdict, and by row the codes and whether they block. */
  async said(): Promise<{ readonly verdict: string; readonly of: (row: RequirementRow) => string[] }> {
    const { verdict, reasons } = await acts.gate('check', { environment: 'live', target: { bundleDigest: this.release.bundleDigest }, system: this.system.id });
    return { verdict, of: (row) => reasons.filter(({ requirement }) => requirement === requirementOf(row)).map(({ severity, code }) => `${severity} ${code}`) };
  }

  pieces(risk: Acted): readonly Piece[] {
    const all = readinessEvidence({ model: MODEL, bundle: parseDigest(this.release.bundleDigest, 'bundleDigest'), system: this.system.number, now: new Date().toISOString() });
    return all.map((piece) => (piece.type === 'pilot_report' ? { ...piece, payload: { ...piece.payload, limitsFound: [{ riskId: risk.number }] } } : piece));
  }

  async classify(input: object): Promise<void> {
    this.system = await acts.change('lena', 'classifySystem', this.system, { input: { roles: ['PROVIDER'], rationale: 'As its purpose says.', ...input } });
  }

  async risk(): Promise<Acted> {
    return acts.change('sam', 'assessRisk', await acts.act('sam', 'logRisk', { system: this.system.id, input: aRisk() }), { input: estimated(rating(4, 3)) });
  }
}

const LETTING_THROUGH = new Set(ids(({ severity }) => severity === 'WARN'));
/** The state of each of these items, where those that only say so are ADVISORY instead. */
const all = (wanted: readonly string[], state: string): States => Object.fromEntries(wanted.map((id) => [id, LETTING_THROUGH.has(id) && state !== 'SATISFIED' ? 'ADVISORY' : state]));

test.each([
  { euClass: 'HIGH_RISK_ANNEX_III', more: { annexIIIUses: ['III_4_A'] }, asked: ids(({ kind, id }) => kind === 'EVIDENCE' && !ofModels(id)) },
  { euClass: 'GPAI_SYSTEMIC_PROVIDER', more: {}, asked: ids(({ kind, id }) => kind === 'EVIDENCE' && id !== 'X-01' && id !== 'X-02') },
])('every item of evidence of a $euClass system turns from missing to pending to satisfied, by evidence about it alone', async ({ euClass, more, asked }) => {
  const subject = piloted.pop()!;
  await subject.assess('CRITICAL', euClass, FLAGS);
  const risk = await subject.risk();
  // Whatever the system before has shown about the same bytes.
  expect(await subject.states()).toMatchObject({ ...all(asked, 'MISSING'), 'G-01': 'MISSING', 'G-02': 'REJECTED', 'R-01': 'REJECTED' });

  const verify = await subject.submit(subject.pieces(risk));
  expect(await subject.states()).toMatchObject(all(asked, 'PENDING'));
  const kept = await verify();
  await subject.classify({ euClass, ...more });
  expect(await subject.states()).toMatchObject({ ...all(asked, 'SATISFIED'), 'G-02': 'SATISFIED', 'R-01': 'REJECTED', 'R-02': 'SATISFIED' });

  const low = await acts.change('sam', 'assessRisk', risk, { input: estimated(LOW) });
  await acts.change('rita', 'confirmRisk', low);
  expect(await subject.state('R-01')).toBe('SATISFIED');

  await closeEach(subject, { pieces: subject.pieces(risk), kept, asked, round: piloted.length });
  await subject.risk();
  await classOver(subject);
  expect(await subject.states()).toMatchObject({ 'G-02': 'REJECTED', 'R-01': 'REJECTED' });
});

/** What somebody does to pieces that speak, or time does; how the items that rest on them are told then. */
interface Way { readonly code: string; readonly state: string; readonly take: (subject: Subject, pieces: readonly Piece[], kept: readonly Kept[]) => Promise<readonly Kept[]> }
const WAYS: readonly Way[] = [
  { code: 'EVIDENCE_EXPIRED', state: 'EXPIRED', take: async (_, __, kept) => { await ended(kept); return kept; } },
  { code: 'EVIDENCE_WRONG_SUBJECT', state: 'FOREIGN', take: async (subject, pieces, kept) => (await subject.submit(pieces.map((piece, i) => ({ ...piece, about: 'RELEASE', subject: sha256('other bytes'), supersedes: kept[i]!.id }))))() },
  { code: 'EVIDENCE_MISSING', state: 'MISSING', take: (_, __, kept) => Promise.all(kept.map((one) => acts.change('rita', 'revokeEvidence', one, { reason: 'The file cannot be found any more.' }))) },
];

/** Each type of evidence is taken away, a third of them in each of the ways, which ones by the round; and brought again. */
async function closeEach(subject: Subject, { pieces, kept, asked, round }: { readonly pieces: readonly Piece[]; readonly kept: readonly Kept[]; readonly asked: readonly string[]; readonly round: number }): Promise<void> {
  const types = [...new Set(pieces.map(({ type }) => type))].sort();
  const rows = ROWS.filter((row) => row.kind === 'EVIDENCE').filter(({ id }) => asked.includes(id));
  const wayOf = (type: string): Way => WAYS[(types.indexOf(type) + round) % WAYS.length]!;
  const left = [...kept];
  for (const way of WAYS) {
    const places = [...pieces.keys()].filter((i) => wayOf(pieces[i]!.type) === way);
    const taken = await way.take(subject, places.map((i) => pieces[i]!), places.map((i) => kept[i]!));
    for (const [n, i] of places.entries()) left[i] = taken[n]!;
  }
  const [states, { verdict, of }] = [await subject.states(), await subject.said()];
  expect(verdict).toBe('DENY');
  for (const row of rows) {
    const { code, state } = wayOf(row.evidenceType);
    // What its condition looks for among the records may stand no more as well.
    const misses = states[row.id] === 'REJECTED' && code === 'EVIDENCE_WRONG_SUBJECT' && row.condition?.includes('records.') === true;
    expect({ row: row.id, state: states[row.id], codes: of(row) }).toEqual({ row: row.id, state: all([row.id], misses ? 'REJECTED' : state)[row.id], codes: expect.arrayContaining([`${row.severity} ${code}`]) });
  }
  await (await subject.submit(pieces.map((piece, i) => ({ ...piece, supersedes: left[i]!.id }))))();
  expect(await subject.states()).toMatchObject(all(asked, 'SATISFIED'));
}

/** Time passes for these records alone. */
const ended = (kept: readonly Kept[]): Promise<void> => endOf('evidence', 'valid_until = now()', kept.map(({ id }) => id));
const classOver = ({ system }: Subject): Promise<void> => endOf('ai_systems', `classifications = jsonb_set(classifications, '{-1,validUntil}', to_jsonb('2026-01-01T00:00:00.000Z'::text))`, [system.id]);

async function endOf(table: string, end: string, ids: readonly string[]): Promise<void> {
  const admin = await connectTo(app.database.adminUrl, null);
  try {
    await admin.query(`alter table ${table} disable trigger all`);
    await admin.query(`update ${table} set ${end} where id = any($1)`, [ids]);
    await admin.query(`alter table ${table} enable trigger all`);
  } finally {
    await admin.end();
  }
}

test('a control is shown until what shows it is taken back, and again by what takes its place', async () => {
  const subject = await Subject.register('CRITICAL', 'LIMITED');
  const submit = async (supersedes: string | null): Promise<Acted> => {
    const piece = await acts.act('dana', 'submitEvidence', { system: subject.system.id, input: { type: 'test_report', title: 'Attack test', digest: sha256(String(supersedes)), collectedAt: inDays(0), validUntil: inDays(30), supersedes } });
    return acts.change('kim', 'verifyEvidence', piece);
  };
  const shown = await submit(null);
  const input = { title: 'Hidden text is removed', description: 'Mails are read as plain text.', owner: 'dana', due: inDays(20), effect: 'LIKELIHOOD', reduces: 1, requiredFrom: null };
  const started = await acts.change('dana', 'startMitigation', await acts.act('sam', 'proposeMitigation', { risk: (await subject.risk()).id, input }));
  await acts.change('kim', 'verifyMitigation', await acts.change('dana', 'implementMitigation', started, { evidence: [shown.id] }));
  expect(await subject.state('R-02')).toBe('SATISFIED');

  await acts.change('rita', 'revokeEvidence', shown, { reason: 'It was about something else.' });
  expect(await subject.state('R-02')).toBe('REJECTED');
  await submit(shown.id);
  expect(await subject.state('R-02')).toBe('SATISFIED');
});

test('reviews are missing until somebody asks for them, pending until they are signed, and then satisfied', async () => {
  const subject = await Subject.register('MINIMAL', 'MINIMAL');
  expect(await subject.state('G-01')).toBe('MISSING');
  const opened = await acts.act('sam', 'openPromotion', { input: { release: subject.release.id, environment: 'live', reason: 'It is small.' } });
  expect(await subject.state('G-01')).toBe('PENDING');
  await acts.sign('rita', [opened], ['RISK'], { attests: ['NO_RISK_ABOVE_LOW'] });
  expect(await subject.state('G-01')).toBe('PENDING');
  const signed = await acts.sign('sam', [opened], ['LEGAL', 'PRIVACY', 'SECURITY', 'DATA', 'VALIDATION', 'BUSINESS', 'OPS', 'TRANSPARENCY', 'PROVENANCE']);
  expect(await subject.state('G-01')).toBe('SATISFIED');
  await acts.change('sam', 'withdrawSignOff', signed, { reason: 'I had the wrong release in mind.' });
  expect(await subject.state('G-01')).toBe('REJECTED');
});

test('all 54 items were seen to turn, and to close again', () => {
  process.stdout.write(`${String(turned.size)} of ${String(ROWS.length)} items turned SATISFIED over the API, and ${String(closed.size)} closed again\n`);
  expect([...turned].sort()).toEqual(ids());
  expect([...closed].sort()).toEqual(ids());
  expect(new Set(ROWS.map(requirementOf)).size).toBe(54);
});

// A tier is due again after a serious incident, with new data, and where a system is measured to be used more than its team had answered: shown at the system, in the queue of the officers, and at the gate.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sha256 } from '../../src/domain/digest.js';
import { Acts, type Acted, type GateAnswer } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { inDays } from '../support/materiality-stage.js';
import { defaultQuestionnaire } from '../support/given.js';

let app: TestApp;
let acts: Acts;
beforeAll(async () => {
  app = await startApp();
  acts = new Acts(app);
  await acts.act('ada', 'createEnvironment', { input: { name: 'live', kind: 'PRODUCTION' } });
});
afterAll(() => app.close());

const ANSWERS = defaultQuestionnaire().questions.map(({ id }) => ({ question: id, option: 'a' }));
const judge = (system: Acted): Promise<Acted> => acts.change('hugo', 'assessTier', system, { input: { tier: 'MODERATE', euClass: 'LIMITED', flags: [], rationale: 'By the answers.' } });
const ship = (system: Acted, label: string, ...data: readonly string[]): Promise<Acted> => acts.act('dana', 'createRelease', { system: system.id, input: { label, components: [{ role: 'MODEL', name: 'model', digest: sha256(`${system.id} ${label}`) }, ...data.map((name) => ({ role: 'DATASET', name, digest: sha256(name) }))] } });

/** Answered and judged, with one release. */
async function begin(): Promise<{ system: Acted; release: Acted }> {
  const registered = await acts.act('sam', 'registerSystem', { input: { name: 'Case sorting', intendedPurpose: 'Sorts cases by topic.', owner: 'sam', developers: ['dana'], autonomy: 'RECOMMENDS' } });
  const release = await ship(registered, '1', 'cases');
  return { system: await judge(await acts.change('dana', 'answerTieringQuestionnaire', registered, { input: { answers: ANSWERS, rationale: 'As it is built.' } })), release };
}

interface Told { readonly due: readonly string[]; readonly waits: boolean; readonly gate: readonly { readonly severity: string; readonly params: Readonly<Record<string, unknown>> }[] }

async function told({ id }: Acted, { bundleDigest }: Acted): Promise<Told> {
  const { tieringDue } = await acts.read<{ tieringDue: { cause: string }[] }>('hugo', 'system', { id }, 'tieringDue { cause }');
  const { items } = await acts.read<{ items: { mutation: string; system: { id: string } }[] }>('hugo', 'myWork', {}, 'items { mutation system { id } }');
  const { reasons }: GateAnswer = await acts.gate('check', { environment: 'live', target: { bundleDigest }, system: id });
  return { due: tieringDue.map(({ cause }) => cause), waits: items.some(({ mutation, system }) => mutation === 'assessTier' && system.id === id), gate: reasons.filter(({ code }) => code === 'TIER_DUE').map(({ severity, params }) => ({ severity, params: params as never })) };
}
const NOT_DUE: Told = { due: [], waits: false, gate: [] };
const judgedAgain = async (system: Acted, release: Acted): Promise<Told> => {
  const { version } = await acts.read<Acted>('hugo', 'system', { id: system.id }, 'version');
  await judge({ ...system, version });
  return told(system, release);
};

test('a serious incident, whatever has become of it', async () => {
  const { system, release } = await begin();
  expect(await told(system, release)).toEqual(NOT_DUE);
  const finding = await acts.act('rita', 'raiseFinding', { system: system.id, input: { source: 'INCIDENT', severity: 'HIGH', statement: 'Names have leaked.', owner: 'sam' } });
  expect(await told(system, release)).toEqual({ due: ['INCIDENT'], waits: true, gate: [{ severity: 'BLOCK', params: { tierEvents: ['INCIDENT'], finding: finding.number } }] });
  expect(await judgedAgain(system, release)).toEqual(NOT_DUE);
});

test('data of another name, in the release that brings it and in those that go on from it; not in the one before', async () => {
  const { system, release } = await begin();
  const added = await ship(system, '2', 'cases', 'web');
  const next = await ship(system, '3', 'cases', 'web');
  const gate = [{ severity: 'BLOCK', params: { tierEvents: ['NEW_DATA'] } }];
  expect([await told(system, release), await told(system, added), await told(system, next)]).toEqual([{ due: ['NEW_DATA'], waits: true, gate: [] }, { due: ['NEW_DATA'], waits: true, gate }, { due: ['NEW_DATA'], waits: true, gate }]);
  expect(await judgedAgain(system, next)).toEqual(NOT_DUE);
});

test('not in a release that leaves it out again', async () => {
  const { system } = await begin();
  await ship(system, '2', 'cases', 'web');
  expect(await told(system, await ship(system, '3', 'cases'))).toEqual({ due: ['NEW_DATA'], waits: true, gate: [] });
});

const measure = (system: Acted, value: number, collectedAt = inDays(0)): Promise<Acted> => acts.act('dana', 'submitEvidence', { system: system.id, input: {
  type: 'monitoring_live', title: 'People', digest: sha256(`people ${system.id} ${String(value)}`), payload: { signal: 'people', lastSeenAt: inDays(0), state: 'OK', measures: 'PEOPLE_AFFECTED_PER_YEAR', value }, collectedAt, validUntil: inDays(1),
} });

test('more people than were answered, measured before the judgement and verified after it; taking that back revives no smaller number', async () => {
  const { system, release } = await begin();
  await acts.change('kim', 'verifyEvidence', await measure(system, 50, inDays(-3)));
  expect(await told(system, release)).toEqual(NOT_DUE);
  const verified = await acts.change('kim', 'verifyEvidence', await measure(system, 5000, inDays(-2)));
  const due = { due: ['USE_GROWN'], waits: true, gate: [{ severity: 'BLOCK', params: { tierEvents: ['USE_GROWN'], evidence: [verified.number] } }] };
  expect(await told(system, release)).toEqual(due);
  await acts.change('kim', 'revokeEvidence', verified, { reason: 'Counted twice.' });
  expect(await told(system, release)).toEqual(due);
  await acts.change('kim', 'verifyEvidence', await measure(system, 60, inDays(-1)));
  expect(await told(system, release)).toEqual(NOT_DUE);
});

test('more people than were answered, once somebody else has verified the measurement', async () => {
  const { system, release } = await begin();
  const pushed = await measure(system, 5000);
  expect(await told(system, release)).toEqual(NOT_DUE);
  await acts.change('kim', 'verifyEvidence', pushed);
  expect(await told(system, release)).toEqual({ due: ['USE_GROWN'], waits: true, gate: [{ severity: 'BLOCK', params: { tierEvents: ['USE_GROWN'], evidence: [pushed.number] } }] });
  expect(await judgedAgain(system, release)).toEqual(NOT_DUE);
});

test('what newer answers flag applies at once, and the inventory finds the system by it until it is judged otherwise', async () => {
  const { system, release } = await begin();
  const found = async (): Promise<boolean> => (await acts.read<{ nodes: { id: string }[] }>('rita', 'systems', { first: 50, filter: { flags: ['PERSONAL_DATA'] } }, 'nodes { id }')).nodes.some(({ id }) => id === system.id);
  expect(await found()).toBe(false);
  const answered = await acts.change('dana', 'answerTieringQuestionnaire', system, { input: { answers: ANSWERS.map((one) => (one.question === 'X3' ? { ...one, option: 'c' } : one)), rationale: 'It reads names, too.' } });
  expect(await found()).toBe(true);
  const { flags, facts } = await acts.read<{ flags: string[]; facts: { fact: string; ground: string; sources: { source: string }[] }[] }>('rita', 'system', { id: system.id }, 'flags facts { fact ground sources { source value } }');
  expect([flags, facts.find(({ fact }) => fact === 'PERSONAL_DATA')]).toEqual([['PERSONAL_DATA'], { fact: 'PERSONAL_DATA', ground: 'DISAGREED', sources: [{ source: 'TIER_ASSESSMENT', value: 'false' }, { source: 'QUESTIONNAIRE', value: 'true' }] }]);
  await acts.change('dana', 'answerTieringQuestionnaire', answered, { input: { answers: ANSWERS, rationale: 'It does not.' } });
  expect(await found()).toBe(true);
  await judgedAgain(system, release);
  expect(await found()).toBe(false);
});

// The inventory on a real PostgreSQL: who registers, who sets a tier, what edits count, releases, environments, and their actions.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { QUESTIONNAIRE } from '../../src/systems/shipped-questionnaire.js';
import { SystemsQueries } from '../../src/systems/systems.queries.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { givenRelease, systemInput } from './register.js';

const TIER = { tier: 'MODERATE', euClass: 'LIMITED', flags: ['PROFILING', 'AGENTIC', 'PROFILING'], rationale: 'By the questionnaire.' } as const;
const DIGEST = 'ab'.repeat(32);

let app: TestApp;
let systems: SystemsService;
let releases: ReleasesService;
let queries: SystemsQueries;

beforeAll(async () => {
  app = await startApp();
  [systems, releases, queries] = [app.app.get(SystemsService), app.app.get(ReleasesService), app.app.get(SystemsQueries)];
});

afterAll(() => app.close());

const registered = (): ReturnType<SystemsService['register']> => systems.register(app.as('sam'), systemInput('sam', { developers: ['dana', 'dana'] }));

describe('an AI system', () => {
  test('is registered with its people resolved, as version 1', async () => {
    const system = await registered();

    expect(system).toMatchObject({ version: 1, state: 'ACTIVE', number: expect.stringMatching(/^SYS-\d+$/), tierAssessments: [], digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(system.developerIds).toHaveLength(1);
    expect(system.ownerId).toBe(system.authoredBy);
  });

  test.each([['petra', 'PERMISSION_DENIED'], ['axel', 'PERMISSION_DENIED'], ['pipeline', 'PERMISSION_DENIED'], ['ada', 'PERMISSION_DENIED']])('is not registered by %s', async (handle, code) => {
    await expect(systems.register(app.as(handle), systemInput('sam'))).rejects.toMatchObject({ code });
  });

  test.each([['nobody'], ['']])('is not registered for an owner that is not here: %j', async (owner) => {
    await expect(systems.register(app.as('sam'), systemInput(owner))).rejects.toMatchObject({ code: 'NOT_FOUND', facts: { field: 'owner' } });
  });

  test('is refused with a blank name, and with a purpose that is too long', async () => {
    await expect(systems.register(app.as('sam'), systemInput('sam', { name: ' \t' }))).rejects.toMatchObject({ code: 'INVALID_TEXT', facts: { field: 'name' } });
    await expect(systems.register(app.as('sam'), systemInput('sam', { intendedPurpose: 'x'.repeat(10_001) }))).rejects.toMatchObject({ code: 'TOO_LARGE', facts: { field: 'intendedPurpose' } });
  });

  test('makes whoever changes its purpose the last editor, and nobody by a new name', async () => {
    const system = await registered();

    const renamed = await systems.edit(app.as('dana'), { id: system.id, expectedVersion: 1 }, { name: 'Another name' });
    const changed = await systems.edit(app.as('dana'), { id: system.number, expectedVersion: 2 }, { intendedPurpose: 'Answers customers.' });

    expect(renamed).toMatchObject({ version: 2, lastEditedBy: system.ownerId, intendedPurpose: system.intendedPurpose });
    expect(changed).toMatchObject({ version: 3, name: 'Another name', lastEditedBy: system.developerIds[0] });
  });

  test('gets its tier from a risk officer who does not own it', async () => {
    const system = await registered();

    await expect(systems.assessTier(app.as('sam'), { id: system.id, expectedVersion: 1 }, TIER)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const owned = await systems.register(app.as('rita'), systemInput('rita'));
    await expect(systems.assessTier(app.as('rita'), { id: owned.id, expectedVersion: 1 }, TIER)).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: expect.arrayContaining(['SYSTEM_OWNER']) } });
    const tiered = await systems.assessTier(app.as('rita'), { id: system.id, expectedVersion: 1 }, TIER);

    expect(tiered.tierAssessments).toEqual([expect.objectContaining({ tier: 'MODERATE', flags: ['AGENTIC', 'PROFILING'] })]);
    const again = await systems.assessTier(app.as('hugo'), { id: system.id, expectedVersion: 2 }, { ...TIER, tier: 'HIGH' });
    expect(again.tierAssessments.map(({ tier }) => tier)).toEqual(['MODERATE', 'HIGH']);
  });

  test('is not tiered below what its team answered; who answers sets no tier', async () => {
    const { id } = await registered();
    const answers = (await queries.system(app.as('axel'), id)).tieringAnswers;
    const answering = `mutation ($option: String!, $version: Int!) { answerTieringQuestionnaire(id: "${id}", expectedVersion: $version, input: { answers: [{ question: "M1", option: $option }], rationale: "As it is built." }) { version } }`;
    expect(answers).toEqual([]);
    expect((await app.graphql('rita', answering, { option: 'd', version: 1 })).errors?.[0]?.extensions).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await app.graphql('dana', answering, { option: 'z', version: 1 })).errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'answers.0.option' } });
    expect((await app.graphql('dana', answering, { option: 'd', version: 1 })).data).toEqual({ answerTieringQuestionnaire: { version: 2 } });

    const below = systems.assessTier(app.as('rita'), { id, expectedVersion: 2 }, { ...TIER, tier: 'HIGH' });
    await expect(below).rejects.toMatchObject({ code: 'TIER_BELOW_ANSWERS', facts: { expected: 'CRITICAL', actual: 'HIGH', because: expect.arrayContaining(['M1=d', 'A1 unanswered']) } });
    const assessed = await systems.assessTier(app.as('rita'), { id, expectedVersion: 2 }, { ...TIER, tier: null });

    expect(assessed.tierAssessments.at(-1)).toMatchObject({ tier: 'CRITICAL', flags: expect.arrayContaining(['PROFILING', 'SPECIAL_CATEGORY']), restsOn: { revision: 1, computed: 'CRITICAL' } });
  });

  test('shows what its answers give, and what would be otherwise, without writing anything', async () => {
    const { id } = await registered();
    const asked = `{ system(id: "${id}") { version tiering { answers { revision questionnaireVersion answeredBy { handle } answers { question option } } score { tier unanswered flags } } tieringDue { cause } tieringAnswers { revision } } }`;
    const { data: before } = await app.graphql('axel', asked);
    await systems.answer(app.as('sam'), { id, expectedVersion: 1 }, { answers: QUESTIONNAIRE.questions.map((question) => ({ question: question.id, option: question.id === 'M1' ? 'd' : 'a' })), rationale: 'As it is built.' });
    const { data: after } = await app.graphql('axel', asked);
    const { data: tried } = await app.graphql('axel', `{ previewTier(system: "${id}", euClass: LIMITED) { tier baseTier floors { by } drivers { question option points floor } lowerings { tier changes { question from to } } } open: previewTier { tier unanswered } tieringQuestionnaire { version questions { id dimension options { id } } } }`);

    expect(before).toEqual({ system: { version: 1, tiering: null, tieringDue: [], tieringAnswers: [] } });
    expect(after).toEqual({ system: {
      version: 2, tieringDue: [{ cause: 'ANSWERS_NEWER' }], tieringAnswers: [{ revision: 1 }],
      tiering: { answers: { revision: 1, questionnaireVersion: '1.0.0', answeredBy: { handle: 'sam' }, answers: expect.arrayContaining([{ question: 'M1', option: 'd' }]) }, score: { tier: 'HIGH', unanswered: [], flags: [] } },
    } });
    expect(tried).toMatchObject({
      previewTier: { tier: 'HIGH', baseTier: 'MINIMAL', floors: [{ by: 'M1' }], drivers: [{ question: 'M1', option: 'd', floor: 'HIGH' }], lowerings: [{ tier: 'MINIMAL', changes: [{ question: 'M1', from: 'd', to: 'c' }] }] },
      open: { tier: 'CRITICAL', unanswered: QUESTIONNAIRE.questions.map((question) => question.id) },
    });
    expect(await queries.system(app.as('axel'), id)).toMatchObject({ version: 2 });
  });

  test('is CRITICAL and UNCLASSIFIED until then', async () => {
    const { id } = await registered();

    expect((await app.graphql('axel', `{ system(id: "${id}") { tier euClass flags availableActions } }`)).data).toEqual({ system: { tier: 'CRITICAL', euClass: 'UNCLASSIFIED', flags: [], availableActions: ['suspend', 'retire'] } });
  });

  test('is suspended, resumed and retired; what is not possible lists what is', async () => {
    const { id } = await registered();
    const operate = (expectedVersion: number, action: 'suspend' | 'resume' | 'retire'): Promise<unknown> => systems.operate(app.as('rita'), { id, expectedVersion }, action, 'Because.');

    await expect(operate(1, 'resume')).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { state: 'ACTIVE', action: 'resume', allowedActions: ['suspend', 'retire'] } });
    expect(await operate(1, 'suspend')).toMatchObject({ state: 'SUSPENDED', version: 2 });
    await expect(operate(2, 'suspend')).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { allowedActions: ['resume', 'retire'] } });
    await expect(operate(1, 'resume')).rejects.toMatchObject({ code: 'CONFLICT', facts: { currentVersion: 2 } });
    expect(await operate(2, 'retire')).toMatchObject({ state: 'RETIRED' });
    for (const refused of [operate(3, 'resume'), systems.edit(app.as('sam'), { id, expectedVersion: 3 }, { name: 'x' }), systems.assessTier(app.as('rita'), { id, expectedVersion: 3 }, TIER), releases.create(app.as('dana'), id, { label: '1', components: [] })]) {
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { state: 'RETIRED', allowedActions: [] } });
    }
    expect(await queries.system(app.as('axel'), id)).toMatchObject({ state: 'RETIRED', version: 3 });
  });

  test('keeps what one of two writers of the same version wrote, and tells the other', async () => {
    const { id } = await registered();

    const results = await Promise.allSettled(['one', 'two'].map((name) => systems.edit(app.as('sam'), { id, expectedVersion: 1 }, { name })));

    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CONFLICT', facts: { currentVersion: 2 } } });
  });
});

describe('a release', () => {
  test('is named by the digest of its parts, in whatever order they are listed', async () => {
    const [one, two] = [await registered(), await registered()];
    const parts = [{ role: 'MODEL' as const, name: 'm', digest: DIGEST.toUpperCase() }, { role: 'CONFIG' as const, name: 'c', digest: `sha256:${DIGEST}` }];

    const first = await releases.create(app.as('dana'), one.id, { label: '1.0', components: parts });
    const second = await releases.create(app.as('pipeline'), two.number, { label: '1.0', components: [...parts].reverse() });

    expect(second.bundleDigest).toBe(first.bundleDigest);
    expect(second.components).toEqual(first.components);
    expect(first.components.map(({ role, digest }) => [role, digest])).toEqual([['CONFIG', `sha256:${DIGEST}`], ['MODEL', `sha256:${DIGEST}`]]);
  });

  test.each<[string, string, object]>([
    ['the same parts again', 'ALREADY_EXISTS', { label: '2.0' }], ['a label that is taken', 'ALREADY_EXISTS', { components: [{ role: 'CODE', name: 'x', digest: DIGEST }] }], ['no parts', 'INVALID_INPUT', { label: '3', components: [] }],
    ['one part twice', 'INVALID_INPUT', { label: '3', components: [{ role: 'CODE', name: 'x', digest: DIGEST }, { role: 'CODE', name: 'x', digest: 'cd'.repeat(32) }] }],
    ['a wrong digest', 'INVALID_DIGEST', { label: '3', components: [{ role: 'CODE', name: 'x', digest: 'md5:abc' }] }], ['a blank label', 'INVALID_TEXT', { label: ' ', components: [{ role: 'CODE', name: 'x', digest: DIGEST }] }],
  ])('is refused with %s', async (_, code, change) => {
    const { id } = await registered();
    const input = { label: '1.0', components: [{ role: 'MODEL' as const, name: 'm', digest: DIGEST }] };
    await releases.create(app.as('dana'), id, input);

    await expect(releases.create(app.as('dana'), id, { ...input, ...change })).rejects.toMatchObject({ code });
  });

  test('is withdrawn once, for good, and then takes no promotion', async () => {
    const { releaseId } = await givenRelease(app, app.as, '', 'c3');

    await expect(releases.withdraw(app.as('dana'), { id: releaseId, expectedVersion: 1 }, 'Wrong.')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await releases.withdraw(app.as('sam'), { id: releaseId, expectedVersion: 1 }, 'Wrong data.')).toMatchObject({ state: 'WITHDRAWN', withdrawnReason: 'Wrong data.' });
    await expect(releases.withdraw(app.as('sam'), { id: releaseId, expectedVersion: 2 }, 'Again.')).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { allowedActions: [] } });
    const { errors } = await app.graphql('sam', `mutation { openPromotion(input: { release: "${releaseId}", environment: "pilot", reason: "x" }) { id } }`);
    expect(errors?.[0]).toMatchObject({ message: expect.stringContaining('Wrong data.'), extensions: { code: 'RELEASE_WITHDRAWN' } });
  });
});

describe('an environment', () => {
  test.each<[string, string, { name: string; kind: 'PILOT' | 'CANARY'; previous: string | null }]>([
    ['a name that is taken', 'ALREADY_EXISTS', { name: 'pilot', kind: 'PILOT', previous: null }], ['a name in capitals', 'INVALID_INPUT', { name: 'Pilot', kind: 'PILOT', previous: null }],
    ['a later one before it', 'INVALID_INPUT', { name: 'canary', kind: 'CANARY', previous: 'production' }], ['an unknown one before it', 'NOT_FOUND', { name: 'canary', kind: 'CANARY', previous: 'nowhere' }],
  ])('is refused with %s', async (_, code, input) => {
    await expect(releases.createEnvironment(app.as('ada'), input)).rejects.toMatchObject({ code });
  });

  test('is added by the administrator alone, and found by name and by id', async () => {
    await expect(releases.createEnvironment(app.as('sam'), { name: 'canary', kind: 'CANARY', previous: 'pilot' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const { id } = await releases.createEnvironment(app.as('ada'), { name: 'canary', kind: 'CANARY', previous: 'pilot' });

    expect(await queries.environment(app.as('axel'), id)).toEqual(await queries.environment(app.as('axel'), 'canary'));
  });
});

test('pages through the inventory meet every system once', async () => {
  for (let i = 0; i < 3; i += 1) await registered();
  const seen: string[] = [];

  for (let after: string | null = null, more = true; more;) {
    const found: Awaited<ReturnType<SystemsQueries['systems']>> = await queries.systems(app.as('axel'), { first: 2, after });
    seen.push(...found.nodes.map(({ id }) => id));
    [after, more] = [found.endCursor, found.hasNextPage];
  }

  expect(seen).toEqual([...new Set(seen)].sort());
  expect(seen).toEqual((await queries.systems(app.as('axel'), { first: 100, after: null })).nodes.map(({ id }) => id));
});

// Promotions, sign-offs and grants on a real PostgreSQL: what is frozen, who signs what, and what a challenge or a grant is good for.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Lane } from '../../src/domain/actor.js';
import type { SignOffInput } from '../../src/domain/sign-off.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SignOffsService, type SignOffRequest } from '../../src/reviews/sign-offs.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { givenRelease, givenRisk, riskInput } from './register.js';

const APPROVE = { choice: 'APPROVE', statement: 'Checked.', attests: [] } as const;
const TEAM_LANES: Lane[] = ['RISK', 'LEGAL', 'PRIVACY', 'PROVENANCE'];

let app: TestApp;
let promotions: PromotionsService;
let signOffs: SignOffsService;

beforeAll(async () => {
  app = await startApp();
  [promotions, signOffs] = [app.app.get(PromotionsService), app.app.get(SignOffsService)];
});

afterAll(() => app.close());

let made = 0;

interface Scene { readonly systemId: string; readonly releaseId: string; readonly bundleDigest: string; readonly riskId: string }

async function scene(): Promise<Scene> {
  made += 1;
  const release = await givenRelease(app, app.as, '', (0x1000 + made).toString(16));
  return { ...release, riskId: (await givenRisk(app, app.as, release.systemId)).id };
}

const open = (at: Scene, environment: string): ReturnType<PromotionsService['open']> => promotions.open(app.as('sam'), { release: at.releaseId, environment, reason: 'First users.' });
const request = (handle: string, ids: readonly string[], lanes: readonly Lane[]): Promise<SignOffRequest> => signOffs.request(app.as(handle), ids, lanes);
const answer = (shown: SignOffRequest): { challenge: string; packageDigests: string[] } => ({ challenge: shown.challenge, packageDigests: shown.packages.map(({ digest }) => digest) });
const confirm = (handle: string, shown: SignOffRequest, more: Pick<SignOffInput, 'choice' | 'statement'> = APPROVE): ReturnType<SignOffsService['confirm']> => signOffs.confirm(app.as(handle), answer(shown), { ...APPROVE, ...more });

/** Lets the time of a row be over, past the triggers that would demand a log entry for it. */
async function expire(table: 'challenges' | 'grants', where: string, value: string): Promise<number | null> {
  const client = new pg.Client({ connectionString: app.database.adminUrl });
  await client.connect();
  try {
    await client.query(`begin; alter table ${table} disable trigger user`);
    const { rowCount } = await client.query(`update ${table} set expires_at = clock_timestamp() - interval '1 second' where ${where} = $1`, [value]);
    await client.query(`alter table ${table} enable trigger user; commit`);
    return rowCount;
  } finally {
    await client.end();
  }
}

describe('a promotion', () => {
  test('names the lanes of the matrix, and is open once for a release and an environment', async () => {
    const at = await scene();

    const promotion = await open(at, 'pilot');
    expect(promotion.lanes).toEqual(TEAM_LANES.map((lane) => ({ lane, level: 'SELF' })));
    await expect(open(at, 'pilot')).rejects.toMatchObject({ code: 'PROMOTION_EXISTS' });
    expect((await open(at, 'production')).lanes).toContainEqual({ lane: 'RISK', level: 'INDEPENDENT' });
    expect((await open(at, 'dev')).lanes).toEqual([]);
  });

  test('is cancelled by whoever asked, once; another may then be opened', async () => {
    const at = await scene();
    const promotion = await open(at, 'pilot');

    await expect(promotions.cancel(app.as('dana'), { id: promotion.id, expectedVersion: 1 }, 'x')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await promotions.cancel(app.as('sam'), { id: promotion.number, expectedVersion: 1 }, 'Too early.')).toMatchObject({ state: 'CANCELLED', ending: 'Too early.' });
    await expect(promotions.cancel(app.as('sam'), { id: promotion.id, expectedVersion: 2 }, 'x')).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { state: 'CANCELLED', allowedActions: [] } });
    await expect(request('sam', [promotion.id], ['RISK'])).rejects.toMatchObject({ code: 'ROUND_CLOSED' });
    expect((await open(at, 'pilot')).id).not.toBe(promotion.id);
  });

  test('gives its place to another request, of the same release or of a later one, and sign-offs count on', async () => {
    const at = await scene();
    const first = await open(at, 'pilot');
    await confirm('sam', await request('sam', [first.id], TEAM_LANES));

    const second = await promotions.resubmit(app.as('sam'), { id: first.number, expectedVersion: 1 }, { reason: 'With the answers.', due: null });
    const { data } = await app.graphql<{ promotion: unknown }>('axel', `query ($id: ID!) { promotion(id: $id) { state ending reviews { state } successor { number state ending predecessor { number } } } }`, { id: first.id });

    expect(data?.promotion).toEqual({ state: 'SUPERSEDED', ending: `${second.number}: With the answers.`, reviews: TEAM_LANES.map(() => ({ state: 'WITHDRAWN' })), successor: { number: second.number, state: 'OPEN', ending: null, predecessor: { number: first.number } } });
    await expect(request('sam', [first.id], ['RISK'])).rejects.toMatchObject({ code: 'ROUND_CLOSED' });
    expect(await app.rest('pipeline', '/v1/gate/check', { target: { bundleDigest: at.bundleDigest }, system: at.systemId, environment: 'pilot', action: 'promote' })).toMatchObject({ body: { reasons: expect.not.arrayContaining([expect.objectContaining({ rule: 'R5' })]) } });
  });

  test('is commented on by those who take part, in the order of what they say, and changes no answer by it', async () => {
    const promotion = await open(await scene(), 'pilot');
    const say = async (handle: string, text: string, lane: string | null = null): Promise<unknown> => {
      const { data, errors } = await app.graphql<{ commentOnPromotion: unknown }>(handle, 'mutation ($id: ID!, $text: String!, $lane: Lane) { commentOnPromotion(id: $id, text: $text, lane: $lane) { lane text author { handle } } }', { id: promotion.number, text, lane });
      return errors?.[0]?.extensions['code'] ?? data?.commentOnPromotion;
    };

    expect(await say('rita', 'Where is the contract?', 'LEGAL')).toEqual({ lane: 'LEGAL', text: 'Where is the contract?', author: { handle: 'rita' } });
    expect(await say('dana', 'In the wiki.')).toMatchObject({ lane: null, author: { handle: 'dana' } });
    expect([await say('axel', 'I only read.'), await say('dana', ' '), await say('dana', 'x', 'FAIRNESS')]).toEqual(['PERMISSION_DENIED', 'INVALID_TEXT', 'INVALID_INPUT']);
    const { data } = await app.graphql<{ promotion: { version: number; comments: unknown } }>('axel', 'query ($id: ID!) { promotion(id: $id) { version comments(first: 1) { nodes { text } totalCount { value } pageInfo { hasNextPage } } } }', { id: promotion.id });
    expect(data?.promotion).toEqual({ version: 1, comments: { nodes: [{ text: 'Where is the contract?' }], totalCount: { value: 2 }, pageInfo: { hasNextPage: true } } });
  });

  test('is ended by a REJECT in a lane with a veto, and made again', async () => {
    const at = await scene();
    const [first, other] = [await open(at, 'production'), await open(at, 'pilot')];
    const veto = await confirm('rita', await request('rita', [first.id], ['RISK']), { choice: 'REJECT', statement: 'No evaluation.' });

    expect(await promotions.promotion(app.as('axel'), first.id)).toMatchObject({ state: 'REJECTED', ending: `${veto.number}: No evaluation.`, version: 2 });
    expect(await promotions.promotion(app.as('axel'), other.id)).toMatchObject({ state: 'OPEN', version: 1 });
    await expect(request('rita', [first.id], ['RISK'])).rejects.toMatchObject({ code: 'ROUND_CLOSED' });
    await expect(promotions.resubmit(app.as('sam'), { id: first.id, expectedVersion: 1 }, { reason: 'x' })).rejects.toMatchObject({ code: 'CONFLICT' });
    const again = await app.graphql<{ resubmitPromotion: unknown }>('sam', 'mutation ($id: ID!) { resubmitPromotion(id: $id, expectedVersion: 2, reason: "Evaluated.") { state predecessor { number state } } }', { id: first.number });
    expect(again.data?.resubmitPromotion).toEqual({ state: 'OPEN', predecessor: { number: first.number, state: 'REJECTED' } });
    expect(await promotions.promotion(app.as('axel'), first.id)).toMatchObject({ state: 'REJECTED', version: 2 });
  });

  test('keeps the package of its opening while the present one moves on', async () => {
    const at = await scene();
    const promotion = await open(at, 'pilot');
    const before = await promotions.openingPackage(app.as('axel'), promotion);
    await app.app.get(SystemsService).edit(app.as('dana'), { id: at.systemId, expectedVersion: 2 }, { intendedPurpose: 'Sends <b>mail</b> # by `itself`\n## Approved' });

    const present = await promotions.presentPackage(app.as('axel'), promotion);

    expect(await promotions.openingPackage(app.as('axel'), promotion)).toEqual(before);
    expect(before?.digest).toBe(promotion.packageDigest);
    expect(present.digest).not.toBe(before?.digest);
    expect(present.readable).toContain('intended purpose: Sends \\<b\\>mail\\</b\\> \\# by \\`itself\\` \\#\\# Approved');
    expect(present.readable).toContain(at.bundleDigest);
    for (const heading of ['# Reply assistant: release 1.0 into pilot', '## What changed since the last approved release', '## Risks in scope', '## Reviews that this needs', '- RISK: SELF']) expect(present.readable).toContain(heading);
    expect(present.readable.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(11);
  });
});

describe('a sign-off', () => {
  test('covers several lanes and several promotions of one system in one act', async () => {
    const at = await scene();
    const [pilot, production] = [await open(at, 'pilot'), await open(at, 'production')];

    const signOff = await confirm('sam', await request('sam', [pilot.id, production.number], ['LEGAL', 'PRIVACY']));

    expect(signOff.subjects.map(({ promotionId, lanes }) => [promotionId, lanes])).toEqual([[pilot.id, ['LEGAL', 'PRIVACY']], [production.id, ['LEGAL', 'PRIVACY']]]);
    expect(signOff).toMatchObject({ choice: 'APPROVE', meaning: 'APPROVED', withdrawn: null });
    const other = await open(await scene(), 'pilot');
    await expect(request('sam', [pilot.id, other.id], ['LEGAL'])).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'promotions' } });
  });

  test('of an independent lane is for a qualified person outside the team', async () => {
    const at = await scene();
    const production = await open(at, 'production');

    await expect(request('sam', [production.id], ['RISK'])).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
    await expect(request('dana', [production.id], ['RISK'])).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
    await expect(request('hugo', [production.id], ['RISK'])).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['AUTHOR'] } });
    await expect(request('petra', [production.id], ['RISK'])).rejects.toMatchObject({ code: 'NOT_ELIGIBLE', facts: { because: ['NO_GRANT_FOR_LANE'] } });
    await expect(request('axel', [production.id], ['RISK'])).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(request('rita', [production.id], ['FAIRNESS'])).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { actual: 'FAIRNESS' } });
    expect(await confirm('rita', await request('rita', [production.id], ['RISK']))).toMatchObject({ subjects: [{ lanes: ['RISK'] }] });
  });

  test('takes its challenge once, from the person it was given to, with the digests that were shown', async () => {
    const promotion = await open(await scene(), 'pilot');
    const shown = await request('sam', [promotion.id], ['RISK']);

    await expect(confirm('dana', shown)).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
    for (const packageDigests of [[], [`sha256:${'0'.repeat(64)}`], [...answer(shown).packageDigests, ...answer(shown).packageDigests]]) {
      await expect(signOffs.confirm(app.as('sam'), { challenge: shown.challenge, packageDigests }, APPROVE)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    }
    await confirm('sam', shown);
    await expect(confirm('sam', shown)).rejects.toMatchObject({ code: 'CHALLENGE_USED' });
  });

  test('is refused when its challenge has expired', async () => {
    const promotion = await open(await scene(), 'pilot');
    const shown = await request('sam', [promotion.id], ['RISK']);
    expect(await expire('challenges', "subjects->0->>'promotionId'", promotion.id)).toBe(1);

    await expect(confirm('sam', shown)).rejects.toMatchObject({ code: 'CHALLENGE_EXPIRED' });
  });

  test('is refused when anything that was shown has changed since', async () => {
    const at = await scene();
    const promotion = await open(at, 'pilot');
    const shown = await request('sam', [promotion.id], ['RISK']);
    await app.app.get(RisksService).log(app.as('dana'), at.systemId, riskInput('sam'), false);

    await expect(confirm('sam', shown)).rejects.toMatchObject({ code: 'PACKAGE_CHANGED' });
    expect(await confirm('sam', await request('sam', [promotion.id], ['RISK']))).toMatchObject({ version: 1 });
  });

  test('is withdrawn by its signer alone, once', async () => {
    const promotion = await open(await scene(), 'pilot');
    const signOff = await confirm('sam', await request('sam', [promotion.id], TEAM_LANES));
    const withdraw = (handle: string, expectedVersion: number): Promise<unknown> => signOffs.withdraw(app.as(handle), { id: signOff.number, expectedVersion }, 'I was wrong.');

    await expect(withdraw('dana', 1)).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await withdraw('sam', 1)).toMatchObject({ version: 2, withdrawn: { reason: 'I was wrong.' } });
    await expect(withdraw('sam', 2)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { state: 'WITHDRAWN', allowedActions: [] } });
  });
});

describe('a grant', () => {
  async function granted(): Promise<{ at: Scene; grant: string; promotionId: string }> {
    const at = await scene();
    const promotion = await open(at, 'pilot');
    await confirm('sam', await request('sam', [promotion.id], TEAM_LANES));
    const { grant } = await app.app.get(GateService).authorize(app.as('pipeline'), { target: { kind: 'BUNDLE', bundleDigest: at.bundleDigest }, system: null, environment: 'pilot', action: 'promote' });
    return { at, grant: grant?.id ?? '', promotionId: promotion.id };
  }

  const report = (grant: string, bundleDigest: string, environment = 'pilot', handle = 'pipeline'): ReturnType<DeploymentsService['report']> =>
    app.app.get(DeploymentsService).report(app.as(handle), { grant, bundleDigest, environment });

  test('is redeemed once, for its bundle and environment, and fulfils the promotion', async () => {
    const { at, grant, promotionId } = await granted();

    await expect(report(grant, 'ab'.repeat(32))).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', facts: { expected: at.bundleDigest } });
    await expect(report(grant, 'short')).rejects.toMatchObject({ code: 'INVALID_DIGEST' });
    await expect(report(grant, at.bundleDigest, 'production')).rejects.toMatchObject({ code: 'GRANT_INVALID', facts: { field: 'environment' } });
    await expect(report(grant, at.bundleDigest, 'pilot', 'dana')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await report(grant, at.bundleDigest.toUpperCase().replace('SHA256', 'sha256'))).toMatchObject({ grantId: grant, bundleDigest: at.bundleDigest });
    await expect(report(grant, at.bundleDigest)).rejects.toMatchObject({ code: 'GRANT_CONSUMED' });
    expect(await promotions.promotion(app.as('axel'), promotionId)).toMatchObject({ state: 'PROMOTED', version: 2 });
  });

  test('of another caller, and one that has expired, deploy nothing; an owner redeems their own', async () => {
    const { at, grant } = await granted();
    const { grant: own } = await app.app.get(GateService).authorize(app.as('sam'), { target: { kind: 'BUNDLE', bundleDigest: at.bundleDigest }, system: null, environment: 'pilot', action: 'promote' });

    await expect(report(own?.id ?? '', at.bundleDigest)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    await expect(report(grant, at.bundleDigest, 'pilot', 'sam')).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    expect(await report(own?.id ?? '', at.bundleDigest, 'pilot', 'sam')).toMatchObject({ grantId: own?.id });
    expect(await expire('grants', 'id::text', grant)).toBe(1);
    await expect(report(grant, at.bundleDigest)).rejects.toMatchObject({ code: 'GRANT_EXPIRED' });
  });
});

// Reviews as objects on a real PostgreSQL: claimed and released, listed and judged, a reviewer's queue, and the index that finds them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import type { Promotion } from '../../src/domain/promotion.js';
import { reviewsOf } from '../../src/domain/review.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { askToSign, at, confirmSign, connectTo, estimate, givenConfirmedRisk, givenRelease, givenSystem, openPromotion, sign, type Register } from '../support/register.js';

let app: TestApp;
let register: Register;

beforeAll(async () => {
  app = await startApp();
  register = { ...app, tenantId: app.as('ada').tenantId, keys: {} as Register['keys'] };
});

afterAll(() => app.close());

interface Scene { readonly systemId: string; readonly systemNumber: string; readonly riskId: string; readonly promotion: Stored<Promotion> }

/** A request into production: INDEPENDENT lanes, of which RISK is for Rita or Hugo. */
async function scene(environment = 'production'): Promise<Scene> {
  const system = await givenSystem(register);
  const risk = await givenConfirmedRisk(register, system.id);
  const release = await givenRelease(register, system.id);
  return { systemId: system.id, systemNumber: system.number, riskId: risk.id, promotion: await openPromotion(register, release.id, environment) };
}

interface Shown { number: string; state: string; outcome: string; open: boolean; overdue: boolean; due: string | null; claimedUntil: string | null; assignee: { handle: string } | null; availableActions: string[]; signOffs: { number: string }[]; me: { eligible: boolean; approved: boolean; grant: { role: string; lane: string | null } | null; excludedBy: string[] } | null }
const FIELDS = 'number state outcome open overdue due claimedUntil assignee { handle } availableActions signOffs { number } me { eligible approved grant { role lane } excludedBy }';

async function show(handle: string, id: string): Promise<Shown> {
  const { data, errors } = await app.graphql<{ review: Shown }>(handle, `query ($id: ID!) { review(id: $id) { ${FIELDS} } }`, { id });
  if (data === null) throw new Error(JSON.stringify(errors));
  return data.review;
}

async function list(handle: string, filter: object, more = ''): Promise<string[]> {
  const { data, errors } = await app.graphql<{ reviews: { nodes: { number: string }[] } }>(handle, `query ($filter: ReviewFilterInput) { reviews(filter: $filter, first: 100 ${more}) { nodes { number } } }`, { filter });
  if (data === null) throw new Error(JSON.stringify(errors));
  return data.reviews.nodes.map(({ number }) => number);
}

async function command(handle: string, field: string): Promise<unknown> {
  const { data, errors } = await app.graphql<Record<string, unknown>>(handle, `mutation { ${field} { number state claimedUntil } }`);
  return errors === undefined ? Object.values(data ?? {})[0] : { code: errors[0]?.extensions['code'], details: errors[0]?.extensions['details'] };
}

const inDays = (days: number): string => plusDays(new Date().toISOString(), days);
const claim = (handle: string, id: string, until = inDays(3)): Promise<unknown> => command(handle, `claimReview(id: "${id}", until: "${until}")`);

/** Lets the claims of a promotion be over, past the trigger that would demand a log entry for it. */
async function endClaims(promotion: Promotion): Promise<void> {
  const client = await connectTo(app.database.adminUrl, null);
  await client.query('begin; alter table promotions disable trigger demand_entry');
  await client.query("update promotions set claims = jsonb_set(claims, '{0,until}', '\"2020-01-01T00:00:00.000Z\"') where id = $1", [promotion.id]);
  await client.query('alter table promotions enable always trigger demand_entry; commit');
  await client.end();
}

describe('a claim', () => {
  test('is for those who could sign the lane, and keeps colleagues from taking it up meanwhile', async () => {
    const { promotion } = await scene();
    const review = `${promotion.number}/RISK`;
    const until = inDays(3);

    expect(await claim('sam', review)).toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
    expect(await claim('axel', review)).toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await claim('rita', `${promotion.id}/PRIVACY`)).toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await claim('rita', `${promotion.id}/RISK`, until)).toEqual({ number: review, state: 'CLAIMED', claimedUntil: until });
    expect(await claim('hugo', review)).toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
    expect(await show('axel', review)).toMatchObject({ state: 'CLAIMED', outcome: 'OPEN', assignee: { handle: 'rita' }, availableActions: ['claim', 'release', 'withdraw'] });
    expect(await list('rita', { assignee: 'me', system: promotion.systemId })).toEqual([review]);
    expect(await list('axel', { assignee: 'rita', system: promotion.systemId })).toEqual([review]);
  });

  test('ends by itself, at most 14 days ahead; the own one is prolonged', async () => {
    const { promotion } = await scene();
    const review = `${promotion.number}/RISK`;

    expect(await claim('rita', review, inDays(15))).toMatchObject({ code: 'VALIDITY_TOO_LONG', details: { field: 'until' } });
    expect(await claim('rita', review, inDays(-1))).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'until' } });
    await claim('rita', review, inDays(1));
    const until = inDays(10);
    expect(await claim('rita', review, until)).toMatchObject({ claimedUntil: until });
    await endClaims(promotion);
    expect(await show('rita', review)).toMatchObject({ state: 'REQUESTED', assignee: null, claimedUntil: null, availableActions: ['claim', 'withdraw'] });
    expect(await list('rita', { assignee: 'rita', system: promotion.systemId })).toEqual([]);
    expect(await command('rita', `releaseReview(id: "${review}")`)).toMatchObject({ code: 'INVALID_TRANSITION' });
  });

  test('is released by its holder, or by a risk officer with a reason', async () => {
    const { promotion } = await scene();
    const review = `${promotion.number}/LEGAL`;
    await claim('lena', review);

    expect(await command('sam', `releaseReview(id: "${review}", reason: "x")`)).toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await command('rita', `releaseReview(id: "${review}")`)).toMatchObject({ code: 'INVALID_TEXT' });
    expect(await command('rita', `releaseReview(id: "${review}", reason: "On leave.")`)).toEqual({ number: review, state: 'REQUESTED', claimedUntil: null });
    await claim('lena', review);
    expect(await command('lena', `releaseReview(id: "${review}")`)).toMatchObject({ state: 'REQUESTED' });
  });

  test('decides nothing: others sign all the same, and nothing that was signed is outdated', async () => {
    const { promotion } = await scene('pilot');
    const signOff = await sign(register, 'sam', promotion, ['RISK', 'LEGAL']);
    const asked = await askToSign(register, 'sam', [promotion.id], ['PRIVACY']);

    expect(await claim('dana', `${promotion.number}/PRIVACY`)).toMatchObject({ state: 'CLAIMED' });
    expect(await claim('sam', `${promotion.number}/PRIVACY`)).toMatchObject({ code: 'REVIEW_CLAIMED', details: { until: expect.any(String) } });
    await confirmSign(register, 'sam', asked);

    expect(await show('sam', `${promotion.number}/RISK`)).toMatchObject({ outcome: 'APPROVED', signOffs: [{ number: signOff.number }] });
    expect(await show('sam', `${promotion.number}/PRIVACY`)).toMatchObject({ state: 'CLAIMED', outcome: 'APPROVED' });
  });
});

describe('what a review has come to', () => {
  test('follows from the sign-offs each time: stale when the risk rises, withdrawn with its promotion', async () => {
    const { promotion, riskId } = await scene();
    const review = `${promotion.number}/RISK`;
    expect(await show('rita', review)).toMatchObject({ outcome: 'OPEN' });

    const risks = register.app.get(RisksService);
    await risks.assess(register.as('sam'), { id: riskId, expectedVersion: 3 }, estimate(5));
    const other = await scene('pilot');
    await sign(register, 'sam', other.promotion, ['RISK']);
    expect(await show('sam', `${other.promotion.number}/RISK`)).toMatchObject({ outcome: 'APPROVED', me: { eligible: true, approved: true } });
    await risks.assess(register.as('sam'), { id: other.riskId, expectedVersion: 3 }, estimate(5));
    expect(await show('sam', `${other.promotion.number}/RISK`)).toMatchObject({ outcome: 'STALE', me: { eligible: true, approved: false } });

    await register.app.get(PromotionsService).cancel(register.as('sam'), at(promotion), 'Too early.');
    expect(await show('rita', review)).toMatchObject({ state: 'WITHDRAWN', outcome: 'WITHDRAWN', open: false, availableActions: [] });
    expect(await claim('rita', review)).toMatchObject({ code: 'INVALID_TRANSITION' });
  });

  test('filters a list, whose pages say where to go on', async () => {
    const { promotion, systemId } = await scene('pilot');
    await sign(register, 'sam', promotion, ['RISK', 'LEGAL']);

    expect((await list('axel', { system: systemId, outcomes: ['APPROVED'] })).sort()).toEqual([`${promotion.number}/LEGAL`, `${promotion.number}/RISK`]);
    expect(await list('axel', { system: systemId, outcomes: ['OPEN'], lanes: ['RISK', 'PRIVACY'] })).toEqual([`${promotion.number}/PRIVACY`]);
    const page = `query ($after: String) { reviews(filter: {system: "${systemId}", outcomes: [APPROVED]}, first: 1, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } totalCount { value isExact } } }`;
    interface Part { reviews: { nodes: { number: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string }; totalCount: unknown } }
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { reviews }: Part = (await app.graphql<Part>('axel', page, { after })).data!;
      seen.push(...reviews.nodes.map(({ number }) => number));
      [after, more] = [reviews.pageInfo.endCursor, reviews.pageInfo.hasNextPage];
    }
    expect(seen.sort()).toEqual([`${promotion.number}/LEGAL`, `${promotion.number}/RISK`]);
  });
});

describe('a reviewer’s queue', () => {
  test('holds what I could sign and have not, and says why it is mine', async () => {
    const { promotion, systemId } = await scene();
    const own = `${promotion.number}/RISK`;

    expect(await list('rita', { waitingForMe: true, system: systemId })).toEqual([own]);
    expect(await show('rita', own)).toMatchObject({ me: { eligible: true, approved: false, grant: { role: 'RISK_OFFICER' }, excludedBy: [] } });
    expect(await list('hugo', { waitingForMe: true, system: systemId })).toEqual([]);
    expect(await show('hugo', own)).toMatchObject({ me: { eligible: false, excludedBy: ['AUTHOR'] } });
    expect(await list('sam', { waitingForMe: true, system: systemId })).not.toContain(own);
    expect(await show('sam', own)).toMatchObject({ me: { eligible: false, excludedBy: expect.arrayContaining(['REQUESTER', 'SYSTEM_OWNER']) } });
    const team = await scene('pilot');
    const attested = team.promotion.lanes.map(({ lane }) => `${team.promotion.number}/${lane}`);
    expect((await list('dana', { waitingForMe: true, system: team.systemId })).sort()).toEqual([...attested].sort());
    await sign(register, 'dana', team.promotion, ['RISK']);
    expect(await list('dana', { waitingForMe: true, system: team.systemId })).not.toContain(`${team.promotion.number}/RISK`);
  });
});

describe('the list of reviews', () => {
  test('is sorted by due date, and knows what is overdue', async () => {
    const { systemId, promotion } = await scene('pilot');
    const release = await givenRelease(register, systemId);
    const sooner = await register.app.get(PromotionsService).open(register.as('sam'), { release: release.id, environment: 'pilot', reason: 'Soon.', due: inDays(2) });

    const byDue = await list('axel', { system: systemId, lanes: ['RISK'] });
    expect(byDue).toEqual([`${sooner.number}/RISK`, `${promotion.number}/RISK`]);
    expect(await list('axel', { system: systemId, lanes: ['RISK'], dueBefore: inDays(3) })).toEqual([`${sooner.number}/RISK`]);
    expect(await list('axel', { system: systemId, overdue: true })).toEqual([]);
    expect(await list('axel', { system: systemId, open: false })).toEqual([]);
    expect(await list('axel', { system: systemId, lanes: ['RISK'] }, 'sort: NEWEST')).toEqual([`${sooner.number}/RISK`, `${promotion.number}/RISK`]);
    await expect(register.app.get(PromotionsService).open(register.as('sam'), { release: release.id, environment: 'production', reason: 'x', due: inDays(91) })).rejects.toMatchObject({ code: 'VALIDITY_TOO_LONG' });
  });

  test('the index of reviews says what the promotions say', async () => {
    const client = await connectTo(app.database.adminUrl, null);
    const rows = (await client.query<Record<string, unknown>>('select promotion_id, lane, level, system_id, release_id, state, open, assignee_id, claimed_until, due from promotion_reviews order by promotion_id, lane')).rows;
    await client.end();
    const ids = [...new Set(rows.map((row) => String(row['promotion_id'])))];
    const reviews = (await register.app.get(PromotionsService).promotionsByIds(register.as('axel'), ids)).flatMap(reviewsOf).sort((a, b) => (a.promotionId + a.lane < b.promotionId + b.lane ? -1 : 1));

    expect(rows.map((row) => ({ ...row, claimed_until: (row['claimed_until'] as Date | null)?.toISOString() ?? null, due: (row['due'] as Date).toISOString() }))).toEqual(reviews.map((review) => ({
      promotion_id: review.promotionId, lane: review.lane, level: review.level, system_id: review.systemId, release_id: review.releaseId, state: review.state, open: review.open,
      assignee_id: review.assigneeId, claimed_until: review.claimedUntil, due: review.due,
    })));
    expect(rows.length).toBeGreaterThan(20);
  });

  test('hangs on the risks that it is about', async () => {
    const { promotion, systemId } = await scene('pilot');
    const { data } = await app.graphql<{ risks: { nodes: { reviews: { nodes: { number: string }[]; totalCount: { value: number } } }[] } }>('axel', `{ risks(system: "${systemId}") { nodes { reviews(first: 2) { nodes { number } totalCount { value } } } } }`);

    expect(data!.risks.nodes[0]!.reviews.totalCount.value).toBe(promotion.lanes.length);
    expect(data!.risks.nodes[0]!.reviews.nodes.length).toBe(2);
  });
});

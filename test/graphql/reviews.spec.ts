// Documents about reviews beside the statements that they cost: the same number for one review as for many.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';
import { givenConfirmedRisk, givenRelease, givenSystem, openPromotion, sign, type Register } from '../support/register.js';
import { recordStatements, type Recorder } from '../support/statements.js';

let app: TestApp;
let statements: Recorder;

beforeAll(async () => {
  app = await startApp();
  const register: Register = { ...app, tenantId: app.as('ada').tenantId, keys: {} as Register['keys'] };
  for (let i = 0; i < 6; i += 1) {
    const system = await givenSystem(register);
    for (let k = 0; k < 9; k += 1) await givenConfirmedRisk(register, system.id);
    const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
    await openPromotion(register, (await givenRelease(register, system.id)).id, 'production');
    await sign(register, 'sam', promotion, ['RISK', 'LEGAL']);
  }
  statements = recordStatements(app.app);
}, 120_000);

afterAll(() => app.close());

/** How many statements a document costs, and how many nodes its first list has. */
async function cost(handle: string, document: string, variables: object): Promise<{ statements: number; nodes: number }> {
  let nodes = 0;
  const sent = await statements.during(async () => {
    const { data, errors } = await app.graphql<Record<string, { nodes: unknown[] }>>(handle, document, { ...variables });
    expect(errors).toBeUndefined();
    nodes = Object.values(data ?? {})[0]!.nodes.length;
  });
  return { statements: sent.length, nodes };
}

describe('a list of reviews', () => {
  test('with promotion, system, people and votes', async () => {
    const document = `query ($first: Int!) { reviews(first: $first) { nodes { number state due overdue claimedUntil assignee { handle } signOffs { number signer { handle } }
      promotion { reason requestedBy { handle } release { label } environment { name } } system { name owner { handle } } } pageInfo { endCursor } } }`;

    const one = await cost('axel', document, { first: 1 });
    const many = await cost('axel', document, { first: 50 });
    expect([one.nodes, many.nodes]).toEqual([1, 50]);
    expect(many.statements).toBeLessThanOrEqual(12);
    expect(many.statements).toBeLessThanOrEqual(one.statements + 1);
  });

  test('with what the votes come to, judged for all at once', async () => {
    const document = 'query ($first: Int!) { reviews(first: $first) { nodes { number outcome me { eligible excludedBy } } } }';

    const one = await cost('rita', document, { first: 1 });
    const many = await cost('rita', document, { first: 50 });
    expect(many.nodes).toBe(50);
    expect(many.statements).toBeLessThanOrEqual(one.statements + 2);
    expect(many.statements).toBeLessThanOrEqual(21);
  });

  test('narrowed to a reviewer’s queue', async () => {
    const { statements: needed, nodes } = await cost('rita', '{ reviews(filter: {waitingForMe: true}, first: 20) { nodes { number outcome system { name } } } }', {});

    expect(nodes).toBe(6);
    expect(needed).toBeLessThanOrEqual(24);
  });
});

describe('reviews of many risks', () => {
  test('are one statement', async () => {
    const document = (reviews: string): string => `query ($first: Int!) { risks(first: $first) { nodes { number system { name } owner { handle } ${reviews} } } }`;

    const without = await cost('axel', document(''), { first: 50 });
    const withReviews = await cost('axel', document('reviews(first: 5) { nodes { number lane state due } }'), { first: 50 });
    expect(withReviews.nodes).toBe(50);
    expect(withReviews.statements - without.statements).toBeLessThanOrEqual(1);
    expect(withReviews.statements).toBeLessThanOrEqual(5);
  });
});

// Pages of every list and sort: together they are the list, each record once; and what is no page of it is refused with what to do instead.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestApp } from '../support/app.js';
import { startWorld } from './world.js';

let app: TestApp;

beforeAll(async () => {
  app = await startWorld();
});
afterAll(() => app.close());

interface PageAnswer { readonly edges: { cursor: string; node: { number: string } }[]; readonly nodes: { number: string }[]; readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null } }

async function page(list: string, args: string, first: number, after: string | null): Promise<PageAnswer> {
  const { data, errors } = await app.graphql<Record<string, PageAnswer>>('axel', `query ($first: Int!, $after: String) { ${list}(first: $first, after: $after, ${args}) {
    nodes { number } edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, { first, after });
  expect(errors).toBeUndefined();
  return data![list]!;
}

async function walk(list: string, args: string, first: number): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const found: PageAnswer = await page(list, args, first, after);
    expect(found.pageInfo).toMatchObject({ hasPreviousPage: after !== null, startCursor: found.edges[0]?.cursor ?? null, endCursor: found.edges.at(-1)?.cursor ?? null });
    seen.push(...found.nodes.map(({ number }) => number));
    [after, more] = [found.pageInfo.endCursor, found.pageInfo.hasNextPage];
  }
  return seen;
}

const LISTS: [list: string, args: string, length: number][] = [
  ...['OLDEST', 'NEWEST', 'LEVEL', 'REVIEW_DUE'].map((sort): [string, string, number] => ['risks', `sort: ${sort}`, 7]),
  ['risks', 'sort: LEVEL, filter: { states: [ASSESSED, REJECTED, MONITORED] }', 5], ['risks', 'sort: REVIEW_DUE, filter: { overdue: false }', 6], ['risks', 'sort: NEWEST, filter: { text: "hidden or training" }', 4],
  ...['OLDEST', 'NEWEST', 'TIER'].map((sort): [string, string, number] => ['systems', `sort: ${sort}`, 3]),
];

test.each(LISTS)('pages of %s (%s) are the list, each record once', async (list, args, length) => {
  const whole = await walk(list, args, 100);

  expect(new Set(whole).size).toBe(length);
  expect(await walk(list, args, 1)).toEqual(whole);
  expect(await walk(list, args, 2)).toEqual(whole);
});

test('a page goes on after any record, by the cursor of its edge', async () => {
  const { edges } = await page('risks', 'sort: LEVEL', 100, null);
  const { nodes } = await page('risks', 'sort: LEVEL', 2, edges[2]!.cursor);

  expect(nodes).toEqual(edges.slice(3, 5).map(({ node }) => node));
});

test('the pages within each of many parents go on after the same cursor', async () => {
  const { data } = await app.graphql<{ systems: { nodes: { number: string; risks: { edges: { cursor: string; node: { number: string } }[] } }[] } }>('axel', '{ systems { nodes { number risks { edges { cursor node { number } } } } } }');
  const after = data!.systems.nodes[1]!.risks.edges[0]!.cursor;
  const later = await app.graphql<{ systems: { nodes: { risks: { nodes: { number: string }[] } }[] } }>('axel', 'query ($after: String) { systems { nodes { risks(first: 2, after: $after) { nodes { number } } } } }', { after });

  expect(later.data?.systems.nodes.map(({ risks }) => risks.nodes.map(({ number }) => number))).toEqual([[], ['R-4', 'R-5'], ['R-7']]);
});

describe('refused as INVALID_INPUT, naming the field and what to do next', () => {
  const refusedField = async (query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
    const { errors } = await app.graphql('axel', query, variables);
    const { code, details } = errors![0]!.extensions as { code: string; details: { field: string; next?: string } };
    return [code, details.field, details.next !== undefined && details.next.length > 10];
  };

  test.each([-1, 0, 101, 10_000])('a page of %s records', async (first) => {
    for (const list of ['risks', 'systems']) expect(await refusedField(`query ($first: Int!) { ${list}(first: $first) { nodes { id } } }`, { first })).toEqual(['INVALID_INPUT', 'first', true]);
    for (const list of ['risks', 'releases', 'promotions', 'signOffs']) expect(await refusedField(`query ($first: Int!) { system(id: "SYS-1") { ${list}(first: $first) { nodes { id } } } }`, { first })).toEqual(['INVALID_INPUT', 'first', true]);
  });

  test('a cursor of another list, of another order, and of nobody', async () => {
    const system = (await page('systems', 'sort: NEWEST', 1, null)).pageInfo.endCursor;
    const newest = (await page('risks', 'sort: NEWEST', 1, null)).pageInfo.endCursor;

    for (const after of [system, newest, 'R-1', '', 'bm90aGluZw', `${newest}A`]) expect([after, await refusedField('query ($after: String) { risks(sort: LEVEL, after: $after) { nodes { id } } }', { after })]).toEqual([after, ['INVALID_INPUT', 'after', true]]);
    expect(await refusedField('query ($after: String) { system(id: "SYS-1") { releases(after: $after) { nodes { id } } } }', { after: newest })).toEqual(['INVALID_INPUT', 'after', true]);
  });

  test('a system that is named twice', async () => {
    expect(await refusedField('{ risks(system: "SYS-1", filter: { system: "SYS-1" }) { nodes { id } } }')).toEqual(['INVALID_INPUT', 'filter.system', true]);
  });
});

test.each([['{ risks(filter: { system: "SYS-999" }) { nodes { id } } }', 'NOT_FOUND'], ['{ risks(system: "R-1") { nodes { id } } }', 'NOT_FOUND'], ['{ risks(filter: { owner: "nobody" }) { nodes { id } } }', 'NOT_FOUND'],
  ['{ systems(filter: { owner: "U-999" }) { nodes { id } } }', 'NOT_FOUND'], ['{ risk(id: "R-142") { id } }', 'NOT_FOUND'], ['{ riskMatrix(filter: { system: "SYS-0" }) { current { unassessed } } }', 'NOT_FOUND'],
  ['{ risks(filter: { category: "owasp" }) { nodes { id } } }', 'TAXONOMY_REFERENCE_INVALID'], ['{ risks(filter: { text: "" }) { nodes { id } } }', 'INVALID_INPUT']])('%s is refused: %s', async (query, code) => {
  expect((await app.graphql('axel', query)).errors?.[0]?.extensions['code']).toBe(code);
});

const NAMED = ['risks(filter: { system: "" })', 'risks(system: "")', 'risks(filter: { owner: "" })', 'systems(filter: { owner: "" })', 'reviews(filter: { system: "" })', 'reviews(filter: { assignee: "" })', 'promotions(filter: { system: "" })',
  'promotions(filter: { environment: "" })', 'signOffs(filter: { system: "" })', 'signOffs(filter: { signer: "" })', 'acceptances(filter: { system: "" })', 'acceptances(filter: { risk: "" })', 'decisions(filter: { system: "" })',
  'decisions(filter: { environment: "" })', 'decisions(filter: { caller: "" })', 'mitigations(filter: { system: "" })', 'mitigations(filter: { risk: "" })', 'mitigations(filter: { owner: "" })', 'evidenceList(filter: { system: "" })',
  'findings(system: "")', 'findings(owner: "")', 'impactAssessments(system: "")', 'changes(filter: { system: "" })'];
test.each(NAMED)('an empty text names nobody and nothing, it is not left out: %s', async (list) => {
  expect((await app.graphql('axel', `{ ${list} { nodes { __typename } } }`)).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
});

describe('an instant that no calendar or no database has', () => {
  test.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '2026-13-01T00:00:00Z'])('is refused in a filter: %s', async (at) => {
    for (const list of ['decisions(filter: { from: $at })', 'acceptances(filter: { expiresBefore: $at })', 'reviews(filter: { dueBefore: $at })']) {
      expect((await app.graphql('axel', `query ($at: DateTime) { ${list} { nodes { id } } }`, { at })).errors?.[0]?.extensions['code']).toBe('INVALID_INPUT');
    }
  });

  test.each(['0000-01-01T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '2026-01-01T24:00:00.000Z'])('is refused in a cursor: %s', async (key) => {
    const cursor = (list: string, order: string): string => Buffer.from(JSON.stringify([list, order, key, '0190b7a4-0000-7000-8000-000000000001'])).toString('base64url');
    const asked = [['acceptances(sort: EXPIRES, after: $after) { nodes { id } }', cursor('RiskAcceptance', 'EXPIRES')], ['risks(sort: REVIEW_DUE, after: $after) { nodes { id } }', cursor('Risk', 'REVIEW_DUE')],
      ['risks { nodes { reviews(after: $after) { nodes { id } } } }', cursor('RiskReview', 'DUE')]] as const;
    for (const [list, after] of asked) expect((await app.graphql('axel', `query ($after: String) { ${list} }`, { after })).errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'after' } });
  });

  test('is none when it is the day before in another part of the world', async () => {
    const { data, errors } = await app.graphql<{ decisions: { nodes: unknown[] } }>('axel', 'query ($at: DateTime) { decisions(filter: { from: $at }) { nodes { id } } }', { at: '2020-02-29T23:59:59.999999999-11:30' });
    expect([errors, (data?.decisions.nodes.length ?? 0) > 0]).toEqual([undefined, true]);
  });
});

test('any text is a search, and none is an error', async () => {
  for (const text of ["'", '"', '&|!()<->:*', '-', 'or or', "x' or 1=1 --", '💥', 'a'.repeat(200), '%_', '-'.repeat(200), '- '.repeat(100), '(-'.repeat(100), '-"'.repeat(100), '-‹'.repeat(100), '-<'.repeat(100), '-(!'.repeat(66)]) expect([text, (await app.graphql('axel', 'query ($text: String) { risks(filter: { text: $text }) { nodes { id } } systems(filter: { text: $text }) { nodes { id } } }', { text })).errors]).toEqual([text, undefined]);
});

test('a hyphen excludes the word behind it, and means nothing by itself', async () => {
  const found = async (text: string): Promise<number[]> => (await app.graphql<{ systems: { nodes: { number: number }[] } }>('axel', 'query ($text: String) { systems(filter: { text: $text }) { nodes { number } } }', { text })).data!.systems.nodes.map(({ number }) => number);
  const all = await found('loan');

  expect(all.length).toBeGreaterThan(0);
  for (const text of ['loan -loan', 'loan -(loan)', "loan -'loan'", 'loan -"loan scoring"', 'loan -.loan']) expect([text, await found(text)]).toEqual([text, []]);
  expect(await found('loan -"scoring loan"')).toEqual(all);
  expect(await found('- loan --')).toEqual(all);
  expect(await found('loan - scoring')).toEqual(all);
});

test('a short number is taken wherever an id is', async () => {
  const { data } = await app.graphql<Record<string, { id: string }>>('axel', '{ risk(id: "R-1") { id } release(id: "REL-1") { id } promotion(id: "P-1") { id } signOff(id: "SO-1") { id } riskAcceptance(id: "A-1") { id } system(id: "SYS-1") { id } }');
  const numbers: Readonly<Record<string, string>> = { risk: 'R-1', release: 'REL-1', promotion: 'P-1', signOff: 'SO-1', riskAcceptance: 'A-1', system: 'SYS-1' };
  for (const [kind, { id }] of Object.entries(data!)) {
    const node = await app.graphql('axel', `{ byNumber: node(id: "${numbers[kind]}") { id __typename } byId: node(id: "${id}") { id __typename } }`);
    expect(node).toEqual({ data: { byNumber: { id, __typename: expect.any(String) }, byId: { id, __typename: expect.any(String) } } });
  }
  for (const id of ['R-999', 'U-1', 'X-1', 'R-', '-1', 'R-1 ']) expect((await app.graphql('axel', 'query ($id: ID!) { node(id: $id) { id } }', { id })).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  const ids = Object.entries(data!).map(([kind, { id }]) => `${kind}(id: "${id}") { id }`);

  expect((await app.graphql('axel', `{ ${ids.join(' ')} }`)).data).toEqual(data);
});

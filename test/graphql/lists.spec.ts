// Every documented list, filter and sort: query, result and the statements that it ran, side by side in the YAML files of this folder.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import type { GraphQLAnswer, TestApp } from '../support/app.js';
import { recordStatements, type Recorder, type Statement } from '../support/statements.js';
import { caseFiles, readsFirst, type Case } from './cases.js';
import { offered, used } from './coverage.js';
import { startWorld } from './world.js';

const FILES = caseFiles();
let app: TestApp;
let statements: Recorder;

beforeAll(async () => {
  app = await startWorld();
  statements = recordStatements(app.app);
});
afterAll(() => app.close());

async function ask({ query }: Case, first: number): Promise<{ answer: GraphQLAnswer<unknown>; sent: Statement[] }> {
  let answer: GraphQLAnswer<unknown> = { data: null };
  const sent = await statements.during(async () => { answer = await app.graphql('axel', query, { first }); });
  return { answer, sent };
}

describe.each(FILES)('$name', ({ cases }) => {
  test.each(cases)('$it', async (asked) => {
    const { answer, sent } = await ask(asked, 50);

    expect(answer).toEqual({ data: asked.gives });
    expect(sent.map(readsFirst)).toEqual(asked.sends);
  });

  test.each(cases.filter(({ query }) => query.includes('$first')))('$it: one record takes as many statements as fifty', async (asked) => {
    expect((await ask(asked, 1)).sent.map(readsFirst)).toEqual(asked.sends);
  });
});

test('every argument, filter and sort of every list of the published schema has its case', () => {
  const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../src/schema.graphql'), 'utf8'));
  const covered = used(schema, FILES.flatMap(({ cases }) => cases.map(({ query }) => query)));

  expect(offered(schema)).toEqual(expect.arrayContaining(['risks.filter.owner', 'risks.sort.REVIEW_DUE', 'decisions.filter.caller', 'findings.severity', 'impactAssessments.overdue', 'frameworkNodes.text']));
  expect(offered(schema).filter((way) => !covered.has(way))).toEqual([]);
});

test('a filter of one list is no case of another one that is called the same', () => {
  const schema = buildSchema('input F { system: ID } enum S { OLD NEW } type XConnection { id: ID } type Query { a(first: Int, filter: F, sort: S! = OLD): XConnection b(filter: F, state: S): XConnection c: ID }');

  expect(offered(schema)).toEqual(['a.filter.system', 'a.sort.OLD', 'a.sort.NEW', 'b.filter.system', 'b.state']);
  expect([...used(schema, ['{ a(filter: { system: "1" }) { id } c }'])]).toEqual(['a.sort.OLD', 'a.filter.system']);
  expect([...used(schema, ['{ b(state: NEW) { id } }', '{ a(sort: NEW) { id } }'])]).toEqual(['b.state', 'a.sort.NEW']);
});

test('risks with what belongs to each take at most seven statements', () => {
  const longest = FILES.flatMap(({ cases }) => cases).filter(({ it }) => it.includes('with system, owner'));

  expect(longest.map(({ sends }) => sends.length <= 7)).toEqual([true, true]);
});

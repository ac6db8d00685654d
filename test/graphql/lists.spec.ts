// Every documented list, filter and sort: query, result and the statements that it ran, side by side in the YAML files of this folder.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, isEnumType, isInputObjectType } from 'graphql';
import type { GraphQLAnswer, TestApp } from '../support/app.js';
import { recordStatements, type Recorder, type Statement } from '../support/statements.js';
import { caseFiles, readsFirst, type Case } from './cases.js';
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

test('every filter and every sort of the published schema has its case', () => {
  const { risks, systems, reviews, treatment } = Object.fromEntries(FILES.map(({ name, cases }) => [name.replace('.yaml', ''), cases.map(({ query }) => query).join('\n')])) as Record<'risks' | 'systems' | 'reviews' | 'treatment', string>;
  const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../src/schema.graphql'), 'utf8'));
  const words = (name: string): string[] => {
    const type = schema.getType(name);
    if (isInputObjectType(type)) return Object.keys(type.getFields()).map((field) => `${field}: `);
    return isEnumType(type) ? type.getValues().map((value) => value.name).filter((value) => value !== 'OLDEST').map((value) => `sort: ${value}`) : [];
  };
  const missing = (text: string, ...names: string[]): string[] => names.flatMap(words).filter((word) => !text.includes(word));

  expect(words('RiskFilter').length + words('RiskSort').length).toBeGreaterThan(10);
  const ofReviews = ['Review', 'Promotion', 'SignOff', 'Acceptance', 'Decision'].flatMap((name) => [`${name}FilterInput`, `${name}Sort`]);
  const ofTreatment = ['MitigationFilterInput', 'MitigationSort', 'EvidenceFilterInput', 'EvidenceSort'];
  expect([...ofReviews, ...ofTreatment].filter((name) => words(name).length === 0)).toEqual([]);
  expect([...missing(risks, 'RiskFilter', 'RiskSort'), ...missing(systems, 'SystemFilter', 'SystemSort'), ...missing(reviews, ...ofReviews), ...missing(treatment, ...ofTreatment)]).toEqual([]);
});

test('risks with what belongs to each take at most seven statements', () => {
  const longest = FILES.flatMap(({ cases }) => cases).filter(({ it }) => it.includes('with system, owner'));

  expect(longest.map(({ sends }) => sends.length <= 7)).toEqual([true, true]);
});

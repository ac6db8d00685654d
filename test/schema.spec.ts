// The published schema: what is committed is what the code prints, and what a running server shows.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema, type IntrospectionQuery } from 'graphql';
import { schemaText } from '../src/schema-text.js';
import { compilerComplaints, generatedModules } from './support/generated-client.js';
import { startApp, type TestApp } from './support/app.js';

const committed = readFileSync(join(import.meta.dirname, '../src/schema.graphql'), 'utf8');

/** What a deployment tool and a dashboard ask. */
const OPERATIONS = [
  'query Systems($first: Int!) { systems(first: $first) { nodes { id name } pageInfo { endCursor hasNextPage } } }',
  'query Found($id: ID!) { node(id: $id) { __typename id ... on Risk { id state } } }',
  'mutation Log($system: ID!, $input: LogRiskInput!) { logRisk(system: $system, input: $input) { id version } }',
];
const CLIENT = `
  import type { FoundQuery, LogMutationVariables, SystemsQuery, SystemsQueryVariables } from './operations';
  import type { Risk } from './types';
  export const asked: SystemsQueryVariables = { first: 10 };
  export const names = ({ systems }: SystemsQuery): string[] => systems.nodes.map(({ name }) => name);
  export const state = ({ node }: FoundQuery): Risk['state'] | undefined => node?.__typename === 'Risk' ? node.state : undefined;
  export const logged = ({ system, input }: LogMutationVariables): string => String(system) + input.statement.event;
`;

describe('src/schema.graphql', () => {
  let app: TestApp;
  beforeAll(async () => { app = await startApp(); });
  afterAll(() => app.close());

  test('is what the code prints; after a change "npm run schema" writes it', async () => {
    expect(committed).toBe(await schemaText());
  });

  test('is what a running server shows to those who ask', async () => {
    const { data } = await app.graphql<IntrospectionQuery>('axel', getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true }));

    if (data === null) throw new Error('no introspection');
    expect(printSchema(lexicographicSortSchema(buildClientSchema(data)))).toBe(printSchema(lexicographicSortSchema(buildSchema(committed))));
  });

  test('makes a typed client by a code generator, from what a running server shows', async () => {
    const { data } = await app.graphql<IntrospectionQuery>('axel', getIntrospectionQuery());
    if (data === null) throw new Error('no introspection');
    const modules = await generatedModules(data, OPERATIONS);
    const wrong = CLIENT.replace('first: 10', "first: 'ten'").replace('({ name }) => name', '({ id }) => id.nothing');

    expect(compilerComplaints({ ...modules, 'client.ts': CLIENT })).toEqual([]);
    expect(compilerComplaints({ ...modules, 'client.ts': wrong })).toEqual([
      expect.stringContaining("'string' is not assignable to type 'number'"), expect.stringContaining("'nothing' does not exist"),
    ]);
  });
});

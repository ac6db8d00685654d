// The published schema: what is committed is what the code prints, and what a running server shows.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema, type IntrospectionQuery } from 'graphql';
import { schemaText } from '../src/schema-text.js';
import { startApp, type TestApp } from './support/app.js';

const committed = readFileSync(join(import.meta.dirname, '../src/schema.graphql'), 'utf8');

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
});

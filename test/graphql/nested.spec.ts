// No list reads what is beside its records one by one: every object that a record shows, and every object within that, is asked for one record
// and for a dozen, and no statement is sent again for each of them. The documents are made from the published schema, so a new field is asked too.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getNamedType, isLeafType, isObjectType, isRequiredArgument, type GraphQLField, type GraphQLObjectType } from 'graphql';
import { recordEdition } from '../../src/domain/policy-edition.js';
import type { PolicyDocument } from '../../src/domain/policy-version.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { EditionTable } from '../../src/policies/policy-edition.table.js';
import { SHIPPED, SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import type { TestApp } from '../support/app.js';
import { recordStatements, type Recorder } from '../support/statements.js';
import { fillRegister } from '../chapters/register.js';
import { startWorld } from './world.js';

type Field = GraphQLField<unknown, unknown>;
const SCHEMA = buildSchema(readFileSync(join(import.meta.dirname, '../../src/schema.graphql'), 'utf8'));
const isPage = (type: GraphQLObjectType): boolean => 'nodes' in type.getFields();

let app: TestApp;
let statements: Recorder;

/** Five systems with a record of every kind, so that one statement for each record cannot hide. */
beforeAll(async () => {
  app = await startWorld();
  for (const content of ['b2', 'c3', 'd4', 'e5']) await fillRegister(app, app.as, '', content);
  for (const version of ['0.6', '0.7', '0.8', '0.9']) await givenEdition({ ...SHIPPED_DOCUMENT, version });
  statements = recordStatements(app.app);
}, 120_000);
afterAll(() => app.close());

/** Otherwise a new one comes with the product only. */
async function givenEdition(document: PolicyDocument): Promise<void> {
  await app.app.get(UnitOfWork).write(app.as('pipeline'), 'gate.check', async (tx) => tx.put(EditionTable, recordEdition({ id: tx.newId(), number: await tx.nextNumber(EditionTable), recordedAt: tx.now }, document, SHIPPED.digest)));
}

/** The objects that a record shows, but for the parts of its page. */
function relations(type: GraphQLObjectType): { field: Field; type: GraphQLObjectType }[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const shown = getNamedType(field.type);
    return isObjectType(shown) && !field.args.some(isRequiredArgument) ? [{ field, type: shown }] : [];
  });
}

function recordOf(type: GraphQLObjectType): GraphQLObjectType {
  return isPage(type) ? getNamedType(type.getFields()['nodes']!.type) as GraphQLObjectType : type;
}

/** Lists within lists are short ones: a document may ask for so many records only. */
function asked({ name, args }: Field): string {
  return args.some((arg) => arg.name === 'first') ? `${name}(first: 5)` : name;
}

/** All plain fields, and the objects beside them so many levels down. */
function selection(type: GraphQLObjectType, depth: number): string {
  const record = recordOf(type);
  const plain = Object.values(record.getFields()).filter((field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument)).map(({ name }) => name);
  const objects = depth === 0 ? [] : relations(record).map(({ field, type: shown }) => `${asked(field)} { ${selection(shown, depth - 1)} }`);
  const fields = ['__typename', ...plain, ...objects].join(' ');
  return isPage(type) ? `nodes { ${fields} } ${'totalCount' in type.getFields() ? 'totalCount { value }' : ''}` : fields;
}

const LISTS = Object.values(SCHEMA.getQueryType()!.getFields()).flatMap((field) => {
  const type = getNamedType(field.type);
  return isObjectType(type) && isPage(type) && !field.args.some((arg) => arg.name !== 'first' && isRequiredArgument(arg)) ? [{ name: field.name, type }] : [];
});
const CASES = LISTS.flatMap(({ name, type }) => [
  [name, 'itself', selection(recordOf(type), 0)] as const,
  ...relations(recordOf(type)).map(({ field, type: shown }) => [name, field.name, `${asked(field)} { ${selection(shown, 1)} }`] as const),
]);

/** How often each statement was sent; lists of values of whatever length are the same statement. */
async function sentFor(document: string, first: number): Promise<{ times: Map<string, number>; nodes: number }> {
  let nodes = 0;
  const sent = await statements.during(async () => {
    const { data, errors } = await app.graphql<Record<string, { nodes: unknown[] }>>('axel', document, { first });
    expect(errors).toBeUndefined();
    nodes = Object.values(data ?? {})[0]?.nodes.length ?? 0;
  });
  const times = new Map<string, number>();
  for (const { sql } of sent) {
    const text = sql.replaceAll(/IN \([^)]*\)/g, 'IN (…)');
    times.set(text, (times.get(text) ?? 0) + 1);
  }
  return { times, nodes };
}

test('every list of the schema is asked', () => {
  expect(LISTS.map(({ name }) => name)).toEqual(expect.arrayContaining(['risks', 'systems', 'mitigations', 'evidenceList', 'findings', 'impactAssessments', 'promotions', 'reviews', 'signOffs', 'acceptances', 'decisions', 'changes']));
});

test.each(CASES)('%s: %s of many takes the statements of one', async (list, _, fields) => {
  const document = `query ($first: Int!) { ${list}(first: $first) { nodes { ${fields} } } }`;
  const one = await sentFor(document, 1);
  const many = await sentFor(document, 12);

  expect([one.nodes, many.nodes >= 5]).toEqual([1, true]);
  // The first record may lack what others have, and people are read at two depths: twice more is not once for each.
  expect([...many.times].filter(([text, times]) => times > Math.max(1, one.times.get(text) ?? 0) + 2)).toEqual([]);
});

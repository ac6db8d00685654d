// Everything that can be asked, asked by somebody of another organization who may do everything there: of what the first one has nothing is
// seen or changed, and it cannot be told from what does not exist. What there is to ask is read from the schema, the routes and the catalogues.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isInterfaceType, isObjectType, isRequiredArgument } from 'graphql';
import pg from 'pg';
import { SCHEMA } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { Canaries, planted } from '../support/canaries.js';
import { recordStatements, type Recorder } from '../support/statements.js';
import { CARRY_NONE, FORBIDDEN } from '../support/tenant-walls.js';
import { allFields, documentFor, selectionOf, waysToTypes, type TypeDocument } from '../support/whole-schema.js';
import { Filling } from './filled-tenants.js';
import { LateRecords, type Shown } from './late-records.js';
import { documentOf, OPERATIONS, places, referenceAt, rootFields, spoiled, type Arguments, type Place } from './operations.js';
import { admitEverything, fillRegister, secondOrganization, type Register } from './register.js';

jest.setTimeout(60_000);

const PLACES = places(SCHEMA);
const REFERENCES = PLACES.filter((place) => referenceAt(place) !== null);
/** The gate answers what it does not know with a decision. */
const GATE = ['gateDecision', 'authorizePromotion', 'gateForecast', 'gateRequirements'];
/** A change of many refuses each item among its results. */
const ITEMWISE = 'bulkChangeRisks';
const OPENAPI = JSON.parse(readFileSync(new URL('../../src/openapi.json', import.meta.url), 'utf8')) as { paths: Readonly<Record<string, object>> };

let app: TestApp;
let first: Register;
let second: Register;
let canaries: Canaries;
let statements: Recorder;
/** How one is shown a record of a type that no list and no sample shows. */
let late: Readonly<Record<string, Shown>>;
let archive: string;
let before: Readonly<Record<string, string>>;

beforeAll(async () => {
  app = await startApp();
  await admitEverything(app, 'all');
  first = await fillRegister(app, app.as, '', 'a1');
  const filling = new Filling(app);
  await filling.rest(first);
  second = await fillRegister(app, await secondOrganization(app), 'other-', 'b2');
  await filling.second(second);
  late = await new LateRecords(app, second).shown();
  // From the same address as the first one: its digest is nobody's alone.
  await filling.takeArchive('other-axel');
  canaries = await Canaries.plant(app.database.adminUrl, first.as('sam').tenantId, new Set(Object.keys(CARRY_NONE)));
  // Before anything is asked about the first one: what somebody asked stays in their own log.
  archive = await filling.takeArchive('other-all');
  before = await canaries.state();
  statements = recordStatements(app.app);
}, 240_000);

afterAll(() => canaries.end());
afterAll(() => app.close());

async function asAdmin<Row extends object>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: app.database.adminUrl });
  await client.connect();
  return client.query<Row>(sql).then(({ rows }) => rows).finally(() => client.end());
}

function possibleTypes(name: string): string[] {
  const type = SCHEMA.getType(name);
  return isInterfaceType(type) ? SCHEMA.getPossibleTypes(type).map((each) => each.name).sort() : [];
}

async function post(headers: Readonly<Record<string, string>>, path: string, body: unknown): Promise<string> {
  const response = await fetch(`${app.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const text = await response.text();
  expect({ path, status: response.status < 500 ? 0 : text }).toEqual({ path, status: 0 });
  return text;
}

/** What was asked by somebody of the second organization. */
const asked = new Set<string>();

/** What somebody of the second organization, who may do everything there, is answered. */
async function ask(operation: string, variables: Arguments, selection = '__typename', handle = 'other-all'): Promise<string> {
  if (handle.startsWith('other-')) asked.add(operation);
  return post({ authorization: `Bearer ${await app.token(handle)}` }, '/graphql', { query: documentOf(SCHEMA, operation, Object.keys(variables), selection), variables });
}

/** Without what is new with each answer: ids, instants, digests. */
const timeless = (text: string): string => text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<at>').replaceAll(/[0-9a-f]{64}/g, '<digest>');
/** What the database is asked for, whatever the values are: what takes as long looks alike to whoever has a watch. What a server looks up once a minute is no answer to anybody. */
async function shapesOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent = await statements.during(work);
  return sent.filter(({ sql }) => !sql.includes('from policy_editions order by recorded_at')).map(({ sql }) => sql.replaceAll(/'[^']*'/g, '?'));
}

/** Of a change of many, one that could be done. */
const argsOf = (operation: string): Arguments => operation === ITEMWISE ? { changes: [{ id: second.ids.risk, expectedVersion: second.versions.risk, action: 'ASSIGN', owner: second.ids.person }] } : OPERATIONS[operation]!.args(second);
const named = (list: readonly Place[]): [string, Place][] => list.map((place) => [`${place.operation} ${place.path.join('.')}`, place]);

describe('what is planted', () => {
  test('every text of every table carries something that is the organization’s alone, but for the listed columns', () => {
    const bare = [...canaries.carried].filter(([, carried]) => carried === 0).map(([column]) => column);

    expect(canaries.carried.size).toBeGreaterThan(200);
    expect(bare).toEqual(Object.keys(CARRY_NONE).sort());
  });

  test('every table has a row of the organization', async () => {
    const tables = await canaries.tables();

    expect(tables.size).toBeGreaterThan(40);
    expect([...tables].filter(([, rows]) => rows === 0)).toEqual([]);
  });

  test('its own people see it, and it is found in what they see', async () => {
    const document = '{ systems { nodes { name number } } risks { nodes { number statement { event } } } people { handle displayName } environments { name } promotions { nodes { number reason } } }';
    const shown = JSON.stringify(await app.graphql(planted('axel'), document));

    expect(canaries.seenIn(shown)).toEqual(expect.arrayContaining(['zq7canary', 'SYS-1000777', 'R-1000777', 'R-2000777', 'P-1000777']));
    expect(shown.split('zq7canary').length).toBeGreaterThan(30);
    expect(canaries.seenIn(`"${first.ids.system}"`)).toEqual([first.ids.system]);
    expect(canaries.seenIn(`"${second.ids.system}"`)).toEqual([]);
  });
});

describe('every field of the schema', () => {
  const ways = waysToTypes(SCHEMA);
  // A deployment that is reported ends its promotion, which others still ask about.
  const types = [...ways.keys()].sort((a, b) => Number(a === 'Deployment') - Number(b === 'Deployment'));
  interface Asked extends TypeDocument { readonly args?: Arguments; readonly by?: string | undefined }
  const answered = new Set<string>();
  const held = new Set<string>();

  test.each(types)('%s', async (type) => {
    const all: Asked[] = [...lateWay(type), ...ways.get(type) ?? []];
    for (const way of all) {
      const text = await ask(way.root, way.args ?? argsFor(way), way.selection, way.by ?? (way.root === 'reportDeployment' ? 'other-pipeline' : 'other-all'));
      expect({ way, seen: canaries.seenIn(text) }).toEqual({ way, seen: [] });
      if (!text.includes(`"is":"${type}"`)) continue;
      if ((JSON.parse(text) as { errors?: unknown }).errors === undefined) for (const field of way.fields) answered.add(field);
      held.add(type);
      break;
    }
    expect(ways.get(type)?.length).toBeGreaterThan(0);
  });

  function lateWay(name: string): Asked[] {
    const [shown, type] = [late[name], SCHEMA.getType(name)];
    return shown === undefined || !isObjectType(type) ? [] : [{ ...documentFor(type, shown.root, shown.steps), ...shown }];
  }

  function argsFor({ root }: TypeDocument): Arguments {
    const field = SCHEMA.getQueryType()?.getFields()[root];
    return field?.args.some(isRequiredArgument) === false ? {} : OPERATIONS[root]?.args(second) ?? {};
  }

  test('was asked for and answered', () => {
    const all = allFields(SCHEMA);
    console.log(`${String(answered.size)} of ${String(all.length)} fields answered; a record of ${String(held.size)} of ${String(ways.size)} types was among the answers`);

    expect(all.filter((field) => !answered.has(field))).toEqual([]);
    expect([...ways.keys()].filter((type) => !held.has(type))).toEqual([]);
  });
});

describe('a record of another organization looks exactly like none at all', () => {
  test.each(named(REFERENCES.filter(({ operation }) => !GATE.includes(operation))))('%s', async (_, place) => {
    const kind = referenceAt(place) ?? 'system';
    const missing = kind === 'person' || kind === 'environmentName' ? planted('nobody') : `${randomUUID()}${kind === 'review' ? '/RISK' : ''}`;

    const [answers, shapes]: [string[], string[][]] = [[], []];
    for (const id of [missing, planted(first.ids[kind])]) {
      shapes.push(await shapesOf(async () => {
        const text = await ask(place.operation, spoiled(argsOf(place.operation), place.path, id), place.operation === ITEMWISE ? 'error { code message }' : '__typename');
        answers.push(text.replaceAll(id, '<id>'));
      }));
    }

    expect(answers[0]).toMatch(/"code":"NOT_FOUND"/);
    expect(answers[1]).toBe(answers[0]);
    expect(shapes[0]?.length).toBeGreaterThan(0);
    expect(shapes[1]).toEqual(shapes[0]);
    expect(canaries.seenIn(answers[1] ?? '')).toEqual([]);
  });

  test.each(named(REFERENCES.filter(({ operation }) => GATE.includes(operation))))('%s', async (_, place) => {
    const kind = referenceAt(place) ?? 'system';
    const [answers, shapes]: [string[], string[][]] = [[], []];
    for (const id of [kind === 'environmentName' ? planted('nowhere') : randomUUID(), planted(first.ids[kind])]) {
      shapes.push(await shapesOf(async () => {
        const text = await ask(place.operation, spoiled(OPERATIONS[place.operation]!.args(second), place.path, id), selectionOf(SCHEMA, place.operation, 1));
        expect(canaries.seenIn(text, [id])).toEqual([]);
        answers.push(timeless(text.replaceAll(id, '<id>')));
      }));
    }
    const [missing, foreign] = answers;

    expect(shapes[1]).toEqual(shapes[0]);
    expect(missing).toMatch(/(SYSTEM|RELEASE|ENVIRONMENT)_UNKNOWN|TARGET\/(SYSTEM|RELEASE|ENVIRONMENT)/);
    expect(foreign).toBe(missing);
  });

  test('and so does a digest that only the other one knows, and the challenge of another person', async () => {
    const decided = await app.rest('other-all', '/v1/gate/check', { target: { bundleDigest: first.ids.bundleDigest }, environment: 'other-pilot' });
    expect(decided).toMatchObject({ status: 200, body: { verdict: 'DENY', target: null, reasons: [{ code: 'RELEASE_UNKNOWN' }] } });

    for (const challenge of [first.ids.challenge, second.ids.challenge, 'invented']) {
      expect(await ask('confirmSignOff', spoiled(OPERATIONS['confirmSignOff']!.args(second), ['input', 'challenge'], challenge))).toContain('"CHALLENGE_INVALID"');
    }
  });

  test('as a node of whatever type, by its id as by its number', async () => {
    const known = await asAdmin<{ type: string; id: string }>(`select distinct on (object_type) object_type as type, object_id as id from audit.entry where log_id = (select log_id from audit.log where tenant_id = '${first.as('sam').tenantId}')`);
    const numbered = await asAdmin<{ table: string }>("select table_name as table from information_schema.columns where table_schema = 'public' and column_name = 'number' order by 1");
    const numbers = await Promise.all(numbered.map(async ({ table }) => (await asAdmin<{ number: string }>(`select number from ${table} where tenant_id = '${first.as('sam').tenantId}' limit 1`))[0]?.number ?? ''));
    const node = async (id: string, handle = 'other-all'): Promise<string> => (await ask('node', { id }, '__typename', handle)).replaceAll(id, '<id>');
    const shown = new Set<string>();

    for (const { type, id } of [...known, { type: 'PromotionReview', id: `${first.ids.promotion}/RISK` }]) {
      if ((await node(id, planted('all'))).includes(`"__typename":"${type}"`)) shown.add(type);
      expect([type, await node(id)]).toEqual([type, await node(id.replace(/^[0-9a-f-]+/, randomUUID()))]);
    }
    for (const number of numbers) expect([number, await node(number)]).toEqual([number, await node(number.replace(/\d+/, '99999999'))]);
    expect([...shown].sort()).toEqual(possibleTypes('Node'));
    expect(numbers.filter((number) => number.endsWith('000777')).length).toBeGreaterThan(15);
  });

  test('every id that an operation takes was tried', () => {
    const ids = PLACES.filter(({ type }) => type === 'ID');

    console.log(`${String(ids.filter((place) => REFERENCES.includes(place)).length)} of ${String(ids.length)} id arguments tried`);

    expect(ids.length).toBeGreaterThan(100);
    expect(ids.filter((place) => !REFERENCES.includes(place))).toEqual([]);
    expect(Object.keys(OPERATIONS).sort()).toEqual([...rootFields(SCHEMA).keys()].sort());
  });
});

describe('what names no record, and so none of another organization', () => {
  /** Of everything else there can be one more. */
  const DONE_BEFORE = ['adoptReadinessPolicy'];
  const argsOfAnother = (name: string): Arguments => name === 'registerIssuer' ? spoiled(OPERATIONS[name]!.args(second), ['input', 'issuer'], 'https://login.example.com/another') : OPERATIONS[name]!.args(second);
  const ALONE = [...rootFields(SCHEMA).keys()].filter((name) => !REFERENCES.some(({ operation }) => operation === name));

  test.each(ALONE)('%s', async (name) => {
    const text = await ask(name, argsOfAnother(name), selectionOf(SCHEMA, name, 1));
    const { errors } = JSON.parse(text) as { errors?: readonly { extensions: { code: string } }[] };

    expect(canaries.seenIn(text)).toEqual([]);
    expect(errors?.map(({ extensions: { code } }) => code)).toEqual(DONE_BEFORE.includes(name) ? ['ALREADY_EXISTS'] : undefined);
  });
});

describe('a cursor of another organization', () => {
  const LISTS = Object.values(SCHEMA.getQueryType()?.getFields() ?? {}).filter(({ args }) => args.some(({ name, type }) => name === 'after' && String(type) === 'String')).map(({ name }) => name);

  test.each(LISTS)('%s goes on with what is one\'s own', async (list) => {
    const isAskable = SCHEMA.getQueryType()?.getFields()[list]?.args.some(isRequiredArgument) === false;
    const argsOfList = (register: Register): Arguments => isAskable ? {} : OPERATIONS[list]!.args(register);
    // Names of frameworks are everybody's.
    const own = list === 'frameworkNodes' ? argsOfList(first) : planted(argsOfList(first));
    const shown = await ask(list, { ...own, first: 1 }, 'pageInfo { endCursor }', planted('all'));
    const { endCursor } = (JSON.parse(shown) as { data: Readonly<Record<string, { pageInfo: { endCursor: string | null } }>> }).data[list]!.pageInfo;
    const text = await ask(list, { ...argsOfList(second), first: 100, after: endCursor }, 'nodes { __typename } pageInfo { startCursor endCursor }');
    const keys = [...text.matchAll(/Cursor":"([^"]+)"/g)].map(([, cursor]) => Buffer.from(cursor ?? '', 'base64').toString('utf8'));

    expect(endCursor).toEqual(expect.any(String));
    expect(text).not.toContain('"errors"');
    expect(canaries.seenIn([text, ...keys].join(' '))).toEqual([]);
  });

  test('was tried in every list', () => {
    expect(LISTS.length).toBeGreaterThan(20);
  });
});

describe('each REST route', () => {
  type Route = (ids: Readonly<Record<string, string>>) => { readonly path?: string; readonly under?: string; readonly body?: unknown };
  const gate: Route = ({ system, release, environment, digest }) => ({ body: { system, environment, target: release === undefined ? { bundleDigest: digest } : { releaseId: release } } });
  const OF_RISKS = 'external_id,system,source,event,consequence,owner,affected_parties,taxonomy,release,draft\n';
  /** By method and path; what may name a record is given as one of the organization that is asked about. */
  const ROUTES: Readonly<Record<string, Route>> = {
    'post /v1/gate/check': gate, 'post /v1/gate/authorize': gate,
    'get /v1/risks.csv': ({ system }) => ({ path: `?system=${system ?? ''}` }),
    'post /v1/risks/import': ({ system, person, release }) => ({ path: '?dryRun=false', body: `${OF_RISKS}X-1,${system ?? ''},a,b,c,${person ?? ''},,,${release ?? ''},\n` }),
    'post /v1/evidence-files': ({ system }) => ({ path: `?system=${system ?? ''}&name=a.txt`, body: 'a,b\n1,2\n' }), 'get /v1/evidence-files/{digest}': ({ digest = 'sha256:0' }) => ({ under: digest }),
    'get /.well-known/jwks.json': () => ({}), 'get /health/live': () => ({}), 'get /health/ready': () => ({}), 'get /v1/openapi.json': () => ({}),
  };
  /** It names nothing, and each answer is longer than the one before: what is in it is looked at by itself. */
  const ARCHIVE = 'get /v1/archive';

  async function answer(route: string, ids: Readonly<Record<string, string>>): Promise<string> {
    const [method = '', path = ''] = route.split(' ');
    const { path: more = '', under = '', body } = ROUTES[route]!(ids);
    const isText = typeof body === 'string';
    const response = await fetch(`${app.url}${path.replace('{digest}', under)}${encodeURI(more)}`, {
      method: method.toUpperCase(), headers: { authorization: `Bearer ${await app.token('other-all')}`, ...(body !== undefined && { 'content-type': isText ? 'text/csv' : 'application/json' }) }, ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    const text = `${String(response.status)} ${await response.text()}`;
    expect(canaries.seenIn(text, Object.values(ids))).toEqual([]);
    return timeless(Object.values(ids).reduce((rest, id) => rest.replaceAll(id, '<id>'), text));
  }

  test('an archive holds nothing of another organization', () => {
    expect(archive.length).toBeGreaterThan(10_000);
    expect(canaries.seenIn(archive)).toEqual([]);
  });

  test('is known here', () => {
    expect(Object.entries(OPENAPI.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`)).sort()).toEqual([...Object.keys(ROUTES), ARCHIVE].sort());
  });

  test.each(Object.keys(ROUTES))('%s', async (route) => {
    const foreign = planted({ system: first.ids.system, release: first.ids.release, environment: first.ids.environmentName, person: first.ids.person, digest: first.ids.fileDigest });
    const missing = { system: randomUUID(), release: randomUUID(), environment: planted('nowhere'), person: planted('nobody'), digest: `sha256:${'9d'.repeat(32)}` };

    expect(await answer(route, foreign)).toBe(await answer(route, missing));
    expect(await answer(route, { digest: first.ids.bundleDigest, environment: 'other-pilot', system: foreign.system })).toBe(await answer(route, { digest: `sha256:${'9e'.repeat(32)}`, environment: 'other-pilot', system: missing.system }));
  });
});

describe('with the password of the application', () => {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: app.database.appUrl });
    await client.connect();
  });
  afterAll(() => client.end());

  async function pinned<T>(tenantId: string | null, work: () => Promise<T>): Promise<T> {
    await client.query('begin');
    try {
      if (tenantId !== null) await client.query("select set_config('app.tenant', $1, true)", [tenantId]);
      return await work();
    } finally {
      await client.query('rollback');
    }
  }

  test('no table shows a row of another organization, nor any row while none is pinned', async () => {
    const rowsOf = async (owner: Canaries, tenantId: string | null): Promise<number[]> => pinned(tenantId, async () => {
      const counts: number[] = [];
      for (const [table] of await owner.tables()) counts.push((await client.query<{ count: number }>(`select count(*)::int from ${table} t where $1::uuid is null or to_jsonb(t) ->> 'tenant_id' = $1::text or to_jsonb(t) ->> 'log_id' in (select log_id::text from audit.log where tenant_id = $1)`, [tenantId === null ? null : first.as('sam').tenantId])).rows[0]?.count ?? -1);
      return counts;
    });

    expect(new Set(await rowsOf(canaries, second.as('sam').tenantId))).toEqual(new Set([0]));
    expect(new Set(await rowsOf(canaries, null))).toEqual(new Set([0]));
    expect(Math.min(...await rowsOf(canaries, first.as('sam').tenantId))).toBeGreaterThan(0);
  });

  test.each(Object.keys(FORBIDDEN))('it cannot %s', async (what) => {
    const { sql, code } = FORBIDDEN[what]!;
    const meant = sql.replaceAll(':tenant', `'${first.as('sam').tenantId}'`).replaceAll(':key', `'${first.ids.apiKey}'`);

    expect(await pinned(second.as('sam').tenantId, () => client.query(meant).then(() => 'done', (error: unknown) => (error as { code: string }).code))).toBe(code);
  });
});

test('every query and every mutation was asked', () => {
  const roots = rootFields(SCHEMA);
  console.log(`${String(asked.size)} of ${String(roots.size)} queries and mutations asked as the other organization`);

  expect([...asked].sort()).toEqual([...roots.keys()].sort());
});

test('of all of this nothing was changed', async () => {
  expect(await canaries.state()).toEqual(before);
});

// The log as a feed: every entry once and in order, typed, narrowed without losing one's place, and that it was read is itself logged.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TABLES } from '../../src/app.module.js';
import { OBJECT_TYPES } from '../../src/domain/events.js';
import { NUMBERED } from '../../src/reporting/numbers.queries.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { recordStatements, type Recorder } from '../support/statements.js';
import { fillRegister, type Register } from './register.js';

let app: TestApp;
let register: Register;
let statements: Recorder;

beforeAll(async () => {
  app = await startApp();
  register = await fillRegister(app, app.as, '', 'a1');
  statements = recordStatements(app.app);
});

afterAll(() => app.close());

interface Node { position: number; at: string; action: string | null; permission: string | null; outcome: string; code: string | null; reasonDigest: string | null; before: string | null; after: string | null; object: { type: string; id: string; version: number | null; number: string | null }; actor: { handle: string } | null }
interface Feed { nodes: Node[]; pageInfo: { hasNextPage: boolean; endPosition: number; headSize: number } }
const FIELDS = 'nodes { position at action permission outcome code reasonDigest before after object { type id version number } actor { handle } } pageInfo { hasNextPage endPosition headSize }';

async function read(handle: string, variables: object): Promise<Feed> {
  const { data, errors } = await app.graphql<{ changes: Feed }>(handle, `query ($after: Int, $first: Int! = 100, $filter: ChangesFilterInput) { changes(after: $after, first: $first, filter: $filter) { ${FIELDS} } }`, { ...variables });
  if (data === null) throw new Error(JSON.stringify(errors?.[0]?.extensions));
  return data.changes;
}

async function follow(filter?: object, first = 7): Promise<Node[]> {
  const seen: Node[] = [];
  for (let after = -1, more = true; more;) {
    const feed: Feed = await read('axel', { after, first, filter });
    seen.push(...feed.nodes);
    [after, more] = [feed.pageInfo.endPosition, feed.pageInfo.hasNextPage];
  }
  return seen;
}

describe('the feed of changes', () => {
  test('gives every entry once, in the order of the log', async () => {
    const seen = await follow();

    expect(seen.map(({ position }) => position)).toEqual(seen.map((_, i) => i));
    expect(seen.map(({ at }) => at)).toEqual(seen.map(({ at }) => at).sort());
    expect(seen.find(({ object }) => object.id === register.ids.risk)).toMatchObject({
      action: 'RISK_LOGGED', permission: null, outcome: 'DONE', code: null, before: null, after: expect.stringMatching(/^sha256:/), object: { type: 'Risk', version: 1, number: 'R-1' }, actor: { handle: 'sam' },
    });
    expect(seen.find(({ object }) => object.type === 'GateDecision')).toMatchObject({ object: { number: null }, actor: { handle: 'pipeline' } });
  });

  test('tells a refused attempt by the permission that it needed', async () => {
    await app.graphql('axel', 'mutation ($id: ID!) { confirmRisk(id: $id, expectedVersion: 3) { id } }', { id: register.ids.risk });

    expect((await follow()).at(-1)).toMatchObject({ action: null, permission: 'RISK_CONFIRM', outcome: 'REFUSED', code: 'PERMISSION_DENIED', after: null, actor: { handle: 'axel' } });
  });

  test('is narrowed by kind and system, and its end moves on all the same', async () => {
    const all = await follow();
    const risks = await follow({ types: ['Risk'] }, 2);
    const ofSystem = await follow({ system: register.ids.system, types: ['Risk', 'AiSystem'] });

    expect(risks).toEqual(all.filter(({ object }) => object.type === 'Risk'));
    expect(ofSystem).toEqual(all.filter(({ object, outcome }) => ['Risk', 'AiSystem'].includes(object.type) && outcome === 'DONE'));
    const none = await read('axel', { after: all.length - 2, filter: { types: ['RiskCriteria'] } });
    expect(none).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false, endPosition: all.length - 1, headSize: all.length } });
  });

  test('refuses a position that this log never had, and those who may not read it', async () => {
    await expect(read('axel', { after: 1_000_000 })).rejects.toThrow('INVALID_INPUT');
    await expect(read('axel', { after: -2 })).rejects.toThrow('INVALID_INPUT');
    await expect(read('pipeline', {})).rejects.toThrow('PERMISSION_DENIED');
  });

  test('is itself logged, once an hour and account', async () => {
    const before = await read('eve', { first: 1 });
    await read('eve', {});
    const seen = await follow();

    const readings = seen.filter(({ action, actor }) => action === 'LOG_READ' && actor?.handle === 'eve');
    expect(readings).toEqual([expect.objectContaining({ position: before.pageInfo.headSize - 1, object: expect.objectContaining({ type: 'Tenant', version: null }), reasonDigest: null })]);
    const client = await connectTo(app.database.adminUrl, null);
    expect((await client.query<{ count: string }>('select count(*) from log_readings')).rows[0]!.count).toBe('2');
    await client.end();
  });

  test('needs the same few statements for one entry as for a hundred', async () => {
    const one = await statements.during(() => read('axel', { first: 1 }));
    const many = await statements.during(() => read('axel', { first: 100 }));

    expect(many.length).toBe(one.length);
    expect(many.length).toBeLessThanOrEqual(7);
  });

  test('knows every kind of record, and where each kind with numbers has them', () => {
    expect(TABLES.map(({ type }) => type).filter((type) => !(OBJECT_TYPES as readonly string[]).includes(type))).toEqual([]);
    expect(NUMBERED.map(({ type }) => type).sort()).toEqual(TABLES.filter(({ prefix }) => prefix !== null).map(({ type }) => type).sort());
  });
});

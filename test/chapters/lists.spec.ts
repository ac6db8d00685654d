// Lists of requests, votes, acceptances and decisions: narrowed and sorted as documented, each by an index and a few statements, also when they are long.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { recordStatements, type Recorder, type Statement } from '../support/statements.js';
import { fillRegister, givenRelease, type Register } from './register.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';

let app: TestApp;
let register: Register;
let statements: Recorder;
const START = new Date().toISOString();

beforeAll(async () => {
  app = await startApp();
  register = await fillRegister(app, app.as, '', 'a1');
  const other = await givenRelease(app, app.as, '', 'c3');
  await app.app.get(PromotionsService).open(app.as('sam'), { release: other.releaseId, environment: 'production', reason: 'Second system.' });
  statements = recordStatements(app.app);
});

afterAll(() => app.close());

type Connection = Readonly<Record<string, { nodes: Record<string, unknown>[]; totalCount: { value: number } }>>;

async function list(field: string, args: string, fields: string, handle = 'axel'): Promise<Record<string, unknown>[]> {
  const { data, errors } = await app.graphql<Connection>(handle, `{ ${field}(${args}) { nodes { ${fields} } totalCount { value isExact } } }`);
  if (data === null) throw new Error(JSON.stringify(errors));
  expect(data[field]!.totalCount.value).toBe(data[field]!.nodes.length);
  return data[field]!.nodes;
}

const numbers = async (field: string, args: string, handle?: string): Promise<unknown[]> => (await list(field, args, 'number', handle)).map((node) => node['number']);

describe('requests', () => {
  test('are narrowed by system, environment and state, the latest first', async () => {
    expect(await numbers('promotions', 'first: 10')).toEqual(['P-2', 'P-1']);
    expect(await numbers('promotions', 'sort: OLDEST')).toEqual(['P-1', 'P-2']);
    expect(await numbers('promotions', `filter: {system: "${register.ids.system}"}`)).toEqual(['P-1']);
    expect(await numbers('promotions', 'filter: {environment: "production", states: [OPEN]}')).toEqual(['P-2']);
    expect(await numbers('promotions', 'filter: {states: [CANCELLED]}')).toEqual([]);
  });
});

describe('what ends', () => {
  const soon = `live: true, expiresBefore: "${plusDays(START, 31)}"`;
  const late = `live: true, expiresBefore: "${plusDays(START, 3650)}"`;

  test('is one document: acceptances and votes that live and end by an instant', async () => {
    expect(await numbers('acceptances', `filter: {${soon}}, sort: EXPIRES`)).toEqual(['A-1']);
    expect(await numbers('acceptances', `filter: {system: "${register.ids.system}", expiresBefore: "${START}"}`)).toEqual([]);
    expect(await numbers('acceptances', `filter: {risk: "${register.ids.risk}"}`)).toEqual([]);
    expect(await numbers('signOffs', `filter: {${soon}}, sort: EXPIRES`)).toEqual([]);
    expect(await numbers('signOffs', `filter: {${late}, system: "${register.ids.system}", signer: "sam"}, sort: EXPIRES`)).toEqual(['SO-1']);
    expect(await numbers('signOffs', 'filter: {signer: "me"}', 'sam')).toEqual(['SO-1']);
    expect(await numbers('signOffs', 'filter: {signer: "me"}', 'rita')).toEqual([]);
  });
});

describe('recorded decisions', () => {
  const fields = 'id verdict environment reasons { code }';

  test('are narrowed by system, target, verdict, reason, caller and time', async () => {
    const all = await list('decisions', 'first: 20', fields);
    expect(all.map((decision) => [decision['environment'], decision['verdict']])).toEqual([['pilot', 'ALLOW'], ['dev', 'ALLOW']]);
    await app.rest('pipeline', '/v1/gate/check', { target: { bundleDigest: register.ids.bundleDigest }, environment: 'production' });

    const denied = await list('decisions', 'filter: {verdicts: [DENY, PENDING], environment: "production"}', fields);
    expect(denied).toHaveLength(1);
    const [{ code }] = denied[0]!['reasons'] as [{ code: string }];
    expect(await list('decisions', `filter: {reason: ${code}}`, 'id')).toEqual([{ id: denied[0]!['id'] }]);
    expect(await list('decisions', 'filter: {reason: ALL_REQUIREMENTS_MET}', 'id')).toHaveLength(2);
    expect(await list('decisions', 'filter: {caller: "pipeline"}', 'id')).toHaveLength(3);
    expect(await list('decisions', 'filter: {caller: "me"}', 'id', 'sam')).toEqual([]);
    expect(await list('decisions', `filter: {system: "${register.ids.system}", from: "${START}", to: "${plusDays(START, 1)}"}`, 'id')).toHaveLength(3);
    expect(await list('decisions', `filter: {to: "${START}"}`, 'id')).toEqual([]);
  });

  test('hang on their system and their release', async () => {
    const { data } = await app.graphql<{ system: { decisions: unknown }; release: { decisions: unknown } }>('axel',
      `{ system(id: "${register.ids.system}") { decisions { totalCount { value } } } release(id: "${register.ids.release}") { decisions(first: 1) { nodes { verdict } pageInfo { hasNextPage } } } }`);

    expect(data).toEqual({ system: { decisions: { totalCount: { value: 3 } } }, release: { decisions: { nodes: [{ verdict: 'DENY' }], pageInfo: { hasNextPage: true } } } });
  });
});

/** Many rows that look like those of a large organization, past the triggers that would demand a log entry for each. */
async function makeLarge(): Promise<void> {
  const client = await connectTo(app.database.adminUrl, null);
  await client.query("begin; set local session_replication_role = replica; alter table gate_decisions disable trigger demand_entry; alter table sign_offs disable trigger demand_entry; alter table promotions disable trigger demand_entry");
  const clone = (table: string, columns: string): string => `insert into ${table} select r.* from generate_series(1, 20000) n, ${table} t, jsonb_populate_record(t, ${columns}) r where t.ctid = (select ctid from ${table} limit 1)`;
  const id = (of: string): string => `md5(${of} || n)::uuid`;
  const time = "clock_timestamp() - n * interval '1 minute'";
  await client.query(clone('promotions', `jsonb_build_object('id', ${id("'p'")}, 'number', 'P-' || (n + 100), 'system_id', ${id("'s' || n % 200 || '-'")}, 'environment_id', ${id("'e' || n % 8 || '-'")}, 'state', case n % 20 when 0 then 'OPEN' else 'PROMOTED' end, 'release_id', ${id("'r'")})`));
  await client.query(`insert into promotion_reviews select r.* from promotions p, reviews_of(p) r where p.number ~ '^P-\\d{3,}$'`);
  await client.query(`update promotion_reviews set due = opened_at + (hashtext(id::text) % 1000) * interval '1 hour', assignee_id = md5('a' || hashtext(id::text) % 100)::uuid, claimed_until = '2099-01-01', state = 'CLAIMED' where promotion_number ~ '^P-\\d{3,}$'`);
  await client.query(clone('sign_offs', `jsonb_build_object('id', ${id("'so'")}, 'number', 'SO-' || (n + 100), 'challenge_id', ${id("'c'")}, 'system_id', ${id("'s' || n % 200 || '-'")}, 'person_id', ${id("'u' || n % 50 || '-'")}, 'valid_until', ${time})`));
  await client.query(`insert into gate_decisions (tenant_id, id, version, digest, question, question_hash, caller_id, system_id, release_id, environment_id, decision, facts_digest, epochs, decided_at, holds_until)
    select tenant_id, ${id("'d'")}, version, digest, question, question_hash, ${id("'u' || n % 50 || '-'")}, ${id("'s' || n % 200 || '-'")}, ${id("'r'")}, ${id("'e' || n % 8 || '-'")},
      jsonb_set(decision, '{verdict}', to_jsonb(case n % 3 when 0 then 'DENY' else 'ALLOW' end)), facts_digest, epochs, ${time}, holds_until from generate_series(1, 20000) n, (select * from gate_decisions limit 1) t`);
  await client.query("insert into gate_decision_reasons select tenant_id, case when hashtext(id::text) % 50 = 0 then 'REVIEW_PENDING' else 'ALL_REQUIREMENTS_MET' end, id from gate_decisions on conflict do nothing");
  await client.query('alter table gate_decisions enable always trigger demand_entry; alter table sign_offs enable always trigger demand_entry; alter table promotions enable always trigger demand_entry; commit');
  const { rows } = await client.query<{ table: string; rows: string }>("select 'promotions' as table, count(*) as rows from promotions union all select 'promotion_reviews', count(*) from promotion_reviews union all select 'sign_offs', count(*) from sign_offs union all select 'gate_decisions', count(*) from gate_decisions");
  expect(rows.filter((each) => Number(each.rows) <= 20_000)).toEqual([]);
  await client.query('analyze promotions; analyze promotion_reviews; analyze sign_offs; analyze gate_decisions; analyze gate_decision_reasons');
  await client.end();
}

interface Plan { readonly 'Node Type': string; readonly 'Relation Name'?: string; readonly 'Actual Rows': number; readonly 'Actual Loops': number; readonly 'Rows Removed by Filter'?: number; readonly Plans?: readonly Plan[] }

/** The nodes of the plan by which the application's role runs the statement. */
async function planOf({ sql, parameters }: Statement): Promise<Plan[]> {
  const client = await connectTo(app.database.appUrl, app.as('axel').tenantId);
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (analyze, format json) ${sql}`, [...parameters]);
  await client.end();
  const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];
  return flat(rows[0]!['QUERY PLAN'][0].Plan);
}

describe('a long list', () => {
  const TABLES = ['promotions', 'promotion_reviews', 'sign_offs', 'gate_decisions', 'gate_decision_reasons'];
  beforeAll(makeLarge, 120_000);

  test.each([
    ['promotions', 'promotions(first: 20)'],
    ['promotions', 'promotions(first: 20, filter: {states: [OPEN]})'],
    ['promotions', 'promotions(first: 20, filter: {environment: "production"})'],
    ['promotion_reviews', 'reviews(first: 20)'],
    ['promotion_reviews', 'reviews(first: 20, sort: NEWEST)'],
    ['promotion_reviews', 'reviews(first: 20, filter: {open: true, lanes: [RISK]})'],
    ['promotion_reviews', 'reviews(first: 20, filter: {overdue: true})'],
    ['promotion_reviews', 'reviews(first: 20, filter: {assignee: "rita"})'],
    ['promotion_reviews', 'reviews(first: 20, filter: {system: "SYS-1", dueBefore: "2099-01-01T00:00:00Z"})'],
    ['sign_offs', 'signOffs(first: 20, filter: {live: true}, sort: EXPIRES)'],
    ['sign_offs', 'signOffs(first: 20, filter: {system: "SYS-1"}, sort: EXPIRES)'],
    ['sign_offs', 'signOffs(first: 20, filter: {signer: "rita"})'],
    ['gate_decisions', 'decisions(first: 20)'],
    ['gate_decisions', 'decisions(first: 20, filter: {verdicts: [DENY]})'],
    ['gate_decisions', 'decisions(first: 20, filter: {system: "SYS-1"})'],
    ['gate_decisions', 'decisions(first: 20, filter: {environment: "pilot"})'],
    ['gate_decisions', 'decisions(first: 20, filter: {caller: "pipeline"})'],
    ['gate_decisions', 'decisions(first: 20, filter: {reason: STAGE_SKIPPED})'],
    ['gate_decisions', 'decisions(first: 20, filter: {from: "2020-01-01T00:00:00Z", to: "2021-01-01T00:00:00Z"})'],
  ])('of %s is read by an index, no further than needed: %s', async (table, field) => {
    const sent = await statements.during(async () => {
      const { errors } = await app.graphql('axel', `{ ${field} { pageInfo { endCursor } } }`);
      expect(errors).toBeUndefined();
    });
    const page = sent.find(({ sql }) => sql.includes(`from ${table} x`))!;

    expect(page.sql).not.toMatch(/offset/i);
    const nodes = (await planOf(page)).filter((node) => TABLES.includes(node['Relation Name'] ?? ''));
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes.map((node) => node['Node Type']).filter((type) => type === 'Seq Scan')).toEqual([]);
    const touched = nodes.reduce((sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'], 0);
    expect(touched).toBeLessThan(1500);
  });
});

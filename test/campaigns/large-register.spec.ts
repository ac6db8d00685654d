// A register of a hundred thousand risks in twenty organizations: every statement of every documented list, filter and sort, on its first page
// and on a deep one, reads by an index and skips nothing. Planned as the application's own role, with its tenant pinned.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { TrustedIssuersService } from '../../src/identity/trusted-issuers.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { fillLargeRegister } from '../support/large-register.js';
import { connectTo } from '../support/register.js';
import { recordStatements, type Recorder, type Statement } from '../support/statements.js';
import { issuerInput } from '../chapters/register.js';
import { caseFiles, readsFirst } from '../graphql/cases.js';

const FULL = process.env['CAMPAIGN'] === 'full';
const SIZE = FULL ? { risks: 100_000, systemsOfEach: 200 } : { risks: 10_000, systemsOfEach: 60 };
/** How many pages of fifty before the deep one. */
const DEPTH = FULL ? 40 : 6;
const LARGE = ['risks', 'ai_systems', 'risk_terms', 'system_flags', 'system_phases', 'releases', 'promotions', 'sign_offs', 'risk_acceptances', 'grants', 'deployments', 'evidence', 'mitigations', 'findings', 'impact_assessments', 'promotion_reviews', 'gate_decisions', 'gate_decision_reasons', 'waivers', 'baselines', 'break_glasses'];
/** But for what is answered from the catalogues alone. */
const CASES = caseFiles().flatMap(({ name, cases }) => cases.filter(({ sends }) => sends.length > 1).map(({ it, query }) => ({ it: `${name.replace('.yaml', '')}: ${it}`, query })));

let app: TestApp;
let statements: Recorder;
let reader: pg.Client;
let searcher: pg.Client;
const printed: string[] = [];

beforeAll(async () => {
  app = await startApp();
  const { tenantId } = app.as('axel');
  await fillLargeRegister(app.database.adminUrl, tenantId, SIZE);
  // Few in any register, and named by the cases.
  for (const kind of ['PEOPLE', 'GITHUB'] as const) await app.app.get(TrustedIssuersService).register(app.as('ada'), issuerInput(`https://${kind.toLowerCase()}.example.com`, { kind }));
  statements = recordStatements(app.app);
  reader = await connectTo(app.database.appUrl, tenantId);
  searcher = await connectTo(app.database.ownerUrl, tenantId);
  await searcher.query('set role countersign_audit');
}, 600_000);

afterAll(async () => {
  console.log(printed.join('\n'));
  await reader.end();
  await searcher.end();
  await app.close();
});

interface Connection { readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null } }

/** The query of a case, to be asked for any page. */
function pageable(query: string): string {
  const [header = '', list = '', ...rest] = query.split(') { ');
  return [header.replace('$first: Int!', '$first: Int!, $after: String'), list.replace('first: $first', 'first: $first, after: $after'), `pageInfo { hasNextPage endCursor } ${rest.join(') { ')}`].join(') { ');
}

async function sentFor(query: string, after: string | null): Promise<{ sent: Statement[]; next: string | null }> {
  let next: string | null = null;
  const sent = await statements.during(async () => {
    const { data, errors } = await app.graphql<Record<string, Connection>>('axel', query, { first: 50, after });
    expect(errors).toBeUndefined();
    const { hasNextPage = false, endCursor = null } = Object.values(data ?? {})[0]?.pageInfo ?? {};
    next = hasNextPage ? endCursor : null;
  });
  return { sent, next };
}

/** What was sent for the first page, and for the deepest one within reach. */
async function firstAndDeep(query: string): Promise<Statement[]> {
  if (!query.includes('$first') || query.includes('people(')) return (await sentFor(query, null)).sent;
  const asked = pageable(query);
  const first = await sentFor(asked, null);
  let { sent, next } = first;
  for (let depth = 1; depth < DEPTH && next !== null; depth += 1) ({ sent, next } = await sentFor(asked, next));
  return sent === first.sent ? first.sent : [...first.sent, ...sent];
}

/** In full, or by which index each table is read. */
function print(what: string, plan: readonly string[]): void {
  const scans = plan.filter((line) => /Scan/.test(line) && !/Subquery|Function/.test(line)).map((line) => line.replace(/ *->/, '').trim());
  printed.push(FULL ? `${what}\n${plan.map((line) => `    ${line}`).join('\n')}` : `${what}: ${scans.join(', ')}`);
}

async function planOf({ sql, parameters }: Statement, client: pg.Client = reader): Promise<string[]> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${sql}`, [...parameters]);
  return rows.map((row) => row['QUERY PLAN']);
}

function faults(sql: string, plan: readonly string[]): string[] {
  const scanned = plan.filter((line) => LARGE.some((table) => new RegExp(`Seq Scan on ${table}\\b`).test(line)));
  const byIndex = plan.some((line) => /Index/.test(line)) || plan.some((line) => /Seq Scan|Result|One-Time Filter: false/.test(line)) && scanned.length === 0;
  return [...scanned, ...(byIndex ? [] : ['no index']), ...(/\boffset\b/i.test(sql) ? ['offset'] : [])];
}

test.each(CASES)('$it', async ({ it, query }) => {
  const sent = (await firstAndDeep(query)).filter(({ sql }) => !sql.includes('identity.enter'));
  const found: string[] = [];
  for (const statement of sent) {
    const plan = await planOf(statement);
    print(`${it} → ${readsFirst(statement)}`, plan);
    found.push(...faults(statement.sql, plan));
  }

  expect(sent.length).toBeGreaterThan(0);
  expect(found).toEqual([]);
});

describe('the search for words', () => {
  test.each(['search_risks', 'search_systems'])('%s finds rare and frequent words by an index, within its tenant', async (name) => {
    const { rows } = await searcher.query<{ body: string }>('select prosrc as body from pg_proc where proname = $1', [name]);
    const sql = rows[0]!.body.replaceAll('p_words', '$1');
    for (const words of ['number77 or 140', 'data or system', 'nothing-like-this']) {
      const plan = await planOf({ sql, parameters: [words] }, searcher);
      print(`${name} ${words}`, plan);
      expect(faults(sql, plan)).toEqual([]);
      expect(plan.join('\n')).toMatch(/tenant_id = /);
    }
  });
});

test('counting stops after a thousand and one', async () => {
  const { data } = await app.graphql<{ risks: { totalCount: { value: number; isExact: boolean } } }>('axel', '{ risks(first: 1) { totalCount { value isExact } } }');

  expect(data?.risks.totalCount).toEqual(FULL ? { value: 1001, isExact: false } : { value: SIZE.risks / 20, isExact: true });
});

// Totals at the edge of a thousand: exact up to there, and said to be a part of the truth beyond it, also where a search for words stops by itself.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { givenRelease, givenRisk } from '../chapters/register.js';
import { startApp, type TestApp } from '../support/app.js';

let app: TestApp;
let made = 1;

beforeAll(async () => {
  app = await startApp();
  const { systemId } = await givenRelease(app, app.as, '', 'a1');
  await givenRisk(app, app.as, systemId);
});
afterAll(() => app.close());

const COLUMNS = 'tenant_id, version, digest, system_id, statement, affected_parties, taxonomy, owner_id, assessments, confirmation, authored_by, last_edited_by, editors, logged_at';

/** Copies of the first risk, past the door, until there are so many; every fourth of them is closed. */
async function fillUpTo(count: number): Promise<void> {
  const client = new pg.Client({ connectionString: app.database.adminUrl });
  await client.connect();
  try {
    await client.query('alter table risks disable trigger all');
    await client.query(`insert into risks (id, number, state, ${COLUMNS}) select gen_random_uuid(), 'R-' || i, case when i % 4 = 0 then 'CLOSED' else 'MONITORED' end, ${COLUMNS} from risks, generate_series($1::int, $2::int) as i where number = 'R-1'`, [made + 1, count]);
    await client.query('alter table risks enable trigger all');
    await client.query('alter table risks enable always trigger demand_entry');
  } finally {
    await client.end();
  }
  made = count;
}

async function totals(): Promise<unknown[]> {
  const filters = ['', '(filter: { text: "hidden" })', '(filter: { text: "hidden", states: [CLOSED] })', '(filter: { states: [CLOSED] })', '(filter: { text: "nothing-like-this" })'];
  const { data } = await app.graphql<Record<string, { totalCount: { value: number; isExact: boolean } }>>('axel', `{ ${filters.map((filter, i) => `of${i}: risks${filter} { totalCount { value isExact } }`).join(' ')} }`);
  return Object.values(data!).map(({ totalCount: { value, isExact } }) => [value, isExact]);
}

const AT_THE_EDGE: [count: number, totals: unknown[]][] = [
  [999, [[999, true], [999, true], [249, true], [249, true], [0, true]]],
  // A search that found as many as it looks for cannot tell whether there are more.
  [1000, [[1000, true], [1000, false], [250, false], [250, true], [0, true]]],
  [1001, [[1001, false], [1000, false], [expect.any(Number), false], [250, true], [0, true]]],
  [1400, [[1001, false], [1000, false], [expect.any(Number), false], [350, true], [0, true]]],
];

test('a total is exact up to a thousand, and never said to be when it is not', async () => {
  for (const [count, expected] of AT_THE_EDGE) {
    await fillUpTo(count);
    expect([count, await totals()]).toEqual([count, expected]);
  }
});

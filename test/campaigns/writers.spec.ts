// Sixteen writers over several systems at once; afterwards the log must be whole: no gap, times in order, the root that follows from the
// entries, and for every record a chain of digests that ends at the live row.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { TABLES } from '../../src/app.module.js';
import { naiveRoot, rootOf } from '../../src/domain/audit-tree.js';
import { canonicalJson, sha256 } from '../../src/domain/digest.js';
import type { Aggregate } from '../../src/domain/events.js';
import type { Stored } from '../../src/domain/package.js';
import type { GovernedTable } from '../../src/platform/columns.table.js';
import type { Permission } from '../../src/domain/actor.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import type { Tx } from '../../src/platform/transaction.js';
import { RandomCommands } from '../support/random-commands.js';
import { connectTo, givenReady, openRegister, type Register } from '../support/register.js';
import { Chance } from '../support/world-random.js';

const WRITES = process.env['CAMPAIGN'] === 'full' ? 5000 : 500;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const WRITERS = 16;
/** The third attempt of a command that was overtaken has the log; then only the clock, or whoever holds an emergency, may make it begin again. */
const MOST_ATTEMPTS = 5;
const SYSTEMS = 5;

let register: Register;
const outcomes = new Map<string, number>();
const attempts: number[] = [];

/** Notes how many attempts each write needed. */
function countAttempts(work: UnitOfWork): void {
  const write = work.write.bind(work);
  jest.spyOn(work, 'write').mockImplementation(async <T>(ctx: RequestContext, permission: Permission, inside: (tx: Tx) => Promise<T>): Promise<T> => {
    let last = 0;
    try {
      return await write(ctx, permission, (tx) => {
        last = tx.attempt;
        return inside(tx);
      });
    } finally {
      attempts.push(last);
    }
  });
}

async function writeAll(): Promise<void> {
  const systemIds: string[] = [];
  for (let i = 0; i < SYSTEMS; i += 1) systemIds.push((await givenReady(register)).system.id);
  countAttempts(register.app.get(UnitOfWork));
  let done = 0;
  await Promise.all(Array.from({ length: WRITERS }, async (_, writer) => {
    const commands = new RandomCommands(register, new Chance(SEED + writer), systemIds);
    while (done < WRITES) {
      const outcome = await commands.step();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 'DONE') done += 1;
    }
  }));
}

interface Entry { readonly seq: number; readonly bytes: Buffer; readonly type: string; readonly at: string; readonly value: { object: { id: string; version: number | null }; before: string | null; after: string | null; at: string } }
let entries: Entry[];
let head: { size: number; frontier: Buffer[] };
let content: Map<string, Buffer>;
let deadlocks: number;

beforeAll(async () => {
  register = await openRegister({ poolSize: 20 });
  const started = Date.now();
  await writeAll();
  const seconds = (Date.now() - started) / 1000;
  const log = await connectTo(register.database.adminUrl, null);
  const rows = (await log.query<{ seq: string; entry: Buffer; object_type: string; at: string }>(
    "select seq, entry, object_type, to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as at from audit.entry order by seq")).rows;
  entries = rows.map((row) => ({ seq: Number(row.seq), bytes: row.entry, type: row.object_type, at: row.at, value: JSON.parse(row.entry.toString('utf8')) as Entry['value'] }));
  const [found] = (await log.query<{ size: string; frontier: Buffer[] }>('select size, frontier from audit.head')).rows;
  head = { size: Number(found!.size), frontier: found!.frontier };
  content = new Map((await log.query<{ digest: string; bytes: Buffer }>('select digest, bytes from audit.content')).rows.map((row) => [row.digest, row.bytes]));
  await log.query('select pg_stat_clear_snapshot()');
  deadlocks = Number((await log.query<{ deadlocks: string }>('select deadlocks from pg_stat_database where datname = current_database()')).rows[0]!.deadlocks);
  await log.end();
  const again = attempts.filter((number) => number > 1).length;
  console.log(`seed ${String(SEED)}: ${String(entries.length)} entries in ${seconds.toFixed(1)} s; ${JSON.stringify(Object.fromEntries(outcomes))}\n`
    + `${String(again)} of ${String(attempts.length)} writes needed more than one attempt, at most ${String(Math.max(...attempts))}; ${String(deadlocks)} deadlocks in the database`);
}, 600_000);
afterAll(() => register.close());

describe('after many writers at once', () => {
  test('every writer was answered: done, or refused for a reason of the rules', () => {
    expect(outcomes.get('DONE')).toBeGreaterThanOrEqual(WRITES);
    expect(Math.max(...attempts)).toBeLessThanOrEqual(MOST_ATTEMPTS);
    expect([...outcomes.keys()]).not.toEqual(expect.arrayContaining([expect.stringMatching(/OVERLOADED|UNAVAILABLE|INTERNAL_ERROR|UNAUTHENTICATED/)]));
  });

  test('several kinds of commands were done and several were refused', () => {
    expect(new Set(entries.map(({ type }) => type)).size).toBeGreaterThanOrEqual(10);
    expect(outcomes.size).toBeGreaterThanOrEqual(4);
  });

  test('the log has no gap, and its times never go back', () => {
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: head.size }, (_, seq) => seq));
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort());
    expect(entries.filter(({ at, value }) => value.at !== at)).toEqual([]);
  });

  test('the root of the head is the root of the entries', () => {
    expect(Buffer.from(rootOf(head.frontier)).toString('hex')).toBe(Buffer.from(naiveRoot(entries.map(({ bytes }) => bytes))).toString('hex'));
  });

  test('each change of a record begins where the one before it ended', () => {
    const last = new Map<string, { after: string; version: number }>();
    const broken: unknown[] = [];
    for (const { seq, type, value: { object, before, after } } of entries) {
      if (after === null) continue;
      const previous = last.get(`${type} ${object.id}`);
      if (before !== (previous?.after ?? null) || object.version !== (previous?.version ?? 0) + 1) broken.push({ seq, type, before, previous });
      last.set(`${type} ${object.id}`, { after, version: object.version! });
    }
    expect(broken).toEqual([]);
    expect(last.size).toBeGreaterThan(100);
  });

  test('each live row is what its last entry names, to the byte', async () => {
    const last = new Map(entries.flatMap(({ type, value }) => (value.after === null ? [] : [[`${type} ${value.object.id}`, value.after] as const])));
    let compared = 0;
    for (const table of TABLES as unknown as readonly GovernedTable<Aggregate>[]) {
      const rows = await register.app.get(UnitOfWork).read(register.as('axel'), 'register.read', (scope): Promise<Stored<Aggregate>[]> => scope.all(table, {}));
      for (const { digest, ...value } of rows) {
        const bytes = content.get(digest)!;
        expect(digest).toBe(last.get(`${table.type} ${value.id}`));
        expect(sha256(bytes)).toBe(digest);
        expect(canonicalJson((JSON.parse(bytes.toString('utf8')) as { value: unknown }).value)).toBe(canonicalJson(value));
        compared += 1;
      }
    }
    expect(compared).toBe(last.size);
  });

  test('no two of them stood in each other’s way', () => {
    expect(deadlocks).toBe(0);
  });
});

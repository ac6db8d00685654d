// Holding the log's lock, that of administration or a record from outside: so that a test decides who queues for it in which order, instead of hoping for a lucky moment.
import type pg from 'pg';
import { connectTo } from './register.js';

/** Whose lock it is: one tenant of one database. */
export interface Locked { readonly database: { readonly appUrl: string }; readonly tenantId: string }

export interface HeldLog {
  /** Waits until so many transactions queue for the lock. */
  queued(count: number): Promise<void>;
  release(): Promise<void>;
}

const LIMIT_MS = 2500; // below the three seconds that a transaction of the application waits for a lock

export async function holdLog(of: Locked): Promise<HeldLog> {
  return hold(of, 'select audit.lock()');
}

export async function holdAdministration(of: Locked): Promise<HeldLog> {
  return hold(of, "select pg_advisory_xact_lock(hashtextextended('administration ' || identity.current_tenant()::text, 0))");
}

/** One record, by the table and its id. Of those who want it only the first is seen to queue: the others wait for that one. */
export async function holdRecord(of: Locked, table: string, id: string): Promise<HeldLog> {
  return hold(of, `select from ${table} where id = '${id}' for no key update`);
}

async function hold({ database, tenantId }: Locked, statement: string): Promise<HeldLog> {
  const client = await connectTo(database.appUrl, tenantId);
  await client.query('begin');
  await client.query(statement);
  return {
    queued: (count) => until(async () => (await waiting(client)) >= count),
    release: () => client.end(), // an ended session lets go of everything
  };
}

/** Asks again and again: each question is a round trip to the database, so the loop leaves room for others. */
export async function until(holds: () => Promise<boolean>, limitMs: number = LIMIT_MS): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('what was waited for did not come');
  }
}

async function waiting(client: pg.Client): Promise<number> {
  const found = await client.query<{ count: number }>(`
    select count(*)::int as count from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))`);
  return found.rows[0]!.count;
}

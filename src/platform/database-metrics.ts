/** What is looked up when somebody looks: the connection pool, and how large the audit log has become. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { Gauge, type Registry } from 'prom-client';
import type { Database } from './database.js';

interface Sizes { readonly entry: number; readonly content: number }

/** With their indexes; both tables hold all organizations. */
const SIZES = "select pg_total_relation_size('audit.entry')::float8 as entry, pg_total_relation_size('audit.content')::float8 as content";
const KEPT_MS = 5000;
/** A scrape is answered, whatever the database does. */
const PATIENCE_MS = 1000;

export function observeDatabase(registry: Registry, database: Database): void {
  const registers = [registry];
  new Gauge({
    name: 'countersign_database_connections', help: 'Open connections to PostgreSQL.', labelNames: ['state'], registers,
    collect() {
      const { totalCount = 0, idleCount = 0 } = poolOf(database);
      this.set({ state: 'idle' }, idleCount);
      this.set({ state: 'busy' }, totalCount - idleCount);
    },
  });
  new Gauge({
    name: 'countersign_database_connections_limit', help: 'The most connections that are opened: DATABASE_POOL.', registers,
    collect() { this.set(poolOf(database).options?.max ?? 0); },
  });
  new Gauge({
    name: 'countersign_database_waiting', help: 'Requests that wait for a connection.', registers,
    collect() { this.set(poolOf(database).waitingCount ?? 0); },
  });
  const sizes = auditSizes(database);
  new Gauge({
    name: 'countersign_audit_log_bytes', help: 'Size of the audit log on disk, indexes included; absent while the database does not answer.', labelNames: ['table'], registers,
    async collect() {
      const found = await sizes();
      this.reset();
      for (const [table, bytes] of Object.entries(found ?? {})) this.set({ table }, bytes as number);
    },
  });
}

/** Without any before it is opened and after it is closed. */
function poolOf(database: Database): Partial<pg.Pool> {
  return (database.driver as unknown as { master?: pg.Pool }).master ?? {};
}

/** Asks at most once in five seconds, however many look; null = no answer in time. */
function auditSizes(database: Database): () => Promise<Sizes | null> {
  let asked = { at: -Infinity, sizes: Promise.resolve<Sizes | null>(null) };
  return () => {
    if (performance.now() - asked.at > KEPT_MS) asked = { at: performance.now(), sizes: database.query<Sizes[]>(SIZES).then(([sizes]) => sizes ?? null, () => null) };
    return Promise.race([asked.sizes, delay(PATIENCE_MS, null, { ref: false })]);
  };
}

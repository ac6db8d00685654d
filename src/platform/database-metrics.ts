/** What is looked up when somebody looks: the pools of connections, and how large the audit log has become. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { Gauge, type Registry } from 'prom-client';
import type { Database } from './database.js';
import type { PoolName, Pools } from './pools.js';

interface Sizes { readonly entry: number; readonly content: number }

/** With their indexes; both tables hold all organizations. */
const SIZES = "select pg_total_relation_size('audit.entry')::float8 as entry, pg_total_relation_size('audit.content')::float8 as content";
const KEPT_MS = 5000;
const POOLS: readonly PoolName[] = ['general', 'gate'];
/** A scrape is answered, whatever the database does. */
const PATIENCE_MS = 1000;

export function observeDatabase(registry: Registry, pools: Pools): void {
  const registers = [registry];
  new Gauge({
    name: 'countersign_database_connections', help: 'Open connections to PostgreSQL.', labelNames: ['pool', 'state'], registers,
    collect() {
      for (const pool of POOLS) {
        const { totalCount = 0, idleCount = 0 } = poolOf(pools[pool]);
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'busy' }, totalCount - idleCount);
      }
    },
  });
  new Gauge({
    name: 'countersign_database_connections_limit', help: 'The most connections that are opened: DATABASE_POOL, DATABASE_GATE_POOL.', labelNames: ['pool'], registers,
    collect() { for (const pool of POOLS) this.set({ pool }, poolOf(pools[pool]).options?.max ?? 0); },
  });
  new Gauge({
    name: 'countersign_database_waiting', help: 'Requests that wait for a connection.', labelNames: ['pool'], registers,
    collect() { for (const pool of POOLS) this.set({ pool }, poolOf(pools[pool]).waitingCount ?? 0); },
  });
  const sizes = auditSizes(pools.general);
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

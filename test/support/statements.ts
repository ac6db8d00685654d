// What a server sends to PostgreSQL: every statement of every connection of its pools, but for BEGIN and COMMIT, which frame them.
import { once } from 'node:events';
import type { INestApplicationContext } from '@nestjs/common';
import type pg from 'pg';
import { Pools } from '../../src/platform/pools.js';

export interface Statement { readonly sql: string; readonly parameters: readonly unknown[] }

export interface Recorder {
  /** Runs the work, and gives back what was sent meanwhile. */
  during(work: () => Promise<unknown>): Promise<Statement[]>;
  /** Resolves once no connection is in use. */
  idle(): Promise<void>;
}

interface Pool extends pg.Pool { readonly idleCount: number; readonly totalCount: number }

export function recordStatements(app: INestApplicationContext): Recorder {
  const { general, gate } = app.get(Pools);
  const pools = [general, gate].map(({ driver }) => (driver as unknown as { master: Pool }).master);
  const known = new WeakSet<pg.PoolClient>();
  let sent: Statement[] = [];
  const watch = (client: pg.PoolClient): void => {
    if (known.has(client)) return;
    known.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      sent.push({ sql: typeof args[0] === 'string' ? args[0] : (args[0] as { text: string }).text, parameters: Array.isArray(args[1]) ? args[1] : [] });
      return query(...args);
    }) as typeof client.query;
  };
  for (const pool of pools) pool.on('acquire', watch);
  return {
    during: async (work) => {
      sent = [];
      await work();
      return sent.filter(({ sql }) => !/^(begin|commit)\b/i.test(sql));
    },
    idle: async () => {
      for (const pool of pools) while (pool.totalCount > pool.idleCount) await once(pool, 'release');
    },
  };
}

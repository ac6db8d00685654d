// What a server sends to PostgreSQL: every statement of every connection of its pool, but for BEGIN and COMMIT, which frame them.
import { once } from 'node:events';
import type { INestApplicationContext } from '@nestjs/common';
import type pg from 'pg';
import { DATABASE, type Database } from '../../src/platform/database.js';

export interface Statement { readonly sql: string; readonly parameters: readonly unknown[] }

export interface Recorder {
  /** Runs the work, and gives back what was sent meanwhile. */
  during(work: () => Promise<unknown>): Promise<Statement[]>;
  /** Resolves once no connection is in use. */
  idle(): Promise<void>;
}

interface Pool extends pg.Pool { readonly idleCount: number; readonly totalCount: number }

export function recordStatements(app: INestApplicationContext): Recorder {
  const { master } = app.get<Database>(DATABASE).driver as unknown as { master: Pool };
  const known = new WeakSet<pg.PoolClient>();
  let sent: Statement[] = [];
  master.on('acquire', (client: pg.PoolClient) => {
    if (known.has(client)) return;
    known.add(client);
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      sent.push({ sql: typeof args[0] === 'string' ? args[0] : (args[0] as { text: string }).text, parameters: Array.isArray(args[1]) ? args[1] : [] });
      return query(...args);
    }) as typeof client.query;
  });
  return {
    during: async (work) => {
      sent = [];
      await work();
      return sent.filter(({ sql }) => !/^(begin|commit)\b/i.test(sql));
    },
    idle: async () => {
      while (master.totalCount > master.idleCount) await once(master, 'release');
    },
  };
}

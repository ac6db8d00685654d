/**
 * The connections to PostgreSQL, in two pools of the same role: whoever deploys asks the gate over connections of its own, so that readers,
 * however many and however slow, keep no deployment waiting, nor the other way round. Which pool a request takes is decided here.
 */
import { openDatabase, unopenedDatabase, type Database, type DatabaseOptions } from './database.js';

export type PoolName = 'general' | 'gate';

/** What a pipeline asks on its way: may it, and that it has begun. Whatever only looks ahead or back is a question like any other. */
export const GATE_FIELDS: ReadonlySet<string> = new Set(['gateDecision', 'authorizePromotion', 'reportDeployment']);
const GATE_ROUTES = '/v1/gate/';

export function poolOfRoute(route: string | undefined): PoolName {
  return route?.startsWith(GATE_ROUTES) === true ? 'gate' : 'general';
}

/** By the root fields of a document: one that asks for anything else besides has to wait like everybody. */
export function poolOfFields(fields: readonly string[]): PoolName {
  const asked = fields.filter((name) => name !== '__typename');
  return asked.length > 0 && asked.every((name) => GATE_FIELDS.has(name)) ? 'gate' : 'general';
}

export class Pools {
  constructor(readonly general: Database, readonly gate: Database) {}

  /** Both are there or none. */
  static async open(options: Omit<DatabaseOptions, 'poolSize'>, sizes: Readonly<Record<PoolName, number>>, entities: Parameters<typeof openDatabase>[1]): Promise<Pools> {
    const general = await openDatabase({ ...options, poolSize: sizes.general }, entities);
    try {
      return new Pools(general, await openDatabase({ ...options, applicationName: `${options.applicationName} gate`, poolSize: sizes.gate }, entities));
    } catch (error) {
      await general.destroy();
      throw error;
    }
  }

  /** Never opened: for printing the schema. */
  static unopened(): Pools {
    return Pools.single(unopenedDatabase());
  }

  /** For commands beside the server, which ask no gate. */
  static single(database: Database): Pools {
    return new Pools(database, database);
  }

  of({ pool }: { readonly pool: PoolName }): Database {
    return this[pool];
  }

  async close(): Promise<void> {
    await Promise.all([this.general.destroy(), this.gate.destroy()]);
  }
}

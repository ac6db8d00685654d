/** Reading simulations: one, with how far it has come; and lists of them. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import type { PolicyVersion } from '../domain/policy-version.js';
import type { Flip, RefusedDeployment } from '../domain/simulation-tally.js';
import { simulationOutcome, type PolicySimulation, type SimulationOutcome } from '../domain/policy-simulation.js';
import { Lists } from '../platform/lists.js';
import { byId, loadOne } from '../platform/loading.js';
import { NEWEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { PolicyTable } from '../policies/policy.table.js';
import { refusedPage, turnedPage, type DirectionFilter } from './simulated-flips.js';
import { SimulationTable } from './simulation.table.js';

/** How far it has come: so many decisions were looked at, in so many milliseconds. */
export interface Progress { readonly lookedAt: number; readonly ms: number; readonly touchedAt: Instant | null }

/** What a simulation stands at by the database's clock. */
export interface Standing extends Progress { readonly outcome: SimulationOutcome }

@Injectable()
export class SimulationsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async simulation(ctx: RequestContext, id: string): Promise<Stored<PolicySimulation>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(SimulationTable, id));
  }

  async simulations(ctx: RequestContext, request: PageRequest): Promise<Page<Stored<PolicySimulation>>> {
    return this.lists.page(ctx, { table: SimulationTable, conditions: [], order: NEWEST }, request);
  }

  /** The decisions that turn, page by page. */
  async turned(ctx: RequestContext, simulation: Stored<PolicySimulation>, direction: DirectionFilter, request: PageRequest): Promise<Page<Flip>> {
    return turnedPage(simulation, direction, request, (piece) => this.#piece(ctx, piece));
  }

  /** The deployments that may not go on, page by page. */
  async refused(ctx: RequestContext, simulation: Stored<PolicySimulation>, request: PageRequest): Promise<Page<RefusedDeployment>> {
    return refusedPage(simulation, request, (piece) => this.#piece(ctx, piece));
  }

  /** The pieces that an answer needs are read together. */
  async #piece(ctx: RequestContext, piece: Digest): Promise<string | null> {
    return loadOne(ctx, 'pieces of what simulations list', piece, async (digests) => {
      const kept = await this.work.read(ctx, 'register.read', (scope) => scope.kept(digests));
      return new Map(kept.map(({ digest, bytes }) => [digest, bytes.toString('utf8')]));
    });
  }

  async version(ctx: RequestContext, id: string): Promise<Stored<PolicyVersion>> {
    const version = await loadOne(ctx, 'simulated policy', id, async (ids) => byId(await this.work.read(ctx, 'register.read', (scope) => scope.byIds(PolicyTable, ids))));
    if (version === null) throw new Error(`the policy ${id} is gone`);
    return version;
  }

  async standing(ctx: RequestContext, id: string): Promise<Standing | null> {
    return loadOne(ctx, 'standing of a simulation', id, (ids) => this.work.read(ctx, 'register.read', async (scope) => {
      const progress = await progressOf(scope, ids);
      return new Map((await scope.byIds(SimulationTable, ids)).map((simulation) => {
        const { lookedAt, ms, touchedAt } = progress.get(simulation.id) ?? { lookedAt: 0, ms: 0, touchedAt: null };
        return [simulation.id, { lookedAt, ms, touchedAt, outcome: simulationOutcome(simulation, touchedAt, scope.clock()) }];
      }));
    }));
  }
}

export async function progressOf(scope: ReadScope, ids: readonly string[]): Promise<Map<string, Progress>> {
  const rows = await scope.query<{ simulation_id: string; looked_at: number; ms: number; touched_at: Date }>('select simulation_id, looked_at, ms, touched_at from simulation_progress where simulation_id = any($1::uuid[])', [ids]);
  return new Map(rows.map((row) => [row.simulation_id, { lookedAt: row.looked_at, ms: row.ms, touchedAt: row.touched_at.toISOString() }]));
}

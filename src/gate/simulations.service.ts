/** Simulations: started by whoever may draft policies, run in the background of the server that was asked, one at a time in an organization. */
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import type { Decided } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { completeSimulation, failSimulation, MOST_DECISIONS, requireNoneRunning, startSimulation, windowOf, type PolicySimulation } from '../domain/policy-simulation.js';
import type { PolicyVersion } from '../domain/policy-version.js';
import { Refusal } from '../domain/refusal.js';
import { unkeyed } from '../platform/idempotency-key.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { refusedInText } from '../policies/placed-refusals.js';
import { PolicyTable } from '../policies/policy.table.js';
import { countDecisions } from './recorded-decisions.js';
import { keepFlips, keepList } from './simulated-flips.js';
import { SimulationRun } from './simulation-run.js';
import { SimulationTable } from './simulation.table.js';
import { progressOf } from './simulations.queries.js';

export interface SimulationAsked { readonly policy: string; readonly window: { readonly from?: Instant | null; readonly to?: Instant | null } | null }

interface Begun { readonly simulation: Stored<PolicySimulation>; readonly version: Stored<PolicyVersion> }

@Injectable()
export class SimulationsService implements BeforeApplicationShutdown {
  readonly #logger = new Logger(SimulationsService.name);
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly work: UnitOfWork) {}

  async start(ctx: RequestContext, asked: SimulationAsked): Promise<Stored<PolicySimulation>> {
    const attempts: Begun[] = [];
    const simulation = await this.work.write(ctx, 'policy.draft', async (tx) => {
      const begun = await begin(tx, asked);
      attempts.push(begun);
      return begun.simulation;
    }).catch((error: unknown) => refusedInText(error, asked.policy, (act) => this.work.read(ctx, 'register.read', act)));
    // A repeat under the same key is answered with the one that was begun, and begins none.
    const begun = attempts.at(-1);
    if (begun !== undefined) this.#run({ ...unkeyed(ctx), reads: null }, begun);
    return simulation;
  }

  /** The database is still there when this is called. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.settled();
  }

  /** Until whatever this server runs has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  #run(ctx: RequestContext, begun: Begun): void {
    const running = this.#toItsEnd(ctx, begun).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #toItsEnd(ctx: RequestContext, { simulation, version }: Begun): Promise<void> {
    try {
      const { result, turned, refused } = await new SimulationRun(this.work, ctx, simulation, this.#stopping.signal).result(version);
      await this.#end(ctx, simulation, async (present, tx) => completeSimulation(present, { ...result, turned: await keepFlips(tx, turned), refused: await keepList(tx, refused) }, tx.now));
    } catch (error) {
      this.#logger.warn({ msg: 'a simulation came to no result', simulation: simulation.number, error: error instanceof Error ? error.stack : String(error) });
      await this.#end(ctx, simulation, (present, tx) => failSimulation(present, this.#stopping.signal.aborted ? 'The server stopped.' : reasonOf(error), tx.now)).catch((unsaid: unknown) => {
        this.#logger.warn({ msg: 'that could not be written down: it will be taken for abandoned', simulation: simulation.number, error: String(unsaid) });
      });
    }
  }

  async #end(ctx: RequestContext, { id }: PolicySimulation, decide: (present: Stored<PolicySimulation>, tx: Tx) => Decided<PolicySimulation> | Promise<Decided<PolicySimulation>>): Promise<void> {
    await this.work.write(ctx, 'policy.draft', async (tx) => {
      const present = await tx.lock(SimulationTable, id);
      return tx.put(SimulationTable, await decide(present, tx), present);
    });
  }
}

async function begin(tx: Tx, { policy, window }: SimulationAsked): Promise<Begun> {
  tx.requireEverywhere('policy.draft');
  await tx.query("select pg_advisory_xact_lock(hashtextextended('simulations ' || identity.current_tenant()::text, 0))");
  const version = await tx.get(PolicyTable, policy);
  const span = windowOf(window ?? {}, tx.now);
  await endAbandoned(tx);
  const others = await tx.all(PolicyTable, { state: 'ACTIVE' });
  const identity = { id: tx.newId(), startedBy: tx.personId, startedAt: tx.now, decisions: await countDecisions(tx, span, MOST_DECISIONS), number: await tx.nextNumber(SimulationTable) };
  return { version, simulation: await tx.put(SimulationTable, startSimulation(identity, version, span, others)) };
}

/** Whatever ran it is gone; with the next one that is written down. */
async function endAbandoned(tx: Tx): Promise<void> {
  const rows = await tx.query<{ id: string }>('select id from policy_simulations where ended_at is null');
  const ids = rows.map(({ id }) => id);
  const progress = await progressOf(tx, ids);
  for (const running of await tx.byIds(SimulationTable, ids)) {
    requireNoneRunning(running, progress.get(running.id)?.touchedAt ?? null, tx.clock());
    const abandoned = await tx.lock(SimulationTable, running.id, running.version);
    await tx.put(SimulationTable, failSimulation(abandoned, 'The server that ran it is gone.', tx.now), abandoned);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Refusal ? error.message : 'It could not go on.';
}

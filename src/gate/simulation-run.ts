/** One simulation from its first decision to its result: in short slices, so that whoever asks the gate meanwhile hardly waits. */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { ENGINE_VERSION } from '../domain/gate.js';
import type { Stored } from '../domain/package.js';
import type { PolicySimulation } from '../domain/policy-simulation.js';
import type { PolicyVersion } from '../domain/policy-version.js';
import { SimulationTally, type RefusedDeployment, type SimulationResult, type TurnedFlips } from '../domain/simulation-tally.js';
import { Refusal, RETRYABLE } from '../domain/refusal.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import type { UnitOfWork } from '../platform/unit-of-work.js';
import { decisionsOf, type Position, type RecordedDecision } from './recorded-decisions.js';
import { judgeRunning, presentDeployments, runFacts } from './simulated-deployments.js';
import { Simulator } from './simulator.js';

/** For so long it keeps others waiting at most, but for a single decision. */
const SLICE_MS = 4;
const BEAT_MS = 1000;
const DECISIONS_AT_ONCE = 250;
const DEPLOYMENTS_AT_ONCE = 20;
/** How often the register is asked again when it cannot answer at the moment, a little later each time. */
const PATIENCE = 5;

export class SimulationRun {
  readonly #tally = new SimulationTally();
  readonly #begun = performance.now();
  #turn = performance.now();
  #beat = 0;

  /** `stop`: the server does. */
  constructor(private readonly work: UnitOfWork, private readonly ctx: RequestContext, private readonly simulation: PolicySimulation, private readonly stop: AbortSignal) {}

  async result(version: Stored<PolicyVersion>): Promise<{ readonly result: SimulationResult; readonly turned: readonly TurnedFlips[]; readonly refused: readonly RefusedDeployment[] }> {
    await this.#judgeDecisions(new Simulator(version, (digests) => this.#read((scope) => scope.kept(digests)), () => this.#breath()));
    await this.#judgeDeployments(version);
    await this.#touch();
    return { result: this.#tally.result(this.#ms), turned: this.#tally.turned, refused: this.#tally.refused };
  }

  async #judgeDecisions(simulator: Simulator): Promise<void> {
    // While some are judged, the next ones are read.
    for (let next = this.#decisionsAfter(null), decisions = await next; decisions.length > 0; decisions = await next) {
      next = this.#decisionsAfter(decisions.at(-1) ?? null);
      next.catch(() => undefined);
      await simulator.prepare(decisions);
      for (const decision of decisions) {
        this.#count(decision, await simulator.judge(decision));
        await this.#breath();
      }
    }
  }

  #count(decision: RecordedDecision, judgement: Awaited<ReturnType<Simulator['judge']>>): void {
    const { id, decidedAt, action, environment, system } = decision;
    if (judgement === 'UNTOUCHED') this.#tally.untouched();
    else if (judgement === 'UNJUDGED') this.#tally.unjudged();
    else this.#tally.judged({ id, decidedAt, action, environment, system }, decision, judgement, decision.engine === ENGINE_VERSION);
  }

  async #judgeDeployments(version: Stored<PolicyVersion>): Promise<void> {
    for (let after: string | null = null; ;) {
      const { found, facts, now } = await this.#read(async (scope) => {
        const page = await presentDeployments(scope, after, DEPLOYMENTS_AT_ONCE);
        return { found: page, facts: await runFacts(scope, page, version), now: scope.now };
      });
      for (const [index, deployment] of found.entries()) {
        const asked = facts[index];
        if (asked === undefined) continue;
        const { today, then } = judgeRunning(version, asked, now);
        const { number, system, environment } = deployment;
        this.#tally.deployed({ number, system, environment }, today, then);
        await this.#breath();
      }
      after = found.at(-1)?.id ?? null;
      if (after === null) return;
    }
  }

  #decisionsAfter(last: RecordedDecision | null): Promise<RecordedDecision[]> {
    const position: Position | null = last === null ? null : { at: last.decidedAt, id: last.id };
    return this.#read((scope) => decisionsOf(scope, { from: this.simulation.decidedFrom, to: this.simulation.decidedTo }, position, DECISIONS_AT_ONCE));
  }

  #read<T>(work: (scope: ReadScope) => Promise<T>): Promise<T> {
    return this.#patiently(() => this.work.read(this.ctx, 'register.read', work));
  }

  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof Refusal) || !RETRYABLE.has(error.code) || attempt === PATIENCE) throw error;
        await pause(attempt * 1000, undefined, { signal: this.stop });
      }
    }
  }

  async #breath(): Promise<void> {
    const now = performance.now();
    if (now - this.#turn < SLICE_MS) return;
    await nextTurn();
    this.stop.throwIfAborted();
    this.#turn = performance.now();
    if (now - this.#beat >= BEAT_MS) await this.#touch();
  }

  /** Says how far it has come, and that it is there. */
  async #touch(): Promise<void> {
    this.#beat = performance.now();
    await this.#patiently(() => this.work.note(this.ctx, 'policy.draft', (scope) => scope.query(`
      insert into simulation_progress as p (simulation_id, looked_at, ms) values ($1, $2, $3)
      on conflict (tenant_id, simulation_id) do update set looked_at = excluded.looked_at, ms = excluded.ms, touched_at = clock_timestamp()`, [this.simulation.id, this.#tally.lookedAt, this.#ms])));
    this.#turn = performance.now();
  }

  get #ms(): number {
    return Math.round(performance.now() - this.#begun);
  }
}

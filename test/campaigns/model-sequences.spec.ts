// Sequences of acts by chance against the running services, each with what a small model of the lifecycles says to it: done or refused and by
// which code, what stands in every row afterwards, how far the log grew, and what the gate answers. A failure prints the shortest sequence
// that still fails; SEED, SEQUENCE and REPLAY (its seed, path and replayPath) with STREAMS=1 play it again.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { rowsOf, say, type Act, type Real, type Said } from '../support/model/act.js';
import { choice, draw, type Choose, type Draw } from '../support/model/choices.js';
import { blocked, laneNow } from '../support/model/gate.js';
import { organizations } from '../support/model/organization.js';
import { LANE_NAMES, type Model } from '../support/model/state.js';
import { connectTo, openRegister, type Register } from '../support/register.js';

const FULL = process.env['CAMPAIGN'] === 'full';
const SEQUENCES = Number(process.env['SEQUENCES'] ?? (FULL ? 1000 : 10));
/** As many as this on average. */
const ACTS = 50;
/** Some of what is drawn finds nothing that it could be about. */
const DRAWN = 3.1 * ACTS;
/** So many sequences run beside each other, each in an organization of its own. */
const STREAMS = Number(process.env['STREAMS'] ?? 4);
/** For so long sequences are played, and one that fails made shorter. */
const MOST_MS = FULL ? 7_200_000 : 60_000;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

let register: Register;
let log: pg.Client;
let begin: Awaited<ReturnType<typeof organizations>>;
beforeAll(async () => {
  register = await openRegister();
  log = await connectTo(register.database.adminUrl, null);
  begin = await organizations(register, log);
});
afterAll(async () => {
  await log.end();
  await register.close();
});

const tally = { acts: 0, refused: 0, allowed: 0, lost: 0, regained: 0, waived: 0, kinds: new Map<string, [number, number]>(), codes: new Map<string, number>() };

/** One act of a sequence, chosen by numbers; its name is known once it was done. */
class Step implements fc.AsyncCommand<Model, Real> {
  #name = 'not done';

  constructor(private readonly choose: Choose, private readonly draw: Draw, private readonly behind: boolean) {}

  check(m: Readonly<Model>): boolean {
    return this.choose(m, this.draw) !== null;
  }

  async run(m: Model, real: Real): Promise<void> {
    const act = this.choose(m, this.draw)!;
    this.#name = this.behind && act.names === true ? `${act.name} (as it was before)` : act.name;
    const { code, answer } = await outcome(act.send(real, m, (id, version) => ({ id, expectedVersion: this.behind ? version - 1 : version })));
    const said = say(m, act, this.behind);
    expect({ act: this.#name, code }).toEqual({ act: this.#name, code: 'refused' in said ? said.refused : null });
    expect(await rows(real, m, said)).toEqual(rowsOf(m));
    if (code === null) act.check?.(m, answer as never);
    count(act, code);
  }

  toString(): string {
    return this.#name;
  }
}

async function outcome(sent: Promise<unknown>): Promise<{ code: string | null; answer: unknown }> {
  return sent.then((answer) => ({ code: null, answer }), (error: unknown) => ({ code: (error as { code?: string }).code ?? String(error), answer: null }));
}

/** Where one entry or none is right, the model takes over what it was. */
async function rows(real: Real, m: Model, said: Said): Promise<Map<string, string>> {
  const found = await real.rows();
  if ('refused' in said) return found;
  if (said.entries === null && Number(found.get('LOG')) === m.log + 1) m.log += 1;
  if (said.entries !== 0 && said.entries !== null) m.changes += 1;
  return found;
}

function count({ kind }: Act, code: string | null): void {
  const [done, refused] = tally.kinds.get(kind) ?? [0, 0];
  tally.kinds.set(kind, code === null ? [done + 1, refused] : [done, refused + 1]);
  tally.acts += 1;
  if (code === null) return;
  tally.refused += 1;
  tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1);
}

/** Whether any release may go in, after each act: how a sequence went. */
class Watched extends Step {
  override async run(m: Model, real: Real): Promise<void> {
    const before = mayGoIn(m);
    await super.run(m, real);
    watch(m, before, mayGoIn(m));
  }
}

interface History { allowed: number; lost: number }
const histories = new Map<Model, History>();

function mayGoIn(m: Model): boolean {
  return m.releases.some(({ n }) => blocked(m, n).length === 0);
}

function watch(m: Model, before: boolean, after: boolean): void {
  const history = histories.get(m) ?? { allowed: 0, lost: 0 };
  histories.set(m, history);
  if (!before && after) history.allowed += 1;
  if (before && !after) history.lost += 1;
  if (after && m.releases.some(({ n }) => blocked(m, n).length === 0 && LANE_NAMES.some((lane) => !laneNow(m, lane, n).passes))) tally.waived += 1;
}

/** One stream of sequences; a failure ends it with the shortest sequence that still fails. */
async function play(stream: number): Promise<void> {
  const [path, replayPath] = [process.env['SEQUENCE'], process.env['REPLAY']];
  const step = fc.tuple(choice, draw, fc.nat(29)).map(([choose, drawn, late]) => new Watched(choose, drawn, late === 0));
  const steps = fc.commands([step], { maxCommands: DRAWN, size: 'max', ...(replayPath !== undefined && { replayPath }) });
  const property = fc.asyncProperty(steps, (commands) => fc.asyncModelRun(begin, commands));
  await fc.assert(property, { numRuns: Math.ceil(SEQUENCES / STREAMS), seed: SEED + stream, unbiased: true, interruptAfterTimeLimit: MOST_MS, ...(path !== undefined && { path }) });
}

/** How many sequences came to ALLOW, lost it, and came back to it. */
function wentWell(): { allowed: number; lost: number; regained: number } {
  const all = [...histories.values()];
  return { allowed: all.filter((one) => one.allowed > 0).length, lost: all.filter((one) => one.lost > 0).length, regained: all.filter((one) => one.allowed > 1).length };
}

function report(seconds: number): string {
  const { acts, refused, kinds, codes, waived } = tally;
  const { allowed, lost, regained } = wentWell();
  return `seed ${String(SEED)}: ${String(histories.size)} sequences, ${String(acts)} acts in ${seconds.toFixed(0)} s, ${(100 * refused / acts).toFixed(0)} % refused; `
    + `${String(allowed)} sequences reached ALLOW, ${String(lost)} lost it, ${String(regained)} came back to it; ALLOW by a waiver after ${String(waived)} acts\ndone/refused: `
    + `${[...kinds].sort().map(([kind, [done, no]]) => `${kind} ${String(done)}/${String(no)}`).join(', ')}\n${[...codes].sort().map(([code, times]) => `${code} ${String(times)}`).join(', ')}`;
}

/** Whether anything was tried at all; of so few sequences as in the daily run less is asked than is usual. */
function expectEnough(): void {
  const { allowed, lost, regained } = wentWell();
  const { acts, refused, kinds, codes, waived } = tally;
  expect({ acts: acts >= SEQUENCES * ACTS * (FULL ? 1 : 0.2), refused: refused / acts > 0.1 && refused / acts < 0.5 }).toEqual({ acts: true, refused: true });
  expect([allowed, lost, regained].map((sequences) => sequences / SEQUENCES > (FULL ? 0.5 : 0))).toEqual([true, true, true]);
  expect([kinds.size, codes.size].map((different) => different >= (FULL ? 20 : 10))).toEqual([true, true]);
  if (!FULL) return;
  const never = [...kinds].filter(([kind, [done, no]]) => done < 10 || (no < 10 && kind !== 'ask the gate' && kind !== 'authorize')).map(([kind]) => kind);
  expect({ waived: waived > SEQUENCES / 10, never, kinds: kinds.size >= 45 }).toEqual({ waived: true, never: [], kinds: true });
}

test('whatever people do, the register does what the model says', async () => {
  const began = performance.now();

  const played = await Promise.allSettled(Array.from({ length: STREAMS }, (_, stream) => play(stream)));

  console.log(report((performance.now() - began) / 1000));
  for (const one of played) if (one.status === 'rejected') throw one.reason;
  expectEnough();
}, 2 * MOST_MS);

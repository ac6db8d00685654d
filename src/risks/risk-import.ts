/** What the rows of a file come to: for each the risk that it is about, and the step that makes the register say what the row says. */
import { v7 } from 'uuid';
import type { Decided } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import { logRisk, type Risk, type RiskDescription } from '../domain/risk.js';
import { errorOf, keyOf, keysOf, matchOf, saysTheSame, type Known, type RiskRow, type RowError } from '../domain/risk-rows.js';
import type { AiSystem } from '../domain/system.js';
import type { Catalogues } from '../domain/taxonomy.js';
import { resolvePerson } from '../identity/people.service.js';
import type { ReadScope } from '../platform/scope.js';
import { Tx } from '../platform/transaction.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import { RiskTable } from './risk.table.js';
import { decideEdit } from './risks.service.js';

export type RowOutcome = 'CREATED' | 'UPDATED' | 'UNCHANGED';
export interface Planned { readonly line: number; readonly outcome: RowOutcome; readonly number: string | null; readonly risk: Risk; readonly decided: Decided<Risk> | null; readonly before: Stored<Risk> | null }

type Accepted = Known & { readonly systemId: string; readonly line: number };

/** What one import has found out so far. Rows that were taken stand for the register, so that a dry run sees what the import would see. */
export class ImportMemory {
  readonly systems = new Map<string, Stored<AiSystem> | Refusal>();
  readonly owners = new Map<string, string | Refusal>();
  readonly releases = new Map<string, string | Refusal>();

  constructor(readonly catalogues: Catalogues, readonly accepted: ReadonlyMap<string, Accepted> = new Map()) {}
}

/** A part of the rows, planned: in a transaction that writes, its systems and the risks that change are locked. */
export async function planRows(scope: ReadScope, rows: readonly RiskRow[], memory: ImportMemory): Promise<{ planned: Planned[]; errors: RowError[]; accepted: ReadonlyMap<string, Accepted> }> {
  const errors: RowError[] = [];
  const plan = new Plan(scope, memory);
  const resolved: { row: RiskRow; system: Stored<AiSystem> }[] = [];
  for (const row of rows) {
    await refusedAs(row.line, errors, async () => { resolved.push({ row, system: await plan.systemOf(row) }); });
  }
  await plan.open(resolved.map(({ system }) => system.id), resolved.map(({ row }) => row));
  const planned: Planned[] = [];
  for (const { row, system } of resolved) {
    await refusedAs(row.line, errors, async () => { planned.push(await plan.row(row, system)); });
  }
  return { planned, errors, accepted: plan.accepted };
}

/** The risks of one system, by the names under which rows look for them. */
class KnownRisks {
  readonly #byKey = new Map<string, Accepted[]>();

  of(row: RiskRow): readonly Accepted[] {
    return this.#byKey.get(keyOf(row)) ?? [];
  }

  add(risk: Accepted): void {
    for (const key of keysOf(risk)) this.#byKey.set(key, [...this.#byKey.get(key) ?? [], risk]);
  }

  remove(risk: Accepted): void {
    for (const key of keysOf(risk)) this.#byKey.set(key, (this.#byKey.get(key) ?? []).filter(({ id }) => id !== risk.id));
  }
}

class Plan {
  readonly accepted: Map<string, Accepted>;
  #known = new Map<string, KnownRisks>();
  #records = new Map<string, Stored<Risk>>();

  constructor(private readonly scope: ReadScope, private readonly memory: ImportMemory) {
    this.accepted = new Map(memory.accepted);
  }

  async systemOf(row: RiskRow): Promise<Stored<AiSystem>> {
    const system = await once(this.memory.systems, row.system, () => this.scope.get(SystemTable, row.system), 'system');
    try {
      this.scope.requireFor('risk.log', system.id);
    } catch (error) {
      throw inField(error, 'system');
    }
    return system;
  }

  /** Holds the systems, so that no other import logs the same risk meanwhile; then reads what is there. */
  async open(systemIds: readonly string[], rows: readonly RiskRow[]): Promise<void> {
    const ids = [...new Set(systemIds)].sort();
    if (this.scope instanceof Tx) for (const id of ids) await this.scope.lock(SystemTable, id);
    await this.#know(ids, rows);
    const wanted = rows.flatMap((row, i) => matchOf(row, this.#known.get(systemIds[i] ?? '')?.of(row) ?? [])?.id ?? []);
    for (const record of await this.scope.byIds(RiskTable, wanted)) this.#records.set(record.id, record);
  }

  async #know(ids: readonly string[], rows: readonly RiskRow[]): Promise<void> {
    const names = rows.every((row) => row.externalId !== null) ? rows.map((row) => row.externalId) : null;
    const found = await this.scope.query<KnownRow>(
      'select id, number, system_id, external_id, state, statement from risks where system_id = any($1::uuid[]) and ($2::text[] is null or external_id = any($2::text[]))', [ids, names]);
    for (const id of ids) this.#known.set(id, new KnownRisks());
    for (const row of found) if (!this.accepted.has(row.id)) this.#known.get(row.system_id)?.add(knownOf(row));
    for (const taken of this.accepted.values()) this.#known.get(taken.systemId)?.add(taken);
  }

  async row(row: RiskRow, system: Stored<AiSystem>): Promise<Planned> {
    const known = this.#known.get(system.id) ?? new KnownRisks();
    const match = matchOf(row, known.of(row));
    if (match !== null) this.#refuseTaken(row, match);
    const description = await this.#describe(row, system);
    const planned = match === null ? this.#log(row, system, description) : await this.#edit(row, match.id, description);
    if (match !== null) known.remove(match);
    known.add(this.#accept(row, planned));
    return planned;
  }

  #refuseTaken(row: RiskRow, match: Accepted): void {
    const taken = this.accepted.get(match.id);
    if (taken === undefined) return;
    throw new Refusal('ALREADY_EXISTS', { ...(row.externalId !== null && { field: 'externalId' }), message: `Line ${String(taken.line)} is about the same risk.` });
  }

  #accept(row: RiskRow, planned: Planned): Accepted {
    const { id, systemId, externalId, state } = planned.risk;
    const accepted: Accepted = { id, number: planned.number ?? '', systemId, externalId, statement: row.statement, ended: hasEnded(state), line: row.line };
    this.accepted.set(id, accepted);
    return accepted;
  }

  #log(row: RiskRow, system: Stored<AiSystem>, description: RiskDescription): Planned {
    const identity = { id: v7(), number: '', systemId: system.id, externalId: row.externalId, loggedAt: this.scope.now };
    const decided = logRisk(identity, this.scope.personId, description, { catalogues: this.memory.catalogues, draft: row.draft });
    return { line: row.line, outcome: 'CREATED', number: null, risk: decided.next, decided, before: null };
  }

  async #edit(row: RiskRow, id: string, description: RiskDescription): Promise<Planned> {
    const { catalogues } = this.memory;
    const seen = this.#records.get(id) ?? await this.scope.get(RiskTable, id);
    const unchanged = (risk: Stored<Risk>): Planned => ({ line: row.line, outcome: 'UNCHANGED', number: risk.number, risk, decided: null, before: risk });
    if (saysTheSame(seen, description, catalogues)) return unchanged(seen);
    const risk = this.scope instanceof Tx ? await this.scope.lock(RiskTable, id) : seen;
    if (saysTheSame(risk, description, catalogues)) return unchanged(risk);
    this.scope.requireFor('risk.edit', risk.systemId);
    const decided = await decideEdit(this.scope, risk, description, catalogues);
    return { line: row.line, outcome: 'UPDATED', number: risk.number, risk: decided.next, decided, before: risk };
  }

  async #describe(row: RiskRow, system: Stored<AiSystem>): Promise<RiskDescription> {
    const { statement, affectedParties, taxonomy, owner, release } = row;
    const ownerId = await once(this.memory.owners, owner, () => resolvePerson(this.scope, owner, 'owner'), 'owner');
    const releaseId = release === null ? null : await once(this.memory.releases, `${system.id} ${release}`, () => this.#release(release, system), 'release');
    return { statement, affectedParties, taxonomy, ownerId, releaseId };
  }

  async #release(reference: string, system: Stored<AiSystem>): Promise<string> {
    const release = await this.scope.get(ReleaseTable, reference);
    if (release.systemId !== system.id) throw new Refusal('INVALID_INPUT', { field: 'release', message: `${release.number} is a release of another system.` });
    return release.id;
  }
}

interface KnownRow { readonly id: string; readonly number: string; readonly system_id: string; readonly external_id: string | null; readonly state: string; readonly statement: Risk['statement'] }

function knownOf(row: KnownRow): Accepted {
  return { id: row.id, number: row.number, systemId: row.system_id, externalId: row.external_id, statement: row.statement, ended: hasEnded(row.state), line: 0 };
}

function hasEnded(state: string): boolean {
  return state === 'CLOSED' || state === 'REJECTED';
}

/** What a name stands for does not change during an import: each is asked for once, and a refusal is remembered too. */
async function once<T>(found: Map<string, T | Refusal>, name: string, find: () => Promise<T>, field: string): Promise<T> {
  const before = found.get(name);
  if (before instanceof Refusal) throw before;
  if (before !== undefined) return before;
  try {
    const value = await find();
    found.set(name, value);
    return value;
  } catch (error) {
    const refusal = inField(error, field);
    found.set(name, refusal);
    throw refusal;
  }
}

function inField(error: unknown, field: string): Refusal {
  if (!(error instanceof Refusal)) throw error;
  return new Refusal(error.code, { ...error.facts, field });
}

/** A refused row is an error of its line, and no other row's matter. */
async function refusedAs(line: number, errors: RowError[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    errors.push(errorOf(line, error));
  }
}

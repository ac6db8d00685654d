/** What the rows of a file come to: for each the risk that it is about, and the step that makes the register say what the row says. */
import { v7 } from 'uuid';
import type { Decided } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import { logRisk, type Risk, type RiskDescription } from '../domain/risk.js';
import { checkVersion, errorOf, keyOf, keysOf, matchOf, saysTheSame, type RiskRow, type RowError } from '../domain/risk-rows.js';
import type { AiSystem } from '../domain/system.js';
import type { Catalogues } from '../domain/taxonomy.js';
import { resolvePerson } from '../identity/people.service.js';
import { StaleFacts } from '../platform/database.js';
import type { ObjectRef, ReadScope } from '../platform/scope.js';
import { Tx } from '../platform/transaction.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import { Candidates, hasEnded, numberedRisks, RegisterRisks, type KnownRisk, type NumberedRisk } from './known-risks.js';
import { RiskTable } from './risk.table.js';
import { decideEdit } from './risks.service.js';

export type RowOutcome = 'CREATED' | 'UPDATED' | 'UNCHANGED';
export interface Planned { readonly line: number; readonly outcome: RowOutcome; readonly number: string | null; readonly risk: Risk; readonly decided: Decided<Risk> | null; readonly before: Stored<Risk> | null }

/** A part of a file: what its rows come to, what is wrong with others, and the risks that were taken, by id. */
export interface Outcome { readonly planned: readonly Planned[]; readonly errors: readonly RowError[]; readonly refused: readonly Refused[]; readonly accepted: ReadonlyMap<string, KnownRisk> }
/** What a row tried, for the record of its refusal. */
interface Refused { readonly permission: 'risk.log' | 'risk.edit'; readonly refusal: Refusal; readonly subject: ObjectRef | null }

/** What one import has found out so far. Rows that were taken stand for the register, so that a dry run sees what the import would see. */
export class ImportMemory {
  readonly systems = new Map<string, Stored<AiSystem> | Refusal>();
  readonly owners = new Map<string, string | Refusal>();
  readonly releases = new Map<string, string | Refusal>();
  readonly register = new RegisterRisks();
  readonly accepted = new Map<string, KnownRisk>();

  constructor(readonly catalogues: Catalogues) {}

  /** Called once a part is committed: what was rolled back was not taken. */
  keep({ accepted }: Pick<Outcome, 'accepted'>): void {
    for (const [id, risk] of accepted) this.accepted.set(id, risk);
  }
}

/** A part of the rows, planned: in a transaction that writes, its systems and the risks that change are locked. */
export async function planRows(scope: ReadScope, rows: readonly RiskRow[], memory: ImportMemory): Promise<Outcome> {
  const [plan, refusals] = [new Plan(scope, memory), new Refusals(scope)];
  const resolved: { row: RiskRow; system: Stored<AiSystem> }[] = [];
  for (const row of rows) await refusals.of(row, async () => { resolved.push({ row, system: await plan.systemOf(row) }); });
  await plan.open(resolved.map(({ row, system }) => ({ row, systemId: system.id })));
  const planned: Planned[] = [];
  for (const { row, system } of resolved) await refusals.of(row, async () => { planned.push(await plan.row(row, system)); });
  return { planned, errors: refusals.errors, refused: refusals.refused, accepted: plan.accepted };
}

/** A refused row is an error of its line, and no other row's matter. */
class Refusals {
  readonly errors: RowError[] = [];
  readonly refused: Refused[] = [];

  constructor(private readonly scope: ReadScope) {}

  async of({ line }: RiskRow, work: () => Promise<void>): Promise<void> {
    this.scope.subject = null;
    try {
      await work();
    } catch (error) {
      this.errors.push(errorOf(line, error));
      const subject = this.scope.subject as ObjectRef | null;
      this.refused.push({ permission: subject?.type === RiskTable.type ? 'risk.edit' : 'risk.log', refusal: error as Refusal, subject });
    }
  }
}

class Plan {
  readonly accepted = new Map<string, KnownRisk>();
  #candidates = new Map<string, Candidates>();
  #records = new Map<string, Stored<Risk>>();
  #numbered = new Map<string, NumberedRisk>();

  constructor(private readonly scope: ReadScope, private readonly memory: ImportMemory) {}

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
  async open(resolved: readonly { readonly row: RiskRow; readonly systemId: string }[]): Promise<void> {
    const ids = [...new Set(resolved.map(({ systemId }) => systemId))].sort();
    if (this.scope instanceof Tx) for (const id of ids) await this.scope.lock(SystemTable, id);
    for (const id of ids) this.#candidates.set(id, new Candidates(resolved.filter(({ systemId }) => systemId === id).map(({ row }) => row)));
    for (const risk of await this.#present(ids, resolved.map(({ row }) => row.externalId))) if (!this.memory.accepted.has(risk.id)) this.#candidates.get(risk.systemId)?.add(risk);
    for (const risk of this.memory.accepted.values()) this.#candidates.get(risk.systemId)?.add(risk);
    const wanted = resolved.flatMap(({ row, systemId }) => matchOf(row, this.#candidates.get(systemId)?.of(row) ?? [])?.id ?? []);
    for (const record of await this.scope.byIds(RiskTable, wanted)) this.#records.set(record.id, record);
    this.#numbered = await numberedRisks(this.scope, resolved.map(({ row }) => row));
  }

  async #present(systemIds: readonly string[], externalIds: readonly (string | null)[]): Promise<KnownRisk[]> {
    const named = externalIds.filter((id) => id !== null);
    const { register } = this.memory;
    return named.length === externalIds.length ? register.named(this.scope, systemIds, named) : register.all(this.scope, systemIds);
  }

  async row(row: RiskRow, system: Stored<AiSystem>): Promise<Planned> {
    const candidates = this.#candidates.get(system.id) ?? new Candidates([]);
    const match = matchOf(row, candidates.of(row));
    if (match !== null) this.#refuseTaken(row, match);
    const description = await this.#describe(row, system);
    if (match === null) this.#refuseMoved(row, system);
    const planned = match === null ? this.#log(row, system, description) : await this.#edit(row, match.id, description);
    if (match !== null) candidates.remove(match);
    candidates.add(this.#accept(row, planned));
    return planned;
  }

  #refuseTaken(row: RiskRow, match: KnownRisk): void {
    const taken = this.accepted.get(match.id) ?? this.memory.accepted.get(match.id);
    if (taken === undefined) return;
    throw new Refusal('ALREADY_EXISTS', { ...(row.externalId !== null && { field: 'externalId' }), message: `Line ${String(taken.line)} is about the same risk.` });
  }

  /** What was read is not found under its old names: somebody has reworded it, and the row is no new risk. What an earlier row has changed was changed by nobody else. */
  #refuseMoved(row: RiskRow, system: Stored<AiSystem>): void {
    const read = this.#numbered.get(row.number ?? '');
    if (read?.systemId === system.id && !this.accepted.has(read.id) && !this.memory.accepted.has(read.id)) checkVersion(row, read);
  }

  #accept(row: RiskRow, planned: Planned): KnownRisk {
    const { id, systemId, state } = planned.risk;
    const accepted: KnownRisk = { id, number: planned.number ?? '', systemId, keys: keysOf(planned.risk), ended: hasEnded(state), line: row.line };
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
    // Somebody has just made it a risk that this row is not about: planned again, from what is there now.
    if (!keysOf(risk).includes(keyOf(row))) throw new StaleFacts();
    if (saysTheSame(risk, description, catalogues)) return unchanged(risk);
    this.scope.requireFor('risk.edit', risk.systemId);
    checkVersion(row, risk);
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

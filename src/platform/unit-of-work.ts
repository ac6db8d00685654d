/**
 * The door: the only way to change a governed record. It checks the permission, pins the tenant, runs the work in one READ COMMITTED
 * transaction, appends its entries to the audit log and commits in one flush; it begins again when the database asks for it.
 */
import { Injectable, Logger } from '@nestjs/common';
import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import type { Permission } from '../domain/actor.js';
import { Refusal } from '../domain/refusal.js';
import { asRefusal, isLogTrouble, isRetryable, isStale } from './database.js';
import { enter, openReads, openReadsAs, requirePermission } from './entering.js';
import { entryHalves, type EntryDraft, type EntryHalves } from './entry-bytes.js';
import { beginOnce, doneBefore, isKeyed, keepDone } from './keyed-commands.js';
import { Metrics } from './metrics.js';
import { Pools } from './pools.js';
import { isRecorded, refusalDraft } from './refused-commands.js';
import type { RequestContext } from './request-context.js';
import { ReadScope, type ObjectRef } from './scope.js';
import { SharedReads } from './shared-reads.js';
import { Tx } from './transaction.js';

const ATTEMPTS = 6;

@Injectable()
export class UnitOfWork {
  readonly #logger = new Logger(UnitOfWork.name);
  readonly #origins = new Map<string, string>();

  constructor(private readonly pools: Pools, private readonly metrics: Metrics) {}

  /** Which tenant and account this subject of this issuer is; null = nobody here. Given shared reads, their transaction begins with it. */
  async identify(issuer: string, subject: string, arrival: Pick<RequestContext, 'pool' | 'reads'>): Promise<Pick<RequestContext, 'tenantId' | 'principalId'> | null> {
    const { reads } = arrival;
    if (reads === null) return this.#inTransaction(arrival, (runner) => findPrincipal(runner, issuer, subject));
    const session = await openReadsAs(this.pools.of(arrival), issuer, subject).catch(refuseInstead);
    if (session === null) return null;
    reads.begin(session);
    return { tenantId: session.tenantId, principalId: session.principalId };
  }

  /** Runs the work and commits it with its entries, or leaves no trace but the record of a refusal. */
  async write<T>(ctx: RequestContext, permission: Permission, work: (tx: Tx) => Promise<T>): Promise<T> {
    beginOnce(ctx.command);
    return aside(ctx, async () => {
      for (let number = 1; ; number += 1) {
        try {
          return await this.#attempt(ctx, permission, work, number);
        } catch (error) {
          if (!(isRetryable(error) || isStale(error)) || number === ATTEMPTS) {
            this.metrics.writeFailed(error);
            return refuseInstead(error);
          }
          this.metrics.writeRetried();
        }
      }
    });
  }

  /** Reads with the tenant pinned, under the caller's permission: among the shared reads of the request where it has some. */
  async read<T>(ctx: RequestContext, permission: Permission, work: (scope: ReadScope) => Promise<T>): Promise<T> {
    const shared = ctx.reads?.isOpen === true ? ctx.reads : null;
    const reads = shared ?? new SharedReads();
    const done = reads.read(() => openReads(this.pools.of(ctx), ctx), async ({ actor, manager, present }) => {
      const now = present();
      requirePermission(actor, permission, now, ctx);
      return work(new ReadScope(ctx, actor, now, manager));
    });
    return done.catch(refuseInstead).finally(() => (shared === null ? reads.end() : undefined));
  }

  /** Writes operational tables only (challenges, counters): tenant pinned, permission checked, no entry. The database refuses governed rows here. */
  async note<T>(ctx: RequestContext, permission: Permission, work: (scope: ReadScope) => Promise<T>): Promise<T> {
    return aside(ctx, () => this.#command(ctx, permission, async (runner, open) => {
      const { now, actor } = await enter(runner, ctx, 'read write');
      requirePermission(actor, permission, now, ctx);
      const result = await work(open(new ReadScope(ctx, actor, now, runner.manager)));
      await runner.query('commit');
      return result;
    }));
  }

  /** Takes away what a command noted in operational tables, whatever has become of its credential and its role: the server's own act, so nothing of it is asked. */
  async cleanUp(ctx: RequestContext, work: (scope: ReadScope) => Promise<unknown>): Promise<void> {
    await aside(ctx, () => this.#inTransaction(ctx, async (runner) => {
      const { now, actor } = await enter(runner, { ...ctx, believedBy: [] }, 'read write');
      await work(new ReadScope(ctx, actor, now, runner.manager));
      await runner.query('commit');
    }));
  }

  /** What was refused beside others that were done leaves the same record as a command of its own. */
  async recordRefused(ctx: RequestContext, permission: Permission, refusal: Refusal, subject: ObjectRef | null): Promise<void> {
    if (isRecorded(refusal.code)) await aside(ctx, () => this.#recordRefusal(ctx, refusalDraft(ctx, permission, refusal, subject)));
  }

  async #attempt<T>(ctx: RequestContext, permission: Permission, work: (tx: Tx) => Promise<T>, number: number): Promise<T> {
    return this.#command(ctx, permission, async (runner, open) => {
      const { now, actor } = await enter(runner, ctx, 'read write', permission);
      requirePermission(actor, permission, now, ctx);
      const before = isKeyed(ctx) ? await doneBefore(runner, ctx) : null;
      if (before !== null) {
        await runner.query('commit');
        return before.result as T;
      }
      const tx = open(new Tx(ctx, actor, now, runner.manager));
      tx.attempt = number;
      const result = await work(tx);
      if (tx.drafts.length === 0) throw new Error(`${permission} wrote no event: a write that records nothing is refused`);
      if (isKeyed(ctx)) await keepDone(runner, ctx, result, tx.repeatableUntil);
      await this.#commit(runner, ctx, tx).catch(async (error: unknown) => {
        if (asRefusal(error)?.code !== 'REGISTER_UNAVAILABLE') throw error;
        await this.#requireCommitted(ctx, tx);
      });
      this.metrics.writeCommitted(tx.drafts.length);
      return result;
    });
  }

  /** A transaction whose refusal, after the rollback, is recorded with the object that it was about. */
  async #command<T>(ctx: RequestContext, permission: Permission, work: (runner: QueryRunner, open: <S extends ReadScope>(scope: S) => S) => Promise<T>): Promise<T> {
    let opened: ReadScope | null = null;
    try {
      return await this.#inTransaction(ctx, (runner) => work(runner, (scope) => { opened = scope; return scope; }));
    } catch (error) {
      const subject = (opened as ReadScope | null)?.subject ?? null;
      if (error instanceof Refusal && isRecorded(error.code)) await this.#recordRefusal(ctx, refusalDraft(ctx, permission, error, subject));
      throw error;
    }
  }

  async #inTransaction<T>(by: Pick<RequestContext, 'pool'>, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.pools.of(by).createQueryRunner();
    try {
      await runner.connect();
      return await work(runner);
    } catch (error) {
      await runner.query('rollback').catch(() => undefined);
      if (isRetryable(error) || isStale(error)) throw error;
      throw asRefusal(error) ?? error;
    } finally {
      await runner.release();
    }
  }

  /** Append and COMMIT leave in one flush: nothing of ours runs while the log is locked. */
  async #commit(runner: QueryRunner, ctx: RequestContext, tx: Tx): Promise<void> {
    const origin = await this.#origin(runner, ctx.tenantId);
    const halves = tx.drafts.map((draft) => entryHalves(origin, ctx, tx.actor.kind, draft));
    await this.#append(runner, tx, halves);
  }

  async #append(runner: QueryRunner, tx: Pick<Tx, 'holding'>, halves: readonly EntryHalves[]): Promise<void> {
    await this.metrics.timeCommit(() => commitWith(runner, tx, halves));
  }

  /**
   * The answer to COMMIT was lost on the way. Canonical bytes are salted, so the digest of this attempt is only there if this attempt was
   * committed. When it cannot be seen the outcome is open, and the client is told to look before repeating.
   */
  async #requireCommitted(ctx: RequestContext, tx: Tx): Promise<void> {
    const digest = tx.drafts.at(-1)?.after ?? '';
    const found = await this.#inTransaction(ctx, async (runner) => {
      await enter(runner, { ...ctx, believedBy: [] }, 'read only');
      const rows = (await runner.query('select from audit.content where digest = $1', [digest])) as unknown[];
      await runner.query('commit');
      return rows.length > 0;
    }).catch(() => false);
    if (!found) throw new Refusal('OUTCOME_UNKNOWN', { message: 'The connection to the register broke while this was written.', next: ctx.command === null ? 'Read the record before you repeat the command: it may have been written.' : 'Send it again with the same Idempotency-Key: if it was written you get its result, and otherwise it is done now.' });
  }

  async #origin(runner: QueryRunner, tenantId: string): Promise<string> {
    const known = this.#origins.get(tenantId);
    if (known !== undefined) return known;
    const rows = (await runner.query('select origin from audit.log')) as { origin: string }[];
    const origin = rows[0]?.origin;
    if (origin === undefined) throw new Refusal('AUDIT_UNAVAILABLE', { message: 'This organization has no audit log.' });
    this.#origins.set(tenantId, origin);
    return origin;
  }

  /** A refused command of a person is itself a fact: appended after the rollback, at most sixty a minute and principal. */
  async #recordRefusal(ctx: RequestContext, draft: EntryDraft): Promise<void> {
    try {
      await this.#inTransaction(ctx, async (runner) => {
        const { actor } = await enter(runner, { ...ctx, believedBy: [] }, 'read write');
        const counted = (await runner.query(
          `insert into refusal_counts as c (principal_id, minute, refused) values ($1, date_trunc('minute', clock_timestamp()), 1)
           on conflict (tenant_id, principal_id, minute) do update set refused = c.refused + 1 returning refused`, [ctx.principalId])) as { refused: number }[];
        const tx = { holding: null };
        const within = (counted[0]?.refused ?? 0) <= 60;
        if (within) await this.#append(runner, tx, [entryHalves(await this.#origin(runner, ctx.tenantId), ctx, actor.kind, draft)]);
        else await runner.query('commit');
        this.metrics.commandRefused(within ? 'RECORDED' : 'OVER_LIMIT');
      });
    } catch (error) {
      this.metrics.commandRefused('FAILED');
      this.#logger.warn({ msg: 'a refusal could not be recorded', requestId: ctx.requestId, error: (error as Error).message });
    }
  }
}

async function findPrincipal(runner: QueryRunner, issuer: string, subject: string): Promise<Pick<RequestContext, 'tenantId' | 'principalId'> | null> {
  const [found] = (await runner.query('select tenant_id, principal_id from audit.find_principal($1, $2)', [issuer, subject])) as { tenant_id: string; principal_id: string }[];
  return found === undefined ? null : { tenantId: found.tenant_id, principalId: found.principal_id };
}

/** A command waits for a connection of its own: nothing of the same request may be held meanwhile. */
function aside<T>(ctx: RequestContext, command: () => Promise<T>): Promise<T> {
  return ctx.reads === null ? command() : ctx.reads.aside(command);
}

function refuseInstead(error: unknown): never {
  throw asRefusal(error) ?? error;
}

async function commitWith(runner: QueryRunner, tx: Pick<Tx, 'holding'>, halves: readonly EntryHalves[]): Promise<void> {
  const client = (await runner.connect()) as pg.PoolClient;
  const appended = `${list(halves.map((h) => h.head), 'text')}, ${list(halves.map((h) => h.tail), 'text')}, ${list(halves.map((h) => h.type), 'text')}, ${list(halves.map((h) => h.objectId), 'uuid')}, ${list(halves.map((h) => h.scopeId), 'uuid')}`;
  const { holding } = tx;
  const call = holding === null
    ? `audit.append(${appended})`
    : `gate.confirm(${list(Object.keys(holding.epochs), 'uuid')}, ${list(Object.values(holding.epochs).map(String), 'bigint')}, ${pg.escapeLiteral(holding.computedAt)}, ${holding.until === null ? "'infinity'" : pg.escapeLiteral(holding.until)}, ${appended})`;
  const results = (await client.query(`select ${call}; commit`).catch((error: unknown) => {
    if (!isLogTrouble(error)) throw error;
    new Logger(UnitOfWork.name).error({ msg: 'the log could not be written', error: (error as Error).message });
    throw new Refusal('AUDIT_UNAVAILABLE', { message: 'The audit log cannot be written, so nothing was.', next: 'Try again shortly.' });
  })) as unknown as { command: string }[];
  if (results.at(-1)?.command !== 'COMMIT') throw new Refusal('AUDIT_UNAVAILABLE', { message: 'The write was not committed.' });
}

function list(values: readonly (string | null)[], type: string): string {
  return `array[${values.map((value) => (value === null ? 'null' : pg.escapeLiteral(value))).join(',')}]::${type}[]`;
}

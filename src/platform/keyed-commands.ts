/**
 * What was done under a key, in the same transaction as its effect and its entry: a repeat finds it and is answered with the result of the
 * command, from which the answer is made anew. What was refused is not kept. Keys end by themselves; each command sweeps a few ended ones.
 */
import { createHash } from 'node:crypto';
import type { QueryRunner } from 'typeorm';
import type { Instant } from '../domain/clock.js';
import { Refusal } from '../domain/refusal.js';
import type { CommandKey, RequestContext } from './request-context.js';
import type { ReadScope } from './scope.js';

/** How long a repeat is recognized. */
export const KEPT_HOURS = 24;
/** Each command adds one row, so the ended ones become fewer. */
const SWEPT_AT_ONCE = 20;

type Keyed = Pick<RequestContext, 'tenantId' | 'principalId'> & { readonly command: CommandKey };

export function isKeyed<Ctx extends RequestContext>(ctx: Ctx): ctx is Ctx & Keyed {
  return ctx.command !== null;
}

/** What this very command has given before; null = it was not done yet. From here to the end of the transaction nobody else does it. */
export async function doneBefore(runner: QueryRunner, { tenantId, principalId, command }: Keyed): Promise<{ readonly result: unknown } | null> {
  const [lock] = (await runner.query('select pg_try_advisory_xact_lock($1) as ours', [lockOf(tenantId, principalId, command.hash)])) as { ours: boolean }[];
  if (lock?.ours !== true) throw inProgress();
  // A statement of its own: only now, with the lock, is everything in view that was done under this key. What has ended under it goes now: another
  // command may be sweeping it, and that is waited for while nobody waits for this one.
  const [kept] = (await runner.query(
    `with ended as (delete from idempotency_keys where principal_id = $1 and key_hash = $2 and part = $3 and ends_at <= clock_timestamp())
     select payload, result from idempotency_keys where principal_id = $1 and key_hash = $2 and (part = $3 or payload <> $4) and ends_at > clock_timestamp() order by payload = $4 limit 1`,
    [principalId, command.hash, command.part, command.payload])) as { payload: string; result: string }[];
  if (kept === undefined) return null;
  if (kept.payload !== command.payload) throw reused();
  return { result: (JSON.parse(kept.result) as { result?: unknown }).result };
}

/** Refuses a key that stands for something else already, before anything is done that a rollback would not undo. What is asked for at the same time is told apart by `doneBefore` alone. */
export async function refuseReused(scope: Pick<ReadScope, 'query'>, { principalId, command }: Keyed): Promise<void> {
  const others = await scope.query('select from idempotency_keys where principal_id = $1 and key_hash = $2 and payload <> $3 and ends_at > clock_timestamp()', [principalId, command.hash, command.payload]);
  if (others.length > 0) throw reused();
}

/** Keeps what was done. Until null = as long as keys are kept. A row that is in force already is not ours, so nothing of this is committed. */
export async function keepDone(runner: QueryRunner, { principalId, command }: Keyed, result: unknown, until: Instant | null): Promise<void> {
  const kept = (await runner.query(
    `with swept as (
       delete from idempotency_keys where (tenant_id, principal_id, key_hash, part) in (
         select tenant_id, principal_id, key_hash, part from idempotency_keys where ends_at <= clock_timestamp() and (principal_id, key_hash) <> ($1::uuid, $2::text)
         order by ends_at limit ${String(SWEPT_AT_ONCE)} for update skip locked))
     insert into idempotency_keys (principal_id, key_hash, part, payload, result, ends_at)
     values ($1, $2, $3, $4, $5, least($6::timestamptz, clock_timestamp() + interval '${String(KEPT_HOURS)} hours'))
     on conflict (tenant_id, principal_id, key_hash, part) do update set payload = excluded.payload, result = excluded.result, ends_at = excluded.ends_at where idempotency_keys.ends_at <= clock_timestamp()
     returning true as kept`,
    [principalId, command.hash, command.part, command.payload, JSON.stringify({ result }), until])) as unknown[];
  if (kept.length === 0) throw inProgress();
}

function reused(): Refusal {
  return new Refusal('IDEMPOTENCY_KEY_REUSED', { field: 'Idempotency-Key', message: 'Something else was asked with this key before.', next: 'Send a new key for a new command.' });
}

function inProgress(): Refusal {
  return new Refusal('REQUEST_IN_PROGRESS', { field: 'Idempotency-Key', message: 'The command with this key is still being carried out.', next: 'Send it again shortly: it will be answered with what was done.' });
}

const begun = new WeakSet<CommandKey>();

/** A second write of the same command would be answered with the result of the first. */
export function beginOnce(command: CommandKey | null): void {
  if (command === null) return;
  if (begun.has(command)) throw new Error('a second write under one key: give each a part of its own');
  begun.add(command);
}

/** 64 bits of a digest: whose key it is, and which. */
function lockOf(tenantId: string, principalId: string, hash: string): string {
  return createHash('sha256').update(`idempotency key\n${tenantId}\n${principalId}\n${hash}`).digest().readBigInt64BE().toString();
}

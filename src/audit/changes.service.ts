/**
 * The log as a feed. Positions are given under the log's lock, which is held until the commit: whoever asks for what comes after the
 * last position seen misses nothing. Reading it is itself logged, once an hour and account.
 */
import { Injectable } from '@nestjs/common';
import type { Permission } from '../domain/actor.js';
import type { Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import type { EventName, ObjectType } from '../domain/events.js';
import { Refusal, type RefusalCode } from '../domain/refusal.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';

/** One entry of the log. Bodies and names are not in it: digests and opaque ids only. */
export interface Change {
  readonly position: number;
  readonly at: Instant;
  /** What was done; null when it was refused. */
  readonly action: EventName | null;
  /** What was attempted and refused, by the permission that it needs; null when it was done. */
  readonly permission: Permission | null;
  readonly object: { readonly type: ObjectType; readonly id: string; readonly version: number | null };
  readonly actorId: string;
  readonly outcome: 'DONE' | 'REFUSED';
  readonly code: RefusalCode | null;
  readonly reasonDigest: Digest | null;
  readonly before: Digest | null;
  readonly after: Digest | null;
}

export interface ChangesFilter { readonly types: readonly ObjectType[] | null; readonly systemId: string | null }

export interface ChangesPage {
  readonly nodes: readonly Change[];
  /** Everything up to here was looked at: where the next request goes on. */
  readonly endPosition: number;
  readonly headSize: number;
  readonly hasNextPage: boolean;
}

/** How far one request looks, however few of the entries fit its filter. */
const WINDOW = 5000;

@Injectable()
export class ChangesService {
  constructor(private readonly work: UnitOfWork) {}

  async changes(ctx: RequestContext, filter: ChangesFilter, request: { first: number; after: number }): Promise<ChangesPage> {
    await this.#noteReading(ctx);
    return this.work.read(ctx, 'log.read', (scope) => readChanges(scope, filter, request));
  }

  async #noteReading(ctx: RequestContext): Promise<void> {
    const noted = await this.work.read(ctx, 'log.read', (scope) => scope.query(
      "select from log_readings where principal_id = $1 and hour = date_trunc('hour', clock_timestamp(), 'UTC')", [scope.actor.id]));
    if (noted.length > 0) return;
    await this.work.write(ctx, 'log.read', async (tx) => {
      await tx.query("insert into log_readings (principal_id, hour) values ($1, date_trunc('hour', clock_timestamp(), 'UTC')) on conflict do nothing", [tx.actor.id]);
      tx.note('log.read', { type: 'Tenant', id: ctx.tenantId, version: null });
    });
  }
}

interface EntryRow { readonly seq: string; readonly entry: Buffer }

/** The size is read first: what it counts is committed, so everything below it can be seen by the next statement. */
async function readChanges(scope: ReadScope, filter: ChangesFilter, { first, after }: { first: number; after: number }): Promise<ChangesPage> {
  const [head] = await scope.query<{ size: string }>('select size from audit.heads where log_id = audit.current_log()');
  const headSize = Number(head?.size ?? 0);
  if (after >= headSize && after >= 0) throw new Refusal('INVALID_INPUT', { field: 'after', actual: String(after), expected: `−1 to ${String(headSize - 1)}`, message: 'after lies beyond the end of this log.', next: 'Send the endPosition of the page before.' });
  const until = Math.min(after + WINDOW, headSize - 1);
  const rows = await scope.query<EntryRow>(
    `select seq, entry from audit.entries where log_id = audit.current_log() and seq > $1 and seq <= $2
       and ($3::text[] is null or object_type = any($3)) and ($4::uuid is null or scope_id = $4) order by seq limit $5`, [after, until, filter.types, filter.systemId, first]);
  const nodes = rows.map(changeOf);
  const endPosition = nodes.length === first ? nodes.at(-1)?.position ?? until : until;
  return { nodes, endPosition, headSize, hasNextPage: endPosition < headSize - 1 };
}

interface Entry {
  readonly at: string; readonly actor: { readonly id: string }; readonly action: string; readonly object: Change['object']; readonly outcome: Change['outcome'];
  readonly before: Digest | null; readonly after: Digest | null; readonly reason: { readonly code: RefusalCode | null; readonly text: Digest | null } | null;
}

function changeOf(row: EntryRow): Change {
  const { at, actor, action, object, outcome, before, after, reason } = JSON.parse(row.entry.toString('utf8')) as Entry;
  const done = outcome === 'DONE';
  return {
    position: Number(row.seq), at: new Date(at).toISOString(), action: done ? action as EventName : null, permission: done ? null : action as Permission, object, actorId: actor.id,
    outcome, code: reason?.code ?? null, reasonDigest: reason?.text ?? null, before, after,
  };
}

/**
 * Files on their way into the store. Each is noted before its bytes get their place, and forgotten when its record is written or it was refused:
 * so two uploads at once cannot exceed the quota together, and nobody removes bytes that a record is about to name.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { Digest } from '../domain/digest.js';
import { requireRoom } from '../domain/evidence-file.js';
import { isKeyed, refuseReused } from '../platform/keyed-commands.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { EvidenceStore } from './store/evidence-store.js';
import { UNNAMED } from './store/sweep.js';

/** Longer than a store is waited for; after that a server that noted it was killed. */
const HOURS = 2;

/** The lock holds for longer than a keeper tries to remove. */
const REMOVAL_SECONDS = 3;

const USED = `select coalesce(sum(size), 0)::float8 as used, coalesce(bool_or(content_digest = $1), false) as known from (
  select content_digest, size from evidence_files union select content_digest, size from evidence_arrivals) as bytes`;

@Injectable()
export class Arrivals {
  readonly #logger = new Logger(Arrivals.name);

  constructor(private readonly work: UnitOfWork, private readonly store: EvidenceStore) {}

  /** Refuses what there is no room for, and a key under which something else was done. The same bytes a second time take no room. */
  async expect(ctx: RequestContext, { digest, size }: { readonly digest: Digest; readonly size: number }): Promise<string> {
    const id = randomUUID();
    const { quotaBytes } = this.store;
    await this.work.note(ctx, 'evidence.submit', async (scope) => {
      if (isKeyed(ctx)) await refuseReused(scope, ctx);
      await scope.query('select lock_evidence_bytes()');
      // Statements of their own: with the lock, everything is in view that others have noted.
      await scope.query('delete from evidence_arrivals where ends_at <= clock_timestamp()');
      const [bytes] = quotaBytes === null ? [] : await scope.query<{ used: number; known: boolean }>(USED, [digest]);
      if (quotaBytes !== null && bytes?.known !== true) requireRoom(size, bytes?.used ?? 0, quotaBytes);
      await scope.query(`insert into evidence_arrivals (id, content_digest, size, ends_at) values ($1, $2, $3, clock_timestamp() + interval '${String(HOURS)} hours')`, [id, digest, size]);
    });
    return id;
  }

  /** What was kept and then not recorded: its bytes go, unless somebody else names them or is about to. The lock is the one under which they would note it. */
  async takeBack(ctx: RequestContext, id: string, digest: Digest): Promise<void> {
    await this.work.cleanUp(ctx, async (scope) => {
      await scope.query(`set local idle_in_transaction_session_timeout = '${String(REMOVAL_SECONDS)}s'`);
      await scope.query('select lock_evidence_bytes()');
      await scope.query('delete from evidence_arrivals where id = $1', [id]);
      if ((await scope.query(UNNAMED, [[digest]])).length > 0) await this.store.remove(ctx.tenantId, digest);
    }).catch((error: unknown) => {
      this.#logger.warn({ msg: 'a file that was refused could not be removed: a sweep will find it', digest, requestId: ctx.requestId, error: (error as Error).message });
    });
  }

  /** Whatever came of it. What cannot be forgotten now ends by itself. */
  async forget(ctx: RequestContext, id: string): Promise<void> {
    await this.work.cleanUp(ctx, (scope) => scope.query('delete from evidence_arrivals where id = $1', [id])).catch((error: unknown) => {
      this.#logger.warn({ msg: 'an arrival of a file could not be forgotten', requestId: ctx.requestId, error: (error as Error).message });
    });
  }
}

/**
 * The archive of one's own organization: everything that it has, as one text that anybody can verify. Taking it is an entry of the log, and
 * every page is read through the door: whoever loses the right while it is taken gets no further.
 */
import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/refusal.js';
import { ArchiveText } from '../domain/tenant-archive.js';
import { archiveLines, type Read } from '../platform/archive-lines.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';

/** So often an hour one account may take it, on all servers together. */
export const MOST_AN_HOUR = 3;

@Injectable()
export class ArchiveService {
  constructor(private readonly work: UnitOfWork) {}

  /** Line by line, each made when the reader asks for it. The first one is given once it was found that it may be taken. */
  async* text(ctx: RequestContext): AsyncGenerator<string> {
    await this.work.write(ctx, 'archive.take', (tx) => countTaking(tx));
    const read: Read = (sql, parameters) => this.work.read(ctx, 'archive.take', (scope) => scope.query(sql, parameters));
    const [tenant] = await read<{ id: string; name: string }>('select tenant_id as id, name from identity.tenants where tenant_id = $1', [ctx.tenantId]);
    const archive = new ArchiveText();
    for await (const line of archiveLines(read, { id: ctx.tenantId, name: tenant?.name ?? '' })) yield archive.line(line);
    yield archive.end();
  }
}

/** Rolled back where it is refused, so that a refused one counts for nothing. */
async function countTaking(tx: Tx): Promise<void> {
  const [counted] = await tx.query<{ taken: number; seconds: number }>(`
    insert into archive_readings as r (principal_id, hour, taken) values ($1, date_trunc('hour', clock_timestamp(), 'UTC'), 1)
    on conflict (tenant_id, principal_id, hour) do update set taken = r.taken + 1
    returning taken, ceil(extract(epoch from hour + interval '1 hour' - clock_timestamp()))::int as seconds`, [tx.actor.id]);
  if ((counted?.taken ?? 0) > MOST_AN_HOUR) {
    throw new Refusal('TOO_MANY_REQUESTS', { message: `The archive is taken at most ${String(MOST_AN_HOUR)} times an hour.`, retryAfter: Math.max(1, counted?.seconds ?? 1), next: 'Use the one that you took, or wait.' });
  }
  tx.note('tenant.exported', { type: 'Tenant', id: tx.ctx.tenantId, version: null });
}

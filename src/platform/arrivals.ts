/** Who arrives: the few questions that are asked of the database before a tenant or an account is known. */
import { Inject, Injectable } from '@nestjs/common';
import { asRefusal, DATABASE, type Database } from './database.js';
import { openReads, openReadsIn, type ReadSession } from './entering.js';
import type { RequestContext } from './request-context.js';
import type { SharedReads } from './shared-reads.js';

/** The functions that answer without a tenant, each with one row at most; their rights are the exemption list of the schema. */
type Question = 'audit.find_issuer';

@Injectable()
export class Arrivals {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async ask(question: Question, parameters: readonly unknown[]): Promise<Readonly<Record<string, unknown>> | null> {
    const places = parameters.map((_, i) => `$${String(i + 1)}`).join(', ');
    const rows = await this.database.query<Readonly<Record<string, unknown>>[]>(`select * from ${question}(${places})`, [...parameters]).catch(refuseInstead);
    return rows[0] ?? null;
  }

  /** A reading transaction as this subject of this issuer in this organization; null = nobody there. */
  async enterIn(tenantId: string, issuer: string, subject: string): Promise<ReadSession | null> {
    return openReadsIn(this.database, { tenantId, issuer, subject }).catch(refuseInstead);
  }

  /** A reading transaction as this account. */
  async enter(account: Pick<RequestContext, 'tenantId' | 'principalId'>): Promise<ReadSession> {
    return openReads(this.database, account).catch(refuseInstead);
  }

  /** What was read on arrival is the beginning of what the request reads, where its reads are shared. */
  async hand(session: ReadSession, reads: SharedReads | null): Promise<void> {
    if (reads === null) await session.end();
    else reads.begin(session);
  }
}

function refuseInstead(error: unknown): never {
  throw asRefusal(error) ?? error;
}

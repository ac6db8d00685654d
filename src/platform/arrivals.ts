/** Who arrives: the few questions that are asked of the database before a tenant or an account is known. */
import { Inject, Injectable } from '@nestjs/common';
import { asRefusal, DATABASE, type Database } from './database.js';
import { openReads, openReadsIn, type ReadSession } from './entering.js';
import type { RequestContext } from './request-context.js';
import type { SharedReads } from './shared-reads.js';

/** The functions that answer without a tenant, each with one row at most; their rights are the exemption list of the schema. */
type Question = 'audit.find_issuer' | 'audit.find_api_key';
type Row = Readonly<Record<string, unknown>>;

@Injectable()
export class Arrivals {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  async ask(question: Question, parameters: readonly unknown[]): Promise<Row | null> {
    const [row] = await this.#rows(question, parameters);
    return row ?? null;
  }

  /** The active rules about this id of a platform, in the organization that trusts it. */
  async rulesOf(tenantId: string, issuerId: string, boundId: string): Promise<Row[]> {
    return this.#rows('identity.rules_of', [tenantId, issuerId, boundId]);
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

  async #rows(name: string, parameters: readonly unknown[]): Promise<Row[]> {
    const places = parameters.map((_, i) => `$${String(i + 1)}`).join(', ');
    return this.database.query<Row[]>(`select * from ${name}(${places})`, [...parameters]).catch(refuseInstead);
  }
}

function refuseInstead(error: unknown): never {
  throw asRefusal(error) ?? error;
}

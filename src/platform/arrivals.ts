/** Who arrives: the few questions that are asked of the database before a tenant or an account is known. */
import { Injectable } from '@nestjs/common';
import { asRefusal } from './database.js';
import { openReads, openReadsIn, type ReadSession } from './entering.js';
import { Pools } from './pools.js';
import type { RequestContext } from './request-context.js';
import type { SharedReads } from './shared-reads.js';

/** The functions that answer without a tenant, each with one row at most; their rights are the exemption list of the schema. */
type Question = 'audit.find_issuer' | 'audit.find_api_key';
/** Whose question it is. */
type Asking = Pick<RequestContext, 'pool'>;
type Row = Readonly<Record<string, unknown>>;

@Injectable()
export class Arrivals {
  constructor(private readonly pools: Pools) {}

  async ask(by: Asking, question: Question, parameters: readonly unknown[]): Promise<Row | null> {
    const [row] = await this.#rows(by, question, parameters);
    return row ?? null;
  }

  /** The active rules about this id of a platform, in the organization that trusts it. */
  async rulesOf(by: Asking, tenantId: string, issuerId: string, boundId: string): Promise<Row[]> {
    return this.#rows(by, 'identity.rules_of', [tenantId, issuerId, boundId]);
  }

  /** A reading transaction as this subject of this issuer in this organization; null = nobody there. */
  async enterIn(by: Asking, tenantId: string, issuer: string, subject: string): Promise<ReadSession | null> {
    return openReadsIn(this.pools.of(by), { tenantId, issuer, subject }).catch(refuseInstead);
  }

  /** A reading transaction as this account, whose credential was looked at just now. */
  async enter(account: Pick<RequestContext, 'tenantId' | 'principalId' | 'pool'>): Promise<ReadSession> {
    return openReads(this.pools.of(account), { ...account, believedBy: [] }).catch(refuseInstead);
  }

  /** What was read on arrival is the beginning of what the request reads, where its reads are shared. */
  async hand(session: ReadSession, reads: SharedReads | null): Promise<void> {
    if (reads === null) await session.end();
    else reads.begin(session);
  }

  async #rows(by: Asking, name: string, parameters: readonly unknown[]): Promise<Row[]> {
    const places = parameters.map((_, i) => `$${String(i + 1)}`).join(', ');
    return this.pools.of(by).query<Row[]>(`select * from ${name}(${places})`, [...parameters]).catch(refuseInstead);
  }
}

function refuseInstead(error: unknown): never {
  throw asRefusal(error) ?? error;
}

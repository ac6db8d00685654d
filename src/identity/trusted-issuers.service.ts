/** Trusted issuers: registered, changed and retired by administrators. Each change counts from the next request on, on every server. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import { changeIssuer, registerIssuer, requireRoomForIssuer, retireIssuer, type IssuerChange, type IssuerInput, type IssuerKind, type TrustedIssuer } from '../domain/trusted-issuer.js';
import { Refusal } from '../domain/refusal.js';
import { equals, given, type Condition } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { Outgoing } from '../platform/outgoing/outgoing.js';
import { NEWEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { AccountChange } from './accounts.service.js';
import { TrustedIssuerTable } from './trusted-issuer.table.js';

export interface IssuerFilter { readonly kind?: IssuerKind | null; readonly active?: boolean | null }

@Injectable()
export class TrustedIssuersService {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists, private readonly outgoing: Outgoing) {}

  /** `shared`: whether the operator, who opens an organization, says that others may believe the same issuer. */
  async register(ctx: RequestContext, input: IssuerInput, shared = false): Promise<Stored<TrustedIssuer>> {
    return this.work.write(ctx, 'identity.trust', async (tx) => {
      const decided = registerIssuer({ id: tx.newId(), number: '' }, input, this.#by(tx));
      await refuseBelievedElsewhere(tx, decided.next, shared);
      const number = await tx.nextNumber(TrustedIssuerTable);
      // After the number, for which two writers wait in turn: so many at once are counted, too.
      requireRoomForIssuer(await activeIssuers(tx));
      return tx.put(TrustedIssuerTable, { ...decided, next: { ...decided.next, number } });
    });
  }

  async change(ctx: RequestContext, which: AccountChange, change: IssuerChange, reason: string): Promise<Stored<TrustedIssuer>> {
    return this.work.write(ctx, 'identity.trust', async (tx) => {
      const issuer = await tx.lock(TrustedIssuerTable, which.id, which.expectedVersion);
      const decided = changeIssuer(issuer, change, reason, this.#by(tx));
      if (decided.next.audience !== issuer.audience) await refuseBelievedElsewhere(tx, decided.next, false);
      return tx.put(TrustedIssuerTable, decided, issuer);
    });
  }

  async retire(ctx: RequestContext, which: AccountChange, reason: string): Promise<Stored<TrustedIssuer>> {
    return this.work.write(ctx, 'identity.trust', async (tx) => {
      const issuer = await tx.lock(TrustedIssuerTable, which.id, which.expectedVersion);
      return tx.put(TrustedIssuerTable, retireIssuer(issuer, reason), issuer);
    });
  }

  async issuer(ctx: RequestContext, id: string): Promise<Stored<TrustedIssuer>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(TrustedIssuerTable, id));
  }

  async issuersByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<TrustedIssuer>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(TrustedIssuerTable, ids));
  }

  async issuers(ctx: RequestContext, filter: IssuerFilter, request: PageRequest): Promise<Page<Stored<TrustedIssuer>>> {
    const conditions = [given(filter.kind, (kind) => equals('kind', kind)), given(filter.active, (active) => equals('state', active ? 'ACTIVE' : 'RETIRED'))];
    return this.lists.page(ctx, { table: TrustedIssuerTable, conditions: conditions.filter((condition): condition is Condition => condition !== null), order: NEWEST }, request);
  }

  #by(tx: Tx): { personId: string; now: string; loopback: boolean } {
    return { personId: tx.personId, now: tx.now, loopback: this.outgoing.loopback };
  }
}

async function activeIssuers(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ active: number }>("select count(*)::int as active from trusted_issuers where tenant_id = identity.current_tenant() and state = 'ACTIVE'");
  return row?.active ?? 0;
}

/**
 * Whoever else claimed the tokens of these people and jobs would sign them in, or keep them out: an audience is one organization's alone, and so is an
 * issuer of people, whose tokens name audiences that nobody here has chosen. The answer is the same in both cases: it tells no more than it has to.
 */
async function refuseBelievedElsewhere(tx: Tx, { issuer, audience, kind }: TrustedIssuer, shared: boolean): Promise<void> {
  const [row] = await tx.query<{ taken: boolean }>('select audit.is_believed_elsewhere($1, $2, $3) as taken', [issuer, audience, shared ? null : kind]);
  if (row?.taken !== true) return;
  const facts = kind === 'PEOPLE'
    ? { field: 'input.issuer', message: 'Another organization of this server believes this issuer.', next: 'Register an issuer that is yours alone, such as a realm of your own, or ask whoever operates the server: only they let organizations share one.' }
    : { field: 'input.audience', message: 'Tokens of this issuer for this audience are those of another organization.', next: 'Have your jobs ask for an audience that is yours alone, and register that.' };
  throw new Refusal('ALREADY_EXISTS', { subject: 'TrustedIssuer', ...facts });
}

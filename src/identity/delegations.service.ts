/** Delegations: made by whoever is away, ended by either of the two or an administrator, listed for all. */
import { Injectable } from '@nestjs/common';
import { delegate, revokeDelegation, type Delegation, type DelegationInput } from '../domain/delegation.js';
import type { Stored } from '../domain/package.js';
import { after, equals, referring, upTo, type Condition } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { NEWEST, type Order, type Page, type PageRequest } from '../platform/paging.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { AccountChange } from './accounts.service.js';
import { DelegationTable } from './delegation.table.js';
import { resolvePerson } from './people.service.js';
import { resolveSystems } from './systems-named.js';

/** The delegate is named by handle, user number or person id. */
export type DelegateInput = Omit<DelegationInput, 'systemIds'> & { readonly to: string; readonly systems: readonly string[] | null };

export interface DelegationFilter { readonly from?: string | null; readonly to?: string | null; readonly live?: boolean | null }
const ORDERS = { NEWEST, EXPIRES: { name: 'EXPIRES', descending: false, key: { column: 'validUntil', type: 'instant' } } } as const satisfies Record<string, Order>;
export type DelegationSort = keyof typeof ORDERS;

@Injectable()
export class DelegationsService {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async delegate(ctx: RequestContext, { to, systems, ...input }: DelegateInput): Promise<Stored<Delegation>> {
    return this.work.write(ctx, 'delegation.make', async (tx) => {
      const toPersonId = await resolvePerson(tx, to, 'to');
      const systemIds = systems === null ? null : await resolveSystems(tx, systems, 'systems');
      const about = { lenders: await tx.all(PrincipalTable, { personId: tx.personId }), delegates: await tx.all(PrincipalTable, { personId: toPersonId }), clock: tx.clock() };
      const identity = { id: tx.newId(), fromPersonId: tx.personId, toPersonId, number: await tx.nextNumber(DelegationTable) };
      return tx.put(DelegationTable, delegate(identity, about, { ...input, systemIds }));
    });
  }

  async revoke(ctx: RequestContext, change: AccountChange, reason: string): Promise<Stored<Delegation>> {
    return this.work.write(ctx, 'delegation.end', async (tx) => {
      const delegation = await tx.lock(DelegationTable, change.id, change.expectedVersion);
      return tx.put(DelegationTable, revokeDelegation(delegation, reason, { principal: tx.actor, clock: tx.clock() }), delegation);
    });
  }

  async delegation(ctx: RequestContext, id: string): Promise<Stored<Delegation>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(DelegationTable, id));
  }

  async delegationsByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Delegation>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(DelegationTable, ids));
  }

  async delegations(ctx: RequestContext, filter: DelegationFilter, sort: DelegationSort, request: PageRequest): Promise<Page<Stored<Delegation>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope): Promise<Condition[]> => [
      ...await referring('fromPersonId', filter.from, (from) => personOf(scope, from, 'from')),
      ...await referring('toPersonId', filter.to, (to) => personOf(scope, to, 'to')),
      ...(filter.live === true ? [equals('state', 'ACTIVE'), upTo('validFrom', scope.now), after('validUntil', scope.now)] : []),
    ]);
    return this.lists.page(ctx, { table: DelegationTable, conditions, order: ORDERS[sort] }, request);
  }

  /** What this person lent, or what was lent to them; read together with those of all other persons of the same answer. */
  async delegationsOf(ctx: RequestContext, column: 'fromPersonId' | 'toPersonId', personId: string, request: PageRequest): Promise<Page<Stored<Delegation>>> {
    return this.lists.pageOf(ctx, { table: DelegationTable, conditions: [], order: NEWEST }, { column, id: personId }, request);
  }

  /** The time by which a delegation has begun, or is over. */
  async now(ctx: RequestContext): Promise<string> {
    return this.work.read(ctx, 'register.read', (scope) => Promise.resolve(scope.now));
  }
}

async function personOf(scope: ReadScope, reference: string, field: string): Promise<string> {
  return reference === 'me' ? scope.personId : resolvePerson(scope, reference, field);
}

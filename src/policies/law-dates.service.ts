/** Dates of law: confirmed by people who review the law, listed for all. */
import { Injectable } from '@nestjs/common';
import { confirmLawDate, revokeLawDate, type LawDateConfirmation, type LawDateInput } from '../domain/law-date-confirmation.js';
import type { Stored } from '../domain/package.js';
import { checkReference } from '../domain/taxonomy.js';
import { equals, given, type Condition } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { loadOne } from '../platform/loading.js';
import { NEWEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { Change } from '../systems/systems.service.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { LawDateTable } from './law-date.table.js';
import { recordedDays } from './legal-obligations.js';

export interface LawDateFilter { readonly reference?: string | null; readonly state?: LawDateConfirmation['state'] | null }

@Injectable()
export class LawDatesService {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists, private readonly taxonomies: CatalogueService) {}

  async confirm(ctx: RequestContext, input: LawDateInput): Promise<Stored<LawDateConfirmation>> {
    return this.work.write(ctx, 'lawDate.confirm', async (tx) => {
      const { catalogues } = this.taxonomies;
      const reference = checkReference(input.reference, 'input.reference', catalogues);
      const identity = { id: tx.newId(), number: await tx.nextNumber(LawDateTable) };
      return tx.put(LawDateTable, confirmLawDate(identity, { ...input, reference }, recordedDays(reference, catalogues), by(tx)));
    });
  }

  async revoke(ctx: RequestContext, change: Change, reason: string): Promise<Stored<LawDateConfirmation>> {
    return this.work.write(ctx, 'lawDate.confirm', async (tx) => {
      const confirmation = await tx.lock(LawDateTable, change.id, change.expectedVersion);
      return tx.put(LawDateTable, revokeLawDate(confirmation, reason, by(tx)), confirmation);
    });
  }

  async confirmation(ctx: RequestContext, id: string): Promise<Stored<LawDateConfirmation>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(LawDateTable, id));
  }

  async confirmations(ctx: RequestContext, filter: LawDateFilter, request: PageRequest): Promise<Page<Stored<LawDateConfirmation>>> {
    const conditions = [given(filter.reference, (reference) => equals('reference', reference)), given(filter.state, (state) => equals('state', state))];
    return this.lists.page(ctx, { table: LawDateTable, conditions: conditions.filter((condition): condition is Condition => condition !== null), order: NEWEST }, request);
  }

  /** All that nobody took back, read once for everything that is shown together. */
  async standing(ctx: RequestContext): Promise<readonly Stored<LawDateConfirmation>[]> {
    const found = await loadOne(ctx, 'dates of law', 'all', async (keys) => {
      const standing = await this.work.read(ctx, 'register.read', (scope) => scope.all(LawDateTable, { state: 'CONFIRMED' }));
      return new Map(keys.map((key) => [key, { standing }]));
    });
    return found?.standing ?? [];
  }
}

function by(tx: Tx): Parameters<typeof revokeLawDate>[2] {
  return { principal: tx.actor, personId: tx.personId, clock: tx.clock() };
}

/** Many changes in one request: each is a command of its own, with a transaction, an entry and a refusal of its own. */
import { Injectable, Logger } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { Risk, TreatmentOption } from '../domain/risk.js';
import { keyedItem } from '../platform/idempotency-key.js';
import type { RequestContext } from '../platform/request-context.js';
import { RisksQueries } from '../risks/risks.queries.js';
import { RisksService } from '../risks/risks.service.js';
import type { Change } from '../systems/systems.service.js';
import { ConfirmationsService } from './confirmations.service.js';

export const BULK_ACTIONS = ['SUBMIT', 'CONFIRM', 'REOPEN', 'CLOSE', 'REJECT', 'ASSIGN', 'PLAN_TREATMENT'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export interface BulkChange extends Change { readonly action: BulkAction; readonly reason: string | null; readonly owner: string | null; readonly option: TreatmentOption | null }
export interface BulkResult { readonly id: string; readonly risk: Stored<Risk> | null; readonly refusal: Refusal | null }

@Injectable()
export class BulkChangesService {
  readonly #logger = new Logger(BulkChangesService.name);

  constructor(private readonly risks: RisksService, private readonly queries: RisksQueries, private readonly confirmations: ConfirmationsService) {}

  async change(ctx: RequestContext, changes: readonly BulkChange[]): Promise<BulkResult[]> {
    const [results, seen]: [BulkResult[], Set<string>] = [[], new Set()];
    for (const change of changes) results.push(await this.#one(ctx, change, seen));
    return results;
  }

  async #one(ctx: RequestContext, change: BulkChange, seen: Set<string>): Promise<BulkResult> {
    try {
      const { id } = await this.queries.risk(ctx, change.id);
      if (seen.has(id)) throw new Refusal('INVALID_INPUT', { field: 'id', message: 'An item before this one names the same risk.', next: 'Change a risk once in a request.' });
      seen.add(id);
      return { id: change.id, risk: await this.#command(keyedItem(ctx, id), { ...change, id }), refusal: null };
    } catch (error) {
      // What was done before stays done, and must be told: an error of the server is the result of this item alone.
      if (!(error instanceof Refusal)) this.#logger.error({ msg: 'unexpected error', error: error instanceof Error ? error.stack : String(error) });
      return { id: change.id, risk: null, refusal: error instanceof Refusal ? error : new Refusal('INTERNAL_ERROR', { message: 'Something went wrong on the server; it was logged.' }) };
    }
  }

  async #command(ctx: RequestContext, change: BulkChange): Promise<Stored<Risk>> {
    const { id, expectedVersion, action } = change;
    const target: Change = { id, expectedVersion };
    switch (action) {
      case 'SUBMIT': return this.risks.submit(ctx, target);
      case 'CONFIRM': return this.confirmations.confirm(ctx, target);
      case 'REOPEN': return this.risks.turn(ctx, target, 'reopen', needed(change, 'reason'));
      case 'CLOSE': return this.risks.turn(ctx, target, 'close', needed(change, 'reason'));
      case 'REJECT': return this.risks.turn(ctx, target, 'reject', needed(change, 'reason'));
      case 'ASSIGN': return this.risks.edit(ctx, target, { owner: needed(change, 'owner') });
      case 'PLAN_TREATMENT': return this.risks.planTreatment(ctx, target, needed(change, 'option'), needed(change, 'reason'));
    }
  }
}

function needed<Field extends 'reason' | 'owner' | 'option'>(change: BulkChange, field: Field): NonNullable<BulkChange[Field]> {
  const value = change[field];
  if (value === null) throw new Refusal('INVALID_INPUT', { field, message: `${change.action} needs ${field}.` });
  return value;
}

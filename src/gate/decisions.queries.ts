/** Recorded decisions, listed. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import type { Verdict } from '../domain/gate.js';
import type { GateDecision } from '../domain/gate-decision.js';
import type { ReasonCode } from '../domain/gate-question.js';
import type { Stored } from '../domain/package.js';
import { resolveAccount } from '../identity/people.service.js';
import { among, anyOf, from, referring, upTo, type Condition } from '../platform/conditions.js';
import { Lists, type Parent } from '../platform/lists.js';
import { byId, loadOne } from '../platform/loading.js';
import type { Order, Page, PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { environmentByName } from '../systems/releases.service.js';
import { SystemTable } from '../systems/system.table.js';
import { DecisionTable } from './gate.table.js';

export interface DecisionFilter {
  readonly system?: string | null;
  readonly environment?: string | null;
  readonly verdicts?: readonly Verdict[] | null;
  readonly reason?: ReasonCode | null;
  readonly caller?: string | null;
  readonly from?: Instant | null;
  readonly to?: Instant | null;
}

const ORDERS = { NEWEST: { name: 'NEWEST', descending: true, key: { column: 'decidedAt', type: 'instant' } } } as const satisfies Record<string, Order>;
export type DecisionSort = keyof typeof ORDERS;

const REASONS = { table: 'gate_decision_reasons', key: 'decisionId', column: 'code' };

@Injectable()
export class DecisionsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async decisions(ctx: RequestContext, filter: DecisionFilter, sort: DecisionSort, request: PageRequest): Promise<Page<Stored<GateDecision>>> {
    const conditions = await this.work.read(ctx, 'register.read', (scope) => conditionsOf(scope, filter));
    return this.lists.page(ctx, { table: DecisionTable, conditions, order: ORDERS[sort] }, request);
  }

  /** Read together with all others that this answer asks for. */
  async byId(ctx: RequestContext, id: string): Promise<Stored<GateDecision> | null> {
    return loadOne(ctx, 'decision', id, async (ids) => byId(await this.work.read(ctx, 'register.read', (scope) => scope.byIds(DecisionTable, ids))));
  }

  async decisionsOf(ctx: RequestContext, parent: Parent, request: PageRequest): Promise<Page<Stored<GateDecision>>> {
    return this.lists.pageOf(ctx, { table: DecisionTable, conditions: [], order: ORDERS.NEWEST }, parent, request);
  }
}

async function conditionsOf(scope: ReadScope, filter: DecisionFilter): Promise<Condition[]> {
  return [
    ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
    ...await referring('environmentId', filter.environment, async (environment) => (await environmentByName(scope, environment)).id),
    ...await referring('callerId', filter.caller, (caller) => resolveAccount(scope, caller, 'caller')),
    ...(filter.verdicts ? [anyOf('verdict', filter.verdicts)] : []),
    ...(filter.reason ? [among('id', REASONS, [filter.reason])] : []),
    ...timeConditions(filter),
  ];
}

function timeConditions(filter: DecisionFilter): Condition[] {
  return [...(filter.from ? [from('decidedAt', filter.from)] : []), ...(filter.to ? [upTo('decidedAt', filter.to)] : [])];
}

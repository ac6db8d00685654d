/** Conditions: shown to be fulfilled by their owner, confirmed by somebody else. They are imposed with what bears them, and never changed. */
import { Injectable } from '@nestjs/common';
import type { Permission } from '../domain/actor.js';
import { confirmCondition, fulfilCondition, type Condition, type Obligation } from '../domain/condition.js';
import type { Decided } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { evidenceOfSystem } from '../evidence/evidence.service.js';
import { withSuccessors } from '../evidence/evidence.queries.js';
import { resolvePerson } from '../identity/people.service.js';
import { holdStill } from '../platform/epochs.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { ConditionTable } from './condition.table.js';

/** What is asked for, with its owner named as clients name people. */
export type ConditionInput = Omit<Obligation, 'ownerId'> & { readonly owner: string };

@Injectable()
export class ConditionsService {
  constructor(private readonly work: UnitOfWork) {}

  async fulfil(ctx: RequestContext, change: Change, evidence: readonly string[]): Promise<Stored<Condition>> {
    return this.#change(ctx, 'condition.fulfil', change, async (condition, tx) => (
      fulfilCondition(condition, { personId: tx.personId, clock: tx.clock() }, await evidenceOfSystem(tx, condition.systemId, evidence))));
  }

  /** Confirmed for good: whatever of what is looked at here changes before that is written down, it is looked at again. */
  async confirm(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Condition>> {
    return this.#change(ctx, 'condition.confirm', change, async (condition, tx) => {
      await holdStill(tx, [condition.systemId]);
      const judge = { principal: tx.actor, system: await tx.get(SystemTable, condition.systemId), evidence: await withSuccessors(tx, condition.evidenceIds), clock: tx.clock() };
      return confirmCondition(condition, judge, reason);
    });
  }

  /** Load and lock, decide, put. */
  async #change(ctx: RequestContext, permission: Permission, change: Change, decide: (condition: Stored<Condition>, tx: Tx) => Promise<Decided<Condition>>): Promise<Stored<Condition>> {
    return this.work.write(ctx, permission, async (tx) => {
      const condition = await tx.lock(ConditionTable, change.id, change.expectedVersion);
      tx.requireFor(permission, condition.systemId);
      return tx.put(ConditionTable, await decide(condition, tx), condition);
    });
  }
}

export async function resolveObligations(scope: ReadScope, conditions: readonly ConditionInput[]): Promise<Obligation[]> {
  const resolved: Obligation[] = [];
  for (const [i, { owner, ...condition }] of conditions.entries()) resolved.push({ ...condition, ownerId: await resolvePerson(scope, owner, `conditions.${String(i)}.owner`) });
  return resolved;
}

/** One new id and number for each. */
export async function newConditions(tx: Tx, count: number): Promise<Pick<Condition, 'id' | 'number'>[]> {
  const identities: Pick<Condition, 'id' | 'number'>[] = [];
  while (identities.length < count) identities.push({ id: tx.newId(), number: await tx.nextNumber(ConditionTable) });
  return identities;
}

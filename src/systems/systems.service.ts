/** The inventory: registers AI systems, changes them, sets their tier, suspends and retires them. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import { editSystem, operateSystem, registerSystem, type AiSystem, type SystemDescription, type SystemOperation } from '../domain/system.js';
import { answerQuestionnaire, assessTier, type GivenAnswers, type TierJudgement } from '../domain/tier-assessment.js';
import { resolvePerson } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { QUESTIONNAIRE } from './shipped-questionnaire.js';
import { SystemTable } from './system.table.js';

/** A description in which people are named by handle, user number or person id. */
export type SystemInput = Omit<SystemDescription, 'ownerId' | 'developerIds'> & { readonly owner: string; readonly developers: readonly string[] };
export interface Change { readonly id: string; readonly expectedVersion: number }

@Injectable()
export class SystemsService {
  constructor(private readonly work: UnitOfWork) {}

  async register(ctx: RequestContext, input: SystemInput): Promise<Stored<AiSystem>> {
    return this.work.write(ctx, 'system.register', async (tx) => {
      const description = { ...input, ...await resolvePeople(tx, input) } as SystemDescription;
      return tx.put(SystemTable, registerSystem({ id: tx.newId(), number: await tx.nextNumber(SystemTable) }, tx.personId, description));
    });
  }

  async edit(ctx: RequestContext, change: Change, input: Partial<SystemInput>): Promise<Stored<AiSystem>> {
    return this.work.write(ctx, 'system.edit', async (tx) => {
      const system = await tx.lock(SystemTable, change.id, change.expectedVersion);
      tx.requireFor('system.edit', system.id);
      return tx.put(SystemTable, editSystem(system, { personId: tx.personId, at: tx.now }, { ...given(input), ...await resolvePeople(tx, input) }), system);
    });
  }

  async answer(ctx: RequestContext, change: Change, given: GivenAnswers): Promise<Stored<AiSystem>> {
    return this.work.write(ctx, 'system.edit', async (tx) => {
      const system = await tx.lock(SystemTable, change.id, change.expectedVersion);
      tx.requireFor('system.edit', system.id);
      return tx.put(SystemTable, answerQuestionnaire(system, QUESTIONNAIRE, given, { personId: tx.personId, at: tx.now }), system);
    });
  }

  async assessTier(ctx: RequestContext, change: Change, input: Pick<TierJudgement, 'tier' | 'euClass' | 'flags' | 'rationale'>): Promise<Stored<AiSystem>> {
    return this.work.write(ctx, 'system.tier', async (tx) => {
      const system = await tx.lock(SystemTable, change.id, change.expectedVersion);
      tx.requireFor('system.tier', system.id);
      const { tier, euClass, flags, rationale } = input;
      return tx.put(SystemTable, assessTier(system, QUESTIONNAIRE, { tier, euClass, flags, rationale, assessedBy: tx.personId, at: tx.now }), system);
    });
  }

  async operate(ctx: RequestContext, change: Change, action: SystemOperation, reason: string): Promise<Stored<AiSystem>> {
    return this.work.write(ctx, 'system.operate', async (tx) => {
      const system = await tx.lock(SystemTable, change.id, change.expectedVersion);
      tx.requireFor('system.operate', system.id);
      return tx.put(SystemTable, operateSystem(system, action, reason), system);
    });
  }
}

async function resolvePeople(scope: ReadScope, input: Partial<SystemInput>): Promise<Partial<SystemDescription>> {
  const ownerId = input.owner === undefined ? undefined : await resolvePerson(scope, input.owner, 'owner');
  const developerIds: string[] = [];
  for (const [i, developer] of (input.developers ?? []).entries()) developerIds.push(await resolvePerson(scope, developer, `developers.${String(i)}`));
  return { ...(ownerId !== undefined && { ownerId }), ...(input.developers !== undefined && { developerIds }) };
}

function given(input: Partial<SystemInput>): Partial<SystemDescription> {
  const { owner: _owner, developers: _developers, ...rest } = input;
  return rest;
}

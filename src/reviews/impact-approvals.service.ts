/** Impact assessments as their lane sees them: approved for the time that the policy allows, or given back. */
import { Injectable } from '@nestjs/common';
import { classificationOf } from '../domain/classification.js';
import type { Instant } from '../domain/clock.js';
import type { Decided } from '../domain/events.js';
import { approveAssessment, returnAssessment, type ImpactAssessment } from '../domain/impact-assessment.js';
import type { Stored } from '../domain/package.js';
import { ImpactTable } from '../impacts/impact.table.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';

@Injectable()
export class ImpactApprovalsService {
  constructor(private readonly work: UnitOfWork) {}

  async approve(ctx: RequestContext, change: Change, validUntil: Instant | null): Promise<Stored<ImpactAssessment>> {
    return this.#judge(ctx, change, async (assessment, tx) => {
      const system = await tx.get(SystemTable, assessment.systemId);
      const days = (await policiesInForce(tx)).validityDays(classificationOf(system).tier);
      return approveAssessment(assessment, { principal: tx.actor, clock: tx.clock() }, system, { days, validUntil });
    });
  }

  async giveBack(ctx: RequestContext, change: Change, reason: string): Promise<Stored<ImpactAssessment>> {
    return this.#judge(ctx, change, (assessment, tx) => returnAssessment(assessment, { principal: tx.actor, clock: tx.clock() }, reason));
  }

  async #judge(ctx: RequestContext, change: Change, decide: (assessment: Stored<ImpactAssessment>, tx: Tx) => Decided<ImpactAssessment> | Promise<Decided<ImpactAssessment>>): Promise<Stored<ImpactAssessment>> {
    return this.work.write(ctx, 'impact.judge', async (tx) => {
      const assessment = await tx.lock(ImpactTable, change.id, change.expectedVersion);
      tx.requireFor('impact.judge', assessment.systemId);
      return tx.put(ImpactTable, await decide(assessment, tx), assessment);
    });
  }
}

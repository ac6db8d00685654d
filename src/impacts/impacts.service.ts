/** Impact assessments as their authors see them: drafted, answered, handed in, revised, withdrawn. Their lane judges them later, in the reviews. */
import { Injectable } from '@nestjs/common';
import type { Decided } from '../domain/events.js';
import { answerElements, draftAssessment, reviseAssessment, submitAssessment, withdrawAssessment, type ImpactAnswer, type ImpactAssessment } from '../domain/impact-assessment.js';
import type { ImpactKind } from '../domain/impact-elements.js';
import type { Stored } from '../domain/package.js';
import { evidenceOfSystem } from '../evidence/evidence.service.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { ImpactTable } from './impact.table.js';

@Injectable()
export class ImpactsService {
  constructor(private readonly work: UnitOfWork) {}

  /** A system has one of each kind; the database refuses a second one. */
  async draft(ctx: RequestContext, systemRef: string, kind: ImpactKind): Promise<Stored<ImpactAssessment>> {
    return this.work.write(ctx, 'impact.write', async (tx) => {
      const system = await tx.get(SystemTable, systemRef);
      tx.requireFor('impact.write', system.id);
      const identity = { id: tx.newId(), draftedAt: tx.now, number: await tx.nextNumber(ImpactTable) };
      return tx.put(ImpactTable, draftAssessment(identity, { system, kind }, tx.personId));
    });
  }

  async answer(ctx: RequestContext, change: Change, input: { answers: readonly ImpactAnswer[]; evidence: readonly string[] | null }): Promise<Stored<ImpactAssessment>> {
    return this.#change(ctx, change, async (assessment, tx) => {
      const evidenceIds = input.evidence === null ? null : await evidenceOfSystem(tx, assessment.systemId, input.evidence, 'input.evidence');
      return answerElements(assessment, tx.personId, { answers: input.answers, evidenceIds });
    });
  }

  async submit(ctx: RequestContext, change: Change): Promise<Stored<ImpactAssessment>> {
    return this.#change(ctx, change, (assessment, tx) => submitAssessment(assessment, { personId: tx.personId, at: tx.now }));
  }

  async revise(ctx: RequestContext, change: Change, reason: string): Promise<Stored<ImpactAssessment>> {
    return this.#change(ctx, change, (assessment) => reviseAssessment(assessment, reason));
  }

  async withdraw(ctx: RequestContext, change: Change, reason: string): Promise<Stored<ImpactAssessment>> {
    return this.#change(ctx, change, (assessment) => withdrawAssessment(assessment, reason));
  }

  /** Load and lock, decide, put. */
  async #change(ctx: RequestContext, change: Change, decide: (assessment: Stored<ImpactAssessment>, tx: Tx) => Decided<ImpactAssessment> | Promise<Decided<ImpactAssessment>>): Promise<Stored<ImpactAssessment>> {
    return this.work.write(ctx, 'impact.write', async (tx) => {
      const assessment = await tx.lock(ImpactTable, change.id, change.expectedVersion);
      tx.requireFor('impact.write', assessment.systemId);
      return tx.put(ImpactTable, await decide(assessment, tx), assessment);
    });
  }
}

/** What the gate would say if something were otherwise: the facts of now with a few of them replaced, judged twice, written nowhere. */
import { Injectable } from '@nestjs/common';
import type { GateQuestion, Reason } from '../domain/gate-question.js';
import { onlyIn, suppose, type Supposed } from '../domain/gate-what-if.js';
import { checkAgainstType } from '../evidence/catalogue/evidence-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { refusedInText } from '../policies/placed-refusals.js';
import { PolicyTable } from '../policies/policy.table.js';
import { dryAnswer, type Answer } from './answer.js';
import { loadFacts } from './gate.facts.js';
import { LiveFacts } from './live-facts.js';

/** Policies are named by id or number. */
export type Changes = Omit<Supposed, 'policy'> & { readonly policy: string | null };

export interface WhatIf {
  readonly now: Answer;
  readonly then: Answer;
  /** What blocks now and would not, and the other way round. */
  readonly lifted: readonly Reason[];
  readonly added: readonly Reason[];
}

@Injectable()
export class WhatIfService {
  constructor(private readonly work: UnitOfWork) {}

  async ask(ctx: RequestContext, question: GateQuestion, { policy, ...changes }: Changes): Promise<WhatIf> {
    // What could never be handed in would promise an answer that never comes.
    for (const [index, { type, payload }] of changes.evidence.entries()) checkAgainstType(type, payload, `evidence[${String(index)}].`);
    return this.work.read(ctx, 'gate.dryRun', async (scope) => {
      const supposing = policy === null ? null : await scope.get(PolicyTable, policy);
      const facts = await loadFacts(new LiveFacts(scope), question, { callerId: ctx.principalId, now: scope.now, supposing });
      const supposed = suppose(facts, { ...changes, policy: supposing }, scope.now);
      const [now, then] = [dryAnswer(facts, scope.now), dryAnswer(supposed, scope.now)];
      return { now, then, lifted: onlyIn(now.decision.reasons, then.decision.reasons), added: onlyIn(then.decision.reasons, now.decision.reasons) };
    }).catch((error: unknown) => refusedInText(error, policy ?? '', (act) => this.work.read(ctx, 'gate.dryRun', act)));
  }
}

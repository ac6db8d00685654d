/** GraphQL entry points for looking ahead: what the gate would say on a day to come, and what it takes until it says yes. */
import { Args, Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { DateTime } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { GatePlanModel, showPlan } from './foresight.graphql.js';
import { parseQuestion } from './gate-question.parse.js';
import { GateDecisionModel, GateQuestionInput, showAnswer } from './gate.graphql.js';
import { GateService } from './gate.service.js';
import { changesOf, showWhatIf, WhatIfInput, WhatIfModel } from './what-if.graphql.js';
import { ReadinessService } from './readiness.service.js';
import { ReleaseReadinessModel, showReadiness } from './readiness.graphql.js';
import { WhatIfService } from './what-if.service.js';

@Resolver()
export class ForesightResolver {
  constructor(private readonly gate: GateService, private readonly suppositions: WhatIfService, private readonly ready: ReadinessService, private readonly taxonomies: CatalogueService) {}

  @Query(() => GateDecisionModel, { description: 'What the gate would answer at a later instant if nobody did anything until then: what lapses in the meantime counts as lapsed. A dry run; refused with INVALID_INPUT for the past.' })
  async gateForecast(
    @Ctx() ctx: RequestContext, @Args('question', { description: 'What would ship, and where.' }) question: GateQuestionInput,
    @Args('at', { type: () => DateTime, description: 'The instant to look at, in the future.' }) at: string,
  ): Promise<GateDecisionModel> {
    return showAnswer(await this.gate.forecast(ctx, parseQuestion(question), at));
  }

  @Query(() => GatePlanModel, { description: 'The shortest way to ALLOW: who has to do what, with the mutation to call. A dry run.' })
  async gateRequirements(@Ctx() ctx: RequestContext, @Args('question', { description: 'What is meant to ship, and where.' }) question: GateQuestionInput): Promise<GatePlanModel> {
    return showPlan(await this.gate.plan(ctx, parseQuestion(question)));
  }

  @Query(() => ReleaseReadinessModel, { description: 'How far a release is on its way from pilot to production: every item of the policy that applies there, with its state, why, and how it is met. A dry run. Refused as NOT_FOUND where the question does not name one release and one environment.' })
  async releaseReadiness(@Ctx() ctx: RequestContext, @Args('question', { description: 'What is meant to ship, and where.' }) question: GateQuestionInput): Promise<ReleaseReadinessModel> {
    return showReadiness(await this.ready.readiness(ctx, parseQuestion(question)), this.taxonomies.catalogues);
  }

  @Query(() => WhatIfModel, { description: 'What the gate would answer if something were otherwise: another tier, a record less, evidence more, another policy. Two dry runs; nothing is written. Refused as NOT_FOUND where the question does not name one release and one environment.' })
  async whatIf(
    @Ctx() ctx: RequestContext, @Args('question', { description: 'What is meant to ship, and where.' }) question: GateQuestionInput, @Args('changes', { description: 'What to suppose instead of what the register holds; nothing at all gives the answer of now twice.' }) changes: WhatIfInput,
  ): Promise<WhatIfModel> {
    return showWhatIf(await this.suppositions.ask(ctx, parseQuestion(question), changesOf(changes)));
  }
}

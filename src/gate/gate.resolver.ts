/** GraphQL entry points of the gate. Blocked is data: the decision is never null and never an error. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { DateTime } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { PromotionModel } from '../reviews/reviews.graphql.js';
import { loadEnvironment, loadRelease, SystemsQueries } from '../systems/systems.queries.js';
import { DeploymentsService } from './deployments.service.js';
import { parseQuestion } from './gate-question.parse.js';
import { DeploymentModel, GateDecisionModel, GateQuestionInput, ReportDeploymentInput, showAnswer, showDeployment } from './gate.graphql.js';
import { GateService } from './gate.service.js';
import { ReportUngovernedDeploymentInput, showUngoverned, UngovernedDeploymentModel } from './ungoverned-deployments.graphql.js';
import { UngovernedDeploymentsService } from './ungoverned-deployments.service.js';

@Resolver()
export class GateResolver {
  constructor(private readonly gate: GateService, private readonly deployments: DeploymentsService, private readonly ungoverned: UngovernedDeploymentsService) {}

  @Query(() => GateDecisionModel, { description: 'May this release go to this environment, go on running there, or come back? Recorded before it is answered, grants nothing, may be repeated at will.' })
  async gateDecision(
    @Ctx() ctx: RequestContext, @Args('question', { description: 'What would ship, and where.' }) question: GateQuestionInput,
    @Args('record', { type: () => Boolean, defaultValue: true, description: 'False = a dry run: the same evaluation, recorded nowhere; never deploy on it.' }) record: boolean,
    @Args('at', { type: () => DateTime, nullable: true, description: 'An instant of the past: what would have been answered then, by the facts and the policy as they were known. Always a dry run. Refused as INVALID_INPUT for the future: see gateForecast.' }) at?: string | null,
  ): Promise<GateDecisionModel> {
    const parsed = parseQuestion(question);
    if (at) return showAnswer(await this.gate.asOf(ctx, parsed, at));
    return showAnswer(record ? await this.gate.check(ctx, parsed) : await this.gate.dryRun(ctx, parsed));
  }

  @Query(() => GateDecisionModel, { description: 'A decision that was recorded, exactly as it was given. Refused with NOT_FOUND.' })
  async recordedDecision(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Opaque id that an earlier answer of the gate carried.' }) id: string): Promise<GateDecisionModel> {
    return showAnswer(await this.gate.decision(ctx, id));
  }

  @Mutation(() => GateDecisionModel, { description: 'The same decision, made anew; on ALLOW with a grant for one deployment. Anything but ALLOW gives no grant, and the action run is refused with INVALID_INPUT: it is no deployment.' })
  async authorizePromotion(@Ctx() ctx: RequestContext, @Args('question', { description: 'What will ship, and where.' }) question: GateQuestionInput): Promise<GateDecisionModel> {
    return showAnswer(await this.gate.authorize(ctx, parseQuestion(question)));
  }

  @Mutation(() => DeploymentModel, { description: 'Tells that a deployment begins: redeems the grant and fulfils the promotion. Refused with GRANT_CONSUMED the second time, GRANT_EXPIRED too late, DIGEST_MISMATCH for other bytes, GRANT_INVALID for a grant that somebody else was given, or whose release, system, request or emergency has ended since.' })
  async reportDeployment(@Ctx() ctx: RequestContext, @Args('input', { description: 'The grant, and what is being deployed where.' }) input: ReportDeploymentInput): Promise<DeploymentModel> {
    return showDeployment(await this.deployments.report(ctx, input));
  }

  @Mutation(() => UngovernedDeploymentModel, { description: 'Tells that a bundle was found running without a permit: recorded as UNGOVERNED, for population and exceptions. It authorizes nothing and counts for nothing at the gate. Refused as NOT_FOUND for bytes that no release of the system has (register it: createRelease), as ALREADY_EXISTS for what came in under a grant and is there still, what a baseline lets run, and what was reported already.' })
  async reportUngovernedDeployment(@Ctx() ctx: RequestContext, @Args('input', { description: 'What was found running, where, and how.' }) input: ReportUngovernedDeploymentInput): Promise<UngovernedDeploymentModel> {
    return showUngoverned(await this.ungoverned.report(ctx, input));
  }
}

@Resolver(() => PromotionModel)
export class PromotionGateResolver {
  constructor(private readonly gate: GateService, private readonly systems: SystemsQueries) {}

  @ResolveField(() => GateDecisionModel, { name: 'gate', description: 'What the gate would answer for this promotion now, as a dry run: each lane’s review, and what is missing.' })
  async gateOfPromotion(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel): Promise<GateDecisionModel> {
    const { releaseId, environmentId, systemId } = promotion.source;
    const release = await loadRelease(ctx, this.systems, releaseId);
    const environment = await loadEnvironment(ctx, this.systems, environmentId);
    return showAnswer(await this.gate.dryRunOfMany(ctx, { target: { kind: 'BUNDLE', bundleDigest: release.bundleDigest }, system: systemId, environment: environment.name, action: 'promote' }));
  }
}

/** GraphQL entry points for findings. */
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { AcceptFindingArgs, CompleteFindingArgs, FindingConnection, FindingModel, FindingsArgs, PlanFindingArgs, RaiseFindingInput, RateFindingArgs, showFinding } from './findings.graphql.js';
import { FindingsQueries } from './findings.queries.js';
import { FindingsService } from './findings.service.js';

@Resolver(() => FindingModel)
export class FindingsResolver {
  constructor(private readonly service: FindingsService, private readonly queries: FindingsQueries) {}

  @Query(() => FindingModel, { description: 'One shortcoming that was brought up. Refused as NOT_FOUND when there is none here.' })
  async finding(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as F-12.' }) id: string): Promise<FindingModel> {
    return showFinding(await this.queries.finding(ctx, id));
  }

  @Query(() => FindingConnection, { description: 'What was brought up about one AI system or about all, page by page; closed ones stay.' })
  async findings(@Ctx() ctx: RequestContext, @Args() args: FindingsArgs): Promise<Connection<FindingModel>> {
    return toConnection(await this.queries.findings(ctx, args, args), showFinding);
  }

  @Mutation(() => FindingModel, { description: 'Brings a shortcoming up. From HIGH on it blocks at every gate from the pilot up until it is settled.' })
  async raiseFinding(
    @Ctx() ctx: RequestContext, @Args('system', { type: () => ID, description: 'The AI system that falls short, by id or by number such as SYS-9.' }) system: string,
    @Args('input', { description: 'What is wrong, how much it weighs, and who has to answer.' }) input: RaiseFindingInput,
  ): Promise<FindingModel> {
    return showFinding(await this.service.raise(ctx, system, input));
  }

  @Mutation(() => FindingModel, { description: 'Changes how much it weighs: up by anybody who may raise one, down only by a risk officer who neither owns it nor has a part in the system.' })
  async rateFinding(@Ctx() ctx: RequestContext, @Args() { severity, reason, ...change }: RateFindingArgs): Promise<FindingModel> {
    return showFinding(await this.service.rate(ctx, change, severity, reason));
  }

  @Mutation(() => FindingModel, { description: 'Says what will be done about it, and by when. Refused as NOT_ELIGIBLE for everybody but its owner.' })
  async planFinding(@Ctx() ctx: RequestContext, @Args() { action, due, ...change }: PlanFindingArgs): Promise<FindingModel> {
    return showFinding(await this.service.plan(ctx, change, { action, due }));
  }

  @Mutation(() => FindingModel, { description: 'Shows that the corrective action was done; repeated, it adds evidence. Refused as NOT_ELIGIBLE for everybody but its owner.' })
  async completeFinding(@Ctx() ctx: RequestContext, @Args() { evidence, ...change }: CompleteFindingArgs): Promise<FindingModel> {
    return showFinding(await this.service.complete(ctx, change, evidence));
  }

  @Mutation(() => FindingModel, { description: 'Agrees that it is settled, for good. Refused as SEPARATION_OF_DUTIES for its owner and for whoever has a part in the system, as EVIDENCE_NOT_VALID when everything that was named to show it was rejected, was revoked or has ended.' })
  async closeFinding(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<FindingModel> {
    return showFinding(await this.service.close(ctx, change, reason));
  }

  @Mutation(() => FindingModel, { description: 'Lets an acceptance of a risk carry it, for as long as that lives. Refused as ACCEPTANCE_INSUFFICIENT, saying what is missing.' })
  async acceptFindingRisk(@Ctx() ctx: RequestContext, @Args() { acceptance, ...change }: AcceptFindingArgs): Promise<FindingModel> {
    return showFinding(await this.service.acceptRisk(ctx, change, acceptance));
  }
}

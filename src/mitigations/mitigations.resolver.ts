/** GraphQL entry points for mitigations: every step of their life. */
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ChangeArgs, ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { EditMitigationArgs, EvidenceLinkArgs, MitigationConnection, MitigationModel, MitigationsArgs, ProposeMitigationInput, showMitigation } from './mitigations.graphql.js';
import { MitigationsQueries } from './mitigations.queries.js';
import { MitigationsService } from './mitigations.service.js';

@Resolver(() => MitigationModel)
export class MitigationsResolver {
  constructor(private readonly service: MitigationsService, private readonly queries: MitigationsQueries) {}

  @Query(() => MitigationModel, { description: 'One mitigation. Refused as NOT_FOUND when there is none here.' })
  async mitigation(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as M-8.' }) id: string): Promise<MitigationModel> {
    return showMitigation(await this.queries.mitigation(ctx, id));
  }

  @Query(() => MitigationConnection, { description: 'What is done about risks, page by page, narrowed and sorted: what is late is `filter: {overdue: true}, sort: DUE`.' })
  async mitigations(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: MitigationsArgs): Promise<Connection<MitigationModel>> {
    return toConnection(await this.queries.mitigations(ctx, filter ?? {}, sort, request), showMitigation);
  }

  @Mutation(() => MitigationModel, { description: 'Proposes something to be done about a risk. It takes something off the risk only once somebody else has verified it.' })
  async proposeMitigation(
    @Ctx() ctx: RequestContext,
    @Args('risk', { type: () => ID, description: 'The risk that it is about, by id or by number such as R-142.' }) risk: string,
    @Args('input', { description: 'What is done, by whom, until when.' }) input: ProposeMitigationInput,
  ): Promise<MitigationModel> {
    return showMitigation(await this.service.propose(ctx, risk, input));
  }

  @Mutation(() => MitigationModel, { description: 'Changes what it says, by its owner or a risk officer, until it is implemented. A gate stops waiting for it only by a risk officer who neither owns nor wrote it, nor has a part in the system.' })
  async editMitigation(@Ctx() ctx: RequestContext, @Args() { input, ...change }: EditMitigationArgs): Promise<MitigationModel> {
    return showMitigation(await this.service.edit(ctx, change, input));
  }

  @Mutation(() => MitigationModel, { description: 'Begins the work. Refused as NOT_ELIGIBLE for everybody but its owner.' })
  async startMitigation(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<MitigationModel> {
    return showMitigation(await this.service.begin(ctx, change, 'start'));
  }

  @Mutation(() => MitigationModel, { description: 'Says that it is in place, and names what shows it. Refused as NOT_ELIGIBLE for everybody but its owner.' })
  async implementMitigation(@Ctx() ctx: RequestContext, @Args() { evidence, ...change }: EvidenceLinkArgs): Promise<MitigationModel> {
    return showMitigation(await this.service.implement(ctx, change, evidence));
  }

  @Mutation(() => MitigationModel, { description: 'Adds further evidence, such as this year’s test: once it is verified, only of the kinds that it was verified on. Refused as NOT_ELIGIBLE for everybody but its owner.' })
  async attachEvidence(@Ctx() ctx: RequestContext, @Args() { evidence, ...change }: EvidenceLinkArgs): Promise<MitigationModel> {
    return showMitigation(await this.service.attach(ctx, change, evidence));
  }

  @Mutation(() => MitigationModel, { description: 'Confirms that it works. Refused as SEPARATION_OF_DUTIES for its owner and its authors, as EVIDENCE_NOT_VALID while none of its evidence counts.' })
  async verifyMitigation(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<MitigationModel> {
    return showMitigation(await this.service.verify(ctx, change));
  }

  @Mutation(() => MitigationModel, { description: 'Finds that it does not work: it takes nothing off the risk until its owner does it anew. Refused as SEPARATION_OF_DUTIES for its owner and its authors.' })
  async failMitigation(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<MitigationModel> {
    return showMitigation(await this.service.fail(ctx, change, reason));
  }

  @Mutation(() => MitigationModel, { description: 'Begins anew what was found ineffective. Refused as NOT_ELIGIBLE for everybody but its owner.' })
  async restartMitigation(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<MitigationModel> {
    return showMitigation(await this.service.begin(ctx, change, 'restart'));
  }

  @Mutation(() => MitigationModel, { description: 'Asks to give it up, or agrees to that: it takes its owner and a risk officer without a part in the system, two people, in either order. What one of them asked for is gone once the work goes on or what it says changes.' })
  async cancelMitigation(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<MitigationModel> {
    return showMitigation(await this.service.cancel(ctx, change, reason));
  }
}

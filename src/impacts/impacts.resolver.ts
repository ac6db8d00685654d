/** GraphQL entry points for impact assessments, as their authors use them. */
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { ImpactKind } from '../domain/impact-elements.js';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ChangeArgs, ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { AnswerImpactArgs, ImpactAssessmentConnection, ImpactAssessmentModel, ImpactAssessmentsArgs, ImpactKindEnum, showImpactAssessment } from './impacts.graphql.js';
import { ImpactsQueries } from './impacts.queries.js';
import { ImpactsService } from './impacts.service.js';

@Resolver(() => ImpactAssessmentModel)
export class ImpactsResolver {
  constructor(private readonly service: ImpactsService, private readonly queries: ImpactsQueries) {}

  @Query(() => ImpactAssessmentModel, { description: 'One assessment of impact. Refused as NOT_FOUND when there is none here.' })
  async impactAssessment(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as IA-3.' }) id: string): Promise<ImpactAssessmentModel> {
    return showImpactAssessment(await this.queries.assessment(ctx, id));
  }

  @Query(() => ImpactAssessmentConnection, { description: 'What was assessed of one AI system or of all, page by page; withdrawn ones stay.' })
  async impactAssessments(@Ctx() ctx: RequestContext, @Args() args: ImpactAssessmentsArgs): Promise<Connection<ImpactAssessmentModel>> {
    return toConnection(await this.queries.assessments(ctx, args, args), showImpactAssessment);
  }

  @Mutation(() => ImpactAssessmentModel, { description: 'Begins an assessment with every element still open. Refused as ALREADY_EXISTS while the system has one of this kind.' })
  async draftImpactAssessment(
    @Ctx() ctx: RequestContext, @Args('system', { type: () => ID, description: 'The AI system whose effects are assessed, by id or by number such as SYS-9.' }) system: string,
    @Args('kind', { type: () => ImpactKindEnum, description: 'The duty to answer; decides the elements and the lane that approves.' }) kind: ImpactKind,
  ): Promise<ImpactAssessmentModel> {
    return showImpactAssessment(await this.service.draft(ctx, system, kind));
  }

  @Mutation(() => ImpactAssessmentModel, { description: 'Writes answers into the present edition. Whoever writes is an author of it, and neither approves it nor votes on what rests on it.' })
  async answerImpactAssessment(@Ctx() ctx: RequestContext, @Args() { input, ...change }: AnswerImpactArgs): Promise<ImpactAssessmentModel> {
    return showImpactAssessment(await this.service.answer(ctx, change, input));
  }

  @Mutation(() => ImpactAssessmentModel, { description: 'Hands the present edition in. Refused as ASSESSMENT_INCOMPLETE, naming what is missing, until every element is answered.' })
  async submitImpactAssessment(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<ImpactAssessmentModel> {
    return showImpactAssessment(await this.service.submit(ctx, change));
  }

  @Mutation(() => ImpactAssessmentModel, { description: 'Opens the next edition. The approved one stays in force until the next is approved, or its own time is over.' })
  async reviseImpactAssessment(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<ImpactAssessmentModel> {
    return showImpactAssessment(await this.service.revise(ctx, change, reason));
  }

  @Mutation(() => ImpactAssessmentModel, { description: 'Takes an assessment back for good: none of its editions counts at the gate any more, and another of the kind may be begun.' })
  async withdrawImpactAssessment(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<ImpactAssessmentModel> {
    return showImpactAssessment(await this.service.withdraw(ctx, change, reason));
  }
}

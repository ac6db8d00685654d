/** GraphQL entry points for signed classifications, and for where each fact about the class of a system comes from. */
import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { classificationRecordOf } from '../domain/classification.js';
import { factsOf } from '../domain/classification-facts.js';
import { NotingClock } from '../domain/clock.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel, showSystem } from '../systems/systems.graphql.js';
import { ClassificationModel, ClassifySystemArgs, showClassification, SystemFactModel } from './classifications.graphql.js';
import { ClassificationsService } from './classifications.service.js';

@Resolver(() => AiSystemModel)
export class ClassificationsResolver {
  constructor(private readonly service: ClassificationsService) {}

  @Mutation(() => AiSystemModel, { description: 'Signs where a system stands under the EU AI Act, Art. 5, 6 and 50, and in which roles the organization is. Done by a reviewer of LEGAL who has signed in lately; refused as SEPARATION_OF_DUTIES for everybody with a part in the system, and for whoever assessed it last.' })
  async classifySystem(@Ctx() ctx: RequestContext, @Args() { input, ...change }: ClassifySystemArgs): Promise<AiSystemModel> {
    return showSystem(await this.service.classify(ctx, change, input));
  }

  @ResolveField(() => ClassificationModel, { nullable: true, description: 'What was signed last about its class, over or not; null = nothing was.' })
  classification(@Parent() system: AiSystemModel): ClassificationModel | null {
    const record = classificationRecordOf(system);
    return record === null ? null : showClassification(record);
  }

  @ResolveField(() => [ClassificationModel], { description: 'The last five that were signed, oldest first; earlier ones are in the log.' })
  classifications(@Parent() { classifications }: AiSystemModel): ClassificationModel[] {
    return classifications.map(showClassification);
  }

  @ResolveField(() => [SystemFactModel], { description: 'Tier, class, roles and every flag: who says what, what holds, and why. Two sources that disagree leave a fact unknown, and unknown applies.' })
  async facts(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel): Promise<readonly SystemFactModel[]> {
    return factsOf(system, new NotingClock(await this.service.now(ctx)));
  }
}

@Resolver(() => ClassificationModel)
export class SignedClassificationsResolver {
  constructor(private readonly service: ClassificationsService, private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { nullable: true, description: 'The reviewer of LEGAL who signed; never somebody with a part in the system.' })
  async signedBy(@Ctx() ctx: RequestContext, @Parent() { source }: ClassificationModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, source.signedBy);
  }

  @ResolveField(() => Boolean, { description: 'True when a key of this server signed exactly this record for this organization.' })
  genuine(@Ctx() ctx: RequestContext, @Parent() { source }: ClassificationModel): boolean {
    return this.service.isGenuine(ctx, source);
  }

  @ResolveField(() => Boolean, { description: 'Whether its time lasts.' })
  async live(@Ctx() ctx: RequestContext, @Parent() { validUntil }: ClassificationModel): Promise<boolean> {
    return validUntil > await this.service.now(ctx);
  }
}

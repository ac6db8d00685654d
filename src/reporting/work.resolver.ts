/** GraphQL entry point of the queue of a person. */
import { Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel, showSystem } from '../systems/systems.graphql.js';
import { loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { showWorkItem, WorkItemModel, WorkQueueModel } from './work.graphql.js';
import { WorkQueries } from './work.queries.js';

@Resolver(() => WorkItemModel)
export class WorkResolver {
  constructor(private readonly queries: WorkQueries, private readonly people: PeopleService, private readonly systems: SystemsQueries) {}

  @Query(() => WorkQueueModel, { description: 'What waits for you: lanes to sign, acceptances and waivers to grant, risks to confirm, impact assessments to approve, evidence and mitigations to verify, findings to close, and the risks, mitigations and findings that you own and that wait for their next step. Nothing in it would be refused now.' })
  async myWork(@Ctx() ctx: RequestContext): Promise<WorkQueueModel> {
    const { items, isComplete, now } = await this.queries.myWork(ctx);
    return { items: items.map((item) => showWorkItem(item, now)), isComplete };
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who asked for it or owns it; null when it is yours, or a service submitted it.' })
  async askedBy(@Ctx() ctx: RequestContext, @Parent() item: WorkItemModel): Promise<PersonModel | null> {
    return item.askedById === null ? null : loadPerson(ctx, this.people, item.askedById);
  }

  @ResolveField(() => AiSystemModel, { description: 'Whose register the record belongs to.' })
  async system(@Ctx() ctx: RequestContext, @Parent() item: WorkItemModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.systems, item.systemId));
  }
}

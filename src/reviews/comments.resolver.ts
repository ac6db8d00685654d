/** GraphQL entry points of comments. */
import { Args, ID, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Lane } from '../domain/actor.js';
import { Ctx } from '../identity/authentication.js';
import { LaneEnum, loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { PageArgs } from '../systems/systems.graphql.js';
import { CommentConnection, CommentModel, showComment } from './comments.graphql.js';
import { CommentsService } from './comments.service.js';
import { PromotionModel } from './reviews.graphql.js';

@Resolver(() => CommentModel)
export class CommentsResolver {
  constructor(private readonly service: CommentsService, private readonly people: PeopleService) {}

  @Mutation(() => CommentModel, { description: 'Says something about a promotion, or about one of its reviews, also after it has ended. No sign-off and no answer of the gate changes by it.' })
  async commentOnPromotion(
    @Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Which request it is about, as opaque id or number such as P-17.' }) id: string,
    @Args('text', { description: 'What you want to say, at most 4000 characters; nobody can change it afterwards.' }) text: string,
    @Args('lane', { type: () => LaneEnum, nullable: true, description: 'The review that it is about; left out = the request as a whole.' }) lane?: Lane | null,
  ): Promise<CommentModel> {
    return showComment(await this.service.comment(ctx, id, { lane: lane ?? null, text }));
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person whose words they are.' })
  async author(@Ctx() ctx: RequestContext, @Parent() comment: CommentModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, comment.record.authorId);
  }
}

@Resolver(() => PromotionModel)
export class PromotionCommentsResolver {
  constructor(private readonly service: CommentsService) {}

  @ResolveField(() => CommentConnection, { description: 'What was said about it and its reviews, in the order in which it was written, page by page.' })
  async comments(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel, @Args() args: PageArgs): Promise<Connection<CommentModel>> {
    return toConnection(await this.service.commentsOn(ctx, promotion.source.id, args), showComment);
  }
}

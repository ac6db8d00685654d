/** GraphQL entry point for making a recorded decision again. */
import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { DecisionReplayModel, showReplay } from './replay.graphql.js';
import { ReplayService } from './replay.service.js';

@Resolver()
export class ReplayResolver {
  constructor(private readonly replays: ReplayService) {}

  @Query(() => DecisionReplayModel, { description: 'Makes a recorded decision again from exactly what it was made from, and compares. Nothing is written. Refused as NOT_FOUND when there is no such decision.' })
  async replayDecision(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Opaque id that an answer of the gate carried.' }) id: string): Promise<DecisionReplayModel> {
    return showReplay(await this.replays.replay(ctx, id));
  }
}

/** GraphQL entry point for making a recorded decision again. */
import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { DecisionDossierModel, DecisionReplayModel, showDossier, showReplay } from './replay.graphql.js';
import { ReplayService } from './replay.service.js';

@Resolver()
export class ReplayResolver {
  constructor(private readonly replays: ReplayService) {}

  @Query(() => DecisionReplayModel, { description: 'Makes a recorded decision again from exactly what it was made from, and compares. Nothing is written. Refused as NOT_FOUND when there is no such decision.' })
  async replayDecision(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Opaque id that an answer of the gate carried.' }) id: string): Promise<DecisionReplayModel> {
    return showReplay(await this.replays.replay(ctx, id));
  }

  @Query(() => DecisionDossierModel, { description: 'What a recorded decision was made from, for auditors: every record in the version that was looked at, and a file by which the decision is made again elsewhere. Refused as NOT_FOUND when there is no such decision, or its bytes are kept no longer.' })
  async decisionDossier(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Opaque id that an answer of the gate carried.' }) id: string): Promise<DecisionDossierModel> {
    return showDossier(await this.replays.dossier(ctx, id));
  }
}

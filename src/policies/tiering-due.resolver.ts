/** Adds to a system whether its tier is to be judged again; how long a judgement holds is said by the policies. */
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { NotingClock } from '../domain/clock.js';
import { tieringDue } from '../domain/tier-assessment.js';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { QUESTIONNAIRE } from '../systems/shipped-questionnaire.js';
import { AiSystemModel } from '../systems/systems.graphql.js';
import { PoliciesQueries } from './policies.queries.js';
import { TieringDueModel } from './tiering-due.graphql.js';

@Resolver(() => AiSystemModel)
export class TieringDueResolver {
  constructor(private readonly policies: PoliciesQueries) {}

  @ResolveField(() => [TieringDueModel], { description: 'Why a risk officer should assess its tier again, oldest reason first; empty = there is none. Never stored.' })
  async tieringDue(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel): Promise<TieringDueModel[]> {
    const { days, now } = await this.policies.validity(ctx);
    return tieringDue(system, { questionnaire: QUESTIONNAIRE, days, clock: new NotingClock(now), happened: await this.policies.happened(ctx, system.id) });
  }
}

/** Adds to a system which articles apply to it on a day, and what changes next. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { NotingClock } from '../domain/clock.js';
import { checkDay, legalFactsOf, obligationsOn } from '../domain/legal-obligations.js';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel } from '../systems/systems.graphql.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { LawDatesService } from './law-dates.service.js';
import { LEGAL_OBLIGATIONS } from './legal-obligations.js';
import { ObligationsArgs, showObligations, SystemObligationsModel } from './legal-obligations.graphql.js';
import { PoliciesQueries } from './policies.queries.js';

@Resolver(() => AiSystemModel)
export class LegalObligationsResolver {
  constructor(private readonly policies: PoliciesQueries, private readonly taxonomies: CatalogueService, private readonly dates: LawDatesService) {}

  @ResolveField(() => SystemObligationsModel, { description: 'Which articles apply to it today or on any day, why, and what changes next. Derived from what the register holds now; dates are facts of the product with their source.' })
  async obligations(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() { on, unchangedSince }: ObligationsArgs): Promise<SystemObligationsModel> {
    const { now } = await this.policies.validity(ctx);
    const day = checkDay(on ?? now.slice(0, 10), 'on');
    const since = unchangedSince === null || unchangedSince === undefined ? null : checkDay(unchangedSince, 'unchangedSince');
    return showObligations(obligationsOn(LEGAL_OBLIGATIONS, legalFactsOf(system, since, new NotingClock(now)), day), this.taxonomies.catalogues, await this.dates.standing(ctx));
  }
}

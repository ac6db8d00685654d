/** GraphQL entry points for dates of law: confirmed, revoked, listed; and who did it. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { lawDateOutcome, type LawDateOutcome } from '../domain/law-date-confirmation.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { ReasonedChangeArgs } from '../platform/arguments.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { ConfirmLawDateInput, LawDateConfirmationConnection, LawDateConfirmationModel, LawDateOutcomeEnum, LawDatesArgs, showLawDate } from './law-dates.graphql.js';
import { LawDatesService } from './law-dates.service.js';
import { recordedDays } from './legal-obligations.js';

@Resolver(() => LawDateConfirmationModel)
export class LawDatesResolver {
  constructor(private readonly service: LawDatesService, private readonly people: PeopleService, private readonly taxonomies: CatalogueService) {}

  @Query(() => LawDateConfirmationModel, { description: 'One confirmation of a date of law. Refused as NOT_FOUND when there is none here.' })
  async lawDateConfirmation(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as LD-2.' }) id: string): Promise<LawDateConfirmationModel> {
    return showLawDate(await this.service.confirmation(ctx, id));
  }

  @Query(() => LawDateConfirmationConnection, { description: 'Which dates of law people of the organization have confirmed, the latest first; revoked ones stay.' })
  async lawDateConfirmations(@Ctx() ctx: RequestContext, @Args() { filter, ...request }: LawDatesArgs): Promise<Connection<LawDateConfirmationModel>> {
    return toConnection(await this.service.confirmations(ctx, filter ?? {}, request), showLawDate);
  }

  @Mutation(() => LawDateConfirmationModel, { description: 'Confirms that an article is law from a day that the product records for it. Refused as NOT_ELIGIBLE without a grant for the LEGAL lane that is for every system, and as ALREADY_EXISTS where that day is confirmed already.' })
  async confirmLawDate(@Ctx() ctx: RequestContext, @Args('input', { description: 'The article, the day, and where it is written.' }) input: ConfirmLawDateInput): Promise<LawDateConfirmationModel> {
    return showLawDate(await this.service.confirm(ctx, input));
  }

  @Mutation(() => LawDateConfirmationModel, { description: 'Takes a confirmation back, of anybody: from then on the day is shown as unconfirmed. Refused as NOT_ELIGIBLE like confirming.' })
  async revokeLawDate(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<LawDateConfirmationModel> {
    return showLawDate(await this.service.revoke(ctx, change, reason));
  }

  @ResolveField(() => LawDateOutcomeEnum, { description: 'Whether it still confirms what the product records.' })
  outcome(@Parent() { record }: LawDateConfirmationModel): LawDateOutcome {
    return lawDateOutcome(record, recordedDays(record.reference, this.taxonomies.catalogues));
  }

  @ResolveField(() => PersonModel, { description: 'The person who looked it up.' })
  async confirmedBy(@Ctx() ctx: RequestContext, @Parent() { record }: LawDateConfirmationModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.confirmedBy);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who took it back; null = nobody has.' })
  async revokedBy(@Ctx() ctx: RequestContext, @Parent() { record }: LawDateConfirmationModel): Promise<PersonModel | null> {
    return record.revokedBy === null ? null : loadPerson(ctx, this.people, record.revokedBy);
  }
}

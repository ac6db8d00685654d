/** GraphQL entry points for simulations: one is started, and looked at while it runs and afterwards. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { MOST_DECISIONS, perSecond, type SimulationOutcome } from '../domain/policy-simulation.js';
import { MOST_FLIPS, MOST_REFUSED } from '../domain/simulation-tally.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { PolicyModel, showPolicy } from '../policies/policies.graphql.js';
import { PageArgs } from '../systems/systems.graphql.js';
import { FlipConnection, FlipModel, RefusalConnection, RefusedDeploymentModel, SimulatePolicyArgs, SimulationConnection, SimulationModel, SimulationOutcomeEnum, SimulationProgressModel, showSimulation, TurnedArgs } from './simulations.graphql.js';
import { SimulationsQueries } from './simulations.queries.js';
import { SimulationsService } from './simulations.service.js';

@Resolver(() => SimulationModel)
export class SimulationsResolver {
  constructor(private readonly service: SimulationsService, private readonly queries: SimulationsQueries, private readonly people: PeopleService) {}

  @Query(() => SimulationModel, { description: 'One simulation: ask again while it runs. Refused as NOT_FOUND when there is none here.' })
  async policySimulation(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as SIM-2.' }) id: string): Promise<SimulationModel> {
    return showSimulation(await this.queries.simulation(ctx, id));
  }

  @Query(() => SimulationConnection, { description: 'The simulations that were started here, the latest first, page by page: what came of each stays.' })
  async policySimulations(@Ctx() ctx: RequestContext, @Args() request: PageArgs): Promise<Connection<SimulationModel>> {
    return toConnection(await this.queries.simulations(ctx, request), showSimulation);
  }

  @Mutation(() => SimulationModel, { description: `Starts to judge recorded decisions, and what runs now, as if this version were in force in place of the one of the same name. Nothing is decided by it. Refused as ALREADY_EXISTS while another simulation runs here, as INVALID_INPUT for a span that is too long or not over, as TOO_LARGE for more than ${String(MOST_DECISIONS)} decisions, as POLICY_BINDINGS_CONTRADICT for a version that could not come into force beside another policy.` })
  async simulatePolicy(@Ctx() ctx: RequestContext, @Args() { policy, window }: SimulatePolicyArgs): Promise<SimulationModel> {
    return showSimulation(await this.service.start(ctx, { policy, window: window ?? null }));
  }

  @ResolveField(() => SimulationOutcomeEnum, { description: 'Whether it runs, is done, or has come to nothing.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { record }: SimulationModel): Promise<SimulationOutcome> {
    return (await this.queries.standing(ctx, record.id))?.outcome ?? 'ABANDONED';
  }

  @ResolveField(() => SimulationProgressModel, { description: 'How far it has come.' })
  async progress(@Ctx() ctx: RequestContext, @Parent() { record }: SimulationModel): Promise<SimulationProgressModel> {
    const { lookedAt, ms } = await this.queries.standing(ctx, record.id) ?? { lookedAt: 0, ms: 0 };
    return { lookedAt, perSecond: perSecond(lookedAt, ms) };
  }

  @ResolveField(() => FlipConnection, { description: `Every decision that turns, page by page: direction by direction, the most frequent first, and within each as they were decided. Of one direction at most ${String(MOST_FLIPS)} are listed; \`result.flips\` counts all of them. Empty while it runs, and for simulations of before they were listed.` })
  async turned(@Ctx() ctx: RequestContext, @Parent() { record }: SimulationModel, @Args() { from, to, ...request }: TurnedArgs): Promise<Connection<FlipModel>> {
    return toConnection(await this.queries.turned(ctx, record, { from: from ?? null, to: to ?? null }, request), (flip) => flip);
  }

  @ResolveField(() => RefusalConnection, { description: `Every deployment and baseline that is there now and may not go on under the simulated version, page by page, in the order in which they were brought in or proposed. At most ${String(MOST_REFUSED)} are listed; \`result.deploymentsRefused\` counts all of them. Empty while it runs, and for simulations of before they were listed: of those, \`result.refusedDeployments\` holds the first.` })
  async refused(@Ctx() ctx: RequestContext, @Parent() { record }: SimulationModel, @Args() request: PageArgs): Promise<Connection<RefusedDeploymentModel>> {
    return toConnection(await this.queries.refused(ctx, record, request), (refusal) => refusal);
  }

  @ResolveField(() => PolicyModel, { description: 'Which version is tried, as it stands now.' })
  async policy(@Ctx() ctx: RequestContext, @Parent() { record }: SimulationModel): Promise<PolicyModel> {
    return showPolicy(await this.queries.version(ctx, record.policyVersionId));
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who asked for it; null = not known here any more.' })
  async startedBy(@Ctx() ctx: RequestContext, @Parent() { record }: SimulationModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.startedBy);
  }
}

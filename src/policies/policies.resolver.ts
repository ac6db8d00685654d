/** GraphQL entry points for policies: what is in force, and how another text comes into force. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ChangeArgs, PageArgs, ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { DraftPolicyInput, PoliciesArgs, PolicyApprovalModel, PolicyConnection, PolicyEditionConnection, PolicyEditionModel, PolicyInForceModel, PolicyModel, showEdition, showInForce, showPolicy } from './policies.graphql.js';
import { PoliciesQueries } from './policies.queries.js';
import { PoliciesService } from './policies.service.js';

@Resolver(() => PolicyModel)
export class PoliciesResolver {
  constructor(private readonly service: PoliciesService, private readonly queries: PoliciesQueries, private readonly people: PeopleService) {}

  @Query(() => PolicyModel, { description: 'One version of a policy. Refused as NOT_FOUND when there is none here.' })
  async policy(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as POL-3.' }) id: string): Promise<PolicyModel> {
    return showPolicy(await this.queries.policy(ctx, id));
  }

  @Query(() => PolicyConnection, { description: 'The versions of policies that were drafted here, the latest first, page by page.' })
  async policies(@Ctx() ctx: RequestContext, @Args() { filter, ...request }: PoliciesArgs): Promise<Connection<PolicyModel>> {
    return toConnection(await this.queries.policies(ctx, filter ?? {}, request), showPolicy);
  }

  @Query(() => [PolicyInForceModel], { description: 'By what gates decide at present: the policies that were activated, and the shipped one unless one of the same name took its place.' })
  async policiesInForce(@Ctx() ctx: RequestContext): Promise<PolicyInForceModel[]> {
    return (await this.queries.inForce(ctx)).map(showInForce);
  }

  @Query(() => PolicyEditionConnection, { description: 'The editions of the shipped policy by which gates have decided here, the latest first, page by page. A new one comes with the product: it is written down with the first decision by it.' })
  async policyEditions(@Ctx() ctx: RequestContext, @Args() request: PageArgs): Promise<Connection<PolicyEditionModel>> {
    return toConnection(await this.queries.editions(ctx, request), showEdition);
  }

  @Mutation(() => PolicyModel, { description: 'Writes a new version of a policy; what is in force stays as it is. Refused as POLICY_INVALID with line and column of what is wrong in the document or in its cases, as POLICY_BINDINGS_CONTRADICT when nobody could say which of its own bindings applies; those of others in force are looked at by submitPolicy.' })
  async draftPolicy(@Ctx() ctx: RequestContext, @Args('input', { description: 'The document, its cases, and why.' }) input: DraftPolicyInput): Promise<PolicyModel> {
    return showPolicy(await this.service.draft(ctx, input));
  }

  @Mutation(() => PolicyModel, { description: 'Hands the policy pilot-to-production, which ships with the product, in for review as it is: the review matrix of the shipped policy, and 54 readiness items. It is drafted in your name, tested by its own cases and submitted in one act, and nothing changes at any gate: two others say approvePolicy, then somebody says activatePolicy. Refused as ALREADY_EXISTS once a policy of your own is in force (then draft its text, which `countersign policy show --shipped pilot-to-production` prints, as a version of your own), and while a version of it is open; the refusal names that.' })
  async adoptReadinessPolicy(@Ctx() ctx: RequestContext): Promise<PolicyModel> {
    return showPolicy(await this.service.adopt(ctx));
  }

  @Mutation(() => PolicyModel, { description: 'Judges the cases of a version, so that it may be submitted; in review once more where another version of the rules’ program has judged them, so that it may be activated. Refused as POLICY_INVALID with line and column when its text was drafted before what is wrong with it was looked for, as POLICY_CASES_FAILED with the names of those whose answer is not the wanted one, as INVALID_INPUT when it has none, or when judging them takes more than two seconds of processor time: `actual` says how many were judged.' })
  async testPolicy(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<PolicyModel> {
    return showPolicy(await this.service.test(ctx, change));
  }

  @Mutation(() => PolicyModel, { description: 'Hands a tested version to its reviewers. Refused as POLICY_BINDINGS_CONTRADICT, with line and column, beside another policy in force of the same priority.' })
  async submitPolicy(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<PolicyModel> {
    return showPolicy(await this.service.submit(ctx, change));
  }

  @Mutation(() => PolicyModel, { description: 'Adds your approval, which counts for 30 days. Refused as SEPARATION_OF_DUTIES for the author, and a second time for the same person.' })
  async approvePolicy(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<PolicyModel> {
    return showPolicy(await this.service.approve(ctx, change));
  }

  @Mutation(() => PolicyModel, { description: 'Brings an approved version into force in place of the one before. Refused as POLICY_APPROVALS_MISSING until two people who did not write it have approved it and still may, by roles that neither its author nor you have given them, as POLICY_CASES_FAILED when its cases were judged by another version of the rules’ program, as POLICY_BINDINGS_CONTRADICT beside another policy in force of the same priority, as POLICY_INVALID with line and column when its text was drafted before what is wrong with it was looked for.' })
  async activatePolicy(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<PolicyModel> {
    return showPolicy(await this.service.activate(ctx, change));
  }

  @Mutation(() => PolicyModel, { description: 'Takes a version back that is not in force yet.' })
  async withdrawPolicy(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<PolicyModel> {
    return showPolicy(await this.service.withdraw(ctx, change, reason));
  }

  @ResolveField(() => String, { nullable: true, description: 'The document as it was written; null when its bytes are gone.' })
  async source(@Ctx() ctx: RequestContext, @Parent() { record }: PolicyModel): Promise<string | null> {
    return this.queries.text(ctx, record.sourceDigest);
  }

  @ResolveField(() => String, { nullable: true, description: 'The cases as they were written; null when their bytes are gone.' })
  async cases(@Ctx() ctx: RequestContext, @Parent() { record }: PolicyModel): Promise<string | null> {
    return this.queries.text(ctx, record.casesDigest);
  }

  @ResolveField(() => [String], { description: 'What may be a slip, and refuses nothing: the names in its bindings and freezes that no environment has at present, each with line, column and the nearest names that there are; and bindings that decide nothing, since another policy in force fits whatever they fit, with a higher priority.' })
  async warnings(@Ctx() ctx: RequestContext, @Parent() { record }: PolicyModel): Promise<readonly string[]> {
    return this.queries.warnings(ctx, record);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who wrote it; never one of its approvers.' })
  async author(@Ctx() ctx: RequestContext, @Parent() { record }: PolicyModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.draftedBy);
  }
}

@Resolver(() => PolicyApprovalModel)
export class PolicyApprovalResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { nullable: true, description: 'Whose approval this is; null when the account behind it was erased.' })
  async person(@Ctx() ctx: RequestContext, @Parent() approval: PolicyApprovalModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, approval.personId);
  }
}

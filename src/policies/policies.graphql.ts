/** How policies are shown, and what clients may send about them. */
import { ArgsType, Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { PolicyEdition } from '../domain/policy-edition.js';
import { MODES, type Mode } from '../domain/policy-terms.js';
import { policyLifecycle, type PolicyState, type PolicyVersion } from '../domain/policy-version.js';
import { canonicalJson } from '../domain/digest.js';
import { BODY_LIMIT } from '../platform/refusal-to-http.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { PageArgs, publishActions } from '../systems/systems.graphql.js';
import type { PolicyFilter } from './policies.queries.js';
import type { PolicyDraft } from './policies.service.js';

export const ModeEnum = publishEnum('PolicyMode', MODES, 'How strictly a policy applies.', {
  ENFORCE: { description: 'The answer is what the rules say.' },
  WARN: { description: 'Everything is let in, and the caller is told what the rules would say. Never what the law forbids, and never what could not be judged.' },
  OBSERVE: { description: 'As WARN, but only the record says what the rules would say.' },
});
export const PolicyActionEnum = publishActions('PolicyAction', policyLifecycle, 'What can be done with a version of a policy, in the words of its lifecycle.');
const PolicyStateEnum = publishEnum('PolicyState', policyLifecycle.states, 'How far a version of a policy has come. Only an ACTIVE one decides.');

@ObjectType('PolicyApproval', { description: 'One person who has agreed to a version of a policy. It counts for 30 days, while that person may approve policies.' })
export class PolicyApprovalModel {
  @Field(() => DateTime, { description: 'When this person agreed, by the database’s clock.' }) at!: string;
  personId!: string;
}

@ObjectType('Policy', { implements: () => [NodeModel], description: 'One version of a policy: what a gate asks for, as data. Its text never changes; another text is another version.' })
export class PolicyModel extends NodeModel {
  readonly __typename!: 'Policy';
  @Field(() => String, { description: 'Short name that people can say, such as POL-3; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every act; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'The name of the policy, shared by all its versions, such as baseline.' }) policyId!: string;
  @Field(() => String, { description: 'The author’s own name of this version, such as 1.4.0.' }) label!: string;
  @Field(() => String, { description: 'One line for people, such as: The baseline of 2027.' }) title!: string;
  @Field(() => String, { description: 'Why it was written.' }) note!: string;
  @Field(() => PolicyStateEnum, { description: 'How far it has come.' }) state!: PolicyState;
  @Field(() => String, { description: 'SHA-256 over the canonical form of the document: what decisions name.' }) documentDigest!: string;
  @Field(() => DateTime, { description: 'The instant at which its author saved this text, by the database’s clock.' }) draftedAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When all of its cases passed; null while they did not.' }) testedAt!: string | null;
  @Field(() => Int, { nullable: true, description: 'How many cases it passed; null while it was not tested.' }) casesPassed!: number | null;
  @Field(() => [PolicyApprovalModel], { description: 'Who has approved it, in the order of their acts.' }) approvals!: readonly PolicyApprovalModel[];
  @Field(() => DateTime, { nullable: true, description: 'When it came into force; null = it never did.' }) activatedAt!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'When another version took its place; null = none has.' }) supersededAt!: string | null;
  @Field(() => String, { nullable: true, description: 'Why it was withdrawn; null while it was not.' }) ending!: string | null;
  @Field(() => [PolicyActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof policyLifecycle>[];
  record!: Stored<PolicyVersion>;
}

export const PolicyConnection = connectionOf('Policy', () => PolicyModel);

export function showPolicy(record: Stored<PolicyVersion>): PolicyModel {
  const { id, number, version, policyId, label, title, note, state, documentDigest, draftedAt, tested, approvals, activatedAt, supersededAt, ending } = record;
  return {
    __typename: 'Policy', id, number, version, policyId, label, title, note, state, documentDigest, draftedAt, testedAt: tested?.at ?? null, casesPassed: tested?.cases ?? null, approvals, activatedAt, supersededAt, ending,
    availableActions: policyLifecycle.actionsFrom(state), record,
  };
}

@ObjectType('PolicyBinding', { description: 'Where a policy in force applies. Of all that fit, the one with the highest priority does.' })
export class PolicyBindingModel {
  @Field(() => Int, { description: 'From 0 to 1000; the highest that fits applies.' }) priority!: number;
  @Field(() => ModeEnum, { description: 'Whether its refusals block, warn or are only recorded.' }) mode!: Mode;
  @Field(() => [String], { nullable: true, description: 'Environments by name; null = any.' }) environments!: readonly string[] | null;
  @Field(() => [String], { nullable: true, description: 'Kinds of environment; null = any.' }) kinds!: readonly string[] | null;
  @Field(() => [String], { nullable: true, description: 'Systems by number; null = any.' }) systems!: readonly string[] | null;
  @Field(() => [String], { nullable: true, description: 'Tiers of systems; null = any.' }) tiers!: readonly string[] | null;
}

@ObjectType('PolicyInForce', { description: 'A policy by which gates decide at present: the organization’s own, or the one that ships with the product.' })
export class PolicyInForceModel {
  @Field({ description: 'Its name, such as baseline.' }) policyId!: string;
  @Field({ description: 'Its version, such as 1.4.0.' }) label!: string;
  @Field({ description: 'SHA-256 over the canonical form of the document: what decisions name.' }) documentDigest!: string;
  @Field(() => [PolicyBindingModel], { description: 'Each place and each kind of system that it decides about, with priority and mode.' }) bindings!: PolicyBindingModel[];
  @Field({ description: 'The whole document as JSON: what to begin from to write another.' }) document!: string;
}

export function showInForce(policy: GatePolicy): PolicyInForceModel {
  const { digest, ...document } = policy;
  return {
    policyId: policy.id, label: policy.version, documentDigest: digest, document: canonicalJson(document),
    bindings: policy.bindings.map(({ priority, mode, environments, kinds, systems, tiers }) => ({ priority, mode, environments: environments ?? null, kinds: kinds ?? null, systems: systems ?? null, tiers: tiers ?? null })),
  };
}

@ObjectType('PolicyEdition', { implements: () => [NodeModel], description: 'An edition of the policy that ships with the product, as it was written down here with the first decision by it. It never changes; decisions of its time are made again by it.' })
export class PolicyEditionModel extends NodeModel {
  readonly __typename!: 'PolicyEdition';
  @Field(() => String, { description: 'Short name that people can say, such as PE-2; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => String, { description: 'The name of the policy, shared by all its editions, such as baseline.' }) policyId!: string;
  @Field(() => String, { description: 'The product’s name of this edition, such as 1.4.0.' }) label!: string;
  @Field(() => String, { description: 'One line for people, as the product has it.' }) title!: string;
  @Field(() => String, { description: 'SHA-256 over the canonical form of the document: what decisions name.' }) documentDigest!: string;
  @Field(() => String, { description: 'The whole document as JSON, in canonical form.' }) document!: string;
  @Field(() => String, { nullable: true, description: 'The digest of the edition that decided before it, which makes it an exception of the kind POLICY_CHANGE; null = none was written down before.' }) replaces!: string | null;
  @Field(() => DateTime, { description: 'When the first decision was made by it, by the database’s clock.' }) recordedAt!: string;
}
export const PolicyEditionConnection = connectionOf('PolicyEdition', () => PolicyEditionModel);

export function showEdition({ id, number, policyId, label, title, documentDigest, document, replaces, recordedAt }: Stored<PolicyEdition>): PolicyEditionModel {
  return { __typename: 'PolicyEdition', id, number, policyId, label, title, documentDigest, document: canonicalJson(document), replaces, recordedAt };
}

@InputType('DraftPolicyInput', { description: 'A new version of a policy, with the cases that it has to pass.' })
export class DraftPolicyInput implements PolicyDraft {
  @Field(() => String, { description: 'The document in YAML or JSON, at most 120000 characters. Refused as POLICY_INVALID with line and column of everything that is wrong.' }) @MaxLength(BODY_LIMIT) @IsString() source!: string;
  @Field(() => String, { description: 'The cases in YAML, at most 120000 characters: situations, and what the gate has to answer.' }) @MaxLength(BODY_LIMIT) @IsString() cases!: string;
  @Field(() => String, { description: 'Why it is written; at most 4000 characters.' }) @MaxLength(4000) @IsString() note!: string;
}

@InputType('PolicyFilterInput', { description: 'Which versions of policies to list: each condition narrows the list, and left out ones do not.' })
export class PolicyFilterInput implements PolicyFilter {
  @Field(() => String, { nullable: true, description: 'Only versions of the policy with this name.' }) @MaxLength(60) @IsString() @IsOptional() policyId?: string | null;
  @Field(() => [PolicyStateEnum], { nullable: true, description: 'Only those in one of these states; of none of them, nothing is listed.' }) @IsIn(policyLifecycle.states, { each: true }) @ArrayMaxSize(policyLifecycle.states.length) @IsArray() @IsOptional() states?: PolicyState[] | null;
}

@ArgsType()
export class PoliciesArgs extends PageArgs {
  @Field(() => PolicyFilterInput, { nullable: true, description: 'Which of them; left out = all of them, the latest first.' }) @Type(() => PolicyFilterInput) @ValidateNested() @IsOptional() filter?: PolicyFilterInput | null;
}

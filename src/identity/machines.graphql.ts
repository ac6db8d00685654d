/** How trust rules and keys are shown, and what administrators may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { SERVICE_ROLES, type Permission } from '../domain/actor.js';
import { apiKeyLifecycle, type ApiKey } from '../domain/api-key.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { trustRuleLifecycle, type ClaimCondition, type MachineScope, type TrustRule } from '../domain/trust-rule.js';
import { ChangeArgs, PageArgs } from '../platform/arguments.js';
import { connectionOf, DateTime, NodeModel, publishActions } from '../platform/graphql-types.js';
import type { ApiKeyFilter, TrustRuleFilter } from './machines.queries.js';
import { RoleEnum } from './people.graphql.js';

const TrustRuleActionEnum = publishActions('TrustRuleAction', trustRuleLifecycle, 'What can be done with a trust rule, in the words of its lifecycle.');
const ApiKeyActionEnum = publishActions('ApiKeyAction', apiKeyLifecycle, 'What can be done with a key, in the words of its lifecycle.');

@ObjectType('ClaimCondition', { description: 'A claim of the token has to be exactly this text.' })
export class ClaimConditionModel {
  @Field(() => String, { description: 'Its name, such as `repository_id`; for Kubernetes the path below `kubernetes.io`, such as `serviceaccount.uid`.' }) claim!: string;
  @Field(() => String, { description: 'The only text with which it fits; "true" for a flag of GitLab.' }) equals!: string;
}

@ObjectType('TrustRule', { implements: () => [NodeModel], description: 'Jobs or pods that may ask the gate and report without any stored secret, as a service of their own. They sign nothing.' })
export class TrustRuleModel extends NodeModel {
  readonly __typename!: 'TrustRule';
  @Field(() => String, { description: 'Short name that people can say, such as TR-4; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one when it is retired; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'What colleagues call these jobs; also the label of its account.' }) name!: string;
  @Field(() => [ClaimConditionModel], { description: 'All of them have to hold.' }) conditions!: readonly ClaimCondition[];
  @Field(() => DateTime, { description: 'The instant at which it ends by itself, at most 366 days after it was made.' }) validUntil!: string;
  @Field(() => Boolean, { description: 'False once it was retired: its jobs are refused from then on.' }) active!: boolean;
  @Field(() => [TrustRuleActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof trustRuleLifecycle>[];
  record!: Stored<TrustRule>;
}

@ObjectType('ApiKey', { implements: () => [NodeModel], description: 'A secret by which a machine asks as a service of its own. The secret itself is shown once and kept nowhere.' })
export class ApiKeyModel extends NodeModel {
  readonly __typename!: 'ApiKey';
  @Field(() => String, { description: 'Short name that people can say, such as KEY-2; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one when it is revoked; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'What colleagues call the machine; also the label of its account.' }) name!: string;
  @Field(() => [String], { nullable: true, description: 'All that it may be used for, such as `gate.check`; null = whatever the role of its account carries.' }) permissions!: readonly Permission[] | null;
  @Field(() => DateTime, { description: 'The instant at which it ends by itself, at most 366 days after it was issued.' }) validUntil!: string;
  @Field(() => DateTime, { description: 'When an administrator issued it, by the database’s clock.' }) issuedAt!: string;
  @Field(() => Boolean, { description: 'False once it was revoked; whether its time is over, `validUntil` tells.' }) active!: boolean;
  @Field(() => [ApiKeyActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof apiKeyLifecycle>[];
  record!: Stored<ApiKey>;
}

@ObjectType('IssuedApiKey', { description: 'A new key with its secret: the only answer that ever holds it.' })
export class IssuedApiKeyModel {
  @Field(() => String, { description: 'Send it as bearer token; write it down now, for nobody can show it again.' }) secret!: string;
  @Field(() => ApiKeyModel, { description: 'What is kept of it: number, scope and end.' }) key!: ApiKeyModel;
}

export const TrustRuleConnection = connectionOf('TrustRule', () => TrustRuleModel);
export const ApiKeyConnection = connectionOf('ApiKey', () => ApiKeyModel);

export function showRule(record: Stored<TrustRule>): TrustRuleModel {
  const { id, number, version, name, conditions, validUntil, state } = record;
  return { __typename: 'TrustRule', id, number, version, name, conditions, validUntil, active: state === 'ACTIVE', availableActions: trustRuleLifecycle.actionsFrom(state), record };
}

export function showKey(record: Stored<ApiKey>): ApiKeyModel {
  const { id, number, version, name, permissions, validUntil, issuedAt, state } = record;
  return { __typename: 'ApiKey', id, number, version, name, permissions, validUntil, issuedAt, active: state === 'ACTIVE', availableActions: apiKeyLifecycle.actionsFrom(state), record };
}

@InputType('ClaimConditionInput', { description: 'A claim, and the only text with which it fits.' })
export class ClaimConditionInput {
  @Field(() => String, { description: 'Its name, such as `repository_id`; for Kubernetes the path below `kubernetes.io`, such as `serviceaccount.uid`.' }) @MaxLength(100) @IsString() claim!: string;
  @Field(() => String, { description: 'Exactly what the token has to say; at most 300 characters.' }) @MaxLength(300) @IsString() equals!: string;
}

/** What rules and keys have in common. */
@InputType({ isAbstract: true })
class MachineInput {
  @Field(() => String, { description: 'What colleagues will call it; at most 200 characters.' }) @MaxLength(200) @IsString() name!: string;
  @Field(() => RoleEnum, { defaultValue: 'DEPLOYER', description: 'DEPLOYER asks, authorizes and reports deployments; MONITOR reports what it observes.' }) @IsIn(SERVICE_ROLES) role!: MachineScope['role'];
  @Field(() => [ID], { nullable: true, defaultValue: null, description: 'The only AI systems for which it may ask, by id or number; left out = all of them.' }) @MaxLength(100, { each: true }) @IsString({ each: true }) @ArrayMaxSize(200) @IsOptional() systems!: string[] | null;
  @Field(() => [ID], { nullable: true, defaultValue: null, description: 'The only deployment targets for which it may ask, by name or id; left out = all of them, production included.' }) @MaxLength(200, { each: true }) @IsString({ each: true }) @ArrayMaxSize(100) @IsOptional() environments!: string[] | null;
  @Field(() => DateTime, { description: 'The instant at which it ends by itself. Refused as VALIDITY_TOO_LONG beyond 366 days.' }) @IsString() validUntil!: string;
}

@InputType('CreateTrustRuleInput', { description: 'Which jobs or pods to trust, for what, and until when.' })
export class CreateTrustRuleInput extends MachineInput {
  @Field(() => ID, { description: 'The registered issuer of their tokens, such as ISS-2: for GITHUB, GITLAB or KUBERNETES.' }) @MaxLength(100) @IsString() issuer!: string;
  @Field(() => [ClaimConditionInput], { description: 'What their tokens have to say: the id (`repository_id`, `project_id`, `serviceaccount.uid`), from PILOT on `environment`, and for production of GitLab `ref_protected` and `environment_protected` as "true".' })
  @ValidateNested({ each: true }) @Type(() => ClaimConditionInput) @ArrayMinSize(1) @ArrayMaxSize(20) conditions!: ClaimConditionInput[];
}

@InputType('IssueApiKeyInput', { description: 'For which machine, for what, and until when.' })
export class IssueApiKeyInput extends MachineInput {
  @Field(() => [String], { nullable: true, defaultValue: null, description: 'All that it may be used for, such as `gate.check`; left out = whatever the role carries.' }) @MaxLength(60, { each: true }) @IsString({ each: true }) @ArrayMaxSize(30) @IsOptional() permissions!: string[] | null;
}

@ArgsType()
export class RotateApiKeyArgs extends ChangeArgs {
  @Field(() => DateTime, { description: 'The instant at which the successor ends. Refused as VALIDITY_TOO_LONG beyond 366 days.' }) @IsString() validUntil!: string;
}

@InputType('TrustRuleFilterInput', { description: 'Which trust rules to list: each condition narrows the list, and left out ones do not.' })
export class TrustRuleFilterInput implements TrustRuleFilter {
  @Field(() => ID, { nullable: true, description: 'Only those for tokens of this one, such as ISS-2.' }) @MaxLength(100) @IsString() @IsOptional() issuer?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that nobody retired; false: only the others.' }) @IsOptional() active?: boolean | null;
}

@ArgsType()
export class TrustRulesArgs extends PageArgs {
  @Field(() => TrustRuleFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => TrustRuleFilterInput) @ValidateNested() @IsOptional() filter?: TrustRuleFilterInput | null;
}

@InputType('ApiKeyFilterInput', { description: 'Which keys to list: each condition narrows the list, and left out ones do not.' })
export class ApiKeyFilterInput implements ApiKeyFilter {
  @Field(() => Boolean, { nullable: true, description: 'True: only those that nobody revoked; false: only the others.' }) @IsOptional() active?: boolean | null;
}

@ArgsType()
export class ApiKeysArgs extends PageArgs {
  @Field(() => ApiKeyFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => ApiKeyFilterInput) @ValidateNested() @IsOptional() filter?: ApiKeyFilterInput | null;
}

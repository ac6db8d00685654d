/** What administrators send about people, accounts and roles. */
import { ArgsType, Field, ID, InputType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { FUNCTIONS, LANES, ROLES, type Lane, type PersonFunction, type Role } from '../domain/actor.js';
import { ChangeArgs, ReasonedChangeArgs } from '../platform/arguments.js';
import { DateTime } from '../platform/graphql-types.js';
import { FunctionEnum, LaneEnum, RoleEnum } from './people.graphql.js';

@InputType('AdmitPersonInput', { description: 'Somebody who joins the organization, with a first account. Roles are granted afterwards.' })
export class AdmitPersonInput {
  @Field(() => String, { description: 'The subject under which the issuer of tokens knows them, such as `amara`. Refused as ALREADY_EXISTS when an account has it.' }) @MaxLength(200) @IsString() handle!: string;
  @Field(() => String, { description: 'How colleagues know them; at most 200 characters.' }) @MaxLength(200) @IsString() displayName!: string;
  @Field(() => ID, { nullable: true, description: 'The trusted issuer that knows them by it, such as ISS-1; left out = the built-in one.' }) @MaxLength(100) @IsString() @IsOptional() issuer?: string | null;
  @Field(() => FunctionEnum, { nullable: true, description: 'The part of the organization they work for; without one nobody counts as the second function of a four-eyes lane.' }) @IsIn(FUNCTIONS) @IsOptional() function?: PersonFunction | null;
}

@InputType('OpenAccountInput', { description: 'One more account: of a person who has one already, or of a machine.' })
export class OpenAccountInput {
  @Field(() => ID, { nullable: true, description: 'Whose it is: handle, user number such as U-3, or person id. All accounts of one person count once. Left out = a service, such as a deployment tool.' }) @MaxLength(200) @IsString() @IsOptional() person?: string | null;
  @Field(() => String, { description: 'The subject under which the issuer of tokens knows it. Refused as ALREADY_EXISTS when an account has it.' }) @MaxLength(200) @IsString() handle!: string;
  @Field(() => ID, { nullable: true, description: 'The trusted issuer that knows it by this subject, such as ISS-1, for one more way in for the same person; left out = the built-in one. Services come by trust rules or keys instead.' }) @MaxLength(100) @IsString() @IsOptional() issuer?: string | null;
  @Field(() => String, { description: 'Human-readable label of the account; at most 200 characters.' }) @MaxLength(200) @IsString() displayName!: string;
}

@InputType('GrantRoleInput', { description: 'One role, for which part of the register, and for how long.' })
export class GrantRoleInput {
  @Field(() => RoleEnum, { description: 'What the holder will be trusted to do. DEPLOYER and MONITOR are for services, every other role is for people.' }) @IsIn(ROLES) role!: Role;
  @Field(() => LaneEnum, { nullable: true, description: 'For REVIEWER, the discipline to vote in; left out for every other role.' }) @IsIn(LANES) @IsOptional() lane?: Lane | null;
  @Field(() => [ID], { nullable: true, description: 'The only AI systems for which it holds, by id or number; left out = all of them, those to come included.' }) @MaxLength(100, { each: true }) @IsString({ each: true }) @ArrayMaxSize(200) @IsOptional() systems?: string[] | null;
  @Field(() => String, { nullable: true, description: 'What qualifies the holder, such as a training or years of practice; at most 500 characters, and required for REVIEWER.' }) @MaxLength(500) @IsString() @IsOptional() qualification?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'The instant at which it begins, never one that is over; left out = now.' }) @IsString() @IsOptional() validFrom?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'The instant at which it ends by itself; left out = when somebody takes it away.' }) @IsString() @IsOptional() validUntil?: string | null;
}

@InputType('RevokeRoleInput', { description: 'Which role to take away, and why.' })
export class RevokeRoleInput {
  @Field(() => RoleEnum, { description: 'What its holder is not trusted with any longer.' }) @IsIn(ROLES) role!: Role;
  @Field(() => LaneEnum, { nullable: true, description: 'For REVIEWER, the discipline; left out for every other role.' }) @IsIn(LANES) @IsOptional() lane?: Lane | null;
  @Field(() => DateTime, { nullable: true, description: 'Only the grant that begins at this instant; left out = every one of this role that is not over yet.' }) @IsString() @IsOptional() validFrom?: string | null;
  @Field(() => String, { description: 'Why, for those who read the log later; at most 4000 characters.' }) @MaxLength(4000) @IsString() reason!: string;
}

@ArgsType()
export class GrantRoleArgs extends ChangeArgs {
  @Field(() => GrantRoleInput, { description: 'What its holder may do from then on, where, and until when.' }) @ValidateNested() @Type(() => GrantRoleInput) input!: GrantRoleInput;
}

@ArgsType()
export class RevokeRoleArgs extends ChangeArgs {
  @Field(() => RevokeRoleInput, { description: 'Which of its grants to end, with your reason.' }) @ValidateNested() @Type(() => RevokeRoleInput) input!: RevokeRoleInput;
}

@ArgsType()
export class ChangeFunctionArgs extends ReasonedChangeArgs {
  @Field(() => FunctionEnum, { description: 'The part of the organization the person works for from now on, with every account.' }) @IsIn(FUNCTIONS) function!: PersonFunction;
}

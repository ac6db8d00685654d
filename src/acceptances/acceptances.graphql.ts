/** How acceptances of risks are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { ACCEPTANCE_OUTCOMES, acceptanceLifecycle, type RiskAcceptance } from '../domain/acceptance.js';
import type { Role } from '../domain/actor.js';
import { MAX_CONDITIONS } from '../domain/condition.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import type { Level } from '../domain/scoring.js';
import { RoleEnum } from '../identity/people.graphql.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { PageArgs, publishActions } from '../systems/systems.graphql.js';
import type { AcceptanceFilter, AcceptanceSort } from './acceptances.queries.js';
import { ImposedConditionInput } from './conditions.graphql.js';
import { LevelEnum } from '../risks/criteria.graphql.js';

export const AcceptanceOutcomeEnum = publishEnum('AcceptanceOutcome', ACCEPTANCE_OUTCOMES, 'What an acceptance comes to at this moment: derived when it is read, never stored.', {
  REQUESTED: { description: 'Somebody whom the authority names has not granted it yet.' },
  GRANTED: { description: 'Everybody whom the authority names has granted it, and it has not ended.' },
  SUSPENDED: { description: 'Granted, and it does not count for now: something has happened that nobody has lifted, or a condition was missed and blocks.' },
  RENEWED: { description: 'A later one that renews it is granted, and counts in its place.' },
  LAPSED: { description: 'A condition was missed that ends it for good.' },
  EXPIRED: { description: 'Its time is over, granted or not.' },
  WITHDRAWN: { description: 'Taken back by whoever requested it.' },
  REVOKED: { description: 'Taken back by somebody who granted it, or by the head of risk.' },
});
export const AcceptanceActionEnum = publishActions('AcceptanceAction', acceptanceLifecycle, 'What can be done with an acceptance, in the words of its lifecycle.');

@ObjectType('AcceptanceGrant', { description: 'One person who has accepted a risk, in one of the roles that the authority for its level names.' })
export class AcceptanceGrantModel {
  @Field(() => RoleEnum, { description: 'Which part of the authority this fulfils. RISK_OWNER means the owner of this very risk.' }) role!: Role;
  @Field(() => DateTime, { description: 'When this person decided, by the database’s clock.' }) at!: string;
  personId!: string;
}

@ObjectType('RiskAcceptance', { implements: () => [NodeModel], description: 'A reasoned decision to carry one risk until an instant. It covers the statement, the scope and at most the level of that time; it is renewed by a new one, never extended.' })
export class RiskAcceptanceModel extends NodeModel {
  readonly __typename!: 'RiskAcceptance';
  @Field(() => String, { description: 'Short name that people can say, such as A-7; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every grant or other change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => LevelEnum, { description: 'The most that it covers; above that the risk has to be accepted anew.' }) level!: Level;
  @Field(() => String, { description: 'Why carrying the risk is right, in the words of the requester.' }) reason!: string;
  @Field(() => DateTime, { description: 'The instant from which it no longer counts, judged whenever it is asked about.' }) validUntil!: string;
  @Field(() => [AcceptanceGrantModel], { description: 'Who has granted it so far, in the order of their decisions.' }) grants!: readonly AcceptanceGrantModel[];
  @Field(() => [AcceptanceActionEnum], { description: 'What its stored state allows; whether you may do it, and whether its time is over, is checked when you do.' }) availableActions!: ActionOf<typeof acceptanceLifecycle>[];
  record!: Stored<RiskAcceptance>;
}

export const AcceptanceConnection = connectionOf('RiskAcceptance', () => RiskAcceptanceModel);

export function showAcceptance(record: Stored<RiskAcceptance>): RiskAcceptanceModel {
  const { id, number, version, accepted, reason, validUntil, grants, state } = record;
  return { __typename: 'RiskAcceptance', id, number, version, level: accepted.level, reason, validUntil, grants, availableActions: acceptanceLifecycle.actionsFrom(state), record };
}

const AcceptanceSortEnum = publishEnum('AcceptanceSort', ['EXPIRES', 'NEWEST'] as const satisfies readonly AcceptanceSort[], 'In which order acceptances are listed.', {
  EXPIRES: { description: 'The one that ends first comes first.' },
  NEWEST: { description: 'The one that was requested last comes first.' },
});

@InputType('AcceptanceFilterInput', { description: 'Which acceptances to list: each condition narrows the list, and left out ones do not.' })
export class AcceptanceFilterInput implements AcceptanceFilter {
  @Field(() => ID, { nullable: true, description: 'Only for risks of this AI system, by id or number.' }) @MaxLength(100) @IsString() @IsOptional() system?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only for this one, by id or number such as R-142.' }) @MaxLength(100) @IsString() @IsOptional() risk?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Only those that end at this instant or earlier.' }) @IsString() @IsOptional() expiresBefore?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that nobody took back and whose time is not over, granted or still waiting.' }) @IsOptional() live?: boolean | null;
}

@ArgsType()
export class AcceptancesArgs extends PageArgs {
  @Field(() => AcceptanceFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => AcceptanceFilterInput) @ValidateNested() @IsOptional() filter?: AcceptanceFilterInput | null;
  @Field(() => AcceptanceSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest unless said otherwise.' }) @IsIn(['EXPIRES', 'NEWEST']) sort!: AcceptanceSort;
}

@ArgsType()
export class RequestAcceptanceArgs {
  @Field(() => ID, { description: 'What is to be accepted, by id or by number such as R-142.' }) @MaxLength(100) @IsString() risk!: string;
  @Field(() => Int, { description: 'The version of the risk that you have seen. Refused as CONFLICT, naming the present one, when it was changed since.' }) @Min(1) @IsInt() expectedVersion!: number;
  @Field(() => String, { description: 'Why carrying it is right; at most 4000 characters.' }) @MaxLength(4000) @IsString() reason!: string;
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'A granted acceptance of the same risk that this one goes on from, by id or number such as A-7, ended or not; that one counts until this one is granted. Null = none.' }) @MaxLength(100) @IsString() @IsOptional() renews!: string | null;
  @Field(() => [ImposedConditionInput], { defaultValue: [], description: 'What has to be done beside; it is granted with it.' }) @ArrayMaxSize(MAX_CONDITIONS) @ValidateNested({ each: true }) @Type(() => ImposedConditionInput) conditions!: ImposedConditionInput[];
  @Field(() => DateTime, { description: 'The instant at which the acceptance ends by itself. Refused as VALIDITY_TOO_LONG beyond the days that the criteria give for the level.' }) @IsString() validUntil!: string;
}

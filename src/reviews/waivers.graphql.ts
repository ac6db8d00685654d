/** How waivers are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Lane, Role } from '../domain/actor.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { WAIVER_OUTCOMES, waiverLifecycle, type Waiver } from '../domain/waiver.js';
import { LaneEnum, RoleEnum } from '../identity/people.graphql.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { PageArgs, publishActions } from '../systems/systems.graphql.js';
import type { WaiverFilter, WaiverSort } from './waivers.queries.js';
import type { WaiverInput } from './waivers.service.js';

export const WaiverOutcomeEnum = publishEnum('WaiverOutcome', WAIVER_OUTCOMES, 'What a waiver comes to at this moment: derived when it is read, never stored.', {
  REQUESTED: { description: 'Too few people have granted it, or too few of them still may.' },
  GRANTED: { description: 'In force: the gate warns where it would block.' },
  OUTDATED: { description: 'Something material was changed after it was shown, something has happened to the risk that it is about, or nobody may waive this any more.' },
  EXPIRED: { description: 'Its time is over, granted or not.' },
  WITHDRAWN: { description: 'Taken back by whoever requested it.' },
  REVOKED: { description: 'Taken back by somebody who granted it, or by the head of risk.' },
});
export const WaiverActionEnum = publishActions('WaiverAction', waiverLifecycle, 'What can be done with a waiver, in the words of its lifecycle.');

@ObjectType('WaiverGrant', { description: 'One person who has agreed to a waiver. It counts for as long as that person holds the role and has no part in what is waived.' })
export class WaiverGrantModel {
  @Field(() => RoleEnum, { description: 'In which capacity this person decided; HEAD_OF_RISK must be among them.' }) role!: Role;
  @Field(() => DateTime, { description: 'When this person agreed, by the database’s clock.' }) at!: string;
  personId!: string;
}

@ObjectType('Waiver', { implements: () => [NodeModel], description: 'A decision of several people to do without one requirement of the gate, for one release in one environment, until an instant. It ends when something material changes.' })
export class WaiverModel extends NodeModel {
  readonly __typename!: 'Waiver';
  @Field(() => String, { description: 'Short name that people can say, such as W-2; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every grant or other change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'What is waived, as the reasons of decisions name it, such as R5/SECURITY or R6/M-3.' }) requirement!: string;
  @Field(() => String, { description: 'Why it is right to do without it, in the words of the requester.' }) reason!: string;
  @Field(() => String, { description: 'What holds the risk down in the meantime.' }) compensatingControl!: string;
  @Field(() => DateTime, { description: 'The instant from which it no longer counts, judged whenever it is asked about.' }) validUntil!: string;
  @Field(() => DateTime, { description: 'When it was requested; who gained a role after this instant does not grant it.' }) requestedAt!: string;
  @Field(() => LaneEnum, { description: 'The discipline in which a material difference ends it.' }) lane!: Lane;
  @Field(() => String, { description: 'SHA-256 of what was shown when it was requested.' }) packageDigest!: string;
  @Field(() => [WaiverGrantModel], { description: 'Who has granted it so far, in the order of their decisions.' }) grants!: readonly WaiverGrantModel[];
  @Field(() => [WaiverActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof waiverLifecycle>[];
  record!: Stored<Waiver>;
}

export const WaiverConnection = connectionOf('Waiver', () => WaiverModel);

export function showWaiver(record: Stored<Waiver>): WaiverModel {
  const { id, number, version, requirement, reason, compensatingControl, validUntil, requestedAt, lane, packageDigest, grants, state } = record;
  return { __typename: 'Waiver', id, number, version, requirement, reason, compensatingControl, validUntil, requestedAt, lane, packageDigest, grants, availableActions: waiverLifecycle.actionsFrom(state), record };
}

const WaiverSortEnum = publishEnum('WaiverSort', ['EXPIRES', 'NEWEST'] as const satisfies readonly WaiverSort[], 'In which order waivers are listed.', {
  EXPIRES: { description: 'The one that ends first comes first.' },
  NEWEST: { description: 'The one that was requested last comes first.' },
});

@InputType('WaiverFilterInput', { description: 'Which waivers to list: each condition narrows the list, and left out ones do not.' })
export class WaiverFilterInput implements WaiverFilter {
  @Field(() => ID, { nullable: true, description: 'Only those about this AI system, by id or number.' }) @MaxLength(100) @IsString() @IsOptional() system?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only those of this release, by id or number such as REL-3.' }) @MaxLength(100) @IsString() @IsOptional() release?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those for this environment, by name or opaque id.' }) @MaxLength(100) @IsString() @IsOptional() environment?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Only those that end at this instant or earlier.' }) @IsString() @IsOptional() expiresBefore?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that nobody took back and whose time is not over, granted or still waiting.' }) @IsOptional() live?: boolean | null;
}

@ArgsType()
export class WaiversArgs extends PageArgs {
  @Field(() => WaiverFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => WaiverFilterInput) @ValidateNested() @IsOptional() filter?: WaiverFilterInput | null;
  @Field(() => WaiverSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest unless said otherwise.' }) @IsIn(['EXPIRES', 'NEWEST']) sort!: WaiverSort;
}

@InputType('RequestWaiverInput', { description: 'What should be waived where, until when, and what compensates for it.' })
export class RequestWaiverInput implements WaiverInput {
  @Field(() => ID, { description: 'The only release that it is for, by id or number such as REL-3.' }) @MaxLength(100) @IsString() release!: string;
  @Field(() => String, { description: 'The only environment that it is for, by name such as production, or by opaque id.' }) @MaxLength(100) @IsString() environment!: string;
  @Field(() => String, { description: 'What is waived, as the reasons of a decision name it, such as R5/SECURITY or R6/M-3.' }) @MaxLength(100) @IsString() requirement!: string;
  @Field(() => String, { description: 'Why it is right to do without it; at most 4000 characters.' }) @MaxLength(4000) @IsString() reason!: string;
  @Field(() => String, { description: 'What holds the risk down in the meantime; at most 4000 characters.' }) @MaxLength(4000) @IsString() compensatingControl!: string;
  @Field(() => DateTime, { description: 'The instant at which it ends by itself. Refused as VALIDITY_TOO_LONG beyond the days that the policy gives for the tier.' }) @IsString() validUntil!: string;
  @Field(() => ID, { nullable: true, description: 'The waiver that this one goes on from, by id or number such as W-2; a waiver is renewed once.' }) @MaxLength(100) @IsString() @IsOptional() renews?: string | null;
}

/** How the feed of the log is shown. */
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import type { Change } from '../audit/changes.service.js';
import { PERMISSIONS, type Permission } from '../domain/actor.js';
import { EVENTS, OBJECT_TYPES, type EventName, type ObjectType as TypeOfObject } from '../domain/events.js';
import type { RefusalCode } from '../domain/refusal.js';
import { DateTime, publishEnum, RefusalCodeEnum } from '../platform/graphql-types.js';
import { MAX_PAGE } from '../platform/paging.js';

/** GraphQL names have neither dots nor capitals in the middle: signOff.recorded is SIGN_OFF_RECORDED. */
function upper<T extends string>(names: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(names.map((name) => [name.replace(/[A-Z]/g, (letter) => `_${letter}`).replaceAll('.', '_').toUpperCase(), name]));
}

const ChangeActionEnum = upper(EVENTS);
registerEnumType(ChangeActionEnum, { name: 'ChangeAction', description: 'Every fact that the log can hold. New ones may be added.' });
const PermissionEnum = upper(Object.keys(PERMISSIONS) as Permission[]);
registerEnumType(PermissionEnum, { name: 'Permission', description: 'What a command needs its caller to hold; one table says which roles carry it.' });
const ChangedTypeEnum = publishEnum('ChangedType', OBJECT_TYPES, 'What kind of record an entry of the log is about. New ones may be added.', {
  Tenant: { description: 'The organization itself: a reading of the log, or a refusal before a record was found.' },
});
const ChangeOutcomeEnum = publishEnum('ChangeOutcome', ['DONE', 'REFUSED'], 'Whether a command was carried out.', {
  REFUSED: { description: 'Nothing changed; that it was attempted is a fact of its own.' },
});

@ObjectType('ChangedObject', { description: 'The record that an entry of the log is about.' })
export class ChangedObjectModel {
  @Field(() => ChangedTypeEnum, { description: 'Its kind, such as Risk.' }) type!: TypeOfObject;
  @Field(() => ID, { description: 'Opaque id; node(id) gives what it stands for, where that can be shown.' }) id!: string;
  @Field(() => Int, { nullable: true, description: 'The version that came into being, or that a refused command found; null when none was found.' }) version!: number | null;
}

@ObjectType('Change', { description: 'One entry of the log: a fact with its place, or a refused attempt. Texts and names are not in it, only digests and opaque ids.' })
export class ChangeModel {
  @Field(() => Int, { description: 'Its place in the log, counted from 0 without gaps; send the last one you saw as `after`.' }) position!: number;
  @Field(() => DateTime, { description: 'When it was written, by the clock of the database; never earlier than the entry before.' }) at!: string;
  @Field(() => ChangeActionEnum, { nullable: true, description: 'What was done; null for a refused attempt.' }) action!: EventName | null;
  @Field(() => PermissionEnum, { nullable: true, description: 'For a refused attempt, what it would have needed; null otherwise.' }) permission!: Permission | null;
  @Field(() => ChangedObjectModel, { description: 'Which record it is about, and in which version.' }) object!: ChangedObjectModel;
  @Field(() => ChangeOutcomeEnum, { description: 'DONE or REFUSED; nothing else is logged.' }) outcome!: Change['outcome'];
  @Field(() => RefusalCodeEnum, { nullable: true, description: 'Why an attempt was refused; null for what was done.' }) code!: RefusalCode | null;
  @Field(() => String, { nullable: true, description: 'Salted SHA-256 of the reason that a person gave; null when none was asked for.' }) reasonDigest!: string | null;
  @Field(() => String, { nullable: true, description: 'SHA-256 of the canonical bytes of the version that this one replaced; null for a new record.' }) before!: string | null;
  @Field(() => String, { nullable: true, description: 'SHA-256 of the canonical bytes that came into being; null when no record changed.' }) after!: string | null;
  readonly actorId!: string;
}

@ObjectType('ChangesPageInfo', { description: 'How far a page of the feed reaches, and how far the log does.' })
export class ChangesPageInfoModel {
  @Field({ description: 'True while the log goes on behind this page; ask again with endPosition, even when this page is short or empty.' }) hasNextPage!: boolean;
  @Field(() => Int, { description: 'Everything up to this position was looked at: send it as `after`. −1 while the log is empty.' }) endPosition!: number;
  @Field(() => Int, { description: 'How many entries the log had when this page was read.' }) headSize!: number;
}

@ObjectType('ChangeFeed', { description: 'A part of the log in its own order, without gaps.' })
export class ChangeFeedModel {
  @Field(() => [ChangeModel], { description: 'The entries that fit the filter, in the order of their positions.' }) nodes!: readonly ChangeModel[];
  @Field(() => ChangesPageInfoModel, { description: 'Where the following request goes on.' }) pageInfo!: ChangesPageInfoModel;
}

@InputType('ChangesFilterInput', { description: 'Which entries to give back; positions that do not fit are passed over, and endPosition tells how far.' })
export class ChangesFilterInput {
  @IsOptional() @ArrayMaxSize(OBJECT_TYPES.length) @IsIn(OBJECT_TYPES, { each: true }) @Field(() => [ChangedTypeEnum], { nullable: true, description: 'Only about records of these kinds.' }) types?: TypeOfObject[] | null;
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'Only what belongs to this AI system, by id or number. Refused attempts belong to none.' }) system?: string | null;
}

@ArgsType()
export class ChangesArgs {
  @IsOptional() @IsInt() @Min(-1) @Field(() => Int, { nullable: true, description: 'The last position that you have seen; left out or −1 = from the beginning.' }) after?: number | null;
  @IsInt() @Min(1) @Max(MAX_PAGE) @Field(() => Int, { defaultValue: 50, description: `How many entries to give back at most, from 1 to ${String(MAX_PAGE)}.` }) first!: number;
  @IsOptional() @ValidateNested() @Type(() => ChangesFilterInput) @Field(() => ChangesFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) filter?: ChangesFilterInput | null;
}

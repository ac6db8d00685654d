/** How confirmations of dates of law are shown, and what clients may send about them. */
import { ArgsType, Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { confirmationOf, LAW_DATE_OUTCOMES, lawDateLifecycle, type LawDateConfirmation, type LawDateInput } from '../domain/law-date-confirmation.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { PageArgs } from '../platform/arguments.js';
import { connectionOf, DateTime, NodeModel, publishActions, publishEnum } from '../platform/graphql-types.js';
import type { LawDateFilter } from './law-dates.service.js';

export const LawDateOutcomeEnum = publishEnum('LawDateOutcome', LAW_DATE_OUTCOMES, 'What a confirmation comes to at this moment: derived when it is read, never stored.', {
  IN_FORCE: { description: 'The product records this day for the article, and somebody has confirmed it.' },
  OUTDATED: { description: 'The product records other days for the article than when it was confirmed: it confirms nothing any more.' },
  REVOKED: { description: 'Somebody took it back.' },
});
const LawDateActionEnum = publishActions('LawDateAction', lawDateLifecycle, 'What can be done with a confirmation, in the words of its lifecycle.');
const LawDateStateEnum = publishEnum('LawDateState', lawDateLifecycle.states, 'What is stored about a confirmation.', {
  CONFIRMED: { description: 'Nobody took it back; whether it is in force is its outcome.' },
  REVOKED: { description: 'Taken back for good.' },
});

@ObjectType('LawDateConfirmation', { implements: () => [NodeModel], description: 'That a person of the organization has looked up from which day an article is law. It is about exactly that day, and no answer of the gate depends on it.' })
export class LawDateConfirmationModel extends NodeModel {
  readonly __typename!: 'LawDateConfirmation';
  @Field(() => String, { description: 'Short name that people can say, such as LD-2; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one when it is revoked; send it back as `expectedVersion`.' }) version!: number;
  @Field({ description: 'Framework, version and entry of the article, such as eu-ai-act@2026-1744#Art-9.' }) reference!: string;
  @Field({ description: 'From which date of the calendar it is law, such as 2027-12-02.' }) day!: string;
  @Field({ description: 'Where it was looked up, in the words of whoever confirmed it.' }) source!: string;
  @Field({ description: 'What there is to say about it.' }) note!: string;
  @Field(() => DateTime, { description: 'When somebody confirmed it, by the database’s clock.' }) confirmedAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When somebody took it back; null = nobody has.' }) revokedAt!: string | null;
  @Field(() => [LawDateActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof lawDateLifecycle>[];
  record!: Stored<LawDateConfirmation>;
}

export const LawDateConfirmationConnection = connectionOf('LawDateConfirmation', () => LawDateConfirmationModel);

export function showLawDate(record: Stored<LawDateConfirmation>): LawDateConfirmationModel {
  const { id, number, version, reference, day, source, note, confirmedAt, revokedAt, state } = record;
  return { __typename: 'LawDateConfirmation', id, number, version, reference, day, source, note, confirmedAt, revokedAt, availableActions: lawDateLifecycle.actionsFrom(state), record };
}

/** Whether somebody confirmed that the article begins on the day, and what people have said about its days. */
export function showConfirmed(reference: string, day: string | null, standing: readonly Stored<LawDateConfirmation>[]): { confirmed: boolean; confirmations: LawDateConfirmationModel[] } {
  return { confirmed: confirmationOf(standing, reference, day) !== null, confirmations: standing.filter((one) => one.reference === reference).map(showLawDate) };
}

@InputType('ConfirmLawDateInput', { description: 'From which day an article is law, and where you looked it up.' })
export class ConfirmLawDateInput implements LawDateInput {
  @Field({ description: 'The article: framework, version and entry, such as eu-ai-act@2026-1744#Art-9.' }) @MaxLength(300) @IsString() reference!: string;
  @Field({ description: 'One of the days that the product records for it, such as 2027-12-02. Refused as INVALID_INPUT, naming them, for another one.' }) @MaxLength(40) @IsString() day!: string;
  @Field({ description: 'Where you looked it up, such as the Official Journal with its number; at most 500 characters.' }) @MaxLength(500) @IsString() source!: string;
  @Field({ description: 'What there is to say about it; at most 4000 characters.' }) @MaxLength(4000) @IsString() note!: string;
}

@InputType('LawDateFilterInput', { description: 'Which confirmations to list: each condition narrows the list, and left out ones do not.' })
export class LawDateFilterInput implements LawDateFilter {
  @Field(() => String, { nullable: true, description: 'Only those of this article: framework, version and entry.' }) @MaxLength(300) @IsString() @IsOptional() reference?: string | null;
  @Field(() => LawDateStateEnum, { nullable: true, description: 'Only those in this stored state.' }) @IsIn(lawDateLifecycle.states) @IsOptional() state?: LawDateConfirmation['state'] | null;
}

@ArgsType()
export class LawDatesArgs extends PageArgs {
  @Field(() => LawDateFilterInput, { nullable: true, description: 'Which of them; left out = all of them, the latest first.' }) @Type(() => LawDateFilterInput) @ValidateNested() @IsOptional() filter?: LawDateFilterInput | null;
}

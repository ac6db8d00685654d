/** How that which lapses is shown, and what clients may ask about it. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { connectionOf, DateTime, publishEnum } from '../platform/graphql-types.js';
import { PageArgs } from '../systems/systems.graphql.js';
import { MAX_DAYS, type LapseFilter } from './lapses.queries.js';
import { LAPSE_KINDS, type Lapse, type LapseKind } from './lapses.table.js';

const LapseKindEnum = publishEnum('LapseKind', LAPSE_KINDS, 'What kind of permission ends. New ones may be added.', {
  SIGN_OFF: { description: 'An approval of a reviewer: its lanes must be signed again.' },
  RISK_ACCEPTANCE: { description: 'An acceptance that was asked for or granted: request a new one.' },
  WAIVER: { description: 'A waiver that was asked for or granted: it may be renewed once.' },
  EVIDENCE: { description: 'Verified evidence: collect it again; a fresher pass of the same kind outdates nothing.' },
  CONDITION: { description: 'What a vote or an acceptance asked for beside, and nobody has confirmed: it is due.' },
  DELEGATION: { description: 'That somebody signs in the place of a colleague.' },
  BASELINE: { description: 'What ran before the gate was asked: until then it needs its own authorization.' },
  BREAK_GLASS_REVIEW: { description: 'The after-review of a break-glass is due; from then on it is a debt that denies the next production promotion of the system.' },
  IMPACT_ASSESSMENT: { description: 'The approval of an impact assessment: revise it and have the new edition approved.' },
});

@ObjectType('Lapse', { description: 'Something that permits risk and ends by itself soon, so that it can be renewed before the gate asks for it.' })
export class LapseModel {
  @Field(() => LapseKindEnum, { description: 'Which sort of permission it is, and by that how it is renewed.' }) kind!: LapseKind;
  @Field(() => ID, { description: 'Opaque id of the record: node(id) gives it.' }) id!: string;
  @Field({ description: 'Short number of the record, such as SO-4 or A-2.' }) number!: string;
  @Field(() => DateTime, { description: 'From this instant on it no longer counts.' }) endsAt!: string;
  readonly systemId!: string | null;
}
export const LapseConnection = connectionOf('Lapse', () => LapseModel);

@InputType('LapseFilterInput', { description: 'Which of them to list: each condition narrows the list, and left out ones do not.' })
export class LapseFilterInput implements LapseFilter {
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'Only those of this AI system, by id or number.' }) system?: string | null;
  @IsOptional() @ArrayMaxSize(LAPSE_KINDS.length) @IsIn(LAPSE_KINDS, { each: true }) @Field(() => [LapseKindEnum], { nullable: true, description: 'Only those of these kinds.' }) kinds?: LapseKind[] | null;
}

@ArgsType()
export class LapsesArgs extends PageArgs {
  @IsInt() @Field(() => Int, { defaultValue: 30, description: `How many days ahead to look, from 1 to ${String(MAX_DAYS)}: 30 to plan, 7 to hurry, 1 to act.` }) withinDays!: number;
  @IsOptional() @ValidateNested() @Type(() => LapseFilterInput) @Field(() => LapseFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) filter?: LapseFilterInput | null;
}

export function showLapse({ kind, id, number, endsAt, systemId }: Lapse): LapseModel {
  return { kind, id, number, endsAt, systemId };
}

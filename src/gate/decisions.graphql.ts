/** What clients may say about the list of recorded decisions. */
import { ArgsType, Field, ID, InputType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { VERDICTS, type Verdict } from '../domain/gate.js';
import { REASON_CODES, type ReasonCode } from '../domain/gate-question.js';
import { connectionOf, DateTime, publishEnum } from '../platform/graphql-types.js';
import { PageArgs } from '../systems/systems.graphql.js';
import type { DecisionFilter, DecisionSort } from './decisions.queries.js';
import { GateDecisionModel, ReasonCodeEnum, VerdictEnum } from './gate.graphql.js';

export const DecisionConnection = connectionOf('GateDecision', () => GateDecisionModel);
const DecisionSortEnum = publishEnum('DecisionSort', ['NEWEST'] as const satisfies readonly DecisionSort[], 'In which order recorded decisions are listed.', {
  NEWEST: { description: 'The one that was made last comes first.' },
});

@InputType('DecisionFilterInput', { description: 'Which recorded decisions to list: each condition narrows the list, and left out ones do not.' })
export class DecisionFilterInput implements DecisionFilter {
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'Only about releases of this AI system, by id or number.' }) system?: string | null;
  @IsOptional() @IsString() @MaxLength(100) @Field(() => String, { nullable: true, description: 'Only about this deployment target, by name or opaque id.' }) environment?: string | null;
  @IsOptional() @ArrayMaxSize(VERDICTS.length) @IsIn(VERDICTS, { each: true }) @Field(() => [VerdictEnum], { nullable: true, description: 'Only those with one of these answers; ERROR is never recorded.' }) verdicts?: Verdict[] | null;
  @IsOptional() @IsIn(REASON_CODES) @Field(() => ReasonCodeEnum, { nullable: true, description: 'Only those that give this code among their reasons.' }) reason?: ReasonCode | null;
  @IsOptional() @IsString() @MaxLength(200) @Field(() => String, { nullable: true, description: 'Only those that this account asked for: its number, handle or id, or `me`.' }) caller?: string | null;
  @IsOptional() @IsString() @Field(() => DateTime, { nullable: true, description: 'Only those that were made at this instant or later.' }) from?: string | null;
  @IsOptional() @IsString() @Field(() => DateTime, { nullable: true, description: 'Only those that were made at this instant or earlier.' }) to?: string | null;
}

@ArgsType()
export class DecisionsArgs extends PageArgs {
  @IsOptional() @ValidateNested() @Type(() => DecisionFilterInput) @Field(() => DecisionFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) filter?: DecisionFilterInput | null;
  @IsIn(['NEWEST']) @Field(() => DecisionSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest, the only order there is so far.' }) sort!: DecisionSort;
}

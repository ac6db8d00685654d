/** How a client narrows and sorts the risk register. */
import { ArgsType, Field, ID, InputType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { riskLifecycle, type RiskState } from '../domain/risk.js';
import { CONSEQUENCE_CLASSES, LEVELS, type ConsequenceClass, type Level } from '../domain/scoring.js';
import { TIERS, type Tier } from '../domain/system.js';
import { publishEnum } from '../platform/graphql-types.js';
import { PageArgs, TierEnum } from '../systems/systems.graphql.js';
import { ConsequenceClassEnum, LevelEnum } from './criteria.graphql.js';
import { RISK_SORTS, type RiskFilter, type RiskSort } from './risk-filters.queries.js';
import { RiskStateEnum } from './risks.graphql.js';

export const RiskSortEnum = publishEnum('RiskSort', RISK_SORTS, 'In which order risks are given. A cursor is good for the order that gave it out.', {
  OLDEST: { description: 'As they were logged, the first one first.' },
  NEWEST: { description: 'The one that was logged last first.' },
  LEVEL: { description: 'By current level, the highest first; what was never assessed comes last.' },
  REVIEW_DUE: { description: 'By the instant at which the next review is due, the most overdue first; what needs none comes last.' },
});

@InputType('RiskFilter', { description: 'Which risks are wanted. What is left out or null does not matter; of several fields all must hold, within a list any.' })
export class RiskFilterInput implements RiskFilter {
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'Those of this AI system, by id or by number such as SYS-9.' }) @IsOptional() @MaxLength(100) @IsString() system!: string | null;
  @Field(() => [RiskStateEnum], { nullable: true, defaultValue: null, description: 'Those that stand at one of these points of their life.' })
  @IsOptional() @IsIn(riskLifecycle.states, { each: true }) @ArrayMaxSize(20) @IsArray() states!: RiskState[] | null;
  @Field(() => [LevelEnum], { nullable: true, defaultValue: null, description: 'Those whose latest current estimate has one of these weights; never assessed ones have none.' })
  @IsOptional() @IsIn(LEVELS, { each: true }) @ArrayMaxSize(20) @IsArray() levels!: Level[] | null;
  @Field(() => [LevelEnum], { nullable: true, defaultValue: null, description: 'The same for the estimate before any treatment.' })
  @IsOptional() @IsIn(LEVELS, { each: true }) @ArrayMaxSize(20) @IsArray() inherentLevels!: Level[] | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Those that this person answers for, by handle, user number such as U-3, or person id. Refused as NOT_FOUND when there is nobody.' })
  @IsOptional() @MaxLength(200) @IsString() owner!: string | null;
  @Field(() => [TierEnum], { nullable: true, defaultValue: null, description: 'Those of systems that are this critical now.' }) @IsOptional() @IsIn(TIERS, { each: true }) @ArrayMaxSize(20) @IsArray() tiers!: Tier[] | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Those that name a node of a public catalogue, such as owasp-llm@2025#LLM01, or any node of it, such as owasp-llm@2025.' })
  @IsOptional() @MaxLength(200) @IsString() category!: string | null;
  @Field(() => [ConsequenceClassEnum], { nullable: true, defaultValue: null, description: 'Those whose latest current estimate names one of these kinds of harm.' })
  @IsOptional() @IsIn(CONSEQUENCE_CLASSES, { each: true }) @ArrayMaxSize(20) @IsArray() classes!: ConsequenceClass[] | null;
  @Field(() => Boolean, { nullable: true, defaultValue: null, description: 'True for those whose periodic review should have happened by now, false for all others.' }) @IsOptional() @IsBoolean() overdue!: boolean | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Words in the statement, whole and in any letter case; "in quotes" next to each other, -word without it, a or b. The newest 1000 that match are considered; at most 200 characters.' })
  @IsOptional() @MinLength(1) @MaxLength(200) @IsString() text!: string | null;
}

@ArgsType()
export class RisksArgs extends PageArgs {
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'Only risks of this AI system, by id or by number such as SYS-9; left out = of all.' }) @IsOptional() @MaxLength(100) @IsString() system!: string | null;
  @Field(() => RiskFilterInput, { nullable: true, defaultValue: null, description: 'Only risks that fit all of this; left out = every one.' }) @IsOptional() @ValidateNested() @Type(() => RiskFilterInput) filter!: RiskFilterInput | null;
  @Field(() => RiskSortEnum, { defaultValue: 'OLDEST', description: 'Which record comes first: the one that was logged first unless told otherwise.' }) @IsIn(RISK_SORTS) sort!: RiskSort;
}

@ArgsType()
export class RiskMatrixArgs {
  @Field(() => RiskFilterInput, { nullable: true, defaultValue: null, description: 'Which risks to count; those that are CLOSED or REJECTED only when it names these states.' })
  @IsOptional() @ValidateNested() @Type(() => RiskFilterInput) filter!: RiskFilterInput | null;
}

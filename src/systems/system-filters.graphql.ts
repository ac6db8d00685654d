/** How a client narrows and sorts the inventory. */
import { ArgsType, Field, InputType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { EU_CLASSES, PHASES, SYSTEM_FLAGS, systemLifecycle, TIERS, type AiSystem, type EuClass, type Phase, type SystemFlag, type Tier } from '../domain/system.js';
import { publishEnum } from '../platform/graphql-types.js';
import { SYSTEM_SORTS, type SystemFilter, type SystemSort } from './system-filters.queries.js';
import { EuClassEnum, PageArgs, SystemFlagEnum, SystemPhaseEnum, SystemStateEnum, TierEnum } from './systems.graphql.js';

export const SystemSortEnum = publishEnum('SystemSort', SYSTEM_SORTS, 'In which order AI systems are given. A cursor is good for the order that gave it out.', {
  OLDEST: { description: 'As they were registered, the first one first.' },
  NEWEST: { description: 'The one that was registered last first.' },
  TIER: { description: 'By how critical they are, CRITICAL first; what nobody assessed counts as CRITICAL.' },
});

@InputType('SystemFilter', { description: 'Which AI systems are wanted. What is left out or null does not matter; of several fields all must hold, within a list any.' })
export class SystemFilterInput implements SystemFilter {
  @Field(() => [SystemStateEnum], { nullable: true, defaultValue: null, description: 'Those that are in use, halted, or out of service.' })
  @IsOptional() @IsIn(systemLifecycle.states, { each: true }) @ArrayMaxSize(20) @IsArray() states!: AiSystem['state'][] | null;
  @Field(() => [TierEnum], { nullable: true, defaultValue: null, description: 'Those that are this critical now; never assessed ones are CRITICAL.' }) @IsOptional() @IsIn(TIERS, { each: true }) @ArrayMaxSize(20) @IsArray() tiers!: Tier[] | null;
  @Field(() => [EuClassEnum], { nullable: true, defaultValue: null, description: 'Those that stand here in the EU AI Act now; never assessed ones are UNCLASSIFIED.' })
  @IsOptional() @IsIn(EU_CLASSES, { each: true }) @ArrayMaxSize(20) @IsArray() euClasses!: EuClass[] | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Those that this person answers for, by handle, user number such as U-3, or person id. Refused as NOT_FOUND when there is nobody.' })
  @IsOptional() @MaxLength(200) @IsString() owner!: string | null;
  @Field(() => [SystemPhaseEnum], { nullable: true, defaultValue: null, description: 'Those that have come exactly this near to real use.' }) @IsOptional() @IsIn(PHASES, { each: true }) @ArrayMaxSize(20) @IsArray() phases!: Phase[] | null;
  @Field(() => [SystemFlagEnum], { nullable: true, defaultValue: null, description: 'Those of which one of these properties holds now.' })
  @IsOptional() @IsIn(SYSTEM_FLAGS, { each: true }) @ArrayMaxSize(SYSTEM_FLAGS.length) @IsArray() flags!: SystemFlag[] | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Words in the name, whole and in any letter case; "in quotes" next to each other, -word without it, a or b. The newest 1000 that match are considered; at most 200 characters.' })
  @IsOptional() @MinLength(1) @MaxLength(200) @IsString() text!: string | null;
}

@ArgsType()
export class SystemsArgs extends PageArgs {
  @Field(() => SystemFilterInput, { nullable: true, defaultValue: null, description: 'Only systems that fit all of this; left out = every one.' }) @IsOptional() @ValidateNested() @Type(() => SystemFilterInput) filter!: SystemFilterInput | null;
  @Field(() => SystemSortEnum, { defaultValue: 'OLDEST', description: 'Which system comes first: the one that was registered first unless told otherwise.' }) @IsIn(SYSTEM_SORTS) sort!: SystemSort;
}

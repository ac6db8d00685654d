/** How AI systems are shown, and what clients may send about them. */
import { ArgsType, Field, InputType, Int, ObjectType, PartialType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { classificationOf } from '../domain/classification.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { AUTONOMY_LEVELS, EU_CLASSES, PHASES, SYSTEM_FLAGS, systemLifecycle, TIERS, type AiSystem, type Autonomy, type ClassificationRecord, type EuClass, type SystemFlag, type Tier, type TieringAnswers } from '../domain/system.js';
import { ChangeArgs, PageArgs, ReasonedChangeArgs } from '../platform/arguments.js';
import { connectionOf, DateTime, NodeModel, publishActions, publishEnum } from '../platform/graphql-types.js';

export { ChangeArgs, PageArgs, publishActions, ReasonedChangeArgs };

export const TierEnum = publishEnum('Tier', TIERS, 'How much depends on a system, from least to most: decides which lanes of review a promotion needs, and how strictly.');
export const EuClassEnum = publishEnum('EuClass', EU_CLASSES, 'Where a system stands in the EU AI Act, Regulation (EU) 2024/1689.', {
  PROHIBITED: { description: 'Art. 5: denied at every gate, without any waiver.' },
  HIGH_RISK_ANNEX_I: { description: 'Art. 6(1): safety component of a product under Annex I.' },
  HIGH_RISK_ANNEX_III: { description: 'Art. 6(2): a use listed in Annex III.' },
  ANNEX_III_EXEMPT: { description: 'Art. 6(3): in a listed area, without significant risk; excluded where people are profiled.' },
  GPAI_PROVIDER: { description: 'Art. 53: provider of a general-purpose model.' },
  GPAI_SYSTEMIC_PROVIDER: { description: 'Art. 55: provider of a general-purpose model with systemic risk.' },
  LIMITED: { description: 'Art. 50: duties of transparency only.' },
  MINIMAL: { description: 'None of the other classes.' },
  UNCLASSIFIED: { description: 'Not judged yet: denied beyond pilot.' },
});
export const SystemFlagEnum = publishEnum('SystemFlag', SYSTEM_FLAGS, 'A property of a system that adds reviews to those of its tier and class; none ever takes one away.', {
  GPAI_PROVIDER: { description: 'EU AI Act, Art. 53: the organization provides the general-purpose model, whatever its class is; a class of this name says the same.' },
  GPAI_SYSTEMIC_PROVIDER: { description: 'EU AI Act, Art. 51 and 55: that model is one with systemic risk.' },
});
export const AutonomyEnum = publishEnum('Autonomy', AUTONOMY_LEVELS, 'How much a system does by itself, from least (ASSISTS) to most (DECIDES).');
export const SystemStateEnum = publishEnum('SystemState', systemLifecycle.states, 'Where an AI system stands. SUSPENDED and RETIRED ones are denied at every gate.');
export const SystemPhaseEnum = publishEnum('SystemPhase', PHASES, 'How near to real use a system has come: the furthest kind of environment that a deployment of it was reported into.', {
  PROPOSED: { description: 'No deployment was ever reported.' },
});
export const SystemActionEnum = publishActions('SystemAction', systemLifecycle, 'What can be done with an AI system, in the words of its lifecycle.');

@ObjectType('TierBasis', { description: 'What a judgement of criticality was held against.' })
export class TierBasisModel {
  @Field(() => Int, { description: 'Which of the answers of this system, counted from 1.' }) revision!: number;
  @Field(() => TierEnum, { description: 'What those answers and the class gave at that time; the judgement is never below it.' }) computed!: Tier;
}

@ObjectType('TierAssessment', { description: 'One judgement of how critical a system is. The latest holds; earlier ones are kept.' })
export class TierAssessmentModel {
  @Field(() => TierEnum, { description: 'How critical the system was found to be.' }) tier!: Tier;
  @Field(() => EuClassEnum, { description: 'The EU AI Act class that was found to apply.' }) euClass!: EuClass;
  @Field(() => [SystemFlagEnum], { description: 'Properties that were found to call for further reviews, in alphabetical order.' }) flags!: readonly SystemFlag[];
  @Field(() => String, { description: 'Why it was judged so, in the words of the assessor.' }) rationale!: string;
  @Field(() => DateTime, { description: 'The instant from which this judgement held.' }) at!: string;
  @Field(() => TierBasisModel, { nullable: true, description: 'The answers to the questionnaire that it was held against; null = nobody had answered.' }) restsOn?: TierBasisModel | null;
  assessedBy!: string;
}

@ObjectType('AiSystem', { implements: () => [NodeModel], description: 'An AI system of the inventory: what it is for, who answers for it, and how critical it is.' })
export class AiSystemModel extends NodeModel {
  readonly __typename!: 'AiSystem';
  @Field(() => String, { description: 'Short name that people can say, such as SYS-9; never reused, and accepted wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'What the organization calls this system.' }) name!: string;
  @Field(() => String, { description: 'What it is meant to do, for whom and where. A change outdates every sign-off about it.' }) intendedPurpose!: string;
  @Field(() => [String], { description: 'What it must not be used for, in alphabetical order.' }) prohibitedUses!: readonly string[];
  @Field(() => String, { nullable: true, description: 'The department or line that runs it; null when nobody said.' }) businessUnit!: string | null;
  @Field(() => [String], { description: 'The people whom its output concerns, such as "loan applicants".' }) affectedGroups!: readonly string[];
  @Field(() => AutonomyEnum, { description: 'How much it decides without a human being.' }) autonomy!: Autonomy;
  @Field(() => [String], { description: 'Where it is used, in the words of the organization, such as EU or US-CA.' }) jurisdictions!: readonly string[];
  @Field(() => SystemStateEnum, { description: 'Whether it is in use, halted, or out of service for good.' }) state!: AiSystem['state'];
  @Field(() => TierEnum, { description: 'How critical it is now; CRITICAL until a risk officer has assessed it.' }) tier!: Tier;
  @Field(() => EuClassEnum, { description: 'Its present EU AI Act class; UNCLASSIFIED until a risk officer has assessed it.' }) euClass!: EuClass;
  @Field(() => [SystemFlagEnum], { description: 'Properties that hold now and add reviews of their own.' }) flags!: readonly SystemFlag[];
  @Field(() => [TierAssessmentModel], { description: 'Every judgement of its criticality, oldest first; empty = never judged.' }) tierAssessments!: readonly TierAssessmentModel[];
  @Field(() => [SystemActionEnum], { description: 'What its present state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof systemLifecycle>[];
  ownerId!: string;
  developerIds!: readonly string[];
  readonly tieringAnswers!: readonly TieringAnswers[];
  readonly classifications!: readonly ClassificationRecord[];
  readonly profileChangedAt!: string | null;
}

export const AiSystemConnection = connectionOf('AiSystem', () => AiSystemModel);

export function showSystem(system: Stored<AiSystem>): AiSystemModel {
  const { tier, euClass, flags } = classificationOf(system);
  return { __typename: 'AiSystem', ...system, tier, euClass, flags, availableActions: systemLifecycle.actionsFrom(system.state) };
}

@InputType({ description: 'A new AI system. People are named by handle, user number such as U-3, or person id.' })
export class RegisterSystemInput {
  @Field(() => String, { description: 'What the organization calls this system; at most 200 characters.' }) @MaxLength(200) @IsString() name!: string;
  @Field(() => String, { description: 'What it is meant to do, for whom and where; at most 10,000 characters.' }) @MaxLength(10_000) @IsString() intendedPurpose!: string;
  @Field(() => String, { description: 'The person who answers for it. This person never votes on its risk and never sets its tier.' }) @MaxLength(200) @IsString() owner!: string;
  @Field(() => AutonomyEnum, { description: 'How much it decides without a human being. A change outdates every sign-off.' }) @IsIn(AUTONOMY_LEVELS) autonomy!: Autonomy;
  @Field(() => [String], { defaultValue: [], description: 'The people who build it; they never vote on its risk or its validation. At most 100.' })
  @MaxLength(200, { each: true }) @IsString({ each: true }) @ArrayMaxSize(100) @IsArray() developers!: string[];
  @Field(() => [String], { defaultValue: [], description: 'What it must not be used for; at most 100 items of 500 characters.' })
  @MaxLength(500, { each: true }) @IsString({ each: true }) @ArrayMaxSize(100) @IsArray() prohibitedUses!: string[];
  @Field(() => [String], { defaultValue: [], description: 'The people whom its output concerns, such as "loan applicants"; at most 100 items of 500 characters.' })
  @MaxLength(500, { each: true }) @IsString({ each: true }) @ArrayMaxSize(100) @IsArray() affectedGroups!: string[];
  @Field(() => [String], { defaultValue: [], description: 'Where it is used, such as EU or US-CA; at most 100 items of 500 characters.' })
  @MaxLength(500, { each: true }) @IsString({ each: true }) @ArrayMaxSize(100) @IsArray() jurisdictions!: string[];
  @Field(() => String, { nullable: true, defaultValue: null, description: 'The department or line that runs it; at most 200 characters, null = none.' }) @IsOptional() @MaxLength(200) @IsString() businessUnit!: string | null;
}

/** What is left out stays absent; a null where text or a list is needed is refused by the checks of form. */
@InputType({ description: 'Changes to an AI system: what is left out stays as it is, what is given replaces the whole value.' })
export class EditSystemInput extends PartialType(RegisterSystemInput, { omitDefaultValues: true, skipNullProperties: false }) {}

@ArgsType()
export class EditSystemArgs extends ChangeArgs {
  @Field(() => EditSystemInput, { description: 'The values to replace, only those that change.' }) @ValidateNested() @Type(() => EditSystemInput) input!: EditSystemInput;
}

@InputType({ description: 'A judgement of how critical a system is.' })
export class AssessTierInput {
  @Field(() => TierEnum, { nullable: true, defaultValue: null, description: 'How critical the system is, from MINIMAL to CRITICAL: never below what the answers to the questionnaire and the class give, or it is refused as TIER_BELOW_ANSWERS. Null = just that; needed while nobody has answered.' }) @IsOptional() @IsIn(TIERS) tier!: Tier | null;
  @Field(() => EuClassEnum, { description: 'The EU AI Act class that applies.' }) @IsIn(EU_CLASSES) euClass!: EuClass;
  @Field(() => [SystemFlagEnum], { defaultValue: [], description: 'Every property that holds and calls for further reviews; those that follow from the answers are added.' })
  @IsIn(SYSTEM_FLAGS, { each: true }) @ArrayMaxSize(SYSTEM_FLAGS.length) @IsArray() flags!: SystemFlag[];
  @Field(() => String, { description: 'Why it is judged so; at most 4000 characters.' }) @MaxLength(4000) @IsString() rationale!: string;
}

@ArgsType()
export class AssessTierArgs extends ChangeArgs {
  @Field(() => AssessTierInput, { description: 'What you found, with your reasons.' }) @ValidateNested() @Type(() => AssessTierInput) input!: AssessTierInput;
}

/** What clients may send about risks: checks of form and length only; what an estimate means is the rules' own. */
import { ArgsType, Field, ID, InputType, Int, PartialType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { KNOWLEDGE_STRENGTHS, TREATMENT_OPTIONS, type KnowledgeStrength, type TreatmentOption } from '../domain/risk.js';
import { CONSEQUENCE_CLASSES, type ConsequenceClass } from '../domain/scoring.js';
import { ChangeArgs, ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { ConsequenceClassEnum } from './criteria.graphql.js';
import { KnowledgeStrengthEnum, TreatmentOptionEnum } from './risks.graphql.js';

@InputType({ description: 'A risk in the words of ISO 31000. White space and letter case are typing: changing only them outdates nothing.' })
export class RiskStatementInput {
  @Field(() => String, { description: 'What can give rise to it; at most 4000 characters.' }) @MaxLength(4000) @IsString() source!: string;
  @Field(() => String, { description: 'What would happen; at most 4000 characters.' }) @MaxLength(4000) @IsString() event!: string;
  @Field(() => String, { description: 'What that would lead to, and for whom; at most 4000 characters.' }) @MaxLength(4000) @IsString() consequence!: string;
}

@InputType({ description: 'What a risk says: its statement, whom it concerns, who owns it, and what it is a risk of.' })
export class LogRiskInput {
  @Field(() => RiskStatementInput, { description: 'Source, event and consequence, all three.' }) @ValidateNested() @Type(() => RiskStatementInput) statement!: RiskStatementInput;
  @Field(() => String, { description: 'The person who answers for it, by handle, user number such as U-3, or person id.' }) @MaxLength(200) @IsString() owner!: string;
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'The only release that it concerns, by id or number such as REL-4; null = the whole system, in every release.' }) @IsOptional() @MaxLength(100) @IsString() release!: string | null;
  @Field(() => [String], { defaultValue: [], description: 'The people or groups who would bear the harm; at most 100 items of 500 characters.' })
  @MaxLength(500, { each: true }) @IsString({ each: true }) @ArrayMaxSize(100) @IsArray() affectedParties!: string[];
  @Field(() => [String], { defaultValue: [], description: 'References such as owasp-llm@2025#LLM01 to entries that the catalogues know; other spellings of theirs are taken for them. At least one unless it is a draft, at most 50; suggestTaxonomy proposes some.' })
  @MaxLength(200, { each: true }) @IsString({ each: true }) @ArrayMaxSize(50) @IsArray() taxonomy!: string[];
}

/** What is left out stays absent; a null where a value is needed is refused by the checks of form. */
@InputType({ description: 'Changes to a risk: what is left out stays as it is, what is given replaces the whole value.' })
export class EditRiskInput extends PartialType(LogRiskInput, { omitDefaultValues: true, skipNullProperties: false }) {}

@ArgsType()
export class EditRiskArgs extends ChangeArgs {
  @Field(() => EditRiskInput, { description: 'The values to replace, only those that change.' }) @ValidateNested() @Type(() => EditRiskInput) input!: EditRiskInput;
}

@InputType({ description: 'How bad an event would be in one kind of harm, as a person estimates it.' })
export class ConsequenceInput {
  @Field(() => ConsequenceClassEnum, { description: 'The kind of harm; each is named at most once.' }) @IsIn(CONSEQUENCE_CLASSES) class!: ConsequenceClass;
  @Field(() => Int, { description: 'Step on the consequence scale of the criteria, from 1 (least) to 5 (most).' }) @Max(5) @Min(1) @IsInt() value!: number;
}

@InputType({ description: 'An estimate by a person. There is no place for a level: the server computes it.' })
export class EstimateInput {
  @Field(() => Int, { description: 'Step on the scale of how often, from 1 (rare) to 5 (almost certain).' }) @Max(5) @Min(1) @IsInt() likelihood!: number;
  @Field(() => [ConsequenceInput], { description: 'One entry for each kind of harm that applies, at least one.' })
  @ValidateNested({ each: true }) @Type(() => ConsequenceInput) @ArrayMaxSize(CONSEQUENCE_CLASSES.length) @IsArray() consequences!: ConsequenceInput[];
}

@InputType({ description: 'A new assessment of a risk, up or down.' })
export class AssessRiskInput {
  @Field(() => EstimateInput, { description: 'The estimate before any treatment.' }) @ValidateNested() @Type(() => EstimateInput) inherent!: EstimateInput;
  @Field(() => EstimateInput, { description: 'The estimate with everything that is in place today; its level cannot be above the inherent one.' }) @ValidateNested() @Type(() => EstimateInput) current!: EstimateInput;
  @Field(() => EstimateInput, { nullable: true, defaultValue: null, description: 'What the treatment is meant to reach; null = no goal.' }) @IsOptional() @ValidateNested() @Type(() => EstimateInput) target!: EstimateInput | null;
  @Field(() => String, { description: 'Why you estimate it so; at most 10,000 characters.' }) @MaxLength(10_000) @IsString() rationale!: string;
  @Field(() => KnowledgeStrengthEnum, { description: 'How well founded your estimate is.' }) @IsIn(KNOWLEDGE_STRENGTHS) strengthOfKnowledge!: KnowledgeStrength;
}

@ArgsType()
export class AssessRiskArgs extends ChangeArgs {
  @Field(() => AssessRiskInput, { description: 'Your estimates, with your reasons.' }) @ValidateNested() @Type(() => AssessRiskInput) input!: AssessRiskInput;
}

@ArgsType()
export class PlanTreatmentArgs extends ReasonedChangeArgs {
  @Field(() => TreatmentOptionEnum, { description: 'What is to be done about the risk; RETAIN needs an acceptance.' }) @IsIn(TREATMENT_OPTIONS) option!: TreatmentOption;
}

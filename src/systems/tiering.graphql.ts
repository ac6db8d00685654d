/** How answers to the questionnaire and the tier that they give are shown, and what clients may send about them. */
import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Level } from '../domain/scoring.js';
import { EU_CLASSES, type EuClass, type SystemFlag, type Tier, type TieringAnswers } from '../domain/system.js';
import { score, type Answers } from '../domain/tiering.js';
import { ChangeArgs } from '../platform/arguments.js';
import { DateTime, LevelEnum } from '../platform/graphql-types.js';
import { QUESTIONNAIRE } from './shipped-questionnaire.js';
import { EuClassEnum, SystemFlagEnum, TierEnum } from './systems.graphql.js';

@ObjectType('TierDimensions', { description: 'What was answered, by subject, each of 100 to one decimal: the mean by weight together with the worst answer.' })
export class TierDimensionsModel {
  @Field(() => Float, { description: 'What a wrong output does to people and money, of 100.' }) materiality!: number;
  @Field(() => Float, { description: 'How hard it is to see through and to test, of 100.' }) complexity!: number;
  @Field(() => Float, { description: 'How much it does without a human being, of 100.' }) autonomy!: number;
  @Field(() => Float, { description: 'How many people it reaches, and who reaches it, of 100.' }) exposure!: number;
}

@ObjectType('TierFloor', { description: 'Something that holds a tier up, whatever the score is.' })
export class TierFloorModel {
  @Field(() => String, { description: 'A question such as M1, several of them together such as CF1, or the class under the EU AI Act.' }) by!: string;
  @Field(() => TierEnum, { description: 'What the tier is never below because of it.' }) floor!: Tier;
  @Field(() => String, { description: 'The question with its answer, or the reason, in words for people.' }) why!: string;
}

@ObjectType('TierDriver', { description: 'One of the answers that weigh most.' })
export class TierDriverModel {
  @Field(() => String, { description: 'Which one of the questionnaire, such as M1.' }) question!: string;
  @Field(() => String, { description: 'What counts: the answer, or the worst one where there is none.' }) option!: string;
  @Field({ description: 'False when nobody answered, so that the worst counts.' }) answered!: boolean;
  @Field(() => Float, { description: 'By how much the consequence or the propensity, of 100, would be lower with the mildest answer.' }) points!: number;
  @Field(() => TierEnum, { nullable: true, description: 'What it holds the tier up to, alone or together with other answers; null = nothing but its score.' }) floor!: Tier | null;
}

@ObjectType('AnswerChange', { description: 'One answer as it is, and as it would have to be.' })
export class AnswerChangeModel {
  @Field(() => String, { description: 'Which one of the questionnaire, such as M1.' }) question!: string;
  @Field(() => String, { nullable: true, description: 'The present answer; null = there is none.' }) from!: string | null;
  @Field(() => String, { description: 'The worst answer that would still do.' }) to!: string;
}

@ObjectType('TierLowering', { description: 'What would lower the tier, if it were true: all of these changes together.' })
export class TierLoweringModel {
  @Field(() => [AnswerChangeModel], { description: 'One answer, or two where none alone would do.' }) changes!: readonly AnswerChangeModel[];
  @Field(() => TierEnum, { description: 'How critical the system would then be.' }) tier!: Tier;
}

@ObjectType('TierScore', { description: 'How critical a system is by answers to the questionnaire and its class under the EU AI Act. Floors only raise; what is not answered counts as the worst.' })
export class TierScoreModel {
  @Field(() => TierDimensionsModel, { description: 'The four subjects of the questionnaire.' }) dimensions!: TierDimensionsModel;
  @Field(() => Float, { description: 'How much is at stake, of 100 to one decimal: from materiality and exposure.' }) consequence!: number;
  @Field(() => Float, { description: 'How likely it is to go wrong, of 100 to one decimal: from complexity and autonomy.' }) propensity!: number;
  @Field(() => Int, { description: 'The row of the matrix, 1 to 5.' }) consequenceBand!: number;
  @Field(() => Int, { description: 'The column of the matrix, 1 to 5.' }) propensityBand!: number;
  @Field(() => LevelEnum, { description: 'The cell of the matrix of the questionnaire.' }) level!: Level;
  @Field(() => TierEnum, { description: 'What that cell stands for, before anything holds it up.' }) baseTier!: Tier;
  @Field(() => [TierFloorModel], { description: 'All that would hold it up, also where it is higher anyway.' }) floors!: readonly TierFloorModel[];
  @Field(() => TierEnum, { description: 'How critical the system is by all of this.' }) tier!: Tier;
  @Field(() => [SystemFlagEnum], { description: 'Properties that follow from the answers, in alphabetical order.' }) flags!: readonly SystemFlag[];
  @Field(() => [String], { description: 'Questions without an answer, in the order of the questionnaire; each counts as its worst option.' }) unanswered!: readonly string[];
  readonly source!: { readonly answers: Answers; readonly euClass: EuClass };
}

@ObjectType('TieringAnswer', { description: 'The option that somebody chose for a question.' })
export class TieringAnswerModel {
  @Field(() => String, { description: 'Which one of the questionnaire, such as M1.' }) question!: string;
  @Field(() => String, { description: 'What was chosen, such as b.' }) option!: string;
}

@ObjectType('TieringAnswers', { description: 'What the team of a system answered at one time. It never changes; new answers are added.' })
export class TieringAnswersModel {
  @Field(() => Int, { description: 'Which of the answers of the system, counted from 1.' }) revision!: number;
  @Field(() => String, { description: 'The edition that was answered, such as 1.0.0.' }) questionnaireVersion!: string;
  @Field(() => String, { description: 'SHA-256 of the canonical form of that edition.' }) questionnaireDigest!: string;
  @Field(() => [TieringAnswerModel], { description: 'What was answered, by question; what is not here was left open.' }) answers!: readonly TieringAnswerModel[];
  @Field(() => String, { description: 'What the answers rest on, in the words of whoever gave them.' }) rationale!: string;
  @Field(() => DateTime, { description: 'When they were given.' }) at!: string;
  readonly answeredById!: string;
}

@ObjectType('Tiering', { description: 'The latest answers of a system, and what they give with its present class. A risk officer sets the tier, never below this.' })
export class TieringModel {
  @Field(() => TieringAnswersModel, { description: 'What its team said last.' }) answers!: TieringAnswersModel;
  @Field(() => TierScoreModel, { description: 'What follows from that by the questionnaire of now.' }) score!: TierScoreModel;
}

export function showAnswers({ questionnaire, answers, rationale, answeredBy, at }: TieringAnswers, i: number): TieringAnswersModel {
  const given = Object.keys(answers).sort().map((question) => ({ question, option: answers[question] ?? '' }));
  return { revision: i + 1, questionnaireVersion: questionnaire.version, questionnaireDigest: questionnaire.digest, answers: given, rationale, at, answeredById: answeredBy };
}

export function showScore(answers: Answers, euClass: EuClass): TierScoreModel {
  return { ...score(QUESTIONNAIRE, answers, euClass), source: { answers, euClass } };
}

@InputType({ description: 'The option that you choose for a question.' })
export class TieringAnswerInput {
  @Field(() => String, { description: 'Which one, such as M1: see `tieringQuestionnaire`.' }) @MaxLength(20) @IsString() question!: string;
  @Field(() => String, { description: 'What holds, such as b.' }) @MaxLength(20) @IsString() option!: string;
}

@InputType({ description: 'What the team of a system answers. It takes the place of all earlier answers: give them again where they still hold.' })
export class AnswerTieringInput {
  @Field(() => [TieringAnswerInput], { description: 'By question, in any order; what is left out counts as its worst option.' })
  @Type(() => TieringAnswerInput) @ValidateNested({ each: true }) @ArrayMaxSize(100) @IsArray() answers!: TieringAnswerInput[];
  @Field(() => String, { description: 'What the answers rest on; at most 4000 characters.' }) @MaxLength(4000) @IsString() rationale!: string;
}

@ArgsType()
export class AnswerTieringArgs extends ChangeArgs {
  @Field(() => AnswerTieringInput, { description: 'The answers, with what they rest on.' }) @ValidateNested() @Type(() => AnswerTieringInput) input!: AnswerTieringInput;
}

@ArgsType()
export class PreviewTierArgs {
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'Whose latest answers and class are taken where none are given here; an opaque id or a number such as SYS-9. Null = of nobody: nothing is answered, and the class is UNCLASSIFIED.' })
  @IsOptional() @MaxLength(100) @IsString() system!: string | null;
  @Field(() => [TieringAnswerInput], { nullable: true, defaultValue: null, description: 'The answers to try, all of them; null = those of the system.' })
  @IsOptional() @Type(() => TieringAnswerInput) @ValidateNested({ each: true }) @ArrayMaxSize(100) @IsArray() answers!: TieringAnswerInput[] | null;
  @Field(() => EuClassEnum, { nullable: true, defaultValue: null, description: 'The class under the EU AI Act to try; null = that of the system.' }) @IsOptional() @IsIn(EU_CLASSES) euClass!: EuClass | null;
}

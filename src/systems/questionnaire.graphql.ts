/** How the questionnaire is shown: what is asked, what each option scores, and what holds a tier up. */
import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import type { EuClass, SystemFlag, Tier } from '../domain/system.js';
import { DIMENSIONS, thresholdsOf, type Dimension, type Questionnaire } from '../domain/tiering-questionnaire.js';
import { DateTime, publishEnum } from '../platform/graphql-types.js';
import { EuClassEnum, SystemFlagEnum, TierEnum } from './systems.graphql.js';

type DimensionName = Uppercase<Dimension>;

export const TieringDimensionEnum = publishEnum('TieringDimension', DIMENSIONS.map(nameOf), 'A subject of the questionnaire: materiality and exposure make the consequence, complexity and autonomy the propensity.');

@ObjectType('TieringOption', { description: 'One way to answer a question.' })
export class TieringOptionModel {
  @Field(() => String, { description: 'What is sent to choose it, such as b.' }) id!: string;
  @Field(() => Int, { description: 'How much it weighs, from 0, the mildest, to 4.' }) score!: number;
  @Field(() => String, { description: 'What it says, in words for people.' }) label!: string;
  @Field(() => TierEnum, { nullable: true, description: 'What the tier is never below when it is chosen; null = it only scores.' }) floor!: Tier | null;
  @Field(() => [SystemFlagEnum], { description: 'Properties of the system that follow when it is chosen.' }) flags!: readonly SystemFlag[];
}

@ObjectType('TieringQuestion', { description: 'Something that is asked about a system.' })
export class TieringQuestionModel {
  @Field(() => String, { description: 'Short name that answers refer to, such as M1.' }) id!: string;
  @Field(() => TieringDimensionEnum, { description: 'The subject whose score this answer becomes part of.' }) dimension!: DimensionName;
  @Field(() => Float, { description: 'How much it counts within its subject, beside the others.' }) weight!: number;
  @Field(() => String, { description: 'What is asked, in words for people.' }) text!: string;
  @Field(() => [String], { description: 'Entries of public frameworks that ask for it: see `frameworkNode`.' }) basis!: readonly string[];
  @Field(() => [TieringOptionModel], { description: 'How it can be answered, from the mildest to the worst. Unanswered counts as the last.' }) options!: readonly TieringOptionModel[];
}

@ObjectType('TieringThreshold', { description: 'An answer that is at least so bad.' })
export class TieringThresholdModel {
  @Field(() => String, { description: 'Which one is looked at, such as M1.' }) question!: string;
  @Field(() => Int, { description: 'The score from which on it counts, up to 4.' }) from!: number;
}

@ObjectType('TieringCompoundFloor', { description: 'What several answers together hold a tier up to.' })
export class TieringCompoundFloorModel {
  @Field(() => String, { description: 'Its short name, such as CF1.' }) id!: string;
  @Field(() => TierEnum, { description: 'What the tier is never below then.' }) floor!: Tier;
  @Field(() => String, { description: 'The reason, in words for people.' }) why!: string;
  @Field({ description: 'True when every one of the thresholds must be reached, false when any one is enough.' }) needsAll!: boolean;
  @Field(() => [TieringThresholdModel], { description: 'Which answers are looked at, and how bad each has to be.' }) thresholds!: readonly TieringThresholdModel[];
}

@ObjectType('TieringClassFloor', { description: 'What a class under the EU AI Act holds a tier up to.' })
export class TieringClassFloorModel {
  @Field(() => EuClassEnum, { description: 'Where the system stands under the Act.' }) euClass!: EuClass;
  @Field(() => TierEnum, { description: 'What the tier is never below there.' }) floor!: Tier;
}

@ObjectType('TieringQuestionnaire', { description: 'The questions from which the tier of a system is computed. Mean and worst answer make a score for each subject; two halves of the score choose a cell of a matrix; floors raise it.' })
export class TieringQuestionnaireModel {
  @Field(() => String, { description: 'What it is called across its editions.' }) id!: string;
  @Field(() => String, { description: 'Which edition it is, such as 1.0.0; another one makes every answered tier due for assessment.' }) version!: string;
  @Field(() => String, { description: 'SHA-256 of its canonical form; answers name it.' }) digest!: string;
  @Field(() => DateTime, { description: 'The instant since which this edition is in use.' }) issuedAt!: string;
  @Field(() => String, { description: 'What it is about, in words for people.' }) title!: string;
  @Field(() => [TieringQuestionModel], { description: 'Everything that is asked about a system, in the order in which people read it.' }) questions!: readonly TieringQuestionModel[];
  @Field(() => [TieringCompoundFloorModel], { description: 'What answers hold up together, beside the floors of single options.' }) compoundFloors!: readonly TieringCompoundFloorModel[];
  @Field(() => [TieringClassFloorModel], { description: 'Classes that hold up a tier; the others do not.' }) classFloors!: readonly TieringClassFloorModel[];
  @Field(() => [Float], { description: 'Where the second to the fifth band of consequence and of propensity begin, of 100.' }) bands!: readonly number[];
}

export function showQuestionnaire(questionnaire: Questionnaire): TieringQuestionnaireModel {
  const { id, version, digest, issuedAt, title, scoring } = questionnaire;
  return {
    id, version, digest, issuedAt, title, bands: scoring.bands,
    questions: questionnaire.questions.map((question) => ({ ...question, dimension: nameOf(question.dimension) })),
    compoundFloors: questionnaire.compoundFloors.map(({ when, ...floor }) => ({ ...floor, needsAll: when.any === undefined, thresholds: thresholdsOf(when) })),
    classFloors: (Object.entries(questionnaire.classFloors) as [EuClass, Tier][]).map(([euClass, floor]) => ({ euClass, floor })),
  };
}

/** GraphQL enums are in capitals. */
function nameOf(dimension: Dimension): DimensionName {
  return dimension.toUpperCase() as DimensionName;
}

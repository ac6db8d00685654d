/** How the criteria are shown by which risks are judged: scales, matrix, floors, and who may accept what. */
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Role } from '../domain/actor.js';
import type { Stored } from '../domain/package.js';
import { CONSEQUENCE_CLASSES, LEVELS, type ConsequenceClass, type Level, type RiskCriteria } from '../domain/scoring.js';
import { RoleEnum } from '../identity/people.graphql.js';
import { LevelEnum, publishEnum } from '../platform/graphql-types.js';

export { LevelEnum };
export const ConsequenceClassEnum = publishEnum('ConsequenceClass', CONSEQUENCE_CLASSES, 'What kind of harm an event leads to. Each kind is judged by itself; the worst decides.');

@ObjectType('Anchor', { description: 'One step of a scale, with the words that tell people when to choose it.' })
export class AnchorModel {
  @Field(() => Int, { description: 'The number of the step, from 1 (least) to 5 (most).' }) value!: number;
  @Field(() => String, { description: 'Short word for the step, such as "Likely".' }) label!: string;
  @Field(() => String, { description: 'When to choose this step, such as "Once in one to three years".' }) meaning!: string;
}

@ObjectType('RiskFloor', { description: 'A lower bound on the level that holds however unlikely the event is. Floors only raise.' })
export class RiskFloorModel {
  @Field(() => ConsequenceClassEnum, { description: 'The kind of harm that it applies to.' }) class!: ConsequenceClass;
  @Field(() => Int, { description: 'The consequence, 1 to 5, at and above which it applies.' }) from!: number;
  @Field(() => LevelEnum, { description: 'What such a risk is never below.' }) level!: Level;
}

@ObjectType('AcceptanceAuthority', { description: 'Who may accept risks of one level, and for how long.' })
export class AcceptanceAuthorityModel {
  @Field(() => LevelEnum, { description: 'The present weight of the risks that this is about.' }) level!: Level;
  @Field(() => [RoleEnum], { description: 'Each of these must grant, as distinct persons; empty = nobody can accept such a risk.' }) roles!: readonly Role[];
  @Field(() => Int, { description: 'The longest life of an acceptance at this weight, in days.' }) days!: number;
}

@ObjectType('ReviewInterval', { description: 'How long an assessment or confirmation of a risk of one level is good for.' })
export class ReviewIntervalModel {
  @Field(() => LevelEnum, { description: 'The present weight of the risks that this is about.' }) level!: Level;
  @Field(() => Int, { description: 'After so many of them, the risk is due to be looked at again.' }) days!: number;
}

@ObjectType('RiskCriteria', { description: 'What an organization judges its risks by (ISO 31000, 6.3.4).' })
export class RiskCriteriaModel {
  @Field(() => Int, { description: 'Grows by one with every change; every assessment names the one it was made by.' }) version!: number;
  @Field(() => String, { description: 'What the organization calls this set of rules.' }) name!: string;
  @Field(() => [AnchorModel], { description: 'The scale of how often an event is expected, least first.' }) likelihood!: readonly AnchorModel[];
  @Field(() => [AnchorModel], { description: 'The scale of how bad an event would be, least first.' }) consequence!: readonly AnchorModel[];
  @Field(() => [[LevelEnum]], { description: 'The level of each combination: five rows for consequence 1 to 5, in each five cells for likelihood 1 to 5.' }) matrix!: readonly (readonly Level[])[];
  @Field(() => [RiskFloorModel], { description: 'Lower bounds that raise what the table of combinations says.' }) floors!: readonly RiskFloorModel[];
  @Field(() => LevelEnum, { description: 'The level that the organization is content to carry without looking for more treatment.' }) appetite!: Level;
  @Field(() => LevelEnum, { description: 'The highest residual level that needs no acceptance; anything above blocks at the gate until it is accepted.' }) tolerance!: Level;
  @Field(() => [AcceptanceAuthorityModel], { description: 'Who may accept at each level, from VERY_LOW to VERY_HIGH.' }) authority!: AcceptanceAuthorityModel[];
  @Field(() => [ReviewIntervalModel], { description: 'How often risks are looked at again at each level, from VERY_LOW to VERY_HIGH.' }) reviewIntervals!: ReviewIntervalModel[];
}

export function showCriteria(criteria: Stored<RiskCriteria>): RiskCriteriaModel {
  return { ...criteria, authority: LEVELS.map((level) => ({ level, roles: criteria.authority[level], days: criteria.acceptanceDays[level] })), reviewIntervals: LEVELS.map((level) => ({ level, days: criteria.reviewDays[level] })) };
}

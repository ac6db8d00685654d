/** How conditions are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Lane } from '../domain/actor.js';
import { CONDITION_EFFECTS, CONDITION_OUTCOMES, conditionLifecycle, type Condition, type ConditionEffect } from '../domain/condition.js';
import type { ActionOf, StateOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { LaneEnum } from '../identity/people.graphql.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { ChangeArgs, PageArgs, publishActions } from '../systems/systems.graphql.js';
import type { ConditionFilter, ConditionSort } from './conditions.queries.js';
import type { ConditionInput } from './conditions.service.js';

export const ConditionEffectEnum = publishEnum('ConditionEffect', CONDITION_EFFECTS, 'What happens when a condition is not met by the time it is due.', {
  BLOCK: { description: 'Nothing more is promoted there until it is met after all, though late.' },
  LAPSE: { description: 'What bears it counts no more, and nothing brings it back: it has to be decided anew.' },
});
export const ConditionStateEnum = publishEnum('ConditionState', conditionLifecycle.states, 'How far a condition has come; changed only by a command of somebody.', {
  OPEN: { description: 'Its owner has not shown anything yet.' },
  FULFILLED: { description: 'Its owner has shown that it was done; somebody else has to confirm it.' },
  CONFIRMED: { description: 'Met: somebody without a part in it has confirmed it; final.' },
});
export const ConditionOutcomeEnum = publishEnum('ConditionOutcome', CONDITION_OUTCOMES, 'What a condition comes to at this moment: its state, or what time has made of it. Derived when it is read.', {
  OVERDUE: { description: 'Missed, and it blocks until it is met.' },
  LAPSED: { description: 'Missed, and what bore it counts no more.' },
});
export const ConditionActionEnum = publishActions('ConditionAction', conditionLifecycle, 'What can be done with a condition, in the words of its lifecycle.');

@ObjectType('Condition', { implements: () => [NodeModel], description: 'What still has to be done after a yes: imposed with a vote or an acceptance, done by its owner, confirmed by somebody else. It is never changed: another date is another vote.' })
export class ConditionModel extends NodeModel {
  readonly __typename!: 'Condition';
  @Field(() => String, { description: 'Short name that people can say, such as C-4; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => [LaneEnum], { description: 'The disciplines whose people confirm it.' }) lanes!: readonly Lane[];
  @Field(() => String, { description: 'What has to be done, in the words of whoever asked for it.' }) text!: string;
  @Field(() => String, { description: 'What will show that it was done, in words.' }) shownBy!: string;
  @Field(() => DateTime, { description: 'The instant by which it has to be confirmed; judged whenever it is asked about.' }) due!: string;
  @Field(() => ConditionEffectEnum, { description: 'What happens when that instant passes before.' }) effect!: ConditionEffect;
  @Field(() => ConditionStateEnum, { description: 'How far it has come.' }) state!: StateOf<typeof conditionLifecycle>;
  @Field(() => DateTime, { description: 'When it was asked for, by the database’s clock.' }) imposedAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When somebody confirmed that it is met; null before.' }) confirmedAt!: string | null;
  @Field(() => String, { nullable: true, description: 'Why it counts as met, in the words of whoever confirmed it; null before.' }) confirmation!: string | null;
  @Field(() => [ConditionActionEnum], { description: 'What its stored state allows; whether you may do it, and whether its time is over, is checked when you do.' }) availableActions!: ActionOf<typeof conditionLifecycle>[];
  record!: Stored<Condition>;
}

export const ConditionConnection = connectionOf('Condition', () => ConditionModel);

export function showCondition(record: Stored<Condition>): ConditionModel {
  const { id, number, version, lanes, text, evidence: shownBy, due, effect, state, imposedAt, confirmation } = record;
  return {
    __typename: 'Condition', id, number, version, lanes, text, shownBy, due, effect, state, imposedAt, confirmedAt: confirmation?.at ?? null, confirmation: confirmation?.reason ?? null,
    availableActions: conditionLifecycle.actionsFrom(state), record,
  };
}

const ConditionSortEnum = publishEnum('ConditionSort', ['DUE', 'NEWEST'] as const satisfies readonly ConditionSort[], 'In which order conditions are listed.', {
  DUE: { description: 'The one that is due first comes first.' },
  NEWEST: { description: 'The one that was imposed last comes first.' },
});

@InputType('ConditionFilterInput', { description: 'Which conditions to list: each field narrows the list, and left out ones do not.' })
export class ConditionFilterInput implements ConditionFilter {
  @Field(() => ID, { nullable: true, description: 'Only those about this AI system, by id or number.' }) @MaxLength(100) @IsString() @IsOptional() system?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those that this person has to fulfil: handle, user number, person id, or `me`.' }) @MaxLength(200) @IsString() @IsOptional() owner?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Only those due at this instant or earlier.' }) @IsString() @IsOptional() dueBefore?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that are not met and not due yet.' }) @IsOptional() live?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that were missed and are not met, of either effect.' }) @IsOptional() overdue?: boolean | null;
}

@ArgsType()
export class ConditionsArgs extends PageArgs {
  @Field(() => ConditionFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => ConditionFilterInput) @ValidateNested() @IsOptional() filter?: ConditionFilterInput | null;
  @Field(() => ConditionSortEnum, { defaultValue: 'DUE', description: 'Which come first; those that are due next unless said otherwise.' }) @IsIn(['DUE', 'NEWEST']) sort!: ConditionSort;
}

@ArgsType()
export class FulfilConditionArgs extends ChangeArgs {
  @Field(() => [String], { description: 'What shows that it was done, by number such as E-7 or by id; at least one, at most 50.' })
  @MaxLength(100, { each: true }) @IsString({ each: true }) @ArrayMaxSize(50) @IsArray() evidence!: string[];
}

@InputType('ImposedConditionInput', { description: 'What still has to be done after a yes, by whom, until when, and what follows if it is not.' })
export class ImposedConditionInput implements ConditionInput {
  @Field(() => String, { description: 'What has to be done; at most 4000 characters.' }) @MaxLength(4000) @IsString() text!: string;
  @Field(() => String, { description: 'What will show that it was done; at most 1000 characters.' }) @MaxLength(1000) @IsString() evidence!: string;
  @Field(() => DateTime, { description: 'By when it has to be confirmed: ahead, and before what bears it ends. It cannot be moved.' }) @IsString() due!: string;
  @Field(() => String, { description: 'The person who has to do it, by handle, user number such as U-3, or person id. Never the one who confirms it.' }) @MaxLength(200) @IsString() owner!: string;
  @Field(() => ConditionEffectEnum, { description: 'What happens if it is missed.' }) @IsIn(CONDITION_EFFECTS) effect!: ConditionEffect;
}

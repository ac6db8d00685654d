/** How suspensions are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { ActionOf, StateOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { scopeOf, SUSPENSION_CAUSES, SUSPENSION_SCOPES, suspensionLifecycle, type Suspension, type SuspensionCause, type SuspensionScope } from '../domain/suspension.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { PageArgs, publishActions } from '../systems/systems.graphql.js';
import type { SuspensionFilter, SuspensionInput } from './suspensions.service.js';

const SuspensionScopeEnum = publishEnum('SuspensionScope', SUSPENSION_SCOPES, 'How far a suspension reaches.', {
  SYSTEM: { description: 'Every gate denies, and everything that was accepted about it does not count.' },
  RISK: { description: 'What was accepted about this one does not count, and its confirmation neither.' },
});
const SuspensionCauseEnum = publishEnum('SuspensionCause', SUSPENSION_CAUSES, 'What kind of thing set a suspension off.', {
  INCIDENT: { description: 'Something has gone wrong in use.' },
  INDICATOR: { description: 'A measured value has left its range.' },
  FINDING: { description: 'A shortcoming was brought up.' },
  OTHER: { description: 'Something else, which the reason tells.' },
});
const SuspensionStateEnum = publishEnum('SuspensionState', suspensionLifecycle.states, 'Whether it still holds; changed only by a command of somebody.', {
  OPEN: { description: 'What is in its scope does not count.' },
  LIFTED: { description: 'Somebody without a part in it has lifted it; final.' },
});
const SuspensionActionEnum = publishActions('SuspensionAction', suspensionLifecycle, 'What can be done with a suspension, in the words of its lifecycle.');

@ObjectType('Suspension', { implements: () => [NodeModel], description: 'Something has happened: what was accepted in its scope does not count until somebody lifts it, on a new assessment.' })
export class SuspensionModel extends NodeModel {
  readonly __typename!: 'Suspension';
  @Field(() => String, { description: 'Short name that people can say, such as SUS-2; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one when it is lifted; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => SuspensionScopeEnum, { description: 'Whether it is about one risk or about everything of its system.' }) scope!: SuspensionScope;
  @Field(() => SuspensionCauseEnum, { description: 'Where the trouble came to light; its end lifts nothing.' }) cause!: SuspensionCause;
  @Field(() => String, { description: 'The trouble in the words of the officer.' }) reason!: string;
  @Field(() => DateTime, { description: 'When it was recorded, by the database’s clock: an assessment of before says nothing about it.' }) since!: string;
  @Field(() => SuspensionStateEnum, { description: 'Whether it still holds.' }) state!: StateOf<typeof suspensionLifecycle>;
  @Field(() => DateTime, { nullable: true, description: 'When it was lifted; null before.' }) liftedAt!: string | null;
  @Field(() => String, { nullable: true, description: 'Why it was right to lift it; null before.' }) liftReason!: string | null;
  @Field(() => [SuspensionActionEnum], { description: 'What its state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof suspensionLifecycle>[];
  record!: Stored<Suspension>;
}

export const SuspensionConnection = connectionOf('Suspension', () => SuspensionModel);

export function showSuspension(record: Stored<Suspension>): SuspensionModel {
  const { id, number, version, cause, reason, since, state, lifted } = record;
  return {
    __typename: 'Suspension', id, number, version, scope: scopeOf(record), cause, reason, since, state, liftedAt: lifted?.at ?? null, liftReason: lifted?.reason ?? null,
    availableActions: suspensionLifecycle.actionsFrom(state), record,
  };
}

@InputType('SuspensionFilterInput', { description: 'Which suspensions to list: each field narrows the list, and left out ones do not.' })
export class SuspensionFilterInput implements SuspensionFilter {
  @Field(() => ID, { nullable: true, description: 'Only those about this AI system or a risk of it, by id or number.' }) @MaxLength(100) @IsString() @IsOptional() system?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only those about this one itself, by id or number such as R-12.' }) @MaxLength(100) @IsString() @IsOptional() risk?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that still hold; false: only those that were lifted.' }) @IsOptional() open?: boolean | null;
}

@ArgsType()
export class SuspensionsArgs extends PageArgs {
  @Field(() => SuspensionFilterInput, { nullable: true, description: 'Which of them; left out = all of them. The latest come first.' }) @Type(() => SuspensionFilterInput) @ValidateNested() @IsOptional() filter?: SuspensionFilterInput | null;
}

@InputType('ImposeSuspensionInput', { description: 'The trouble that an officer records, and how far it reaches.' })
export class ImposeSuspensionInput implements SuspensionInput {
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'The only risk that it is about, by id or number such as R-12; null = the whole system.' }) @MaxLength(100) @IsString() @IsOptional() risk!: string | null;
  @Field(() => SuspensionCauseEnum, { description: 'Where the trouble came to light.' }) @IsIn(SUSPENSION_CAUSES) cause!: SuspensionCause;
  @Field(() => String, { description: 'What has happened; at most 4000 characters.' }) @MaxLength(4000) @IsString() reason!: string;
}

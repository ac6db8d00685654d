/** How findings are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { FINDING_SOURCES, findingLifecycle, type Finding, type FindingOutcome, type FindingSource, type FindingState } from '../domain/finding.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { LEVELS, type Level } from '../domain/scoring.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { LevelEnum } from '../risks/criteria.graphql.js';
import { ChangeArgs, PageArgs, publishActions, ReasonedChangeArgs } from '../systems/systems.graphql.js';

const OUTCOMES = [...findingLifecycle.states, 'OVERDUE', 'ACCEPTANCE_LAPSED'] as const satisfies readonly FindingOutcome[];

export const FindingSourceEnum = publishEnum('FindingSource', FINDING_SOURCES, 'What brought a shortcoming to light.', {
  VALIDATION: { description: 'An independent validation of the model or system.' },
  GATE: { description: 'Something that went around the gate, or that it noticed.' },
});
export const FindingStateEnum = publishEnum('FindingState', findingLifecycle.states, 'How far the answer to a finding has come. From HIGH on, all but CLOSED and carried ones block at the gate.', {
  OPEN: { description: 'Raised; its owner has not said yet what will be done.' },
  PLANNED: { description: 'The owner has said what will be done, and by when.' },
  DONE: { description: 'The owner has shown that it was done; somebody else has to agree.' },
  CLOSED: { description: 'Somebody without a part in it agreed; final.' },
  RISK_ACCEPTED: { description: 'Carried by an acceptance of a risk, for as long as that lives.' },
});
export const FindingOutcomeEnum = publishEnum('FindingOutcome', OUTCOMES, 'What a finding comes to at this moment: its state, or what time has made of it. Derived when it is read.', {
  OVERDUE: { description: 'PLANNED, and the date that its owner named has passed.' },
  ACCEPTANCE_LAPSED: { description: 'RISK_ACCEPTED, and the acceptance no longer carries it: it counts as open.' },
});
export const FindingActionEnum = publishActions('FindingAction', findingLifecycle, 'What can be done with a finding, in the words of its lifecycle.');

@ObjectType('Finding', { implements: () => [NodeModel], description: 'A shortcoming of an AI system that was brought up, and what is done about it.' })
export class FindingModel extends NodeModel {
  readonly __typename!: 'Finding';
  @Field(() => String, { description: 'Short name that people can say, such as F-12; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => FindingSourceEnum, { description: 'Which activity brought the shortcoming to light.' }) source!: FindingSource;
  @Field(() => LevelEnum, { description: 'How much it weighs; from HIGH on it blocks at the gate until it is settled.' }) severity!: Level;
  @Field(() => String, { description: 'What was found, in the words of whoever raised it.' }) statement!: string;
  @Field(() => FindingStateEnum, { description: 'How far the answer to it has come; changed only by a command of somebody.' }) state!: FindingState;
  @Field(() => String, { nullable: true, description: 'What its owner will do, or has done, about it; null until planned.' }) action!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'By when it is to be done; the date cannot be moved.' }) due!: string | null;
  @Field(() => [String], { description: 'Opaque ids of what was named to show that it was done.' }) evidenceIds!: readonly string[];
  @Field(() => String, { nullable: true, description: 'Under which heading of the readiness items it belongs, such as scaling; null = under none.' }) theme!: string | null;
  @Field(() => String, { nullable: true, description: 'The mitigation that it is about, as it was named; null = none.' }) mitigationId!: string | null;
  @Field(() => String, { nullable: true, description: 'Why somebody agreed that it is settled; null before.' }) ending!: string | null;
  @Field(() => DateTime, { description: 'The instant at which the server recorded it.' }) raisedAt!: string;
  @Field(() => [FindingActionEnum], { description: 'What its present state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof findingLifecycle>[];
  record!: Stored<Finding>;
}

export const FindingConnection = connectionOf('Finding', () => FindingModel);

export function showFinding(record: Stored<Finding>): FindingModel {
  const { id, number, version, source, severity, statement, theme, state, action, due, evidenceIds, mitigationId, ending, raisedAt } = record;
  return { __typename: 'Finding', id, number, version, source, severity, statement, theme, state, action, due, evidenceIds, mitigationId, ending, raisedAt, availableActions: findingLifecycle.actionsFrom(state), record };
}

@ArgsType()
export class FindingsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'Only those about this AI system, by id or by number such as SYS-9; left out = about all.' }) @IsOptional() @MaxLength(100) @IsString() system!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Only those that this person answers for, by handle, user number or person id; left out = everybody’s.' }) @IsOptional() @MaxLength(200) @IsString() owner!: string | null;
  @Field(() => LevelEnum, { nullable: true, defaultValue: null, description: 'Only those of exactly this weight; left out = of any.' }) @IsOptional() @IsIn(LEVELS) severity!: Level | null;
  @Field(() => FindingStateEnum, { nullable: true, defaultValue: null, description: 'Only those that have come this far; left out = however far.' }) @IsOptional() @IsIn(findingLifecycle.states) state!: FindingState | null;
  @Field(() => Boolean, { defaultValue: false, description: 'True = only PLANNED ones whose date has passed.' }) @IsBoolean() overdue!: boolean;
}

@InputType({ description: 'A new finding: what is wrong, how much it weighs, and who has to answer.' })
export class RaiseFindingInput {
  @Field(() => FindingSourceEnum, { description: 'Which activity brought the shortcoming to light.' }) @IsIn(FINDING_SOURCES) source!: FindingSource;
  @Field(() => LevelEnum, { description: 'How much it weighs; later lowered only by a risk officer without a part in it.' }) @IsIn(LEVELS) severity!: Level;
  @Field(() => String, { description: 'What was found; at most 4000 characters.' }) @MaxLength(4000) @IsString() statement!: string;
  @Field(() => String, { description: 'The person who has to answer, by handle, user number such as U-3, or person id.' }) @MaxLength(200) @IsString() owner!: string;
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'The only release that it concerns, by id or number such as REL-4; null = the whole system.' }) @IsOptional() @MaxLength(100) @IsString() release!: string | null;
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'What it makes more likely or worse, by id or number such as R-12; null = nothing registered.' }) @IsOptional() @MaxLength(100) @IsString() risk!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Under which heading of the readiness items it belongs: of a pilot’s, what usually goes wrong there, such as scaling, lineage or rollback; null = under none. Refused as INVALID_INPUT when it is no word in small letters.' }) @IsOptional() @MaxLength(60) @IsString() theme!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'What turned out not to work, by id or number such as M-4; null = nothing registered.' }) @IsOptional() @MaxLength(100) @IsString() mitigation!: string | null;
}

@ArgsType()
export class PlanFindingArgs extends ChangeArgs {
  @Field(() => String, { description: 'What you will do about it; at most 4000 characters.' }) @MaxLength(4000) @IsString() action!: string;
  @Field(() => DateTime, { description: 'The instant by which it will be done; it cannot be moved later.' }) @IsString() due!: string;
}

@ArgsType()
export class CompleteFindingArgs extends ChangeArgs {
  @Field(() => [String], { description: 'What shows that it was done, by number such as E-7 or by id; at least one, at most 50.' })
  @MaxLength(100, { each: true }) @IsString({ each: true }) @ArrayMaxSize(50) @IsArray() evidence!: string[];
}

@ArgsType()
export class AcceptFindingArgs extends ChangeArgs {
  @Field(() => ID, { description: 'A granted acceptance of a risk of the same system, at or above the severity, by id or number such as A-7.' }) @MaxLength(100) @IsString() acceptance!: string;
}

@ArgsType()
export class RateFindingArgs extends ReasonedChangeArgs {
  @Field(() => LevelEnum, { description: 'How much it weighs from now on.' }) @IsIn(LEVELS) severity!: Level;
}

/** How impact assessments are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { assessmentLifecycle, type ImpactAssessment, type ImpactEdition, type ImpactOutcome, type ImpactState } from '../domain/impact-assessment.js';
import { IMPACT_ELEMENTS, IMPACT_KINDS, IMPACT_LANES, type ImpactKind } from '../domain/impact-elements.js';
import type { Lane } from '../domain/actor.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { LaneEnum } from '../identity/people.graphql.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { ChangeArgs, PageArgs, publishActions } from '../systems/systems.graphql.js';

const OUTCOMES = [...assessmentLifecycle.states, 'EXPIRED'] as const satisfies readonly ImpactOutcome[];

export const ImpactKindEnum = publishEnum('ImpactKind', IMPACT_KINDS, 'Which duty an assessment of impact answers. What has to be answered, and who approves it, follows from it.', {
  AI_SYSTEM: { description: 'After the topics of ISO/IEC 42005; approved in the RISK lane.' },
  FRIA: { description: 'Fundamental rights, EU AI Act Art. 27(1); approved in the FRIA lane.' },
  DPIA: { description: 'Data protection, GDPR Art. 35; approved in the PRIVACY lane.' },
});
export const ImpactStateEnum = publishEnum('ImpactState', assessmentLifecycle.states, 'Where the present edition stands. An edition that was approved before stays in force while the next one is written.', {
  DRAFT: { description: 'Being written.' },
  SUBMITTED: { description: 'Every element is answered; it waits for the reviewers of its lane.' },
  APPROVED: { description: 'Approved by somebody without a part in it; whether its time is over is its outcome.' },
  WITHDRAWN: { description: 'Taken back for good, with every edition.' },
});
export const ImpactOutcomeEnum = publishEnum('ImpactOutcome', OUTCOMES, 'What an assessment comes to at this moment: its state, or that the time of its approval is over. Derived when it is read.', {
  EXPIRED: { description: 'It was approved, and the term is over; the gate asks for a new edition.' },
});
export const ImpactActionEnum = publishActions('ImpactAction', assessmentLifecycle, 'What can be done with an assessment of impact, in the words of its lifecycle.');

@ObjectType('ImpactElement', { description: 'One thing that the assessment has to answer, with the answer of the present edition.' })
export class ImpactElementModel {
  @Field(() => String, { description: 'Permanent name of this part, such as DPIA-B; answers are sent under it.' }) id!: string;
  @Field(() => String, { description: 'A few words that say what it is about.' }) title!: string;
  @Field(() => String, { description: 'What the answer should tell, in our own words.' }) question!: string;
  @Field(() => String, { description: 'The clause or article that asks for it, such as GDPR Art. 35(7)(b).' }) source!: string;
  @Field(() => String, { nullable: true, description: 'What was written so far; null = nothing yet, and it cannot be handed in.' }) answer!: string | null;
}

@ObjectType('ImpactAnswer', { description: 'What an approved edition says about one element.' })
export class ImpactAnswerModel {
  @Field(() => String, { description: 'The name of the part that it answers, such as FRIA-C.' }) element!: string;
  @Field(() => String, { description: 'The words that were approved.' }) text!: string;
}

@ObjectType('ImpactEdition', { description: 'One edition as it was approved. The last one is in force while its time lasts.' })
export class ImpactEditionModel {
  @Field(() => Int, { description: 'Counted from 1 within the assessment.' }) edition!: number;
  @Field(() => [ImpactAnswerModel], { nullable: true, description: 'What was approved; null for all but the last two, whose words stay in the audit log.' }) answers!: readonly ImpactAnswerModel[] | null;
  @Field(() => String, { description: 'SHA-256 of the canonical answers: what reviewers see in a decision package.' }) answersDigest!: string;
  @Field(() => [String], { description: 'Opaque ids of what was attached to it.' }) evidenceIds!: readonly string[];
  @Field(() => DateTime, { description: 'The instant of the approval, by the database’s clock.' }) approvedAt!: string;
  @Field(() => DateTime, { description: 'The instant from which the gate no longer counts it.' }) validUntil!: string;
  submittedBy!: string;
  approvedBy!: string;
}

@ObjectType('ImpactAssessment', { implements: () => [NodeModel], description: 'What an AI system may do to people, asked element by element. A system has one of each kind; it is revised by editions.' })
export class ImpactAssessmentModel extends NodeModel {
  readonly __typename!: 'ImpactAssessment';
  @Field(() => String, { description: 'Short name that people can say, such as IA-3; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => ImpactKindEnum, { description: 'The duty that it answers, such as DPIA.' }) kind!: ImpactKind;
  @Field(() => LaneEnum, { description: 'Whose reviewers approve it, and whose sign-offs a new edition outdates.' }) lane!: Lane;
  @Field(() => ImpactStateEnum, { description: 'Where the present edition stands; changed only by a command of somebody.' }) state!: ImpactState;
  @Field(() => Int, { description: 'Which edition is being written, judged or in force, counted from 1.' }) edition!: number;
  @Field(() => [ImpactElementModel], { description: 'Everything that has to be answered, in the order of its source.' }) elements!: readonly ImpactElementModel[];
  @Field(() => [String], { description: 'Opaque ids of what is attached to the present edition.' }) evidenceIds!: readonly string[];
  @Field(() => String, { nullable: true, description: 'Why it was last given back, revised or withdrawn; null = none of it since the last approval.' }) remark!: string | null;
  @Field(() => [ImpactEditionModel], { description: 'What was approved so far, oldest first.' }) editions!: readonly ImpactEditionModel[];
  @Field(() => DateTime, { nullable: true, description: 'When the last approval ends; null = there is none.' }) validUntil!: string | null;
  @Field(() => DateTime, { description: 'The instant at which somebody began it.' }) draftedAt!: string;
  @Field(() => [ImpactActionEnum], { description: 'What its present state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof assessmentLifecycle>[];
  record!: Stored<ImpactAssessment>;
}

export const ImpactAssessmentConnection = connectionOf('ImpactAssessment', () => ImpactAssessmentModel);

export function showImpactAssessment(record: Stored<ImpactAssessment>): ImpactAssessmentModel {
  const { id, number, version, kind, state, edition, evidenceIds, remark, validUntil, draftedAt } = record;
  const elements = IMPACT_ELEMENTS[kind].map((element) => ({ ...element, answer: record.answers.find((answer) => answer.element === element.id)?.text ?? null }));
  return {
    __typename: 'ImpactAssessment', id, number, version, kind, lane: IMPACT_LANES[kind], state, edition, elements, evidenceIds, remark, validUntil, draftedAt,
    editions: record.editions.map(showEdition), availableActions: assessmentLifecycle.actionsFrom(state), record,
  };
}

function showEdition({ edition, answers, answersDigest, evidenceIds, approvedAt, validUntil, submittedBy, approvedBy }: ImpactEdition): ImpactEditionModel {
  return { edition, answers, answersDigest, evidenceIds, approvedAt, validUntil, submittedBy, approvedBy };
}

@ArgsType()
export class ImpactAssessmentsArgs extends PageArgs {
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'Only those of this AI system, by id or by number such as SYS-9; left out = of all.' }) @IsOptional() @MaxLength(100) @IsString() system!: string | null;
  @Field(() => ImpactKindEnum, { nullable: true, defaultValue: null, description: 'Only those that answer this duty; left out = all.' }) @IsOptional() @IsIn(IMPACT_KINDS) kind!: ImpactKind | null;
  @Field(() => ImpactStateEnum, { nullable: true, defaultValue: null, description: 'Only those whose present edition stands here; left out = wherever it stands.' }) @IsOptional() @IsIn(assessmentLifecycle.states) state!: ImpactState | null;
  @Field(() => Boolean, { defaultValue: false, description: 'True = only those whose last approval has ended.' }) @IsBoolean() overdue!: boolean;
}

@InputType({ description: 'The answer to one element of an impact assessment.' })
export class ImpactAnswerInput {
  @Field(() => String, { description: 'The name of the part that you answer, such as DPIA-B.' }) @MaxLength(100) @IsString() element!: string;
  @Field(() => String, { description: 'Your words; at most 4000 characters, and 24,000 over all parts.' }) @MaxLength(4000) @IsString() text!: string;
}

@InputType({ description: 'Answers to write into the present edition. Elements that are left out keep what they have.' })
export class AnswerImpactInput {
  @Field(() => [ImpactAnswerInput], { defaultValue: [], description: 'At most twenty at a time, each element once.' }) @ValidateNested({ each: true }) @Type(() => ImpactAnswerInput) @ArrayMaxSize(20) @IsArray() answers!: ImpactAnswerInput[];
  @Field(() => [String], { nullable: true, defaultValue: null, description: 'What to attach, by number such as E-7 or by id, in place of what was attached; left out = as it is, at most 50.' })
  @IsOptional() @MaxLength(100, { each: true }) @IsString({ each: true }) @ArrayMaxSize(50) @IsArray() evidence!: string[] | null;
}

@ArgsType()
export class AnswerImpactArgs extends ChangeArgs {
  @Field(() => AnswerImpactInput, { description: 'What to write, only what changes.' }) @ValidateNested() @Type(() => AnswerImpactInput) input!: AnswerImpactInput;
}

@ArgsType()
export class ApproveImpactArgs extends ChangeArgs {
  @Field(() => DateTime, { nullable: true, defaultValue: null, description: 'When the approval is to end; left out = as late as the tier of the system allows. Refused as VALIDITY_TOO_LONG beyond that.' }) @IsOptional() @IsString() validUntil!: string | null;
}

/** How mitigations are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType, PartialType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import type { ActionOf } from '../domain/lifecycle.js';
import { EFFECTS, MAX_EVIDENCE_LINKS, mitigationLifecycle, type CancellingSide, type Effect, type Mitigation, type MitigationState } from '../domain/mitigation.js';
import type { Stored } from '../domain/package.js';
import { GATED_KINDS, type GatedKind } from '../domain/policy-terms.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import type { MitigationFilter, MitigationSort } from './mitigations.queries.js';
import { ChangeArgs, PageArgs, publishActions } from '../systems/systems.graphql.js';

export const MitigationStateEnum = publishEnum('MitigationState', mitigationLifecycle.states, 'Where a mitigation stands. Only VERIFIED ones, with evidence that counts, take anything off a risk.', {
  PROPOSED: { description: 'Somebody wants it done.' },
  IN_PROGRESS: { description: 'Its owner works on it.' },
  IMPLEMENTED: { description: 'Its owner says that it is in place, and named what shows it.' },
  VERIFIED: { description: 'Somebody else has verified it.' },
  INEFFECTIVE: { description: 'It was found not to work.' },
  CANCELLED: { description: 'Its owner and a risk officer gave it up.' },
});
export const MitigationActionEnum = publishActions('MitigationAction', mitigationLifecycle, 'What can be done with a mitigation, in the words of its lifecycle.');
export const EffectEnum = publishEnum('MitigationEffect', EFFECTS, 'Which factor of an estimate a mitigation takes something off.', {
  BOTH: { description: 'Likelihood and consequence, by the same number of steps.' },
});
export const GatedKindEnum = publishEnum('GatedKind', GATED_KINDS, 'A kind of environment that is guarded by a gate, in the order in which releases pass them.');
const CancellingSideEnum = publishEnum('CancellingSide', ['OWNER', 'OFFICER'], 'In which part somebody agreed to a cancellation: it takes one of each.');

@ObjectType('MitigationCancellation', { description: 'That one of the two people whom a cancellation takes has asked for it.' })
export class MitigationCancellationModel {
  @Field(() => CancellingSideEnum, { description: 'Whether the owner or a risk officer asked; the other one is awaited.' }) as!: CancellingSide;
  @Field(() => String, { description: 'Why it should be given up.' }) reason!: string;
  @Field(() => DateTime, { description: 'When this was asked, by the database’s clock.' }) at!: string;
}

@ObjectType('Mitigation', { implements: () => [NodeModel], description: 'Something that is done about one risk: by whom, until when, with what effect, and what shows that it works.' })
export class MitigationModel extends NodeModel {
  readonly __typename!: 'Mitigation';
  @Field(() => String, { description: 'Short name that people can say, such as M-8; never reused, and accepted wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'What is done, in one line.' }) title!: string;
  @Field(() => String, { description: 'How it works, and how one would notice that it does not.' }) description!: string;
  @Field(() => DateTime, { description: 'The last moment by which its owner promised to have it in place.' }) due!: string;
  @Field(() => EffectEnum, { description: 'The factor of the estimate that it takes something off.' }) effect!: Effect;
  @Field(() => Int, { description: 'How many steps of the scale it is expected to take off, 1 to 4. Those of several mitigations add up; no estimate falls below what was claimed.' }) reduces!: number;
  @Field(() => GatedKindEnum, { nullable: true, description: 'The first gate that waits for it to be verified; null = it helps, but no gate waits for it.' }) requiredFrom!: GatedKind | null;
  @Field(() => String, { nullable: true, description: 'The control that it implements, in the form framework@version#node; null = none named.' }) control!: string | null;
  @Field(() => MitigationStateEnum, { description: 'How far it has come; changed only by a command of somebody.' }) state!: MitigationState;
  @Field(() => DateTime, { nullable: true, description: 'When somebody verified it; null while nobody has.' }) verifiedAt!: string | null;
  @Field(() => MitigationCancellationModel, { nullable: true, description: 'Set once one of two people has asked to give it up.' }) cancellation!: MitigationCancellationModel | null;
  @Field(() => String, { nullable: true, description: 'Why it was found ineffective or was given up.' }) ending!: string | null;
  @Field(() => DateTime, { description: 'When it entered the register, by the database’s clock.' }) proposedAt!: string;
  @Field(() => [MitigationActionEnum], { description: 'What its present state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof mitigationLifecycle>[];
  record!: Stored<Mitigation>;
}

export const MitigationConnection = connectionOf('Mitigation', () => MitigationModel);

export function showMitigation(record: Stored<Mitigation>): MitigationModel {
  return { __typename: 'Mitigation', ...record, verifiedAt: record.verification?.at ?? null, availableActions: mitigationLifecycle.actionsFrom(record.state), record };
}

@InputType({ description: 'What a mitigation says: what is done, by whom, until when, and what it takes off the risk.' })
export class ProposeMitigationInput {
  @Field(() => String, { description: 'What is done, in one line of at most 300 characters.' }) @MaxLength(300) @IsString() title!: string;
  @Field(() => String, { description: 'How it works, and how one would notice that it does not; at most 10,000 characters.' }) @MaxLength(10_000) @IsString() description!: string;
  @Field(() => String, { description: 'The person who carries it out, by handle, user number such as U-3, or person id. This person never verifies it.' }) @MaxLength(200) @IsString() owner!: string;
  @Field(() => DateTime, { description: 'The instant by which it has to be in place; not in the past when it is proposed.' }) @IsString() due!: string;
  @Field(() => EffectEnum, { description: 'The factor of the estimate that it takes something off.' }) @IsIn(EFFECTS) effect!: Effect;
  @Field(() => Int, { defaultValue: 1, description: 'How many steps of the scale it is expected to take off, 1 to 4.' }) @Max(4) @Min(1) @IsInt() reduces!: number;
  @Field(() => GatedKindEnum, { nullable: true, defaultValue: null, description: 'The first gate that waits for it to be verified; null = none does.' }) @IsOptional() @IsIn(GATED_KINDS) requiredFrom!: GatedKind | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'The control that it implements, in the form framework@version#node, such as iso-iec-42001@2023#A.6.2.4; null = none named.' }) @IsOptional() @MaxLength(200) @IsString() control!: string | null;
}

/** What is left out stays absent; a null where a value is needed is refused by the checks of form. */
@InputType({ description: 'Changes to a mitigation: what is left out stays as it is, what is given replaces the whole value.' })
export class EditMitigationInput extends PartialType(ProposeMitigationInput, { omitDefaultValues: true, skipNullProperties: false }) {}

@ArgsType()
export class EditMitigationArgs extends ChangeArgs {
  @Field(() => EditMitigationInput, { description: 'The values to replace, only those that change.' }) @ValidateNested() @Type(() => EditMitigationInput) input!: EditMitigationInput;
}

@ArgsType()
export class EvidenceLinkArgs extends ChangeArgs {
  @Field(() => [ID], { description: `What shows it, by ids or numbers such as E-12; at most ${String(MAX_EVIDENCE_LINKS)} in all.` })
  @MaxLength(100, { each: true }) @IsString({ each: true }) @ArrayMaxSize(MAX_EVIDENCE_LINKS) @IsArray() evidence!: string[];
}

const SORTS = ['DUE', 'NEWEST'] as const satisfies readonly MitigationSort[];
const MitigationSortEnum = publishEnum('MitigationSort', SORTS, 'In which order mitigations are listed.', {
  DUE: { description: 'The one that has to be in place first comes first.' },
  NEWEST: { description: 'The one that was proposed last comes first.' },
});

@InputType('MitigationFilterInput', { description: 'Which mitigations to list: each condition narrows the list, and left out ones do not.' })
export class MitigationFilterInput implements MitigationFilter {
  @Field(() => ID, { nullable: true, description: 'Only those about risks of this AI system, by id or number.' }) @MaxLength(100) @IsString() @IsOptional() system?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only those about this entry of the register, by id or number such as R-142.' }) @MaxLength(100) @IsString() @IsOptional() risk?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those that this person carries out, by handle, user number or person id.' }) @MaxLength(200) @IsString() @IsOptional() owner?: string | null;
  @Field(() => [MitigationStateEnum], { nullable: true, description: 'Only those that stand at one of these; of none of them, nothing is listed.' }) @IsIn(mitigationLifecycle.states, { each: true }) @ArrayMaxSize(mitigationLifecycle.states.length) @IsArray() @IsOptional() states?: MitigationState[] | null;
  @Field(() => GatedKindEnum, { nullable: true, description: 'Only those for which exactly this gate is the first that waits.' }) @IsIn(GATED_KINDS) @IsOptional() requiredFrom?: GatedKind | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those whose day has passed and which nobody has implemented.' }) @IsOptional() overdue?: boolean | null;
}

@ArgsType()
export class MitigationsArgs extends PageArgs {
  @Field(() => MitigationFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => MitigationFilterInput) @ValidateNested() @IsOptional() filter?: MitigationFilterInput | null;
  @Field(() => MitigationSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest unless said otherwise.' }) @IsIn(SORTS) sort!: MitigationSort;
}

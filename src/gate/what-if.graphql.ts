/** What clients may suppose, and how it is shown what would come of it. */
import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { JsonObject as JsonObjectValue } from '../domain/payload.js';
import { EU_CLASSES, SYSTEM_FLAGS, TIERS, type EuClass, type SystemFlag, type Tier } from '../domain/system.js';
import { JsonObject, publishEnum } from '../platform/graphql-types.js';
import { EuClassEnum, SystemFlagEnum, TierEnum } from '../systems/systems.graphql.js';
import { GateDecisionModel, ReasonModel, showAnswer, showReason } from './gate.graphql.js';
import type { Changes, WhatIf } from './what-if.service.js';

const ABOUT = ['RELEASE', 'SYSTEM'] as const;
const EvidenceSubjectEnum = publishEnum('EvidenceSubject', ABOUT, 'Whether the proof concerns one bundle only, or whatever is released.', {
  RELEASE: { description: 'Exactly the bundle that the question names.' }, SYSTEM: { description: 'The system as such, whatever is released.' },
});

@InputType('SupposedEvidenceInput', { description: 'Evidence that might be there: verified, and collected now.' })
export class SupposedEvidenceInput {
  @Field(() => String, { description: 'What kind it is, such as evaluation_run.' }) @MaxLength(40) @IsString() type!: string;
  @Field(() => JsonObject, { nullable: true, description: 'What it would have found, in the fields of its type where `evidenceTypes` knows it, such as `{"accuracy": 0.93}` for a type of your own; null = nothing but the file. What could not be handed in is refused as INVALID_INPUT.' }) @IsObject() @IsOptional() payload?: JsonObjectValue | null;
  @Field(() => EvidenceSubjectEnum, { defaultValue: 'RELEASE', description: 'Whether it is about these bytes or about the system as such.' }) @IsIn(ABOUT) about!: (typeof ABOUT)[number];
}

@InputType('WhatIfInput', { description: 'What is supposed; what is left out stays as it is.' })
export class WhatIfInput {
  @Field(() => TierEnum, { nullable: true, description: 'How much may depend on the system.' }) @IsIn(TIERS) @IsOptional() tier?: Tier | null;
  @Field(() => EuClassEnum, { nullable: true, description: 'Its class under the EU AI Act.' }) @IsIn(EU_CLASSES) @IsOptional() euClass?: EuClass | null;
  @Field(() => [SystemFlagEnum], { nullable: true, description: 'All of its flags, in place of those that it has.' }) @IsIn(SYSTEM_FLAGS, { each: true }) @ArrayMaxSize(SYSTEM_FLAGS.length) @IsArray() @IsOptional() flags?: SystemFlag[] | null;
  @Field(() => [String], { nullable: true, description: 'Records of the system that might not be there, by number, such as E-3, S-2 or W-1; at most 50.' }) @MaxLength(40, { each: true }) @IsString({ each: true }) @ArrayMaxSize(50) @IsArray() @IsOptional() without?: string[] | null;
  @Field(() => [SupposedEvidenceInput], { nullable: true, description: 'Evidence that might be there; at most 50.' }) @Type(() => SupposedEvidenceInput) @ValidateNested({ each: true }) @ArrayMaxSize(50) @IsArray() @IsOptional() evidence?: SupposedEvidenceInput[] | null;
  @Field(() => ID, { nullable: true, description: 'A version of a policy, in whatever state, that might be in force in place of the one of the same name: by id or number such as POL-3.' }) @MaxLength(100) @IsString() @IsOptional() policy?: string | null;
}

export function changesOf({ tier, euClass, flags, without, evidence, policy }: WhatIfInput): Changes {
  return {
    classification: { ...(tier && { tier }), ...(euClass && { euClass }), ...(flags && { flags }) }, without: without ?? [], policy: policy ?? null,
    evidence: (evidence ?? []).map((one) => ({ type: one.type, payload: one.payload ?? null, about: one.about })),
  };
}

@ObjectType('WhatIf', { description: 'Two dry runs: by the facts of now, and as they might be.' })
export class WhatIfModel {
  @Field({ description: 'What the gate would answer now.' }) now!: GateDecisionModel;
  @Field({ description: 'What it would answer if the facts were as supposed.' }) then!: GateDecisionModel;
  @Field(() => [ReasonModel], { description: 'What blocks now and would not any more.' }) lifted!: ReasonModel[];
  @Field(() => [ReasonModel], { description: 'What would block and does not now.' }) added!: ReasonModel[];
}

export function showWhatIf({ now, then, lifted, added }: WhatIf): WhatIfModel {
  return { now: showAnswer(now), then: showAnswer(then), lifted: lifted.map(showReason), added: added.map(showReason) };
}

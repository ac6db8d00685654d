/** How signed classifications are shown, and what clients may send about them. */
import { ArgsType, Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { FACT_GROUNDS, FACT_SOURCES, type FactGround, type SystemFact } from '../domain/classification-facts.js';
import type { ClassificationInput } from '../domain/classification-record.js';
import { ACT_ROLES, ANNEX_III_USES, DEROGATIONS, EU_CLASSES, SYSTEM_FLAGS, type ActRole, type AnnexIIIUse, type ClassificationRecord, type Derogation, type EuClass, type SystemFlag, type Tier } from '../domain/system.js';
import { ChangeArgs } from '../platform/arguments.js';
import { DateTime, publishEnum } from '../platform/graphql-types.js';
import { EuClassEnum, SystemFlagEnum, TierEnum } from '../systems/systems.graphql.js';
import { showEnvelope, SignedEnvelopeModel } from './statements.graphql.js';

const ActRoleEnum = publishEnum('ActRole', ACT_ROLES, 'What an organization is to a system under the EU AI Act, Regulation (EU) 2024/1689. It can be several at once.', {
  PROVIDER: { description: 'Art. 3(3): develops it, or places it on the market under its own name.' },
  DEPLOYER: { description: 'Art. 3(4): uses it under its authority.' },
  AUTHORISED_REPRESENTATIVE: { description: 'Art. 3(5): acts in the Union for a provider elsewhere.' },
  IMPORTER: { description: 'Art. 3(6): brings a system of a provider elsewhere to the Union.' },
  DISTRIBUTOR: { description: 'Art. 3(7): makes it available, and is neither provider nor importer.' },
  PRODUCT_MANUFACTURER: { description: 'Art. 25(3): places it on the market with a product under its own name, and counts as its provider there.' },
  GPAI_PROVIDER: { description: 'Art. 53: provider of a general-purpose model.' },
  DOWNSTREAM_PROVIDER: { description: 'Art. 3(68): provider of a system in which there is a model of somebody else or of its own.' },
});
const AnnexIIIUseEnum = publishEnum('AnnexIIIUse', ANNEX_III_USES, 'A use that Annex III of the EU AI Act lists, by point and letter: 1 biometrics, 2 critical infrastructure, 3 education, 4 employment, 5 essential services, 6 law enforcement, 7 migration, 8 justice and democracy.');
const DerogationEnum = publishEnum('Derogation', DEROGATIONS, 'Why a listed use poses no significant risk: EU AI Act, Art. 6(3).', {
  NARROW_PROCEDURAL_TASK: { description: 'Point (a).' },
  IMPROVES_COMPLETED_ACTIVITY: { description: 'Point (b): improves the result of something that people have finished.' },
  DETECTS_DEVIATION: { description: 'Point (c): detects patterns or deviations, and replaces no assessment by people.' },
  PREPARATORY_TASK: { description: 'Point (d): prepares an assessment.' },
});
const FactSourceEnum = publishEnum('FactSource', FACT_SOURCES, 'Who says something about the class of a system.', {
  TIER_ASSESSMENT: { description: 'The risk officer who assessed it: see `tierAssessments`.' }, CLASSIFICATION: { description: 'The reviewer of LEGAL who signed: see `classification`.' },
  QUESTIONNAIRE: { description: 'Answers of its team that no assessment rests on yet: see `tiering`. They only say that something holds.' },
});
const FactGroundEnum = publishEnum('FactGround', FACT_GROUNDS, 'Why a fact holds as it does.', {
  AGREED: { description: 'Every source says so.' }, ONE_SOURCE: { description: 'One source says so, and no other says anything.' },
  DISAGREED: { description: 'The sources disagree, which leaves it unknown: the stricter applies.' }, UNKNOWN: { description: 'No source says anything: every role applies, and every flag once a record leaves it open.' },
});

@ObjectType('StatedFlag', { description: 'What a signed classification says about one property.' })
export class StatedFlagModel {
  @Field(() => SystemFlagEnum, { description: 'Which property of the system is meant.' }) flag!: SystemFlag;
  @Field(() => Boolean, { nullable: true, description: 'Whether it holds; null = not stated, so unknown.' }) holds!: boolean | null;
}

@ObjectType('Classification', { description: 'Where a system stands under the EU AI Act, signed by a reviewer of LEGAL. It is replaced by another one, never changed.' })
export class ClassificationModel {
  @Field(() => Int, { description: 'Which record of this system it is, counted from 1.' }) revision!: number;
  @Field(() => EuClassEnum, { description: 'The class that was signed. Where the assessment names another one, the stricter applies, and what both ask for.' }) euClass!: EuClass;
  @Field(() => [StatedFlagModel], { description: 'Every property, stated or not.' }) flags!: StatedFlagModel[];
  @Field(() => [ActRoleEnum], { description: 'What the organization is to the system, in alphabetical order.' }) roles!: readonly ActRole[];
  @Field(() => [AnnexIIIUseEnum], { description: 'The uses in Annex III that it is put to; empty = none.' }) annexIIIUses!: readonly AnnexIIIUse[];
  @Field(() => DerogationEnum, { nullable: true, description: 'The ground of an exemption after Art. 6(3); null = it is not exempt.' }) derogation!: Derogation | null;
  @Field(() => String, { description: 'Why it is classified so, in the words of the signer.' }) rationale!: string;
  @Field(() => TierEnum, { nullable: true, description: 'What the class holds the tier up to; null = nothing.' }) tierFloor!: Tier | null;
  @Field(() => DateTime, { description: 'The instant from which it counts, by the clock of the database.' }) signedAt!: string;
  @Field(() => DateTime, { description: 'From this instant on it is no signature any more: its roles are unknown again; the class and the flags that it states against the system stay.' }) validUntil!: string;
  @Field(() => String, { description: 'SHA-256 over its canonical form without the envelope.' }) digest!: string;
  @Field(() => SignedEnvelopeModel, { description: 'For keeping and verifying elsewhere; type `application/vnd.countersign.classification+json`.' }) envelope!: SignedEnvelopeModel;
  readonly source!: ClassificationRecord;
}

@ObjectType('SourcedValue', { description: 'What one source says about a fact.' })
export class SourcedValueModel {
  @Field(() => FactSourceEnum, { description: 'Who says so.' }) source!: (typeof FACT_SOURCES)[number];
  @Field(() => String, { description: 'A tier, a class, roles with a comma between them, or true or false of a flag.' }) value!: string;
}

@ObjectType('SystemFact', { description: 'A fact about the class of a system: what each source says, and what holds.' })
export class SystemFactModel implements SystemFact {
  @Field(() => String, { description: 'TIER, EU_CLASS, ROLES, or the name of a flag.' }) fact!: string;
  @Field(() => [SourcedValueModel], { description: 'Those that say something.' }) sources!: readonly SourcedValueModel[];
  @Field(() => String, { description: 'What the gate goes by; of two classes both, the stricter first.' }) value!: string;
  @Field(() => FactGroundEnum, { description: 'Why this value holds and no other.' }) ground!: FactGround;
}

@InputType('StatedFlagInput', { description: 'Whether one property holds.' })
export class StatedFlagInput {
  @Field(() => SystemFlagEnum, { description: 'Which property of the system is meant.' }) @IsIn(SYSTEM_FLAGS) flag!: SystemFlag;
  @Field({ description: 'True = it holds, false = it does not.' }) @IsBoolean() holds!: boolean;
}

@InputType({ description: 'Where a system stands under the EU AI Act, to be signed.' })
export class ClassifySystemInput implements ClassificationInput {
  @Field(() => EuClassEnum, { description: 'The class that applies; UNCLASSIFIED is refused.' }) @IsIn(EU_CLASSES) euClass!: EuClass;
  @Field(() => [StatedFlagInput], { defaultValue: [], description: 'Each property that you have looked at, once. What is left out is unknown, and applies unless the assessment says that it does not hold.' })
  @Type(() => StatedFlagInput) @ValidateNested({ each: true }) @ArrayMaxSize(SYSTEM_FLAGS.length) @IsArray() flags!: StatedFlagInput[];
  @Field(() => [ActRoleEnum], { description: 'What the organization is to the system; at least one.' }) @IsIn(ACT_ROLES, { each: true }) @ArrayMaxSize(ACT_ROLES.length) @IsArray() roles!: ActRole[];
  @Field(() => [AnnexIIIUseEnum], { defaultValue: [], description: 'The uses in Annex III that it is put to: at least one for HIGH_RISK_ANNEX_III and ANNEX_III_EXEMPT.' })
  @IsIn(ANNEX_III_USES, { each: true }) @ArrayMaxSize(ANNEX_III_USES.length) @IsArray() annexIIIUses!: AnnexIIIUse[];
  @Field(() => DerogationEnum, { nullable: true, defaultValue: null, description: 'The ground of the exemption, for ANNEX_III_EXEMPT and nothing else (Art. 6(3)); refused unless PROFILING is stated not to hold.' }) @IsOptional() @IsIn(DEROGATIONS) derogation!: Derogation | null;
  @Field(() => String, { description: 'Why it is classified so; at most 4000 characters.' }) @MaxLength(4000) @IsString() rationale!: string;
  @Field(() => DateTime, { nullable: true, defaultValue: null, description: 'Until when it holds, at most 365 days ahead, or it is refused as VALIDITY_TOO_LONG; null = just that long.' }) @IsOptional() @IsString() validUntil!: string | null;
}

@ArgsType()
export class ClassifySystemArgs extends ChangeArgs {
  @Field(() => ClassifySystemInput, { description: 'What you sign, with your reasons.' }) @ValidateNested() @Type(() => ClassifySystemInput) input!: ClassifySystemInput;
}

export function showClassification(record: ClassificationRecord): ClassificationModel {
  const { revision, euClass, roles, annexIIIUses, derogation, rationale, tierFloor, signedAt, validUntil, digest } = record;
  const flags = SYSTEM_FLAGS.map((flag) => ({ flag, holds: record.flags[flag] ?? null }));
  return { revision, euClass, flags, roles, annexIIIUses, derogation, rationale, tierFloor, signedAt, validUntil, digest, envelope: showEnvelope(record.signed), source: record };
}

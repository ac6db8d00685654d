/** Many changes of risks in one request, and what became of each. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import type { RefusalCode } from '../domain/refusal.js';
import { TREATMENT_OPTIONS, type TreatmentOption } from '../domain/risk.js';
import { publishEnum, RefusalCodeEnum } from '../platform/graphql-types.js';
import { RiskModel, TreatmentOptionEnum } from '../risks/risks.graphql.js';
import { BULK_ACTIONS, type BulkAction } from './bulk-changes.service.js';

const BulkActionEnum = publishEnum('BulkRiskAction', BULK_ACTIONS, 'What is done to one risk of many; each follows the rules of the command of its own.', {
  SUBMIT: { description: 'Hands a draft in, as submitRisk.' },
  CONFIRM: { description: 'Confirms the latest assessment, as confirmRisk.' },
  REOPEN: { description: 'Opens it again, as reopenRisk; needs a reason.' },
  CLOSE: { description: 'Ends it, as closeRisk; needs a reason.' },
  REJECT: { description: 'Turns it down, as rejectRisk; needs a reason.' },
  ASSIGN: { description: 'Gives it to another owner, as editRisk; needs an owner.' },
  PLAN_TREATMENT: { description: 'Records what is done about it, as planTreatment; needs an option and a reason.' },
});

@InputType({ description: 'One change among many: which risk, which version of it, and what to do.' })
export class BulkRiskChangeInput {
  @Field(() => ID, { description: 'The risk to change, by its opaque id or its number such as R-12; each at most once in a request.' }) @MaxLength(100) @IsString() id!: string;
  @Field(() => Int, { description: 'The version that you have seen; another one now makes this item a CONFLICT.' }) @Min(1) @IsInt() expectedVersion!: number;
  @Field(() => BulkActionEnum, { description: 'Which single command to carry out, under its own rules and permission.' }) @IsIn(BULK_ACTIONS) action!: BulkAction;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Why, where the action needs a reason; at most 4000 characters.' }) @IsOptional() @MaxLength(4000) @IsString() reason!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'For ASSIGN: the new owner, by handle, user number or person id.' }) @IsOptional() @MaxLength(200) @IsString() owner!: string | null;
  @Field(() => TreatmentOptionEnum, { nullable: true, defaultValue: null, description: 'For PLAN_TREATMENT: what is to be done.' }) @IsOptional() @IsIn(TREATMENT_OPTIONS) option!: TreatmentOption | null;
}

@ArgsType()
export class BulkChangeRisksArgs {
  @Field(() => [BulkRiskChangeInput], { description: 'What to change, done one after the other in this order; 1 to 100 items.' })
  @ValidateNested({ each: true }) @Type(() => BulkRiskChangeInput) @ArrayMaxSize(100) @ArrayMinSize(1) @IsArray() changes!: BulkRiskChangeInput[];
}

@ObjectType('BulkRiskError', { description: 'Why one item of a request was refused; it changed nothing, and no other item because of it.' })
export class BulkRiskErrorModel {
  @Field(() => RefusalCodeEnum, { description: 'The same code as the single command gives.' }) code!: RefusalCode;
  @Field(() => String, { description: 'What stands in the way, in a sentence.' }) message!: string;
  @Field(() => String, { nullable: true, description: 'Which value of the item is wrong, such as reason; null when it is none of them.' }) field!: string | null;
  @Field(() => Boolean, { description: 'Whether the same item may succeed when it is sent again unchanged.' }) retryable!: boolean;
}

@ObjectType('BulkRiskResult', { description: 'What became of one item: either the changed risk or an error.' })
export class BulkRiskResultModel {
  @Field(() => ID, { description: 'The risk as the item named it.' }) id!: string;
  @Field(() => RiskModel, { nullable: true, description: 'The risk after its change; null when the item was refused.' }) risk!: RiskModel | null;
  @Field(() => BulkRiskErrorModel, { nullable: true, description: 'Why it was refused; null when it was done.' }) error!: BulkRiskErrorModel | null;
}

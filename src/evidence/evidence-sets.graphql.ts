/** What clients may send about many pieces of evidence at once. */
import { ArgsType, Field, ID, InputType, Int } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { SubmitEvidenceInput } from './evidence.graphql.js';

/** As many as somebody can answer for in one act. */
const MAX_PIECES = 100;

@InputType({ description: 'One piece of evidence that is verified among others.' })
export class VerifyEvidenceInput {
  @Field(() => ID, { description: 'The piece, by its opaque id or its number such as E-12; each at most once in a request.' }) @MaxLength(100) @IsString() id!: string;
  @Field(() => Int, { description: 'The version that you have seen; another one now refuses all of them as CONFLICT.' }) @Min(1) @IsInt() expectedVersion!: number;
}

@ArgsType()
export class VerifyEvidenceSetArgs {
  @Field(() => [VerifyEvidenceInput], { description: 'Every piece that you vouch for; 1 to 100.' })
  @ValidateNested({ each: true }) @Type(() => VerifyEvidenceInput) @ArrayMaxSize(MAX_PIECES) @ArrayMinSize(1) @IsArray() input!: VerifyEvidenceInput[];
}

@ArgsType()
export class SubmitEvidenceSetArgs {
  @Field(() => ID, { description: 'The AI system that all of them are evidence about, by id or by number such as SYS-9.' }) @MaxLength(100) @IsString() system!: string;
  @Field(() => [SubmitEvidenceInput], { description: 'What each of them is, in the order in which they get their numbers; 1 to 100.' })
  @ValidateNested({ each: true }) @Type(() => SubmitEvidenceInput) @ArrayMaxSize(MAX_PIECES) @ArrayMinSize(1) @IsArray() input!: SubmitEvidenceInput[];
}

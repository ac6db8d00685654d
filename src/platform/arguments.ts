/** How every change and every page is asked for. */
import { ArgsType, Field, ID, Int } from '@nestjs/graphql';
import { IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { MAX_PAGE, type PageRequest } from './paging.js';

@ArgsType()
export class PageArgs implements PageRequest {
  @Field(() => Int, { defaultValue: 50, description: `How many records this page holds at most, from 1 to ${String(MAX_PAGE)}.` }) @IsInt() first!: number;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'The `endCursor` of the page before, or the cursor of any record of this list in this order; left out = from the beginning.' }) @IsOptional() @MaxLength(200) @IsString() after!: string | null;
}

@ArgsType()
export class ChangeArgs {
  @Field(() => ID, { description: 'The record to change, by its opaque id or its short number, such as SYS-9 or R-12.' }) @MaxLength(100) @IsString() id!: string;
  @Field(() => Int, { description: 'The version that you have seen. Refused as CONFLICT, naming the present one, when somebody else changed the record since.' }) @Min(1) @IsInt() expectedVersion!: number;
}

@ArgsType()
export class ReasonedChangeArgs extends ChangeArgs {
  @Field(() => String, { description: 'Why, for those who read the log later; at most 4000 characters.' }) @MaxLength(4000) @IsString() reason!: string;
}

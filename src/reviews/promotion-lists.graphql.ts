/** What clients may say about promotions that there are, and about lists of them and of sign-offs. */
import { ArgsType, Field, ID, InputType, Int } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { promotionLifecycle, type Promotion } from '../domain/promotion.js';
import { DateTime, publishEnum } from '../platform/graphql-types.js';
import { PageArgs } from '../systems/systems.graphql.js';
import type { PromotionFilter, PromotionSort } from './promotions.service.js';
import { PromotionStateEnum } from './reviews.graphql.js';
import type { SignOffFilter, SignOffSort } from './sign-offs.service.js';

const PromotionSortEnum = publishEnum('PromotionSort', ['NEWEST', 'OLDEST'] as const satisfies readonly PromotionSort[], 'In which order requests are listed.', {
  NEWEST: { description: 'The one that was opened last comes first.' },
  OLDEST: { description: 'The one that was opened first comes first.' },
});
const SignOffSortEnum = publishEnum('SignOffSort', ['EXPIRES', 'NEWEST'] as const satisfies readonly SignOffSort[], 'In which order votes are listed.', {
  EXPIRES: { description: 'The one whose time is over first comes first.' },
  NEWEST: { description: 'The one that was given last comes first.' },
});

@InputType('PromotionFilterInput', { description: 'Which requests to list: each condition narrows the list, and left out ones do not.' })
export class PromotionFilterInput implements PromotionFilter {
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'Only those of this AI system, by id or number.' }) system?: string | null;
  @IsOptional() @IsString() @MaxLength(100) @Field(() => String, { nullable: true, description: 'Only those into this environment, by name or opaque id.' }) environment?: string | null;
  @IsOptional() @ArrayMaxSize(promotionLifecycle.states.length) @IsIn(promotionLifecycle.states, { each: true })
  @Field(() => [PromotionStateEnum], { nullable: true, description: 'Only those that stand so at present.' }) states?: Promotion['state'][] | null;
}

@ArgsType()
export class PromotionsArgs extends PageArgs {
  @IsOptional() @ValidateNested() @Type(() => PromotionFilterInput) @Field(() => PromotionFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) filter?: PromotionFilterInput | null;
  @IsIn(['NEWEST', 'OLDEST']) @Field(() => PromotionSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest unless said otherwise.' }) sort!: PromotionSort;
}

@ArgsType()
export class ResubmitPromotionArgs {
  @IsString() @MaxLength(100) @Field(() => ID, { description: 'Which earlier request to make again, as opaque id or number such as P-17.' }) id!: string;
  @IsInt() @Field(() => Int, { description: 'The version that you read; another present one is a CONFLICT.' }) expectedVersion!: number;
  @IsString() @MaxLength(4000) @Field({ description: 'What has changed since, and why it should go there; reviewers read it first.' }) reason!: string;
  @IsOptional() @IsString() @Field(() => DateTime, { nullable: true, description: 'By when its reviews should be done: within 90 days; in 14 days unless said otherwise.' }) due?: string | null;
}

@InputType('SignOffFilterInput', { description: 'Which votes to list: each condition narrows the list, and left out ones do not.' })
export class SignOffFilterInput implements SignOffFilter {
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'Only votes about this AI system, by id or number.' }) system?: string | null;
  @IsOptional() @IsString() @MaxLength(200) @Field(() => String, { nullable: true, description: 'Only votes of this person: handle, user number, person id, or `me`.' }) signer?: string | null;
  @IsOptional() @IsString() @Field(() => DateTime, { nullable: true, description: 'Only those that end at this instant or earlier.' }) expiresBefore?: string | null;
  @IsOptional() @Field(() => Boolean, { nullable: true, description: 'True: only those that were not taken back and whose time is not over.' }) live?: boolean | null;
}

@ArgsType()
export class SignOffsArgs extends PageArgs {
  @IsOptional() @ValidateNested() @Type(() => SignOffFilterInput) @Field(() => SignOffFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) filter?: SignOffFilterInput | null;
  @IsIn(['EXPIRES', 'NEWEST']) @Field(() => SignOffSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest unless said otherwise.' }) sort!: SignOffSort;
}

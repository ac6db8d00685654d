/** How break-glass is shown, and what clients may send about it. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Role } from '../domain/actor.js';
import { BREAK_GLASS_OUTCOMES, breakGlassLifecycle, EMERGENCIES, type BreakGlass, type Emergency } from '../domain/break-glass.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { RoleEnum } from '../identity/people.graphql.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { ChangeArgs, PageArgs, publishActions } from '../systems/systems.graphql.js';
import type { BreakGlassFilter } from './break-glass.queries.js';
import type { BreakGlassInput } from './break-glass.service.js';

export const EmergencyEnum = publishEnum('Emergency', EMERGENCIES, 'Why something cannot wait for its reviews.', {
  OUTAGE: { description: 'What runs has failed, and people depend on it.' },
  SECURITY: { description: 'What runs is being attacked, or can be.' },
  HARM: { description: 'What runs harms people, or is about to.' },
  LEGAL_ORDER: { description: 'A court or an authority has ordered it.' },
});
export const BreakGlassOutcomeEnum = publishEnum('BreakGlassOutcome', BREAK_GLASS_OUTCOMES, 'What a break-glass comes to at this moment: derived when it is read, never stored.', {
  AWAITS_SECOND_KEY: { description: 'Invoked; it opens nothing until somebody else has turned the second key.' },
  READY: { description: 'The next promotion of exactly this bundle into this environment is allowed, whatever is not met.' },
  EXPIRED: { description: 'Its hours are over, and it was never used.' },
  AWAITS_REVIEW: { description: 'Used; others have to judge it before the review is due.' },
  OVERDUE: { description: 'Nobody judged it in time: nothing of the system goes into production until somebody has.' },
  RATIFIED: { description: 'Judged as right.' },
  CONDEMNED: { description: 'Judged as wrong: what it let in may not go on running by it.' },
});
export const BreakGlassActionEnum = publishActions('BreakGlassAction', breakGlassLifecycle, 'What can happen to a break-glass, in the words of its lifecycle; `use` happens when the gate gives a grant by it.');

const REVIEWS = { RATIFY: 'ratify', CONDEMN: 'condemn' } as const;
const BreakGlassVerdictEnum = publishEnum('BreakGlassVerdict', ['RATIFY', 'CONDEMN'], 'What others think afterwards of a break-glass.', {
  RATIFY: { description: 'It was right to go on.' },
  CONDEMN: { description: 'It was wrong: what it let in has to meet its requirements or stop.' },
});

@ObjectType('SecondKey', { description: 'The second person who agreed that it cannot wait.' })
export class SecondKeyModel {
  @Field(() => RoleEnum, { description: 'In which capacity this person decided, as the policy asks for it.' }) role!: Role;
  @Field(() => DateTime, { description: 'When this person turned it, by the database’s clock.' }) at!: string;
  personId!: string;
}

@ObjectType('AfterReview', { description: 'What somebody without any part in it found afterwards.' })
export class AfterReviewModel {
  @Field(() => String, { description: 'Why it was right or wrong, in the words of the reviewer.' }) reason!: string;
  @Field(() => DateTime, { description: 'When it was judged, by the database’s clock.' }) at!: string;
  personId!: string;
}

@ObjectType('BreakGlass', { implements: () => [NodeModel], description: 'In an emergency, the right to bring exactly one bundle into exactly one environment once, although requirements are not met. It ends within 24 hours, is seen in the decision, and is judged afterwards.' })
export class BreakGlassModel extends NodeModel {
  readonly __typename!: 'BreakGlass';
  @Field(() => String, { description: 'Short name that people can say, such as BG-1; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'SHA-256 over all components of the only bundle that it lets in.' }) bundleDigest!: string;
  @Field(() => EmergencyEnum, { description: 'Why it could not wait, in one word that can be counted.' }) emergency!: Emergency;
  @Field(() => String, { description: 'What happened, in the words of whoever invoked it.' }) incident!: string;
  @Field(() => DateTime, { description: 'The instant from which it no longer opens anything.' }) validUntil!: string;
  @Field(() => DateTime, { description: 'When it was invoked, by the database’s clock.' }) invokedAt!: string;
  @Field(() => SecondKeyModel, { nullable: true, description: 'Who else agreed; null = nobody has.' }) secondKey!: SecondKeyModel | null;
  @Field(() => DateTime, { nullable: true, description: 'When the gate gave the grant by it; null = it was not used.' }) usedAt!: string | null;
  @Field(() => AfterReviewModel, { nullable: true, description: 'What was found afterwards; null = nobody has judged it.' }) review!: AfterReviewModel | null;
  @Field(() => [BreakGlassActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof breakGlassLifecycle>[];
  record!: Stored<BreakGlass>;
}

export const BreakGlassConnection = connectionOf('BreakGlass', () => BreakGlassModel);

export function showBreakGlass(record: Stored<BreakGlass>): BreakGlassModel {
  const { id, number, version, bundleDigest, emergency, incident, validUntil, invokedAt, secondKey, usedAt, review, state } = record;
  return {
    __typename: 'BreakGlass', id, number, version, bundleDigest, emergency, incident, validUntil, invokedAt, secondKey, usedAt,
    review: review === null ? null : { reason: review.reason, at: review.at, personId: review.by }, availableActions: breakGlassLifecycle.actionsFrom(state), record,
  };
}

@InputType('BreakGlassFilterInput', { description: 'Which to list: each condition narrows the list, and left out ones do not.' })
export class BreakGlassFilterInput implements BreakGlassFilter {
  @Field(() => ID, { nullable: true, description: 'Only those of this AI system, by id or number.' }) @MaxLength(100) @IsString() @IsOptional() system?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those for this environment, by name or opaque id.' }) @MaxLength(100) @IsString() @IsOptional() environment?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that were used and that nobody has judged yet.' }) @IsOptional() unreviewed?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that nobody judged in time, and that stop the system’s way into production.' }) @IsOptional() debt?: boolean | null;
}

@ArgsType()
export class BreakGlassesArgs extends PageArgs {
  @Field(() => BreakGlassFilterInput, { nullable: true, description: 'Which of them; left out = all of them, the latest first.' }) @Type(() => BreakGlassFilterInput) @ValidateNested() @IsOptional() filter?: BreakGlassFilterInput | null;
}

@InputType('InvokeBreakGlassInput', { description: 'What cannot wait, why, and until when.' })
export class InvokeBreakGlassInput implements BreakGlassInput {
  @Field(() => ID, { description: 'The AI system whose release it is, by id or number.' }) @MaxLength(100) @IsString() system!: string;
  @Field(() => String, { description: 'The only environment that it is for, by name or opaque id.' }) @MaxLength(100) @IsString() environment!: string;
  @Field(() => String, { description: 'The digest of the only bundle that it is for, registered before as a release.' }) @MaxLength(100) @IsString() bundleDigest!: string;
  @Field(() => EmergencyEnum, { description: 'Why it cannot wait, in one word that can be counted.' }) @IsIn(EMERGENCIES) emergency!: Emergency;
  @Field(() => String, { description: 'What happened and why it cannot wait; at most 4000 characters.' }) @MaxLength(4000) @IsString() incident!: string;
  @Field(() => DateTime, { description: 'The instant at which it ends by itself. Refused as VALIDITY_TOO_LONG beyond 24 hours.' }) @IsString() validUntil!: string;
}

@ArgsType()
export class ReviewBreakGlassArgs extends ChangeArgs {
  @Field(() => BreakGlassVerdictEnum, { description: 'Whether it was right.' }) @IsIn(Object.keys(REVIEWS)) verdict!: keyof typeof REVIEWS;
  @Field(() => String, { description: 'Why, for those who read the log later; at most 4000 characters.' }) @MaxLength(4000) @IsString() reason!: string;
}

export function reviewAction(verdict: keyof typeof REVIEWS): 'ratify' | 'condemn' {
  return REVIEWS[verdict];
}

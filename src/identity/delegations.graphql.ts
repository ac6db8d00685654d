/** How delegations are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { LANES, type Lane } from '../domain/actor.js';
import { DELEGATION_OUTCOMES, delegationLifecycle, type Delegation } from '../domain/delegation.js';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { PageArgs } from '../platform/arguments.js';
import { connectionOf, DateTime, NodeModel, publishActions, publishEnum } from '../platform/graphql-types.js';
import type { DelegationFilter, DelegationSort } from './delegations.service.js';
import { LaneEnum } from './people.graphql.js';

export const DelegationOutcomeEnum = publishEnum('DelegationOutcome', DELEGATION_OUTCOMES, 'Where a delegation stands at this moment: derived when it is read, never stored.', {
  UPCOMING: { description: 'Its time has not begun yet.' },
  IN_FORCE: { description: 'The delegate may sign by it, as far as the lender still holds the role and neither has a conflict.' },
  EXPIRED: { description: 'Its time is over.' },
  REVOKED: { description: 'Ended by somebody before its time.' },
});
const DelegationActionEnum = publishActions('DelegationAction', delegationLifecycle, 'What can be done with a delegation, in the words of its lifecycle.');

@ObjectType('Delegation', { implements: () => [NodeModel], description: 'Somebody lets a colleague sign reviews in their place for a while. It ends with the role behind it; the two count once, and a conflict of either excludes.' })
export class DelegationModel extends NodeModel {
  readonly __typename!: 'Delegation';
  @Field(() => String, { description: 'Short name that people can say, such as DEL-2; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one when it is revoked; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => [LaneEnum], { description: 'In which disciplines the delegate may sign by it; never EXEC.' }) lanes!: readonly Lane[];
  @Field(() => [ID], { nullable: true, description: 'Ids of the only AI systems for which it holds; null = wherever the lender’s own roles reach.' }) systemIds!: readonly string[] | null;
  @Field(() => String, { description: 'Why somebody stands in, in the words of the lender.' }) reason!: string;
  @Field(() => DateTime, { description: 'The instant at which it begins: in rounds that were opened before, it does not serve.' }) validFrom!: string;
  @Field(() => DateTime, { description: 'The instant at which it ends by itself, at most 90 days after it began; what was signed by it no longer counts then.' }) validUntil!: string;
  @Field(() => DateTime, { description: 'When the lender made it, by the database’s clock.' }) madeAt!: string;
  @Field(() => [DelegationActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof delegationLifecycle>[];
  record!: Stored<Delegation>;
}

export const DelegationConnection = connectionOf('Delegation', () => DelegationModel);

export function showDelegation(record: Stored<Delegation>): DelegationModel {
  const { id, number, version, lanes, systemIds, reason, validFrom, validUntil, madeAt, state } = record;
  return { __typename: 'Delegation', id, number, version, lanes, systemIds, reason, validFrom, validUntil, madeAt, availableActions: delegationLifecycle.actionsFrom(state), record };
}

const DelegationSortEnum = publishEnum('DelegationSort', ['EXPIRES', 'NEWEST'] as const satisfies readonly DelegationSort[], 'In which order delegations are listed.', {
  EXPIRES: { description: 'The one that ends first comes first.' },
  NEWEST: { description: 'The one that was made last comes first.' },
});

@InputType('DelegationFilterInput', { description: 'Which delegations to list: each condition narrows the list, and left out ones do not.' })
export class DelegationFilterInput implements DelegationFilter {
  @Field(() => String, { nullable: true, description: 'Only those of this lender: handle, user number, person id, or `me`.' }) @MaxLength(200) @IsString() @IsOptional() from?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those to this delegate: handle, user number, person id, or `me`.' }) @MaxLength(200) @IsString() @IsOptional() to?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those that have begun, are not over and that nobody ended.' }) @IsOptional() live?: boolean | null;
}

@ArgsType()
export class DelegationsArgs extends PageArgs {
  @Field(() => DelegationFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => DelegationFilterInput) @ValidateNested() @IsOptional() filter?: DelegationFilterInput | null;
  @Field(() => DelegationSortEnum, { defaultValue: 'NEWEST', description: 'Which come first; the latest unless said otherwise.' }) @IsIn(['EXPIRES', 'NEWEST']) sort!: DelegationSort;
}

@InputType('DelegateInput', { description: 'Who signs in your place, in which disciplines, and until when.' })
export class DelegateInputModel {
  @Field(() => ID, { description: 'The colleague: handle, user number such as U-3, or person id. It must be somebody who takes part in reviews.' }) @MaxLength(200) @IsString() to!: string;
  @Field(() => [LaneEnum], { description: 'What you lend: disciplines in which you may sign by a role of your own. EXEC is never lent.' }) @ArrayMinSize(1) @ArrayMaxSize(LANES.length) @IsIn(LANES, { each: true }) lanes!: Lane[];
  @Field(() => [ID], { nullable: true, description: 'The only AI systems for which it is to hold, by id or number; left out = wherever your own roles reach.' }) @MaxLength(100, { each: true }) @IsString({ each: true }) @ArrayMaxSize(200) @IsOptional() systems?: string[] | null;
  @Field(() => String, { description: 'Why somebody has to stand in, at most 4000 characters.' }) @MaxLength(4000) @IsString() reason!: string;
  @Field(() => DateTime, { nullable: true, description: 'The instant at which it begins, never one that is over; left out = now.' }) @IsString() @IsOptional() validFrom?: string | null;
  @Field(() => DateTime, { description: 'The instant at which it ends by itself. Refused as VALIDITY_TOO_LONG beyond 90 days.' }) @IsString() validUntil!: string;
}

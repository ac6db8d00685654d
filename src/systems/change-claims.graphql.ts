/** How it is shown that a change is milder than its parts say, and what clients may send about it. */
import { ArgsType, Field, ID, ObjectType } from '@nestjs/graphql';
import { IsIn, IsString, MaxLength } from 'class-validator';
import { CHANGE_CLASSES, CLAIMABLE_CLASSES, type ClaimableClass } from '../domain/difference.js';
import type { ChangeClaim } from '../domain/release.js';
import { DateTime, publishEnum } from '../platform/graphql-types.js';
import { ReasonedChangeArgs } from './systems.graphql.js';

export const ChangeClassEnum = publishEnum('ChangeClass', [...CHANGE_CLASSES, ...CLAIMABLE_CLASSES], 'What a changed component amounts to. The server computes it from the roles of the parts that differ; the policy says which lanes it concerns.', {
  AUTONOMY_INCREASE: { description: 'The tools that a model may use: concerns every lane, as does a role that the policy does not know.' },
  RETRAIN_SAME_SPEC: { description: 'Only by a claim that a reviewer of VALIDATION has confirmed: the same specification, trained again.' },
});
export const ClaimableClassEnum = publishEnum('ClaimableClass', CLAIMABLE_CLASSES, 'A milder class that the team may claim for the step from one release to another.');

@ObjectType('ChangeClaim', { description: 'The claim that the step from another release to this one is milder than its parts say. Nothing follows from it until it is confirmed.' })
export class ChangeClaimModel {
  @Field(() => ClaimableClassEnum, { description: 'As what the team wants the step to be taken, instead of what its parts amount to.' }) changeClass!: ClaimableClass;
  @Field({ description: 'Why, in the words of whoever claims it.' }) reason!: string;
  @Field(() => DateTime, { description: 'When somebody of the team said so.' }) claimedAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'Since when it counts; null while no reviewer of VALIDATION has confirmed it.' }) confirmedAt!: string | null;
  @Field(() => String, { nullable: true, description: 'The grounds of the reviewer who confirmed it.' }) confirmation!: string | null;
  readonly source!: ChangeClaim;
}

@ArgsType()
export class ClaimChangeArgs extends ReasonedChangeArgs {
  @Field(() => ID, { description: 'The release that this one is compared with, as opaque id or number such as REL-3.' }) @MaxLength(100) @IsString() since!: string;
  @Field(() => ClaimableClassEnum, { description: 'What the change from there to here amounts to.' }) @IsIn(CLAIMABLE_CLASSES) changeClass!: ClaimableClass;
}

export function showChangeClaim(claim: ChangeClaim): ChangeClaimModel {
  const { changeClass, reason, claimedAt, confirmed } = claim;
  return { changeClass, reason, claimedAt, confirmedAt: confirmed?.at ?? null, confirmation: confirmed?.reason ?? null, source: claim };
}

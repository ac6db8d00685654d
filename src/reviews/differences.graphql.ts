/** How it is shown what has changed since something was signed. */
import { Field, ObjectType } from '@nestjs/graphql';
import type { Lane } from '../domain/actor.js';
import { DIFFERENCE_KINDS, type ChangeClass, type ClaimableClass, type DifferenceKind } from '../domain/difference.js';
import { LaneEnum } from '../identity/people.graphql.js';
import { publishEnum } from '../platform/graphql-types.js';
import { ChangeClassEnum } from '../systems/change-claims.graphql.js';

const DifferenceKindEnum = publishEnum('DifferenceKind', DIFFERENCE_KINDS, 'What kind of change outdates a signature.');

@ObjectType('Difference', { description: 'One material difference between what was signed and what is now.' })
export class DifferenceModel {
  @Field(() => DifferenceKindEnum, { description: 'Which row of the materiality table applies, such as RISK_LEVEL_UP.' }) kind!: DifferenceKind;
  @Field({ description: 'Where in the package, such as risks.R-3.current.' }) path!: string;
  @Field(() => String, { nullable: true, description: 'The value that was signed; null = it was not there.' }) then!: string | null;
  @Field(() => String, { nullable: true, description: 'The present value; null = it is gone.' }) now!: string | null;
  @Field(() => ChangeClassEnum, { nullable: true, description: 'What a changed component amounts to, computed from its role; null for everything else.' }) changeClass?: ChangeClass | ClaimableClass;
}

@ObjectType('MaterialChange', { description: 'One material difference with the lanes whose sign-offs it outdates.' })
export class MaterialChangeModel extends DifferenceModel {
  @Field(() => [LaneEnum], { description: 'The lanes that must be signed again because of it, by the policy. Empty for a level that was raised (REVIEW_LEVEL_UP) where this vote is judged by the higher level and goes on to count.' }) lanes!: readonly Lane[];
}

@ObjectType('PackageDiff', { description: 'What has changed materially between a package that was signed and the present one of its promotion.' })
export class PackageDiffModel {
  @Field(() => [MaterialChangeModel], { description: 'Every material difference, whichever lanes it concerns; empty = nothing that a review depends on.' }) changes!: readonly MaterialChangeModel[];
  @Field(() => [LaneEnum], { description: 'Which of the lanes that this act signed have to be signed again.' }) outdatedLanes!: readonly Lane[];
  @Field({ description: 'The same as Markdown, for people.' }) readable!: string;
}

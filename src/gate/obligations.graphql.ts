/** How the obligations of an answer are shown, in the shape of AuthZEN: id, type, properties. */
import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { ConditionEffectEnum } from '../acceptances/conditions.graphql.js';
import type { Lane } from '../domain/actor.js';
import type { ConditionEffect } from '../domain/condition.js';
import { OBLIGATION_TYPES } from '../domain/gate-conditions.js';
import type { DatedObligation } from '../domain/gate-obligations.js';
import { LaneEnum } from '../identity/people.graphql.js';
import { DateTime, publishEnum } from '../platform/graphql-types.js';

const ObligationTypeEnum = publishEnum('ObligationType', OBLIGATION_TYPES, 'What kind of obligation an answer carries. New ones may be added.', {
  CONDITION: { description: 'Something that a vote or an acceptance asks for beside its yes.' },
  POLICY: { description: 'Something that the policy asks to be shown after a release went in.' },
});

@ObjectType('ObligationProperties', { description: 'The words of a duty, who has it, and by when.' })
export class ObligationPropertiesModel {
  @Field(() => Int, { nullable: true, description: 'Within how many days of the deployment, if a policy asks for it; null = a condition does.' }) withinDays!: number | null;
  @Field({ description: 'What has to be done, in the words of whoever asked for it.' }) text!: string;
  @Field({ description: 'What will show that it was done, in words; of a policy, the type of evidence.' }) evidence!: string;
  @Field(() => DateTime, { description: 'The instant by which somebody else has to have confirmed it, or evidence shows it. Of what a policy asks for after a deployment that has not begun: as if it began with the answer.' }) due!: string;
  @Field(() => ID, { description: 'Opaque id of the natural person who has to do it.' }) ownerId!: string;
  @Field(() => ConditionEffectEnum, { description: 'What happens when that instant passes before.' }) effect!: ConditionEffect;
  @Field(() => [LaneEnum], { description: 'The disciplines whose people confirm it.' }) lanes!: readonly Lane[];
  @Field(() => String, { nullable: true, description: 'Short number of the vote that bears it, such as SO-9; null when an acceptance does.' }) signOff!: string | null;
  @Field(() => String, { nullable: true, description: 'Short number of the decision to carry a risk that bears it, such as A-7; null when a vote does.' }) acceptance!: string | null;
}

@ObjectType('GateObligation', { description: 'What whoever acts on a decision has to see to, beside what it allows.' })
export class GateObligationModel {
  @Field(() => ID, { description: 'Short number of the condition, such as C-4, to be sent to condition(id); or what the policy calls it, such as REPORT.' }) id!: string;
  @Field(() => ObligationTypeEnum, { description: 'Where it comes from; treat an unknown value as something to look up.' }) type!: DatedObligation['type'];
  @Field(() => ObligationPropertiesModel, { description: 'What it asks for, by whom and until when.' }) properties!: DatedObligation['properties'];
}

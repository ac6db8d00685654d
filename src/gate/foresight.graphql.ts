/** How the way to ALLOW is shown. */
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Lane } from '../domain/actor.js';
import { VERDICTS, type Verdict } from '../domain/gate.js';
import { humanActs, WHO, type GatePlan, type Who } from '../domain/gate-plan.js';
import { LaneEnum } from '../identity/people.graphql.js';
import { publishEnum } from '../platform/graphql-types.js';
import { ReasonModel, showReason, VerdictEnum } from './gate.graphql.js';

const WhoEnum = publishEnum('ActBy', WHO, 'Who does an act. Whether a certain person may is checked when they do.', {
  SOMEBODY_ELSE: { description: 'Anybody with the role for it who did not do what is judged.' },
  ACCEPTANCE_AUTHORITY: { description: 'Whom the criteria name for the level: all of them, each by themselves.' },
  OBJECTOR: { description: 'Only the person whose objection stands; or the request is given up.' },
});

@ObjectType('PlannedAct', { description: 'One act on the way to ALLOW.' })
export class PlannedActModel {
  @Field({ description: 'The mutation to call, such as confirmRisk. requestSignOff is confirmed by confirmSignOff, and is one act together with it.' }) mutation!: string;
  @Field(() => WhoEnum, { description: 'In which part somebody does it.' }) who!: Who;
  @Field(() => Int, { description: 'How many different people have to do it; 2 for a lane of FOUR_EYES that nobody has signed yet.' }) people!: number;
  @Field(() => [LaneEnum], { description: 'The lanes that it signs; empty for everything else. What the team attests is signed in one act.' }) lanes!: readonly Lane[];
  @Field(() => String, { nullable: true, description: 'The record that it is about, by number; null where it makes a new one or is about the request itself.' }) about!: string | null;
  @Field(() => [String], { description: 'The requirements that it serves, such as R3/R-2.' }) requirements!: readonly string[];
}

@ObjectType('GatePlan', { description: 'The shortest way from the present answer of the gate to ALLOW.' })
export class GatePlanModel {
  @Field(() => VerdictEnum, { description: `The present answer, one of ${VERDICTS.join(', ')}.` }) verdict!: Verdict;
  @Field(() => [PlannedActModel], { description: 'In an order in which no act undoes another: facts first, signatures last. Empty for ALLOW.' }) acts!: readonly PlannedActModel[];
  @Field(() => Int, { description: 'How many acts of people that is, services left out.' }) humanActs!: number;
  @Field(() => [ReasonModel], { description: 'Reasons that no act lifts, such as a retired system; while there is one, the acts lead nowhere.' }) stuck!: readonly ReasonModel[];
}

export function showPlan(plan: GatePlan): GatePlanModel {
  return { ...plan, humanActs: humanActs(plan), stuck: plan.stuck.map(showReason) };
}

/** How the queue of a person is shown. */
import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { Lane } from '../domain/actor.js';
import { LaneEnum, RoleGrantModel } from '../identity/people.graphql.js';
import { DateTime } from '../platform/graphql-types.js';
import type { WorkItem } from './work-candidates.js';

@ObjectType('WorkItem', { description: 'One thing that waits for you: a command about a record that would be accepted from you now.' })
export class WorkItemModel {
  @Field({ description: 'The mutation that waits, such as requestSignOff, reviewBreakGlass or verifyEvidence.' }) mutation!: string;
  @Field(() => ID, { description: 'Opaque id of the record that it is about: node(id) gives it.' }) id!: string;
  @Field({ description: 'Short number of the record, such as P-17/RISK or A-2.' }) number!: string;
  @Field(() => LaneEnum, { nullable: true, description: 'For a review, the discipline that signs; null for everything else.' }) lane!: Lane | null;
  @Field(() => RoleGrantModel, { nullable: true, description: 'Why it is yours: the role by which you may. Null when you own it, or attest for your own team.' }) grant!: RoleGrantModel | null;
  @Field({ description: 'What it is about, in the words of whoever asked or wrote it.' }) said!: string;
  @Field(() => DateTime, { nullable: true, description: 'When it should be done, or ends by itself; null when nobody said.' }) until!: string | null;
  @Field({ description: 'True once that instant has passed.' }) overdue!: boolean;
  @Field(() => DateTime, { nullable: true, description: 'For a review that somebody has claimed, when the claim ends; null otherwise.' }) claimedUntil!: string | null;
  readonly systemId!: string;
  readonly askedById!: string | null;
}

@ObjectType('WorkQueue', { description: 'Everything that waits for you, what is due first at the top, what nobody gave a date at the end.' })
export class WorkQueueModel {
  @Field(() => [WorkItemModel], { description: 'What waits; nothing here would be refused now.' }) items!: WorkItemModel[];
  @Field({ description: 'False when there is more of a kind than was looked at: a thousand records of each kind are. Ask for that kind by its own list.' }) isComplete!: boolean;
}

export function showWorkItem({ askedBy, ...item }: WorkItem, now: string): WorkItemModel {
  return { ...item, askedById: askedBy, overdue: item.until !== null && item.until <= now };
}

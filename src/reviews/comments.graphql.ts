/** How comments are shown. */
import { Field, ObjectType } from '@nestjs/graphql';
import type { Lane } from '../domain/actor.js';
import type { Comment } from '../domain/comment.js';
import type { Stored } from '../domain/package.js';
import { LaneEnum } from '../identity/people.graphql.js';
import { connectionOf, DateTime, NodeModel } from '../platform/graphql-types.js';

@ObjectType('Comment', { implements: () => [NodeModel], description: 'What somebody said about a promotion, or about one of its reviews. It decides nothing and is never changed.' })
export class CommentModel extends NodeModel {
  readonly __typename!: 'Comment';
  @Field(() => LaneEnum, { nullable: true, description: 'The review that it is about; null = the request as a whole.' }) lane!: Lane | null;
  @Field(() => String, { description: 'The words of its author, as they were written.' }) text!: string;
  @Field(() => DateTime, { description: 'When it was written, by the database’s clock.' }) writtenAt!: string;
  readonly record!: Stored<Comment>;
}
export const CommentConnection = connectionOf('Comment', () => CommentModel);

export function showComment(record: Stored<Comment>): CommentModel {
  const { id, lane, text, writtenAt } = record;
  return { __typename: 'Comment', id, lane, text, writtenAt, record };
}

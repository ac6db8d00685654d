/** How finds of what runs without a permit are shown over GraphQL, and reported. */
import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { IsString, MaxLength } from 'class-validator';
import type { Stored } from '../domain/package.js';
import type { UngovernedDeployment } from '../domain/ungoverned-deployment.js';
import { DateTime, NodeModel } from '../platform/graphql-types.js';

@ObjectType('UngovernedDeployment', { implements: () => [NodeModel], description: 'A bundle that was found running in an environment without a permit. It authorizes nothing: to the gate it is as if it had never been reported.' })
export class UngovernedDeploymentModel extends NodeModel {
  @Field({ description: 'Short number that people can say, such as UD-2.' }) number!: string;
  @Field({ description: 'SHA-256 over all components of what runs there.' }) bundleDigest!: string;
  @Field({ description: 'How it was found, in the words of whoever reported it.' }) reason!: string;
  @Field(() => DateTime, { description: 'When it was reported; since when it ran, nobody knows.' }) foundAt!: string;
}

@InputType('ReportUngovernedDeploymentInput', { description: 'What was found running, where, and how.' })
export class ReportUngovernedDeploymentInput {
  @IsString() @MaxLength(100) @Field(() => ID, { description: 'The AI system that it belongs to, by id or number.' }) system!: string;
  @IsString() @MaxLength(100) @Field({ description: 'Where it runs, as deployment tools call the place, such as production-eu.' }) environment!: string;
  @IsString() @MaxLength(100) @Field({ description: 'Digest of the bundle, computed where it runs. Its release has to be registered: createRelease.' }) bundleDigest!: string;
  @IsString() @Field({ description: 'How it was found, and what is known about how it came there: 1 to 4,000 characters.' }) reason!: string;
}

export function showUngoverned(found: Stored<UngovernedDeployment>): UngovernedDeploymentModel {
  return found;
}

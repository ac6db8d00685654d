/** How releases and environments are shown, and what clients may send about them. */
import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { ActionOf } from '../domain/lifecycle.js';
import type { Stored } from '../domain/package.js';
import { COMPONENT_ROLES, ENVIRONMENT_KINDS, MAX_COMPONENTS, releaseLifecycle, type ComponentRole, type Environment, type EnvironmentKind, type Release } from '../domain/release.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { publishActions } from './systems.graphql.js';

export const ComponentRoleEnum = publishEnum('ComponentRole', COMPONENT_ROLES, 'What a part of a release is. Which sign-offs a changed part outdates follows from its role.');
export const ReleaseStateEnum = publishEnum('ReleaseState', releaseLifecycle.states, 'Whether a release may still be used. A WITHDRAWN one is denied at every gate, for good.');
export const ReleaseActionEnum = publishActions('ReleaseAction', releaseLifecycle, 'What can be done with a bundle, in the words of its lifecycle.');
export const EnvironmentKindEnum = publishEnum('EnvironmentKind', ENVIRONMENT_KINDS, 'How close a deployment is to real use, from SANDBOX to PRODUCTION: decides which lanes of review a promotion needs.');

@ObjectType('Component', { description: 'One part of a release, named by the digest of its bytes.' })
export class ComponentModel {
  @Field(() => ComponentRoleEnum, { description: 'What this part is, such as MODEL or PROMPT.' }) role!: ComponentRole;
  @Field(() => String, { description: 'What the team calls this part; unique among those of its role.' }) name!: string;
  @Field(() => String, { description: 'The SHA-256 over its bytes: `sha256:` and 64 lower-case hexadecimal digits.' }) digest!: string;
}

@ObjectType('Release', { implements: () => [NodeModel], description: 'An immutable bundle of everything that ships of one AI system, named by one digest. It is replaced by another one, never changed.' })
export class ReleaseModel extends NodeModel {
  readonly __typename!: 'Release';
  @Field(() => String, { description: 'Short name that people can say, such as REL-4; never reused, and accepted wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change of state; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => String, { description: 'The name that the team gave it, such as 2026.11.1; unique in its system.' }) label!: string;
  @Field(() => [ComponentModel], { description: 'All parts of the bundle, sorted by role and name.' }) components!: readonly ComponentModel[];
  @Field(() => String, { description: 'SHA-256 over the sorted list of parts; this is what the gate is asked about.' }) bundleDigest!: string;
  @Field(() => ReleaseStateEnum, { description: 'ACTIVE, or WITHDRAWN once somebody took it back.' }) state!: Release['state'];
  @Field(() => String, { nullable: true, description: 'Why somebody took it back; null while it is ACTIVE.' }) withdrawnReason!: string | null;
  @Field(() => DateTime, { description: 'The instant at which the server recorded it.' }) createdAt!: string;
  @Field(() => [ReleaseActionEnum], { description: 'What its present state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof releaseLifecycle>[];
  systemId!: string;
  authoredBy!: string;
  readonly source!: Stored<Release>;
}

export const ReleaseConnection = connectionOf('Release', () => ReleaseModel);

@ObjectType('Environment', { implements: () => [NodeModel], description: 'A place that releases are deployed to, known to deployment tools by its name.' })
export class EnvironmentModel extends NodeModel {
  readonly __typename!: 'Environment';
  @Field(() => Int, { description: 'Grows by one with every change to this place.' }) version!: number;
  @Field(() => String, { description: 'What deployment tools call it, such as production-eu; unique in the organization.' }) name!: string;
  @Field(() => EnvironmentKindEnum, { description: 'How close it is to real use.' }) kind!: EnvironmentKind;
  previousId!: string | null;
}

export function showRelease(release: Stored<Release>): ReleaseModel {
  return { __typename: 'Release', ...release, availableActions: releaseLifecycle.actionsFrom(release.state), source: release };
}

export function showEnvironment(environment: Stored<Environment>): EnvironmentModel {
  return { __typename: 'Environment', ...environment };
}

@InputType({ description: 'One part of a new release. `countersign digest` prints the digest of a file or folder.' })
export class ComponentInput {
  @Field(() => ComponentRoleEnum, { description: 'What this part is; decides which sign-offs a later change of it outdates.' }) @IsIn(COMPONENT_ROLES) role!: ComponentRole;
  @Field(() => String, { description: 'What the team calls this part; at most 200 characters, unique among those of its role.' }) @MaxLength(200) @IsString() name!: string;
  @Field(() => String, { description: 'The SHA-256 over its bytes: 64 hexadecimal digits, with or without `sha256:` before them.' }) @MaxLength(200) @IsString() digest!: string;
}

@InputType({ description: 'A new release. Its bundle digest is computed by the server from the parts, never taken from a client.' })
export class CreateReleaseInput {
  @Field(() => String, { description: 'The name that the team gives it, such as 2026.11.1; at most 100 characters, unique in its system.' }) @MaxLength(100) @IsString() label!: string;
  @Field(() => [ComponentInput], { description: `Everything that ships: at least one part, at most ${String(MAX_COMPONENTS)}, in any order.` })
  @ValidateNested({ each: true }) @Type(() => ComponentInput) @ArrayMaxSize(MAX_COMPONENTS) @IsArray() components!: ComponentInput[];
}

@InputType({ description: 'A new place that releases may be deployed to.' })
export class CreateEnvironmentInput {
  @Field(() => String, { description: 'What deployment tools will call it: lower-case letters, digits and hyphens, at most 63, such as production-eu.' }) @MaxLength(63) @IsString() name!: string;
  @Field(() => EnvironmentKindEnum, { description: 'How close it is to real use; cannot be changed later.' }) @IsIn(ENVIRONMENT_KINDS) kind!: EnvironmentKind;
  @Field(() => ID, { nullable: true, defaultValue: null, description: 'Name or id of the environment in which a release must run before it may come here; null = none. It must be of a lower kind.' })
  @IsOptional() @MaxLength(100) @IsString() previous!: string | null;
}

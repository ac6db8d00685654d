/** How trusted issuers are shown, and what administrators may send about them. */
import { ArgsType, Field, ID, InputType, Int, ObjectType, OmitType, PartialType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { LANES, ROLES, type Lane, type Role } from '../domain/actor.js';
import type { ActionOf } from '../domain/lifecycle.js';
import { MAX_KEYS_BYTES } from '../domain/issuer-keys.js';
import type { Stored } from '../domain/package.js';
import { IDENTITY_FRESHNESS, ISSUER_KINDS, TOKEN_ALGORITHMS, TOKEN_TYPES, trustedIssuerLifecycle, type GroupRole, type IssuerKind, type TokenAlgorithm, type TokenType, type TrustedIssuer } from '../domain/trusted-issuer.js';
import { PageArgs, ReasonedChangeArgs } from '../platform/arguments.js';
import { connectionOf, DateTime, NodeModel, publishActions, publishEnum } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { LaneEnum, RoleEnum } from './people.graphql.js';
import type { IssuerFilter, TrustedIssuersService } from './trusted-issuers.service.js';

const IssuerKindEnum = publishEnum('IssuerKind', ISSUER_KINDS, 'Whether its tokens are those of human beings or of a platform’s jobs and pods.', {
  PEOPLE: { description: 'For people, such as a company’s identity provider.' },
  GITHUB: { description: 'For jobs of GitHub Actions.' },
  GITLAB: { description: 'For jobs of GitLab, by their id_tokens.' },
  KUBERNETES: { description: 'For pods, by projected tokens of their service accounts.' },
});
const TokenAlgorithmEnum = publishEnum('TokenAlgorithm', TOKEN_ALGORITHMS, 'By which kind of signature a token is believed; a shared secret is never one of them.');
export const IdentityFreshnessEnum = publishEnum('IdentityFreshness', IDENTITY_FRESHNESS, 'How surely somebody was known by the token that they sent.', {
  FRESH: { description: 'By keys as their issuer publishes them now, or that need no fetching.' },
  STALE: { description: 'By keys that should have been fetched anew: the issuer did not answer, and those of up to a day ago go on serving. A key that was taken back since would not be noticed.' },
});
const IssuerActionEnum = publishActions('IssuerAction', trustedIssuerLifecycle, 'What can be done with a trusted issuer, in the words of its lifecycle.');

@ObjectType('GroupRole', { description: 'Whoever the issuer says is in this group holds this role.' })
export class GroupRoleModel {
  @Field(() => String, { description: 'Exactly what the token calls it.' }) group!: string;
  @Field(() => RoleEnum, { description: 'What its members are trusted to do, for all AI systems.' }) role!: Role;
  @Field(() => LaneEnum, { nullable: true, description: 'For REVIEWER, the discipline in which members vote; null for every other role.' }) lane!: Lane | null;
  @Field(() => String, { nullable: true, description: 'What qualifies the members, in the words of whoever wrote it.' }) qualification!: string | null;
  @Field(() => ID, { description: 'Id of the person who wrote this entry: it gives them nothing.' }) by!: string;
}

@ObjectType('TrustedIssuer', { implements: () => [NodeModel], description: 'Somebody whose tokens this organization believes, and what such a token has to be like. Identity is always issuer and subject together.' })
export class TrustedIssuerModel extends NodeModel {
  readonly __typename!: 'TrustedIssuer';
  @Field(() => String, { description: 'Short name that people can say, such as ISS-1; never reused, and taken wherever an id is.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => IssuerKindEnum, { description: 'People, or the jobs of one kind of platform.' }) kind!: IssuerKind;
  @Field(() => String, { description: 'Exactly what the claim `iss` of its tokens has to say.' }) issuer!: string;
  @Field(() => String, { description: 'What the claim `aud` has to name; each organization has its own.' }) audience!: string;
  @Field(() => String, { description: 'Where its public keys are fetched; nothing in a token leads anywhere else. Empty where they are written down: `jwks`.' }) jwksUrl!: string;
  @Field(() => String, { nullable: true, description: 'Its public keys, where they are written down and nothing is fetched: a JSON Web Key Set as JSON text, with what verifies signatures and nothing else. Null where they are fetched.' }) jwks!: string | null;
  @Field(() => [TokenAlgorithmEnum], { description: 'The only kinds of signature that are accepted.' }) algorithms!: readonly TokenAlgorithm[];
  @Field(() => String, { nullable: true, description: 'What `typ` in the header has to be: at+jwt or JWT; null = whatever it says.' }) tokenType!: TokenType | null;
  @Field(() => Int, { description: 'So many minutes after it was issued a token is refused, even if it lasts longer.' }) maxTokenAgeMinutes!: number;
  @Field(() => String, { nullable: true, description: 'The claim that lists the groups of a person, by its name or by the way to it; null = groups give no roles.' }) groupsClaim!: string | null;
  @Field(() => [GroupRoleModel], { description: 'What members are trusted with by what a token says about them.' }) groupRoles!: readonly GroupRole[];
  @Field(() => Int, { description: 'So many days after the token that last showed the group, a role by it ends by itself.' }) groupRolesDays!: number;
  @Field(() => Boolean, { description: 'Whether the first valid token of somebody in a mapped group makes them an account.' }) admitsNewcomers!: boolean;
  @Field(() => [String], { description: 'Sign-offs need a token with one of these values in `acr`; empty = any.' }) signOffAcr!: readonly string[];
  @Field(() => [String], { description: 'Sign-offs need a token whose `amr` names all of these methods.' }) signOffAmr!: readonly string[];
  @Field(() => Boolean, { description: 'False once it was retired: its tokens are refused from then on.' }) active!: boolean;
  @Field(() => DateTime, { description: 'When an administrator registered it, by the database’s clock.' }) registeredAt!: string;
  @Field(() => [IssuerActionEnum], { description: 'What its stored state allows; whether you may do it is checked when you do.' }) availableActions!: ActionOf<typeof trustedIssuerLifecycle>[];
}

export const TrustedIssuerConnection = connectionOf('TrustedIssuer', () => TrustedIssuerModel);

export function showIssuer({ state, jwksUrl, digest: _digest, registeredBy: _by, ...shown }: Stored<TrustedIssuer>): TrustedIssuerModel {
  return { __typename: 'TrustedIssuer', ...shown, jwksUrl: jwksUrl ?? '', active: state === 'ACTIVE', availableActions: trustedIssuerLifecycle.actionsFrom(state) };
}

/** The issuer with this id, read together with all others of the same answer. */
export async function loadIssuer(ctx: RequestContext, issuers: TrustedIssuersService, id: string): Promise<TrustedIssuerModel | null> {
  const found = await loadOne(ctx, 'trusted issuer', id, async (ids) => byId(await issuers.issuersByIds(ctx, ids)));
  return found === null ? null : showIssuer(found);
}

@InputType('GroupRoleInput', { description: 'Whoever a token shows as a member is trusted with this from then on.' })
export class GroupRoleInput {
  @Field(() => String, { description: 'Exactly what the token calls it; at most 300 characters.' }) @MaxLength(300) @IsString() group!: string;
  @Field(() => RoleEnum, { description: 'What members will be trusted to do; none of those that are for services.' }) @IsIn(ROLES) role!: Role;
  @Field(() => LaneEnum, { nullable: true, defaultValue: null, description: 'For REVIEWER, the discipline; left out for every other role.' }) @IsIn(LANES) @IsOptional() lane!: Lane | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'What qualifies the members; at most 500 characters, and required for REVIEWER.' }) @MaxLength(500) @IsString() @IsOptional() qualification!: string | null;
}

@InputType('RegisterIssuerInput', { description: 'Whose tokens to believe, and what they have to be like.' })
export class RegisterIssuerInput {
  @Field(() => IssuerKindEnum, { description: 'People, or the jobs of one kind of platform. Only an issuer for people has groups and sign-offs.' }) @IsIn(ISSUER_KINDS) kind!: IssuerKind;
  @Field(() => String, { description: 'Exactly what the claim `iss` says: an https URL. Refused as ALREADY_EXISTS while an active one has the same audience, or another organization of this server believes an issuer of people of this name.' }) @MaxLength(500) @IsString() issuer!: string;
  @Field(() => String, { description: 'What the claim `aud` has to name, at most 300 characters: choose one that is yours alone.' }) @MaxLength(300) @IsString() audience!: string;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Where its public keys are: an https URL. Left out where they are given as `jwks`; one of both is needed.' }) @MaxLength(500) @IsString() @IsOptional() jwksUrl!: string | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'Its public keys themselves, for an issuer that this server cannot reach, such as a cluster: a JSON Web Key Set as JSON text, at most 16 kB. Each key has a `kid` of its own and is RSA of 2048 bits or more, EC P-256 or OKP Ed25519; private or symmetric ones are refused as INVALID_INPUT. Send the next ones by changeIssuer before the issuer signs with them.' }) @MaxLength(MAX_KEYS_BYTES) @IsString() @IsOptional() jwks!: string | null;
  @Field(() => [TokenAlgorithmEnum], { defaultValue: ['RS256'], description: 'The only kinds of signature to accept; RS256 unless said otherwise.' }) @ArrayMinSize(1) @ArrayMaxSize(TOKEN_ALGORITHMS.length) @IsIn(TOKEN_ALGORITHMS, { each: true }) algorithms!: TokenAlgorithm[];
  @Field(() => String, { nullable: true, defaultValue: null, description: 'What `typ` in the header has to be: at+jwt or JWT; left out where the issuer does not set it.' }) @IsIn(TOKEN_TYPES) @IsOptional() tokenType!: TokenType | null;
  @Field(() => Int, { nullable: true, defaultValue: null, description: 'So many minutes after it was issued a token is refused: 1 to 1440; null = 60 for people, and 10 for jobs and pods, which get a token when they need one.' }) @IsInt() @IsOptional() maxTokenAgeMinutes!: number | null;
  @Field(() => String, { nullable: true, defaultValue: null, description: 'The claim that lists the groups of a person: its name, such as `groups` or `https://example.com/groups`, or the way to it, as `realm_access.roles` or as a JSON pointer such as `/resource_access/my.client/roles`; a claim of exactly this name comes first. At most 300 characters.' }) @MaxLength(300) @IsString() @IsOptional() groupsClaim!: string | null;
  @Field(() => [GroupRoleInput], { defaultValue: [], description: 'Which groups give which roles, at most 100 entries; nothing by it goes to whoever wrote it.' }) @ValidateNested({ each: true }) @Type(() => GroupRoleInput) @ArrayMaxSize(100) @IsArray() groupRoles!: GroupRoleInput[];
  @Field(() => Int, { defaultValue: 30, description: 'So many days after the last token that shows the group, its role ends: 1 to 90, 30 unless said otherwise.' }) @IsInt() groupRolesDays!: number;
  @Field(() => Boolean, { defaultValue: false, description: 'Whether the first valid token of somebody in a mapped group makes them an account.' }) @IsBoolean() admitsNewcomers!: boolean;
  @Field(() => [String], { defaultValue: [], description: 'Sign-offs need a token with one of these in `acr`; at most 20 of 300 characters.' }) @MaxLength(300, { each: true }) @IsString({ each: true }) @ArrayMaxSize(20) signOffAcr!: string[];
  @Field(() => [String], { defaultValue: [], description: 'Sign-offs need a token whose `amr` names all of these; at most 20 of 100 characters.' }) @MaxLength(100, { each: true }) @IsString({ each: true }) @ArrayMaxSize(20) signOffAmr!: string[];
}

@InputType('ChangeIssuerInput', { description: 'What is to be different from now on; whatever is left out stays as it is.' })
export class ChangeIssuerInput extends PartialType(OmitType(RegisterIssuerInput, ['kind', 'issuer']), { omitDefaultValues: true, skipNullProperties: false }) {}

@ArgsType()
export class ChangeIssuerArgs extends ReasonedChangeArgs {
  @Field(() => ChangeIssuerInput, { description: 'The values to replace, only those that change.' }) @ValidateNested() @Type(() => ChangeIssuerInput) input!: ChangeIssuerInput;
}

@InputType('TrustedIssuerFilterInput', { description: 'Which issuers to list: each condition narrows the list, and left out ones do not.' })
export class TrustedIssuerFilterInput implements IssuerFilter {
  @Field(() => IssuerKindEnum, { nullable: true, description: 'Only those that speak for people, or for one kind of platform.' }) @IsIn(ISSUER_KINDS) @IsOptional() kind?: IssuerKind | null;
  @Field(() => Boolean, { nullable: true, description: 'True: only those whose tokens are believed; false: only retired ones.' }) @IsOptional() active?: boolean | null;
}

@ArgsType()
export class TrustedIssuersArgs extends PageArgs {
  @Field(() => TrustedIssuerFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) @Type(() => TrustedIssuerFilterInput) @ValidateNested() @IsOptional() filter?: TrustedIssuerFilterInput | null;
}

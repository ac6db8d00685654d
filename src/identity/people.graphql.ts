/** How people, accounts and roles are shown. */
import { ArgsType, Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { IsInt, Max, Min } from 'class-validator';
import { FUNCTIONS, LANES, ROLES, type Lane, type PersonFunction, type Role } from '../domain/actor.js';
import { DateTime, publishEnum } from '../platform/graphql-types.js';
import { loadOne } from '../platform/loading.js';
import { MAX_PAGE } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { PeopleService, Person } from './people.service.js';

const ACCOUNT_KINDS = ['USER', 'SERVICE'] as const;

export const RoleEnum = publishEnum('Role', ROLES, 'What somebody is trusted to do. Which operation needs which role is one table, checked for every transport alike.', {
  CONTRIBUTOR: { description: 'Drafts risks and releases, asks for promotions; never votes on own work.' },
  RISK_OWNER: { description: 'Assesses risks, chooses their treatment, accepts those at LOW and below.' },
  SYSTEM_OWNER: { description: 'Answers for a system: opens promotions, withdraws releases.' },
  BUSINESS_OWNER: { description: 'Accepts benefit and cost, and together with a risk officer a MODERATE risk.' },
  RISK_OFFICER: { description: 'Challenges and confirms risks, sets tiers, votes in the RISK lane.' },
  HEAD_OF_RISK: { description: 'Accepts a HIGH risk together with an executive; revokes acceptances.' },
  REVIEWER: { description: 'Votes in the lane that the grant names.' },
  EXECUTIVE: { description: 'Votes in the EXEC lane; accepts a HIGH risk together with the head of risk.' },
  POLICY_ADMIN: { description: 'Adopts criteria and policies; never approves own changes.' },
  AUDITOR: { description: 'Reads everything, changes nothing.' },
  DEPLOYER: { description: 'A deployment tool: asks the gate, authorizes promotions, reports deployments.' },
  MONITOR: { description: 'A monitoring service: submits what it observes.' },
  TENANT_ADMIN: { description: 'Admits accounts and grants roles; has no vote by it.' },
});

export const LaneEnum = publishEnum('Lane', LANES, 'A discipline of review. Which of them a promotion needs follows from tier, EU AI Act class, flags and environment.', {
  FRIA: { description: 'Fundamental rights impact assessment, EU AI Act Art. 27.' },
  OPS: { description: 'Operations: running, monitoring and rolling back.' },
});

export const AccountKindEnum = publishEnum('AccountKind', ACCOUNT_KINDS, 'Whether a natural person or a machine stands behind an account.', {
  SERVICE: { description: 'A machine. It never counts toward a quorum.' },
});

/** GraphQL names have no hyphens: data-governance is DATA_GOVERNANCE. */
export const FunctionEnum: Readonly<Record<string, PersonFunction>> = Object.fromEntries(FUNCTIONS.map((name) => [name.toUpperCase().replaceAll('-', '_'), name]));
registerEnumType(FunctionEnum, { name: 'PersonFunction', description: 'The part of the organization that somebody works for. A four-eyes lane needs approvals from two different ones.' });

@ObjectType('Person', { description: 'A natural person. However many accounts somebody has, every count of people counts that person once.' })
export class PersonModel {
  @Field(() => ID, { description: 'Opaque id of the human being, not of one of the accounts.' }) id!: string;
  @Field(() => String, { description: 'What the issuer of tokens calls them, such as `amara`; accepted wherever an owner or developer is named. Empty after erasure.' }) handle!: string;
  @Field(() => String, { description: 'How colleagues know them, such as "Amara Osei"; the word "erased" once personal data was removed.' }) displayName!: string;
  @Field(() => FunctionEnum, { nullable: true, description: 'The part of the organization they work for; null when nobody recorded it.' }) function!: PersonFunction | null;
}

@ObjectType('RoleGrant', { description: 'One role that an account holds, for which part of the register, and for how long.' })
export class RoleGrantModel {
  @Field(() => RoleEnum, { description: 'What this entitles its holder to do.' }) role!: Role;
  @Field(() => LaneEnum, { nullable: true, description: 'For REVIEWER, the discipline in which the holder may vote; null for every other role.' }) lane!: Lane | null;
  @Field(() => [ID], { nullable: true, description: 'Ids of the only AI systems for which it holds; null = for all of them.' }) systemIds!: readonly string[] | null;
  @Field(() => [ID], { nullable: true, description: 'Ids of the only deployment targets for which it holds; null = for all of them.' }) environmentIds!: readonly string[] | null;
  @Field(() => DateTime, { description: 'The instant at which it began, or will begin.' }) validFrom!: string;
  @Field(() => DateTime, { nullable: true, description: 'The instant at which it ends by itself, or was taken away; null = only when somebody takes it away.' }) validUntil!: string | null;
  @Field(() => DateTime, { nullable: true, description: 'The instant at which somebody took it away, so that nothing signed by it counts any more; null when it ends by itself, or was taken away before this was kept.' }) revokedAt?: string | null;
  @Field(() => String, { nullable: true, description: 'What qualifies its holder, in the words of whoever granted it; null for grants of before it was asked for.' }) qualification?: string | null;
  grantedBy?: string | null;
  through?: { readonly issuerId: string };
}

@ObjectType('Account', { description: 'Who can sign in: a user account of a natural person, or a service such as a deployment tool.' })
export class AccountModel {
  @Field(() => ID, { description: 'Opaque id of this login; the person behind it has another one.' }) id!: string;
  @Field(() => String, { description: 'Short name that people can say, such as U-3; never given to another account.' }) number!: string;
  @Field(() => Int, { description: 'Grows by one with every role and other change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => AccountKindEnum, { description: 'USER for a human being, SERVICE for a machine.' }) kind!: 'USER' | 'SERVICE';
  @Field(() => String, { description: 'Human-readable label of whoever signs in with it.' }) displayName!: string;
  @Field(() => String, { description: 'The subject under which the issuer of tokens knows it, such as `amara`.' }) handle!: string;
  @Field(() => PersonModel, { nullable: true, description: 'The human being who signs in with it; null for a service.' }) person!: PersonModel | null;
  @Field(() => [RoleGrantModel], { description: 'Everything that was granted to it, with the time for which each grant holds.' }) roles!: readonly RoleGrantModel[];
  @Field(() => Boolean, { description: 'False once it was closed: its tokens are refused from then on.' }) active!: boolean;
}

@ArgsType()
export class PeopleArgs {
  @Field(() => Int, { defaultValue: 50, description: `How many accounts to give back at most, from 1 to ${String(MAX_PAGE)}.` }) @IsInt() @Min(1) @Max(MAX_PAGE) first!: number;
}

export function showAccount(found: Person): AccountModel {
  const { principal, displayName, handle } = found;
  const { id, number, version, kind, grants, active } = principal;
  return { id, number, version, kind, displayName, handle, person: kind === 'USER' ? showPerson(found) : null, roles: grants, active };
}

export function showPerson({ principal, displayName, handle }: Person): PersonModel {
  return { id: principal.personId ?? '', handle, displayName, function: principal.function };
}

/** The person with this id, read together with all others of the same answer; null for the id of a service. */
export async function loadPerson(ctx: RequestContext, people: PeopleService, personId: string): Promise<PersonModel | null> {
  const found = await loadOne(ctx, 'person', personId, (ids) => people.byPerson(ctx, ids));
  return found === null ? null : showPerson(found);
}

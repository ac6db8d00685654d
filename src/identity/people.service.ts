/** Accounts: users of natural persons, and services. Admitted by the tenant's administrator, with their roles. */
import { Injectable } from '@nestjs/common';
import type { PersonFunction, Principal, Profile, Role, RoleGrant } from '../domain/actor.js';
import { checkText } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import { recordOf } from '../platform/columns.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound, textAndId, type ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { Refusal } from '../domain/refusal.js';
import { ProfileTable } from './profile.table.js';

export interface NewPrincipal {
  readonly kind: 'USER' | 'SERVICE';
  readonly issuer: string;
  readonly subject: string;
  readonly displayName: string;
  readonly function: PersonFunction | null;
  readonly grants: readonly (Pick<RoleGrant, 'role'> & Partial<RoleGrant>)[];
  /** For a second account of a person who has one already. */
  readonly personId?: string;
}

export interface Person { readonly principal: Stored<Principal>; readonly displayName: string; readonly handle: string }

@Injectable()
export class PeopleService {
  constructor(private readonly work: UnitOfWork) {}

  async admit(ctx: RequestContext, input: NewPrincipal): Promise<Stored<Principal>> {
    return this.work.write(ctx, 'identity.admit', async (tx) => {
      const id = tx.newId();
      const grants = input.grants.map((grant) => ({ lane: null, systemIds: null, environmentIds: null, validFrom: tx.now, validUntil: null, qualification: null, grantedBy: null, ...grant }));
      const personId = input.kind === 'USER' ? input.personId ?? tx.newId() : null;
      const principal: Principal = { id, number: await tx.nextNumber(PrincipalTable), version: 1, kind: input.kind, personId, function: input.function, grants, active: true };
      const profile: Profile = { id, version: 1, issuer: input.issuer, subject: checkText(input.subject, 'subject', 200), displayName: checkText(input.displayName, 'displayName', 200) };
      const stored = await tx.put(PrincipalTable, { next: principal, event: 'principal.admitted' });
      await tx.put(ProfileTable, { next: profile, event: 'profile.recorded' });
      return stored;
    });
  }

  async viewer(ctx: RequestContext): Promise<Person> {
    return this.account(ctx, ctx.principalId);
  }

  /** Everybody with an account, in the order of admission; at most `first`. */
  async list(ctx: RequestContext, first: number): Promise<Person[]> {
    return this.work.read(ctx, 'register.read', (scope) => people(scope, 'order by p.id limit $1', [first]));
  }

  /** The first account of each of these persons, by person. */
  async byPerson(ctx: RequestContext, personIds: readonly string[]): Promise<Map<string, Person>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const found = await people(scope, 'where p.person_id = any($1::uuid[]) order by p.person_id, p.id desc', [personIds]);
      return new Map(found.map((person) => [person.principal.personId ?? '', person]));
    });
  }

  /** Every account of each of these persons, by person, in the order of their opening. */
  async accountsOf(ctx: RequestContext, personIds: readonly string[]): Promise<Map<string, Person[]>> {
    const found = await this.work.read(ctx, 'register.read', (scope) => people(scope, 'where p.person_id = any($1::uuid[]) order by p.id', [personIds]));
    return new Map(personIds.map((personId) => [personId, found.filter(({ principal }) => principal.personId === personId)]));
  }

  async account(ctx: RequestContext, id: string): Promise<Person> {
    const found = (await this.byAccount(ctx, [id])).get(id);
    if (found === undefined) throw notFound('Principal', id);
    return found;
  }

  /** These accounts, by their ids. */
  async byAccount(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, Person>> {
    const found = await this.work.read(ctx, 'register.read', (scope) => people(scope, 'where p.id = any($1::uuid[])', [ids]));
    return new Map(found.map((person) => [person.principal.id, person]));
  }
}

/** The natural person behind a person id, a user's number or a handle; refused when there is none. Ids come first, then who had the handle first: another issuer may call somebody the same. */
export async function resolvePerson(scope: ReadScope, reference: string, field: string): Promise<string> {
  const [found] = (await accountsNamed(scope, reference, 'id = $2::uuid or person_id = $2::uuid')).flatMap(({ person_id: personId }) => personId ?? []);
  if (found === undefined) throw new Refusal('NOT_FOUND', { field, subject: 'Person', id: reference.slice(0, 100), message: `${field} names nobody here.`, next: 'Use a handle, a user number such as U-3, or a person id.' });
  return found;
}

/** The account with this id, number or handle, or the caller's own for `me`; refused when there is none. */
export async function resolveAccount(scope: ReadScope, reference: string, field: string): Promise<string> {
  if (reference === 'me') return scope.actor.id;
  const [found] = await accountsNamed(scope, reference, 'id = $2::uuid');
  if (found === undefined) throw new Refusal('NOT_FOUND', { field, subject: 'Account', id: reference.slice(0, 100), message: `${field} names no account here.`, next: 'Use a handle, a number such as U-3, or an opaque id.' });
  return found.id;
}

/** The accounts that a reference may mean: first by id ($2) or number, then by handle, the oldest first. Each part has an index of its own. */
async function accountsNamed(scope: ReadScope, reference: string, byId: string): Promise<{ id: string; person_id: string | null }[]> {
  return scope.query(
    `select id, person_id, 1 as rank from principals where ${byId}
     union all select id, person_id, 1 from principals where number = $1
     union all select p.id, p.person_id, 2 from profiles f join principals p on p.tenant_id = f.tenant_id and p.id = f.id where f.subject = $1
     order by rank, id`, textAndId(reference));
}

/** Accounts with the names that go with them, in one statement. */
async function people(scope: ReadScope, which: string, parameters: readonly unknown[]): Promise<Person[]> {
  const rows = await scope.query<Readonly<Record<string, unknown>> & { subject: string | null; display_name: string | null }>(
    `select p.*, f.subject, f.display_name from principals p left join profiles f on f.tenant_id = p.tenant_id and f.id = p.id ${which}`, parameters);
  return rows.map((row) => ({ principal: recordOf(PrincipalTable, row), displayName: row.display_name ?? 'erased', handle: row.subject ?? '' }));
}

export function roles(principal: Principal): Role[] {
  return [...new Set(principal.grants.map((grant) => grant.role))];
}

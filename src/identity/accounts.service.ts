/** Administration: people are admitted, accounts opened and closed, roles granted and taken away. Each change counts from the next question on. */
import { Injectable } from '@nestjs/common';
import { admitPerson, changeFunction, checkHandle, closeAccount, grantRole, openAccount, requireAdministratorLeft, revokeRole, type GrantInput, type RevokedGrant } from '../domain/account.js';
import type { Permission, PersonFunction, Principal } from '../domain/actor.js';
import { checkText } from '../domain/digest.js';
import type { Decided } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { recordOf } from '../platform/columns.table.js';
import { StaleFacts } from '../platform/database.js';
import { Refusal } from '../domain/refusal.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { issuerOfPeople } from './issuer-named.js';
import { BUILT_IN_ISSUER } from './issuer.js';
import { resolvePerson } from './people.service.js';
import { ProfileTable } from './profile.table.js';
import { resolveSystems } from './systems-named.js';

export interface AccountChange { readonly id: string; readonly expectedVersion: number }
/** `issuer`: the trusted issuer that knows it by this handle; none = the built-in one. */
export interface AccountNames { readonly handle: string; readonly displayName: string; readonly issuer?: string | null }
export type RoleInput = Omit<GrantInput, 'systemIds'> & { readonly systems: readonly string[] | null };

@Injectable()
export class AccountsService {
  constructor(private readonly work: UnitOfWork) {}

  async admit(ctx: RequestContext, names: AccountNames, personFunction: PersonFunction | null): Promise<string> {
    return this.#administer(ctx, 'identity.admit', async (tx) => {
      const identity = { id: tx.newId(), personId: tx.newId(), number: await tx.nextNumber(PrincipalTable) };
      return putNew(tx, admitPerson(identity, personFunction), names);
    });
  }

  /** Of the person whom the reference names; null = of a machine. */
  async open(ctx: RequestContext, names: AccountNames, person: string | null): Promise<string> {
    return this.#administer(ctx, 'identity.admit', async (tx) => {
      const [holder = null] = person === null ? [] : await tx.all(PrincipalTable, { personId: await resolvePerson(tx, person, 'person') });
      return putNew(tx, openAccount({ id: tx.newId(), number: await tx.nextNumber(PrincipalTable) }, holder, tx.actor), names);
    });
  }

  async close(ctx: RequestContext, change: AccountChange, reason: string): Promise<string> {
    return this.#administer(ctx, 'identity.close', async (tx) => {
      const account = await tx.lock(PrincipalTable, change.id, change.expectedVersion);
      return putFewer(tx, account, closeAccount(account, reason, tx.actor));
    });
  }

  /** A person works for one part of the organization, with every account. */
  async changeFunction(ctx: RequestContext, change: AccountChange, personFunction: PersonFunction, reason: string): Promise<string> {
    return this.#administer(ctx, 'identity.admit', async (tx) => {
      const account = await tx.lock(PrincipalTable, change.id, change.expectedVersion);
      await tx.put(PrincipalTable, changeFunction(account, personFunction, reason, tx.actor), account);
      const others = account.personId === null ? [] : await tx.all(PrincipalTable, { personId: account.personId });
      for (const { id } of others.filter((other) => other.id !== account.id)) {
        const other = await tx.lock(PrincipalTable, id);
        await tx.put(PrincipalTable, changeFunction(other, personFunction, reason, tx.actor), other);
      }
      return account.id;
    });
  }

  async grantRole(ctx: RequestContext, change: AccountChange, { systems, ...input }: RoleInput): Promise<string> {
    return this.#administer(ctx, 'identity.grant', async (tx) => {
      const systemIds = systems === null ? null : await resolveSystems(tx, systems, 'systems');
      const account = await tx.lock(PrincipalTable, change.id, change.expectedVersion);
      const by = { principal: tx.actor, personId: tx.personId, clock: tx.clock() };
      return (await tx.put(PrincipalTable, grantRole(account, { ...input, systemIds }, by), account)).id;
    });
  }

  async revokeRole(ctx: RequestContext, change: AccountChange, which: RevokedGrant, reason: string): Promise<string> {
    return this.#administer(ctx, 'identity.grant', async (tx) => {
      const account = await tx.lock(PrincipalTable, change.id, change.expectedVersion);
      return putFewer(tx, account, revokeRole(account, which, reason, { principal: tx.actor, clock: tx.clock() }));
    });
  }

  /** One after the other: an administrator who was changed by whoever came before begins again, so two never take the role from each other. */
  async #administer(ctx: RequestContext, permission: Permission, work: (tx: Tx) => Promise<string>): Promise<string> {
    return this.work.write(ctx, permission, async (tx) => {
      await tx.query("select pg_advisory_xact_lock(hashtextextended('administration ' || identity.current_tenant()::text, 0))");
      const { version } = await tx.get(PrincipalTable, tx.actor.id);
      if (version !== tx.actor.version) throw new StaleFacts();
      return work(tx);
    });
  }
}

/** An account that may do less than before. */
async function putFewer(tx: Tx, account: Stored<Principal>, decided: Decided<Principal>): Promise<string> {
  const rows = await tx.query<Record<string, unknown>>(`select * from principals where active and id <> $1::uuid and grants @> '[{"role": "TENANT_ADMIN"}]' order by id`, [account.id]);
  requireAdministratorLeft(account, decided.next, rows.map((row) => recordOf(PrincipalTable, row)), tx.clock());
  return (await tx.put(PrincipalTable, decided, account)).id;
}

async function putNew(tx: Tx, admitted: Decided<Principal>, names: AccountNames): Promise<string> {
  const subject = await subjectOf(tx, admitted.next, names);
  const profile = { id: admitted.next.id, version: 1, ...subject, displayName: checkText(names.displayName, 'displayName', 200) };
  const stored: Stored<Principal> = await tx.put(PrincipalTable, admitted);
  await tx.put(ProfileTable, { next: profile, event: 'profile.recorded' });
  return stored.id;
}

/** What another issuer calls somebody is theirs to choose, and often looks like an id. */
async function subjectOf(tx: Tx, { kind }: Principal, { handle, issuer = null }: AccountNames): Promise<{ issuer: string; subject: string }> {
  if (issuer === null) return { issuer: BUILT_IN_ISSUER, subject: checkHandle(handle) };
  if (kind === 'SERVICE') throw new Refusal('INVALID_INPUT', { field: 'issuer', message: 'A service does not sign in like a person.', expected: 'a trust rule or a key for a service' });
  return { issuer: await issuerOfPeople(tx, issuer), subject: checkText(handle, 'handle', 200) };
}

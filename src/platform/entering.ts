/** How a transaction begins: the tenant is pinned and the caller read, in one statement. */
import type { EntityManager, QueryRunner } from 'typeorm';
import { isPermitted, SELF, type Permission, type Principal } from '../domain/actor.js';
import { NotingClock, plusMs, type Instant } from '../domain/clock.js';
import { Refusal } from '../domain/refusal.js';
import { requireBelieved, type Believed } from './believed.js';
import { recordOf } from './columns.table.js';
import type { Database } from './database.js';
import { PrincipalTable } from './principal.table.js';

interface Named { readonly tenantId: string; readonly principalId: string }

interface Account extends Named { readonly believedBy: readonly Believed[] }

export interface Entered extends Named { readonly actor: Principal; readonly now: Instant }

/** An open reading transaction of one tenant. */
export interface ReadSession extends Entered {
  readonly manager: EntityManager;
  /** The database's time, as it is now: its time at the beginning and what has passed here since. */
  readonly present: () => Instant;
  readonly end: () => Promise<void>;
}

interface Row { readonly entered_tenant: string; readonly entered_as: string; readonly now: string; readonly standby: boolean; readonly actor: Readonly<Record<string, unknown>> | null }

/** Begins a transaction as this account of this tenant, by a credential that still stands; one that signs in may be about to come into being. */
export async function enter(runner: QueryRunner, ctx: Account, mode: 'read only' | 'read write', permission: Permission | null = null): Promise<Entered> {
  await begin(runner, mode);
  const entered = await enteredBy(runner, 'select * from identity.enter($1, $2)', [ctx.tenantId, ctx.principalId], permission !== null && SELF.includes(permission) ? newcomer : founder);
  if (entered === null) throw new Error('nobody entered');
  await requireBelieved(runner, ctx.believedBy);
  return entered;
}

/** A reading transaction as this account of this tenant. */
export async function openReads(database: Database, ctx: Account): Promise<ReadSession> {
  const session = await openSession(database, (runner) => enter(runner, ctx, 'read only'));
  if (session === null) throw new Error('nobody entered');
  return session;
}

/** A reading transaction as whoever this subject of this issuer is; null = nobody here. */
export async function openReadsAs(database: Database, issuer: string, subject: string): Promise<ReadSession | null> {
  return openSession(database, async (runner) => {
    await begin(runner, 'read only');
    return enteredBy(runner, 'select * from identity.enter_as($1, $2)', [issuer, subject]);
  });
}

/** The same within one organization, the one that believes the issuer. */
export async function openReadsIn(database: Database, who: { tenantId: string; issuer: string; subject: string }): Promise<ReadSession | null> {
  return openSession(database, async (runner) => {
    await begin(runner, 'read only');
    return enteredBy(runner, 'select * from identity.enter_in($1, $2, $3)', [who.tenantId, who.issuer, who.subject]);
  });
}

async function openSession(database: Database, enterBy: (runner: QueryRunner) => Promise<Entered | null>): Promise<ReadSession | null> {
  const runner = database.createQueryRunner();
  const end = async (): Promise<void> => {
    await runner.query('commit').catch(() => undefined);
    await runner.release();
  };
  try {
    await runner.connect();
    const entered = await enterBy(runner);
    const since = performance.now();
    if (entered !== null) return { ...entered, manager: runner.manager, end, present: () => plusMs(entered.now, Math.floor(performance.now() - since)) };
  } catch (error) {
    await end();
    throw error;
  }
  await end();
  return null;
}

async function begin(runner: QueryRunner, mode: 'read only' | 'read write'): Promise<void> {
  // Whoever writes holds locks: nobody waits for long because this server has stopped in the middle.
  const patience = mode === 'read write' ? "; set local idle_in_transaction_session_timeout = '2s'" : '';
  await runner.query(`begin transaction isolation level read committed ${mode}${patience}`);
  // TypeORM locks rows only in a transaction that it knows of; ours begins and commits in statements of our own.
  Object.assign(runner, { isTransactionActive: true });
}

async function enteredBy(runner: QueryRunner, sql: string, parameters: readonly string[], unknown: typeof founder = founder): Promise<Entered | null> {
  const [row] = (await runner.query(sql, [...parameters])) as Row[];
  if (row === undefined) return null;
  if (row.standby) throw new Refusal('REGISTER_UNAVAILABLE', { message: 'This database is a standby.' });
  const actor = row.actor === null ? await unknown(runner, row.entered_as) : recordOf(PrincipalTable, row.actor);
  return { tenantId: row.entered_tenant, principalId: row.entered_as, actor, now: row.now };
}

/** In an organization without a single account, the first one may be admitted; nobody can authenticate into such a one from outside. */
async function founder(runner: QueryRunner, principalId: string): Promise<Principal> {
  const anybody = await runner.manager.findOne(PrincipalTable.schema, { where: {} });
  if (anybody !== null) throw new Refusal('UNAUTHENTICATED', { message: 'This account does not exist any more.' });
  const grant = { role: 'TENANT_ADMIN', lane: null, systemIds: null, environmentIds: null, validFrom: '', validUntil: null } as const;
  return { id: principalId, number: 'U-0', version: 0, kind: 'SERVICE', personId: null, function: null, grants: [grant], active: true };
}

/** Whoever comes with a token that is valid, for the first time: nothing is permitted but to be admitted. */
function newcomer(_: QueryRunner, principalId: string): Promise<Principal> {
  return Promise.resolve({ id: principalId, number: 'U-0', version: 0, kind: 'USER', personId: null, function: null, grants: [], active: true });
}

/** By a role of the account, and within what the credential was narrowed to. */
export function requirePermission(actor: Principal, permission: Permission, now: Instant, { permissions }: { readonly permissions: readonly Permission[] | null }): void {
  if (SELF.includes(permission)) return;
  if (permissions !== null && !permissions.includes(permission)) throw new Refusal('PERMISSION_DENIED', { message: `This key may not be used for that (${permission}).`, permission, next: 'Use another key, or ask your administrator for one.' });
  if (isPermitted(actor, permission, new NotingClock(now))) return;
  throw new Refusal('PERMISSION_DENIED', { message: `None of your roles may do this (${permission}).`, permission, next: 'Ask somebody who holds a role for it, or your administrator for a grant.' });
}

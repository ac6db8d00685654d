/** Reads who comes into question for the reviews of some systems: accounts with a role for a lane, own or lent, and those of the teams. */
import { SIGNING_ROLES, type Principal } from '../domain/actor.js';
import { reaches, type Delegation, type Lent } from '../domain/delegation.js';
import { isVoter, type Team } from '../domain/eligibility.js';
import type { Stored } from '../domain/package.js';
import type { SignOff } from '../domain/sign-off.js';
import { DelegationTable } from '../identity/delegation.table.js';
import { recordOf } from '../platform/columns.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { ReadScope } from '../platform/scope.js';

/** Everybody whose roles, once in force, could be enough to sign something of a system, and the delegations that are not over, in the order of their ids. */
export interface Electorate { readonly voters: readonly Stored<Principal>[]; readonly delegations: readonly Stored<Delegation>[] }
export const NOBODY: Electorate = { voters: [], delegations: [] };

export interface VoterSource { electorate(system: Team): Promise<Electorate> }

export async function electoratesOf(scope: ReadScope, systems: readonly Team[]): Promise<Map<string, Electorate>> {
  if (systems.length === 0) return new Map();
  const delegations = await unended(scope, 'true', []);
  const people = [...systems.flatMap((system) => [system.ownerId, ...system.developerIds]), ...delegations.map(({ toPersonId }) => toPersonId)];
  const rows = await scope.query<Record<string, unknown>>(
    `select * from principals where active and (person_id = any($1::uuid[])
       or grants @> any($2::jsonb[])) order by id`, [people, SIGNING_ROLES.map((role) => JSON.stringify([{ role }]))]);
  const found = rows.map((row) => recordOf(PrincipalTable, row));
  return new Map(systems.map((system) => [system.id, electorate(system, found, delegations)]));
}

/** Those of them who count for this system. */
export function electorate(system: Team, accounts: readonly Stored<Principal>[], unendedOnes: readonly Stored<Delegation>[]): Electorate {
  const delegations = unendedOnes.filter((delegation) => reaches(delegation, system.id));
  const delegates = new Set(delegations.map(({ toPersonId }) => toPersonId));
  const isDelegate = ({ active, personId }: Principal): boolean => active && personId !== null && delegates.has(personId);
  return { voters: accounts.filter((account) => isVoter(account, system) || isDelegate(account)), delegations };
}

/** The same with delegations by which somebody has signed: they may be over. */
export function including({ voters, delegations }: Electorate, signedBy: readonly Stored<Delegation>[]): Electorate {
  const all = new Map([...delegations, ...signedBy].map((delegation) => [delegation.id, delegation]));
  return { voters, delegations: [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** By which delegations these votes were given. */
export function delegationIdsIn(signOffs: readonly SignOff[]): string[] {
  return signOffs.flatMap(({ delegationId }) => (delegationId === null ? [] : [delegationId]));
}

/** What is lent to a person, now or soon, each with the accounts of the lender. */
export async function lentTo(scope: ReadScope, personId: string): Promise<Lent[]> {
  const delegations = await unended(scope, 'to_person_id = $2', [personId]);
  const owners = await scope.allWith(PrincipalTable, 'personId', delegations.map(({ fromPersonId }) => fromPersonId));
  return delegations.map((delegation) => ({ delegation, owners }));
}

/** What this delegation lends, with the accounts of the lender. */
export async function lentBy(scope: ReadScope, reference: string): Promise<Lent> {
  const delegation = await scope.get(DelegationTable, reference);
  return { delegation, owners: await scope.all(PrincipalTable, { personId: delegation.fromPersonId }) };
}

async function unended(scope: ReadScope, which: string, parameters: readonly unknown[]): Promise<Stored<Delegation>[]> {
  const rows = await scope.query<Record<string, unknown>>(`select * from delegations where state = 'ACTIVE' and valid_until > $1 and ${which} order by id`, [scope.now, ...parameters]);
  return rows.map((row) => recordOf(DelegationTable, row));
}

/** Reads who comes into question for the reviews of some systems: accounts with a role for a lane, and those of the teams. */
import { SIGNING_ROLES, type Principal } from '../domain/actor.js';
import { isVoter, type Team } from '../domain/eligibility.js';
import type { Stored } from '../domain/package.js';
import { recordOf } from '../platform/columns.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { ReadScope } from '../platform/scope.js';

/** Everybody whose roles, once in force, could be enough to sign something of the system, in the order of their ids. */
export interface VoterSource { voters(system: Team): Promise<Stored<Principal>[]> }

export async function votersOf(scope: ReadScope, systems: readonly Team[]): Promise<Map<string, Stored<Principal>[]>> {
  if (systems.length === 0) return new Map();
  const team = systems.flatMap((system) => [system.ownerId, ...system.developerIds]);
  const rows = await scope.query<Record<string, unknown>>(
    `select * from principals where active and (person_id = any($1::uuid[])
       or exists (select from jsonb_array_elements(grants) as held where held ->> 'role' = any($2::text[]))) order by id`, [team, SIGNING_ROLES]);
  const found = rows.map((row) => recordOf(PrincipalTable, row));
  return new Map(systems.map((system) => [system.id, found.filter((principal) => isVoter(principal, system))]));
}

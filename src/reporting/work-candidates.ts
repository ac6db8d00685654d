/** How the queue of the caller is looked through: part by part, and only what the rules would accept. */
import { covers, grantsInForce, PERMISSIONS, type Lane, type Permission, type Role, type RoleGrant } from '../domain/actor.js';
import type { Instant } from '../domain/clock.js';
import type { Aggregate } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { GovernedTable } from '../platform/columns.table.js';
import type { ReadScope } from '../platform/scope.js';

export interface WorkItem {
  /** The command that waits, as the mutation is called. */
  readonly mutation: string;
  readonly id: string;
  readonly number: string;
  readonly systemId: string;
  readonly lane: Lane | null;
  /** The role by which it is the caller's; null = the caller owns it. */
  readonly grant: RoleGrant | null;
  readonly said: string;
  readonly askedBy: string | null;
  readonly until: Instant | null;
  readonly claimedUntil: Instant | null;
}

/** So many records of a kind are looked at, those that end or came first, in parts. */
const PART = 100;
const PARTS = 10;

type About = Pick<WorkItem, 'mutation' | 'said' | 'askedBy' | 'until'>;
type Named = Aggregate & { readonly number: string };
export interface Found { readonly items: WorkItem[]; readonly isComplete: boolean }

interface Candidates<T extends Named> {
  readonly table: GovernedTable<T>;
  readonly where: string;
  readonly order: string;
  readonly permission: Permission;
  /** Where a record names its system; left out = `system_id`. */
  readonly systemColumn?: 'id';
}
/** The role by which the command would be accepted; `true` where any role with the permission will do, null where it would be refused. */
type Verdict = Role | true | null;
interface Judgement<T> {
  readonly accepts: (record: Stored<T>) => Verdict;
  readonly about: (record: Stored<T>) => About;
  /** Where not every grant of the role will do: which ones do. */
  readonly serves?: (grant: RoleGrant, record: Stored<T>) => boolean;
}

/** Those of the records for which the caller holds the permission, and whose command would be accepted. */
export async function judged<T extends Named>(scope: ReadScope, candidates: Candidates<T>, by: (found: readonly Stored<T>[]) => Promise<Judgement<T>>): Promise<Found> {
  return lookThrough(scope, candidates, 'true', async (found) => {
    const { accepts, about, serves = () => true } = await by(found);
    return found.flatMap((record) => {
      const verdict = accepts(record);
      const roles = verdict === true ? PERMISSIONS[candidates.permission] : [verdict];
      return verdict === null ? [] : [itemOf(candidates, record, about(record), (systemId) => grantFor(scope, (grant) => isAmong(grant.role, roles) && serves(grant, record), systemId))];
    });
  });
}

/** Those of the records that the caller owns and may work on. */
export async function owned<T extends Named>(scope: ReadScope, candidates: Candidates<T>, about: (record: Stored<T>) => About): Promise<Found> {
  return lookThrough(scope, candidates, `owner_id = '${scope.actor.personId ?? ''}'::uuid`, (found) => Promise.resolve(found.map((record) => itemOf(candidates, record, about(record), () => null))));
}

/** Part by part, until there is enough to do or nothing is left: what is refused must not hide what comes behind it. */
async function lookThrough<T extends Named>(scope: ReadScope, candidates: Candidates<T>, condition: string, by: (found: readonly Stored<T>[]) => Promise<WorkItem[]>): Promise<Found> {
  const grants = grantsInForce(scope.actor, scope.clock()).filter(({ role }) => isAmong(role, PERMISSIONS[candidates.permission]));
  if (scope.actor.personId === null || grants.length === 0) return { items: [], isComplete: true };
  const systems = grants.some(({ systemIds }) => systemIds === null) ? null : grants.flatMap(({ systemIds }) => systemIds ?? []);
  const items: WorkItem[] = [];
  for (let part = 0; part < PARTS; part += 1) {
    const rows = await scope.query<{ id: string }>(
      `select id from ${candidates.table.schema.options.tableName ?? ''} where ${candidates.where} and ${condition} and ($1::uuid[] is null or ${candidates.systemColumn ?? 'system_id'} = any($1)) order by ${candidates.order}, id limit $2 offset $3`, [systems, PART, part * PART]);
    const found = new Map((await scope.byIds(candidates.table, rows.map(({ id }) => id))).map((record) => [record.id, record]));
    items.push(...await by(rows.flatMap(({ id }) => found.get(id) ?? [])));
    if (rows.length < PART) return { items, isComplete: true };
  }
  return { items, isComplete: false };
}

function grantFor(scope: ReadScope, serves: (grant: RoleGrant) => boolean, systemId: string): RoleGrant | null {
  return grantsInForce(scope.actor, scope.clock()).find((grant) => covers(grant, systemId) && serves(grant)) ?? null;
}

function isAmong(role: Role, roles: readonly (Role | null)[]): boolean {
  return roles.includes(role);
}

function itemOf<T extends Named>({ table }: Candidates<T>, record: Stored<T>, about: About, grantOn: (systemId: string) => RoleGrant | null): WorkItem {
  const systemId = table.scopeOf(record) ?? '';
  return { ...about, id: record.id, number: record.number, systemId, grant: grantOn(systemId), lane: null, claimedUntil: null };
}

/** What the command would decide; null = it would be refused. */
export function decidedBy<T>(command: () => T): T | null {
  try {
    return command();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

export function accepted(command: () => unknown): Verdict {
  return decidedBy(command) === null ? null : true;
}

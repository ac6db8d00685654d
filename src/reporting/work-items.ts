/**
 * What waits for the caller, kind by kind: a record waits for whoever's command about it would be accepted now. The very rules that would
 * accept the command are asked; so the queue holds nothing that ends in a refusal, and leaves out nothing that somebody could do.
 */
import { grantAcceptance } from '../domain/acceptance.js';
import { covers, grantsInForce, PERMISSIONS, type Lane, type Permission, type RoleGrant } from '../domain/actor.js';
import type { Instant } from '../domain/clock.js';
import { verifyEvidence } from '../domain/evidence.js';
import type { Aggregate } from '../domain/events.js';
import { closeFinding } from '../domain/finding.js';
import { verifyMitigation } from '../domain/mitigation.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { presentLevel } from '../domain/residual.js';
import { confirmRisk } from '../domain/risk.js';
import { recusalsIn } from '../domain/sign-off.js';
import { grantWaiver } from '../domain/waiver.js';
import { AcceptanceTable } from '../acceptances/acceptance.table.js';
import { withSuccessors } from '../evidence/evidence.queries.js';
import { EvidenceTable } from '../evidence/evidence.table.js';
import { MitigationTable } from '../mitigations/mitigation.table.js';
import { proofAbout } from '../mitigations/proofs.js';
import { FindingTable } from '../monitoring/finding.table.js';
import type { GovernedTable } from '../platform/columns.table.js';
import type { ReadScope } from '../platform/scope.js';
import { BatchedSource } from '../reviews/batched-source.js';
import { keptPackages } from '../reviews/packages.js';
import { SignOffTable } from '../reviews/review.table.js';
import { currentPackage } from '../reviews/shown-packages.js';
import { WaiverTable } from '../reviews/waiver.table.js';
import { RiskTable } from '../risks/risk.table.js';
import { SystemTable } from '../systems/system.table.js';

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

/** As many records of a kind are looked at, those that end or came first. */
export const MOST_LOOKED_AT = 100;

type About = Pick<WorkItem, 'mutation' | 'said' | 'askedBy' | 'until'>;
type Named = Aggregate & { readonly number: string; readonly systemId: string };
export interface Found { readonly items: WorkItem[]; readonly isComplete: boolean }

export async function workItems(scope: ReadScope, policy: GatePolicy): Promise<Found> {
  const found = [await acceptances(scope), await waivers(scope, policy), await risks(scope), await evidence(scope), await mitigations(scope), await findings(scope), await ownMitigations(scope), await ownFindings(scope)];
  return { items: found.flatMap(({ items }) => items), isComplete: found.every(({ isComplete }) => isComplete) };
}

async function acceptances(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: AcceptanceTable, where: `state = 'REQUESTED' and valid_until > now()`, order: 'valid_until', permission: 'risk.accept' }, async (found) => {
    const riskIds = found.map(({ riskId }) => riskId);
    const [about, proof] = [await scope.byIds(RiskTable, riskIds), await proofAbout(scope, riskIds)];
    return {
      accepts: (acceptance) => about.some((risk) => risk.id === acceptance.riskId && accepted(() => grantAcceptance(acceptance, risk, proof, scope.actor))),
      about: ({ reason, requestedBy, validUntil }) => ({ mutation: 'grantAcceptance', said: reason, askedBy: requestedBy, until: validUntil }),
    };
  });
}

async function waivers(scope: ReadScope, policy: GatePolicy): Promise<Found> {
  return judged(scope, { table: WaiverTable, where: `state = 'REQUESTED' and valid_until > now()`, order: 'valid_until', permission: 'waiver.grant' }, async (found) => {
    const source = new BatchedSource(scope);
    const packages = await keptPackages(scope, found.map(({ packageDigest }) => packageDigest));
    const bases = new Map(await Promise.all(found.map(async (waiver) => {
      const recusals = recusalsIn(await source.all(SignOffTable, { systemId: waiver.systemId }));
      return [waiver.id, { policy, packages, pkg: await currentPackage(source, policy, waiver), principals: [], recusals, clock: scope.clock() }] as const;
    })));
    return {
      accepts: (waiver) => {
        const basis = bases.get(waiver.id);
        return basis !== undefined && accepted(() => grantWaiver(waiver, basis, scope.actor));
      },
      about: ({ reason, requestedBy, validUntil }) => ({ mutation: 'grantWaiver', said: reason, askedBy: requestedBy, until: validUntil }),
    };
  });
}

async function risks(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: RiskTable, where: `state in ('ASSESSED', 'TREATING')`, order: 'id', permission: 'risk.confirm' }, async (found) => {
    const proof = await proofAbout(scope, found.map(({ id }) => id));
    const by = { personId: scope.personId, at: scope.now };
    return {
      accepts: (risk) => accepted(() => confirmRisk(risk, { earned: presentLevel(risk, proof), tolerance: proof.criteria.tolerance }, by)),
      about: ({ statement, ownerId }) => ({ mutation: 'confirmRisk', said: statement.event, askedBy: ownerId, until: null }),
    };
  });
}

async function evidence(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: EvidenceTable, where: `state = 'SUBMITTED'`, order: 'valid_until', permission: 'evidence.judge' }, () => Promise.resolve({
    accepts: (one) => accepted(() => verifyEvidence(one, { principal: scope.actor, clock: scope.clock() })),
    about: ({ title, validUntil }) => ({ mutation: 'verifyEvidence', said: title, askedBy: null, until: validUntil }),
  }));
}

async function mitigations(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: MitigationTable, where: `state = 'IMPLEMENTED'`, order: 'due', permission: 'mitigation.judge' }, async (found) => {
    const shownBy = await withSuccessors(scope, found.flatMap(({ evidenceIds }) => evidenceIds));
    return {
      accepts: (mitigation) => accepted(() => verifyMitigation(mitigation, { personId: scope.personId, clock: scope.clock() }, shownBy)),
      about: ({ title, ownerId, due }) => ({ mutation: 'verifyMitigation', said: title, askedBy: ownerId, until: due }),
    };
  });
}

async function findings(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: FindingTable, where: `state = 'DONE'`, order: 'due', permission: 'finding.close' }, async (found) => {
    const systems = new Map((await scope.byIds(SystemTable, found.map(({ systemId }) => systemId))).map((system) => [system.id, system]));
    const shownBy = await withSuccessors(scope, found.flatMap(({ evidenceIds }) => evidenceIds));
    return {
      accepts: (finding) => {
        const system = systems.get(finding.systemId);
        return system !== undefined && accepted(() => closeFinding(finding, { personId: scope.personId, principal: scope.actor, system, clock: scope.clock() }, shownBy, 'It is answered.'));
      },
      about: ({ statement, ownerId, due }) => ({ mutation: 'closeFinding', said: statement, askedBy: ownerId, until: due }),
    };
  });
}

const NEXT_STEP = { PROPOSED: 'startMitigation', IN_PROGRESS: 'implementMitigation', INEFFECTIVE: 'restartMitigation' } as const;

async function ownMitigations(scope: ReadScope): Promise<Found> {
  return owned(scope, { table: MitigationTable, where: `state in ('PROPOSED', 'IN_PROGRESS', 'INEFFECTIVE')`, order: 'due', permission: 'mitigation.work' }, ({ title, due, state }) => ({
    mutation: NEXT_STEP[state as keyof typeof NEXT_STEP], said: title, askedBy: null, until: due,
  }));
}

async function ownFindings(scope: ReadScope): Promise<Found> {
  return owned(scope, { table: FindingTable, where: `state in ('OPEN', 'PLANNED')`, order: 'due', permission: 'finding.work' }, ({ statement, raisedBy, due, state }) => ({
    mutation: state === 'OPEN' ? 'planFinding' : 'completeFinding', said: statement, askedBy: raisedBy, until: due,
  }));
}

interface Candidates<T extends Named> { readonly table: GovernedTable<T>; readonly where: string; readonly order: string; readonly permission: Permission }
interface Judgement<T> { readonly accepts: (record: Stored<T>) => boolean; readonly about: (record: Stored<T>) => About }

/** Those of the records for which the caller holds the permission, and whose command would be accepted. */
async function judged<T extends Named>(scope: ReadScope, candidates: Candidates<T>, by: (found: readonly Stored<T>[]) => Promise<Judgement<T>>): Promise<Found> {
  const may = (systemId: string): RoleGrant | undefined => grantsInForce(scope.actor, scope.clock()).find((grant) => (PERMISSIONS[candidates.permission] as readonly string[]).includes(grant.role) && covers(grant, systemId));
  const { found, isComplete } = await look(scope, candidates, '');
  const ours = found.filter(({ systemId }) => may(systemId) !== undefined);
  const { accepts, about } = await by(ours);
  return { items: ours.filter(accepts).map((record) => itemOf(record, about(record), may(record.systemId) ?? null)), isComplete };
}

/** Those of the records that the caller owns. */
async function owned<T extends Named>(scope: ReadScope, candidates: Candidates<T>, about: (record: Stored<T>) => About): Promise<Found> {
  const { found, isComplete } = await look(scope, candidates, 'and owner_id = $2::uuid');
  return { items: found.map((record) => itemOf(record, about(record), null)), isComplete };
}

async function look<T extends Named>(scope: ReadScope, { table, where, order, permission }: Candidates<T>, owner: string): Promise<{ found: Stored<T>[]; isComplete: boolean }> {
  const roles: readonly string[] = PERMISSIONS[permission];
  if (scope.actor.personId === null || !grantsInForce(scope.actor, scope.clock()).some(({ role }) => roles.includes(role))) return { found: [], isComplete: true };
  const rows = await scope.query<{ id: string }>(`select id from ${table.schema.options.tableName ?? ''} where ${where} ${owner} order by ${order}, id limit $1`, [MOST_LOOKED_AT + 1, ...(owner === '' ? [] : [scope.personId])]);
  return { found: await scope.byIds(table, rows.slice(0, MOST_LOOKED_AT).map(({ id }) => id)), isComplete: rows.length <= MOST_LOOKED_AT };
}

function itemOf({ id, number, systemId }: Named, about: About, grant: RoleGrant | null): WorkItem {
  return { ...about, id, number, systemId, grant, lane: null, claimedUntil: null };
}

function accepted(command: () => unknown): boolean {
  try {
    command();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

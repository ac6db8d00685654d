/** What waits for a second person after somebody else's word or deed: break-glass and its review, baselines, milder changes, conditions; and conditions for their owner. */
import { qualifies } from '../domain/actor.js';
import { confirmBaseline } from '../domain/baseline.js';
import { reviewBreakGlass, reviewDueAt, turnSecondKey } from '../domain/break-glass.js';
import { judgeChange } from '../domain/change-claim.js';
import { confirmCondition } from '../domain/condition.js';
import type { AiSystem } from '../domain/system.js';
import { ConditionTable } from '../acceptances/condition.table.js';
import { withSuccessors } from '../evidence/evidence.queries.js';
import { BaselineTable } from '../gate/baseline.table.js';
import { BreakGlassTable } from '../gate/break-glass.table.js';
import { policiesOfRecords } from '../gate/record-policies.js';
import type { ReadScope } from '../platform/scope.js';
import { BatchedSource } from '../reviews/batched-source.js';
import { recusalsOf } from '../reviews/recusals.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import { accepted, decidedBy, judged, owned, type Found } from './work-candidates.js';

/** What has lapsed is over: neither its owner nor anybody else can do anything about it. */
const NOT_LAPSED = `(effect <> 'LAPSE' or due > now())`;

export async function secondKeys(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: BreakGlassTable, where: `state = 'INVOKED' and second_key is null and valid_until > now()`, order: 'valid_until', permission: 'breakGlass.turnKey' }, async (found) => {
    const policies = await policiesOfRecords(scope, found);
    return {
      accepts: (breakGlass) => decidedBy(() => turnSecondKey(breakGlass, scope.actor, { policy: policies(breakGlass), clock: scope.clock() }))?.next.secondKey?.role ?? null,
      about: ({ incident, invokedBy, validUntil }) => ({ mutation: 'turnSecondKey', said: incident, askedBy: invokedBy, until: validUntil }),
    };
  });
}

export async function afterReviews(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: BreakGlassTable, where: `state = 'USED'`, order: 'used_at', permission: 'breakGlass.review' }, async (found) => {
    const teams = await systemsOf(scope, found);
    const policies = await policiesOfRecords(scope, found);
    return {
      accepts: (breakGlass) => accepted(() => reviewBreakGlass(breakGlass, 'ratify', 'It was right.', { personId: scope.personId, team: theirs(teams, breakGlass), at: scope.now })),
      about: (breakGlass) => ({ mutation: 'reviewBreakGlass', said: breakGlass.incident, askedBy: breakGlass.invokedBy, until: reviewDueAt(breakGlass, policies(breakGlass)) }),
    };
  });
}

export async function baselines(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: BaselineTable, where: `state = 'PROPOSED' and until > now()`, order: 'until', permission: 'baseline.confirm' }, () => Promise.resolve({
    accepts: (baseline) => accepted(() => confirmBaseline(baseline, scope.personId, scope.clock())),
    about: ({ reason, proposedBy, until }) => ({ mutation: 'confirmBaseline', said: reason, askedBy: proposedBy, until }),
  }));
}

export async function changeClaims(scope: ReadScope): Promise<Found> {
  const where = `state = 'ACTIVE' and change_claim is not null and change_claim ->> 'confirmed' is null`;
  return judged(scope, { table: ReleaseTable, where, order: 'id', permission: 'release.judgeChange' }, async (found) => {
    const source = new BatchedSource(scope);
    const systems = await systemsOf(scope, found);
    const recusals = new Map(await Promise.all([...systems.keys()].map(async (id) => [id, await recusalsOf(source, id)] as const)));
    const principal = { ...scope.actor, personId: scope.personId };
    return {
      accepts: (release) => accepted(() => judgeChange(release, theirs(systems, release), { principal, clock: scope.clock(), recusals: recusals.get(release.systemId) ?? [] }, { confirms: true, reason: 'So it is.' })),
      about: ({ changeClaim }) => ({ mutation: 'confirmChangeClass', said: changeClaim?.reason ?? '', askedBy: changeClaim?.claimedBy ?? null, until: null }),
      serves: (grant) => qualifies(grant, 'VALIDATION'),
    };
  });
}

export async function conditions(scope: ReadScope): Promise<Found> {
  return judged(scope, { table: ConditionTable, where: `state = 'FULFILLED' and ${NOT_LAPSED}`, order: 'due', permission: 'condition.confirm' }, async (found) => {
    const systems = await systemsOf(scope, found);
    const evidence = await withSuccessors(scope, found.flatMap(({ evidenceIds }) => evidenceIds));
    return {
      accepts: (condition) => accepted(() => confirmCondition(condition, { principal: scope.actor, system: theirs(systems, condition), evidence, clock: scope.clock() }, 'It is done.')),
      about: ({ text, ownerId, due }) => ({ mutation: 'confirmCondition', said: text, askedBy: ownerId, until: due }),
      serves: (grant, { lanes }) => lanes.some((lane) => qualifies(grant, lane)),
    };
  });
}

export async function ownConditions(scope: ReadScope): Promise<Found> {
  return owned(scope, { table: ConditionTable, where: `state = 'OPEN' and ${NOT_LAPSED}`, order: 'due', permission: 'condition.fulfil' }, ({ text, imposedBy, due }) => ({
    mutation: 'fulfilCondition', said: text, askedBy: imposedBy, until: due,
  }));
}

async function systemsOf(scope: ReadScope, found: readonly { readonly systemId: string }[]): Promise<Map<string, AiSystem>> {
  return new Map((await scope.byIds(SystemTable, found.map(({ systemId }) => systemId))).map((system) => [system.id, system]));
}

function theirs(systems: ReadonlyMap<string, AiSystem>, { systemId }: { readonly systemId: string }): AiSystem {
  const system = systems.get(systemId);
  if (system === undefined) throw new Error('a record without its system');
  return system;
}

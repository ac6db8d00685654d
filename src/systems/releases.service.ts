/** Releases and the environments they move through. */
import { Injectable } from '@nestjs/common';
import { claimChange } from '../domain/change-claim.js';
import type { ClaimableClass } from '../domain/difference.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import { createEnvironment, createRelease, withdrawRelease, type Environment, type EnvironmentKind, type NewRelease, type Release } from '../domain/release.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound, type ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { EnvironmentTable, ReleaseTable, SystemTable } from './system.table.js';
import type { Change } from './systems.service.js';

@Injectable()
export class ReleasesService {
  constructor(private readonly work: UnitOfWork) {}

  async create(ctx: RequestContext, systemRef: string, input: NewRelease): Promise<Stored<Release>> {
    return this.work.write(ctx, 'release.create', async (tx) => {
      const system = await tx.get(SystemTable, systemRef);
      tx.requireFor('release.create', system.id);
      if (system.state === 'RETIRED') throw new Refusal('INVALID_TRANSITION', { subject: 'system', state: system.state, action: 'createRelease', allowedActions: [] });
      const identity = { id: tx.newId(), systemId: system.id, authoredBy: tx.actor.personId ?? tx.actor.id, createdAt: tx.now };
      const [last] = await tx.query<{ id: string }>('select id from releases where system_id = $1 order by created_at desc, id desc limit 1', [system.id]);
      const [before] = await tx.byIds(ReleaseTable, last === undefined ? [] : [last.id]);
      return tx.put(ReleaseTable, createRelease({ ...identity, number: await tx.nextNumber(ReleaseTable) }, input, before ?? null));
    });
  }

  async withdraw(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Release>> {
    return this.work.write(ctx, 'release.withdraw', async (tx) => {
      const release = await tx.lock(ReleaseTable, change.id, change.expectedVersion);
      tx.requireFor('release.withdraw', release.systemId);
      return tx.put(ReleaseTable, withdrawRelease(release, reason), release);
    });
  }

  /** Says that the step from another release is milder than its parts say. */
  async claimChange(ctx: RequestContext, change: Change, since: string, input: { changeClass: ClaimableClass; reason: string }): Promise<Stored<Release>> {
    return this.work.write(ctx, 'release.claimChange', async (tx) => {
      const release = await tx.lock(ReleaseTable, change.id, change.expectedVersion);
      tx.requireFor('release.claimChange', release.systemId);
      return tx.put(ReleaseTable, claimChange(release, await tx.get(ReleaseTable, since), input, { personId: tx.personId, at: tx.now }), release);
    });
  }

  async createEnvironment(ctx: RequestContext, input: { name: string; kind: EnvironmentKind; previous: string | null }): Promise<Stored<Environment>> {
    return this.work.write(ctx, 'environment.create', async (tx) => {
      const previous = input.previous === null ? null : await environmentByName(tx, input.previous);
      return tx.put(EnvironmentTable, createEnvironment(tx.newId(), input, previous));
    });
  }
}

/** The environment with this name or id. */
export async function environmentByName(scope: ReadScope, name: string): Promise<Stored<Environment>> {
  const found = await scope.find(EnvironmentTable, name) ?? (name.includes('\0') ? [] : await scope.all(EnvironmentTable, { name }));
  const environment = Array.isArray(found) ? found[0] : found;
  if (environment === undefined) throw notFound('Environment', name);
  return environment;
}

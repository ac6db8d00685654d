/** Break-glass: invoked by the team, a second key turned by somebody else, judged afterwards by others. The gate uses it up. */
import { Injectable } from '@nestjs/common';
import { invokeBreakGlass, reviewBreakGlass, turnSecondKey, type BreakGlass, type Emergency } from '../domain/break-glass.js';
import { bindable } from '../domain/classification.js';
import type { Instant } from '../domain/clock.js';
import type { Stored } from '../domain/package.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { environmentByName } from '../systems/releases.service.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { BreakGlassTable } from './break-glass.table.js';
import { lockNamedRelease } from './named-release.js';
import { policyOfRecord } from './record-policies.js';

export interface BreakGlassInput { readonly system: string; readonly environment: string; readonly bundleDigest: string; readonly emergency: Emergency; readonly incident: string; readonly validUntil: Instant }

@Injectable()
export class BreakGlassService {
  constructor(private readonly work: UnitOfWork) {}

  async invoke(ctx: RequestContext, { system: systemRef, environment: environmentRef, bundleDigest, ...input }: BreakGlassInput): Promise<Stored<BreakGlass>> {
    return this.work.write(ctx, 'breakGlass.invoke', async (tx) => {
      const team = await tx.get(SystemTable, systemRef);
      tx.requireFor('breakGlass.invoke', team.id);
      const environment = await environmentByName(tx, environmentRef);
      const release = await lockNamedRelease(tx, team.id, bundleDigest, 'input.bundleDigest');
      const about = { policy: (await policiesInForce(tx)).for(bindable(team), environment), team, earlier: await tx.all(BreakGlassTable, { releaseId: release.id }), clock: tx.clock() };
      const where = { systemId: team.id, releaseId: release.id, environmentId: environment.id, bundleDigest: release.bundleDigest };
      const identity = { id: tx.newId(), invokedBy: tx.personId, number: await tx.nextNumber(BreakGlassTable) };
      return tx.put(BreakGlassTable, invokeBreakGlass(identity, where, input, about));
    });
  }

  async turnSecondKey(ctx: RequestContext, change: Change): Promise<Stored<BreakGlass>> {
    return this.work.write(ctx, 'breakGlass.turnKey', async (tx) => {
      const breakGlass = await tx.lock(BreakGlassTable, change.id, change.expectedVersion);
      tx.requireFor('breakGlass.turnKey', breakGlass.systemId);
      return tx.put(BreakGlassTable, turnSecondKey(breakGlass, tx.actor, { policy: await policyOfRecord(tx, breakGlass), clock: tx.clock() }), breakGlass);
    });
  }

  async review(ctx: RequestContext, change: Change, action: 'ratify' | 'condemn', reason: string): Promise<Stored<BreakGlass>> {
    return this.work.write(ctx, 'breakGlass.review', async (tx) => {
      const breakGlass = await tx.lock(BreakGlassTable, change.id, change.expectedVersion);
      tx.requireFor('breakGlass.review', breakGlass.systemId);
      const team = await tx.get(SystemTable, breakGlass.systemId);
      return tx.put(BreakGlassTable, reviewBreakGlass(breakGlass, action, reason, { personId: tx.personId, team, at: tx.now }), breakGlass);
    });
  }
}

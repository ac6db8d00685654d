/** Baselines: what runs already is imported by one person, confirmed by another, and ends by itself. */
import { Injectable } from '@nestjs/common';
import { confirmBaseline, endBaseline, proposeBaseline, type Baseline } from '../domain/baseline.js';
import { bindable } from '../domain/classification.js';
import type { Instant } from '../domain/clock.js';
import type { Stored } from '../domain/package.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { environmentByName } from '../systems/releases.service.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { BaselineTable } from './baseline.table.js';
import { GrantTable } from './gate.table.js';
import { lockNamedReleases } from './named-release.js';

export interface BaselineImport { readonly system: string; readonly environment: string; readonly bundleDigests: readonly string[]; readonly until: Instant; readonly reason: string }

@Injectable()
export class BaselinesService {
  constructor(private readonly work: UnitOfWork) {}

  /** All of the list, or none of it. */
  async propose(ctx: RequestContext, { system: systemRef, environment: environmentRef, bundleDigests, ...input }: BaselineImport): Promise<Stored<Baseline>[]> {
    return this.work.write(ctx, 'baseline.import', async (tx) => {
      const system = await tx.get(SystemTable, systemRef);
      const systemId = system.id;
      tx.requireFor('baseline.import', systemId);
      const environment = await environmentByName(tx, environmentRef);
      const policy = (await policiesInForce(tx)).for(bindable(system), environment);
      const releases = await lockNamedReleases(tx, systemId, bundleDigests, 'input.bundleDigests');
      const here = { systemId, environmentId: environment.id };
      const [grants, before] = [await tx.all(GrantTable, here), await tx.all(BaselineTable, here)];
      const numbers = await tx.nextNumbers(BaselineTable, releases.length);
      const made: Stored<Baseline>[] = [];
      for (const [i, release] of releases.entries()) {
        const identity = { id: tx.newId(), number: numbers[i] ?? '', proposedBy: tx.personId, proposedAt: tx.now };
        const place = { grants, baselines: [...before, ...made] };
        made.push(await tx.put(BaselineTable, proposeBaseline(identity, { release, environmentId: environment.id }, input, { policy, place })));
      }
      return made;
    });
  }

  async confirm(ctx: RequestContext, change: Change): Promise<Stored<Baseline>> {
    return this.work.write(ctx, 'baseline.confirm', async (tx) => {
      const baseline = await tx.lock(BaselineTable, change.id, change.expectedVersion);
      tx.requireFor('baseline.confirm', baseline.systemId);
      return tx.put(BaselineTable, confirmBaseline(baseline, tx.personId, tx.clock()), baseline);
    });
  }

  async end(ctx: RequestContext, change: Change, action: 'withdraw' | 'end', reason: string): Promise<Stored<Baseline>> {
    return this.work.write(ctx, 'baseline.end', async (tx) => {
      const baseline = await tx.lock(BaselineTable, change.id, change.expectedVersion);
      tx.requireFor('baseline.end', baseline.systemId);
      return tx.put(BaselineTable, endBaseline(baseline, action, { reason, at: tx.now }), baseline);
    });
  }
}

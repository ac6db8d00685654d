/** Reports of what was found running without a permit: written down for whoever looks, and read by no rule of the gate. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import { reportUngoverned, type UngovernedDeployment } from '../domain/ungoverned-deployment.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { environmentByName } from '../systems/releases.service.js';
import { SystemTable } from '../systems/system.table.js';
import { BaselineTable } from './baseline.table.js';
import { DeploymentTable } from './gate.table.js';
import { lockNamedRelease } from './named-release.js';
import { UngovernedTable } from './ungoverned-deployment.table.js';

export interface UngovernedReport { readonly system: string; readonly environment: string; readonly bundleDigest: string; readonly reason: string }

@Injectable()
export class UngovernedDeploymentsService {
  constructor(private readonly work: UnitOfWork) {}

  async report(ctx: RequestContext, { system: systemRef, environment: environmentRef, bundleDigest, reason }: UngovernedReport): Promise<Stored<UngovernedDeployment>> {
    return this.work.write(ctx, 'deployment.report', async (tx) => {
      const { id: systemId } = await tx.get(SystemTable, systemRef);
      tx.requireFor('deployment.report', systemId);
      const { id: environmentId } = await environmentByName(tx, environmentRef);
      const release = await lockNamedRelease(tx, systemId, bundleDigest, 'bundleDigest');
      const here = { systemId, environmentId };
      const known = {
        deployments: await tx.all(DeploymentTable, here), baselines: await tx.all(BaselineTable, { ...here, releaseId: release.id }), found: await tx.all(UngovernedTable, { ...here, releaseId: release.id }),
      };
      const identity = { id: tx.newId(), number: await tx.nextNumber(UngovernedTable), reportedBy: tx.actor.id, foundAt: tx.now };
      return tx.put(UngovernedTable, reportUngoverned(identity, { release, environmentId, reason }, known, tx.clock()));
    });
  }
}

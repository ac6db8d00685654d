/** Closes the loop: a reported deployment redeems its grant and fulfils the promotion, in one transaction. */
import { Injectable } from '@nestjs/common';
import { SuspensionTable } from '../acceptances/suspension.table.js';
import { baselineOutcome } from '../domain/baseline.js';
import { parseDigest } from '../domain/digest.js';
import { redeemGrant, reportDeployment, requireStanding, type Deployment, type Grant, type LetIn } from '../domain/grant.js';
import type { Stored } from '../domain/package.js';
import { completePromotion } from '../domain/promotion.js';
import { holdStill } from '../platform/epochs.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { PromotionTable } from '../reviews/review.table.js';
import { environmentByName } from '../systems/releases.service.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import { BaselineTable } from './baseline.table.js';
import { BreakGlassTable } from './break-glass.table.js';
import { DeploymentTable, GrantTable } from './gate.table.js';

@Injectable()
export class DeploymentsService {
  constructor(private readonly work: UnitOfWork) {}

  /** At the start of the deployment, with the grant that authorizePromotion gave: refused as well by what ends it while this is written. */
  async report(ctx: RequestContext, input: { grant: string; bundleDigest: string; environment: string }): Promise<Stored<Deployment>> {
    return this.work.write(ctx, 'deployment.report', async (tx) => {
      const bundleDigest = parseDigest(input.bundleDigest, 'bundleDigest');
      const environment = await environmentByName(tx, input.environment);
      const grant = await tx.lock(GrantTable, input.grant);
      const promotion = grant.promotionId === null ? null : await tx.lock(PromotionTable, grant.promotionId);
      if (grant.breakGlassId !== null) await tx.lock(BreakGlassTable, grant.breakGlassId);
      const release = await tx.lock(ReleaseTable, grant.releaseId);
      await holdStill(tx, [grant.systemId], { until: grant.expiresAt, numbered: [DeploymentTable] });
      tx.requireFor('deployment.report', grant.systemId);
      const system = await tx.get(SystemTable, grant.systemId);
      const suspensions = await tx.all(SuspensionTable, { systemId: system.id });
      tx.subject = { type: 'Grant', id: grant.id, version: grant.version };
      requireStanding(grant, { release, system, suspensions, promotion, letIn: await letInBy(tx, grant) });
      await tx.put(GrantTable, redeemGrant(grant, { bundleDigest, environmentId: environment.id, at: tx.now, principalId: tx.actor.id }), grant);
      if (promotion?.state === 'OPEN') await tx.put(PromotionTable, completePromotion(promotion), promotion);
      const identity = { id: tx.newId(), reportedBy: tx.actor.id, startedAt: tx.now, number: await tx.nextNumber(DeploymentTable) };
      return tx.put(DeploymentTable, reportDeployment(grant, identity));
    });
  }
}

async function letInBy(tx: Tx, { systemId, environmentId, releaseId, bundleDigest }: Grant): Promise<LetIn> {
  const here = { systemId, environmentId };
  const baselines = await tx.all(BaselineTable, { ...here, releaseId });
  return {
    grants: await tx.all(GrantTable, { ...here, bundleDigest }), breakGlasses: await tx.all(BreakGlassTable, { systemId }),
    isBaselined: baselines.some((baseline) => baselineOutcome(baseline, tx.clock()) === 'BASELINED'),
  };
}

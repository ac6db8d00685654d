/** Waivers: requested by the team of the system, granted by several others, taken back, ending by themselves. */
import { Injectable } from '@nestjs/common';
import { SuspensionTable } from '../acceptances/suspension.table.js';
import { canonicalJson } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import { requestWaiver, type WaiverRequest } from '../domain/waiver-request.js';
import { endWaiver, grantWaiver, type Waiver, type WaiverBasis } from '../domain/waiver.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { environmentByName } from '../systems/releases.service.js';
import { ReleaseTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { keptPackages, packageSources } from './packages.js';
import { recusalsOf } from './recusals.js';
import { requestersOf } from './rounds.js';
import { currentPackage, presentPackage } from './shown-packages.js';
import { WaiverTable } from './waiver.table.js';

export interface WaiverInput extends Omit<WaiverRequest, 'renews'> { readonly release: string; readonly environment: string; readonly renews?: string | null }

@Injectable()
export class WaiversService {
  constructor(private readonly work: UnitOfWork) {}

  /** Under the lock of the release, so that two requests at once see each other. */
  async request(ctx: RequestContext, { release: releaseRef, environment: environmentRef, renews, ...input }: WaiverInput): Promise<Stored<Waiver>> {
    return this.work.write(ctx, 'waiver.request', async (tx) => {
      const release = await tx.lock(ReleaseTable, releaseRef);
      tx.requireFor('waiver.request', release.systemId);
      const environment = await environmentByName(tx, environmentRef);
      const sources = await packageSources(tx, release, environment);
      const { policy, pkg } = presentPackage(await policiesInForce(tx), sources);
      const about = { policy, pkg, authority: sources.criteria.authority, packageDigest: await tx.keep(canonicalJson(pkg)), earlier: await tx.all(WaiverTable, { releaseId: release.id }) };
      const before = renews === null || renews === undefined ? null : await tx.get(WaiverTable, renews);
      const identity = { id: tx.newId(), requestedBy: tx.personId, requestedAt: tx.now, number: await tx.nextNumber(WaiverTable) };
      return tx.put(WaiverTable, requestWaiver(identity, about, { ...input, renews: before?.id ?? null }));
    });
  }

  async grant(ctx: RequestContext, change: Change): Promise<Stored<Waiver>> {
    return this.work.write(ctx, 'waiver.grant', async (tx) => {
      const waiver = await tx.lock(WaiverTable, change.id, change.expectedVersion);
      tx.requireFor('waiver.grant', waiver.systemId);
      return tx.put(WaiverTable, grantWaiver(waiver, await this.#basis(tx, waiver), tx.actor), waiver);
    });
  }

  async end(ctx: RequestContext, change: Change, action: 'withdraw' | 'revoke', reason: string): Promise<Stored<Waiver>> {
    return this.work.write(ctx, 'waiver.end', async (tx) => {
      const waiver = await tx.lock(WaiverTable, change.id, change.expectedVersion);
      tx.requireFor('waiver.end', waiver.systemId);
      return tx.put(WaiverTable, endWaiver(waiver, action, reason, { principal: tx.actor, clock: tx.clock() }), waiver);
    });
  }

  /** With whoever has granted it so far: whether it is enough is judged as the gate judges it. */
  async #basis(tx: Tx, waiver: Waiver): Promise<WaiverBasis> {
    return {
      ...await currentPackage(tx, await policiesInForce(tx), waiver), requesters: await requestersOf(tx, waiver), packages: await keptPackages(tx, [waiver.packageDigest]), principals: await tx.byIds(PrincipalTable, waiver.grants.map(({ principalId }) => principalId)),
      recusals: await recusalsOf(tx, waiver.systemId), suspensions: await tx.all(SuspensionTable, { systemId: waiver.systemId }), clock: tx.clock(),
    };
  }
}

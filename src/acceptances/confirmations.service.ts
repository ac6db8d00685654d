/** Confirmations: what is left of a risk, judged by somebody without a part in it. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import { confirmRisk, type Risk } from '../domain/risk.js';
import { presentLevel } from '../domain/residual.js';
import { proofAbout } from '../mitigations/proofs.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { RiskTable } from '../risks/risk.table.js';
import type { Change } from '../systems/systems.service.js';

@Injectable()
export class ConfirmationsService {
  constructor(private readonly work: UnitOfWork) {}

  async confirm(ctx: RequestContext, change: Change): Promise<Stored<Risk>> {
    return this.work.write(ctx, 'risk.confirm', async (tx) => {
      const risk = await tx.lock(RiskTable, change.id, change.expectedVersion);
      tx.requireFor('risk.confirm', risk.systemId);
      const proof = await proofAbout(tx, [risk.id]);
      const judged = { earned: presentLevel(risk, proof), tolerance: proof.criteria.tolerance };
      return tx.put(RiskTable, confirmRisk(risk, judged, { personId: tx.personId, at: tx.now }), risk);
    });
  }
}

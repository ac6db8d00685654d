/** The risk criteria of an organization: it begins with the shipped 5×5 default. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { RiskCriteria } from '../domain/scoring.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { defaultCriteria } from './default-criteria.js';
import { CriteriaTable } from './risk.table.js';
import { presentCriteria } from './risks.service.js';

@Injectable()
export class CriteriaService {
  constructor(private readonly work: UnitOfWork) {}

  /** Adopts the shipped criteria; an organization has one set, and adopts it once. */
  async adoptDefault(ctx: RequestContext): Promise<Stored<RiskCriteria>> {
    return this.work.write(ctx, 'criteria.adopt', async (tx) => {
      const [existing] = await tx.all(CriteriaTable, {});
      if (existing !== undefined) throw new Refusal('ALREADY_EXISTS', { subject: 'RiskCriteria', message: 'Risk criteria were adopted already.' });
      return tx.put(CriteriaTable, { next: { ...defaultCriteria(), id: tx.newId(), version: 1 }, event: 'criteria.adopted' });
    });
  }

  async present(ctx: RequestContext): Promise<Stored<RiskCriteria>> {
    return this.work.read(ctx, 'register.read', presentCriteria);
  }
}

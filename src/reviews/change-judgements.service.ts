/** Claims that a change is milder than its parts say, as reviewers of VALIDATION see them: confirmed, or turned down. */
import { Injectable } from '@nestjs/common';
import { judgeChange } from '../domain/change-claim.js';
import type { Stored } from '../domain/package.js';
import type { Release } from '../domain/release.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { recusalsOf } from './recusals.js';

@Injectable()
export class ChangeJudgementsService {
  constructor(private readonly work: UnitOfWork) {}

  async judge(ctx: RequestContext, change: Change, input: { confirms: boolean; reason: string }): Promise<Stored<Release>> {
    return this.work.write(ctx, 'release.judgeChange', async (tx) => {
      const release = await tx.lock(ReleaseTable, change.id, change.expectedVersion);
      const system = await tx.get(SystemTable, release.systemId);
      const recusals = await recusalsOf(tx, system.id);
      return tx.put(ReleaseTable, judgeChange(release, system, { principal: { ...tx.actor, personId: tx.personId }, clock: tx.clock(), recusals }, input), release);
    });
  }
}

/** Compares what was signed with what is there now, for all that one answer shows at once. */
import { Injectable } from '@nestjs/common';
import type { Lane } from '../domain/actor.js';
import { APPROVALS } from '../domain/choice.js';
import { readableChanges } from '../domain/difference-readable.js';
import { lapsedSince, materialChanges, raisedLevels, type MaterialChange } from '../domain/materiality.js';
import type { SignOff, SignOffSubject } from '../domain/sign-off.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { BatchedSource } from './batched-source.js';
import { keptPackages } from './packages.js';
import { PromotionTable } from './review.table.js';
import { currentPackage } from './shown-packages.js';

export interface PackageDiff { readonly changes: readonly MaterialChange[]; readonly outdatedLanes: readonly Lane[]; readonly readable: string }

@Injectable()
export class DifferencesService {
  constructor(private readonly work: UnitOfWork) {}

  async since(ctx: RequestContext, { promotionId, packageDigest, lanes }: SignOffSubject, { choice, signedAt }: Pick<SignOff, 'choice' | 'signedAt'>): Promise<PackageDiff | null> {
    const changes = await loadOne(ctx, 'changes since a sign-off', `${promotionId} ${packageDigest} ${APPROVALS.has(choice) ? signedAt : ''}`, (keys) => this.#changes(ctx, keys));
    if (changes === null) return null;
    const outdatedLanes = lanes.filter((lane) => changes.some((change) => change.lanes.includes(lane)));
    return { changes, outdatedLanes, readable: readableChanges(changes, outdatedLanes) };
  }

  async #changes(ctx: RequestContext, keys: readonly string[]): Promise<Map<string, MaterialChange[]>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const policies = await policiesInForce(scope);
      const source = new BatchedSource(scope);
      const asked = keys.map((key) => key.split(' '));
      const signed = await keptPackages(scope, asked.flatMap(([, digest]) => digest ?? []));
      const promotions = await scope.byIds(PromotionTable, asked.flatMap(([id]) => id ?? []));
      const present = new Map(await Promise.all(promotions.map(async (promotion) => [promotion.id, await currentPackage(source, policies, promotion)] as const)));
      const found = new Map<string, MaterialChange[]>();
      for (const [id = '', digest = '', approvedAt = ''] of asked) {
        const [then, now] = [signed[digest], present.get(id)];
        if (then === undefined || now === undefined) continue;
        const { pkg, policy } = now;
        const lapsed = approvedAt === '' ? [] : lapsedSince(approvedAt, then, pkg, scope.clock());
        found.set(`${id} ${digest} ${approvedAt}`, [...raisedLevels(then, pkg), ...materialChanges(policy, then, pkg), ...lapsed.map((difference) => ({ ...difference, lanes: ['RISK'] as const }))]);
      }
      return found;
    });
  }
}

/** Compares what was signed with what is there now, for all that one answer shows at once. */
import { Injectable } from '@nestjs/common';
import type { Lane } from '../domain/actor.js';
import { APPROVALS } from '../domain/choice.js';
import { readableChanges } from '../domain/difference-readable.js';
import { lapsedSince, materialChanges, type MaterialChange } from '../domain/materiality.js';
import type { DecisionPackage } from '../domain/package.js';
import { raisedLevels } from '../domain/raised-level.js';
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

/** What was signed, what is there now, and what differs whoever signed it. */
interface Compared { readonly then: DecisionPackage; readonly now: DecisionPackage; readonly changes: readonly MaterialChange[] }

@Injectable()
export class DifferencesService {
  constructor(private readonly work: UnitOfWork) {}

  async since(ctx: RequestContext, { promotionId, packageDigest, lanes }: SignOffSubject, vote: Pick<SignOff, 'personId' | 'choice' | 'signedAt'>): Promise<PackageDiff | null> {
    const found = await loadOne(ctx, 'changes since a sign-off', `${promotionId} ${packageDigest} ${APPROVALS.has(vote.choice) ? vote.signedAt : ''}`, (keys) => this.#compare(ctx, keys));
    if (found === null) return null;
    const changes = [...raisedLevels(vote, found.then, found.now), ...found.changes];
    const outdatedLanes = lanes.filter((lane) => changes.some((change) => change.lanes.includes(lane)));
    return { changes, outdatedLanes, readable: readableChanges(changes, outdatedLanes) };
  }

  async #compare(ctx: RequestContext, keys: readonly string[]): Promise<Map<string, Compared>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const policies = await policiesInForce(scope);
      const source = new BatchedSource(scope);
      const asked = keys.map((key) => key.split(' '));
      const signed = await keptPackages(scope, asked.flatMap(([, digest]) => digest ?? []));
      const promotions = await scope.byIds(PromotionTable, asked.flatMap(([id]) => id ?? []));
      const present = new Map(await Promise.all(promotions.map(async (promotion) => [promotion.id, await currentPackage(source, policies, promotion)] as const)));
      const found = new Map<string, Compared>();
      for (const [id = '', digest = '', approvedAt = ''] of asked) {
        const [then, now] = [signed[digest], present.get(id)];
        if (then === undefined || now === undefined) continue;
        const { pkg, policy } = now;
        const lapsed = approvedAt === '' ? [] : lapsedSince(approvedAt, then, pkg, scope.clock());
        found.set(`${id} ${digest} ${approvedAt}`, { then, now: pkg, changes: [...materialChanges(policy, then, pkg), ...lapsed.map((difference) => ({ ...difference, lanes: ['RISK'] as const }))] });
      }
      return found;
    });
  }
}

/** Classifications under the EU AI Act as the lane LEGAL signs them: the record is written down word for word under the server's key. */
import { Injectable } from '@nestjs/common';
import { grantsInForce } from '../domain/actor.js';
import { classificationOf } from '../domain/classification.js';
import { draftClassification, fileClassification, type ClassificationInput, type UnsignedRecord } from '../domain/classification-record.js';
import { CLASSIFICATION_TYPE, isGenuine, type ClassificationStatement } from '../domain/classification-statement.js';
import type { Instant } from '../domain/clock.js';
import type { Envelope } from '../domain/envelope.js';
import type { Stored } from '../domain/package.js';
import { requireSignedInWithin } from '../domain/sign-off.js';
import type { AiSystem, ClassificationRecord } from '../domain/system.js';
import { Signer } from '../identity/signer.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { QUESTIONNAIRE } from '../systems/shipped-questionnaire.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';

@Injectable()
export class ClassificationsService {
  constructor(private readonly work: UnitOfWork, private readonly signer: Signer) {}

  async classify(ctx: RequestContext, change: Change, input: ClassificationInput): Promise<Stored<AiSystem>> {
    return this.work.write(ctx, 'system.classify', async (tx) => {
      const system = await tx.lock(SystemTable, change.id, change.expectedVersion);
      tx.requireFor('system.classify', system.id);
      const record = draftClassification(system, input, { principal: { ...tx.actor, personId: tx.personId }, clock: tx.clock(), tierFloor: QUESTIONNAIRE.classFloors[input.euClass] ?? null });
      const { all } = await policiesInForce(tx);
      // What is signed may raise the tier: the stricter of both counts.
      const { tier } = classificationOf(system);
      const tiers = [tier, record.tierFloor ?? tier];
      requireSignedInWithin(Math.min(...all.flatMap((policy) => tiers.map((tier) => policy.reauthenticationMinutes[tier]))), ctx, tx.now, 'sign the classification');
      return tx.put(SystemTable, fileClassification(system, record, await this.#sign(tx, system, record)), system);
    });
  }

  /** Whether this server signed the record for this organization. */
  isGenuine(ctx: RequestContext, record: ClassificationRecord): boolean {
    return isGenuine(record, this.signer.keys, ctx.tenantId);
  }

  /** As of when the answer is given. */
  async now(ctx: RequestContext): Promise<Instant> {
    return await loadOne(ctx, 'instant of the answer', 'now', async (keys) => {
      const now = await this.work.read(ctx, 'register.read', (scope) => Promise.resolve(scope.now));
      return new Map(keys.map((key) => [key, now]));
    }) ?? '';
  }

  async #sign(tx: Tx, { id, number, version, digest }: Stored<AiSystem>, record: UnsignedRecord): Promise<Envelope> {
    const [log] = await tx.query<{ origin: string }>('select origin from audit.log');
    const { actor, ctx } = tx;
    const statement: ClassificationStatement = {
      v: 1, organization: { id: ctx.tenantId, log: log?.origin ?? '' }, system: { id, number, version, digest }, record,
      signer: { principal: actor.id, person: tx.personId, function: actor.function, roles: grantsInForce(actor, tx.clock()).map(({ role, lane }) => ({ role, lane })) },
      authentication: { at: ctx.authenticatedAt, credential: ctx.tokenHash },
    };
    return this.signer.sign(CLASSIFICATION_TYPE, statement);
  }
}

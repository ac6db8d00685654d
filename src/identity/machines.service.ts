/** Machines: trust rules for jobs and pods, and keys for what has no token. Each stands for a service of its own, which comes and goes with it. */
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { closeAccount } from '../domain/account.js';
import type { Principal, Role } from '../domain/actor.js';
import { issueApiKey, keyHash, keyText, revokeApiKey, rotateApiKey, type ApiKey, type ApiKeyInput } from '../domain/api-key.js';
import type { Environment } from '../domain/release.js';
import type { Stored } from '../domain/package.js';
import { createTrustRule, openMachine, retireTrustRule, type MachineScope, type TrustRule, type TrustRuleInput } from '../domain/trust-rule.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { AccountChange } from './accounts.service.js';
import { ApiKeyTable } from './api-key.table.js';
import { ProfileTable } from './profile.table.js';
import { resolveEnvironments, resolveSystems } from './systems-named.js';
import { TrustRuleTable } from './trust-rule.table.js';
import { TrustedIssuerTable } from './trusted-issuer.table.js';

/** Systems by id or number, environments by name or id; null = all of them. */
export interface Where { readonly role: MachineScope['role']; readonly systems: readonly string[] | null; readonly environments: readonly string[] | null }

/** The only time that the secret is known. */
export interface Issued { readonly key: Stored<ApiKey>; readonly secret: string }

/** The names of these services come from no issuer: nobody signs in by them. */
const MACHINES = 'urn:countersign:machines';

@Injectable()
export class MachinesService {
  constructor(private readonly work: UnitOfWork) {}

  async trust(ctx: RequestContext, issuerRef: string, input: TrustRuleInput, where: Where): Promise<Stored<TrustRule>> {
    return this.work.write(ctx, 'identity.trust', async (tx) => {
      const issuer = await tx.lock(TrustedIssuerTable, issuerRef);
      const { scope, environments } = await scopeOf(tx, where);
      const identity = { id: tx.newId(), number: '', accountId: tx.newId() };
      const decided = createTrustRule(identity, input, { issuer, environments, personId: tx.personId, now: tx.now });
      const next = { ...decided.next, number: await tx.nextNumber(TrustRuleTable) };
      await putMachine(tx, next, next.validUntil, scope);
      return tx.put(TrustRuleTable, { ...decided, next });
    });
  }

  /** Its service closes with it: nothing that was opened by the rule stays. */
  async retireRule(ctx: RequestContext, which: AccountChange, reason: string): Promise<Stored<TrustRule>> {
    return this.work.write(ctx, 'identity.trust', async (tx) => {
      const rule = await tx.lock(TrustRuleTable, which.id, which.expectedVersion);
      const retired = await tx.put(TrustRuleTable, retireTrustRule(rule, reason), rule);
      const account = await tx.lock(PrincipalTable, rule.accountId);
      if (account.active) await tx.put(PrincipalTable, closeAccount(account, reason, tx.actor), account);
      return retired;
    });
  }

  async issueKey(ctx: RequestContext, input: ApiKeyInput, where: Where): Promise<Issued> {
    return this.work.write(ctx, 'identity.trust', async (tx) => {
      const { scope } = await scopeOf(tx, where);
      const secret = keyText(randomBytes(24));
      const identity = { id: tx.newId(), number: '', accountId: tx.newId(), secretHash: keyHash(secret) };
      const decided = issueApiKey(identity, input, { personId: tx.personId, now: tx.now, role: where.role, others: [] });
      const next = { ...decided.next, number: await tx.nextNumber(ApiKeyTable) };
      // Its successors may last longer: what ends is the key.
      await putMachine(tx, next, null, scope);
      return { secret, key: await tx.put(ApiKeyTable, { ...decided, next }) };
    });
  }

  async rotateKey(ctx: RequestContext, which: AccountChange, validUntil: string): Promise<Issued> {
    return this.work.write(ctx, 'identity.trust', async (tx) => {
      // Two at once take their turn at the service, so that it never has three.
      const { accountId } = await tx.get(ApiKeyTable, which.id);
      const account = await tx.lock(PrincipalTable, accountId);
      const before = await tx.lock(ApiKeyTable, which.id, which.expectedVersion);
      const secret = keyText(randomBytes(24));
      const others = await tx.all(ApiKeyTable, { accountId });
      const decided = rotateApiKey({ id: tx.newId(), number: '', secretHash: keyHash(secret) }, before, validUntil, { personId: tx.personId, now: tx.now, role: roleOf(account), others });
      return { secret, key: await tx.put(ApiKeyTable, { ...decided, next: { ...decided.next, number: await tx.nextNumber(ApiKeyTable) } }) };
    });
  }

  async revokeKey(ctx: RequestContext, which: AccountChange, reason: string): Promise<Stored<ApiKey>> {
    return this.work.write(ctx, 'identity.trust', async (tx) => {
      const key = await tx.lock(ApiKeyTable, which.id, which.expectedVersion);
      return tx.put(ApiKeyTable, revokeApiKey(key, reason), key);
    });
  }
}

async function scopeOf(tx: Tx, { role, systems, environments }: Where): Promise<{ scope: MachineScope; environments: readonly Pick<Environment, 'kind'>[] | null }> {
  const systemIds = systems === null ? null : await resolveSystems(tx, systems, 'systems');
  const found = environments === null ? null : await resolveEnvironments(tx, environments, 'environments');
  return { scope: { role, systemIds, environmentIds: found === null ? null : found.map(({ id }) => id).sort() }, environments: found };
}

/** Called by the number of the rule or key that it stands for. */
async function putMachine(tx: Tx, { accountId: id, number, name }: TrustRule | ApiKey, validUntil: string | null, scope: MachineScope): Promise<void> {
  await tx.put(PrincipalTable, openMachine({ id, number: await tx.nextNumber(PrincipalTable) }, scope, { personId: tx.personId, now: tx.now, validUntil }));
  await tx.put(ProfileTable, { next: { id, version: 1, issuer: MACHINES, subject: number, displayName: name }, event: 'profile.recorded' });
}

function roleOf({ grants }: Principal): Role {
  return grants[0]?.role ?? 'DEPLOYER';
}

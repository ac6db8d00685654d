/**
 * Signing in with the token of a trusted issuer: the account of whoever it speaks for, one that comes into being with it, and the roles of their
 * groups; or the service of the one trust rule that is for the job.
 */
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { applyGroups, joinByToken } from '../domain/group-roles.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import { claimsOf, fittingRule, idClaim } from '../domain/trust-rule.js';
import type { TrustedIssuer } from '../domain/trusted-issuer.js';
import { Arrivals } from '../platform/arrivals.js';
import { believed } from '../platform/believed.js';
import { recordOf } from '../platform/columns.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { claimedBy, saidOfPerson, tokenRefused, verifyExternal, type SaidOfPerson } from './external-token.js';
import { KeySets } from './key-sets.js';
import { ProfileTable } from './profile.table.js';
import { TrustRuleTable } from './trust-rule.table.js';
import { TrustedIssuerTable } from './trusted-issuer.table.js';

/** What is known of a request before anybody is. */
export type Arrival = Pick<RequestContext, 'command' | 'requestId' | 'traceId' | 'tokenHash' | 'ipCommitment' | 'identityFreshness' | 'pool' | 'reads'>;

interface Trusted { readonly tenantId: string; readonly issuer: Stored<TrustedIssuer> }

/** Two requests of the same person may come at once, and each may be the one that writes. */
const ATTEMPTS = 4;

@Injectable()
export class SignInService {
  constructor(private readonly arrivals: Arrivals, private readonly work: UnitOfWork, private readonly keySets: KeySets) {}

  async byToken(token: string, arrival: Arrival): Promise<RequestContext> {
    const trusted = await this.#issuerOf(token, arrival);
    const payload = await verifyExternal(trusted, token, this.keySets);
    const verified = { ...arrival, identityFreshness: this.keySets.freshnessOf(trusted) };
    return trusted.issuer.kind === 'PEOPLE' ? this.#asPerson(trusted, saidOfPerson(trusted.issuer, payload), verified) : this.#asMachine(trusted, payload, verified);
  }

  async #asMachine({ tenantId, issuer }: Trusted, payload: Readonly<Record<string, unknown>>, arrival: Arrival): Promise<RequestContext> {
    const claims = claimsOf(issuer.kind, payload);
    const rows = await this.arrivals.rulesOf(arrival, tenantId, issuer.id, (claims.get(idClaim(issuer.kind)) ?? '').replaceAll('\0', ''));
    const rule = fittingRule(rows.map((row) => recordOf(TrustRuleTable, row)), claims);
    const known = { ...arrival, tenantId, principalId: rule.accountId, believedBy: [issuer, rule].map(believed) };
    await this.arrivals.hand(await this.arrivals.enter(known), arrival.reads);
    return { ...known, authenticatedAt: null, signInLacks: null, permissions: null };
  }

  /** Read for every request, so that whoever is retired is believed no longer by any server. */
  async #issuerOf(token: string, arrival: Arrival): Promise<Trusted> {
    const { issuer, audiences } = claimedBy(token);
    const row = await this.arrivals.ask(arrival, 'audit.find_issuer', [issuer, audiences]);
    if (row === null) throw tokenRefused('ISSUER_UNKNOWN', 'iss');
    return { tenantId: String(row['tenant_id']), issuer: recordOf(TrustedIssuerTable, row) };
  }

  async #asPerson(trusted: Trusted, said: SaidOfPerson, arrival: Arrival): Promise<RequestContext> {
    const { tenantId, issuer } = trusted;
    const known = { ...arrival, tenantId, believedBy: [believed(issuer)], authenticatedAt: said.authenticatedAt, signInLacks: said.signInLacks, permissions: null };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const session = await this.arrivals.enterIn(arrival, tenantId, issuer.issuer, said.subject);
      if (session === null) {
        await this.#join({ ...known, reads: null, principalId: v7() }, issuer, said);
        continue;
      }
      const { principalId, actor, now } = session;
      if (applyGroups(actor, issuer, said, now) === null) {
        await this.arrivals.hand(session, arrival.reads);
        return { ...known, principalId };
      }
      await session.end();
      await this.#apply({ ...known, reads: null, principalId }, issuer, said);
    }
    throw new Refusal('OVERLOADED', { message: 'This account is being changed by others.', next: 'Try again shortly.' });
  }

  /** Admitted by their own token; the entry of the log is their own, too. */
  async #join(ctx: RequestContext, issuer: Stored<TrustedIssuer>, said: SaidOfPerson): Promise<void> {
    await this.work.write(ctx, 'identity.signIn', async (tx) => {
      const joined = joinByToken({ id: ctx.principalId, personId: tx.newId(), number: await tx.nextNumber(PrincipalTable) }, issuer, said, tx.now);
      await tx.put(PrincipalTable, joined);
      await tx.put(ProfileTable, { next: { id: ctx.principalId, version: 1, issuer: issuer.issuer, subject: said.subject, displayName: said.name }, event: 'profile.recorded' });
    }).catch(unless('ALREADY_EXISTS'));
  }

  async #apply(ctx: RequestContext, issuer: Stored<TrustedIssuer>, said: SaidOfPerson): Promise<void> {
    await this.work.write(ctx, 'identity.signIn', async (tx) => {
      const account = await tx.lock(PrincipalTable, ctx.principalId);
      const applied = applyGroups(account, issuer, said, tx.now);
      if (applied === null) throw new Refusal('CONFLICT');
      await tx.put(PrincipalTable, applied, account);
    }).catch(unless('CONFLICT'));
  }
}

/** Another request of the same person was faster: look again. */
function unless(code: Refusal['code']): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Refusal && error.code === code)) throw error;
  };
}

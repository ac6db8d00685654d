/** Opens an organization in an empty register: its tenant and log as the owner of the database, everything else through the public services. */
import { randomUUID } from 'node:crypto';
import type { NewPrincipal, PeopleService } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import { createTenant } from '../platform/tenants.js';

/** A context for work that no request asked for: the first start, tests. */
export function contextOf(tenantId: string, principalId: string, requestId: string): RequestContext {
  return { tenantId, principalId, requestId, traceId: null, tokenHash: null, believedBy: [], identityFreshness: 'FRESH', authenticatedAt: new Date().toISOString(), signInLacks: null, permissions: null, ipCommitment: null, pool: 'general', reads: null, command: null };
}

/** Creates the tenant with its log. Its first account is then admitted by itself, everybody else by that account. */
export async function openOrganization(people: PeopleService, ownerUrl: string, input: { name: string; origin: string; administrator: NewPrincipal }): Promise<{ tenantId: string; administrator: RequestContext }> {
  const tenantId = randomUUID();
  await createTenant(ownerUrl, { id: tenantId, name: input.name, origin: `${input.origin}/${tenantId}` });
  const founded = await people.admit(contextOf(tenantId, randomUUID(), 'founding'), input.administrator);
  return { tenantId, administrator: contextOf(tenantId, founded.id, 'founding') };
}

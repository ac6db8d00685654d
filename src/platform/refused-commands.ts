/** Which refusals are facts worth keeping: those that say something about a person and a governed object, not about a typing error. */
import type { RefusalCode } from '../domain/refusal.js';
import { Refusal } from '../domain/refusal.js';
import type { EntryDraft } from './entry-bytes.js';
import type { RequestContext } from './request-context.js';
import type { ObjectRef } from './scope.js';

const RECORDED: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'PERMISSION_DENIED', 'SEPARATION_OF_DUTIES', 'NOT_ELIGIBLE', 'ABOVE_AUTHORITY', 'ABOVE_TOLERANCE', 'NOT_ACCEPTABLE', 'NOT_WAIVABLE', 'NOT_RENEWABLE', 'ROUND_CLOSED',
  'CHALLENGE_INVALID', 'CHALLENGE_EXPIRED', 'CHALLENGE_USED', 'PACKAGE_CHANGED', 'REAUTHENTICATION_REQUIRED', 'GRANT_INVALID', 'GRANT_EXPIRED', 'GRANT_CONSUMED', 'DIGEST_MISMATCH',
]);

export function isRecorded(code: RefusalCode): boolean {
  return RECORDED.has(code);
}

export function refusalDraft(ctx: RequestContext, permission: string, refusal: Refusal, subject: ObjectRef | null): EntryDraft {
  const object = subject ?? { type: 'Tenant', id: ctx.tenantId, version: null };
  return { action: permission, object, scopeId: null, before: null, after: null, reason: null, outcome: 'REFUSED', code: refusal.code };
}

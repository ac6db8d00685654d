/**
 * The bytes of one log entry: RFC 8785 JSON, stored as they are and hashed as they are. The time is only known under the log's lock,
 * so the door sends the bytes before and after it. No names, no bodies: digests and opaque ids only.
 */
import { canonicalJson, type Digest } from '../domain/digest.js';
import type { RequestContext } from './request-context.js';
import type { ObjectRef } from './scope.js';

export interface EntryDraft {
  readonly action: string;
  readonly object: ObjectRef;
  readonly scopeId: string | null;
  readonly before: Digest | null;
  readonly after: Digest | null;
  /** Digest of the text of a person's reason, salted with the salt of the aggregate's bytes. */
  readonly reason: Digest | null;
  readonly outcome: 'DONE' | 'REFUSED';
  /** The refusal's code. */
  readonly code: string | null;
}

export interface EntryHalves { readonly head: string; readonly tail: string; readonly type: string; readonly objectId: string; readonly scopeId: string | null }

const AT = '0000-00-00T00:00:00.000000Z';

/** Who did it, and by which request. */
type Doer = Pick<RequestContext, 'principalId' | 'tokenHash' | 'requestId' | 'traceId' | 'ipCommitment' | 'command'>;

export function entryHalves(origin: string, ctx: Doer, actorKind: string, draft: EntryDraft): EntryHalves {
  const text = canonicalJson({
    v: 1, log: origin, at: AT,
    actor: { id: ctx.principalId, kind: actorKind, cred: ctx.tokenHash },
    via: { requestId: ctx.requestId, traceId: ctx.traceId, tokenHash: ctx.tokenHash, ipCommitment: ctx.ipCommitment },
    action: draft.action, object: draft.object, before: draft.before, after: draft.after,
    reason: draft.code === null && draft.reason === null ? null : { code: draft.code, text: draft.reason },
    outcome: draft.outcome, idempotencyKey: ctx.command?.hash ?? null,
  });
  const cut = text.indexOf(AT);
  return { head: text.slice(0, cut), tail: text.slice(cut + AT.length), type: draft.object.type, objectId: draft.object.id, scopeId: draft.scopeId };
}

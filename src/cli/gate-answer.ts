/** What the gate answered, read without trust: only a clear ALLOW is one, whatever else came back is no decision. */
import { isObject, type Json } from './client.js';
import { EXIT, type ExitCode } from './command.js';

export interface GateAnswer {
  readonly verdict: 'ALLOW' | 'PENDING' | 'DENY' | 'ERROR';
  readonly reasons: readonly GateReason[];
  readonly reviews: readonly { readonly lane: string; readonly carriedFrom: readonly { readonly promotion: string }[] }[];
  readonly grant: { readonly id: string; readonly expiresAt: string } | null;
  readonly expiresAt: string | null;
  /** Null when nothing was recorded. */
  readonly decisionId: string | null;
  readonly bundleDigest: string | null;
}

export interface GateReason {
  readonly code: string;
  readonly requirement: string;
  readonly message: string;
  readonly nextAction: string;
  readonly differences: readonly { readonly path: string; readonly then: string | null; readonly now: string | null }[];
}

export const EXIT_BY_VERDICT: Readonly<Record<GateAnswer['verdict'], ExitCode>> = { ALLOW: EXIT.OK, DENY: EXIT.REFUSED, PENDING: EXIT.PENDING, ERROR: EXIT.NO_DECISION };

export function readAnswer(status: number, body: Json): GateAnswer {
  const validity = isObject(body.validity) ? body.validity : {};
  const target = isObject(body.target) ? body.target : {};
  const basis = isObject(body.basis) ? body.basis : {};
  return {
    verdict: readVerdict(status, body),
    reasons: list(body.reasons).map(readReason),
    reviews: list(basis.reviews).map((review) => ({ lane: String(review.lane), carriedFrom: list(review.carriedFrom).map((from) => ({ promotion: String(from.promotion) })) })),
    grant: isObject(body.grant) ? { id: String(body.grant.id), expiresAt: String(body.grant.expiresAt) } : null,
    expiresAt: text(validity.expiresAt), decisionId: text(body.decisionId), bundleDigest: text(target.bundleDigest),
  };
}

/** A lone `decision: true`, a verdict that is not known, or two that disagree are not an answer. */
function readVerdict(status: number, { decision, verdict }: Json): GateAnswer['verdict'] {
  if (status !== 200 || typeof decision !== 'boolean') return 'ERROR';
  const known = (['ALLOW', 'PENDING', 'DENY'] as const).find((candidate) => candidate === verdict);
  return known === undefined || decision !== (known === 'ALLOW') ? 'ERROR' : known;
}

function readReason(reason: Json): GateReason {
  const params = isObject(reason.params) ? reason.params : {};
  return {
    code: String(reason.code), requirement: String(reason.requirement), message: String(reason.message), nextAction: String(reason.nextAction),
    differences: list(params.differences).map(({ path, then, now }) => ({ path: String(path), then: text(then), now: text(now) })),
  };
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

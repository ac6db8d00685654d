/**
 * Why the rules say no. A code is permanent: clients branch on it, the docs explain it, and each transport
 * maps every one of them (an unmapped code does not compile).
 */
export const REFUSAL_CODES = [
  // who is asking
  'UNAUTHENTICATED', 'ISSUER_UNAVAILABLE', 'PERMISSION_DENIED', 'TOO_MANY_FAILURES', 'TOO_MANY_REQUESTS', 'TENANT_SUSPENDED',
  // what was asked
  'INVALID_INPUT', 'INVALID_TEXT', 'INVALID_DIGEST', 'NOT_FOUND', 'METHOD_NOT_ALLOWED', 'ALREADY_EXISTS', 'TOO_LARGE', 'EVIDENCE_QUOTA_REACHED', 'ISSUER_LIMIT_REACHED', 'FILE_TYPE_REFUSED', 'FILE_DIGEST_MISMATCH', 'PERSISTED_QUERY_NOT_SUPPORTED', 'PERSISTED_QUERY_NOT_FOUND',
  // when it was asked
  'CONFLICT', 'PRECONDITION_REQUIRED', 'INVALID_TRANSITION', 'ROUND_CLOSED', 'REVIEW_CLAIMED', 'REQUEST_IN_PROGRESS', 'IDEMPOTENCY_KEY_REUSED',
  // rules about this object
  'SEPARATION_OF_DUTIES', 'NOT_ELIGIBLE', 'ABOVE_TOLERANCE', 'ABOVE_AUTHORITY', 'NOT_ACCEPTABLE', 'NOT_WAIVABLE', 'NOT_RENEWABLE', 'VALIDITY_TOO_LONG',
  'RETENTION_PERIOD', 'POLICY_INVALID', 'POLICY_CASES_FAILED', 'POLICY_APPROVALS_MISSING', 'POLICY_BINDINGS_CONTRADICT', 'TAXONOMY_REFERENCE_INVALID', 'EVIDENCE_NOT_VALID', 'PROMOTION_EXISTS', 'RELEASE_WITHDRAWN',
  'ASSESSMENT_INCOMPLETE', 'ACCEPTANCE_INSUFFICIENT', 'REASSESSMENT_MISSING', 'TIER_BELOW_ANSWERS',
  // the sign-off protocol
  'CHALLENGE_INVALID', 'CHALLENGE_EXPIRED', 'CHALLENGE_USED', 'PACKAGE_CHANGED', 'REAUTHENTICATION_REQUIRED',
  // grants and deployments
  'GRANT_INVALID', 'GRANT_EXPIRED', 'GRANT_CONSUMED', 'DIGEST_MISMATCH',
  // the server itself
  'OVERLOADED', 'AUDIT_UNAVAILABLE', 'REGISTER_UNAVAILABLE', 'FILE_STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'INTERNAL_ERROR',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Typed details of a refusal; absent means "does not apply". `field` is a path into the input, such as `input.components.0.digest`. */
export interface RefusalFacts {
  readonly message?: string;
  readonly field?: string;
  readonly subject?: string;
  readonly id?: string;
  readonly state?: string;
  readonly action?: string;
  readonly allowedActions?: readonly string[];
  readonly currentVersion?: number;
  readonly expected?: string;
  readonly actual?: string;
  readonly permission?: string;
  readonly because?: readonly string[];
  /** By whose right it was judged: the account, such as U-3, or the delegation, such as DEL-2. */
  readonly through?: string;
  /** When what stands in the way ends by itself. */
  readonly until?: string;
  /** In how many seconds the same request is worth sending again. */
  readonly retryAfter?: number;
  /** Where in a text it is, both counted from 1. */
  readonly line?: number;
  readonly column?: number;
  /** What to do next, in one sentence. */
  readonly next?: string;
}

/** The only way in which Countersign says no to a command. The gate never throws for "blocked": its reasons are data. */
export class Refusal extends Error {
  constructor(readonly code: RefusalCode, readonly facts: RefusalFacts = {}) {
    super(facts.message ?? code);
    this.name = 'Refusal';
  }
}

/** Codes for which the same request may succeed when it is sent again unchanged. */
export const RETRYABLE: ReadonlySet<RefusalCode> = new Set(['ISSUER_UNAVAILABLE', 'TOO_MANY_FAILURES', 'TOO_MANY_REQUESTS', 'REQUEST_IN_PROGRESS', 'OVERLOADED', 'AUDIT_UNAVAILABLE', 'REGISTER_UNAVAILABLE', 'FILE_STORE_UNAVAILABLE']);

/** What stands in the way, as a sentence: where no message was given, what the facts say. */
export function sentenceOf({ code, message, facts }: Refusal): string {
  if (message !== code) return message;
  if (code === 'INVALID_TRANSITION') return `A ${facts.subject ?? 'risk'} that is ${facts.state ?? 'in this state'} does not allow: ${facts.action ?? 'this'}.`;
  return facts.next ?? (facts.expected === undefined ? message : `Expected: ${facts.expected}.`);
}

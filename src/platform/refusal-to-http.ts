/** How a refusal is told over REST: RFC 9457 problem+json, one status for each code; never a 5xx for a client's mistake. */
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal, RETRYABLE, type RefusalCode } from '../domain/refusal.js';
import { asRefusal } from './database.js';
import { extensionsOf } from './refusal-to-graphql.js';

/** The largest request body, in bytes; a file of risks may be larger. */
export const BODY_LIMIT = 262_144;

export const HTTP_STATUS: Readonly<Record<RefusalCode, number>> = {
  UNAUTHENTICATED: 401, ISSUER_UNAVAILABLE: 503, PERMISSION_DENIED: 403, TENANT_SUSPENDED: 403, TOO_MANY_FAILURES: 429, TOO_MANY_REQUESTS: 429,
  INVALID_INPUT: 400, INVALID_TEXT: 400, INVALID_DIGEST: 400, NOT_FOUND: 404, METHOD_NOT_ALLOWED: 405, ALREADY_EXISTS: 409, TOO_LARGE: 413, EVIDENCE_QUOTA_REACHED: 413, ISSUER_LIMIT_REACHED: 409, FILE_TYPE_REFUSED: 415, FILE_DIGEST_MISMATCH: 422,
  // A step of a protocol: its libraries read the answer only with this status.
  PERSISTED_QUERY_NOT_SUPPORTED: 200, PERSISTED_QUERY_NOT_FOUND: 200,
  CONFLICT: 412, PRECONDITION_REQUIRED: 428, INVALID_TRANSITION: 409, ROUND_CLOSED: 409, REVIEW_CLAIMED: 409, REQUEST_IN_PROGRESS: 409, IDEMPOTENCY_KEY_REUSED: 422,
  SEPARATION_OF_DUTIES: 403, NOT_ELIGIBLE: 403, ABOVE_TOLERANCE: 409, ABOVE_AUTHORITY: 403, NOT_ACCEPTABLE: 409, NOT_WAIVABLE: 409, NOT_RENEWABLE: 409, VALIDITY_TOO_LONG: 400, RETENTION_PERIOD: 409,
  POLICY_INVALID: 400, POLICY_CASES_FAILED: 409, POLICY_APPROVALS_MISSING: 409, POLICY_BINDINGS_CONTRADICT: 409,
  TAXONOMY_REFERENCE_INVALID: 400, EVIDENCE_NOT_VALID: 409, PROMOTION_EXISTS: 409, RELEASE_WITHDRAWN: 409,
  ASSESSMENT_INCOMPLETE: 409, ACCEPTANCE_INSUFFICIENT: 409, REASSESSMENT_MISSING: 409, TIER_BELOW_ANSWERS: 409,
  CHALLENGE_INVALID: 403, CHALLENGE_EXPIRED: 409, CHALLENGE_USED: 409, PACKAGE_CHANGED: 409, REAUTHENTICATION_REQUIRED: 403,
  GRANT_INVALID: 403, GRANT_EXPIRED: 409, GRANT_CONSUMED: 409, DIGEST_MISMATCH: 409,
  OVERLOADED: 503, AUDIT_UNAVAILABLE: 503, REGISTER_UNAVAILABLE: 503, FILE_STORE_UNAVAILABLE: 503, OUTCOME_UNKNOWN: 503, INTERNAL_ERROR: 500,
};

/** When it makes sense to ask again, in seconds; otherwise after one. */
const RETRY_AFTER: Partial<Readonly<Record<RefusalCode, number>>> = { ISSUER_UNAVAILABLE: 30 };

export interface Problem { readonly type: string; readonly title: string; readonly status: number; readonly detail: string; readonly [extension: string]: unknown }

export function problemOf(refusal: Refusal): Problem {
  const status = HTTP_STATUS[refusal.code];
  return { type: `urn:countersign:refusal:${refusal.code}`, title: refusal.code, status, detail: refusal.message, ...extensionsOf(refusal) };
}

/** What a refusal says beside its body: when to come again, how to authenticate, by which methods to ask. */
export function headersOf({ code, facts }: Refusal): Record<string, string> {
  return {
    ...(RETRYABLE.has(code) && { 'retry-after': String(facts.retryAfter ?? RETRY_AFTER[code] ?? 1) }), ...(HTTP_STATUS[code] === 401 && { 'www-authenticate': 'Bearer' }),
    ...(code === 'METHOD_NOT_ALLOWED' && { allow: facts.expected ?? '' }),
  };
}

@Catch()
export class RefusalFilter implements ExceptionFilter {
  readonly #logger = new Logger('HTTP');

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') return error;
    const refusal = this.refusalOf(error, host);
    const problem = problemOf(refusal);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // A caller that reads only the body must never take a refused question for a yes.
    const verdict = problem.status >= 500 || isGate(host) ? { decision: false, verdict: 'ERROR' } : {};
    void reply.status(problem.status).header('content-type', 'application/problem+json').header('cache-control', 'no-store')
      .headers(headersOf(refusal)).send(JSON.stringify({ ...problem, ...verdict }));
    return undefined;
  }

  private refusalOf(error: unknown, host: ArgumentsHost): Refusal {
    const refusal = asRefusal(error);
    if (refusal !== null) return refusal;
    const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number } | null)?.statusCode;
    if (status === 404) return noRoute(host.switchToHttp().getRequest<FastifyRequest>());
    if (status === 413) return new Refusal('TOO_LARGE', { message: `The request body is larger than ${String(BODY_LIMIT / 1024)} kB.` });
    if (status !== undefined && status >= 400 && status < 500) return new Refusal('INVALID_INPUT', { message: (error as Error).message });
    this.#logger.error({ msg: 'unexpected error', error: error instanceof Error ? error.stack : String(error) });
    return new Refusal('INTERNAL_ERROR', { message: 'Something went wrong on the server; it was logged.' });
  }
}

const METHODS = ['GET', 'POST'] as const;

/** Nothing is there, or it is asked in another way. */
function noRoute({ method, url, server }: FastifyRequest): Refusal {
  const [path = ''] = url.split('?');
  const methods = METHODS.filter((known) => server.hasRoute({ method: known, url: path }));
  if (methods.length === 0) return new Refusal('NOT_FOUND', { message: 'There is no such route.' });
  return new Refusal('METHOD_NOT_ALLOWED', { message: 'This address is not asked by this method.', expected: methods.join(', '), actual: method });
}

function isGate(host: ArgumentsHost): boolean {
  return host.switchToHttp().getRequest<{ url?: string } | undefined>()?.url?.startsWith('/v1/gate/') ?? false;
}

/**
 * Tokens that were refused, by the subject that they name and by the address that sent them. Neither is kept: digests are counted. Why one
 * was refused is written to the log, by the id of the request.
 */
import { createHash, createHmac } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { Refusal } from '../domain/refusal.js';
import { FailedAttempts } from '../platform/failed-attempts.js';
import { SERVER_KEYS } from './credentials.js';
import { TokenRefused } from './external-token.js';
import type { ServerKeys } from './keys.js';

/** In a minute. */
export const MOST_PER_SUBJECT = 10;
export const MOST_PER_ADDRESS = 100;

interface Attempt { readonly id?: string; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly ip?: string }

@Injectable()
export class FailedAuthentications {
  readonly #logger = new Logger(FailedAuthentications.name);

  constructor(private readonly attempts: FailedAttempts, @Inject(SERVER_KEYS) private readonly keys: ServerKeys) {}

  /** The refusal that a failed authentication ends with: what failed, or that too much has. */
  async refusalOf(request: Attempt, error: unknown): Promise<unknown> {
    const sent = request.headers['authorization'];
    if (!(error instanceof Refusal && error.code === 'UNAUTHENTICATED') || typeof sent !== 'string') return error;
    this.#logger.log({ msg: 'a credential was refused', requestId: request.id, because: error instanceof TokenRefused ? error.trouble : error.facts.because?.join() ?? error.message });
    const seconds = await this.attempts.count([
      { name: `subject ${createHash('sha256').update(claimed(sent)).digest('hex')}`, most: MOST_PER_SUBJECT },
      { name: `address ${createHmac('sha256', this.keys.addressKey).update(request.ip ?? '').digest('hex')}`, most: MOST_PER_ADDRESS },
    ]);
    if (seconds === null) return error;
    return new Refusal('TOO_MANY_FAILURES', { message: 'Too many tokens were refused within a minute.', retryAfter: seconds, next: `Wait ${String(seconds)} seconds, then send a token that is valid.` });
  }
}

/** Whom the token names, whether or not that is true; what is no token is counted by itself. */
function claimed(authorization: string): string {
  const token = authorization.replace(/^Bearer /i, '');
  try {
    const { iss, sub } = decodeJwt(token);
    return JSON.stringify([iss ?? null, sub ?? null]);
  } catch {
    return token;
  }
}

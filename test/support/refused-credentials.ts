// Why credentials were refused, as the log of the server says it: their senders are told less.
import { Logger } from '@nestjs/common';

/** What anybody may be told of a token whose signature nobody has verified. */
const NOT_BELIEVED = 'TOKEN_NOT_BELIEVED';
/** What nobody may be told before: it would tell which issuers are believed. */
const BEFORE_ITS_SIGNATURE = ['TOKEN_MALFORMED', 'TOKEN_NOT_SUPPORTED', 'ALGORITHM_NOT_ALLOWED', 'KEY_UNKNOWN', 'SIGNATURE_INVALID', 'ISSUER_UNKNOWN'];

export function toldOf(reason: string): string {
  return BEFORE_ITS_SIGNATURE.includes(reason) ? NOT_BELIEVED : reason;
}

const LOG = Object.getOwnPropertyDescriptor(Logger.prototype, 'log')!;

/** The reasons from now on, by the ids of their requests, until `stopRecording`: the logger is that of every file that is run in this process. */
export function recordRefusedCredentials(): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  Object.defineProperty(Logger.prototype, 'log', {
    ...LOG,
    value: (record: unknown) => {
      const { msg, requestId, because } = record as Readonly<Record<string, string>>;
      if (msg === 'a credential was refused') reasons.set(requestId ?? '', because ?? '');
    },
  });
  return reasons;
}

export function stopRecording(): void {
  Object.defineProperty(Logger.prototype, 'log', LOG);
}

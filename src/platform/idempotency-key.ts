/**
 * The client's own name for a command, sent as `Idempotency-Key`: sent again under the same name, it is answered with what was done the
 * first time. Here it is read from the request; what was done under it is kept in keyed-commands.ts.
 */
import { createHash } from 'node:crypto';
import { digestOf } from '../domain/digest.js';
import { Refusal } from '../domain/refusal.js';
import type { CommandKey, RequestContext } from './request-context.js';

/** How a key is written: long enough not to be met by chance, short enough to be kept. */
const KEY = /^[\x21-\x7e]{8,200}$/;

export interface KeyedRequest { readonly method: string; readonly url: string; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body?: unknown }

/** The key of this command; null = the client has sent none. */
export function commandKey(request: KeyedRequest, part: string): CommandKey | null {
  const sent = request.headers['idempotency-key'];
  if (sent === undefined) return null;
  if (typeof sent !== 'string' || !KEY.test(sent)) {
    throw new Refusal('INVALID_INPUT', { field: 'Idempotency-Key', message: 'An Idempotency-Key is 8 to 200 visible ASCII characters.', next: 'Send a new UUID for each command, and the same one again when you repeat it.' });
  }
  return { hash: createHash('sha256').update(sent).digest('hex'), part, payload: digestOf([request.method, request.url, asJson(request.body)]) };
}

/** For one item of a command that consists of many: each is done, and answered, by itself. */
export function keyedItem(ctx: RequestContext, item: string): RequestContext {
  return ctx.command === null ? ctx : { ...ctx, command: { ...ctx.command, part: `${ctx.command.part}/${item}` } };
}

/** For what may be repeated at will, and must be answered from what is there now. */
export function unkeyed(ctx: RequestContext): RequestContext {
  return ctx.command === null ? ctx : { ...ctx, command: null };
}

/** A body that is still to be read, such as a file, is no part of a command that has a key. */
function asJson(body: unknown): unknown {
  return body === undefined || (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) ? null : body;
}

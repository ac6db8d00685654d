/**
 * The way to a service that the operator of this server has named, for bodies of any length. It may be this machine or a private network, also by
 * plain HTTP; out in public it is HTTPS. Beyond that the rules of the one way out hold: the name is resolved once, every address is checked, the
 * connection goes to one that was checked, and nothing is followed further. A connection on which nothing moves is given up.
 */
import { createReadStream } from 'node:fs';
import { request as requestPlainly, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { pipeline } from 'node:stream';
import { PRIVATE_NETWORKS } from './addresses.js';
import { alwaysThese, byDns, checkedAddresses, OutgoingError, tooLong, untilAborted, type OutgoingPolicy, type Resolve } from './outgoing-client.js';

export interface StreamedRequest {
  readonly url: URL;
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  /** The file that is sent as the body; null = none. */
  readonly file: { readonly path: string; readonly size: number } | null;
}

/** For how long nothing may move, and for how long all of it may take. */
export interface Patience { readonly idleMs: number; readonly mostMs: number }

/** The answer as soon as it begins; its body is read by whoever asked. */
export async function streamOut(request: StreamedRequest, { idleMs, mostMs }: Patience, resolve: Resolve = byDns): Promise<IncomingMessage> {
  const { url } = request;
  const signal = AbortSignal.timeout(mostMs);
  const addresses = await untilAborted(checkedAddresses(url, namedByOperator(url), resolve), AbortSignal.timeout(Math.min(idleMs, mostMs)));
  const headers = { ...request.headers, 'accept-encoding': 'identity', 'connection': 'close', ...(request.file !== null && { 'content-length': String(request.file.size) }) };
  const options: RequestOptions = { method: request.method, agent: false, signal, timeout: idleMs, lookup: alwaysThese(addresses), headers };
  const answer = await begun((url.protocol === 'https:' ? requestSecurely : requestPlainly)(url, options), request.file).catch((error: unknown) => {
    if (error instanceof OutgoingError) throw error;
    if (signal.aborted) throw tooLong(error);
    throw new OutgoingError('CONNECTION', 'The address could not be reached, or hung up.', error);
  });
  const status = answer.statusCode ?? 0;
  if (status < 300 || status >= 400) return answer;
  answer.destroy();
  throw new OutgoingError('REDIRECT', 'The answer leads elsewhere, and is not followed.');
}

/** Any port will do, since it was chosen here. */
function namedByOperator(url: URL): OutgoingPolicy {
  return { ports: [Number(url.port === '' ? 443 : url.port)], ownNetworks: PRIVATE_NETWORKS, mostBytes: 0, mostMs: 0 };
}

/** An answer that comes before all was sent counts: it says what was wrong. */
async function begun(sending: ClientRequest, file: StreamedRequest['file']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sending.on('response', resolve).on('error', reject).on('timeout', () => { sending.destroy(tooLong(null)); });
    if (file === null) sending.end();
    // What is longer than was said would be the beginning of another request.
    else pipeline(createReadStream(file.path, { end: file.size - 1 }), sending, () => undefined);
  });
}

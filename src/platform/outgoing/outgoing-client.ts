/**
 * The one way out: requests to addresses that somebody else has chosen, such as webhooks. The name is resolved once, every address is
 * checked, and the connection goes to one that was checked; nothing is followed further, and neither answer nor patience is endless.
 */
import { lookup as resolveByDns } from 'node:dns/promises';
import { request as requestPlainly, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublic, isWithin, networks } from './addresses.js';

export interface OutgoingRequest { readonly url: string; readonly method: 'GET' | 'POST'; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
export interface OutgoingAnswer { readonly status: number; readonly body: Buffer }

/** Where requests may go. Networks of one's own, such as 10.1.0.0/16, are named one by one; there plain HTTP and any port will do. */
export interface OutgoingPolicy { readonly ports: readonly number[]; readonly ownNetworks: readonly string[]; readonly mostBytes: number; readonly mostMs: number }
export const PUBLIC_ONLY: OutgoingPolicy = { ports: [443, 8443], ownNetworks: [], mostBytes: 65_536, mostMs: 10_000 };

export type OutgoingFault = 'URL' | 'PORT' | 'ADDRESS' | 'UNRESOLVED' | 'REDIRECT' | 'TOO_LARGE' | 'TIMEOUT' | 'CONNECTION' | 'ANSWER';

/** Nothing was sent, or no answer counts. */
export class OutgoingError extends Error {
  constructor(readonly fault: OutgoingFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'OutgoingError';
  }
}

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;
export async function byDns(host: string): Promise<readonly string[]> {
  return (await resolveByDns(host, { all: true, order: 'verbatim' })).map(({ address }) => address);
}

export async function sendOut(outgoing: OutgoingRequest, policy: OutgoingPolicy = PUBLIC_ONLY, resolve: Resolve = byDns): Promise<OutgoingAnswer> {
  const signal = AbortSignal.timeout(policy.mostMs);
  const url = parsed(outgoing.url);
  if (Buffer.byteLength(outgoing.body ?? '') > policy.mostBytes) throw new OutgoingError('TOO_LARGE', `A request has at most ${String(policy.mostBytes)} bytes.`);
  const addresses = await untilAborted(checkedAddresses(url, policy, resolve), signal);
  return exchange(outgoing, { url, addresses, mostBytes: policy.mostBytes, signal });
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['https:', 'http:'].includes(url.protocol)) throw new OutgoingError('URL', 'This is no HTTPS address.');
  if (url.username !== '' || url.password !== '') throw new OutgoingError('URL', 'An address holds no name and no password.');
  return url;
}

/** Of several addresses each must do: which of them is tried is not for us to say. */
export async function checkedAddresses(url: URL, policy: OutgoingPolicy, resolve: Resolve): Promise<readonly string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const own = networks(policy.ownNetworks);
  if (policy.ownNetworks.length === 0) requirePublicUse(url, policy);
  const addresses = isIP(host) === 0 ? await resolve(host).catch((error: unknown) => { throw new OutgoingError('UNRESOLVED', 'The name of the address is not known.', error); }) : [host];
  if (addresses.length === 0) throw new OutgoingError('UNRESOLVED', 'The name of the address is not known.');
  if (addresses.every((address) => isWithin(own, address))) return addresses;
  requirePublicUse(url, policy);
  if (!addresses.every((address) => isPublic(address) || isWithin(own, address))) throw new OutgoingError('ADDRESS', 'The address leads to a network that is not public.');
  return addresses;
}

function requirePublicUse(url: URL, policy: OutgoingPolicy): void {
  if (url.protocol !== 'https:') throw new OutgoingError('URL', 'This is no HTTPS address.');
  if (!policy.ports.includes(Number(url.port === '' ? 443 : url.port))) throw new OutgoingError('PORT', `The port is one of ${policy.ports.join(', ')}.`);
}

interface Exchange { readonly url: URL; readonly addresses: readonly string[]; readonly mostBytes: number; readonly signal: AbortSignal }

async function exchange({ method, headers, body = '' }: OutgoingRequest, { url, addresses, mostBytes, signal }: Exchange): Promise<OutgoingAnswer> {
  // A connection of its own: one that is kept open was checked for something else.
  const options: RequestOptions = { method, agent: false, signal, lookup: alwaysThese(addresses), headers: { ...headers, 'content-length': Buffer.byteLength(body), 'accept-encoding': 'identity', 'connection': 'close' } };
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      (url.protocol === 'https:' ? requestSecurely : requestPlainly)(url, options, resolve).on('error', reject).end(body);
    });
    return { status: statusOf(answer), body: await bodyOf(answer, mostBytes) };
  } catch (error) {
    if (error instanceof OutgoingError) throw error;
    if (signal.aborted) throw tooLong(error);
    throw new OutgoingError('CONNECTION', 'The address could not be reached.', error);
  }
}

/** The name is not looked up again: what was checked is what is connected to. */
export function alwaysThese(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, done) => {
    const [first] = known;
    if (options.all === true) done(null, known);
    else done(null, first?.address ?? '', first?.family ?? 0);
  };
}

function statusOf(answer: IncomingMessage): number {
  const status = answer.statusCode ?? 0;
  if (status < 300 || status >= 400) return status;
  answer.destroy();
  throw new OutgoingError('REDIRECT', 'The answer leads elsewhere, and is not followed.');
}

async function bodyOf(answer: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) {
      answer.destroy();
      throw new OutgoingError('TOO_LARGE', `The answer is longer than ${String(mostBytes)} bytes.`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** A look-up cannot be called off; nobody waits for it any longer. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return Promise.race([work, new Promise<never>((_, reject) => { signal.addEventListener('abort', () => { reject(tooLong(signal.reason)); }, { once: true }); })]);
}

export function tooLong(cause: unknown): OutgoingError {
  return new OutgoingError('TIMEOUT', 'The address took too long to answer.', cause);
}

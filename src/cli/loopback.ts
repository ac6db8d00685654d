/** The listener to which a browser comes back from the provider: on this machine only, for one answer that carries what it was sent with, and no longer than a few minutes. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Refused } from './client.js';
import { UsageError } from './command.js';

const WAIT_MS = 300_000;

export interface Listener { readonly redirectUri: string; /** The whole address by which the browser came. */ readonly answered: Promise<URL>; close(): void }

/** `state`: what the answer has to carry; anything else is turned away and changes nothing. */
export async function listenOnce(port: number, state: string): Promise<Listener> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => { reject(new UsageError(`--port ${String(port)} cannot be listened on (${String(error.code)}).`)); });
    server.listen(port, '127.0.0.1', resolve);
  });
  const redirectUri = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/callback`;
  const answered = new Promise<URL>((resolve, reject) => {
    const timer = setTimeout(() => { reject(new Refused('UNAUTHENTICATED', 'Nobody came back from the provider within five minutes.', null)); }, WAIT_MS);
    server.on('close', () => { clearTimeout(timer); });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const came = cameBack(request, redirectUri, state);
      answer(response, came === null ? 404 : 200);
      if (came === null) return;
      server.close();
      resolve(came);
    });
  });
  answered.catch(() => undefined);
  return {
    redirectUri, answered,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function cameBack({ method, url = '' }: IncomingMessage, redirectUri: string, state: string): URL | null {
  const address = new URL(redirectUri);
  if (method !== 'GET' || !url.startsWith(`${address.pathname}?`)) return null;
  address.search = url.slice(url.indexOf('?'));
  return isEqual(address.searchParams.get('state') ?? '', state) ? address : null;
}

function isEqual(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' });
  response.end(status === 200 ? 'Go back to the terminal; this window may be closed.\n' : 'There is nothing here.\n');
}

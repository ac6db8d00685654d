/** Serves GET /metrics, and nothing else, on a listener of its own: what the operator sees is never on the port that clients reach. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import { listenTrouble, type Place } from './listen-trouble.js';

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveMetrics(registry: Registry, place: Place): Promise<MetricsServer> {
  const server = createServer((request, response) => { void answer(registry, request, response); });
  try {
    await once(server.listen(place), 'listening');
  } catch (error) {
    throw listenTrouble(error, place, { port: 'METRICS_PORT', host: 'METRICS_HOST' });
  }
  collectDefaultMetrics({ register: registry });
  return {
    url: urlOf(server.address() as AddressInfo),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(registry: Registry, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url?.split('?')[0] !== '/metrics') {
    response.writeHead(404).end();
    return;
  }
  if (request.method !== 'GET') {
    response.writeHead(405, { allow: 'GET' }).end();
    return;
  }
  const text = await registry.metrics().catch(() => null);
  if (text === null) response.writeHead(500).end();
  else response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text);
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}/metrics`;
}

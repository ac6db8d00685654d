// A whole server in a process of its own over the database of a test: what two of them do at once is what two replicas do.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mintToken } from '../../src/identity/issuer.js';
import type { EmbeddedKeys } from '../../src/identity/keys.js';
import type { TestDatabase } from './database.js';

export interface GraphQLAnswer { readonly data: Readonly<Record<string, unknown>> | null; readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[] }
export interface GateBody { readonly decisionId: string | null; readonly verdict: string; readonly grant: { readonly id: string } | null; readonly reasons: readonly { readonly code: string }[] }

/** How a process has fared since it was asked before: how late its event loop was, in ms; the processor time that it took in one go, in ms at the 99th percentile; its heap after a collection, and all that it holds in memory then, buffers too, in bytes. */
export interface Fared { readonly p50: number; readonly p99: number; readonly most: number; readonly busy: number; readonly heap: number; readonly held: number }

export interface ServerProcess {
  /** POST of this text as this person. */
  post(handle: string, path: string, body: string): Promise<Response>;
  /** POST of these bytes as this person, as they come. */
  upload(handle: string, path: string, body: ReadableStream<Uint8Array>): Promise<Response>;
  fared(): Promise<Fared>;
  graphql(handle: string, query: string, variables: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer>;
  gate(handle: string, operation: 'check' | 'authorize', question: object): Promise<{ status: number; retryAfter: string | null; body: GateBody }>;
  /** A GET as this person, its body unread. */
  get(handle: string, path: string): Promise<Response>;
  /** How much memory the process has now, in bytes. */
  memory(): number;
  stop(): Promise<void>;
}

const PROJECT = join(import.meta.dirname, '../..');

/** With a place for evidence it keeps files there, as large as they may be. */
export async function startServerProcess(register: { readonly database: Pick<TestDatabase, 'appUrl'>; readonly keys: EmbeddedKeys }, evidence: { readonly folder: string; readonly maxBytes: number } | null = null): Promise<ServerProcess> {
  const options = { evidence, databaseUrl: register.database.appUrl, poolSize: 16, keys: register.keys, logLevel: 'silent' };
  const child = spawn(process.execPath, [join(PROJECT, 'test/support/serve.mjs'), PROJECT, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const said = await Promise.race([once(lines, 'line'), exited]);
  const url = String(said[0]);
  if (!url.startsWith('http')) throw new Error(`the server process ended with ${url}`);
  const tokens = new Map<string, Promise<string>>();
  const authorization = async (handle: string): Promise<string> => {
    const token = tokens.get(handle) ?? mintToken(register.keys, handle);
    tokens.set(handle, token);
    return `Bearer ${await token}`;
  };
  const post = async (handle: string, path: string, body: string): Promise<Response> => fetch(`${url}${path}`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: await authorization(handle) }, body, signal: AbortSignal.timeout(15_000),
  });
  return {
    post,
    upload: async (handle, path, body) => fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/octet-stream', authorization: await authorization(handle) }, body, duplex: 'half' } as RequestInit),
    fared: async () => {
      child.stdin.write('\n');
      return JSON.parse(String((await Promise.race([once(lines, 'line'), exited]))[0])) as Fared;
    },
    get: async (handle, path) => fetch(`${url}${path}`, { headers: { authorization: await authorization(handle) } }),
    memory: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) * 1024,
    graphql: async (handle, query, variables) => (await post(handle, '/graphql', JSON.stringify({ query, variables }))).json() as Promise<GraphQLAnswer>,
    gate: async (handle, operation, question) => {
      const answer = await post(handle, `/v1/gate/${operation}`, JSON.stringify(question));
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.json() as GateBody };
    },
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

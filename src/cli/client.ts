/** Speaks to a server: one request, one answer, as one person. Whatever is no clear answer of Countersign is an error, never a yes. */
import { Readable } from 'node:stream';
import { RETRYABLE, type RefusalCode } from '../domain/refusal.js';

/** The server said no, with its code, what to do next, and what it tells beside: line by line. */
export class Refused extends Error {
  constructor(readonly code: string, message: string, readonly next: string | null, readonly beside: readonly string[] = []) {
    super(message);
    this.name = 'Refused';
  }
}

/** No answer, or none that Countersign gives. */
export class Unreachable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'Unreachable';
  }
}

export type Json = Readonly<Record<string, unknown>>;

export interface Client {
  /** The data of a GraphQL operation; throws Refused. */
  graphql(query: string, variables?: Json): Promise<Json>;
  /** A REST call; the body of any status is the caller's to judge. */
  post(path: string, body: Json): Promise<{ readonly status: number; readonly body: Json }>;
  /** A file sent as it is, and what became of it; throws Refused. */
  sendCsv(path: string, file: Uint8Array): Promise<Json>;
  /** A file sent as it is read, never held whole; throws Refused. */
  sendFile(path: string, file: { readonly size: number; readonly pieces: Readable }): Promise<Json>;
  /** A file as it streams in; throws Refused before its first byte, Unreachable where it is cut. */
  fetchCsv(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** The same for bytes of any kind. */
  fetchFile(path: string): Promise<AsyncIterable<Uint8Array>>;
}

/** The server itself gives up after 30 seconds. A file takes as long as it takes: what is waited for is its next piece. */
const TIMEOUT_MS = 35_000;

export function clientOf(url: string, token: string): Client {
  const ask = async (path: string, request: Request): Promise<Response> => reach(`${url.replace(/\/+$/, '')}${path}`, token, request);
  const post = async (path: string, body: Json): Promise<{ status: number; body: Json }> => {
    const response = await ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, body: await readJson(response) };
  };
  const fetchAs = async (type: string, path: string): Promise<AsyncIterable<Uint8Array>> => {
    const response = await ask(path, { headers: { accept: `${type}, application/problem+json` } });
    if (response.status === 200 && response.body !== null && response.headers.get('content-type')?.startsWith(type) === true) return whole(response.body, response.url);
    await readOk(response);
    throw new Unreachable(`${response.url} answered, but with no ${type === 'text/csv' ? 'CSV ' : ''}file.`);
  };
  return {
    post,
    sendCsv: async (path, file) => readOk(await ask(path, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: file as BodyInit })),
    sendFile: async (path, { size, pieces }) => {
      const body = Readable.toWeb(pieces) as unknown as BodyInit;
      return readOk(await ask(path, { method: 'POST', headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) }, body, duplex: 'half' } as Request));
    },
    fetchCsv: (path) => fetchAs('text/csv', path),
    fetchFile: (path) => fetchAs('application/octet-stream', path),
    graphql: async (query, variables = {}) => {
      const { status, body } = await post('/graphql', { query, variables });
      if (Array.isArray(body.errors) && body.errors.length > 0) throw refusalIn(body.errors[0] as Json);
      if (!isObject(body.data)) throw body.title === undefined ? new Unreachable(`The server answered ${String(status)} without data.`) : problemIn(body);
      return body.data;
    },
  };
}

type Request = Omit<RequestInit, 'headers'> & { readonly headers: Readonly<Record<string, string>> };

async function reach(url: string, token: string, request: Request): Promise<Response> {
  try {
    return await fetch(url, { ...request, headers: { accept: 'application/json', authorization: `Bearer ${token}`, ...request.headers }, redirect: 'error' });
  } catch (error) {
    throw new Unreachable(`${url} cannot be reached (${causeOf(error)}).`, error);
  }
}

function causeOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string };
  return cause?.code ?? cause?.message ?? message;
}

/** The pieces of a body whose end the server has told; one that only stops is no whole file. */
async function* whole(body: AsyncIterable<Uint8Array>, url: string): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Uint8Array>> => pieces.next().catch((error: unknown) => { throw new Unreachable(`${url} stopped before the end of the file (${causeOf(error)}).`, error); });
  for (let piece = await next(); piece.done !== true; piece = await next()) yield piece.value;
}

async function readOk(response: Response): Promise<Json> {
  const body = await readJson(response);
  if (!response.ok) throw problemIn(body);
  return body;
}

async function readJson(response: Response): Promise<Json> {
  try {
    const body: unknown = await response.json();
    if (isObject(body)) return body;
  } catch {
    // Told below: the address belongs to something else.
  }
  throw new Unreachable(`${response.url} answered ${String(response.status)}, but not as Countersign does.`);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A refusal as GraphQL tells it: `errors[0]`. */
function refusalIn(error: Json): Error {
  const extensions = isObject(error.extensions) ? error.extensions : {};
  return refused({ ...extensions, code: extensions.code, detail: error.message });
}

/** A refusal as REST tells it: problem+json. */
export function problemIn(body: Json): Error {
  return refused(body);
}

function refused(told: Json): Error {
  const code = typeof told.code === 'string' ? told.code : 'INTERNAL_ERROR';
  const message = typeof told.detail === 'string' ? told.detail : code;
  if (code === 'INTERNAL_ERROR' || RETRYABLE.has(code as RefusalCode)) return new Unreachable(`${code}: ${message}`);
  const details = isObject(told.details) ? told.details : {};
  const next = typeof details.next === 'string' ? details.next : null;
  return new Refused(code, message, next, toldBeside(message, details));
}

/** Why, which record was named, what was found, and what would have been taken, as far as message and next step do not say it; a number within another one says nothing. */
export function toldBeside(message: string, { because, id, actual, expected, next }: Json): string[] {
  const said = `${message} ${typeof next === 'string' ? next : ''}`;
  const isSaid = (value: string): boolean => new RegExp(`(?<![\\p{L}\\p{N}_-])${value.replaceAll(/[$()*+.?[\\\]^{|}/]/g, '\\$&')}(?![\\p{L}\\p{N}_-])`, 'u').test(said);
  const reasons = Array.isArray(because) && !because.every((reason) => said.includes(String(reason))) ? [`because: ${because.join('; ')}`] : [];
  const values = Object.entries({ named: id, found: actual, expected }).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '' && !isSaid(pair[1]));
  return [...reasons, ...values.map(([name, value]) => `${name}: ${value}`)];
}

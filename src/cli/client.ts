/** Speaks to a server: one request, one answer, as one person. Whatever is no clear answer of Countersign is an error, never a yes. */
import { RETRYABLE, type RefusalCode } from '../domain/refusal.js';

/** The server said no, with its code and what to do next. */
export class Refused extends Error {
  constructor(readonly code: string, message: string, readonly next: string | null) {
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
}

/** The server itself gives up after 30 seconds. */
const TIMEOUT_MS = 35_000;

export function clientOf(url: string, token: string): Client {
  const post = async (path: string, body: Json): Promise<{ status: number; body: Json }> => {
    const response = await reach(`${url.replace(/\/+$/, '')}${path}`, token, body);
    return { status: response.status, body: await readJson(response) };
  };
  return {
    post,
    graphql: async (query, variables = {}) => {
      const { status, body } = await post('/graphql', { query, variables });
      if (Array.isArray(body.errors) && body.errors.length > 0) throw refusalIn(body.errors[0] as Json);
      if (!isObject(body.data)) throw body.title === undefined ? new Unreachable(`The server answered ${String(status)} without data.`) : problemIn(body);
      return body.data;
    },
  };
}

async function reach(url: string, token: string, body: Json): Promise<Response> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` };
  try {
    return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    throw new Unreachable(`${url} cannot be reached (${cause?.code ?? cause?.message ?? (error as Error).message}).`, error);
  }
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
  const next = isObject(told.details) && typeof told.details.next === 'string' ? told.details.next : null;
  return new Refused(code, message, next);
}

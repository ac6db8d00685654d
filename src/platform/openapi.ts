/**
 * The words in which REST routes are described (OpenAPI 3.1), and how a refusal is told in them. Each chapter describes its own routes in a
 * *.openapi.ts beside their controller; integrations/openapi puts them together.
 */
import { REFUSAL_CODES, RETRYABLE, type RefusalCode, type RefusalFacts } from '../domain/refusal.js';
import { HTTP_STATUS } from './refusal-to-http.js';

/** JSON Schema, dialect 2020-12. */
export type Schema = Readonly<Record<string, unknown>>;
export interface Media { readonly schema: Schema; readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>> }
export interface Response { readonly description: string; readonly headers?: Readonly<Record<string, Schema>>; readonly content?: Readonly<Record<string, Media>> }
export interface Parameter { readonly name: string; readonly in: 'query' | 'header' | 'path'; readonly description: string; readonly required: boolean; readonly schema: Schema; readonly example?: unknown; readonly explode?: boolean }

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  /** Empty = no token is asked for; left out = the document's own, a bearer token. */
  readonly security?: readonly Schema[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly description: string; readonly required: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

/** What a chapter adds to the document. */
export interface Described {
  readonly tag: { readonly name: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<'get' | 'post', Operation>>>>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function text(description: string, more: Schema = {}): Schema {
  return { type: 'string', ...more, description };
}

export function oneOf(values: readonly string[], description: string): Schema {
  return { type: 'string', enum: values, description };
}

export function list(items: Schema, description: string, more: Schema = {}): Schema {
  return { type: 'array', items, ...more, description };
}

/** An object that has every field of T and no other: one that is forgotten here does not compile. */
export function record<T>(description: string, properties: Readonly<Record<keyof T & string, Schema>>, optional: readonly (keyof T & string)[] | 'all' = []): Schema {
  const names = Object.keys(properties) as (keyof T & string)[];
  const required = optional === 'all' ? [] : names.filter((name) => !optional.includes(name));
  return { type: 'object', description, ...(required.length > 0 && { required }), properties };
}

export const DIGEST: Schema = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$', description: 'SHA-256 as sha256:<64 small hexadecimal digits>.' };
export const INSTANT: Schema = { type: 'string', format: 'date-time', description: 'An instant in UTC, as in RFC 3339.' };
export const ID: Schema = { type: 'string', format: 'uuid', description: 'An opaque id.' };

/** On every answer of every route. */
const REQUEST_ID: Readonly<Record<string, Schema>> = { 'x-request-id': { $ref: '#/components/headers/RequestId' } };

export const HEADERS: Readonly<Record<string, Schema>> = {
  RequestId: { description: 'Names this request in the log of the server: your own x-request-id when it is a UUID, otherwise a new one.', required: true, schema: { type: 'string', format: 'uuid' } },
  RetryAfter: { description: 'After how many seconds the same request is worth sending again.', schema: { type: 'string', pattern: '^[0-9]+$' } },
  Authenticate: { description: 'How to say who asks: by a bearer token.', required: true, schema: { type: 'string', const: 'Bearer' } },
};

export function answer(description: string, content: Readonly<Record<string, Media>>, headers: Readonly<Record<string, Schema>> = {}): Response {
  return { description, headers: { ...REQUEST_ID, ...headers }, content };
}

/** What somebody has kept of an answer that anybody may keep. */
export const IF_NONE_MATCH: Parameter = { name: 'if-none-match', in: 'header', required: false, description: 'The etag of the answer that you have kept; several may be named.', schema: { type: 'string' }, example: '"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"' };

/** The answers of a route whose answer anybody may keep. */
export function kept(description: string, content: Readonly<Record<string, Media>>): Record<string, Response> {
  const headers = {
    'etag': { description: 'Stands for exactly these bytes.', required: true, schema: { type: 'string', pattern: '^"[A-Za-z0-9_-]{43}"$' } },
    'cache-control': { description: 'For how many seconds it may be used unasked.', required: true, schema: { type: 'string', const: 'public, max-age=300' } },
  };
  return { 200: answer(description, content, headers), 304: answer('What you have kept, as if-none-match names it, still holds; nothing is sent.', {}, headers) };
}

/** What each of the codes means on this route. */
export type Refusals = Readonly<Partial<Record<RefusalCode, string>>>;

/** Whatever the route: who asks, and what the server itself can be short of. */
const EVERYWHERE: Refusals = {
  UNAUTHENTICATED: 'No token was sent, or it is not valid, has expired, or names an account that is not known here. From the eleventh of one subject in a minute on, and from the hundred and first of one address, the status is 429: TOO_MANY_FAILURES.',
  OVERLOADED: 'Too much is asked at the moment.', REGISTER_UNAVAILABLE: 'The database does not answer.',
  INTERNAL_ERROR: 'Something went wrong in the server; it is in its log.',
};

/** The refusals of a guarded route, by status; `problem` names the schema of those below 500. */
export function refusals(codes: Refusals, problem: 'Problem' | 'GateProblem' = 'Problem'): Record<string, Response> {
  const meant = Object.entries({ ...EVERYWHERE, ...codes }) as [RefusalCode, string][];
  const statuses = [...new Set(meant.map(([code]) => HTTP_STATUS[code]))].sort((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => {
    const here = meant.filter(([code]) => HTTP_STATUS[code] === status);
    const schema = { ...ref(status >= 500 ? 'GateProblem' : problem), properties: { status: { const: status }, code: { enum: here.map(([code]) => code) } } };
    return [String(status), answer(here.map(([code, meaning]) => `${code}: ${meaning}`).join(' '), { 'application/problem+json': { schema } }, headersOf(status, here))];
  }));
}

function headersOf(status: number, codes: readonly (readonly [RefusalCode, string])[]): Readonly<Record<string, Schema>> {
  return {
    ...(status === 401 && { 'www-authenticate': { $ref: '#/components/headers/Authenticate' } }),
    ...(codes.some(([code]) => RETRYABLE.has(code)) && { 'retry-after': { $ref: '#/components/headers/RetryAfter' } }),
  };
}

type Details = Omit<RefusalFacts, 'message' | 'allowedActions' | 'currentVersion'>;

const DETAILS = record<Details>('What the refusal is about; only what applies is there.', {
  field: text('Where in the request, such as target.components.0.digest.'), subject: text('Which kind of record is meant, such as AiSystem.'), id: text('What the request named it.'),
  state: text('In which state the record is.'), action: text('What was to be done with it.'), expected: text('What would have been taken.'), actual: text('What was sent.'),
  permission: text('Which permission is missing, such as gate.check.'), because: list({ type: 'string' }, 'What stands in the way, one entry each.'),
  through: text('By whose right it was judged: the account, such as U-3, or the delegation, such as DEL-2.'),
  line: { type: 'integer', minimum: 1, description: 'In which line of the text it is.' }, column: { type: 'integer', minimum: 1, description: 'At which character of the line.' },
  retryAfter: { type: 'integer', minimum: 1, description: 'In how many seconds the same request is worth sending again.' },
  until: { ...INSTANT, description: 'When what stands in the way ends by itself.' }, next: text('What to do next, in one sentence.'),
}, 'all');

interface ProblemFields { readonly type: string; readonly title: string; readonly status: number; readonly detail: string; readonly code: string; readonly retryable: boolean; readonly details: Details; readonly allowedActions?: readonly string[]; readonly currentVersion?: number; readonly docs: string }

const PROBLEM: Readonly<Record<keyof ProblemFields, Schema>> = {
  type: text('The code as a URN.', { format: 'uri', pattern: '^urn:countersign:refusal:[A-Z_]+$' }), title: text('The code once more, as RFC 9457 asks.'), status: { type: 'integer', minimum: 400, maximum: 599, description: 'The status of the answer.' },
  detail: text('What is wrong, for a person; its wording may change.'), code: oneOf(REFUSAL_CODES, 'What is wrong, for a program. Codes are permanent; new ones may be added.'),
  retryable: { type: 'boolean', description: 'Whether the same request may succeed when it is sent again unchanged.' }, details: DETAILS,
  allowedActions: list({ type: 'string' }, 'What the record allows in its present state.'), currentVersion: { type: 'integer', description: 'Which version of the record is the present one.' },
  docs: text('Where the code is explained, in the documentation of this product.'),
};

const CLOSED = { decision: { type: 'boolean', const: false, description: 'Never true: a refused question permits nothing.' }, verdict: { type: 'string', const: 'ERROR', description: 'It was not judged, so it is not allowed.' } };

export const PROBLEMS: Readonly<Record<string, Schema>> = {
  Problem: record<ProblemFields>('Why a request was refused (RFC 9457).', PROBLEM, ['allowedActions', 'currentVersion']),
  GateProblem: record<ProblemFields & typeof CLOSED>(
    'Why a request was refused, told so that whoever reads only decision and verdict never takes it for a yes: every refusal of the gate, and every error of the server.', { ...PROBLEM, ...CLOSED }, ['allowedActions', 'currentVersion'],
  ),
};

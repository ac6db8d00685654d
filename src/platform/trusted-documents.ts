/**
 * Documents that are asked by their id: known to the server beforehand, so that a client sends a name instead of a text, and an operator may
 * let through nothing else. The id is `sha256:` and the digest of the text (GraphQL over HTTP, appendix on persisted documents).
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parse } from 'graphql';
import { Refusal } from '../domain/refusal.js';
import { ConfigError } from './config.js';
import { extensionsOf } from './refusal-to-graphql.js';
import { HTTP_STATUS } from './refusal-to-http.js';

/** What a deployment tool asks. Its id is published in docs/trusted-documents.md, so the text never changes: another question is another document. */
export const GATE_DOCUMENT = 'query Gate($question: GateQuestionInput!) { gateDecision(question: $question) { id decision verdict expiresAt policyDigest reasons { code severity requirement message nextAction owner } } }';

export interface TrustedDocuments {
  /** By id. */
  readonly texts: ReadonlyMap<string, string>;
  /** Whether nothing but these is answered. */
  readonly only: boolean;
}

export function documentId(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The published ones and those of a folder: each file that ends in .graphql is one, byte for byte. */
export function trustedDocuments(folder: string | null, only: boolean): TrustedDocuments {
  const texts = [GATE_DOCUMENT, ...(folder === null ? [] : textsIn(folder))];
  return { texts: new Map(texts.map((text) => [documentId(text), text])), only };
}

function textsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.graphql')).sort().map((name) => readDocument(join(folder, name)));
  } catch (error) {
    throw error instanceof ConfigError ? error : new ConfigError('TRUSTED_DOCUMENTS', `names a folder that cannot be read (${(error as Error).message})`);
  }
}

function readDocument(path: string): string {
  const text = readFileSync(path, 'utf8');
  try {
    parse(text);
  } catch (error) {
    throw new ConfigError('TRUSTED_DOCUMENTS', `has ${path}, which is no GraphQL document: ${(error as Error).message}`);
  }
  return text;
}

/** What a client may send instead of a text: an id, or the hash alone as some clients do. */
interface Body { query?: unknown; documentId?: unknown; extensions?: { persistedQuery?: { sha256Hash?: unknown } | null } | null }

/** Puts the text in the place of its id before anything else looks at the request. */
export function knowDocuments(app: NestFastifyApplication, documents: TrustedDocuments): void {
  app.getHttpAdapter().getInstance().addHook('preHandler', (request, reply, done) => {
    const refusal = request.routeOptions.url === '/graphql' ? putText(request.body, documents) : null;
    if (refusal === null) { done(); return; }
    void reply.status(HTTP_STATUS[refusal.code]).header('cache-control', 'no-store').send({ errors: [{ message: refusal.message, extensions: extensionsOf(refusal) }] });
  });
}

/** Changes the body where it names a document; what is said is why it is refused. A body without id and text is left to the layer that reads it. */
export function putText(body: unknown, documents: TrustedDocuments): Refusal | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const asked = body as Body;
  const [id, sent] = [idIn(asked), textIn(asked)];
  if (id === null) return sent === null || isTrusted(sent, documents) ? null : untrusted();
  const found = sent === null ? named(id, asked, documents) : checked(sent, id, documents);
  if (found instanceof Refusal) return found;
  replace(asked, found);
  return null;
}

/** The names have done their part: the layer that reads the request would refuse a hash. */
function replace(asked: Body, text: string): void {
  asked.query = text;
  delete asked.documentId;
  delete asked.extensions?.persistedQuery;
}

function isTrusted(text: string, { texts, only }: TrustedDocuments): boolean {
  return !only || texts.has(documentId(text));
}

function named(id: string, { documentId: own }: Body, documents: TrustedDocuments): string | Refusal {
  return documents.texts.get(id) ?? (own === undefined || own === null ? unknownHash(documents) : unknown());
}

function checked(sent: string, id: string, documents: TrustedDocuments): string | Refusal {
  if (documentId(sent) !== id) return mismatch();
  return isTrusted(sent, documents) ? sent : untrusted();
}

function textIn({ query }: Body): string | null {
  return typeof query === 'string' && query !== '' ? query : null;
}

function idIn({ documentId: id, extensions }: Body): string | null {
  if (id !== undefined && id !== null) return typeof id === 'string' ? id : typeof id;
  const hash = extensions?.persistedQuery?.sha256Hash;
  return typeof hash === 'string' ? `sha256:${hash.toLowerCase()}` : null;
}

function mismatch(): Refusal {
  return new Refusal('INVALID_INPUT', { field: 'documentId', message: 'documentId is not the digest of query.', next: 'Send one of them, or sha256: and the digest of exactly the text that is sent.' });
}

function unknown(): Refusal {
  return new Refusal('INVALID_INPUT', { field: 'documentId', message: 'No document has this id.', next: 'Send the text as query, or have the operator add the document (TRUSTED_DOCUMENTS). docs/trusted-documents.md lists what is published.' });
}

/**
 * A library that sends hashes first (automatic persisted queries) understands these words, with a status of 200, and sends the text next. It
 * is told for good that nothing is kept here; where only trusted documents are answered, that this one is not, so that it goes on with the others.
 */
function unknownHash({ only }: TrustedDocuments): Refusal {
  const next = 'Send the text as query: documents that clients send are not kept. docs/trusted-documents.md tells how an operator adds one.';
  return only ? new Refusal('PERSISTED_QUERY_NOT_FOUND', { message: 'PersistedQueryNotFound', next }) : new Refusal('PERSISTED_QUERY_NOT_SUPPORTED', { message: 'PersistedQueryNotSupported', next });
}

function untrusted(): Refusal {
  return new Refusal('PERMISSION_DENIED', { field: 'query', message: 'This server answers trusted documents only.', next: 'Have the operator add the document (TRUSTED_DOCUMENTS), and ask it by its id.' });
}

/** The body of an upload and its answer: the body is handed on unread, whatever its type says, on this one route; what it was said to be is kept beside it. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/refusal.js';
import { piecesOf } from '../platform/unread-bodies.js';

export const UPLOAD_PATH = '/v1/evidence-files';
const BYTES = 'application/octet-stream';
const SAID = new WeakMap<object, string | null>();

/** What was stored, and what it is called from now on. */
export interface StoredFile { readonly digest: string; readonly size: number; readonly mediaType: string; readonly name: string | null }

export function acceptFiles(fastify: Pick<FastifyInstance, 'addContentTypeParser' | 'addHook'>): void {
  // A file of JSON would be read as a command otherwise.
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.url === UPLOAD_PATH && request.method === 'POST') {
      SAID.set(request.raw, request.headers['content-type'] ?? null);
      request.headers['content-type'] = BYTES;
    }
    done();
  });
  fastify.addContentTypeParser(BYTES, (request, payload, done) => {
    if (request.routeOptions.url === UPLOAD_PATH) done(null, payload);
    else done(Object.assign(new Error(`Unsupported Media Type: ${BYTES}`), { statusCode: 415 }), undefined);
  });
}

/** What the sender has said about its body, in the words of HTTP. */
export function announcedBy({ raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>): { contentType: string | null; digest: string | null; size: number | null } {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw new Refusal('FILE_TYPE_REFUSED', { field: 'Content-Encoding', message: 'Files are taken as they are, not compressed.', next: 'Send the bytes themselves.' });
  const size = Number(headers['content-length'] ?? NaN);
  return { contentType: SAID.get(raw) ?? null, digest: claimedDigest(headers['content-digest']), size: Number.isNaN(size) ? null : size };
}

/** `sha-256=:…:` as in RFC 9530; of other algorithms nothing is checked. */
function claimedDigest(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  const [, base64 = ''] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/i.exec(String(header)) ?? [];
  if (base64 === '') throw new Refusal('INVALID_DIGEST', { field: 'Content-Digest', message: 'The header names no SHA-256.', expected: 'sha-256=:<base64>:' });
  return Buffer.from(base64, 'base64').toString('hex');
}

export function bytesOf(body: unknown): AsyncIterable<Uint8Array> {
  if (body instanceof Readable) return piecesOf(body);
  throw new Refusal('INVALID_INPUT', { field: 'body', message: 'The file is empty.', next: 'Send the bytes of the file as the body.' });
}

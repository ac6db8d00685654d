/** The body of an import: read after the caller is known, as far as it may be long, and on this one route only. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../domain/refusal.js';
import { piecesOf } from '../platform/unread-bodies.js';

export const IMPORT_PATH = '/v1/risks/import';
/** The largest file, in bytes. */
export const MAX_FILE = 16 * 1024 * 1024;

/** Hands the unread body on; everywhere else text/csv stays a kind of body that is not understood. */
export function acceptCsv(fastify: Pick<FastifyInstance, 'addContentTypeParser'>): void {
  fastify.addContentTypeParser('text/csv', (request, payload, done) => {
    if (request.routeOptions.url === IMPORT_PATH) done(null, payload);
    else done(Object.assign(new Error('Unsupported Media Type: text/csv'), { statusCode: 415 }), undefined);
  });
}

export async function readFile(body: unknown): Promise<Buffer> {
  if (!(body instanceof Readable)) throw new Refusal('INVALID_INPUT', { field: 'body', message: 'The body is a CSV file.', next: 'Send it with the content type text/csv.' });
  const [pieces, counted]: [Uint8Array[], { bytes: number }] = [[], { bytes: 0 }];
  for await (const piece of piecesOf(body)) {
    counted.bytes += piece.length;
    // Reading goes on for a while, so that the client hears why instead of losing the connection; nothing more is kept.
    if (counted.bytes <= MAX_FILE) pieces.push(piece);
    if (counted.bytes > 4 * MAX_FILE) throw tooLarge();
  }
  if (counted.bytes > MAX_FILE) throw tooLarge();
  return Buffer.concat(pieces);
}

function tooLarge(): Refusal {
  return new Refusal('TOO_LARGE', { field: 'body', message: `The file is larger than ${String(MAX_FILE / 1024 / 1024)} MB.`, next: 'Split it into several files, each with the header row.' });
}

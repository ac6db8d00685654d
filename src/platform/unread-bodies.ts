/** Bodies that are handed on unread, for whoever stops in the middle of one, and what becomes of the rest. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** Of what nobody has read so much goes by. */
const MOST_PASSED = 256 * 1024 * 1024;

/** Whoever stops reading leaves the rest where it is. */
export function piecesOf(body: Readable): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> };
}

/**
 * What nobody has read goes by once there is an answer, whoever gave it: whoever sends on finds the answer, and the connection is good for another
 * request. Whoever sends without end loses it.
 */
export function letRestsPass(fastify: Pick<FastifyInstance, 'addHook'>): void {
  fastify.addHook('onSend', ({ raw }, reply, payload, done) => {
    // The framework ends the connection of a body that is too large: who is still sending would then find no answer.
    if (!raw.complete) void reply.removeHeader('connection');
    letPass(raw);
    done(null, payload);
  });
}

/** The same for what never reaches a hook. */
export function letPass(body: IncomingMessage): void {
  if (body.complete) return;
  let passed = 0;
  body.on('data', (piece: Buffer) => {
    passed += piece.length;
    if (passed > MOST_PASSED) body.destroy();
  });
}

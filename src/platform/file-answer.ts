/** A file as the answer to a request, sent as it is made and no faster than it is taken. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export interface FileKind { readonly type: string; readonly name: string }

/** What is refused before the first part is told as a refusal: no byte of a file was sent yet. */
export async function sendFile(reply: FastifyReply, { type, name }: FileKind, parts: AsyncGenerator<string>): Promise<void> {
  const first = await parts.next();
  await reply.headers({
    'content-type': type, 'content-disposition': `attachment; filename="${name}"`, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store',
  }).send(Readable.from(following(String(first.value), parts), { objectMode: false, highWaterMark: 65_536 }));
}

/** An error on the way ends the connection without its last piece, so that a file that was cut is no whole file to anybody. */
async function* following(first: string, parts: AsyncGenerator<string>): AsyncGenerator<Buffer> {
  yield Buffer.from(first);
  for await (const part of parts) yield Buffer.from(part);
}

/** The lines of a text file of any size, one after the other: none of them is longer than it may be, and what is no text is told. */
import { createReadStream } from 'node:fs';
import { FileTrouble, troubleOf } from './whole-file.js';

const NEWLINE = 0x0a;

/** Each with its end; the last one may have none. */
export async function* linesOf(path: string, maxBytes: number): AsyncGenerator<string> {
  let [parts, length]: [Buffer[], number] = [[], 0];
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      for (const part of cut(chunk)) {
        parts.push(part);
        length += part.length;
        if (length > maxBytes) throw new FileTrouble(path, `has a line of more than ${String(maxBytes)} bytes`);
        if (part.at(-1) !== NEWLINE) continue;
        yield decoded(path, parts);
        [parts, length] = [[], 0];
      }
    }
  } catch (error) {
    throw troubleOf(error, path, 'cannot be read');
  }
  if (length > 0) yield decoded(path, parts);
}

/** After each end of a line. */
function* cut(chunk: Buffer): Generator<Buffer> {
  for (let from = 0; from < chunk.length;) {
    const end = chunk.indexOf(NEWLINE, from);
    const to = end === -1 ? chunk.length : end + 1;
    yield chunk.subarray(from, to);
    from = to;
  }
}

/** Nothing is put in the place of bytes that are no UTF-8, and a mark before the text stays: two files that differ are two texts. */
function decoded(path: string, parts: readonly Buffer[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    throw new FileTrouble(path, 'is no UTF-8 text');
  }
}

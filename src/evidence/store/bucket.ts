/** A bucket of a service that speaks the protocol of S3: one request each, signed, with errors that name what the service has said and nothing else. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { streamOut, type Patience, type StreamedRequest } from '../../platform/outgoing/outgoing-stream.js';
import { escaped, signed, type Credentials } from './signature.js';

export interface BucketSettings extends Credentials {
  /** Where the service is, such as https://s3.eu-central-1.amazonaws.com; buckets are named in the path. */
  readonly endpoint: string;
  readonly bucket: string;
}

export interface ObjectInBucket { readonly key: string; readonly changedAt: Date }

/** Small things are done at once; a large file may take its time as long as it moves. */
export interface BucketPatience { readonly small: Patience; readonly large: Patience; readonly awaited: Patience }
/** What uploads wait for ends before they give up. */
export const PATIENCE: BucketPatience = { small: { idleMs: 10_000, mostMs: 30_000 }, large: { idleMs: 30_000, mostMs: 3_600_000 }, awaited: { idleMs: 2000, mostMs: 2000 } };

const EMPTY = createHash('sha256').digest('hex');
/** A listing of a thousand keys, or an error. */
const MOST_BYTES = 4 * 1024 * 1024;

/** What the service has answered instead of doing what was asked. */
export class BucketError extends Error {
  constructor(method: string, readonly status: number, readonly code: string) {
    super(`the service answered ${String(status)} ${code} to ${method}`);
    this.name = 'BucketError';
  }
}

interface Asked { readonly method: StreamedRequest['method']; readonly key?: string; readonly parameters?: Readonly<Record<string, string>>; readonly file?: null | { readonly path: string; readonly size: number; readonly sha256: string } }

export class Bucket {
  constructor(private readonly settings: BucketSettings, private readonly patience: BucketPatience = PATIENCE) {}

  /** The service compares the digest with what comes, and keeps a whole object or none. */
  async put(key: string, file: NonNullable<Asked['file']>): Promise<void> {
    await textOf(await this.#ask({ method: 'PUT', key, file }, this.patience.large));
  }

  /** Null = there is none. */
  async get(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    return this.#ask({ method: 'GET', key }, this.patience.large).catch((error: unknown) => {
      if (error instanceof BucketError && error.code === 'NoSuchKey') return null;
      throw error;
    });
  }

  /** What is not there is removed already. */
  async remove(key: string, patience: 'small' | 'awaited' = 'small'): Promise<void> {
    await textOf(await this.#ask({ method: 'DELETE', key }, this.patience[patience]));
  }

  /** All objects whose keys begin so, page by page. */
  async* list(prefix: string): AsyncGenerator<ObjectInBucket> {
    for (let next: string | null = ''; next !== null;) {
      const text: string = await textOf(await this.#ask({ method: 'GET', parameters: { 'list-type': '2', 'encoding-type': 'url', prefix, ...(next !== '' && { 'continuation-token': next }) } }, this.patience.small));
      if (!text.includes('<ListBucketResult')) throw new Error('the service answered something other than a listing');
      yield* [...text.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, object = '']) => ({ key: decodeURIComponent(within(object, 'Key').replaceAll('+', ' ')), changedAt: new Date(within(object, 'LastModified')) }));
      next = within(text, 'IsTruncated') === 'true' ? within(text, 'NextContinuationToken') : null;
      if (next === '') throw new Error('the service said that there is more, and not where');
    }
  }

  async #ask({ method, key = '', parameters = {}, file = null }: Asked, patience: Patience): Promise<IncomingMessage> {
    const url = this.#address(key, parameters);
    const headers = signed({ method, url, headers: {}, bodyDigest: file === null ? EMPTY : file.sha256 }, this.settings, new Date());
    const answer = await streamOut({ url, method, headers, file }, patience);
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    // Only the code is told on: some services repeat in their errors what was signed.
    const code = /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(await textOf(answer).catch(() => ''))?.[1] ?? 'without a code';
    throw new BucketError(method, status, code);
  }

  #address(key: string, parameters: Readonly<Record<string, string>>): URL {
    const query = Object.entries(parameters).map(([name, value]) => `${escaped(name)}=${escaped(value)}`).sort().join('&');
    const parts = key === '' ? [] : key.split('/');
    // An address cannot hold these: they would lead to another object.
    if (parts.some((part) => part === '.' || part === '..')) throw new Error(`the object ${JSON.stringify(key)} has a name that no address can say; remove it by other means`);
    const path = [this.settings.bucket, ...parts].map(escaped).join('/');
    return new URL(`${this.settings.endpoint.replace(/\/+$/, '')}/${path}${query === '' ? '' : `?${query}`}`);
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Error('the service answered more than it was asked for');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function within(text: string, name: string): string {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
  return found.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[entity] ?? '');
}

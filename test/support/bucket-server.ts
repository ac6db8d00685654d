// A small service that speaks the protocol of S3 for tests. It computes every signature anew from the bytes of the request, with code of its own,
// compares the digest of what comes, keeps whole objects only, and lists in short pages. It can be told to misbehave.
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const ACCESS_KEY = 'AKTESTONLY';
export const SECRET_KEY = 'tests/only+secret';
export const REGION = 'eu-test-1';
export const BUCKET = 'evidence';

type Misbehaviour = 'slow' | 'silent' | 'hang up' | 'redirect' | 'busy' | 'half' | 'denied' | 'babble';

export class BucketServer {
  /** Objects by their keys, escapes taken off. */
  readonly objects = new Map<string, { bytes: Buffer; at: Date }>();
  readonly asked: string[] = [];
  readonly headers: string[] = [];
  misbehaves: Misbehaviour | null = null;
  pageSize = 2;
  /** Of these keys none is removed: the answer is an error. */
  readonly stuck = new Set<string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<BucketServer> {
    const server = createServer();
    const bucket = new BucketServer(server);
    server.on('request', (request, response) => { void bucket.#serve(request, response); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return bucket;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => { this.server.close(resolve); });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    this.headers.push(JSON.stringify(request.rawHeaders));
    if (this.#isDone(request, response)) return;
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) pieces.push(piece as Buffer);
    } catch {
      return; // What breaks off is kept by nobody.
    }
    const [status, body] = this.#answer(request, Buffer.concat(pieces));
    if (this.misbehaves === 'half' && request.method === 'GET') {
      response.writeHead(status, { 'content-length': body.length });
      response.write(body.subarray(0, body.length / 2), () => { response.destroy(); });
    } else response.writeHead(status, { 'content-length': body.length }).end(body);
  }

  #isDone(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.misbehaves === 'silent') return true;
    if (this.misbehaves === 'hang up') request.socket.destroy();
    else if (this.misbehaves === 'redirect') response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
    else if (this.misbehaves === 'busy') response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    else if (this.misbehaves === 'denied') response.writeHead(403).end(`<Error><Code>AccessDenied</Code><Message>${ACCESS_KEY} ${SECRET_KEY}</Message></Error>`);
    else if (this.misbehaves === 'babble') response.writeHead(200).end('<html>Welcome to the proxy</html>');
    else return false;
    return true;
  }

  #answer(request: IncomingMessage, body: Buffer): [number, Buffer] {
    const url = new URL(request.url ?? '', this.url);
    const trouble = proofOf(request, body);
    if (trouble !== null) return failed(403, trouble);
    const [, bucket = '', ...parts] = url.pathname.split('/').map(decodeURIComponent);
    if (bucket !== BUCKET) return failed(404, 'NoSuchBucket');
    const key = parts.join('/');
    return key === '' ? [200, Buffer.from(this.#listing(url.searchParams))] : this.#object(request.method, key, body);
  }

  #object(method: string | undefined, key: string, body: Buffer): [number, Buffer] {
    if (method === 'PUT') this.objects.set(key, { bytes: body, at: new Date() });
    if (method === 'DELETE' && this.stuck.has(key)) return failed(500, 'InternalError');
    if (method === 'DELETE') this.objects.delete(key);
    if (method !== 'GET') return [method === 'PUT' ? 200 : 204, Buffer.alloc(0)];
    const found = this.objects.get(key);
    return found === undefined ? failed(404, 'NoSuchKey') : [200, found.bytes];
  }

  /** After the token come the keys that are greater than it, as a real service lists. */
  #listing(parameters: URLSearchParams): string {
    const after = parameters.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(parameters.get('prefix') ?? '') && key > after).sort();
    const page = keys.slice(0, this.pageSize);
    const contents = page.map((key) => `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${this.objects.get(key)!.at.toISOString()}</LastModified><Size>1</Size></Contents>`);
    const more = keys.length > page.length;
    return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${String(more)}</IsTruncated>${contents.join('')}${more ? `<NextContinuationToken>${page.at(-1)!}</NextContinuationToken>` : ''}</ListBucketResult>`;
  }
}

function failed(status: number, code: string): [number, Buffer] {
  return [status, Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><StringToSign>secret</StringToSign></Error>`)];
}

/** What is wrong with the proof of who asks; null = nothing. */
function proofOf(request: IncomingMessage, body: Buffer): string | null {
  const { headers } = request;
  const proof = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '');
  if (proof === null) return 'AccessDenied';
  const [accessKey, day, region, names, signature] = proof.slice(1) as [string, string, string, string, string];
  if (accessKey !== ACCESS_KEY || region !== REGION) return 'InvalidAccessKeyId';
  if (!isNow(String(headers['x-amz-date']), day)) return 'RequestTimeTooSkewed';
  // As services do, whoever signs for no digest is believed whatever came.
  if (![hash(body), 'UNSIGNED-PAYLOAD'].includes(String(headers['x-amz-content-sha256']))) return 'XAmzContentSHA256Mismatch';
  const needed = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  if (needed.some((name) => !names.split(';').includes(name))) return 'AccessDenied';
  return signatureOf(request, names, day) === signature ? null : 'SignatureDoesNotMatch';
}

function isNow(time: string, day: string): boolean {
  const at = Date.parse(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return time.startsWith(`${day}T`) && Math.abs(Date.now() - at) < 900_000;
}

function signatureOf({ method = '', url = '', headers }: IncomingMessage, names: string, day: string): string {
  const [path = '', query = ''] = url.split('?');
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${strictly(name)}=${strictly(value)}`).sort();
  const canonical = `${method}\n${path}\n${pairs.join('&')}\n${names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`).join('')}\n${names}\n${String(headers['x-amz-content-sha256'])}`;
  let key = Buffer.from(`AWS4${SECRET_KEY}`);
  for (const part of [day, REGION, 's3', 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${day}/${REGION}/s3/aws4_request\n${hash(Buffer.from(canonical))}`).digest('hex');
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function strictly(text: string): string {
  return [...Buffer.from(text)].map((byte) => (/[A-Za-z0-9._~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');
}

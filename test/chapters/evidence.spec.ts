// Evidence over the public API: its types and what their payloads have to be; and its files over REST: what is taken and kept, what is refused,
// and that nothing of a refused or broken upload is left.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { plusDays } from '../../src/domain/clock.js';
import type { JsonObject } from '../../src/domain/payload.js';
import { EvidenceStore } from '../../src/evidence/store/evidence-store.js';
import { embeddedKeys } from '../../src/identity/keys.js';
import { startApp, type GraphQLAnswer, type TestApp } from '../support/app.js';
import { givenRelease, secondOrganization } from './register.js';
import { connectTo } from '../support/register.js';
import { startServerProcess } from '../support/server-process.js';

const FULL = process.env['CAMPAIGN'] === 'full';
const MB = 1024 * 1024;
const MAX = 2 * MB;
/** Twenty of these are more than a server may grow by. */
const LARGE = (FULL ? 20 : 4) * MB;
const PDF = Buffer.from('%PDF-1.7\nAn attack test.\n%%EOF\n');

let app: TestApp;
let system: string;
let bundleDigest: string;

beforeAll(async () => {
  app = await startApp({ maxBytes: MAX });
  ({ systemId: system, bundleDigest } = await givenRelease(app, app.as, '', 'e8'));
  await secondOrganization(app);
});

afterAll(() => app.close());

const digestOf = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
interface Sent { readonly as?: string; readonly query?: Readonly<Record<string, string>>; readonly headers?: Readonly<Record<string, string>> }
interface Answered { readonly status: number; readonly headers: Headers; readonly json: Readonly<Record<string, unknown>> }

async function upload(body: Uint8Array | string | ReadableStream<Uint8Array>, { as = 'dana', query = {}, headers = {} }: Sent = {}): Promise<Answered> {
  const response = await fetch(`${app.url}/v1/evidence-files?${new URLSearchParams({ system, ...query }).toString()}`, {
    method: 'POST', headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${await app.token(as)}`, ...headers }, body, ...(body instanceof ReadableStream && { duplex: 'half' }),
  } as RequestInit);
  return { status: response.status, headers: response.headers, json: await response.json() as Answered['json'] };
}

async function download(digest: string, { as = 'rita', headers = {} }: Sent = {}): Promise<Response> {
  return fetch(`${app.url}/v1/evidence-files/${digest}`, { headers: { authorization: `Bearer ${await app.token(as)}`, ...headers } });
}

/** Every file below the store. */
function stored(folder = join(app.dataFolder, 'evidence')): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? stored(join(folder, entry.name)) : [join(folder, entry.name)])).sort();
}

async function records(): Promise<number> {
  const client = await connectTo(app.database.adminUrl, null);
  const { rows } = await client.query<{ count: number }>('select count(*)::int from evidence_files');
  await client.end();
  return rows[0]?.count ?? -1;
}

const placeOf = (digest: string): string => stored().find((path) => path.endsWith(digest.slice(7))) ?? '';

const SUBMIT = 'mutation ($system: ID!, $input: SubmitEvidenceInput!) { submitEvidence(system: $system, input: $input) { id number version type payload source file { name mediaType size downloadPath } } }';
interface Submitted { readonly submitEvidence: { readonly id: string; readonly number: string; readonly version: number; readonly payload: JsonObject | null; readonly file: unknown } }

async function submit(handle: string, more: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer<Submitted>> {
  const now = new Date().toISOString();
  return app.graphql<Submitted>(handle, SUBMIT, { system, input: { type: 'evaluation_run', title: 'A run', digest: 'ab'.repeat(32), subjectDigest: bundleDigest, collectedAt: now, validUntil: plusDays(now, 30), ...more } });
}

describe('types of evidence', () => {
  test('are told with what belongs into a payload, and with one that is taken', async () => {
    const { data } = await app.graphql<{ evidenceTypes: { id: string; required: string[]; schema: JsonObject; example: JsonObject }[] }>('dana', '{ evidenceTypes { id title shows fields required schema example } }');
    const types = data!.evidenceTypes;

    expect(types).toHaveLength(39);
    expect(types.find(({ id }) => id === 'log_replay')).toMatchObject({ title: 'Decisions rebuilt from logs', fields: ['decisionsSampled', 'decisionsReconstructed', 'fieldsMissing[]'], required: ['decisionsSampled', 'decisionsReconstructed'], schema: { type: 'object', additionalProperties: false } });
    for (const { id, example } of types.slice(0, 5)) expect((await submit('dana', { type: id, payload: example })).data?.submitEvidence.payload).toEqual(example);
  });

  test('hold for what is submitted, which is told all that is wrong with it and nothing of what was in it', async () => {
    const { errors } = await submit('dana', { payload: { metrics: [{ name: 'accuracy', value: 'hunter2', threshold: 0.9, direction: 'AT_LEAST' }], startedAt: 'hunter2', thresholdsFrozenAt: '2026-10-01T00:00:00Z' } });

    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', details: { because: ['payload.modelDigest: has to be there', 'payload.metrics[0].value: a number', expect.stringMatching(/^payload.startedAt: an instant/), expect.any(String)] } });
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  test('hold neither for what is nothing but a file nor for a type of somebody’s own', async () => {
    expect((await submit('dana', {})).data?.submitEvidence).toMatchObject({ payload: null });
    expect((await submit('dana', { type: 'letter_of_the_mayor', payload: { metrics: 'many' } })).data?.submitEvidence).toMatchObject({ payload: { metrics: 'many' } });
  });
});

describe('verifying', () => {
  const VERIFY = 'mutation ($id: ID!, $version: Int!) { verifyEvidence(id: $id, expectedVersion: $version) { outcome verifier { handle } } }';
  async function verify(handle: string, by: string): Promise<unknown> {
    const { id, version } = (await submit(handle, {})).data!.submitEvidence;
    const { data, errors } = await app.graphql<{ verifyEvidence: object }>(by, VERIFY, { id, version });
    return data?.verifyEvidence ?? errors?.[0]?.extensions['code'];
  }

  test('is done by another person or by a workload, never by whoever submitted it', async () => {
    expect(await verify('dana', 'rita')).toEqual({ outcome: 'VERIFIED', verifier: { handle: 'rita' } });
    expect(await verify('dana', 'pipeline')).toEqual({ outcome: 'VERIFIED', verifier: null });
    expect(await verify('pipeline', 'rita')).toEqual({ outcome: 'VERIFIED', verifier: { handle: 'rita' } });
    for (const both of ['pipeline', 'rita']) expect(await verify(both, both)).toBe('SEPARATION_OF_DUTIES');
    expect(await verify('rita', 'dana')).toBe('PERMISSION_DENIED');
  });
});

describe('a file', () => {
  test('is kept under its digest, recorded with an entry of the log, and given back byte by byte', async () => {
    const answer = await upload(PDF, { query: { name: 'Angriff „7“.pdf' } });

    expect([answer.status, answer.json]).toEqual([201, { digest: digestOf(PDF), size: PDF.length, mediaType: 'application/pdf', name: 'Angriff „7“.pdf' }]);
    expect(placeOf(digestOf(PDF))).toMatch(/\/evidence\/[0-9a-f-]{36}\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
    const { data } = await app.graphql<{ changes: { nodes: object[] } }>('axel', '{ changes(filter: { types: [EvidenceFile] }) { nodes { action object { type } } } }');
    expect(data?.changes.nodes).toEqual([{ action: 'EVIDENCE_FILE_STORED', object: { type: 'EvidenceFile' } }]);
    expect(Buffer.from(await (await download(digestOf(PDF))).arrayBuffer())).toEqual(PDF);
  });

  test('comes as something to be saved and never to be shown, and only once to whoever has it', async () => {
    await upload(PDF, { query: { name: 'a\'b (1).pdf' } });
    const first = await download(digestOf(PDF).toUpperCase());
    await first.arrayBuffer();
    const again = await download(digestOf(PDF), { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });

    expect(Object.fromEntries(['content-type', 'content-length', 'content-disposition', 'x-content-type-options', 'content-security-policy', 'cache-control', 'etag'].map((name) => [name, first.headers.get(name)]))).toEqual({
      'content-type': 'application/octet-stream', 'content-length': String(PDF.length), 'content-disposition': expect.stringMatching(/^attachment; filename="evidence\.pdf"; filename\*=UTF-8''[A-Za-z0-9%._-]+$/),
      'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox", 'cache-control': 'no-store', 'etag': `"${digestOf(PDF)}"`,
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('that has no ending is saved with one of its kind: no system chooses a program by what is in it', async () => {
    const savedAs = async (content: string, query: Record<string, string>): Promise<string | null> => {
      await upload(content, { query });
      return (await download(digestOf(content))).headers.get('content-disposition');
    };

    expect(await savedAs('x\n<html><script>alert(1)</script>', {})).toBe('attachment; filename="evidence.txt"');
    expect(await savedAs('y\n<html><script>alert(1)</script>', { name: 'report' })).toBe(`attachment; filename="evidence.txt"; filename*=UTF-8''report.txt`);
  });

  test('is shown with the evidence that names its digest, and only there', async () => {
    const file = async (digest: string): Promise<unknown> => (await submit('dana', { type: 'test_report', digest })).data?.submitEvidence.file;
    await upload('a,b\n1,2\n', { query: { name: 'metrics.csv' } });

    expect(await file(digestOf('a,b\n1,2\n'))).toEqual({ name: 'metrics.csv', mediaType: 'text/csv', size: 8, downloadPath: `/v1/evidence-files/${digestOf('a,b\n1,2\n')}` });
    expect(await file(digestOf('elsewhere'))).toBeNull();
  });

  test('that comes twice at once, and a third time, is one file and one record', async () => {
    const before = [stored().length, await records()];
    const answers = await Promise.all([upload('the same'), upload('the same'), upload('the same', { as: 'sam', query: { name: 'other.txt' } })]);
    const again = await upload('the same');

    expect([...answers, again].map(({ status, json }) => [status, json['digest']])).toEqual(Array.from({ length: 4 }, () => [201, digestOf('the same')]));
    expect([stored().length, await records()]).toEqual([before[0]! + 1, before[1]! + 1]);
  });

  test('under a key is the same command only with the same bytes', async () => {
    const headers = { 'idempotency-key': 'evidence-file-1' };

    expect((await upload('under a key', { headers })).status).toBe(201);
    const before = [stored(), await records()];
    expect((await upload('under a key', { headers })).status).toBe(201);
    const keep = jest.spyOn(app.app.get(EvidenceStore), 'keep');
    for (let i = 0; i < 5; i += 1) expect(await upload(`other bytes under it, ${String(i)}`, { headers })).toMatchObject({ status: 422, json: { code: 'IDEMPOTENCY_KEY_REUSED' } });

    expect([stored(), await records(), keep.mock.calls]).toEqual([...before, []]);
    keep.mockRestore();
  });

  test.each([['in the address', { query: { digest: digestOf('proved') } }], ['in a header', { headers: { 'content-digest': `sha-512=:AAAA:, sha-256=:${createHash('sha256').update('proved').digest('base64')}:` } }]])('is what was announced %s', async (_, sent) => {
    expect((await upload('proved', sent)).status).toBe(201);
    expect(await upload('something else', sent)).toMatchObject({ status: 422, json: { code: 'FILE_DIGEST_MISMATCH', details: { expected: digestOf('proved'), actual: digestOf('something else') } } });
    expect(placeOf(digestOf('something else'))).toBe('');
  });

  test('of JSON is kept as it is, and never read as a command', async () => {
    const json = '{"a": 1,\n "a": 2}';

    expect(await upload(json, { headers: { 'content-type': 'application/json' } })).toMatchObject({ status: 201, json: { digest: digestOf(json), mediaType: 'application/json' } });
  });
});

describe('an upload leaves neither file nor record, and is refused', () => {
  const zip = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(2000)]);
  const endOfArchive = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
  const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
  const png = bytesOf('\x89PNG\r\n\x1a\n');

  test.each<[what: string, body: Uint8Array | string, status: number, code: string, sent?: Sent]>([
    ['an archive', zip, 415, 'FILE_TYPE_REFUSED'], ['an archive that is called a PDF', zip, 415, 'FILE_TYPE_REFUSED', { headers: { 'content-type': 'application/pdf' }, query: { name: 'x.pdf' } }], ['a bomb of 200 MB', bomb, 415, 'FILE_TYPE_REFUSED'], ['a bomb as the encoding of a text', bomb, 415, 'FILE_TYPE_REFUSED', { headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' } }],
    ['a PDF that is an archive', Buffer.concat([PDF, endOfArchive]), 415, 'FILE_TYPE_REFUSED'], ['a picture that is an archive', Buffer.concat([png, Buffer.alloc(99), endOfArchive]), 415, 'FILE_TYPE_REFUSED'], ['a PDF that is a page', '%PDF-1.7 <html><script>alert(1)</script>', 415, 'FILE_TYPE_REFUSED'],
    ['a page', '<!doctype html><script>alert(1)</script>', 415, 'FILE_TYPE_REFUSED'], ['a page that says so', '<p>', 415, 'FILE_TYPE_REFUSED', { headers: { 'content-type': 'text/html' } }], ['a drawing with a script', '<svg onload="alert(1)"/>', 415, 'FILE_TYPE_REFUSED', { headers: { 'content-type': 'application/xml' } }],
    ['another kind than it says', PDF, 415, 'FILE_TYPE_REFUSED', { headers: { 'content-type': 'image/png' } }], ['a NUL in JSON', '{"a":"\0"}', 415, 'FILE_TYPE_REFUSED', { headers: { 'content-type': 'application/json' } }], ['half of a pair', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 415, 'FILE_TYPE_REFUSED'], ['no UTF-8', Buffer.from([0xff, 0xfe, 0x41, 0x00]), 415, 'FILE_TYPE_REFUSED'], ['entities', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 415, 'FILE_TYPE_REFUSED', { headers: { 'content-type': 'application/xml' } }],
    ['a photo that is a PDF', bytesOf('\xff\xd8\xff\xfe\0\x20%PDF-1.7\xff\xda\0\xff\xd9'), 415, 'FILE_TYPE_REFUSED'], ['a picture that is a PDF', bytesOf('\x89PNG\r\n\x1a\ntEXt%PDF-1.7IEND\xaeB\x60\x82'), 415, 'FILE_TYPE_REFUSED'],
    ['a PDF with a 7z behind it', bytesOf('%PDF-1.7\n7z\xbc\xaf\x27\x1c\0\x04%%EOF'), 415, 'FILE_TYPE_REFUSED'], ['a PDF with a RAR behind it', bytesOf('%PDF-1.7\nRar!\x1a\x07\x01\0%%EOF'), 415, 'FILE_TYPE_REFUSED'], ['a PDF with an archive far before its end', Buffer.concat([PDF, endOfArchive, Buffer.alloc(70_000, '%'), PDF]), 415, 'FILE_TYPE_REFUSED'],
    ['rich text', '{\\rtf1\\ansi}', 415, 'FILE_TYPE_REFUSED'], ['rich text called a document', '{\\rtf1\\ansi}', 415, 'FILE_TYPE_REFUSED', { query: { name: 'x.doc' } }], ['rich text called JSON', '{\\rtf1\\ansi}', 415, 'FILE_TYPE_REFUSED', { query: { name: 'x.json' } }],
    ['XML with a script', '<r xmlns:h="http://www.w3.org/1999/xhtml"><h:script>alert(1)</h:script></r>', 415, 'FILE_TYPE_REFUSED', { query: { name: 'x.xml' } }], ['XML with a style', '<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><r/>', 415, 'FILE_TYPE_REFUSED', { query: { name: 'x.xml' } }],
    ['a PDF that was cut off', '%PDF-1.7\n1 0 obj', 415, 'FILE_TYPE_REFUSED'], ['a PNG that was cut off', bytesOf('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), 415, 'FILE_TYPE_REFUSED'], ['a JPEG that was cut off', bytesOf('\xff\xd8\xff\xda\0'), 415, 'FILE_TYPE_REFUSED'], ['JSON that was cut off', '{"passed": [1, 2', 415, 'FILE_TYPE_REFUSED', { query: { name: 'x.json' } }],
    ...['report.html', 'run.bat', 'x.hta', 'x.ps1', 'x.url', 'setup.exe'].map((name): [string, string, number, string, Sent] => [`a text called ${name}`, 'Look: <script>alert(1)</script>', 415, 'FILE_TYPE_REFUSED', { query: { name } }]), ['a photo called a PDF', bytesOf('\xff\xd8\xff\xda\0\xff\xd9'), 415, 'FILE_TYPE_REFUSED', { query: { name: 'x.pdf' } }],
    ['a form', '--x', 415, 'FILE_TYPE_REFUSED', { headers: { 'content-type': 'multipart/form-data; boundary=x' } }], ['nothing', '', 400, 'INVALID_INPUT'],
    ['a byte too many', Buffer.alloc(MAX + 1, 'x'), 413, 'TOO_LARGE'], ['far too many', Buffer.alloc(3 * MAX, 'x'), 413, 'TOO_LARGE'],
    ['a path for a name', PDF, 400, 'INVALID_INPUT', { query: { name: '../../etc/passwd' } }], ['a NUL in its name', PDF, 400, 'INVALID_TEXT', { query: { name: 'a\0.pdf' } }], ['a name that turns around', PDF, 400, 'INVALID_INPUT', { query: { name: 'fdp\u202egnp.exe' } }], ['a header in its name', PDF, 400, 'INVALID_INPUT', { query: { name: 'a\r\nSet-Cookie: b' } }], ['a long name', PDF, 400, 'INVALID_INPUT', { query: { name: '€'.repeat(86) } }],
    ['a digest that is none', PDF, 400, 'INVALID_DIGEST', { query: { digest: 'md5:1' } }], ['a header without SHA-256', PDF, 400, 'INVALID_DIGEST', { headers: { 'content-digest': 'md5=:AAAA:' } }],
    ['a parameter that there is not', PDF, 400, 'INVALID_INPUT', { query: { path: '/x' } }], ['a system that there is not', PDF, 404, 'NOT_FOUND', { query: { system: 'SYS-99' } }], ['a system of others', PDF, 404, 'NOT_FOUND', { as: 'other-dana' }], ['somebody who may not', PDF, 403, 'PERMISSION_DENIED', { as: 'axel' }], ['nobody', PDF, 401, 'UNAUTHENTICATED', { headers: { authorization: '' } }],
  ])('for %s', async (...[, body, status, code, sent]) => {
    const before = [stored(), await records()];

    const answer = await upload(body, sent);

    expect([answer.status, answer.json['code'], answer.headers.get('content-type')?.split(';')[0]]).toEqual([status, code, 'application/problem+json']);
    expect([stored(), await records()]).toEqual(before);
  });

  test('for a stream that grows beyond the limit without having said so', async () => {
    const before = [stored(), await records()];
    const pieces = Array.from({ length: MAX / 65_536 + 1 }, () => new Uint8Array(65_536).fill(120));
    const stream = new ReadableStream<Uint8Array>({ pull: (controller) => { const piece = pieces.pop(); if (piece === undefined) controller.close(); else controller.enqueue(piece); } });

    expect(await upload(stream)).toMatchObject({ status: 413, json: { code: 'TOO_LARGE' } });
    expect([stored(), await records()]).toEqual(before);
  });
});

describe('far more than may be', () => {
  const size = 10 * MAX;
  const head = async (...more: readonly string[]): Promise<string> => [`POST /v1/evidence-files?system=${system} HTTP/1.1`, 'host: x', `authorization: Bearer ${await app.token('dana')}`, 'content-type: text/plain', ...more, '', ''].join('\r\n');
  const opened = (): Socket => connect(Number(new URL(app.url).port), '127.0.0.1');
  const answered = async (socket: Socket): Promise<string[]> => {
    let text = '';
    for await (const piece of socket) text += String(piece);
    return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!);
  };

  test.each<[string, string, string, string]>([
    ['announced', `content-length: ${String(size)}`, '', ''], ['not announced', 'transfer-encoding: chunked', `${size.toString(16)}\r\n`, '\r\n0\r\n\r\n'],
  ])('is refused, %s, and its connection takes the next request', async (_, how, before, after) => {
    const socket = opened();
    socket.write(`${await head(how)}${before}`);
    socket.write(Buffer.alloc(size, 'x'));
    socket.write(`${after}${await head('connection: close', 'content-length: 6')}little`);

    expect(await answered(socket)).toEqual(['413', '201']);
  }, 15_000);

  test('is refused before any of it has come, where it is announced', async () => {
    const socket = opened();
    socket.write(await head(`content-length: ${String(MAX + 1)}`));
    const status = await new Promise((resolve) => { socket.once('data', (piece) => { resolve(String(piece).slice(0, 12)); }); });
    socket.destroy();

    expect(status).toBe('HTTP/1.1 413');
  }, 15_000);
});

/** A request of which only a part ever comes; given how much of it has come, and how to break it off. */
async function half(token: string): Promise<{ spooled: () => number; end: () => Promise<void> }> {
  const { port, hostname } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  socket.write(`POST /v1/evidence-files?system=${system} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: text/plain\r\ncontent-length: 500000\r\n\r\n${'x'.repeat(100_000)}`);
  const folder = join(app.dataFolder, 'evidence', 'incoming');
  return {
    spooled: () => readdirSync(folder).reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0),
    end: () => new Promise((resolve) => { socket.on('close', () => { resolve(); }).destroy(); }),
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + (FULL ? 300_000 : 20_000); !holds();) {
    if (Date.now() > end) throw new Error('it never came to that');
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

test('an upload that stalls holds nobody up, and leaves nothing when it breaks off', async () => {
  const before = [stored(), await records()];
  const broken = await half(await app.token('dana'));
  await until(() => broken.spooled() === 100_000);

  expect((await upload('meanwhile')).status).toBe(201);
  await broken.end();
  await until(() => broken.spooled() === 0);
  expect([stored().filter((path) => !path.endsWith(digestOf('meanwhile').slice(7))), await records()]).toEqual([before[0], Number(before[1]) + 1]);
});

describe('reading a file', () => {
  test('that others have looks like one that there is not', async () => {
    await upload('ours alone');
    const [theirs, nobodys] = [await download(digestOf('ours alone'), { as: 'other-rita' }), await download(digestOf('nowhere'), { as: 'other-rita' })];

    expect([theirs.status, nobodys.status]).toEqual([404, 404]);
    expect(await theirs.json()).toEqual(await nobodys.json());
    for (const [as, status, digest] of [['rita', 400, 'x'], ['rita', 404, digestOf('nowhere')], ['', 401, digestOf('ours alone')]] as const) expect((await download(digest, { as, ...(as === '' && { as: 'rita', headers: { authorization: '' } }) })).status).toBe(status);
  });

  test('whose bytes were changed breaks off before its end, and one that is gone says so', async () => {
    const body = 'x'.repeat(200_000);
    await upload(body);
    writeFileSync(placeOf(digestOf(body)), `y${body.slice(1)}`);
    await expect(download(digestOf(body)).then((response) => response.arrayBuffer())).rejects.toThrow();

    rmSync(placeOf(digestOf(body)));
    const gone = await download(digestOf(body));
    expect([gone.status, await gone.json()]).toEqual([503, expect.objectContaining({ code: 'FILE_STORE_UNAVAILABLE', retryable: true })]);
    expect((await upload(body)).status).toBe(201);
    expect(readFileSync(placeOf(digestOf(body)), 'utf8')).toBe(body);
  });
});

test('twenty large files at once, kept and refused, take less than 50 MB of a server, however large they are', async () => {
  const [folder, piece, size] = [mkdtempSync(join(tmpdir(), 'countersign-large-')), 65_536, LARGE / 65_536];
  const server = await startServerProcess({ database: app.database, keys: embeddedKeys(join(app.dataFolder, 'keys')) }, { folder, maxBytes: LARGE });
  const send = (body: ReadableStream<Uint8Array>): Promise<Response> => server.upload('dana', `/v1/evidence-files?system=${system}`, body);
  const onTheirWay = (): number => readdirSync(join(folder, 'incoming')).reduce((sum, name) => sum + statSync(join(folder, 'incoming', name)).size, 0);
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => { letGo = resolve; });
  /** Its last piece comes when it is let go, and one piece too many where it is to be refused for its size. */
  const large = (i: number): ReadableStream<Uint8Array> => {
    let sent = 0;
    return new ReadableStream({
      pull: async (controller) => {
        if (sent === size - 1) await held;
        if (sent === size + (i % 3 === 1 ? 1 : 0)) controller.close();
        else controller.enqueue(i % 3 === 2 && sent === 0 ? Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(piece - 4)]) : new Uint8Array(piece).fill(97 + i));
        sent += 1;
      },
    });
  };
  expect((await send(new ReadableStream({ start: (controller) => { controller.enqueue(PDF); controller.close(); } }))).status).toBe(201);
  const before = { held: (await server.fared()).held, all: server.memory() };

  const answers = Array.from({ length: 20 }, (_, i) => send(large(i)));
  await until(() => onTheirWay() === 20 * (LARGE - piece));
  const most = { held: (await server.fared()).held, all: server.memory() };
  letGo();

  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, (_, i) => [201, 413, 415][i % 3]));
  expect(most.held - before.held).toBeLessThan(50 * MB);
  // What the process takes of the machine, which lags behind what it gives back.
  expect(most.all - before.all).toBeLessThan(20 * LARGE);
  await server.stop();
  rmSync(folder, { recursive: true });
}, FULL ? 600_000 : 90_000);

// Requests that are wrong as a whole: tokens, bodies, routes and documents. Each is refused with its code over GraphQL and REST, and nothing is written.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { getIntrospectionQuery } from 'graphql';
import { embeddedKeys } from '../../src/identity/keys.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { createServer } from '../../src/server.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { codeOf, sendTo, type Received, type Sent } from '../support/wire.js';

const QUESTION = { target: { bundleDigest: 'ab'.repeat(32) }, environment: 'dev' };
const ROUTES = ['/v1/gate/check', '/v1/gate/authorize'];

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.close());

const send = (request: Sent): Promise<Received> => sendTo(app, request);

describe('a body over REST', () => {
  const deep = (open: string, close: string, depth: number): string => `{"target":${open.repeat(depth)}${close.repeat(depth)},"environment":"dev"}`;
  const withTarget = (target: string): string => `{"target":${target},"environment":"dev"}`;
  const BAD: Readonly<Record<string, [body: string | undefined, status?: number, code?: string]>> = {
    'nothing': [undefined], 'an empty text': [''], 'null': ['null'], 'a number': ['1'], 'a text': ['"x"'], 'an array': ['[]'], 'an array of questions': [`[${JSON.stringify(QUESTION)}]`], 'an empty object': ['{}'],
    'broken JSON': ['{"target":'], 'two documents': ['{}{}'], 'a comment': ['{/* */}'], 'a byte order mark alone': ['\uFEFF'],
    'no environment': ['{"target":{"bundleDigest":"ab"}}'], 'no target': ['{"environment":"dev"}'], 'an empty target': [withTarget('{}')], 'a target that is an array': [withTarget('[]')], 'a target that is a text': [withTarget('"x"')],
    'two targets at once': [withTarget('{"bundleDigest":"a","releaseId":"REL-1"}')], 'no components': [withTarget('{"components":[]}')], 'components that are no list': [withTarget('{"components":{"length":1}}')],
    'components that are null': [withTarget('{"components":[null]}')], 'nested lists of components': [withTarget('{"components":[[[{}]]]}')], 'a system release that is a text': [withTarget('{"systemRelease":"SYS-1"}')],
    'an unknown field': [JSON.stringify({ ...QUESTION, force: true })], 'an unknown field of the target': [withTarget('{"bundleDigest":"a","x":1}')], 'an unknown action': [JSON.stringify({ ...QUESTION, action: 'demote' })],
    'a number for a text': [JSON.stringify({ ...QUESTION, environment: 5 })], 'a list for a text': [JSON.stringify({ ...QUESTION, environment: ['dev'] })], 'an object for a text': [JSON.stringify({ ...QUESTION, environment: { toString: 1 } })],
    'a number beyond 2^53': [`{"target":{"bundleDigest":"a"},"environment":9007199254740993}`], 'a number beyond every double': [`{"target":{"bundleDigest":"a"},"environment":1e999}`],
    'the key __proto__': ['{"__proto__":{"admin":true},"environment":"dev"}'], 'the key __proto__ inside': [withTarget('{"__proto__":{"bundleDigest":"a"}}')], 'the key constructor': [withTarget('{"constructor":{"prototype":{"x":1}}}')],
    'lists 50,000 deep': [deep('[', ']', 50_000)], 'objects 40,000 deep': [deep('{"a":', '}', 40_000).replace('}}', '1}}')], 'components 50,000 deep': [withTarget(`{"components":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)],
    'a NUL': [JSON.stringify({ ...QUESTION, environment: 'a\0' }), 400, 'INVALID_TEXT'], 'half a pair': ['{"target":{"bundleDigest":"\\ud800"},"environment":"dev"}', 400, 'INVALID_TEXT'], 'a NUL in a key': ['{"a\\u0000":1}'],
    'a digest that is short': [withTarget(`{"bundleDigest":"${'ab'.repeat(31)}"}`), 400, 'INVALID_DIGEST'], 'an empty digest': [withTarget('{"bundleDigest":""}'), 400, 'INVALID_DIGEST'],
    'a digest of another algorithm': [withTarget(`{"bundleDigest":"sha512:${'ab'.repeat(32)}"}`), 400, 'INVALID_DIGEST'], 'a digest with other letters': [withTarget(`{"componentDigest":"${'zz'.repeat(32)}"}`), 400, 'INVALID_DIGEST'],
    'a text of one megabyte': [JSON.stringify({ ...QUESTION, environment: 'x'.repeat(1_000_000) }), 413, 'TOO_LARGE'], '201 components': [withTarget(JSON.stringify({ components: Array.from({ length: 201 }, () => ({ role: 'MODEL', name: 'm', digest: 'a' })) }))],
  };

  describe.each(ROUTES)('of %s', (path) => {
    test.each(Object.keys(BAD))('%s is refused', async (name) => {
      const [body, status = 400, code = 'INVALID_INPUT'] = BAD[name] ?? [];
      const answer = await send({ path, body });

      expect([answer.status, answer.json['code'], answer.json['decision'], answer.json['verdict'], answer.type.split(';')[0]]).toEqual([status, code, false, 'ERROR', 'application/problem+json']);
      expect(answer.text.length).toBeLessThan(2000);
      expect(answer.text).not.toMatch(/node_modules|\.ts:|at Object/);
    });
  });

  test('accepts a digest in capital letters, with and without its algorithm', async () => {
    for (const bundleDigest of ['AB'.repeat(32), `SHA256:${'AB'.repeat(32)}`, `sha256:${'ab'.repeat(32)}`]) {
      expect(await send({ body: JSON.stringify({ ...QUESTION, target: { bundleDigest } }) })).toMatchObject({ status: 200, json: { decision: false, verdict: 'DENY' } });
    }
  });

  test.each<[string, Sent, number]>([
    ['an unknown route', { path: '/v1/gate/chekc', body: '{}' }, 404], ['a route above the root', { path: '/../../etc/passwd', body: '{}' }, 404], ['another method', { method: 'GET' }, 405], ['an unknown method', { method: 'PUT', body: '{}' }, 405], ['an export that is put', { method: 'PUT', path: '/v1/risks.csv', body: '{}' }, 405], ['a document that is got', { method: 'GET', path: '/graphql?query={viewer{id}}' }, 405], ['a document that is put', { method: 'PUT', path: '/graphql', body: '{}' }, 405], ['a question of another origin', { method: 'OPTIONS', path: '/graphql' }, 405],
    ['a path that is no URL', { path: '/%zz', body: '{}' }, 400], ['a body that is no JSON by its type', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 400],
    ['a body of unknown type', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, 400],
  ])('%s is refused', async (_, sent, status) => {
    const answer = await send(sent);

    expect(answer.status).toBe(status);
    expect(answer.json['code'] ?? answer.json['title']).toBe({ 404: 'NOT_FOUND', 405: 'METHOD_NOT_ALLOWED' }[status] ?? 'INVALID_INPUT');
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/^(GET|POST)$/);
  });
});

/** What comes back until the connection ends. */
function onTheWire(sent: string): Promise<string> {
  const { hostname, port } = new URL(app.url);
  return new Promise((resolve, reject) => {
    const [socket, pieces] = [connect(Number(port), hostname, () => socket.write(sent)), new Array<string>()];
    socket.on('data', (piece) => pieces.push(piece.toString('utf8'))).on('close', () => { resolve(pieces.join('')); }).on('error', reject);
  });
}

test.each([
  ['a method that is none', 'BREW!/ POT\r\n\r\n', 400, 'INVALID_INPUT'], ['a version that is none', 'GET / HTTP/x\r\n\r\n', 400, 'INVALID_INPUT'], ['no HTTP at all', '\x16\x03\x01 hello', 400, 'INVALID_INPUT'],
  ['a header of 20 kB', `GET / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'TOO_LARGE'],
])('%s is refused on the bare connection, as a problem', async (_, sent, status, code) => {
  const answer = await onTheWire(sent);
  const [head = '', body = ''] = answer.split('\r\n\r\n');

  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} [A-Z]`));
  expect(head).toContain('content-type: application/problem+json');
  expect(JSON.parse(body)).toMatchObject({ status, title: code, code });
  expect(answer).not.toMatch(/aaaa|hello|BREW/);
});

describe('whoever does not come to an end', () => {
  type Times = Readonly<Record<'requestTimeout' | 'headersTimeout' | 'connectionsCheckingInterval', number>>;
  const server = (): Server & Times => app.app.getHttpServer() as Server & Times;
  /** The server looks at its connections as often as these times say, from the moment at which it began to listen. */
  const within = async <T>(times: (usual: Times) => Times, act: () => Promise<T>): Promise<T> => {
    const { requestTimeout, headersTimeout, connectionsCheckingInterval } = server();
    const usual = { requestTimeout, headersTimeout, connectionsCheckingInterval };
    const look = (next: Times): void => { Object.assign(server(), next).emit('listening'); };
    look(times(usual));
    return act().finally(() => { look(usual); });
  };
  /** A thousandth of the times that the server has. */
  const sooner = (usual: Times): Times => ({ requestTimeout: usual.requestTimeout / 1000, headersTimeout: usual.headersTimeout / 1000, connectionsCheckingInterval: usual.connectionsCheckingInterval / 100 });
  const HEAD = 'POST /v1/gate/check HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

  test('has 30 seconds, and 10 for the head; a second later at most that is noticed', () => {
    expect(server()).toMatchObject({ requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 1000 });
  });

  test.each([['its head', HEAD], ['its body', `${HEAD}content-length: 9\r\n\r\n{"a"`]])('with %s is told so, as a problem', async (_what, sent) => {
    const [head = '', body = ''] = (await within(sooner, () => onTheWire(sent))).split('\r\n\r\n');

    expect(head).toMatch(/^HTTP\/1.1 408 Request Timeout\r\ncontent-type: application\/problem\+json/);
    expect(JSON.parse(body)).toMatchObject({ status: 408, code: 'INVALID_INPUT', title: 'INVALID_INPUT', detail: expect.stringContaining('in time') });
  });
});

describe('a body of which nobody reads the end', () => {
  const PIECE = 4 << 20;
  const piece = Buffer.concat([Buffer.from(`${PIECE.toString(16)}\r\n`), Buffer.alloc(PIECE, 'x'), Buffer.from('\r\n')]);
  const ANSWERED: readonly (readonly [what: string, line: string, as: string, status: string])[] = [
    ['an upload of nobody', 'POST /v1/evidence-files?system=SYS-1', '', '401'], ['an upload to nowhere', 'POST /v1/evidence-files?system=SYS-99', 'dana', '404'],
    ['an import of nobody', 'POST /v1/risks/import', '', '401'], ['an import that is too large', 'POST /v1/risks/import', 'sam', '413'], ['a question that has none', 'GET /health/live', '', '200'],
    ['a document that is too large', 'POST /graphql', '', '413'], ['a path that is no URL', 'POST /%zz', '', '400'],
  ];
  const head = async (line: string, as: string): Promise<string> => [`${line} HTTP/1.1`, 'host: x', `content-type: ${line.endsWith('/graphql') ? 'application/json' : 'text/csv'}`, ...(as === '' ? [] : [`authorization: Bearer ${await app.token(as)}`]), 'transfer-encoding: chunked', '', ''].join('\r\n');
  /** Sends so many pieces, as long as they are taken. */
  const sending = async (begin: string, most: number, end: string): Promise<{ sent: number; answered: string[] }> => {
    const { hostname, port } = new URL(app.url);
    const [socket, answers] = [connect(Number(port), hostname), new Array<string>()];
    const closed = new Promise((resolve) => { socket.on('data', (answer) => answers.push(String(answer))).on('error', () => undefined).on('close', resolve); });
    socket.write(begin);
    let sent = 0;
    for (; !socket.destroyed && sent < most; sent += 1) await new Promise<void>((resolve) => { socket.write(piece, () => { resolve(); }); });
    socket.end(end);
    await closed;
    return { sent, answered: [...answers.join('').matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status!) };
  };

  test.each(ANSWERED)('goes by when it is that of %s, and the next request is answered', async (_, line, as, status) => {
    const { answered } = await sending(await head(line, as), 20, '0\r\n\r\nGET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');

    expect(answered).toEqual([status, '200']);
  });

  test.each(ANSWERED)('that goes on without end loses its connection when it is that of %s', async (_, line, as, status) => {
    const { sent, answered } = await sending(await head(line, as), 200, '');

    expect(answered).toEqual([status]);
    expect(sent).toBeLessThan(200);
  });
});

describe('a document of GraphQL', () => {
  const query = (text: string, more: object = {}): Sent => ({ path: '/graphql', body: JSON.stringify({ query: text, ...more }) });
  const BAD: Readonly<Record<string, Sent>> = {
    'that is broken': query('{ viewer {'), 'that is empty': query(''), 'that is missing': { path: '/graphql', body: '{}' }, 'that is a number': { path: '/graphql', body: '{"query":1}' }, 'with an unknown field': query('{ viewr { id } }'),
    'with an unknown argument': query('{ risk(idd: "R-1") { id } }'), 'with an unknown type': query('query ($a: Rsk) { viewer { id } }'), 'without a required argument': query('{ risk { id } }'),
    'with a variable of the wrong type': query('query ($id: ID!) { risk(id: $id) { id } }', { variables: { id: { a: 1 } } }), 'without a variable': query('query ($id: ID!) { risk(id: $id) { id } }'),
    'with a field that is misspelt, in a variable': query('mutation ($i: IssueApiKeyInput!) { issueApiKey(input: $i) { secret } }', { variables: { i: { nam: 'x' } } }),
    'with variables that are a list': query('{ viewer { id } }', { variables: [1] }), 'with two operations and no name': query('query A { viewer { id } } query B { viewer { id } }'), 'of a subscription': query('subscription { viewer { id } }'),
    'with two targets at once': query('{ gateDecision(question: { environment: "dev", target: { bundleDigest: "a", releaseId: "b" } }) { verdict } }'),
    'with no target': query('{ gateDecision(question: { environment: "dev", target: {} }) { verdict } }'), 'in a batch': { path: '/graphql', body: JSON.stringify([{ query: '{ viewer { id } }' }]) },
    'nested 40,000 deep': query(`${'{a'.repeat(40_000)}${'}'.repeat(40_000)}`), 'nested 2,000 deep': query(`${'{a'.repeat(2000)}${'}'.repeat(2000)}`), 'with a value 40,000 deep': query(`{ risk(id: ${'['.repeat(40_000)}${']'.repeat(40_000)}) { id } }`),
    'by an id that nobody knows': { path: '/graphql', body: JSON.stringify({ documentId: `sha256:${'ab'.repeat(32)}` }) },
    'as a form': { path: '/graphql', body: 'query={viewer{id}}', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 'as plain text': { path: '/graphql', body: '{"query":"{viewer{id}}"}', headers: { 'content-type': 'text/plain' } },
    'with a broken body': { path: '/graphql', body: '{"query":' }, 'with an empty body': { path: '/graphql', body: '' }, 'with a list of 1e999 numbers': query('query ($n: Int!) { people(first: $n) { id } }', { variables: { n: 1e300 } }),
  };

  test.each(Object.keys(BAD))('%s is refused', async (name) => {
    const answer = await send(BAD[name] ?? {});

    expect(answer.status).toBeLessThan(500);
    expect(codeOf(answer.json)).toBe('INVALID_INPUT');
    expect(answer.json['data'] ?? null).toBeNull();
    expect(answer.text).not.toMatch(/did you mean|node_modules|stacktrace/i);
  });

  const many = (count: number, text: (i: number) => string): string => Array.from({ length: count }, (_, i) => text(i)).join(' ');
  const LARGE: Readonly<Record<string, Sent>> = {
    'sixteen aliases': query(`{ ${many(16, (i) => `a${String(i)}: __typename`)} }`), 'five hundred times the same': query(`{ ${many(500, () => 'viewer { id }')} }`), 'more than 2,000 tokens': query(`{ ${many(3000, () => '__typename')} }`),
    'thirteen levels': query(`{ risk(id: "R-1") { ${'system { risks { nodes { '.repeat(7)}id${' } } }'.repeat(7)} } }`), 'a fragment bomb': query(`{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...c ...c } fragment c on Query { ${many(600, () => 'viewer { id }')} }`),
    'lists within lists': query('query ($n: Int!) { systems(first: $n) { nodes { risks(first: $n) { nodes { system { risks(first: $n) { nodes { id } } } } } } } }', { variables: { n: 100 } }),
    'two confirmations': query('mutation { a: confirmSignOff(input: { challenge: "a", packageDigests: ["b"], choice: APPROVE, statement: "c" }) { id } b: confirmSignOff(input: { challenge: "a", packageDigests: ["b"], choice: APPROVE, statement: "c" }) { id } }'),
    'six times the schema': query(`{ ${many(6, () => '__schema { description }')} }`), 'types of types of types': query(`{ __schema { types { ${'fields { type { '.repeat(8)}name${' } }'.repeat(8)} } } }`),
  };

  test.each(Object.keys(LARGE))('with %s is refused before anything of it is done', async (name) => {
    const answer = await send(LARGE[name] ?? {});

    expect([answer.status >= 400 && answer.status < 500, codeOf(answer.json)]).toEqual([true, name === 'lists within lists' ? 'TOO_LARGE' : 'INVALID_INPUT']);
    expect(answer.json['data']).toBeUndefined();
  });

  test('with ten unknown directives is told of one', async () => {
    const { status, json } = await send(query(`{ viewer { id ${many(10, (i) => `@d${String(i)}`)} } }`));

    expect([status, (json['errors'] as unknown[]).length]).toEqual([400, 1]);
  });

  test('about the schema is answered to whoever may read the register, and to nobody else', async () => {
    const introspection = query(getIntrospectionQuery());
    const [known, unknown, hidden] = [await send(introspection), await send({ ...introspection, headers: { authorization: '' } }), await send({ ...query('{ ...f } fragment f on Query { t: __type(name: "Risk") { name } }'), headers: { authorization: 'Bearer x' } })];

    expect([known.status, known.json['errors']]).toEqual([200, undefined]);
    expect([unknown.status, codeOf(unknown.json), hidden.status, codeOf(hidden.json)]).toEqual([401, 'UNAUTHENTICATED', 401, 'UNAUTHENTICATED']);
    expect(unknown.text + hidden.text).not.toMatch(/__schema|kind/);
  });

  test('is answered to nobody else: the answer may not be kept, and no page of another origin may read it', async () => {
    const { headers } = await send({ ...query('{ viewer { id } }'), headers: { origin: 'https://elsewhere.example' } });

    expect([headers.get('cache-control'), headers.get('access-control-allow-origin')]).toEqual(['no-store', null]);
  });

  test('of one megabyte is too large', async () => {
    const answer = await send(query('query ($id: ID!) { risk(id: $id) { id } }', { variables: { id: 'x'.repeat(1_000_000) } }));

    expect([answer.status, codeOf(answer.json)]).toEqual([413, 'TOO_LARGE']);
  });

  test.each([['query ($n: Int!) { people(first: $n) { id } }'], ['query ($n: Int!) { systems(first: $n) { nodes { id } } }'], ['query ($n: Int!) { risks(first: $n) { nodes { id } } }']])('refuses a page of 0, −1 and 101: %s', async (text) => {
    for (const n of [0, -1, 101, 2 ** 31]) expect(codeOf((await send(query(text, { variables: { n } }))).json)).toBe('INVALID_INPUT');
    expect((await send(query(text, { variables: { n: 100 } }))).json['errors']).toBeUndefined();
  });

  test('refuses a cursor that is none of ours', async () => {
    const cursors = ['x', 'null', Buffer.from(`id:${'-'.repeat(36)}`).toString('base64url'), Buffer.from(`id:${'a'.repeat(36)}`).toString('base64url'), Buffer.from("id:' or 1=1").toString('base64url')];
    for (const after of cursors) expect([after, codeOf((await send(query('query ($after: String) { systems(after: $after) { nodes { id } } }', { variables: { after } }))).json)]).toEqual([after, 'INVALID_INPUT']);
  });
});

/** A secret wherever a request may hold one by mistake: header, body, variable, address, and where an answer names what is wrong. */
function withSecret(secret: string): (readonly [path: string, body: unknown, headers?: Readonly<Record<string, string>>])[] {
  const ask = (query: string, i: unknown = secret, more: object = {}): [string, unknown] => ['/graphql', { query, variables: { i }, ...more }];
  const bodies = [{ ...QUESTION, action: secret }, { ...QUESTION, environment: [secret] }, { ...QUESTION, target: secret }, { ...QUESTION, target: { components: [{ role: secret, name: secret, digest: secret }] } }, `{"target": ${secret}}`, secret];
  const inputs = [{ name: 1, challenge: secret }, { name: { a: secret }, permissions: [secret, { a: secret }], validUntil: secret }, secret, [secret]];
  return [
    ['/v1/gate/check', QUESTION, { 'authorization': `Bearer ${secret}`, 'x-api-key': secret, 'cookie': secret, 'idempotency-key': secret, 'x-request-id': secret, 'traceparent': secret }],
    ['/graphql', { query: '{ viewer { id } }' }, { 'authorization': `Basic ${secret}`, 'idempotency-key': secret }],
    [`/v1/gate/check?token=${secret}`, { ...QUESTION, target: { bundleDigest: secret } }], ...bodies.map((body) => ['/v1/gate/check', body] as const),
    [`/${secret}`, secret], [`/%${secret}`, secret], [`/graphql?query=${secret}`, { query: '{ viewer { id } }' }], ['/graphql', { documentId: secret }], ['/graphql', `{"query": "${secret}`],
    ask(`{ risk(id: "R-1", at: "${secret}") { id } }`), ask(`{ risks(filter: { systems: "${secret}", state: "${secret}" }) { nodes { id } } }`), ask(`{ viewer { "${secret}" } }`),
    ask('query A { viewer { id } } query B { viewer { id } }', null, { operationName: secret }),
    ...inputs.map((input) => ask('mutation ($i: IssueApiKeyInput!) { issueApiKey(input: $i) { secret } }', input)),
    ask('query ($i: ID!) { risk(id: $i) { id } }'), ask('query ($i: String) { risks(after: $i) { nodes { id } } }'), ask('mutation ($i: String!) { createEnvironment(input: { name: $i, kind: STAGING }) { id } }'),
    ask('mutation ($i: String!) { confirmSignOff(input: { challenge: $i, packageDigests: [$i], choice: APPROVE, statement: $i }) { id } }'),
  ];
}

test('nothing secret that is sent is written or told, not even when something breaks', async () => {
  const canary = 'canary0123456789';
  const server = await createServer({ databaseUrl: app.database.appUrl, poolSize: 3, keys: embeddedKeys(join(app.dataFolder, 'keys')), logLevel: 'debug' });
  await server.listen(0, '127.0.0.1');
  const [url, lines, answers] = [await server.getUrl(), new Array<string>(), new Array<string>()];
  const spies = (['stdout', 'stderr'] as const).map((stream) => jest.spyOn(process[stream], 'write').mockImplementation((line) => lines.push(String(line)) > 0));
  const post = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
    const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await app.token('pipeline')}`, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
    answers.push(`${String(response.status)} ${JSON.stringify([...response.headers])} ${await response.text()}`);
  };
  for (const [path, body, headers] of withSecret(canary)) await post(path, body, headers);
  jest.spyOn(server.get(UnitOfWork), 'read').mockRejectedValue(new Error(`refused Bearer ${canary} at postgres://app:${canary}@db or https://idp.example/keys?k=${canary}`));
  await post('/graphql', { query: 'query ($secret: ID!) { risk(id: $secret) { id } }', variables: { secret: canary } });
  await server.close();
  for (const spy of spies) spy.mockRestore();
  const admin = await connectTo(app.database.adminUrl, null);
  const { rows: entries } = await admin.query<{ text: string }>("select convert_from(entry, 'utf8') as text from audit.entry");
  await admin.end();

  expect(lines.join('')).toMatch(/"unexpected error".*\[redacted\]/);
  // An address that is no URL never comes as far as to be a request.
  expect(lines.filter((line) => line.includes('"msg":"request"')).length).toBe(answers.length - 1);
  expect(entries.length).toBeGreaterThan(10);
  // What else an address of GraphQL says is nobody's business: that question alone is answered.
  expect(answers.filter((answer) => !/^[45]|"errors"/.test(answer))).toHaveLength(1);
  for (const written of [lines, answers, entries.map(({ text }) => text)]) expect(written.filter((text) => text.includes(canary))).toEqual([]);
});

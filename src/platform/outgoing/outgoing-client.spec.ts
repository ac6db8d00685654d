// The way out: whatever an address is called, nothing of one's own is reached by it. A listener on this machine counts who comes.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPublic } from './addresses.js';
import { OutgoingError, PUBLIC_ONLY, sendOut, type OutgoingPolicy, type Resolve } from './outgoing-client.js';
import { Outgoing } from './outgoing.js';

let canary: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  canary = createServer((request, response) => {
    if (request.url === '/elsewhere') response.writeHead(302, { location: `http://127.0.0.1:${String(port)}/reached` }).end();
    else if (request.url === '/keys') response.end('{"keys":[]}');
    else if (request.url === '/long') response.end(Buffer.alloc(100_000));
    else if (request.url !== '/never') response.end(request.headers.host);
  }).on('connection', () => { connections += 1; });
  await new Promise<void>((resolve) => { canary.listen(0, () => { resolve(); }); });
  port = (canary.address() as AddressInfo).port;
});
afterEach(() => { connections = 0; });
afterAll(() => {
  canary.closeAllConnections();
  canary.close();
});

const faultOf = async (url: string, policy: OutgoingPolicy, resolve?: Resolve): Promise<string> =>
  sendOut({ url, method: 'POST', body: '{}' }, policy, resolve).then(({ status }) => String(status), (error: unknown) => (error instanceof OutgoingError ? error.fault : `${String(error)} is no fault of ours`));

/** Every port will do, so that the address alone is what is judged. */
const anyPort = (): OutgoingPolicy => ({ ...PUBLIC_ONLY, ports: [port] });
const here = (): OutgoingPolicy => ({ ...PUBLIC_ONLY, ownNetworks: ['127.0.0.1/32'], mostMs: 3000 });

describe('this machine and its neighbours are not reached', () => {
  test.each([
    '127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.0.0.1', '0x7f.1', '0177.0.0.1', '017700000001', '0', '0.0.0.0', '127.0.0.1.', '１２７.０.０.１', '127。0。0。1', '%31%32%37.0.0.1',
    '[::1]', '[0:0:0:0:0:0:0:1]', '[::]', '[::127.0.0.1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[fe80::1]', '[fc00::1]', '[fd12:3456::1]', '[ff02::1]', '[2001:db8::1]',
    '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '255.255.255.255', '0xa9fea9fe', '2852039166',
  ])('as %s', async (host) => {
    expect(['ADDRESS', 'URL']).toContain(await faultOf(`https://${host}:${String(port)}/`, anyPort()));
    expect(connections).toBe(0);
  });

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '169.254.169.254', 'fe80::1%1', '::', 'no address'])('by a name that stands for %s', async (address) => {
    expect(await faultOf(`https://hook.example:${String(port)}/`, anyPort(), () => Promise.resolve([address]))).toBe('ADDRESS');
    expect(connections).toBe(0);
  });

  test('by a name that stands for something public, too', async () => {
    expect(await faultOf(`https://hook.example:${String(port)}/`, anyPort(), () => Promise.resolve(['1.1.1.1', '127.0.0.1']))).toBe('ADDRESS');
    expect(connections).toBe(0);
  });

  test('by the name of this machine itself', async () => {
    for (const host of ['localhost', 'localhost.', 'LOCALHOST']) expect(await faultOf(`https://${host}:${String(port)}/`, anyPort())).toMatch(/ADDRESS|UNRESOLVED/);
    expect(connections).toBe(0);
  });
});

test.each<[string, string]>([
  ['http://hook.example/', 'URL'], ['ftp://hook.example/', 'URL'], ['file:///etc/passwd', 'URL'], ['gopher://127.0.0.1/', 'URL'], ['//hook.example', 'URL'], ['', 'URL'], ['https://', 'URL'], ['https://user:secret@hook.example/', 'URL'], ['https://hook.example@127.0.0.1/', 'URL'],
  ['https://hook.example:22/', 'PORT'], ['https://hook.example:80/', 'PORT'], ['https://hook.example:5432/', 'PORT'], ['https://hook.example:0/', 'PORT'], ['https://hook.example:99999/', 'URL'],
])('%j is refused before its name is looked up', async (url, fault) => {
  const asked: string[] = [];

  expect(await faultOf(url, PUBLIC_ONLY, (host) => { asked.push(host); return Promise.resolve(['127.0.0.1']); })).toBe(fault);
  expect(asked).toEqual([]);
});

describe('a network that is named explicitly', () => {
  test('is reached, by the name that was asked for, which is looked up once: what it stands for later is of no account', async () => {
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const { status, body } = await sendOut({ url: `http://hook.example:${String(port)}/`, method: 'POST', body: '{}' }, here(), () => Promise.resolve(answers.shift() ?? []));

    expect([status, body.toString(), answers.length, connections]).toEqual([200, `hook.example:${String(port)}`, 1, 1]);
  });

  test('opens no other: not for a name that stands for both, nor in other clothes', async () => {
    const url = `http://hook.example:${String(port)}/`;
    for (const addresses of [['127.0.0.1', '10.0.0.1'], ['127.0.0.1', '127.0.0.2'], ['::ffff:127.0.0.1'], ['::127.0.0.1'], ['::1']]) expect(await faultOf(url, here(), () => Promise.resolve(addresses))).toMatch(/ADDRESS|URL/);
    expect(connections).toBe(0);
  });

  test('sends nobody further: a redirect is not followed', async () => {
    expect([await faultOf(`http://127.0.0.1:${String(port)}/elsewhere`, here()), connections]).toEqual(['REDIRECT', 1]);
  });

  test('is listened to only so long, and for so much', async () => {
    expect(await faultOf(`http://127.0.0.1:${String(port)}/long`, here())).toBe('TOO_LARGE');
    expect(await faultOf(`http://127.0.0.1:${String(port)}/never`, { ...here(), mostMs: 100 })).toBe('TIMEOUT');
    expect(await faultOf(`http://hook.example:${String(port)}/`, { ...here(), mostMs: 100 }, () => new Promise(() => undefined))).toBe('TIMEOUT');
    await expect(sendOut({ url: `http://127.0.0.1:${String(port)}/`, method: 'POST', body: 'x'.repeat(70_000) }, here())).rejects.toMatchObject({ fault: 'TOO_LARGE' });
  });

  test('of whom nobody answers is told as a fault of the connection', async () => {
    expect(await faultOf('http://127.0.0.1:1/', here())).toBe('CONNECTION');
    expect(await faultOf('http://hook.example/', here(), () => Promise.reject(new Error('ENOTFOUND')))).toBe('UNRESOLVED');
  });
});

test.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450::1'])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true);
});

describe('keys of an issuer', () => {
  const fetched = async (outgoing: Outgoing): Promise<unknown> => outgoing.json(`http://127.0.0.1:${String(port)}/keys`).catch((error: unknown) => (error as OutgoingError).fault);

  test('are fetched from public addresses, and from networks that the operator has named', async () => {
    expect([await fetched(new Outgoing(false)), await fetched(new Outgoing(false, ['10.1.0.0/16']))]).toEqual(['URL', 'URL']);
    expect(connections).toBe(0);

    expect([await fetched(new Outgoing(false, ['127.0.0.0/8'])), await fetched(new Outgoing(true))]).toEqual([{ keys: [] }, { keys: [] }]);
  });
});

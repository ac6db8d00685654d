// Signing in from the command line, against a provider on this machine and a server that only says who it is: what is asked, what is believed, and what is kept.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { countersign, PROGRAM, type Ended } from './support/command-line.js';
import { CLIENT, IdentityProvider } from './support/identity-provider.js';
import { killAll, run, type Program } from './support/programs.js';

let provider: IdentityProvider;
let server: Server;
let url: string;
let folder: string;
/** The tokens that the server was sent, newest last. */
const sent: string[] = [];

beforeAll(async () => {
  provider = await IdentityProvider.start('https://risk.example');
  server = createServer((request, response) => {
    sent.push(request.headers.authorization ?? '');
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"data":{"viewer":{"number":"U-1","displayName":"Amara"}}}');
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(async () => {
  killAll();
  server.close();
  await provider.stop();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-login-'));
  provider.atBrowser = { sub: 'amara', name: 'Amara', authenticatedAt: Math.floor(Date.now() / 1000) - 7200 };
  [provider.spoil, provider.lifetime] = [{}, 300];
  provider.asked.length = 0;
});
afterEach(() => { rmSync(folder, { recursive: true }); });

const kept = (): string => join(folder, 'countersign', 'session.json');
const login = (...more: string[]): Program => run(process.execPath, [PROGRAM, 'login', ...more], { env: { PATH: process.env['PATH'], COUNTERSIGN_SESSION: kept() } });
const first = (...more: string[]): Program => login('--issuer', provider.url, '--client-id', CLIENT, '--url', url, ...more);
const command = (...args: string[]): Promise<Ended> => countersign(args, { COUNTERSIGN_SESSION: kept() });
const session = (): { accessToken: string; refreshToken: string } => JSON.parse(readFileSync(kept(), 'utf8')) as { accessToken: string; refreshToken: string };

/** Goes where the program says, as a browser does, to the end of all redirections. */
async function browse(program: Program): Promise<Response> {
  const [address] = await program.line(/http:\/\/\S+\/authorize\?\S+/);
  return fetch(address);
}

async function signedIn(...more: string[]): Promise<void> {
  const program = first(...more);
  expect((await browse(program)).status).toBe(200);
  expect([await program.ended(), program.printed()]).toEqual([0, expect.stringContaining('You are signed in as U-1, Amara.')]);
}

describe('countersign login by a browser', () => {
  test('asks with a proof key, and keeps what it gets for its owner alone', async () => {
    await signedIn('--parameter', 'audience=https://risk.example');

    const [asked, exchanged] = ['/authorize', '/token'].map((path) => provider.asked.find((each) => each.path === path)!.parameters);
    expect(Object.fromEntries(asked!)).toMatchObject({ response_type: 'code', scope: 'openid profile', code_challenge_method: 'S256', audience: 'https://risk.example', nonce: expect.stringMatching(/^.{40,}$/) });
    expect(createHash('sha256').update(exchanged!.get('code_verifier')!).digest('base64url')).toBe(asked!.get('code_challenge'));
    expect(exchanged!.get('redirect_uri')).toBe(asked!.get('redirect_uri'));
    expect(statSync(kept()).mode & 0o777).toBe(0o600);
    expect(decodeJwt(session().accessToken)).toMatchObject({ aud: 'https://risk.example', sub: 'amara' });
    expect(sent.at(-1)).toBe(`Bearer ${session().accessToken}`);
  });

  test('takes no other answer than the one that belongs to it, once', async () => {
    const program = first();
    const [address] = await program.line(/http:\/\/\S+\/authorize\?\S+/);
    const back = new URL(address).searchParams.get('redirect_uri')!;

    expect((await fetch(`${back}?code=stolen&state=other`)).status).toBe(404);
    expect((await fetch(`${back.replace('callback', 'elsewhere')}?${new URL(address).searchParams.toString()}`)).status).toBe(404);
    expect((await fetch(address)).status).toBe(200);
    expect(await program.ended()).toBe(0);
    await expect(fetch(back)).rejects.toThrow();
  });

  test('ends without a session when the identity is not the one that was asked for', async () => {
    provider.spoil = { nonce: 'of-somebody-else' };
    const program = first();
    await browse(program);

    expect([await program.ended(), program.printed()]).toEqual([3, expect.stringMatching(/The provider gave no answer that can be used: .*nonce/)]);
    expect(existsSync(kept())).toBe(false);
  });

  test('tells that the client has a secret, which this program never has', async () => {
    provider.spoil = { challenge: 'Basic realm="clients"' };
    const program = first();
    await browse(program);

    expect([await program.ended(), program.printed()]).toEqual([1, expect.stringMatching(/refused: INVALID_CLIENT {2}The provider asks this program for credentials \(401\)[^]*next: Register the client there as a public one/)]);
  });

  test('ends without a session when the provider did not authenticate anew', async () => {
    provider.spoil = { maxAge: null };
    const program = first('--max-age', '0');
    await browse(program);

    expect([await program.ended(), program.printed()]).toEqual([1, expect.stringContaining('refused: REAUTHENTICATION_REQUIRED')]);
    expect(existsSync(kept())).toBe(false);
  });

  test('authenticates anew for a sign-off, at the provider of before', async () => {
    await signedIn();
    const before = decodeJwt(session().accessToken);

    const again = login('--max-age', '0');
    await browse(again);

    expect(await again.ended()).toBe(0);
    expect(Number(decodeJwt(session().accessToken)['auth_time'])).toBeGreaterThan(Number(before['auth_time']) + 7000);
  });
});

describe('countersign login --device', () => {
  test('waits until the code was typed in elsewhere', async () => {
    const program = first('--device', '--max-age', '60');
    const [, address, code] = await program.line(/Open (http\S+) in any browser, and type in the code (\S+)/);
    expect((await fetch(`${address!}?user_code=${code!}`)).status).toBe(200);

    expect([await program.ended(), program.printed()]).toEqual([0, expect.stringContaining('You are signed in as U-1')]);
  });

  test('ends without a session when the provider did not authenticate anew', async () => {
    provider.spoil = { maxAge: null };
    const program = first('--device', '--max-age', '60');
    const [, address, code] = await program.line(/Open (http\S+) in any browser, and type in the code (\S+)/);
    await fetch(`${address!}?user_code=${code!}`);

    expect([await program.ended(), program.printed(), existsSync(kept())]).toEqual([1, expect.stringContaining('refused: REAUTHENTICATION_REQUIRED'), false]);
  });
});

describe('a sign-in that is kept', () => {
  test('is what other commands ask with, at its own server only', async () => {
    await signedIn();

    expect(await command('token')).toMatchObject({ code: 0, out: `${session().accessToken}\n` });
    expect(await command('graphql', PROGRAM, '--url', 'http://127.0.0.1:1')).toMatchObject({ code: 64, err: expect.stringContaining(`You are signed in at ${url}, not at http://127.0.0.1:1`) });
    expect((await command('logout')).code).toBe(0);
    expect(await command('token')).toMatchObject({ code: 64, err: expect.stringContaining('Nobody is signed in here') });
  });

  test('is refreshed when its token ends, until the provider says no', async () => {
    provider.lifetime = 20;
    await signedIn();
    const before = session();
    provider.lifetime = 300;

    const { out } = await command('token');

    expect(out.trim()).toBe(session().accessToken);
    expect([out.trim() === before.accessToken, session().refreshToken === before.refreshToken]).toEqual([false, false]);
    expect(provider.asked.at(-1)!.parameters.get('grant_type')).toBe('refresh_token');
  });

  test('is refreshed by one of two commands that run at the same time, and used by both', async () => {
    provider.lifetime = 20;
    await signedIn();
    provider.lifetime = 300;
    let other: Ended | undefined;
    provider.beforeRefresh = async () => { other = await command('token'); };

    const one = await command('token');

    expect([one.code, other?.code]).toEqual([0, 0]);
    expect([one.out.trim(), other?.out.trim()]).toEqual([session().accessToken, session().accessToken]);
  });

  test('that others may read is not used', async () => {
    await signedIn();
    chmodSync(kept(), 0o644);

    expect(await command('token')).toMatchObject({ code: 64, err: expect.stringContaining('may be read by others') });
  });
});

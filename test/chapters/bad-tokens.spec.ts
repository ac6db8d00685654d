// Tokens that are no good: each is refused with its code over GraphQL and REST, and whoever goes on sending them has to wait.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { ENTITIES } from '../../src/app.module.js';
import { Refusal } from '../../src/domain/refusal.js';
import { FailedAuthentications, MOST_PER_ADDRESS, MOST_PER_SUBJECT } from '../../src/identity/failed-authentications.js';
import { embeddedKeys } from '../../src/identity/keys.js';
import { openDatabase } from '../../src/platform/database.js';
import { Pools } from '../../src/platform/pools.js';
import { FailedAttempts, type Bucket } from '../../src/platform/failed-attempts.js';
import { createServer } from '../../src/server.js';
import { startApp, type TestApp } from '../support/app.js';
import { codeOf, sendTo, type Received, type Sent } from '../support/wire.js';
import { connectTo } from '../support/register.js';

const HOUR = 3600;
const CLAIMS: JWTPayload = { iss: 'urn:countersign:embedded', aud: 'countersign', sub: 'pipeline' };
const QUESTION = { target: { bundleDigest: 'ab'.repeat(32) }, environment: 'dev' };

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});

afterAll(() => app.close());

const send = (request: Sent): Promise<Received> => sendTo(app, request);

describe('a token', () => {
  const now = (): number => Math.floor(Date.now() / 1000);
  const own = (): ReturnType<typeof createPrivateKey> => createPrivateKey(embeddedKeys(join(app.dataFolder, 'keys')).privateKeyPem);
  /** Known people in turn: of one alone so many failures would be too many. */
  let turn = 0;
  const whose = (): string => ['pipeline', 'sam', 'rita', 'dana', 'axel'][turn++ % 5]!;
  const sign = (claims: JWTPayload, options: { key?: ReturnType<typeof own>; typ?: string } = {}): Promise<string> =>
    new SignJWT({ iat: now(), exp: now() + HOUR, ...claims, ...(claims.sub === 'pipeline' && { sub: whose() }) }).setProtectedHeader({ alg: 'EdDSA', typ: options.typ ?? 'at+jwt' }).sign(options.key ?? own());
  const confused = async (): Promise<string> => {
    const { publicKeyPem } = JSON.parse(readFileSync(join(app.dataFolder, 'keys', 'issuer.json'), 'utf8')) as { publicKeyPem: string };
    return new SignJWT({ ...CLAIMS, sub: whose(), iat: now(), exp: now() + HOUR }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(new TextEncoder().encode(publicKeyPem));
  };
  const tampered = async (): Promise<string> => {
    const [head, , signature] = (await sign(CLAIMS)).split('.');
    return [head, Buffer.from(JSON.stringify({ ...CLAIMS, sub: 'ada', iat: now(), exp: now() + HOUR })).toString('base64url'), signature].join('.');
  };
  const without = (claim: string): Promise<string> => sign({ ...CLAIMS, [claim]: undefined });
  const BAD: Readonly<Record<string, () => string | Promise<string>>> = {
    'that is missing': () => '', 'of another scheme': () => 'Basic YTpi', 'that is no token': () => 'Bearer abc', 'of 9,000 characters': () => `Bearer ${'a'.repeat(9000)}`,
    'that ended an hour ago': async () => `Bearer ${await sign({ ...CLAIMS, iat: now() - 2 * HOUR, exp: now() - HOUR })}`,
    'that was made nine hours ago': async () => `Bearer ${await sign({ ...CLAIMS, iat: now() - 9 * HOUR, exp: now() + HOUR })}`,
    'from the future': async () => `Bearer ${await sign({ ...CLAIMS, iat: now() + HOUR, exp: now() + 2 * HOUR })}`,
    'signed with another key': async () => `Bearer ${await sign(CLAIMS, { key: generateKeyPairSync('ed25519').privateKey })}`,
    'without a signature': () => `Bearer ${new UnsecuredJWT({ ...CLAIMS, iat: now(), exp: now() + HOUR }).encode()}`,
    'that takes the public key for a secret': async () => `Bearer ${await confused()}`,
    'whose content was exchanged': async () => `Bearer ${await tampered()}`,
    'of another issuer': async () => `Bearer ${await sign({ ...CLAIMS, iss: 'https://elsewhere.example' })}`,
    'for another audience': async () => `Bearer ${await sign({ ...CLAIMS, aud: 'elsewhere' })}`,
    'of another type': async () => `Bearer ${await sign(CLAIMS, { typ: 'JWT' })}`,
    'without an end': async () => `Bearer ${await without('exp')}`, 'without a beginning': async () => `Bearer ${await without('iat')}`, 'without a subject': async () => `Bearer ${await without('sub')}`,
    'of somebody unknown': async () => `Bearer ${await sign({ ...CLAIMS, sub: 'nobody' })}`,
  };

  test('is accepted when nothing is wrong with it', async () => {
    expect(await send({ body: JSON.stringify(QUESTION), headers: { authorization: `Bearer ${await app.token('pipeline')}` } })).toMatchObject({ status: 200, json: { verdict: 'DENY' } });
  });

  test.each(Object.keys(BAD))('%s is refused', async (name) => {
    const authorization = await BAD[name]?.() ?? '';

    const rest = await send({ body: JSON.stringify(QUESTION), headers: { authorization } });
    const graphql = await send({ path: '/graphql', body: JSON.stringify({ query: '{ viewer { id } }' }), headers: { authorization } });

    expect(rest).toMatchObject({ status: 401, json: { code: 'UNAUTHENTICATED', decision: false, verdict: 'ERROR' } });
    expect([graphql.status, codeOf(graphql.json), graphql.json['data'], graphql.headers.get('www-authenticate')]).toEqual([401, 'UNAUTHENTICATED', undefined, 'Bearer']);
  });
});

describe('tokens that are refused again and again', () => {
  const bad = async (subject: string): Promise<string> => `Bearer ${await new SignJWT({ ...CLAIMS, sub: subject }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' }).setIssuedAt().setExpirationTime('1h').sign(generateKeyPairSync('ed25519').privateKey)}`;
  const ask = (authorization: string): ReturnType<typeof send> => send({ body: JSON.stringify(QUESTION), headers: { authorization } });

  test('are too many from the eleventh of one subject in a minute: told over REST and GraphQL with the time to wait', async () => {
    const authorization = await bad('hugo');
    const told = [];
    // Twice as many: a minute may end on the way.
    for (let attempt = 0; attempt < 21; attempt += 1) told.push(await ask(authorization));

    const limited = told.filter(({ status }) => status === 429);
    expect(told.slice(0, 10).map(({ status }) => status)).toEqual(Array(10).fill(401));
    expect(limited.length).toBeGreaterThan(0);
    expect(limited[0]!.json).toMatchObject({ code: 'TOO_MANY_FAILURES', retryable: true, decision: false });
    expect(Number(limited[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(limited[0]!.headers.get('retry-after'))).toBeLessThan(61);
    const graphql = await send({ path: '/graphql', body: JSON.stringify({ query: '{ viewer { id } }' }), headers: { authorization } });
    expect([graphql.status, codeOf(graphql.json), Number(graphql.headers.get('retry-after')) > 0]).toEqual([429, 'TOO_MANY_FAILURES', true]);
  });

  test.each([['subject', MOST_PER_SUBJECT], ['address', MOST_PER_ADDRESS]])('are counted by the %s for all servers together: two refuse what neither has seen too much of', async (kind, most) => {
    const database = await openDatabase({ url: app.database.appUrl, poolSize: 2, applicationName: 'another server' }, ENTITIES);
    const servers = [app.app.get(FailedAttempts), new FailedAttempts(Pools.single(database))];
    const minute = async (): Promise<number> => Math.floor((await database.query<{ at: Date }[]>('select clock_timestamp() as at'))[0]!.at.getTime() / 60_000);
    /** As many as there may be, by the two in turn, and one more at each. */
    const round = async (): Promise<(number | null)[]> => {
      const [counted, told]: [Bucket, (number | null)[]] = [{ name: `${kind} ${randomUUID()}`, most }, []];
      for (let attempt = 0; attempt < most + 2; attempt += 1) told.push(await servers[attempt % 2]!.count([{ name: `other ${randomUUID()}`, most: 1 }, counted]));
      return told;
    };
    // When another minute has begun on the way, its count has begun, too: once more, of somebody else.
    let [began, told] = [await minute(), await round()];
    while (await minute() !== began) [began, told] = [await minute(), await round()];
    await database.destroy();

    expect(told).toEqual([...Array<null>(most).fill(null), expect.any(Number), expect.any(Number)]);
  });

  test('of many subjects are one address, and one subject at many addresses is one', async () => {
    const counted: string[][] = [];
    const noting = { count: async (buckets: readonly Bucket[]): Promise<null> => { counted.push(buckets.map(({ name }) => name)); return null; } };
    const failures = new FailedAuthentications(noting as unknown as FailedAttempts, embeddedKeys(join(app.dataFolder, 'keys')));
    const refused = new Refusal('UNAUTHENTICATED');
    for (const [subject, ip] of [['sam', '192.0.2.1'], ['rita', '192.0.2.1'], ['sam', '192.0.2.2']] as const) expect(await failures.refusalOf({ headers: { authorization: await bad(subject) }, ip }, refused)).toBe(refused);

    const [[subject, address] = [], [another, same] = [], [again, other] = []] = counted;
    expect([another === subject, same === address, again === subject, other === address]).toEqual([false, true, true, false]);
    expect(counted.flat().some((name) => /sam|rita|192\.0/.test(name))).toBe(false);
  });

  test('are counted by what a trusted proxy says of the address, and by nothing that anybody else says of it', async () => {
    const server = await createServer({ databaseUrl: app.database.appUrl, poolSize: 2, keys: embeddedKeys(join(app.dataFolder, 'keys')), logLevel: 'silent', trustedProxies: ['10.0.0.0/8'] });
    const counted: string[] = [];
    jest.spyOn(server.get(FailedAttempts), 'count').mockImplementation(async (buckets) => { counted.push(buckets[1]!.name); return null; });
    const from = async (remoteAddress: string, forwarded: string): Promise<void> => {
      const answer = await server.inject({ method: 'POST', url: '/v1/gate/check', remoteAddress, headers: { 'authorization': 'Bearer x', 'x-forwarded-for': forwarded }, payload: QUESTION });
      expect(answer.statusCode).toBe(401);
    };
    // By the proxy: two clients, the first by another proxy, and again with a lie before what the proxy has seen.
    for (const [peer, forwarded] of [['10.1.2.3', '192.0.2.1'], ['10.1.2.3', '192.0.2.2'], ['10.9.9.9', '192.0.2.1'], ['10.1.2.3', '198.51.100.7, 192.0.2.1'], ['203.0.113.9', '192.0.2.1'], ['203.0.113.9', '192.0.2.2']] as const) await from(peer, forwarded);
    await server.close();

    const [one, two, , , stranger] = counted;
    expect(counted).toEqual([one, two, one, one, stranger, stranger]);
    expect(new Set([one, two, stranger]).size).toBe(3);
  });

  test('keep nobody out whose token is good, and what succeeds is not counted', async () => {
    const counted = async (): Promise<number> => {
      const admin = await connectTo(app.database.adminUrl, null);
      const { rows } = await admin.query<{ sum: string | null }>('select sum(failures) from audit.failed_authentications');
      await admin.end();
      return Number(rows[0]!.sum);
    };
    const authorization = `Bearer ${await app.token('hugo')}`;
    for (let attempt = 0; attempt < 12; attempt += 1) await ask(await bad('hugo'));
    const before = await counted();

    expect((await send({ path: '/graphql', body: '{"query":"{ viewer { id } }"}', headers: { authorization } })).json['errors']).toBeUndefined();
    expect([before > 10, await counted()]).toEqual([true, before]);
  });
});

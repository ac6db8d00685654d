// What somebody is believed by is taken back while a command of theirs is under way: nothing is decided for them after that, at whatever moment it comes.
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { Acts, type Acted } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { holdLog } from '../support/log-lock.js';
import { connectTo } from '../support/register.js';
import { newKey, TokenIssuer, type IssuerKey } from '../support/token-issuer.js';

const AUDIENCE = 'https://risk.example.com';
const UNTIL = plusDays(new Date().toISOString(), 90);

let app: TestApp;
let acts: Acts;
let platform: TokenIssuer;
let stranger: IssuerKey;
let bundleDigest: string;

beforeAll(async () => {
  app = await startApp({ loopback: true });
  acts = new Acts(app);
  platform = await TokenIssuer.start(['RS256']);
  stranger = await newKey('RS256');
  const system = await acts.act('sam', 'registerSystem', { input: { name: 'Reply assistant', intendedPurpose: 'Drafts replies.', owner: 'sam', autonomy: 'ASSISTS' } });
  await acts.change('hugo', 'assessTier', system, { input: { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'r' } });
  ({ bundleDigest } = await acts.act('sam', 'createRelease', { system: system.id, input: { label: '1', components: [{ role: 'MODEL', name: 'm', digest: sha256('m') }] } }));
});
afterEach(() => { jest.restoreAllMocks(); });
afterAll(async () => {
  await platform.stop();
  await app.close();
});

/** A credential, and how it is taken back. */
interface Held { readonly credential: string; readonly takeBack: () => Promise<unknown> }

async function aKey(): Promise<Held> {
  const { secret, key } = await acts.read<{ secret: string; key: Acted }>('ada', 'issueApiKey', { input: { name: 'Nightly build', validUntil: UNTIL } }, 'secret key { id version }');
  return { credential: secret, takeBack: () => acts.change('ada', 'revokeApiKey', key, { reason: 'It has leaked.' }) };
}

let jobs = 0;
async function aJob(takeBack: (issuer: Acted, rule: Acted) => Promise<unknown>): Promise<Held> {
  jobs += 1;
  const iss = `${platform.url}/${String(jobs)}`;
  const issuer = await acts.act('ada', 'registerIssuer', { input: { kind: 'GITHUB', issuer: iss, audience: AUDIENCE, jwksUrl: platform.jwksUrl } });
  const conditions = [{ claim: 'repository_id', equals: '17' }, { claim: 'environment', equals: 'pilot' }];
  const rule = await acts.act('ada', 'createTrustRule', { input: { issuer: issuer.number, name: 'Jobs', conditions, validUntil: UNTIL } });
  const credential = await platform.token({ iss, aud: AUDIENCE, sub: 'repo:acme@1/app@17:environment:pilot', repository_id: '17', environment: 'pilot' }, { typ: 'JWT' });
  return { credential, takeBack: () => takeBack(issuer, rule) };
}

const CREDENTIALS: readonly [string, () => Promise<Held>][] = [
  ['a key is revoked', aKey],
  ['an issuer is retired', () => aJob((issuer) => acts.change('ada', 'retireIssuer', issuer, { reason: 'r' }))],
  ['an issuer gets other keys', () => aJob((issuer) => acts.change('ada', 'changeIssuer', issuer, { reason: 'r', input: { jwks: JSON.stringify({ keys: [stranger.jwk] }) } }))],
  ['a trust rule is retired', () => aJob((_, rule) => acts.change('ada', 'retireTrustRule', rule, { reason: 'r' }))],
];

async function authorize(credential: string): Promise<{ status: number; because: unknown; grants: number }> {
  const answer = await fetch(`${app.url}/v1/gate/authorize`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` }, body: JSON.stringify({ environment: 'dev', target: { bundleDigest } }) });
  const { details } = await answer.json() as { details?: { because?: string[] } };
  const client = await connectTo(app.database.appUrl, app.as('ada').tenantId);
  const { rows } = await client.query<{ n: number }>('select count(*)::int as n from grants');
  await client.end();
  return { status: answer.status, because: details?.because, grants: rows[0]?.n ?? -1 };
}

/** When it is taken back: the answer of the command that is under way meanwhile. */
const MOMENTS: readonly [string, (held: Held) => ReturnType<typeof authorize>][] = [
  ['between signing in and the beginning of the transaction', ({ credential, takeBack }) => {
    const work = app.app.get(UnitOfWork);
    const write = work.write.bind(work);
    jest.spyOn(work, 'write').mockImplementationOnce(async (...given) => {
      await takeBack();
      return write(...given);
    });
    return authorize(credential);
  }],
  ['between the beginning of the transaction and its look at the facts', ({ credential, takeBack }) => {
    const work = app.app.get(UnitOfWork);
    const write = work.write.bind(work);
    let taken: Promise<unknown> | null = null;
    jest.spyOn(work, 'write').mockImplementationOnce(async (ctx, permission, inside) => write(ctx, permission, async (tx) => {
      await (taken ??= takeBack());
      return inside(tx);
    }));
    return authorize(credential);
  }],
  ['before it in the log', async ({ credential, takeBack }) => {
    const held = await holdLog({ database: app.database, tenantId: app.as('ada').tenantId });
    const taken = takeBack();
    await held.queued(1);
    const answer = authorize(credential);
    await held.queued(2);
    await held.release();
    await taken;
    return answer;
  }],
];

describe.each(CREDENTIALS)('%s', (_, given) => {
  test('and until then it is let in', async () => {
    const held = await given();
    expect(await authorize(held.credential)).toMatchObject({ status: 200 });
    await held.takeBack();
    expect(await authorize(held.credential)).toMatchObject({ status: 401 });
  });

  test.each(MOMENTS)('%s: nothing is let in', async (_moment, play) => {
    const held = await given();
    const { grants } = await authorize(held.credential);

    const answer = await play(held);

    expect(answer).toEqual({ status: 401, because: ['CREDENTIAL_CHANGED'], grants });
  });
});

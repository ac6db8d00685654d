// Signing in with tokens of a registered issuer: what is refused and why, who comes into being by it, what groups give and take, and an issuer that fails.
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { KeySets } from '../../src/identity/key-sets.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { FailedAttempts } from '../../src/platform/failed-attempts.js';
import { Acts, type Acted, type Args } from '../support/acts.js';
import { startApp, type GraphQLAnswer, type TestApp } from '../support/app.js';
import { recordRefusedCredentials, stopRecording, toldOf } from '../support/refused-credentials.js';
import { newKey, TokenIssuer, type Claims, type IssuerKey } from '../support/token-issuer.js';
import { secondOrganization } from './register.js';

let app: TestApp;
let acts: Acts;
let idp: TokenIssuer;
let stranger: IssuerKey;
let reasons: ReadonlyMap<string, string>;
/** What the server takes for its own running clock when it decides whether to fetch keys. */
let ticks = 0;

const AUDITORS = { group: 'auditors', role: 'AUDITOR' };
const LAWYERS = { group: 'lawyers', role: 'REVIEWER', lane: 'LEGAL', qualification: 'Lawyers of the house.' };

beforeAll(async () => {
  app = await startApp({ loopback: true });
  acts = new Acts(app);
  // How many failures are listened to is told elsewhere; here there are many on purpose.
  jest.spyOn(app.app.get(FailedAttempts), 'count').mockResolvedValue(null);
  reasons = recordRefusedCredentials();
  await secondOrganization(app);
  idp = await TokenIssuer.start();
  stranger = await newKey('RS256');
  jest.spyOn(app.app.get(KeySets), 'now').mockImplementation(() => ticks);
  await register({ algorithms: ['RS256', 'EdDSA'], groupsClaim: 'groups', groupRoles: [AUDITORS, LAWYERS], admitsNewcomers: true, tokenType: 'at+jwt', signOffAcr: ['phr'] });
});

afterAll(async () => {
  stopRecording();
  await idp.stop();
  await app.close();
});

const ISSUER = 'id number version active groupRoles { group role lane by }';

async function register(more: Args = {}): Promise<Acted> {
  return acts.act('ada', 'registerIssuer', { input: { kind: 'PEOPLE', issuer: idp.url, audience: 'countersign', jwksUrl: idp.jwksUrl, ...more } });
}

interface Viewer { readonly viewer: { readonly number: string; readonly handle: string; readonly displayName: string; readonly version: number; readonly person: { readonly id: string }; readonly roles: readonly { readonly role: string; readonly validUntil: string | null }[] } }

async function ask(token: string, query = '{ viewer { number handle displayName version person { id } roles { role validUntil } } }'): Promise<GraphQLAnswer<Viewer>> {
  const answer = await fetch(`${app.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query }) });
  return answer.json() as Promise<GraphQLAnswer<Viewer>>;
}

/** The reason of the refusal as the log has it, or its code when it is another than UNAUTHENTICATED. */
async function reasonFor(token: string): Promise<unknown> {
  return (await refusalOf(token)).reason;
}

interface Refused { readonly reason: string | undefined; readonly told: string; readonly status: number; readonly text: string }

async function refusalOf(token: string): Promise<Refused> {
  const answer = await fetch(`${app.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query: '{ viewer { number } }' }) });
  const text = await answer.text();
  const { message, extensions } = (JSON.parse(text) as GraphQLAnswer<Viewer>).errors![0]!;
  const { code, details } = extensions as { code: string; details: { because?: string[] } };
  return { reason: code === 'UNAUTHENTICATED' ? reasons.get(answer.headers.get('x-request-id') ?? '') : code, told: details.because?.join() ?? message, status: answer.status, text };
}

async function viewer(token: string): Promise<Viewer['viewer']> {
  const { data, errors } = await ask(token);
  expect(errors).toBeUndefined();
  return data!.viewer;
}

const rolesOf = ({ roles }: Viewer['viewer']): string[] => roles.filter(({ validUntil }) => validUntil === null || validUntil > new Date().toISOString()).map(({ role }) => role);

/** In seconds, as tokens have it. */
const now = (): number => Math.floor(Date.now() / 1000);
const MEMBER: Claims = { sub: 'amara', groups: ['auditors'], name: 'Amara Osei' };

describe('a token is refused', () => {
  const cut = (token: string, part: number): string[] => token.split('.').filter((_, i) => i !== part);
  const parts = async (claims: Claims = MEMBER): Promise<[string, string, string]> => (await idp.token(claims)).split('.') as [string, string, string];
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  const BAD: readonly [string, string, () => Promise<string> | string][] = [
    ['is no token', 'TOKEN_MALFORMED', () => 'nonsense'],
    ['has no signature part', 'TOKEN_MALFORMED', async () => cut(await idp.token(MEMBER), 2).join('.')],
    ['is encrypted, or looks like it', 'TOKEN_MALFORMED', async () => `${await idp.token(MEMBER)}.a.b`],
    ['has claims that are no JSON', 'TOKEN_MALFORMED', () => idp.raw({ alg: 'RS256', kid: idp.key().kid, typ: 'at+jwt' }, 'iss=x')],
    ['has claims that are a list', 'TOKEN_MALFORMED', () => idp.raw({ alg: 'RS256', kid: idp.key().kid, typ: 'at+jwt' }, ['iss'])],
    ['has a header that is no JSON', 'TOKEN_MALFORMED', () => idp.raw('alg=RS256' as never, { ...idp.claims(), ...MEMBER })],
    ['names no issuer', 'CLAIM_MISSING', () => idp.token({ ...MEMBER, iss: undefined })],
    ['names two issuers', 'CLAIM_MISSING', () => idp.token({ ...MEMBER, iss: [idp.url, 'https://b.example'] })],
    ['is of an issuer that nobody registered', 'ISSUER_UNKNOWN', () => idp.token({ ...MEMBER, iss: 'https://login.example.com' })],
    ['is of nearly the same issuer', 'ISSUER_UNKNOWN', () => idp.token({ ...MEMBER, iss: `${idp.url}/` })],
    ['is of an issuer that no database could keep', 'ISSUER_UNKNOWN', () => idp.token({ ...MEMBER, iss: `${idp.url}\0` })],
    ['is for an audience that no database could keep', 'AUDIENCE_WRONG', () => idp.token({ ...MEMBER, aud: 'countersign\0' })],
    ['has no algorithm', 'ALGORITHM_NOT_ALLOWED', async () => { const [, claims] = await parts(); return `${encoded({ alg: 'none', typ: 'at+jwt' })}.${claims}.`; }],
    ['is signed with the public key as a secret', 'ALGORITHM_NOT_ALLOWED', async () => {
      const signed = `${encoded({ alg: 'HS256', kid: idp.key().kid, typ: 'at+jwt' })}.${(await parts())[1]}`;
      return `${signed}.${createHmac('sha256', JSON.stringify(idp.key().jwk)).update(signed).digest('base64url')}`;
    }],
    ['is signed in a way that only other issuers may use', 'ALGORITHM_NOT_ALLOWED', () => idp.token(MEMBER, {}, idp.key('ES256'))],
    ['claims an algorithm that nobody knows', 'ALGORITHM_NOT_ALLOWED', () => idp.raw({ alg: 'RS257', kid: idp.key().kid, typ: 'at+jwt' }, { ...idp.claims(), ...MEMBER })],
    ['is signed by somebody else under a known key id', 'SIGNATURE_INVALID', () => idp.token(MEMBER, { kid: idp.key().kid }, stranger)],
    ['was changed after it was signed', 'SIGNATURE_INVALID', async () => { const [head, , signature] = await parts({ ...MEMBER, groups: [] }); return `${head}.${encoded({ ...idp.claims(), ...MEMBER })}.${signature}`; }],
    ['has the signature of another token', 'SIGNATURE_INVALID', async () => `${(await parts()).slice(0, 2).join('.')}.${(await parts({ sub: 'other' }))[2]}`],
    ['has a key id that is not published', 'KEY_UNKNOWN', () => idp.token(MEMBER, { kid: 'k-2' })],
    ['brings its own key', 'KEY_UNKNOWN', () => idp.token(MEMBER, { jwk: stranger.jwk }, stranger)],
    ['says where its key is', 'KEY_UNKNOWN', () => idp.token(MEMBER, { jku: `${idp.url}/keys/mine`, x5u: `${idp.url}/keys/mine` }, stranger)],
    ['is for another audience', 'AUDIENCE_WRONG', () => idp.token({ ...MEMBER, aud: 'payroll' })],
    ['is for several others', 'AUDIENCE_WRONG', () => idp.token({ ...MEMBER, aud: ['payroll', 'countersign.example'] })],
    ['is for nobody', 'CLAIM_MISSING', () => idp.token({ ...MEMBER, aud: undefined })],
    ['never ends', 'CLAIM_MISSING', () => idp.token({ ...MEMBER, exp: undefined })],
    ['has ended', 'TOKEN_EXPIRED', () => idp.token({ ...MEMBER, exp: now() - 31 })],
    ['ends at a text', 'CLAIM_INVALID', () => idp.token({ ...MEMBER, exp: '2099-01-01' })],
    ['does not say when it was issued', 'CLAIM_MISSING', () => idp.token({ ...MEMBER, iat: undefined })],
    ['was issued too long ago, however long it lasts', 'TOKEN_TOO_OLD', () => idp.token({ ...MEMBER, iat: now() - 3700, exp: now() + 9999 })],
    ['was issued tomorrow', 'TOKEN_FROM_THE_FUTURE', () => idp.token({ ...MEMBER, iat: now() + 86_400, exp: now() + 90_000 })],
    ['does not hold yet', 'TOKEN_NOT_YET_VALID', () => idp.token({ ...MEMBER, nbf: now() + 120 })],
    ['is about nobody', 'CLAIM_MISSING', () => idp.token({ ...MEMBER, sub: undefined })],
    ['is about an empty name', 'SUBJECT_INVALID', () => idp.token({ ...MEMBER, sub: ' ' })],
    ['is about a number', 'SUBJECT_INVALID', () => idp.token({ ...MEMBER, sub: 17 })],
    ['is about a name with a line end', 'SUBJECT_INVALID', () => idp.token({ ...MEMBER, sub: 'amara\nada' })],
    ['is about a name without an end', 'SUBJECT_INVALID', () => idp.token({ ...MEMBER, sub: 'a'.repeat(201) })],
    ['is of another type', 'TOKEN_TYPE_WRONG', () => idp.token(MEMBER, { typ: 'JWT' })],
    ['says no type', 'TOKEN_TYPE_WRONG', () => idp.token(MEMBER, { typ: undefined })],
    ['demands what is not understood', 'TOKEN_NOT_SUPPORTED', () => idp.raw({ alg: 'RS256', kid: idp.key().kid, typ: 'at+jwt', crit: ['exp-2'], 'exp-2': 1 }, { ...idp.claims(), ...MEMBER })],
    ['is about somebody in no mapped group', 'GROUP_UNKNOWN', () => idp.token({ ...MEMBER, sub: 'stranger', groups: ['canteen'] })],
    ['is about somebody whose groups are no list', 'GROUP_UNKNOWN', () => idp.token({ ...MEMBER, sub: 'stranger', groups: 'auditors' })],
    ['is longer than any token', 'No bearer token was sent.', () => idp.token({ ...MEMBER, more: 'x'.repeat(9000) })],
  ];

  test.each(BAD)('that %s: %s', async (_, reason, token) => {
    expect(await refusalOf(await token())).toMatchObject({ reason, told: toldOf(reason), status: 401 });
  });

  test('in the same words whether or not its issuer is believed here, until its signature is verified', async () => {
    const before = BAD.filter(([, reason]) => toldOf(reason) !== reason);
    const answers = await Promise.all(before.map(async ([, , token]) => refusalOf(await token())));

    expect(new Set(before.map(([, reason]) => reason))).toEqual(new Set(['TOKEN_MALFORMED', 'ISSUER_UNKNOWN', 'ALGORITHM_NOT_ALLOWED', 'SIGNATURE_INVALID', 'KEY_UNKNOWN', 'TOKEN_NOT_SUPPORTED']));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  test('in at least 25 ways, and admitted nobody by any of them', async () => {
    expect(BAD.length).toBeGreaterThanOrEqual(25);
    expect(JSON.stringify(await app.graphql('ada', '{ people(first: 100) { handle } }'))).not.toMatch(/amara|stranger/);
  });

  test('over REST with status 401, and never with a word of what it says', async () => {
    const answer = await fetch(`${app.url}/v1/gate/check`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await idp.token({ ...MEMBER, aud: 'payroll' })}` }, body: '{}' });

    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await answer.text()).not.toMatch(/amara|payroll/i);
  });
});

describe('whoever comes for the first time', () => {
  test('becomes a person with an account and the roles of their groups, by an entry of their own in the log', async () => {
    const amara = await viewer(await idp.token(MEMBER));

    expect(amara).toMatchObject({ handle: 'amara', displayName: 'Amara Osei', version: 1, roles: [{ role: 'AUDITOR' }] });
    expect((await viewer(await idp.token(MEMBER))).number).toBe(amara.number);
    const { data } = await ask(await idp.token(MEMBER), '{ changes(first: 100) { nodes { action actor { displayName } } } }') as GraphQLAnswer<{ changes: { nodes: unknown[] } } & Viewer>;
    expect(JSON.stringify(data)).toContain('{"action":"PRINCIPAL_JOINED","actor":{"displayName":"Amara Osei"}}');
  });

  test('is one person however many requests come at once', async () => {
    const token = await idp.token({ ...MEMBER, sub: 'many' });

    const seen = await Promise.all(Array.from({ length: 6 }, () => viewer(token)));

    expect(new Set(seen.map(({ number }) => number)).size).toBe(1);
  });

  test.each([[['countersign', 'payroll']], ['countersign']])('may bring a token for %p', async (aud) => {
    expect(await viewer(await idp.token({ ...MEMBER, aud, nbf: now() - 5 }))).toMatchObject({ handle: 'amara' });
  });

  test('is believed for half a minute more or less, by clocks that differ', async () => {
    expect(await viewer(await idp.token({ ...MEMBER, iat: now() + 20, exp: now() + 300 }))).toMatchObject({ handle: 'amara' });
    expect(await viewer(await idp.token({ ...MEMBER, iat: now() - 60, exp: now() - 10 }))).toMatchObject({ handle: 'amara' });
  });
});

describe('groups', () => {
  test('give and take roles with each new token; an older one changes nothing', async () => {
    const token = (groups: readonly string[], iat: number): Promise<string> => idp.token({ sub: 'lena', groups, iat });
    const both = await token(['auditors', 'lawyers'], now() - 40);

    expect(rolesOf(await viewer(both))).toEqual(['AUDITOR', 'REVIEWER']);
    expect(rolesOf(await viewer(await token(['lawyers'], now() - 20)))).toEqual(['REVIEWER']);
    expect(rolesOf(await viewer(both))).toEqual(['REVIEWER']);
  });

  test('leave an account without any when the last one goes', async () => {
    await viewer(await idp.token({ sub: 'leaver', groups: ['auditors'], iat: now() - 20 }));

    expect((await ask(await idp.token({ sub: 'leaver', groups: [] }))).errors?.[0]?.extensions['code']).toBe('PERMISSION_DENIED');
  });

  test('are found within another claim, where the issuer is said to list them there', async () => {
    const mine = async (): Promise<Acted> => (await app.graphql<{ trustedIssuers: { nodes: (Acted & { issuer: string })[] } }>('ada', `{ trustedIssuers(filter: { kind: PEOPLE, active: true }) { nodes { issuer ${ISSUER} } } }`)).data!.trustedIssuers.nodes.find(({ issuer }) => issuer === idp.url)!;
    const listedIn = async (groupsClaim: string): Promise<unknown> => mine().then(({ id, version }) => acts.act('ada', 'changeIssuer', { id, expectedVersion: version, input: { groupsClaim }, reason: 'It lists them there.' }));

    await listedIn('realm_access.roles');
    const nested = await viewer(await idp.token({ sub: 'nested', realm_access: { roles: ['auditors'] }, groups: ['lawyers'] }));
    await listedIn('groups');

    expect(rolesOf(nested)).toEqual(['AUDITOR']);
  });

  test('write nothing where nothing changes', async () => {
    const { version } = await viewer(await idp.token({ sub: 'calm', groups: ['auditors'], iat: now() - 20 }));

    expect((await viewer(await idp.token({ sub: 'calm', groups: ['auditors', 'canteen'] }))).version).toBe(version);
    expect((await viewer(await idp.token({ sub: 'calm' }))).version).toBe(version);
  });

  test('give nothing back that an administrator took away', async () => {
    const { number } = await viewer(await idp.token({ sub: 'revoked', groups: ['auditors', 'lawyers'], iat: now() - 20 }));
    await acts.act('ada', 'revokeRole', { id: number, expectedVersion: 1, input: { role: 'AUDITOR', reason: 'Not this one.' } });

    expect(rolesOf(await viewer(await idp.token({ sub: 'revoked', groups: ['auditors', 'lawyers'] })))).toEqual(['REVIEWER']);
  });
});

describe('an administrator', () => {
  test('links a second way in to a person, who stays one', async () => {
    const sam = await acts.read<Viewer['viewer']>('sam', 'viewer', {}, 'person { id }');
    await acts.act('ada', 'openAccount', { input: { person: 'sam', handle: '0f9c5b1e-4f7d-4c6b-9d1a-2f5b8c7d6e5f', displayName: 'Sam, at the house', issuer: 'ISS-1' } });

    expect((await ask(await idp.token({ sub: '0f9c5b1e-4f7d-4c6b-9d1a-2f5b8c7d6e5f', groups: ['auditors'] }))).data).toMatchObject({ viewer: { displayName: 'Sam, at the house', person: { id: sam.person.id }, roles: [{ role: 'AUDITOR' }] } });
  });

  test('closes an account: its tokens permit nothing more, and it does not join again', async () => {
    const { number } = await viewer(await idp.token({ sub: 'gone', groups: ['auditors'] }));
    await acts.act('ada', 'closeAccount', { id: number, expectedVersion: 1, reason: 'She left.' });

    expect(await reasonFor(await idp.token({ sub: 'gone', groups: ['auditors'] }))).toBe('PERMISSION_DENIED');
  });
});

describe('a signature', () => {
  const signing = async (more: Claims): Promise<unknown> => {
    const token = await idp.token({ sub: 'signer', groups: ['lawyers'], ...more });
    const { errors } = await ask(token, 'mutation { requestSignOff(input: { promotions: ["P-1"], lanes: [LEGAL] }) { challenge } }');
    return [errors?.[0]?.extensions['code'], (errors?.[0]?.extensions['details'] as { expected?: string } | undefined)?.expected];
  };

  test('needs a sign-in of the class that the issuer’s terms ask for, and a late one', async () => {
    const system = await acts.act('sam', 'registerSystem', { input: { name: 'n', intendedPurpose: 'p', owner: 'sam', autonomy: 'ASSISTS' } });
    const release = await acts.act('sam', 'createRelease', { system: system.id, input: { label: '1', components: [{ role: 'MODEL', name: 'm', digest: 'ab'.repeat(32) }] } });
    await viewer(await idp.token({ sub: 'signer', groups: ['lawyers'] }));
    await acts.act('sam', 'openPromotion', { input: { release: release.id, environment: 'pilot', reason: 'r' } });

    expect(await signing({ auth_time: now(), acr: 'pwd' })).toEqual(['REAUTHENTICATION_REQUIRED', 'acr phr']);
    expect(await signing({ auth_time: now() - 7 * 86_400, acr: 'phr' })).toEqual(['REAUTHENTICATION_REQUIRED', expect.stringContaining('minutes ago')]);
    expect(await signing({ acr: 'phr' })).toEqual(['REAUTHENTICATION_REQUIRED', expect.stringContaining('minutes ago')]);
    expect(await signing({ auth_time: now(), acr: 'phr' })).toEqual([undefined, undefined]);
  });
});

describe('the keys of an issuer', () => {
  beforeEach(async () => {
    idp.trouble = 'none';
    ticks += 700_000;
    await viewer(await idp.token(MEMBER));
  });

  test('are fetched once for many tokens', async () => {
    const before = idp.requests;

    for (let i = 0; i < 5; i += 1) await viewer(await idp.token(MEMBER));

    expect(idp.requests).toBe(before);
  });

  test('are fetched again for a new one, at once after a pause', async () => {
    const before = idp.requests;
    await idp.rotate('EdDSA');
    ticks += 30_000;

    expect(await viewer(await idp.token(MEMBER, {}, idp.key('EdDSA')))).toMatchObject({ handle: 'amara' });
    expect(idp.requests).toBe(before + 1);
  });

  test('are not fetched for each token that names a key which nobody has', async () => {
    const before = idp.requests;
    ticks += 30_000;

    const reasons = await Promise.all(Array.from({ length: 20 }, async (_, i) => reasonFor(await idp.token(MEMBER, { kid: `k-${String(i)}` }))));
    for (let i = 0; i < 5; i += 1) reasons.push(await reasonFor(await idp.token(MEMBER, { kid: `j-${String(i)}` })));

    expect(new Set(reasons)).toEqual(new Set(['KEY_UNKNOWN']));
    expect(idp.requests).toBe(before + 1);
  });

  test('that was taken back is not believed once the keys are fetched again', async () => {
    const old = await idp.token(MEMBER, {}, idp.key('EdDSA'));
    await idp.rotate('EdDSA');
    expect(await viewer(old)).toMatchObject({ handle: 'amara' });
    ticks += 600_000;

    expect(await reasonFor(old)).toBe('KEY_UNKNOWN');
  });

  test.each(['status 500', 'no JSON', 'too long', 'redirect'] as const)('go on serving for a day while it fails with %s', async (trouble) => {
    const before = idp.requests;
    idp.trouble = trouble;
    ticks += 86_399_000;

    for (let i = 0; i < 3; i += 1) expect(await viewer(await idp.token(MEMBER))).toMatchObject({ handle: 'amara' });
    expect(idp.requests).toBe(before + 1);
    ticks += 1000;
    expect(await reasonFor(await idp.token(MEMBER))).toBe('ISSUER_UNAVAILABLE');
  });

  test.each([['none', 0, 'FRESH'], ['status 500', 599_999, 'FRESH'], ['status 500', 600_000, 'STALE']] as const)('are told with each decision while it answers "%s", %d ms after they came: %s', async (trouble, passing, freshness) => {
    idp.trouble = trouble;
    ticks += passing;
    const { data } = await ask(await idp.token(MEMBER), `{ gateDecision(question: { environment: "dev", target: { bundleDigest: "${'ab'.repeat(32)}" } }) { id identityFreshness } }`) as unknown as { data: { gateDecision: { id: string; identityFreshness: string } } };
    const recorded = await ask(await idp.token(MEMBER), `{ recordedDecision(id: "${data.gateDecision.id}") { id identityFreshness } }`);

    expect([data.gateDecision.identityFreshness, recorded.data]).toEqual([freshness, { recordedDecision: data.gateDecision }]);
  });

  test('that never came are no reason to believe, and are asked for again after a pause: 503 until then', async () => {
    const fresh = await TokenIssuer.start(['ES256']);
    fresh.trouble = 'status 500';
    await register({ issuer: fresh.url, jwksUrl: fresh.jwksUrl, algorithms: ['ES256'], groupsClaim: 'groups', groupRoles: [AUDITORS], admitsNewcomers: true });
    const token = await fresh.token(MEMBER);
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await fetch(`${app.url}/v1/gate/check`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: '{}' }));

    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([[503, '30'], [503, '30'], [503, '30']]);
    expect(await answers[0]!.json()).toMatchObject({ title: 'ISSUER_UNAVAILABLE', retryable: true, decision: false });
    const graphql = await fetch(`${app.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: '{"query":"{ viewer { number } }"}' });
    expect([graphql.status, graphql.headers.get('retry-after'), await graphql.json()]).toEqual([503, '30', { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'ISSUER_UNAVAILABLE' }) })] }]);
    expect(fresh.requests).toBe(1);
    fresh.trouble = 'none';
    ticks += 30_000;
    expect(await viewer(token)).toMatchObject({ handle: 'amara' });
    await fresh.stop();
    expect(await viewer(token)).toMatchObject({ handle: 'amara' });
  });

  test('of two that would do are used by name only', async () => {
    const many = await TokenIssuer.start();
    many.keys.push(stranger, await newKey('RS256', { short: true }));
    await register({ issuer: many.url, jwksUrl: many.jwksUrl, algorithms: ['RS256', 'ES256', 'EdDSA'], groupsClaim: 'groups', groupRoles: [AUDITORS], admitsNewcomers: true });

    expect(await reasonFor(await many.token(MEMBER, { kid: undefined }))).toBe('KEY_AMBIGUOUS');
    expect(await reasonFor(many.raw({ alg: 'RS256', kid: many.keys.at(-1)!.kid, typ: 'at+jwt' }, { ...many.claims(), ...MEMBER }, many.keys.at(-1)))).toBe('KEY_UNUSABLE');
    for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) expect(await viewer(await many.token(MEMBER, {}, many.key(alg)))).toMatchObject({ handle: 'amara' });
    await many.stop();
  });
});

describe('at last', () => {
  test('the built-in issuer goes on until an administrator can sign in through another one', async () => {
    expect((await app.graphql('ada', '{ viewer { handle } }')).errors).toBeUndefined();
    const admitted = await acts.act('ada', 'admitPerson', { input: { handle: 'chief', displayName: 'Chief', issuer: 'ISS-1' } });
    await acts.act('ada', 'grantRole', { id: admitted.id, expectedVersion: 1, input: { role: 'TENANT_ADMIN' } });
    expect(rolesOf(await viewer(await idp.token({ sub: 'chief' })))).toEqual(['TENANT_ADMIN']);

    const [error] = (await app.graphql('ada', '{ viewer { handle } }')).errors ?? [];
    expect([error?.extensions['code'], error?.message]).toEqual(['UNAUTHENTICATED', expect.stringContaining('issuer of its own')]);
    expect((await app.graphql('other-ada', '{ viewer { handle } }')).errors).toBeUndefined();
  });

  test('whoever changes the terms changes the next request, and a retired issuer is believed no longer', async () => {
    await app.app.get(PeopleService).admit(app.as('ada'), { kind: 'USER', issuer: idp.url, subject: 'deputy', displayName: 'Deputy', function: null, grants: [{ role: 'TENANT_ADMIN' }] });
    const deputy = await idp.token({ sub: 'deputy' });
    const change = (name: string, args: string): Promise<GraphQLAnswer<Viewer>> => ask(deputy, `mutation { ${name}(id: "ISS-1", ${args}) { ${ISSUER} } }`);

    const { trustedIssuer: { version } } = (await ask(deputy, '{ trustedIssuer(id: "ISS-1") { version } }')).data as unknown as { trustedIssuer: { version: number } };
    expect((await change('changeIssuer', `expectedVersion: ${String(version)}, reason: "r", input: { algorithms: [EdDSA] }`)).data).toMatchObject({ changeIssuer: { version: version + 1 } });
    expect(await reasonFor(deputy)).toBe('ALGORITHM_NOT_ALLOWED');
    const otherwise = await idp.token({ sub: 'deputy' }, {}, idp.key('EdDSA'));
    expect((await ask(otherwise, `mutation { retireIssuer(id: "ISS-1", expectedVersion: ${String(version + 1)}, reason: "r") { active } }`)).data).toMatchObject({ retireIssuer: { active: false } });
    expect(await reasonFor(otherwise)).toBe('ISSUER_UNKNOWN');
    expect((await app.graphql('ada', '{ viewer { handle } }')).errors).toBeUndefined();
  });
});

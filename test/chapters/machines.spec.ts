// Machines: jobs and pods that bring a token of their platform, and keys for what has none. What they may do, where, and what is refused and why.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import type { Refusal } from '../../src/domain/refusal.js';
import { resumeTenant, suspendTenant } from '../../src/domain/tenant.js';
import { KeySets } from '../../src/identity/key-sets.js';
import { SignInService, type Arrival } from '../../src/identity/sign-in.service.js';
import { Arrivals } from '../../src/platform/arrivals.js';
import { FailedAttempts } from '../../src/platform/failed-attempts.js';
import { Outgoing } from '../../src/platform/outgoing/outgoing.js';
import { turnTenant } from '../../src/platform/tenant-acts.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { Acts, SCHEMA, type Acted, type Args } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { recordRefusedCredentials, stopRecording, toldOf } from '../support/refused-credentials.js';
import { newKey, TokenIssuer, type Claims, type IssuerKey } from '../support/token-issuer.js';
import { documentOf } from './operations.js';

const AUDIENCE = 'https://risk.example.com';
const UNTIL = plusDays(new Date().toISOString(), 90);

let app: TestApp;
let acts: Acts;
let reasons: ReadonlyMap<string, string>;
let platform: TokenIssuer;
let stranger: IssuerKey;
let bundleDigest: string;

beforeAll(async () => {
  app = await startApp({ loopback: true });
  acts = new Acts(app);
  // How many failures are listened to is told elsewhere; here there are many on purpose.
  jest.spyOn(app.app.get(FailedAttempts), 'count').mockResolvedValue(null);
  reasons = recordRefusedCredentials();
  platform = await TokenIssuer.start(['RS256', 'EdDSA']);
  stranger = await newKey('RS256');
  await acts.act('ada', 'createEnvironment', { input: { name: 'live', kind: 'PRODUCTION' } });
  bundleDigest = (await givenRelease('a')).bundleDigest;
  await givenRelease('b');
  for (const kind of ['GITHUB', 'GITLAB', 'KUBERNETES']) await acts.act('ada', 'registerIssuer', { input: { kind, issuer: issuerOf(kind), audience: AUDIENCE, jwksUrl: platform.jwksUrl, maxTokenAgeMinutes: 10 } });
  await trust('ISS-1', { repository_id: '17', environment: 'pilot' }, { systems: ['SYS-1'], environments: ['dev', 'pilot'] });
  await trust('ISS-2', { project_id: '7', environment: 'live', ref_protected: 'true', environment_protected: 'true' });
  await trust('ISS-3', { 'serviceaccount.uid': 'u-1', namespace: 'prod' });
});

afterAll(async () => {
  stopRecording();
  await platform.stop();
  await app.close();
});

const issuerOf = (kind: string): string => `${platform.url}/${kind.toLowerCase()}`;

/** A system of tier MINIMAL with one release of this content. */
async function givenRelease(content: string): Promise<Acted> {
  const system = await acts.act('sam', 'registerSystem', { input: { name: 'Reply assistant', intendedPurpose: 'Drafts replies.', owner: 'sam', autonomy: 'ASSISTS' } });
  await acts.change('hugo', 'assessTier', system, { input: { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'r' } });
  return acts.act('sam', 'createRelease', { system: system.id, input: { label: '1', components: [{ role: 'MODEL', name: 'm', digest: sha256(content) }] } });
}

function trust(issuer: string, claims: Readonly<Record<string, string>>, more: Args = {}): Promise<Acted> {
  const conditions = Object.entries(claims).map(([claim, equals]) => ({ claim, equals }));
  return acts.act('ada', 'createTrustRule', { input: { issuer, name: `Jobs of ${issuer}`, conditions, validUntil: UNTIL, ...more } });
}

/** What was said of a question, and why the log says it was refused. */
interface Said { readonly status: number; readonly verdict: unknown; readonly codes: readonly string[]; readonly because: unknown; readonly reason: string | undefined }

async function ask(token: string, environment = 'dev', operation = 'check', digest = bundleDigest): Promise<Said> {
  const answer = await fetch(`${app.url}/v1/gate/${operation}`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ environment, target: { bundleDigest: digest } }) });
  const body = await answer.json() as { verdict?: string; title?: string; reasons?: { code: string }[]; details?: { because?: string[] } };
  return { status: answer.status, verdict: body.verdict, codes: body.reasons?.map(({ code }) => code) ?? [body.title ?? ''], because: body.details?.because?.join(), reason: reasons.get(answer.headers.get('x-request-id') ?? '') };
}

async function graphql(token: string, operation: string, args: Args, selection: string): Promise<{ data: Readonly<Record<string, unknown>> | null; code: unknown }> {
  const answer = await fetch(`${app.url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query: documentOf(SCHEMA, operation, Object.keys(args), selection), variables: args }),
  });
  const { data, errors } = await answer.json() as { data: Readonly<Record<string, unknown>> | null; errors?: { extensions: { code: string } }[] };
  return { data, code: errors?.[0]?.extensions.code };
}

// As the platforms write them.
const GITHUB: Claims = { sub: 'repo:acme@1/app@17:environment:pilot', repository: 'acme/app', repository_id: '17', repository_owner_id: '1', environment: 'pilot', ref: 'refs/heads/main', runner_environment: 'github-hosted', run_attempt: '1' };
const GITLAB: Claims = { sub: 'project_path:acme/app:ref_type:branch:ref:main', project_path: 'acme/app', project_id: '7', environment: 'live', ref_protected: 'true', environment_protected: 'true' };
const POD: Claims = { sub: 'system:serviceaccount:prod:deployer', aud: [AUDIENCE], 'kubernetes.io': { namespace: 'prod', serviceaccount: { name: 'deployer', uid: 'u-1' }, pod: { name: 'p', uid: 'u-2' }, warnafter: 1 } };
const token = (kind: string, claims: Claims, key?: IssuerKey): Promise<string> => platform.token({ iss: issuerOf(kind), aud: AUDIENCE, ...claims }, { typ: 'JWT' }, key);
/** In seconds, as tokens have it. */
const now = (): number => Math.floor(Date.now() / 1000);

describe('a job or a pod', () => {
  test('asks, authorizes and reports where its rule lets it, as a service of its own', async () => {
    const job = await token('GITHUB', GITHUB);

    expect(await ask(job)).toMatchObject({ status: 200, verdict: 'ALLOW' });
    expect(await ask(job, 'pilot')).toMatchObject({ status: 200, verdict: 'DENY' });
    const { data } = await graphql(job, 'authorizePromotion', { question: { environment: 'dev', target: { bundleDigest } } }, 'grant { id }');
    const { grant } = data?.['authorizePromotion'] as { grant: { id: string } };
    expect((await graphql(job, 'reportDeployment', { input: { grant: grant.id, bundleDigest, environment: 'dev' } }, '__typename')).code).toBeUndefined();
    expect((await graphql(job, 'viewer', {}, 'kind displayName handle person { id } roles { role systemIds environmentIds validUntil }')).data).toMatchObject({ viewer: { kind: 'SERVICE', displayName: 'Jobs of ISS-1', handle: 'TR-1', person: null, roles: [{ role: 'DEPLOYER', systemIds: [expect.any(String)], environmentIds: [expect.any(String), expect.any(String)], validUntil: UNTIL }] } });
  });

  test('is told so elsewhere', async () => {
    const job = await token('GITHUB', GITHUB);

    expect((await ask(job, 'live')).codes).toContain('ENVIRONMENT_MISMATCH');
    expect((await ask(job, 'dev', 'check', (await acts.read<{ releases: { nodes: { bundleDigest: string }[] } }>('sam', 'system', { id: 'SYS-2' }, 'releases { nodes { bundleDigest } }')).releases.nodes[0]!.bundleDigest)).codes).toEqual(['WORKLOAD_NOT_TRUSTED']);
  });

  test.each([['GITHUB', { ...GITHUB, sub: 'repo:acme/app:environment:pilot' }], ['GITLAB', GITLAB], ['KUBERNETES', POD]])('of %s is known by its ids, whatever its name', async (kind, claims) => {
    expect(await ask(await token(kind, claims))).toMatchObject({ status: 200, verdict: 'ALLOW' });
  });

  test('signs nothing, and decides nothing that people decide', async () => {
    const job = await token('GITHUB', GITHUB);
    const acted = [
      ['requestSignOff', { input: { promotions: ['P-1'], lanes: ['RISK'] } }], ['registerSystem', { input: { name: 'n', intendedPurpose: 'p', owner: 'sam', autonomy: 'ASSISTS' } }], ['createTrustRule', { input: { issuer: 'ISS-1', name: 'n', conditions: [{ claim: 'repository_id', equals: '18' }], validUntil: UNTIL } }],
      ['issueApiKey', { input: { name: 'n', validUntil: UNTIL } }], ['changeIssuer', { id: 'ISS-1', expectedVersion: 1, reason: 'r', input: {} }],
    ] as const;

    for (const [operation, args] of acted) expect([operation, (await graphql(job, operation, args, '__typename')).code]).toEqual([operation, 'PERMISSION_DENIED']);
  });
});

describe('a token of a job or pod is refused', () => {
  const flat = { 'kubernetes.io': undefined, 'kubernetes.io/serviceaccount/namespace': 'prod', 'kubernetes.io/serviceaccount/service-account.uid': 'u-1' };
  const BAD: readonly [string, string, () => Promise<string> | string][] = [
    ['of another repository', 'RULE_UNKNOWN', () => token('GITHUB', { ...GITHUB, repository_id: '18' })],
    ['of a repository that took over the name', 'RULE_UNKNOWN', () => token('GITHUB', { ...GITHUB, repository_id: '99', repository_owner_id: '2' })],
    ['whose id no database could keep', 'RULE_UNKNOWN', () => token('GITHUB', { ...GITHUB, repository_id: '17\0' })],
    ['that shows a name and no id', 'RULE_UNKNOWN', () => token('GITHUB', { ...GITHUB, repository_id: undefined })],
    ['whose id is a number', 'RULE_UNKNOWN', () => token('GITHUB', { ...GITHUB, repository_id: 17 })],
    ['of another environment', 'RULE_UNKNOWN', () => token('GITHUB', { ...GITHUB, environment: 'dev' })],
    ['of no environment, whatever its subject says', 'RULE_UNKNOWN', () => token('GITHUB', { ...GITHUB, environment: undefined })],
    ['of an environment in other letters', 'RULE_UNKNOWN', () => token('GITHUB', { ...GITHUB, environment: 'Pilot' })],
    ['for the audience that the platform sets by itself', 'AUDIENCE_WRONG', () => token('GITHUB', { ...GITHUB, aud: 'https://github.com/acme' })],
    ['of another server of the same platform', 'ISSUER_UNKNOWN', () => token('GITHUB', { ...GITHUB, iss: `${issuerOf('GITHUB')}/acme` })],
    ['signed by somebody else', 'KEY_UNKNOWN', () => token('GITHUB', GITHUB, stranger)],
    ['signed in another way', 'ALGORITHM_NOT_ALLOWED', () => token('GITHUB', GITHUB, platform.key('EdDSA'))],
    ['that has ended', 'TOKEN_EXPIRED', () => token('GITHUB', { ...GITHUB, iat: now() - 300, exp: now() - 60 })],
    ['that was issued long ago', 'TOKEN_TOO_OLD', () => token('GITHUB', { ...GITHUB, iat: now() - 700, exp: now() + 3600 })],
    ['of one platform by the claims of another', 'RULE_UNKNOWN', () => token('GITLAB', GITHUB)],
    ['whose flag is no text', 'RULE_UNKNOWN', () => token('GITLAB', { ...GITLAB, ref_protected: true })],
    ['of a branch that anybody can push to', 'RULE_UNKNOWN', () => token('GITLAB', { ...GITLAB, ref_protected: 'false' })],
    ['of an environment that nobody guards', 'RULE_UNKNOWN', () => token('GITLAB', { ...GITLAB, environment_protected: undefined })],
    ['of another project under the same path', 'RULE_UNKNOWN', () => token('GITLAB', { ...GITLAB, project_id: '70' })],
    ['of a pod, without an end', 'CLAIM_MISSING', () => token('KUBERNETES', { ...POD, exp: undefined })],
    ['of a pod, kept in a secret', 'CLAIM_MISSING', () => token('KUBERNETES', { ...POD, ...flat, aud: undefined, exp: undefined, iat: undefined })],
    ['of a pod, flat, with an end', 'RULE_UNKNOWN', () => token('KUBERNETES', { ...POD, ...flat })],
    ['of a pod of a service account made anew', 'RULE_UNKNOWN', () => token('KUBERNETES', { ...POD, 'kubernetes.io': { namespace: 'prod', serviceaccount: { name: 'deployer', uid: 'u-9' } } })],
    ['of a pod in another namespace', 'RULE_UNKNOWN', () => token('KUBERNETES', { ...POD, 'kubernetes.io': { namespace: 'test', serviceaccount: { name: 'deployer', uid: 'u-1' } } })],
    ['of a pod, for its own cluster only', 'AUDIENCE_WRONG', () => token('KUBERNETES', { ...POD, aud: ['https://kubernetes.default.svc'] })],
    ['of a pod, for its own cluster as well', 'AUDIENCE_WRONG', () => token('KUBERNETES', { ...POD, aud: [AUDIENCE, 'https://kubernetes.default.svc'] })],
    ['for two audiences, one of which nobody registered', 'AUDIENCE_WRONG', () => token('GITLAB', { ...GITLAB, aud: ['vault', AUDIENCE] })],
    ['about nobody', 'CLAIM_MISSING', () => token('KUBERNETES', { ...POD, sub: undefined })],
  ];

  test.each(BAD)('%s: %s', async (_, reason, made) => {
    expect(await ask(await made())).toEqual({ status: 401, verdict: 'ERROR', codes: ['UNAUTHENTICATED'], because: toldOf(reason), reason });
  });

  test('in at least 15 ways', () => {
    expect(BAD.length).toBeGreaterThanOrEqual(15);
  });

  test('that fits two rules: it would be open who is asking', async () => {
    const rule = await trust('ISS-1', { repository_id: '20', environment: 'pilot' });
    await trust('ISS-1', { repository_id: '20', environment: 'pilot', ref: 'refs/heads/main' });
    const job = await token('GITHUB', { ...GITHUB, repository_id: '20' });

    expect((await ask(job)).because).toBe('RULE_AMBIGUOUS');
    await acts.change('ada', 'retireTrustRule', rule, { reason: 'r' });
    expect(await ask(job)).toMatchObject({ status: 200 });
  });

  test('from the moment its rule or its issuer is retired', async () => {
    const rule = await trust('ISS-1', { repository_id: '21', environment: 'pilot' });
    const job = await token('GITHUB', { ...GITHUB, repository_id: '21' });
    expect(await ask(job)).toMatchObject({ status: 200, verdict: 'ALLOW' });

    await acts.change('ada', 'retireTrustRule', rule, { reason: 'r' });
    expect((await ask(job)).because).toBe('RULE_UNKNOWN');
    await acts.change('ada', 'retireIssuer', await acts.read('ada', 'trustedIssuer', { id: 'ISS-3' }, 'id version'), { reason: 'r' });
    expect((await ask(await token('KUBERNETES', POD))).reason).toBe('ISSUER_UNKNOWN');
  });
});

describe('a rule', () => {
  test('that binds a name only is refused', async () => {
    const named: Readonly<Record<string, string>>[] = [{ sub: 'repo:acme/app:environment:live' }, { repository: 'acme/app', environment: 'live' }, { repository_id: '17' }];
    for (const claims of named) {
      expect(await acts.refused(trust('ISS-1', claims))).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'conditions', because: ['NOT_BOUND'] } });
    }
  });
});

test('each change of an issuer, a rule or a key raises the epoch of the whole organization, and each is a node', async () => {
  const client = await connectTo(app.database.adminUrl, app.as('ada').tenantId);
  const epoch = async (): Promise<number> => Number((await client.query<{ seq: string }>('select changed_seq as seq from gate.epochs where scope_id = $1', [app.as('ada').tenantId])).rows[0]?.seq);
  const seen = [await epoch()];
  const note = async (): Promise<void> => { seen.push(await epoch()); };

  const rule = await trust('ISS-1', { repository_id: '30', environment: 'pilot' });
  await note();
  await acts.change('ada', 'retireTrustRule', rule, { reason: 'r' });
  await note();
  const { key } = await issue();
  await note();
  await acts.change('ada', 'revokeApiKey', key, { reason: 'r' });
  await note();
  await acts.act('ada', 'changeIssuer', { id: 'ISS-1', expectedVersion: 1, reason: 'r', input: { maxTokenAgeMinutes: 11 } });
  await note();
  await client.end();

  expect(seen.every((seq, i) => i === 0 || seq > seen[i - 1]!)).toBe(true);
  for (const [id, type] of [['ISS-1', 'TrustedIssuer'], [rule.number, 'TrustRule'], [key.number, 'ApiKey']] as const) expect(await acts.read('axel', 'node', { id }, '__typename')).toEqual({ __typename: type });
});

describe('a cluster whose keys nobody can fetch', () => {
  let cluster: TokenIssuer;
  /** What another server remembers by itself. */
  let replica: SignInService;
  let issuer: Acted;
  const pod = (): Promise<string> => cluster.token({ iss: cluster.url, aud: AUDIENCE, ...POD }, { typ: 'JWT' });
  const published = (): string => JSON.stringify({ keys: cluster.keys.map(({ jwk }) => jwk) });
  const arrival: Arrival = { command: null, requestId: 'r', traceId: null, tokenHash: null, ipCommitment: null, identityFreshness: 'FRESH', pool: 'general', reads: null };
  const replicas = async (given: string): Promise<unknown[]> => [(await ask(given)).status, await replica.byToken(given, arrival).then(() => 200, (error: unknown) => (error as Refusal).code)];

  beforeAll(async () => {
    cluster = await TokenIssuer.start(['RS256']);
    replica = new SignInService(app.app.get(Arrivals), app.app.get(UnitOfWork), new KeySets(app.app.get(Outgoing)));
    issuer = await acts.act('ada', 'registerIssuer', { input: { kind: 'KUBERNETES', issuer: cluster.url, audience: AUDIENCE, jwks: published() } });
    await trust(issuer.number, { 'serviceaccount.uid': 'u-1' });
  });
  afterAll(() => cluster.stop());

  test('is believed by those that an administrator wrote down; nothing is fetched, and others come at once, on every server', async () => {
    const fetched = jest.spyOn(Outgoing.prototype, 'json');
    const before = await pod();
    expect(await replicas(before)).toEqual([200, 200]);
    await cluster.rotate('RS256');
    const after = await pod();
    expect(await replicas(after)).toEqual([401, 'UNAUTHENTICATED']);

    await acts.change('ada', 'changeIssuer', issuer, { input: { jwks: published() }, reason: 'The cluster has other keys.' });

    expect([await replicas(after), await replicas(before)]).toEqual([[200, 200], [401, 'UNAUTHENTICATED']]);
    expect([cluster.requests, fetched.mock.calls]).toEqual([0, []]);
  });

  test('has them told to whoever reads the register, and each change of them is in the log', async () => {
    const client = await connectTo(app.database.adminUrl, app.as('ada').tenantId);
    const { trustedIssuer } = (await app.graphql<{ trustedIssuer: { jwks: string; jwksUrl: string } }>('axel', `{ trustedIssuer(id: "${issuer.number}") { jwks jwksUrl } }`)).data!;
    const logged = await client.query<{ action: string }>("select convert_from(entry, 'UTF8')::jsonb ->> 'action' as action from audit.entry where object_id = $1 order by seq", [issuer.id]);
    await client.end();

    expect([(JSON.parse(trustedIssuer.jwks) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid), trustedIssuer.jwksUrl]).toEqual([[cluster.key().kid], '']);
    expect(logged.rows).toEqual([{ action: 'issuer.registered' }, { action: 'issuer.changed' }]);
  });

  test('has no secrets written down: they are refused, and told to nobody', async () => {
    const { privateKey, kid } = cluster.key();
    const secret = privateKey.export({ format: 'jwk' });
    const answer = await app.graphql('ada', 'mutation ($input: RegisterIssuerInput!) { registerIssuer(input: $input) { id } }', { input: { kind: 'KUBERNETES', issuer: cluster.url, audience: 'other', jwks: JSON.stringify({ keys: [{ ...secret, kid }] }) } });

    expect(answer.errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT', details: { field: 'jwks.keys.0.d' } } }]);
    expect(JSON.stringify(answer)).not.toContain(secret.d);
  });
});

interface IssuedKey { readonly secret: string; readonly key: { readonly id: string; readonly number: string; readonly version: number } }
const issue = (more: Args = {}): Promise<IssuedKey> => acts.read('ada', 'issueApiKey', { input: { name: 'Nightly build', validUntil: UNTIL, ...more } }, 'secret key { id number version }');
const rotate = ({ key }: IssuedKey): Promise<IssuedKey> => acts.read('ada', 'rotateApiKey', { id: key.id, expectedVersion: key.version, validUntil: UNTIL }, 'secret key { id number version }');

describe('a key', () => {
  test('asks as a service of its own, for its systems and environments', async () => {
    const { secret } = await issue({ systems: ['SYS-1'], environments: ['dev'] });

    expect(secret).toMatch(/^cs_live_[0-9A-Za-z]{24}_[0-9A-Za-z]{6}$/);
    expect(await ask(secret)).toMatchObject({ status: 200, verdict: 'ALLOW' });
    expect((await ask(secret, 'pilot')).codes).toContain('ENVIRONMENT_MISMATCH');
  });

  test('may be used for what it was narrowed to, and for nothing else', async () => {
    const { secret } = await issue({ permissions: ['gate.check'] });

    expect(await ask(secret)).toMatchObject({ status: 200, verdict: 'ALLOW' });
    expect(await ask(secret, 'dev', 'authorize')).toMatchObject({ status: 403, codes: ['PERMISSION_DENIED'] });
    expect((await graphql(secret, 'systems', {}, '__typename')).code).toBe('PERMISSION_DENIED');
  });

  test('is kept nowhere, nor is its secret shown again', async () => {
    const { secret, key } = await issue();
    const client = await connectTo(app.database.adminUrl, app.as('ada').tenantId);
    const kept = async (text: string): Promise<unknown> => (await client.query('select (select count(*) from audit.content where position($1::bytea in bytes) > 0)::int as content, (select count(*) from api_keys k where to_jsonb(k)::text like $2)::int as rows', [Buffer.from(text), `%${text}%`])).rows[0];

    expect(await kept(secret)).toEqual({ content: 0, rows: 0 });
    expect(await kept(secret.slice(8, 32))).toEqual({ content: 0, rows: 0 });
    expect(await kept(sha256(secret))).toEqual({ content: 1, rows: 1 });
    await client.end();
    expect(JSON.stringify(await acts.read('axel', 'apiKey', { id: key.number }, 'number name permissions validUntil active availableActions account { roles { role } }'))).not.toContain(sha256(secret));
  });

  test('opens nothing once it is revoked, nor when it was never one', async () => {
    const { secret, key } = await issue();
    expect(await ask(secret)).toMatchObject({ status: 200 });
    await acts.change('ada', 'revokeApiKey', key, { reason: 'It was seen.' });

    expect((await ask(secret)).because).toBe('KEY_REVOKED');
    expect((await ask(secret.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).because).toBe('KEY_MALFORMED');
    expect((await ask('cs_live_000000000000000000000000_0RFTvn')).because).toBe('KEY_UNKNOWN');
  });

  test('has one successor beside it, as the same service; of two at once one comes into being', async () => {
    const first = await issue({ environments: ['dev'] });
    const both = await Promise.allSettled([rotate(first), rotate(first)]);

    const made = both.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [second] = made;
    for (const { secret } of [first, second!]) expect(await ask(secret)).toMatchObject({ status: 200, verdict: 'ALLOW' });
    expect(await acts.refusal(rotate(second!))).toBe('ALREADY_EXISTS');
    await acts.change('ada', 'revokeApiKey', first.key, { reason: 'Replaced.' });
    expect([(await ask(first.secret)).because, (await ask(second!.secret)).verdict]).toEqual(['KEY_REVOKED', 'ALLOW']);
  });

  test('tells when it was used last, and is not written for each use', async () => {
    const { secret, key } = await issue();
    const used = async (): Promise<unknown> => (await acts.read<{ lastUsedAt: string | null }>('ada', 'apiKey', { id: key.id }, 'lastUsedAt')).lastUsedAt;
    expect(await used()).toBeNull();

    await ask(secret);
    const first = await used();
    expect(first).toEqual(expect.stringMatching(/Z$/));
    await ask(secret);
    await graphql(secret, 'viewer', {}, 'number');
    expect(await used()).toBe(first);
  });
});

test('a job, a key and a person who comes for the first time are refused while their organization is suspended, and go on afterwards', async () => {
  const people = `${platform.url}/people`;
  await acts.act('ada', 'registerIssuer', { input: { kind: 'PEOPLE', issuer: people, audience: AUDIENCE, jwksUrl: platform.jwksUrl, groupsClaim: 'groups', groupRoles: [{ group: 'g', role: 'AUDITOR' }], admitsNewcomers: true } });
  const { secret } = await acts.read<{ secret: string }>('ada', 'issueApiKey', { input: { name: 'k', validUntil: UNTIL } }, 'secret');
  const person = await platform.token({ iss: people, aud: AUDIENCE, sub: 'nina', groups: ['g'] }, { typ: 'JWT' });
  await trust('ISS-1', { repository_id: '99', environment: 'pilot' });
  const machines = [await token('GITHUB', { ...GITHUB, repository_id: '99' }), secret];
  const { tenantId } = app.as('ada');

  await turnTenant(app.database.ownerUrl, tenantId, (tenant, now) => suspendTenant(tenant, { reason: 'x', keepUntil: null, now }));
  for (const machine of machines) expect(await ask(machine)).toMatchObject({ status: 403, verdict: 'ERROR', codes: ['TENANT_SUSPENDED'] });
  for (const each of [...machines, person]) expect((await graphql(each, 'viewer', {}, 'id')).code).toBe('TENANT_SUSPENDED');
  await turnTenant(app.database.ownerUrl, tenantId, resumeTenant);

  for (const machine of machines) expect(await ask(machine)).toMatchObject({ status: 200, verdict: 'ALLOW' });
  expect((await graphql(person, 'viewer', {}, 'handle')).data).toEqual({ viewer: { handle: 'nina' } });
});

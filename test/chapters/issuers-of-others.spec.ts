// Issuers of several organizations on one server: what one of them registers neither takes over the tokens of another nor keeps them out, and is bounded.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { MOST_ISSUERS, type IssuerInput } from '../../src/domain/trusted-issuer.js';
import { TrustedIssuersService } from '../../src/identity/trusted-issuers.service.js';
import { FailedAttempts } from '../../src/platform/failed-attempts.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { startApp, type GraphQLAnswer, type TestApp } from '../support/app.js';
import { refusal } from '../support/given.js';
import { recordRefusedCredentials, stopRecording } from '../support/refused-credentials.js';
import { newKey, TokenIssuer, type Claims, type IssuerKey } from '../support/token-issuer.js';
import { secondOrganization } from './register.js';

let app: TestApp;
let idp: TokenIssuer;
let stranger: IssuerKey;
let reasons: ReadonlyMap<string, string>;
/** The administrator of the other organization. */
let other: RequestContext;

beforeAll(async () => {
  app = await startApp({ loopback: true });
  jest.spyOn(app.app.get(FailedAttempts), 'count').mockResolvedValue(null);
  reasons = recordRefusedCredentials();
  other = (await secondOrganization(app))('ada');
  idp = await TokenIssuer.start();
  stranger = await newKey('RS256');
  await service().register(app.as('ada'), inputOf({ groupsClaim: 'groups', groupRoles: [{ group: 'auditors', role: 'AUDITOR', lane: null, qualification: null }], admitsNewcomers: true }));
});

afterAll(async () => {
  stopRecording();
  await idp.stop();
  await app.close();
});

const service = (): TrustedIssuersService => app.app.get(TrustedIssuersService);

function inputOf(more: Partial<IssuerInput> = {}): IssuerInput {
  return {
    kind: 'PEOPLE', issuer: idp.url, audience: 'countersign', jwksUrl: idp.jwksUrl, jwks: null, algorithms: ['RS256'], tokenType: null, maxTokenAgeMinutes: 60,
    groupsClaim: null, groupRoles: [], groupRolesDays: 30, admitsNewcomers: false, signOffAcr: [], signOffAmr: [], ...more,
  };
}

/** Whom a token signs in, or why it does not. */
async function seen(claims: Claims): Promise<unknown> {
  const token = await idp.token({ sub: 'amara', groups: ['auditors'], ...claims });
  const answer = await fetch(`${app.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: '{"query":"{ viewer { handle } }"}' });
  const { data } = await answer.json() as GraphQLAnswer<{ viewer: { handle: string } } | null>;
  return data?.viewer.handle ?? reasons.get(answer.headers.get('x-request-id') ?? '');
}

/** What an administrator of the other organization is told. */
async function tried(operation: string): Promise<{ code: unknown; told: unknown }> {
  const [error] = (await app.graphql('other-ada', `mutation { ${operation} { active } }`)).errors ?? [];
  return { code: error?.extensions['code'], told: error === undefined ? undefined : [error.message, error.extensions['details']] };
}

describe('an administrator of another organization', () => {
  const own = (): string => `jwks: ${JSON.stringify(JSON.stringify({ keys: [stranger.jwk] }))}`;
  const register = (kind: string, audience: string, keys: string): ReturnType<typeof tried> => tried(`registerIssuer(input: { kind: ${kind}, issuer: "${idp.url}", audience: "${audience}", ${keys} })`);
  const members = async (): Promise<unknown[]> => [await seen({}), await seen({ aud: ['countersign', 'account'] })];

  test('neither takes tokens over nor keeps them out by what they register, at once or later', async () => {
    expect(await members()).toEqual(['amara', 'amara']);
    const theirs = `jwksUrl: "${idp.jwksUrl}"`;
    const refused = [await register('PEOPLE', 'countersign', own()), await register('PEOPLE', 'account', own()), await register('PEOPLE', 'account', theirs), await register('GITLAB', 'countersign', theirs)];

    expect(refused.map(({ code }) => code)).toEqual(['ALREADY_EXISTS', 'ALREADY_EXISTS', 'ALREADY_EXISTS', 'ALREADY_EXISTS']);
    expect(await members()).toEqual(['amara', 'amara']);
    // As an issuer of jobs they may: those ask for one audience alone, and no token of a person is theirs.
    expect((await register('GITLAB', 'account', theirs)).code).toBeUndefined();
    expect((await tried('changeIssuer(id: "ISS-1", expectedVersion: 1, input: { audience: "countersign" }, reason: "r")')).code).toBe('ALREADY_EXISTS');
    expect(await members()).toEqual(['amara', 'amara']);
    await tried('retireIssuer(id: "ISS-1", expectedVersion: 1, reason: "r")');
  });

  test('is not told whether an audience of these people is registered', async () => {
    const [registered, free] = [await register('PEOPLE', 'countersign', own()), await register('PEOPLE', 'account', own())];

    expect(registered.told).toEqual(free.told);
    expect(JSON.stringify(registered.told)).not.toMatch(/countersign|account/);
  });

  test('shares the issuer if the operator says so: with one audience, which is theirs, and no other', async () => {
    const shared = await service().register(other, inputOf({ audience: 'theirs' }), true);
    const change = (written: string): ReturnType<typeof tried> => tried(`changeIssuer(id: "${shared.number}", expectedVersion: 1, input: { ${written} }, reason: "r")`);

    expect([(await change('audience: "account"')).code, (await change('maxTokenAgeMinutes: 30')).code]).toEqual(['ALREADY_EXISTS', undefined]);
    expect(await members()).toEqual(['amara', 'amara']);
    // What names the audiences of both is nobody's: whoever was first, or last, would take over what the other one's people do.
    expect(await seen({ aud: ['countersign', 'theirs'] })).toBe('ISSUER_UNKNOWN');
    await service().retire(other, { id: shared.id, expectedVersion: 2 }, 'r');
    expect(await seen({ aud: ['countersign', 'theirs'] })).toBe('amara');
  });
});

describe('an organization believes', () => {
  const one = (i: number): IssuerInput => inputOf({ issuer: `https://login-${String(i)}.example`, jwksUrl: `https://login-${String(i)}.example/keys` });

  test(`at most ${String(MOST_ISSUERS)} issuers at once, however many are registered together`, async () => {
    for (let i = 1; i < MOST_ISSUERS; i += 1) await service().register(other, one(i));
    const last = await Promise.allSettled([service().register(other, one(20)), service().register(other, one(21)), service().register(other, one(22))]);

    expect(last.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const { reason } of last.filter((each): each is PromiseRejectedResult => each.status === 'rejected')) expect(reason).toMatchObject({ code: 'ISSUER_LIMIT_REACHED', facts: { actual: '20' } });
    const { nodes: [latest] } = await service().issuers(other, { active: true }, { first: 1, after: null });
    await service().retire(other, { id: latest!.id, expectedVersion: 1 }, 'r');
    expect(await service().register(other, one(23))).toMatchObject({ state: 'ACTIVE' });
    await expect(service().register(other, one(24))).rejects.toThrow(refusal('ISSUER_LIMIT_REACHED'));
    // Nobody else's are counted with them.
    expect(await service().register(app.as('ada'), one(25))).toMatchObject({ state: 'ACTIVE' });
  });
});

// Keys that are written down: what is taken of a key set, and what is refused and where.
import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { refusal } from '../../test/support/given.js';
import { MAX_KEYS_BYTES, publicKeySet } from './issuer-keys.js';
import { changeIssuer, registerIssuer, type IssuerChange, type IssuerInput, type TrustedIssuer } from './trusted-issuer.js';

const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }), weak: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }), ec384: generateKeyPairSync('ec', { namedCurve: 'P-384' }), ed: generateKeyPairSync('ed25519'),
};
const jwk = (key: KeyObject, kid = 'k-1'): JsonWebKey => ({ ...key.export({ format: 'jwk' }), kid });
const rsa = jwk(pairs.rsa.publicKey);
const set = (...keys: unknown[]): string => JSON.stringify({ keys });
const ALL = ['RS256', 'ES256', 'EdDSA'];

test('takes public keys of each kind, and of them nothing but what verifies a signature', () => {
  const given = [{ ...rsa, alg: 'RS256', use: 'sig', x5c: ['MIIB'], key_ops: ['verify'] }, jwk(pairs.ec.publicKey, 'k-2'), jwk(pairs.ed.publicKey, 'k-3')];

  const { keys } = JSON.parse(publicKeySet(JSON.stringify({ keys: given, more: 1 }), ALL)) as { keys: JsonWebKey[] };

  expect(keys).toEqual([{ ...rsa, alg: 'RS256', use: 'sig' }, { ...given[1], alg: 'ES256', use: 'sig' }, { ...given[2], alg: 'EdDSA', use: 'sig' }]);
});

const { x } = jwk(pairs.ec.publicKey);
test.each<[string, string, string]>([
  ['a private RSA key', set(jwk(pairs.rsa.privateKey)), 'jwks.keys.0.d'],
  ['a private EC key', set(rsa, jwk(pairs.ec.privateKey, 'k-2')), 'jwks.keys.1.d'],
  ['a private Ed25519 key', set(jwk(pairs.ed.privateKey)), 'jwks.keys.0.d'],
  ['one factor of a private key', set({ ...rsa, p: 'AQAB' }), 'jwks.keys.0.p'],
  ['a shared secret', set({ kty: 'oct', k: 'c2VjcmV0', kid: 'k-1' }), 'jwks.keys.0.k'],
  ['a shared secret that is left out', set({ kty: 'oct', kid: 'k-1' }), 'jwks.keys.0'],
  ['a kind that nobody knows', set({ ...rsa, kty: 'RSB' }), 'jwks.keys.0.kty'],
  ['a kind that inherits', set({ ...rsa, kty: 'constructor' }), 'jwks.keys.0.kty'],
  ['another curve', set(jwk(pairs.ec384.publicKey)), 'jwks.keys.0.kty'],
  ['a weak RSA key', set(jwk(pairs.weak.publicKey)), 'jwks.keys.0.n'],
  ['an RSA key by which anybody can sign', set({ ...rsa, e: 'AQ' }), 'jwks.keys.0.e'],
  ['an even exponent', set({ ...rsa, e: 'AQAA' }), 'jwks.keys.0.e'],
  ['a point that is on no curve', set({ kty: 'EC', crv: 'P-256', x, y: x, kid: 'k-1' }), 'jwks.keys.0'],
  ['half a point', set({ kty: 'EC', crv: 'P-256', x, kid: 'k-1' }), 'jwks.keys.0.y'],
  ['no number', set({ ...rsa, n: 17 }), 'jwks.keys.0.n'],
  ['a key for encryption', set({ ...rsa, use: 'enc' }), 'jwks.keys.0.use'],
  ['a key for another kind of signature', set({ ...rsa, alg: 'PS256' }), 'jwks.keys.0.alg'],
  ['a key without an id', set({ ...rsa, kid: undefined }), 'jwks.keys.0.kid'],
  ['two keys of one id', set(rsa, jwk(pairs.ec.publicKey)), 'jwks.keys.1.kid'],
  ['no key', set(), 'jwks'], ['a key that is none', set('k-1'), 'jwks.keys.0'], ['more than twenty keys', set(...Array.from({ length: 21 }, (_, i) => ({ ...rsa, kid: `k-${String(i)}` }))), 'jwks'],
  ['a key instead of a set', JSON.stringify(rsa), 'jwks'], ['a list', '[]', 'jwks'], ['nothing', 'null', 'jwks'], ['no JSON', '{', 'jwks'],
  ['more than 16 kB', `${set(rsa)}${' '.repeat(MAX_KEYS_BYTES)}`, 'jwks'],
])('refuses %s', (_, text, field) => {
  expect(() => publicKeySet(text, ALL)).toThrow(refusal('INVALID_INPUT', { field }));
});

test('tells nothing of a secret that was sent', () => {
  const secret = jwk(pairs.ed.privateKey);

  expect(() => publicKeySet(set(secret), ALL)).toThrow(expect.objectContaining({ facts: expect.not.objectContaining({ actual: expect.anything() as unknown }) as unknown, message: expect.not.stringContaining(secret.d!) as unknown }));
});

test('refuses keys of which none verifies what the issuer may sign with', () => {
  expect(() => publicKeySet(set(rsa), ['ES256'])).toThrow(refusal('INVALID_INPUT', { field: 'jwks', expected: 'a key for ES256' }));
});

describe('an issuer', () => {
  const by = { personId: 'ada', now: '2026-11-01T00:00:00.000Z', loopback: false };
  const URL_OF_KEYS = 'https://cluster.example/keys';
  const input: IssuerInput = {
    kind: 'KUBERNETES', issuer: 'https://kubernetes.default.svc', audience: 'a', jwksUrl: null, jwks: set(rsa), algorithms: ['RS256'], tokenType: null, maxTokenAgeMinutes: null,
    groupsClaim: null, groupRoles: [], groupRolesDays: 30, admitsNewcomers: false, signOffAcr: [], signOffAmr: [],
  };
  const register = (more: Partial<IssuerInput>): TrustedIssuer => registerIssuer({ id: 'iss', number: 'ISS-1' }, { ...input, ...more }, by).next;
  const change = (before: TrustedIssuer, more: IssuerChange): TrustedIssuer => changeIssuer(before, more, 'r', by).next;

  test('has either an address of its keys or the keys themselves', () => {
    for (const more of [{ jwks: null }, { jwksUrl: URL_OF_KEYS }]) expect(() => register(more)).toThrow(refusal('INVALID_INPUT', { field: 'jwksUrl' }));
    expect(register({ jwks: null, jwksUrl: URL_OF_KEYS })).toMatchObject({ jwks: null, jwksUrl: URL_OF_KEYS });
  });

  test('gets other keys, or an address in their place and the other way round, by a change; any other change keeps them', () => {
    const written = register({});
    const other = change(written, { jwks: set(jwk(pairs.rsa.publicKey, 'k-2')) });
    const fetched = change(other, { jwksUrl: URL_OF_KEYS });

    expect([other.jwks?.includes('"k-2"'), other.jwks?.includes('"k-1"')]).toEqual([true, false]);
    expect(fetched).toMatchObject({ jwks: null, jwksUrl: URL_OF_KEYS });
    expect(change(fetched, { jwks: set(rsa) })).toMatchObject({ jwks: written.jwks, jwksUrl: null });
    expect(change(written, { maxTokenAgeMinutes: 5 })).toMatchObject({ jwks: written.jwks, jwksUrl: null });
    expect(() => change(written, { algorithms: ['ES256'] })).toThrow(refusal('INVALID_INPUT', { field: 'jwks' }));
    expect(() => change(written, { jwks: null })).toThrow(refusal('INVALID_INPUT', { field: 'jwksUrl' }));
  });
});

/**
 * The public keys of an issuer, written down by an administrator where the server cannot fetch them, such as those of a cluster that nobody
 * reaches from outside. Only what verifies signatures is taken: whoever sends a secret by mistake is told so, and it is not kept.
 */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { canonicalJson, checkText } from './digest.js';
import { Refusal } from './refusal.js';

export const MAX_KEYS_BYTES = 16_384;
const MOST_KEYS = 20;
const LEAST_RSA_BITS = 2048;

/** What verifies which kind of signature; nothing else is a key here. */
const KINDS = [
  { alg: 'RS256', kty: 'RSA', crv: undefined, members: ['n', 'e'] },
  { alg: 'ES256', kty: 'EC', crv: 'P-256', members: ['crv', 'x', 'y'] },
  { alg: 'EdDSA', kty: 'OKP', crv: 'Ed25519', members: ['crv', 'x'] },
] as const;
/** Of private keys of all kinds, and of shared secrets (RFC 7518, 6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

type Members = Readonly<Record<string, unknown>>;

/** The key set (RFC 7517) of this text in canonical form, with nothing in it but public keys, each under its own id. */
export function publicKeySet(text: string, algorithms: readonly string[]): string {
  if (Buffer.byteLength(text, 'utf8') > MAX_KEYS_BYTES) throw invalid('jwks', 'The key set is too long.', `at most ${String(MAX_KEYS_BYTES)} bytes`);
  const keys = keysIn(text).map((key, i) => publicKey(key, `jwks.keys.${String(i)}`));
  const twice = keys.findIndex(({ kid }, i) => keys.findIndex((other) => other.kid === kid) < i);
  if (twice >= 0) throw invalid(`jwks.keys.${String(twice)}.kid`, 'Another key of this set has the same id.', 'an id for each key');
  if (!keys.some(({ alg }) => algorithms.includes(alg))) throw invalid('jwks', 'None of these keys verifies a signature of the kinds that are accepted from this issuer.', `a key for ${algorithms.join(', ')}`);
  return canonicalJson({ keys });
}

function keysIn(text: string): readonly unknown[] {
  const set = parsed(text);
  const keys = isObject(set) ? set['keys'] : null;
  if (Array.isArray(keys) && keys.length > 0 && keys.length <= MOST_KEYS) return keys;
  throw invalid('jwks', `A key set is {"keys": […]}, with 1 to ${String(MOST_KEYS)} keys.`, 'what the issuer publishes at its jwks_uri');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('jwks', 'The key set is no JSON.', '{"keys": […]}');
  }
}

function publicKey(key: unknown, field: string): Members & { readonly kid: string; readonly alg: string } {
  if (!isObject(key)) throw invalid(field, 'A key is a JSON object.', '{"kty": …, "kid": …}');
  const secret = SECRET_MEMBERS.find((member) => member in key);
  if (secret !== undefined || key['kty'] === 'oct') throw invalid(secret === undefined ? field : `${field}.${secret}`, 'This is a secret, and whoever has it can sign tokens. It was not kept, but it was sent: replace it at the issuer, then send the public keys alone.', 'public keys only');
  const kind = KINDS.find(({ kty, crv }) => kty === key['kty'] && crv === key['crv']);
  if (kind === undefined) throw invalid(`${field}.kty`, 'No token is verified with a key of this kind.', KINDS.map(({ kty, crv }) => (crv === undefined ? kty : `${kty} ${crv}`)).join(', '));
  checkPurpose(key, kind.alg, field);
  const members = Object.fromEntries(kind.members.map((name) => [name, textOf(key[name], `${field}.${name}`, 2000)]));
  checkStrength(members, kind.kty, field);
  return { kty: kind.kty, kid: textOf(key['kid'], `${field}.kid`, 300), alg: kind.alg, use: 'sig', ...members };
}

function checkPurpose(key: Members, alg: string, field: string): void {
  if (key['alg'] !== undefined && key['alg'] !== alg) throw invalid(`${field}.alg`, 'The key is for another kind of signature.', alg);
  if (key['use'] !== undefined && key['use'] !== 'sig') throw invalid(`${field}.use`, 'The key is not for signatures.', 'sig');
}

function checkStrength(members: Readonly<Record<string, string>>, kty: string, field: string): void {
  const { modulusLength = 0, publicExponent = 0n } = loaded({ kty, ...members }, field).asymmetricKeyDetails ?? {};
  if (kty !== 'RSA') return;
  if (modulusLength < LEAST_RSA_BITS) throw invalid(`${field}.n`, `An RSA key of ${String(modulusLength)} bits is too weak.`, `at least ${String(LEAST_RSA_BITS)} bits`);
  if (publicExponent < 3n || publicExponent % 2n === 0n) throw invalid(`${field}.e`, 'With this exponent anybody can sign.', 'such as AQAB');
}

function loaded(key: JsonWebKey, field: string): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    throw invalid(field, 'The numbers of this key are no public key.', 'the key exactly as the issuer publishes it');
  }
}

function textOf(value: unknown, field: string, most: number): string {
  if (typeof value !== 'string') throw invalid(field, 'A text is missing here.', 'a text');
  return checkText(value, field, most);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(field: string, message: string, expected: string): Refusal {
  return new Refusal('INVALID_INPUT', { field, message, expected });
}

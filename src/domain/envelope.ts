/**
 * Signed bytes that anyone can verify without the server: a DSSE v1 envelope with one Ed25519 signature (RFC 8032). The signature covers
 * the type of the payload too, so that nothing signed for one purpose can be shown for another.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from './digest.js';

export interface Envelope {
  readonly payloadType: string;
  /** Base64 of exactly the bytes that were signed. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** A public key as RFC 8037 writes it. */
export interface PublicJwk { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string; readonly kid: string; readonly use: 'sig'; readonly alg: 'EdDSA' }

export const ENVELOPE_FLAWS = ['TOO_LARGE', 'NOT_AN_ENVELOPE', 'KEY_UNKNOWN', 'SIGNATURE_INVALID', 'WRONG_TYPE', 'NOT_CANONICAL'] as const;
export type EnvelopeFlaw = (typeof ENVELOPE_FLAWS)[number];

/** The largest envelope that is looked at, in characters of its payload. */
const MAX_PAYLOAD = 131_072;

export function signEnvelope(key: { readonly keyId: string; readonly privateKey: KeyObject }, payloadType: string, value: unknown): Envelope {
  const payload = Buffer.from(canonicalJson(value), 'utf8');
  return { payloadType, payload: payload.toString('base64'), signatures: [{ keyid: key.keyId, sig: sign(null, signedBytes(payloadType, payload), key.privateKey).toString('base64') }] };
}

/** The value that was signed, or what is wrong. The named key only narrows: one that is not among the given is not trusted. */
export function openEnvelope(envelope: unknown, payloadType: string, keys: readonly PublicJwk[]): { readonly signed: unknown } | EnvelopeFlaw {
  if (!isEnvelope(envelope)) return 'NOT_AN_ENVELOPE';
  if (envelope.payload.length > MAX_PAYLOAD) return 'TOO_LARGE';
  const [signature] = envelope.signatures;
  const key = keys.find(({ kid }) => kid === signature?.keyid);
  if (signature === undefined || key === undefined) return 'KEY_UNKNOWN';
  const [payload, sig] = [Buffer.from(envelope.payload, 'base64'), Buffer.from(signature.sig, 'base64')];
  if (sig.toString('base64') !== signature.sig || !verify(null, signedBytes(envelope.payloadType, payload), publicKeyOf(key), sig)) return 'SIGNATURE_INVALID';
  if (envelope.payloadType !== payloadType) return 'WRONG_TYPE';
  const signed = valueOf(payload);
  return signed === null || payload.toString('base64') !== envelope.payload ? 'NOT_CANONICAL' : { signed };
}

/** The key with its thumbprint (RFC 7638) as its name. */
export function publicJwk(key: KeyObject): PublicJwk {
  const { x = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  const kid = createHash('sha256').update(canonicalJson({ crv: 'Ed25519', kty: 'OKP', x })).digest('base64url');
  return { kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' };
}

/** The pre-authentication encoding of DSSE: every part with its length, so that no two pairs of type and payload are the same bytes. */
function signedBytes(payloadType: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${String(Buffer.byteLength(payloadType))} ${payloadType} ${String(payload.length)} `, 'utf8'), payload]);
}

function publicKeyOf({ kty, crv, x }: PublicJwk): KeyObject {
  return createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
}

/** Null unless the bytes are the one canonical text of what they say. */
function valueOf(payload: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return canonicalJson(value) === payload.toString('utf8') ? value : null;
  } catch {
    return null;
  }
}

function isEnvelope(given: unknown): given is Envelope {
  const envelope = given as Partial<Envelope> | null;
  return typeof envelope === 'object' && envelope !== null && typeof envelope.payloadType === 'string' && typeof envelope.payload === 'string'
    && Array.isArray(envelope.signatures) && envelope.signatures.length === 1 && envelope.signatures.every((one: unknown) => isSignature(one));
}

function isSignature(given: unknown): boolean {
  const signature = given as { keyid?: unknown; sig?: unknown } | null;
  return typeof signature?.keyid === 'string' && typeof signature.sig === 'string';
}

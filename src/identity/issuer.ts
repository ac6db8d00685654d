/** The built-in issuer of embedded mode: short-lived EdDSA tokens for the people of the example. Never in production. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import type { IssuerKeys } from './keys.js';

export const BUILT_IN_ISSUER = 'urn:countersign:embedded';
const AUDIENCE = 'countersign';
export const TOKEN_HOURS = 8;

export async function mintToken(keys: Pick<IssuerKeys, 'privateKeyPem'>, subject: string, lifetimeSeconds: number = TOKEN_HOURS * 3600): Promise<string> {
  const issued = Math.floor(Date.now() / 1000);
  return new SignJWT({ auth_time: issued }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' }).setIssuer(BUILT_IN_ISSUER).setAudience(AUDIENCE).setSubject(subject)
    .setIssuedAt(issued).setExpirationTime(issued + lifetimeSeconds).sign(keyOf(keys.privateKeyPem, createPrivateKey));
}

/** Whether the token claims to be one of these; nothing else of it is believed. */
export function isBuiltIn(token: string): boolean {
  try {
    return decodeJwt(token).iss === BUILT_IN_ISSUER;
  } catch {
    return false;
  }
}

/** Every check is an option here: with its defaults the library accepts another issuer, another audience, and a token that never ends. */
export async function verifyToken(keys: Pick<IssuerKeys, 'publicKeyPem'>, token: string): Promise<{ issuer: string; subject: string; authenticatedAt: string | null }> {
  const { payload } = await jwtVerify(token, keyOf(keys.publicKeyPem, createPublicKey), {
    issuer: BUILT_IN_ISSUER, audience: AUDIENCE, algorithms: ['EdDSA'], typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'sub'], clockTolerance: 30, maxTokenAge: TOKEN_HOURS * 3600,
  });
  const { auth_time: seconds } = payload;
  return { issuer: BUILT_IN_ISSUER, subject: payload.sub ?? '', authenticatedAt: typeof seconds === 'number' && seconds >= 0 && seconds < 1e11 ? new Date(seconds * 1000).toISOString() : null };
}

const parsed = new Map<string, KeyObject>();

/** A key is read from its text once, not for every request. */
function keyOf(pem: string, parse: (pem: string) => KeyObject): KeyObject {
  const known = parsed.get(pem) ?? parse(pem);
  parsed.set(pem, known);
  return known;
}

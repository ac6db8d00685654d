/** Tokens of trusted issuers: what one claims before it is believed, and what it says once every check has passed. */
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { checkText } from '../domain/digest.js';
import { claimAt, type Membership } from '../domain/group-roles.js';
import { Refusal } from '../domain/refusal.js';
import { lacksForSignOff, type TrustedIssuer } from '../domain/trusted-issuer.js';
import type { KeySets, Trusted } from './key-sets.js';

/** How far the clocks of an issuer and of this server may be apart. */
const TOLERANCE_SECONDS = 30;

export const TOKEN_TROUBLES = [
  'TOKEN_MALFORMED', 'TOKEN_NOT_SUPPORTED', 'TOKEN_TYPE_WRONG', 'ALGORITHM_NOT_ALLOWED', 'KEY_UNKNOWN', 'KEY_AMBIGUOUS', 'KEY_UNUSABLE', 'SIGNATURE_INVALID',
  'ISSUER_UNKNOWN', 'AUDIENCE_WRONG', 'TOKEN_EXPIRED', 'TOKEN_TOO_OLD', 'TOKEN_NOT_YET_VALID', 'TOKEN_FROM_THE_FUTURE', 'CLAIM_MISSING', 'CLAIM_INVALID', 'SUBJECT_INVALID',
] as const;
export type TokenTrouble = (typeof TOKEN_TROUBLES)[number];

/** What can only be said once a signature is verified, or of any text whatever. Of all the rest nothing is told: it would tell which issuers are believed here. */
const TOLD: ReadonlySet<TokenTrouble> = new Set(['TOKEN_TYPE_WRONG', 'AUDIENCE_WRONG', 'TOKEN_EXPIRED', 'TOKEN_TOO_OLD', 'TOKEN_NOT_YET_VALID', 'TOKEN_FROM_THE_FUTURE', 'CLAIM_MISSING', 'CLAIM_INVALID', 'SUBJECT_INVALID']);

/** A token that is not believed. Why is for the log; its sender is told no more than anybody may know. */
export class TokenRefused extends Refusal {
  constructor(readonly trouble: TokenTrouble, claim?: string) {
    const told = TOLD.has(trouble) ? { because: [trouble], ...(claim !== undefined && { field: claim }) } : { because: ['TOKEN_NOT_BELIEVED'] };
    super('UNAUTHENTICATED', { message: 'The token is not accepted.', ...told, next: 'Get a fresh token for this audience from an issuer that your administrator has registered.' });
  }
}

/** Whom a token claims to be of: only good for finding the issuer to verify it with. */
export interface Claimed { readonly issuer: string; readonly audiences: readonly string[] }

export interface SaidOfPerson extends Membership {
  readonly subject: string;
  readonly name: string;
  readonly authenticatedAt: string | null;
  readonly signInLacks: string | null;
}

export function claimedBy(token: string): Claimed {
  const { iss, aud } = decoded(token);
  if (typeof iss !== 'string') throw tokenRefused('CLAIM_MISSING', 'iss');
  if (iss.includes('\0')) throw tokenRefused('ISSUER_UNKNOWN', 'iss');
  return { issuer: iss, audiences: [...new Set([aud].flat().filter((each): each is string => typeof each === 'string' && !each.includes('\0')))] };
}

/** Every check is an option here: with its defaults the library accepts another issuer, another audience, and a token that never ends. */
export async function verifyExternal(trusted: Trusted, token: string, keySets: KeySets): Promise<JWTPayload & { readonly sub: string; readonly iat: number }> {
  const { issuer } = trusted;
  const { payload } = await jwtVerify(token, (header, jws) => keySets.keyFor(trusted, header, jws), {
    issuer: issuer.issuer, audience: issuer.audience, algorithms: [...issuer.algorithms], ...(issuer.tokenType !== null && { typ: issuer.tokenType }),
    requiredClaims: ['exp', 'iat', 'sub'], clockTolerance: TOLERANCE_SECONDS, maxTokenAge: issuer.maxTokenAgeMinutes * 60,
  }).catch((error: unknown) => { throw refusedToken(error); });
  const { sub, aud, iat = 0 } = payload;
  // A job asks for its audience itself. One that asks for another's as well would be whose, was for whoever registers that other one to say.
  if (issuer.kind !== 'PEOPLE' && [aud].flat().length > 1) throw tokenRefused('AUDIENCE_WRONG', 'aud');
  if (typeof sub !== 'string' || !isText(sub)) throw tokenRefused('SUBJECT_INVALID', 'sub');
  return { ...payload, sub, iat };
}

export function saidOfPerson(issuer: TrustedIssuer, payload: Awaited<ReturnType<typeof verifyExternal>>): SaidOfPerson {
  const { sub, iat, name, preferred_username: username, auth_time: seconds, acr, amr } = payload;
  const groups = issuer.groupsClaim === null ? undefined : claimAt(payload, issuer.groupsClaim);
  return {
    subject: sub, name: [name, username].find(isText) ?? sub, issuedAt: instantOf(iat), groups: Array.isArray(groups) ? groups.filter(isText) : null,
    authenticatedAt: typeof seconds === 'number' && seconds >= 0 && seconds < 1e11 ? instantOf(seconds) : null,
    signInLacks: lacksForSignOff(issuer, { acr: isText(acr) ? acr : null, amr: Array.isArray(amr) ? amr.filter(isText) : [] }),
  };
}

export function tokenRefused(trouble: TokenTrouble, claim?: string): Refusal {
  return new TokenRefused(trouble, claim);
}

function decoded(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw tokenRefused('TOKEN_MALFORMED');
  }
}

/** A text of one line that can be stored and shown. */
function isText(value: unknown): value is string {
  try {
    return !/\p{Cc}/u.test(checkText(value, 'claim', 200));
  } catch {
    return false;
  }
}

function instantOf(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString();
}

/** By the library's own codes, which are permanent. */
const TROUBLES: Readonly<Record<string, TokenTrouble>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'ALGORITHM_NOT_ALLOWED', ERR_JOSE_NOT_SUPPORTED: 'TOKEN_NOT_SUPPORTED', ERR_JWKS_NO_MATCHING_KEY: 'KEY_UNKNOWN', ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'KEY_AMBIGUOUS',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'SIGNATURE_INVALID', ERR_JWS_INVALID: 'TOKEN_MALFORMED', ERR_JWT_INVALID: 'TOKEN_MALFORMED',
};
const CLAIM_TROUBLES: Readonly<Record<string, TokenTrouble>> = { iss: 'ISSUER_UNKNOWN', aud: 'AUDIENCE_WRONG', typ: 'TOKEN_TYPE_WRONG', nbf: 'TOKEN_NOT_YET_VALID', iat: 'TOKEN_FROM_THE_FUTURE' };

/** What the library says about a token, as a refusal; whatever else failed stays as it is. */
export function refusedToken(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return tokenRefused(error.claim === 'iat' ? 'TOKEN_TOO_OLD' : 'TOKEN_EXPIRED', error.claim);
  if (error instanceof errors.JWTClaimValidationFailed) {
    const invalid = error.reason === 'missing' ? 'CLAIM_MISSING' : 'CLAIM_INVALID';
    return tokenRefused(error.reason === 'check_failed' ? CLAIM_TROUBLES[error.claim] ?? invalid : invalid, error.claim);
  }
  if (error instanceof errors.JOSEError) return tokenRefused(TROUBLES[error.code] ?? 'KEY_UNUSABLE');
  // The library refuses a key that is too short, or not what the algorithm needs, as a wrong type.
  return error instanceof TypeError ? tokenRefused('KEY_UNUSABLE') : error;
}

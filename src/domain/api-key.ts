/**
 * API keys: a secret for a machine that cannot bring a token. Only its digest is kept. Each belongs to a service of its own, ends by itself, is
 * narrowed to some permissions, and is replaced by a second one beside it before it is revoked.
 */
import { PERMISSIONS, type Permission, type Role } from './actor.js';
import type { Instant } from './clock.js';
import { checkText, sha256, type Digest } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle, type StateOf } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { checkMachineEnd } from './trust-rule.js';

export const apiKeyLifecycle = defineLifecycle('api-key', {
  ACTIVE: { revoke: 'REVOKED' },
  REVOKED: {},
});

export interface ApiKey {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly name: string;
  /** The service that asks by it; its grants say where. */
  readonly accountId: string;
  readonly secretHash: Digest;
  /** All that it may be used for; null = whatever the role of its service carries. */
  readonly permissions: readonly Permission[] | null;
  readonly validUntil: Instant;
  readonly state: StateOf<typeof apiKeyLifecycle>;
  readonly issuedBy: string;
  readonly issuedAt: Instant;
}

const PREFIX = 'cs_live_';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 22 digits of 62 are more than 128 bits. */
const SECRET_DIGITS = 24;
/** One to be replaced and the one that replaces it. */
const MOST_ACTIVE = 2;

/** The text of a new key from bytes that nobody can guess, with a check sum by which a scanner or a typing error is told at once. */
export function keyText(random: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(random).toString('hex')}`);
  let secret = '';
  for (let i = 0; i < SECRET_DIGITS; i += 1, rest /= 62n) secret += DIGITS.charAt(Number(rest % 62n));
  return `${PREFIX}${secret}_${checkSum(secret)}`;
}

export function isKeyText(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The digest by which a key is known; refused when it was never one. */
export function keyHash(text: string): Digest {
  const [, secret = '', sum = ''] = /^cs_live_([0-9A-Za-z]{22,64})_([0-9A-Za-z]{6})$/.exec(text) ?? [];
  if (secret === '' || checkSum(secret) !== sum) throw keyRefused('KEY_MALFORMED');
  return sha256(text);
}

/** CRC-32 (IEEE 802.3) in six digits of base 62. */
function checkSum(secret: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(secret, 'latin1')) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb88320 : 0);
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let digits = '';
  for (let i = 0; i < 6; i += 1, rest = Math.floor(rest / 62)) digits = DIGITS.charAt(rest % 62) + digits;
  return digits;
}

export interface ApiKeyInput { readonly name: string; readonly permissions: readonly string[] | null; readonly validUntil: Instant }
interface By { readonly personId: string; readonly now: Instant }

/** `others`: every key of the same service. */
export function issueApiKey(identity: Pick<ApiKey, 'id' | 'number' | 'accountId' | 'secretHash'>, input: ApiKeyInput, about: By & { readonly role: Role; readonly others: readonly ApiKey[] }): Decided<ApiKey> {
  const { personId, now, role, others } = about;
  const active = others.filter((other) => apiKeyTrouble(other, now) === null);
  if (active.length >= MOST_ACTIVE) throw new Refusal('ALREADY_EXISTS', { message: `This service has ${String(MOST_ACTIVE)} keys already: ${active.map(({ number }) => number).join(', ')}.`, next: 'Revoke the one that is to be replaced, then rotate again.' });
  const permissions = input.permissions === null ? null : narrowed(input.permissions, role);
  const next: ApiKey = { ...identity, version: 1, name: checkText(input.name, 'name', 200), permissions, validUntil: checkMachineEnd(input.validUntil, now), state: 'ACTIVE', issuedBy: personId, issuedAt: now };
  return { next, event: 'apiKey.issued' };
}

/** Its successor: of the same service and for the same things, until another end. The old one goes on until it is revoked. */
export function rotateApiKey(identity: Pick<ApiKey, 'id' | 'number' | 'secretHash'>, before: ApiKey, validUntil: Instant, about: By & { readonly role: Role; readonly others: readonly ApiKey[] }): Decided<ApiKey> {
  // What could not be revoked any more has no successor.
  apiKeyLifecycle.next(before.state, 'revoke');
  return issueApiKey({ ...identity, accountId: before.accountId }, { name: before.name, permissions: before.permissions, validUntil }, about);
}

export function revokeApiKey(key: ApiKey, reason: string): Decided<ApiKey> {
  return { next: { ...key, state: apiKeyLifecycle.next(key.state, 'revoke') }, event: 'apiKey.revoked', reason: checkText(reason, 'reason', 4000) };
}

export type KeyTrouble = 'KEY_MALFORMED' | 'KEY_UNKNOWN' | 'KEY_REVOKED' | 'KEY_EXPIRED';

/** Why it opens nothing now; null = it does. */
export function apiKeyTrouble({ state, validUntil }: Pick<ApiKey, 'state' | 'validUntil'>, now: Instant): KeyTrouble | null {
  if (state === 'REVOKED') return 'KEY_REVOKED';
  return validUntil <= now ? 'KEY_EXPIRED' : null;
}

export function keyRefused(trouble: KeyTrouble): Refusal {
  return new Refusal('UNAUTHENTICATED', { message: 'This key is not accepted.', because: [trouble], next: 'Ask your administrator for a key, or rotate this one in time.' });
}

function narrowed(permissions: readonly string[], role: Role): Permission[] {
  const carried = permissionsOf(role);
  const unknown = permissions.find((permission) => !carried.includes(permission));
  if (unknown !== undefined || permissions.length === 0) throw new Refusal('INVALID_INPUT', { field: 'permissions', message: 'A key is narrowed to permissions that its role carries.', actual: unknown ?? 'none', expected: carried.join(', ') });
  return [...new Set(permissions)].sort() as Permission[];
}

function permissionsOf(role: Role): string[] {
  return Object.entries(PERMISSIONS).filter(([, roles]: [string, readonly Role[]]) => roles.includes(role)).map(([permission]) => permission);
}

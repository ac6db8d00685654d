// API keys: their text, what they may be used for, and that there are two of a service at most.
import { describe, expect, test } from '@jest/globals';
import { refusal, TODAY } from '../../test/support/given.js';
import { apiKeyTrouble, issueApiKey, keyHash, keyText, revokeApiKey, rotateApiKey, type ApiKey, type ApiKeyInput } from './api-key.js';
import { plusDays } from './clock.js';
import { sha256 } from './digest.js';

const until = plusDays(TODAY, 30);
const about = { personId: 'ada', now: TODAY, role: 'DEPLOYER' as const, others: [] as ApiKey[] };
const issue = (more: Partial<ApiKeyInput> = {}, others = about.others): ApiKey => issueApiKey({ id: 'key', number: 'KEY-1', accountId: 'svc', secretHash: sha256('x') }, { name: 'Nightly', permissions: null, validUntil: until, ...more }, { ...about, others }).next;

describe('the text of a key', () => {
  // The CRC-32 of 24 zeros, worked out by another program.
  test('has a prefix, 24 digits and their check sum', () => {
    expect(keyText(new Uint8Array(24))).toBe('cs_live_000000000000000000000000_0RFTvn');
    expect(keyText(Uint8Array.from({ length: 24 }, (_, i) => i * 7 + 1))).toMatch(/^cs_live_[0-9A-Za-z]{24}_[0-9A-Za-z]{6}$/);
  });

  test('is kept as its SHA-256 alone', () => {
    const text = keyText(Uint8Array.from({ length: 24 }, (_, i) => i));

    expect(keyHash(text)).toBe(sha256(text));
  });

  test.each([
    ['a digit less', (text: string) => text.slice(0, -1)], ['another digit', (text: string) => text.replace(/^cs_live_./, 'cs_live_!')], ['digits in another order', (text: string) => text.replace(/^(cs_live_)(.)(.)/, '$1$3$2')],
    ['another check sum', (text: string) => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'))], ['nothing after the prefix', () => 'cs_live_'], ['another prefix', (text: string) => text.replace('live', 'test')],
  ])('with %s was never one', (_, spoil) => {
    expect(() => keyHash(spoil(keyText(Uint8Array.from({ length: 24 }, (__, i) => 255 - i))))).toThrow(refusal('UNAUTHENTICATED', { because: ['KEY_MALFORMED'] }));
  });
});

describe('a key', () => {
  test('may be used for what it was narrowed to, within its role', () => {
    expect(issue({ permissions: ['gate.check', 'gate.authorize', 'gate.check'] }).permissions).toEqual(['gate.authorize', 'gate.check']);
    for (const permissions of [['review.decide'], ['gate.check', 'identity.trust'], ['*'], []]) expect(() => issue({ permissions })).toThrow(refusal('INVALID_INPUT', { field: 'permissions' }));
  });

  test('ends, after 366 days at most', () => {
    expect(() => issue({ validUntil: plusDays(TODAY, 367) })).toThrow(refusal('VALIDITY_TOO_LONG'));
    expect(apiKeyTrouble(issue(), plusDays(TODAY, 29))).toBeNull();
    expect(apiKeyTrouble(issue(), until)).toBe('KEY_EXPIRED');
    expect(apiKeyTrouble(revokeApiKey(issue(), 'r').next, TODAY)).toBe('KEY_REVOKED');
  });

  test('has one successor beside it, for the same things, and not a second', () => {
    const first = issue({ permissions: ['gate.check'] });
    const second = rotateApiKey({ id: 'key-2', number: 'KEY-2', secretHash: sha256('y') }, first, plusDays(TODAY, 60), { ...about, others: [first] }).next;
    const third = (others: readonly ApiKey[]): ApiKey => rotateApiKey({ id: 'key-3', number: 'KEY-3', secretHash: sha256('z') }, second, until, { ...about, others }).next;

    expect(second).toMatchObject({ accountId: 'svc', permissions: ['gate.check'], validUntil: plusDays(TODAY, 60), state: 'ACTIVE' });
    expect(() => third([first, second])).toThrow(refusal('ALREADY_EXISTS'));
    expect(third([revokeApiKey(first, 'r').next, second]).number).toBe('KEY-3');
    expect(third([{ ...first, validUntil: TODAY }, second]).number).toBe('KEY-3');
    expect(() => rotateApiKey({ id: 'k', number: 'KEY-4', secretHash: sha256('z') }, revokeApiKey(first, 'r').next, until, about)).toThrow(refusal('INVALID_TRANSITION'));
  });
});

// The keys that are kept: each organization has room of its own, and what another one asks for makes none of them be forgotten.
import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { newKey, type IssuerKey } from '../../test/support/token-issuer.js';
import { refusal } from '../../test/support/given.js';
import { MOST_ISSUERS, type TrustedIssuer } from '../domain/trusted-issuer.js';
import { Outgoing } from '../platform/outgoing/outgoing.js';
import { KeySets, type Trusted } from './key-sets.js';

let key: IssuerKey;
let keySets: KeySets;
let isDown: boolean;
let fetched: string[];
let ticks: number;

beforeAll(async () => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  key = await newKey('EdDSA');
});

beforeEach(() => {
  const outgoing = new Outgoing(false);
  [isDown, fetched, ticks] = [false, [], 0];
  jest.spyOn(outgoing, 'json').mockImplementation((url) => {
    fetched.push(url);
    return isDown ? Promise.reject(new Error('no answer')) : Promise.resolve({ keys: [key.jwk] });
  });
  keySets = new KeySets(outgoing);
  jest.spyOn(keySets, 'now').mockImplementation(() => ticks);
});

const believed = (tenantId: string, jwksUrl: string): Trusted => ({ tenantId, issuer: { jwks: null, jwksUrl } as TrustedIssuer });
const ask = (tenantId: string, jwksUrl = 'https://login.example/keys', kid = key.kid): Promise<unknown> => keySets.keyFor(believed(tenantId, jwksUrl), { alg: 'EdDSA', kid }, { payload: '', signature: '' });
/** Far more addresses than an organization may believe at once. */
async function exhaust(tenantId: string): Promise<void> {
  for (let i = 0; i < 500; i += 1) await ask(tenantId, `https://${String(i)}.example/keys`).catch(() => undefined);
}

describe('the keys of one organization, whatever another one asks for,', () => {
  test('are fetched once', async () => {
    await ask('a');
    await exhaust('b');
    fetched = [];
    await ask('a');

    expect(fetched).toEqual([]);
  });

  test('go on serving in an outage', async () => {
    await ask('a');
    isDown = true;
    await exhaust('b');
    ticks += 700_000;

    await expect(ask('a')).resolves.toBeDefined();
    expect(keySets.freshnessOf(believed('a', 'https://login.example/keys'))).toBe('STALE');
  });

  test('are asked for again after a pause only', async () => {
    isDown = true;
    await expect(ask('a')).rejects.toThrow(refusal('ISSUER_UNAVAILABLE'));
    await exhaust('b');
    fetched = [];

    await expect(ask('a')).rejects.toThrow(refusal('ISSUER_UNAVAILABLE'));
    expect(fetched).toEqual([]);
  });

  test('are asked for at once, though another one has just asked for a key that nobody has', async () => {
    await ask('a');
    await ask('b');
    ticks += 30_000;
    await expect(ask('b', undefined, 'invented')).rejects.toThrow('no applicable key');
    const before = key;
    key = await newKey('EdDSA');

    await expect(ask('a')).resolves.toBeDefined();
    key = before;
  });
});

test('an organization that believes as many issuers as it may has all of their keys kept', async () => {
  const addresses = Array.from({ length: MOST_ISSUERS }, (_, i) => `https://${String(i)}.example/keys`);
  for (const address of addresses) await ask('a', address);
  for (let i = 0; i < MOST_ISSUERS; i += 1) await ask('a', `https://retired-${String(i)}.example/keys`);
  fetched = [];
  for (const address of addresses) await ask('a', address);

  expect(fetched).toEqual([]);
});

// The key folder of an installed server: how it is made, what is refused, and what a rotation leaves.
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../platform/config.js';
import { createKeys, installedKeys, rotateSigningKey } from './installed-keys.js';
import { Signer } from './signer.js';

const folders: string[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-keys-'));
  folders.push(folder);
});
afterAll(() => { folders.forEach((each) => { rmSync(each, { recursive: true }); }); });

const file = (name: string): string => join(folder, name);
const write = (name: string, text: string): void => { writeFileSync(file(name), text, { mode: 0o600 }); };

function problem(): string | null {
  try {
    installedKeys(folder, 'COUNTERSIGN_KEYS');
    return null;
  } catch (error) {
    if (error instanceof ConfigError && error.variable === 'COUNTERSIGN_KEYS') return error.message;
    throw error;
  }
}

describe('the keys of an installed server', () => {
  test('are made once, for their owner only, without those of a built-in issuer', () => {
    expect(createKeys(join(folder, 'new'))).toEqual(['signing.pem', 'address.key']);
    const keys = installedKeys(join(folder, 'new'), 'COUNTERSIGN_KEYS');

    expect(keys).toMatchObject({ privateKeyPem: null, publicKeyPem: null, addressKey: expect.stringMatching(/^[0-9a-f]{64}$/), signing: { earlierPublicKeysPem: [] } });
    expect(['', 'signing.pem', 'address.key'].map((name) => statSync(join(folder, 'new', name)).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
    expect([createKeys(join(folder, 'new')), installedKeys(join(folder, 'new'), 'COUNTERSIGN_KEYS')]).toEqual([[], keys]);
  });

  test.each<[string, () => void, RegExp]>([
    ['that others may read', () => { chmodSync(file('signing.pem'), 0o604); }, /signing\.pem, which others may read or write; chmod 600/],
    ['that others may write', () => { chmodSync(file('address.key'), 0o622); }, /address\.key, which others may read or write/],
    ['in a folder where others may write', () => { chmodSync(folder, 0o770); }, /in which others may write; chmod 700/],
    ['of which one is missing', () => { rmSync(file('address.key')); }, /without .*address\.key/],
    ['of another kind', () => { write('signing.pem', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()); }, /signing\.pem is no Ed25519 private key/],
    ['that are no keys', () => { write('signing.pem', 'secret'); }, /signing\.pem is no Ed25519 private key/],
    ['that are too short', () => { write('address.key', 'abcdef0123456789'); }, /address\.key is too weak/],
    ['that are not random', () => { write('address.key', 'ab'.repeat(32)); }, /address\.key is too weak/],
    ['that are no file', () => { rmSync(file('address.key')); mkdirSync(file('address.key')); }, /without .*address\.key/],
    ['whose earlier ones were cut off', () => { write('earlier.pem', '-----BEGIN PUBLIC KEY-----\nAAAA\n'); }, /earlier\.pem holds something other/],
    ['whose earlier ones are none', () => { write('earlier.pem', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'); }, /earlier\.pem holds something other/],
  ])('are refused %s', (_, spoil, message) => {
    createKeys(folder);
    expect(problem()).toBeNull();

    spoil();

    expect(problem()).toMatch(message);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('are refused when they are somebody else’s, and root’s may be read by a group', () => {
    createKeys(folder);
    chmodSync(file('signing.pem'), 0o640);
    expect(problem()).toBeNull();

    chownSync(file('signing.pem'), 65_534, 65_534);

    expect(problem()).toMatch(/signing\.pem, which belongs to another user/);
  });

  asRoot('are refused in a folder of somebody else, who could exchange them', () => {
    createKeys(folder);
    chownSync(folder, 65_534, 65_534);

    expect(problem()).toMatch(/countersign-keys-\w+, which belongs to another user/);
  });

  test('may be mounted in a folder that is sticky', () => {
    createKeys(folder);
    chmodSync(folder, 0o1777);

    expect(problem()).toBeNull();
  });
});

describe('a rotation', () => {
  const kids = (): string[] => new Signer(installedKeys(folder, 'COUNTERSIGN_KEYS')).keys.map(({ kid }) => kid);

  test('signs with another key and goes on verifying with the earlier ones', () => {
    createKeys(folder);
    const [first] = kids();
    rotateSigningKey(folder, 'folder');
    const [second] = kids();
    rotateSigningKey(folder, 'folder');

    expect(new Set(kids()).size).toBe(3);
    expect(kids().slice(1)).toEqual([second, first]);
    expect(readdirSync(folder).map((name) => [name, statSync(file(name)).mode & 0o777])).toEqual([['address.key', 0o600], ['earlier.pem', 0o600], ['signing.pem', 0o600]]);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('leaves the keys to the group that reads them', () => {
    createKeys(folder);
    chownSync(file('signing.pem'), 0, 65_534);
    chmodSync(file('signing.pem'), 0o640);

    rotateSigningKey(folder, 'folder');

    expect(['signing.pem', 'earlier.pem'].map((name) => statSync(file(name))).map(({ mode, gid }) => [mode & 0o777, gid])).toEqual([[0o640, 65_534], [0o640, 65_534]]);
  });

  test('that was interrupted before the new key loses nothing and tells no key twice', () => {
    createKeys(folder);
    const [first] = kids();
    write('earlier.pem', createPublicKey(createPrivateKey(readFileSync(file('signing.pem')))).export({ type: 'spki', format: 'pem' }).toString());

    expect(kids()).toEqual([first]);
    rotateSigningKey(folder, 'folder');
    expect(kids().slice(1)).toEqual([first]);
  });
});

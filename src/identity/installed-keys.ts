/**
 * The keys of an installed server, which an operator made and keeps: a folder of three files that every replica is given alike.
 * `signing.pem` signs statements and receipts, `earlier.pem` still verifies what was signed before, `address.key` hides addresses in the log.
 * Whatever somebody else could read or replace stops the start.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { closeSync, constants, existsSync, fchmodSync, fchownSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../platform/config.js';
import type { InstalledKeys } from './keys.js';

const SIGNING = 'signing.pem';
const EARLIER = 'earlier.pem';
const ADDRESS = 'address.key';

/** `variable`: what names the folder, and is named when it cannot be used. */
export function installedKeys(folder: string, variable: string): InstalledKeys {
  const refuse = (problem: string): never => { throw new ConfigError(variable, problem); };
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return refuse(`names no folder (${folder}); make it with "countersign keys create"`);
  checkFolder(folder, found, refuse);
  const read = (name: string): string => readKept(join(folder, name), refuse);
  const signing = { privateKeyPem: signingKeyIn(read(SIGNING), refuse), earlierPublicKeysPem: existsSync(join(folder, EARLIER)) ? publicKeysIn(read(EARLIER), refuse) : [] };
  return { privateKeyPem: null, publicKeyPem: null, addressKey: addressKeyIn(read(ADDRESS), refuse), signing };
}

/** The names of the files that were missing and are made now: what is there stays. */
export function createKeys(folder: string): string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const making = { [SIGNING]: newSigningPem, [ADDRESS]: () => `${randomBytes(32).toString('hex')}\n` };
  return Object.entries(making).filter(([name, make]) => writeNew(join(folder, name), make)).map(([name]) => name);
}

/** Another signing key; the public half of the present one is kept first, so there is no moment at which it could be lost. */
export function rotateSigningKey(folder: string, variable: string): void {
  const { signing } = installedKeys(folder, variable);
  const present = createPublicKey(signing.privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
  const like = statSync(join(folder, SIGNING));
  replace(join(folder, EARLIER), [present, ...signing.earlierPublicKeysPem].join(''), like);
  replace(join(folder, SIGNING), newSigningPem(), like);
}

type Refuse = (problem: string) => never;

/** What is looked at is what is read: no other file can take its place in between. */
function readKept(file: string, refuse: Refuse): string {
  const opened = openKept(file, refuse);
  try {
    checkFile(file, fstatSync(opened), refuse);
    return readFileSync(opened, 'utf8');
  } finally {
    closeSync(opened);
  }
}

function openKept(file: string, refuse: Refuse): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(code === 'ENOENT' ? without(file) : `names ${file}, which cannot be read (${String(code)})`);
  }
}

/** As PostgreSQL asks of its own keys: the user's and theirs alone, or root's and readable by a group at most. */
function checkFile(file: string, found: Stats, refuse: Refuse): void {
  if (!found.isFile()) refuse(without(file));
  if (process.getuid === undefined) return;
  if (!isTrusted(found.uid)) refuse(`names ${file}, which belongs to another user; it has to be the server's own, or root's`);
  if ((found.mode & (found.uid === 0 ? 0o037 : 0o077)) !== 0) refuse(`names ${file}, which others may read or write; chmod 600 it`);
}

function without(file: string): string {
  return `names a folder without ${file}; make what is missing with "countersign keys create"`;
}

function isTrusted(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.();
}

/** Whoever owns a folder or may write in it may replace what is in it, except where it is sticky, as mounted secrets are. */
function checkFolder(folder: string, { mode, uid }: Stats, refuse: Refuse): void {
  if (process.getuid === undefined) return;
  if (!isTrusted(uid)) refuse(`names ${folder}, which belongs to another user; it has to be the server's own, or root's`);
  if ((mode & 0o022) !== 0 && (mode & 0o1000) === 0) refuse(`names ${folder}, in which others may write; chmod 700 it`);
}

function signingKeyIn(pem: string, refuse: Refuse): string {
  const key = parsed(pem, createPrivateKey);
  if (key?.asymmetricKeyType !== 'ed25519') refuse(`names a folder whose ${SIGNING} is no Ed25519 private key in PEM`);
  return pem;
}

function publicKeysIn(text: string, refuse: Refuse): string[] {
  const pems = text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\n?/g) ?? [];
  if (pems.reduce((left, pem) => left.replace(pem, ''), text).trim() !== '' || pems.some((pem) => parsed(pem, createPublicKey)?.asymmetricKeyType !== 'ed25519')) refuse(`names a folder whose ${EARLIER} holds something other than Ed25519 public keys in PEM`);
  return pems;
}

/** 32 random bytes in hexadecimal: of an address, which is short, a digest under less could be guessed. */
function addressKeyIn(text: string, refuse: Refuse): string {
  const key = text.trim();
  if (!/^[0-9a-f]{64,}$/i.test(key) || new Set(key.toLowerCase()).size < 8) return refuse(`names a folder whose ${ADDRESS} is too weak; it is 64 hexadecimal digits, as "openssl rand -hex 32" prints them`);
  return key;
}

function parsed(pem: string, parse: (pem: string) => KeyObject): KeyObject | null {
  try {
    return parse(pem);
  } catch {
    return null;
  }
}

function newSigningPem(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function writeNew(file: string, make: () => string): boolean {
  try {
    writeFileSync(file, make(), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whole or not at all, and for whoever may read the file that it is like. */
function replace(file: string, content: string, like: Stats): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const opened = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(opened, content);
    fchownSync(opened, like.uid, like.gid);
    fchmodSync(opened, like.mode & 0o777);
  } finally {
    closeSync(opened);
  }
  renameSync(draft, file);
}

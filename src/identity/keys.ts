/** The keys of an embedded server: made on the first start, kept in the data folder and never in the database, readable by their owner only. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface IssuerKeys { readonly privateKeyPem: string; readonly publicKeyPem: string; readonly addressKey: string }

/** What statements are signed with, and the public keys of earlier ones: they still verify what was signed then. */
export interface SigningKeys { readonly privateKeyPem: string; readonly earlierPublicKeysPem: readonly string[] }

/** `signing` is a key of its own: who may mint a token cannot thereby sign a statement. */
export interface EmbeddedKeys extends IssuerKeys { readonly signing: SigningKeys }

/** Keys that an operator made: there is no pair of a built-in issuer among them, so there is no such issuer. */
export interface InstalledKeys { readonly privateKeyPem: null; readonly publicKeyPem: null; readonly addressKey: string; readonly signing: SigningKeys }

export type ServerKeys = EmbeddedKeys | InstalledKeys;

/** Keys that nobody keeps: for printing the schema. */
export function newServerKeys(): EmbeddedKeys {
  return { ...newIssuerKeys(), signing: newSigningKeys() };
}

export function embeddedKeys(folder: string): EmbeddedKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { ...keptIn(join(folder, 'issuer.json'), newIssuerKeys), signing: keptIn(join(folder, 'signing.json'), newSigningKeys) };
}

function keptIn<T>(file: string, make: () => T): T {
  if (!existsSync(file)) writeOnce(file, JSON.stringify(make()));
  chmodSync(file, 0o600);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

function newIssuerKeys(): IssuerKeys {
  return { ...newPair(), addressKey: randomBytes(32).toString('hex') };
}

function newSigningKeys(): SigningKeys {
  return { privateKeyPem: newPair().privateKeyPem, earlierPublicKeysPem: [] };
}

function newPair(): Pick<IssuerKeys, 'privateKeyPem' | 'publicKeyPem'> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** A link to a finished file: two servers that start at once agree on one key. */
function writeOnce(file: string, content: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}

/** The keys of embedded mode: made on the first start, kept in the data folder, readable by their owner only. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface IssuerKeys { readonly privateKeyPem: string; readonly publicKeyPem: string; readonly addressKey: string }

export function embeddedKeys(folder: string): IssuerKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'issuer.json');
  if (!existsSync(file)) writeOnce(file, JSON.stringify(newKeys()));
  chmodSync(file, 0o600);
  return JSON.parse(readFileSync(file, 'utf8')) as IssuerKeys;
}

function newKeys(): IssuerKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    addressKey: randomBytes(32).toString('hex'),
  };
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

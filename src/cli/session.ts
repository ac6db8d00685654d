/** What "countersign login" got, kept for the commands that follow: in one file, for its owner only, and sent to the server that it was got for alone. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readSessionFile } from '../platform/config.js';
import { isObject } from './client.js';
import { UsageError } from './command.js';

/** How to sign in: what the next sign-in needs to be told again. */
export interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** Further parameters of a request, as this provider wants them, such as the audience. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Tokens { readonly accessToken: string; readonly refreshToken: string | null; /** Null = nobody said. */ readonly expiresAt: string | null }

export interface Session extends Provider, Tokens { readonly server: string }

export function keptSession(): Session | null {
  const file = readSessionFile();
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (process.getuid !== undefined && (found.mode & 0o077) !== 0) throw new UsageError(`"${file}" may be read by others; sign in again ("countersign login"), after "countersign logout".`);
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isSession(kept)) return kept;
  } catch {
    // Told below, as what is no session.
  }
  throw new UsageError(`"${file}" holds no sign-in; "countersign logout" removes it.`);
}

export function keepSession(session: Session): void {
  const file = readSessionFile();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(session), { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
}

export function forgetSession(): void {
  rmSync(readSessionFile(), { force: true });
}

function isSession(value: unknown): value is Session {
  if (!isObject(value)) return false;
  const { server, issuer, clientId, scope, parameters, accessToken, refreshToken, expiresAt } = value;
  return [server, issuer, clientId, scope, accessToken].every((each) => typeof each === 'string') && isObject(parameters)
    && [refreshToken, expiresAt].every((each) => each === null || typeof each === 'string');
}

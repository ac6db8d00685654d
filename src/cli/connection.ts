/** Which server, and as whom: the options that every command shares which speaks to one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mintToken } from '../identity/issuer.js';
import { embeddedKeys } from '../identity/keys.js';
import { ConfigError, isProduction, readClientConfig, readConfig } from '../platform/config.js';
import { packageRoot } from '../platform/package-root.js';
import { clientOf, Refused, type Client } from './client.js';
import { UsageError, type Given, type Options } from './command.js';
import { keepSession, keptSession, type Session } from './session.js';

/** So long before its end a token is no longer sent. */
const MARGIN_MS = 30_000;

export const SERVER_OPTION: Options = { url: { value: 'address', help: 'the server; otherwise COUNTERSIGN_URL, the one that you signed in at, the one that runs on COUNTERSIGN_DATA or from this checkout, http://127.0.0.1:3000' } };
export const CONNECTION_OPTIONS: Options = {
  as: { value: 'person', help: 'who asks, by handle; only with the built-in issuer of an embedded server' },
  token: { value: 'token', help: 'the bearer token; otherwise COUNTERSIGN_TOKEN, or that of "countersign login"' },
  ...SERVER_OPTION,
};

export async function connect(given: Given): Promise<Client> {
  const session = presentSession(given);
  const server = serverAddress(given, session);
  return clientOf(server, await tokenFor(given, session, server));
}

/** The option, the environment, where the session is for, the server on this data while it lives, the usual address. */
export function serverAddress(given: Given, session: Session | null = null): string {
  const address = given.text('url') ?? readClientConfig().url ?? session?.server ?? addressOfRunningServer() ?? 'http://127.0.0.1:3000';
  if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address)) throw new UsageError(`"${address}" is no address such as http://127.0.0.1:3000.`);
  return address;
}

/** The token of the present sign-in, for other programs. */
export async function sessionToken(): Promise<string> {
  const session = keptSession();
  if (session === null) throw new UsageError('Nobody is signed in here: "countersign login", or --as <person> for an embedded server.');
  return tokenOf(session, session.server);
}

/** A token for this server that lasts a while still; refreshed and kept where the provider gave the means. */
async function tokenOf(session: Session, server: string): Promise<string> {
  if (session.server !== server) throw new UsageError(`You are signed in at ${session.server}, not at ${server}: "countersign login --url ${server}".`);
  if (session.expiresAt === null || Date.parse(session.expiresAt) - Date.now() > MARGIN_MS) return session.accessToken;
  if (session.refreshToken === null) throw ended();
  const { refreshed } = await import('./provider.js');
  const tokens = await refreshed(session, session.refreshToken).catch((error: unknown) => keptByAnother(session, error));
  keepSession({ ...session, ...tokens });
  return tokens.accessToken;
}

/** Where each refresh token is good for once, a command that ran at the same time may have used it, and kept what it got. */
function keptByAnother(session: Session, error: unknown): Session {
  if (!(error instanceof Refused)) throw error;
  const present = keptSession();
  if (present === null || present.server !== session.server || present.refreshToken === session.refreshToken) throw ended();
  return present;
}

function ended(): Refused {
  return new Refused('UNAUTHENTICATED', 'Your sign-in has ended.', 'Sign in again: countersign login.');
}

/** Who is signed in here, unless the command says who asks. */
export function presentSession(given: Given): Session | null {
  return given.text('as') === null && given.text('token') === null && readClientConfig().token === null ? keptSession() : null;
}

async function tokenFor(given: Given, session: Session | null, server: string): Promise<string> {
  const [person, option] = [given.text('as'), given.text('token')];
  if (person !== null && option !== null) throw new UsageError('--as and --token exclude each other.');
  if (person !== null) return embeddedToken(person);
  if (session !== null) return tokenOf(session, server);
  const token = option ?? readClientConfig().token;
  if (token === null) throw new UsageError('Say who asks: "countersign login", --as <person>, --token <token> or COUNTERSIGN_TOKEN.');
  // Anything else cannot be sent in a header.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('The token holds characters that no token has.');
  return token;
}

/** A token of the built-in issuer, signed with the keys of the embedded server on this machine. */
export async function embeddedToken(person: string, minutes?: number): Promise<string> {
  if (isProduction()) throw new ConfigError('NODE_ENV', 'is production, where there is no built-in issuer; use "countersign login"');
  const folder = join(readConfig().dataFolder ?? join(packageRoot(), '.countersign'), 'keys');
  if (!existsSync(join(folder, 'issuer.json'))) throw new ConfigError('COUNTERSIGN_DATA', `names no folder of a server that was started: there are no keys in ${folder}; run "npm start" once`);
  return mintToken(embeddedKeys(folder), person, minutes === undefined ? undefined : minutes * 60);
}

/** The one whose keys `--as` signs with: where there are several, each has a folder of its own. */
function addressOfRunningServer(): string | null {
  const file = join(readClientConfig().dataFolder ?? join(packageRoot(), '.countersign'), 'server.json');
  if (!existsSync(file)) return null;
  try {
    const { url, pid } = JSON.parse(readFileSync(file, 'utf8')) as { url?: unknown; pid?: unknown };
    return typeof url === 'string' && typeof pid === 'number' && isAlive(pid) ? url : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

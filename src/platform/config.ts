/** The configuration: read once at the start, each variable checked; a bad value stops the start and names its variable. */
import { homedir } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ConfigError, filled, listed, oneOf, wholeNumber, type Environment } from './config-values.js';
import { readEvidencePlace, readQuota, type EvidencePlace } from './evidence-place.js';
import { isNetwork } from './outgoing/addresses.js';
import { weaknessOf } from './passwords.js';

export { ConfigError };

export interface Config {
  /** Tokens of trusted issuers only, and nothing that is known to everybody. */
  readonly production: boolean;
  /** The keys that an operator made; null = those of embedded mode, with its built-in issuer. */
  readonly keysFolder: string | null;
  /** Null = 3000, or the next free one. */
  readonly port: number | null;
  readonly host: string;
  /** The application's role on an external PostgreSQL; null = start the embedded one. */
  readonly databaseUrl: string | null;
  /** The migrating role; null = the server never migrates an external database. */
  readonly migrationDatabaseUrl: string | null;
  /** Where the embedded PostgreSQL and the keys of embedded mode are kept; null = a folder of the checkout. */
  readonly dataFolder: string | null;
  readonly logLevel: LogLevel;
  readonly poolSize: number;
  /** Connections that only the gate uses, beside those. */
  readonly gatePoolSize: number;
  /** The name that begins every log origin: whose log is this? */
  readonly origin: string;
  /** Whether the explorer is served, which gives tokens to whoever sits at this machine. */
  readonly explorer: boolean;
  /** Null = no metrics are served. */
  readonly metricsPort: number | null;
  readonly metricsHost: string;
  /** Whether plain http to this machine may be fetched. */
  readonly outgoingLoopback: boolean;
  /** Networks that are not public and may be asked all the same. */
  readonly outgoingNetworks: readonly string[];
  /** Pages of these origins may ask the server from a browser. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks whose X-Forwarded-For is believed; none = that of nobody. */
  readonly trustedProxies: readonly string[];
  /** A folder of GraphQL documents that may be asked by their ids; null = those that are published. */
  readonly trustedDocuments: string | null;
  /** Whether no others are answered. */
  readonly trustedOnly: boolean;
  /** Where files behind evidence are kept; null = nowhere, unless this is embedded mode. */
  readonly evidenceStore: EvidencePlace | null;
  /** The largest of them, in bytes. */
  readonly evidenceMaxBytes: number;
  /** What an organization may keep in all, in bytes; null = any amount. */
  readonly evidenceQuotaBytes: number | null;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const VARIABLES = {
  PORT: 'the HTTP port, 0 to 65535; unset = 3000 or the next free one',
  HOST: 'the address to listen on; 127.0.0.1 unless set',
  DATABASE_URL: 'an external PostgreSQL 15 or newer, as the application role; unset = embedded',
  MIGRATION_DATABASE_URL: 'the same database as the migrating role',
  ADMIN_DATABASE_URL: 'for "countersign db prepare": a connection that may make roles and databases',
  COUNTERSIGN_DATA: 'the folder of the embedded database and keys',
  COUNTERSIGN_KEYS: 'the folder that "countersign keys create" made; with it there is no built-in issuer, and production needs it',
  COUNTERSIGN_ORIGIN: 'the name that begins each audit log origin; localhost/countersign unless set',
  LOG_LEVEL: `${LOG_LEVELS.join(', ')}; info unless set, warn in embedded mode`,
  DATABASE_POOL: 'connections to PostgreSQL for all but the gate, 2 to 200; 20 unless set',
  DATABASE_GATE_POOL: 'connections to PostgreSQL that only the gate uses, beside those, 2 to 200; 10 unless set',
  METRICS_PORT: 'the port of a listener of its own that serves GET /metrics for Prometheus; unset = none',
  METRICS_HOST: 'the address of that listener; 127.0.0.1 unless set',
  OUTGOING_LOOPBACK: 'allow = plain http to this machine may be fetched, such as the keys of an issuer; refuse unless set',
  OUTGOING_NETWORKS: 'networks of your own that may be fetched from, such as that of your identity provider, separated by commas: 10.1.0.0/16; unset = public addresses only',
  CORS_ORIGINS: 'origins whose pages may ask from a browser, separated by commas, such as https://risk.example; unset = none',
  TRUSTED_PROXIES: 'addresses or networks of the proxies in front of the server, separated by commas, whose X-Forwarded-For says who is asking: 10.0.0.5, 10.1.0.0/16; unset = none',
  TRUSTED_DOCUMENTS: 'a folder whose .graphql files may be asked by their ids; unset = the published ones only',
  GRAPHQL_DOCUMENTS: 'any = every document is answered; trusted = only the trusted ones; any unless set',
  EVIDENCE_STORE: 'where uploaded evidence is kept, the same for all replicas: a folder, or a bucket such as s3://countersign-evidence/production; unset = beside the embedded database, and with DATABASE_URL none is kept',
  EVIDENCE_MAX_BYTES: 'the largest file of evidence in bytes, 1024 to 1073741824; 26214400 (25 MB) unless set',
  EVIDENCE_QUOTA_BYTES: 'how many bytes of evidence an organization may keep in all, 1024 or more; unset = any amount',
  EVIDENCE_S3_ENDPOINT: 'the address of the service that has the bucket, in its own network or by HTTPS; https://s3.<region>.amazonaws.com unless set',
  EVIDENCE_S3_REGION: 'the region that requests to the bucket are signed for; us-east-1 unless set',
  EVIDENCE_S3_ACCESS_KEY: 'the name by which the bucket is asked; needed with a bucket',
  EVIDENCE_S3_SECRET_KEY: 'the secret that signs what the bucket is asked; needed with a bucket, and never sent or logged',
  COUNTERSIGN_URL: 'for the command line: the address of the server',
  COUNTERSIGN_TOKEN: 'for the command line: the bearer token to send',
  COUNTERSIGN_SESSION: 'for the command line: the file that keeps what "countersign login" got; ~/.config/countersign/session.json unless set',
  NODE_ENV: 'production = with DATABASE_URL, COUNTERSIGN_KEYS and trusted issuers only; the built-in issuer never serves it',
} as const;

export function readConfig(env: Environment = process.env): Config {
  const databaseUrl = postgresUrl(env, 'DATABASE_URL');
  const migrationDatabaseUrl = postgresUrl(env, 'MIGRATION_DATABASE_URL');
  if (databaseUrl === null && migrationDatabaseUrl !== null) throw new ConfigError('DATABASE_URL', 'is missing, but MIGRATION_DATABASE_URL is set; set both');
  const production = isProduction(env);
  if (production) requireForProduction(env);
  return {
    production, keysFolder: filled(env, 'COUNTERSIGN_KEYS'), databaseUrl, migrationDatabaseUrl,
    port: filled(env, 'PORT') === null ? null : wholeNumber(env, 'PORT', { least: 0, most: 65_535, otherwise: 0 }),
    host: filled(env, 'HOST') ?? '127.0.0.1',
    dataFolder: filled(env, 'COUNTERSIGN_DATA'),
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, databaseUrl === null ? 'warn' : 'info'),
    poolSize: wholeNumber(env, 'DATABASE_POOL', { least: 2, most: 200, otherwise: 20 }), gatePoolSize: wholeNumber(env, 'DATABASE_GATE_POOL', { least: 2, most: 200, otherwise: 10 }),
    origin: originName(env),
    explorer: offersExplorer(env),
    metricsPort: filled(env, 'METRICS_PORT') === null ? null : wholeNumber(env, 'METRICS_PORT', { least: 0, most: 65_535, otherwise: 0 }),
    metricsHost: filled(env, 'METRICS_HOST') ?? '127.0.0.1',
    outgoingLoopback: allowsLoopback(env), outgoingNetworks: ownNetworks(env),
    corsOrigins: origins(env), trustedProxies: proxies(env),
    trustedDocuments: filled(env, 'TRUSTED_DOCUMENTS'),
    trustedOnly: oneOf(env, 'GRAPHQL_DOCUMENTS', ['any', 'trusted'], 'any') === 'trusted',
    evidenceStore: readEvidencePlace(env), evidenceQuotaBytes: readQuota(env),
    evidenceMaxBytes: wholeNumber(env, 'EVIDENCE_MAX_BYTES', { least: 1024, most: 1_073_741_824, otherwise: 26_214_400 }),
  };
}

export function isProduction(env: Environment = process.env): boolean {
  return filled(env, 'NODE_ENV')?.toLowerCase() === 'production';
}

function requireForProduction(env: Environment): void {
  if (filled(env, 'DATABASE_URL') === null) throw new ConfigError('DATABASE_URL', 'is missing: with NODE_ENV=production there is no embedded PostgreSQL; name a database that "countersign db prepare" has prepared');
  if (filled(env, 'COUNTERSIGN_KEYS') === null) throw new ConfigError('COUNTERSIGN_KEYS', 'is missing: with NODE_ENV=production nothing is signed with keys of embedded mode; name a folder that "countersign keys create" has made');
  for (const variable of ['DATABASE_URL', 'MIGRATION_DATABASE_URL']) {
    const url = postgresUrl(env, variable);
    const weakness = url === null ? null : weaknessOf(credentialsIn(url, variable));
    if (weakness !== null) throw new ConfigError(variable, `carries a password that ${weakness}; make others with "countersign db prepare --urls-to <file>"`);
  }
}

/** Only over a database that the server has started for itself, with its built-in issuer, and never in production: everybody at the machine may ask as anybody. */
export function offersExplorer(env: Environment): boolean {
  return filled(env, 'DATABASE_URL') === null && filled(env, 'COUNTERSIGN_KEYS') === null && !isProduction(env);
}

/** For "countersign db prepare": the connection that may make roles, also where it is the only one that there is; null = it has to be given. */
export function readAdminUrl(env: Environment = process.env): string | null {
  const [app, owner] = [postgresUrl(env, 'DATABASE_URL'), postgresUrl(env, 'MIGRATION_DATABASE_URL')];
  return postgresUrl(env, 'ADMIN_DATABASE_URL') ?? (app === null || owner === null ? app ?? owner : null);
}

/** For commands beside the server: both connections, the one that serves and the one that migrates. */
export function readDatabaseUrls(env: Environment = process.env): { appUrl: string; ownerUrl: string } {
  const [appUrl, ownerUrl] = [postgresUrl(env, 'DATABASE_URL'), readMigrationUrl(env)];
  if (appUrl === null) throw new ConfigError('DATABASE_URL', 'is missing');
  return { appUrl, ownerUrl };
}

/** For the command that opens the first organization. The name of a log stays for ever, so production has to be told one. */
export function readFoundingConfig(env: Environment = process.env): Pick<Config, 'origin' | 'outgoingLoopback' | 'outgoingNetworks'> {
  if (isProduction(env) && filled(env, 'COUNTERSIGN_ORIGIN') === null) throw new ConfigError('COUNTERSIGN_ORIGIN', 'is missing: it names the log of the organization for ever, such as risk.example.org/countersign');
  return { origin: originName(env), outgoingLoopback: allowsLoopback(env), outgoingNetworks: ownNetworks(env) };
}

export function readMigrationUrl(env: Environment = process.env): string {
  const ownerUrl = postgresUrl(env, 'MIGRATION_DATABASE_URL');
  if (ownerUrl === null) throw new ConfigError('MIGRATION_DATABASE_URL', 'is missing');
  return ownerUrl;
}

/** For commands that speak to the place itself. */
export function evidencePlaceOfHere(): EvidencePlace | null { return readEvidencePlace(process.env); }

/** Which URL carries the password of which role. */
const ROLE_URLS = { countersign_app: 'DATABASE_URL', countersign_owner: 'MIGRATION_DATABASE_URL' } as const;

/** The passwords by which the server will come, role by role. They are read here and never told: no message holds one. */
export function readRolePasswords(env: Environment = process.env): Record<string, string> {
  return Object.fromEntries(Object.entries(ROLE_URLS).map(([role, variable]) => [role, passwordIn(postgresUrl(env, variable), role, variable)]));
}

function passwordIn(url: string | null, role: string, variable: string): string {
  if (url === null) throw new ConfigError(variable, `is missing; its password becomes the one of ${role}`);
  const { user, password } = credentialsIn(url, variable);
  if (user !== role) throw new ConfigError(variable, `must name the role ${role}`);
  if (!/^[\x20-\x7e]{1,200}$/.test(password)) throw new ConfigError(variable, 'must carry a password of 1 to 200 printable ASCII characters');
  return password;
}

function credentialsIn(url: string, variable: string): { user: string; password: string } {
  const [, user = '', password = ''] = /^[a-z]+:\/\/([^:@/?]*)(?::([^/?]*))?@/.exec(url) ?? [];
  return { user, password: decoded(password, variable) };
}

function decoded(text: string, variable: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigError(variable, 'has a % that begins no escape; write %25 for a % in a password');
  }
}

/** For the command line: which server to talk to, and with which token; null = the one that runs on the folder, no token, the folder of this checkout. */
export function readClientConfig(env: Environment = process.env): { url: string | null; token: string | null; dataFolder: string | null } {
  return { url: filled(env, 'COUNTERSIGN_URL'), token: filled(env, 'COUNTERSIGN_TOKEN'), dataFolder: filled(env, 'COUNTERSIGN_DATA') };
}

/** For the command line: where a sign-in is kept. */
export function readSessionFile(env: Environment = process.env): string {
  return filled(env, 'COUNTERSIGN_SESSION') ?? join(filled(env, 'XDG_CONFIG_HOME') ?? join(homedir(), '.config'), 'countersign', 'session.json');
}

function allowsLoopback(env: Environment): boolean {
  return oneOf(env, 'OUTGOING_LOOPBACK', ['allow', 'refuse'], 'refuse') === 'allow';
}

function ownNetworks(env: Environment): string[] {
  const named = listed(env, 'OUTGOING_NETWORKS');
  const wrong = named.find((network) => !isNetwork(network));
  if (wrong !== undefined) throw new ConfigError('OUTGOING_NETWORKS', `has ${JSON.stringify(wrong)}, which is no network such as 10.1.0.0/16`);
  return named;
}

function postgresUrl(env: Environment, variable: string): string | null {
  const value = filled(env, variable);
  if (value !== null && !/^postgres(ql)?:\/\/[^\s]+$/.test(value)) throw new ConfigError(variable, 'must be a URL such as postgresql://countersign_app:secret@db.example:5432/countersign');
  if (value !== null && hidesCredentials(value)) throw new ConfigError(variable, 'has user or password among its parameters; they stand before the @');
  return value;
}

/** As parameters they would win over those before the @, and be copied from one URL to others. */
export function hidesCredentials(url: string): boolean {
  const given = new URLSearchParams(/\?(.*)$/.exec(url)?.[1] ?? '');
  return given.has('user') || given.has('password');
}

function originName(env: Environment): string {
  const value = filled(env, 'COUNTERSIGN_ORIGIN') ?? 'localhost/countersign';
  if (!/^[A-Za-z0-9][A-Za-z0-9./_-]{0,200}$/.test(value)) throw new ConfigError('COUNTERSIGN_ORIGIN', 'must be letters, digits and ./_- only, such as risk.example.org/countersign');
  return value;
}

/** Never everybody: whoever is believed here may claim any address. */
function proxies(env: Environment): string[] {
  const named = listed(env, 'TRUSTED_PROXIES');
  const wrong = named.find((proxy) => isIP(proxy) === 0 && !isNetwork(proxy));
  if (wrong !== undefined) throw new ConfigError('TRUSTED_PROXIES', `has ${JSON.stringify(wrong)}, which is neither an address such as 10.0.0.5 nor a network such as 10.1.0.0/16`);
  return named;
}

/** Each exactly as a browser names it. */
function origins(env: Environment): string[] {
  const named = listed(env, 'CORS_ORIGINS');
  const wrong = named.find((origin) => !/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(origin));
  if (wrong !== undefined) throw new ConfigError('CORS_ORIGINS', `has ${JSON.stringify(wrong)}, which is no origin; an origin is such as https://risk.example, without a path and never *`);
  return named;
}

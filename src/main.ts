/**
 * `npm start`: the database (embedded unless DATABASE_URL names one), its schema, the example on the first start, and the server. With
 * NODE_ENV=production only what an operator has installed: an external database, keys of their own, and tokens of trusted issuers.
 */
import { dirname, join } from 'node:path';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ADMINISTRATOR, EXAMPLE_PEOPLE } from './cli/example-people.js';
import type { EvidenceStore } from './evidence/store/evidence-store.js';
import { installedKeys } from './identity/installed-keys.js';
import { embeddedKeys, type ServerKeys } from './identity/keys.js';
import type { ExplorerOptions } from './integrations/explorer/explorer.controller.js';
import { isExplorerInstalled } from './integrations/explorer/explorer-files.js';
import { ConfigError, readConfig, type Config } from './platform/config.js';
import { DatabaseUnusable } from './platform/database-unusable.js';
import { EmbeddedPostgresError, startEmbeddedPostgres } from './platform/embedded-postgres.js';
import { listenTrouble } from './platform/listen-trouble.js';
import { serveMetrics } from './platform/metrics-server.js';
import { APP_ROLE, checkRoleOf, migrate, OWNER_ROLE, pendingMigrations, prepareCluster, prepareDatabase } from './platform/migrate.js';
import { packageRoot } from './platform/package-root.js';
import { dropDatabase, isBuiltInOver, isHalfFilled } from './platform/tenants.js';
import { trustedDocuments } from './platform/trusted-documents.js';
import { CatalogueUnusable } from './taxonomies/catalogue-file.js';

const DATABASE_NAME = 'countersign';
const STOP_WITHIN_MS = 10_000;
/** How long a server behind a balancer answers "not ready" before it closes its doors. */
const DRAIN_MS = 1500;

/** A signal may come while the server is still starting: what then fails is no failure. */
let stopping = false;

interface RunningDatabase { readonly appUrl: string; readonly ownerUrl: string | null; stop(): Promise<void> }

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const config = readConfig();
  const installed = config.keysFolder === null ? null : installedKeys(config.keysFolder, 'COUNTERSIGN_KEYS');
  const database = await openRegister(config);
  try {
    if (installed === null) await refuseBesideIssuers(database.appUrl);
    await serve(config, database, installed ?? keysIn(config.dataFolder ?? join(packageRoot(), '.countersign')));
  } catch (error) {
    if (!stopping) await database.stop();
    throw error;
  }
}

async function serve(config: Config, database: RunningDatabase, keys: ServerKeys): Promise<void> {
  const explorer = explorerOf(config);
  // The server is most of what there is to load: only now, so that whatever stops a start before is told at once.
  (module as { enableCompileCache?: () => void }).enableCompileCache?.(); // from Node 22 on: the next start is faster
  const [{ createServer }, { seedExample }, { Metrics }, { Readiness }] = await Promise.all([import('./server.js'), import('./cli/example.js'), import('./platform/metrics.js'), import('./platform/readiness.js')]);
  const app = await createServer({ databaseUrl: database.appUrl, poolSize: config.poolSize, gatePoolSize: config.gatePoolSize, keys, logLevel: config.logLevel, explorer, loopback: config.outgoingLoopback, ownNetworks: config.outgoingNetworks, corsOrigins: config.corsOrigins, trustedProxies: config.trustedProxies, documents: trustedDocuments(config.trustedDocuments, config.trustedOnly), files: await filesOf(config) });
  const metrics = config.metricsPort === null ? null : await serveMetrics(app.get(Metrics).registry, { port: config.metricsPort, host: config.metricsHost });
  const address = join(config.dataFolder ?? join(packageRoot(), '.countersign'), 'server.json');
  stopOnSignals(async () => {
    app.get(Readiness).stopping = true;
    if (isOurs(address)) rmSync(address);
    if (config.databaseUrl !== null) await delay(DRAIN_MS);
    await app.close();
    await metrics?.close();
    await database.stop();
  });
  const url = await listen(app, config);
  const builtIn = keys.publicKeyPem !== null;
  // Without the built-in issuer nobody could sign in as the people of the example.
  if (database.ownerUrl !== null && builtIn) await seedExample(app, { ownerUrl: database.ownerUrl, origin: config.origin, projectFolder: packageRoot(), say });
  // In production the folder of the program may be read-only, and the command line is somewhere else.
  if (!config.production) writeAddress(address, url);
  welcome(url, { explorer: explorer !== null, metricsUrl: metrics?.url ?? null, builtIn });
}

/** In embedded mode files lie beside the database; with another database, where its operator has said, or nowhere. */
async function filesOf({ evidenceStore, evidenceMaxBytes, evidenceQuotaBytes, databaseUrl, dataFolder }: Config): Promise<EvidenceStore> {
  const [{ EvidenceStore }, { keeperAt }] = await Promise.all([import('./evidence/store/evidence-store.js'), import('./evidence/store/keepers.js')]);
  const beside = join(dataFolder ?? join(packageRoot(), '.countersign'), 'evidence');
  const place = evidenceStore ?? (databaseUrl === null ? { kind: 'folder' as const, folder: beside } : null);
  try {
    return new EvidenceStore(place === null ? null : keeperAt(place, dataFolder), evidenceMaxBytes, evidenceQuotaBytes);
  } catch (error) {
    throw new ConfigError('EVIDENCE_STORE', `needs a folder that cannot be used (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}); name one that you may write`);
  }
}

/** By it the command line finds the server with the keys that it signs with: another one of this checkout has another folder. */
function writeAddress(address: string, url: string): void {
  mkdirSync(dirname(address), { recursive: true });
  writeFileSync(address, JSON.stringify({ url, pid: process.pid }));
}

/** Another server on an external database may have written its own address since. */
function isOurs(address: string): boolean {
  return existsSync(address) && readFileSync(address, 'utf8').includes(`"pid":${String(process.pid)}}`);
}

function keysIn(home: string): ServerKeys {
  try {
    return embeddedKeys(join(home, 'keys'));
  } catch (error) {
    throw new ConfigError('COUNTERSIGN_DATA', `names a folder that cannot be used (${(error as Error).message}); name one that you may write`);
  }
}

/** The built-in issuer never runs beside an issuer by which an organization administers itself. */
async function refuseBesideIssuers(appUrl: string): Promise<void> {
  if (!await isBuiltInOver(appUrl)) return;
  throw new ConfigError('COUNTERSIGN_KEYS', 'is missing: an organization of this register signs in by an issuer of its own, and the built-in issuer never runs beside one; make keys with "countersign keys create" and name their folder');
}

function explorerOf(config: Config): ExplorerOptions | null {
  if (!config.explorer || !isExplorerInstalled()) return null;
  const people = [...EXAMPLE_PEOPLE, ADMINISTRATOR].map(({ subject, displayName }) => ({ handle: subject, name: displayName }));
  return { people, documentsFolder: join(packageRoot(), 'examples', 'graphql') };
}

async function openRegister(config: Config): Promise<RunningDatabase> {
  if (config.databaseUrl !== null) return externalDatabase(config, config.databaseUrl);
  say('Starting the embedded PostgreSQL …');
  const embedded = await startEmbeddedPostgres({ durable: true, say, projectFolder: packageRoot(), ...(config.dataFolder !== null && { dataFolder: join(config.dataFolder, 'postgres') }) });
  try {
    const admin = embedded.url('postgres', 'postgres');
    await prepareCluster(admin);
    await prepareDatabase(admin, DATABASE_NAME);
    const ownerUrl = embedded.url(OWNER_ROLE, DATABASE_NAME);
    await migrate(ownerUrl, say);
    if (await isHalfFilled(ownerUrl)) {
      say('The first start was interrupted; beginning again with an empty register …');
      await dropDatabase(admin, DATABASE_NAME);
      await prepareDatabase(admin, DATABASE_NAME);
      await migrate(ownerUrl, say);
    }
    return { appUrl: embedded.url(APP_ROLE, DATABASE_NAME), ownerUrl, stop: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function externalDatabase(config: Config, appUrl: string): Promise<RunningDatabase> {
  const ownerUrl = config.migrationDatabaseUrl;
  if (ownerUrl !== null) await reaching('MIGRATION_DATABASE_URL', () => migrate(ownerUrl, say));
  await reaching('DATABASE_URL', () => checkRoleOf(appUrl));
  const pending = await reaching('DATABASE_URL', () => pendingMigrations(appUrl));
  if (pending.length > 0) throw new DatabaseUnusable(`DATABASE_URL: ${String(pending.length)} migrations have not run (${pending.join(', ')}); set MIGRATION_DATABASE_URL to the role countersign_owner, or run "countersign db prepare" first`);
  return { appUrl, ownerUrl, stop: () => Promise.resolve() };
}

/** No such role, another password, no such database. */
const NOT_PREPARED: ReadonlySet<string> = new Set(['28000', '28P01', '3D000']);

async function reaching<T>(variable: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseUnusable) throw error;
    const { message, code = '' } = error as { message: string; code?: string };
    const hint = NOT_PREPARED.has(code) ? '; "countersign db prepare" makes roles and database' : '';
    throw new DatabaseUnusable(`${variable}: ${message || code}${hint}`, { cause: error });
  }
}

/** A port that was asked for must be free; the usual one may move on by a few. */
async function listen(app: NestFastifyApplication, config: Config): Promise<string> {
  const ports = config.port === null ? [3000, 3001, 3002, 3003, 3004, 0] : [config.port];
  for (const port of ports) {
    try {
      await app.listen(port, config.host);
      const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
      if (port !== ports[0]) say(`Port ${String(ports[0])} is taken; using ${url} instead.`);
      return url;
    } catch (error) {
      const trouble = listenTrouble(error, { port, host: config.host }, { port: 'PORT', host: 'HOST' });
      if (trouble.variable !== 'PORT' || config.port !== null) throw trouble;
    }
  }
  throw new ConfigError('PORT', 'no free port was found; set one');
}

const NEXT = `
Next, in another terminal:
  npm run story                                  plays a promotion from refusal to deployment, step by step
  ./bin/countersign.mjs token --as rita          prints a token of the risk officer Rita
  ./bin/countersign.mjs gate check --as pipeline --environment production --release REL-1
Ctrl-C stops it; the data stays.`;

function welcome(url: string, { explorer, metricsUrl, builtIn }: { explorer: boolean; metricsUrl: string | null; builtIn: boolean }): void {
  say(`
Countersign is ready.${explorer ? `
  Explorer   ${url}/explorer` : ''}
  GraphQL    ${url}/graphql
  Gate       ${url}/v1/gate/check
  Health     ${url}/health/ready${metricsUrl === null ? '' : `
  Metrics    ${metricsUrl}`}
${builtIn ? NEXT : ''}`);
}

function stopOnSignals(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      say('Stopping …');
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      stop().then(() => process.exit(0), (error: unknown) => { fail(error); });
    });
  }
}

function fail(error: unknown): never {
  const expected = error instanceof ConfigError || error instanceof DatabaseUnusable || error instanceof EmbeddedPostgresError || error instanceof CatalogueUnusable;
  process.stderr.write(`countersign: ${expected ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(1);
}

await main().catch((error: unknown) => { if (!stopping) fail(error); });

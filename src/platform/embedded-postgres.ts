// The embedded PostgreSQL: makes a database folder once, starts the server on a private Unix socket, and
// makes sure that no start, Ctrl-C or crash leaves a process behind or a folder that does not start again.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { lastLines, logFile, makeCluster, openLog, type Start } from './embedded-cluster.js';
import { choosePlace, EmbeddedPostgresError, socketFolder, type EmbeddedOptions, type Place } from './embedded-place.js';
import { noProgram, prepareProgram } from './embedded-program.js';
import { commandOf, isAlive, startTethered, until, type Ending, type RunAs, type TetheredProcess } from './tethered-process.js';

export { EmbeddedPostgresError, type EmbeddedOptions } from './embedded-place.js';

export interface EmbeddedPostgres {
  readonly dataFolder: string;
  /** Connection URL of a role and database over the private socket (a loopback port on Windows). */
  url(role: string, database: string): string;
  /** Ends the server and waits for it; a second call waits for the same end. */
  stop(): Promise<void>;
}

interface Address {
  readonly socket: string | undefined;
  readonly port: number;
}

const MAX_CONNECTIONS = 250;
/** The server names the process that it belongs to in its own command line, where a later start can read it. */
const OWNER = 'cluster_name=countersign-';
const FAST_STOP_LIMIT_MS = 20_000;
const START_LIMIT_MS = 300_000;
const LAUNCH_ATTEMPTS = 40;

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = choosePlace(options);
  let address: Address | undefined;
  let log: number | undefined;
  try {
    log = openLog(place);
    const start = { program: prepareProgram(options, place), place, log, options };
    await makeCluster(start);
    await takeOver(place.data, options.say);
    address = await chooseAddress(place.runAs);
    const server = await launch(start, address);
    return running(server, place, address, options.say);
  } catch (error) {
    cleanUp(place, address);
    throw explained(error, place.folder);
  } finally {
    if (log !== undefined) fs.closeSync(log);
  }
}

/** Refuses while another server uses the folder; ends a database whose server was killed; removes a stale pid file. */
async function takeOver(data: string, say: (line: string) => void): Promise<void> {
  const pid = readPostmaster(data)?.pid;
  if (pid === undefined || !isAlive(pid)) return;
  if (!isServerOf(data, pid)) {
    removeStale(data, pid);
    return;
  }
  const owner = ownerOf(pid);
  if (owner === undefined || isAlive(owner)) throw alreadyRunning(data, owner ?? pid);
  say(`Ending the database that a killed server left behind (pid ${pid}) …`);
  process.kill(pid, 'SIGINT');
  const gone = await until(() => !isServerOf(data, pid), FAST_STOP_LIMIT_MS);
  if (!gone) throw alreadyRunning(data, pid);
}

function ownerOf(pid: number): number | undefined {
  const owner = Number.parseInt(commandOf(pid)?.split(OWNER)[1] ?? '', 10);
  return Number.isNaN(owner) ? undefined : owner;
}

/** When in doubt, yes. */
function isServerOf(data: string, pid: number): boolean {
  return commandOf(pid)?.includes(`-D ${data} `) ?? true;
}

/** The process id in the file was given to another program after a crash; PostgreSQL would wait for that one. */
function removeStale(data: string, pid: number): void {
  const file = path.join(data, 'postmaster.pid');
  const aside = `${file}.stale-${process.pid}`;
  try {
    fs.renameSync(file, aside);
    if (Number.parseInt(fs.readFileSync(aside, 'utf8'), 10) !== pid) fs.linkSync(aside, file); // a start came between
    fs.rmSync(aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function alreadyRunning(data: string, pid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `A server on ${path.dirname(data)} is already running, pid ${pid}: stop it, or set COUNTERSIGN_DATA to another folder.`,
  );
}

async function chooseAddress(runAs: RunAs): Promise<Address> {
  if (process.platform !== 'win32') return { socket: socketFolder(runAs), port: 5432 };
  const probe = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return { socket: undefined, port };
}

async function launch(start: Start, address: Address, attempt = 1): Promise<TetheredProcess> {
  const { program, place, log } = start;
  const begin = fs.fstatSync(log).size;
  const server = startTethered(program.postgres, serverArguments(start, address), log, place.runAs);
  let end: Ending | undefined;
  void server.ended.then((how) => (end = how));
  await until(() => end !== undefined || isReady(place.data, server.pid), START_LIMIT_MS);
  if (end === undefined && isReady(place.data, server.pid)) return server;

  if (end === undefined) server.signal('SIGINT');
  const text = fs.readFileSync(logFile(place)).subarray(begin).toString();
  // Backends of a killed server hold its shared memory for a moment.
  if (text.includes('pre-existing shared memory block') && attempt < LAUNCH_ATTEMPTS) {
    await until(() => false, 250);
    return launch(start, address, attempt + 1);
  }
  throw startFailure(place, end, text);
}

function isReady(data: string, pid: number): boolean {
  const postmaster = readPostmaster(data);
  return postmaster?.status === 'ready' && (postmaster.pid === pid || process.platform === 'win32');
}

function startFailure(place: Place, end: Ending | undefined, text: string): EmbeddedPostgresError {
  if (text.includes('postmaster.pid" already exists')) return alreadyRunning(place.data, readPostmaster(place.data)?.pid ?? 0);
  if (end?.code === 126 || end?.code === 127) return noProgram('its PostgreSQL does not run here');
  return new EmbeddedPostgresError(`PostgreSQL did not start (${end?.why ?? 'no answer'}). ${lastLines(place)}`);
}

function serverArguments({ place, options }: Start, { socket, port }: Address): string[] {
  const settings = {
    listen_addresses: socket === undefined ? '127.0.0.1' : '',
    ...(socket === undefined ? {} : { unix_socket_directories: `"${socket}"` }),
    port,
    max_connections: MAX_CONNECTIONS,
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...(options.durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', place.data, '-c', `${OWNER}${process.pid}`, ...flags];
}

/** First line the pid, eighth the state, padded with blanks: the format that pg_ctl reads. */
function readPostmaster(data: string): { pid: number; status: string } | undefined {
  try {
    const lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
    return Number.isNaN(pid) ? undefined : { pid, status: (lines[7] ?? '').trim() };
  } catch {
    return undefined;
  }
}

function running(server: TetheredProcess, place: Place, address: Address, say: (line: string) => void): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  void server.ended.then(({ why }) => {
    if (stopping === undefined) say(`The embedded PostgreSQL ended unexpectedly (${why}); see ${logFile(place)}`);
  });
  server.hold(false);
  const host = address.socket === undefined ? `127.0.0.1:${address.port}` : '';
  const query = address.socket === undefined ? '' : `?host=${encodeURIComponent(address.socket)}`;
  return {
    dataFolder: place.folder,
    url: (role, database) => `postgresql://${encodeURIComponent(role)}@${host}/${encodeURIComponent(database)}${query}`,
    stop: () => (stopping ??= stopServer(server, place, address)),
  };
}

async function stopServer(server: TetheredProcess, place: Place, address: Address): Promise<void> {
  server.hold(true);
  server.signal('SIGINT'); // PostgreSQL's fast shutdown
  const timer = setTimeout(() => server.signal('SIGQUIT'), FAST_STOP_LIMIT_MS); // at once; the next start recovers
  await server.ended;
  clearTimeout(timer);
  cleanUp(place, address);
}

function cleanUp(place: Place, address: Address | undefined): void {
  if (address?.socket !== undefined) fs.rmSync(address.socket, { recursive: true, force: true });
  if (place.temporary) fs.rmSync(place.folder, { recursive: true, force: true, maxRetries: 5 });
}

function explained(error: unknown, folder: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof EmbeddedPostgresError || typeof code !== 'string') return error;
  return new EmbeddedPostgresError(`The data folder ${folder} cannot be used (${message}). Check its rights and the free space, or set COUNTERSIGN_DATA.`);
}

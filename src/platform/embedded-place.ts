// Where the embedded PostgreSQL keeps its data and its socket, and as which user it runs. PostgreSQL refuses
// to run as root, so root needs folders that an unprivileged user can enter and nobody else can prepare.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isAlive, type RunAs } from './tethered-process.js';

/** A start that failed for a reason that its user can remove; the message says how. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

export interface EmbeddedOptions {
  /** Where the data is kept; chosen by the launcher when left out. */
  readonly dataFolder?: string;
  /** False for tests: nothing is forced to disk, and a temporary folder is removed at the end. */
  readonly durable: boolean;
  readonly say: (line: string) => void;
  /** Absolute path of the checkout, where package.json is. */
  readonly projectFolder: string;
}

export interface Place {
  /** Ours; holds the cluster in `data`, and the log. */
  readonly folder: string;
  readonly data: string;
  readonly runAs: RunAs;
  readonly temporary: boolean;
}

/** The customary number of "nobody": any user without rights of its own will do. */
const NOBODY = { uid: 65534, gid: 65534 };
const SOCKET_NAME = '/.s.PGSQL.5432';
/** Length of sun_path in bytes on Linux (108) and macOS (104), without the closing NUL. */
const SOCKET_PATH_LIMIT = process.platform === 'darwin' ? 103 : 107;
const SWEEP_AFTER_MS = 600_000;

export function choosePlace(options: EmbeddedOptions): Place {
  const temporary = !options.durable && options.dataFolder === undefined;
  const folder = temporary ? privateFolder('test', runAsFor(undefined)) : durableFolder(options);
  const data = path.join(folder, 'data');
  const place = { folder, data, temporary, runAs: runAsFor(data) };
  if (isRoot()) {
    if (temporary) fs.chmodSync(folder, 0o711);
    if (!canEnter(folder, place.runAs)) {
      throw new EmbeddedPostgresError(
        `The database runs as the unprivileged user ${place.runAs.uid}, who cannot enter ${folder}. ` +
          'Set COUNTERSIGN_DATA to a folder outside private homes, or start as an ordinary user.',
      );
    }
  }
  return place;
}

/** A new private folder with a short path, in which the user of the database keeps its socket. */
export function socketFolder(runAs: RunAs): string {
  const folder = privateFolder('socket', runAs);
  giveTo(runAs, folder);
  return folder;
}

export function giveTo(runAs: RunAs, folder: string): void {
  if (runAs.uid !== undefined && runAs.gid !== undefined) fs.chownSync(folder, runAs.uid, runAs.gid);
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Whether the user may enter the folder and every folder above it. */
export function canEnter(folder: string, runAs: RunAs): boolean {
  const ids = runAs.uid === undefined ? { uid: process.getuid?.(), gid: process.getgid?.() } : runAs;
  const real = fs.realpathSync(folder);
  const parents = real.split(path.sep).map((_, i, parts) => parts.slice(0, i + 1).join(path.sep) || path.sep);
  return parents.every((parent) => {
    const { mode, uid, gid } = fs.statSync(parent);
    const bit = uid === ids.uid ? 0o100 : gid === ids.gid ? 0o010 : 0o001;
    return (mode & bit) !== 0;
  });
}

/** Root's own folder for this checkout; remembered in the checkout, because a copy elsewhere is another one. */
export function rootFolder(projectFolder: string, say: (line: string) => void): string {
  const location = path.join(projectFolder, '.countersign', 'location');
  const kept = fs.existsSync(location) ? fs.readFileSync(location, 'utf8').trim() : undefined;
  if (kept && fs.existsSync(kept)) {
    if (isOwnFolder(kept)) return kept;
    throw new EmbeddedPostgresError(
      `${location} names ${kept}, which others than root can change. Make it root's with mode 0711, or delete ${location} to begin with an empty folder.`,
    );
  }
  if (kept) {
    say(`The data folder ${kept} is gone; beginning with an empty one.`);
    fs.rmSync(location);
  }
  const folder = varLibFolder(projectFolder) ?? privateFolder('data', unprivileged());
  fs.chmodSync(folder, 0o711);
  try {
    if (!remember(location, folder)) return rootFolder(projectFolder, say); // another start was quicker
  } catch {
    say(`${location} cannot be written; to use ${folder} again, set COUNTERSIGN_DATA to it.`);
  }
  return folder;
}

/** Written whole or not at all; false when somebody else has written it meanwhile. */
function remember(location: string, folder: string): boolean {
  fs.mkdirSync(path.dirname(location), { recursive: true });
  const draft = `${location}.${process.pid}`;
  fs.writeFileSync(draft, `${folder}\n`);
  try {
    fs.linkSync(draft, location);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft);
  }
}

function durableFolder(options: EmbeddedOptions): string {
  if (options.dataFolder === undefined && isRoot()) {
    const folder = rootFolder(options.projectFolder, options.say);
    options.say(`Running as root: the database is kept in ${folder}`);
    return folder;
  }
  const folder = path.resolve(options.dataFolder ?? path.join(options.projectFolder, '.countersign', 'postgres'));
  try {
    fs.mkdirSync(folder, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
    const rights = fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK;
    fs.accessSync(folder, rights);
    const data = path.join(folder, 'data');
    if (fs.existsSync(data)) fs.accessSync(data, rights); // somebody else's database would look like an incomplete one
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The data folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}). ` +
        'Give this user the right to write there, or set COUNTERSIGN_DATA to another folder.',
    );
  }
  return folder;
}

/** Root hands the database to whom its data already belongs, so that a folder made by an ordinary user stays theirs. */
function runAsFor(data: string | undefined): RunAs {
  if (!isRoot()) return {};
  const stat = data !== undefined && fs.existsSync(data) ? fs.statSync(data) : undefined;
  return stat === undefined || stat.uid === 0 ? unprivileged() : { uid: stat.uid, gid: stat.gid };
}

/** initdb looks its user up by number, so it has to be one that this machine knows. */
function unprivileged(): RunAs {
  const lines = fs.existsSync('/etc/passwd') ? fs.readFileSync('/etc/passwd', 'utf8').split('\n') : [];
  const users = lines.map((line) => line.split(':')).map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  const found = users.find(({ uid }) => uid === NOBODY.uid) ?? users.find(({ name, uid }) => uid > 0 && (name === 'nobody' || name === 'daemon'));
  return found === undefined ? NOBODY : { uid: found.uid, gid: found.gid };
}

function varLibFolder(projectFolder: string): string | undefined {
  const home = '/var/lib/countersign';
  try {
    fs.mkdirSync(home, { recursive: true });
    if (!isOwnFolder(home)) return undefined;
    fs.chmodSync(home, 0o711);
    // The inode tells a new checkout from a deleted one at the same path.
    const { ino, birthtimeMs } = fs.statSync(projectFolder);
    const name = createHash('sha256').update(`${fs.realpathSync(projectFolder)}\n${ino}\n${birthtimeMs}`).digest('hex').slice(0, 16);
    const folder = path.join(home, name);
    fs.mkdirSync(folder, { recursive: true });
    return isOwnFolder(folder) && canEnter(folder, unprivileged()) ? folder : undefined;
  } catch {
    return undefined; // a read-only system: the caller takes a private folder
  }
}

function isOwnFolder(folder: string): boolean {
  const stat = fs.lstatSync(folder);
  return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

function privateFolder(purpose: string, runAs: RunAs): string {
  const parents = [...new Set([os.tmpdir(), ...(process.platform === 'win32' ? [] : ['/tmp', '/var/tmp'])])];
  for (const parent of parents) {
    const name = path.join(parent, `countersign-${purpose}-${process.pid}-`);
    if (Buffer.byteLength(`${name}XXXXXX${SOCKET_NAME}`) > SOCKET_PATH_LIMIT) continue;
    try {
      if (!canEnter(parent, runAs)) continue;
      sweep(parent);
      return fs.mkdtempSync(name);
    } catch {
      continue; // the next parent may be writable
    }
  }
  throw new EmbeddedPostgresError(`No short, writable folder for temporary files among ${parents.join(', ')}. Set TMPDIR to one.`);
}

/** Removes what killed processes left behind: only folders whose database has ended (no socket, no postmaster.pid). */
function sweep(parent: string): void {
  for (const name of fs.readdirSync(parent)) {
    const [, purpose, pid] = /^countersign-(test|socket)-(\d+)-\w{6}$/.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = path.join(parent, name);
    try {
      if (Date.now() - fs.lstatSync(folder).mtimeMs < SWEEP_AFTER_MS) continue;
      if (purpose === 'socket') fs.rmdirSync(folder);
      else if (isOwnFolder(folder) && !fs.existsSync(path.join(folder, 'data', 'postmaster.pid'))) fs.rmSync(folder, { recursive: true });
    } catch {
      continue; // somebody else's, or not empty
    }
  }
}

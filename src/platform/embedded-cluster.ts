// Makes the folder of the embedded database (a PostgreSQL "cluster"), once, and keeps the log beside it.
import fs from 'node:fs';
import path from 'node:path';
import { EmbeddedPostgresError, giveTo, type EmbeddedOptions, type Place } from './embedded-place.js';
import { noProgram, type Program } from './embedded-program.js';
import { isAlive, startTethered } from './tethered-process.js';

const LOG_LIMIT_BYTES = 5_000_000;

/** What every step of one start needs. */
export interface Start {
  readonly program: Program;
  readonly place: Place;
  readonly log: number;
  readonly options: EmbeddedOptions;
}

/** Made beside its final name and renamed when complete, so an interrupted start never leaves half a folder. */
export async function makeCluster({ program, place, log, options }: Start): Promise<void> {
  sweepHalves(place.folder);
  if (isCluster(place.data)) return;
  if (fs.existsSync(place.data)) moveAside(place.data, options.say);
  options.say('Creating the database folder …');
  const half = `${place.data}.new-${process.pid}`;
  fs.mkdirSync(half, { mode: 0o700 });
  giveTo(place.runAs, half);
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const args = ['-D', half, '-U', 'postgres', '--auth=trust', '--no-instructions', ...locale];
  const { code, why } = await startTethered(program.initdb, options.durable ? args : [...args, '--no-sync'], log, place.runAs).ended;
  if (code !== 0) {
    fs.rmSync(half, { recursive: true, force: true });
    throw cannotMake(code, why, place);
  }
  try {
    fs.renameSync(half, place.data);
  } catch (error) {
    fs.rmSync(half, { recursive: true, force: true });
    if (!isCluster(place.data)) throw error; // otherwise another start was quicker
  }
}

function cannotMake(code: number | null, why: string, place: Place): EmbeddedPostgresError {
  if (code === 126 || code === 127) return noProgram('its PostgreSQL does not run here');
  const lines = lastLines(place);
  const cause = lines.includes('could not look up effective user ID')
    ? 'Its user has no entry in /etc/passwd: run as a user that has one, or set DATABASE_URL.'
    : lines;
  return new EmbeddedPostgresError(`The database folder could not be made (${why}). ${cause}`);
}

/** Moved and not deleted: we did not make it. */
function moveAside(data: string, say: (line: string) => void): void {
  const aside = `${data}.incomplete-${Date.now()}`;
  fs.renameSync(data, aside);
  say(`${data} is not a complete database; it was moved to ${aside}`);
}

/** A complete cluster has both: initdb writes the first file early and the second late. */
function isCluster(data: string): boolean {
  return ['PG_VERSION', 'global/pg_control'].every((name) => fs.existsSync(path.join(data, name)));
}

function sweepHalves(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = /^data\.new-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))) {
      fs.rmSync(path.join(folder, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

export function logFile(place: Place): string {
  return path.join(place.folder, 'postgres.log');
}

export function openLog(place: Place): number {
  const file = logFile(place);
  if (fs.existsSync(file) && fs.statSync(file).size > LOG_LIMIT_BYTES) fs.renameSync(file, `${file}.1`);
  return fs.openSync(file, 'a', 0o600);
}

export function lastLines(place: Place): string {
  const lines = fs.readFileSync(logFile(place), 'utf8').trimEnd().split('\n');
  return `The last lines of ${logFile(place)}:\n${lines.slice(-6).join('\n')}`;
}

// Runs the command line as a shell does, and gives what it printed and how it ended.
import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface Ended { readonly code: number; readonly out: string; readonly err: string }
export type Environment = Readonly<Record<string, string>>;

export const PROJECT = join(import.meta.dirname, '../..');
export const PROGRAM = join(PROJECT, 'bin/countersign.mjs');

/** Variables of the surroundings that would change what the commands do are left out. */
function surroundings(): Record<string, string | undefined> {
  const { COUNTERSIGN_URL: _url, COUNTERSIGN_TOKEN: _token, COUNTERSIGN_DATA: _data, DATABASE_URL: _database, MIGRATION_DATABASE_URL: _migration, ADMIN_DATABASE_URL: _admin, NODE_ENV: _mode, COUNTERSIGN_KEYS: _keys, ...kept } = process.env;
  return { ...kept, COUNTERSIGN_SESSION: join(PROJECT, '.countersign', 'no-session') };
}

export async function countersign(args: readonly string[], environment: Environment = {}): Promise<Ended> {
  return ended(process.execPath, [PROGRAM, ...args], environment);
}

/** A line as a reader of the README would paste it into a shell, in the checkout. */
export async function shell(line: string, environment: Environment): Promise<Ended> {
  return ended('sh', ['-c', line], environment);
}

async function ended(file: string, args: readonly string[], environment: Environment): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { cwd: PROJECT, env: { ...surroundings(), ...environment } }, (error, out, err) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, out, err });
      else reject(error ?? new Error('the program gave no exit code'));
    });
  });
}

// Runs a program that cannot outlive this process: after Ctrl-C, a crash or kill -9 of this process,
// the program is asked to end within milliseconds. Also: which programs are alive, and what they are.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import type { Socket } from 'node:net';

/** The user that a program runs as; empty for the user of this process. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** How a program ended: the exit code (`null` after a signal or when it could not be started), and in words. */
export interface Ending {
  readonly code: number | null;
  readonly why: string;
}

export interface TetheredProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  signal(name: NodeJS.Signals): void;
  /** Whether waiting for this program keeps the event loop alive. */
  hold(wanted: boolean): void;
}

// The watcher waits for the end of file on descriptor 3, whose other end only this process has; one line
// on it means "ended already, do nothing". It is orphaned on purpose ("( … & )"), so that the program,
// which takes over the shell's process id, has no child that it does not know.
const TETHER = '( ( read -r _ <&3 || kill -INT $$ ) & ) ; exec "$@" 3<&-';

/** Starts a program in a session of its own, so that Ctrl-C reaches this process only. Output goes to `log`. */
export function startTethered(file: string, args: readonly string[], log: number, runAs: RunAs): TetheredProcess {
  const windows = process.platform === 'win32';
  const child = windows
    ? spawn(file, args, { stdio: ['ignore', log, log, 'pipe'], windowsHide: true })
    : spawn('/bin/sh', ['-c', TETHER, 'tether', file, ...args], {
        stdio: ['ignore', log, log, 'pipe'],
        detached: true,
        cwd: '/',
        env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
        ...runAs,
      });
  const lifeline = child.stdio[3] as Socket | undefined;
  lifeline?.on('error', () => undefined); // the watcher may be gone before the line is written

  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ code: null, why: error.message }));
    child.once('exit', (code, signal) => {
      lifeline?.end('ended\n');
      resolve({ code, why: signal ? `ended by ${signal}` : `exit code ${code}` });
    });
  });
  if (windows) process.once('exit', () => child.kill());
  return {
    pid: child.pid ?? -1,
    ended,
    signal: (name) => void child.kill(name),
    hold: (wanted) => {
      if (wanted) child.ref();
      else child.unref();
      if (wanted) lifeline?.ref();
      else lifeline?.unref();
    },
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, and somebody else's
  }
}

/** The command line of a live process; empty for a zombie; undefined when this machine does not tell. */
export function commandOf(pid: number): string | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    if (process.platform === 'linux') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return isAlive(pid) ? undefined : '';
  }
}

/** Waits until `done`, asking every 10 ms; false after `limit` milliseconds. */
export async function until(done: () => boolean, limit: number): Promise<boolean> {
  const end = performance.now() + limit;
  while (!done()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}

// Runs programs as a terminal does: what they print, how they end, and what they leave behind.
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import fs from 'node:fs';
import { until } from '../../src/platform/tethered-process.js';

const LIMIT_MS = 20_000;
const started: ChildProcess[] = [];

export interface Program {
  readonly pid: number;
  /** Everything printed so far. */
  printed(): string;
  /** Waits until the pattern has been printed and returns its match; throws when the program ends without it, or takes longer than it may. */
  line(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray>;
  /** SIGINT goes to the whole process group, as Ctrl-C does. */
  signal(name: NodeJS.Signals): void;
  /** Waits for the end: the exit code, or the signal that ended it. */
  ended(): Promise<number | NodeJS.Signals | null>;
}

export function run(file: string, args: readonly string[], options: SpawnOptions = {}): Program {
  // A process group of its own, as a shell makes it for a command.
  const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  const add = (chunk: Buffer): void => void (text += chunk.toString());
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  const end = endOf(child);
  return {
    pid: child.pid!,
    printed: () => text,
    line: async (pattern, limitMs = LIMIT_MS) => {
      let over = false;
      void end.finally(() => (over = true)).catch(() => undefined);
      await until(() => over || pattern.test(text), limitMs);
      const match = pattern.exec(text);
      if (match === null) throw new Error(`${pattern} was not printed; printed:\n${text}`);
      return match;
    },
    signal: (name) => void process.kill(name === 'SIGINT' ? -child.pid! : child.pid!, name),
    ended: () => end,
  };
}

/** After the tests: ends what a failed test left running, with everything in its process group. */
export function killAll(): void {
  for (const { pid } of started) {
    try {
      process.kill(-pid!, 'SIGKILL');
    } catch {
      continue; // ended already, as it should have
    }
  }
}

function endOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
}

/** Live processes whose command line contains the text, as `pid command`. */
export function processesWith(text: string): string[] {
  return allProcesses().filter((line) => line.includes(text) && !line.startsWith(`${process.pid} `));
}

/** Waits until no process with the text in its command line is left; returns those that stayed. */
export async function leftProcesses(text: string): Promise<string[]> {
  await until(() => processesWith(text).length === 0, LIMIT_MS);
  return processesWith(text);
}

function allProcesses(): string[] {
  if (process.platform !== 'linux') return execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n').map((line) => line.trim());
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => `${pid} ${commandLine(pid)}`);
}

function commandLine(pid: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // ended meanwhile
  }
}

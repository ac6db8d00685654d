// "npm start" and "npm test" in a fresh checkout: what is missing is installed and built, once, by one process
// at a time, and again after an interruption. npm and the compiler are stand-ins that note their calls.
import { afterAll, beforeEach, describe, test, expect } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { until } from '../src/platform/tethered-process.js';
import { killAll, leftProcesses, run, type Program } from './support/programs.js';

const CHECKOUT = path.join(import.meta.dirname, '..');
const INSTALL = 'npm ci --include=dev --include=optional --engine-strict=false --loglevel=error --no-audit --no-fund';
const BUILD = 'nest build -b swc';
const folders: string[] = [];

let project: string;

beforeEach(() => {
  project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'countersign-commands-')));
  folders.push(project);
  for (const name of ['scripts/ready.mjs', 'scripts/ready-lock.mjs', 'bin/countersign.mjs']) {
    fs.mkdirSync(path.dirname(inProject(name)), { recursive: true });
    fs.copyFileSync(path.join(CHECKOUT, name), inProject(name));
  }
  write('package.json', '{ "type": "module", "dependencies": { "one": "1.0.0" }, "devDependencies": { "@nestjs/cli": "1.0.0" } }');
  write('package-lock.json', lockFile('1.0.0'));
  write('src/main.ts', 'first');
  fs.mkdirSync(inProject('programs'));
  fs.copyFileSync(path.join(CHECKOUT, 'test/support/fake-npm.mjs'), inProject('programs/npm'));
  fs.chmodSync(inProject('programs/npm'), 0o755);
});

afterAll(() => {
  killAll();
  folders.forEach((folder) => fs.rmSync(folder, { recursive: true }));
});

function inProject(name: string): string {
  return path.join(project, name);
}

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(inProject(name)), { recursive: true });
  fs.writeFileSync(inProject(name), text);
}

function lockFile(version: string): string {
  const packages = { '': {}, 'node_modules/one': { version }, 'node_modules/elsewhere': { version, optional: true } };
  return JSON.stringify({ packages });
}

function calls(): string[] {
  return fs.existsSync(inProject('calls')) ? fs.readFileSync(inProject('calls'), 'utf8').trim().split('\n') : [];
}

function makeReady(environment: Record<string, string> = {}, nodeArguments: string[] = []): Program {
  const { npm_execpath: _, ...inherited } = process.env;
  const env = { ...inherited, PATH: `${inProject('programs')}:${process.env['PATH']}`, ...environment };
  return run(process.execPath, [...nodeArguments, inProject('scripts/ready.mjs'), '--build'], { env, cwd: '/' });
}

async function isReady(program: Program): Promise<void> {
  expect([await program.ended(), program.printed()]).toEqual([0, expect.anything()]);
  expect(fs.existsSync(inProject('.countersign/ready.lock'))).toBe(false);
  expect(await leftProcesses(project)).toEqual([]);
}

function built(): string {
  return fs.readFileSync(inProject('dist/src/main.js'), 'utf8');
}

describe('the first command in a fresh checkout', () => {
  test('installs and builds, visibly, also with NODE_ENV=production and in CI', async () => {
    const first = makeReady({ NODE_ENV: 'production', CI: 'true' });

    await isReady(first);
    expect(first.printed()).toMatch(/Installing the dependencies.*Building …/s);
    expect(calls()).toEqual([INSTALL, BUILD]);
    expect(built()).toBe('first');
    expect(fs.readdirSync(project)).not.toContain('dist.new');
  });

  test('is followed by commands that do nothing, in milliseconds', async () => {
    await isReady(makeReady());
    const bare = await quickest(() => run(process.execPath, ['-e', '0']));

    const nothing = await quickest(makeReady);

    expect(calls()).toEqual([INSTALL, BUILD]);
    expect(nothing - bare).toBeLessThan(250);
  });

  test('accepts an install that was made by hand', async () => {
    await isReady(makeReady());
    fs.rmSync(inProject('node_modules/.countersign-installed'));

    await isReady(makeReady());

    expect(calls()).toEqual([INSTALL, BUILD]);
  });

  test('says what to do when the install fails, after a second attempt', async () => {
    const failed = makeReady({ FAKE_NPM: 'fail' });

    expect(await failed.ended()).toBe(1);
    expect(failed.printed()).toMatch(/registry not reached.*could not be installed.*Check that the package registry can be reached/s);
    expect(calls()).toEqual([INSTALL, `${INSTALL} --prefer-offline`]);
    await isReady(makeReady());
  });

  async function quickest(start: () => Program): Promise<number> {
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const begin = performance.now();
      await start().ended();
      times.push(performance.now() - begin);
    }
    return Math.min(...times);
  }
});

describe('a later command', () => {
  test.each<[string, () => void, string[]]>([
    ['builds when a source has changed', () => write('src/main.ts', 'second'), [BUILD]],
    ['builds when a source has been added', () => write('src/audit/entry.ts', ''), [BUILD]],
    ['builds when the compiler settings have changed', () => write('.swcrc', '{}'), [BUILD]],
    ['builds when the result is gone', () => fs.rmSync(inProject('dist'), { recursive: true }), [BUILD]],
    ['installs and builds when the lock file has changed', () => write('package-lock.json', lockFile('2.0.0')), [INSTALL, BUILD]],
    ['installs when a package is gone', () => fs.rmSync(inProject('node_modules/one'), { recursive: true }), [INSTALL]],
    ['installs when everything is gone', () => fs.rmSync(inProject('node_modules'), { recursive: true }), [INSTALL]],
  ])('%s', async (_, change, wanted) => {
    await isReady(makeReady());

    change();

    await isReady(makeReady());
    expect(calls().slice(2)).toEqual(wanted);
    await isReady(makeReady());
    expect(calls().slice(2)).toEqual(wanted);
  });

  test('keeps the old result when the build fails', async () => {
    await isReady(makeReady());
    write('src/main.ts', 'BROKEN');

    const failed = makeReady();

    expect(await failed.ended()).toBe(1);
    expect(failed.printed()).toContain('The build failed; the reason stands above.');
    expect(built()).toBe('first');
  });
});

describe('an interruption', () => {
  test.each<[NodeJS.Signals]>([['SIGINT'], ['SIGTERM']])('of the install by %s ends npm, and the next command installs again', async (signal) => {
    const first = makeReady({ FAKE_NPM: 'wait' });
    await first.line(/half installed/);

    first.signal(signal);

    expect(await first.ended()).toBe(130);
    expect(await leftProcesses(project)).toEqual([]);
    expect(fs.existsSync(inProject('.countersign/ready.lock'))).toBe(false);
    await isReady(makeReady());
    expect(calls()).toEqual([INSTALL, INSTALL, BUILD]);
  });

  test('of an install over an earlier one is noticed', async () => {
    await isReady(makeReady());
    write('package-lock.json', lockFile('2.0.0'));
    const second = makeReady({ FAKE_NPM: 'wait' });
    await second.line(/half installed/);
    second.signal('SIGINT');
    await second.ended();

    write('package-lock.json', lockFile('1.0.0'));

    await isReady(makeReady());
    expect(calls().slice(3)).toEqual([INSTALL, BUILD]);
  });

  test('of the build leaves the old result, and the next command builds again', async () => {
    await isReady(makeReady());
    write('src/main.ts', 'WAIT');
    const second = makeReady();
    await second.line(/half built/);

    second.signal('SIGINT');

    expect(await second.ended()).toBe(130);
    expect(built()).toBe('first');
    write('src/main.ts', 'third');
    await isReady(makeReady());
    expect(built()).toBe('third');
  });

  test('by kill -9 is waited for until npm has ended too', async () => {
    const first = makeReady({ FAKE_NPM: 'wait' });
    await first.line(/half installed/);
    await until(() => fs.readFileSync(inProject('.countersign/ready.lock'), 'utf8').includes('child'), 5000);
    first.signal('SIGKILL');

    const second = makeReady();
    await second.line(/Waiting for another terminal/);
    expect(calls()).toEqual([INSTALL]);
    write('go', '');

    await isReady(second);
    expect(calls()).toEqual([INSTALL, BUILD]);
  });

  test('by a crash leaves a lock of a dead process, which holds nobody up', async () => {
    const dead = run(process.execPath, ['-e', '0']);
    await dead.ended();
    write('.countersign/ready.lock', JSON.stringify({ pid: dead.pid, token: 'old' }));

    const next = makeReady();

    await isReady(next);
    expect(next.printed()).not.toContain('Waiting');
  });

  test.each([[''], ['{ "pid"']])('by a crash leaves a torn lock %j, which holds nobody up', async (text) => {
    write('.countersign/ready.lock', text);

    await isReady(makeReady());
  });
});

describe('two commands at once', () => {
  test('install and build once; the second says that it waits', async () => {
    const first = makeReady({ FAKE_NPM: 'wait' });
    await first.line(/half installed/);
    const second = makeReady();
    await second.line(new RegExp(`Waiting for another terminal \\(pid ${first.pid}\\)`));

    write('go', '');

    await Promise.all([first.ended(), second.ended()]);
    await isReady(first);
    await isReady(second);
    expect(calls()).toEqual([INSTALL, BUILD]);
  });

  test('of many, over a stale lock, exactly one works', async () => {
    write('.countersign/ready.lock', JSON.stringify({ pid: 2 ** 22 + 1, token: 'old' }));

    const many = [1, 2, 3, 4, 5].map(() => makeReady());

    expect(await Promise.all(many.map((program) => program.ended()))).toEqual([0, 0, 0, 0, 0]);
    expect(calls()).toEqual([INSTALL, BUILD]);
    expect(fs.readdirSync(inProject('.countersign'))).toEqual(['build.json']);
  });
});

describe('the version of Node', () => {
  test.each([
    ['18.20.4', 1, /Node 18\.20\.4 is too old: Countersign needs 20\.19 or newer/],
    ['20.18.3', 1, /Node 20\.18\.3 is too old/],
    ['20.19.0', 0, /^Warning: Node 20\.19\.0 works[^\n]*\nInstalling/],
    ['22.12.0', 0, /^Warning: Node 22\.12\.0 works[^\n]*\nInstalling/],
    ['22.13.0', 0, /^Installing/],
    ['24.1.0', 0, /^Installing/],
  ])('%s ends with %i and its line', async (version, code, line) => {
    const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;

    const program = makeReady({}, ['--import', pretend]);

    expect(await program.ended()).toBe(code);
    expect(program.printed()).toMatch(line);
  });
});

describe('the command countersign', () => {
  test('says how to build it when it is not built', async () => {
    const program = run(process.execPath, [inProject('bin/countersign.mjs'), 'gate', 'check']);

    expect(await program.ended()).toBe(1);
    expect(program.printed()).toBe('Countersign is not built yet: run npm start once.\n');
  });

  test('passes its arguments on', async () => {
    write('dist/src/cli.js', 'console.log(process.argv.slice(2)); process.exitCode = 3;');

    const program = run(process.execPath, [inProject('bin/countersign.mjs'), 'gate', 'check']);

    expect(await program.ended()).toBe(3);
    expect(program.printed()).toBe("[ 'gate', 'check' ]\n");
  });

  test('can be run as it lies in the checkout', () => {
    expect(fs.statSync(path.join(CHECKOUT, 'bin/countersign.mjs')).mode & 0o111).toBe(0o111);
  });
});

// The embedded database as a process: it starts again after every kind of end, and leaves nothing running.
import { afterAll, beforeAll, describe, test, expect } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { until } from '../src/platform/tethered-process.js';
import { remove, variants, type Variant } from './support/embedded-projects.js';
import { killAll, leftProcesses, processesWith, type Program } from './support/programs.js';

const READY = /READY (\S+) (.+)/;

interface Running {
  readonly program: Program;
  readonly url: string;
  readonly folder: string;
}

async function started(program: Program): Promise<Running> {
  const [, url = '', folder = ''] = await program.line(READY);
  return { program, url, folder };
}

async function stopped({ program, folder }: Running): Promise<void> {
  program.signal('SIGINT');
  expect(await program.ended()).toBe(0);
  expect(await leftProcesses(folder)).toEqual([]);
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

function postmasterPid(folder: string): number {
  return Number.parseInt(fs.readFileSync(path.join(folder, 'data', 'postmaster.pid'), 'utf8'), 10);
}

function socketOf(url: string): string {
  return new URLSearchParams(url.split('?')[1]).get('host')!;
}

const all = variants();
process.stdout.write(`The embedded database is tried as ${all.map(({ name }) => name).join(', and as ')}.\n`);
afterAll(() => {
  killAll();
  all.forEach(remove);
});

describe.each(all)('the embedded PostgreSQL of $name', ({ project, start, uid }: Variant) => {
  test('answers on a private socket, ends on Ctrl-C, and keeps its data for the next start', async () => {
    const first = await started(start());
    await query(first.url, "create table kept as select 'here' as value");
    expect(await query(first.url, 'show max_connections')).toEqual(['250']);
    expect(await query(first.url, 'show fsync')).toEqual(['on']);
    expect(fs.statSync(socketOf(first.url)).mode & 0o077).toBe(0);

    await stopped(first);
    expect(first.program.printed()).toContain('STOPPED');
    expect(fs.existsSync(socketOf(first.url))).toBe(false);
    const second = await started(start());

    expect(second.folder).toBe(first.folder);
    expect(await query(second.url, 'select value from kept')).toEqual(['here']);
    await stopped(second);
  });

  test('lies where its user can enter, outside a private home', async () => {
    const running = await started(start());

    const isRoot = process.getuid?.() === 0 && uid === undefined;
    expect(running.folder.startsWith(project)).toBe(!isRoot);
    expect(fs.statSync(path.join(running.folder, 'data')).uid).not.toBe(0);
    const location = path.join(project, '.countersign', 'location');
    if (isRoot) expect(fs.readFileSync(location, 'utf8').trim()).toBe(running.folder);
    await stopped(running);
  });

  test('ends when its server is killed, and starts again', async () => {
    const first = await started(start());

    first.program.signal('SIGKILL');

    expect(await first.program.ended()).toBe('SIGKILL');
    expect(await leftProcesses(first.folder)).toEqual([]);
    await stopped(await started(start()));
  });

  test('starts again at once after server and database were killed together', async () => {
    const first = await started(start());

    process.kill(postmasterPid(first.folder), 'SIGKILL');
    first.program.signal('SIGKILL');
    await first.program.ended();

    const second = await started(start());
    expect(await query(second.url, 'select value from kept')).toEqual(['here']);
    await stopped(second);
  });

  test('does not hear Ctrl-C itself: its server decides when it ends', async () => {
    const running = await started(start({ deaf: true }));

    running.program.signal('SIGINT');

    await running.program.line(/DEAF/);
    expect(await query(running.url, 'select 1')).toEqual([1]);
    running.program.signal('SIGKILL');
    expect(await leftProcesses(running.folder)).toEqual([]);
  });

  test('refuses a second server on the same folder and names the first', async () => {
    const first = await started(start());

    const second = start();

    expect(await second.ended()).toBe(1);
    expect(second.printed()).toContain(`already running, pid ${first.program.pid}: stop it, or set COUNTERSIGN_DATA`);
    expect(await query(first.url, 'select 1')).toEqual([1]);
    await stopped(first);
  });
});

describe('the embedded PostgreSQL', () => {
  const { start, uid, project } = all[0]!;
  let folder: string;

  beforeAll(() => {
    folder = path.join(project, 'data folders');
    fs.mkdirSync(folder);
    if (uid !== undefined) fs.chownSync(folder, uid, uid);
  });

  test('is ended by Ctrl-C while its folder is being made, and made by the next start', async () => {
    const dataFolder = path.join(folder, 'interrupted');
    const first = start({ dataFolder });
    const half = path.join(dataFolder, `data.new-${first.pid}`, 'PG_VERSION');
    expect(await until(() => fs.existsSync(half), 10_000)).toBe(true);

    first.signal('SIGINT');

    expect(await first.ended()).toBe('SIGINT');
    expect(await leftProcesses(dataFolder)).toEqual([]);
    expect(fs.existsSync(path.join(dataFolder, 'data'))).toBe(false);
    await stopped(await started(start({ dataFolder })));
    expect(fs.readdirSync(dataFolder).sort()).toEqual(['data', 'postgres.log']);
  });

  test('is made anew when the making was killed half-way', async () => {
    const dataFolder = path.join(folder, 'killed');
    const first = start({ dataFolder });
    const half = path.join(dataFolder, `data.new-${first.pid}`);
    expect(await until(() => fs.existsSync(path.join(half, 'global', 'pg_control')), 10_000)).toBe(true);

    for (const line of processesWith(half)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
    first.signal('SIGKILL');
    await first.ended();

    expect(fs.existsSync(half)).toBe(true);
    await stopped(await started(start({ dataFolder })));
    expect(fs.readdirSync(dataFolder).sort()).toEqual(['data', 'postgres.log']);
  });

  test('is started by exactly one of two first starts on one folder', async () => {
    const dataFolder = path.join(folder, 'two');
    const both = [start({ dataFolder }), start({ dataFolder })];

    await Promise.all(both.map((program) => program.line(/READY|EmbeddedPostgresError/)));

    expect(both.filter((program) => program.printed().includes('READY'))).toHaveLength(1);
    const refused = both.find((program) => !program.printed().includes('READY'))!;
    expect(refused.printed()).toMatch(/already running, pid \d+: stop it/);
    await stopped(await started(both.find((program) => program !== refused)!));
    expect(fs.readdirSync(dataFolder).sort()).toEqual(['data', 'postgres.log']);
  });

  test('is stopped by the next start when even its watcher was killed', async () => {
    const dataFolder = path.join(folder, 'orphan');
    const first = await started(start({ dataFolder }));
    const [watcher = ''] = processesWith(dataFolder).filter((line) => line.includes(' tether '));
    process.kill(Number.parseInt(watcher, 10), 'SIGKILL');
    first.program.signal('SIGKILL');
    await first.program.ended();
    const orphan = postmasterPid(dataFolder);

    const second = await started(start({ dataFolder }));

    expect(second.program.printed()).toContain(`Ending the database that a killed server left behind (pid ${orphan})`);
    await stopped(second);
  });

  test('is not held up by a pid file whose number now belongs to another program', async () => {
    const dataFolder = path.join(folder, 'orphan');
    fs.writeFileSync(path.join(dataFolder, 'data', 'postmaster.pid'), `${process.pid}\n`);

    await stopped(await started(start({ dataFolder })));
  });

  test('moves half a folder aside and makes a whole one', async () => {
    const dataFolder = path.join(folder, 'half');
    fs.mkdirSync(path.join(dataFolder, 'data'), { recursive: true });
    fs.writeFileSync(path.join(dataFolder, 'data', 'PG_VERSION'), '18\n');
    if (uid !== undefined) for (const name of ['.', 'data', 'data/PG_VERSION']) fs.chownSync(path.join(dataFolder, name), uid, uid);

    const running = await started(start({ dataFolder }));

    expect(running.program.printed()).toMatch(/is not a complete database; it was moved to .*data\.incomplete-\d+/);
    await stopped(running);
  });

  test('names a data folder that cannot be written', async () => {
    const dataFolder = path.join(folder, 'closed');
    fs.mkdirSync(dataFolder, { mode: 0o500 });

    const refused = start({ dataFolder });

    expect(await refused.ended()).toBe(1);
    expect(refused.printed()).toContain(`EmbeddedPostgresError: The data folder ${dataFolder} cannot be written (EACCES).`);
  });

  test('names DATABASE_URL on a system that it was not built for', async () => {
    const refused = start({ platform: 'freebsd', dataFolder: path.join(folder, 'none') });

    expect(await refused.ended()).toBe(1);
    expect(refused.printed()).toMatch(/EmbeddedPostgresError: There is no embedded PostgreSQL .*freebsd.*: set DATABASE_URL/);
  });

  test('leaves no folder behind when it was made for a test', async () => {
    const running = await started(start({ durable: false }));
    expect(running.folder.startsWith(fs.realpathSync(os.tmpdir()))).toBe(true);

    await stopped(running);

    expect(fs.existsSync(running.folder)).toBe(false);
  });
});

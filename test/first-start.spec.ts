// The first start may be cut off at any moment: the next one makes a whole example, and the one after that keeps it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chmodSync, cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintToken } from '../src/identity/issuer.js';
import { embeddedKeys } from '../src/identity/keys.js';
import { killAll, leftProcesses, run, type Program } from './support/programs.js';

const CHECKOUT = join(import.meta.dirname, '..');
/** Fifteen people and three systems. */
const WHOLE = [15, [{ number: 'SYS-1' }, { number: 'SYS-2' }, { number: 'SYS-3' }]];
let project: string;

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-first-')));
  chmodSync(project, 0o755);
  for (const name of ['dist', 'migrations', 'package.json']) cpSync(join(CHECKOUT, name), join(project, name), { recursive: true });
  symlinkSync(join(CHECKOUT, 'node_modules'), join(project, 'node_modules'));
});

afterAll(() => {
  killAll();
  rmSync(project, { recursive: true, force: true });
});

function start(): Program {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PORT|HOST|LOG_LEVEL|NODE_ENV|DATABASE_.*|COUNTERSIGN_.*|MIGRATION_.*|NODE_OPTIONS)$/.test(name)));
  return run(process.execPath, [join(project, 'dist/src/main.js')], { cwd: project, env: { ...clean, PORT: '0', COUNTERSIGN_DATA: join(project, 'data') } });
}

/** Everybody of the example, as its administrator reads them, and its systems. */
async function example(program: Program): Promise<unknown> {
  const url = (await program.line(/(http:\/\/\S+)\/graphql/))[1] ?? '';
  const token = await mintToken(embeddedKeys(join(project, 'data', 'keys')), 'ada');
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query: '{ people { handle } systems { nodes { number } } }' }),
  });
  const { data } = await answer.json() as { data: { people: unknown[]; systems: { nodes: unknown[] } } };
  return [data.people.length, data.systems.nodes];
}

test('a start that is killed while it makes the example is followed by one that makes it whole', async () => {
  const killed = start();
  await killed.line(/Making the example organization/);
  killed.signal('SIGKILL');
  await killed.ended();

  const second = start();
  expect(await example(second)).toEqual(WHOLE);
  expect((await fetch((await second.line(/Explorer +(http:\/\/\S+)/))[1] ?? '')).status).toBe(200);
  second.signal('SIGINT');
  expect(await second.ended()).toBe(0);

  const third = start();
  expect(await example(third)).toEqual(WHOLE);
  expect(third.printed()).not.toMatch(/Making the example|beginning again/);
  third.signal('SIGINT');
  expect(await third.ended()).toBe(0);
  expect(await leftProcesses(project)).toEqual([]);
}, 120_000);

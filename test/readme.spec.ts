// The README says nothing that does not hold: the commands of its tour print what it shows, and its tables are those of the code.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EXIT } from '../src/cli/command.js';
import { seedSystems } from '../src/cli/example.js';
import { VARIABLES } from '../src/platform/config.js';
import { startApp, type TestApp } from './support/app.js';
import { PROJECT, shell } from './support/command-line.js';

const text = readFileSync(join(PROJECT, 'README.md'), 'utf8');

// The last command of the tour plays the whole story, on a machine that may be busy.
jest.setTimeout(120_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await seedSystems(app.app, app.as, PROJECT);
});
afterAll(() => app.close());

function blocks(language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block]) => block!);
}

/** What differs from run to run: digests of files, ids, instants. */
function masked(printed: string): string {
  return printed.replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…').replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '(id)').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(instant)');
}

/** The rows of the table under this heading row, cell by cell. */
function table(heading: string): string[][] {
  const [, rows = ''] = text.split(`${heading}\n|---|---|\n`);
  return rows.split('\n\n')[0]!.trimEnd().split('\n').map((row) => row.slice(2, -2).split(' | '));
}

describe('the tour of the README', () => {
  const tour = blocks('console').map((block) => {
    const end = block.indexOf('\n');
    return { command: block.slice(0, end), output: block.slice(end + 1) };
  });

  test('has a command in each block', () => {
    expect(tour.length).toBeGreaterThanOrEqual(6);
    expect(tour.filter(({ command }) => !command.startsWith('$ ./bin/countersign.mjs '))).toEqual([]);
  });

  // In the order of the README: later commands build on earlier ones.
  test.each(tour)('prints what it shows: $command', async ({ command, output }) => {
    const { out, err } = await shell(command.slice(2), { COUNTERSIGN_URL: app.url, COUNTERSIGN_DATA: app.dataFolder });

    expect(err).toBe('');
    expect(masked(out)).toBe(masked(output));
  });

  test('shows a GraphQL query with its answer, and a REST question that is one', async () => {
    const [query] = blocks('graphql');
    const [answer, question] = blocks('json').map((block) => JSON.parse(block) as unknown);

    expect(await app.graphql('rita', query!)).toEqual({ data: answer });
    expect(await app.rest('pipeline', '/v1/gate/check', question)).toMatchObject({ status: 200, body: { decision: false, verdict: 'DENY' } });
  });
});

describe('the tables of the README', () => {
  test('list every variable of the configuration as the code explains it', () => {
    expect(table('| Variable | Meaning |')).toEqual(Object.entries(VARIABLES).map(([name, meaning]) => [`\`${name}\``, meaning]));
  });

  test('list every exit code', () => {
    expect(table('| Exit code | Meaning |').map(([code]) => Number(code))).toEqual(Object.values(EXIT));
  });

  test('map every folder of the code, and nothing that is not there', () => {
    const mapped = table('| Where | What |').map(([where]) => where!.replaceAll('`', ''));
    const folders = readdirSync(join(PROJECT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => `src/${entry.name}/`);

    expect(mapped.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
    expect(folders.filter((folder) => !mapped.includes(folder))).toEqual([]);
  });
});

const DOCUMENTS = ['README.md', 'CONTRIBUTING.md'].map((name) => [name, readFileSync(join(PROJECT, name), 'utf8')] as const);

describe.each(DOCUMENTS)('%s', (_name, document) => {
  test('links only to files that are there, and names only scripts and faults that there are', () => {
    const links = [...document.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
    const faults = [...document.matchAll(/npm run faults -- (\S+?)`/g)].map(([, name]) => `test/faults/${name!}.patch`);
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

    expect([...links, ...faults].filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
    expect([...document.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!).filter((script) => !(script in scripts))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  const [, [, document]] = DOCUMENTS as [unknown, (typeof DOCUMENTS)[number]];

  test('names only files and folders that are there, and fits on two screens', () => {
    const named = [...document.matchAll(/`((?:\.ci|docs|migrations|src|test)\/[^\s`]*)`/g)].map(([, path]) => path!);

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
    expect(document.trimEnd().split('\n').length).toBeLessThanOrEqual(80);
  });
});

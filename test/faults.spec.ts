// The runner of the kept faults, on a tiny project of its own: it must tell a noticed fault from every way of not noticing.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..');

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "tiny" }\n',
  'jest.config.json': '{ "testEnvironment": "node", "testRegex": "spec\\\\.js$", "transform": {} }\n',
  '.gitignore': 'node_modules\n',
  'src/limit.js': 'exports.within = function within(amount) {\n  return amount <= 10;\n};\n',
  'test/limit.spec.js': [
    "const { expect, test } = require('@jest/globals');",
    "const { within } = require('../src/limit.js');",
    "test('refuses what is above', () => expect(within(11)).toBe(false));",
    "test('answers at all', () => expect(typeof within(1)).toBe('boolean'));",
    "test('is wrong from the start', () => expect(within(1)).toBe(false));",
  ].join('\n'),
};

function patch(test: string, replacement: string, original = '  return amount <= 10;'): string {
  return [
    `# test: ${test}`, '# why: amounts above the limit are let through', '--- a/src/limit.js', '+++ b/src/limit.js',
    '@@ -1,3 +1,3 @@', ' exports.within = function within(amount) {', `-${original}`, `+${replacement}`, ' };', '',
  ].join('\n');
}

const PATCHES: Readonly<Record<string, string>> = {
  noticed: patch('test/limit.spec.js -t refuses what is above', '  return amount <= 12;'),
  unnoticed: patch('test/limit.spec.js -t answers at all', '  return amount <= 12;'),
  stale: patch('test/limit.spec.js -t refuses what is above', '  return amount <= 12;', '  return amount <= 9;'),
  nameless: patch('test/limit.spec.js -t no such test', '  return amount <= 12;'),
  fileless: patch('test/absent.spec.js', '  return amount <= 12;'),
  broken: patch('test/limit.spec.js -t refuses what is above', '  return amount <= ;'),
  'red-before': patch('test/limit.spec.js -t is wrong from the start', '  return amount <= 12;'),
};

describe('the runner of the kept faults', () => {
  let folder: string;

  const runFaults = (...names: string[]): { status: number | null; lines: string[]; errors: string } => {
    const run = spawnSync(process.execPath, [join(PROJECT, 'scripts/faults.mjs'), ...names], { cwd: folder, encoding: 'utf8', env: { ...process.env, TMPDIR: join(folder, 'tmp') } });
    return { status: run.status, lines: run.stdout.split('\n').map((line) => line.replace(/ +/g, ' ').replace(/[\d.]+ s$/, '').trim()), errors: run.stderr };
  };

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-tiny-')));
    const faults = Object.entries(PATCHES).map(([name, text]) => [`test/faults/${name}.patch`, text] as const);
    for (const [path, text] of [...Object.entries(FILES), ...faults]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    mkdirSync(join(folder, 'tmp'));
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    expect(spawnSync('git', ['init', '--quiet', folder]).status).toBe(0);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('tells a noticed fault from an unnoticed, stale, broken or untested one', () => {
    const { status, lines } = runFaults();

    expect(status).toBe(1);
    expect(lines).toEqual(expect.arrayContaining([
      'noticed test/limit.spec.js noticed',
      'unnoticed test/limit.spec.js UNNOTICED',
      'stale test/limit.spec.js STALE',
      'nameless test/limit.spec.js NO TEST',
      'fileless test/absent.spec.js NO TEST',
      'broken test/limit.spec.js BROKEN',
      'red-before test/limit.spec.js RED BEFORE',
      '1 of 7 faults noticed',
    ]));
  });

  test('runs only the named faults, and succeeds when each is noticed', () => {
    const { status, lines } = runFaults('noticed');

    expect(status).toBe(0);
    expect(lines).toContain('1 of 1 faults noticed');
    expect(lines.join()).not.toContain('stale');
  });

  test('refuses the name of a fault that does not exist', () => {
    expect(runFaults('unheard-of')).toEqual({ status: 2, lines: [''], errors: expect.stringContaining('unheard-of') });
  });

  test('says which faults it did not run when the time is over, and fails when it ran none', () => {
    const { status, lines } = runFaults('--minutes', '0', 'noticed');

    expect(status).toBe(1);
    expect(lines).toContain('0 of 1 faults noticed, 1 NOT RUN (out of time)');
  });

  test('leaves the project as it was, and no copy behind', () => {
    runFaults('noticed');

    expect(readFileSync(join(folder, 'src/limit.js'), 'utf8')).toBe(FILES['src/limit.js']);
    expect(readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('countersign-faults-'))).toEqual([]);
  });
});

describe('the kept faults', () => {
  const migrations = readdirSync(join(PROJECT, 'migrations')).sort().map((name) => ({ name, lines: readFileSync(join(PROJECT, 'migrations', name), 'utf8').split('\n') }));
  const faults = readdirSync(join(PROJECT, 'test/faults')).map((name) => ({ name, text: readFileSync(join(PROJECT, 'test/faults', name), 'utf8') }));

  /** How a definition begins, and how a later migration begins to replace it. */
  const DEFINITIONS: readonly (readonly [RegExp, string])[] = [
    [/^CREATE (?:OR REPLACE )?FUNCTION ([\w.]+)/, 'CREATE OR REPLACE FUNCTION $1('], [/^CREATE (?:OR REPLACE )?VIEW ([\w.]+)/, 'CREATE OR REPLACE VIEW $1 '],
    [/^CREATE (?:CONSTRAINT )?TRIGGER (\w+) .* ON (\w+)/, 'DROP TRIGGER $1 ON $2;'],
  ];

  /** Of the function, view or trigger whose text holds the line; each is written without an empty line in it. */
  function replacementOf(lines: readonly string[], line: number): string | undefined {
    const before = lines.slice(0, line + 1).reverse();
    const end = before.findIndex((text, at) => at > 0 && /^(?! ).*;$|^$/.test(text));
    const [replacement] = before.slice(0, end < 0 ? undefined : end).flatMap((text) => DEFINITIONS.flatMap(([start, later]) => {
      const found = start.exec(text);
      return found === null ? [] : [found[0].replace(start, later)];
    }));
    return replacement;
  }

  function changedLines(text: string, file: string): number[] {
    const hunks = text.split(/^--- a\//m).filter((part) => part.startsWith(`migrations/${file}\n`)).flatMap((part) => part.split(/^(?=@@ )/m).slice(1));
    return hunks.map((hunk) => Number(/^@@ -(\d+)/.exec(hunk)?.[1]) - 1 + hunk.split('\n').slice(1).findIndex((line) => /^[-+]/.test(line)));
  }

  const applies = (names: readonly string[]): boolean => spawnSync('git', ['apply', '--check', ...names.map((name) => join('test/faults', name))], { cwd: PROJECT }).status === 0;

  /** Groups in which no two change the same file: git looks at each group at once, and at each of them as if alone. */
  function apart(): string[][] {
    const groups: { readonly names: string[]; readonly files: Set<string> }[] = [];
    for (const { name, text } of faults) {
      const files = [...text.matchAll(/^(?:---|\+\+\+) [ab]\/(\S+)/gm)].map(([, file]) => file!);
      const group = groups.find((one) => files.every((file) => !one.files.has(file))) ?? groups[groups.push({ names: [], files: new Set() }) - 1]!;
      group.names.push(name);
      for (const file of files) group.files.add(file);
    }
    return groups.map(({ names }) => names);
  }

  test('all apply to the project as it is', () => {
    const groups = apart();
    const stale = groups.filter((names) => !applies(names)).flatMap((names) => names.filter((name) => !applies([name])));

    expect(groups.flat().sort()).toEqual(faults.map(({ name }) => name).sort());
    expect(stale).toEqual([]);
  });

  test('are in no function, view or trigger that a later migration replaces, where nothing could notice them', () => {
    const replaced = faults.flatMap(({ name, text }) => migrations.flatMap(({ name: file, lines }, index) => changedLines(text, file).flatMap((line) => {
      const replacement = replacementOf(lines, line);
      const later = migrations.slice(index + 1).filter((migration) => replacement !== undefined && migration.lines.some((each) => each.startsWith(replacement)));
      return later.map((migration) => `${name}: ${migration.name} has ${String(replacement)}`);
    })));

    expect(faults.filter(({ text }) => text.includes('--- a/migrations/')).length).toBeGreaterThan(10);
    expect(replaced).toEqual([]);
  });
});

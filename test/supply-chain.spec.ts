// What others wrote and the product carries: few packages, each pinned by its content, none that runs at its installation, all under licences that
// ask for no more than to be named.
import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PROJECT = join(import.meta.dirname, '..');
const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(PROJECT, ...path), 'utf8'));

interface Locked { readonly version: string; readonly license?: string; readonly integrity?: string; readonly resolved?: string; readonly dev?: boolean; readonly optional?: boolean; readonly devOptional?: boolean; readonly link?: boolean; readonly hasInstallScript?: boolean; readonly peerDependencies?: Readonly<Record<string, string>> }
const lock = (...path: string[]): [string, Locked][] => Object.entries((read(...path, 'package-lock.json') as { packages: Record<string, Locked> }).packages).filter(([place]) => place !== '');
const PACKAGES = lock();
const SHIPPED = PACKAGES.filter(([, { dev }]) => dev !== true);
const OWN = read('package.json') as { dependencies: Record<string, string>; scripts: Record<string, string> };

/** As SPDX names them. */
const PERMISSIVE = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'CC0-1.0', 'Python-2.0'];
/** Only for building and testing; data, not code. */
const OF_TOOLS: Readonly<Record<string, string>> = { 'node_modules/caniuse-lite': 'CC-BY-4.0' };
/** These name no licence in their description; it stands in a file of theirs that was read. */
const READ_BY_HAND = read('scripts', 'licences-read-by-hand.json') as Readonly<Record<string, string>>;

function isPermissive(expression: string): boolean {
  const parts = expression.replaceAll(/[()]/g, '').split(/ (?:AND|OR) /);
  return expression.includes(' OR ') && !expression.includes(' AND ') ? parts.some((part) => PERMISSIVE.includes(part)) : parts.every((part) => PERMISSIVE.includes(part));
}

describe('every package', () => {
  test.each([['of the product', []], ['that pins Node', ['tools', 'node']]])('%s is pinned by its content, and comes from the registry', (_, path) => {
    const packages = lock(...path);
    expect(packages.length).toBeGreaterThan(1);
    expect(packages.filter(([, { integrity, link }]) => link === true || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
    // No address in the lock: it is asked of whatever registry the installation is configured for, and what comes is compared.
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  test('has a licence that only asks to be named', () => {
    const wrong = PACKAGES.filter(([place, { license, dev }]) => !isPermissive(READ_BY_HAND[place] ?? license ?? 'none') && !(dev === true && OF_TOOLS[place] === license));
    expect(wrong.map(([place, { license }]) => `${place}: ${String(license)}`)).toEqual([]);
    expect(Object.keys(READ_BY_HAND).filter((place) => PACKAGES.find(([at]) => at === place)?.[1].license !== undefined || !PACKAGES.some(([at]) => at === place))).toEqual([]);
    expect(SHIPPED.length).toBeGreaterThan(200);
  });

  test.each(['GPL-3.0-only', 'MIT AND GPL-2.0-only', '(MIT AND AGPL-3.0)', 'UNLICENSED', 'SEE LICENSE IN x', '(GPL-2.0 OR SSPL-1.0)', 'none', ''])('under %j would be refused', (license) => {
    expect(isPermissive(license)).toBe(false);
  });

  test('is installed without running anything of its own', () => {
    expect(readFileSync(join(PROJECT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });
});

describe('what is depended on directly', () => {
  test('is named with its exact version, and is little', () => {
    expect(Object.entries(OWN.dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(Object.keys(OWN.dependencies).length).toBeLessThanOrEqual(32);
  });

  test('is imported, or asked for by what is', () => {
    const sources = readdirSync(join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(PROJECT, 'src', name), 'utf8')).join('\n');
    const isImported = (name: string): boolean => new RegExp(`(?:from|import\\() ?'${name}(?:/[^']*)?'|^import '${name}'`, 'm').test(sources);
    const isPeer = (name: string): boolean => Object.keys(OWN.dependencies).some((other) => PACKAGES.find(([place]) => place === `node_modules/${other}`)?.[1].peerDependencies?.[name] !== undefined);

    expect(Object.keys(OWN.dependencies).filter((name) => !isImported(name) && !isPeer(name))).toEqual([]);
    expect([isImported('typeorm'), isImported('left-pad'), isPeer('left-pad')]).toEqual([true, false, false]);
  });
});

test('npm run sbom lists everything that ships, with what it is pinned by, and the same each time', async () => {
  const [program = '', ...args] = OWN.scripts['sbom']!.split(' ');
  const print = async (): Promise<string> => (await promisify(execFile)(program, args, { cwd: PROJECT, maxBuffer: 32 * 1024 * 1024 })).stdout;
  const text = await print();
  const bom = JSON.parse(text) as { bomFormat: string; components: { name: string; version: string; scope: string; licenses?: { expression: string }[]; hashes: { alg: string; content: string }[] }[] };
  const digestOf = new Map(bom.components.map(({ name, version, hashes: [hash] }) => [`${name}@${version}`, `${hash!.alg} ${Buffer.from(hash!.content, 'hex').toString('base64')}`]));
  const shipped = new Map(SHIPPED.map(([place, { version, integrity }]) => [`${place.split('node_modules/').at(-1)!}@${version}`, integrity!.replace('sha512-', 'SHA-512 ')]));

  expect([bom.bomFormat, digestOf]).toEqual(['CycloneDX', shipped]);
  expect(bom.components.filter(({ licenses }) => !isPermissive(licenses?.[0]?.expression ?? 'none')).map(({ name }) => name)).toEqual([]);
  expect([...digestOf.keys()]).toEqual(expect.arrayContaining([expect.stringMatching(/^graphql@/), expect.stringMatching(/^rxjs@/)]));
  const optional = SHIPPED.filter(([, locked]) => locked.optional === true || locked.devOptional === true).map(([place]) => place.split('node_modules/').at(-1)!);
  expect([...new Set(bom.components.filter(({ scope }) => scope === 'optional').map(({ name }) => name))].sort()).toEqual([...new Set(optional)].sort());
  expect(optional).toContain('typescript');
  expect(await print()).toBe(text);
});

test('SECURITY.md names a test for each control, and it is there and notices a fault', () => {
  const rows = [...readFileSync(join(PROJECT, 'SECURITY.md'), 'utf8').matchAll(/^\|.*\| `([^`]+\.spec\.ts)` \|$/gm)].map(([, path]) => path!);
  const lines = readFileSync(join(PROJECT, 'SECURITY.md'), 'utf8').split('## Threats')[1]!.split('##')[0]!.split('\n').filter((line) => line.startsWith('| ')).slice(1);

  expect(rows.length).toBeGreaterThan(15);
  expect(rows.length).toBe(lines.length);
  expect(rows.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  const faults = readdirSync(join(PROJECT, 'test/faults')).map((name) => readFileSync(join(PROJECT, 'test/faults', name), 'utf8'));
  expect(rows.filter((path) => !faults.some((fault) => fault.startsWith(`# test: ${path} -t `)))).toEqual([]);
});

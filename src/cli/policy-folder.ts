/** Policies as files: each with its cases in a folder of its own. A file is read as a whole or refused with its place, and no link is followed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { PolicyDocument } from '../domain/policy-version.js';
import { Refusal } from '../domain/refusal.js';
import { MAX_SOURCE } from '../policies/placed-text.js';
import { judgeCases, parseCases, type JudgedCase, type PlacedCase } from '../policies/policy-cases.js';
import { usable } from './command.js';
import { PathRefused } from './digest-folder.js';
import { readBeginning } from './whole-file.js';

/** What has more bytes has more characters than are taken, since none takes more than four; it is not read any further. */
const MAX_BYTES = 4 * (MAX_SOURCE + 1);

export interface PolicyFolder { readonly path: string; readonly policies: readonly string[]; readonly cases: readonly string[] }

export function policyFolder(path: string): PolicyFolder & { readonly folders: readonly string[] } {
  const entries = usable(path, () => readdirSync(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) if (entry.isSymbolicLink()) throw new PathRefused('LINK', join(path, entry.name));
  const files = (pattern: RegExp): string[] => entries.filter(({ name }) => pattern.test(name)).map((entry) => {
    if (!entry.isFile()) throw new PathRefused('SPECIAL_FILE', join(path, entry.name));
    return join(path, entry.name);
  });
  return { path, policies: files(/\.policy\.(ya?ml|json)$/), cases: files(/\.cases\.ya?ml$/), folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name)) };
}

/** This folder and those below it, as far as they hold anything of a policy. */
export function policyFolders(path: string): PolicyFolder[] {
  const { folders, ...here } = policyFolder(path);
  return [...(here.policies.length + here.cases.length === 0 ? [] : [here]), ...folders.flatMap(policyFolders)];
}

/** What is wrong in which file, each with its line and column. */
export class Unreadable extends Error {
  constructor(readonly file: string, readonly problems: readonly string[]) {
    super(file);
  }

  get lines(): string[] {
    return this.problems.map((problem) => `${this.file}:${problem}`);
  }
}

export interface Read<T> { readonly file: string; readonly source: string; readonly value: T }

export async function readAs<T>(file: string, parse: (source: string) => T): Promise<Read<T>> {
  const source = (await readBeginning(file, MAX_BYTES)).toString('utf8');
  return { file, source, value: placed(file, () => parse(source)) };
}

function placed<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw new Unreadable(file, error.facts.because ?? [`1:1 ${error.message}`]);
    throw error;
  }
}

/** Cases of one policy as one text, which is what is kept with it: a single file stays as it was written. */
export function asOneText(path: string, read: readonly Read<readonly PlacedCase[]>[]): string {
  const [only, more] = read;
  if (only !== undefined && more === undefined) return only.source;
  const cases = read.flatMap(({ value }) => value).map(({ line: _line, event, before, ...rest }) => ({ ...rest, ...(event !== null && { event }), ...(before !== null && { before }) }));
  const text = stringify({ cases }, { aliasDuplicateObjects: false });
  placed(join(path, '*.cases.yaml'), () => parseCases(text));
  return text;
}

export type JudgedInFile = JudgedCase & { readonly file: string };

/** The cases of these files. */
export async function readCases(files: readonly string[]): Promise<Read<PlacedCase[]>[]> {
  const read: Read<PlacedCase[]>[] = [];
  for (const file of files) read.push(await readAs(file, parseCases));
  return read;
}

export function judgeFiles(document: PolicyDocument, read: readonly Read<readonly PlacedCase[]>[]): JudgedInFile[] {
  return read.flatMap(({ file, value }) => judgeCases(document, value).map((one) => ({ ...one, file })));
}

export function failing(judged: readonly JudgedInFile[]): JudgedInFile[] {
  return judged.filter(({ differences }) => differences.length > 0);
}

/** Where each case stands that is not answered as wanted, and what differs. */
export function linesOfFailing(judged: readonly JudgedInFile[]): string[] {
  return failing(judged).flatMap(({ file, gateCase, differences }) => [`FAIL ${file}:${String(gateCase.line)} ${gateCase.name}`, ...differences.map((difference) => `  ${difference}`)]);
}

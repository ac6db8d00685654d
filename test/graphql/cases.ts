// One case of this folder: what is asked, what comes back, and what was sent to PostgreSQL for it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Statement } from '../support/statements.js';

export interface Case {
  readonly it: string;
  /** A query with the variable $first, which the runner gives as 50 and as 1. */
  readonly query: string;
  readonly gives: unknown;
  /** The first table or function that each statement reads, in the order of sending: as many as there were statements. */
  readonly sends: readonly string[];
}

export interface CaseFile { readonly name: string; readonly cases: readonly Case[] }

export function caseFiles(): CaseFile[] {
  return readdirSync(import.meta.dirname).filter((name) => name.endsWith('.yaml')).sort()
    .map((name) => ({ name, cases: parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Case[] }));
}

/** What a statement reads first. */
export function readsFirst({ sql }: Statement): string {
  const [, table] = /\bfrom\s+"?((?!unnest)[a-z_.]+)"?/i.exec(sql.replaceAll(/from \(?\(?select/gi, 'select')) ?? [];
  return table ?? sql.slice(0, 60);
}

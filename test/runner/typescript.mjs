// TypeScript made into what Node runs, kept from one run to the next.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync, version } from '@swc/core';

const project = fileURLToPath(new URL('../..', import.meta.url));
const cache = `${project}.countersign/tests/`;
const settings = JSON.parse(readFileSync(`${project}.swcrc`, 'utf8'));
delete settings.$schema;
const kind = `${version}\n${JSON.stringify(settings)}\n`;

export function compile(file) {
  const source = readFileSync(file, 'utf8');
  const kept = keptAs(file, source);
  if (!existsSync(kept)) keep(kept, transformSync(source, { ...settings, swcrc: false, configFile: false, filename: file, sourceMaps: true, module: { type: 'es6' }, jsc: { ...settings.jsc, baseUrl: project } }));
  return readFileSync(kept, 'utf8');
}

/** Where the source map of a file is kept: for the lines that a failure names. */
export function mapOf(file) {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  return path.endsWith('.ts') ? `${keptAs(path, readFileSync(path, 'utf8'))}.map` : undefined;
}

function keptAs(file, source) {
  return `${cache}${createHash('sha256').update(kind).update(`${file}\n`).update(source).digest('hex')}.js`;
}

function keep(place, { code, map }) {
  mkdirSync(cache, { recursive: true });
  for (const [name, text] of [[`${place}.map`, map], [place, code]]) {
    writeFileSync(`${name}.${process.pid}`, text);
    renameSync(`${name}.${process.pid}`, name);
  }
}

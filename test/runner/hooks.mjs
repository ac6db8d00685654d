// What Node is told about the modules of the tests: ".js" beside ".ts" means TypeScript, and the test framework is the worker's.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from './typescript.mjs';

const globals = new URL('globals.mjs', import.meta.url).href;

export async function resolve(specifier, context, next) {
  const parent = context.parentURL?.split('?')[0];
  if (specifier === '@jest/globals') return { url: `${globals}?for=${encodeURIComponent(context.parentURL)}`, format: 'module', shortCircuit: true };
  if (parent?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier)) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), parent);
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: compile(fileURLToPath(url)), shortCircuit: true };
}

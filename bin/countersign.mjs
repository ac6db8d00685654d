#!/usr/bin/env node
// The command line of Countersign: runs the built CLI with the arguments given here.
import { existsSync } from 'node:fs';
import module from 'node:module';

const cli = new URL('../dist/src/cli.js', import.meta.url);
if (existsSync(cli)) {
  module.enableCompileCache?.(); // from Node 22 on: the next command starts faster
  await import(cli.href);
} else {
  console.error('Countersign is not built yet: run npm start once.');
  process.exitCode = 1;
}

#!/usr/bin/env node
// Stands in for npm: notes how it was called and "installs" two packages, without the network. FAKE_NPM=fail fails;
// FAKE_NPM=wait stops before it has removed what was there, until a file named "go" appears or its folder is gone.
import fs from 'node:fs';
import path from 'node:path';

const nest = `// Stands in for the Nest compiler: copies the sources; stops half-way while one of them says WAIT.
import fs from 'node:fs';
import path from 'node:path';
const settings = process.argv[process.argv.indexOf('-p') + 1];
const { compilerOptions } = JSON.parse(fs.readFileSync(settings, 'utf8'));
const out = path.join(path.dirname(settings), compilerOptions.outDir);
const source = fs.readFileSync('src/main.ts', 'utf8');
fs.appendFileSync('calls', 'nest ' + process.argv.slice(2, 5).join(' ') + '\\n');
fs.mkdirSync(path.join(out, 'src'), { recursive: true });
if (source.includes('WAIT')) { console.log('half built'); setInterval(() => undefined, 60_000); }
else if (source.includes('BROKEN')) process.exit(1);
else fs.copyFileSync('src/main.ts', path.join(out, 'src', 'main.js'));
`;

fs.appendFileSync('calls', `npm ${process.argv.slice(2).join(' ')}\n`);
if (process.env.FAKE_NPM === 'fail') {
  console.log('npm error: registry not reached');
  process.exit(1);
}
if (process.env.FAKE_NPM === 'wait') {
  console.log('half installed');
  const timer = setInterval(() => {
    if (!fs.existsSync('calls')) process.exit(1);
    if (!fs.existsSync('go')) return;
    clearInterval(timer);
    finish();
  }, 20);
} else {
  finish();
}

function finish() {
  fs.rmSync('node_modules', { recursive: true, force: true });
  write('one/package.json', '{}');
  write('@nestjs/cli/package.json', '{}');
  write('@nestjs/cli/bin/nest.js', nest);
  write('.package-lock.json', fs.readFileSync('package-lock.json', 'utf8'));
}

function write(name, text) {
  const file = path.join('node_modules', name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

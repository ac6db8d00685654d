// Makes a checkout ready to run: installs the dependencies and (with --build) builds, when that is needed.
// Runs before anything is installed, so it uses nothing but Node; when all is there it takes milliseconds.
// One process works at a time; an interrupted step is done again, because each step writes its stamp last.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIfThere, waitForLock } from './ready-lock.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const inProject = (...parts) => path.join(project, ...parts);
const INSTALL_STAMP = inProject('node_modules', '.countersign-installed');
const BUILD_STAMP = inProject('dist', '.countersign-built');
const WORK = inProject('.countersign');
const BUILD_INPUTS = ['src', 'migrations', 'nest-cli.json', '.swcrc', 'tsconfig.json', 'package.json', 'package-lock.json'];
// Also with NODE_ENV=production the build needs the development dependencies. Packages that ask for a newer Node are
// known to work on the oldest one that is let through, so npm's pages of warnings about them are left out.
const INSTALL_ARGUMENTS = ['ci', '--include=dev', '--include=optional', '--engine-strict=false', '--loglevel=error', '--no-audit', '--no-fund'];

/** A reason that the user can remove; the message says how. */
class NotReady extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const atLeast = (wantedMajor, wantedMinor) => major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  if (!atLeast(20, 19)) {
    throw new NotReady(`Node ${process.versions.node} is too old: Countersign needs 20.19 or newer, best 24 (https://nodejs.org).`);
  }
  if (!atLeast(22, 13)) console.error(`Warning: Node ${process.versions.node} works but is no longer maintained; use 22.13 or newer, best 24.`);
}

// ---- what is missing

function digestOf(file) {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

function isInstalled() {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(fs.readFileSync(inProject('package.json'), 'utf8'));
  const names = Object.keys({ ...dependencies, ...devDependencies });
  if (!names.every((name) => fs.existsSync(inProject('node_modules', name, 'package.json')))) return false;
  if (readIfThere(INSTALL_STAMP) === digestOf(inProject('package-lock.json'))) return true;
  return matchesLock() && stampInstall();
}

/** An install made by hand counts: npm writes its own record last, and it must name what the lock file names. */
function matchesLock() {
  const record = readIfThere(inProject('node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  const { packages: there } = JSON.parse(record);
  const { packages } = JSON.parse(fs.readFileSync(inProject('package-lock.json'), 'utf8'));
  const agrees = ([name, wanted]) => name === '' || (there[name] ? there[name].version === wanted.version : wanted.optional || wanted.devOptional);
  return Object.entries(packages).every(agrees);
}

function stampInstall() {
  try {
    fs.writeFileSync(INSTALL_STAMP, digestOf(inProject('package-lock.json')));
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error; // installed by another user: compared each time
  }
  return true;
}

/** Changes whenever a file that the build reads is added, removed or written. */
function buildFingerprint() {
  const hash = createHash('sha256').update(process.versions.modules);
  const add = (name) => {
    const stat = fs.statSync(inProject(name), { throwIfNoEntry: false });
    if (stat?.isDirectory()) fs.readdirSync(inProject(name)).sort().forEach((entry) => add(path.join(name, entry)));
    else if (stat) hash.update(`${name}\n${stat.size}\n${stat.mtimeMs}\n`);
  };
  BUILD_INPUTS.forEach(add);
  return hash.digest('hex');
}

function isBuilt() {
  return readIfThere(BUILD_STAMP) === buildFingerprint();
}

// ---- the two steps

/** Runs a program in sight of the user; Ctrl-C and TERM wait for its end, so nothing works on unattended. */
function run(file, args, lock) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: project, stdio: 'inherit', shell: file.endsWith('.cmd') });
    let stopped;
    const forward = (signal) => {
      stopped = signal;
      child.kill(signal);
    };
    process.on('SIGINT', forward).on('SIGTERM', forward).on('SIGHUP', forward);
    if (child.pid !== undefined) lock.started(child.pid);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (stopped === undefined && signal !== 'SIGINT') return resolve(code);
      lock.release();
      process.exit(130); // 128 + SIGINT
    });
  });
}

async function install(lock) {
  console.error('Installing the dependencies; the first time this takes a minute …');
  const npm = path.basename(process.env.npm_execpath ?? '') === 'npm-cli.js' ? process.env.npm_execpath : undefined;
  const [file, first] = npm ? [process.execPath, [npm]] : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  for (const extra of [[], ['--prefer-offline']]) {
    fs.rmSync(INSTALL_STAMP, { force: true });
    fs.rmSync(inProject('node_modules', '.package-lock.json'), { force: true });
    if (extra.length > 0) console.error('The install failed; trying once more with what has been downloaded …');
    if ((await run(file, [...first, ...INSTALL_ARGUMENTS, ...extra], lock)) === 0) return stampInstall();
  }
  throw new NotReady(
    'The dependencies could not be installed (npm\'s reason stands above). Check that the package registry can be reached ' +
      '(npm ping; behind a proxy: npm config set proxy) and that this folder can be written, then start again. ' +
      'If package.json and package-lock.json disagree, run npm install once.',
  );
}

/** Builds beside the old result and exchanges the two, so that a running server never meets half a build. */
async function build(lock) {
  console.error('Building …');
  const fingerprint = buildFingerprint();
  const [made, before, settings] = [inProject('dist.new'), path.join(WORK, 'dist.before'), path.join(WORK, 'build.json')];
  for (const folder of [made, before]) fs.rmSync(folder, { recursive: true, force: true });
  const compilerOptions = { outDir: '../dist.new', rootDir: '..' };
  fs.writeFileSync(settings, JSON.stringify({ extends: '../tsconfig.json', compilerOptions, include: ['../src'] }));
  const nest = inProject('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const code = await run(process.execPath, [nest, 'build', '-b', 'swc', '-p', path.relative(project, settings)], lock);
  if (code !== 0 || !fs.existsSync(path.join(made, 'src'))) throw new NotReady('The build failed; the reason stands above.');

  fs.writeFileSync(path.join(made, path.basename(BUILD_STAMP)), fingerprint);
  if (fs.existsSync(inProject('dist'))) fs.renameSync(inProject('dist'), before);
  fs.renameSync(made, inProject('dist'));
  fs.rmSync(before, { recursive: true, force: true });
}

async function makeReady(wantBuild) {
  const isReady = () => isInstalled() && (!wantBuild || isBuilt());
  if (isReady()) return;
  const lock = await waitForLock(path.join(WORK, 'ready.lock'), isReady);
  if (lock === undefined) return;
  try {
    if (!isInstalled()) await install(lock);
    if (wantBuild && !isBuilt()) await build(lock);
  } finally {
    lock.release();
  }
}

try {
  checkNode();
  await makeReady(process.argv.includes('--build'));
} catch (error) {
  console.error(error instanceof NotReady ? error.message : `This folder could not be made ready: ${error.message}`);
  process.exitCode = 1;
}

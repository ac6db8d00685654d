// npm run faults: proves that the tests notice what they are there for. Each test/faults/<name>.patch puts one fault into a
// temporary copy of the project; the test that its first lines name must then fail by an assertion.
// Options: names of faults (default: all) and --minutes N (begin no further fault after that; the order then turns day by day).
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = process.cwd();
const FAULTS = join(ROOT, 'test/faults');
/** A fault may make a test hang; a test that needs longer than this is not worth keeping as the witness of a fault. */
const TEST_LIMIT_MS = 180_000;
/** So many fit into the time of a daily run, or a few more. */
const FAULTS_A_DAY = 45;
const FINE = new Set(['noticed', 'NOT RUN']);

let interrupted = false;
let child;

async function main() {
  const { values, positionals } = parseArgs({ options: { minutes: { type: 'string' } }, allowPositionals: true });
  const minutes = values.minutes === undefined ? Infinity : Number(values.minutes);
  if (Number.isNaN(minutes)) throw new Error('--minutes takes a number.');
  const faults = inTurn(readFaults(positionals), minutes);
  if (faults.length === 0) throw new Error('There are no faults in test/faults.');
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-faults-')));
  try {
    await copyProject(copy);
    return report(await judgeAll(copy, faults, Date.now() + minutes * 60_000));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function readFaults(wanted) {
  const names = existsSync(FAULTS) ? readdirSync(FAULTS).filter((name) => name.endsWith('.patch')).map((name) => basename(name, '.patch')).sort() : [];
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`There is no fault of the name ${unknown.join(', ')} in test/faults.`);
  return (wanted.length > 0 ? wanted : names).map(readFault);
}

function readFault(name) {
  const file = join(FAULTS, `${name}.patch`);
  const text = readFileSync(file, 'utf8');
  const [, path, pattern] = /^# test: (\S+)(?: -t (.+))?$/m.exec(text) ?? [];
  const [, why] = /^# why: (.+)$/m.exec(text) ?? [];
  if (path === undefined || why === undefined) throw new Error(`${name}.patch must begin with "# test: <path> [-t <name pattern>]" and "# why: <sentence>".`);
  // The copy has the dependencies of the project by a link: installing there would change them here.
  if (/^(---|\+\+\+) [ab]\/package(-lock)?\.json/m.test(text)) throw new Error(`${name}.patch may not change what is installed.`);
  return { name, file, why, path, pattern: pattern?.trim().replace(/^(['"])(.*)\1$/, '$2') };
}

/** With a time limit each day begins about where the day before left off, so that none is left out for long. */
function inTurn(faults, minutes) {
  const first = Number.isFinite(minutes) ? (Math.floor(Date.now() / 86_400_000) * FAULTS_A_DAY) % Math.max(faults.length, 1) : 0;
  return [...faults.slice(first), ...faults.slice(0, first)];
}

/** What git knows plus what it does not ignore; node_modules by link. The set-up of the tests builds what they need. */
async function copyProject(copy) {
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], ROOT);
  if (listed.code !== 0) throw new Error(`npm run faults copies what git lists, and git failed: ${listed.output}`);
  for (const path of new Set(listed.stdout.split('\0'))) {
    if (path !== '' && path !== 'node_modules' && existsSync(join(ROOT, path))) cpSync(join(ROOT, path), join(copy, path));
  }
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(copy, 'node_modules'), 'junction');
}

async function judgeAll(copy, faults, deadline) {
  process.stderr.write(`${faults.length} faults; each test file without any fault first\n`);
  const healthy = new Map();
  const rows = [];
  for (const fault of faults) {
    const started = Date.now();
    const judged = interrupted || started >= deadline ? undefined : await judge(copy, fault, await healthyRun(copy, fault.path, healthy));
    const verdict = interrupted || judged === undefined ? { result: 'NOT RUN' } : judged;
    rows.push({ ...fault, ...verdict, seconds: (Date.now() - started) / 1000 });
    process.stderr.write(`${verdict.result.padEnd(10)} ${fault.name}\n`);
  }
  return rows;
}

/** Once for each file, and only for those whose faults are judged: with a time limit that is not all of them. */
async function healthyRun(copy, path, known) {
  if (!known.has(path)) known.set(path, await runTests(copy, [path]));
  const found = known.get(path);
  if (found.files.length === 0 && !interrupted) process.stderr.write(`No test ran without any fault in ${path}:\n${found.output}\n`);
  return found;
}

/** A fault counts as noticed only when its tests pass without it and fail with it. */
async function judge(copy, fault, healthy) {
  const before = testsOf(healthy, fault);
  if (before.length === 0) return { result: 'NO TEST', detail: 'no test of that path and name runs' };
  const red = before.filter(({ status }) => status !== 'passed').map(({ fullName }) => fullName);
  if (red.length > 0) return { result: 'RED BEFORE', detail: red.join('; ') };
  const applied = await run('git', ['apply', '--whitespace=nowarn', fault.file], copy);
  if (applied.code !== 0) return { result: 'STALE', detail: applied.output };
  const verdict = await judgePatched(copy, fault);
  const reverted = await run('git', ['apply', '--whitespace=nowarn', '-R', fault.file], copy);
  if (reverted.code !== 0) throw new Error(`${fault.name}.patch could not be taken out again: ${reverted.output}`);
  return verdict;
}

async function judgePatched(copy, fault) {
  const after = await runTests(copy, [fault.path], fault.pattern);
  const ran = testsOf(after, fault).filter(({ status }) => status === 'passed' || status === 'failed');
  if (ran.some(({ status }) => status === 'failed')) return { result: 'noticed' };
  if (ran.length === 0) return { result: 'BROKEN', detail: `no test ran to its end: ${after.output.slice(-1500)}` };
  return { result: 'UNNOTICED', detail: fault.why };
}

/** Jest matches -t against the joined titles, without regard to case. */
function testsOf({ files }, { path, pattern }) {
  const tests = files.find(({ name }) => name.endsWith(`/${path}`))?.assertionResults ?? [];
  return pattern === undefined ? tests : tests.filter(({ fullName }) => new RegExp(pattern, 'i').test(fullName));
}

async function runTests(copy, paths, pattern) {
  const outputFile = join(copy, '.jest-result.json');
  rmSync(outputFile, { force: true });
  const there = paths.filter((path) => existsSync(join(copy, path)));
  if (there.length === 0) return { files: [], output: '' };
  const { output } = await run(process.execPath, [
    join(copy, 'node_modules/jest/bin/jest.js'), '--ci', '--silent', '--json', `--outputFile=${outputFile}`,
    ...(pattern === undefined ? [] : ['-t', pattern]), '--runTestsByPath', ...there,
  ], copy, TEST_LIMIT_MS * there.length);
  const files = existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')).testResults : [];
  return { files: files.map((file) => ({ ...file, name: file.name.replaceAll('\\', '/') })), output };
}

function report(rows) {
  const width = (key) => Math.max(...rows.map((row) => String(row[key]).length));
  console.log('');
  for (const row of rows) {
    console.log(`${row.name.padEnd(width('name'))}  ${row.path.padEnd(width('path'))}  ${row.result.padEnd(10)}  ${row.seconds.toFixed(1).padStart(6)} s`);
  }
  const bad = rows.filter(({ result }) => !FINE.has(result));
  for (const row of bad) console.log(`\n${row.result}: ${row.name}: ${row.detail}`);
  const missing = rows.filter(({ result }) => result === 'NOT RUN').length;
  const left = missing === 0 ? '' : `, ${missing} NOT RUN (${interrupted ? 'interrupted' : 'out of time'})`;
  console.log(`\n${rows.length - bad.length - missing} of ${rows.length} faults noticed${left}`);
  return bad.length > 0 || interrupted || missing === rows.length ? 1 : 0;
}

function run(command, args, cwd, limit = 0) {
  return new Promise((resolve, reject) => {
    // The copy may lie below somebody's repository; git apply would then quietly skip every file.
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: cwd === ROOT ? '' : dirname(cwd) };
    child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: limit });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, output: (stderr + stdout).trim() }));
  });
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { interrupted = true; child?.kill(signal); });

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

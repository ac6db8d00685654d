/** The digest of files and folders: equal to what sha256sum says, whatever the names, and refused wherever it would be unsure. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, link, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PathProblem } from './digest-folder.js';
import { PathRefused, digestPath } from './digest-folder.js';

const NOTHING = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const onLinux = process.platform === 'linux' ? test : test.skip;

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'digest-')); });
afterEach(async () => { await rm(folder, { recursive: true, force: true }); });

async function put(path: string, content: string | Buffer = path): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** The documented shell line. `--` lets sha256sum read a file whose name begins with a dash. */
function digestByShell(path: string): string {
  const line = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0r sha256sum -- | sha256sum";
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: path, encoding: 'utf8' });
  expect(stderr).toBe('');
  return `sha256:${stdout.slice(0, 64)}`;
}

async function refusalOf(path: string): Promise<{ problem: PathProblem; path: string; message: string }> {
  const error: unknown = await digestPath(path).then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof PathRefused)) throw new Error(`not refused as a path: ${String(error)}`);
  return { problem: error.problem, path: error.path, message: error.message };
}

/** Keeps writing for as long as somebody reads. */
async function whilePending(pending: Promise<unknown>, write: (round: number) => Promise<void>): Promise<void> {
  const progress = { over: false };
  const over = pending.finally(() => { progress.over = true; });
  for (let round = 0; !progress.over; round += 1) await write(round);
  await over;
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

describe('the digest of a file', () => {
  test('is the SHA-256 of its bytes, whatever its name', async () => {
    const content = Buffer.alloc(3 * 1024 * 1024 + 7, 'weights');
    await put('model.bin', content);
    await put('empty', '');

    expect(await digestPath(join(folder, 'model.bin'))).toEqual({ digest: `sha256:${sha256(content)}`, kind: 'file', files: 1, bytes: content.length });
    expect(await digestPath(join(folder, 'empty'))).toEqual({ digest: NOTHING, kind: 'file', files: 1, bytes: 0 });
  });
});

describe('the digest of a folder', () => {
  test('is that of no lines when nothing is in it, or only folders', async () => {
    await mkdir(join(folder, 'a/b'), { recursive: true });

    expect(await digestPath(folder)).toEqual({ digest: NOTHING, kind: 'folder', files: 0, bytes: 0 });
  });

  test('is that of one line a file, sorted by the bytes of the whole path, nothing ignored', async () => {
    const sorted = ['.git/HEAD', '.hidden', 'Z', 'a-b', 'a.d/x', 'a/x', 'a0', 'é', '\ufb00', '\u{1f600}'];
    for (const path of [...sorted].reverse()) await put(path);
    const lines = sorted.map((path) => `${sha256(path)}  ${path}\n`).join('');

    const bytes = sorted.reduce((sum, path) => sum + Buffer.byteLength(path), 0);
    expect(await digestPath(folder)).toEqual({ digest: `sha256:${sha256(lines)}`, kind: 'folder', files: sorted.length, bytes });
    expect((await digestPath(`${folder}/`)).digest).toBe(`sha256:${sha256(lines)}`);
  });

  test('changes with a name, a place and a byte, and not with the time or an empty folder', async () => {
    await put('a/model', 'one');
    const { digest } = await digestPath(folder);
    const seen = [digest];

    await mkdir(join(folder, 'empty'));
    await put('a/model', 'one');
    expect((await digestPath(folder)).digest).toBe(digest);
    for (const change of [() => put('a/model', 'onE'), () => rename(join(folder, 'a/model'), join(folder, 'a/Model')),
      () => rename(join(folder, 'a/Model'), join(folder, 'Model')), () => put('.DS_Store', '')]) {
      await change();
      seen.push((await digestPath(folder)).digest);
    }

    expect(new Set(seen).size).toBe(5);
  });

  onLinux('equals that of sha256sum for names that trip up scripts', async () => {
    const names = ['with space', '  two  spaces ', '-rf', '--help', '-', '*', '?', '[a]', '~', '$HOME', '`id`', '"', "'", ';', '#', '%s', 'tab\there',
      'e\u0301', '\u00e9', '\ufeffmark', '\u202egnp', '\u001b[31m', '\u0001', '\u007f', '...', '.a', 'A', 'a', 'B', 'b', '\u{1f600}', '\ufb33', 'ä'.repeat(127)];
    for (const name of names) {
      await put(`below/${name}`);
      if (name !== '-') await put(name); // for sha256sum a lone dash is its standard input
    }
    await put(`${'deep/'.repeat(200)}bottom`);
    await link(join(folder, 'A'), join(folder, 'hard link'));

    const { digest, files } = await digestPath(folder);

    expect(files).toBe(2 * names.length + 1);
    expect(digest).toBe(digestByShell(folder));
  });

  onLinux('equals that of sha256sum for random trees whose names compare closely', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '-', '.', '!', '/', '0', ' ', 'é', '\ufb33', '\u{1f600}'), minLength: 1, maxLength: 6 });
    await fc.assert(fc.asyncProperty(fc.array(name, { maxLength: 12 }), fc.nat(), async (paths, run) => {
      const root = join(folder, `run-${run}`);
      await mkdir(root, { recursive: true });
      // A path may name a folder that another path made a file, or nothing at all: then it is left out.
      for (const path of paths) await put(join(`run-${run}`, 'x', path)).catch(() => undefined);
      expect((await digestPath(root)).digest).toBe(digestByShell(root));
    }), { numRuns: 40 });
  });

  onLinux('equals that of sha256sum for a language model from the registry', async () => {
    const model = resolve('node_modules/wink-eng-lite-web-model');

    const { digest, files, bytes } = await digestPath(model);

    expect(digest).toBe(digestByShell(model));
    expect(files).toBeGreaterThan(10);
    expect(bytes).toBeGreaterThan(1_000_000);
  });
});

describe('a path is refused', () => {
  test('when nothing is there', async () => {
    expect(await refusalOf(join(folder, 'none'))).toMatchObject({ problem: 'NOT_FOUND', path: join(folder, 'none') });
    await put('file');
    expect(await refusalOf(join(folder, 'file/below'))).toMatchObject({ problem: 'NOT_READABLE' });
  });

  test('when it is or holds a link, to a file, to a folder, or to nothing', async () => {
    await put('real/file');
    for (const target of ['real/file', 'real', 'nowhere']) {
      await symlink(join(folder, target), join(folder, 'link'));
      for (const path of [folder, join(folder, 'link')]) expect(await refusalOf(path)).toMatchObject({ problem: 'LINK', path: join(folder, 'link') });
      await rm(join(folder, 'link'));
    }
  });

  onLinux('when it is or holds a pipe, a socket or a device', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const path of [folder, join(folder, 'pipe')]) expect(await refusalOf(path)).toMatchObject({ problem: 'SPECIAL_FILE', path: join(folder, 'pipe') });
    await rm(join(folder, 'pipe'));

    const server = createServer();
    await new Promise<void>((listening) => { server.listen(join(folder, 'socket'), listening); });
    expect(await refusalOf(folder)).toMatchObject({ problem: 'SPECIAL_FILE', path: join(folder, 'socket') });
    await new Promise((closed) => { server.close(closed); });

    expect(await refusalOf('/dev/null')).toMatchObject({ problem: 'SPECIAL_FILE' });
  });

  onLinux.each(['line\nbreak', 'carriage\rreturn', 'back\\slash'])('when a file or a folder below it is called %j', async (name) => {
    await put(`a/${name}`);
    expect(await refusalOf(folder)).toMatchObject({ problem: 'NAME_AMBIGUOUS', path: join(folder, 'a', name) });
    expect((await refusalOf(folder)).message).toContain(JSON.stringify(join(folder, 'a', name)));

    await rm(join(folder, 'a', name));
    await mkdir(join(folder, 'a', name));
    expect(await refusalOf(folder)).toMatchObject({ problem: 'NAME_AMBIGUOUS' });
  });

  onLinux('when a name below it is not valid UTF-8', async () => {
    for (const raw of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0xaf]]) {
      const path = Buffer.concat([Buffer.from(`${folder}/x`), Buffer.from(raw)]);
      await writeFile(path, '');
      expect(await refusalOf(folder)).toMatchObject({ problem: 'NAME_NOT_UTF8' });
      await rm(path);
    }
    expect((await digestPath(folder)).files).toBe(0);
  });

  test('when a file changes while it is read, and accepted when it has come to rest', async () => {
    const path = join(folder, 'growing');
    await writeFile(path, '');
    await truncate(path, 64 * 1024 * 1024);

    for (const target of [path, folder]) {
      const refused = refusalOf(target);
      await whilePending(refused, () => appendFile(path, 'x'));
      expect(await refused).toMatchObject({ problem: 'CHANGED', path });
    }

    expect((await digestPath(folder)).digest).toBe(`sha256:${sha256(`${sha256(await readFile(path))}  growing\n`)}`);
  });

  test('when a file is added to a folder while it is read', async () => {
    await put('big', '');
    await truncate(join(folder, 'big'), 64 * 1024 * 1024);
    const refused = refusalOf(folder);

    await whilePending(refused, (round) => put(`more-${round}`, ''));

    expect(await refused).toMatchObject({ problem: 'CHANGED', path: folder });
    expect((await readdir(folder)).length).toBeGreaterThan(1);
  });

  onLinux('when its size says nothing about its content, as under /proc', async () => {
    expect(await refusalOf('/proc/self/status')).toMatchObject({ problem: 'CHANGED' });
  });
});

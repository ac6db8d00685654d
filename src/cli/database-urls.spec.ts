// The file of both URLs: made once with passwords of its own, for its owner only, and used again only where nobody else can have written it.
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './command.js';
import { keptUrls } from './database-urls.js';

const ADMIN = 'postgresql://postgres:hunter2@db.example:5432/postgres?sslmode=require';
const folder = mkdtempSync(join(tmpdir(), 'countersign-urls-'));
const file = join(folder, 'database.env');
beforeEach(() => { rmSync(file, { force: true }); });
afterAll(() => { rmSync(folder, { recursive: true }); });

describe('the file of both URLs', () => {
  test('is made once, without the administrator’s password, for its owner only', () => {
    const made = keptUrls(file, ADMIN, 'register');

    expect(made.DATABASE_URL).toMatch(/^postgresql:\/\/countersign_app:[\w-]{32}@db\.example:5432\/register\?sslmode=require$/);
    expect(made.MIGRATION_DATABASE_URL).toMatch(/^postgresql:\/\/countersign_owner:[\w-]{32}@/);
    expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8').includes('hunter2')]).toEqual([0o600, false]);
    chmodSync(file, 0o644);
    expect([keptUrls(file, ADMIN, 'register'), statSync(file).mode & 0o777]).toEqual([made, 0o600]);
  });

  test('is refused as a mistake where it cannot be written, or holds something else', () => {
    expect(() => keptUrls(join(folder, 'none', 'database.env'), ADMIN, 'register')).toThrow(new UsageError(`"${join(folder, 'none', 'database.env')}" cannot be used (ENOENT).`));
    writeFileSync(file, 'DATABASE_URL=unquoted\n');
    expect(() => keptUrls(file, ADMIN, 'register')).toThrow(/holds no DATABASE_URL='…'/);
  });

  test('is not used again for another database', () => {
    keptUrls(file, ADMIN, 'register');

    expect(() => keptUrls(file, ADMIN, 'other')).toThrow(/its DATABASE_URL names another database than other/);
  });

  test.each([
    ['postgresql://postgres@new.example:5432/postgres', 'db.example:5432', 'new.example:5432'], ['postgresql://postgres:p@ss@db.example:5433/postgres?sslmode=require', 'db.example:5432', 'db.example:5433'],
    ['postgresql://postgres@db.example:5432/postgres?host=/run/postgresql', 'db.example:5432', '/run/postgresql:5432'], ['postgresql://postgres@[::1]/postgres', 'db.example:5432', '[::1]:5432'], ['postgres:///postgres?port=5433', 'db.example:5432', 'localhost:5433'],
  ])('is not used again for the server of %s: its URLs lead to another one', (otherServer, kept, wanted) => {
    keptUrls(file, ADMIN, 'register');
    const before = readFileSync(file, 'utf8');

    expect(() => keptUrls(file, otherServer, 'register')).toThrow(new UsageError(`"${file}" is there, and its DATABASE_URL leads to ${kept}, but --admin-url (or ADMIN_DATABASE_URL) to ${wanted}; name another file, such as database-restored.env.`));
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test.each(['postgres://other:secret@DB.example/template1', 'postgresql://postgres@db.example:/postgres?sslmode=disable', 'postgresql:///postgres?host=db.example&port=5432'])('is used again for the same server, spelled %s', (same) => {
    expect(keptUrls(file, ADMIN, 'register')).toEqual(keptUrls(file, same, 'register'));
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('is refused where somebody else wrote it: they know its passwords', () => {
    keptUrls(file, ADMIN, 'register');
    chownSync(file, 65_534, 65_534);

    expect(() => keptUrls(file, ADMIN, 'register')).toThrow(/belongs to another user/);
  });
});

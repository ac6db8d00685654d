import { describe, expect, test } from '@jest/globals';
import { naiveRoot } from './audit-tree.js';
import { sha256 } from './digest.js';
import { ArchiveText, verifyArchive, type ArchiveLine } from './tenant-archive.js';

const BYTES = '{"salt":"s","value":1}';
const ENTRIES = [`{"after":"${sha256(BYTES)}"}`, '{"after":null}'];
const HEAD = { kind: 'archive', v: 1, organization: { id: 't', name: 'Acme' }, origin: 'x/t', size: 2, root: Buffer.from(naiveRoot(ENTRIES.map((entry) => Buffer.from(entry)))).toString('hex') } as const;
const RECORD = { kind: 'record', table: 'risks', row: { id: 'r', digest: sha256(BYTES) } } as const;
const CONTENT = { kind: 'content', digest: sha256(BYTES), text: BYTES, tombstone: null } as const;
const LINES: readonly ArchiveLine[] = [HEAD, RECORD, CONTENT, ...ENTRIES.map((entry, seq) => ({ kind: 'entry', seq, entry }) as const)];
function textOf(lines: readonly ArchiveLine[]): string {
  const archive = new ArchiveText();
  return lines.map((line) => archive.line(line)).join('') + archive.end();
}
const without = (at: number): ArchiveLine[] => LINES.filter((_, i) => i !== at);
const changed = (at: number, more: object): ArchiveLine[] => LINES.map((line, i) => i === at ? { ...line, ...more } : line);

describe('an archive', () => {
  test('verifies from its text alone', () => {
    expect(verifyArchive(textOf(LINES))).toEqual({ head: HEAD, records: 1, contents: 1, erased: 0 });
  });

  test('verifies with a tombstone where the bytes were erased', () => {
    expect(verifyArchive(textOf(changed(2, { text: null, tombstone: 'Erased.' })))).toMatchObject({ contents: 1, erased: 1 });
  });

  test.each([
    ['an entry is missing', without(3), 'ENTRY_MISSING'], ['the last entry is missing', without(4), 'ROOT_DIFFERS'], ['an entry was changed', changed(4, { entry: '{"after":null,"x":1}' }), 'ROOT_DIFFERS'],
    ['content was changed', changed(2, { text: '{}' }), 'CONTENT_DIFFERS'], ['content is missing', without(2), 'CONTENT_MISSING'], ['content has neither bytes nor tombstone', changed(2, { text: null }), 'CONTENT_DIFFERS'],
    ['a record has another digest', changed(1, { row: { digest: sha256('x') } }), 'CONTENT_MISSING'], ['the first line is missing', without(0), 'NO_ARCHIVE'], ['there are two first lines', [HEAD, ...LINES], 'NO_ARCHIVE'],
  ])('does not when %s', (_, lines, flaw) => {
    expect(verifyArchive(textOf(lines))).toBe(flaw);
  });

  test('does not when its text was changed, cut off or is none', () => {
    const text = textOf(LINES);

    expect([verifyArchive(text.replace('"table":"risks"', '"table":"others"')), verifyArchive(text.slice(0, -1)), verifyArchive(text.split('\n').slice(0, -2).join('\n')), verifyArchive(''), verifyArchive('x\ny\n')]).toEqual(['DIGEST_DIFFERS', 'CUT_OFF', 'CUT_OFF', 'CUT_OFF', 'NO_ARCHIVE']);
  });
});

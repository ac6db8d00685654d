import { describe, expect, test } from '@jest/globals';
import { ArchiveFlaw, ArchiveVerification, type VerifiedArchive } from './archive-verification.js';
import { naiveRoot } from './audit-tree.js';
import { canonicalJson, sha256 } from './digest.js';
import { ArchiveText, chained, type ArchivedContent, type ArchivedRecord, type ArchiveLine } from './tenant-archive.js';

const ORIGIN = 'test.example/t';
const PACKAGE = '{"v":1}';
const bytesOf = (type: string, value: object): string => canonicalJson({ salt: 's', type, value });
const first = bytesOf('Risk', { id: 'r', version: 1 });
const present = bytesOf('Risk', { id: 'r', version: 2, packageDigest: sha256(PACKAGE) });
const other = bytesOf('Risk', { id: 'q', version: 1, packageDigest: sha256(PACKAGE) });
const entry = (id: string, after: string | null, log = ORIGIN): string => canonicalJson({ log, object: { type: 'Risk', id }, after });
const ENTRIES = [entry('r', sha256(first)), entry('r', sha256(present)), entry('q', sha256(other)), entry('r', null)];

const deep = `{"salt":"s","type":"Risk","value":{"id":"r","in":${'['.repeat(5000)}${']'.repeat(5000)}}}`;

const content = (text: string): ArchivedContent => ({ kind: 'content', digest: sha256(text), text, tombstone: null });
const record = (text: string, value = (JSON.parse(text) as { value: ArchivedRecord['value'] }).value): ArchivedRecord => ({ kind: 'record', type: 'Risk', digest: sha256(text), value });
const [r, q] = [[record(present), content(present)], [record(other), content(other)]];

/** In the order of their digests; a record goes before its bytes. */
function archive(kept: readonly (readonly ArchiveLine[])[] = [[content(first)], r, q, [content(PACKAGE)]], more: { readonly entries?: readonly string[]; readonly origin?: string; readonly organization?: string } = {}): ArchiveLine[] {
  const { entries = ENTRIES, origin = ORIGIN, organization = 't' } = more;
  const digestIn = (lines: readonly ArchiveLine[]): string => (lines.at(-1) as ArchivedContent).digest;
  const root = Buffer.from(naiveRoot(entries.map((text) => Buffer.from(text)))).toString('hex');
  const head = { kind: 'archive', v: 1, organization: { id: organization, name: 'Acme' }, origin, size: entries.length, root } as const;
  return [head, ...[...kept].sort((a, b) => (digestIn(a) < digestIn(b) ? -1 : 1)).flat(), ...entries.map((text, seq) => ({ kind: 'entry', seq, entry: text }) as const)];
}

function textOf(lines: readonly ArchiveLine[]): string {
  const text = new ArchiveText();
  return lines.map((line) => text.line(line)).join('') + text.end();
}

/** Lines as somebody wrote them, with a last one that fits. */
function written(lines: readonly string[]): string {
  return `${lines.join('\n')}\n${canonicalJson({ kind: 'end', digest: lines.reduce(chained, sha256('')) })}\n`;
}

function verified(text: string): VerifiedArchive | string {
  const verification = new ArchiveVerification();
  try {
    for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) verification.read(line);
    return verification.outcome();
  } catch (error) {
    if (error instanceof ArchiveFlaw) return error.flaw;
    throw error;
  }
}

const erased = ({ digest }: ArchivedContent): ArchivedContent => ({ kind: 'content', digest, text: null, tombstone: 'Erased.' });
const without = (...kinds: string[]): ArchiveLine[] => archive().filter(({ kind }) => !kinds.includes(kind));
const rest = [q, [content(first)], [content(PACKAGE)]];

describe('an archive', () => {
  test('verifies from its text alone', () => {
    expect(verified(textOf(archive()))).toEqual({ head: archive()[0], records: 2, contents: 4, erased: 0 });
  });

  test('verifies with tombstones where bytes were erased, and needs no record there', () => {
    expect(verified(textOf(archive([[erased(content(first))], [erased(content(present))], q, [content(PACKAGE)]])))).toMatchObject({ records: 1, contents: 4, erased: 2 });
  });

  test.each<[string, ArchiveLine[], string]>([
    ['an entry is missing', archive().filter((line) => line.kind !== 'entry' || line.seq !== 1), 'ENTRY_MISSING'],
    ['the last entry is missing', archive().slice(0, -1), 'ROOT_DIFFERS'],
    ['all entries are missing', without('entry'), 'ROOT_DIFFERS'],
    ['an entry was changed', [...archive().slice(0, -1), { kind: 'entry', seq: 3, entry: entry('q', null) }], 'ROOT_DIFFERS'],
    ['an entry is of another log', archive(undefined, { entries: [entry('r', null, 'test.example/u')] }), 'OTHER_LOG'],
    ['an entry is about nothing that has a name', archive(undefined, { entries: [canonicalJson({ log: ORIGIN, object: { type: 'Risk', id: { toString: 1 } }, after: null })] }), 'MALFORMED'],
    ['a record has no name', archive([...rest, [record(present, { id: { toString: 1 } }), content(present)]]), 'MALFORMED'],
    ['the bytes of a record go deeper than any that are kept', archive([...rest, [record(deep, { id: 'r' }), content(deep)]]), 'RECORD_DIFFERS'],
    ['an entry says nothing', archive(undefined, { entries: ['null'] }), 'MALFORMED'],
    ['it says that it is of somebody else', archive(undefined, { organization: 'u' }), 'OTHER_LOG'],
    ['it is given another name and another log', archive(undefined, { organization: 'u', origin: 'test.example/u' }), 'OTHER_LOG'],
    ['content was changed', archive([r, q, [content(PACKAGE)], [{ ...content(first), text: '{}' }]]), 'CONTENT_DIFFERS'],
    ['content has neither bytes nor tombstone', archive([r, q, [content(PACKAGE)], [{ ...content(first), text: null }]]), 'CONTENT_DIFFERS'],
    ['content has both', archive([r, q, [content(PACKAGE)], [{ ...content(first), tombstone: 'Erased.' }]]), 'CONTENT_DIFFERS'],
    ['content is there twice', archive([...rest, r, [content(first)]]), 'OUT_OF_ORDER'],
    ['content that an entry names is missing', archive([r, q, [content(PACKAGE)]]), 'CONTENT_MISSING'],
    ['content that other content names is missing', archive([r, q, [content(first)]]), 'CONTENT_MISSING'],
    ['a record is missing', archive([...rest, [content(present)]]), 'RECORD_MISSING'],
    ['a record was changed', archive([...rest, [record(present, { id: 'r', version: 2, packageDigest: '' }), content(present)]]), 'RECORD_DIFFERS'],
    ['a record has something more', archive([...rest, [record(present, { ...record(present).value, state: 'CLOSED' }), content(present)]]), 'RECORD_DIFFERS'],
    ['a record is of another type', archive([...rest, [{ ...record(present), type: 'Finding' }, content(present)]]), 'RECORD_DIFFERS'],
    ['a record is an earlier version', archive([q, [record(first), content(first)], [content(present)], [content(PACKAGE)]]), 'RECORD_DIFFERS'],
    ['a record is there twice', archive([q, r, [record(first), content(first)], [content(PACKAGE)]]), 'RECORD_DIFFERS'],
    ['a record has bytes that are erased', archive([...rest, [record(present), erased(content(present))]]), 'RECORD_DIFFERS'],
    ['a record has the bytes of another', archive([[content(first)], [record(present), content(other)], [content(present)], [content(PACKAGE)]]), 'RECORD_DIFFERS'],
    ['a record has no bytes', [...without('entry', 'content'), ...without('archive', 'record', 'content')], 'RECORD_DIFFERS'],
    ['nobody has recorded it', archive([...rest, r, [record(bytesOf('Risk', { id: 'x' })), content(bytesOf('Risk', { id: 'x' }))]]), 'RECORD_DIFFERS'],
    ['the first line is missing', without('archive'), 'NO_ARCHIVE'],
    ['there are two first lines', [archive()[0]!, ...archive()], 'OUT_OF_ORDER'],
    ['content comes after the log', [...without('content', 'record'), ...without('archive', 'record', 'entry')], 'OUT_OF_ORDER'],
  ])('does not when %s', (_, lines, flaw) => {
    expect(verified(textOf(lines))).toBe(flaw);
  });

  const lines = textOf(archive()).split('\n').slice(0, -2);
  const last = lines.at(-1) ?? '';
  test.each<[string, string, string]>([
    ['was changed', textOf(archive()).replace('"name":"Acme"', '"name":"Acne"'), 'DIGEST_DIFFERS'],
    ['has lost its last line', `${lines.join('\n')}\n`, 'CUT_OFF'], ['has lost its last byte', textOf(archive()).slice(0, -1), 'CUT_OFF'],
    ['goes on after its end', `${textOf(archive())}${last}\n`, 'OUT_OF_ORDER'], ['has two ends', `${textOf(archive())}${textOf(archive()).split('\n').at(-2) ?? ''}\n`, 'OUT_OF_ORDER'],
    ['has a line of another kind', written([...lines, '{"kind":"note"}']), 'MALFORMED'], ['has a line of no kind', written([...lines, 'null']), 'MALFORMED'],
    ['has a line that is not canonical', written([...lines.slice(0, -1), last.replace('{', '{ ')]), 'MALFORMED'],
    ['says one thing twice', written([...lines.slice(0, -1), last.replace('{', `{"entry":${JSON.stringify(entry('r', sha256(first)))},`)]), 'MALFORMED'],
    ['says more than is asked for', written([...lines.slice(0, -1), last.replace('{', '{"checked":true,')]), 'MALFORMED'],
    ['has an empty line', written([...lines, '']), 'MALFORMED'], ['is nothing', '', 'NO_ARCHIVE'], ['is something else', 'x\ny\n', 'NO_ARCHIVE'],
  ])('does not when its text %s', (_, text, flaw) => {
    expect(verified(text)).toBe(flaw);
  });
});

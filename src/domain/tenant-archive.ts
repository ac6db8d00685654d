/**
 * All that an organization has as one text of canonical JSON lines: what it is of, records, stored bytes, the entries of its log, and the
 * digest of everything before. Verified from the text alone: nothing is missing from the log, and nothing in it was changed.
 */
import { appendLeaf, leafHash, rootOf, type Frontier } from './audit-tree.js';
import { canonicalJson, sha256, type Digest } from './digest.js';

export interface ArchiveHead { readonly kind: 'archive'; readonly v: 1; readonly organization: { readonly id: string; readonly name: string }; readonly origin: string; readonly size: number; readonly root: string }
/** A record as its table holds it, with the digest of its present version. */
export interface ArchivedRecord { readonly kind: 'record'; readonly table: string; readonly row: Readonly<Record<string, unknown>> }
/** Stored bytes as text, or the tombstone of what was erased. */
export interface ArchivedContent { readonly kind: 'content'; readonly digest: string; readonly text: string | null; readonly tombstone: string | null }
export interface ArchivedEntry { readonly kind: 'entry'; readonly seq: number; readonly entry: string }
export type ArchiveLine = ArchiveHead | ArchivedRecord | ArchivedContent | ArchivedEntry;

/** The text, line by line, in an order that its verification relies on. */
export class ArchiveText {
  #digest: Digest = sha256('');

  line(line: ArchiveLine): string {
    const text = canonicalJson(line);
    this.#digest = chained(this.#digest, text);
    return `${text}\n`;
  }

  end(): string {
    return `${canonicalJson({ kind: 'end', digest: this.#digest })}\n`;
  }
}

export interface VerifiedArchive { readonly head: ArchiveHead; readonly records: number; readonly contents: number; readonly erased: number }

/** What it holds, or what is wrong with it. Whether its root is the one of the log that the reader knows is for the reader to compare. */
export function verifyArchive(text: string): VerifiedArchive | string {
  try {
    return new Verification(text).outcome();
  } catch (error) {
    return error instanceof SyntaxError ? 'NO_ARCHIVE' : (error as Error).message;
  }
}

class Verification {
  #digest: Digest = sha256('');
  #frontier: Frontier = [];
  #size = 0;
  #records = 0;
  readonly #contents = new Map<string, boolean>();
  readonly #named = new Set<string>();
  #head: ArchiveHead | null = null;

  constructor(private readonly text: string) {}

  outcome(): VerifiedArchive | string {
    const lines = this.text.split('\n');
    const [last, end] = [lines.pop(), lines.pop()];
    if (last !== '' || end === undefined) return 'CUT_OFF';
    for (const line of lines) this.#read(line);
    const head = this.#head;
    if (head === null) return 'NO_ARCHIVE';
    if (end !== canonicalJson({ kind: 'end', digest: this.#digest })) return 'DIGEST_DIFFERS';
    if (this.#size !== head.size || Buffer.from(rootOf(this.#frontier)).toString('hex') !== head.root) return 'ROOT_DIFFERS';
    if ([...this.#named].some((digest) => !this.#contents.has(digest))) return 'CONTENT_MISSING';
    return { head, records: this.#records, contents: this.#contents.size, erased: [...this.#contents.values()].filter((isErased) => isErased).length };
  }

  #read(text: string): void {
    const line = JSON.parse(text) as ArchiveLine;
    this.#digest = chained(this.#digest, text);
    if ((this.#head === null) !== (line.kind === 'archive')) throw new Error('NO_ARCHIVE');
    switch (line.kind) {
      case 'archive': this.#head = line; return;
      case 'record': this.#record(line); return;
      case 'content': this.#content(line); return;
      case 'entry': this.#entry(line);
    }
  }

  #record({ row }: ArchivedRecord): void {
    this.#records += 1;
    this.#named.add(String(row['digest']));
  }

  #content({ digest, text, tombstone }: ArchivedContent): void {
    if (text === null ? tombstone === null : sha256(text) !== digest) throw new Error('CONTENT_DIFFERS');
    this.#contents.set(digest, text === null);
  }

  #entry({ seq, entry }: ArchivedEntry): void {
    if (seq !== this.#size) throw new Error('ENTRY_MISSING');
    this.#frontier = appendLeaf(this.#frontier, seq, leafHash(Buffer.from(entry, 'utf8')));
    this.#size += 1;
    const { after } = JSON.parse(entry) as { after: string | null };
    if (after !== null) this.#named.add(after);
  }
}

function chained(before: Digest, line: string): Digest {
  return sha256(`${before}\n${line}`);
}

/**
 * All that an organization has as one text of canonical JSON lines: what it is of, stored bytes with the records whose present version they
 * are, the entries of its log, and the digest of everything before. How it is verified from the text alone: archive-verification.ts.
 */
import { canonicalJson, sha256, type Digest } from './digest.js';

export interface ArchiveHead { readonly kind: 'archive'; readonly v: 1; readonly organization: { readonly id: string; readonly name: string }; readonly origin: string; readonly size: number; readonly root: string }
/** What the table holds of a record, in the words of its canonical bytes. These follow: they have this digest. */
export interface ArchivedRecord { readonly kind: 'record'; readonly type: string; readonly digest: string; readonly value: Readonly<Record<string, unknown>> }
/** Stored bytes as text, or the tombstone of what was erased. In the order of their digests. */
export interface ArchivedContent { readonly kind: 'content'; readonly digest: string; readonly text: string | null; readonly tombstone: string | null }
export interface ArchivedEntry { readonly kind: 'entry'; readonly seq: number; readonly entry: string }
export type ArchiveLine = ArchiveHead | ArchivedRecord | ArchivedContent | ArchivedEntry;
/** The last one. */
export interface ArchiveEnd { readonly kind: 'end'; readonly digest: string }

/** The text, line by line, in an order that its verification relies on. */
export class ArchiveText {
  #digest: Digest = sha256('');

  line(line: ArchiveLine): string {
    const text = canonicalJson(line);
    this.#digest = chained(this.#digest, text);
    return `${text}\n`;
  }

  end(): string {
    return `${canonicalJson({ kind: 'end', digest: this.#digest } satisfies ArchiveEnd)}\n`;
  }
}

/** The digest of all lines up to this one, by the digest of those before it. */
export function chained(before: Digest, line: string): Digest {
  return sha256(`${before}\n${line}`);
}

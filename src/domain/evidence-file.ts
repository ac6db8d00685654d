/**
 * A file behind evidence, as the register knows it: its digest, what it is, who has handed it in for which system. The bytes lie in a store under
 * their digest; what the file is called is for people to read and names nothing.
 */
import type { Instant } from './clock.js';
import type { Digest } from './digest.js';
import type { Decided } from './events.js';
import type { MediaType } from './media-type.js';
import { Refusal } from './refusal.js';

export interface EvidenceFile {
  readonly id: string;
  readonly version: number;
  readonly systemId: string;
  readonly contentDigest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly mediaType: MediaType;
  /** As whoever sent it called it; null = not at all. */
  readonly name: string | null;
  readonly storedBy: string;
  readonly storedAt: Instant;
}

const MAX_NAME_BYTES = 255;
/** Names of devices, with or without an ending. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
/** Controls, and characters that turn the direction in which the rest of a text is read. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u;

export function storeFile(identity: Pick<EvidenceFile, 'id' | 'systemId' | 'storedBy' | 'storedAt'>, file: Pick<EvidenceFile, 'contentDigest' | 'size' | 'mediaType' | 'name'>): Decided<EvidenceFile> {
  return { next: { ...identity, version: 1, ...file }, event: 'evidence.fileStored' };
}

/** Whether an organization that has so many bytes already may have these as well. */
export function requireRoom(size: number, usedBytes: number, quotaBytes: number): void {
  if (usedBytes + size <= quotaBytes) return;
  throw new Refusal('EVIDENCE_QUOTA_REACHED', {
    field: 'body', message: `This organization may keep ${String(quotaBytes)} bytes of files and has ${String(usedBytes)}; this file has ${String(size)}.`, expected: `at most ${String(Math.max(quotaBytes - usedBytes, 0))} bytes`, actual: `${String(size)} bytes`,
    next: 'Leave the file where it lies and submit its digest and location, or ask whoever operates the server for more room.',
  });
}

/** The name, if it can be shown and saved anywhere without harm; a path or a trick is refused, not mended. */
export function checkFileName(name: string | null): string | null {
  if (name === null) return null;
  const problem = problemOf(name);
  if (problem === null) return name;
  throw new Refusal('INVALID_INPUT', { field: 'name', message: `A name of a file ${problem}.`, expected: 'a plain name such as report.pdf', next: 'Send another name, or none: the file is known by its digest.' });
}

function problemOf(name: string): string | null {
  if (name.trim() === '') return 'says something';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `has at most ${String(MAX_NAME_BYTES)} bytes`;
  if (/\p{Surrogate}/u.test(name)) return 'is well-formed Unicode text';
  if (INVISIBLE.test(name)) return 'has only characters that can be seen';
  if (/[/\\:*?"<>|]/.test(name)) return 'is no path, and has none of / \\ : * ? " < > |';
  if (/^[.\s~]|[.\s]$/.test(name)) return 'begins with no dot, blank or ~ and ends with no dot or blank';
  return RESERVED.test(name) ? 'is not that of a device' : null;
}

/**
 * What kind of file some bytes are, judged while they pass and never by opening them: a few kinds are taken, each known by how it begins. Archives,
 * programs and pages are refused, and so is what could be read as two kinds. What its sender calls it has to agree with the bytes.
 */
import { Refusal } from './refusal.js';

export const MEDIA_TYPES = ['application/pdf', 'image/png', 'image/jpeg', 'application/json', 'application/xml', 'application/yaml', 'text/csv', 'text/markdown', 'text/plain'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Kinds that say what they are in their first bytes. */
const BINARY: readonly (readonly [MediaType, string])[] = [['application/pdf', '%PDF-'], ['image/png', '\x89PNG\r\n\x1a\n'], ['image/jpeg', '\xff\xd8\xff']];
/** What is refused by its first bytes, in words. */
const REFUSED: readonly (readonly [words: string, begin: string, at?: number])[] = [
  ['an archive', 'PK\x03\x04'], ['an archive', 'PK\x05\x06'], ['an archive', 'PK\x07\x08'], ['compressed', '\x1f\x8b'], ['compressed', 'BZh'], ['compressed', '\xfd7zXZ\0'], ['compressed', '\x28\xb5\x2f\xfd'],
  ['an archive', '7z\xbc\xaf\x27\x1c'], ['an archive', 'Rar!\x1a\x07'], ['an archive', 'ustar', 257], ['a program', '\x7fELF'], ['a program', 'MZ'], ['a program', '\xcf\xfa\xed\xfe'], ['a program', '\0asm'],
];
/** Other names for the same kinds. */
const ALIASES: Readonly<Record<string, MediaType>> = { 'image/jpg': 'image/jpeg', 'text/json': 'application/json', 'text/xml': 'application/xml', 'text/yaml': 'application/yaml', 'application/x-yaml': 'application/yaml', 'text/x-yaml': 'application/yaml', 'text/x-markdown': 'text/markdown', 'application/csv': 'text/csv' };
/** Of a text whose sender says no more than that it is bytes. */
const BY_ENDING: Readonly<Record<string, MediaType>> = { json: 'application/json', sarif: 'application/json', xml: 'application/xml', yaml: 'application/yaml', yml: 'application/yaml', csv: 'text/csv', md: 'text/markdown' };

const HEAD = 65_536;
/** An archive ends with its directory, before a remark of at most 65,535 bytes: so does one behind a picture. */
const TAIL = 65_535 + 22;
const END_OF_ARCHIVE = 'PK\x05\x06';
const PAGE = /<(!doctype|html|head|body|script|svg|iframe|object|embed|xsl:stylesheet)\b/;
/** But tabs, ends of lines and of pages. What colours a log could write anything on the screen of its reader. */
const CONTROL = /(?![\t\n\f\r])\p{Cc}/u;

/** The kind that a content type names; null = it says no more than that they are bytes. Whatever is not taken is refused before any byte is read. */
export function declaredKind(contentType: string | null): MediaType | null {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';').map((part) => part.trim());
  if (type === '' || type === 'application/octet-stream') return null;
  const known = MEDIA_TYPES.find((each) => each === type) ?? ALIASES[type] ?? (/^application\/[a-z0-9.-]+\+json$/.test(type) ? 'application/json' : null);
  if (known === null) throw refusedKind('Files of this type are not taken.');
  if (parameters.some((parameter) => /^charset=(?!"?(utf-?8|us-ascii)"?$)/.test(parameter))) throw refusedKind('Texts are taken in UTF-8.');
  return known;
}

/** The first bytes of what passes. Whoever sends byte by byte costs no more than others. */
class Begin {
  readonly #kept: Buffer;
  #length = 0;

  constructor(most: number) {
    this.#kept = Buffer.alloc(most);
  }

  take(piece: Uint8Array): void {
    const fitting = piece.subarray(0, this.#kept.length - this.#length);
    this.#kept.set(fitting, this.#length);
    this.#length += fitting.length;
  }

  get bytes(): Buffer {
    return this.#kept.subarray(0, this.#length);
  }

  /** Whether more may have come than was kept. */
  get isFull(): boolean {
    return this.#length === this.#kept.length;
  }
}

/** The last bytes of what has passed: moved to the front whenever twice as many are there. */
class End {
  readonly #kept: Buffer;
  #length = 0;

  constructor(private readonly most: number) {
    this.#kept = Buffer.alloc(2 * most);
  }

  take(piece: Uint8Array): void {
    const last = piece.subarray(-this.most);
    if (this.#length + last.length > this.#kept.length) this.#length = this.#kept.copy(this.#kept, 0, Math.max(0, this.#length - this.most), this.#length);
    this.#kept.set(last, this.#length);
    this.#length += last.length;
  }

  get bytes(): Buffer {
    return this.#kept.subarray(Math.max(0, this.#length - this.most), this.#length);
  }
}

/** Sees every byte of one file in order, and keeps its beginning and end. */
export class FileInspection {
  readonly #head = new Begin(HEAD);
  readonly #tail = new End(TAIL);
  #text: TextDecoder | null = new TextDecoder('utf-8', { fatal: true });

  constructor(private readonly declared: MediaType | null, private readonly name: string | null) {}

  take(piece: Uint8Array): void {
    this.#head.take(piece);
    this.#tail.take(piece);
    this.#read(piece, true);
  }

  /** Once the last byte is there. */
  mediaType(): MediaType {
    this.#read(new Uint8Array(), false);
    const head = this.#head.bytes.toString('latin1');
    if (head === '') throw new Refusal('INVALID_INPUT', { field: 'body', message: 'The file is empty.' });
    const refused = REFUSED.find(([, begin, at = 0]) => head.startsWith(begin, at));
    if (refused !== undefined) throw refusedKind(`The file is ${refused[0]}.`);
    return this.#binaryKind(head) ?? this.#textKind();
  }

  #read(piece: Uint8Array, more: boolean): void {
    try {
      if (CONTROL.test(this.#text?.decode(piece, { stream: more }) ?? '')) this.#text = null;
    } catch {
      this.#text = null;
    }
  }

  #binaryKind(head: string): MediaType | null {
    const kind = BINARY.find(([, begin]) => head.startsWith(begin))?.[0];
    if (kind === undefined) return null;
    if (this.declared !== null && this.declared !== kind) throw refusedKind('The bytes are not what the content type says.', this.declared);
    if (this.#tail.bytes.includes(END_OF_ARCHIVE, 0, 'latin1') || PAGE.test(head.slice(0, 1024).toLowerCase())) throw refusedKind('The file could be read as two kinds of file.');
    return kind;
  }

  #textKind(): MediaType {
    const kind = this.declared ?? kindByName(this.name);
    if (BINARY.some(([binary]) => binary === kind)) throw refusedKind('The bytes are not what the content type says.', kind);
    if (this.#text === null) throw refusedKind('The file is neither a PDF, PNG or JPEG nor a text in UTF-8 without control characters.');
    const begin = this.#head.bytes.toString('utf8').replace(/^\ufeff/, '').trimStart();
    const problem = this.#head.isFull && hidesItsBeginning(begin) ? 'What the file is comes only after a long comment or space.' : problemOfText(begin, kind);
    if (problem !== null) throw refusedKind(problem, kind);
    return kind;
  }
}

function kindByName(name: string | null): MediaType {
  return BY_ENDING[/\.([a-z]+)$/i.exec(name ?? '')?.[1]?.toLowerCase() ?? ''] ?? 'text/plain';
}

/** What a text begins with that it must not, or lacks. */
function problemOfText(begin: string, kind: MediaType): string | null {
  if (begin.slice(0, 1024).includes('%PDF-')) return 'The file could be read as two kinds of file.';
  if (isPage(begin.toLowerCase())) return 'The file is a page, a drawing or a style that a browser would run.';
  if (kind === 'application/json' && !/^([[{"\-\d]|(true|false|null)\b)/.test(begin)) return 'The bytes are not what the content type says.';
  if (kind === 'application/xml' && (!begin.startsWith('<') || /<!(doctype|entity)/i.test(begin))) return 'XML begins with <, and is taken without a document type.';
  return null;
}

/** Declarations and comments as XML ends them, and as HTML does: there a declaration ends at its first `>`, and a comment also at `--!>` or at once. */
const BEFORE_THE_FIRST = [/^(<\?[^]*?\?>|<!--[^]*?-->|\s)+/, /^(<\?[^>]*>|<!--(-?>|[^]*?--!?>)|\s)+/];

/** What comes after the declarations and comments, as either of the two reads it. */
function firstElements(begin: string): string[] {
  return BEFORE_THE_FIRST.map((before) => begin.replace(before, ''));
}

/** Of a text that goes on: whether a page could begin where nobody looks. */
function hidesItsBeginning(begin: string): boolean {
  return firstElements(begin).some((first) => /^($|<!--|<\?|<[^>]*$)/.test(first));
}

/** By its first element, whatever declarations and comments are before it. */
function isPage(begin: string): boolean {
  return firstElements(begin).some((first) => new RegExp(`^${PAGE.source}`).test(first) || /^<[\w-]+:(html|svg|stylesheet)\b/.test(first));
}

function refusedKind(message: string, declared?: MediaType): Refusal {
  return new Refusal('FILE_TYPE_REFUSED', {
    field: 'body', message, ...(declared !== undefined && { actual: declared }), expected: MEDIA_TYPES.join(', '), next: 'Send one of these kinds by itself, unpacked; whatever else it is can stay where it lies: its digest is enough.',
  });
}

/**
 * What kind of file some bytes are, judged while they pass and never by opening them: a few kinds are taken, each known by how it begins. Archives,
 * programs and pages are refused, and so is what could be read as two kinds and what breaks off before its end, as far as its kind tells. What its
 * sender calls it has to agree with the bytes: the content type, and the ending of the name.
 */
import { hidesItsBeginning, PAGE, problemOfText, readerOf, type TextReader } from './file-text.js';
import { refusedKind, requireEnding, textKind, type MediaType } from './media-type.js';
import { JpegWalk, PngWalk } from './picture-walk.js';
import { Refusal } from './refusal.js';

type BinaryType = 'application/pdf' | 'image/png' | 'image/jpeg';
/** Kinds that say what they are in their first bytes. */
const BINARY: readonly (readonly [BinaryType, string])[] = [['application/pdf', '%PDF-'], ['image/png', '\x89PNG\r\n\x1a\n'], ['image/jpeg', '\xff\xd8\xff']];
/** What is refused by its first bytes, in words, unless all of it is a text: none of these is. */
const REFUSED: readonly (readonly [words: string, begin: string, at?: number])[] = [
  ['an archive', 'PK\x03\x04'], ['an archive', 'PK\x05\x06'], ['an archive', 'PK\x07\x08'], ['compressed', '\x1f\x8b'], ['compressed', 'BZh'], ['compressed', '\xfd7zXZ\0'], ['compressed', '\x28\xb5\x2f\xfd'],
  ['an archive', '7z\xbc\xaf\x27\x1c'], ['an archive', 'Rar!\x1a\x07'], ['an archive', 'ustar', 257], ['a program', '\x7fELF'], ['a program', 'MZ'], ['a program', '\xcf\xfa\xed\xfe'], ['a program', '\0asm'],
];
const HEAD = 65_536;
/** An archive ends with its directory, before a remark of at most 65,535 bytes: so does one behind a picture. */
const TAIL = 65_535 + 22;
const END_OF_ARCHIVE = 'PK\x05\x06';
/** What tells an archive behind something else, wherever it begins: a ZIP by its end and by a file in it, the others by their signatures. An end is known by its discs, or by a directory that has less than 16 MB and begins within 256. */
const ARCHIVE = new RegExp(['PK\x05\x06\0{4}', 'PK\x05\x06[^]{11}\0[^]{3}[\0-\x0f]', 'PK\x03\x04[^]\0[^]{2}[\0-\x0e\x12-\x14\\x5d-\x63]\0', '7z\xbc\xaf\x27\x1c', 'Rar!\x1a\x07', 'MSCF\0{4}'].join('|'));
/** More than one of these takes, less one byte. */
const LONGEST_SIGN = 19;
/** A disc, as CDs and DVDs are, leaves its first sectors to whatever else is there. */
const DISC = { at: 32_769, signs: ['CD001', 'BEA01'] } as const;
/** Readers of PDF look for its beginning and for its end within so many bytes. */
const PDF_WITHIN = 1024;
const NOT_AS_SAID = 'The bytes are not what the content type says.';
const TWO_KINDS = 'The file could be read as two kinds of file.';
/** But tabs, ends of lines and of pages. What colours a log could write anything on the screen of its reader. */
const CONTROL = /(?![\t\n\f\r])\p{Cc}/u;

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

/** Whether an archive stands somewhere in what passes. */
class Archives {
  #last = '';
  found = false;

  take(piece: Uint8Array): void {
    const seen = this.#last + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
    this.found ||= ARCHIVE.test(seen);
    this.#last = seen.slice(-LONGEST_SIGN);
  }
}

/** Sees every byte of one file in order, and keeps its beginning and end. */
export class FileInspection {
  readonly #head = new Begin(HEAD);
  readonly #tail = new End(TAIL);
  readonly #archives = new Archives();
  readonly #jpeg = new JpegWalk();
  readonly #png = new PngWalk();
  /** What it is if it is a text. */
  readonly #textKind: MediaType;
  readonly #reader: TextReader | null;
  #text: TextDecoder | null = new TextDecoder('utf-8', { fatal: true });

  constructor(private readonly declared: MediaType | null, private readonly name: string | null) {
    this.#textKind = textKind(declared, name);
    this.#reader = readerOf(this.#textKind);
  }

  take(piece: Uint8Array): void {
    this.#head.take(piece);
    this.#tail.take(piece);
    for (const each of [this.#archives, this.#jpeg, this.#png]) each.take(piece);
    this.#read(piece, true);
  }

  /** Once the last byte is there. */
  mediaType(): MediaType {
    this.#read(new Uint8Array(), false);
    const head = this.#head.bytes.toString('latin1');
    if (head === '') throw new Refusal('INVALID_INPUT', { field: 'body', message: 'The file is empty.' });
    const kind = BINARY.find(([, begin]) => head.startsWith(begin))?.[0] ?? null;
    const problem = problemOfBegin(head, kind, this.#text !== null) ?? (kind === null ? this.#problemOfText() : this.#problemOfBinary(kind, head));
    if (problem !== null) throw refusedKind(problem, this.declared ?? undefined);
    requireEnding(this.name, kind ?? this.#textKind);
    return kind ?? this.#textKind;
  }

  #read(piece: Uint8Array, more: boolean): void {
    try {
      const text = this.#text?.decode(piece, { stream: more }) ?? '';
      if (CONTROL.test(text)) this.#text = null;
      if (this.#text !== null) this.#reader?.take(text);
    } catch {
      this.#text = null;
    }
  }

  #problemOfBinary(kind: BinaryType, head: string): string | null {
    if (this.declared !== null && this.declared !== kind) return NOT_AS_SAID;
    const tail = this.#tail.bytes;
    if (this.#archives.found || tail.includes(END_OF_ARCHIVE, 0, 'latin1') || isMoreThanOne(head)) return TWO_KINDS;
    const isWhole = { 'application/pdf': tail.includes('%%EOF', -PDF_WITHIN, 'latin1'), 'image/png': this.#png.isWhole, 'image/jpeg': this.#jpeg.isWhole }[kind];
    return isWhole ? null : 'The file breaks off before its end.';
  }

  #problemOfText(): string | null {
    if (BINARY.some(([binary]) => binary === this.declared)) return NOT_AS_SAID;
    if (this.#text === null) return 'The file is neither a PDF, PNG or JPEG nor a text in UTF-8 without control characters.';
    const begin = this.#head.bytes.toString('utf8').replace(/^\ufeff/, '').trimStart();
    if (this.#head.isFull && hidesItsBeginning(begin)) return 'What the file is comes only after a long comment, space or tag.';
    return this.#reader?.problem() ?? problemOfText(begin, this.#textKind);
  }
}

/** Of what begins as no text does. */
function isMoreThanOne(head: string): boolean {
  return DISC.signs.some((sign) => head.startsWith(sign, DISC.at)) || PAGE.test(head.slice(0, 1024).toLowerCase());
}

function problemOfBegin(head: string, kind: MediaType | null, isText: boolean): string | null {
  const refused = isText ? undefined : REFUSED.find(([, begin, at = 0]) => head.startsWith(begin, at));
  if (refused !== undefined) return `The file is ${refused[0]}.`;
  return kind !== 'application/pdf' && head.slice(0, PDF_WITHIN + 4).includes('%PDF-') ? TWO_KINDS : null;
}

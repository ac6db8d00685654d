/** What is wrong with a text as a piece of evidence: what a browser or an office program would run, and what breaks off before its end. */
import type { MediaType } from './media-type.js';

/** Where the name of an element ends; a name that is cut right there may be the whole of it. */
const NAMED = '(?=[\\s/>]|$)';
/** In XML an element without a namespace is no page's, whatever it is called; these say of themselves that they are one. */
const OF_A_PAGE = 'html|head|body|script|svg|iframe|xsl:stylesheet';
export const PAGE = new RegExp(`<(!doctype|(${OF_A_PAGE}|object|embed)${NAMED})`);
const BEGINS = { page: new RegExp(`^${PAGE.source}`), xml: new RegExp(`^<(!doctype|(${OF_A_PAGE})${NAMED})`), prefixed: new RegExp(`^<[\\w-]+:(html|svg|stylesheet)${NAMED}`) };
export const RUNS = 'The file is a page, a drawing, a style or an office document that a browser or an office program would run.';
const NOT_AS_SAID = 'The bytes are not what the content type or the name says.';
/** Elements of these can run wherever they stand in XML: in a browser, or with the macros of an office document. */
const OF_A_BROWSER = /["'](http:\/\/www\.w3\.org\/(1999\/xhtml|2000\/svg|1999\/XSL\/Transform)|http:\/\/www\.mozilla\.org\/keymaster\/gatekeeper\/there\.is\.only\.xul)["']/;
const OF_AN_OFFICE = /["'](http:\/\/schemas\.microsoft\.com\/(office\/2006\/xmlPackage|office\/word\/2003\/wordml|visio\/2003\/core)|urn:schemas-microsoft-com:office:spreadsheet|urn:oasis:names:tc:opendocument:xmlns:office:1\.0)["']/;
/** Instructions that give a browser a style, or the file to an office program. */
const OPENS_OFFICE = '<?mso-application';
const OPENED_BY = ['<?xml-stylesheet', OPENS_OFFICE] as const;
const LONGEST_INSTRUCTION = Math.max(...OPENED_BY.map((sign) => sign.length));
/** A tag that is longer is not looked through. */
const LONGEST_TAG = 262_144;
const TAG = /^<[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>/;
/** Encodings that are read as UTF-8, or are a part of it. In any other one, letters that were harmless here could be tags to whoever goes by the declaration. */
const AS_UTF8 = /^(utf-?8|(us-)?ascii)$/i;
/** What comes byte by byte is looked at in parts of this size. */
const AT_ONCE = 16_384;
const SKIPPED: readonly (readonly [begin: string, end: string])[] = [['<!--', '-->'], ['<![CDATA[', ']]>'], ['<?', '?>']];
const LONGEST_SIGN = Math.max(...SKIPPED.map(([sign]) => sign.length));

/** What a text begins with that it must not, or lacks; given its beginning, without spaces before it. */
export function problemOfText(begin: string, kind: MediaType): string | null {
  if (isPage(begin.toLowerCase(), kind === 'application/xml' ? BEGINS.xml : BEGINS.page)) return RUNS;
  if (begin.startsWith('{\\rt') || isOffice(begin)) return 'The file is an office document.';
  if (kind === 'application/json' && !/^([[{"\-\d]|(true|false|null)\b)/.test(begin)) return NOT_AS_SAID;
  return kind === 'application/xml' ? problemOfXml(begin) : null;
}

/** An office program opens what begins like this, whatever it is called; a text that shows it in a comment, or further behind, is a text. */
function isOffice(begin: string): boolean {
  const [before = ''] = BEFORE_IN_XML.exec(begin) ?? [];
  const isOpened = [...before.matchAll(PARTS_BEFORE)].some(([part]) => part.startsWith(OPENS_OFFICE));
  return isOpened || OF_AN_OFFICE.test(readable(TAG.exec(begin.slice(before.length))?.[0] ?? ''));
}

function runs(tag: string): boolean {
  const text = readable(tag);
  return OF_A_BROWSER.test(text) || OF_AN_OFFICE.test(text);
}

/** Without characters that are written as their numbers. */
function readable(tag: string): string {
  return tag.replaceAll(/&#(?:x([0-9a-f]+)|(\d+));/gi, referred);
}

function problemOfXml(begin: string): string | null {
  if (!begin.startsWith('<')) return 'XML begins with <.';
  const [declaration = ''] = /^<\?xml\s[^]*?\?>/i.exec(begin) ?? [];
  const encodings = [...declaration.matchAll(/encoding\s*=\s*["']?([^"'\s?]*)/gi)];
  return encodings.every(([, encoding = '']) => AS_UTF8.test(encoding)) ? null : 'XML is taken in UTF-8, and this declares another encoding.';
}

/** Declarations and comments as XML ends them, and as HTML does: there a declaration ends at its first `>`, and a comment also at `--!>` or at once. */
const BEFORE_IN_XML = /^(<\?[^]*?\?>|<!--[^]*?-->|\s)+/;
const PARTS_BEFORE = /<\?[^]*?\?>|<!--[^]*?-->/g;
const BEFORE_THE_FIRST = [BEFORE_IN_XML, /^(<\?[^>]*>|<!--(-?>|[^]*?--!?>)|\s)+/];

/** What comes after the declarations and comments, as either of the two reads it. */
function firstElements(begin: string): string[] {
  return BEFORE_THE_FIRST.map((before) => begin.replace(before, ''));
}

/** Of a text that goes on: whether a page or an office document could begin where nobody looks. A tag may have a `>` in its texts and go on behind that; what has a quote before any space is no tag. */
export function hidesItsBeginning(begin: string): boolean {
  return firstElements(begin).some((first) => /^($|<!--|<\?|<[^>]*$)/.test(first) || (/^<[^\s"'>]*\s/.test(first) && !TAG.test(first)));
}

/** By its first element, whatever declarations and comments are before it. */
function isPage(begin: string, page: RegExp): boolean {
  return firstElements(begin).some((first) => page.test(first) || BEGINS.prefixed.test(first));
}

/** Sees a text as it passes, and tells in the end what is wrong with it. */
export interface TextReader {
  take(text: string): void;
  problem(): string | null;
}

export function readerOf(kind: MediaType): TextReader | null {
  if (kind === 'application/xml') return new XmlReader();
  return kind === 'application/json' ? new JsonReader() : null;
}

/** What JSON is made of, by its code: what comes by the million is not taken apart. */
const SIGN = { quote: 0x22, backslash: 0x5c, bracket: 0x5b, closingBracket: 0x5d, brace: 0x7b, closingBrace: 0x7d } as const;

/** Whether all is closed that was opened, and nothing else: what was cut off is not. Several values one after the other, and numbers that JSON does not know, are no harm. */
class JsonReader implements TextReader {
  #isEscaped = false;
  #inText = false;
  #open = 0;

  take(text: string): void {
    // Once more is closed than was opened, nothing that follows mends it.
    for (let i = 0; i < text.length && this.#open >= 0; i += 1) this.#see(text.charCodeAt(i));
  }

  #see(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === SIGN.backslash) this.#isEscaped = true;
    else if (code === SIGN.quote) this.#inText = !this.#inText;
    else if (this.#inText) return;
    else if (code === SIGN.bracket || code === SIGN.brace) this.#open += 1;
    else if (code === SIGN.closingBracket || code === SIGN.closingBrace) this.#open -= 1;
  }

  problem(): string | null {
    if (this.#open < 0) return 'The file is JSON that closes what it has not opened.';
    return this.#inText || this.#open > 0 ? 'The file is JSON that breaks off before its end.' : null;
  }
}

/** Looks at every tag and instruction, and at nothing in comments and texts: they may show what must not be there. */
class XmlReader implements TextReader {
  #rest = '';
  #looked = 0;
  /** What ends the comment, text or instruction within which it is; null = it is in none. */
  #until: string | null = null;
  #problem: string | null = null;
  /** Nothing more comes: what is too short to be told by more is told by what there is. */
  #isAll = false;

  take(text: string): void {
    if (this.#problem !== null) return;
    this.#rest += text;
    if (this.#rest.length - this.#looked >= AT_ONCE) this.#look();
  }

  problem(): string | null {
    this.#isAll = true;
    this.#look();
    return this.#problem;
  }

  #look(): void {
    let at = 0;
    for (let next: number | null = at; next !== null && this.#problem === null; next = this.#after(at)) at = next;
    this.#rest = this.#rest.slice(at);
    this.#looked = this.#rest.length;
    if (this.#rest.length > LONGEST_TAG) this.#problem = 'The file has a tag that is too long to look through.';
  }

  /** Where the next part begins; null = more has to come first. */
  #after(at: number): number | null {
    if (this.#until !== null) return this.#skip(at, this.#until);
    const begin = this.#rest.indexOf('<', at);
    if (begin === -1) return at === this.#rest.length ? null : this.#rest.length;
    if (begin > at) return begin;
    const skipped = SKIPPED.find(([sign]) => this.#rest.startsWith(sign, at));
    if (skipped === undefined) return this.#declaration(at) ?? this.#tag(at);
    if (skipped[0] === '<?' && this.#mayBeOpened(at)) return null;
    if (OPENED_BY.some((sign) => this.#rest.startsWith(sign, at))) this.#problem = RUNS;
    this.#until = skipped[1];
    return at + skipped[0].length;
  }

  /** What begins with `<!` and is no comment and no text declares a document type, or a part of it. */
  #declaration(at: number): number | null {
    if (!this.#rest.startsWith('<!', at) || this.#mayBeSkipped(at)) return null;
    this.#problem = 'XML is taken without a document type.';
    return this.#rest.length;
  }

  /** Once more has come. */
  #mayBeOpened(at: number): boolean {
    return !this.#isAll && this.#rest.length - at <= LONGEST_INSTRUCTION;
  }

  /** Once more has come. */
  #mayBeSkipped(at: number): boolean {
    return this.#rest.length - at < LONGEST_SIGN && SKIPPED.some(([sign]) => sign.startsWith(this.#rest.slice(at)));
  }

  #skip(at: number, until: string): number | null {
    const end = this.#rest.indexOf(until, at);
    if (end !== -1) this.#until = null;
    const next = end === -1 ? Math.max(at, this.#rest.length - until.length + 1) : end + until.length;
    return next === at ? null : next;
  }

  #tag(at: number): number | null {
    const end = this.#rest.indexOf('>', at) + 1;
    // Without a quote it names no namespace.
    if (end > 0 && end - at <= LONGEST_TAG && !/["']/.test(this.#rest.slice(at, end))) return end;
    const tag = TAG.exec(this.#rest.slice(at, at + LONGEST_TAG))?.[0];
    if (tag === undefined) return null;
    if (runs(tag)) this.#problem = RUNS;
    return at + tag.length;
  }
}

/** A character that is written as its number. */
function referred(whole: string, hex: string | undefined, decimal: string | undefined): string {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code < 128 ? String.fromCharCode(code) : whole;
}

/** The kinds of file that are taken, what says that a file is one of them, and how a file of each may be called: by no ending that a system runs. */
import { Refusal } from './refusal.js';

export const MEDIA_TYPES = ['application/pdf', 'image/png', 'image/jpeg', 'application/json', 'application/xml', 'application/yaml', 'text/csv', 'text/markdown', 'text/plain'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Other names for the same kinds. */
const ALIASES: Readonly<Record<string, MediaType>> = { 'image/jpg': 'image/jpeg', 'text/json': 'application/json', 'text/xml': 'application/xml', 'text/yaml': 'application/yaml', 'application/x-yaml': 'application/yaml', 'text/x-yaml': 'application/yaml', 'text/x-markdown': 'text/markdown', 'application/csv': 'text/csv', 'application/x-ndjson': 'application/json' };
/** Endings that an editor opens as text, whatever is in it. */
const PLAIN = ['txt', 'text', 'log', 'out', 'rst', 'adoc', 'tex', 'tsv', 'jsonl', 'ndjson', 'toml', 'cfg', 'conf', 'properties', 'lock', 'mod', 'sum', 'diff', 'patch', 'spdx', 'asc', 'pem', 'sig'];
/** The endings of each kind. A text of any kind may also be called by a plain one. */
const ENDINGS: Readonly<Record<MediaType, readonly string[]>> = {
  'application/pdf': ['pdf'], 'image/png': ['png'], 'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'application/json': ['json', 'sarif', 'jsonld', 'geojson', 'ipynb', 'har'], 'application/xml': ['xml', 'rdf', 'trx'], 'application/yaml': ['yaml', 'yml'], 'text/csv': ['csv'], 'text/markdown': ['md', 'markdown'], 'text/plain': [],
};
const BINARY: readonly MediaType[] = ['application/pdf', 'image/png', 'image/jpeg'];

/** The kind that a content type names; null = it says no more than that they are bytes. Whatever is not taken is refused before any byte is read. */
export function declaredKind(contentType: string | null): MediaType | null {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';').map((part) => part.trim());
  if (type === '' || type === 'application/octet-stream') return null;
  const known = MEDIA_TYPES.find((each) => each === type) ?? ALIASES[type] ?? ofItsSyntax(type);
  if (known === null) throw refusedKind('Files of this type are not taken.');
  if (parameters.some((parameter) => /^charset=(?!"?(utf-?8|us-ascii)"?$)/.test(parameter))) throw refusedKind('Texts are taken in UTF-8.');
  return known;
}

/** A type of its own that is written in JSON or XML, unless it names what a browser runs. */
function ofItsSyntax(type: string): MediaType | null {
  const syntax = /^application\/[a-z0-9.-]+\+(json|xml)$/.exec(type)?.[1];
  if (syntax === 'json') return 'application/json';
  return syntax === 'xml' && !/xhtml|xslt|svg|xul/.test(type) ? 'application/xml' : null;
}

/** What a text is that its sender calls no more than a text, or bytes: what its name says. */
export function textKind(declared: MediaType | null, name: string | null): MediaType {
  if (declared !== null && declared !== 'text/plain') return declared;
  const ending = endingOf(name);
  return MEDIA_TYPES.find((kind) => !BINARY.includes(kind) && ending !== null && ENDINGS[kind].includes(ending)) ?? 'text/plain';
}

/** Whoever saves the file gets it under its name, and the system opens or runs it by its ending. */
export function requireEnding(name: string | null, kind: MediaType): void {
  const [ending, known] = [endingOf(name), [...ENDINGS[kind], ...(BINARY.includes(kind) ? [] : PLAIN)]];
  if (ending === null || known.includes(ending)) return;
  throw new Refusal('FILE_TYPE_REFUSED', {
    field: 'name', message: 'The name ends like that of another kind of file.', actual: `.${ending}`, expected: `none, or for ${kind} ${known.map((each) => `.${each}`).join(' ')}`, next: 'Call it by an ending of its kind, or by none.',
  });
}

/** What a file is saved as. Without an ending of its kind some systems would choose the program by what is in it. */
export function savedAs(name: string | null, kind: MediaType): string {
  const called = name ?? 'evidence';
  return endingOf(called) === null ? `${called}.${ENDINGS[kind][0] ?? 'txt'}` : called;
}

/** Null = it has none: no dot, or words or what begins with a digit behind it, as in "Report of Dr. Smith", "Review v1.2b" and "CHANGES-1.2.3-rc1"; nothing that begins with a digit is run. */
function endingOf(name: string | null): string | null {
  const ending = /\.([^.\s]+)$/.exec(name ?? '')?.[1]?.toLowerCase() ?? '';
  return /^(\d|$)/.test(ending) ? null : ending;
}

export function refusedKind(message: string, declared?: MediaType): Refusal {
  return new Refusal('FILE_TYPE_REFUSED', {
    field: 'body', message, ...(declared !== undefined && { actual: declared }), expected: MEDIA_TYPES.join(', '), next: 'Send one of these kinds by itself, unpacked; whatever else it is can stay where it lies: its digest is enough.',
  });
}

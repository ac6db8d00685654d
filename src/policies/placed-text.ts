/**
 * A text in YAML or JSON as people write it, read so that whatever is wrong is told with line and column, all of it at once. Nothing that is
 * nested, repeated or large without end gets any further than this.
 */
import type { ErrorObject } from 'ajv';
import { Composer, isScalar, Lexer, LineCounter, Parser, visit, type CST, type Document, type Node, type YAMLMap } from 'yaml';
import { Refusal, type RefusalCode } from '../domain/refusal.js';

export const MAX_SOURCE = 120_000;
/** Words and signs: no fewer than the densest text of that length has that says something. */
const MAX_WORDS = 32_000;
const WORD = /[\n\r"',:[\]{}&*!|>#%@`\\]|[^\s"',:[\]{}&*!|>#%@`\\]+/g;
const MAX_ALIASES = 100;
const MAX_PARTS = 500;
/** No policy and no case is nested half as deeply. */
const MAX_DEPTH = 50;
const MAX_NAMED = 20;

/** What kind of text it is: what it is called, the field in which it is sent, and what to do when it is wrong. */
export interface TextKind { readonly field: string; readonly called: string; readonly next: string }

/** Something that is wrong, and where in the text. */
export interface TextProblem { readonly message: string; readonly line: number; readonly column: number }

export type Path = readonly (string | number)[];

/** A path into the document, with what is wrong there; `offset` counts characters into its text, `key` means the name itself. */
export interface Placed { readonly path: Path; readonly message: string; readonly offset?: number; readonly key?: string }

export class PlacedText {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(readonly source: string, readonly kind: TextKind) {
    if (source.length > MAX_SOURCE) throw invalid(kind, [{ message: `${kind.called} has at most ${String(MAX_SOURCE)} characters; here it has more.`, ...placeIn(source, MAX_SOURCE) }]);
    const crowded = wordTooMany(source);
    if (crowded !== null) throw invalid(kind, [{ message: `${kind.called} has at most ${String(MAX_WORDS)} words and signs; here it has more.`, ...placeIn(source, crowded) }]);
    // The library compares each key of a map with every other one.
    const composer = new Composer({ prettyErrors: false, schema: 'core', merge: false, uniqueKeys: false });
    const [document, other] = read(this, () => [...composer.compose(this.#tokens(), true, source.length)]);
    if (document === undefined) throw invalid(kind, []);
    this.#document = document;
    if (other !== undefined) throw this.#invalid(kind, [other.range[0]], (at) => ({ message: 'There is more than one document', ...this.#at(at) }));
    const broken = [...this.#document.errors, ...this.#document.warnings].map(({ message, pos: [at] }) => ({ message, at }));
    const problems = broken.length > 0 ? broken : multiplied(this.#document);
    if (problems.length > 0) throw this.#invalid(kind, problems, ({ message, at }) => ({ message, ...this.#at(at) }));
  }

  /** What is nested without end goes no further than this: the library goes down into it step by step, and the program ends where there is no room for another. */
  *#tokens(): Generator<CST.Token, void> {
    const parser = new Parser(this.#lines.addNewLine);
    this.#lines.addNewLine(0);
    for (const lexeme of new Lexer().lex(this.source)) {
      const { offset } = parser;
      yield* parser.next(lexeme);
      if (parser.stack.length > MAX_DEPTH) throw invalid(this.kind, [{ message: `It is nested too deeply: more than ${String(MAX_DEPTH)} levels.`, ...placeIn(this.source, offset) }]);
    }
    yield* parser.end();
  }

  /** Aliases may repeat a little, not multiply. No list and no map is longer than any that may be there. */
  value(): unknown {
    // Nothing else goes wrong there than an alias that says too much.
    const [value, long] = read(this, () => {
      const whole = this.#document.toJS({ maxAliasCount: 50 }) as unknown;
      return [whole, tooLong(whole)] as const;
    }, () => aliasOfAliases(this.#document));
    if (long !== null) throw this.refusal([{ path: long, message: `is one of more than ${String(MAX_PARTS)} parts` }]);
    return value;
  }

  /** What a check against a schema has found. */
  refusalOfShape(errors: readonly ErrorObject[]): Refusal {
    // What a choice consists of says more than that it failed.
    return this.#invalid(this.kind, errors.filter(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf'), (error) => this.#placed(shapeProblem(error)));
  }

  /** `more`: where it is refused as something more exact than invalid. */
  refusal(problems: readonly Placed[], more: { readonly code?: RefusalCode; readonly next?: string } = {}): Refusal {
    return this.#invalid({ ...this.kind, ...more }, problems, (problem) => this.#placed(problem));
  }

  #placed(problem: Placed): TextProblem {
    return { message: `${problem.path.join('.') || 'The document'}: ${problem.message}`, ...this.#at(this.#offsetOf(problem)) };
  }

  /** Only what is told is looked for in the text: there may be one problem for every character. */
  #invalid<P>(kind: Parameters<typeof invalid>[0], problems: readonly P[], placed: (problem: P) => TextProblem): Refusal {
    return invalid(kind, problems.slice(0, MAX_NAMED).map(placed), problems.length);
  }

  /** The line on which what is at the path begins, counted from 1. */
  lineOf(path: Path): number {
    return this.#at(this.#offsetOf({ path, message: '' })).line;
  }

  #at(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(Math.max(0, offset));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  #offsetOf({ path, offset, key }: Placed): number {
    const node = this.#nodeAt(path);
    const start = node?.range?.[0] ?? 0;
    if (key !== undefined) return this.#keyIn(node, key) ?? start;
    return offset === undefined ? start : this.#inText(node, start, offset);
  }

  /** What is missing is shown at what it is missing in. */
  #nodeAt(path: Path): Node | null {
    for (let length = path.length; length > 0; length -= 1) {
      const node = this.#document.getIn(path.slice(0, length), true) as Node | undefined;
      if (node !== undefined) return node;
    }
    return this.#document.contents;
  }

  #keyIn(node: Node | null, key: string): number | null {
    const items = (node as { items?: readonly { key?: Node & { value?: unknown } }[] } | null)?.items ?? [];
    return items.find((item) => item.key?.value === key)?.key?.range?.[0] ?? null;
  }

  /** Exact for text on one line and for blocks that keep their lines; otherwise where the text begins. */
  #inText(node: Node | null, start: number, offset: number): number {
    if (!isScalar(node) || typeof node.value !== 'string') return start;
    const before = node.value.slice(0, offset).split('\n');
    const line = before.at(-1) ?? '';
    const written = this.source.slice(start, node.range?.[1] ?? start);
    const wanted = node.value.split('\n')[before.length - 1] ?? '';
    let from = start;
    for (const text of written.split('\n')) {
      if (text.includes(wanted)) return from + text.indexOf(wanted) + line.length;
      from += text.length + 1;
    }
    return start;
  }
}

/** Where the first word is that is too many; null = there is none. */
function wordTooMany(source: string): number | null {
  let count = 0;
  for (const { index } of source.matchAll(WORD)) if ((count += 1) > MAX_WORDS) return index;
  return null;
}

function placeIn(source: string, offset: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, offset);
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: before.length - before.lastIndexOf('\n') };
}

/** What is there more often than it may be: a key of one map, an alias. */
function multiplied(document: Document): { readonly message: string; readonly at: number }[] {
  const found: { message: string; at: number }[] = [];
  let aliases = 0;
  visit(document, {
    Alias: (_, { range }) => {
      aliases += 1;
      if (aliases === MAX_ALIASES + 1) found.push({ message: `There are more than ${String(MAX_ALIASES)} aliases`, at: range?.[0] ?? 0 });
    },
    Map: (_, map) => { found.push(...keysTwice(map)); },
  });
  return found;
}

/** Where the first alias stands inside of what has a name itself. */
function aliasOfAliases(document: Document): number {
  const found: number[] = [];
  visit(document, { Alias: (_, { range }, path) => { if (path.some((node) => (node as { anchor?: string }).anchor !== undefined)) found.push(range?.[0] ?? 0); } });
  return found[0] ?? 0;
}

function keysTwice({ items }: YAMLMap): { readonly message: string; readonly at: number }[] {
  const seen = new Set<unknown>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const twice = seen.has(key.value);
    seen.add(key.value);
    return twice ? [{ message: 'Map keys must be unique', at: key.range?.[0] ?? 0 }] : [];
  });
}

/** Where the first part is that is one more than there are anywhere; null = nowhere. */
function tooLong(value: unknown): Path | null {
  if (typeof value !== 'object' || value === null) return null;
  const parts = Object.entries(value);
  const named = (name: string): string | number => (Array.isArray(value) ? Number(name) : name);
  const more = parts[MAX_PARTS];
  if (more !== undefined) return [named(more[0])];
  for (const [name, part] of parts) {
    const found = tooLong(part);
    if (found !== null) return [named(name), ...found];
  }
  return null;
}

/** `where`: what is wrong, if anything is. Of a mistake only its place in the text is of use: noting the place in the program takes far longer than reading on. */
function read<T>({ kind, source }: Pick<PlacedText, 'kind' | 'source'>, reading: () => T, where: () => number = () => 0): T {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0;
    return reading();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw invalid(kind, [{ message: error instanceof Error ? error.message : String(error), ...placeIn(source, where()) }]);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** `named`: the first of them, of so many. */
function invalid({ field, next, code = 'POLICY_INVALID' }: TextKind & { readonly code?: RefusalCode }, named: readonly TextProblem[], count = named.length): Refusal {
  const { line, column, message } = named[0] ?? { line: 1, column: 1, message: 'It says nothing.' };
  const more = count > 1 ? ` (and ${String(count - 1)} more)` : '';
  return new Refusal(code, {
    field, message: `Line ${String(line)}, column ${String(column)}: ${message}${more}`, line, column,
    because: named.map((one) => `${String(one.line)}:${String(one.column)} ${one.message}`), next,
  });
}

function shapeProblem({ instancePath, keyword, message = 'is wrong', params }: ErrorObject): Placed {
  const path = instancePath.split('/').slice(1).map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
  const { additionalProperty, allowedValues, allowedValue, pattern, limit = 0 } = params as { additionalProperty?: string; allowedValues?: readonly string[]; allowedValue?: string; pattern?: string; limit?: number };
  // Where the limit was passed.
  if (keyword === 'maxLength') return { path, message, offset: limit };
  if (keyword === 'maxItems') return { path: [...path, limit], message };
  if (additionalProperty !== undefined) return { path, key: additionalProperty, message: `${additionalProperty} is no field of it` };
  if (allowedValues !== undefined) return { path, message: `must be one of ${allowedValues.slice(0, 40).join(', ')}` };
  if (allowedValue !== undefined) return { path, message: `must be ${allowedValue}` };
  return { path, message: pattern === undefined ? message : `must fit ${pattern}` };
}

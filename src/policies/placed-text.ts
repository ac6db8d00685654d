/**
 * A text in YAML or JSON as people write it, read so that whatever is wrong is told with line and column, all of it at once. Nothing that is
 * nested, repeated or large without end gets any further than this.
 */
import type { ErrorObject } from 'ajv';
import { isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { Refusal, type RefusalCode } from '../domain/refusal.js';

export const MAX_SOURCE = 120_000;
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
    if (source.length > MAX_SOURCE) throw invalid(kind, [{ message: `${kind.called} has at most ${String(MAX_SOURCE)} characters, not ${String(source.length)}.`, line: 1, column: 1 }]);
    this.#document = read(kind, () => parseDocument(source, { lineCounter: this.#lines, prettyErrors: false, schema: 'core', merge: false, uniqueKeys: true }));
    const broken = [...this.#document.errors, ...this.#document.warnings];
    if (broken.length > 0) throw invalid(kind, broken.map(({ message, pos: [start] }) => ({ message, ...this.#at(start) })));
  }

  /** Aliases may repeat a little, not multiply. */
  value(): unknown {
    return read(this.kind, () => this.#document.toJS({ maxAliasCount: 50 }) as unknown);
  }

  /** `more`: where it is refused as something more exact than invalid. */
  refusal(problems: readonly Placed[], more: { readonly code?: RefusalCode; readonly next?: string } = {}): Refusal {
    return invalid({ ...this.kind, ...more }, problems.map((problem) => ({ message: `${problem.path.join('.') || 'The document'}: ${problem.message}`, ...this.#at(this.#offsetOf(problem)) })));
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
    const inLine = written.split('\n').map((text, index, all) => ({ text, from: all.slice(0, index).join('\n').length + (index === 0 ? 0 : 1) })).filter(({ text }) => text.includes(wanted))[0];
    return inLine === undefined ? start : start + inLine.from + inLine.text.indexOf(wanted) + line.length;
  }
}

/** What is nested without end ends here. */
function read<T>(kind: TextKind, reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    const message = error instanceof RangeError ? 'It is nested too deeply.' : error instanceof Error ? error.message : String(error);
    throw invalid(kind, [{ message, line: 1, column: 1 }]);
  }
}

function invalid({ field, next, code = 'POLICY_INVALID' }: TextKind & { readonly code?: RefusalCode }, problems: readonly TextProblem[]): Refusal {
  const named = problems.slice(0, MAX_NAMED);
  const { line, column, message } = named[0] ?? { line: 1, column: 1, message: 'It says nothing.' };
  const more = problems.length > 1 ? ` (and ${String(problems.length - 1)} more)` : '';
  return new Refusal(code, {
    field, message: `Line ${String(line)}, column ${String(column)}: ${message}${more}`, line, column,
    because: named.map((one) => `${String(one.line)}:${String(one.column)} ${one.message}`), next,
  });
}

/** What a check against a schema has found, as problems with a place. */
export function shapeProblem({ instancePath, keyword, message = 'is wrong', params }: ErrorObject): Placed[] {
  // What a choice consists of says more than that it failed.
  if (keyword === 'if' || keyword === 'anyOf') return [];
  const path = instancePath.split('/').slice(1).map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
  const { additionalProperty, allowedValues, allowedValue, pattern } = params as { additionalProperty?: string; allowedValues?: readonly string[]; allowedValue?: string; pattern?: string };
  if (additionalProperty !== undefined) return [{ path, key: additionalProperty, message: `${additionalProperty} is no field of it` }];
  if (allowedValues !== undefined) return [{ path, message: `must be one of ${allowedValues.slice(0, 40).join(', ')}` }];
  if (allowedValue !== undefined) return [{ path, message: `must be ${allowedValue}` }];
  return [{ path, message: pattern === undefined ? message : `must fit ${pattern}` }];
}

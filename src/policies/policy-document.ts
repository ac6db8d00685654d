/**
 * Reads a policy as people write it, in YAML or JSON. Whatever is wrong is refused with line and column, all of it at once; nothing that is
 * nested, repeated or large without end gets any further than this.
 */
import { Ajv, type ErrorObject } from 'ajv';
import { isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { isInstant } from '../domain/clock.js';
import { conditionProblem } from '../domain/policy-conditions.js';
import { requirementOf, type RequirementRow } from '../domain/policy-terms.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import { Refusal } from '../domain/refusal.js';
import { POLICY_SCHEMA } from './document-schema.js';

export const MAX_SOURCE = 120_000;
const MAX_NAMED = 20;

const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strict: false, verbose: false }).compile(POLICY_SCHEMA);

/** Something that is wrong, and where in the text. */
export interface TextProblem { readonly message: string; readonly line: number; readonly column: number }

type Path = readonly (string | number)[];

/** The document, with everything filled in that may be left out. */
export function parsePolicy(source: string): PolicyDocument {
  const text = new PlacedText(source);
  const document = text.value();
  if (!validate(document)) throw text.refusal((validate.errors ?? []).flatMap((error) => shapeProblem(error)));
  const policy = complete(document as PolicyDocument);
  const problems = [...rowProblems(policy.requirements, 'requirements'), ...freezeProblems(policy)];
  if (problems.length > 0) throw text.refusal(problems);
  return policy;
}

/** A path into the document, with what is wrong there; `offset` counts characters into its text, `key` means the name itself. */
interface Placed { readonly path: Path; readonly message: string; readonly offset?: number; readonly key?: string }

class PlacedText {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(readonly source: string) {
    if (source.length > MAX_SOURCE) throw invalid([{ message: `A policy has at most ${String(MAX_SOURCE)} characters, not ${String(source.length)}.`, line: 1, column: 1 }]);
    this.#document = read(() => parseDocument(source, { lineCounter: this.#lines, prettyErrors: false, schema: 'core', merge: false, uniqueKeys: true }));
    const broken = [...this.#document.errors, ...this.#document.warnings];
    if (broken.length > 0) throw invalid(broken.map(({ message, pos: [start] }) => ({ message, ...this.#at(start) })));
  }

  /** Aliases may repeat a little, not multiply. */
  value(): unknown {
    return read(() => this.#document.toJS({ maxAliasCount: 50 }) as unknown);
  }

  refusal(problems: readonly Placed[]): Refusal {
    return invalid(problems.map((problem) => ({ message: `${problem.path.join('.') || 'The document'}: ${problem.message}`, ...this.#at(this.#offsetOf(problem)) })));
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
function read<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    const message = error instanceof RangeError ? 'It is nested too deeply.' : error instanceof Error ? error.message : String(error);
    throw invalid([{ message, line: 1, column: 1 }]);
  }
}

function invalid(problems: readonly TextProblem[]): Refusal {
  const named = problems.slice(0, MAX_NAMED);
  const [first] = named;
  const more = problems.length > 1 ? ` (and ${String(problems.length - 1)} more)` : '';
  return new Refusal('POLICY_INVALID', {
    field: 'source', message: `Line ${String(first?.line ?? 1)}, column ${String(first?.column ?? 1)}: ${first?.message ?? 'no policy'}${more}`, line: first?.line ?? 1, column: first?.column ?? 1,
    because: named.map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`), next: 'Mend the text and draft it again; nothing was changed.',
  });
}

function shapeProblem({ instancePath, keyword, message = 'is wrong', params }: ErrorObject): Placed[] {
  // What a choice consists of says more than that it failed.
  if (keyword === 'if' || keyword === 'anyOf') return [];
  const path = instancePath.split('/').slice(1).map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
  const { additionalProperty, allowedValues, pattern } = params as { additionalProperty?: string; allowedValues?: readonly string[]; pattern?: string };
  if (additionalProperty !== undefined) return [{ path, key: additionalProperty, message: `${additionalProperty} is no field of it` }];
  if (allowedValues !== undefined) return [{ path, message: `must be one of ${allowedValues.slice(0, 40).join(', ')}` }];
  return [{ path, message: pattern === undefined ? message : `must fit ${pattern}` }];
}

function complete(document: PolicyDocument): PolicyDocument {
  const { requirements, freezes, bindings, ...rest } = document as Partial<PolicyDocument> & Pick<PolicyDocument, 'bindings'>;
  return {
    ...rest, bindings: bindings.map((binding) => ({ ...binding, mode: (binding as { mode?: typeof binding.mode }).mode ?? 'ENFORCE' })), freezes: (freezes ?? []).map((freeze) => ({ ...freeze, from: instantOf(freeze.from), until: instantOf(freeze.until) })),
    requirements: (requirements ?? []).map((row) => ({ ...(row.kind === 'EVIDENCE' ? EVIDENCE_DEFAULTS : CONDITION_DEFAULTS), ...row })),
  } as PolicyDocument;
}

const ROW_DEFAULTS = { when: {}, severity: 'BLOCK', next: null, basis: [] } as const;
const CONDITION_DEFAULTS = { ...ROW_DEFAULTS, code: 'READINESS_INCOMPLETE' } as const;
const EVIDENCE_DEFAULTS = { ...ROW_DEFAULTS, code: 'EVIDENCE_FAILED', subject: 'RELEASE', maxAgeDays: null, condition: null } as const;

function rowProblems(rows: readonly RequirementRow[], at: string): Placed[] {
  const names = rows.map(requirementOf);
  return rows.flatMap((row, index) => {
    const twice = names.indexOf(requirementOf(row)) === index ? [] : [{ path: [at, index, 'id'], message: `${row.id} is there twice` }];
    // R7/M-3 is the evidence of a mitigation.
    const taken = row.kind === 'EVIDENCE' && /^M-\d+$/.test(row.id) ? [{ path: [at, index, 'id'], message: `${row.id} is the number of a mitigation` }] : [];
    const problem = conditionProblem(row);
    return [...twice, ...taken, ...(problem === null ? [] : [{ path: [at, index, 'condition'], message: problem.message, offset: problem.start }])];
  });
}

function freezeProblems({ freezes }: PolicyDocument): Placed[] {
  return freezes.flatMap(({ id, from, until }, index) => {
    const unknown = [['from', from], ['until', until]].filter(([, instant = '']) => !isInstant(instant)).map(([name = '']) => ({ path: ['freezes', index, name], message: 'is no instant' }));
    const twice = freezes.findIndex((other) => other.id === id) === index ? [] : [{ path: ['freezes', index, 'id'], message: `${id} is there twice` }];
    return [...unknown, ...twice, ...(unknown.length > 0 || until > from ? [] : [{ path: ['freezes', index, 'until'], message: 'is not after from' }])];
  });
}

/** With milliseconds, so that instants compare as text; what is none stays as it was. */
function instantOf(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}

/**
 * Of the evidence beside a piece (`records`), what an expression can tell apart: where it asks of all or of any of them, and only for fields, those
 * that agree in these fields are one. So ten thousand reports of one signal are looked at once, and the budget is for what differs.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Evidence } from './evidence.js';
import { isLoop } from './expression-shape.js';

/** What is asked of each: `type`, `subject`, `source`, or a field of its payload as `payload.<field>`. */
export type AskedFields = ReadonlySet<string>;

const RECORDS = 'records';
const PLAIN: readonly string[] = ['type', 'subject', 'source'];

/** Something is asked by which every one is another, such as its number or how many there are. */
class Distinct extends Error {}

/** The fields that are asked of the records; null = no two of them are alike. */
export function fieldsAskedOfRecords(node: ASTNode): AskedFields | null {
  const found = new Set<string>();
  try {
    look(node, new Set(), found);
    return found;
  } catch (error) {
    if (error instanceof Distinct) return null;
    throw error;
  }
}

/** Of those that agree in these fields the one that ends last, in the order of the first of each. */
export function distinctBy(fields: AskedFields | null, records: readonly Evidence[]): readonly Evidence[] {
  if (fields === null) return records;
  const last = new Map<string, Evidence>();
  for (const [nth, one] of records.entries()) {
    const values = [...fields].map((field) => valueOf(one, field));
    const key = roomAfter(values, LONGEST_COMPARED) < 0 ? String(nth) : JSON.stringify(values);
    if (one.validUntil > (last.get(key)?.validUntil ?? '')) last.set(key, one);
  }
  return [...last.values()];
}

/** In characters. What is longer is another one each time: to compare it would cost more than to look at it. */
const LONGEST_COMPARED = 2000;

/** How much room is left after a value, below 0 = none. It is looked at no further than there is room for. */
function roomAfter(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length;
  let left = room - 1;
  if (typeof value !== 'object' || value === null) return left;
  for (const name in value) {
    if (left < 0) break;
    left = roomAfter((value as Readonly<Record<string, unknown>>)[name], left - name.length);
  }
  return left;
}

function valueOf({ type, subjectDigest, source, payload }: Evidence, field: string): unknown {
  if (PLAIN.includes(field)) return { type, subject: subjectDigest, source }[field as 'type'];
  const name = field.slice('payload.'.length);
  // What is not there is told from what is null.
  return payload !== null && Object.hasOwn(payload, name) ? [payload[name]] : [];
}

/** `each`: the names that stand for one of the records here. */
function look(part: unknown, each: ReadonlySet<string>, found: Set<string>): void {
  if (Array.isArray(part)) for (const one of part) look(one, each, found);
  else if (typeof part === 'object' && part !== null && 'op' in part) lookAt(part as ASTNode, each, found);
}

function lookAt(node: ASTNode, each: ReadonlySet<string>, found: Set<string>): void {
  const chain = chainOf(node);
  if (chain !== null && each.has(chain.root)) note(chain.fields, found);
  else if (chain?.root === RECORDS) throw new Distinct();
  else if (node.op === 'rcall' && isLoop(node.args[0])) lookIntoLoop(node, each, found);
  else look(node.args, each, found);
}

function lookIntoLoop({ args: [loop, over, [name, ...body]] }: ASTNode & { readonly op: 'rcall' }, each: ReadonlySet<string>, found: Set<string>): void {
  const variable = chainOf(name)?.root ?? '';
  const isOfRecords = chainOf(over)?.root === RECORDS;
  if (isOfRecords && loop !== 'all' && loop !== 'exists') throw new Distinct();
  if (!isOfRecords) look(over, each, found);
  look(body, new Set(isOfRecords ? [...each, variable] : [...each].filter((other) => other !== variable)), found);
}

function note([first, second]: readonly string[], found: Set<string>): void {
  if (first === 'payload' && second !== undefined) found.add(`payload.${second}`);
  else if (first !== undefined && PLAIN.includes(first)) found.add(first);
  else throw new Distinct();
}

/** A name with the fields that are taken of it, such as r.payload.signal; null = it begins with something else. */
function chainOf(node: ASTNode | undefined): { readonly root: string; readonly fields: readonly string[] } | null {
  if (node === undefined) return null;
  if (node.op === 'id') return { root: node.args, fields: [] };
  if (node.op !== '.') return null;
  const before = chainOf(node.args[0]);
  return before === null ? null : { root: before.root, fields: [...before.fields, node.args[1]] };
}

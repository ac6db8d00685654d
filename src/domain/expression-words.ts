/** What is compared in a condition, and can never be the same: words that are none of their list, levels and instants that there are not. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { textOf } from './expression.js';
import { writtenInstant } from './expression-model.js';
import { alternatives, nameOf, type Kind, type Written } from './expression-kinds.js';
import { nearest, type Names } from './nearest.js';
import { LEVELS } from './scoring.js';
import { TIERS } from './system.js';

/** What is wrong with a condition, and where in its text. */
export interface Flaw { readonly start: number; readonly message: string }

/** A part of a condition, and what it can be. */
export interface Side { readonly node: ASTNode; readonly kind: Kind }

/** More would not be read. */
const MAX_NAMED = 16;
/** So many at most are told of one condition, and so many of one document. */
export const MOST_FLAWS = 20;

/** Names that are meant, or all that there are. */
export function saidInstead(written: string, names: readonly string[]): string {
  const meant = nearest(written, names);
  const all = names.filter((name) => name !== '');
  const listed = `${all.slice(0, MAX_NAMED).join(', ')}${all.length > MAX_NAMED ? `, and ${String(all.length - MAX_NAMED)} more` : ''}`;
  return meant.length === 0 ? `There are ${listed}.` : `Nearest: ${meant.join(', ')}. There are ${listed}.`;
}

/** `types`: the types of evidence that are known. */
export function comparable(left: Side, right: Side, types: Names): Flaw[] {
  const [one, other] = [alternatives(left.kind), alternatives(right.kind)];
  if ([...one, ...other].some(({ is }) => is === 'unknown')) return [];
  const shared = one.some((kind) => other.some((against) => classOf(kind) === classOf(against)));
  if (!shared) return [{ start: startOf(left, right), message: `${textOf(left.node)} is ${nameOf(left.kind)}, and ${textOf(right.node)} is ${nameOf(right.kind)}: they are never the same.` }];
  const slips = [...slipsAmong(left, other, types), ...slipsAmong(right, one, types)];
  return slips.length > 0 ? slips : disjoint(left, right);
}

function classOf({ is }: Kind): string {
  return is === 'type' ? 'text' : is === 'evidence' ? 'record' : is;
}

/** A text in the condition is where it has to be mended. */
function startOf(left: Side, right: Side): number {
  return right.node.op === 'value' || left.node.op !== 'value' ? right.node.range.start : left.node.range.start;
}

/** The texts of the condition that the other side never is. */
function slipsAmong({ node, kind }: Side, against: readonly Kind[], types: Names): Flaw[] {
  const other = whatCouldBe(against, types);
  return other === null ? [] : writtenIn(kind).filter(({ text }) => !other.takes(text)).slice(0, MOST_FLAWS).map(({ text, start }) => ({ start, message: `${JSON.stringify(text)} is ${other.called}${node.op === 'list' ? ' that is looked for here' : ''}. ${saidInstead(text, other.names)}` }));
}

interface Choice { readonly names: readonly string[]; readonly called: string; takes(text: string): boolean }

const NO_TYPE = 'no type of evidence that the product knows, and too near to one to be a type of your own';

export function slipOfType(written: string, types: Names): string {
  return `${JSON.stringify(written)} is ${NO_TYPE}. ${saidInstead(written, types.all)}`;
}

/** null = any text. */
function whatCouldBe(kinds: readonly Kind[], types: Names): Choice | null {
  const texts = kinds.filter((kind) => kind.is === 'text');
  if (kinds.some(({ is }) => is === 'type')) return { names: types.all, called: NO_TYPE, takes: (text) => !types.hasSlip(text) };
  const words = wordsOf(texts);
  return words === null ? null : { names: words, called: 'never found here', takes: (text) => words.includes(text) };
}

/** All words that it can be; null = any text. */
function wordsOf(kinds: readonly Kind[]): readonly string[] | null {
  const texts = kinds.filter((kind) => kind.is === 'text');
  const open = texts.length === 0 || texts.some(({ words }) => words === undefined);
  return open ? null : [...new Set(texts.flatMap(({ words }) => words ?? []))];
}

function writtenIn(kind: Kind): readonly Written[] {
  return alternatives(kind).flatMap((one) => (one.is === 'text' ? one.written ?? [] : []));
}

/** What is wrong with a value that is looked for in a field of a payload; null = nothing. */
export function valueFlaw(kind: Kind, value: string | number | boolean): string | null {
  const wanted = { string: 'text', number: 'number', boolean: 'truth' }[typeof value as 'string' | 'number' | 'boolean'];
  const fitting = alternatives(kind).filter(({ is }) => is === wanted || is === 'unknown');
  if (fitting.length === 0) return `is ${nameOf(kind)}, never ${JSON.stringify(value)}`;
  const words = wordsOf(fitting);
  return typeof value !== 'string' || words === null || words.includes(value) ? null : `is never ${JSON.stringify(value)}. ${saidInstead(value, words)}`;
}

/** Two lists of words without a word of both. */
function disjoint(left: Side, right: Side): Flaw[] {
  const [one, other] = [wordsOf(alternatives(left.kind)), wordsOf(alternatives(right.kind))];
  if (one === null || other === null || one.some((word) => other.includes(word))) return [];
  return [{ start: right.node.range.start, message: `${textOf(left.node)} and ${textOf(right.node)} have no word in common: they are never the same.` }];
}

/** Of levels of risk, and of tiers. */
export function levelFlaws(asked: readonly Side[]): Flaw[] {
  const known = asked.map(({ kind }) => wordsOf(alternatives(kind))).find((words) => words !== null) ?? [...new Set([...LEVELS, ...TIERS])];
  const names = known.filter((word) => word !== '');
  return asked.flatMap(({ kind }) => writtenIn(kind)).filter(({ text }) => !names.includes(text)).slice(0, MOST_FLAWS).map(({ text, start }) => ({ start, message: `${JSON.stringify(text)} is no level that atLeast could compare here. ${saidInstead(text, names)}` }));
}

/** A part of a text, of which there are only some. */
export function prefixFlaws(asked: readonly Side[], fits: (word: string, part: string) => boolean): Flaw[] {
  const [over, part] = asked;
  const words = over === undefined ? null : wordsOf(alternatives(over.kind));
  if (words === null || part === undefined || over === undefined) return [];
  return writtenIn(part.kind).filter(({ text }) => !words.some((word) => fits(word, text))).slice(0, MOST_FLAWS).map(({ text, start }) => ({ start, message: `${JSON.stringify(text)} is never found in ${textOf(over.node)}. ${saidInstead(text, words)}` }));
}

/** A day or an instant that is written in the condition. */
export function instantFlaws(asked: readonly Side[]): Flaw[] {
  return asked.flatMap(({ kind }) => writtenIn(kind)).flatMap(({ text, start }) => {
    try {
      writtenInstant(text);
      return [];
    } catch (error) {
      return [{ start, message: (error as Error).message }];
    }
  });
}

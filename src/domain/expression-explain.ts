/** Why a condition does not hold: for each part of it that is false, what was looked at, what was found there, and what it should be. */
import { ExpressionFault, textOf, type Asked, type Expression } from './expression.js';
import { isLoop } from './expression-shape.js';
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Unmet } from './gate-question.js';
import type { Json } from './payload.js';

/** More would not be read. */
const MAX_UNMET = 10;
const MAX_TEXT = 200;
/** Questions about two things, in words that stand between them, and between them turned round. */
const ORDERS: Readonly<Record<string, readonly [words: string, turned: string]>> = { atLeast: ['at least', 'at most'], isBefore: ['before', 'after'] };
/** What is required of an instant, by the question about now; days below zero lie ahead. */
const TIMES: Readonly<Record<string, (wanted: boolean, days: number) => string>> = {
  hasPassed: (wanted) => (wanted ? 'has passed' : 'has not passed'),
  isOlderThan: (wanted, days) => {
    if (days === 0) return wanted ? 'has passed' : 'has not passed';
    const apart = `${String(Math.abs(days))} ${Math.abs(days) === 1 ? 'day' : 'days'}`;
    if (days < 0) return `${wanted ? 'no more' : 'more'} than ${apart} ahead`;
    return wanted ? `${apart} ago or longer` : `less than ${apart} ago`;
  },
};
const FLIPPED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' };

/** Empty = the condition holds. Throws an ExpressionFault when it cannot be answered. */
export function unmetBy(expression: Expression, asked: Asked): Unmet[] {
  if (expression.holds(asked)) return [];
  const whole = { expression, asked, bound: {}, names: {} };
  const unmet = partsUnmet(whole, expression.node, true).slice(0, MAX_UNMET);
  return unmet.length > 0 ? unmet : [{ path: pathOf(whole, expression.node), observed: false, required: 'true' }];
}

interface Place {
  readonly expression: Expression;
  readonly asked: Asked;
  /** The variables of the loops around, with the element that is looked at. */
  readonly bound: Readonly<Record<string, unknown>>;
  /** What those variables stand for, such as `payload.metrics[2]`. */
  readonly names: Readonly<Record<string, string>>;
}

/** A part that cannot be answered by itself, such as what a guard before it keeps from being asked, explains nothing. */
function partsUnmet(place: Place, node: ASTNode, wanted: boolean): Unmet[] {
  try {
    return answeredParts(place, node, wanted);
  } catch (error) {
    if (error instanceof ExpressionFault) return [];
    throw error;
  }
}

/** `wanted`: what the part should say, false under a not. */
function answeredParts(place: Place, node: ASTNode, wanted: boolean): Unmet[] {
  if (valueOf(place, node) === wanted) return [];
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- whatever is no question in itself says true or false
  switch (node.op) {
    case '!_':
      return partsUnmet(place, node.args, !wanted);
    case '?:': {
      const [question, yes, no] = node.args;
      return partsUnmet(place, valueOf(place, question) === true ? yes : no, wanted);
    }
    case '&&':
    case '||':
      return node.args.flatMap((part) => partsUnmet(place, part, wanted));
    case '<': case '<=': case '>': case '>=': case '==': case '!=': case 'in':
      return [comparison(place, node, wanted)];
    case 'call':
      return [ordered(place, node, wanted)];
    case 'rcall':
      if (node.args[0] in TIMES) return [timed(place, node, wanted)];
      return isLoop(node.args[0]) && node.args[0] === 'all' && wanted ? everyUnmet(place, node) : [looked(place, node, wanted)];
    default:
      return [{ path: pathOf(place, node), observed: !wanted, required: String(wanted) }];
  }
}

/** Side by side with a constant, the other side is what was looked at. */
function comparison(place: Place, node: ASTNode & { readonly op: '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in' }, wanted: boolean): Unmet {
  const [left, right] = node.args;
  const flips = isConstant(left) && !isConstant(right) && node.op !== 'in';
  const [seen, against] = flips ? [right, left] : [left, right];
  const sign = flips ? FLIPPED[node.op] ?? node.op : node.op;
  return { ...seenAt(place, seen), required: clip(`${wanted ? '' : 'not '}${sign} ${written(place, against)}`) };
}

/** A question of the model about two things; of any other, its answer. */
function ordered(place: Place, node: ASTNode & { readonly op: 'call' }, wanted: boolean): Unmet {
  const [name, [left, right]] = node.args;
  const order = ORDERS[name];
  if (order === undefined || left === undefined || right === undefined) return { path: pathOf(place, node), observed: !wanted, required: String(wanted) };
  const [seen, against, words] = isConstant(left) && !isConstant(right) ? [right, left, order[1]] : [left, right, order[0]];
  return { ...seenAt(place, seen), required: clip(`${wanted ? '' : 'not '}${words} ${written(place, against)}`) };
}

/** Of a question about now, the instant that was asked about: the clock explains nothing. */
function timed(place: Place, node: ASTNode & { readonly op: 'rcall' }, wanted: boolean): Unmet {
  const [name, , [seen, days]] = node.args;
  if (seen === undefined) return { path: pathOf(place, node), observed: !wanted, required: String(wanted) };
  return { ...seenAt(place, seen), required: TIMES[name]?.(wanted, Number(valueOf(place, days))) ?? String(wanted) };
}

function seenAt(place: Place, node: ASTNode): Pick<Unmet, 'path' | 'observed'> {
  return { path: pathOf(place, node), observed: jsonOf(valueOf(place, node)) };
}

/** A constant as it is, anything else with what it came to. */
function written(place: Place, node: ASTNode): string {
  return isConstant(node) ? textOf(node) : `${pathOf(place, node)} (${JSON.stringify(jsonOf(valueOf(place, node)))})`;
}

/** Of a loop, how many there were to look at; of a question, its answer. */
function looked(place: Place, node: ASTNode & { readonly op: 'rcall' }, wanted: boolean): Unmet {
  const [name, over, args] = node.args;
  const asked = args.map((arg) => textOf(arg));
  if (!isLoop(node.args[0])) return { ...seenAt(place, over), required: clip(`${wanted ? '' : 'not '}${name}(${asked.join(', ')})`) };
  const among = elementsOf(valueOf(place, over));
  const fitting = among.filter((element) => valueOf(inside(place, args[0], element, ''), args[1]) === true).length;
  const found = `${String(fitting)} of ${String(among.length)}`;
  return { path: pathOf(place, over), observed: found, required: clip(`${wanted ? '' : 'not '}${name}: ${asked[1] ?? ''}`) };
}

function everyUnmet(place: Place, node: ASTNode & { readonly op: 'rcall' }): Unmet[] {
  const [, over, [name, predicate]] = node.args;
  const among = valueOf(place, over);
  if (predicate === undefined) return [looked(place, node, true)];
  const unmet: Unmet[] = [];
  for (const [index, element] of elementsOf(among).entries()) {
    if (unmet.length >= MAX_UNMET) break;
    const isItself = isConstant(over) || !Array.isArray(among);
    unmet.push(...partsUnmet(inside(place, name, element, isItself ? JSON.stringify(jsonOf(element)) : `${pathOf(place, over)}[${String(index)}]`), predicate, true));
  }
  return unmet;
}

/** What a loop goes through: of a map, its keys. */
function elementsOf(among: unknown): readonly unknown[] {
  if (Array.isArray(among)) return among;
  return among instanceof Map ? [...among.keys()] : Object.keys(among ?? {});
}

function inside(place: Place, variable: ASTNode | undefined, element: unknown, name: string): Place {
  const id = variable === undefined ? '' : textOf(variable);
  return { ...place, bound: { ...place.bound, [id]: element }, names: { ...place.names, [id]: name } };
}

function valueOf({ expression, asked, bound }: Place, node: ASTNode | undefined): unknown {
  return node === undefined ? null : expression.part(node, asked, bound);
}

/** The text of the part, with the variables of loops replaced by what they stand for, and not in texts that read like one. */
function pathOf({ names }: Place, node: ASTNode): string {
  const nameOf = (word: string): string => (Object.hasOwn(names, word) && names[word] !== '' ? names[word] ?? word : word);
  return clip(textOf(node).replaceAll(/"(?:[^"\\]|\\.)*"|(?<![\w.])[A-Za-z_]\w*/g, nameOf));
}

function isConstant(node: ASTNode): boolean {
  return node.op === 'value' || (node.op === '-_' && isConstant(node.args)) || (node.op === 'list' && node.args.every(isConstant));
}

/** As it can be written down: whole numbers come as big ones, and nobody reads long texts here. */
function jsonOf(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return clip(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (Array.isArray(value)) return `${String(value.length)} items`;
  return 'a record';
}

function clip(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

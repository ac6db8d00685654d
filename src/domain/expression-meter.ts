/**
 * What an expression looks at, paid while it runs: by a loop for every element, and by whatever takes longer the more it is given, before it
 * is done. A step is about as much as looking up one field. The library leaves each node of an expression that was checked with the function
 * that does its work (`handle`); it is done behind one that takes its price.
 */
import type { ASTNode } from '@marcbachmann/cel-js';

/** What failing costs: the library says where, and why. A loop or an || may swallow many failures. */
const FAULT_STEPS = 400;
const CALL_STEPS = 5;
/** An instant is read from its text. */
const INSTANT_STEPS = 120;
const KEY_STEPS = 10;

/** Nothing is recorded about where it was thrown, since it is thrown once for every element of the loops that are open. */
const EXHAUSTED = new Error('Nothing is left.');

/** How many steps are left; below zero, somebody wanted more. */
export interface Purse { left: number }

export class Meter {
  purse: Purse = { left: 0 };

  /** Taken before anything is done. Whatever swallows the failure fails at its next step again. */
  spend(steps: number): void {
    this.purse.left -= steps;
    if (this.purse.left < 0) throw EXHAUSTED;
  }
}

/** The first two say what is worked on: the sides of an operator, all that a function is given, the elements of a loop. */
type Work = (given: unknown, more: unknown, third: unknown, fourth: unknown) => unknown;
type Fields = Readonly<Record<string, unknown>>;
type Price = (given: unknown, more: unknown, meter: Meter) => void;
interface Runner { run(node: unknown, ctx: unknown): unknown }
/** A node as the library runs it, after it was checked. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly meta: { readonly alternate?: Node; readonly macro?: unknown };
  handle: Work;
  left: unknown;
}
interface Loop { readonly iterable: Node; step: Node }

/** From now on the meter is asked before the expression does anything of length; what it costs to begin with. */
export function putOn(root: ASTNode, meter: Meter): number {
  return metered(root as unknown as Node, meter);
}

/** How many nodes are run once, whatever it is asked about. */
function metered(node: Node, meter: Meter): number {
  const { alternate, macro } = node.meta;
  if (alternate !== undefined) return metered(alternate, meter);
  if (macro !== undefined) return CALL_STEPS;
  if (node.op === 'comprehension') return loop(node, node.args as Loop, meter);
  const nodes = partsOf(node).reduce((sum, part) => sum + metered(part, meter), 1);
  const price = priceOf(node.op);
  if (price !== null) before(node, price, meter);
  // Its failure is swallowed where the other side decides.
  if (node.op === '||' || node.op === '&&') node.left = paying(node.left as Node, 0, meter);
  return nodes + stepsOfCall(node);
}

function stepsOfCall({ op, args }: Node): number {
  if (op !== 'call' && op !== 'rcall') return 0;
  return ['isBefore', 'hasPassed', 'isOlderThan'].includes((args as [string])[0]) ? INSTANT_STEPS : CALL_STEPS;
}

function loop(node: Node, over: Loop, meter: Meter): number {
  const each = metered(over.step, meter);
  over.step = paying(over.step, each, meter) as Node;
  before(node, (items) => { if (isRecord(items) && !Array.isArray(items)) payForKeys(items, meter); }, meter);
  return metered(over.iterable, meter) + 1;
}

function before(node: Node, price: Price, meter: Meter): void {
  const { handle } = node;
  node.handle = (given, more, third, fourth) => {
    price(given, more, meter);
    return handle(given, more, third, fourth);
  };
}

function paying(node: Node, steps: number, meter: Meter): unknown {
  return {
    evaluate(runner: Runner, _: unknown, ctx: unknown): unknown {
      meter.spend(steps);
      try {
        return runner.run(node, ctx);
      } catch (error) {
        if (error !== EXHAUSTED) meter.spend(FAULT_STEPS);
        throw error;
      }
    },
  };
}

function partsOf({ op, args }: Node): Node[] {
  switch (op) {
    case 'value': case 'id': case 'accuValue': case 'accuInc':
      return [];
    case '!_': case '-_': case 'accuPush':
      return [args as Node];
    case '.': case '.?':
      return [(args as [Node])[0]];
    case 'call':
      return (args as [string, Node[]])[1];
    case 'rcall':
      return [(args as [string, Node, Node[]])[1], ...(args as [string, Node, Node[]])[2]];
    default:
      return (args as (Node | Node[])[]).flat();
  }
}

function priceOf(op: string): Price | null {
  switch (op) {
    case '==': case '!=': return ofTwo(payForComparing);
    case 'in': return ofTwo(payForMembership);
    case '+': return ofTwo((left, right, meter) => { meter.spend(lengthOf(left) + lengthOf(right)); });
    case '<': case '<=': case '>': case '>=': return ofTwo((left, right, meter) => { meter.spend(Math.min(lengthOf(left), lengthOf(right))); });
    case 'call': case 'rcall': return (given, _, meter) => { payForCall(given as readonly unknown[], meter); };
    default: return null;
  }
}

function ofTwo(price: Price): Price {
  return (left, right, meter) => {
    if (isRecord(left)) payForType(left, meter);
    if (isRecord(right)) payForType(right, meter);
    price(left, right, meter);
  };
}

/** Every part may be compared, so every part is paid for. */
function payForComparing(left: unknown, right: unknown, meter: Meter): void {
  if (typeof left === 'string' && typeof right === 'string') meter.spend(left.length === right.length ? lengthOf(left) : 0);
  if (!isRecord(left) || !isRecord(right) || left === right) return;
  meter.spend(CALL_STEPS);
  if (Array.isArray(left) && Array.isArray(right)) payForParts(left, right, meter);
  else payForFields(left as Fields, right as Fields, meter);
}

function payForFields(left: Fields, right: Fields, meter: Meter): void {
  const names = payForKeys(left, meter);
  if (names.length !== payForKeys(right, meter).length) return;
  for (const name of names) payForComparing(left[name], right[name], meter);
}

function payForParts(left: readonly unknown[], right: readonly unknown[], meter: Meter): void {
  if (left.length !== right.length) return;
  meter.spend(left.length);
  for (let index = 0; index < left.length; index += 1) payForComparing(left[index], right[index], meter);
}

function payForMembership(value: unknown, among: unknown, meter: Meter): void {
  if (!Array.isArray(among)) return;
  meter.spend(lengthOf(among));
  if (isRecord(value) || lengthOf(value) > 0) for (const one of among) payForComparing(value, one, meter);
}

/** A text is read character by character, and may be looked for at every place of another one. */
function payForCall(given: readonly unknown[], meter: Meter): void {
  let places = 1;
  for (const one of given) {
    if (isRecord(one)) payForType(one, meter);
    if (typeof one !== 'string') continue;
    meter.spend(one.length >> 2);
    places *= 1 + lengthOf(one);
  }
  meter.spend(places - 1);
}

/** The type of a list or a map is that of the first of its parts, and theirs; finding the first of a map takes looking at all its keys. */
function payForType(value: unknown, meter: Meter): void {
  for (let part = value; isRecord(part);) {
    const first = Array.isArray(part) ? 0 : payForKeys(part, meter)[0] ?? '';
    part = (part as Fields)[first];
  }
}

function payForKeys(value: object, meter: Meter): string[] {
  const keys = Object.keys(value);
  meter.spend(keys.length * KEY_STEPS);
  return keys;
}

/** In steps: of texts and lists, that are copied and compared many characters and elements at a time. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length >> 5;
  return Array.isArray(value) ? value.length >> 2 : 0;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

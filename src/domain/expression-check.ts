/**
 * What in a condition can never be as it is written: a field that no payload has, a word that is none of its list, a comparison of things that
 * are never the same. The language compiles these, and then they say no for ever, or yes. Looked for before anybody relies on a text, never
 * where it is asked: what was saved once goes on to be answered as it was.
 */
import type { ASTNode } from '@marcbachmann/cel-js';
import { textOf } from './expression.js';
import { alternatives, either, fieldNames, fieldOf, nameOf, NUMBER, TEXT, TRUTH, UNKNOWN, type Kind, type PayloadKinds } from './expression-kinds.js';
import { comparable, instantFlaws, levelFlaws, MOST_FLAWS, prefixFlaws, saidInstead, type Flaw, type Side } from './expression-words.js';
import { isLoop } from './expression-shape.js';
import type { Names } from './nearest.js';
import { knownWhere, narrowed, type Known } from './expression-narrowing.js';

type Variables = Readonly<Record<string, Kind>>;

/** `types`: the types of evidence that the product knows, with their payloads. `known`: their names, and those that the document asks for itself. */
export interface Catalogue { readonly types: PayloadKinds; readonly known: Names }

/** What is wrong with it, in the order of its text: everything, or as much as anybody is told at once. */
export function flawsOf(node: ASTNode, variables: Variables, catalogue: Catalogue): Flaw[] {
  const check = new Check(catalogue);
  check.kindOf(node, variables);
  return [...new Map(check.flaws.map((flaw) => [`${String(flaw.start)} ${flaw.message}`, flaw])).values()].sort((a, b) => a.start - b.start);
}

type Of<Op extends ASTNode['op']> = ASTNode & { readonly op: Op };

class Check {
  readonly flaws: Flaw[] = [];

  constructor(private readonly catalogue: Catalogue) {}

  kindOf(node: ASTNode, variables: Variables): Kind {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- every other operator says true or false of its two sides, or counts
    switch (node.op) {
      case 'value': return kindOfValue(node);
      case 'id': return variables[node.args] ?? UNKNOWN;
      case '.': case '.?': return this.#field(node.args[0], { name: node.args[1], start: node.range.end - node.args[1].length }, variables);
      case '[]': case '[?]': return this.#element(node.args, variables);
      case 'list': return { is: 'list', of: either(node.args.map((part) => this.kindOf(part, variables))) };
      case 'map': return { is: 'record', name: 'This record', fields: Object.fromEntries(node.args.map(([key, value]) => [textOf(key).replaceAll('"', ''), this.kindOf(value, variables)])) };
      case 'call': case 'rcall': return this.#call(node, variables);
      case '?:': return this.#choice(node, variables);
      case '&&': case '||': return this.#sides(node, variables);
      case '!_': case '-_': return this.kindOf(node.args, variables);
      default: return this.#operation(node as Of<'=='>, variables);
    }
  }

  #field(over: ASTNode, field: { readonly name: string; readonly start: number }, variables: Variables): Kind {
    const kind = this.kindOf(over, variables);
    const found = fieldOf(kind, field.name, this.catalogue.types);
    if (found !== null) return found;
    this.#note(() => [{ start: field.start, message: noField(textOf(over), kind, field.name) }]);
    return UNKNOWN;
  }

  /** By its number in a list, by its name in a record. */
  #element([over, key]: readonly [ASTNode, ASTNode], variables: Variables): Kind {
    const [kind, by] = [this.kindOf(over, variables), this.kindOf(key, variables)];
    if (kind.is === 'list') {
      if (!alternatives(by).some(({ is }) => is === 'number' || is === 'unknown')) this.#note(() => [{ start: key.range.start, message: `${textOf(over)} is a list: what is in it is asked for by its number, counted from 0.` }]);
      return kind.of;
    }
    return key.op === 'value' && typeof key.args === 'string' ? this.#field(over, { name: key.args, start: key.range.start }, variables) : UNKNOWN;
  }

  /** What one side says is known on the other, in whichever order they stand. */
  #sides(node: Of<'&&' | '||'>, variables: Variables): Kind {
    const answer = node.op === '&&';
    const [left, right] = node.args;
    this.kindOf(left, narrowed(variables, knownWhere(right, answer, variables)));
    this.kindOf(right, narrowed(variables, knownWhere(left, answer, variables)));
    return TRUTH;
  }

  #choice({ args: [question, yes, no] }: Of<'?:'>, variables: Variables): Kind {
    this.kindOf(question, variables);
    return either([this.kindOf(yes, narrowed(variables, knownWhere(question, true, variables))), this.kindOf(no, narrowed(variables, knownWhere(question, false, variables)))]);
  }

  #operation(node: Of<'=='>, variables: Variables): Kind {
    const sides = node.args.map((part) => ({ node: part, kind: this.kindOf(part, variables) }));
    const [left, right] = sides as [Side, Side];
    if (node.op as string === 'in') {
      this.#note(() => this.#within(left, right));
      return TRUTH;
    }
    if (['==', '!=', '<', '<=', '>', '>='].includes(node.op)) {
      this.#note(() => comparable(left, right, this.catalogue.known));
      return TRUTH;
    }
    return (node.op as string) === '+' ? sumOf(left.kind, right.kind) : NUMBER;
  }

  #within(left: Side, right: Side): Flaw[] {
    if (right.kind.is === 'list') return comparable(left, { node: right.node, kind: right.kind.of }, this.catalogue.known);
    const names = fieldNames(right.kind);
    return names === null || names.length === 0 ? [] : comparable(left, { node: right.node, kind: { is: 'text', words: names } }, this.catalogue.known);
  }

  /** Nobody looks for more than is told: nearest names take their time. */
  #note(look: () => readonly Flaw[]): void {
    if (this.flaws.length < MOST_FLAWS) this.flaws.push(...look());
  }

  #call(node: Of<'call' | 'rcall'>, variables: Variables): Kind {
    const name = node.args[0];
    const given = node.op === 'rcall' ? node.args[2] : node.args[1];
    if (node.op === 'rcall' && isLoop(name)) return this.#loop(name, this.kindOf(node.args[1], variables), given, variables);
    const asked = [...(node.op === 'rcall' ? [node.args[1]] : []), ...given].map((part) => ({ node: part, kind: this.kindOf(part, variables) }));
    const flaws = FLAWS[name];
    if (flaws !== undefined) this.#note(() => flaws(asked));
    return RESULTS[name] ?? TRUTH;
  }

  #loop(name: string, over: Kind, given: readonly ASTNode[], variables: Variables): Kind {
    const [variable, ...asked] = given;
    if (variable?.op !== 'id') return UNKNOWN;
    const inside = (known: Known): Variables => narrowed({ ...variables, [variable.args]: elementOf(over) }, known);
    const [question] = asked;
    const first = inside(new Map());
    const chosen = question === undefined ? first : inside(knownWhere(question, true, first));
    const kinds = asked.map((part, index) => this.kindOf(part, index === 0 ? first : chosen));
    if (name === 'filter') return { is: 'list', of: chosen[variable.args] ?? UNKNOWN };
    return name === 'map' ? { is: 'list', of: kinds.at(-1) ?? UNKNOWN } : TRUTH;
  }
}

const RESULTS: Readonly<Record<string, Kind>> = { size: NUMBER, int: NUMBER, double: NUMBER, string: TEXT };
const FLAWS: Readonly<Record<string, (asked: readonly Side[]) => Flaw[]>> = {
  atLeast: levelFlaws, startsWith: (asked) => prefixFlaws(asked, (word, part) => word.startsWith(part)), endsWith: (asked) => prefixFlaws(asked, (word, part) => word.endsWith(part)), contains: (asked) => prefixFlaws(asked, (word, part) => word.includes(part)),
  isBefore: instantFlaws, hasPassed: instantFlaws, isOlderThan: instantFlaws,
};

function kindOfValue({ args, range }: Of<'value'>): Kind {
  if (typeof args === 'string') return { is: 'text', written: [{ text: args, start: range.start }] };
  if (typeof args === 'boolean') return TRUTH;
  if (args === null) return { is: 'nothing' };
  return typeof args === 'number' || typeof args === 'bigint' ? NUMBER : UNKNOWN;
}

/** Of two lists, what is in either; of two texts, another one. */
function sumOf(left: Kind, right: Kind): Kind {
  const all = [left, right].flatMap(alternatives);
  const lists = all.flatMap((one) => (one.is === 'list' ? [one.of] : []));
  const others = all.filter(({ is }) => is !== 'list').map((one) => (one.is === 'text' || one.is === 'type' ? TEXT : one));
  return either(lists.length === 0 ? others : [...others, { is: 'list', of: either(lists) }]);
}

/** What a loop looks at one after another: of a record, the names of its fields. */
function elementOf(over: Kind): Kind {
  if (over.is === 'list') return over.of;
  const names = fieldNames(over);
  return names === null || names.length === 0 ? UNKNOWN : { is: 'text', words: names };
}

function noField(over: string, kind: Kind, name: string): string {
  const names = fieldNames(kind) ?? [];
  if (names.length === 0) return `${over} is ${nameOf(kind)} and has no fields: there is no ${name} in it.`;
  const which = kind.is === 'record' ? `: it is ${kind.name}` : kind.is === 'either' ? `, whichever of ${String(kind.of.length)} types of evidence it is of; for a type of your own ask for it first, such as e.type == "ours"` : '';
  return `${over} has no field ${name}${which}. ${saidInstead(name, names)}`;
}

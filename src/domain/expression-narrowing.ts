/** What is known of the types of evidence where a part of a condition is asked: behind `e.type == "dpia"` the payload of `e` is that of a dpia. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from './expression-kinds.js';

/** The variables whose evidence is of one of these types. */
export type Known = ReadonlyMap<string, readonly string[]>;

const NOTHING: Known = new Map();

type Variables = Readonly<Record<string, Kind>>;

/** What follows from a part that has this answer, of variables of which this is known before. */
export function knownWhere(node: ASTNode, answer: boolean, variables: Variables): Known {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- nothing follows from any other
  switch (node.op) {
    case '!_':
      return knownWhere(node.args, !answer, variables);
    case '==':
      return answer ? typesSame(node.args, variables) : NOTHING;
    case '!=':
      return answer ? NOTHING : typesSame(node.args, variables);
    case 'in':
      return answer ? typeNamed(...node.args, variables) : NOTHING;
    case '&&':
      return (answer ? both : one)(node.args.map((part) => knownWhere(part, answer, variables)));
    case '||':
      return (answer ? one : both)(node.args.map((part) => knownWhere(part, answer, variables)));
    default:
      return NOTHING;
  }
}

/** The variables where that is known. */
export function narrowed(variables: Variables, known: Known): Variables {
  const found = [...known].filter(([name]) => variables[name]?.is === 'evidence').map(([name, types]) => [name, narrowedTo(variables[name], types)] as const);
  return found.length === 0 ? variables : { ...variables, ...Object.fromEntries(found) };
}

function narrowedTo(kind: Kind | undefined, types: readonly string[]): Kind {
  const before = kind?.is === 'evidence' ? kind.types : null;
  return { is: 'evidence', types: before === null ? types : before.filter((type) => types.includes(type)) };
}

/** Whichever side is asked, the other says what it is. */
function typesSame([left, right]: readonly [ASTNode, ASTNode], variables: Variables): Known {
  return both([typeNamed(left, right, variables), typeNamed(right, left, variables)]);
}

function typeNamed(asked: ASTNode, against: ASTNode, variables: Variables): Known {
  const name = whoseType(asked);
  const types = (against.op === 'list' ? against.args : [against]).map((part) => typesSaid(part, variables));
  return name !== null && types.every((some) => some !== null) ? new Map([[name, types.flat()]]) : NOTHING;
}

/** The variable whose type is asked for; null = it is something else. */
function whoseType(node: ASTNode): string | null {
  return node.op === '.' && node.args[1] === 'type' && node.args[0].op === 'id' ? node.args[0].args : null;
}

/** The types that this can be: one that is written here, or those of a piece of evidence of which they are known; null = any. */
function typesSaid(node: ASTNode, variables: Variables): readonly string[] | null {
  if (node.op === 'value') return typeof node.args === 'string' ? [node.args] : null;
  const kind = variables[whoseType(node) ?? ''];
  return kind?.is === 'evidence' ? kind.types : null;
}

/** All of them hold. */
function both(all: readonly Known[]): Known {
  const found = new Map<string, readonly string[]>();
  for (const known of all) for (const [name, types] of known) found.set(name, found.get(name)?.filter((type) => types.includes(type)) ?? types);
  return found;
}

/** One of them holds, and nobody knows which. */
function one([first = NOTHING, ...others]: readonly Known[]): Known {
  return new Map([...first].filter(([name]) => others.every((known) => known.has(name))).map(([name, types]) => [name, [...new Set([...types, ...others.flatMap((known) => known.get(name) ?? [])])]]));
}

/** What is known of the types of evidence where a part of a condition is asked: behind `e.type == "dpia"` the payload of `e` is that of a dpia. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from './expression-kinds.js';

/** The variables whose evidence is of one of these types. */
export type Known = ReadonlyMap<string, readonly string[]>;

const NOTHING: Known = new Map();

/** What follows from a part that has this answer. */
export function knownWhere(node: ASTNode, answer: boolean): Known {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- nothing follows from any other
  switch (node.op) {
    case '!_':
      return knownWhere(node.args, !answer);
    case '==':
      return answer ? typeNamed(node.args) : NOTHING;
    case '!=':
      return answer ? NOTHING : typeNamed(node.args);
    case 'in':
      return answer ? typeNamed(node.args) : NOTHING;
    case '&&':
      return (answer ? both : one)(node.args.map((part) => knownWhere(part, answer)));
    case '||':
      return (answer ? one : both)(node.args.map((part) => knownWhere(part, answer)));
    default:
      return NOTHING;
  }
}

/** The variables where that is known. */
export function narrowed(variables: Readonly<Record<string, Kind>>, known: Known): Readonly<Record<string, Kind>> {
  const found = [...known].filter(([name]) => variables[name]?.is === 'evidence').map(([name, types]) => [name, narrowedTo(variables[name], types)] as const);
  return found.length === 0 ? variables : { ...variables, ...Object.fromEntries(found) };
}

function narrowedTo(kind: Kind | undefined, types: readonly string[]): Kind {
  const before = kind?.is === 'evidence' ? kind.types : null;
  return { is: 'evidence', types: before === null ? types : before.filter((type) => types.includes(type)) };
}

function typeNamed([left, right]: readonly [ASTNode, ASTNode]): Known {
  const [asked, against] = left.op === '.' ? [left, right] : [right, left];
  if (asked.op !== '.' || asked.args[1] !== 'type' || asked.args[0].op !== 'id') return NOTHING;
  const types = (against.op === 'list' ? against.args : [against]).map((part) => (part.op === 'value' ? part.args : null));
  return types.every((type) => typeof type === 'string') ? new Map([[asked.args[0].args, types]]) : NOTHING;
}

/** All of them hold. */
function both(all: readonly Known[]): Known {
  const found = new Map<string, readonly string[]>();
  for (const known of all) for (const [name, types] of known) found.set(name, found.get(name)?.filter((type) => types.includes(type)) ?? types);
  return found;
}

/** One of them holds, and nobody knows which. */
function one([first = NOTHING, ...others]: readonly Known[]): Known {
  return new Map([...first].filter(([name]) => others.every((known) => known.has(name))).map(([name, types]) => [name, [...types, ...others.flatMap((known) => known.get(name) ?? [])]]));
}

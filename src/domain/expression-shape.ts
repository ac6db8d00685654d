/** What in an expression is not of the language, or goes further than it lets anybody go: found in its text, before it is asked about anything. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { VARIABLES } from './expression-model.js';

export interface Foreign { readonly message: string; readonly start: number; readonly end: number }

interface Shape {
  /** How many loops are inside each other. */
  readonly nesting: number;
  /** How many times `map` makes values of its own. */
  readonly maps: number;
  readonly foreign: readonly Foreign[];
}

/** Loops over a list: each names a variable, and says what is asked of every element. */
export const LOOPS = ['all', 'exists', 'exists_one', 'filter', 'map'] as const;
/** Regular expressions are not among them: one pattern can hang the gate. */
const FUNCTIONS: readonly string[] = [...LOOPS, 'has', 'size', 'contains', 'startsWith', 'endsWith', 'int', 'double', 'string', 'atLeast', 'isBefore', 'hasPassed', 'isOlderThan'];
const MAX_NESTING = 3;
const NAMES: ReadonlySet<string> = new Set(['clock', ...Object.values(VARIABLES).flatMap((names) => Object.keys(names))]);

export function foreignTo(node: ASTNode): readonly Foreign[] {
  return shapeOf(node).foreign;
}

export function isLoop(name: string): boolean {
  return (LOOPS as readonly string[]).includes(name);
}

function shapeOf(node: ASTNode): Shape {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- every other operator has two or three operands
  switch (node.op) {
    case 'value':
    case 'id':
      return { nesting: 0, maps: 0, foreign: [] };
    case '.':
    case '.?':
      return shapeOf(node.args[0]);
    case 'call':
      return shapeOfCall(node, [], node.args[1]);
    case 'rcall':
      return shapeOfCall(node, [node.args[1]], node.args[2]);
    case 'map':
      return together(node.args.flat());
    case '!_':
    case '-_':
      return shapeOf(node.args);
    default:
      return together(node.args);
  }
}

function shapeOfCall(node: ASTNode & { readonly op: 'call' | 'rcall' }, receiver: readonly ASTNode[], asked: readonly ASTNode[]): Shape {
  const name = node.args[0];
  const [over, body] = [together(receiver), together(asked)];
  const nesting = isLoop(name) ? Math.max(over.nesting, body.nesting + 1) : Math.max(over.nesting, body.nesting);
  const maps = over.maps + body.maps + (name === 'map' ? 1 : 0);
  const said = [
    ...(FUNCTIONS.includes(name) ? [] : [`${name} is no function of this language; there are ${FUNCTIONS.join(', ')}.`]),
    ...(nesting > MAX_NESTING && isLoop(name) ? [`At most ${String(MAX_NESTING)} loops may be inside each other.`] : []),
    ...(name === 'map' && maps > 1 ? ['map may be used once.'] : []),
    ...(isLoop(name) && hides(asked[0]) ? ['The variable of a loop has a name of its own.'] : []),
  ];
  return { nesting, maps, foreign: [...said.map((message) => ({ message, ...node.range })), ...over.foreign, ...body.foreign] };
}

/** What it hides could not be told from it where a part is explained. */
function hides(variable: ASTNode | undefined): boolean {
  return variable?.op === 'id' && NAMES.has(variable.args);
}

function together(nodes: readonly ASTNode[]): Shape {
  const shapes = nodes.map(shapeOf);
  return { nesting: Math.max(0, ...shapes.map(({ nesting }) => nesting)), maps: shapes.reduce((sum, { maps }) => sum + maps, 0), foreign: shapes.flatMap(({ foreign }) => foreign) };
}

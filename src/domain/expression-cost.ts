/** How much an expression looks at, from its shape and the sizes of what it is asked about; and what in it is not of the language. */
import type { ASTNode } from '@marcbachmann/cel-js';

/** The lengths of the lists among the variables, and of the longest list anywhere inside them. */
export interface Sizes { readonly lengths: ReadonlyMap<string, number>; readonly longest: number }

export interface Weight {
  /** An upper bound of the values that are looked at. */
  readonly steps: number;
  /** An upper bound of the length of its value, should that be a list. */
  readonly length: number;
  /** How many loops are inside each other. */
  readonly nesting: number;
  /** How many times `map` makes values of its own: a chain of them could make what grows with each. */
  readonly maps: number;
  readonly foreign: readonly { readonly message: string; readonly start: number; readonly end: number }[];
}

/** Loops over a list: each names a variable, and says what is asked of every element. */
export const LOOPS = ['all', 'exists', 'exists_one', 'filter', 'map'] as const;
/** Regular expressions are not among them: one pattern can hang the gate. */
const FUNCTIONS: readonly string[] = [...LOOPS, 'has', 'size', 'contains', 'startsWith', 'endsWith', 'int', 'double', 'string', 'atLeast', 'hasPassed', 'isOlderThan'];
const MAX_NESTING = 3;

/** Without sizes, only nesting and foreign names are of use. */
export function weigh(node: ASTNode, sizes: Sizes | null): Weight {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- every other operator has two or three operands and no length
  switch (node.op) {
    case 'value':
      return LEAF;
    case 'id':
      return { ...LEAF, length: sizes?.lengths.get(node.args) ?? sizes?.longest ?? 0 };
    case '.':
    case '.?':
      return { ...all([weigh(node.args[0], sizes)]), length: sizes?.longest ?? 0 };
    case 'call':
    case 'rcall':
      return weighCall(node, sizes);
    case 'list':
      return { ...all(node.args.map((arg) => weigh(arg, sizes))), length: node.args.length };
    case 'map':
      return all(node.args.flat().map((arg) => weigh(arg, sizes)));
    case '!_':
    case '-_':
      return all([weigh(node.args, sizes)]);
    case '+': {
      const parts = node.args.map((arg) => weigh(arg, sizes));
      return { ...all(parts), length: parts.reduce((sum, part) => sum + part.length, 0) };
    }
    default:
      return all(node.args.map((arg) => weigh(arg, sizes)));
  }
}

const LEAF: Weight = { steps: 1, length: 0, nesting: 0, maps: 0, foreign: [] };

function weighCall(node: ASTNode & { readonly op: 'call' | 'rcall' }, sizes: Sizes | null): Weight {
  const name = node.args[0];
  const over = node.op === 'rcall' ? weigh(node.args[1], sizes) : LEAF;
  const asked = (node.op === 'rcall' ? node.args[2] : node.args[1]).map((arg) => weigh(arg, sizes));
  const body = all(asked);
  const known = FUNCTIONS.includes(name) ? [] : [{ message: `${name} is no function of this language; there are ${FUNCTIONS.join(', ')}.`, ...node.range }];
  const foreign = [...known, ...over.foreign, ...body.foreign];
  if (!isLoop(name)) return { ...all([over, body]), foreign };
  const nesting = Math.max(over.nesting, body.nesting + 1);
  const tooDeep = nesting > MAX_NESTING ? [{ message: `At most ${String(MAX_NESTING)} loops may be inside each other.`, ...node.range }] : [];
  const maps = over.maps + body.maps + (name === 'map' ? 1 : 0);
  const tooMany = name === 'map' && maps > 1 ? [{ message: 'map may be used once.', ...node.range }] : [];
  return { steps: over.steps + over.length * body.steps, length: over.length, nesting, maps, foreign: [...foreign, ...tooDeep, ...tooMany] };
}

function isLoop(name: string): boolean {
  return (LOOPS as readonly string[]).includes(name);
}

/** Of parts that are looked at one after the other. */
function all(parts: readonly Weight[]): Weight {
  return {
    steps: parts.reduce((sum, part) => sum + part.steps, 1), length: Math.max(0, ...parts.map((part) => part.length)),
    nesting: Math.max(0, ...parts.map((part) => part.nesting)), maps: parts.reduce((sum, part) => sum + part.maps, 0), foreign: parts.flatMap((part) => part.foreign),
  };
}

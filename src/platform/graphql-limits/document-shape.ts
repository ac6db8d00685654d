/**
 * How large a document is, with its fragments written out where they are used: a short text can stand for a long one. Each fragment is
 * measured once, so that measuring costs as much as the text is long, whatever it stands for.
 */
import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';

export interface Shape {
  /** Levels of fields, not counting those that only wrap a page. */
  readonly depth: number;
  /** Levels of fields, all of them. */
  readonly nesting: number;
  readonly fields: number;
  readonly aliases: number;
  /** Fields that are written down more than once in the same braces. */
  readonly repeats: number;
  /** How often each field is asked for at this very level. */
  readonly here: Readonly<Record<string, number>>;
  /** What is asked about the schema itself, which has a budget of its own. */
  readonly schema: { readonly nesting: number; readonly fields: number };
}

const WRAPPERS: ReadonlySet<string> = new Set(['edges', 'node', 'nodes', 'pageInfo']);
export const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type']);
const NOTHING: Shape = { depth: 0, nesting: 0, fields: 0, aliases: 0, repeats: 0, here: {}, schema: { nesting: 0, fields: 0 } };

/** The shape of each operation of a document. */
export function shapesOf(document: DocumentNode): Shape[] {
  const fragments = new Map(document.definitions.filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]));
  const measure = new Measure(fragments);
  return document.definitions.flatMap((node) => (node.kind === Kind.OPERATION_DEFINITION ? [measure.selections(node.selectionSet)] : []));
}

class Measure {
  readonly #known = new Map<string, Shape>();

  constructor(private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>) {}

  selections(set: SelectionSetNode): Shape {
    const shape = set.selections.map((node) => this.#selection(node)).reduce(beside, NOTHING);
    return { ...shape, repeats: shape.repeats + repeatsIn(set) };
  }

  #selection(node: SelectionNode): Shape {
    if (node.kind === Kind.INLINE_FRAGMENT) return this.selections(node.selectionSet);
    if (node.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(node.name.value);
    const within = node.selectionSet === undefined ? NOTHING : this.selections(node.selectionSet);
    const name = node.name.value;
    const [fields, nesting] = [within.fields + 1, within.nesting + 1];
    const seen = { aliases: within.aliases + (node.alias === undefined ? 0 : 1), repeats: within.repeats, here: { [name]: 1 } };
    if (INTROSPECTION.has(name)) return { ...seen, depth: 1, nesting: 1, fields: 1, schema: { nesting, fields } };
    return { ...seen, depth: within.depth + (WRAPPERS.has(name) ? 0 : 1), nesting, fields, schema: within.schema };
  }

  /** A fragment that contains itself, or that is not there, is refused elsewhere. */
  #fragment(name: string): Shape {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, NOTHING);
    const fragment = this.fragments.get(name);
    const shape = fragment === undefined ? NOTHING : this.selections(fragment.selectionSet);
    this.#known.set(name, shape);
    return shape;
  }
}

function beside(a: Shape, b: Shape): Shape {
  return {
    depth: Math.max(a.depth, b.depth), nesting: Math.max(a.nesting, b.nesting), fields: a.fields + b.fields, aliases: a.aliases + b.aliases, repeats: a.repeats + b.repeats,
    here: added(a.here, b.here), schema: { nesting: Math.max(a.schema.nesting, b.schema.nesting), fields: a.schema.fields + b.schema.fields },
  };
}

function added(a: Shape['here'], b: Shape['here']): Shape['here'] {
  const sum: Record<string, number> = Object.assign(Object.create(null) as Record<string, number>, a);
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

function repeatsIn(set: SelectionSetNode): number {
  const names = set.selections.flatMap((node) => (node.kind === Kind.FIELD ? [node.alias?.value ?? node.name.value] : []));
  return names.length - new Set(names).size;
}

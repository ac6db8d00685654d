/**
 * How many records an operation may ask for at most: the sizes of its lists, from arguments, variables and defaults, multiplied where lists
 * stand within lists. A list without a size argument is bounded by its own rule, and counts once unless it is long. A page of no possible size is refused.
 */
import { getNamedType, isInterfaceType, isObjectType, Kind, type FieldNode, type FragmentDefinitionNode, type GraphQLField, type GraphQLNamedType, type GraphQLSchema, type DocumentNode, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode, type ValueNode } from 'graphql';
import { checkFirst } from '../paging.js';

/** The argument by which every list of ours is asked for a size. */
const SIZE = 'first';

/** Lists of facts of the product that nobody asks for by size, by type and field. */
const LONG: Readonly<Record<string, number>> = { 'SystemObligations.obligations': 65, 'NextLegalChange.changes': 65, 'LegalObligation.because': 5, 'LegalObligation.servedBy': 5, 'LegalObligation.confirmations': 5 };

export interface Asked { readonly schema: GraphQLSchema; readonly document: DocumentNode; readonly operation: OperationDefinitionNode; readonly variables: Readonly<Record<string, unknown>> }

export function costOf({ schema, document, operation, variables }: Asked): number {
  const fragments = new Map(document.definitions.filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]));
  const defaults = Object.fromEntries((operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [variable.name.value, defaultValue === undefined ? undefined : numberIn(defaultValue, {})]));
  return new Cost(schema, fragments, { ...defaults, ...variables }).selections(schema.getRootType(operation.operation), operation.selectionSet);
}

class Cost {
  readonly #known = new Map<string, number>();

  constructor(private readonly schema: GraphQLSchema, private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>, private readonly variables: Readonly<Record<string, unknown>>) {}

  selections(type: GraphQLNamedType | null | undefined, set: SelectionSetNode): number {
    return set.selections.reduce((sum, node) => sum + this.#selection(type, node), 0);
  }

  #selection(type: GraphQLNamedType | null | undefined, node: SelectionNode): number {
    if (node.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(node.name.value);
    if (node.kind === Kind.INLINE_FRAGMENT) return this.selections(node.typeCondition === undefined ? type : this.schema.getType(node.typeCondition.name.value), node.selectionSet);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (field === undefined || node.selectionSet === undefined) return 0;
    const inner = this.selections(getNamedType(field.type), node.selectionSet);
    const long = longOf(type, field);
    return long === undefined ? 1 + this.#size(field, node) * inner : long * (1 + inner);
  }

  #fragment(name: string): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, 0);
    const fragment = this.fragments.get(name);
    const cost = fragment === undefined ? 0 : this.selections(this.schema.getType(fragment.typeCondition.name.value), fragment.selectionSet);
    this.#known.set(name, cost);
    return cost;
  }

  #size(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    const argument = field.args.find(({ name }) => name === SIZE);
    if (argument === undefined) return 1;
    const given = node.arguments?.find(({ name }) => name.value === SIZE)?.value;
    const size = given === undefined ? undefined : numberIn(given, this.variables);
    return size === undefined ? (typeof argument.defaultValue === 'number' ? argument.defaultValue : 1) : checkFirst(size);
  }
}

function longOf(type: GraphQLNamedType | null | undefined, { name }: GraphQLField<unknown, unknown>): number | undefined {
  return LONG[`${type?.name ?? ''}.${name}`];
}

function numberIn(value: ValueNode, variables: Readonly<Record<string, unknown>>): number | undefined {
  const found = value.kind === Kind.VARIABLE ? variables[value.name.value] : value.kind === Kind.INT ? Number(value.value) : undefined;
  return typeof found === 'number' ? found : undefined;
}

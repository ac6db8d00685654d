// What a list of the published schema can be narrowed and sorted by, and what of it a document uses: found by parsing, so that the filter of one
// list never counts for another that is called the same.
import { getNamedType, isEnumType, isInputObjectType, Kind, parse, type ArgumentNode, type FieldNode, type GraphQLField, type GraphQLSchema } from 'graphql';

/** Arguments that turn pages, as every list has them. */
const OF_PAGES = ['first', 'after'];

/** Each argument, each part of the filter and each order of every list, such as `risks.filter.owner` and `risks.sort.LEVEL`. */
export function offered(schema: GraphQLSchema): string[] {
  const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).filter((field) => getNamedType(field.type).name.endsWith('Connection'));
  return lists.flatMap((list) => list.args.filter(({ name }) => !OF_PAGES.includes(name)).flatMap((arg) => waysOf(list, arg.name)));
}

function waysOf(list: GraphQLField<unknown, unknown>, name: string): string[] {
  const arg = list.args.find((candidate) => candidate.name === name);
  const type = arg === undefined ? undefined : getNamedType(arg.type);
  if (isInputObjectType(type)) return Object.keys(type.getFields()).map((field) => `${list.name}.${name}.${field}`);
  if (name === 'sort' && isEnumType(type)) return type.getValues().map((value) => `${list.name}.sort.${value.name}`);
  return [`${list.name}.${name}`];
}

/** What the lists at the root of these documents are asked for. An order that is left out is the default one. */
export function used(schema: GraphQLSchema, documents: readonly string[]): Set<string> {
  const lists = schema.getQueryType()?.getFields() ?? {};
  const asked = documents.flatMap((document) => parse(document).definitions).flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []));
  return new Set(asked.flatMap((field) => {
    const list = field.kind === Kind.FIELD ? lists[field.name.value] : undefined;
    return field.kind === Kind.FIELD && list !== undefined ? [...defaultOrder(list, field), ...(field.arguments ?? []).flatMap((arg) => waysIn(list.name, arg))] : [];
  }));
}

function defaultOrder(list: GraphQLField<unknown, unknown>, field: FieldNode): string[] {
  const order: unknown = list.args.find(({ name }) => name === 'sort')?.defaultValue;
  return typeof order === 'string' && !field.arguments?.some(({ name }) => name.value === 'sort') ? [`${list.name}.sort.${order}`] : [];
}

function waysIn(list: string, { name, value }: ArgumentNode): string[] {
  if (value.kind === Kind.OBJECT) return value.fields.map((part) => `${list}.${name.value}.${part.name.value}`);
  return [name.value === 'sort' && value.kind === Kind.ENUM ? `${list}.sort.${value.value}` : `${list}.${name.value}`];
}

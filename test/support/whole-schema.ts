// Documents that together ask for every field of the schema: for each type one way to it from a root field, and there all of its fields.
import { getNamedType, isLeafType, isObjectType, isRequiredArgument, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';

export interface TypeDocument {
  readonly type: string;
  readonly root: string;
  /** What is selected below the root field. */
  readonly selection: string;
  readonly fields: readonly string[];
}

interface Way { readonly root: string; readonly steps: readonly string[] }

/** At most so many ways to a type: whether there is something at the end depends on the records. */
const WAYS = 6;
const DEPTH = 6;

/** Every field of every type that a client may read, as "Type.field". */
export function allFields(schema: GraphQLSchema): string[] {
  return objectTypes(schema).flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)).sort();
}

/** For each type the shortest ways to it, each as a document's selection; the first one is enough where it ends at a record. */
export function waysToTypes(schema: GraphQLSchema): Map<string, TypeDocument[]> {
  const ways = waysFrom(schema.getMutationType(), waysFrom(schema.getQueryType(), new Map()));
  return new Map(objectTypes(schema).map((type) => [type.name, (ways.get(type.name) ?? []).map(({ root, steps }) => documentFor(type, root, steps))]));
}

/** Breadth first. What a query shows needs no mutation: types that are known already are left out. */
function waysFrom(start: GraphQLObjectType | null | undefined, known: ReadonlyMap<string, readonly Way[]>): Map<string, readonly Way[]> {
  const ways = new Map(known);
  const queue = Object.values(start?.getFields() ?? {}).flatMap((root) => ending(root, { root: root.name, steps: [] }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { type, way } = next;
    const found = ways.get(type.name) ?? [];
    if (known.has(type.name) || found.length >= WAYS || way.steps.length > DEPTH) continue;
    ways.set(type.name, [...found, way]);
    for (const field of Object.values(type.getFields())) queue.push(...ending(field, { root: way.root, steps: [...way.steps, asked(field)] }));
  }
  return ways;
}

/** Everything that a root field answers with, down to this depth. */
export function selectionOf(schema: GraphQLSchema, root: string, depth: number): string {
  const field = schema.getQueryType()?.getFields()[root] ?? schema.getMutationType()?.getFields()[root];
  const within = (type: unknown, left: number): string => !isObjectType(type) ? '' : Object.values(type.getFields())
    .map((one) => ({ one, type: getNamedType(one.type) })).filter(({ type: inner }) => isLeafType(inner) || left > 0)
    .map(({ one, type: inner }) => isLeafType(inner) ? one.name : `${asked(one)} { __typename ${within(inner, left - 1)} }`).join(' ');
  return field === undefined ? '' : within(getNamedType(field.type), depth);
}

function objectTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(isObjectType).filter((type) => !type.name.startsWith('__') && type !== schema.getQueryType() && type !== schema.getMutationType());
}

function ending(field: GraphQLField<unknown, unknown>, way: Way): { type: GraphQLObjectType; way: Way }[] {
  const type = getNamedType(field.type);
  return isObjectType(type) ? [{ type, way }] : [];
}

/** Lists within lists are asked for a few records at a time. */
function asked({ name, args }: GraphQLField<unknown, unknown>): string {
  return args.some((arg) => arg.name === 'first') ? `${name}(first: 3)` : name;
}

/** What is selected of a record behind an edge: what it says of itself, where nothing has to be given to ask for it. */
function leavesOf(type: unknown): string {
  return !isObjectType(type) ? '' : Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument)).map(({ name }) => ` ${name}`).join('');
}

/** All fields of a type, at the end of this way to it, and of what they lead to all that is no record itself. */
export function documentFor(type: GraphQLObjectType, root: string, steps: readonly string[]): TypeDocument {
  const fields = Object.values(type.getFields());
  const all = fields.map((field) => isLeafType(getNamedType(field.type)) ? field.name : `${asked(field)} { __typename${leavesOf(getNamedType(field.type))} }`);
  const selection = steps.reduceRight((inner, step) => `${step} { ${inner} }`, `is: __typename ${all.join(' ')}`);
  return { type: type.name, root, selection, fields: fields.map(({ name }) => `${type.name}.${name}`) };
}

// Documents that a hostile client would write by hand: valid for the schema, so that they reach resolvers, and with arguments that are a
// mixture of what is there, what is somebody else's, and what nobody would send. The same chance gives the same documents.
import { getNamedType, isEnumType, isInputObjectType, isInterfaceType, isLeafType, isListType, isNonNullType, isObjectType, isRequiredInputField, isRequiredArgument, type GraphQLArgument, type GraphQLField, type GraphQLInputObjectType, type GraphQLInputType, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import type { HostileRequest } from './random-documents.js';
import type { Chance } from './world-random.js';

type Arguments = Readonly<Record<string, unknown>>;

export interface Known {
  /** Ids and numbers of records that are there, and of some that are another organization's. */
  readonly names: readonly string[];
  /** Arguments of a root field that would be accepted. */
  readonly samples: (root: string) => Arguments;
}

const TEXTS = ['', ' ', '0', 'R-1', 'a\u0000b', 'half \ud800 a pair', '\u202Eright to left', '💥'.repeat(300), 'x'.repeat(5000), 'x'.repeat(60_000), "' or 1=1 --", '%_%', '=cmd|x', '../../etc/passwd', '{"a":1}', '__proto__', 'sha256:'.padEnd(71, 'a'), 'ab'.repeat(32), '\r\nx: y', '-'.repeat(200), 'a'.repeat(40) + '!'];
const INSTANTS = ['2099-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-02-28T23:59:59.999999+14:00', '2026-11-26T08:00:00Z'];
const NUMBERS = [1, 1, 2, 3, 5, 0, -1, 2_147_483_647, -2_147_483_648];
const MOST_ALIASES = 12;
/** Lists within lists hold at most so many records: near the limit, and now and then above it. */
const MOST_RECORDS = 120_000;

export class ValidDocuments {
  constructor(private readonly schema: GraphQLSchema, private readonly known: Known, private readonly chance: Chance) {}

  next(): HostileRequest {
    const kind = this.chance.happens(0.75) ? 'query' : 'mutation';
    return new Draft(this.schema, this.known, this.chance).document(kind);
  }
}

/** One document in the making. */
class Draft {
  readonly #declared: string[] = [];
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  #aliases = 0;
  /** Whether this one asks for as many records as it may. */
  readonly #isWide: boolean;

  constructor(private readonly schema: GraphQLSchema, private readonly known: Known, private readonly chance: Chance) {
    this.#isWide = chance.happens(0.15);
  }

  document(kind: 'query' | 'mutation'): HostileRequest {
    const fields = Object.values((kind === 'query' ? this.schema.getQueryType() : this.schema.getMutationType())?.getFields() ?? {});
    const depth = this.chance.between(1, this.#isWide ? 6 : 5);
    const roots = Array.from({ length: this.chance.between(1, kind === 'query' ? 3 : 2) }, (_, i) => {
      const root = this.chance.pick(fields);
      this.#aliases += 1;
      return `r${String(i)}: ${this.#asked(root, { depth, records: 1, sample: this.known.samples(root.name) })}`;
    });
    const head = this.#declared.length === 0 ? kind : `${kind} Q(${this.#declared.join(', ')})`;
    return { query: `${head} { ${roots.join(' ')} } ${this.#fragments.join(' ')}`, variables: this.#variables };
  }

  #asked(field: GraphQLField<unknown, unknown>, at: { depth: number; records: number; sample?: Arguments }): string {
    const size = field.args.some(({ name }) => name === 'first') ? this.#size(at.records) : 1;
    const args = field.args.filter((arg) => isRequiredArgument(arg) || arg.name === 'first' || this.chance.happens(0.4)).map((arg) => `${arg.name}: ${this.#variable(arg, size, at.sample?.[arg.name])}`);
    const type = getNamedType(field.type);
    const directive = this.chance.happens(0.03) ? ' @include(if: true)' : '';
    return `${field.name}${args.length === 0 ? '' : `(${args.join(', ')})`}${directive}${isLeafType(type) ? '' : ` ${this.#selection(type, at.depth, at.records * size)}`}`;
  }

  #size(records: number): number {
    if (this.#isWide) return Math.max(1, Math.min(this.chance.between(30, 100), Math.floor(MOST_RECORDS / records)));
    return this.chance.weighted([[20, this.chance.between(1, 10)], [5, 50], [3, 100], [1, this.chance.pick([0, -1, 101, 2_147_483_647])]]);
  }

  #selection(type: GraphQLNamedType, depth: number, records: number): string {
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const [leaves, inner] = [fields.filter((field) => isLeafType(getNamedType(field.type))), fields.filter((field) => !isLeafType(getNamedType(field.type)))];
    const chosen = [...this.chance.shuffled(leaves).slice(0, this.chance.between(0, 6)), ...(depth > 0 ? this.#within(inner) : [])];
    const parts = ['__typename', ...chosen.map((field) => `${this.#alias()}${this.#asked(field, { depth: depth - 1, records })}`)];
    if (isInterfaceType(type) && depth > 0) parts.push(this.#onOneOf(this.schema.getPossibleTypes(type), depth, records));
    return this.chance.happens(0.1) ? this.#fragment(type, parts.join(' ')) : `{ ${parts.join(' ')} }`;
  }

  /** What a page wraps is always asked for; of a record's lists only a few, so that the document stays within its limits. */
  #within(inner: readonly GraphQLField<unknown, unknown>[]): GraphQLField<unknown, unknown>[] {
    const nodes = inner.filter(({ name }) => name === 'nodes');
    if (nodes.length > 0) return nodes;
    const lists = inner.filter(({ args }) => args.some(({ name }) => name === 'first'));
    return this.#isWide && lists.length > 0 ? [this.chance.pick(lists)] : this.chance.shuffled(inner).slice(0, this.chance.between(0, 3));
  }

  #onOneOf(types: readonly GraphQLNamedType[], depth: number, records: number): string {
    const type = this.chance.pick(types);
    return `... on ${type.name} ${this.#selection(type, depth - 1, records)}`;
  }

  #fragment(type: GraphQLNamedType, fields: string): string {
    const name = `F${String(this.#fragments.length)}`;
    this.#fragments.push(`fragment ${name} on ${type.name} { ${fields} }`);
    return `{ ...${name} }`;
  }

  #alias(): string {
    if (this.#aliases >= MOST_ALIASES || !this.chance.happens(0.1)) return '';
    this.#aliases += 1;
    return `a${String(this.#aliases)}: `;
  }

  #variable(arg: GraphQLArgument, size: number, sample: unknown): string {
    const name = `v${String(this.#declared.length)}`;
    this.#declared.push(`$${name}: ${String(arg.type)}`);
    this.#variables[name] = arg.name === 'first' ? size : this.#value(arg.type, arg.name, sample);
    return `$${name}`;
  }

  /** Mostly what would be accepted, where there is a sample, with something else in a place or two. */
  #value(type: GraphQLInputType, name: string, sample: unknown): unknown {
    if (isNonNullType(type)) return this.#value(type.ofType, name, sample) ?? this.#leaf(getNamedType(type), name);
    if (sample === null || this.chance.happens(0.01)) return null;
    if (isListType(type)) return this.#list(type.ofType, name, sample);
    if (isInputObjectType(type)) return this.#object(type, sample as Arguments | undefined);
    return this.#keeps(sample) ? sample : this.#leaf(type, name);
  }

  #keeps(sample: unknown): boolean {
    return sample !== undefined && this.chance.happens(0.9);
  }

  #list(type: GraphQLInputType, name: string, sample: unknown): unknown[] {
    if (Array.isArray(sample) && this.chance.happens(0.9)) return sample.map((item) => this.#value(type, name, item));
    const length = this.chance.weighted([[10, this.chance.between(0, 3)], [1, isInputObjectType(getNamedType(type)) ? 20 : 200]]);
    return Array.from({ length }, () => this.#value(type, name, undefined));
  }

  #object(type: GraphQLInputObjectType, sample: Arguments | undefined): Arguments {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const [only] = sample === undefined || this.chance.happens(0.2) ? [this.chance.pick(fields)] : fields.filter(({ name }) => sample[name] !== undefined);
      return only === undefined ? {} : { [only.name]: this.#value(only.type, only.name, sample?.[only.name]) };
    }
    const given = fields.filter((field) => isRequiredInputField(field) || (sample?.[field.name] !== undefined ? this.chance.happens(0.97) : this.chance.happens(sample === undefined ? 0.3 : 0.03)));
    return Object.fromEntries(given.map((field) => [field.name, this.#value(field.type, field.name, sample?.[field.name])]));
  }

  #leaf(type: GraphQLNamedType, name: string): unknown {
    if (isEnumType(type)) return this.chance.pick(type.getValues()).name;
    if (type.name === 'Boolean') return this.chance.happens(0.5);
    if (type.name === 'Int') return this.chance.pick(NUMBERS);
    if (type.name === 'DateTime') return this.chance.pick(INSTANTS);
    return this.chance.happens(name === 'after' ? 0.9 : 0.5) ? this.chance.pick(TEXTS) : this.chance.pick(this.known.names);
  }
}

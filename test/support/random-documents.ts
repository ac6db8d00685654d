// Documents that nobody would write: fields of the schema in any order and depth, with aliases, fragments, directives and values of any kind,
// and then a few tokens torn out, doubled or exchanged. The same seed gives the same documents.
import { getNamedType, isInterfaceType, isLeafType, isObjectType, isRequiredArgument, type GraphQLField, type GraphQLNamedType, type GraphQLSchema } from 'graphql';

export interface HostileRequest { readonly query: string; readonly variables: unknown; readonly operationName?: string }

const VALUES = ['1', '-1', '999999999999999999999', '1e400', '""', '"\\u0000"', '"\\uD800"', '"""block"""', 'true', 'null', 'ENUM', '[]', '[[[[]]]]', '{}', '{ a: { a: 1 } }', '$v', '$w', '"R-1"', '"SYS-1"', `"${'x'.repeat(5000)}"`];
const ODD = ['{', '}', '(', ')', '@skip(if: $v)', '@unknown', '...', '... on Query', '!', '$', ':', '#\n', '"', '\u0000', '\uFEFF', '💥', '__typename', '__schema', 'first: 100', 'fragment F on Query { ...F }', 'query', 'mutation', '\\'];
const VARIABLES: readonly unknown[] = [{}, null, { v: true }, { v: 1e300, w: 'x' }, { v: [[[[[]]]]] }, { v: { v: { v: {} } } }, { __proto__: { a: 1 } }, { v: 'x'.repeat(10_000) }, 'text', 7, [1]];

export class RandomDocuments {
  constructor(private readonly schema: GraphQLSchema, private seed: number) {}

  next(): HostileRequest {
    const operation = this.#pick(['query', 'query', 'query', 'mutation', 'subscription', '']);
    const root = operation === 'mutation' ? this.schema.getMutationType() : this.schema.getQueryType();
    const depth = 1 + this.#below(this.#below(8) === 0 ? 40 : 6);
    const head = this.#below(2) === 0 ? operation : `${operation === '' ? 'query' : operation} Q($v: ${this.#pick(['Boolean', 'ID!', 'Int! = 5', '[[Int]]'])}, $w: String)`;
    const fragment = this.#below(3) === 0 ? ` fragment F on ${this.#pick(['Query', 'Risk', 'Nothing'])} ${this.#selection(root, 2)}` : '';
    return { query: this.#torn(`${head} ${this.#selection(root, depth)}${fragment}`), variables: this.#pick(VARIABLES), ...(this.#below(10) === 0 && { operationName: this.#pick(['Q', '', 'x'.repeat(1000)]) }) };
  }

  #selection(type: GraphQLNamedType | null | undefined, depth: number): string {
    const known = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const fields = depth > 0 ? known : known.filter((field) => isLeafType(getNamedType(field.type)));
    const parts = Array.from({ length: 1 + this.#below(depth > 6 ? 1 : 4) }, () => {
      const field = fields[this.#below(fields.length + 1)];
      if (field === undefined) return this.#pick(['__typename', '__typename', '__typename', '...F', 'nothing', '... on Risk { id }', '__schema { types { name } }']);
      const inner = getNamedType(field.type);
      const alias = this.#below(4) === 0 ? `a${String(this.#below(5))}: ` : '';
      const args = this.#arguments(field);
      const within = 'getFields' in inner && depth > 0 ? ` ${this.#selection(inner, depth - 1)}` : '';
      return `${alias}${field.name}${args}${this.#below(12) === 0 ? ' @include(if: true)' : ''}${within}`;
    });
    const times = this.#below(15) === 0 ? 1 + this.#below(60) : 1;
    return `{ ${Array.from({ length: times }, () => parts.join(' ')).join(' ')} }`.slice(0, 60_000);
  }

  /** What must be there, mostly well-formed; now and then something else. */
  #arguments({ args }: GraphQLField<unknown, unknown>): string {
    const given = args.filter((argument) => isRequiredArgument(argument) || this.#below(5) === 0).map(({ name }) => `${name}: ${this.#below(6) === 0 ? this.#pick(VALUES) : this.#fitting(name)}`);
    if (this.#below(40) === 0) given.push(`x: ${this.#pick(VALUES)}`);
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  #fitting(name: string): string {
    if (name === 'first' || name === 'expectedVersion') return String(1 + this.#below(120));
    return name === 'filter' || name === 'input' ? '{}' : this.#pick(['"R-1"', '"SYS-1"', '"REL-1"', '"dev"']);
  }

  #torn(text: string): string {
    let torn = text;
    for (let cuts = this.#below(2) * this.#below(4); cuts > 0; cuts -= 1) {
      const [at, length] = [this.#below(torn.length), this.#below(20)];
      torn = this.#pick([torn.slice(0, at) + torn.slice(at + length), torn.slice(0, at) + this.#pick(ODD) + torn.slice(at), torn.slice(0, at) + torn.slice(at, at + length).repeat(3) + torn.slice(at)]);
    }
    return torn;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }

  /** A whole number below this one, the same for the same seed (mulberry32). */
  #below(limit: number): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * Math.max(limit, 1));
  }
}

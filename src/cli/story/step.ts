/** One step of the story: who does what, and what must come back. The answer is compared with it, and any difference fails the story. */
import { Refused, isObject, type Client, type Json } from '../client.js';
import { readAnswer, type GateAnswer } from '../gate-answer.js';

/** What earlier steps learned and later ones use, such as the number of the system. */
export class Notes {
  readonly #values = new Map<string, string>();

  set(name: string, value: unknown): void {
    this.#values.set(name, String(value));
  }

  get(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`no step has noted "${name}" yet`);
    return value;
  }

  /** The text with every {name} replaced by what was noted under it. */
  fill(text: string): string {
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => this.get(name));
  }
}

export type Answer =
  | { readonly kind: 'done'; readonly record: Json }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'decided'; readonly gate: GateAnswer };

/** Texts may name notes in braces. */
export type Wanted =
  | { readonly kind: 'done'; readonly record: Readonly<Record<string, string | boolean>> }
  | { readonly kind: 'refused'; readonly code: string }
  | {
    readonly kind: 'decided'; readonly verdict: GateAnswer['verdict'];
    /** Every reason as "requirement code", in any order; nothing else may come. */
    readonly reasons: readonly string[];
    /** Every lane that passes by a sign-off of another promotion, as "lane promotion". */
    readonly carriedFrom?: readonly string[];
    /** Every difference as "path then now". */
    readonly differences?: readonly string[];
  };

export interface Step {
  readonly title: string;
  /** The handle of the person or service. */
  readonly as: string;
  readonly wanted: Wanted;
  /** The GraphQL documents that it sends; a question to the gate is none. */
  readonly documents: readonly string[];
  act(client: Client, notes: Notes): Promise<Answer>;
}

/** Each document once. */
export function documentsOf(steps: readonly Step[]): string[] {
  return [...new Set(steps.flatMap(({ documents }) => documents))];
}

/** One GraphQL operation about one record. Its fields, filled into the notes under the given names, are there for later steps. */
export interface Operation {
  readonly query: string;
  readonly variables: (notes: Notes) => Json;
  /** Name in the notes → field of the record. */
  readonly note?: Readonly<Record<string, string>>;
}

export async function operate(client: Client, notes: Notes, operation: Operation): Promise<Answer> {
  try {
    const data = await client.graphql(operation.query, operation.variables(notes));
    const record = Object.values(data)[0];
    if (!isObject(record)) throw new Error('the operation gave no record');
    for (const [name, field] of Object.entries(operation.note ?? {})) notes.set(name, record[field]);
    return { kind: 'done', record: flat(record) };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', code: error.code, message: error.message };
    throw error;
  }
}

/** The fields of records within the record, as "current.level". */
function flat(record: Json): Json {
  return Object.fromEntries(Object.entries(record).flatMap(([field, value]) => (isObject(value) ? Object.entries(value).map(([inner, of]) => [`${field}.${inner}`, of] as const) : [[field, value] as const])));
}

export async function askGate(client: Client, notes: Notes, question: { route: 'check' | 'authorize'; body: Json; note?: string }): Promise<Answer> {
  const { status, body } = await client.post(`/v1/gate/${question.route}`, question.body);
  const gate = readAnswer(status, body);
  if (question.note !== undefined && gate.grant !== null) notes.set(question.note, gate.grant.id);
  return { kind: 'decided', gate };
}

/** What differs from the expected answer; empty = as expected. */
export function problemsOf(wanted: Wanted, answer: Answer, notes: Notes): string[] {
  const [want, got] = [expectation(wanted, notes), observation(wanted, answer)];
  return Object.keys({ ...want, ...got }).filter((key) => want[key] !== got[key]).map((key) => `${key}: expected ${want[key] ?? 'nothing'}, got ${got[key] ?? 'nothing'}`);
}

type Flat = Record<string, string | undefined>;

function expectation(wanted: Wanted, notes: Notes): Flat {
  const filled = (texts: readonly string[] | undefined): string | undefined => texts && sorted(texts.map((text) => notes.fill(text)));
  if (wanted.kind === 'refused') return { answer: `refused ${wanted.code}` };
  if (wanted.kind === 'done') return { answer: 'done', ...Object.fromEntries(Object.entries(wanted.record).map(([field, value]) => [field, notes.fill(String(value))])) };
  return { answer: wanted.verdict, reasons: filled(wanted.reasons), carriedFrom: filled(wanted.carriedFrom), differences: filled(wanted.differences) };
}

/** The same parts of the answer, as text. */
function observation(wanted: Wanted, answer: Answer): Flat {
  if (answer.kind === 'refused') return { answer: `refused ${answer.code}` };
  if (answer.kind === 'done') {
    const fields = wanted.kind === 'done' ? Object.keys(wanted.record) : [];
    return { answer: 'done', ...Object.fromEntries(fields.map((field) => [field, String(answer.record[field])])) };
  }
  const { gate } = answer;
  const asked = wanted.kind === 'decided' ? wanted : null;
  return {
    answer: gate.verdict, reasons: sorted(gate.reasons.map((reason) => `${reason.requirement} ${reason.code}`)),
    carriedFrom: asked?.carriedFrom && sorted(carried(gate)),
    differences: asked?.differences && sorted(gate.reasons.flatMap((reason) => reason.differences).map(({ path, then, now }) => `${path} ${String(then)} ${String(now)}`)),
  };
}

/** The lanes that pass by a sign-off of another promotion, as "lane promotion". */
export function carried(gate: GateAnswer): string[] {
  return [...new Set(gate.reviews.flatMap((review) => review.carriedFrom.map((from) => `${review.lane} ${from.promotion}`)))];
}

function sorted(texts: readonly string[]): string {
  return [...new Set(texts)].sort().join('; ');
}

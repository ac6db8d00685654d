// What people and tools do through the published API, one mutation each, on a running server; and a count of what was done by whom.
import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { documentOf } from '../chapters/operations.js';
import type { TestApp } from './app.js';

export const SCHEMA = buildSchema(readFileSync(new URL('../../src/schema.graphql', import.meta.url), 'utf8'));

/** Whatever of this a record has is read after each act. */
const SHOWN = ['id', 'number', 'version', 'state', 'bundleDigest'];
const SIGNING = { requestSignOff: 'challenge packages { package { digest } }' } as const;

export interface Acted { readonly id: string; readonly number: string; readonly version: number; readonly state: string; readonly bundleDigest: string }
export type Args = Readonly<Record<string, unknown>>;

export interface GateReason { readonly code: string; readonly requirement: string; readonly severity: string; readonly params: { readonly lane?: string; readonly because?: readonly string[]; readonly differences?: readonly { readonly path: string }[] } }
export interface GateReview { readonly lane: string; readonly passed: boolean; readonly carriedFrom: readonly { readonly promotion: string }[] }
export interface GateAnswer {
  readonly verdict: string; readonly decision: boolean; readonly reasons: readonly GateReason[]; readonly basis: { readonly reviews: readonly GateReview[] }; readonly grant: { readonly id: string } | null;
}

/** An act that the server refused, with the code of the refusal. */
export class Refused extends Error {
  constructor(readonly code: string, mutation: string, message: string, readonly details: Readonly<Record<string, unknown>> = {}) {
    super(`${mutation}: ${code}: ${message} ${JSON.stringify(details)}`);
  }
}

export class Acts {
  /** What was done, in its order. */
  readonly done: { readonly handle: string; readonly mutation: string }[] = [];

  constructor(readonly app: TestApp) {}

  async act(handle: string, mutation: string, args: Args): Promise<Acted> {
    const acted = await this.#send(handle, mutation, args, selectionOf(mutation));
    this.done.push({ handle, mutation });
    return acted as Acted;
  }

  /** A change of a record that has to name the version that was read. */
  change(handle: string, mutation: string, { id, version }: Pick<Acted, 'id' | 'version'>, args: Args = {}): Promise<Acted> {
    return this.act(handle, mutation, { id, expectedVersion: version, ...args });
  }

  /** Reads what is about to be signed, and signs exactly that. */
  async sign(handle: string, promotions: readonly Pick<Acted, 'id'>[], lanes: readonly string[], { delegation, ...more }: Args = {}): Promise<Acted> {
    const shown = await this.#send(handle, 'requestSignOff', { input: { promotions: promotions.map(({ id }) => id), lanes, delegation } }, SIGNING.requestSignOff);
    const { challenge, packages } = shown as { challenge: string; packages: { package: { digest: string } }[] };
    this.done.push({ handle, mutation: 'requestSignOff' });
    return this.act(handle, 'confirmSignOff', { input: { challenge, packageDigests: packages.map((one) => one.package.digest), choice: 'APPROVE', statement: 'I have read it.', ...more } });
  }

  /** The code with which the act is refused; an act that is not refused fails the test. */
  async refusal(act: Promise<unknown>): Promise<string> {
    return (await this.refused(act)).code;
  }

  /** The same with what the refusal says about it. */
  async refused(act: Promise<unknown>): Promise<Refused> {
    const outcome = await act.then(() => null, (error: unknown) => error);
    if (outcome instanceof Refused) return outcome;
    throw outcome instanceof Error ? outcome : new Error('it was not refused');
  }

  async read<T>(handle: string, query: string, args: Args, selection: string): Promise<T> {
    return await this.#send(handle, query, args, selection) as T;
  }

  async gate(operation: 'check' | 'authorize', question: object, handle = 'pipeline'): Promise<GateAnswer> {
    const { status, body } = await this.app.rest(handle, `/v1/gate/${operation}`, question);
    if (status !== 200) throw new Error(`${String(status)} ${JSON.stringify(body)}`);
    return body as unknown as GateAnswer;
  }

  async #send(handle: string, operation: string, args: Args, selection: string): Promise<unknown> {
    const { data, errors } = await this.app.graphql<Record<string, unknown>>(handle, documentOf(SCHEMA, operation, Object.keys(args), selection), args);
    const [first] = errors ?? [];
    if (first !== undefined) throw new Refused(String(first.extensions['code']), operation, first.message, (first.extensions['details'] ?? {}) as Readonly<Record<string, unknown>>);
    return data?.[operation];
  }
}

/** What blocks, as "R5/RISK REVIEW_STALE". */
export function blocking(answer: GateAnswer): string[] {
  return answer.reasons.filter(({ severity }) => severity === 'BLOCK').map(({ requirement, code }) => `${requirement} ${code}`).sort();
}

/** Where the answer says that something differs from what was signed. */
export function pathsOf(answer: GateAnswer): string[] {
  return [...new Set(answer.reasons.flatMap(({ params }) => params.differences ?? []).map(({ path }) => path))].sort();
}

function selectionOf(mutation: string): string {
  const field = SCHEMA.getMutationType()?.getFields()[mutation];
  const type = field === undefined ? undefined : getNamedType(field.type);
  if (!isObjectType(type)) throw new Error(`the schema has no mutation ${mutation}`);
  return SHOWN.filter((name) => name in type.getFields()).join(' ');
}

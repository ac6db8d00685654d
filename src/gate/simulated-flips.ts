/** What a simulation lists beyond what its result holds, the decisions that turn and the deployments that would be refused: kept beside it, so many in one piece, and read page by page. */
import { canonicalJson, type Digest } from '../domain/digest.js';
import type { PolicySimulation } from '../domain/policy-simulation.js';
import type { Flip, KeptFlips, KeptList, RefusedDeployment, TurnedFlips } from '../domain/simulation-tally.js';
import type { Verdict } from '../domain/gate.js';
import { checkFirst, decodeCursor, encodeCursor, type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { Tx } from '../platform/transaction.js';

export interface DirectionFilter { readonly from?: Verdict | null; readonly to?: Verdict | null }

/** Reads one piece; null = its bytes are gone. */
export type ReadPiece = (digest: Digest) => Promise<string | null>;

type Simulated = Pick<PolicySimulation, 'id' | 'result'>;

const AT_ONCE = 500;
/** By the place in the list, which never changes. */
const ORDER: Order = { name: 'TURNED', descending: false, key: { column: 'place', type: 'int' } };

export async function keepFlips(tx: Pick<Tx, 'keep'>, turned: readonly TurnedFlips[]): Promise<KeptFlips[]> {
  const kept: KeptFlips[] = [];
  for (const { from, to, flips } of turned) kept.push({ from, to, ...await keepList(tx, flips) });
  return kept;
}

export async function keepList(tx: Pick<Tx, 'keep'>, all: readonly (Flip | RefusedDeployment)[]): Promise<KeptList> {
  const pieces: Digest[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE) pieces.push(await tx.keep(canonicalJson(all.slice(at, at + AT_ONCE))));
  return { listed: all.length, pieces };
}

export async function turnedPage({ id, result }: Simulated, { from = null, to = null }: DirectionFilter, request: PageRequest, read: ReadPiece): Promise<Page<Flip>> {
  const fits = (one: { readonly from: Verdict; readonly to: Verdict }): boolean => (from === null || one.from === from) && (to === null || one.to === to);
  const all = (result?.flips ?? []).filter(fits).reduce((sum, { count }) => sum + count, 0);
  return pageOf<Flip>({ name: `SimulatedFlip ${id} ${from ?? ''} ${to ?? ''}`, lists: (result?.turned ?? []).filter(fits), all, idOf: (flip) => flip.id }, request, read);
}

/** They have no id of their own: the place alone tells where to go on. */
export async function refusedPage({ id, result }: Simulated, request: PageRequest, read: ReadPiece): Promise<Page<RefusedDeployment>> {
  return pageOf<RefusedDeployment>({ name: `SimulatedRefusal ${id}`, lists: result?.refused === undefined ? [] : [result.refused], all: result?.deploymentsRefused ?? 0, idOf: () => id }, request, read);
}

interface Listing<T> { readonly name: string; readonly lists: readonly KeptList[]; /** How many there are, also of those that are not listed. */ readonly all: number; readonly idOf: (item: T) => string }

async function pageOf<T>({ name, lists, all, idOf }: Listing<T>, request: PageRequest, read: ReadPiece): Promise<Page<T>> {
  const first = checkFirst(request.first);
  const total = lists.reduce((sum, { listed }) => sum + listed, 0);
  const begin = request.after === null ? 0 : Number(decodeCursor(name, ORDER, request.after).key) + 1;
  const nodes = await itemsFrom<T>(lists, begin, first, read);
  const cursors = nodes.map((item, nth) => encodeCursor(name, ORDER, { key: begin + nth, id: idOf(item) }));
  return {
    nodes, cursors, hasNextPage: begin + nodes.length < total, hasPreviousPage: request.after !== null, startCursor: cursors[0] ?? null, endCursor: cursors.at(-1) ?? null,
    count: () => Promise.resolve({ value: total, isExact: total === all }),
  };
}

async function itemsFrom<T>(lists: readonly KeptList[], begin: number, most: number, read: ReadPiece): Promise<T[]> {
  const found: T[] = [];
  let passed = 0;
  for (const { listed, pieces } of lists) {
    for (const [nth, piece] of pieces.entries()) {
      const size = Math.min(AT_ONCE, listed - nth * AT_ONCE);
      const skip = begin + found.length - passed;
      passed += size;
      if (skip >= size) continue;
      found.push(...(await itemsOf<T>(piece, read)).slice(skip, skip + most - found.length));
      if (found.length === most) return found;
    }
  }
  return found;
}

/** A piece that is gone is no empty one: whoever reads page by page would never get past it. */
async function itemsOf<T>(piece: Digest, read: ReadPiece): Promise<T[]> {
  const text = await read(piece);
  if (text === null) throw new Error(`What a simulation lists is not all there: ${piece} is gone.`);
  return JSON.parse(text) as T[];
}

/** The decisions that turn, beyond the first of each direction: kept beside the result of a simulation, so many in one piece, and read page by page. */
import { canonicalJson, type Digest } from '../domain/digest.js';
import type { PolicySimulation } from '../domain/policy-simulation.js';
import { MOST_FLIPS, type Flip, type KeptFlips, type TurnedFlips } from '../domain/simulation-tally.js';
import type { Verdict } from '../domain/gate.js';
import { checkFirst, decodeCursor, encodeCursor, type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { Tx } from '../platform/transaction.js';

export interface DirectionFilter { readonly from?: Verdict | null; readonly to?: Verdict | null }

/** Reads one piece; null = its bytes are gone. */
export type ReadPiece = (digest: Digest) => Promise<string | null>;

const AT_ONCE = 500;
/** By the place in the list, which never changes. */
const ORDER: Order = { name: 'TURNED', descending: false, key: { column: 'place', type: 'int' } };

export async function keepFlips(tx: Pick<Tx, 'keep'>, turned: readonly TurnedFlips[]): Promise<KeptFlips[]> {
  const kept: KeptFlips[] = [];
  for (const { from, to, flips } of turned) {
    const pieces: Digest[] = [];
    for (let at = 0; at < flips.length; at += AT_ONCE) pieces.push(await tx.keep(canonicalJson(flips.slice(at, at + AT_ONCE))));
    kept.push({ from, to, listed: flips.length, pieces });
  }
  return kept;
}

export async function turnedPage({ id, result }: Pick<PolicySimulation, 'id' | 'result'>, { from = null, to = null }: DirectionFilter, request: PageRequest, read: ReadPiece): Promise<Page<Flip>> {
  const first = checkFirst(request.first);
  const list = `SimulatedFlip ${id} ${from ?? ''} ${to ?? ''}`;
  const directions = (result?.turned ?? []).filter((one) => (from === null || one.from === from) && (to === null || one.to === to));
  const total = directions.reduce((sum, { listed }) => sum + listed, 0);
  const begin = request.after === null ? 0 : Number(decodeCursor(list, ORDER, request.after).key) + 1;
  const nodes = await flipsFrom(directions, begin, first, read);
  const cursors = nodes.map((flip, nth) => encodeCursor(list, ORDER, { key: begin + nth, id: flip.id }));
  return {
    nodes, cursors, hasNextPage: begin + nodes.length < total, hasPreviousPage: request.after !== null, startCursor: cursors[0] ?? null, endCursor: cursors.at(-1) ?? null,
    count: () => Promise.resolve({ value: total, isExact: directions.every(({ listed }) => listed < MOST_FLIPS) }),
  };
}

async function flipsFrom(directions: readonly KeptFlips[], begin: number, most: number, read: ReadPiece): Promise<Flip[]> {
  const found: Flip[] = [];
  let passed = 0;
  for (const { listed, pieces } of directions) {
    for (const [nth, piece] of pieces.entries()) {
      const size = Math.min(AT_ONCE, listed - nth * AT_ONCE);
      const skip = begin + found.length - passed;
      passed += size;
      if (skip >= size) continue;
      found.push(...(await flipsOf(piece, read)).slice(skip, skip + most - found.length));
      if (found.length === most) return found;
    }
  }
  return found;
}

/** A piece that is gone is no empty one: whoever reads page by page would never get past it. */
async function flipsOf(piece: Digest, read: ReadPiece): Promise<Flip[]> {
  const text = await read(piece);
  if (text === null) throw new Error(`The decisions that turn are not all there: ${piece} is gone.`);
  return JSON.parse(text) as Flip[];
}

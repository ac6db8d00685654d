/** Batched reads of one request: what many fields ask for at the same time is read once. Nothing is kept: a later mutation of the same document is seen. */
import DataLoader from 'dataloader';
import { Refusal } from '../domain/refusal.js';
import type { RequestContext } from './request-context.js';
import type { SharedReads } from './shared-reads.js';

const loaders = new WeakMap<RequestContext, Map<string, DataLoader<string, unknown>>>();

/** The record with this key, read together with all others of the same kind that this request asks for at the same time. */
export async function loadOne<T>(ctx: RequestContext, kind: string, key: string, batch: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>): Promise<T | null> {
  weigh(ctx, 1);
  const ofRequest = loaders.get(ctx) ?? new Map<string, DataLoader<string, unknown>>();
  loaders.set(ctx, ofRequest);
  const loader = ofRequest.get(kind) ?? new DataLoader<string, unknown>(async (keys) => {
    const found = await batch([...new Set(keys)]);
    return keys.map((wanted) => found.get(wanted) ?? null);
  }, { cache: false });
  ofRequest.set(kind, loader);
  const found = await loader.load(key) as T | null;
  if (Array.isArray(found)) weigh(ctx, found.length);
  return found;
}

/** So many records may one operation show beside each other: a short document can go from risks to their system and back again and again. */
const MOST = 5_000;
const weights = new WeakMap<SharedReads, { shown: number; refusal: Refusal | null }>();

/** Once too many, all that is still asked for is refused at once, and alike. */
function weigh({ reads }: RequestContext, count: number): void {
  if (reads === null) return;
  const weight = weights.get(reads) ?? { shown: 0, refusal: null };
  weights.set(reads, weight);
  weight.shown += count;
  if (weight.shown <= MOST) return;
  weight.refusal ??= new Refusal('TOO_LARGE', { message: `This document asks for more than ${String(MOST)} records in all.`, next: 'Ask for fewer records in each list, or in several documents.' });
  throw weight.refusal;
}

export function byId<T extends { readonly id: string }>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.id, record]));
}

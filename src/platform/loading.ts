/** Batched reads of one request: what many fields ask for at the same time is read once. Nothing is kept: a later mutation of the same document is seen. */
import DataLoader from 'dataloader';
import type { RequestContext } from './request-context.js';

const loaders = new WeakMap<RequestContext, Map<string, DataLoader<string, unknown>>>();

/** The record with this key, read together with all others of the same kind that this request asks for at the same time. */
export function loadOne<T>(ctx: RequestContext, kind: string, key: string, batch: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>): Promise<T | null> {
  const ofRequest = loaders.get(ctx) ?? new Map<string, DataLoader<string, unknown>>();
  loaders.set(ctx, ofRequest);
  const loader = ofRequest.get(kind) ?? new DataLoader<string, unknown>(async (keys) => {
    const found = await batch([...new Set(keys)]);
    return keys.map((wanted) => found.get(wanted) ?? null);
  }, { cache: false });
  ofRequest.set(kind, loader);
  return loader.load(key) as Promise<T | null>;
}

export function byId<T extends { readonly id: string }>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.id, record]));
}

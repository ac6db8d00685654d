/**
 * A page of a list that only judging can narrow: the list is read part by part until the page is full, the list has ended, or as much was
 * judged as one request may. Then the page is shorter than asked for, and its end cursor says where to go on.
 */
import { checkFirst, type Page, type PageRequest } from '../platform/paging.js';

/** At most so many records are judged for one request, in parts of so many. */
const MOST_JUDGED = 300;
const PART = 50;

interface Walk<T> {
  readonly kept: readonly { readonly node: T; readonly cursor: string }[];
  readonly at: string | null;
  readonly judged: number;
  readonly more: boolean;
}

/** `judge` gives back, for each record that was found, what to show of it; null = it is not in the list. */
export async function judgedPage<T, U>(request: PageRequest, read: (part: PageRequest) => Promise<Page<T>>, judge: (found: readonly T[]) => Promise<(U | null)[]>): Promise<Page<U>> {
  const first = checkFirst(request.first);
  let walk: Walk<U> = { kept: [], at: request.after, judged: 0, more: true };
  while (walk.more && walk.kept.length < first && walk.judged < MOST_JUDGED) {
    const part = await read({ first: PART, after: walk.at });
    walk = goOn(walk, part, await judge(part.nodes), first - walk.kept.length);
  }
  return pageOf(request, walk);
}

/** Stops right behind the record that fills the page. */
function goOn<U>(walk: Walk<U>, part: Page<unknown>, judged: readonly (U | null)[], room: number): Walk<U> {
  const fitting = judged.flatMap((node, place) => (node === null ? [] : [{ node, cursor: part.cursors[place] ?? '', place }]));
  const end = part.nodes.length - 1;
  const stop = fitting[room - 1]?.place ?? end;
  return { kept: [...walk.kept, ...fitting.slice(0, room)], at: part.cursors[stop] ?? walk.at, judged: walk.judged + part.nodes.length, more: stop < end || part.hasNextPage };
}

/** The total is known only when the whole list was judged for this very page; otherwise there are at least as many as are shown. */
function pageOf<T>(request: PageRequest, { kept, at, more }: Walk<T>): Page<T> {
  const total = { value: kept.length, isExact: request.after === null && !more };
  return {
    nodes: kept.map((each) => each.node), cursors: kept.map((each) => each.cursor), hasNextPage: more, hasPreviousPage: request.after !== null,
    startCursor: kept[0]?.cursor ?? null, endCursor: more ? at : kept.at(-1)?.cursor ?? null, count: () => Promise.resolve(total),
  };
}

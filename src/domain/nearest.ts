/** Names that somebody may have meant who wrote another one. */

/** More would not be read. */
const MAX_NEAREST = 3;

/** The names that take the fewest slips to become this one, the nearest first; none where nobody would take one for the other. */
export function nearest(written: string, names: readonly string[]): string[] {
  const allowed = Math.ceil(written.length / 3);
  return names.map((name) => ({ name, slips: slipsBetween(written.toLowerCase(), name.toLowerCase(), allowed) }))
    .filter(({ slips }) => slips <= allowed).sort((a, b) => a.slips - b.slips || (a.name < b.name ? -1 : 1)).slice(0, MAX_NEAREST).map(({ name }) => name);
}

/** Names that are known. Whether another one is a slip of theirs is found out once, however often it is written. */
export class Names {
  readonly #known: ReadonlySet<string>;
  readonly #slips = new Map<string, boolean>();

  constructor(readonly all: readonly string[]) {
    this.#known = new Set(all);
  }

  /** One slip away from one of the names, or two from a long one, and none of them. */
  hasSlip(written: string): boolean {
    if (this.#known.has(written)) return false;
    const found = this.#slips.get(written) ?? this.all.some((name) => { const allowed = name.length > 6 ? 2 : 1; return slipsBetween(written, name, allowed) <= allowed; });
    this.#slips.set(written, found);
    return found;
  }
}

/** How many letters were left out, added, mistaken or swapped with the next one; more than allowed = too many to count. */
function slipsBetween(one: string, other: string, allowed: number): number {
  if (Math.abs(one.length - other.length) > allowed) return allowed + 1;
  let [before, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row += 1) {
    const next = nextRow({ one, other, before, last }, row, allowed);
    // A swap looks back two rows.
    if (Math.min(...next) > allowed && Math.min(...last) > allowed) return allowed + 1;
    [before, last] = [last, next];
  }
  return last[other.length] ?? 0;
}

interface Rows { readonly one: string; readonly other: string; readonly before: readonly number[]; readonly last: readonly number[] }

/** Only as far from the middle as there may be slips: what lies beyond has more. */
function nextRow({ one, other, before, last }: Rows, row: number, allowed: number): number[] {
  const next = Array.from({ length: other.length + 1 }, () => allowed + 1);
  next[0] = row;
  const letter = one[row - 1];
  for (let column = Math.max(1, row - allowed); column <= Math.min(other.length, row + allowed); column += 1) {
    const swapped = row > 1 && column > 1 && letter === other[column - 2] && one[row - 2] === other[column - 1];
    const least = Math.min(at(last, column) + 1, at(next, column - 1) + 1, at(last, column - 1) + (letter === other[column - 1] ? 0 : 1));
    next[column] = swapped ? Math.min(least, at(before, column - 2) + 1) : least;
  }
  return next;
}

function at(of: readonly number[], index: number): number {
  return of[index] ?? Number.POSITIVE_INFINITY;
}

/** Names that somebody may have meant who wrote another one. */

/** More would not be read. */
const MAX_NEAREST = 3;

/** The names that take the fewest slips to become this one, the nearest first; none where nobody would take one for the other. */
export function nearest(written: string, names: readonly string[]): string[] {
  const allowed = Math.ceil(written.length / 3);
  return names.map((name) => ({ name, slips: slipsBetween(written.toLowerCase(), name.toLowerCase(), allowed) }))
    .filter(({ slips }) => slips <= allowed).sort((a, b) => a.slips - b.slips || (a.name < b.name ? -1 : 1)).slice(0, MAX_NEAREST).map(({ name }) => name);
}

/** One slip away from one of the names, or two from a long one, and none of them. */
export function isSlipOf(written: string, names: readonly string[]): boolean {
  return !names.includes(written) && names.some((name) => { const allowed = name.length > 6 ? 2 : 1; return slipsBetween(written, name, allowed) <= allowed; });
}

/** How many letters were left out, added, mistaken or swapped with the next one; more than allowed = too many to count. */
function slipsBetween(one: string, other: string, allowed: number): number {
  if (Math.abs(one.length - other.length) > allowed) return allowed + 1;
  let [before, last] = [[] as number[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) next.push(cell({ one, other, before, last, next }, row, column));
    [before, last] = [last, next];
  }
  return last[other.length] ?? 0;
}

interface Rows { readonly one: string; readonly other: string; readonly before: readonly number[]; readonly last: readonly number[]; readonly next: readonly number[] }

function cell({ one, other, before, last, next }: Rows, row: number, column: number): number {
  const at = (of: readonly number[], index: number): number => of[index] ?? Number.POSITIVE_INFINITY;
  const same = one[row - 1] === other[column - 1] ? 0 : 1;
  const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
  return Math.min(at(last, column) + 1, at(next, column - 1) + 1, at(last, column - 1) + same, swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY);
}

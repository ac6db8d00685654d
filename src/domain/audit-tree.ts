/**
 * The Merkle tree of the audit log (RFC 6962 and RFC 9162, section 2.1): hashes, roots, and the two proofs that let an
 * outsider check that an entry is in the log and that the log has only grown. Building and verifying, pure.
 */
import { createHash } from 'node:crypto';

/** The root of a log without entries: SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = createHash('sha256').digest();

/**
 * All that is needed to append: the roots of the perfect subtrees into which a log of `size` entries falls, largest
 * first, one for each 1 in the binary form of `size`.
 */
export type Frontier = readonly Uint8Array[];

export function leafHash(entry: Uint8Array): Uint8Array {
  return createHash('sha256').update(LEAF).update(entry).digest();
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** The frontier of `size + 1` entries; `leaf` is the leaf hash of the new one. */
export function appendLeaf(frontier: Frontier, size: number, leaf: Uint8Array): Frontier {
  if (!isSize(size) || frontier.length !== onesIn(size)) throw new RangeError(`no frontier of a log of ${size} entries`);
  const subtrees = [...frontier];
  let carried = leaf;
  // As in adding 1 in binary: each trailing 1 of the size is a perfect subtree as large as the carried one.
  for (let rest = size; rest % 2 === 1; rest = half(rest)) carried = nodeHash(subtrees.pop() ?? EMPTY_ROOT, carried);
  return [...subtrees, carried];
}

export function rootOf(frontier: Frontier): Uint8Array {
  return frontier.length === 0 ? EMPTY_ROOT : frontier.reduceRight((right, left) => nodeHash(left, right));
}

/** The root by the definition alone: slow, and the measure for everything quicker. */
export function naiveRoot(entries: readonly Uint8Array[]): Uint8Array {
  return rootOfLeaves(entries.map(leafHash));
}

/** The siblings on the way from leaf `index` up to the root, lowest first; `leaves` are the leaf hashes of the whole log. */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!isSize(index) || index >= leaves.length) throw new RangeError(`no leaf ${index} in a log of ${leaves.length} entries`);
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...inclusionProof(left, index), rootOfLeaves(right)]
    : [...inclusionProof(right, index - split), rootOfLeaves(left)];
}

/** What shows that the first `from` of these leaves were the whole log once. */
export function consistencyProof(leaves: readonly Uint8Array[], from: number): Uint8Array[] {
  if (!isSize(from) || from > leaves.length) throw new RangeError(`a log of ${leaves.length} entries never had ${from}`);
  return from === 0 ? [] : subproof(leaves, from, true);
}

/** `size` and `root` belong together and come from a signed checkpoint: a root alone does not tell its size. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

export function verifyInclusion(claim: InclusionClaim): boolean {
  const { index, size, leaf, root, proof } = claim;
  if (!isSize(index) || !isSize(size) || index >= size || ![leaf, root, ...proof].every(isHash)) return false;
  const computed = climb(index, size, claim);
  return computed !== undefined && sameBytes(computed, root);
}

/** Each root with its size as in the signed checkpoint it comes from. */
export interface ConsistencyClaim {
  readonly from: number;
  readonly to: number;
  readonly oldRoot: Uint8Array;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { from, to, oldRoot, newRoot, proof } = claim;
  if (!isSize(from) || !isSize(to) || from > to || ![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (from === 0) return grewFromNothing(claim);
  const roots = climbBoth(from, to, { known: oldRoot, proof });
  return roots !== undefined && sameBytes(roots.before, oldRoot) && sameBytes(roots.after, newRoot);
}

// Different first bytes, so that no inner node can pass for an entry (RFC 6962, 2.1).
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** RFC 9162, 2.1.4.1. A subtree that began with the old log's first entry (`known`) needs no hash: the verifier has the old root. */
function subproof(leaves: readonly Uint8Array[], from: number, known: boolean): Uint8Array[] {
  if (from === leaves.length) return known ? [] : [rootOfLeaves(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return from <= split ? [...subproof(left, from, known), rootOfLeaves(right)]
    : [...subproof(right, from - split, false), rootOfLeaves(left)];
}

function rootOfLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return EMPTY_ROOT;
  if (leaves.length === 1) return first;
  const split = splitOf(leaves.length);
  return nodeHash(rootOfLeaves(leaves.slice(0, split)), rootOfLeaves(leaves.slice(split)));
}

/** The root that follows from leaf and proof, or undefined when the proof is too short or too long for this place. */
function climb(index: number, size: number, { leaf, proof }: Pick<InclusionClaim, 'leaf' | 'proof'>): Uint8Array | undefined {
  const sibling = proof.at(-1);
  if (size === 1) return sibling === undefined ? leaf : undefined;
  if (sibling === undefined) return undefined;
  const split = splitOf(size);
  const rest = { leaf, proof: proof.slice(0, -1) };
  if (index < split) return joined(climb(index, split, rest), sibling);
  return joined(sibling, climb(index - split, size - split, rest));
}

/** Every log has grown from the empty one: nothing is to be shown. */
function grewFromNothing({ to, oldRoot, newRoot, proof }: ConsistencyClaim): boolean {
  return proof.length === 0 && sameBytes(oldRoot, EMPTY_ROOT) && (to > 0 || sameBytes(newRoot, EMPTY_ROOT));
}

interface BothRoots { readonly before: Uint8Array; readonly after: Uint8Array }
interface Material { readonly known: Uint8Array | undefined; readonly proof: readonly Uint8Array[] }

/** The old and the new root that follow from the proof, or undefined when it has the wrong length. */
function climbBoth(from: number, to: number, { known, proof }: Material): BothRoots | undefined {
  const last = proof.at(-1);
  const rest = proof.slice(0, -1);
  if (from === to) {
    const whole = known === undefined ? last : known;
    const left = known === undefined ? rest : proof;
    return whole === undefined || left.length > 0 ? undefined : { before: whole, after: whole };
  }
  if (last === undefined) return undefined;
  const split = splitOf(to);
  if (from <= split) {
    const inner = climbBoth(from, split, { known, proof: rest });
    return inner && { before: inner.before, after: nodeHash(inner.after, last) };
  }
  const inner = climbBoth(from - split, to - split, { known: undefined, proof: rest });
  return inner && { before: nodeHash(last, inner.before), after: nodeHash(last, inner.after) };
}

function joined(left: Uint8Array | undefined, right: Uint8Array | undefined): Uint8Array | undefined {
  return left && right && nodeHash(left, right);
}

/** The largest power of two below `size`. Plain arithmetic: bit operators end at 32 bits. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function onesIn(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = half(rest)) ones += rest % 2;
  return ones;
}

function half(size: number): number {
  return Math.floor(size / 2);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === EMPTY_ROOT.length;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

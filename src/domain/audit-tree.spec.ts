/** The audit tree against published answers, against the plain recursion, and against thousands of forged proofs. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ConsistencyClaim, Frontier, InclusionClaim } from './audit-tree.js';
import {
  EMPTY_ROOT, appendLeaf, consistencyProof, inclusionProof, leafHash, naiveRoot, nodeHash, rootOf, verifyConsistency, verifyInclusion,
} from './audit-tree.js';

const LARGEST = 130;
const MUTATIONS = 5_000;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, 'hex'));

const entries = Array.from({ length: LARGEST }, (_, index) => new TextEncoder().encode(`{"seq":${index}}`));
const leaves = entries.map(leafHash);
const frontiers = leaves.reduce<Frontier[]>((all, leaf, size) => [...all, appendLeaf(all[size] ?? [], size, leaf)], [[]]);
const roots = frontiers.map(rootOf);

function rootAt(size: number): Uint8Array {
  const root = roots[size];
  if (root === undefined) throw new RangeError(`no root of ${size} entries`);
  return root;
}

const inclusionClaim = remembered((index, size): InclusionClaim => (
  { index, size, leaf: leaves[index] ?? EMPTY_ROOT, root: rootAt(size), proof: inclusionProof(leaves.slice(0, size), index) }));

const consistencyClaim = remembered((from, to): ConsistencyClaim => (
  { from, to, oldRoot: rootAt(from), newRoot: rootAt(to), proof: consistencyProof(leaves.slice(0, to), from) }));

/** Proofs are made once and used by the exhaustive tests and by the forgeries. */
function remembered<Claim>(make: (place: number, size: number) => Claim): (place: number, size: number) => Claim {
  const made = new Map<string, Claim>();
  return (place, size) => {
    const claim = made.get(`${place}/${size}`) ?? make(place, size);
    made.set(`${place}/${size}`, claim);
    return claim;
  };
}

describe('the tree', () => {
  test('gives the published answers for nothing and for the empty string', () => {
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(rootOf([]))).toBe(hex(EMPTY_ROOT));
    expect(hex(naiveRoot([]))).toBe(hex(EMPTY_ROOT));
    expect(hex(leafHash(new Uint8Array()))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  });

  test('gives the roots of the eight entries known from the Certificate Transparency test data', () => {
    const known = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(bytesOf);

    expect(known.map((_, index) => hex(naiveRoot(known.slice(0, index + 1))))).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  test('tells an entry from an inner node with the same bytes', () => {
    const [left, right] = [leafHash(Uint8Array.of(1)), leafHash(Uint8Array.of(2))];

    expect(hex(leafHash(new Uint8Array([...left, ...right])))).not.toBe(hex(nodeHash(left, right)));
  });

  test(`has the root of the plain recursion at every size up to ${LARGEST}, and one subtree for each 1 in the size`, () => {
    for (let size = 0; size <= LARGEST; size += 1) {
      expect(hex(rootAt(size))).toBe(hex(naiveRoot(entries.slice(0, size))));
      expect(frontiers[size]).toHaveLength(size.toString(2).replaceAll('0', '').length);
    }
  });

  test('appends to logs beyond 32 bits', () => {
    const size = 2 ** 40 + 3;
    const frontier = [rootAt(1), rootAt(2), rootAt(3)];

    const next = appendLeaf(frontier, size, rootAt(4));

    expect(next.map(hex)).toEqual([rootAt(1), nodeHash(rootAt(2), nodeHash(rootAt(3), rootAt(4)))].map(hex));
  });

  test('does not append to a frontier of another size, and leaves the given one as it was', () => {
    const frontier = frontiers[5] ?? [];
    const before = frontier.map(hex);

    for (const size of [-1, 0, 4, 7, 5.5, 2 ** 53]) expect(() => appendLeaf(frontier, size, rootAt(1))).toThrow(RangeError);
    appendLeaf(frontier, 5, rootAt(1));

    expect(frontier.map(hex)).toEqual(before);
  });
});

describe('proofs', () => {
  test(`of inclusion verify for every entry of every log up to ${LARGEST}`, () => {
    const refused: string[] = [];
    for (let size = 1; size <= LARGEST; size += 1) {
      for (let index = 0; index < size; index += 1) if (!verifyInclusion(inclusionClaim(index, size))) refused.push(`${index} in ${size}`);
    }
    expect(refused).toEqual([]);
  });

  test(`of consistency verify between every two sizes up to ${LARGEST}`, () => {
    const refused: string[] = [];
    for (let to = 0; to <= LARGEST; to += 1) {
      for (let from = 0; from <= to; from += 1) if (!verifyConsistency(consistencyClaim(from, to))) refused.push(`${from} to ${to}`);
    }
    expect(refused).toEqual([]);
  });

  test('are not made for entries and sizes that the log does not have', () => {
    for (const index of [-1, 3, 0.5, NaN]) expect(() => inclusionProof(leaves.slice(0, 3), index)).toThrow(RangeError);
    for (const from of [-1, 4, 0.5, NaN]) expect(() => consistencyProof(leaves.slice(0, 3), from)).toThrow(RangeError);
  });

  test('do not verify for impossible sizes, and do not throw', () => {
    for (const index of [-1, 3, 0.5, NaN, Infinity]) expect(verifyInclusion({ ...inclusionClaim(1, 3), index })).toBe(false);
    for (const size of [0, -3, 2.5, NaN, Infinity]) expect(verifyInclusion({ ...inclusionClaim(0, 3), size })).toBe(false);
    for (const from of [-1, 4, 0.5, NaN]) expect(verifyConsistency({ ...consistencyClaim(2, 3), from })).toBe(false);
    for (const to of [-1, 1, 2.5, NaN, Infinity]) expect(verifyConsistency({ ...consistencyClaim(2, 3), to })).toBe(false);
  });

  test('from the empty log need its root and no hashes', () => {
    expect(verifyConsistency({ ...consistencyClaim(0, 5), oldRoot: rootAt(1) })).toBe(false);
    expect(verifyConsistency({ ...consistencyClaim(0, 5), proof: [rootAt(1)] })).toBe(false);
    expect(verifyConsistency({ from: 0, to: 0, oldRoot: rootAt(1), newRoot: rootAt(1), proof: [] })).toBe(false);
  });
});

/** One way to spoil a list of hashes; `at` and `bit` choose where. */
function spoiledProof(proof: readonly Uint8Array[], { kind, at, bit }: Spoiling): readonly Uint8Array[] {
  const place = proof.length === 0 ? 0 : at % proof.length;
  const other = (place + 1) % Math.max(1, proof.length);
  switch (kind % 6) {
    case 0: return proof.map((hash, index) => (index === place ? flipped(hash, bit) : hash));
    case 1: return proof.filter((_, index) => index !== place);
    case 2: return proof.toSpliced(at % (proof.length + 1), 0, leafHash(Uint8Array.of(bit)));
    case 3: return proof.toSpliced(place, 0, ...proof.slice(place, place + 1));
    case 4: return proof.map((hash, index) => (index === place ? hash.slice(0, bit % 32) : hash));
    default: return proof.map((hash, index) => proof[index === place ? other : index === other ? place : index] ?? hash);
  }
}

interface Spoiling {
  readonly kind: number;
  readonly at: number;
  readonly bit: number;
}

const spoiling = fc.record({ kind: fc.nat(47), at: fc.nat(), bit: fc.nat(255) });

function flipped(hash: Uint8Array, bit: number): Uint8Array {
  return hash.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

function otherThan(value: number, from: number, to: number, chosen: number): number {
  return from + ((value - from + 1 + (chosen % (to - from))) % (to - from + 1));
}

function spoiledInclusion(claim: InclusionClaim, how: Spoiling): InclusionClaim {
  switch (how.kind % 5) {
    case 0: return { ...claim, leaf: flipped(claim.leaf, how.bit) };
    case 1: return { ...claim, root: flipped(claim.root, how.bit) };
    case 2: return claim.size === 1 ? { ...claim, index: 1 } : { ...claim, index: otherThan(claim.index, 0, claim.size - 1, how.at) };
    case 3: { // another checkpoint: a size always comes with its root
      const size = otherThan(claim.size, 1, LARGEST, how.at);
      return { ...claim, size, root: rootAt(size) };
    }
    default: return { ...claim, proof: spoiledProof(claim.proof, how) };
  }
}

function spoiledConsistency(claim: ConsistencyClaim, how: Spoiling): ConsistencyClaim {
  switch (how.kind % 5) {
    case 0: return { ...claim, oldRoot: flipped(claim.oldRoot, how.bit) };
    case 1: return { ...claim, newRoot: flipped(claim.newRoot, how.bit) };
    case 2: {
      const from = otherThan(claim.from, 1, LARGEST, how.at);
      return { ...claim, from, oldRoot: rootAt(from) };
    }
    case 3: {
      const to = otherThan(claim.to, 1, LARGEST, how.at);
      return { ...claim, to, newRoot: rootAt(to) };
    }
    default: return { ...claim, proof: spoiledProof(claim.proof, how) };
  }
}

interface Forgery<Claim> {
  readonly spoil: (claim: Claim, how: Spoiling) => Claim;
  readonly verify: (claim: Claim) => boolean;
}

/** Counts what was tried: a spoiling that changed nothing is no trial. */
function campaign<Claim extends object>(name: string, claims: fc.Arbitrary<Claim>, { spoil, verify }: Forgery<Claim>): number {
  let tried = 0;
  const property = fc.property(claims, spoiling, (claim, how) => {
    const forged = spoil(claim, how);
    fc.pre(printed(forged) !== printed(claim));
    tried += 1;
    if (!verify(claim)) throw new Error('the untouched proof does not verify');
    if (verify(forged)) throw new Error('the forged proof verifies');
  });
  const details = fc.check(property, { numRuns: MUTATIONS });
  process.stdout.write(`  ${name}: ${tried} forged proofs, seed ${details.seed}\n`);
  if (details.failed) throw new Error(fc.defaultReportMessage(details));
  return tried;
}

function printed(claim: object): string {
  return Object.values(claim).flat().map((part: unknown) => (part instanceof Uint8Array ? hex(part) : String(part))).join();
}

describe('forged proofs', () => {
  const twoSizes = fc.tuple(fc.integer({ min: 1, max: LARGEST }), fc.nat());

  test('of inclusion are never accepted', () => {
    const claims = twoSizes.map(([size, chosen]) => inclusionClaim(chosen % size, size));

    expect(campaign('inclusion', claims, { spoil: spoiledInclusion, verify: verifyInclusion })).toBeGreaterThanOrEqual(MUTATIONS);
  });

  test('of consistency are never accepted', () => {
    const claims = twoSizes.map(([to, chosen]) => consistencyClaim(1 + (chosen % to), to));

    expect(campaign('consistency', claims, { spoil: spoiledConsistency, verify: verifyConsistency })).toBeGreaterThanOrEqual(MUTATIONS);
  });
});

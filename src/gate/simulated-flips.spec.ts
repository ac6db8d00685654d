import { describe, expect, test } from '@jest/globals';
import { sha256, type Digest } from '../domain/digest.js';
import type { Verdict } from '../domain/gate.js';
import { MOST_FLIPS, MOST_REFUSED, type Flip, type RefusedDeployment, type SimulationResult } from '../domain/simulation-tally.js';
import type { Page } from '../platform/paging.js';
import { keepFlips, keepList, refusedPage, turnedPage, type DirectionFilter } from './simulated-flips.js';

const SIMULATION = '01a00000-0000-7000-8000-000000000001';
const idOf = (nth: number): string => `01a00000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
let made = 0;

function flips(count: number, from: Verdict, to: Verdict): { from: Verdict; to: Verdict; flips: Flip[] } {
  return { from, to, flips: Array.from({ length: count }, () => ({ id: idOf(made += 1), decidedAt: '2026-11-23T09:00:00.000Z', action: 'promote' as const, environment: 'pilot', system: null, from, to, added: [], lifted: [] })) };
}

const kept = new Map<Digest, string>();
const keep = (text: string): Promise<Digest> => {
  kept.set(sha256(text), text);
  return Promise.resolve(sha256(text));
};
const turned = [flips(1203, 'ALLOW', 'DENY'), flips(2, 'DENY', 'ALLOW'), flips(500, 'ALLOW', 'PENDING')];
const ALL = turned.flatMap((direction) => direction.flips.map(({ id }) => id));

async function page(first: number, after: string | null, filter: DirectionFilter = {}, id = SIMULATION): Promise<Page<Flip> & { read: number }> {
  const result = { turned: await keepFlips({ keep }, turned), flips: turned.map(({ from, to, flips: { length } }) => ({ from, to, count: length })) } as unknown as SimulationResult;
  let read = 0;
  const found = await turnedPage({ id, result }, filter, { first, after }, (digest) => {
    read += 1;
    return Promise.resolve(kept.get(digest) ?? null);
  });
  return { ...found, read };
}

async function walk(filter: DirectionFilter): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { nodes, endCursor, hasNextPage, read } = await page(97, after, filter);
    expect(read).toBeLessThanOrEqual(3);
    ids.push(...nodes.map(({ id }) => id));
    [after, more] = [endCursor, hasNextPage];
  }
  return ids;
}

describe('the decisions that turn', () => {
  test('are all there, once and in their order, page by page', async () => {
    expect(await walk({})).toEqual(ALL);
  });

  test('of one direction alone', async () => {
    expect(await walk({ from: 'ALLOW', to: 'PENDING' })).toEqual(ALL.slice(1205));
    expect(await walk({ from: 'ALLOW' })).toEqual([...ALL.slice(0, 1203), ...ALL.slice(1205)]);
    expect(await walk({ from: 'PENDING' })).toEqual([]);
  });

  test('are not passed over where a piece is gone', async () => {
    const lost = { turned: await keepFlips({ keep }, turned) } as unknown as SimulationResult;
    await expect(turnedPage({ id: SIMULATION, result: lost }, {}, { first: 5, after: null }, () => Promise.resolve(null))).rejects.toThrow('is gone');
  });

  test('are counted, and said to be more where the list was cut', async () => {
    expect(await (await page(1, null)).count()).toEqual({ value: 1705, isExact: true });
    const of = async (count: number, filter: DirectionFilter): Promise<unknown> => {
      const result = { turned: [{ from: 'ALLOW', to: 'DENY', listed: MOST_FLIPS, pieces: [] }], flips: [{ from: 'ALLOW', to: 'DENY', count }] } as unknown as SimulationResult;
      return (await turnedPage({ id: SIMULATION, result }, filter, { first: 1, after: null }, () => Promise.resolve(null))).count();
    };
    expect([await of(MOST_FLIPS, {}), await of(MOST_FLIPS + 1, {}), await of(MOST_FLIPS + 1, { from: 'DENY' })]).toEqual([{ value: MOST_FLIPS, isExact: true }, { value: MOST_FLIPS, isExact: false }, { value: 0, isExact: true }]);
  });

  test('are none while there is no result, and in results of before they were listed', async () => {
    for (const result of [null, {} as SimulationResult]) expect((await turnedPage({ id: SIMULATION, result }, {}, { first: 5, after: null }, () => Promise.resolve(null))).nodes).toEqual([]);
  });

  test('are not gone on with by a cursor of another simulation, of another direction, or of nobody', async () => {
    const { endCursor } = await page(3, null);

    await expect(page(3, endCursor, {}, idOf(999))).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'after' } });
    await expect(page(3, endCursor, { from: 'ALLOW' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(page(3, 'nobody')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(page(101, null)).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'first' } });
  });
});

describe('the deployments that would be refused', () => {
  const refused: RefusedDeployment[] = Array.from({ length: 1103 }, (_, nth) => ({ number: `D-${String(nth + 1)}`, system: 'SYS-1', environment: 'pilot', from: 'ALLOW', to: 'DENY', added: [], lifted: [] }));
  const read = (digest: Digest): Promise<string | null> => Promise.resolve(kept.get(digest) ?? null);
  const at = async (after: string | null, id = SIMULATION): Promise<Page<RefusedDeployment>> => refusedPage({ id, result: { refused: await keepList({ keep }, refused), deploymentsRefused: refused.length } as unknown as SimulationResult }, { first: 97, after }, read);

  test('are all there, once and in their order, page by page, and counted', async () => {
    const found: RefusedDeployment[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { nodes, endCursor, hasNextPage } = await at(after);
      found.push(...nodes);
      [after, more] = [endCursor, hasNextPage];
    }
    expect(found).toEqual(refused);
    expect(await (await at(null)).count()).toEqual({ value: 1103, isExact: true });
    const of = async (deploymentsRefused: number): Promise<unknown> => {
      const result = { refused: { listed: MOST_REFUSED, pieces: [] }, deploymentsRefused } as unknown as SimulationResult;
      return (await refusedPage({ id: SIMULATION, result }, { first: 1, after: null }, read)).count();
    };
    expect([await of(MOST_REFUSED), await of(MOST_REFUSED + 1)]).toEqual([{ value: MOST_REFUSED, isExact: true }, { value: MOST_REFUSED, isExact: false }]);
  });

  test('are not gone on with by a cursor of another simulation, and are none in results of before they were listed', async () => {
    await expect(at((await at(null)).endCursor, idOf(999))).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'after' } });
    for (const result of [null, {} as SimulationResult]) expect((await refusedPage({ id: SIMULATION, result }, { first: 5, after: null }, read)).nodes).toEqual([]);
  });
});

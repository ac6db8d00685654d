// Cursors: opaque, and good for exactly the list and the order that gave them out.
import { describe, expect, test } from '@jest/globals';
import { checkFirst, decodeCursor, encodeCursor, NEWEST, OLDEST, type Order } from './paging.js';

const ID = '0190b7a4-0000-7000-8000-000000000001';
const LEVEL: Order = { name: 'LEVEL', descending: true, key: { column: 'levelRank', type: 'int' } };
const NAME: Order = { name: 'NAME', descending: false, key: { column: 'name', type: 'text' } };
const raw = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const refused = expect.objectContaining({ code: 'INVALID_INPUT', facts: expect.objectContaining({ field: 'after', next: expect.any(String) }) });

describe('a cursor', () => {
  test.each([[OLDEST, null], [NEWEST, null], [LEVEL, 4], [NAME, '2026-11-23T09:00:00.000Z']] as const)('brings back its place: %j', (order, key) => {
    expect(decodeCursor('Risk', order, encodeCursor('Risk', order, { key, id: ID }))).toEqual({ key, id: ID });
  });

  test('of another list or another order is refused, and says which order it was', () => {
    const cursor = encodeCursor('Risk', NEWEST, { key: null, id: ID });

    expect(() => decodeCursor('Risk', OLDEST, cursor)).toThrow(/in another order: NEWEST/);
    expect(() => decodeCursor('Risk', OLDEST, cursor)).toThrow(refused);
    expect(() => decodeCursor('Release', NEWEST, cursor)).toThrow(refused);
    expect(() => decodeCursor('Risk', LEVEL, cursor)).toThrow(refused);
  });

  test.each([
    '', 'x', 'null', ID, `${encodeCursor('Risk', LEVEL, { key: 4, id: ID })}=`, ` ${encodeCursor('Risk', LEVEL, { key: 4, id: ID })}`, raw('["Risk"'), raw({ id: ID }), raw([]),
    raw(['Risk', 'LEVEL', 4]), raw(['Risk', 'LEVEL', 4, ID, 1]), raw(['Risk', 'LEVEL', 4, ID.toUpperCase()]), raw(['Risk', 'LEVEL', 4, '-'.repeat(36)]), raw(['Risk', 'LEVEL', 4, "' or 1=1"]),
    raw(['Risk', 'LEVEL', '4', ID]), raw(['Risk', 'LEVEL', 4.5, ID]), raw(['Risk', 'LEVEL', 2 ** 40, ID]), raw(['Risk', 'LEVEL', null, ID]), raw(['Risk', 'LEVEL', [4], ID]),
  ])('that nobody gave out is refused: %j', (cursor) => {
    expect(() => decodeCursor('Risk', LEVEL, cursor)).toThrow(refused);
  });

  test.each([[1], [null], [''], ['a\u0000b'], ['ü'], ['x'.repeat(65)]])('with a key that is no text of ours is refused: %j', (key) => {
    expect(() => decodeCursor('Risk', NAME, raw(['Risk', 'NAME', key, ID]))).toThrow(refused);
  });
});

test('a page holds 1 to 100 records', () => {
  expect([1, 50, 100].map(checkFirst)).toEqual([1, 50, 100]);
  for (const first of [0, -1, 101, 10_000, 1.5, Number.NaN]) expect(() => checkFirst(first)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', facts: expect.objectContaining({ field: 'first', next: expect.any(String) }) }));
});

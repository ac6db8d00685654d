// Tags of answers: the same for the same bytes only, and found among those that a client names.
import { expect, test } from '@jest/globals';
import { names, tagOf } from './entity-tags.js';

const TAG = tagOf('{"keys":[]}');

test('a tag stands for exactly these bytes', () => {
  expect([tagOf('{"keys":[]}') === TAG, tagOf('{"keys":[] }') === TAG]).toEqual([true, false]);
  expect(TAG).toMatch(/^"[A-Za-z0-9_-]{43}"$/);
});

test.each([TAG, `W/${TAG}`, `"other", ${TAG}`, `"other",W/${TAG} `, '*'])('is named by %s', (header) => {
  expect(names(header, TAG)).toBe(true);
});

test.each([undefined, '', '"other"', TAG.slice(1, -1), `${TAG.slice(0, -1)}x"`, '"*"'])('is not named by %s', (header) => {
  expect(names(header, TAG)).toBe(false);
});

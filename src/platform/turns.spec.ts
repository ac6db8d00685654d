import { expect, test } from '@jest/globals';
import { Turns } from './turns.js';

test('others are served between two pieces of work, and a failure holds nobody up', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const done = Promise.allSettled(['a', 'b', 'c'].map((name) => turns.take(() => {
    seen.push(name);
    setImmediate(() => seen.push(`after ${name}`));
    if (name === 'b') throw new Error('b');
    return name;
  })));

  expect((await done).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(seen.slice(0, 4)).toEqual(['a', 'after a', 'b', 'after b']);
});

// What is kept of documents: those that were asked last, and never more than a fixed amount of text.
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { KnownDocuments } from './known-documents.js';

// Compared by their presence alone: a parsed document goes round in itself, which no report can print.
const isKnown = async (known: KnownDocuments, key: string): Promise<boolean> => await known.get(key) !== undefined;
const documentOf = (length: number): ReturnType<typeof parse> => parse(`{ a } #${'x'.repeat(length - 7)}`);

test('a document is known until others that were asked since take its place', async () => {
  const known = new KnownDocuments();
  await known.set('a', documentOf(90_000));
  await known.set('b', documentOf(90_000));
  await known.get('a');

  await known.set('c', documentOf(90_000));

  expect([await isKnown(known, 'a'), await isKnown(known, 'b')]).toEqual([true, false]);
});

test('the same document counts once, and one that is forgotten for nothing', async () => {
  const known = new KnownDocuments();
  for (let times = 0; times < 5; times += 1) await known.set('a', documentOf(90_000));
  await known.set('b', documentOf(90_000));

  expect([await isKnown(known, 'a'), await isKnown(known, 'b')]).toEqual([true, true]);
  expect([await known.delete('a'), await known.delete('a')]).toEqual([true, false]);
  await known.set('c', documentOf(90_000));
  expect(await isKnown(known, 'b')).toBe(true);
});

test('one that is larger than all that is kept is not kept', async () => {
  const known = new KnownDocuments();
  await known.set('a', documentOf(200_001));

  expect(await isKnown(known, 'a')).toBe(false);
});

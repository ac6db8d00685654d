// How a variable on the command line becomes one of the document: by the type that it has there.
import { expect, test } from '@jest/globals';
import { variablesOf } from './graphql-variables.js';

const DOCUMENT = 'query ($owner: String!, $id: ID, $n: Int!, $ids: [ID!], $input: Input!) { a(owner: $owner, id: $id, n: $n, ids: $ids, input: $input) }';

test.each<[string, unknown]>([
  ['owner=163840776835432705', '163840776835432705'], ['owner=null', 'null'], ['owner="quoted"', '"quoted"'], ['id=17', '17'], ['owner=', ''], ['owner=a=b', 'a=b'],
  ['n=17', 17], ['ids=["17"]', ['17']], ['input={"a":1}', { a: 1 }], ['input=PILOT', 'PILOT'],
])('%s is what its type says', (text, value) => {
  expect(variablesOf(DOCUMENT, [text])).toEqual({ [text.split('=')[0]!]: value });
});

test('of a document that is none, JSON is JSON', () => {
  expect(variablesOf('query ($owner: String!', ['owner=17'])).toEqual({ owner: 17 });
  expect(() => variablesOf(DOCUMENT, ['17'])).toThrow('--variable is name=value, not "17".');
});

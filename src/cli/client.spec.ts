import { expect, test } from '@jest/globals';
import { toldBeside } from './client.js';

test.each<[string, string, Parameters<typeof toldBeside>[1], string[]]>([
  ['what was found and what would have been taken', 'The name ends like that of another kind of file.', { actual: '.html', expected: 'none, or .txt', next: 'Call it by an ending of its kind.' }, ['found: .html', 'expected: none, or .txt']],
  ['each reason', 'The payload is not that of its type; payload.a: has to be there.', { because: ['payload.a: has to be there', 'payload.b: a number'] }, ['because: payload.a: has to be there; payload.b: a number']],
  ['which record was named', 'There is no such Environment.', { subject: 'Environment', id: 'prodution' }, ['named: prodution']],
  ['what stands only within something else', 'first is a whole number from 1 to 500.', { actual: '0', expected: '1 to 500' }, ['found: 0']],
  ['which version, beside the number of a record', 'R-13 was changed.', { actual: '3', expected: '1' }, ['found: 3', 'expected: 1']],
  ['nothing that the message says with signs of its own', 'No (a|b)* is [/x].', { actual: '(a|b)*', expected: '[/x]' }, []],
  ['nothing that the message says', 'R-1 is at 3, which is more than 2: ABOVE.', { actual: '3', expected: '2', because: ['ABOVE'] }, []],
  ['nothing that the next step says', 'No.', { expected: 'dev, live', next: 'Name dev, live.' }, []],
  ['nothing where nothing is told', 'No.', { expected: '', actual: 7, because: null }, []],
])('beside a refusal is told %s', (_, message, details, lines) => {
  expect(toldBeside(message, details)).toEqual(lines);
});

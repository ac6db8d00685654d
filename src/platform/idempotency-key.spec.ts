// How a key is read from a request, and what tells two commands apart.
import { describe, expect, test } from '@jest/globals';
import { commandKey, keyedItem, unkeyed, type KeyedRequest } from './idempotency-key.js';
import type { RequestContext } from './request-context.js';

const KEY = '0198c1f2-7d6e-7c55-b6a5-2f1f6a3f9a01';
const request = (more: Partial<KeyedRequest> = {}): KeyedRequest => ({ method: 'POST', url: '/graphql', headers: { 'idempotency-key': KEY }, body: { query: 'mutation { a }', variables: { x: 1, y: 2 } }, ...more });
const payloadOf = (more: Partial<KeyedRequest>): string | undefined => commandKey(request(more), 'a')?.payload;

test('without the header there is no key', () => {
  expect(commandKey(request({ headers: {} }), 'a')).toBeNull();
});

test('the key itself is not kept', () => {
  expect(JSON.stringify(commandKey(request(), 'a'))).not.toContain(KEY);
});

test.each(['', 'short', 'a'.repeat(201), 'with a space', 'naïve-key', 'line\nend-key', `${KEY}\0`])('%j is no key', (sent) => {
  expect(() => commandKey(request({ headers: { 'idempotency-key': sent } }), 'a')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
});

test('two headers are no key', () => {
  expect(() => commandKey(request({ headers: { 'idempotency-key': [KEY, KEY] } }), 'a')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
});

describe('the payload', () => {
  test('is the same whatever the order of its fields', () => {
    expect(payloadOf({ body: { variables: { y: 2, x: 1 }, query: 'mutation { a }' } })).toBe(payloadOf({}));
  });

  test.each<[string, Partial<KeyedRequest>]>([
    ['document', { body: { query: 'mutation { b }', variables: { x: 1, y: 2 } } }], ['variable', { body: { query: 'mutation { a }', variables: { x: 1, y: 3 } } }], ['route', { url: '/v1/gate/authorize' }], ['method', { method: 'PUT' }],
  ])('is another one for another %s', (_, more) => {
    expect(payloadOf(more)).not.toBe(payloadOf({}));
  });

  test('that is deeper than anything of ours is refused', () => {
    const deep = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) as unknown;
    expect(() => commandKey(request({ body: deep }), 'a')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

test('each item of a command is one of its own, and what only asks has none', () => {
  const ctx = { command: commandKey(request(), 'bulkChangeRisks') } as RequestContext;

  expect(keyedItem(ctx, 'R-1').command?.part).toBe('bulkChangeRisks/R-1');
  expect(unkeyed(ctx).command).toBeNull();
  expect(keyedItem(unkeyed(ctx), 'R-1').command).toBeNull();
});

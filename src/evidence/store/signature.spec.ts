// The signature by the examples that AWS has published: the general test suite, and the four requests of "Signature Calculations" for S3.
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { escaped, signed, type Credentials, type ToSign } from './signature.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const signatureOf = (request: ToSign, by: Credentials, at: string, service?: string): string => /Signature=([0-9a-f]{64})$/.exec(signed(request, by, new Date(at), service)['authorization'] ?? '')?.[1] ?? '';

describe('a signature is the one that AWS has published', () => {
  const SUITE: Credentials = { accessKey: 'AKIDEXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', region: 'us-east-1' };

  test.each([
    ['get-vanilla', 'GET', '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['get-vanilla-query-order-key-case', 'GET', '?Param2=value2&Param1=value1', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'],
    ['post-vanilla', 'POST', '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  ])('%s of the test suite', (_name, method, query, signature) => {
    const request = { method, url: new URL(`https://example.amazonaws.com/${query}`), headers: {}, bodyDigest: sha256('') };

    expect(signatureOf(request, SUITE, '2015-08-30T12:36:00Z', 'service')).toBe(signature);
  });

  const EXAMPLES: Credentials = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' };

  test.each<[what: string, method: string, path: string, headers: Readonly<Record<string, string>>, body: string, signature: string]>([
    ['a part of an object', 'GET', 'test.txt', { range: 'bytes=0-9' }, '', 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'],
    ['an object that is put', 'PUT', 'test%24file.text', { 'date': 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' }, 'Welcome to Amazon S3.', '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd'],
    ['a parameter without a value', 'GET', '?lifecycle', {}, '', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['a listing', 'GET', '?max-keys=2&prefix=J', {}, '', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('of S3: %s', (...[, method, path, headers, body, signature]) => {
    const request = { method, url: new URL(`https://examplebucket.s3.amazonaws.com/${path}`), headers, bodyDigest: sha256(body) };

    expect(signatureOf(request, EXAMPLES, '2013-05-24T00:00:00Z')).toBe(signature);
  });
});

test('the secret is in none of the headers', () => {
  const headers = signed({ method: 'PUT', url: new URL('https://store.example/bucket/key'), headers: {}, bodyDigest: sha256('') }, { accessKey: 'AK', secretKey: 'a-secret', region: 'eu' }, new Date());

  expect(JSON.stringify(headers)).not.toContain('a-secret');
  expect(Object.keys(headers).sort()).toEqual(['authorization', 'host', 'x-amz-content-sha256', 'x-amz-date']);
});

test('what a path or a parameter is made of is escaped as RFC 3986 says', () => {
  expect(escaped("a/b c+d=é~(*)'!")).toBe('a%2Fb%20c%2Bd%3D%C3%A9~%28%2A%29%27%21');
});

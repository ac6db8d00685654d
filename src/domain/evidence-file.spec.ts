import { describe, expect, test } from '@jest/globals';
import { refusal, TODAY } from '../../test/support/given.js';
import { sha256 } from './digest.js';
import { checkFileName, storeFile } from './evidence-file.js';

describe('the name of a file', () => {
  test.each(['report.pdf', 'Bericht über Angriffe (2).pdf', '報告.md', 'a', 'console.log', 'con-test.txt', 'x'.repeat(255), null])('may be %s', (name) => {
    expect(checkFileName(name)).toBe(name);
  });

  test.each([
    '', '  ', '.', '..', '.htaccess', ' lead', 'trail ', 'trail.', '~x', '../up', 'a/b', 'a\\b', '/etc/passwd', 'C:\\x', 'c:x', 'a*', 'a?', 'a"b', 'a<b', 'a|b',
    'a\0b', 'a\nb', 'a\r\nSet-Cookie: x', 'a\tb', 'a\x7f', 'a\x85b', 'invoice\u202egnp.exe', 'a\u2066b', 'a\u200fb', 'a\u200bb', 'a\u061cb', 'a\u2028b', '\ufeffa', 'half \ud800',
    'con', 'NUL', 'aux.txt', 'COM1', 'lpt9.pdf', 'x'.repeat(256), '€'.repeat(86),
  ])('is refused: %j', (name) => {
    expect(() => checkFileName(name)).toThrow(refusal('INVALID_INPUT', { field: 'name' }));
  });
});

test('a file is recorded once, as it is', () => {
  const identity = { id: 'f-1', systemId: 'sys-1', storedBy: 'sam', storedAt: TODAY };
  const file = { contentDigest: sha256('x'), size: 1, mediaType: 'text/plain', name: null } as const;
  expect(storeFile(identity, file)).toEqual({ next: { ...identity, ...file, version: 1 }, event: 'evidence.fileStored' });
});

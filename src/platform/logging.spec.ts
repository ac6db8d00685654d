// What the server writes: each record is one line, and no secret is on it, wherever it stood.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { atMost, loggerFor } from './logging.js';

const CANARY = 'canary0123456789';
let lines: string[];
let spies: { mockRestore(): void }[];

beforeEach(() => {
  lines = [];
  const keep = (line: unknown): boolean => lines.push(String(line)) > 0;
  spies = [jest.spyOn(process.stdout, 'write').mockImplementation(keep), jest.spyOn(process.stderr, 'write').mockImplementation(keep)];
});
afterEach(() => { for (const spy of spies) spy.mockRestore(); });

function written(record: unknown): string {
  const logger = loggerFor('debug');
  if (logger === false) throw new Error('nothing is written');
  logger.error(record, 'Test');
  return lines.join('');
}

describe('a secret is not written', () => {
  const jwt = `eyJhbGciOiJub25lIn0.${Buffer.from(CANARY).toString('base64url')}.${CANARY}`;
  test.each<[string, unknown]>([
    ['in a header', { headers: { authorization: `Bearer ${CANARY}`, 'x-api-key': CANARY, cookie: CANARY } }],
    ['in a body', { body: { input: [{ password: CANARY, client_secret: CANARY, token: CANARY, apiKey: CANARY }] } }],
    ['in a variable', { variables: { challenge: CANARY, deep: { privateKey: { d: CANARY } } } }],
    ['in an address', { url: `postgresql://countersign_app:${CANARY}@db.example:5432/register` }],
    ['in what is asked of an address', { jwksUrl: `https://login.example/keys?token=${CANARY}` }], ['in what is asked of an address that an error names', new Error(`"https://login.example/keys?token=${CANARY}" did not answer`)],
    ['in the text of an error', new Error(`the driver was given Bearer ${CANARY} and postgres://app:${CANARY}@db`)],
    ['in the stack of an error', { error: new Error(`sent cs_live_${CANARY}`).stack }],
    ['in a token', `refused ${jwt}`], ['in a key', `-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----`], ['as a challenge', `unknown ${CANARY.padEnd(43, 'x')} was sent`],
  ])('%s', (_, record) => {
    const line = written(record);

    expect(line).not.toContain(CANARY);
    expect(line).not.toContain(Buffer.from(CANARY).toString('base64url'));
    expect(line).toContain('[redacted]');
  });

  test('and what is none stays as it is', () => {
    const record = { msg: 'request', requestId: '0198c1f2-7d6e-7c55-b6a5-2f1f6a3f9a01', digest: `sha256:${'ab'.repeat(32)}`, route: '/v1/gate/check', status: 200, principal: null };

    expect(JSON.parse(written(record))).toMatchObject({ message: record });
  });
});

test.each(['a\r\n{"level":"fatal","message":"forged"}', '\u001b[2J\u001b]0;title\u0007', '\u009b31mred', 'a\u2028b\u2029c', '\u202egnp.exe'])('what was sent begins no line and steers no terminal: %j', (text) => {
  const line = written({ msg: text, [text]: text });

  expect(line.trimEnd().split('\n')).toHaveLength(1);
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
  expect((JSON.parse(line) as { message: { msg: string } }).message.msg).toBe(text);
});

test('writes as much as was asked for', () => {
  expect([loggerFor('silent'), atMost('debug', 'warn'), atMost('error', 'warn')]).toEqual([false, 'warn', 'error']);
});

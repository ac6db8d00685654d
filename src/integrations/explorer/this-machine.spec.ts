// Who counts as being on this machine: tokens of the example are given to nobody else.
import { describe, expect, test } from '@jest/globals';
import { isFromThisMachine, type Arrival } from './this-machine.js';

function from(ip: string, headers: Arrival['headers'] = { host: '127.0.0.1:3000' }): boolean {
  return isFromThisMachine({ ip, headers });
}

describe('a request', () => {
  test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('from %s is from this machine', (ip) => {
    expect(from(ip)).toBe(true);
  });

  test.each(['10.0.0.7', '192.168.1.127', '172.17.0.1', '::ffff:10.0.0.7', 'fe80::1', '1270.0.0.1', ''])('from %s is not', (ip) => {
    expect(from(ip)).toBe(false);
  });

  test.each(['localhost', 'localhost:3000', 'LOCALHOST:3000', '127.0.0.1', '[::1]:3000'])('that calls the server %s is let in', (host) => {
    expect(from('127.0.0.1', { host })).toBe(true);
  });

  test.each([undefined, '', 'countersign.example', 'attacker.example:3000', 'localhost.attacker.example', '127.0.0.1.attacker.example', '10.0.0.7:3000', '0.0.0.0:3000', 'localhost@attacker.example', '::1'])('that calls it %s is not: its name may have been rebound', (host) => {
    expect(from('127.0.0.1', { host })).toBe(false);
  });

  test.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'])('that was passed on, as %s tells, is not', (name) => {
    expect(from('127.0.0.1', { host: 'localhost:3000', [name]: '127.0.0.1' })).toBe(false);
  });

  test('of a page is let in only when the page is ours', () => {
    expect(from('127.0.0.1', { host: 'localhost:3000', origin: 'http://localhost:3000' })).toBe(true);
    for (const origin of ['https://attacker.example', 'http://localhost:4000', 'null']) expect([origin, from('127.0.0.1', { host: 'localhost:3000', origin })]).toEqual([origin, false]);
  });
});

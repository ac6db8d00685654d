import { describe, expect, test } from '@jest/globals';
import { approversOf, waysOn } from './policy-ways.js';

const NOW = '2026-11-23T09:00:00.000Z';
const by = (handle: string | null, at: string): { at: string; person: { handle: string } | null } => ({ at, person: handle === null ? null : { handle } });
const version = (...approvals: ReturnType<typeof by>[]): Parameters<typeof waysOn>[0] => ({ number: 'POL-1', author: { handle: 'hugo' }, approvals });

describe('the way of a version on', () => {
  const rita = by('rita', '2026-11-20T09:00:00.000Z');

  test('is to be approved while fewer than two have, and then to be activated', () => {
    for (const approvals of [[], [rita]]) expect(waysOn(version(...approvals), NOW)).toEqual([expect.stringContaining('it takes 2 people other than hugo'), expect.stringMatching(/^ {2}then one of .*: countersign policy activate POL-1$/)]);
    expect(waysOn(version(rita, by('hanna', NOW)), NOW)).toEqual(['  approved by rita, hanna', '  next one of POLICY_ADMIN, HEAD_OF_RISK: countersign policy activate POL-1']);
  });

  test('leaves out who approved it thirty days ago, and whose account was erased', () => {
    const ended = by('hanna', '2026-10-24T09:00:00.000Z');
    expect(approversOf(version(rita, ended, by(null, NOW)), NOW)).toEqual(['rita']);
    expect(waysOn(version(rita, ended), NOW)[0]).toMatch(/^ {2}approved by rita; it takes 2 people .*: countersign policy approve POL-1$/);
    expect(approversOf(version(by('hanna', '2026-10-24T09:00:00.001Z')), NOW)).toEqual(['hanna']);
  });
});

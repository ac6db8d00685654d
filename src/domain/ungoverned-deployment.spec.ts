// What was found running without a permit: told once, for as long as nothing lets it be there.
import { describe, expect, test } from '@jest/globals';
import { givenBaseline, givenDeployment, givenRelease, givenUngoverned, refusal, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import type { Decided } from './events.js';
import { reportUngoverned, type KnownThere, type UngovernedDeployment } from './ungoverned-deployment.js';

const identity = { id: 'ung-2', number: 'UD-2', reportedBy: 'svc', foundAt: TODAY };
const OTHER = givenRelease({ components: [{ role: 'MODEL', name: 'other', digest: `sha256:${'cd'.repeat(32)}` }] }).bundleDigest;

function report(known: Partial<KnownThere> = {}, reason = 'It ran when we looked.'): Decided<UngovernedDeployment> {
  return reportUngoverned(identity, { release: givenRelease(), environmentId: 'env-1', reason }, { deployments: [], baselines: [], found: [], ...known }, new NotingClock(TODAY));
}

describe('what was found running without a permit', () => {
  test('is written down as that, with the words of whoever found it', () => {
    expect(report()).toEqual({
      next: { ...identity, version: 1, systemId: 'sys-1', releaseId: 'rel-1', environmentId: 'env-1', bundleDigest: givenRelease().bundleDigest, reason: 'It ran when we looked.' },
      event: 'deployment.foundUngoverned', reason: 'It ran when we looked.',
    });
    expect(() => report({}, ' ')).toThrow(refusal('INVALID_TEXT', { field: 'reason' }));
  });

  test('is none while the bundle is the last that a grant brought in', () => {
    const deployed = { ...givenDeployment('env-1', givenRelease().bundleDigest), startedAt: plusDays(TODAY, -5) };
    expect(() => report({ deployments: [deployed] })).toThrow(refusal('ALREADY_EXISTS', { subject: 'Deployment', id: 'D-1' }));

    const next = { ...givenDeployment('env-1', OTHER), number: 'D-2' };
    for (const deployments of [[deployed, next], [next, deployed]]) expect(report({ deployments }).next.number).toBe('UD-2');
  });

  test('is none while a baseline lets it run', () => {
    expect(() => report({ baselines: [givenBaseline()] })).toThrow(refusal('ALREADY_EXISTS', { subject: 'Baseline', id: 'BL-1' }));
    for (const over of [givenBaseline({ state: 'ENDED' }), givenBaseline({ state: 'PROPOSED', confirmedAt: null }), givenBaseline({ until: TODAY })]) expect(report({ baselines: [over] }).next.number).toBe('UD-2');
  });

  test('is told once, and again when something was let in since', () => {
    const found = [givenUngoverned()];
    expect(() => report({ found })).toThrow(refusal('ALREADY_EXISTS', { subject: 'UngovernedDeployment', id: 'UD-1' }));
    expect(() => report({ found, deployments: [{ ...givenDeployment('env-1', OTHER), startedAt: found[0]!.foundAt }] })).toThrow(refusal('ALREADY_EXISTS', { id: 'UD-1' }));

    expect(report({ found, deployments: [givenDeployment('env-1', OTHER)] }).next.number).toBe('UD-2');
    expect(report({ found, baselines: [givenBaseline({ state: 'ENDED', confirmedAt: plusDays(TODAY, -1) })] }).next.number).toBe('UD-2');
  });
});

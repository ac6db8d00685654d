// What a level that has risen is shown to concern: the vote that it outdates, and no other.
import { expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenEnvironment } from '../../test/support/given.js';
import { readableChanges } from './difference-readable.js';
import { buildPackage } from './package.js';
import { raisedLevels } from './raised-level.js';

const policy = defaultPolicy();
const stricter = { ...policy, version: '2', tierMatrix: { ...policy.tierMatrix, MODERATE: { ...policy.tierMatrix.MODERATE, FAIRNESS: { PRODUCTION: 'INDEPENDENT' as const } } } };
const [signed, current] = [policy, stricter].map((by) => buildPackage(by, { ...givenAbout(), environment: givenEnvironment() })) as [ReturnType<typeof buildPackage>, ReturnType<typeof buildPackage>];
const by = (personId: string, choice: 'APPROVE' | 'REJECT' = 'APPROVE'): ReturnType<typeof raisedLevels> => raisedLevels({ personId, choice }, signed, current);

test('concerns its lane where the team attested its own work', () => {
  expect(by('dev')).toEqual([{ kind: 'REVIEW_LEVEL_UP', path: 'lanes.FAIRNESS', then: `SELF by baseline ${policy.version}`, now: 'INDEPENDENT by baseline 2', lanes: ['FAIRNESS'] }]);
});

test('concerns nobody where the vote goes on to count, and is shown all the same', () => {
  for (const changes of [by('reviewer'), by('owner', 'REJECT')]) expect(changes).toEqual([expect.objectContaining({ path: 'lanes.FAIRNESS', lanes: [] })]);
  expect(readableChanges(by('reviewer'), [])).toBe(`- REVIEW_LEVEL_UP at lanes.FAIRNESS: SELF by baseline ${policy.version} → INDEPENDENT by baseline 2; concerns nobody who signed it\n\nNone of the signed lanes is concerned: the sign-off goes on to count.\n`);
});

test('is no change where the level is the same or lower', () => {
  expect(raisedLevels({ personId: 'dev', choice: 'APPROVE' }, current, signed)).toEqual([]);
});

// Which packages a question has to read: as many as may still say something, not as many as were ever signed.
import { expect, test } from '@jest/globals';
import { givenAbout, givenPromotion, givenReviewer, givenSignOff, packageOf, TODAY } from '../../test/support/given.js';
import { plusDays } from './clock.js';
import { sha256 } from './digest.js';
import { packagesThatCount } from './gate-reviews.js';
import type { SignOff } from './sign-off.js';

const { pkg } = packageOf(givenAbout());
const place = { releaseId: pkg.release.id, environmentId: pkg.environment.id };
const here = givenPromotion(place);
const elsewhere = givenPromotion({ id: 'pro-0', releaseId: 'rel-0', environmentId: place.environmentId });
const digest = sha256('signed');
const taken = { at: TODAY, reason: 'I was wrong.' };

function read(promotionId: string, more: Partial<SignOff>): number {
  const signOff = givenSignOff(givenReviewer('reviewer', ['LEGAL']), digest, ['LEGAL'], { subjects: [{ promotionId, packageDigest: digest, lanes: ['LEGAL'] }], ...more });
  return packagesThatCount({ promotions: [here, elsewhere], signOffs: [signOff], waivers: [] }, place, plusDays(TODAY, -30)).length;
}

test('an approval from elsewhere is read as long as it may count, with the days that a question looks back', () => {
  expect(read('pro-0', { validUntil: plusDays(TODAY, -29) })).toBe(1);
  expect(read('pro-0', { validUntil: plusDays(TODAY, -30) })).toBe(0);
  expect(read('pro-0', { withdrawn: taken })).toBe(0);
});

test('an objection is read for ever, and so is whatever was signed about this very release here', () => {
  for (const choice of ['REJECT', 'REQUEST_CHANGES', 'ABSTAIN', 'RECUSE'] as const) expect(read('pro-0', { choice, withdrawn: taken, validUntil: plusDays(TODAY, -90) })).toBe(1);
  expect(read(here.id, { withdrawn: taken, validUntil: plusDays(TODAY, -90) })).toBe(1);
});

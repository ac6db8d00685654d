// R5, one behaviour a test: which sign-offs count for a lane, and what the gate says of those that do not.
import { describe, expect, test } from '@jest/globals';
import {
  component, defaultPolicy, givenAbout, givenEnvironment, givenFacts, givenPromotion, givenRelease, givenReviewer, givenRisk, givenSigned, givenSignOff, packageOf, TODAY,
} from '../../test/support/given.js';
import type { Principal } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import type { Reason, ReleaseFacts } from './gate-question.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { Stored } from './package.js';
import type { SignOff } from './sign-off.js';

const policy = defaultPolicy();

function judge(about: ReleaseFacts): Evaluation {
  return evaluateGate(policy, givenFacts(about), new NotingClock(TODAY));
}

function reasonsOf(about: ReleaseFacts, lane: string): Reason[] {
  return judge(about).reasons.filter((reason) => reason.requirement === `R5/${lane}`);
}

/** All lanes signed by `reviewer`, and LEGAL once more, later, by somebody else. */
function withLegalVote(signer: Stored<Principal>, more: Partial<SignOff>, about = givenSigned(givenAbout())): ReleaseFacts {
  const { digest } = packageOf(about);
  const vote = givenSignOff(signer, digest, ['LEGAL'], { id: `sig-later-${signer.id}`, signedAt: plusDays(TODAY, -1), ...more });
  return { ...about, signers: [...about.signers, signer], signOffs: [...about.signOffs, vote] };
}

describe('a sign-off counts no longer', () => {
  test('when it was taken back', () => {
    const [reason] = reasonsOf(givenSigned(givenAbout(), { withdrawn: { at: TODAY, reason: 'I was wrong.' } }), 'LEGAL');

    expect(reason).toMatchObject({ code: 'SIGN_OFF_REVOKED', params: { lane: 'LEGAL', level: 'INDEPENDENT', signOffs: ['S-sig-usr-reviewer'] } });
  });

  test('from the instant at which it ends', () => {
    expect(reasonsOf(givenSigned(givenAbout(), { validUntil: TODAY }), 'LEGAL')).toEqual([expect.objectContaining({ code: 'SIGN_OFF_EXPIRED' })]);
    expect(judge(givenSigned(givenAbout(), { validUntil: plusDays(TODAY, 1) })).verdict).toBe('ALLOW');
  });

  test('when something material to its lane differs, and the reason names it', () => {
    const risen = { ...givenSigned(givenAbout()), risks: [givenRisk({ level: 'MODERATE' })] };

    expect(reasonsOf(risen, 'RISK')).toEqual([expect.objectContaining({
      code: 'REVIEW_STALE', params: expect.objectContaining({ differences: [{ kind: 'RISK_LEVEL_UP', path: 'risks.R-1.current', then: 'LOW', now: 'MODERATE' }] }),
    })]);
    expect(reasonsOf(risen, 'LEGAL')).toEqual([]);
    expect(judge(risen).verdict).toBe('PENDING');
  });

  test('when its signer has become an author of what was signed', () => {
    const about = givenSigned(givenAbout());

    expect(reasonsOf({ ...about, risks: [givenRisk({ lastEditedBy: 'reviewer' })] }, 'LEGAL')).toEqual([
      expect.objectContaining({ code: 'SEPARATION_OF_DUTIES', params: expect.objectContaining({ because: ['AUTHOR'] }) }),
    ]);
  });

  test('when its signer has lost the role', () => {
    const about = givenSigned(givenAbout());

    expect(reasonsOf({ ...about, signers: [givenReviewer('reviewer', ['DATA'])] }, 'LEGAL')).toEqual([
      expect.objectContaining({ code: 'REVIEWER_INELIGIBLE', params: expect.objectContaining({ because: ['NO_GRANT_FOR_LANE'] }) }),
    ]);
  });

  test('when the lane now asks for a higher level than was signed for', () => {
    const pilot = givenEnvironment({ id: 'env-0', kind: 'PILOT' });
    const about = givenSigned(givenAbout({ promotions: [givenPromotion({ environmentId: 'env-0' }), givenPromotion({ id: 'pro-2', number: 'P-2' })] }), {}, pilot);

    expect(reasonsOf(about, 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING', params: { lane: 'LEGAL', level: 'INDEPENDENT', promotion: 'P-2' } })]);
  });
});

describe('a sign-off of an earlier request', () => {
  const earlier = givenSigned(givenAbout());
  const next = givenPromotion({ id: 'pro-2', number: 'P-2', releaseId: 'rel-2', openedAt: TODAY });

  test('is carried to another release where nothing material to its lane differs', () => {
    const release = givenRelease({ id: 'rel-2', number: 'REL-2', components: [component('MODEL', 'model 1'), component('PROMPT', 'prompt 2')] });
    const about = { ...earlier, release, promotions: [givenPromotion({ state: 'PROMOTED' }), next] };

    expect(judge(about).lanes.find((lane) => lane.lane === 'LEGAL')).toMatchObject({ passed: true, carriedFrom: [{ promotion: 'P-1', packageDigest: packageOf(earlier).digest }] });
    expect(reasonsOf(about, 'SECURITY')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test('is not carried from where somebody has objected since, whatever came of the objection', () => {
    const release = givenRelease({ id: 'rel-2', number: 'REL-2', components: [component('MODEL', 'model 1'), component('PROMPT', 'prompt 2')] });
    const objected = withLegalVote(givenReviewer('critic', ['LEGAL']), { choice: 'REJECT', withdrawn: { at: TODAY, reason: 'It is solved.' } }, earlier);

    expect(reasonsOf({ ...objected, release, promotions: [givenPromotion({ state: 'REJECTED' }), next] }, 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test('is not ended by an abstention about something that differs materially', () => {
    const release = givenRelease({ id: 'rel-2', number: 'REL-2', components: [component('MODEL', 'model 2'), component('PROMPT', 'prompt 2'), component('TOOL_SCHEMA', 'tools')] });
    const about = { ...earlier, promotions: [...earlier.promotions, next] };
    const { pkg, digest } = packageOf({ ...about, release });
    const vote = givenSignOff(givenReviewer('reviewer', ['LEGAL']), digest, ['LEGAL'], { id: 'sig-abstains', choice: 'ABSTAIN', signedAt: plusDays(TODAY, -1), subjects: [{ promotionId: 'pro-2', packageDigest: digest, lanes: ['LEGAL'] }] });

    expect(reasonsOf({ ...about, packages: { ...about.packages, [digest]: pkg }, signOffs: [...about.signOffs, vote] }, 'LEGAL')).toEqual([]);
  });

  test('does not serve its signer who now asks for this one', () => {
    const about = { ...earlier, promotions: [givenPromotion({ state: 'PROMOTED' }), { ...next, releaseId: 'rel-1', requestedBy: 'reviewer' }] };

    expect(reasonsOf(about, 'LEGAL')).toEqual([expect.objectContaining({ code: 'SEPARATION_OF_DUTIES', params: expect.objectContaining({ because: ['REQUESTER'] }) })]);
  });

  test('does not make up for a request: without one nothing moves', () => {
    expect(judge({ ...earlier, promotions: [givenPromotion({ state: 'CANCELLED' })] }).reasons).toEqual([expect.objectContaining({ code: 'REVIEW_MISSING', requirement: 'R5/REQUEST' })]);
  });
});

describe('a veto', () => {
  const critic = givenReviewer('critic', ['LEGAL']);

  test.each([['REJECT', 'REVIEW_REJECTED'], ['REQUEST_CHANGES', 'CHANGES_REQUESTED']] as const)('by %s stands against any number of approvals, and nothing waits any more', (choice, code) => {
    const about = withLegalVote(critic, { choice });

    expect(judge(about).verdict).toBe('DENY');
    expect(reasonsOf(about, 'LEGAL')).toEqual([expect.objectContaining({ code, params: expect.objectContaining({ signOffs: ['S-sig-later-usr-critic'] }) })]);
  });

  test('ends when it is taken back, and when its author may no longer sign; what was approved before it is asked again', () => {
    const takenBack = withLegalVote(critic, { choice: 'REJECT', withdrawn: { at: TODAY, reason: 'It is solved.' } });

    expect(reasonsOf(takenBack, 'LEGAL')).toEqual([expect.objectContaining({ code: 'SIGN_OFF_REVOKED' })]);
    expect(reasonsOf(withLegalVote(givenReviewer('critic', ['DATA']), { choice: 'REJECT' }), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEWER_INELIGIBLE' })]);
    expect(judge(withLegalVote(givenReviewer('second', ['LEGAL']), { signedAt: TODAY }, takenBack)).verdict).toBe('ALLOW');
  });

  test('is not undone by making its author a party afterwards', () => {
    const about = { ...withLegalVote(critic, { choice: 'REJECT' }), risks: [givenRisk({ lastEditedBy: 'critic' })] };

    expect(reasonsOf(about, 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_REJECTED' })]);
  });

  test('is answered by a later approval of the same person, and an approval by a later veto', () => {
    const reviewer = givenReviewer('reviewer', ['LEGAL']);
    const rejectedFirst = givenSigned(givenAbout(), { choice: 'REJECT' });

    expect(reasonsOf(withLegalVote(reviewer, { choice: 'APPROVE' }, { ...rejectedFirst, signers: [] }), 'LEGAL')).toEqual([]);
    expect(reasonsOf(withLegalVote(reviewer, { choice: 'REJECT' }), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_REJECTED' })]);
  });
});

describe('an abstention', () => {
  const reviewer = givenReviewer('reviewer', ['LEGAL']);
  const second = givenReviewer('second', ['LEGAL']);

  test('is neither an approval nor a veto', () => {
    expect(judge(withLegalVote(second, { choice: 'ABSTAIN' })).verdict).toBe('ALLOW');
    expect(reasonsOf(givenSigned(givenAbout(), { choice: 'ABSTAIN' }), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test('replaces what the person said before, an approval or a veto', () => {
    const approved = { ...givenSigned(givenAbout()), signers: [] };
    const rejected = { ...givenSigned(givenAbout(), { choice: 'REJECT' }), signers: [] };

    expect(reasonsOf(withLegalVote(reviewer, { choice: 'ABSTAIN' }, approved), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
    expect(reasonsOf(withLegalVote(reviewer, { choice: 'ABSTAIN' }, rejected), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test.each([['taken back', { withdrawn: { at: TODAY, reason: 'I did read it.' } }], ['over', { validUntil: TODAY }]])('revives nothing once it is %s', (_, ended) => {
    expect(reasonsOf(withLegalVote(reviewer, { choice: 'ABSTAIN', ...ended }, { ...givenSigned(givenAbout()), signers: [] }), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test('may be followed by a vote of the same person', () => {
    const abstained = { ...givenSigned(givenAbout(), { choice: 'ABSTAIN' }), signers: [] };

    expect(reasonsOf(withLegalVote(reviewer, { choice: 'APPROVE' }, abstained), 'LEGAL')).toEqual([]);
  });
});

describe('a declared conflict', () => {
  const reviewer = givenReviewer('reviewer', ['LEGAL']);
  const recused = withLegalVote(reviewer, { choice: 'RECUSE' }, { ...givenSigned(givenAbout()), signers: [] });

  test('takes the approval of the person away, and stops nobody else', () => {
    expect(reasonsOf(recused, 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
    expect(reasonsOf(withLegalVote(givenReviewer('second', ['LEGAL']), { signedAt: TODAY }, recused), 'LEGAL')).toEqual([]);
  });

  test('takes back the veto that the same person gave in it', () => {
    const rejected = { ...givenSigned(givenAbout(), { choice: 'REJECT' }), signers: [] };

    expect(reasonsOf(withLegalVote(reviewer, { choice: 'RECUSE' }, rejected), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test('leaves nobody where there was nobody else, and does not end by time', () => {
    const alone = { ...recused, voters: [reviewer], signOffs: recused.signOffs.map((signOff) => (signOff.choice === 'RECUSE' ? { ...signOff, validUntil: TODAY } : signOff)) };

    expect(reasonsOf(alone, 'LEGAL')).toEqual([expect.objectContaining({ code: 'NO_ELIGIBLE_REVIEWER', params: expect.objectContaining({ reviewers: [expect.objectContaining({ excludedBy: ['RECUSED'] })] }) })]);
  });

  test('excludes by itself, whatever was shown when it was declared', () => {
    const elsewhere = { ...recused, signOffs: recused.signOffs.map((signOff) => (signOff.choice === 'RECUSE' ? { ...signOff, subjects: [{ promotionId: 'pro-0', packageDigest: 'sha256:0', lanes: ['LEGAL'] as const }] } : signOff)) };

    expect(reasonsOf(elsewhere, 'LEGAL')).toEqual([expect.objectContaining({ code: 'SEPARATION_OF_DUTIES', params: expect.objectContaining({ because: ['RECUSED'] }) })]);
  });

  test('holds for the next request of the system as well, whose approvals it takes away', () => {
    const earlier = givenPromotion({ state: 'PROMOTED' });
    const about = { ...givenSigned(givenAbout()), promotions: [earlier, givenPromotion({ id: 'pro-2', number: 'P-2', openedAt: TODAY, releaseId: 'rel-2' })], release: givenRelease({ id: 'rel-2', number: 'REL-2' }) };

    expect(reasonsOf(about, 'LEGAL')).toEqual([]);
    expect(reasonsOf({ ...about, signOffs: [...about.signOffs, ...recused.signOffs.filter((signOff) => signOff.choice === 'RECUSE')] }, 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });
});

/** Answers of the gate as a client may get them. */
import { render } from '../domain/gate-messages.js';
import { blocks, type Reason } from '../domain/gate-question.js';
import type { GateAnswerBody } from './gate-answer.js';

const AT = '2026-11-23T08:18:02.826Z';
export const BYTES = `sha256:${'e0a6d344bcc4de03743b234198831bce'.repeat(2)}`;

function example(verdict: GateAnswerBody['verdict'], reasons: readonly Reason[], more: Partial<GateAnswerBody>): GateAnswerBody {
  return {
    decisionId: '01a2077b-ca3a-7221-b817-4928d156f519', decision: verdict === 'ALLOW', verdict, enforcedVerdict: verdict, mode: 'ENFORCE', firstDecidedAt: AT, action: 'promote', environment: 'pilot',
    target: {
      systemId: '01a2077b-1111-7111-8111-111111111111', systemNumber: 'SYS-1', releaseId: '01a2077b-2222-7222-8222-222222222222', releaseNumber: 'REL-4', bundleDigest: BYTES,
      components: [{ role: 'MODEL', name: 'triage', digest: BYTES }],
    },
    policy: { id: 'default', version: '1', digest: BYTES }, basis: { asOf: AT, factsDigest: BYTES, identityFreshness: 'FRESH', reviews: [] }, reasons: reasons.map((reason) => ({ ...reason, ...render(reason) })), obligations: [],
    override: null, validity: { issuedAt: AT, expiresAt: null, limitedBy: null }, grant: null, ...more,
  };
}

export const ALLOWED = example('ALLOW', [{ ...blocks('GATE', 'GATE', 'ALL_REQUIREMENTS_MET'), severity: 'INFO' }], {
  grant: { id: '01a2077b-ca4b-75e3-b3f6-0eb23b9de749', issuedAt: AT, expiresAt: '2026-11-23T08:33:02.826Z', useLimit: 1 },
});

export const DENIED = { summary: 'No, and why', value: example('DENY', [blocks('R3', 'R3/R-2', 'RISK_UNASSESSED', { risk: 'R-2' })], {}) };

export const UNJUDGED = { summary: 'Not judged, so no', value: example('ERROR', [blocks('GATE', 'GATE', 'REGISTER_UNAVAILABLE')], { decisionId: null, target: null, basis: { asOf: AT, factsDigest: null, identityFreshness: null, reviews: [] } }) };

// The life of a finding: answered by its owner, closed by somebody else, or carried by an acceptance while that lives.
import { describe, expect, test } from '@jest/globals';
import { givenEvidence, givenProof, givenAcceptance, givenAssessment, givenFinding, givenReviewer, givenRisk, givenSuspension, givenSystem, refusal, TODAY } from '../../test/support/given.js';
import type { RiskAcceptance } from './acceptance.js';
import { NotingClock, plusDays } from './clock.js';
import type { Evidence } from './evidence.js';
import { acceptFinding, closeFinding, completeFinding, findingOutcome, findingsInScope, planFinding, raiseFinding, rateFinding, type Finding, type FindingJudge } from './finding.js';
import type { Risk } from './risk.js';

const clock = new NotingClock(TODAY);
const system = givenSystem();
const officer = (personId = 'rita'): FindingJudge => ({ personId, principal: givenReviewer(personId, ['RISK']), system, clock });
const validator: FindingJudge = { personId: 'vera', principal: givenReviewer('vera', ['VALIDATION']), system, clock };
const plan = { action: 'Remove them.', due: plusDays(TODAY, 20) };
const doneFinding = givenFinding({ state: 'DONE', action: 'Removed.', due: plusDays(TODAY, 5), evidenceIds: ['ev-1'] });
const report = givenEvidence({ state: 'SUBMITTED', verification: null });

describe('the owner', () => {
  test('plans once, with a date ahead, and nobody else does', () => {
    const planned = planFinding(givenFinding(), { personId: 'fixer', now: TODAY }, plan).next;

    expect(planned).toMatchObject({ state: 'PLANNED', ...plan });
    expect(() => planFinding(planned, { personId: 'fixer', now: TODAY }, plan)).toThrow(refusal('INVALID_TRANSITION', { allowedActions: ['complete', 'acceptRisk'] }));
    expect(() => planFinding(givenFinding(), { personId: 'rita', now: TODAY }, plan)).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => planFinding(givenFinding(), { personId: 'fixer', now: TODAY }, { ...plan, due: TODAY })).toThrow(refusal('INVALID_INPUT', { field: 'due' }));
  });

  test('shows what was done, and may add to it until it is closed', () => {
    const planned = givenFinding({ state: 'PLANNED', ...plan });

    expect(() => completeFinding(planned, 'fixer', [])).toThrow(refusal('INVALID_INPUT', { field: 'evidence' }));
    expect(() => completeFinding(planned, 'rita', ['E-1'])).toThrow(refusal('NOT_ELIGIBLE'));
    const once = completeFinding(planned, 'fixer', ['E-2']).next;
    expect(completeFinding(once, 'fixer', ['E-1', 'E-2']).next).toMatchObject({ state: 'DONE', evidenceIds: ['E-1', 'E-2'] });
  });
});

describe('closing', () => {
  test.each([['fixer', ['FINDING_OWNER']], ['owner', ['SYSTEM_OWNER', 'AUTHOR']], ['dev', ['DEVELOPER']]] as const)('is not for %s', (personId, because) => {
    expect(() => closeFinding(doneFinding, officer(personId), [report], 'Fine.')).toThrow(refusal('SEPARATION_OF_DUTIES', { because }));
  });

  test('is for somebody without a part in it, of what is done, for good', () => {
    const closed = closeFinding(doneFinding, officer(), [report], 'Sampled again.').next;

    expect(closed).toMatchObject({ state: 'CLOSED', closedBy: 'rita', ending: 'Sampled again.' });
    expect(() => closeFinding(givenFinding(), officer(), [report], 'x')).toThrow(refusal('INVALID_TRANSITION'));
    expect(() => planFinding(closed, { personId: 'fixer', now: TODAY }, plan)).toThrow(refusal('INVALID_TRANSITION', { allowedActions: [] }));
  });

  test('needs something that shows what was done: not what was rejected, revoked or has ended, and nothing that was named for another finding', () => {
    const close = (...evidence: readonly Evidence[]): Finding => closeFinding(doneFinding, officer(), evidence, 'Fine.').next;

    for (const more of [{ state: 'REJECTED' }, { state: 'REVOKED' }, { validUntil: TODAY }, { id: 'ev-2' }] as const) expect(() => close(givenEvidence(more))).toThrow(refusal('EVIDENCE_NOT_VALID', { subject: 'F-1' }));
    expect(close(givenEvidence({ state: 'REVOKED' }), givenEvidence({ id: 'ev-2', supersedesId: 'ev-1' })).state).toBe('CLOSED');
    expect(close(givenEvidence()).state).toBe('CLOSED');
  });
});

describe('the severity', () => {
  test('rises by anybody, with a reason', () => {
    expect(rateFinding(givenFinding(), 'VERY_HIGH', validator, 'It spreads.').next.severity).toBe('VERY_HIGH');
    expect(() => rateFinding(givenFinding(), 'VERY_HIGH', validator, ' ')).toThrow(refusal('INVALID_TEXT'));
    expect(() => rateFinding(givenFinding(), 'HIGH', validator, 'x')).toThrow(refusal('INVALID_INPUT', { field: 'severity' }));
  });

  test('falls by a risk officer without a part in it only', () => {
    expect(rateFinding(givenFinding(), 'LOW', officer(), 'One in a million.').next.severity).toBe('LOW');
    expect(() => rateFinding(givenFinding(), 'LOW', validator, 'x')).toThrow(refusal('NOT_ELIGIBLE'));
    for (const personId of ['fixer', 'owner', 'dev']) expect(() => rateFinding(givenFinding(), 'LOW', officer(personId), 'x')).toThrow(refusal('SEPARATION_OF_DUTIES'));
    expect(() => rateFinding(givenFinding({ state: 'CLOSED', closedBy: 'rita' }), 'LOW', officer(), 'x')).toThrow(refusal('INVALID_TRANSITION'));
  });
});

describe('carrying by an acceptance', () => {
  const risk = givenRisk({ level: 'HIGH', state: 'ACCEPTED' });
  const acceptance = givenAcceptance(risk);
  const weighing = { risks: [risk] as readonly Risk[], proof: givenProof(), acceptances: [acceptance] as readonly RiskAcceptance[], conditions: [], suspensions: [] };
  const accept = (finding: Finding, by: RiskAcceptance, risks: readonly Risk[] = [risk]): Finding => acceptFinding(finding, by, officer(), { ...weighing, risks }).next;

  test('ties the finding to the risk that was accepted', () => {
    expect(accept(givenFinding(), acceptance)).toMatchObject({ state: 'RISK_ACCEPTED', riskId: 'risk-1', acceptanceId: 'acc-1' });
    expect(() => acceptFinding(givenFinding(), acceptance, validator, weighing)).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => acceptFinding(givenFinding(), acceptance, officer('fixer'), weighing)).toThrow(refusal('SEPARATION_OF_DUTIES'));
  });

  test.each<[string, Partial<Finding>, Partial<RiskAcceptance>]>([
    ['OTHER_SYSTEM', {}, { systemId: 'sys-2' }], ['OTHER_RISK', { riskId: 'risk-2' }, {}], ['BELOW_SEVERITY', { severity: 'VERY_HIGH' }, {}], ['NOT_GRANTED', {}, { grants: [] }],
    ['NOT_GRANTED', {}, { validUntil: TODAY }], ['NOT_GRANTED', {}, { state: 'REVOKED' }], ['OTHER_RELEASE', {}, { accepted: { ...acceptance.accepted, releaseId: 'rel-1' } }],
  ])('is refused as %s', (gap, finding, more) => {
    const thrown = refusal('ACCEPTANCE_INSUFFICIENT', { because: expect.arrayContaining([gap]) as unknown as string[] });

    expect(() => accept(givenFinding(finding), { ...acceptance, ...more })).toThrow(thrown);
  });

  test('is refused, and later ends, when the risk is no longer what was accepted', () => {
    const worse = givenRisk({ level: 'HIGH', assessments: [givenAssessment('VERY_HIGH')] });
    expect(() => accept(givenFinding(), acceptance, [worse])).toThrow(refusal('ACCEPTANCE_INSUFFICIENT', { because: ['RISK_CHANGED'] }));

    const carried = accept(givenFinding(), acceptance);
    expect(findingOutcome(carried, weighing)).toBe('RISK_ACCEPTED');
    expect(findingOutcome(carried, { ...weighing, risks: [worse] })).toBe('ACCEPTANCE_LAPSED');
    expect(findingOutcome(carried, { ...weighing, proof: givenProof({ clock: new NotingClock(acceptance.validUntil) }) })).toBe('ACCEPTANCE_LAPSED');
    expect(findingOutcome({ ...carried, severity: 'VERY_HIGH' }, weighing)).toBe('ACCEPTANCE_LAPSED');
    expect(findingOutcome(carried, { ...weighing, suspensions: [givenSuspension()] })).toBe('ACCEPTANCE_LAPSED');
    expect(findingOutcome(carried, { ...weighing, acceptances: [] })).toBe('ACCEPTANCE_LAPSED');
  });

  test.each(['CLOSED', 'REJECTED'] as const)('is refused, and later ends, when the risk is %s: what has ended carries nothing', (state) => {
    const ended = { ...risk, state };

    expect(() => accept(givenFinding(), acceptance, [ended])).toThrow(refusal('ACCEPTANCE_INSUFFICIENT', { because: ['RISK_ENDED'] }));
    expect(findingOutcome(accept(givenFinding(), acceptance), { ...weighing, risks: [ended] })).toBe('ACCEPTANCE_LAPSED');
  });

  test('can be given up for a plan', () => {
    expect(planFinding(accept(givenFinding(), acceptance), { personId: 'fixer', now: TODAY }, plan).next).toMatchObject({ state: 'PLANNED', acceptanceId: null });
  });
});

describe('what time makes of it', () => {
  const outcome = (finding: Finding, at: string): string => findingOutcome(finding, { risks: [], acceptances: [], conditions: [], suspensions: [], proof: givenProof({ clock: new NotingClock(at) }) });

  test('a plan is overdue from its date on; what is done is not', () => {
    const planned = givenFinding({ state: 'PLANNED', ...plan });

    expect([outcome(planned, TODAY), outcome(planned, plan.due)]).toEqual(['PLANNED', 'OVERDUE']);
    expect(outcome(doneFinding, plusDays(TODAY, 90))).toBe('DONE');
  });
});

test('a release answers for the findings of its system and its own, until they are closed', () => {
  const of = (id: string, more: Partial<Finding>): Finding => givenFinding({ id, ...more });
  const all = [of('d', { releaseId: 'rel-1' }), of('a', {}), of('b', { releaseId: 'rel-2' }), of('c', { state: 'CLOSED', closedBy: 'rita' })];

  expect(findingsInScope(all, 'rel-1').map(({ id }) => id)).toEqual(['a', 'd']);
});

test('it belongs under a heading of the way to production, if somebody says so, in the spelling of policies', () => {
  const raise = (theme?: string | null): Finding => raiseFinding({ id: 'f', number: 'F-1', systemId: 'sys-1', raisedBy: 'vera', raisedAt: TODAY }, { releaseId: null, riskId: null, mitigationId: null, source: 'PILOT', severity: 'LOW', statement: 'Slow.', ownerId: 'fixer', theme }).next;

  expect([raise('scaling').theme, raise(null).theme, raise().theme]).toEqual(['scaling', null, null]);
  for (const theme of ['Scaling', '', 'two words', 'x'.repeat(41)]) expect(() => raise(theme)).toThrow(refusal('INVALID_INPUT', { field: 'input.theme' }));
});

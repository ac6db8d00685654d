// Findings on a real PostgreSQL: raised by anybody but auditors, answered by their owner, closed by somebody else or carried by an acceptance.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import type { RiskAcceptance } from '../../src/domain/acceptance.js';
import { plusDays } from '../../src/domain/clock.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Stored } from '../../src/domain/package.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { FindingsService, type FindingInput } from '../../src/monitoring/findings.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { givenEvidence, givenRelease, riskInput } from './register.js';

let app: TestApp;
let findings: FindingsService;
let systemId: string;
let releaseId: string;
let bundleDigest: string;

beforeAll(async () => {
  app = await startApp();
  findings = app.app.get(FindingsService);
  ({ systemId, releaseId, bundleDigest } = await givenRelease(app, app.as, '', 'f1'));
  for (let n = 1; n <= 3; n += 1) await givenEvidence(app, app.as, systemId);
});

afterAll(() => app.close());

const change = ({ id, version }: { id: string; version: number }): { id: string; expectedVersion: number } => ({ id, expectedVersion: version });
const soon = (days: number): string => plusDays(new Date().toISOString(), days);
const input = (more: Partial<FindingInput> = {}): FindingInput => ({ source: 'VALIDATION', severity: 'HIGH', statement: 'Names are not removed.', owner: 'dana', release: null, risk: null, mitigation: null, ...more });
const raised = (more: Partial<FindingInput> = {}, handle = 'vera'): Promise<Stored<Finding>> => findings.raise(app.as(handle), systemId, input(more));
const planned = async (more: Partial<FindingInput> = {}, due = soon(20)): Promise<Stored<Finding>> => findings.plan(app.as('dana'), change(await raised(more)), { action: 'Remove them before logging.', due });
const done = async (more: Partial<FindingInput> = {}): Promise<Stored<Finding>> => findings.complete(app.as('dana'), change(await planned(more)), ['E-3']);

async function blockers(): Promise<string[]> {
  const answer = await app.app.get(GateService).check(app.as('pipeline'), { target: { kind: 'BUNDLE', bundleDigest }, system: null, environment: 'pilot', action: 'promote' });
  return answer.decision.reasons.filter(({ rule }) => rule === 'R9').map(({ requirement, severity }) => `${requirement} ${severity}`);
}

/** A HIGH risk of the system, accepted by those who may; and the acceptance. */
async function accepted(): Promise<Stored<RiskAcceptance>> {
  const risks = app.app.get(RisksService);
  const logged = await risks.log(app.as('sam'), systemId, riskInput('sam'), false);
  const estimate = { likelihood: 3, consequences: [{ class: 'LEGAL' as const, value: 4 }] };
  const assessed = await risks.assess(app.as('sam'), change(logged), { inherent: estimate, current: estimate, target: null, rationale: 'Seen.', strengthOfKnowledge: 'MEDIUM' });
  const acceptances = app.app.get(AcceptancesService);
  const requested = await acceptances.request(app.as('sam'), change(assessed), { reason: 'Worth it.', validUntil: soon(30) });
  return acceptances.grant(app.as('hugo'), change(await acceptances.grant(app.as('eve'), change(requested))));
}

describe('a finding', () => {
  test('is raised by whoever works with the system, never by an auditor or a tool', async () => {
    for (const handle of ['vera', 'sam', 'dana', 'rita']) expect(await raised({}, handle)).toMatchObject({ state: 'OPEN', severity: 'HIGH' });
    for (const handle of ['axel', 'pipeline', 'ada']) await expect(raised({}, handle)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(raised({ owner: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND', facts: { field: 'owner' } });
    await expect(raised({ mitigation: 'the filter' })).rejects.toMatchObject({ code: 'NOT_FOUND', facts: { subject: 'Mitigation' } });
    const other = await givenRelease(app, app.as, '', 'f2');
    await expect(raised({ release: other.releaseId })).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'release' } });
  });

  test('is planned and done by its owner, with a date ahead and with evidence', async () => {
    const finding = await raised();

    await expect(findings.plan(app.as('sam'), change(finding), { action: 'x', due: soon(3) })).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    await expect(findings.plan(app.as('dana'), change(finding), { action: 'x', due: soon(-1) })).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'due' } });
    await expect(findings.complete(app.as('dana'), change(finding), ['E-1'])).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { allowedActions: ['plan', 'acceptRisk'] } });
    const plan = await findings.plan(app.as('dana'), change(finding), { action: 'Remove them.', due: soon(3) });
    await expect(findings.plan(app.as('dana'), change(plan), { action: 'Later.', due: soon(90) })).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { action: 'plan' } });
    await expect(findings.complete(app.as('dana'), change(plan), [])).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'evidence' } });
    await expect(findings.complete(app.as('dana'), change(plan), ['a mail'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const once = await findings.complete(app.as('dana'), change(plan), ['E-2']);
    expect(await findings.complete(app.as('dana'), change(once), ['E-1', 'E-2'])).toMatchObject({ state: 'DONE', evidenceIds: [expect.any(String), expect.any(String)] });
  });

  test('is closed by somebody who neither owns it nor has a part in the system', async () => {
    const finding = await done({ owner: 'dana' });
    await expect(findings.close(app.as('sam'), change(finding), 'Fine.')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const ownedByRita = await findings.plan(app.as('rita'), change(await raised({ owner: 'rita' })), { action: 'x', due: soon(3) });
    const doneByRita = await findings.complete(app.as('rita'), change(ownedByRita), ['E-1']);

    await expect(findings.close(app.as('rita'), change(doneByRita), 'Fine.')).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['FINDING_OWNER'] } });
    const closed = await findings.close(app.as('rita'), change(finding), 'Sampled again, no name left.');
    expect(closed).toMatchObject({ state: 'CLOSED', ending: 'Sampled again, no name left.' });
    await expect(findings.rate(app.as('rita'), change(closed), 'LOW', 'x')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
    const { data } = await app.graphql('axel', `{ finding(id: "${closed.number}") { state outcome availableActions owner { handle } raisedBy { handle } closedBy { handle } system { id } release { id } } }`);
    expect(data).toEqual({ finding: { state: 'CLOSED', outcome: 'CLOSED', availableActions: [], owner: { handle: 'dana' }, raisedBy: { handle: 'vera' }, closedBy: { handle: 'rita' }, system: { id: systemId }, release: null } });
  });

  test('rises by anybody who may raise one, and falls only by a risk officer without a part in it', async () => {
    const finding = await findings.rate(app.as('dana'), change(await raised({ severity: 'MODERATE' })), 'VERY_HIGH', 'It reaches attachments too.');

    expect(finding.severity).toBe('VERY_HIGH');
    await expect(findings.rate(app.as('vera'), change(finding), 'HIGH', 'x')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    await expect(findings.rate(app.as('rita'), change(finding), 'VERY_HIGH', 'x')).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'severity' } });
    await expect(findings.rate(app.as('rita'), change(await raised({ owner: 'rita' })), 'LOW', 'x')).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['FINDING_OWNER'] } });
    expect(await findings.rate(app.as('rita'), change(finding), 'LOW', 'Two mails of a million.')).toMatchObject({ severity: 'LOW', version: 3 });
  });

  test('is lowered, carried and closed by persons only, whatever roles a service holds', async () => {
    const grants = [{ role: 'RISK_OFFICER' }, { role: 'HEAD_OF_RISK' }] as const;
    const robot = await app.app.get(PeopleService).admit(app.as('ada'), { kind: 'SERVICE', issuer: 'https://issuer.example', subject: 'robot', displayName: 'Robot', function: null, grants });
    const ctx = { ...app.as('ada'), principalId: robot.id };
    const [open, finished] = [await raised(), await done()];

    await expect(findings.rate(ctx, change(open), 'LOW', 'It is nothing.')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(findings.rate(ctx, change(open), 'VERY_HIGH', 'It is much.')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(findings.acceptRisk(ctx, change(open), (await accepted()).id)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(findings.close(ctx, change(finished), 'Fine.')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('is not closed on evidence that was rejected', async () => {
    const evidence = app.app.get(EvidenceService);
    const named = await givenEvidence(app, app.as, systemId);
    const finished = await findings.complete(app.as('dana'), change(await planned()), [named.id]);
    await evidence.reject(app.as('kim'), change(named), 'It shows nothing.');

    await expect(findings.close(app.as('rita'), change(finished), 'Fine.')).rejects.toMatchObject({ code: 'EVIDENCE_NOT_VALID', facts: { subject: finished.number } });
    const again = await findings.complete(app.as('dana'), change(finished), [(await givenEvidence(app, app.as, systemId)).id]);
    expect(await findings.close(app.as('rita'), change(again), 'Seen.')).toMatchObject({ state: 'CLOSED' });
  });

  test('is carried by a granted acceptance that reaches so far, and is open again when that is revoked', async () => {
    const acceptance = await accepted();
    const finding = await raised();
    const worse = await raised({ severity: 'VERY_HIGH' });

    await expect(findings.acceptRisk(app.as('sam'), change(finding), acceptance.id)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(findings.acceptRisk(app.as('rita'), change(worse), acceptance.number)).rejects.toMatchObject({ code: 'ACCEPTANCE_INSUFFICIENT', facts: { because: ['BELOW_SEVERITY'] } });
    const carried = await findings.acceptRisk(app.as('rita'), change(finding), acceptance.id);
    expect(carried).toMatchObject({ state: 'RISK_ACCEPTED', riskId: acceptance.riskId, acceptanceId: acceptance.id });
    expect(await blockers()).not.toContain(`R9/${finding.number} BLOCK`);

    await app.app.get(AcceptancesService).end(app.as('hugo'), { id: acceptance.id, expectedVersion: acceptance.version }, 'revoke', 'It happened.');
    const { data } = await app.graphql('axel', `{ finding(id: "${finding.id}") { state outcome risk { id } acceptance { outcome } } }`);
    expect(data).toEqual({ finding: { state: 'RISK_ACCEPTED', outcome: 'ACCEPTANCE_LAPSED', risk: { id: acceptance.riskId }, acceptance: { outcome: 'REVOKED' } } });
    expect(await blockers()).toContain(`R9/${finding.number} BLOCK`);
    await expect(findings.acceptRisk(app.as('rita'), change(worse), acceptance.id)).rejects.toMatchObject({ code: 'ACCEPTANCE_INSUFFICIENT', facts: { because: ['BELOW_SEVERITY', 'NOT_GRANTED'] } });
    expect(await findings.plan(app.as('dana'), change(carried), { action: 'Now we must.', due: soon(5) })).toMatchObject({ state: 'PLANNED', acceptanceId: null });
  });
});

describe('the gate', () => {
  test('blocks from HIGH on, for the system or the very release, until it is settled', async () => {
    const [high, moderate, here] = [await raised(), await raised({ severity: 'MODERATE' }), await raised({ release: releaseId, severity: 'VERY_HIGH' })];
    const numbers = async (): Promise<string[]> => (await blockers()).filter((blocker) => [high, moderate, here].some(({ number }) => blocker.startsWith(`R9/${number} `)));

    expect((await numbers()).sort()).toEqual([`R9/${high.number} BLOCK`, `R9/${here.number} BLOCK`].sort());
    const finished = await findings.complete(app.as('dana'), change(await findings.plan(app.as('dana'), change(high), { action: 'x', due: soon(2) })), ['E-1']);
    expect(await numbers()).toContain(`R9/${high.number} BLOCK`);
    await findings.close(app.as('rita'), change(finished), 'Checked.');
    expect(await numbers()).toEqual([`R9/${here.number} BLOCK`]);
  });
});

describe('lists of findings', () => {
  test('are narrowed by system, owner, severity, state and lateness', async () => {
    const other = (await givenRelease(app, app.as, '', 'f3')).systemId;
    const first = await findings.raise(app.as('vera'), other, input({ severity: 'LOW' }));
    const second = await findings.plan(app.as('sam'), change(await findings.raise(app.as('vera'), other, input({ owner: 'sam' }))), { action: 'x', due: soon(1) });
    const listed = async (filter: string): Promise<unknown> => {
      const { data, errors } = await app.graphql<{ findings: { nodes: { number: string }[] } }>('axel', `{ findings(system: "${other}", ${filter}) { nodes { number } } }`);
      return errors?.[0]?.extensions['code'] ?? data?.findings.nodes.map(({ number }) => number);
    };

    expect(await listed('first: 5')).toEqual([first.number, second.number]);
    expect(await listed('severity: LOW')).toEqual([first.number]);
    expect(await listed('owner: "sam"')).toEqual([second.number]);
    expect(await listed('state: PLANNED')).toEqual([second.number]);
    expect(await listed('overdue: true')).toEqual([]);
    expect(await listed('state: OPEN, overdue: true')).toBe('INVALID_INPUT');
    const { data } = await app.graphql('axel', `{ system(id: "${other}") { findings(first: 1) { nodes { number } pageInfo { hasNextPage } } } node(id: "${first.id}") { __typename } }`);
    expect(data).toEqual({ system: { findings: { nodes: [{ number: first.number }], pageInfo: { hasNextPage: true } } }, node: { __typename: 'Finding' } });
  });
});

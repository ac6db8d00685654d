// Impact assessments on a real PostgreSQL: written element by element, judged by their lane, revised by editions, asked for by the gate.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import type { ImpactAssessment } from '../../src/domain/impact-assessment.js';
import type { ImpactKind } from '../../src/domain/impact-elements.js';
import type { Stored } from '../../src/domain/package.js';
import type { TierAssessment } from '../../src/domain/system.js';
import { GateService } from '../../src/gate/gate.service.js';
import { ImpactsService } from '../../src/impacts/impacts.service.js';
import { ImpactApprovalsService } from '../../src/reviews/impact-approvals.service.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { everyAnswer } from '../support/given.js';
import { givenEvidence, givenRelease } from './register.js';

let app: TestApp;
let impacts: ImpactsService;
let approvals: ImpactApprovalsService;
let content = 0;

beforeAll(async () => {
  app = await startApp();
  [impacts, approvals] = [app.app.get(ImpactsService), app.app.get(ImpactApprovalsService)];
});

afterAll(() => app.close());

const change = ({ id, version }: { id: string; version: number }): { id: string; expectedVersion: number } => ({ id, expectedVersion: version });

/** A system with a release, of this tier and with these flags. */
async function givenSystem(tier: Partial<TierAssessment> = {}): Promise<{ systemId: string; releaseId: string; bundleDigest: string }> {
  content += 1;
  const given = await givenRelease(app, app.as, '', `c${content.toString(16)}`);
  const input = { tier: 'MODERATE' as const, euClass: 'LIMITED' as const, flags: ['PERSONAL_DATA', 'PROFILING'] as const, rationale: 'By the questionnaire.', ...tier };
  await app.app.get(SystemsService).assessTier(app.as('hugo'), { id: given.systemId, expectedVersion: 2 }, input);
  return given;
}

async function submitted(systemId: string, kind: ImpactKind = 'DPIA'): Promise<Stored<ImpactAssessment>> {
  const drafted = await impacts.draft(app.as('sam'), systemId, kind);
  const answered = await impacts.answer(app.as('dana'), change(drafted), { answers: everyAnswer(kind), evidence: null });
  return impacts.submit(app.as('dana'), change(answered));
}

async function approved(systemId: string, kind: ImpactKind = 'DPIA', by = 'petra'): Promise<Stored<ImpactAssessment>> {
  return approvals.approve(app.as(by), change(await submitted(systemId, kind)), null);
}

async function gateReasons(bundleDigest: string, environment = 'production'): Promise<string[]> {
  const answer = await app.app.get(GateService).check(app.as('pipeline'), { target: { kind: 'BUNDLE', bundleDigest }, system: null, environment, action: 'promote' });
  return answer.decision.reasons.filter(({ rule }) => rule === 'R2').map(({ requirement, code }) => `${requirement} ${code}`);
}

describe('an impact assessment', () => {
  test('shows every element with its question, and is handed in only when all are answered', async () => {
    const { systemId } = await givenSystem();
    const shown = await givenEvidence(app, app.as, systemId);
    const drafted = await impacts.draft(app.as('sam'), systemId, 'FRIA');
    const { data } = await app.graphql<{ impactAssessment: { elements: { id: string; source: string; answer: string | null }[] } }>('axel', `{ impactAssessment(id: "${drafted.number}") { lane outcome elements { id source answer } } }`);
    expect(data?.impactAssessment).toMatchObject({ lane: 'FRIA', outcome: 'DRAFT' });
    expect(data?.impactAssessment.elements.map(({ source }) => source)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `EU AI Act Art. 27(1)(${letter})`));

    const once = await impacts.answer(app.as('dana'), change(drafted), { answers: [{ element: 'FRIA-B', text: 'From May, daily.' }], evidence: [shown.number] });
    await expect(impacts.submit(app.as('sam'), change(once))).rejects.toMatchObject({ code: 'ASSESSMENT_INCOMPLETE', facts: { because: ['FRIA-A', 'FRIA-C', 'FRIA-D', 'FRIA-E', 'FRIA-F'] } });
    await expect(impacts.answer(app.as('dana'), change(once), { answers: [{ element: 'DPIA-A', text: 'x' }], evidence: null })).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'answers.0.element' } });
    await expect(impacts.answer(app.as('dana'), change(once), { answers: [], evidence: ['a report'] })).rejects.toMatchObject({ code: 'NOT_FOUND', facts: { field: 'input.evidence.0' } });
    const all = await impacts.answer(app.as('dana'), change(once), { answers: everyAnswer('FRIA'), evidence: null });
    expect(await impacts.submit(app.as('sam'), change(all))).toMatchObject({ state: 'SUBMITTED', evidenceIds: [shown.id], version: 4 });
  });

  test('is written by the team, and there is one of each kind', async () => {
    const { systemId } = await givenSystem();

    for (const handle of ['axel', 'petra', 'rita']) await expect(impacts.draft(app.as(handle), systemId, 'DPIA')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const first = await impacts.draft(app.as('sam'), systemId, 'DPIA');
    await expect(impacts.draft(app.as('dana'), systemId, 'DPIA')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await impacts.withdraw(app.as('sam'), change(first), 'Begun too early.');
    expect(await impacts.draft(app.as('dana'), systemId, 'DPIA')).toMatchObject({ state: 'DRAFT', edition: 1 });
  });

  test('is approved in the lane of its kind only, by somebody who did not write it', async () => {
    const { systemId } = await givenSystem();
    const dpia = await submitted(systemId);
    const impact = await submitted(systemId, 'AI_SYSTEM');

    for (const handle of ['rita', 'kim']) await expect(approvals.approve(app.as(handle), change(dpia), null)).rejects.toMatchObject({ code: 'NOT_ELIGIBLE', facts: { subject: 'PRIVACY', because: ['NO_GRANT_FOR_LANE'] } });
    await expect(approvals.approve(app.as('petra'), change(impact), null)).rejects.toMatchObject({ code: 'NOT_ELIGIBLE', facts: { subject: 'RISK' } });
    await expect(approvals.approve(app.as('dana'), change(dpia), null)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await approvals.approve(app.as('lena'), change(dpia), null)).toMatchObject({ state: 'APPROVED', editions: [{ edition: 1, submittedBy: dpia.submission?.by }] });
    expect(await approvals.approve(app.as('rita'), change(impact), null)).toMatchObject({ state: 'APPROVED' });
  });

  test('is given back with a reason, and stays what it says', async () => {
    const { systemId } = await givenSystem();
    const dpia = await submitted(systemId);

    await expect(approvals.giveBack(app.as('kim'), change(dpia), 'x')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    const returned = await approvals.giveBack(app.as('petra'), change(dpia), 'Say who deletes the traces.');
    expect(returned).toMatchObject({ state: 'DRAFT', remark: 'Say who deletes the traces.', answers: dpia.answers, submission: null });
    await expect(approvals.approve(app.as('petra'), change(returned), null)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { allowedActions: ['answer', 'submit', 'withdraw'] } });
  });

  test('is approved for no longer than the tier allows', async () => {
    const dpia = await submitted((await givenSystem({ tier: 'HIGH' })).systemId);
    const now = new Date().toISOString();

    await expect(approvals.approve(app.as('petra'), change(dpia), plusDays(now, 181))).rejects.toMatchObject({ code: 'VALIDITY_TOO_LONG', facts: { field: 'validUntil' } });
    await expect(approvals.approve(app.as('petra'), change(dpia), plusDays(now, -1))).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'validUntil' } });
    const { validUntil } = await approvals.approve(app.as('petra'), change(dpia), null);
    expect(Date.parse(validUntil ?? '') - Date.parse(now)).toBeGreaterThan(179 * 86_400_000);
  });
});

describe('the gate', () => {
  test('asks for what the policy names, and lets it pass once it is approved', async () => {
    const { systemId, bundleDigest } = await givenSystem();
    expect(await gateReasons(bundleDigest)).toEqual(['R2/DPIA IMPACT_ASSESSMENT_MISSING']);
    expect(await gateReasons(bundleDigest, 'pilot')).toEqual([]);

    const dpia = await approved(systemId);
    expect(await gateReasons(bundleDigest)).toEqual([]);

    const revised = await impacts.revise(app.as('sam'), change(dpia), 'New data source.');
    expect(revised).toMatchObject({ state: 'DRAFT', edition: 2 });
    expect(await gateReasons(bundleDigest)).toEqual([]);

    await impacts.withdraw(app.as('sam'), change(revised), 'The system does something else now.');
    expect(await gateReasons(bundleDigest)).toEqual(['R2/DPIA IMPACT_ASSESSMENT_MISSING']);
  });

  test('asks a pilot that decides about real people already there', async () => {
    const { bundleDigest } = await givenSystem({ flags: ['PERSONAL_DATA', 'PROFILING', 'FRIA_REQUIRED', 'PILOT_AFFECTS_REAL_PEOPLE'] });

    expect(await gateReasons(bundleDigest, 'pilot')).toEqual(['R2/FRIA IMPACT_ASSESSMENT_MISSING', 'R2/DPIA IMPACT_ASSESSMENT_MISSING']);
  });

  test('shows the approved edition to the reviewers, whose package changes with the next one', async () => {
    const { systemId, releaseId } = await givenSystem();
    const dpia = await approved(systemId);
    const promotion = await app.app.get(PromotionsService).open(app.as('sam'), { release: releaseId, environment: 'production', reason: 'All customers.' });
    const shown = async (): Promise<string> => (await app.app.get(PromotionsService).presentPackage(app.as('petra'), promotion)).readable;
    expect(await shown()).toContain(`- ${dpia.number} (DPIA), edition 1, approved `);

    const second = await impacts.submit(app.as('sam'), change(await impacts.revise(app.as('sam'), change(dpia), 'A year has passed.')));
    expect(await shown()).toContain('edition 1');
    await approvals.approve(app.as('petra'), change(second), null);
    expect(await shown()).toContain('edition 2');
  });
});

describe('lists of impact assessments', () => {
  test('are narrowed by system, kind, state and ended approvals', async () => {
    const { systemId } = await givenSystem();
    const dpia = await approved(systemId);
    const fria = await submitted(systemId, 'FRIA');
    const listed = async (filter: string): Promise<unknown> => {
      const { data } = await app.graphql<{ impactAssessments: { nodes: { number: string }[] } }>('axel', `{ impactAssessments(system: "${systemId}", ${filter}) { nodes { number } } }`);
      return data?.impactAssessments.nodes.map(({ number }) => number);
    };

    expect(await listed('first: 5')).toEqual([dpia.number, fria.number]);
    expect(await listed('kind: FRIA')).toEqual([fria.number]);
    expect(await listed('state: APPROVED')).toEqual([dpia.number]);
    expect(await listed('overdue: true')).toEqual([]);
    const { data } = await app.graphql('axel', `{ system(id: "${systemId}") { impactAssessments { nodes { kind editors { handle } editions { approvedBy { handle } answers { element } } } } } node(id: "${dpia.id}") { id __typename } }`);
    expect(data).toMatchObject({ node: { __typename: 'ImpactAssessment' }, system: { impactAssessments: { nodes: [{ kind: 'DPIA', editions: [{ approvedBy: { handle: 'petra' } }] }, { kind: 'FRIA', editions: [] }] } } });
  });
});

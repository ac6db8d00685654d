// The queue of a person: what is in it would be accepted from them now, and whoever has had a part in a thing does not find it there.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConditionsService } from '../../src/acceptances/conditions.service.js';
import { plusDays, plusHours } from '../../src/domain/clock.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { BreakGlassService } from '../../src/gate/break-glass.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { MitigationsService } from '../../src/mitigations/mitigations.service.js';
import { FindingsService } from '../../src/monitoring/findings.service.js';
import { ChangeJudgementsService } from '../../src/reviews/change-judgements.service.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { fillRegister, givenEvidence, givenRisk, riskInput, systemInput, type Register } from './register.js';

interface Item { readonly mutation: string; readonly number: string; readonly said: string; readonly overdue: boolean; readonly until: string | null; readonly lane: string | null; readonly grant: { role: string; lane?: string | null } | null; readonly askedBy: { handle: string } | null; readonly system: { number: string } }

let app: TestApp;
let register: Register;
beforeAll(async () => {
  app = await startApp();
  register = await fillRegister(app, app.as, '', 'a1');
});
afterAll(() => app.close());

async function queue(handle: string): Promise<Item[]> {
  const { data, errors } = await app.graphql<{ myWork: { items: Item[]; isComplete: boolean } }>(handle, '{ myWork { isComplete items { mutation number said overdue until lane grant { role lane } askedBy { handle } system { number } } } }');
  expect([errors, data?.myWork.isComplete]).toEqual([undefined, true]);
  return data?.myWork.items ?? [];
}

const named = (items: readonly Item[]): string[] => items.map(({ mutation, number }) => `${mutation} ${number}`);

describe('the queue', () => {
  test('holds what waits for a person, says why and in whose words, and not what the person has a part in', async () => {
    const now = new Date().toISOString();
    const own = await app.app.get(EvidenceService).submit(app.as('rita'), register.ids.system, { type: 'test_report', title: 'My own test', digest: 'ee'.repeat(32), subjectDigest: null, location: null, collectedAt: now, validUntil: plusDays(now, 60), supersedes: null });
    const [rita, sam] = [await queue('rita'), await queue('sam')];

    expect(named(rita)).not.toContain(`verifyEvidence ${own.number}`);
    expect(named(await queue('hugo'))).toContain(`verifyEvidence ${own.number}`);
    expect(named(rita)).toEqual(expect.arrayContaining(['grantAcceptance A-1', 'verifyEvidence E-1', 'grantWaiver W-1']));
    expect(rita.find(({ number }) => number === 'A-1')).toEqual({
      mutation: 'grantAcceptance', number: 'A-1', said: 'Worth it.', overdue: false, until: expect.any(String), lane: null, grant: { role: 'RISK_OFFICER', lane: null }, askedBy: { handle: 'sam' }, system: { number: 'SYS-1' },
    });
    expect(named(sam)).toEqual(expect.arrayContaining(['implementMitigation M-1', 'planFinding F-1']));
    expect(named(sam).filter((item) => /^(verify|confirm|grantWaiver|close)/.test(item))).toEqual([]);
    expect(await queue('axel')).toEqual([]);
  });

  test('holds a tier that is due, for officers who have no part in the system, until one of them has assessed it', async () => {
    const systems = app.app.get(SystemsService);
    const { id, number } = await systems.register(app.as('sam'), systemInput('sam', { name: 'To be tiered' }));
    const item = `assessTier ${number}`;
    expect(named(await queue('rita'))).not.toContain(item);
    await systems.answer(app.as('dana'), { id, expectedVersion: 1 }, { answers: [], rationale: 'Nothing is known yet.' });

    expect((await queue('rita')).filter((one) => one.mutation === 'assessTier')).toEqual([{
      mutation: 'assessTier', number, said: 'To be tiered', overdue: true, until: expect.any(String), lane: null, grant: { role: 'RISK_OFFICER', lane: null }, askedBy: { handle: 'dana' }, system: { number },
    }]);
    expect(named(await queue('sam'))).not.toContain(item);
    await systems.assessTier(app.as('hugo'), { id, expectedVersion: 2 }, { tier: null, euClass: 'LIMITED', flags: [], rationale: 'By the answers.' });
    expect(named(await queue('rita'))).not.toContain(item);
  });

  test('holds nothing of a system that no role of the person covers, though it is the owner of the thing', async () => {
    const elsewhere = await app.app.get(SystemsService).register(app.as('sam'), systemInput('sam', { name: 'Elsewhere' }));
    await app.app.get(PeopleService).admit(app.as('ada'), { kind: 'USER', issuer: BUILT_IN_ISSUER, subject: 'nora', displayName: 'Nora', function: 'operations', grants: [{ role: 'RISK_OWNER', systemIds: [elsewhere.id] }] });
    const owned = (systemId: string): Promise<{ number: string }> => app.app.get(RisksService).log(app.as('sam'), systemId, riskInput('nora'), false);
    const [foreign, own] = [await owned(register.ids.system), await owned(elsewhere.id)];

    expect(named(await queue('nora'))).toEqual([`assessRisk ${own.number}`]);
    expect(foreign.number).not.toBe(own.number);
  });

  test('holds what waits for a second person: keys, reviews afterwards, baselines, milder changes and conditions; each lets go once it is done', async () => {
    const { ids, versions } = register;
    const glass = app.app.get(BreakGlassService);
    const at = ({ id, version }: { id: string; version: number }): { id: string; expectedVersion: number } => ({ id, expectedVersion: version });
    const declared = await glass.invoke(app.as('dana'), { system: ids.system, environment: 'production', bundleDigest: ids.bundleDigest, emergency: 'HARM', incident: 'It harms people.', validUntil: plusHours(new Date().toISOString(), 3) });
    const eve = await queue('eve');
    expect(eve.filter(({ number }) => number === declared.number)).toEqual([{
      mutation: 'turnSecondKey', number: declared.number, said: 'It harms people.', overdue: false, until: declared.validUntil, lane: null, grant: { role: 'EXECUTIVE', lane: null }, askedBy: { handle: 'dana' }, system: { number: 'SYS-1' },
    }]);
    expect(named(eve)).toContain('turnSecondKey BG-1');
    await glass.turnSecondKey(app.as('eve'), at(declared));
    expect(named(await queue('eve'))).not.toContain(`turnSecondKey ${declared.number}`);

    const { decision } = await app.app.get(GateService).authorize(app.as('pipeline'), { target: { kind: 'BUNDLE', bundleDigest: ids.bundleDigest }, system: null, environment: 'production', action: 'promote' });
    const next = await app.app.get(ReleasesService).create(app.as('dana'), ids.system, { label: '1.1', components: [{ role: 'MODEL', name: 'model', digest: 'f7'.repeat(32) }] });
    const claimed = await app.app.get(ReleasesService).claimChange(app.as('dana'), at(next), ids.release, { changeClass: 'RETRAIN_SAME_SPEC', reason: 'Trained again.' });
    const shown = await givenEvidence(app, app.as, ids.system);
    expect(named(await queue('sam'))).toContain('fulfilCondition C-1');
    const conditions = app.app.get(ConditionsService);
    const fulfilled = await conditions.fulfil(app.as('sam'), { id: ids.condition, expectedVersion: versions.condition }, [shown.id]);
    const [rita, vera, sam] = [await queue('rita'), await queue('vera'), named(await queue('sam'))];

    expect(decision.override?.breakGlass).toBe(declared.number);
    expect(named(rita)).toEqual(expect.arrayContaining([`reviewBreakGlass ${declared.number}`, 'confirmBaseline BL-1', 'confirmCondition C-1']));
    expect(rita.find(({ mutation }) => mutation === 'reviewBreakGlass')).toMatchObject({ until: expect.any(String), grant: { role: 'RISK_OFFICER' }, askedBy: { handle: 'dana' }, overdue: false });
    expect(vera.find(({ mutation }) => mutation === 'confirmChangeClass')).toMatchObject({ number: next.number, said: 'Trained again.', askedBy: { handle: 'dana' }, grant: { role: 'REVIEWER', lane: 'VALIDATION' } });
    expect(sam.filter((item) => /^(turn|review|confirm|fulfil)/.test(item))).toEqual([]);

    await glass.review(app.as('rita'), { id: declared.id, expectedVersion: declared.version + 2 }, 'ratify', 'It was right.');
    await app.app.get(BaselinesService).confirm(app.as('rita'), { id: ids.baseline, expectedVersion: versions.baseline });
    await conditions.confirm(app.as('rita'), at(fulfilled), 'It is done.');
    await app.app.get(ChangeJudgementsService).judge(app.as('vera'), at(claimed), { confirms: true, reason: 'So it is.' });
    expect(named(await queue('rita')).filter((item) => /^(review|confirmB|confirmC)/.test(item))).toEqual([]);
    expect(named(await queue('vera')).filter((item) => item.startsWith('confirmChangeClass'))).toEqual([]);
  });

  test('does not offer a milder change to whoever has stepped back from VALIDATION', async () => {
    const { ids } = register;
    const releases = app.app.get(ReleasesService);
    const next = await releases.create(app.as('dana'), ids.system, { label: '1.2', components: [{ role: 'MODEL', name: 'model', digest: 'f8'.repeat(32) }] });
    await releases.claimChange(app.as('dana'), { id: next.id, expectedVersion: next.version }, ids.release, { changeClass: 'RETRAIN_SAME_SPEC', reason: 'Trained again.' });
    expect(named(await queue('vera'))).toContain(`confirmChangeClass ${next.number}`);
    const promotion = await app.app.get(PromotionsService).open(app.as('sam'), { release: next.id, environment: 'production', reason: 'The next one.' });
    const signOffs = app.app.get(SignOffsService);
    const { challenge, packages } = await signOffs.request(app.as('vera'), [promotion.id], ['VALIDATION']);
    await signOffs.confirm(app.as('vera'), { challenge, packageDigests: packages.map(({ digest }) => digest) }, { choice: 'RECUSE', statement: 'I know them well.', attests: [] });

    expect(named(await queue('vera'))).not.toContain(`confirmChangeClass ${next.number}`);
  });

  test('has lanes to sign with what the requester said, what is due first at the top', async () => {
    const promotion = await app.app.get(PromotionsService).open(app.as('sam'), { release: register.ids.release, environment: 'production', reason: 'Everybody asks for it.', due: plusDays(new Date().toISOString(), 2) });
    const rita = await queue('rita');

    expect(rita[0]).toMatchObject({ mutation: 'requestSignOff', number: `${promotion.number}/RISK`, lane: 'RISK', said: 'Everybody asks for it.', until: promotion.due, askedBy: { handle: 'sam' }, grant: { role: 'RISK_OFFICER' } });
    expect(rita.map(({ until }) => until ?? '9999')).toEqual(rita.map(({ until }) => until ?? '9999').sort());
    expect(named(await queue('sam')).filter((item) => item.startsWith('requestSignOff'))).not.toContain(`requestSignOff ${promotion.number}/RISK`);
  });

  test('lets go of a thing once it is done, and gives on what comes after it', async () => {
    const at = ({ id, version }: { id: string; version: number }): { id: string; expectedVersion: number } => ({ id, expectedVersion: version });
    const [evidence, mitigations, findings] = [app.app.get(EvidenceService), app.app.get(MitigationsService), app.app.get(FindingsService)];
    const verified = await evidence.verify(app.as('rita'), at({ id: register.ids.evidence, version: register.versions.evidence }));
    await mitigations.implement(app.as('sam'), at({ id: register.ids.mitigation, version: register.versions.mitigation }), [verified.number]);
    const planned = await findings.plan(app.as('sam'), at({ id: register.ids.finding, version: register.versions.finding }), { action: 'Keep one.', due: plusDays(new Date().toISOString(), 5) });
    await findings.complete(app.as('sam'), at(planned), [verified.number]);
    const risk = await givenRisk(app, app.as, register.ids.system, { confirmed: false });

    const [rita, sam] = [named(await queue('rita')), named(await queue('sam'))];
    expect(rita).not.toContain('verifyEvidence E-1');
    expect(rita).toEqual(expect.arrayContaining(['verifyMitigation M-1', 'closeFinding F-1', expect.stringMatching(/^confirmRisk R-\d+$/)]));
    expect(sam.filter((item) => / (M-1|F-1)$/.test(item))).toEqual([]);
    const { errors } = await app.graphql('rita', 'mutation ($id: ID!, $v: Int!) { confirmRisk(id: $id, expectedVersion: $v) { id } }', { id: risk.id, v: risk.version });
    expect(errors).toBeUndefined();
    expect(named(await queue('rita')).filter((item) => item.startsWith('confirmRisk'))).toEqual([]);
  });
});

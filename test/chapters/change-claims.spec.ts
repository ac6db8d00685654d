// How much a new release changes: computed from its parts, made milder only by a claim that VALIDATION confirms, and shown against what was signed.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { sha256 } from '../../src/domain/digest.js';
import type { Stored } from '../../src/domain/package.js';
import type { Promotion } from '../../src/domain/promotion.js';
import type { ComponentRole, Release } from '../../src/domain/release.js';
import { GateService } from '../../src/gate/gate.service.js';
import { mintToken } from '../../src/identity/issuer.js';
import { ChangeJudgementsService } from '../../src/reviews/change-judgements.service.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { at, givenConfirmedRisk, givenSystem, openPromotion, openRegister, questionAbout, sign, type Register } from '../support/register.js';

const ROLES: readonly ComponentRole[] = ['MODEL', 'IMAGE', 'PROMPT', 'CONFIG'];

describe('a release with another part', () => {
  let register: Register;
  beforeAll(async () => { register = await openRegister(); });
  afterAll(() => register.close());

  /** Of the same system, with other bytes in these parts. */
  async function release(systemId: string, changed: readonly ComponentRole[]): Promise<Stored<Release>> {
    const label = randomBytes(6).toString('hex');
    const components = ROLES.map((role) => ({ role, name: role.toLowerCase(), digest: sha256(`${systemId} ${changed.includes(role) ? label : role}`) }));
    return register.app.get(ReleasesService).create(register.as('dana'), systemId, { label, components });
  }

  /** The lanes that the gate still asks for. */
  async function missing(of: Release): Promise<string[]> {
    const { decision } = await register.app.get(GateService).check(register.as('pipeline'), questionAbout(of));
    return decision.lanes.filter((lane) => !lane.passed).map(({ lane }) => lane);
  }

  /** A system whose first release has passed every lane into the pilot. */
  async function signed(): Promise<{ systemId: string; first: Stored<Release>; promotion: Stored<Promotion> }> {
    const system = await givenSystem(register, { tier: 'HIGH', flags: ['CONSEQUENTIAL_ACTIONS'] });
    await givenConfirmedRisk(register, system.id);
    const first = await release(system.id, []);
    const promotion = await openPromotion(register, first.id);
    const own = promotion.lanes.filter(({ level }) => level === 'SELF').map(({ lane }) => lane);
    await sign(register, 'sam', promotion, own);
    for (const { lane } of promotion.lanes.filter(({ level }) => level !== 'SELF')) await sign(register, REVIEWERS[lane] ?? '', promotion, [lane]);
    return { systemId: system.id, first, promotion };
  }
  const REVIEWERS: Readonly<Record<string, string>> = { RISK: 'rita', LEGAL: 'lena', SECURITY: 'kim', BUSINESS: 'bea', OVERSIGHT: 'omar' };

  test('asks the lanes of its class again, and no other: a rebuilt image asks SECURITY and OPS', async () => {
    const { systemId, first } = await signed();
    expect(await missing(first)).toEqual([]);

    const rebuilt = await release(systemId, ['IMAGE']);
    await openPromotion(register, rebuilt.id);

    expect(await missing(rebuilt)).toEqual(['SECURITY', 'OPS']);
  });

  test('asks fewer lanes once a milder class is confirmed by VALIDATION', async () => {
    const { systemId, first } = await signed();
    const trained = await release(systemId, ['MODEL']);
    await openPromotion(register, trained.id);
    const before = await missing(trained);
    const releases = register.app.get(ReleasesService);

    const claimed = await releases.claimChange(register.as('dana'), at(trained), first.number, { changeClass: 'RETRAIN_SAME_SPEC', reason: 'The same, trained again.' });
    expect(await missing(trained)).toEqual(before);
    await expect(register.app.get(ChangeJudgementsService).judge(register.as('dana'), at(claimed), { confirms: true, reason: 'It is mine.' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await register.app.get(ChangeJudgementsService).judge(register.as('vera'), at(claimed), { confirms: true, reason: 'The specification is the same.' });

    expect(before).not.toEqual([]);
    expect(before).toEqual(expect.arrayContaining(['RISK', 'SECURITY', 'VALIDATION', 'FAIRNESS', 'OPS']));
    expect(await missing(trained)).toEqual(expect.not.arrayContaining(['RISK', 'SECURITY', 'OPS']));
    expect(await missing(trained)).toEqual(expect.arrayContaining(['FAIRNESS', 'VALIDATION']));
  });

  test('is shown against what was signed: as typed changes, as text, and the lanes that are outdated', async () => {
    const { systemId, first, promotion } = await signed();
    const edited = await register.app.get(SystemsService).edit(register.as('dana'), { id: systemId, expectedVersion: 2 }, { intendedPurpose: 'Answers customers by itself.' });

    await register.app.listen(0, '127.0.0.1');
    const query = 'query ($id: ID!) { promotion(id: $id) { reviews { signOffs { subjects { lanes diffSinceSignOff { outdatedLanes readable changes { kind path then now changeClass lanes } } } } } } }';
    const response = await fetch(`${await register.app.getUrl()}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await mintToken(register.keys, 'rita')}` }, body: JSON.stringify({ query, variables: { id: promotion.number } }),
    });
    const { data } = await response.json() as { data: { promotion: { reviews: { signOffs: { subjects: { lanes: string[]; diffSinceSignOff: { outdatedLanes: string[]; readable: string; changes: object[] } }[] }[] }[] } } };

    const subjects = data.promotion.reviews.flatMap(({ signOffs }) => signOffs.flatMap((signOff) => signOff.subjects));
    expect(subjects.length).toBeGreaterThanOrEqual(promotion.lanes.length);
    for (const { lanes, diffSinceSignOff: diff } of subjects) {
      expect(diff).toEqual({
        outdatedLanes: lanes, readable: expect.stringContaining(`To be signed again: ${lanes.join(', ')}.`),
        changes: [{ kind: 'PURPOSE', path: 'system.intendedPurpose', then: 'Drafts replies to customers.', now: edited.intendedPurpose, changeClass: null, lanes: expect.arrayContaining(['RISK', 'EXEC']) }],
      });
    }
    expect((await missing(first)).length).toBe(promotion.lanes.length);
  });
});

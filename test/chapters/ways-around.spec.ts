// Ways around the rules, each tried by people who hold real roles: what one step refuses is not reached by two other steps either.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lane, PersonFunction, Role } from '../../src/domain/actor.js';
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import type { Stored } from '../../src/domain/package.js';
import type { Promotion } from '../../src/domain/promotion.js';
import type { AssessmentInput } from '../../src/domain/risk.js';
import type { Release } from '../../src/domain/release.js';
import type { Choice } from '../../src/domain/choice.js';
import type { SignOff } from '../../src/domain/sign-off.js';
import type { AiSystem } from '../../src/domain/system.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { AccountsService } from '../../src/identity/accounts.service.js';
import { PeopleService } from '../../src/identity/people.service.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import { RisksQueries } from '../../src/risks/risks.queries.js';
import { SuspensionsService } from '../../src/acceptances/suspensions.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { RisksService, type RiskInput } from '../../src/risks/risks.service.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { holdLog } from '../support/log-lock.js';
import { at, estimate, givenConfirmedRisk, givenReady, givenRelease, givenRisk, givenSystem, openPromotion, openRegister, questionAbout, sign, type Ready, type Register } from '../support/register.js';

interface Services {
  readonly acceptances: AcceptancesService; readonly accounts: AccountsService; readonly deployments: DeploymentsService; readonly gate: GateService; readonly people: PeopleService; readonly promotions: PromotionsService;
  readonly confirmations: ConfirmationsService; readonly releases: ReleasesService; readonly risks: RisksService; readonly signOffs: SignOffsService; readonly systems: SystemsService;
}

let register: Register;
let use: Services;
const guests = new Map<string, string>();

/** Somebody of the example organization, or somebody whom a test admitted. */
function as(handle: string): RequestContext {
  const principalId = guests.get(handle);
  return principalId === undefined ? register.as(handle) : { ...register.as('sam'), principalId, requestId: randomUUID() };
}

async function admit(handle: string, job: PersonFunction, roles: readonly Role[], systemIds: readonly string[] | null = null): Promise<string> {
  const grants = roles.map((role) => ({ role, systemIds }));
  const admitted = await use.people.admit(as('ada'), { kind: 'USER', issuer: BUILT_IN_ISSUER, subject: handle, displayName: handle, function: job, grants });
  guests.set(handle, admitted.id);
  return handle;
}

beforeAll(async () => {
  register = await openRegister();
  const { app } = register;
  use = {
    acceptances: app.get(AcceptancesService), accounts: app.get(AccountsService), deployments: app.get(DeploymentsService), gate: app.get(GateService), people: app.get(PeopleService), promotions: app.get(PromotionsService),
    confirmations: app.get(ConfirmationsService), releases: app.get(ReleasesService), risks: app.get(RisksService), signOffs: app.get(SignOffsService), systems: app.get(SystemsService),
  };
  for (const officer of ['olive', 'otto', 'oona']) await admit(officer, 'risk', ['RISK_OFFICER']);
  await admit('xenia', 'risk', ['SYSTEM_OWNER', 'RISK_OFFICER']);
});

afterAll(() => register.close());

/** HIGH: 3 × 4 in the default criteria, so that the head of risk and an executive accept it. */
const AT_HIGH = { likelihood: 3, consequences: [{ class: 'LEGAL', value: 4 }] } as const;
const HIGH_ESTIMATE: AssessmentInput = { ...estimate(5), inherent: AT_HIGH, current: AT_HIGH };
/** MODERATE: 3 × 3, accepted by a business owner and a risk officer. */
const AT_MODERATE = { likelihood: 3, consequences: [{ class: 'LEGAL', value: 3 }] } as const;
const MODERATE_ESTIMATE: AssessmentInput = { ...estimate(5), inherent: AT_MODERATE, current: AT_MODERATE };

const soon = (days = 30): string => plusDays(new Date().toISOString(), days);
const refusedAs = (code: string, ...because: string[]): object => ({ code, ...(because.length > 0 && { facts: { because } }) });
const riskNow = (id: string): ReturnType<RisksQueries['risk']> => register.app.get(RisksQueries).risk(as('axel'), id);

/** The verdict, then each reason that blocks, in the order of the requirements. */
async function gateSays(release: Release): Promise<string[]> {
  const { decision } = await use.gate.check(as('pipeline'), questionAbout(release));
  const blocking = decision.reasons.filter((reason) => reason.severity === 'BLOCK').map((reason) => `${reason.requirement} ${reason.code}`);
  return [decision.verdict, ...blocking.sort()];
}

async function vote(handle: string, promotion: Promotion, lanes: readonly Lane[], choice: Choice = 'APPROVE'): Promise<Stored<SignOff>> {
  const shown = await use.signOffs.request(as(handle), [promotion.id], lanes);
  return use.signOffs.confirm(as(handle), { challenge: shown.challenge, packageDigests: shown.packages.map(({ digest }) => digest) }, { choice, statement: 'I have read it.', attests: [] });
}

async function systemOf(owner: string, developers: readonly string[] = ['dana']): Promise<Stored<AiSystem>> {
  const registered = await use.systems.register(as('sam'), {
    name: 'Triage assistant', intendedPurpose: 'Sorts mails.', prohibitedUses: [], owner, developers, businessUnit: null, affectedGroups: ['customers'], autonomy: 'RECOMMENDS', jurisdictions: ['EU'],
  });
  return use.systems.assessTier(as('hugo'), at(registered), { tier: 'HIGH', euClass: 'LIMITED', flags: [], rationale: 'By the questionnaire.' });
}

/** A release of a HIGH system on its way into the pilot, every lane signed but RISK, which wants somebody independent. */
async function givenAlmostReady(): Promise<Omit<Ready, 'signOff'>> {
  const system = await givenSystem(register, { tier: 'HIGH', euClass: 'LIMITED' });
  const risk = await givenConfirmedRisk(register, system.id);
  const release = await givenRelease(register, system.id);
  const promotion = await openPromotion(register, release.id);
  await sign(register, 'sam', promotion, promotion.lanes.filter(({ level }) => level === 'SELF').map(({ lane }) => lane));
  for (const [handle, lane] of [['lena', 'LEGAL'], ['kim', 'SECURITY'], ['bea', 'BUSINESS']] as const) await sign(register, handle, promotion, [lane]);
  return { system, risk, release, promotion };
}

const otherRelease = (systemId: string): Promise<Stored<Release>> =>
  use.releases.create(as('dana'), systemId, { label: randomUUID(), components: [{ role: 'MODEL', name: 'model', digest: sha256(randomUUID()) }] });

const WORSE = { source: 'Hidden text in mails', event: 'instructions are followed', consequence: 'all data leaves the company' };

describe('the register of risks', () => {
  test('does not let the team of a system move a risk that is handed in to another release', async () => {
    const { system, release } = await givenReady(register);
    const elsewhere = await otherRelease(system.id);
    const waiting = await givenRisk(register, system.id);

    for (const handle of ['dana', 'sam']) await expect(use.risks.edit(as(handle), at(waiting), { release: elsewhere.id })).rejects.toMatchObject(refusedAs('NOT_ELIGIBLE'));
    expect(await gateSays(release)).toEqual(['DENY', `R3/${waiting.number} RISK_UNASSESSED`]);
  });

  test('outdates the RISK review when an officer moves a risk, and asks for confirmation where it went', async () => {
    const { system, risk, release } = await givenReady(register);
    const elsewhere = await otherRelease(system.id);
    expect(await gateSays(release)).toEqual(['ALLOW']);

    expect(await use.risks.edit(as('rita'), at(risk), { release: elsewhere.id })).toMatchObject({ state: 'ASSESSED', releaseId: elsewhere.id });
    expect(await gateSays(release)).toEqual(['PENDING', 'R5/RISK REVIEW_STALE']);
  });

  test('lets a confirmed risk whose statement is changed wait for somebody other than its editor', async () => {
    const { risk, release } = await givenReady(register);

    const edited = await use.risks.edit(as('rita'), at(risk), { statement: WORSE });
    expect(edited).toMatchObject({ state: 'ASSESSED' });
    expect(await gateSays(release)).toEqual(['DENY', `R3/${risk.number} RISK_UNCONFIRMED`, 'R5/RISK REVIEW_STALE']);
    await expect(use.confirmations.confirm(as('rita'), at(edited))).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
    expect(await use.confirmations.confirm(as('hugo'), at(edited))).toMatchObject({ state: 'MONITORED' });
  });

  test('lets only the owner or an officer hand a risk over, and whoever did does not confirm it', async () => {
    const system = await givenSystem(register);
    const assessed = await use.risks.assess(as('sam'), at(await givenRisk(register, system.id)), estimate(1));
    const taker = await admit('boris', 'product', ['RISK_OWNER', 'CONTRIBUTOR']);

    for (const handle of ['dana', taker]) await expect(use.risks.edit(as(handle), at(assessed), { owner: taker })).rejects.toMatchObject(refusedAs('NOT_ELIGIBLE'));
    const given = await use.risks.edit(as('rita'), at(assessed), { owner: 'hugo' });
    await expect(use.confirmations.confirm(as('rita'), at(given))).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
    const back = await use.risks.edit(as('hugo'), at(given), { owner: 'sam' });
    for (const handle of ['rita', 'hugo']) await expect(use.confirmations.confirm(as(handle), at(back))).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
    expect(await use.risks.edit(as('sam'), at(back), { owner: taker })).toMatchObject({ state: 'ASSESSED' });
  });

  test('is not closed by the owner or a developer of the system, nor by the owner, assessor or author of the risk', async () => {
    const system = await systemOf('xenia', ['otto']);
    const input: RiskInput = { statement: WORSE, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'olive', release: null };
    const logged = await use.risks.log(as('rita'), system.id, input, false);
    const confirmed = await use.confirmations.confirm(as('oona'), at(await use.risks.assess(as('hugo'), at(logged), estimate(1))));
    const parts = { olive: 'RISK_OWNER', hugo: 'LAST_ASSESSOR', rita: 'AUTHOR' };

    for (const handle of ['xenia', 'otto']) await expect(use.risks.turn(as(handle), at(confirmed), 'close', 'Gone.')).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES'));
    for (const [handle, part] of Object.entries(parts)) await expect(use.risks.turn(as(handle), at(confirmed), 'close', 'Gone.')).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', part));
    expect(await use.risks.turn(as('oona'), at(confirmed), 'close', 'Gone.')).toMatchObject({ state: 'CLOSED' });
  });

  test('has no risk rejected by the owner or a developer of the system, nor by the owner or author of the risk', async () => {
    const system = await systemOf('xenia', ['otto']);
    const input: RiskInput = { statement: WORSE, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'olive', release: null };
    const logged = await use.risks.log(as('rita'), system.id, input, false);

    for (const handle of ['xenia', 'otto', 'olive', 'rita']) await expect(use.risks.turn(as(handle), at(logged), 'reject', 'No.')).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES'));
    expect(await use.risks.turn(as('oona'), at(logged), 'reject', 'A duplicate.')).toMatchObject({ state: 'REJECTED' });
  });
});

describe('an acceptance', () => {
  async function givenAccepted(): Promise<{ riskId: string; acceptance: { id: string; version: number }; release: Stored<Release> }> {
    const system = await givenSystem(register);
    const risk = await use.risks.assess(as('sam'), at(await givenRisk(register, system.id)), HIGH_ESTIMATE);
    const acceptance = await accept(await use.acceptances.request(as('sam'), at(risk), { reason: 'Worth it.', validUntil: soon() }));
    const release = await givenRelease(register, system.id);
    await sign(register, 'sam', await openPromotion(register, release.id));
    return { riskId: risk.id, acceptance, release };
  }

  async function accept(requested: { id: string; version: number }): Promise<{ id: string; version: number }> {
    return use.acceptances.grant(as('eve'), at(await use.acceptances.grant(as('hugo'), at(requested))));
  }

  test('that is revoked closes the gate to the pilot too', async () => {
    const { riskId, acceptance, release } = await givenAccepted();
    expect(await gateSays(release)).toEqual(['ALLOW']);

    await use.acceptances.end(as('hugo'), at(acceptance), 'revoke', 'No longer.');
    expect(await gateSays(release)).toEqual(['DENY', `R3/${(await riskNow(riskId)).number} RISK_UNCONFIRMED`]);
  });

  test('is renewed before it ends without closing the gate, and the renewal then carries it alone', async () => {
    const { riskId, acceptance, release } = await givenAccepted();

    const renewal = await use.acceptances.request(as('sam'), at(await riskNow(riskId)), { reason: 'Still worth it.', validUntil: soon(60) });
    expect(await gateSays(release)).toEqual(['ALLOW']);
    await accept(renewal);
    expect(await gateSays(release)).toEqual(['ALLOW']);
    await use.acceptances.end(as('hugo'), at(acceptance), 'revoke', 'Replaced by its renewal.');
    expect(await gateSays(release)).toEqual(['ALLOW']);
  });

  test("is not granted by whoever requested it for somebody else's risk", async () => {
    const system = await givenSystem(register);
    const risk = await use.risks.assess(as('sam'), at(await givenRisk(register, system.id)), MODERATE_ESTIMATE);
    const requested = await use.acceptances.request(as('rita'), at(risk), { reason: 'Worth it.', validUntil: soon() });

    await expect(use.acceptances.grant(as('rita'), at(requested))).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'REQUESTER'));
    expect(await use.acceptances.grant(as('olive'), at(requested))).toMatchObject({ grants: [{ role: 'RISK_OFFICER' }] });
  });
});

describe('a review', () => {
  test('keeps its veto when the objector is made a developer', async () => {
    const { system, release, promotion } = await givenAlmostReady();
    await vote('rita', promotion, ['RISK']);
    expect(await gateSays(release)).toEqual(['ALLOW']);

    await vote('olive', promotion, ['RISK'], 'REJECT');
    await use.systems.edit(as('dana'), at(system), { developers: ['dana', 'olive'] });
    expect(await gateSays(release)).toEqual(['DENY', 'R5/REQUEST REVIEW_MISSING', 'R5/RISK REVIEW_REJECTED']);
  });

  test('is asked for again when what was objected to is reverted', async () => {
    const { risk, release, promotion } = await givenAlmostReady();
    await vote('rita', promotion, ['RISK']);
    const worse = await use.risks.edit(as('dana'), at(risk), { statement: WORSE });
    await vote('olive', promotion, ['RISK'], 'REQUEST_CHANGES');

    const reverted = await use.risks.edit(as('dana'), at(worse), { statement: risk.statement });
    await use.confirmations.confirm(as('rita'), at(reverted));
    expect(await gateSays(release)).toEqual(['PENDING', 'R5/RISK REVIEW_STALE']);
    await vote('rita', promotion, ['RISK']);
    expect(await gateSays(release)).toEqual(['ALLOW']);
  });

  test('is asked for again when the objection is taken back', async () => {
    const { release, promotion } = await givenAlmostReady();
    await vote('rita', promotion, ['RISK']);
    const objection = await vote('olive', promotion, ['RISK'], 'REQUEST_CHANGES');

    await use.signOffs.withdraw(as('olive'), at(objection), 'Answered.');
    expect(await gateSays(release)).toEqual(['PENDING', 'R5/RISK SIGN_OFF_REVOKED']);
    await vote('rita', promotion, ['RISK']);
    expect(await gateSays(release)).toEqual(['ALLOW']);
  });

  test('finds no author independent after somebody else added a full stop', async () => {
    const { risk, promotion } = await givenAlmostReady();
    const written = await use.risks.edit(as('rita'), at(risk), { statement: WORSE });
    await expect(vote('rita', promotion, ['RISK'])).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));

    const dotted = await use.risks.edit(as('dana'), at(written), { statement: { ...WORSE, consequence: `${WORSE.consequence}.` } });
    await expect(vote('rita', promotion, ['RISK'])).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
    await expect(use.confirmations.confirm(as('rita'), at(dotted))).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
  });

  test('and a tier are not given by an owner who hands the system over, or over and back', async () => {
    const system = await systemOf('xenia');
    const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
    const tiers = (now: Stored<AiSystem>): Promise<unknown> => use.systems.assessTier(as('xenia'), at(now), { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'Harmless.' });

    const over = await use.systems.edit(as('xenia'), at(system), { owner: 'dana' });
    await expect(tiers(over)).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
    await expect(vote('xenia', promotion, ['RISK'])).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
    const back = await use.systems.edit(as('dana'), at(over), { owner: 'xenia' });
    await expect(tiers(back)).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'SYSTEM_OWNER', 'AUTHOR'));
    await expect(vote('xenia', promotion, ['RISK'])).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'SYSTEM_OWNER', 'AUTHOR'));
  });
});

describe('a role for another system', () => {
  /** Every command that a permission of these roles opens, tried on a system that the roles do not name. */
  function attempts(who: RequestContext, here: Ready, assessed: { id: string; version: number }): Record<string, () => Promise<unknown>> {
    const { system, risk, release } = here;
    const input: RiskInput = { statement: WORSE, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'sam', release: null };
    return {
      'confirm a risk': () => use.confirmations.confirm(who, at(assessed)),
      'close a risk': () => use.risks.turn(who, at(risk), 'close', 'Gone.'),
      'reopen a risk': () => use.risks.turn(who, at(risk), 'reopen', 'Why not.'),
      'assess a risk': () => use.risks.assess(who, at(risk), estimate(1)),
      'edit a risk': () => use.risks.edit(who, at(risk), { statement: WORSE }),
      'log a risk': () => use.risks.log(who, system.id, input, false),
      'request an acceptance': () => use.acceptances.request(who, at(assessed), { reason: 'Worth it.', validUntil: soon() }),
      'set the tier': () => use.systems.assessTier(who, at(system), { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'Harmless.' }),
      'retire the system': () => use.systems.operate(who, at(system), 'retire', 'Gone.'),
      'edit the system': () => use.systems.edit(who, at(system), { owner: 'dana' }),
      'create a release': () => use.releases.create(who, system.id, { label: 'mine', components: release.components }),
      'withdraw a release': () => use.releases.withdraw(who, at(release), 'Leaks.'),
      'open a promotion': () => use.promotions.open(who, { release: release.id, environment: 'staging', reason: 'Mine.' }),
      'authorize a promotion': () => use.gate.authorize(who, questionAbout(release)),
    };
  }

  test('confirms, tiers, operates, edits, opens, logs, withdraws and authorizes nothing here', async () => {
    const here = await givenReady(register);
    const elsewhere = await givenSystem(register);
    const handle = await admit('fay', 'risk', ['RISK_OFFICER', 'HEAD_OF_RISK', 'SYSTEM_OWNER', 'DEPLOYER'], [elsewhere.id]);
    const assessed = await use.risks.assess(as('sam'), at(await givenRisk(register, here.system.id)), estimate(1));

    const tried = attempts(as(handle), here, assessed);
    const answers: Record<string, unknown> = {};
    for (const [name, attempt] of Object.entries(tried)) answers[name] = await attempt().then(() => 'done', (error: unknown) => (error as { code: unknown }).code);
    expect(answers).toEqual(Object.fromEntries(Object.keys(tried).map((name) => [name, 'PERMISSION_DENIED'])));

    await expect(vote(handle, here.promotion, ['RISK'])).rejects.toMatchObject(refusedAs('NOT_ELIGIBLE', 'NO_GRANT_FOR_LANE'));
    const own = await givenRisk(register, elsewhere.id);
    const ready = await use.risks.assess(as('sam'), at(own), estimate(1));
    expect(await use.confirmations.confirm(as(handle), at(ready))).toMatchObject({ state: 'MONITORED' });
  });

  test('grants and revokes no acceptance here', async () => {
    const [here, elsewhere] = [await givenSystem(register), await givenSystem(register)];
    const handle = await admit('finn', 'executive', ['HEAD_OF_RISK', 'EXECUTIVE', 'RISK_OFFICER'], [elsewhere.id]);
    const risk = await use.risks.assess(as('sam'), at(await givenRisk(register, here.id)), HIGH_ESTIMATE);
    const requested = await use.acceptances.request(as('sam'), at(risk), { reason: 'Worth it.', validUntil: soon() });

    await expect(use.acceptances.grant(as(handle), at(requested))).rejects.toMatchObject(refusedAs('ABOVE_AUTHORITY', 'HEAD_OF_RISK', 'EXECUTIVE'));
    await expect(use.acceptances.end(as(handle), at(requested), 'revoke', 'No.')).rejects.toMatchObject(refusedAs('PERMISSION_DENIED'));
  });
});

describe('a grant', () => {
  const ENDINGS: [string, string, (ready: Ready) => Promise<unknown>][] = [
    ['release', 'RELEASE_WITHDRAWN', ({ release }) => use.releases.withdraw(as('sam'), at(release), 'Leaks.')],
    ['system', 'SYSTEM_SUSPENDED', ({ system }) => use.systems.operate(as('sam'), at(system), 'suspend', 'An incident.')],
    ['system, once an incident suspends it', 'SYSTEM_SUSPENDED', ({ system }) => register.app.get(SuspensionsService).impose(as('rita'), system.id, { cause: 'INCIDENT', reason: 'Data has leaked.' })],
    ['request', 'PROMOTION_CANCELLED', ({ promotion }) => use.promotions.cancel(as('sam'), at(promotion), 'Not now.')],
  ];

  test.each(ENDINGS)('falls with its %s', async (_what, because, end) => {
    const ready = await givenReady(register);
    const { grant } = await use.gate.authorize(as('pipeline'), questionAbout(ready.release));
    const report = { grant: grant?.id ?? '', bundleDigest: ready.release.bundleDigest, environment: 'pilot' };

    await end(ready);
    await expect(use.deployments.report(as('pipeline'), report)).rejects.toMatchObject(refusedAs('GRANT_INVALID', because));
  });

  test('falls as well when the deployment is reported at the moment of the incident', async () => {
    const { release, system } = await givenReady(register);
    const { grant } = await use.gate.authorize(as('pipeline'), questionAbout(release));
    const held = await holdLog(register);
    const suspended = register.app.get(SuspensionsService).impose(as('rita'), system.id, { cause: 'INCIDENT', reason: 'Data has leaked.' });
    await held.queued(1);
    const reported = use.deployments.report(as('pipeline'), { grant: grant?.id ?? '', bundleDigest: release.bundleDigest, environment: 'pilot' }).catch((error: unknown) => error);
    await held.queued(2);
    await held.release();

    expect(await suspended).toMatchObject({ state: 'OPEN' });
    expect(await reported).toMatchObject(refusedAs('GRANT_INVALID', 'SYSTEM_SUSPENDED'));
  });
});

describe('a grant of somebody', () => {
  test('falls with the role for its system, though the role is held for another one', async () => {
    const [{ release, system }, elsewhere] = [await givenReady(register), await givenSystem(register)];
    const handle = await admit('gil', 'product', ['SYSTEM_OWNER'], [system.id]);
    const { grant } = await use.gate.authorize(as(handle), questionAbout(release));
    const account = (expectedVersion: number): { id: string; expectedVersion: number } => ({ id: as(handle).principalId, expectedVersion });
    await use.accounts.revokeRole(as('ada'), account(1), { role: 'SYSTEM_OWNER', lane: null, validFrom: null }, 'Moved on.');
    await use.accounts.grantRole(as('ada'), account(2), { role: 'SYSTEM_OWNER', lane: null, systems: [elsewhere.id], qualification: null, validFrom: null, validUntil: null });

    expect(grant).not.toBeNull();
    await expect(use.deployments.report(as(handle), { grant: grant?.id ?? '', bundleDigest: release.bundleDigest, environment: 'pilot' })).rejects.toMatchObject(refusedAs('PERMISSION_DENIED'));
  });
});

describe('a part in the system', () => {
  test('keeps an officer from moving, closing or rejecting its risks, also after it was handed over', async () => {
    const system = await systemOf('xenia', ['otto']);
    const [elsewhere, logged] = [await otherRelease(system.id), await givenRisk(register, system.id)];
    const confirmed = await givenConfirmedRisk(register, system.id);
    for (const handle of ['xenia', 'otto']) await expect(use.risks.edit(as(handle), at(logged), { release: elsewhere.id })).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES'));

    await use.systems.edit(as('xenia'), at(system), { owner: 'dana', developers: [] });
    for (const handle of ['xenia', 'otto']) {
      await expect(use.risks.edit(as(handle), at(logged), { release: elsewhere.id })).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
      await expect(use.risks.turn(as(handle), at(confirmed), 'close', 'Gone.')).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
      await expect(use.risks.turn(as(handle), at(logged), 'reject', 'No.')).rejects.toMatchObject(refusedAs('SEPARATION_OF_DUTIES', 'AUTHOR'));
    }
  });

  test('is not taken by an officer who would accept the risk as its owner', async () => {
    const logged = await givenRisk(register, (await givenSystem(register)).id);

    await expect(use.risks.edit(as('rita'), at(logged), { owner: 'rita' })).rejects.toMatchObject(refusedAs('NOT_ELIGIBLE'));
  });
});


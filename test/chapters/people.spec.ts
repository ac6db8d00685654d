// People through the public API: admitted, given roles, with several accounts, and gone again. Each change counts at the very next question.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ADMINISTRATOR } from '../../src/cli/example-people.js';
import { plusDays } from '../../src/domain/clock.js';
import { contextOf } from '../../src/cli/organization.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { PrincipalTable } from '../../src/platform/principal.table.js';
import { createTenant } from '../../src/platform/tenants.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { Acts, blocking, type Acted, type Args, type GateAnswer, type Refused } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { holdAdministration } from '../support/log-lock.js';
import { Stage } from '../support/materiality-stage.js';

let app: TestApp;
let acts: Acts;
let stage: Stage;

beforeAll(async () => {
  app = await startApp();
  acts = new Acts(app);
  await acts.act('ada', 'createEnvironment', { input: { name: 'live', kind: 'PRODUCTION', previous: null } });
  stage = new Stage(acts, 0);
  stage.reviewer = await stage.admitReviewer();
});

afterAll(() => app.close());

interface Account { readonly id: string; readonly number: string; readonly version: number; readonly person: { readonly id: string; readonly function: string | null } | null; readonly active: boolean }
const ACCOUNT = 'id number version active person { id function accounts { number active } } roles { role lane systemIds validFrom validUntil qualification grantedBy { handle } }';
const viewer = (handle: string): Promise<Account> => acts.read(handle, 'viewer', {}, ACCOUNT);

let admitted = 0;
async function newcomer(work: string): Promise<Acted & { readonly handle: string }> {
  const handle = `newcomer-${String(admitted += 1)}`;
  return { handle, ...await acts.act('ada', 'admitPerson', { input: { handle, displayName: handle, function: work } }) };
}

const reviewing = (lane: string, more: Args = {}): Args => ({ input: { role: 'REVIEWER', lane, qualification: 'Ten years of practice.', ...more } });

/** Somebody new who may sign this lane. */
async function reviewer(lane: string, work: string): Promise<Acted & { readonly handle: string }> {
  const { handle, ...account } = await newcomer(work);
  return { handle, ...await acts.change('ada', 'grantRole', account, reviewing(lane)) };
}

async function openedRound(): Promise<Acted> {
  await stage.register();
  return stage.keep('promotion', await stage.open());
}

const laneOf = async (lane: string): Promise<string[]> => blocking(await stage.ask()).filter((reason) => reason.startsWith(`R5/${lane} `));

describe('an administrator', () => {
  test('admits a person without any role, and grants one: from then on it permits', async () => {
    const { handle, ...account } = await newcomer('PRIVACY');
    expect(await acts.refusal(viewer(handle))).toBe('PERMISSION_DENIED');

    await acts.change('ada', 'grantRole', account, reviewing('PRIVACY', { validUntil: '2099-01-01T00:00:00Z' }));

    expect(await viewer(handle)).toMatchObject({
      version: 2, active: true, person: { function: 'PRIVACY' },
      roles: [{ role: 'REVIEWER', lane: 'PRIVACY', systemIds: null, qualification: 'Ten years of practice.', grantedBy: { handle: 'ada' }, validUntil: '2099-01-01T00:00:00.000Z' }],
    });
  });

  test('opens an account of a service, which holds the roles of one only', async () => {
    const service = await acts.act('ada', 'openAccount', { input: { handle: 'nightly', displayName: 'Nightly build' } });

    expect(await acts.refusal(acts.change('ada', 'grantRole', service, { input: { role: 'TENANT_ADMIN' } }))).toBe('NOT_ELIGIBLE');
    await acts.change('ada', 'grantRole', service, { input: { role: 'DEPLOYER' } });
    expect(await viewer('nightly')).toMatchObject({ person: null, roles: [{ role: 'DEPLOYER' }] });
  });

  test('never administers an account of their own', async () => {
    const own = await viewer('ada');

    for (const act of [
      acts.change('ada', 'grantRole', own, { input: { role: 'RISK_OFFICER' } }), acts.change('ada', 'closeAccount', own, { reason: 'r' }), acts.change('ada', 'changeFunction', own, { function: 'RISK', reason: 'r' }),
      acts.act('ada', 'openAccount', { input: { person: 'ada', handle: 'ada-2', displayName: 'Ada again' } }),
    ]) expect(await acts.refusal(act)).toBe('SEPARATION_OF_DUTIES');
    expect((await viewer('ada')).version).toBe(own.version);
  });

  /** Somebody who administers until then. */
  async function administrator(validUntil: string | null): Promise<Acted & { readonly handle: string }> {
    const { handle, ...account } = await newcomer('PLATFORM');
    return { handle, ...await acts.change('ada', 'grantRole', account, { input: { role: 'TENANT_ADMIN', validUntil } }) };
  }
  const REVOKED = { input: { role: 'TENANT_ADMIN', reason: 'Moved on.' } };

  test('keeps the role against whoever they take it from at the same moment', async () => {
    const [one, other] = [await administrator('2099-01-01T00:00:00Z'), await administrator('2099-01-01T00:00:00Z')];
    const administration = await holdAdministration({ database: app.database, tenantId: app.as('ada').tenantId });
    const acting = Promise.allSettled([acts.change(one.handle, 'revokeRole', other, REVOKED), acts.change(other.handle, 'revokeRole', one, REVOKED)]);
    await administration.queued(2);
    await administration.release();

    const refused = (await acting).flatMap((outcome) => (outcome.status === 'rejected' ? [(outcome.reason as Refused).code] : []));
    expect(refused).toEqual(['PERMISSION_DENIED']);
    // Whoever has lost the role is refused either way, also when the answer is read: what counts is who still has it.
    const accounts = await app.app.get(UnitOfWork).read(app.as('ada'), 'register.read', (scope) => scope.byIds(PrincipalTable, [one.id, other.id]));
    expect(accounts.map(({ version }) => version).sort()).toEqual([one.version, one.version + 1]);
  });

  test('is never the last whose role does not end by itself', async () => {
    const deputy = await administrator('2099-01-01T00:00:00Z');
    const ada = await viewer('ada');

    expect(await acts.refused(acts.change(deputy.handle, 'revokeRole', ada, REVOKED))).toMatchObject({ code: 'NOT_ELIGIBLE', details: { because: ['LAST_ADMINISTRATOR'], through: ada.number } });
    expect(await acts.refusal(acts.change(deputy.handle, 'closeAccount', ada, { reason: 'r' }))).toBe('NOT_ELIGIBLE');
    expect(await acts.change('ada', 'revokeRole', deputy, REVOKED)).toMatchObject({ version: 3 });
  });

  test('is the only one who does any of this', async () => {
    const { handle: _, ...account } = await newcomer('LEGAL');

    for (const handle of ['hugo', 'axel', 'pipeline', 'sam']) {
      expect(await acts.refusal(acts.change(handle, 'grantRole', account, { input: { role: 'AUDITOR' } }))).toBe('PERMISSION_DENIED');
      expect(await acts.refusal(acts.change(handle, 'closeAccount', account, { reason: 'r' }))).toBe('PERMISSION_DENIED');
    }
  });

  test('names systems that exist, by number or id, and a name that nobody has', async () => {
    await stage.register();
    const { handle, ...account } = await newcomer('LEGAL');

    expect(await acts.refusal(acts.change('ada', 'grantRole', account, { input: { role: 'AUDITOR', systems: ['SYS-9999'] } }))).toBe('NOT_FOUND');
    expect(await acts.refusal(acts.act('ada', 'admitPerson', { input: { handle, displayName: 'Twice' } }))).toBe('ALREADY_EXISTS');
    await acts.change('ada', 'grantRole', account, { input: { role: 'AUDITOR', systems: [stage.record('system').number] } });
    expect(await viewer(handle)).toMatchObject({ roles: [{ systemIds: [stage.record('system').id] }] });
  });

  test('records a change of function for every account of the person', async () => {
    const { handle, ...account } = await reviewer('LEGAL', 'LEGAL');
    await acts.act('ada', 'openAccount', { input: { person: handle, handle: `${handle}-b`, displayName: 'The same' } });

    await acts.change('ada', 'changeFunction', account, { function: 'PRIVACY', reason: 'A new post.' });

    expect(await acts.read('axel', 'people', { first: 100 }, 'handle person { function }')).toEqual(expect.arrayContaining([handle, `${handle}-b`].map((name) => ({ handle: name, person: { function: 'PRIVACY' } }))));
  });
});

test('somebody signs in where they were admitted first, whatever another organization calls its people', async () => {
  const other = '00000000-0000-4000-8000-000000000001';
  await createTenant(app.database.ownerUrl, { id: other, name: 'Other', origin: 'test/other' });
  await app.app.get(PeopleService).admit(contextOf(other, randomUUID(), 'founding'), { ...ADMINISTRATOR, subject: 'sam' });

  expect((await viewer('sam')).id).toBe(app.as('sam').principalId);
});

describe('the next answer of the gate', () => {
  test('asks again when the role of a signer is taken away, and when the account is closed', async () => {
    const [first, second] = [await reviewer('LEGAL', 'LEGAL'), await reviewer('LEGAL', 'LEGAL')];
    const promotion = await openedRound();
    await acts.sign(first.handle, [promotion], ['LEGAL']);
    expect(await laneOf('LEGAL')).toEqual([]);

    await acts.change('ada', 'revokeRole', first, { input: { role: 'REVIEWER', lane: 'LEGAL', reason: 'Moved on.' } });
    expect(await laneOf('LEGAL')).toEqual(['R5/LEGAL REVIEWER_INELIGIBLE']);

    await acts.sign(second.handle, [promotion], ['LEGAL']);
    expect(await laneOf('LEGAL')).toEqual([]);
    await acts.change('ada', 'closeAccount', second, { reason: 'She left.' });
    expect(await laneOf('LEGAL')).toEqual(['R5/LEGAL REVIEWER_INELIGIBLE']);
    expect(await acts.refusal(viewer(second.handle))).toBe('PERMISSION_DENIED');
  });

  test('does not count a role that was granted after the round opened', async () => {
    const promotion = await openedRound();
    const late = await reviewer('LEGAL', 'LEGAL');

    expect(await acts.refusal(acts.sign(late.handle, [promotion], ['LEGAL']))).toBe('NOT_ELIGIBLE');
  });
});

describe('two accounts of one person', () => {
  /** The same person again, with the same roles. */
  async function linked({ handle }: { readonly handle: string }, lane: string): Promise<string> {
    const account = await acts.act('ada', 'openAccount', { input: { person: handle, handle: `${handle}-b`, displayName: 'The same' } });
    await acts.change('ada', 'grantRole', account, reviewing(lane));
    return `${handle}-b`;
  }

  test('are shown as one, and count once where four eyes are asked for', async () => {
    const person = await reviewer('LEGAL', 'LEGAL');
    const again = await linked(person, 'LEGAL');
    const [one, other] = [await viewer(person.handle), await viewer(again)];
    expect(other.person).toEqual(one.person);
    expect(one).toMatchObject({ person: { accounts: [{ number: one.number }, { number: other.number }] } });

    await stage.register();
    await stage.change('hugo', 'assessTier', 'system', { input: { tier: 'CRITICAL', euClass: 'MINIMAL', flags: [], rationale: 'r' } });
    const promotion = stage.keep('promotion', await stage.open());
    for (const handle of [person.handle, again]) await acts.sign(handle, [promotion], ['LEGAL']);

    const reason = (await stage.ask()).reasons.find(({ requirement }) => requirement === 'R5/LEGAL');
    expect(reason).toMatchObject({ code: 'QUORUM_NOT_MET', params: { level: 'FOUR_EYES', have: 1, need: 2 } });
  });

  test('are both excluded from what one of them has asked for', async () => {
    const person = await reviewer('LEGAL', 'LEGAL');
    const again = await linked(person, 'LEGAL');
    await acts.change('ada', 'grantRole', await viewer(person.handle), { input: { role: 'CONTRIBUTOR' } });
    await stage.register();
    const promotion = await acts.act(person.handle, 'openPromotion', { input: { release: stage.record('release').id, environment: 'live', reason: 'r' } });

    expect(await acts.refusal(acts.sign(again, [promotion], ['LEGAL']))).toBe('SEPARATION_OF_DUTIES');
  });
});

describe('a delegate', () => {
  interface Pair { readonly lender: Acted & { readonly handle: string }; readonly delegate: Acted & { readonly handle: string }; readonly delegation: Acted }

  const lend = (from: string, to: string, lanes: readonly string[], more: Args = {}): Promise<Acted> =>
    acts.act(from, 'delegate', { input: { to, lanes, reason: 'On leave.', validUntil: plusDays(new Date().toISOString(), 30), ...more } });

  /** Somebody of LEGAL who lends it to somebody of SECURITY. */
  async function lent(work = 'LEGAL'): Promise<Pair> {
    const [lender, delegate] = [await reviewer('LEGAL', work), await reviewer('SECURITY', 'LEGAL')];
    return { lender, delegate, delegation: await lend(lender.handle, delegate.handle, ['LEGAL']) };
  }
  const signs = ({ delegate, delegation }: Pair, promotion: Acted): Promise<Acted> => acts.sign(delegate.handle, [promotion], ['LEGAL'], { delegation: delegation.number });

  test('signs in the place of a colleague, and vote and statement say so', async () => {
    const pair = await lent();
    const promotion = await openedRound();
    expect(await acts.refused(acts.sign(pair.delegate.handle, [promotion], ['LEGAL']))).toMatchObject({ code: 'NOT_ELIGIBLE', details: { because: ['NO_GRANT_FOR_LANE'], through: pair.delegate.number } });

    const { id } = await signs(pair, promotion);

    expect(await laneOf('LEGAL')).toEqual([]);
    const shown = await acts.read<{ signedStatement: { readable: string } }>('axel', 'signOff', { id }, 'signer { handle } delegation { number from { handle } } signedStatement { valid flaw readable }');
    expect(shown).toMatchObject({ signer: { handle: pair.delegate.handle }, delegation: { number: pair.delegation.number, from: { handle: pair.lender.handle } }, signedStatement: { valid: true, flaw: null } });
    expect(shown.signedStatement.readable).toContain(`- in the place of ${pair.lender.handle}, person`);
  });

  /** Asked again while nothing has changed, the gate repeats its answer. */
  const check = (): Promise<GateAnswer> => acts.gate('check', { environment: 'live', target: { bundleDigest: stage.record('release').bundleDigest }, system: stage.record('system').id });

  test.each([
    ['the delegation is revoked', ({ lender, delegation }: Pair) => acts.change(lender.handle, 'revokeDelegation', delegation, { reason: 'Back again.' }), 'DELEGATION_NOT_IN_FORCE'],
    ['the lender loses the role', ({ lender }: Pair) => acts.change('ada', 'revokeRole', lender, { input: { role: 'REVIEWER', lane: 'LEGAL', reason: 'Moved on.' } }), 'NO_GRANT_FOR_LANE'],
    ['the account of the lender is closed', ({ lender }: Pair) => acts.change('ada', 'closeAccount', lender, { reason: 'She left.' }), 'NO_GRANT_FOR_LANE'],
    ['the account of the delegate is closed', ({ delegate }: Pair) => acts.change('ada', 'closeAccount', delegate, { reason: 'He left.' }), 'DELEGATION_NOT_IN_FORCE'],
  ] as const)('is asked for no longer, and their vote does not count, once %s', async (_, ends, because) => {
    const pair = await lent();
    const promotion = await openedRound();
    await signs(pair, promotion);
    expect(blocking(await check())).not.toContain('R5/LEGAL REVIEW_PENDING');

    await ends(pair);

    expect((await check()).reasons.find(({ requirement }) => requirement === 'R5/LEGAL')).toMatchObject({ code: 'REVIEWER_INELIGIBLE', params: { because: [because] } });
    expect(['NOT_ELIGIBLE', 'PERMISSION_DENIED']).toContain(await acts.refusal(signs(pair, promotion)));
  });

  test('finds the review in their queue, with the delegation to name, and may take it up', async () => {
    const { delegate, delegation } = await lent();
    const promotion = await openedRound();

    const mine = await acts.read<{ nodes: { number: string; me: unknown }[] }>(delegate.handle, 'reviews', { filter: { waitingForMe: true, system: stage.record('system').id } }, 'nodes { number me { eligible delegation grant { role lane } } }');
    expect(mine.nodes).toContainEqual({ number: `${promotion.number}/LEGAL`, me: { eligible: true, delegation: delegation.number, grant: { role: 'REVIEWER', lane: 'LEGAL' } } });
    expect(await acts.act(delegate.handle, 'claimReview', { id: `${promotion.number}/LEGAL`, until: plusDays(new Date().toISOString(), 1) })).toMatchObject({ state: 'CLAIMED' });
    expect(await acts.read(delegate.handle, 'delegations', { filter: { to: 'me', live: true } }, 'nodes { number outcome to { handle } }')).toEqual({ nodes: [{ number: delegation.number, outcome: 'IN_FORCE', to: { handle: delegate.handle } }] });
  });

  test('is nobody whom one finds after the round was opened', async () => {
    const promotion = await openedRound();
    const pair = await lent();

    expect(await acts.refused(signs(pair, promotion))).toMatchObject({ code: 'NOT_ELIGIBLE', details: { because: ['GAINED_AFTER_OPENING'], through: pair.delegation.number } });
  });

  test('does not sign what the lender has asked for', async () => {
    const pair = await lent();
    await acts.change('ada', 'grantRole', pair.lender, { input: { role: 'CONTRIBUTOR' } });
    await stage.register();
    const promotion = await acts.act(pair.lender.handle, 'openPromotion', { input: { release: stage.record('release').id, environment: 'live', reason: 'r' } });

    expect(await acts.refused(signs(pair, promotion))).toMatchObject({ code: 'SEPARATION_OF_DUTIES', message: expect.stringContaining('LENDER_CONFLICTED (the lender: REQUESTER)'), details: { because: ['LENDER_CONFLICTED'], through: pair.delegation.number } });
  });

  test('makes no second voice beside the lender where four eyes are asked for', async () => {
    const pair = await lent('BUSINESS');
    await stage.register();
    await stage.change('hugo', 'assessTier', 'system', { input: { tier: 'CRITICAL', euClass: 'MINIMAL', flags: [], rationale: 'r' } });
    const promotion = stage.keep('promotion', await stage.open());
    await signs(pair, promotion);
    await acts.sign(pair.lender.handle, [promotion], ['LEGAL']);

    const legal = async (): Promise<unknown> => (await stage.ask()).reasons.find(({ requirement }) => requirement === 'R5/LEGAL') ?? null;
    expect(await legal()).toMatchObject({ code: 'QUORUM_NOT_MET', params: { level: 'FOUR_EYES', have: 1, need: 2 } });
    await acts.sign(stage.reviewer, [promotion], ['LEGAL']);
    expect(await legal()).toBeNull();
  });

  test('lends on nothing, and nobody lends for longer than ninety days, to a machine or the vote of an executive', async () => {
    const { delegate, lender } = await lent();
    const third = await reviewer('DATA', 'DATA_GOVERNANCE');

    expect(await acts.refused(lend(delegate.handle, third.handle, ['LEGAL']))).toMatchObject({ code: 'NOT_ELIGIBLE', details: { because: ['NOT_OWN_AUTHORITY'] } });
    expect(await acts.refused(lend('eve', third.handle, ['EXEC']))).toMatchObject({ code: 'NOT_ELIGIBLE', details: { because: ['NOT_DELEGABLE'] } });
    expect(await acts.refusal(lend(lender.handle, third.handle, ['LEGAL'], { validUntil: plusDays(new Date().toISOString(), 91) }))).toBe('VALIDITY_TOO_LONG');
    expect(await acts.refusal(lend(lender.handle, 'pipeline', ['LEGAL']))).toBe('NOT_FOUND');
    expect(await acts.refusal(lend(lender.handle, 'axel', ['LEGAL']))).toBe('NOT_ELIGIBLE');
    expect(await acts.refusal(lend('axel', lender.handle, ['LEGAL']))).toBe('PERMISSION_DENIED');
  });
});

// Accounts and roles: who administers whom, what is granted to whom, and that nothing which was granted is ever unsaid.
import { describe, expect, test } from '@jest/globals';
import { refusal, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import { admitPerson, changeFunction, checkHandle, closeAccount, grantRole, openAccount, requireAdministratorLeft, revokeRole, type GrantInput } from './account.js';
import { grantsInForce, type Principal } from './actor.js';
import { NotingClock, plusDays } from './clock.js';

const clock = new NotingClock(TODAY);
const admin = user('ada', 'platform', [roleGrant('TENANT_ADMIN')]);
const petra = user('petra', 'privacy', []);
const robot: Principal = { ...petra, id: 'svc', kind: 'SERVICE', personId: null, function: null };

function granted(account: Principal, more: Partial<GrantInput>, by = admin, at = clock): Principal {
  const input: GrantInput = { role: 'CONTRIBUTOR', lane: null, systemIds: null, qualification: null, validFrom: null, validUntil: null, ...more };
  return grantRole(account, input, { principal: by, personId: by.personId ?? '', clock: at }).next;
}
const reviews = { role: 'REVIEWER', lane: 'PRIVACY', qualification: 'Certified since 2020.' } as const;

describe('a person', () => {
  test('is admitted without any role', () => {
    expect(admitPerson({ id: 'a', number: 'U-9', personId: 'p' }, 'legal')).toMatchObject({ event: 'principal.admitted', next: { kind: 'USER', personId: 'p', function: 'legal', grants: [], active: true } });
  });

  test('stays one person, of one function, with every account', () => {
    expect(openAccount({ id: 'b', number: 'U-10' }, petra, admin).next).toMatchObject({ kind: 'USER', personId: 'petra', function: 'privacy', grants: [], active: true });
  });

  test('has a name that cannot be taken for anything else', () => {
    expect(checkHandle('amara')).toBe('amara');
    for (const name of ['me', 'ME', 'U-3', 'u-17', '0f9c5b1e-4f7d-4c6b-9d1a-2f5b8c7d6e5f']) expect(() => checkHandle(name)).toThrow(refusal('INVALID_INPUT', { field: 'handle' }));
  });
});

test('an account without a person is a service', () => {
  expect(openAccount({ id: 'c', number: 'U-11' }, null, admin).next).toMatchObject({ kind: 'SERVICE', personId: null, function: null });
  expect(() => changeFunction(robot, 'legal', 'r', admin)).toThrow(refusal('INVALID_INPUT'));
});

describe('nobody', () => {
  const own = { ...admin, id: 'another account' };

  test.each([
    ['opens a further account of their own', () => openAccount({ id: 'b', number: 'U-10' }, own, admin)],
    ['closes an account of their own', () => closeAccount(own, 'r', admin)],
    ['chooses their own function', () => changeFunction(admin, 'risk', 'r', admin)],
    ['grants a role to themself', () => granted(admin, { role: 'RISK_OFFICER' })],
    ['grants a role to another account of theirs', () => granted(own, { role: 'RISK_OFFICER' })],
    ['takes away a role of their own', () => revokeRole(admin, { role: 'TENANT_ADMIN', lane: null, validFrom: null }, 'r', { principal: admin, clock })],
  ])('%s', (_, act) => {
    expect(act).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['OWN_ACCOUNT'] }));
  });

  test('acts on an account that is closed', () => {
    const closed = closeAccount(petra, 'She left.', admin).next;

    expect(grantsInForce({ ...closed, grants: [roleGrant('CONTRIBUTOR')] }, clock)).toEqual([]);
    expect(() => closeAccount(closed, 'r', admin)).toThrow(refusal('INVALID_TRANSITION', { state: 'CLOSED' }));
    expect(() => granted(closed, {})).toThrow(refusal('INVALID_TRANSITION', { state: 'CLOSED' }));
  });
});

describe('a role', () => {
  test('is written down with who granted it, why its holder is fit for it, where, and until when', () => {
    const validUntil = plusDays(TODAY, 90);

    expect(granted(petra, { ...reviews, systemIds: ['sys-1'], validUntil }).grants).toEqual([{ ...reviews, systemIds: ['sys-1'], environmentIds: null, validFrom: TODAY, validUntil, grantedBy: 'ada' }]);
  });

  test('never begins in the past: nobody is made a voter for a round that is open', () => {
    expect(() => granted(petra, { ...reviews, validFrom: plusDays(TODAY, -1) })).toThrow(refusal('INVALID_INPUT', { field: 'validFrom' }));
    expect(granted(petra, { ...reviews, validFrom: plusDays(TODAY, 1) }).grants).toHaveLength(1);
  });

  test.each([
    ['a reviewer of nothing', { ...reviews, lane: null }, 'lane'], ['a lane for another role', { lane: 'LEGAL' }, 'lane'], ['a reviewer whom nothing qualifies', { ...reviews, qualification: null }, 'qualification'],
    ['an end before the beginning', { validUntil: TODAY }, 'validUntil'], ['no system at all', { systemIds: [] }, 'systems'],
  ] as const)('is refused for %s', (_, input, field) => {
    expect(() => granted(petra, input)).toThrow(refusal('INVALID_INPUT', { field }));
  });

  test('of a person is not for a service, nor the other way round', () => {
    expect(() => granted(robot, { role: 'RISK_OFFICER' })).toThrow(refusal('NOT_ELIGIBLE', { because: ['NOT_A_PERSON'] }));
    expect(() => granted(robot, { role: 'TENANT_ADMIN' })).toThrow(refusal('NOT_ELIGIBLE', { because: ['NOT_A_PERSON'] }));
    expect(() => granted(petra, { role: 'DEPLOYER' })).toThrow(refusal('NOT_ELIGIBLE', { because: ['NOT_A_SERVICE'] }));
    expect(granted(robot, { role: 'DEPLOYER' }).grants).toHaveLength(1);
  });
});

describe('a role that is taken away', () => {
  const later = new NotingClock(plusDays(TODAY, 10));
  const taken = (account: Principal, validFrom: string | null = null): Principal => revokeRole(account, { role: 'REVIEWER', lane: 'PRIVACY', validFrom }, 'She moved on.', { principal: admin, clock: later }).next;

  test('ends at that instant and stays written down', () => {
    const account = granted(granted(petra, reviews), {});
    const after = taken(account);

    expect(after.grants).toEqual([{ ...account.grants[0], validUntil: later.now, revokedAt: later.now }, account.grants[1]]);
    expect(grantsInForce(after, later).map(({ role }) => role)).toEqual(['CONTRIBUTOR']);
    expect(grantsInForce(after, clock).map(({ role }) => role)).toEqual(['CONTRIBUTOR']);
    expect(() => taken(after)).toThrow(refusal('NOT_FOUND', { id: 'REVIEWER PRIVACY' }));
  });

  test('never begins when it has not yet; with a beginning, only that grant ends', () => {
    const begins = plusDays(TODAY, 30);
    const account = granted(granted(petra, reviews), { ...reviews, validFrom: begins });

    expect(taken(account, begins).grants.map(({ validUntil }) => validUntil)).toEqual([null, later.now]);
    expect(grantsInForce(taken(account), new NotingClock(plusDays(begins, 1)))).toEqual([]);
  });
});

describe('the last administrator', () => {
  const other = user('olga', 'platform', [roleGrant('TENANT_ADMIN')]);
  const until = { ...other, grants: [roleGrant('TENANT_ADMIN', null, { validUntil: plusDays(TODAY, 300) })] };
  const closing = (others: readonly Principal[], account = admin): (() => void) => () => { requireAdministratorLeft(account, closeAccount(account, 'r', petra).next, others, clock); };
  const last = refusal('NOT_ELIGIBLE', { because: ['LAST_ADMINISTRATOR'] });

  test('stays, unless somebody else administers without an end', () => {
    expect(closing([other])).not.toThrow();
    for (const others of [[], [until], [{ ...other, active: false }], [petra]]) expect(closing(others)).toThrow(last);
    expect(closing([], until)).not.toThrow();
  });

  test('keeps the role, while one of several grants of it may be taken away', () => {
    const taking = (account: Principal, validFrom: string | null): (() => void) => () => {
      requireAdministratorLeft(account, revokeRole(account, { role: 'TENANT_ADMIN', lane: null, validFrom }, 'r', { principal: other, clock }).next, [until], clock);
    };
    const twice = { ...admin, grants: [...admin.grants, roleGrant('TENANT_ADMIN', null, { validFrom: plusDays(TODAY, -1) })] };

    expect(taking(admin, null)).toThrow(last);
    expect(taking(twice, plusDays(TODAY, -1))).not.toThrow();
    expect(taking(twice, null)).toThrow(last);
  });
});

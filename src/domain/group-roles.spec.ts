// Roles by groups: given, renewed, taken away and never given back; and that nobody gives any to themself.
import { describe, expect, test } from '@jest/globals';
import { refusal, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import { revokeRole } from './account.js';
import { grantsInForce, type Principal } from './actor.js';
import { NotingClock, plusDays, plusHours, plusMs } from './clock.js';
import { applyGroups, claimAt, joinByToken } from './group-roles.js';
import type { GroupRole } from './trusted-issuer.js';

const entry = (group: string, more: Partial<GroupRole> = {}): GroupRole => ({ group, role: 'RISK_OFFICER', lane: null, qualification: null, by: 'ada', ...more });
const issuer = { id: 'iss', groupRolesDays: 30, admitsNewcomers: true, groupRoles: [entry('risk'), entry('legal', { role: 'REVIEWER', lane: 'LEGAL', qualification: 'Lawyers.' })] };
const petra = user('petra', 'legal', []);

const after = (account: Principal, groups: readonly string[] | null, at = TODAY, by = issuer): Principal => applyGroups(account, by, { groups, issuedAt: at }, at)?.next ?? account;
const roles = (account: Principal, at = TODAY): string[] => grantsInForce(account, new NotingClock(at)).map(({ role }) => role);

describe('a group gives a role', () => {
  test('for all systems, from now on, until some days after the token', () => {
    const issuedAt = plusHours(TODAY, -1);

    expect(applyGroups(petra, issuer, { groups: ['legal', 'canteen'], issuedAt }, TODAY)).toMatchObject({ event: 'principal.groupsApplied', next: { grants: [
      { role: 'REVIEWER', lane: 'LEGAL', systemIds: null, validFrom: TODAY, validUntil: plusDays(issuedAt, 30), qualification: 'Lawyers.', grantedBy: 'ada', through: { issuerId: 'iss', asOf: issuedAt } },
    ] } });
  });

  test('once, however many groups give it', () => {
    expect(after(petra, ['risk', 'officers'], TODAY, { ...issuer, groupRoles: [entry('risk'), entry('officers')] }).grants).toHaveLength(1);
  });

  test('never to whoever wrote that it does', () => {
    expect(after(user('ada', 'platform', []), ['risk'])).toMatchObject({ grants: [] });
  });

  test('never to a closed account', () => {
    expect(after({ ...petra, active: false }, ['risk'])).toMatchObject({ grants: [] });
  });
});

describe('a role by a group ends', () => {
  const officer = after(petra, ['risk']);

  test('at once when a later token does not show the group', () => {
    const left = after(officer, [], plusHours(TODAY, 1));

    expect(roles(left, plusHours(TODAY, 1))).toEqual([]);
    expect(left.grants[0]).toMatchObject({ validFrom: TODAY, validUntil: plusHours(TODAY, 1), revokedAt: plusHours(TODAY, 1) });
  });

  test('at once when the mapping says so no longer', () => {
    expect(roles(after(officer, ['risk'], plusHours(TODAY, 1), { ...issuer, groupRoles: [] }), plusHours(TODAY, 1))).toEqual([]);
  });

  test('by itself when no token shows it again', () => {
    expect(roles(officer, plusMs(plusDays(TODAY, 30), -1))).toEqual(['RISK_OFFICER']);
    expect(roles(officer, plusDays(TODAY, 30))).toEqual([]);
  });

  test('and an older token does not bring it back', () => {
    const left = after(officer, [], plusHours(TODAY, 2));

    expect(applyGroups(left, issuer, { groups: ['risk'], issuedAt: plusHours(TODAY, 1) }, plusHours(TODAY, 3))).toBeNull();
    expect(applyGroups(left, issuer, { groups: ['risk'], issuedAt: plusHours(TODAY, 2) }, plusHours(TODAY, 3))).toBeNull();
    expect(roles(after(left, ['risk'], plusHours(TODAY, 4)), plusHours(TODAY, 4))).toEqual(['RISK_OFFICER']);
  });

  test('for good when an administrator takes it away', () => {
    const revoked = revokeRole(officer, { role: 'RISK_OFFICER', lane: null, validFrom: null }, 'r', { principal: user('otto', 'platform', []), clock: new NotingClock(plusHours(TODAY, 1)) }).next;

    expect(applyGroups(revoked, issuer, { groups: ['risk'], issuedAt: plusDays(TODAY, 2) }, plusDays(TODAY, 2))).toBeNull();
    expect(roles(after(revoked, ['risk', 'legal'], plusDays(TODAY, 2)), plusDays(TODAY, 2))).toEqual(['REVIEWER']);
  });
});

describe('nothing changes', () => {
  const officer = after(petra, ['risk']);

  test('while the token says nothing about groups', () => {
    expect(applyGroups(officer, issuer, { groups: null, issuedAt: plusDays(TODAY, 1) }, plusDays(TODAY, 1))).toBeNull();
  });

  test('in the first half of its time; then it is renewed, and began when it began', () => {
    expect(applyGroups(officer, issuer, { groups: ['risk'], issuedAt: plusDays(TODAY, 14) }, plusDays(TODAY, 14))).toBeNull();
    expect(after(officer, ['risk'], plusDays(TODAY, 15)).grants).toMatchObject([{ validFrom: TODAY, validUntil: plusDays(TODAY, 45) }]);
  });

  test('about what was granted by hand, or by another issuer', () => {
    const grants = [roleGrant('AUDITOR'), { ...roleGrant('EXECUTIVE'), through: { issuerId: 'other', asOf: TODAY } }];

    expect(applyGroups({ ...petra, grants }, issuer, { groups: [], issuedAt: TODAY }, TODAY)).toBeNull();
  });
});

test('a shorter time is written at once', () => {
  expect(after(after(petra, ['risk']), ['risk'], plusHours(TODAY, 1), { ...issuer, groupRolesDays: 1 }).grants).toMatchObject([{ validUntil: plusDays(plusHours(TODAY, 1), 1) }]);
});

describe('a newcomer', () => {
  const identity = { id: 'new', number: 'U-9', personId: 'new person' };

  test('joins with the roles of their groups', () => {
    expect(joinByToken(identity, issuer, { groups: ['risk'], issuedAt: TODAY }, TODAY)).toMatchObject({ event: 'principal.joined', next: { ...identity, version: 1, kind: 'USER', function: null, active: true, grants: [{ role: 'RISK_OFFICER', grantedBy: 'ada' }] } });
  });

  test.each([[['canteen']], [[]], [null]])('of groups %p, none of which gives a role, does not', (groups) => {
    expect(() => joinByToken(identity, issuer, { groups, issuedAt: TODAY }, TODAY)).toThrow(refusal('UNAUTHENTICATED', { because: ['GROUP_UNKNOWN'] }));
  });

  test('does not where newcomers are not admitted', () => {
    expect(() => joinByToken(identity, { ...issuer, admitsNewcomers: false }, { groups: ['risk'], issuedAt: TODAY }, TODAY)).toThrow(refusal('UNAUTHENTICATED', { because: ['ACCOUNT_UNKNOWN'] }));
  });
});

describe('the claim of the groups is found', () => {
  const nested = { realm_access: { roles: ['risk'] }, resource_access: { 'my.client': { roles: ['legal'] }, 'a/b~c': ['x'] }, list: [{ roles: ['y'] }] };

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['by its name', { groups: ['risk'] }, 'groups'], ['by a name that is a URL', { 'https://example.com/groups': ['risk'] }, 'https://example.com/groups'],
    ['by a name with dots, before any way', { 'realm_access.roles': ['risk'], realm_access: { roles: ['other'] } }, 'realm_access.roles'], ['by a name with a slash, before any way', { '/groups': ['risk'], groups: ['other'] }, '/groups'],
    ['within another', nested, 'realm_access.roles'], ['by a pointer', nested, '/realm_access/roles'],
  ])('%s', (_, payload, claim) => {
    expect(claimAt(payload, claim)).toEqual(['risk']);
  });

  test('by a pointer through names that have dots, slashes and tildes', () => {
    expect([claimAt(nested, '/resource_access/my.client/roles'), claimAt(nested, '/resource_access/a~1b~0c')]).toEqual([['legal'], ['x']]);
  });

  test.each(['roles', 'resource_access.my.client.roles', 'realm_access.roles.0', 'list.0.roles', 'realm_access.roles.length', 'constructor.name', '__proto__', '/__proto__', 'realm_access.', '/', '.', '/realm_access//roles'])('nowhere else: %s', (claim) => {
    expect(claimAt(nested, claim)).toBeUndefined();
  });
});

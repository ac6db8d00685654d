// Trusted issuers: what may be registered, by whom a mapping was written, and what a sign-in has to be like for a signature.
import { describe, expect, test } from '@jest/globals';
import { refusal, TODAY } from '../../test/support/given.js';
import { changeIssuer, lacksForSignOff, MOST_ISSUERS, registerIssuer, requireRoomForIssuer, retireIssuer, type IssuerInput, type TrustedIssuer } from './trusted-issuer.js';

const by = { personId: 'ada', now: TODAY, loopback: false };
const risk = { group: 'risk', role: 'RISK_OFFICER', lane: null, qualification: null } as const;
const input: IssuerInput = {
  kind: 'PEOPLE', issuer: 'https://login.example.com/', audience: 'countersign', jwksUrl: 'https://login.example.com/keys', jwks: null, algorithms: ['RS256'], tokenType: 'at+jwt', maxTokenAgeMinutes: 60,
  groupsClaim: 'groups', groupRoles: [risk], groupRolesDays: 30, admitsNewcomers: true, signOffAcr: [], signOffAmr: [],
};
const register = (more: Partial<IssuerInput> = {}, who: typeof by = by): TrustedIssuer => registerIssuer({ id: 'iss', number: 'ISS-1' }, { ...input, ...more }, who).next;

describe('an issuer', () => {
  test('is registered word for word: a slash more would be somebody else', () => {
    expect(register()).toMatchObject({ issuer: 'https://login.example.com/', state: 'ACTIVE', version: 1, registeredBy: 'ada', registeredAt: TODAY });
  });

  test.each([
    ['http://login.example.com'], ['http://127.0.0.1:9'], ['ftp://login.example.com'], ['login.example.com'], ['urn:countersign:embedded'], ['https://user:secret@login.example.com'], ['https://login.example.com/#a'], ['https://login.example.com/ a'], ['https://'], [''],
  ])('has no address like "%s"', (address) => {
    for (const field of ['issuer', 'jwksUrl'] as const) expect(() => register({ [field]: address })).toThrow(expect.objectContaining({ code: expect.stringMatching(/^INVALID_(INPUT|TEXT)$/), facts: expect.objectContaining({ field }) as unknown }));
  });

  test('is reached by plain http on this machine only, and only where that is allowed', () => {
    for (const host of ['127.0.0.1:8080', 'localhost:8080', '[::1]:8080']) expect(register({ jwksUrl: `http://${host}/keys` }, { ...by, loopback: true }).jwksUrl).toBe(`http://${host}/keys`);
    for (const host of ['127.0.0.1.example.com', '10.0.0.1', '0.0.0.0']) expect(() => register({ jwksUrl: `http://${host}/keys` }, { ...by, loopback: true })).toThrow(refusal('INVALID_INPUT', { field: 'jwksUrl' }));
  });

  test.each<[string, Partial<IssuerInput>, string]>([
    ['a way to sign', { algorithms: [] }, 'algorithms'],
    ['an age for its tokens', { maxTokenAgeMinutes: 0 }, 'maxTokenAgeMinutes'],
    ['an age of at most a day', { maxTokenAgeMinutes: 1441 }, 'maxTokenAgeMinutes'],
    ['an end for what groups give', { groupRolesDays: 91 }, 'groupRolesDays'],
    ['a claim for its groups', { groupsClaim: null }, 'groupsClaim'],
    ['a group for newcomers', { groupRoles: [] }, 'admitsNewcomers'],
    ['no role of a service', { groupRoles: [{ ...risk, role: 'DEPLOYER' }] }, 'groupRoles.0.role'],
    ['a lane for reviewers', { groupRoles: [{ ...risk, role: 'REVIEWER', qualification: 'q' }] }, 'groupRoles.0.lane'],
    ['no lane for others', { groupRoles: [{ ...risk, lane: 'LEGAL' }] }, 'groupRoles.0.lane'],
    ['a qualification for reviewers', { groupRoles: [{ ...risk, role: 'REVIEWER', lane: 'LEGAL' }] }, 'groupRoles.0.qualification'],
    ['people, where it has groups', { kind: 'GITHUB' }, 'kind'],
  ])('has %s', (_, more, field) => {
    expect(() => register(more)).toThrow(refusal('INVALID_INPUT', { field }));
  });

  test('lets tokens of people be older than those of jobs and pods, unless it is told otherwise', () => {
    const machine = { groupsClaim: null, groupRoles: [], admitsNewcomers: false, maxTokenAgeMinutes: null };

    expect(register({ maxTokenAgeMinutes: null }).maxTokenAgeMinutes).toBe(60);
    for (const kind of ['GITHUB', 'GITLAB', 'KUBERNETES'] as const) expect([register({ ...machine, kind }), register({ ...machine, kind, maxTokenAgeMinutes: 30 })].map(({ maxTokenAgeMinutes }) => maxTokenAgeMinutes)).toEqual([10, 30]);
  });

  test('is one of at most 20', () => {
    expect(MOST_ISSUERS).toBe(20);
    expect(() => { requireRoomForIssuer(19); }).not.toThrow();
    expect(() => { requireRoomForIssuer(20); }).toThrow(refusal('ISSUER_LIMIT_REACHED', { expected: 'at most 20', actual: '20' }));
  });

  test('that was retired does not come back', () => {
    const retired = retireIssuer(register(), 'Replaced.').next;

    expect(() => retireIssuer(retired, 'r')).toThrow(refusal('INVALID_TRANSITION'));
    expect(() => changeIssuer(retired, {}, 'r', by)).toThrow(refusal('INVALID_TRANSITION'));
  });
});

test('an entry of a mapping stays its author’s until somebody else writes it anew', () => {
  const before = register();
  const legal = { group: 'legal', role: 'REVIEWER', lane: 'LEGAL', qualification: 'Lawyers.' } as const;

  const { groupRoles } = changeIssuer(before, { groupRoles: [risk, legal] }, 'r', { ...by, personId: 'otto' }).next;
  expect(groupRoles.map(({ group, by: author }) => [group, author])).toEqual([['risk', 'ada'], ['legal', 'otto']]);
  const changed = changeIssuer({ ...before, groupRoles }, { groupRoles: [{ ...legal, qualification: 'Counsel.' }] }, 'r', by).next;
  expect(changed.groupRoles.map(({ group, by: author }) => [group, author])).toEqual([['legal', 'ada']]);
});

test('what is left out of a change stays, and null clears', () => {
  expect(changeIssuer(register(), { tokenType: null, maxTokenAgeMinutes: 5 }, 'r', by)).toMatchObject({ event: 'issuer.changed', next: { ...register(), tokenType: null, maxTokenAgeMinutes: 5 } });
});

describe('a sign-in is enough for a signature', () => {
  const strict = { signOffAcr: ['phr', 'phrh'], signOffAmr: ['mfa', 'hwk'] };

  test.each([
    [{ acr: 'phrh', amr: ['hwk', 'pin', 'mfa'] }, null],
    [{ acr: 'pwd', amr: ['hwk', 'mfa'] }, 'acr phr or phrh'],
    [{ acr: null, amr: ['hwk', 'mfa'] }, 'acr phr or phrh'],
    [{ acr: 'phr', amr: ['mfa'] }, 'amr hwk'],
    [{ acr: 'phr', amr: [] }, 'amr mfa and hwk'],
  ])('when it says %p: it lacks %p', (said, lacks) => {
    expect(lacksForSignOff(strict, said)).toBe(lacks);
  });

  test('always, where the issuer asks for nothing', () => {
    expect(lacksForSignOff({ signOffAcr: [], signOffAmr: [] }, { acr: null, amr: [] })).toBeNull();
  });
});

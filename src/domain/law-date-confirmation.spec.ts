// Dates of law: who may confirm one, which one, and what becomes of it when the product records another.
import { describe, expect, test } from '@jest/globals';
import { refusal, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import type { Principal } from './actor.js';
import { NotingClock } from './clock.js';
import { confirmationOf, confirmLawDate, lawDateOutcome, revokeLawDate, type LawDateConfirmation, type LawDateInput } from './law-date-confirmation.js';

const lawyer = user('lena', 'legal', [roleGrant('REVIEWER', 'LEGAL')]);
const by = (principal: Principal = lawyer): Parameters<typeof revokeLawDate>[2] => ({ principal, personId: principal.personId ?? '', clock: new NotingClock(TODAY) });
const INPUT: LawDateInput = { reference: 'act@1#Art-9', day: '2027-12-02', source: 'Official Journal', note: 'Looked up.' };
const DAYS = ['2027-12-02', '2028-08-02'];
const confirm = (more: Partial<LawDateInput> = {}, principal = lawyer): LawDateConfirmation => confirmLawDate({ id: 'ld', number: 'LD-1' }, { ...INPUT, ...more }, DAYS, by(principal)).next;

describe('a date of law', () => {
  test('is confirmed by somebody who reviews the law for every system', () => {
    expect(confirm()).toMatchObject({ ...INPUT, state: 'CONFIRMED', confirmedBy: lawyer.personId, confirmedAt: TODAY, revokedBy: null });
  });

  test.each([
    ['reviews something else', [roleGrant('REVIEWER', 'PRIVACY')]],
    ['reviews the law for one system', [roleGrant('REVIEWER', 'LEGAL', { systemIds: ['sys-1'] })]],
    ['reviewed the law until yesterday', [roleGrant('REVIEWER', 'LEGAL', { validUntil: TODAY })]],
    ['is head of risk', [roleGrant('HEAD_OF_RISK', null)]],
  ])('is neither confirmed nor taken back by somebody who %s', (_, grants) => {
    const other = user('other', 'legal', grants);

    expect(() => confirm({}, other)).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => revokeLawDate(confirm(), 'Wrong.', by(other))).toThrow(refusal('NOT_ELIGIBLE'));
  });

  test('is one that the product records: others are named', () => {
    expect(() => confirm({ day: '2026-08-02' })).toThrow(refusal('INVALID_INPUT', { field: 'input.day', expected: '2027-12-02 or 2028-08-02' }));
    expect(() => confirm({ day: 'soon' })).toThrow(refusal('INVALID_INPUT', { field: 'input.day' }));
  });

  test('that was confirmed stands for nothing once another day is recorded', () => {
    expect([DAYS, ['2028-08-02'], []].map((days) => lawDateOutcome(confirm(), days))).toEqual(['IN_FORCE', 'OUTDATED', 'OUTDATED']);
    expect([confirmationOf([confirm()], INPUT.reference, '2027-12-02')?.number, confirmationOf([confirm()], INPUT.reference, '2028-08-02'), confirmationOf([confirm()], 'act@1#Art-10', '2027-12-02')]).toEqual(['LD-1', null, null]);
  });

  test('is taken back for good, also by somebody else', () => {
    const revoked = revokeLawDate(confirm(), 'Misread.', by(user('lars', 'legal', [roleGrant('REVIEWER', 'LEGAL')]))).next;

    expect([lawDateOutcome(revoked, DAYS), confirmationOf([revoked], INPUT.reference, INPUT.day)]).toEqual(['REVOKED', null]);
    expect(() => revokeLawDate(revoked, 'Again.', by())).toThrow(refusal('INVALID_TRANSITION'));
  });
});

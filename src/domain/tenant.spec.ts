import { describe, expect, test } from '@jest/globals';
import { plusDays } from './clock.js';
import { eraseTenant, resumeTenant, suspendTenant, WAITING_DAYS, type Tenant } from './tenant.js';

const NOW = '2026-06-01T00:00:00.000Z';
const ACTIVE: Tenant = { id: 't', name: 'Acme', state: 'ACTIVE', reason: null, since: NOW, keepUntil: null };
const SUSPENDED: Tenant = { ...ACTIVE, state: 'SUSPENDED', reason: 'Contract ended.' };
const ERASED: Tenant = { ...ACTIVE, state: 'ERASED', name: 'erased' };
const suspend = (tenant: Tenant): unknown => suspendTenant(tenant, { reason: 'Contract ended.', keepUntil: null, now: NOW });

describe('an organization', () => {
  test('is suspended with a reason, and resumed without one', () => {
    expect(suspend(ACTIVE)).toEqual({ next: SUSPENDED, event: 'tenant.suspended' });
    expect(resumeTenant(SUSPENDED, NOW)).toEqual({ next: ACTIVE, event: 'tenant.resumed' });
  });

  test('is suspended once more for another reason, and waits since the first time', () => {
    expect(suspendTenant(SUSPENDED, { reason: 'In dispute.', keepUntil: plusDays(NOW, 9), now: plusDays(NOW, 1) })).toEqual({ next: { ...SUSPENDED, reason: 'In dispute.', keepUntil: plusDays(NOW, 9) }, event: 'tenant.suspended' });
  });

  test.each([['', 'INVALID_TEXT'], [' ', 'INVALID_TEXT'], ['a\u001b[2J', 'INVALID_TEXT'], ['x'.repeat(501), 'TOO_LARGE']])('is not suspended for the reason %j', (reason, code) => {
    expect(() => suspendTenant(ACTIVE, { reason, keepUntil: null, now: NOW })).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ['suspend', ERASED, suspend],
    ['resume', ACTIVE, (tenant: Tenant) => resumeTenant(tenant, NOW)], ['resume', ERASED, (tenant: Tenant) => resumeTenant(tenant, NOW)],
    ['erase', ACTIVE, (tenant: Tenant) => eraseTenant(tenant, { confirmation: 'Acme', now: NOW })], ['erase', ERASED, (tenant: Tenant) => eraseTenant(tenant, { confirmation: 'erased', now: NOW })],
  ] as const)('does not %s when it is %o', (action, tenant, act) => {
    expect(() => act(tenant)).toThrow(expect.objectContaining({ code: 'INVALID_TRANSITION', facts: expect.objectContaining({ action, state: tenant.state }) }));
  });
});

describe('erasing', () => {
  const erase = (tenant: Tenant, confirmation: string | null, days: number): unknown => eraseTenant(tenant, { confirmation, now: plusDays(NOW, days) });

  test('waits 30 days, or for the exact name', () => {
    for (const [confirmation, days] of [[null, 0], [null, WAITING_DAYS - 1], ['acme', 0], ['', 0]] as const) expect(() => erase(SUSPENDED, confirmation, days)).toThrow(expect.objectContaining({ code: 'RETENTION_PERIOD' }));
    for (const [confirmation, days] of [[null, WAITING_DAYS], ['Acme', 0]] as const) expect(erase(SUSPENDED, confirmation, days)).toMatchObject({ next: { state: 'ERASED', name: 'erased', reason: null }, event: 'tenant.erased' });
  });

  test('respects the date until which records are kept, whatever is typed', () => {
    const kept = { ...SUSPENDED, keepUntil: plusDays(NOW, 100) };

    for (const [confirmation, days] of [['Acme', 0], [null, 99], ['Acme', 99]] as const) expect(() => erase(kept, confirmation, days)).toThrow(expect.objectContaining({ code: 'RETENTION_PERIOD', facts: expect.objectContaining({ until: kept.keepUntil }) }));
    expect(erase(kept, null, 100)).toMatchObject({ event: 'tenant.erased' });
  });

  test('does not forget that date when it is resumed and suspended again; it only moves on', () => {
    const kept = { ...SUSPENDED, keepUntil: plusDays(NOW, 100) };
    const again = (days: number | null): Tenant => suspendTenant(resumeTenant(kept, NOW).next, { reason: 'x', keepUntil: days === null ? null : plusDays(NOW, days), now: NOW }).next;

    expect([again(null), again(10), again(200)].map(({ keepUntil }) => keepUntil)).toEqual([100, 100, 200].map((days) => plusDays(NOW, days)));
  });
});

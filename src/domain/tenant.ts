/** An organization itself: opened, suspended, resumed and in the end erased, by the operator alone. */
import { plusDays, type Instant } from './clock.js';
import { checkText } from './digest.js';
import type { EventName } from './events.js';
import { Refusal } from './refusal.js';

export type TenantState = 'ACTIVE' | 'SUSPENDED' | 'ERASED';
export type TenantAct = 'suspend' | 'resume' | 'erase';

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly state: TenantState;
  /** Why it is suspended; told to whoever comes. */
  readonly reason: string | null;
  readonly since: Instant;
  /** It must not be erased before this instant, whoever confirms it. Only ever moved on: resuming does not take it back. */
  readonly keepUntil: Instant | null;
}

/** How long an organization that is suspended waits before it is erased without being named. */
export const WAITING_DAYS = 30;

const NEXT: Readonly<Record<TenantState, Partial<Record<TenantAct, { readonly to: TenantState; readonly event: EventName }>>>> = {
  ACTIVE: { suspend: { to: 'SUSPENDED', event: 'tenant.suspended' } },
  SUSPENDED: { suspend: { to: 'SUSPENDED', event: 'tenant.suspended' }, resume: { to: 'ACTIVE', event: 'tenant.resumed' }, erase: { to: 'ERASED', event: 'tenant.erased' } },
  ERASED: {},
};

export interface TurnedTenant { readonly next: Tenant; readonly event: EventName }

/** Once more where it is suspended already: for another reason, or to be kept longer. It then waits since the first time. */
export function suspendTenant(tenant: Tenant, by: { readonly reason: string; readonly keepUntil: Instant | null; readonly now: Instant }): TurnedTenant {
  const since = tenant.state === 'SUSPENDED' ? tenant.since : by.now;
  return turn(tenant, 'suspend', { reason: checkText(by.reason, 'reason', 500), keepUntil: later(tenant.keepUntil, by.keepUntil), since });
}

export function resumeTenant(tenant: Tenant, now: Instant): TurnedTenant {
  return turn(tenant, 'resume', { reason: null, since: now });
}

/** Its name goes with everything else. `confirmation` = the name as somebody has typed it. */
export function eraseTenant(tenant: Tenant, by: { readonly confirmation: string | null; readonly now: Instant }): TurnedTenant {
  const turned = turn(tenant, 'erase', { name: 'erased', reason: null, since: by.now });
  if (tenant.keepUntil !== null && by.now < tenant.keepUntil) throw new Refusal('RETENTION_PERIOD', { message: `The records of this organization are kept until ${tenant.keepUntil}.`, until: tenant.keepUntil, next: 'Erase it afterwards.' });
  const waitsUntil = plusDays(tenant.since, WAITING_DAYS);
  if (by.confirmation !== tenant.name && by.now < waitsUntil) throw new Refusal('RETENTION_PERIOD', { message: `It is suspended since ${tenant.since}; without its name as a confirmation it waits until ${waitsUntil}.`, until: waitsUntil, next: 'Wait, or confirm with the exact name of the organization.' });
  return turned;
}

function later(one: Instant | null, other: Instant | null): Instant | null {
  return one === null || (other !== null && other > one) ? other : one;
}

function turn(tenant: Tenant, act: TenantAct, changes: Partial<Tenant>): TurnedTenant {
  const found = NEXT[tenant.state][act];
  if (found === undefined) throw new Refusal('INVALID_TRANSITION', { subject: 'Tenant', state: tenant.state, action: act, allowedActions: Object.keys(NEXT[tenant.state]) });
  return { next: { ...tenant, ...changes, state: found.to }, event: found.event };
}

// One act of somebody: what is sent to the real service, and what the model says to it. The runner does both and compares.
import type { Type } from '@nestjs/common';
import type pg from 'pg';
import type { contextOf } from '../../../src/cli/organization.js';
import type { Asked } from '../register.js';
import { holds, type Model, type Who } from './state.js';

/** What the register is asked and told by, and what only it knows: digests, challenges, grants. */
export interface Real {
  readonly tenantId: string;
  get<T>(service: Type<T>): T;
  as(who: Who): ReturnType<typeof contextOf>;
  /** Every governed row by its number, and the size of the log under LOG. */
  rows(): Promise<Map<string, string>>;
  readonly bundles: string[];
  readonly challenges: Asked[];
  readonly grants: string[];
}

/** How the model says it ends: refused with a code, or done with so many entries in the log; null = none or one. */
export type Said = { readonly refused: string } | { readonly entries: number | null };

/** The version of a record that somebody has read, the present one or an older one. */
export type Read = (number: string, version: number) => { id: string; expectedVersion: number };

export interface Act {
  readonly kind: string;
  readonly name: string;
  readonly who: Who;
  /** The roles that carry the permission. */
  readonly may: readonly string[];
  /** Whether it names the version that was read. */
  readonly names?: boolean;
  readonly send: (real: Real, m: Model, read: Read) => Promise<unknown>;
  /** Decides, and if it is done moves the model on. */
  readonly rule: (m: Model) => Said;
  /** What the answer must be, once the model has moved on. */
  readonly check?: (m: Model, answer: never) => void;
}

export function done(entries = 1): Said {
  return { entries };
}

export function refused(code: string): Said {
  return { refused: code };
}

/** These refusals are facts about somebody and something governed: they are written down. */
const RECORDED = ['PERMISSION_DENIED', 'SEPARATION_OF_DUTIES', 'NOT_ELIGIBLE', 'ABOVE_AUTHORITY', 'ABOVE_TOLERANCE', 'NOT_ACCEPTABLE', 'NOT_WAIVABLE', 'NOT_RENEWABLE', 'ROUND_CLOSED', 'CHALLENGE_INVALID', 'CHALLENGE_USED', 'PACKAGE_CHANGED', 'GRANT_INVALID', 'GRANT_CONSUMED', 'DIGEST_MISMATCH'];

/** What the model says to the act, moved on by it. */
export function say(m: Model, act: Act, behind: boolean): Said {
  m.now += 1;
  const said = !holds(m, act.who, ...act.may) ? refused('PERMISSION_DENIED') : behind && act.names === true ? refused('CONFLICT') : act.rule(m);
  if ('refused' in said) m.log += RECORDED.includes(said.refused) ? 1 : 0;
  else if (said.entries !== null) m.log += said.entries;
  return said;
}

const EVERY_ROW = `
  select 'LOG' as number, size::text as stands from audit.head join audit.log using (log_id) where tenant_id = $1
  union all select number, version || ' ' || state from ai_systems where tenant_id = $1
  union all select number, version || ' ' || state from releases where tenant_id = $1
  union all select number, version || ' ' || state from risks where tenant_id = $1
  union all select number, version || ' ' || state from risk_acceptances where tenant_id = $1
  union all select number, version || ' ' || state from promotions where tenant_id = $1
  union all select number, version || ' ' || case when withdrawn is null then 'GIVEN' else 'WITHDRAWN' end from sign_offs where tenant_id = $1
  union all select number, version || ' ' || state from waivers where tenant_id = $1
  union all select number, version || ' ' || state from conditions where tenant_id = $1`;

export async function readRows(log: pg.Client, tenantId: string): Promise<Map<string, string>> {
  const { rows } = await log.query<{ number: string; stands: string }>(EVERY_ROW, [tenantId]);
  return new Map(rows.map(({ number, stands }) => [number, stands]));
}

/** The same as the model has it. */
export function rowsOf(m: Model): Map<string, string> {
  const of = (prefix: string, records: readonly { n: number; version: number; state?: string }[]): [string, string][] => records.map(({ n, version, state = '' }) => [`${prefix}-${String(n)}`, `${String(version)} ${state}`]);
  return new Map([
    ['LOG', String(m.log)], ['SYS-1', `${String(m.system.version)} ${m.system.state}`],
    ...of('REL', m.releases.map(({ n, version, active }) => ({ n, version, state: active ? 'ACTIVE' : 'WITHDRAWN' }))), ...of('R', m.risks), ...of('A', m.acceptances), ...of('P', m.promotions),
    ...of('SO', m.votes.map(({ n, version, withdrawnAt }) => ({ n, version, state: withdrawnAt === null ? 'GIVEN' : 'WITHDRAWN' }))), ...of('W', m.waivers), ...of('C', m.conditions),
  ]);
}

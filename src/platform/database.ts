/** The connection to PostgreSQL: pool, time-outs, and what its errors mean to a client. */
import { DataSource, type EntitySchema } from 'typeorm';
import { Refusal, type RefusalCode } from '../domain/refusal.js';

/** The open connection pool, known by this name outside of this folder, where nobody uses it. */
export type Database = DataSource;

/** A database that is never opened: for printing the schema. */
export function unopenedDatabase(): Database {
  return new DataSource({ type: 'postgres' });
}

export interface DatabaseOptions { readonly url: string; readonly poolSize: number; readonly applicationName: string }

/** For so long a request waits for what another one holds. */
export const LOCK_TIMEOUT_MS = 3000;

export async function openDatabase(options: DatabaseOptions, entities: readonly EntitySchema<unknown>[]): Promise<Database> {
  const source = new DataSource({
    type: 'postgres', entities: [...entities], synchronize: false, migrationsRun: false, installExtensions: false, logging: false,
    extra: {
      connectionString: options.url, max: options.poolSize, application_name: options.applicationName, options: '-c TimeZone=UTC',
      connectionTimeoutMillis: 2000, statement_timeout: 5000, lock_timeout: LOCK_TIMEOUT_MS, idle_in_transaction_session_timeout: 5000,
    },
  });
  await source.initialize();
  return source;
}

/** Whether the transaction may simply be run again. */
export function isRetryable(error: unknown): boolean {
  const code = sqlState(error);
  return code === '40001' || code === '40P01';
}

/** A fact of a system came into view whose epoch was not read before: begin again. */
export class StaleFacts extends Error {
  readonly code = 'CS001';
}

/** The facts that a decision was made from have changed: begin again from the facts. */
export function isStale(error: unknown): boolean {
  return sqlState(error) === 'CS001';
}

/** At the commit: the log itself could not be written, for a reason other than a conflict, an outage, or a change that recorded nothing (CS003). */
export function isLogTrouble(error: unknown): boolean {
  const state = sqlState(error);
  return state !== null && state !== 'CS003' && asRefusal(error) === null;
}

const CONSTRAINTS: Readonly<Record<string, { code: RefusalCode; message: string; next: string }>> = {
  promotions_one_open: { code: 'PROMOTION_EXISTS', message: 'An open promotion of this release into this environment exists already.', next: 'Use the open promotion, or cancel it first.' },
  impact_assessments_one: { code: 'ALREADY_EXISTS', message: 'This system has an impact assessment of this kind already.', next: 'Revise that one, or withdraw it first.' },
  releases_tenant_id_system_id_bundle_digest_key: { code: 'ALREADY_EXISTS', message: 'This system has a release with exactly these components already.', next: 'Use that release.' },
  releases_tenant_id_system_id_label_key: { code: 'ALREADY_EXISTS', message: 'This system has a release with this label already.', next: 'Choose another label.' },
  evidence_files_one: { code: 'ALREADY_EXISTS', message: 'These bytes are recorded for this system already.', next: 'Name their digest.' },
  risks_by_external_id: { code: 'CONFLICT', message: 'A risk of this system with this external id was written at the same moment.', next: 'Send the row again: it finds that risk.' },
  environments_tenant_id_name_key: { code: 'ALREADY_EXISTS', message: 'An environment of this name exists already.', next: 'Choose another name.' },
  profiles_tenant_id_issuer_subject_key: { code: 'ALREADY_EXISTS', message: 'This subject is known already.', next: 'Use the existing account.' },
  trusted_issuers_one: { code: 'ALREADY_EXISTS', message: 'This issuer is trusted already, for the same audience.', next: 'Change that one, or retire it first.' },
  law_date_confirmations_one: { code: 'ALREADY_EXISTS', message: 'Somebody has confirmed this day for this article already.', next: 'Revoke that confirmation first, if it is wrong: lawDateConfirmations lists it.' },
  sign_offs_tenant_id_challenge_id_key: { code: 'CHALLENGE_USED', message: 'This challenge was used already.', next: 'Request a new sign-off.' },
  deployments_tenant_id_grant_id_key: { code: 'GRANT_CONSUMED', message: 'This grant was redeemed already.', next: 'Authorize the promotion again.' },
};

const STATES: Readonly<Record<string, RefusalCode>> = {
  '55P03': 'OVERLOADED', '57014': 'OVERLOADED', '53300': 'OVERLOADED', '25P03': 'OVERLOADED', '40001': 'OVERLOADED', '40P01': 'OVERLOADED', CS001: 'OVERLOADED',
  CS002: 'AUDIT_UNAVAILABLE', '57P01': 'REGISTER_UNAVAILABLE', '57P02': 'REGISTER_UNAVAILABLE', '57P03': 'REGISTER_UNAVAILABLE', '25006': 'REGISTER_UNAVAILABLE',
  '3D000': 'REGISTER_UNAVAILABLE', '28000': 'REGISTER_UNAVAILABLE', '28P01': 'REGISTER_UNAVAILABLE', '08006': 'REGISTER_UNAVAILABLE',
};

/** What a database error means to a client; anything unknown stays an error and is logged as one. */
export function asRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  const state = sqlState(error);
  const constraint = CONSTRAINTS[(driverError(error) as { constraint?: string }).constraint ?? ''];
  if (state === '23505' && constraint !== undefined) return new Refusal(constraint.code, { message: constraint.message, next: constraint.next });
  if (state === 'CS004') return new Refusal('TENANT_SUSPENDED', { message: `This organization is suspended: ${(driverError(error) as { message?: string }).message ?? ''}`, next: 'Ask whoever operates this server.' });
  const code = state === null ? connectionTrouble(error) : STATES[state];
  return code === undefined || code === null ? null : new Refusal(code, { message: 'The register cannot answer at the moment.', next: 'Try again shortly.' });
}

function connectionTrouble(error: unknown): RefusalCode | null {
  const { code, message } = driverError(error) as { code?: string; message?: string };
  if (/timeout exceeded when trying to connect/.test(message ?? '')) return 'OVERLOADED';
  const gone = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code ?? '') || /Connection terminated|is not queryable|[Qq]uery runner (was )?already released/.test(message ?? '');
  return gone ? 'REGISTER_UNAVAILABLE' : null;
}

function sqlState(error: unknown): string | null {
  const { code } = driverError(error) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : null;
}

/** TypeORM wraps the driver's error. */
function driverError(error: unknown): object {
  const wrapped = (error as { driverError?: unknown } | null)?.driverError ?? error;
  return typeof wrapped === 'object' && wrapped !== null ? wrapped : {};
}

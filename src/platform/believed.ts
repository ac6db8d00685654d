/** What a credential rests on, looked at again: when a transaction begins, and together with the epochs of what it decides about. */
import type { QueryRunner } from 'typeorm';
import { Refusal } from '../domain/refusal.js';

/** A record that a credential rests on, as it was when the credential was looked at. */
export interface Believed { readonly id: string; readonly version: number }

export function believed({ id, version }: Believed): Believed {
  return { id, version };
}

/** The present versions of keys, issuers and trust rules of these ids; the place is that of the parameter. */
export function believedRows(place: string): string {
  return ['api_keys', 'trusted_issuers', 'trust_rules'].map((table) => `select id, version from ${table} where id = any(${place}::uuid[])`).join(' union all ');
}

/** Whether each is as it was. */
export function isBelieved(believedBy: readonly Believed[], present: ReadonlyMap<string, number>): boolean {
  return believedBy.every(({ id, version }) => present.get(id) === version);
}

export async function requireBelieved(runner: QueryRunner, believedBy: readonly Believed[]): Promise<void> {
  if (believedBy.length === 0) return;
  const rows = (await runner.query(believedRows('$1'), [believedBy.map(({ id }) => id)])) as { id: string; version: string | number }[];
  if (isBelieved(believedBy, new Map(rows.map(({ id, version }) => [id, Number(version)])))) return;
  throw new Refusal('UNAUTHENTICATED', { message: 'What you signed in with was changed or revoked meanwhile.', because: ['CREDENTIAL_CHANGED'], next: 'Send it again; where that is refused, sign in anew.' });
}

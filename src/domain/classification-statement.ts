/** What a reviewer of LEGAL has signed about a system, as the server writes it down: record, system, signer and sign-in, in one envelope. */
import type { PersonFunction, Role, Lane } from './actor.js';
import type { Instant } from './clock.js';
import { canonicalJson, type Digest } from './digest.js';
import { openEnvelope, type PublicJwk } from './envelope.js';
import type { UnsignedRecord } from './classification-record.js';
import type { ClassificationRecord } from './system.js';

export const CLASSIFICATION_TYPE = 'application/vnd.countersign.classification+json';

export interface ClassificationStatement {
  readonly v: 1;
  readonly organization: { readonly id: string; readonly log: string };
  /** The very state of it that was signed about. */
  readonly system: { readonly id: string; readonly number: string; readonly version: number; readonly digest: Digest };
  readonly record: UnsignedRecord;
  /** Without a name: who it was stays known by the account. */
  readonly signer: { readonly principal: string; readonly person: string; readonly function: PersonFunction | null; readonly roles: readonly { readonly role: Role; readonly lane: Lane | null }[] };
  readonly authentication: { readonly at: Instant | null; readonly credential: string | null };
}

/** Whether one of these keys signed exactly this record, for this organization. */
export function isGenuine({ signed, ...record }: ClassificationRecord, keys: readonly PublicJwk[], organization: string): boolean {
  const opened = openEnvelope(signed, CLASSIFICATION_TYPE, keys);
  if (typeof opened === 'string') return false;
  const statement = opened.signed as ClassificationStatement;
  return statement.organization.id === organization && statement.system.id === record.systemId && canonicalJson(statement.record) === canonicalJson(record);
}

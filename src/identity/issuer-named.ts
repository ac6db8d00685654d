/** The issuer that a new account names. */
import { Refusal } from '../domain/refusal.js';
import type { ReadScope } from '../platform/scope.js';
import { TrustedIssuerTable } from './trusted-issuer.table.js';

/** What an issuer that speaks for people calls itself; refused for any other. */
export async function issuerOfPeople(scope: ReadScope, reference: string): Promise<string> {
  const { kind, state, issuer, number } = await scope.get(TrustedIssuerTable, reference);
  if (kind === 'PEOPLE' && state === 'ACTIVE') return issuer;
  throw new Refusal('INVALID_INPUT', { field: 'issuer', message: `${number} signs nobody in.`, expected: 'an active issuer for people' });
}

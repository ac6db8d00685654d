/**
 * What a person has signed, word for word: the statement binds organization, promotions, environments, packages, lanes, meaning, signer,
 * credential, challenge and time. It is an electronic record that the server signs on behalf of an authenticated person; it is neither a
 * qualified signature (eIDAS) nor by itself compliance with 21 CFR Part 11.
 */
import type { Lane, PersonFunction, Role } from './actor.js';
import type { Choice, Meaning } from './choice.js';
import type { Instant } from './clock.js';
import type { Obligation } from './condition.js';
import type { Digest } from './digest.js';
import { openEnvelope, type Envelope, type EnvelopeFlaw, type PublicJwk } from './envelope.js';
import type { Attestation, SignOff } from './sign-off.js';

export const STATEMENT_TYPE = 'application/vnd.countersign.sign-off+json';

/** REVOKED is the meaning of the statement by which a signer takes a vote back. */
export type StatementMeaning = Meaning | 'REVOKED';

export interface StatementSubject {
  readonly promotion: { readonly id: string; readonly number: string; readonly version: number };
  readonly release: { readonly id: string; readonly number: string; readonly bundleDigest: Digest };
  readonly environment: { readonly id: string; readonly name: string };
  readonly packageDigest: Digest;
  readonly lanes: readonly Lane[];
}

/** The signer as of the moment of signing: the name as it was shown, and the roles in force. */
export interface StatementSigner {
  readonly principal: string;
  readonly person: string;
  readonly name: string;
  readonly function: PersonFunction | null;
  readonly roles: readonly { readonly role: Role; readonly lane: Lane | null }[];
}

/** The colleague in whose place somebody signed, and by which delegation. */
export interface StatementDelegation { readonly id: string; readonly number: string; readonly person: string; readonly name: string; readonly validUntil: Instant }

export type StatementCondition = Obligation & { readonly number: string };

export interface Statement {
  readonly v: 1;
  readonly organization: { readonly id: string; readonly log: string };
  readonly signOff: { readonly id: string; readonly number: string };
  readonly subjects: readonly StatementSubject[];
  readonly choice: Choice;
  readonly meaning: StatementMeaning;
  /** In the words of the signer: the decision's, or why it was taken back. */
  readonly text: string;
  readonly attests: readonly Attestation[];
  /** What the yes asks for beside; absent in statements of before there were conditions. */
  readonly conditions?: readonly StatementCondition[];
  readonly signer: StatementSigner;
  /** In whose place it was signed; null = in the signer's own name. Absent from statements of before anybody could. */
  readonly delegation?: StatementDelegation | null;
  readonly authentication: { readonly at: Instant | null; readonly credential: string | null };
  readonly challenge: string;
  readonly at: Instant;
  readonly validUntil: Instant;
}

/** Beside the flaws of the envelope: what the statement says differs from what it is shown for. */
export const STATEMENT_FLAWS = ['OTHER_ORGANIZATION', 'OTHER_SIGN_OFF', 'OTHER_SUBJECTS', 'OTHER_SIGNER', 'OTHER_CONTENT'] as const;
export type StatementFlaw = EnvelopeFlaw | (typeof STATEMENT_FLAWS)[number];

/** What the register says a statement must be about. */
export interface Claimed { readonly organization: string; readonly signOff: SignOff; readonly conditions: readonly StatementCondition[]; readonly environments: Readonly<Record<string, string>>; readonly meaning: StatementMeaning; readonly text: string }

/** The statement in the envelope, if it was signed by one of these keys: what the server signs as a statement is one. */
export function readStatement(envelope: unknown, keys: readonly PublicJwk[]): Statement | EnvelopeFlaw {
  const opened = openEnvelope(envelope, STATEMENT_TYPE, keys);
  return typeof opened === 'string' ? opened : opened.signed as Statement;
}

/** The statement, if it was signed by one of these keys and says exactly what the register claims; otherwise the first flaw. */
export function verifyStatement(envelope: Envelope, keys: readonly PublicJwk[], claimed: Claimed): Statement | StatementFlaw {
  const statement = readStatement(envelope, keys);
  return typeof statement === 'string' ? statement : differenceOf(statement, claimed) ?? statement;
}

/** By the same person with the same account, in the same name. */
function isSignedBy({ signer, delegation }: Statement, { signerId, personId, delegationId }: SignOff): boolean {
  return signer.principal === signerId && signer.person === personId && (delegation?.id ?? null) === delegationId;
}

function differenceOf(statement: Statement, { organization, signOff, conditions, environments, meaning, text }: Claimed): StatementFlaw | null {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (statement.organization.id !== organization) return 'OTHER_ORGANIZATION';
  if (statement.signOff.id !== signOff.id || statement.signOff.number !== signOff.number) return 'OTHER_SIGN_OFF';
  const claimed = signOff.subjects.map(({ promotionId, packageDigest, lanes }) => [promotionId, environments[promotionId] ?? null, packageDigest, [...lanes]]);
  if (!same(statement.subjects.map((subject) => [subject.promotion.id, subject.environment.id, subject.packageDigest, [...subject.lanes]]), claimed)) return 'OTHER_SUBJECTS';
  if (!isSignedBy(statement, signOff)) return 'OTHER_SIGNER';
  const at = meaning === 'REVOKED' ? signOff.withdrawn?.at : signOff.signedAt;
  const said = [statement.choice, statement.meaning, statement.text, [...statement.attests], inOrder(statement.conditions), statement.challenge, statement.at, statement.validUntil];
  return same(said, [signOff.choice, meaning, text, [...signOff.attests], inOrder(conditions), signOff.challengeId, at, signOff.validUntil]) ? null : 'OTHER_CONTENT';
}

/** Signed bytes are read back in the order of their names. */
function inOrder(conditions: readonly StatementCondition[] = []): unknown {
  return conditions.map(({ number, text, evidence, due, ownerId, effect }) => [number, text, evidence, due, ownerId, effect]);
}

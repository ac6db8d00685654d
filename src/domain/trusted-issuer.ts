/**
 * Trusted issuers: whose tokens an organization believes, for people or for machines, and what a token has to be like. Written by an
 * administrator; a retired one is believed no longer, from the next request on.
 */
import { LANES, ROLES, SERVICE_ROLES, type Lane, type Role } from './actor.js';
import type { Instant } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { publicKeySet } from './issuer-keys.js';
import { defineLifecycle, type StateOf } from './lifecycle.js';
import { Refusal } from './refusal.js';

export const trustedIssuerLifecycle = defineLifecycle('trusted-issuer', {
  ACTIVE: { change: 'ACTIVE', retire: 'RETIRED' },
  RETIRED: {},
});

/** For whom it speaks: for people, or for the jobs and pods of one of these platforms. */
export const ISSUER_KINDS = ['PEOPLE', 'GITHUB', 'GITLAB', 'KUBERNETES'] as const;
export type IssuerKind = (typeof ISSUER_KINDS)[number];

/** Signatures by a key pair only: a shared secret could be used by either side. */
export const TOKEN_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

export const TOKEN_TYPES = ['at+jwt', 'JWT'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** How surely somebody is known: STALE = by keys that should have been fetched anew, but their issuer did not answer. */
export const IDENTITY_FRESHNESS = ['FRESH', 'STALE'] as const;
export type IdentityFreshness = (typeof IDENTITY_FRESHNESS)[number];

/** The members of a group hold this role. */
export interface GroupRole {
  readonly group: string;
  readonly role: Role;
  /** For REVIEWER: the discipline. */
  readonly lane: Lane | null;
  readonly qualification: string | null;
  /** The person who wrote it, and gets nothing by it. */
  readonly by: string;
}

export interface IssuerTerms {
  /** Accepted only when a token names it. */
  readonly audience: string;
  /** Where its public keys are: nothing that a token says leads anywhere else. Null = they are written down. */
  readonly jwksUrl: string | null;
  /** Its public keys themselves, as a JSON Web Key Set; null = they are fetched. */
  readonly jwks: string | null;
  readonly algorithms: readonly TokenAlgorithm[];
  /** What the header has to say; null = the issuer does not set it. */
  readonly tokenType: TokenType | null;
  readonly maxTokenAgeMinutes: number;
  /** The claim that lists the groups of a person, by its name or by the way to it; null = it says nothing about groups. */
  readonly groupsClaim: string | null;
  readonly groupRoles: readonly GroupRole[];
  /** How long a role by a group lasts after the token that last showed it. */
  readonly groupRolesDays: number;
  /** Whether somebody without an account gets one, when a group gives them a role. */
  readonly admitsNewcomers: boolean;
  /** What a sign-in has to be like for a sign-off: one of these classes, and each of these methods; empty = of any kind. */
  readonly signOffAcr: readonly string[];
  readonly signOffAmr: readonly string[];
}

export interface TrustedIssuer extends IssuerTerms {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly kind: IssuerKind;
  /** Exactly what the claim `iss` of its tokens says. */
  readonly issuer: string;
  readonly state: StateOf<typeof trustedIssuerLifecycle>;
  readonly registeredBy: string;
  readonly registeredAt: Instant;
}

type WrittenTerms = Omit<IssuerTerms, 'groupRoles' | 'maxTokenAgeMinutes'> & {
  readonly groupRoles: readonly Omit<GroupRole, 'by'>[];
  /** Null = what is usual for its kind. */
  readonly maxTokenAgeMinutes: number | null;
};
export interface IssuerInput extends WrittenTerms { readonly kind: IssuerKind; readonly issuer: string }
/** What is left out stays as it is. */
export type IssuerChange = Partial<WrittenTerms>;

/** So many an organization believes at once: each may have to be asked for its keys. */
export const MOST_ISSUERS = 20;

/** Whether one more may be registered where so many are active. */
export function requireRoomForIssuer(active: number): void {
  if (active < MOST_ISSUERS) return;
  throw new Refusal('ISSUER_LIMIT_REACHED', {
    subject: 'TrustedIssuer', field: 'input', message: `An organization believes at most ${String(MOST_ISSUERS)} issuers at once; this one has ${String(active)}.`, expected: `at most ${String(MOST_ISSUERS)}`, actual: String(active),
    next: 'Retire one that is not needed any more. One issuer serves any number of people and trust rules.',
  });
}

interface By { readonly personId: string; readonly now: Instant; /** Whether http is allowed on this machine. */ readonly loopback: boolean }

export function registerIssuer(identity: Pick<TrustedIssuer, 'id' | 'number'>, input: IssuerInput, by: By): Decided<TrustedIssuer> {
  const { kind, issuer, ...written } = input;
  const terms = termsOf(kind, written, [], by);
  const next: TrustedIssuer = { ...identity, version: 1, kind, issuer: checkAddress(issuer, 'issuer', by.loopback), ...terms, state: 'ACTIVE', registeredBy: by.personId, registeredAt: by.now };
  return { next, event: 'issuer.registered' };
}

/** Another `iss` would be somebody else: that is a new issuer. */
export function changeIssuer(before: TrustedIssuer, change: IssuerChange, reason: string, by: By): Decided<TrustedIssuer> {
  const state = trustedIssuerLifecycle.next(before.state, 'change');
  const terms = termsOf(before.kind, { ...before, ...otherSource(change), ...change }, before.groupRoles, by);
  return { next: { ...before, ...terms, state }, event: 'issuer.changed', reason: checkText(reason, 'reason', 4000) };
}

export function retireIssuer(before: TrustedIssuer, reason: string): Decided<TrustedIssuer> {
  return { next: { ...before, state: trustedIssuerLifecycle.next(before.state, 'retire') }, event: 'issuer.retired', reason: checkText(reason, 'reason', 4000) };
}

/** What a sign-in lacks for a signature, in the words of its claims; null = nothing. */
export function lacksForSignOff({ signOffAcr, signOffAmr }: Pick<TrustedIssuer, 'signOffAcr' | 'signOffAmr'>, said: { readonly acr: string | null; readonly amr: readonly string[] }): string | null {
  if (signOffAcr.length > 0 && !signOffAcr.includes(said.acr ?? '')) return `acr ${signOffAcr.join(' or ')}`;
  const missing = signOffAmr.filter((method) => !said.amr.includes(method));
  return missing.length === 0 ? null : `amr ${missing.join(' and ')}`;
}

function termsOf(kind: IssuerKind, written: WrittenTerms, before: readonly GroupRole[], by: By): IssuerTerms {
  const { audience, algorithms, tokenType, maxTokenAgeMinutes, groupsClaim, groupRolesDays, admitsNewcomers, signOffAcr, signOffAmr } = written;
  const terms: IssuerTerms = {
    audience: checkText(audience, 'audience', 300), ...keysOf(written, by), algorithms: [...new Set(algorithms)].sort(), tokenType,
    maxTokenAgeMinutes: between(maxTokenAgeMinutes ?? usualTokenAge(kind), 'maxTokenAgeMinutes', 1440), groupsClaim: groupsClaim === null ? null : checkText(groupsClaim, 'groupsClaim', 300),
    groupRoles: written.groupRoles.map((entry, i) => groupRoleOf(entry, `groupRoles.${String(i)}`, before, by.personId)), groupRolesDays: between(groupRolesDays, 'groupRolesDays', 90), admitsNewcomers,
    signOffAcr: signOffAcr.map((acr) => checkText(acr, 'signOffAcr', 300)), signOffAmr: signOffAmr.map((amr) => checkText(amr, 'signOffAmr', 100)),
  };
  if (terms.algorithms.length === 0) throw invalid('algorithms', 'Name at least one algorithm.', TOKEN_ALGORITHMS.join(', '));
  checkTogether(kind, terms);
  return terms;
}

/** Keys that are written down take the place of an address, and an address theirs. */
function otherSource({ jwksUrl, jwks }: IssuerChange): Partial<WrittenTerms> {
  return { ...(typeof jwks === 'string' && { jwksUrl: null }), ...(typeof jwksUrl === 'string' && { jwks: null }) };
}

function keysOf({ jwksUrl, jwks, algorithms }: WrittenTerms, by: By): Pick<IssuerTerms, 'jwksUrl' | 'jwks'> {
  if ((jwksUrl === null) === (jwks === null)) throw invalid('jwksUrl', 'An issuer has either an address of its keys, or the keys themselves.', 'one of jwksUrl and jwks');
  return jwks === null ? { jwksUrl: checkAddress(jwksUrl ?? '', 'jwksUrl', by.loopback), jwks } : { jwksUrl: null, jwks: publicKeySet(jwks, algorithms) };
}

/** A job gets its token when it needs one; a person carries theirs through the hour. */
function usualTokenAge(kind: IssuerKind): number {
  return kind === 'PEOPLE' ? 60 : 10;
}

function checkTogether(kind: IssuerKind, terms: IssuerTerms): void {
  const { groupsClaim, groupRoles, admitsNewcomers } = terms;
  if (kind !== 'PEOPLE' && isAboutPeople(terms)) throw invalid('kind', 'Machines have no groups and sign nothing: their access is written in trust rules.', 'PEOPLE');
  if (groupRoles.length > 0 && groupsClaim === null) throw invalid('groupsClaim', 'Roles by groups need the claim that lists them.', 'such as groups');
  if (admitsNewcomers && groupRoles.length === 0) throw invalid('admitsNewcomers', 'Newcomers are admitted by the role that a group gives them; no group gives one.', 'false');
}

function isAboutPeople({ groupsClaim, groupRoles, admitsNewcomers, signOffAcr, signOffAmr }: IssuerTerms): boolean {
  return groupsClaim !== null || admitsNewcomers || groupRoles.length + signOffAcr.length + signOffAmr.length > 0;
}

/** An entry that stays as it was stays its author's. */
function groupRoleOf(entry: Omit<GroupRole, 'by'>, field: string, before: readonly GroupRole[], by: string): GroupRole {
  const { role, lane, qualification } = entry;
  const group = checkText(entry.group, `${field}.group`, 300);
  if (SERVICE_ROLES.includes(role)) throw invalid(`${field}.role`, `${role} is not for a person.`, ROLES.filter((other) => !SERVICE_ROLES.includes(other)).join(', '));
  if ((role === 'REVIEWER') !== (lane !== null)) throw invalid(`${field}.lane`, 'A reviewer has exactly one lane for each entry; no other role has one.', role === 'REVIEWER' ? LANES.join(', ') : 'no lane');
  if (role === 'REVIEWER' && qualification === null) throw invalid(`${field}.qualification`, 'Say what qualifies the members of this group for the lane.', 'a text');
  const written = { group, role, lane, qualification: qualification === null ? null : checkText(qualification, `${field}.qualification`, 500) };
  const same = before.find((known) => known.group === group && known.role === role && known.lane === lane && known.qualification === written.qualification);
  return { ...written, by: same?.by ?? by };
}

const ON_THIS_MACHINE: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An https URL, word for word: what a token says is compared with it as text. */
function checkAddress(value: string, field: string, loopback: boolean): string {
  const text = checkText(value, field, 500);
  if (!/[\s@#\\]/.test(text) && URL.canParse(text) && isReachable(new URL(text), loopback)) return text;
  throw invalid(field, `${field} must be an https URL without a user, a password or a fragment.`, 'such as https://login.example.com');
}

function isReachable({ protocol, hostname }: URL, loopback: boolean): boolean {
  return protocol === 'https:' || (loopback && protocol === 'http:' && ON_THIS_MACHINE.has(hostname));
}

function between(value: number, field: string, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Refusal('INVALID_INPUT', { field, message: `${field} is a whole number from 1 to ${String(most)}.`, actual: String(value), expected: `1 to ${String(most)}` });
}

function invalid(field: string, message: string, expected: string): Refusal {
  return new Refusal('INVALID_INPUT', { field, message, expected });
}

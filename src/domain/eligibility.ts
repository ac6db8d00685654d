/**
 * Who may sign a lane, and what excludes whom: judged when the vote is given and again at every evaluation, on the server, always.
 * Humans are counted as natural persons; services never count.
 */
import { covers, grantsInForce, isPermitted, LANES, PERMISSIONS, qualifies, type Lane, type Principal, type Role, type RoleGrant } from './actor.js';
import type { Instant, NotingClock } from './clock.js';
import { delegationOutcome, lentGrants, type Lent } from './delegation.js';
import type { DecisionPackage } from './package.js';
import type { DemandedLevel, GatePolicy } from './policy.js';
import type { AiSystem } from './system.js';

export const EXCLUSIONS = ['NOT_A_PERSON', 'NO_GRANT_FOR_LANE', 'GAINED_AFTER_OPENING', 'REQUESTER', 'SYSTEM_OWNER', 'DEVELOPER', 'AUTHOR', 'RECUSED', 'DELEGATION_NOT_IN_FORCE', 'LENDER_CONFLICTED'] as const;
export type Exclusion = (typeof EXCLUSIONS)[number];

/** Exclusions that come from what the person did or declared, not from what the person may do. */
export const CONFLICTS: ReadonlySet<Exclusion> = new Set(['REQUESTER', 'SYSTEM_OWNER', 'DEVELOPER', 'AUTHOR', 'RECUSED', 'LENDER_CONFLICTED']);

/** Somebody who signs in their own name, or by what a colleague lent them. */
export interface Voice { readonly principal: Principal; readonly lent: Lent | null }

/** Somebody declared a conflict in a lane of the system: out of every round that was opened before they took it back. */
export interface Recusal { readonly lane: Lane; readonly personId: string; readonly takenBackAt: Instant | null }

/** The round in which a vote is given: who asked, since when, about what, and who has stepped out of the system's lanes. */
export interface Round { readonly requesters: readonly string[]; readonly openedAt: Instant; readonly pkg: DecisionPackage; readonly recusals: readonly Recusal[] }

/** What excludes this person from signing the lane at this level; empty = eligible. */
export function exclusions(principal: Principal, ask: { lane: Lane; level: DemandedLevel }, round: Round, clock: NotingClock): Exclusion[] {
  if (principal.kind !== 'USER' || principal.personId === null) return ['NOT_A_PERSON'];
  const { system } = round.pkg;
  const recused: Exclusion[] = isRecused(principal.personId, ask.lane, round) ? ['RECUSED'] : [];
  if (ask.level === 'SELF' && isOnTeam(principal, system) && grantsInForce(principal, clock).some((grant) => covers(grant, system.id))) return recused;
  return [...qualificationGaps(principal, ask.lane, round, clock), ...conflicts(principal.personId, round), ...recused];
}

/** The same for somebody who may sign by a delegation. Attesting for one's own work cannot be lent; conflicts of either exclude. */
export function exclusionsOf({ principal, lent }: Voice, ask: { lane: Lane; level: DemandedLevel }, round: Round, clock: NotingClock): Exclusion[] {
  const { personId } = principal;
  if (lent === null || principal.kind !== 'USER' || personId === null) return exclusions(principal, ask, round, clock);
  const ofLender: Exclusion[] = partsOf(lent.delegation.fromPersonId, ask.lane, round).length > 0 ? ['LENDER_CONFLICTED'] : [];
  return [...lentGaps({ principal, lent }, ask.lane, round, clock), ...partsOf(personId, ask.lane, round), ...ofLender];
}

/** What keeps a person out of the lane, whatever they may do: a part in what is reviewed, or a conflict that they declared. */
export function partsOf(personId: string, lane: Lane, round: Round): Exclusion[] {
  return [...conflicts(personId, round), ...(isRecused(personId, lane, round) ? ['RECUSED' as const] : [])];
}

/** Every way in which somebody could sign: in their own name first, then by each delegation to them. */
export function voicesOf(principal: Principal, lent: readonly Lent[]): Voice[] {
  return [null, ...lent.filter(({ delegation }) => delegation.toPersonId === principal.personId)].map((each) => ({ principal, lent: each }));
}

/** Whether two voices are of different people altogether: lender and delegate are one. */
export function areApart(one: Voice, other: Voice): boolean {
  const people = personsBehind(other);
  return !personsBehind(one).some((person) => people.includes(person));
}

function personsBehind({ principal, lent }: Voice): (string | null)[] {
  return lent === null ? [principal.personId] : [principal.personId, lent.delegation.fromPersonId];
}

/** The grant by which the person would sign the lane, whatever else excludes them; null = none is enough. */
export function qualifyingGrant({ principal, lent }: Voice, ask: { lane: Lane; level: DemandedLevel }, round: Round, clock: NotingClock): RoleGrant | null {
  const { system } = round.pkg;
  const grants = (lent === null ? grantsInForce(principal, clock) : lentGrants(lent, clock)).filter((grant) => covers(grant, system.id));
  const qualified = grants.find((grant) => qualifies(grant, ask.lane) && grant.validFrom <= round.openedAt) ?? null;
  return lent === null && ask.level === 'SELF' && isOnTeam(principal, system) ? qualified ?? grants[0] ?? null : qualified;
}

/** The lanes in which the grants of the person could be enough, for one system or another. */
export function lanesOf(principal: Principal, clock: NotingClock): Lane[] {
  const grants = grantsInForce(principal, clock);
  return LANES.filter((lane) => grants.some((grant) => qualifies(grant, lane)));
}

/** A system, and who makes it. */
export type Team = Pick<AiSystem, 'id' | 'ownerId' | 'developerIds'>;

/** Whether the principal is somebody whose roles, once in force, could be enough to sign something of the system. */
export function isVoter(principal: Principal, system: Team): boolean {
  if (!principal.active || principal.kind !== 'USER' || principal.personId === null) return false;
  const onTeam = isOnTeam(principal, system);
  return principal.grants.some((grant) => (onTeam && VOTING_ROLES.includes(grant.role)) || (covers(grant, system.id) && LANES.some((lane) => qualifies(grant, lane))));
}

/** Somebody whose roles are for the lane, and what excludes them; nothing = they may sign, and others are needed beside them. */
export interface Candidate {
  /** The account's number, such as U-7. */
  readonly account: string;
  readonly accountId: string;
  readonly personId: string;
  /** The delegation by which they come into question, such as DEL-3; null = their own roles. */
  readonly delegation: string | null;
  readonly excludedBy: readonly Exclusion[];
}

/** Who comes into question for a lane: whose present roles are for it, own or lent, and where the team attests, the team. */
export function isCandidate({ principal: voter, lent }: Voice, ask: { lane: Lane; level: DemandedLevel }, system: Team, clock: NotingClock): boolean {
  if (!isPermitted(voter, 'review.decide', clock)) return false;
  const grants = (lent === null ? grantsInForce(voter, clock) : lentGrants(lent, clock)).filter((grant) => covers(grant, system.id));
  return grants.some((grant) => qualifies(grant, ask.lane)) || (lent === null && ask.level === 'SELF' && grants.length > 0 && isOnTeam(voter, system));
}

/** Whether voices of distinct persons with these functions meet the level of a lane. A function is not lent: it is that of whoever signs. */
export function meetsQuorum(policy: Pick<GatePolicy, 'laneFunctions'>, ask: { lane: Lane; level: DemandedLevel }, voices: readonly Voice[]): boolean {
  if (ask.level !== 'FOUR_EYES') return voices.length > 0;
  const wanted = policy.laneFunctions[ask.lane];
  const others = voices.filter(({ principal }) => principal.function !== null && principal.function !== wanted);
  return voices.some((one) => one.principal.function === wanted && others.some((other) => areApart(one, other)));
}

/** How many of these voices are of different people altogether. */
export function countApart(voices: readonly Voice[]): number {
  return voices.reduce<readonly Voice[]>((counted, voice) => (counted.every((other) => areApart(voice, other)) ? [...counted, voice] : counted), []).length;
}

export function quorumOf(level: DemandedLevel): number {
  return level === 'FOUR_EYES' ? 2 : 1;
}

const VOTING_ROLES: readonly Role[] = PERMISSIONS['review.decide'];

/** Whether the person is one of those who make the system. */
export function isOnTeam({ personId }: Pick<Principal, 'personId'>, { ownerId, developerIds }: Pick<Team, 'ownerId' | 'developerIds'>): boolean {
  return personId !== null && (personId === ownerId || developerIds.includes(personId));
}

function qualificationGaps(principal: Principal, lane: Lane, round: Round, clock: NotingClock): Exclusion[] {
  return gapsOf(grantsInForce(principal, clock), lane, round);
}

/** A delegation that began after the round opened does not serve in it, like a role: nobody is chosen for what is on the table already. Nor does it serve somebody who takes no part in reviews any more. */
function lentGaps({ principal, lent }: Voice & { readonly lent: Lent }, lane: Lane, round: Round, clock: NotingClock): Exclusion[] {
  const isTheirs = isPermitted(principal, 'review.decide', clock) && lent.delegation.toPersonId === principal.personId;
  if (!isTheirs || delegationOutcome(lent.delegation, clock) !== 'IN_FORCE') return ['DELEGATION_NOT_IN_FORCE'];
  return gapsOf(lentGrants(lent, clock), lane, round);
}

function gapsOf(held: readonly RoleGrant[], lane: Lane, round: Round): Exclusion[] {
  const grants = held.filter((grant) => qualifies(grant, lane) && covers(grant, round.pkg.system.id));
  if (grants.length === 0) return ['NO_GRANT_FOR_LANE'];
  return grants.some((grant) => grant.validFrom <= round.openedAt) ? [] : ['GAINED_AFTER_OPENING'];
}

export function isRecused(personId: string, lane: Lane, { recusals, openedAt }: Pick<Round, 'recusals' | 'openedAt'>): boolean {
  return recusals.some((recusal) => recusal.personId === personId && recusal.lane === lane && (recusal.takenBackAt === null || recusal.takenBackAt > openedAt));
}

/** Author or editor: whoever wrote or changed a material field of what is in the package, however long ago. Confirming, verifying and commenting exclude nobody. */
export function conflicts(personId: string, round: Round): Exclusion[] {
  const { pkg } = round;
  const authored = pkg.inputs.some((input) => input.authoredBy === personId || input.editors.includes(personId))
    || pkg.risks.some((risk) => risk.assessedBy === personId) || pkg.system.tieredBy === personId;
  const found: (Exclusion | null)[] = [
    round.requesters.includes(personId) ? 'REQUESTER' : null,
    pkg.system.ownerId === personId ? 'SYSTEM_OWNER' : null,
    pkg.system.developerIds.includes(personId) ? 'DEVELOPER' : null,
    authored ? 'AUTHOR' : null,
  ];
  return found.filter((exclusion) => exclusion !== null);
}

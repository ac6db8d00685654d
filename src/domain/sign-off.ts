/** The vote: one act of one person about exact packages, for one or several lanes. Append-only; it ends by itself. */
import type { Lane, Principal } from './actor.js';
import { APPROVALS, MEANING_OF, type Choice, type Meaning } from './choice.js';
import { plusDays, plusMs, type Instant, type NotingClock } from './clock.js';
import { imposeCondition, type Condition, type Obligation } from './condition.js';
import { canonicalJson, checkText, type Digest } from './digest.js';
import type { Lent } from './delegation.js';
import { CONFLICTS, exclusionsOf, isOnTeam, partsOf, type Exclusion, type Recusal, type Round, type Voice } from './eligibility.js';
import type { Envelope } from './envelope.js';
import type { Decided } from './events.js';
import type { DecisionPackage } from './package.js';
import type { GatePolicy } from './policy.js';
import type { Promotion } from './promotion.js';
import { Refusal } from './refusal.js';

/** Statements with a meaning of their own. NO_RISK_ABOVE_LOW: risks were looked for, and none above LOW was found. */
export const ATTESTATIONS = ['NO_RISK_ABOVE_LOW'] as const;
export type Attestation = (typeof ATTESTATIONS)[number];

export interface SignOffSubject { readonly promotionId: string; readonly packageDigest: Digest; readonly lanes: readonly Lane[] }

export interface SignOff {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  readonly subjects: readonly SignOffSubject[];
  readonly choice: Choice;
  readonly meaning: Meaning;
  readonly statement: string;
  readonly attests: readonly Attestation[];
  readonly signerId: string;
  readonly personId: string;
  /** Signed in the place of a colleague, by this delegation; null = in the signer's own name. */
  readonly delegationId: string | null;
  readonly challengeId: string;
  readonly signedAt: Instant;
  readonly validUntil: Instant;
  readonly withdrawn: { readonly at: Instant; readonly reason: string; readonly signed?: Envelope } | null;
  /** The lanes that the delivery team approved by itself: asked for at the level SELF in the package that was signed, by somebody who makes the system. null = older than this was kept. */
  readonly selfAttested: readonly Lane[] | null;
  /** The signed statement; null in votes of before statements were signed. */
  readonly signed: Envelope | null;
}

/** How long a challenge may wait for its answer. */
export const CHALLENGE_MINUTES = 5;

/** How far a clock that says when somebody signed in may be ahead of ours. */
const CLOCK_TOLERANCE_MS = 30_000;

/** When somebody signed in, and what the issuer of their token asks of a sign-in for this that it lacks. */
export interface SignIn { readonly authenticatedAt: Instant | null; readonly signInLacks: string | null }

/** Refuses unless the person has signed in lately: within the window of the strictest tier that is being signed (21 CFR 11.200, NIST SP 800-53 IA-11). */
export function checkSignedInLately(signIn: SignIn, shown: readonly { readonly pkg: DecisionPackage; readonly policy: Pick<GatePolicy, 'reauthenticationMinutes'> }[], now: Instant): void {
  requireSignedInWithin(Math.min(...shown.map(({ pkg, policy }) => policy.reauthenticationMinutes[pkg.system.tier])), signIn, now, 'request the sign-off');
}

/** `then`: what is done again with a new token. */
export function requireSignedInWithin(minutes: number, { authenticatedAt, signInLacks }: SignIn, now: Instant, then: string): void {
  if (signInLacks !== null) throw new Refusal('REAUTHENTICATION_REQUIRED', { message: 'The way in which you signed in is not enough for a signature.', expected: signInLacks, next: `Sign in once more in that way, then ${then} with the new token.` });
  const isLate = authenticatedAt === null || now > plusMs(authenticatedAt, minutes * 60_000) || authenticatedAt > plusMs(now, CLOCK_TOLERANCE_MS);
  if (!isLate) return;
  throw new Refusal('REAUTHENTICATION_REQUIRED', {
    message: authenticatedAt === null ? 'Your token does not say when you signed in.' : `You signed in at ${authenticatedAt}.`,
    expected: `at most ${String(minutes)} minutes ago`, next: `Sign in once more, then ${then} with the new token.`,
  });
}

/** One promotion that is being signed, with its present package and who has stepped out of the lanes of its system. */
export interface Ballot {
  readonly promotion: Promotion;
  readonly pkg: DecisionPackage;
  readonly lanes: readonly Lane[];
  readonly recusals: readonly Recusal[];
  /** The delegation by which it is signed; null = in one's own name. */
  readonly lent: Lent | null;
}

/** Refuses unless the promotion is open, each lane is demanded there, and the person is eligible in every one of them: by the one right that was named. */
export function checkEligible(principal: Principal, ballot: Ballot, clock: NotingClock): void {
  const { promotion, pkg } = ballot;
  if (promotion.state !== 'OPEN') throw new Refusal('ROUND_CLOSED', { message: `${promotion.number} is ${promotion.state}: it takes no more sign-offs.`, state: promotion.state });
  if (ballot.lanes.length === 0) throw new Refusal('INVALID_INPUT', { field: 'lanes', message: 'Name at least one lane to sign.' });
  const round = { requesters: [promotion.requestedBy], openedAt: promotion.openedAt, pkg, recusals: ballot.recusals };
  for (const lane of ballot.lanes) {
    const demanded = pkg.lanes.find((candidate) => candidate.lane === lane);
    if (demanded === undefined) {
      throw new Refusal('INVALID_INPUT', { field: 'lanes', message: `${promotion.number} does not ask for a ${lane} review.`, actual: lane, expected: pkg.lanes.map((l) => l.lane).join(', ') });
    }
    const voice = { principal, lent: ballot.lent };
    const because = exclusionsOf(voice, demanded, round, clock);
    if (because.length > 0) throw notEligible(voice, ballot, { lane, because, round });
  }
}

/** Says which rule excludes, and through whom. */
function notEligible({ principal, lent }: Voice, { promotion }: Ballot, { lane, because, round }: { lane: Lane; because: readonly Exclusion[]; round: Round }): Refusal {
  const conflicted = because.some((exclusion) => CONFLICTS.has(exclusion));
  const by = lent === null ? '' : ` by ${lent.delegation.number}`;
  const ofLender = lent === null ? [] : partsOf(lent.delegation.fromPersonId, lane, round);
  return new Refusal(conflicted ? 'SEPARATION_OF_DUTIES' : 'NOT_ELIGIBLE', {
    message: `You cannot sign ${lane} of ${promotion.number}${by}: ${because.join(', ')}${ofLender.length === 0 ? '' : ` (the lender: ${ofLender.join(', ')})`}.`, because, subject: lane, through: lent === null ? principal.number : lent.delegation.number,
    next: conflicted ? 'Ask a reviewer who took no part in it.' : `Ask a person with a grant for the ${lane} lane, or sign by a delegation to you, if there is one.`,
  });
}

export interface SignOffInput { readonly choice: Choice; readonly statement: string; readonly attests: readonly Attestation[]; readonly conditions?: readonly Obligation[] }

/** Records the vote. It lives as long as the shortest of its tiers allows. */
export function recordSignOff(
  identity: Pick<SignOff, 'id' | 'number' | 'systemId' | 'signerId' | 'personId' | 'delegationId' | 'challengeId'>,
  about: { ballots: readonly (Ballot & { packageDigest: Digest; policy: Pick<GatePolicy, 'validityDays'> })[]; at: Instant }, input: SignOffInput,
): Decided<SignOff> {
  checkConditional(input);
  const days = Math.min(...about.ballots.map(({ pkg, policy }) => policy.validityDays[pkg.system.tier]));
  const statement = checkText(input.statement, 'statement', 4000);
  const next: SignOff = {
    ...identity, version: 1, choice: input.choice, meaning: MEANING_OF[input.choice], statement, attests: [...new Set(input.attests)],
    subjects: about.ballots.map((ballot) => ({ promotionId: ballot.promotion.id, packageDigest: ballot.packageDigest, lanes: ballot.lanes })),
    signedAt: about.at, validUntil: plusDays(about.at, days), selfAttested: selfAttestedIn(about.ballots, identity, input.choice), withdrawn: null, signed: null,
  };
  return { next, event: 'signOff.recorded', reason: statement };
}

/** By the level at which the signed package asks, whatever was asked when the request was opened: an outsider who approves such a lane attests nothing by themselves. */
function selfAttestedIn(ballots: readonly Ballot[], signer: Pick<SignOff, 'personId'>, choice: Choice): Lane[] {
  if (!APPROVALS.has(choice)) return [];
  const own = ballots.filter(({ pkg }) => isOnTeam(signer, pkg.system));
  return [...new Set(own.flatMap(({ pkg, lanes }) => lanes.filter((lane) => pkg.lanes.some((asked) => asked.lane === lane && asked.level === 'SELF'))))];
}

/** Whether the vote ends the request: a REJECT in a lane that has a veto. */
export function isVeto(policy: Pick<GatePolicy, 'vetoLanes'>, choice: Choice, lanes: readonly Lane[]): boolean {
  return choice === 'REJECT' && lanes.some((lane) => policy.vetoLanes.includes(lane));
}

/** What the vote asks for beside its yes, confirmed by people of its lanes. */
export function imposeConditions(signOff: SignOff, identities: readonly Pick<Condition, 'id' | 'number'>[], conditions: readonly Obligation[]): Decided<Condition>[] {
  const { id: signOffId, systemId, personId: imposedBy, signedAt: imposedAt, validUntil } = signOff;
  const lanes = [...new Set(signOff.subjects.flatMap((subject) => subject.lanes))];
  return identities.flatMap((identity, i) => {
    const condition = conditions[i];
    return condition === undefined ? [] : [imposeCondition({ ...identity, systemId, signOffId, acceptanceId: null, lanes, imposedBy, imposedAt }, condition, validUntil)];
  });
}

/** What a vote asks for is part of two statements, the signed yes and the one by which it is taken back: both fit into its record. */
const MAX_CONDITIONS_BYTES = 48_000;

function checkConditional({ choice, conditions = [] }: SignOffInput): void {
  const bytes = Buffer.byteLength(canonicalJson(conditions), 'utf8');
  if (bytes > MAX_CONDITIONS_BYTES) throw new Refusal('TOO_LARGE', { field: 'conditions', message: 'These conditions say more than one vote can bear.', actual: `${String(bytes)} bytes`, expected: `at most ${String(MAX_CONDITIONS_BYTES)} bytes`, next: 'Say it in fewer words, and refer to a document for the rest.' });
  if ((choice === 'APPROVE_WITH_CONDITIONS') === (conditions.length > 0)) return;
  const message = conditions.length > 0 ? `${choice} takes no conditions.` : 'Name at least one condition, or approve without.';
  throw new Refusal('INVALID_INPUT', { field: 'conditions', message, next: 'Conditions go with APPROVE_WITH_CONDITIONS, and with nothing else.' });
}

/** Who has declared a conflict in which lane, by the sign-offs of a system; it does not end by time. */
export function recusalsIn(signOffs: readonly SignOff[]): Recusal[] {
  const recused = signOffs.filter((signOff) => signOff.choice === 'RECUSE');
  return recused.flatMap(({ subjects, personId, withdrawn }) => subjects.flatMap(({ lanes }) => lanes.map((lane) => ({ lane, personId, takenBackAt: withdrawn?.at ?? null }))));
}

/** Takes a vote back: only by its signer, once. From the next question on it no longer counts. */
export function withdrawSignOff(signOff: SignOff, personId: string, by: { reason: string; at: Instant }): Decided<SignOff> {
  if (signOff.personId !== personId) throw new Refusal('NOT_ELIGIBLE', { message: 'A sign-off is withdrawn by its signer.', because: ['NOT_SIGNER'], action: 'withdraw' });
  if (signOff.withdrawn !== null) throw new Refusal('INVALID_TRANSITION', { subject: 'sign-off', state: 'WITHDRAWN', action: 'withdraw', allowedActions: [] });
  const reason = checkText(by.reason, 'reason', 4000);
  return { next: { ...signOff, withdrawn: { at: by.at, reason } }, event: 'signOff.withdrawn', reason };
}

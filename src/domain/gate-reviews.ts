/**
 * R5: every lane passed. A lane passes when eligible, live approvals of distinct persons meet its level, nothing material differs from
 * what they signed, and no live veto stands. A sign-off of another round, release or environment counts by the same comparison.
 */
import type { Lane } from './actor.js';
import { APPROVALS, OBJECTIONS, STEPS_BACK } from './choice.js';
import type { Instant, NotingClock } from './clock.js';
import type { Lent } from './delegation.js';
import { conditionOutcome } from './condition.js';
import { CONFLICTS, countApart, exclusionsOf, meetsQuorum, quorumOf, type Exclusion, type Round, type Voice } from './eligibility.js';
import { blocks, type Reason, type ReasonCode, type ReasonParams, type ReleaseFacts } from './gate-question.js';
import { nobodyLeft } from './gate-reviewers.js';
import { distinct, type Difference } from './difference.js';
import type { Digest } from './digest.js';
import { lapsedSince, materialDifferences } from './materiality.js';
import type { DecisionPackage } from './package.js';
import type { GatePolicy, RequiredLane } from './policy.js';
import { cameToNothing, type Promotion } from './promotion.js';
import { outdatingLevel, raisedLevel } from './raised-level.js';
import type { Release } from './release.js';
import { recusalsIn, type SignOff } from './sign-off.js';

/** Where one lane stands, and the sign-offs by which it passes. */
export interface LaneState {
  readonly lane: Lane;
  readonly level: RequiredLane['level'];
  readonly passed: boolean;
  readonly signOffs: readonly string[];
  /** Sign-offs that were given to another promotion and still count. */
  readonly carriedFrom: readonly { readonly promotion: string; readonly packageDigest: string }[];
  /** One of the approvals by which it passes asks for something beside. */
  readonly conditional: boolean;
  /** A live approval states that no risk above LOW was found. */
  readonly attested: boolean;
  /** The persons whose live approval counts, whether or not they are enough. */
  readonly approvedBy: readonly string[];
  /** The persons whose last word is a live abstention. */
  readonly abstainedBy: readonly string[];
  readonly reasons: readonly Reason[];
}

/** What the votes about a release are judged by. */
export type VotingFacts = Pick<ReleaseFacts, 'release' | 'promotions' | 'signOffs' | 'conditions' | 'packages' | 'signers' | 'voters' | 'delegations'>;

export interface ReviewRound {
  readonly policy: GatePolicy;
  readonly about: VotingFacts;
  readonly environmentId: string; readonly pkg: DecisionPackage;
  /** `briefly`: whether a lane passes is all that is asked, not who could still sign. */
  readonly clock: NotingClock; readonly briefly?: boolean;
}

type Failing = Extract<ReasonCode, 'SIGN_OFF_REVOKED' | 'SIGN_OFF_EXPIRED' | 'CONDITION_OVERDUE' | 'REVIEW_STALE' | 'SEPARATION_OF_DUTIES' | 'REVIEWER_INELIGIBLE'>;

interface Vote {
  readonly signOff: SignOff;
  readonly promotion: Promotion;
  readonly packageDigest: string;
  /** Given to a promotion of this very release into this very environment. */
  readonly here: boolean;
  readonly voice: Voice;
  /** More is demanded of the lane now than when it was signed; null = it is no more. */
  readonly raised: Difference | null;
  readonly failing: Failing | null;
  readonly differences: readonly Difference[];
  /** The conditions that it bore, and that were missed so that it counts no more. */
  readonly lapsed: readonly string[];
  readonly because: readonly Exclusion[];
}

/** The standing request: of this release into this environment, open or fulfilled. */
export function standingPromotion(about: { readonly release: Pick<Release, 'id'>; readonly promotions: readonly Promotion[] }, environmentId: string): Promotion | null {
  const here = about.promotions.filter((p) => p.releaseId === about.release.id && p.environmentId === environmentId && !cameToNothing(p));
  return here.find((p) => p.state === 'OPEN') ?? here.sort((a, b) => (a.openedAt < b.openedAt ? 1 : -1))[0] ?? null;
}

/**
 * The packages that votes and waivers are still judged by. An approval for another release or place says nothing once it was taken back or
 * was over before `since`, and neither does a waiver; so what a system has ever signed does not have to be read for ever.
 */
export function packagesThatCount(about: Pick<ReleaseFacts, 'promotions' | 'signOffs' | 'waivers'>, place: Pick<Promotion, 'releaseId' | 'environmentId'>, since: Instant): Digest[] {
  const isHere = ({ releaseId, environmentId }: Pick<Promotion, 'releaseId' | 'environmentId'>): boolean => releaseId === place.releaseId && environmentId === place.environmentId;
  const here = new Set(about.promotions.filter(isHere).map(({ id }) => id));
  const speaks = ({ choice, withdrawn, validUntil }: SignOff): boolean => !APPROVALS.has(choice) || (withdrawn === null && validUntil > since);
  const signed = about.signOffs.flatMap((signOff) => signOff.subjects.filter(({ promotionId }) => speaks(signOff) || here.has(promotionId)));
  const waived = about.waivers.filter((waiver) => isHere(waiver) && waiver.state === 'REQUESTED' && waiver.validUntil > since);
  return [...new Set([...signed, ...waived].map(({ packageDigest }) => packageDigest))];
}

export function requestReasons(round: ReviewRound): Reason[] {
  if (round.pkg.lanes.length === 0 || standingPromotion(round.about, round.environmentId) !== null) return [];
  return [blocks('R5', 'R5/REQUEST', 'REVIEW_MISSING', { environment: round.pkg.environment.name })];
}

export function judgeLane(round: ReviewRound, ask: RequiredLane): LaneState {
  const all = votesOn(round, ask);
  const votes = all.filter((vote) => !isLesserYes(vote));
  const live = latestByPerson(votes.filter((vote) => stands(vote) && order(vote) >= lastStepBack(votes, vote.signOff.personId)));
  const approvals = live.filter((vote) => APPROVALS.has(vote.signOff.choice) && order(vote) > lastObjection(votes, vote));
  const vetoes = live.filter((vote) => OBJECTIONS.has(vote.signOff.choice) && !isGivenUp(vote, all));
  const passed = meetsQuorum(round.policy, ask, approvals.map((vote) => vote.voice)) && vetoes.length === 0;
  return {
    ...ask, passed,
    signOffs: passed ? approvals.map((vote) => vote.signOff.number).sort() : [],
    carriedFrom: passed ? approvals.filter((vote) => !vote.here).map((vote) => ({ promotion: vote.promotion.number, packageDigest: vote.packageDigest })) : [],
    conditional: passed && approvals.some((vote) => vote.signOff.choice === 'APPROVE_WITH_CONDITIONS'),
    attested: approvals.some((vote) => vote.signOff.attests.includes('NO_RISK_ABOVE_LOW')),
    approvedBy: approvals.map((vote) => vote.signOff.personId),
    abstainedBy: live.filter((vote) => vote.signOff.choice === 'ABSTAIN').map((vote) => vote.signOff.personId),
    reasons: passed ? [] : vetoes.length > 0 ? vetoReasons(ask, vetoes) : shortfallReasons(round, ask, votes, approvals),
  };
}

function votesOn(round: ReviewRound, ask: RequiredLane): Vote[] {
  const { about } = round;
  const recusals = recusalsIn(about.signOffs);
  return about.signOffs.flatMap((signOff) => signOff.subjects.filter(({ lanes }) => lanes.includes(ask.lane)).flatMap((subject) => {
    const signed = about.packages[subject.packageDigest];
    const promotion = about.promotions.find((candidate) => candidate.id === subject.promotionId);
    const voice = voiceOf(signOff, about);
    if (signed === undefined || promotion === undefined || voice === null) return [];
    const here = promotion.releaseId === about.release.id && promotion.environmentId === round.environmentId;
    const raised = raisedLevel(ask.lane, signed, round.pkg);
    const outdating = outdatingLevel(ask.lane, signOff, signed, round.pkg);
    const differences = [...(outdating === null ? [] : [outdating]), ...materialDifferences(round.policy, signed, round.pkg, ask.lane), ...lapses(round, ask.lane, signOff, signed)];
    const because = exclusionsOf(voice, ask, { requesters: requesters(round, promotion), openedAt: promotion.openedAt, pkg: round.pkg, recusals }, round.clock);
    const lapsed = lapsedConditions(round, signOff);
    return [{ signOff, promotion, packageDigest: subject.packageDigest, here, voice, raised, differences, lapsed, because, failing: failingCode(signOff, { differences, lapsed, because }, round.clock) }];
  }));
}

/** Who signed, and in whose place; null = that is not known any more. */
function voiceOf({ signerId, delegationId }: SignOff, about: VotingFacts): Voice | null {
  const principal = about.signers.find((candidate) => candidate.id === signerId);
  const lent = delegationId === null ? null : lentIn(about).find(({ delegation }) => delegation.id === delegationId);
  return principal === undefined || lent === undefined ? null : { principal, lent };
}

/** What was lent, with everybody whose authority it could be. */
export function lentIn({ delegations, voters }: Pick<VotingFacts, 'delegations' | 'voters'>): Lent[] {
  return delegations.map((delegation) => ({ delegation, owners: voters }));
}

/** An approval in RISK relied on what showed the mitigations then; an objection does not end because time passes. */
function lapses(round: ReviewRound, lane: Lane, { choice, signedAt }: SignOff, signed: DecisionPackage): Difference[] {
  return lane === 'RISK' && APPROVALS.has(choice) ? lapsedSince(signedAt, signed, round.pkg, round.clock) : [];
}

function requesters(round: ReviewRound, signedPromotion: Promotion): string[] {
  const standing = standingPromotion(round.about, round.environmentId);
  return standing === null ? [signedPromotion.requestedBy] : [signedPromotion.requestedBy, standing.requestedBy];
}

function lapsedConditions({ about, clock }: ReviewRound, { id }: SignOff): string[] {
  return about.conditions.filter(({ signOffId }) => signOffId === id).filter((condition) => conditionOutcome(condition, clock) === 'LAPSED').map(({ number }) => number).sort();
}

function failingCode(signOff: SignOff, { differences, lapsed, because }: Pick<Vote, 'differences' | 'lapsed' | 'because'>, clock: NotingClock): Failing | null {
  if (signOff.withdrawn !== null) return 'SIGN_OFF_REVOKED';
  if (clock.reached(signOff.validUntil, 'SIGN_OFF', signOff.id)) return 'SIGN_OFF_EXPIRED';
  if (lapsed.length > 0) return 'CONDITION_OVERDUE';
  if (differences.length > 0) return 'REVIEW_STALE';
  if (because.some((exclusion) => CONFLICTS.has(exclusion))) return 'SEPARATION_OF_DUTIES';
  return because.length > 0 ? 'REVIEWER_INELIGIBLE' : null;
}

/** A veto that was lawful when given is not undone by making its signer a party afterwards. */
function stands(vote: Vote): boolean {
  return vote.failing === null || (vote.failing === 'SEPARATION_OF_DUTIES' && !APPROVALS.has(vote.signOff.choice));
}

/** Elsewhere less was demanded: a yes of there is none here. A no is one at any level. */
function isLesserYes({ signOff, here, raised }: Vote): boolean {
  return raised !== null && !here && APPROVALS.has(signOff.choice);
}

/** Whoever objected elsewhere, and has said yes there since, objects no more, though that yes is none here. */
function isGivenUp(no: Vote, all: readonly Vote[]): boolean {
  return all.some((vote) => isLesserYes(vote) && stands(vote) && isSamePlace(vote, no) && vote.signOff.personId === no.signOff.personId && order(vote) > order(no));
}

function isSamePlace({ promotion: one }: Vote, { promotion: other }: Vote): boolean {
  return one.releaseId === other.releaseId && one.environmentId === other.environmentId;
}

/** An objection ends the round of its lane: whoever approved before it, here or where the objection was raised, is asked again. Taking it back revives nothing. */
function lastObjection(votes: readonly Vote[], approval: Vote): string {
  return votes.filter((vote) => OBJECTIONS.has(vote.signOff.choice) && (vote.here || isSamePlace(vote, approval))).map(order).sort().at(-1) ?? '';
}

/** What somebody said before they abstained or recused themselves counts no more. Taking that back revives nothing. */
function lastStepBack(votes: readonly Vote[], personId: string): string {
  // Who abstains has nothing to say about what was shown; who recuses has nothing to say in the lane at all.
  const counts = ({ signOff, here, differences }: Vote): boolean => STEPS_BACK.has(signOff.choice) && (signOff.choice === 'RECUSE' || here || differences.length === 0);
  return votes.filter((vote) => vote.signOff.personId === personId && counts(vote)).map(order).sort().at(-1) ?? '';
}

/** A person's last word counts. */
function latestByPerson(votes: readonly Vote[]): Vote[] {
  const latest = new Map<string, Vote>();
  for (const vote of [...votes].sort((a, b) => (order(a) < order(b) ? -1 : 1))) latest.set(vote.signOff.personId, vote);
  return [...latest.values()];
}

function order(vote: Vote): string {
  return `${vote.signOff.signedAt} ${vote.signOff.id}`;
}

function vetoReasons(ask: RequiredLane, vetoes: readonly Vote[]): Reason[] {
  const codes: [ReasonCode, SignOff['choice']][] = [['REVIEW_REJECTED', 'REJECT'], ['CHANGES_REQUESTED', 'REQUEST_CHANGES']];
  return codes.flatMap(([code, choice]) => {
    const signOffs = vetoes.filter((vote) => vote.signOff.choice === choice).map((vote) => vote.signOff.number).sort();
    return signOffs.length === 0 ? [] : [blocks('R5', `R5/${ask.lane}`, code, { ...ask, signOffs })];
  });
}

/** What is missing: the sign-offs given here that no longer count, each with why; and how many are still needed, or that nobody is left to give them. */
function shortfallReasons(round: ReviewRound, ask: RequiredLane, votes: readonly Vote[], approvals: readonly Vote[]): Reason[] {
  const requirement = `R5/${ask.lane}`;
  const lost = latestByPerson(votes.filter((vote) => vote.here)).filter((vote) => vote.failing !== null && !STEPS_BACK.has(vote.signOff.choice) && !approvals.some((a) => a.signOff.personId === vote.signOff.personId));
  const codes = [...new Set(lost.map((vote) => vote.failing))].filter((code) => code !== null).sort();
  const reasons = codes.map((code) => {
    const of = lost.filter((vote) => vote.failing === code);
    const signOffs = of.map((vote) => vote.signOff.number).sort();
    const differences = code === 'REVIEW_STALE' ? distinct(of.flatMap((vote) => vote.differences)) : undefined;
    const because = code === 'SEPARATION_OF_DUTIES' || code === 'REVIEWER_INELIGIBLE' ? [...new Set(of.flatMap((vote) => vote.because))].sort() : undefined;
    const conditions = code === 'CONDITION_OVERDUE' ? of.flatMap((vote) => vote.lapsed) : undefined;
    return blocks('R5', requirement, code, { ...ask, signOffs, ...(conditions && { conditions }), ...(differences && { differences }), ...(because && { because }) });
  });
  const nobody = round.briefly === true ? null : nobodyLeft(round.policy, ask, { round: nextVote(round), voters: round.about.voters, lent: lentIn(round.about), approvals: approvals.map((vote) => vote.voice) }, round.clock);
  if (nobody !== null) return [...reasons, nobody];
  if (approvals.length > 0) reasons.push(blocks('R5', requirement, 'QUORUM_NOT_MET', { ...ask, have: countApart(approvals.map((vote) => vote.voice)), need: quorumOf(ask.level), ...askedLess(approvals) }));
  if (reasons.length > 0) return reasons;
  const standing = standingPromotion(round.about, round.environmentId);
  const open = standing?.state === 'OPEN';
  return [blocks('R5', requirement, open ? 'REVIEW_PENDING' : 'REVIEW_MISSING', { ...ask, ...(open && { promotion: standing.number }) })];
}

/** The approvals that were enough when they were given, and go on to count for the level that is demanded now. */
function askedLess(approvals: readonly Vote[]): Pick<ReasonParams, 'signOffs' | 'differences'> {
  const lesser = approvals.filter(({ raised }) => raised !== null);
  return lesser.length === 0 ? {} : { signOffs: lesser.map(({ signOff }) => signOff.number).sort(), differences: distinct(lesser.flatMap(({ raised }) => raised ?? [])) };
}

/** A further vote is given to the open request, or to one that would be opened now. */
function nextVote({ about, environmentId, pkg, clock }: ReviewRound): Round {
  const standing = standingPromotion(about, environmentId);
  const open = standing?.state === 'OPEN' ? { requesters: [standing.requestedBy], openedAt: standing.openedAt } : { requesters: [], openedAt: clock.now };
  return { ...open, pkg, recusals: recusalsIn(about.signOffs) };
}

/**
 * Who could still bring a lane to its quorum. When nobody can, waiting is of no use: the gate names everybody who comes into question
 * with what excludes them.
 */
import type { Principal } from './actor.js';
import type { NotingClock } from './clock.js';
import type { Lent } from './delegation.js';
import { countApart, exclusionsOf, isCandidate, meetsQuorum, quorumOf, voicesOf, type Candidate, type Round, type Voice } from './eligibility.js';
import { blocks, type Reason } from './gate-question.js';
import type { GatePolicy, RequiredLane } from './policy.js';

/** So many are named at the most, those who may sign first. */
const MOST_NAMED = 100;

/** The round in which a further vote would be given, and the votes that count already. */
export interface Further { readonly round: Round; readonly voters: readonly Principal[]; readonly lent: readonly Lent[]; readonly approvals: readonly Voice[] }

/** Null = there are people who can bring the lane to its quorum. */
export function nobodyLeft(policy: Pick<GatePolicy, 'laneFunctions'>, ask: RequiredLane, { round, voters, lent, approvals }: Further, clock: NotingClock): Reason | null {
  const voices = voters.flatMap((voter) => voicesOf(voter, lent)).filter((voice) => isCandidate(voice, ask, round.pkg.system, clock));
  const candidates = voices.map((voice) => ({ voice, excludedBy: exclusionsOf(voice, ask, round, clock) }));
  const left = [...approvals, ...candidates.filter((one) => one.excludedBy.length === 0).map((one) => one.voice)];
  if (meetsQuorum(policy, ask, left)) return null;
  const named = [...candidates].sort((a, b) => a.excludedBy.length - b.excludedBy.length).slice(0, MOST_NAMED);
  const reviewers = named.map(({ voice: { principal: { number, id, personId }, lent: by }, excludedBy }): Candidate => ({ account: number, accountId: id, personId: personId ?? '', delegation: by?.delegation.number ?? null, excludedBy }));
  return blocks('R5', `R5/${ask.lane}`, 'NO_ELIGIBLE_REVIEWER', { ...ask, have: countApart(left), need: quorumOf(ask.level), reviewers });
}

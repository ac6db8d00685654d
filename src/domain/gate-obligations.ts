/**
 * What a policy asks for afterwards: something that whoever brings a release in has to show within so many days. The days count from when
 * these bytes first went in there, so nobody moves the date; it is met once evidence shows it that was collected since, and is verified. What
 * is not met by then blocks, as R14: also what runs already, after days of grace from that day on. A row that is new counts from then as well.
 */
import { classificationOf, rolesOf } from './classification.js';
import { plusDays, type Instant, type NotingClock } from './clock.js';
import type { Digest } from './digest.js';
import { isAbout } from './evidence.js';
import type { GateObligation, ObligationProperties } from './gate-conditions.js';
import { subjectsOf } from './gate-mitigations.js';
import { blocks, type GateAction, type Reason, type ReleaseFacts } from './gate-question.js';
import type { GatePolicy } from './policy.js';
import { rowMatches, type ObligationRow } from './policy-terms.js';
import type { Environment } from './release.js';

/** `due`: by when; null = these bytes have not gone in there yet. */
export interface Owed { readonly row: ObligationRow; readonly due: Instant | null }

export interface Here { readonly about: Pick<ReleaseFacts, 'system' | 'release' | 'evidence' | 'deployments' | 'grants' | 'baselines'>; readonly environment: Pick<Environment, 'kind'> & { readonly id: string }; readonly action: GateAction; readonly clock: NotingClock }

/** Everything that is asked for here and is not met, in the order of the policy. */
export function owedHere({ obligations = [] }: Pick<GatePolicy, 'obligations'>, here: Here): Owed[] {
  const { about, environment, clock } = here;
  const wentIn = wentInAt(here);
  const classification = classificationOf(about.system);
  return obligations
    .filter((row) => (row.gates as readonly string[]).includes(environment.kind) && rowMatches(row.when, classification, () => rolesOf(about.system, clock)))
    .filter((row) => wentIn === undefined || !isMet(row, wentIn, about))
    .map((row) => ({ row, due: wentIn === undefined ? null : plusDays(wentIn, row.withinDays) }));
}

/** As it was first reported; what nobody has reported and runs or comes back all the same, as it was first let in, or let go on running. */
function wentInAt({ about, environment, action }: Here): Instant | undefined {
  const isHere = ({ environmentId, bundleDigest }: { readonly environmentId: string; readonly bundleDigest: Digest }): boolean => environmentId === environment.id && bundleDigest === about.release.bundleDigest;
  const [reported] = about.deployments.filter(isHere).map(({ startedAt }) => startedAt).sort();
  if (reported !== undefined || action === 'promote') return reported;
  const letIn = about.grants.filter((grant) => grant.action === 'promote' && isHere(grant)).map(({ issuedAt }) => issuedAt);
  return [...letIn, ...about.baselines.filter(isHere).flatMap(({ confirmedAt }) => confirmedAt ?? [])].sort()[0];
}

/** What was shown once stays shown when the evidence ends later; what was taken back never was. */
function isMet({ evidenceType }: ObligationRow, wentIn: Instant, { evidence, release }: Here['about']): boolean {
  return evidence.some((one) => one.type === evidenceType && one.state === 'VERIFIED' && one.collectedAt >= wentIn && isAbout(one, subjectsOf(release)));
}

export function obligationReasons(owed: readonly Owed[], clock: NotingClock): Reason[] {
  return owed.flatMap(({ row: { id, text, evidenceType }, due }) => (due === null || !clock.reached(due, 'OBLIGATION', id) ? [] : [
    blocks('R14', `R14/${id}`, 'OBLIGATION_UNMET', { title: text, until: due, next: `Submit evidence of the type ${evidenceType} that was collected since it went in (submitEvidence), and have it verified: verifyEvidence.` }),
  ]));
}

/** As they stand in a decision: what is not due yet from any day on has no day. */
export function policyObligations(owed: readonly Owed[], ownerId: string): GateObligation[] {
  return owed.map(({ row: { id, text, evidenceType, withinDays }, due }) => (
    { id, type: 'POLICY', properties: { text, evidence: evidenceType, due, withinDays, ownerId, effect: 'BLOCK', lanes: [], signOff: null, acceptance: null } }));
}

export type DatedObligation = Omit<GateObligation, 'properties'> & { readonly properties: Omit<ObligationProperties, 'due' | 'withinDays'> & { readonly due: Instant; readonly withinDays: number | null } };

/** As they are told: what goes in on the answer is due so many days after it, at the latest. */
export function dated(obligations: readonly GateObligation[], decidedAt: Instant): DatedObligation[] {
  return obligations.map((obligation) => {
    const { due, withinDays = null } = obligation.properties;
    return { ...obligation, properties: { ...obligation.properties, withinDays, due: due ?? plusDays(decidedAt, withinDays ?? 0) } };
  });
}

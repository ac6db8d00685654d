/** Waivers at the gate: what is waived warns instead of blocking and stays visible, and the answer says by which waiver, and until when. */
import type { Reason, ReasonCode, ReleaseFacts } from './gate-question.js';
import { standingPromotion } from './gate-reviews.js';
import { recusalsIn } from './sign-off.js';
import { waiverOutcome, type Waiver, type WaiverBasis } from './waiver.js';

/** What a reviewer objects to, nobody waives: only the objector, or a material change, lifts it. */
const OBJECTED: ReadonlySet<ReasonCode> = new Set<ReasonCode>(['REVIEW_REJECTED', 'CHANGES_REQUESTED']);

export function waive(reasons: readonly Reason[], about: ReleaseFacts, judging: Pick<WaiverBasis, 'policy' | 'pkg' | 'clock'>): Reason[] {
  const held = new Set(reasons.filter((reason) => OBJECTED.has(reason.code) || isBeyondAuthority(reason, about)).map((reason) => reason.requirement));
  const blocked = new Set(reasons.filter((reason) => reason.severity === 'BLOCK' && !held.has(reason.requirement)).map((reason) => reason.requirement));
  const used = waiversInForce(about, blocked, judging);
  return [
    ...reasons.map((reason) => (reason.severity === 'BLOCK' && used.has(reason.requirement) ? { ...reason, severity: 'WARN' as const } : reason)),
    ...reasons.flatMap(({ rule, requirement }) => {
      const waiver = used.get(requirement);
      // Once for a requirement, however many reasons it has.
      return waiver !== undefined && used.delete(requirement) ? [{ code: 'WAIVER_USED' as const, severity: 'INFO' as const, rule, requirement, params: { waiver: waiver.number, until: waiver.validUntil } }] : [];
    }),
  ];
}

/** What nobody has the authority to accept, several people cannot carry either. */
function isBeyondAuthority({ code, params }: Reason, { criteria }: ReleaseFacts): boolean {
  return code === 'RISK_ABOVE_TOLERANCE' && params.riskLevel !== undefined && criteria.authority[params.riskLevel].length === 0;
}

/** For each requirement that blocks, the waiver that ends last of those in force. */
function waiversInForce(about: ReleaseFacts, blocked: ReadonlySet<string>, { policy, pkg, clock }: Pick<WaiverBasis, 'policy' | 'pkg' | 'clock'>): Map<string, Waiver> {
  const requester = standingPromotion(about, pkg.environment.id)?.requestedBy;
  const basis: WaiverBasis = { policy, pkg, clock, requesters: requester === undefined ? [] : [requester], packages: about.packages, principals: about.signers, recusals: recusalsIn(about.signOffs), suspensions: about.suspensions, sources: about };
  const here = about.waivers.filter((waiver) => waiver.releaseId === pkg.release.id && waiver.environmentId === pkg.environment.id && blocked.has(waiver.requirement));
  const inForce = here.filter((waiver) => waiverOutcome(waiver, basis) === 'GRANTED').sort((a, b) => (a.validUntil < b.validUntil ? -1 : 1));
  return new Map(inForce.map((waiver) => [waiver.requirement, waiver]));
}

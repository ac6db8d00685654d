/** Waivers at the gate: what is waived warns instead of blocking and stays visible, and the answer says by which waiver, and until when. */
import type { Reason, ReleaseFacts } from './gate-question.js';
import { recusalsIn } from './sign-off.js';
import { waiverOutcome, type Waiver, type WaiverBasis } from './waiver.js';

export function waive(reasons: readonly Reason[], about: ReleaseFacts, judging: Pick<WaiverBasis, 'policy' | 'pkg' | 'clock'>): Reason[] {
  const blocked = new Set(reasons.filter((reason) => reason.severity === 'BLOCK').map((reason) => reason.requirement));
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

/** For each requirement that blocks, the waiver that ends last of those in force. */
function waiversInForce(about: ReleaseFacts, blocked: ReadonlySet<string>, { policy, pkg, clock }: Pick<WaiverBasis, 'policy' | 'pkg' | 'clock'>): Map<string, Waiver> {
  const basis: WaiverBasis = { policy, pkg, clock, packages: about.packages, principals: about.signers, recusals: recusalsIn(about.signOffs) };
  const here = about.waivers.filter((waiver) => waiver.releaseId === pkg.release.id && waiver.environmentId === pkg.environment.id && blocked.has(waiver.requirement));
  const inForce = here.filter((waiver) => waiverOutcome(waiver, basis) === 'GRANTED').sort((a, b) => (a.validUntil < b.validUntil ? -1 : 1));
  return new Map(inForce.map((waiver) => [waiver.requirement, waiver]));
}

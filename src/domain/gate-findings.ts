/** R9: no open finding at HIGH or above. What is below warns once it is late, or once the acceptance that carried it is over. */
import { findingOutcome, findingsInScope } from './finding.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import type { Proof } from './residual.js';
import { isAbove } from './scoring.js';

export function findingReasons(about: ReleaseFacts, proof: Proof): Reason[] {
  return findingsInScope(about.findings, about.release.id).flatMap((finding) => {
    const outcome = findingOutcome(finding, { ...about, proof });
    if (outcome === 'RISK_ACCEPTED') return [];
    const params = { finding: finding.number, findingSeverity: finding.severity, ...(finding.due !== null && { until: finding.due }) };
    const reason = blocks('R9', `R9/${finding.number}`, 'FINDING_OPEN', params);
    if (isAbove(finding.severity, 'MODERATE')) return [reason];
    return outcome === 'OVERDUE' || outcome === 'ACCEPTANCE_LAPSED' ? [{ ...reason, severity: 'WARN' }] : [];
  });
}

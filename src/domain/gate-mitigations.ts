/** R6: the mitigations that this gate waits for are verified. R7: what shows them is there, valid, and about these bytes. */
import type { Evidence } from './evidence.js';
import { isAbout, isLive } from './evidence.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import { evidenceOf, hasLapsed, type Mitigation, type Showing } from './mitigation.js';
import { risksInScope } from './package.js';
import { environmentRank, type Environment, type Release } from './release.js';
import type { Digest } from './digest.js';

/** Everything that a release consists of, by digest: what evidence may be about. */
export function subjectsOf(release: Pick<Release, 'bundleDigest' | 'components'>): ReadonlySet<Digest> {
  return new Set([release.bundleDigest, ...release.components.map((component) => component.digest)]);
}

export function mitigationReasons(about: ReleaseFacts, environment: Environment, showing: Showing): Reason[] {
  const inScope = new Map(risksInScope(about.risks, about.release.id).map((risk) => [risk.id, risk.number]));
  return about.mitigations.flatMap((mitigation) => {
    const risk = inScope.get(mitigation.riskId);
    if (risk === undefined || mitigation.state === 'CANCELLED') return [];
    return isRequired(mitigation, environment) ? requiredReasons(mitigation, risk, showing) : lapsedReasons(mitigation, risk, showing);
  });
}

function isRequired(mitigation: Mitigation, environment: Environment): boolean {
  return mitigation.requiredFrom !== null && environmentRank(environment.kind) >= environmentRank(mitigation.requiredFrom);
}

function requiredReasons(mitigation: Mitigation, risk: string, showing: Showing): Reason[] {
  const params = { mitigation: mitigation.number, risk };
  if (mitigation.state !== 'VERIFIED') return [blocks('R6', `R6/${mitigation.number}`, 'MITIGATION_UNVERIFIED', params)];
  const evidence = evidenceOf(mitigation, showing.evidence);
  const requirement = `R7/${mitigation.number}`;
  const live = evidence.filter((one) => isLive(one, showing.clock));
  if (live.some((one) => isAbout(one, showing.subjects))) return [];
  if (live.length > 0) return [blocks('R7', requirement, 'EVIDENCE_WRONG_SUBJECT', { ...params, evidence: numbers(live) })];
  const ended = evidence.filter((one) => one.state === 'VERIFIED');
  return [ended.length > 0 ? blocks('R7', requirement, 'EVIDENCE_EXPIRED', { ...params, evidence: numbers(ended) }) : blocks('R7', requirement, 'EVIDENCE_MISSING', params)];
}

/** Nothing waits for it, but whoever wonders why a risk counts for more than was estimated finds the reason here. */
function lapsedReasons(mitigation: Mitigation, risk: string, showing: Showing): Reason[] {
  if (!hasLapsed(mitigation, showing)) return [];
  return [{ ...blocks('R6', `R6/${mitigation.number}`, 'MITIGATION_LAPSED', { mitigation: mitigation.number, risk }), severity: 'WARN' }];
}

function numbers(evidence: readonly Evidence[]): string[] {
  return [...new Set(evidence.map((one) => one.number))].sort();
}

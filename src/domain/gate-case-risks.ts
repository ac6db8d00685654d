/** The register of a gate case: its risks with what is done about them, what shows that, and what was accepted, found and suspended. */
import type { AcceptanceGrant, RiskAcceptance } from './acceptance.js';
import { ROLES } from './actor.js';
import { plusDays, type Instant } from './clock.js';
import { digestOf, sha256 } from './digest.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import type { CaseEstimate, CaseEvidence, CaseRisk } from './gate-case.js';
import { recorded } from './gate-case-people.js';
import { RISK_IN_ORDER, type Scene } from './gate-case-scene.js';
import { CASE_NOW, instantTold } from './gate-case-time.js';
import type { ReleaseFacts } from './gate-question.js';
import type { ImpactAssessment, ImpactEdition } from './impact-assessment.js';
import { IMPACT_KINDS } from './impact-elements.js';
import type { Mitigation } from './mitigation.js';
import type { Stored } from './package.js';
import type { Release } from './release.js';
import type { Risk, RiskAssessment } from './risk.js';
import { rate, type Level, type Rating, type RiskCriteria } from './scoring.js';
import type { Suspension } from './suspension.js';

export type Register = Pick<ReleaseFacts, 'risks' | 'mitigations' | 'evidence' | 'acceptances' | 'impactAssessments' | 'findings' | 'suspensions'>;

const SYSTEM = 'SYS-1';

/** `criteria`: those of the time at which everything was assessed. */
export function registerOf(scene: Scene, release: Release, criteria: RiskCriteria): Register {
  return {
    risks: Object.entries(scene.risks).map(([number, risk]) => riskOf(number, risk, criteria)),
    mitigations: Object.keys(scene.mitigations).map((number) => mitigationOf(number, scene)),
    evidence: Object.entries(scene.evidence).map(([number, evidence]) => evidenceOf(number, evidence, release)),
    acceptances: Object.keys(scene.acceptances).map((number) => acceptanceOf(number, scene, criteria)),
    impactAssessments: Object.keys(scene.impactAssessments).map((name) => assessmentOf(name, scene)),
    findings: Object.keys(scene.findings).map((number) => findingOf(number, scene)),
    suspensions: Object.keys(scene.suspensions).map((number) => suspensionOf(number, scene)),
  };
}

function ago(days: number): Instant {
  return plusDays(CASE_NOW, -days);
}

/** An estimate that has the level by the shipped scale. */
const ESTIMATES: Readonly<Record<Level, CaseEstimate>> = {
  VERY_LOW: { likelihood: 1, consequence: 1 }, LOW: { likelihood: 2, consequence: 2 }, MODERATE: { likelihood: 3, consequence: 2 }, HIGH: { likelihood: 4, consequence: 3 }, VERY_HIGH: { likelihood: 4, consequence: 4 },
};
const UNASSESSED: readonly Risk['state'][] = ['DRAFT', 'IDENTIFIED'];
const CONFIRMED: readonly Risk['state'][] = ['MONITORED', 'ACCEPTED', 'CLOSED'];

function ratingOf({ likelihood, consequence, class: kind = 'OPERATIONAL' }: CaseEstimate, criteria: RiskCriteria): Rating {
  return rate(criteria, { likelihood, consequences: [{ class: kind, value: consequence }] }, 'estimate');
}

const CONFIRMED_RISK = { ...RISK_IN_ORDER, state: 'MONITORED', owner: 'riskowner', editors: ['author'], logged: '16 days ago' } as const;
const CONSEQUENCE = 'Data leaves the company.';

function riskOf(number: string, risk: CaseRisk, criteria: RiskCriteria): Stored<Risk> {
  const { state, release, event, owner, editors, logged, treatment } = { ...CONFIRMED_RISK, ...risk };
  const assessments = UNASSESSED.includes(state) ? [] : assessmentsOf(risk, criteria);
  const confirmed = CONFIRMED.includes(state) ? assessments.length : risk.confirmedLevel === undefined ? null : 1;
  return recorded({
    id: number, number, version: 1, systemId: SYSTEM, externalId: null, releaseId: scopeOf(release),
    statement: { source: 'Text from outside', event, consequence: CONSEQUENCE }, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], ownerId: owner, state,
    treatment: treatment === undefined ? null : { option: treatment, reason: 'As planned.' }, assessments, confirmation: confirmed === null ? null : { revision: confirmed, by: 'officer', at: ago(14) },
    ending: null, ...writtenBy(editors), loggedAt: instantTold(logged),
  });
}

/** The first of them wrote it, the last one changed it last. */
function writtenBy(editors: readonly string[]): Pick<Risk, 'authoredBy' | 'lastEditedBy' | 'editors'> {
  return { authoredBy: editors[0] ?? 'author', lastEditedBy: editors.at(-1) ?? 'author', editors };
}

/** `none` = the whole system. */
function scopeOf(release: string): string | null {
  return release === 'none' ? null : release;
}

function assessmentsOf(risk: CaseRisk, criteria: RiskCriteria): RiskAssessment[] {
  const estimates = [...(risk.confirmedLevel === undefined ? [] : [ESTIMATES[risk.confirmedLevel]]), risk.current ?? ESTIMATES[risk.level ?? 'LOW']];
  return estimates.map((estimate, index) => ({
    revision: index + 1, inherent: ratingOf(risk.inherent ?? estimate, criteria), current: ratingOf(estimate, criteria), target: null, rationale: 'Seen in the pilot.', strengthOfKnowledge: 'MEDIUM',
    assessedBy: risk.assessor ?? 'assessor', at: ago(15 - index), criteriaVersion: criteria.version,
  }));
}

const MITIGATION_IN_ORDER = { risk: 'R-1', state: 'VERIFIED', effect: 'LIKELIHOOD', reduces: 2, evidence: ['E-1'], due: 'in 20 days', editors: ['doer'] } as const;

function mitigationOf(number: string, { mitigations }: Scene): Stored<Mitigation> {
  const { risk, state, effect, reduces, requiredFrom = null, evidence, due, editors } = { ...MITIGATION_IN_ORDER, ...mitigations[number] };
  return recorded({
    id: number, number, version: 1, riskId: risk, systemId: SYSTEM, title: 'Hidden text is removed', description: 'Mails are read as plain text.', ownerId: 'doer', due: instantTold(due), effect, reduces, requiredFrom,
    control: null, state, evidenceIds: evidence, verification: state === 'VERIFIED' ? { by: 'verifier', at: ago(12) } : null, cancellation: null, ending: null,
    ...writtenBy(editors), proposedAt: ago(14),
  });
}

const EVIDENCE_IN_ORDER = { type: 'test_report', state: 'VERIFIED', about: 'system', collected: '13 days ago', until: 'in 30 days', payload: null, supersedes: null, by: 'doer', source: 'HUMAN', verifiedBy: 'PERSON' } as const;

function evidenceOf(number: string, evidence: CaseEvidence, release: Release): Stored<Evidence> {
  const { type, state, about, collected, until, payload, supersedes, by, source, verifiedBy } = { ...EVIDENCE_IN_ORDER, ...evidence };
  const verification = { by: 'verifier', at: ago(12), kind: verifiedBy === 'PERSON' ? 'USER' : 'SERVICE' } as const;
  return recorded({
    id: number, number, version: 1, systemId: SYSTEM, type, title: 'Report', contentDigest: sha256(number), subjectDigest: subjectOf(about, release), location: null, payload, source, submittedBy: by,
    submittedAt: instantTold(collected), collectedAt: instantTold(collected), validUntil: instantTold(until), supersedesId: supersedes, state, verification: state === 'VERIFIED' || state === 'REVOKED' ? verification : null, ending: null,
  });
}

/** The system as such, the bundle that is asked about, a part of it, or bytes that are no part of it. */
function subjectOf(about: string, { bundleDigest, components }: Release): Evidence['subjectDigest'] {
  if (about === 'system') return null;
  if (about === 'release') return bundleDigest;
  return components.find(({ role, name }) => `${role}/${name}` === about)?.digest ?? sha256(about);
}

const ACCEPTANCE_IN_ORDER = { ...RISK_IN_ORDER, risk: 'R-1', until: 'in 30 days', state: 'REQUESTED' } as const;

function acceptanceOf(number: string, { acceptances }: Scene, criteria: RiskCriteria): Stored<RiskAcceptance> {
  const { risk, level, until, state, renews = null, event, release, grants: said } = { ...ACCEPTANCE_IN_ORDER, ...acceptances[number] };
  const roles = said === undefined ? criteria.authority[level] : ROLES.filter((role) => said.includes(role));
  const grants = roles.map((role): AcceptanceGrant => ({ personId: role.toLowerCase(), principalId: `U-${role.toLowerCase()}`, role, at: ago(10) }));
  return recorded({
    id: number, number, version: 1, riskId: risk, systemId: SYSTEM, reason: 'The benefit outweighs it.', validUntil: instantTold(until), state, requestedBy: 'riskowner', renews, grants,
    accepted: { level, revision: 1, statement: { source: 'Text from outside', event, consequence: CONSEQUENCE }, releaseId: scopeOf(release) },
  });
}

const ASSESSMENT_IN_ORDER = { state: 'APPROVED', edition: 1, until: 'in 100 days', editors: ['writer'] } as const;

/** `DPIA`, or `DPIA/2` for another one of the kind. */
function assessmentOf(name: string, { impactAssessments }: Scene): Stored<ImpactAssessment> {
  const { state, edition, until, editors } = { ...ASSESSMENT_IN_ORDER, ...impactAssessments[name] };
  const kind = IMPACT_KINDS.find((known) => known === name.split('/')[0]) ?? 'AI_SYSTEM';
  const validUntil = instantTold(until);
  const { authoredBy, ...edited } = writtenBy(editors);
  const written = { ...edited, evidenceIds: [] };
  const approved: ImpactEdition = { ...written, edition, answers: [], answersDigest: digestOf([kind, edition]), submittedBy: authoredBy, approvedBy: 'approver', approvedAt: ago(12), validUntil };
  return recorded({
    ...written, id: name, number: `IA-${name}`, version: 1, systemId: SYSTEM, kind, state, edition, answers: [], submission: null, remark: null, editions: state === 'DRAFT' ? [] : [approved],
    validUntil: state === 'APPROVED' ? validUntil : null, authoredBy, draftedAt: ago(20),
  });
}

const FINDING_IN_ORDER = { severity: 'HIGH', state: 'OPEN', release: 'none', source: 'VALIDATION', raised: '9 days ago' } as const;

function findingOf(number: string, { findings }: Scene): Stored<Finding> {
  const { severity, state, due, risk, acceptance, release, source, raised } = { ...FINDING_IN_ORDER, ...findings[number] };
  return recorded({
    id: number, number, version: 1, systemId: SYSTEM, releaseId: scopeOf(release), riskId: risk ?? (acceptance === undefined ? null : 'R-1'), mitigationId: null, source, severity, statement: 'Names are not removed.', theme: null,
    ownerId: 'fixer', state, action: null, due: due === undefined ? null : instantTold(due), evidenceIds: [], acceptanceId: acceptance ?? null, closedBy: null, ending: null, raisedBy: 'validator', raisedAt: instantTold(raised),
  });
}

function suspensionOf(number: string, { suspensions }: Scene): Stored<Suspension> {
  const { risk, state = 'OPEN', since = '1 day ago' } = suspensions[number] ?? {};
  return recorded({ id: number, number, version: 1, systemId: SYSTEM, riskId: risk ?? null, cause: 'INCIDENT', reason: 'Data has leaked.', since: instantTold(since), imposedBy: 'officer', state, lifted: null });
}

/**
 * The decision package: everything a reviewer is shown, as one canonical value with one digest. It holds facts and intervals, never a
 * value that moves with the clock, and for each input its version, digest, author and last editor.
 */
import { conditionsOf, isGranted, isRenewed, type RiskAcceptance } from './acceptance.js';
import { classificationOf, classificationRecordOf, type Classification } from './classification.js';
import { conditionsOfVotes, type BearingVote, type Condition } from './condition.js';
import type { ClaimableClass } from './difference.js';
import { digestOf, type Digest } from './digest.js';
import type { Evidence } from './evidence.js';
import { findingsInScope, type Finding } from './finding.js';
import { approvedEdition, type ImpactAssessment } from './impact-assessment.js';
import { evidenceOf, type Mitigation } from './mitigation.js';
import type { PackageAssessment, PackageClassification, PackageCondition, PackageEvidence, PackageFinding, PackageInput, PackageMitigation, PackageRisk } from './package-parts.js';
import { requiredLanes, type GatePolicy, type RequiredLane } from './policy.js';
import type { Component, Environment, EnvironmentKind, Release } from './release.js';
import { hasEnded, type Risk } from './risk.js';
import type { Level, RiskCriteria } from './scoring.js';
import type { AiSystem, Autonomy } from './system.js';

/** A stored record with the digest of its canonical bytes. */
export type Stored<T> = T & { readonly digest: Digest };

export interface DecisionPackage {
  readonly v: 1;
  readonly system: Classification & {
    readonly id: string; readonly number: string; readonly name: string; readonly intendedPurpose: string; readonly prohibitedUses: readonly string[];
    readonly affectedGroups: readonly string[]; readonly autonomy: Autonomy; readonly ownerId: string; readonly developerIds: readonly string[]; readonly tieredBy: string | null;
    /** What was signed about its class, flags and roles; absent where nothing was. */
    readonly classification?: PackageClassification;
  };
  readonly release: { readonly id: string; readonly number: string; readonly label: string; readonly bundleDigest: Digest; readonly components: readonly Component[]; readonly authoredBy: string;
    /** A milder class that was confirmed for the step from that release to this one; absent in packages of before there were claims. */
    readonly changeClaim?: { readonly sinceId: string; readonly changeClass: ClaimableClass; readonly confirmedBy: string } | null;
  };
  readonly environment: { readonly id: string; readonly name: string; readonly kind: EnvironmentKind };
  readonly risks: readonly PackageRisk[];
  /** Of the risks in scope. Packages that were kept before there were any have neither. */
  readonly mitigations?: readonly PackageMitigation[];
  readonly evidence?: readonly PackageEvidence[];
  /** Absent in packages that were kept before assessments and findings came in: then none was shown. */
  readonly impactAssessments?: readonly PackageAssessment[];
  readonly findings?: readonly PackageFinding[];
  /** Absent in packages that were kept before there were conditions. */
  readonly conditions?: readonly PackageCondition[];
  readonly criteria: { readonly version: number; readonly tolerance: Level };
  readonly policy: { readonly id: string; readonly version: string; readonly digest: Digest };
  readonly lanes: readonly RequiredLane[];
  readonly inputs: readonly PackageInput[];
}

/** What a package is made from: the present records about one release and one environment. */
export interface PackageSources {
  readonly system: Stored<AiSystem>;
  readonly release: Stored<Release>;
  readonly environment: Stored<Environment>;
  readonly criteria: Stored<RiskCriteria>;
  readonly risks: readonly Stored<Risk>[];
  readonly mitigations: readonly Stored<Mitigation>[];
  readonly evidence: readonly Stored<Evidence>[];
  readonly acceptances: readonly Stored<RiskAcceptance>[];
  readonly impactAssessments: readonly Stored<ImpactAssessment>[];
  readonly findings: readonly Stored<Finding>[];
  readonly signOffs: readonly BearingVote[];
  readonly conditions: readonly Stored<Condition>[];
}

/** The risks that a release must answer for: of its whole system or of itself, neither closed nor rejected. */
export function risksInScope<T extends Risk>(risks: readonly T[], releaseId: string): T[] {
  return risks.filter((risk) => (risk.releaseId === null || risk.releaseId === releaseId) && !hasEnded(risk))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function buildPackage(policy: GatePolicy, sources: PackageSources): DecisionPackage {
  const { system, release, environment, criteria } = sources;
  const classification = classificationOf(system);
  const risks = risksInScope(sources.risks, release.id);
  const treatment = treatmentOf(risks, sources);
  return {
    v: 1,
    system: {
      id: system.id, number: system.number, name: system.name, intendedPurpose: system.intendedPurpose, prohibitedUses: system.prohibitedUses,
      affectedGroups: system.affectedGroups, autonomy: system.autonomy, ownerId: system.ownerId, developerIds: system.developerIds,
      tier: classification.tier, euClass: classification.euClass, flags: classification.flags, tieredBy: system.tierAssessments.at(-1)?.assessedBy ?? null,
      ...(classification.milderClass !== undefined && { milderClass: classification.milderClass }), ...signedClassification(system),
    },
    release: { id: release.id, number: release.number, label: release.label, bundleDigest: release.bundleDigest, components: release.components, authoredBy: release.authoredBy, changeClaim: confirmedClaim(release) },
    environment: { id: environment.id, name: environment.name, kind: environment.kind },
    risks: risks.map((risk) => packageRisk(risk, sources)), mitigations: treatment.mitigations.map((one) => packageMitigation(one, risks, sources.evidence)), evidence: treatment.evidence.map(packageEvidence),
    impactAssessments: sources.impactAssessments.flatMap(packageAssessment),
    findings: findingsInScope(sources.findings, release.id).map(packageFinding),
    conditions: openConditions(sources, risks),
    criteria: { version: criteria.version, tolerance: criteria.tolerance },
    policy: { id: policy.id, version: policy.version, digest: policy.digest },
    lanes: requiredLanes(policy, classification, environment.kind),
    inputs: packageInputs(sources, risks, treatment),
  };
}

export function packageDigest(pkg: DecisionPackage): Digest {
  return digestOf(pkg);
}

function signedClassification(system: AiSystem): Pick<DecisionPackage['system'], 'classification'> {
  const record = classificationRecordOf(system);
  if (record === null) return {};
  const { revision, digest, roles, annexIIIUses, derogation, signedBy, signedAt, validUntil } = record;
  return { classification: { revision, digest, roles, annexIIIUses, derogation, signedBy, signedAt, validUntil } };
}

function confirmedClaim({ changeClaim }: Release): DecisionPackage['release']['changeClaim'] {
  const confirmed = changeClaim?.confirmed ?? null;
  return changeClaim === null || confirmed === null ? null : { sinceId: changeClaim.sinceId, changeClass: changeClaim.changeClass, confirmedBy: confirmed.by };
}

function packageRisk(risk: Risk, sources: PackageSources): PackageRisk {
  return {
    id: risk.id, number: risk.number, state: risk.state, statement: risk.statement, releaseId: risk.releaseId, ownerId: risk.ownerId, treatment: risk.treatment?.option ?? null,
    ...presentEstimate(risk), acceptance: lastingAcceptance(risk, sources),
  };
}

interface Treatment { readonly mitigations: readonly Stored<Mitigation>[]; readonly evidence: readonly Stored<Evidence>[] }

/** What is done about these risks, and the evidence that stands for it; each in the order of its ids. */
function treatmentOf(risks: readonly Risk[], sources: PackageSources): Treatment {
  const ids = new Set(risks.map((risk) => risk.id));
  const mitigations = sources.mitigations.filter((mitigation) => ids.has(mitigation.riskId) && mitigation.state !== 'CANCELLED');
  const shown = new Set(mitigations.flatMap((mitigation) => evidenceOf(mitigation, sources.evidence)).map((evidence) => evidence.id));
  return { mitigations, evidence: sources.evidence.filter((evidence) => shown.has(evidence.id)) };
}

function packageMitigation(mitigation: Mitigation, risks: readonly Risk[], evidence: readonly Evidence[]): PackageMitigation {
  const { id, number, title, state, effect, reduces, requiredFrom, due, ownerId } = mitigation;
  const shown = [...new Set(evidenceOf(mitigation, evidence).map((one) => one.number))].sort();
  return { id, number, risk: risks.find((risk) => risk.id === mitigation.riskId)?.number ?? '', title, state, effect, reduces, requiredFrom, due, ownerId, evidence: shown };
}

function packageEvidence(evidence: Evidence): PackageEvidence {
  const { id, number, type, title, contentDigest, subjectDigest, state, collectedAt, validUntil } = evidence;
  return { id, number, type, title, digest: contentDigest, subjectDigest, state, collectedAt, validUntil };
}

function presentEstimate(risk: Risk): Pick<PackageRisk, 'inherent' | 'current' | 'confirmed' | 'criteriaVersion' | 'assessedBy'> {
  const last = risk.assessments.at(-1);
  if (last === undefined) return { inherent: null, current: null, confirmed: false, criteriaVersion: null, assessedBy: null };
  const { inherent, current, criteriaVersion, assessedBy, revision } = last;
  return { inherent: inherent.level, current: current.level, confirmed: revision === risk.confirmation?.revision, criteriaVersion, assessedBy };
}

/** Of the acceptances that were granted and not taken back, the one that ends last. */
function lastingAcceptance(risk: Risk, sources: PackageSources): PackageRisk['acceptance'] {
  const [last] = sources.acceptances.filter((candidate) => candidate.riskId === risk.id && isGranted(candidate, sources.criteria) && !isRenewed(candidate, sources)).sort((a, b) => (a.validUntil < b.validUntil ? 1 : -1));
  return last === undefined ? null : { number: last.number, level: last.accepted.level, validUntil: last.validUntil };
}

function packageAssessment(assessment: ImpactAssessment): PackageAssessment[] {
  const approved = approvedEdition(assessment);
  if (approved === null) return [];
  const { id, number, kind } = assessment;
  const { edition, answersDigest, approvedBy, approvedAt, validUntil } = approved;
  return [{ id, number, kind, edition, answersDigest, approvedBy, approvedAt, validUntil }];
}

function packageFinding({ id, number, digest, releaseId, severity, state, statement, due }: Stored<Finding>): PackageFinding {
  return { id, number, digest, releaseId, severity, state, statement, due };
}

function openConditions(sources: PackageSources, risks: readonly Risk[]): PackageCondition[] {
  const { conditions, signOffs } = sources;
  const carrying = risks.flatMap((risk) => lastingAcceptance(risk, sources)?.number ?? []);
  const ofAcceptances = sources.acceptances.filter(({ number }) => carrying.includes(number)).flatMap((acceptance) => conditionsOf(acceptance, conditions));
  return [...conditionsOfVotes(conditions, signOffs), ...ofAcceptances].filter(({ state }) => state !== 'CONFIRMED').sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, number, lanes, text, evidence, due, ownerId, effect, state }) => ({ id, number, lanes, text, evidence, due, ownerId, effect, state }));
}

/** Whoever wrote the approved edition is its author; a draft of the next one binds nobody yet. Findings have no authors: challenge excludes nobody. */
function assessmentInput(assessment: Stored<ImpactAssessment>): PackageInput[] {
  const approved = approvedEdition(assessment);
  if (approved === null) return [];
  const { id, version, digest, authoredBy } = assessment;
  return [{ type: 'ImpactAssessment', id, version, digest, authoredBy, lastEditedBy: approved.lastEditedBy, editors: approved.editors }];
}

function packageInputs(sources: PackageSources, risks: readonly Stored<Risk>[], treatment: Treatment): PackageInput[] {
  const { system, release } = sources;
  const inputs: PackageInput[] = [
    { type: 'AiSystem', id: system.id, version: system.version, digest: system.digest, authoredBy: system.authoredBy, lastEditedBy: system.lastEditedBy, editors: system.editors },
    { type: 'Release', id: release.id, version: release.version, digest: release.digest, authoredBy: release.authoredBy, lastEditedBy: release.authoredBy, editors: [release.authoredBy] },
    ...risks.map((risk) => ({ type: 'Risk', id: risk.id, version: risk.version, digest: risk.digest, authoredBy: risk.authoredBy, lastEditedBy: risk.lastEditedBy, editors: risk.editors })),
    ...treatment.mitigations.map((one) => ({ type: 'Mitigation', id: one.id, version: one.version, digest: one.digest, authoredBy: one.authoredBy, lastEditedBy: one.lastEditedBy, editors: one.editors })),
    ...treatment.evidence.map((one) => ({ type: 'Evidence', id: one.id, version: one.version, digest: one.digest, authoredBy: one.submittedBy, lastEditedBy: one.submittedBy, editors: [one.submittedBy] })),
    ...sources.impactAssessments.flatMap(assessmentInput),
  ];
  return inputs.sort((a, b) => (a.id < b.id ? -1 : 1));
}

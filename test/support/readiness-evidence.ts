/** Evidence that meets every item of the way from pilot to production, and for each item what no longer does. */
import type { Digest } from '../../src/domain/digest.js';
import type { JsonObject } from '../../src/domain/payload.js';

export interface Subject { readonly model: Digest; readonly bundle: Digest; readonly system: string; readonly now: string }

export interface Piece { readonly type: string; readonly payload: JsonObject; readonly about: 'RELEASE' | 'SYSTEM' }

const other = `sha256:${'0f'.repeat(32)}`;

const release = (type: string, payload: JsonObject): Piece => ({ type, payload, about: 'RELEASE' });
const whole = (type: string, payload: JsonObject): Piece => ({ type, payload, about: 'SYSTEM' });
const before = (now: string) => (days: number): string => new Date(Date.parse(now) - days * 86_400_000).toISOString();

/** One piece for each type, and one more where an item asks for another of its kind. `now`: moments lie shortly before it. */
export function readinessEvidence(subject: Subject): readonly Piece[] {
  return [...ofTheRelease(subject), ...ofItsOperation(subject), ...ofDuties(subject)];
}

/** What a pipeline, its tests and its reviewers find out about the bytes. */
function ofTheRelease({ model, bundle, system, now }: Subject): readonly Piece[] {
  const ago = before(now);
  return [
    whole('pilot_report', { decision: 'PROCEED', successCriteria: [{ metric: 'cases without rework, in percent', target: 80, observed: 86 }], limitsFound: [{ riskId: 'R-1' }] }),
    release('scaling_test', { dataVolumeTested: 1800, forecastPeakVolume: 1200, concurrencyTested: 90, forecastPeakConcurrency: 60, p95Ms: 840, sloP95Ms: 1200, errorRate: 0.0004, sloErrorRate: 0.001, costPerThousand: 3.1, costCeilingPerThousand: 4 }),
    release('variety_test', { segments: [{ name: 'handwritten', sampleSize: 400, value: 0.91, floor: 0.9 }], unseenSourcesTested: 2 }),
    release('lineage_graph', { datasets: [{ id: 'cases', version: 'cases@3', hash: other, registeredSource: true, personalData: true, approvedFor: [system] }], orphanDatasets: 0, cyclic: false, coveragePct: 100 }),
    release('data_quality_report', { datasetVersion: 'cases@3', failedBlocking: 0, splitLeakage: false }),
    release('deidentification_record', { datasetVersion: 'cases@3', directIdentifiersRemoved: true, reidentificationRiskMax: 0.03, riskThreshold: 0.05, motivatedIntruderTest: { succeeded: false }, legalStatus: 'PSEUDONYMOUS' }),
    release('evaluation_run', { suiteId: 'cases', modelDigest: model, metrics: [{ name: 'accuracy', value: 0.93, ciLow: 0.915, ciHigh: 0.944, threshold: 0.9, direction: 'AT_LEAST' }, { name: 'refusals', value: 0.02, ciLow: 0.01, ciHigh: 0.03, threshold: 0.05, direction: 'AT_MOST' }], thresholdsFrozenAt: ago(120), startedAt: ago(95) }),
    release('fairness_report', { worstGap: 0.021, gapLimit: 0.05, modelDigest: model }),
    release('validation_report', { validator: 'vera', developers: ['dana'], modelDigest: model, findings: [{ severity: 'SEVERE', status: 'CLOSED' }, { severity: 'MINOR', status: 'OPEN' }], conclusion: 'FIT' }),
    release('adversarial_test', { modelDigest: model, catalogue: ['owasp-ml@2023#ML01', 'owasp-ml@2023#ML02', 'owasp-llm@2025#LLM01', 'owasp-llm@2025#LLM02', 'owasp-llm@2025#LLM05', 'owasp-asi@2026#ASI01', 'owasp-asi@2026#ASI02'], criticalOpen: 0, highOpen: 0 }),
    release('model_card', { modelDigest: model, sectionsPresent: ['intendedUse', 'outOfScopeUse', 'limitations', 'evaluation', 'trainingData', 'contact'] }),
    release('ai_bom', { modelDigest: model, componentsWithoutLicence: 0, componentsWithDeniedLicence: 0, unpinnedComponents: 0, datasetsListed: true, knownExploited: 0 }),
    whole('ip_review', { trainingRights: 'CONFIRMED', outputRights: 'CONFIRMED', useRestrictions: [] }),
    release('provenance_attestation', { subjectDigest: bundle, signatureValid: true }),
    release('pipeline_run', { artifactDigest: bundle, testsPassed: true, approverIsNotAuthor: true, protectedBranch: true }),
    whole('log_replay', { decisionsSampled: 25, decisionsReconstructed: 25 }),
    release('agent_permission_inventory', { tools: [{ name: 'lookup', scope: 'the case at hand', writes: false, approvalRequired: false }, { name: 'note', scope: 'the case at hand', writes: true, reversible: true, approvalRequired: false }], deniedProbeResults: ['REFUSED', 'REFUSED'] }),
  ];
}

/** What those who run it have prepared, tried and measured. */
function ofItsOperation({ model, now }: Subject): readonly Piece[] {
  const ago = before(now);
  const signals = ['QUALITY', 'DRIFT', 'SAFETY', 'FAIRNESS'].map((kind) => ({ name: kind.toLowerCase(), kind, threshold: 'above 0.2', owner: 'on-call', action: 'Route to people.' }));
  return [
    whole('capacity_plan', { forecastHorizonMonths: 12, headroomPct: 35, quotaConfirmed: true, singlePointsOfFailure: 0, drRtoMinutes: 60, drRpoMinutes: 15, drTestedAt: ago(40) }),
    whole('handover', { runbookUrl: 'https://runbooks.example/cases', onCallRota: true, sloSigned: true, trainedOperators: 3 }),
    whole('monitoring_plan', { signals, qualitySignals: 1, driftSignals: 1, safetySignals: 1, fairnessSignals: 1, logRetentionDays: 400 }),
    ...signals.map(({ name }) => release('monitoring_live', { signal: name, lastSeenAt: ago(0.6), state: 'OK' })),
    whole('maintenance_plan', { retrainTriggers: ['drift for a week'], retrainApproval: 'risk officer', owner: 'system owner', budgetConfirmed: true, endOfLifeAt: ago(-900), baseModelSupportEndsAt: ago(-700) }),
    release('rollback_test', { fromDigest: model, durationSeconds: 140, limitSeconds: 300, dataReversalNeeded: true, dataReversalTested: true }),
    whole('kill_switch_test', { durationSeconds: 9, limitSeconds: 30, safeStateReached: true, operator: 'on-call' }),
    whole('cost_benefit', { owner: 'business owner', benefitMetric: 'cases an hour', observedInPilot: 17, cost: '4 EUR for a thousand cases', stopRule: 'Fewer than 12 an hour over a quarter.' }),
    whole('literacy_record', { completionPct: 96 }),
    whole('oversight_design', { overseers: [{ role: 'handler', trainedAt: ago(50), authorityToStop: true }], overrideLogged: true, workloadPerOverseer: 45 }),
    whole('incident_plan', { authorityDeadlines: [2, 10, 15], drillAt: ago(160), reportTemplateReady: true }),
  ];
}

/** What is owed to people, authorities and the law. */
function ofDuties({ bundle, now }: Subject): readonly Piece[] {
  const ago = before(now);
  return [
    whole('dpia', { completedAt: ago(70), dpoOpinion: 'No objection.', residualHigh: false, scopeDigest: bundle }),
    whole('user_notice', { kind: 'AI_INTERACTION', liveCheckAt: ago(2) }),
    whole('user_notice', { kind: 'CONTENT_MARKING', liveCheckAt: ago(2) }),
    whole('user_notice', { kind: 'DECISION_SUBJECT' }),
    whole('fria', { elements: ['a', 'b', 'c', 'd', 'e', 'f'], notifiedAuthorityAt: ago(40) }),
    whole('technical_documentation', { headings: Array.from({ length: 9 }, (_, i) => ({ ref: String(i + 1) })), signedTestReports: true }),
    whole('conformity_file', { route: 'INTERNAL_CONTROL', declarationHash: other, registrationId: 'EU-1234' }),
    whole('workforce_notice', { informedAt: ago(60), representativesInformed: true }),
    whole('registration_check', { found: true }),
    whole('gpai_documentation', { annexXI: 'file:annex-xi', annexXII: 'file:annex-xii', copyrightPolicy: 'file:copyright', publicTrainingSummaryUrl: 'https://docs.example/training', systemicEvaluation: 'file:evaluation', incidentProcess: 'file:incidents' }),
  ];
}

/** The payload with these fields instead; null = without the field. */
export function changed(payload: JsonObject, change: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ ...payload, ...change }).filter(([, value]) => value !== null));
}

/** For each item that evidence meets: what to change in the payload so that it does not, and the path that the reason names. */
export const READINESS_BREAKS: Readonly<Record<string, { readonly change: JsonObject; readonly path: string }>> = {
  'P-01': { change: { successCriteria: [{ metric: 'cases without rework, in percent', target: 80, observed: 79 }] }, path: 'payload.successCriteria[0].observed' },
  'P-02': { change: { limitsFound: [{ riskId: 'R-99' }] }, path: 'payload.limitsFound[0].riskId' },
  'S-01': { change: { dataVolumeTested: 1799 }, path: 'payload.dataVolumeTested' },
  'S-02': { change: { segments: [{ name: 'handwritten', sampleSize: 29, value: 0.91, floor: 0.9 }] }, path: 'payload.segments[0].sampleSize' },
  'S-03': { change: { costPerThousand: 4.01 }, path: 'payload.costPerThousand' },
  'D-01': { change: { orphanDatasets: 1 }, path: 'payload.orphanDatasets' },
  'D-02': { change: { datasets: [{ id: 'cases', version: 'cases@3', hash: other, registeredSource: true, personalData: true, approvedFor: ['something else'] }] }, path: 'system.number' },
  'D-03': { change: { splitLeakage: true }, path: 'payload.splitLeakage' },
  'D-04': { change: { riskThreshold: 0.5 }, path: 'payload.riskThreshold' },
  'D-05': { change: { legalStatus: 'PERSONAL' }, path: 'payload.legalStatus' },
  'O-01': { change: { headroomPct: 29 }, path: 'payload.headroomPct' },
  'O-02': { change: { singlePointsOfFailure: 1 }, path: 'payload.singlePointsOfFailure' },
  'O-03': { change: { trainedOperators: 1 }, path: 'payload.trainedOperators' },
  'E-01': { change: { startedAt: '2020-01-01T00:00:00Z' }, path: 'payload.thresholdsFrozenAt' },
  'E-02': { change: { metrics: [{ name: 'accuracy', value: 0.93, ciLow: 0.89, ciHigh: 0.944, threshold: 0.9, direction: 'AT_LEAST' }] }, path: 'payload.metrics[0].ciLow' },
  'E-03': { change: { worstGap: 0.06 }, path: 'payload.worstGap' },
  'E-04': { change: { findings: [{ severity: 'SEVERE', status: 'OPEN' }] }, path: 'payload.findings' },
  'E-05': { change: { criticalOpen: 1 }, path: 'payload.criticalOpen' },
  'E-06': { change: { highOpen: 1 }, path: 'payload.highOpen' },
  'M-01': { change: { fairnessSignals: 0 }, path: 'payload.fairnessSignals' },
  'M-02': { change: { state: 'SILENT' }, path: 'payload.state' },
  'M-03': { change: { logRetentionDays: 182 }, path: 'payload.logRetentionDays' },
  'M-04': { change: { budgetConfirmed: false }, path: 'payload.budgetConfirmed' },
  'M-05': { change: { baseModelSupportEndsAt: '2020-01-01T00:00:00Z' }, path: 'payload.baseModelSupportEndsAt' },
  'B-01': { change: { durationSeconds: 301 }, path: 'payload.durationSeconds' },
  'B-02': { change: { safeStateReached: false }, path: 'payload.safeStateReached' },
  'G-03': { change: { owner: null }, path: 'has(payload.owner)' },
  'G-04': { change: { completionPct: 89 }, path: 'payload.completionPct' },
  'T-01': { change: { sectionsPresent: ['intendedUse'] }, path: '"outOfScopeUse"' },
  'T-02': { change: { liveCheckAt: '2020-01-01T00:00:00Z' }, path: 'payload.liveCheckAt' },
  'T-03': { change: { liveCheckAt: '2020-01-01T00:00:00Z' }, path: 'payload.liveCheckAt' },
  'L-01': { change: { unpinnedComponents: 1 }, path: 'payload.unpinnedComponents' },
  'L-02': { change: { outputRights: 'UNCLEAR' }, path: 'payload.outputRights' },
  'L-03': { change: { knownExploited: 1 }, path: 'payload.knownExploited' },
  'C-01': { change: { signatureValid: false }, path: 'payload.signatureValid' },
  'C-02': { change: { approverIsNotAuthor: false }, path: 'payload.approverIsNotAuthor' },
  'C-03': { change: { artifactDigest: other }, path: 'payload.artifactDigest' },
  'H-01': { change: { workloadPerOverseer: 201 }, path: 'payload.workloadPerOverseer' },
  'N-01': { change: { authorityDeadlines: [15] }, path: 'payload.authorityDeadlines' },
  'I-01': { change: { residualHigh: true, priorConsultation: false }, path: 'payload.residualHigh' },
  'I-02': { change: { elements: ['a', 'b', 'c', 'd', 'e'] }, path: '"f"' },
  'X-01': { change: { headings: [{ ref: '1' }] }, path: 'size(payload.headings)' },
  'X-02': { change: { registrationId: null }, path: 'has(payload.registrationId)' },
  'X-03': { change: { representativesInformed: false }, path: 'payload.representativesInformed' },
  'X-04': { change: { found: false }, path: 'payload.found' },
  'X-05': { change: { publicTrainingSummaryUrl: 'http://docs.example/training' }, path: 'payload.publicTrainingSummaryUrl' },
  'X-06': { change: { systemicEvaluation: null }, path: 'has(payload.systemicEvaluation)' },
  'X-07': { change: { decisionsReconstructed: 24 }, path: 'payload.decisionsReconstructed' },
  'A-01': { change: { deniedProbeResults: ['REFUSED', 'ALLOWED'] }, path: 'payload.deniedProbeResults[1]' },
};

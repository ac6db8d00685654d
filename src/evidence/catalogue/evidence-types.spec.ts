// The catalogue of types of evidence: which fields each has and which of them have to be there, and that what is wrong is told by its place.
import { describe, expect, test } from '@jest/globals';
import { refusal } from '../../../test/support/given.js';
import { NAMES_BYTES } from '../../domain/gate-evidence.js';
import { checkPayload, type JsonObject } from '../../domain/payload.js';
import { checkAgainstType, EVIDENCE_TYPES, fieldsOf, problemsOf } from './evidence-types.js';
import { PATTERNS, type JsonSchema } from './terms.js';

/** The fields of each type, in short: a.b = b of the record a, a.{b,c} = both, [] = a list. */
const FIELDS: Readonly<Record<string, string>> = {
  adversarial_test: 'modelDigest catalogue[] attacksRun criticalOpen highOpen toolVersions',
  agent_permission_inventory: 'tools[].{name,scope,writes,reversible,approvalRequired} identity deniedProbeResults egressAllowList',
  ai_bom: 'format specVersion serialNumber modelDigest componentsWithoutLicence componentsWithDeniedLicence unpinnedComponents datasetsListed knownExploited',
  capacity_plan: 'forecastHorizonMonths headroomPct quotaConfirmed singlePointsOfFailure drRtoMinutes drRpoMinutes drTestedAt',
  classification: 'euClass roles[] useCases[] derogation profiling decidedBy decidedAt rationaleHash',
  conformity_file: 'route notifiedBody declarationHash registrationId qmsReference harmonisedStandards[]',
  cost_benefit: 'owner benefitMetric baseline observedInPilot cost stopRule',
  data_quality_report: 'datasetVersion checks[].{name,dimension,passed,severity} failedBlocking splitLeakage generatedBy',
  deidentification_record: 'datasetVersion directIdentifiersRemoved quasiIdentifiers[] techniques[] model.{kind,k,l,t,epsilon,delta} attackerModel reidentificationRiskMax riskThreshold motivatedIntruderTest.{doneAt,succeeded} keyHolder legalStatus',
  dpia: 'completedAt dpoOpinion residualHigh priorConsultation scopeDigest',
  evaluation_run: 'suiteId suiteVersion modelDigest datasetHash metrics[].{name,value,ciLow,ciHigh,slice,threshold,direction} thresholdsFrozenAt startedAt executedBy',
  fairness_report: 'groups[] metric worstGap gapLimit smallGroupHandling modelDigest',
  fria: 'elements[a-f] completedAt notifiedAuthorityAt dpiaCrossRefs',
  gpai_documentation: 'annexXI annexXII copyrightPolicy publicTrainingSummaryUrl computeFlop systemicEvaluation incidentProcess',
  handover: 'runbookUrl onCallRota supportHours sloSigned trainedOperators knownErrors',
  incident_plan: 'severities[] authorityDeadlines[] contacts[] drillAt reportTemplateReady',
  ip_review: 'trainingRights outputRights copyleftConclusion useRestrictions[] approvedBy',
  kill_switch_test: 'testedAt durationSeconds limitSeconds safeStateReached operator',
  lineage_graph: 'openLineageRunIds[] datasets[].{id,version,hash,licence,source,registeredSource,personalData,approvedFor} orphanDatasets cyclic coveragePct trainingRunId',
  literacy_record: 'roles[] completionPct asOf',
  log_replay: 'decisionsSampled decisionsReconstructed fieldsMissing[]',
  maintenance_plan: 'retrainTriggers[] retrainApproval dataRefreshDays endOfLifeAt owner budgetConfirmed baseModelSupportEndsAt',
  model_card: 'format modelDigest sectionsPresent[] intendedUse outOfScopeUse limitations metricsDeclared[] contact publishedAt reviewedBy',
  monitoring_live: 'signal lastSeenAt state measures value',
  monitoring_plan: 'signals[].{name,kind,threshold,window,owner,action} driftSignals qualitySignals fairnessSignals safetySignals alertRouteTestedAt dashboardUrl logRetentionDays',
  oversight_design: 'overseers[].{role,trainedAt,authorityToStop} checkpoints[] overrideLogged automationBiasMeasure workloadPerOverseer',
  pilot_report: 'startedAt endedAt populationSize casesHandled successCriteria[].{metric,target,observed,direction} limitsFound[].{area,description,riskId} decision',
  pipeline_run: 'pipelineId commit artifactDigest testsPassed policyCheckPassed reproducible protectedBranch approverIsNotAuthor',
  provenance_attestation: 'predicateType subjectDigest builderId sourceRepo sourceCommit verifiedBy signatureValid',
  registration_check: 'database registrationId checkedAt found',
  risk_snapshot: 'openAboveTolerance unacceptedAboveTolerance overdueTreatments controlsWithoutEvidence registerVersion',
  rollback_test: 'fromDigest toDigest testedAt environment durationSeconds limitSeconds dataReversalNeeded dataReversalTested',
  scaling_test: 'dataVolumeTested forecastPeakVolume concurrencyTested forecastPeakConcurrency p95Ms sloP95Ms errorRate sloErrorRate costPerThousand costCeilingPerThousand environmentDigest',
  signoff_set: 'reviews[].{type,level,decision,by[],at,expiresAt,boundDigests}',
  technical_documentation: 'headings[1-9].{ref,hash} signedTestReports version',
  user_notice: 'kind channel textHash languageCodes[] approvedBy liveCheckAt',
  validation_report: 'validator developers[] modelDigest scope[] findings[].{severity,status,dueAt} challengerCompared conclusion',
  variety_test: 'segments[].{name,sampleSize,metric,value,floor,direction} unseenSourcesTested languagesTested outOfScopeCasesHandled',
  workforce_notice: 'informedAt representativesInformed groups[]',};

/** What checks of readiness read: it has to be there. */
const READ: Readonly<Record<string, string>> = {
  adversarial_test: 'modelDigest catalogue[] criticalOpen highOpen',
  agent_permission_inventory: 'tools[].{name,scope,approvalRequired} deniedProbeResults[]',
  ai_bom: 'modelDigest componentsWithoutLicence componentsWithDeniedLicence unpinnedComponents datasetsListed knownExploited',
  capacity_plan: 'forecastHorizonMonths headroomPct quotaConfirmed singlePointsOfFailure drTestedAt',
  classification: 'euClass decidedBy',
  conformity_file: 'declarationHash',
  cost_benefit: 'observedInPilot stopRule',
  data_quality_report: 'failedBlocking splitLeakage',
  deidentification_record: 'directIdentifiersRemoved reidentificationRiskMax riskThreshold motivatedIntruderTest.succeeded legalStatus',
  dpia: 'dpoOpinion residualHigh scopeDigest',
  evaluation_run: 'modelDigest metrics[].{name,value,threshold,direction} thresholdsFrozenAt startedAt',
  fairness_report: 'worstGap gapLimit modelDigest',
  fria: 'elements[] notifiedAuthorityAt',
  gpai_documentation: 'annexXI annexXII copyrightPolicy publicTrainingSummaryUrl',
  handover: 'onCallRota sloSigned trainedOperators',
  incident_plan: 'drillAt reportTemplateReady',
  ip_review: 'trainingRights outputRights',
  kill_switch_test: 'durationSeconds limitSeconds safeStateReached',
  lineage_graph: 'datasets[].{id,hash,registeredSource,approvedFor[]} orphanDatasets cyclic coveragePct',
  literacy_record: 'completionPct',
  log_replay: 'decisionsSampled decisionsReconstructed',
  maintenance_plan: 'retrainTriggers[] retrainApproval owner budgetConfirmed',
  model_card: 'modelDigest sectionsPresent[]',
  monitoring_live: 'lastSeenAt state',
  monitoring_plan: 'signals[].{name,threshold,owner,action} driftSignals qualitySignals safetySignals logRetentionDays',
  oversight_design: 'overseers[].{role,trainedAt,authorityToStop} overrideLogged workloadPerOverseer',
  pilot_report: 'successCriteria[].{metric,target,observed} limitsFound[].riskId decision',
  pipeline_run: 'artifactDigest testsPassed approverIsNotAuthor',
  provenance_attestation: 'subjectDigest signatureValid',
  registration_check: 'found',
  risk_snapshot: 'unacceptedAboveTolerance overdueTreatments controlsWithoutEvidence',
  rollback_test: 'fromDigest durationSeconds limitSeconds dataReversalNeeded dataReversalTested',
  scaling_test: 'dataVolumeTested forecastPeakVolume concurrencyTested forecastPeakConcurrency p95Ms sloP95Ms errorRate sloErrorRate costPerThousand costCeilingPerThousand',
  signoff_set: 'reviews[].{type,level,decision,expiresAt,boundDigests[]}',
  technical_documentation: 'headings[].ref signedTestReports',
  user_notice: 'kind',
  validation_report: 'validator developers[] modelDigest findings[].{severity,status} conclusion',
  variety_test: 'segments[].{name,sampleSize,value,floor} unseenSourcesTested',
  workforce_notice: 'informedAt representativesInformed',
};

/** `a.{b,c}` as a.b and a.c, without the marks of lists. */
function spelled(short: string): string[] {
  return short.replaceAll(/\[[^\]]*\]/g, '').split(' ').flatMap((field) => {
    const [, way = '', names = ''] = /^(.*)\{(.*)\}$/.exec(field) ?? [];
    return names === '' ? [field] : names.split(',').map((name) => `${way}${name}`);
  }).sort();
}

/** Of the schema and of everything inside it. */
function propertiesIn({ properties = {}, items }: JsonSchema): [string, JsonSchema][] {
  const own = Object.entries(properties as Readonly<Record<string, JsonSchema>>);
  return [...own, ...own.flatMap(([, schema]) => propertiesIn(schema)), ...(items === undefined ? [] : propertiesIn(items as JsonSchema))];
}

const plain = (fields: readonly string[]): string[] => fields.map((field) => field.replaceAll('[]', '')).sort();
const typeOf = (id: string): (typeof EVIDENCE_TYPES)[number] => EVIDENCE_TYPES.find((type) => type.id === id)!;

test('has 39 types, each known by one id', () => {
  expect(EVIDENCE_TYPES.map(({ id }) => id)).toEqual(Object.keys(FIELDS).sort());
  expect(EVIDENCE_TYPES).toHaveLength(39);
});

describe.each(EVIDENCE_TYPES.map((type) => [type.id, type] as const))('%s', (id, { payload, example }) => {
  test('has its fields, and asks for those that somebody reads', () => {
    expect(plain(fieldsOf(payload, { onlyRequired: false }))).toEqual(spelled(FIELDS[id]!));
    expect(plain(fieldsOf(payload, { onlyRequired: true }))).toEqual(spelled(READ[id]!));
  });

  test('takes its example, and finds what was left out of it or mistyped in it', () => {
    expect(() => { checkPayload(example); checkAgainstType(id, example); }).not.toThrow();
    for (const name of payload['required'] as string[]) {
      const { [name]: value, ...rest } = example;
      expect(problemsOf(id, rest)).toContainEqual({ path: `payload.${name}`, expected: 'has to be there' });
      expect(problemsOf(id, { ...rest, [`${name}x`]: value! }).map(({ path }) => path)).toContain(`payload.${name}x`);
    }
  });

  test('says of each field what belongs there', () => {
    const undescribed = propertiesIn(payload).filter(([, { description }]) => !/^[A-Z].*\.$/.test(String(description))).map(([name]) => name);
    expect(undescribed).toEqual([]);
  });
});

describe('a payload', () => {
  const run = typeOf('evaluation_run').example;
  const metric = (more: JsonObject): JsonObject => ({ ...run, metrics: [...run['metrics'] as JsonObject[], { name: 'recall', value: 0.8, threshold: 0.7, direction: 'AT_LEAST', ...more }] });

  test.each<[string, JsonObject, string, string]>([
    ['a text for a number', metric({ value: '0.8' }), 'payload.metrics[1].value', 'a number'],
    ['a choice that there is not', metric({ direction: 'UP' }), 'payload.metrics[1].direction', 'one of AT_LEAST, AT_MOST'],
    ['a mistyped name', metric({ treshold: 1 }), 'payload.metrics[1].treshold', 'is no field of this type'],
    ['a digest in another form', { ...run, modelDigest: 'ab'.repeat(32) }, 'payload.modelDigest', 'sha256: and 64 lower-case hexadecimal digits'],
    ['a day that there is not', { ...run, startedAt: '2026-02-30T00:00:00Z' }, 'payload.startedAt', 'an instant in UTC, such as 2026-11-20T09:30:00Z'],
    ['another time zone', { ...run, startedAt: '2026-02-20T00:00:00+01:00' }, 'payload.startedAt', 'an instant in UTC, such as 2026-11-20T09:30:00Z'],
    ['no metric', { ...run, metrics: [] }, 'payload.metrics', 'at least 1 of them'],
    ['null', { ...run, metrics: null }, 'payload.metrics', 'a list'],
    ['blanks', { ...run, suiteId: '  ' }, 'payload.suiteId', 'a text that says something'],
    ['a record for a text', { ...run, suiteId: {} }, 'payload.suiteId', 'a text'],
  ])('with %s is refused at its place', (_, payload, field, expected) => {
    expect(() => { checkAgainstType('evaluation_run', payload); }).toThrow(refusal('INVALID_INPUT', { field, expected }));
  });

  test.each<[type: string, what: string, more: JsonObject, wanted: [path: string, expected: string]]>([
    ['log_replay', 'less than nothing', { decisionsSampled: -1 }, ['payload.decisionsSampled', 'at least 0']], ['log_replay', 'half a decision', { decisionsSampled: 1.5 }, ['payload.decisionsSampled', 'a whole number']],
    ['literacy_record', 'more than all', { completionPct: 101 }, ['payload.completionPct', 'at most 100']], ['scaling_test', 'nothing to divide by', { forecastPeakVolume: 0 }, ['payload.forecastPeakVolume', 'more than 0']],
    ['rollback_test', 'a word for yes', { dataReversalNeeded: 'no' }, ['payload.dataReversalNeeded', 'true or false']], ['deidentification_record', 'a text for a record', { motivatedIntruderTest: 'done' }, ['payload.motivatedIntruderTest', 'a record']],
    ['user_notice', 'a language that is none', { languageCodes: ['german!'] }, ['payload.languageCodes[0]', 'a language code, such as de or pt-BR']], ['handover', 'no address', { runbookUrl: 'javascript:x' }, ['payload.runbookUrl', 'an address that begins with https:// or http://']],
    ['technical_documentation', 'a tenth heading', { headings: Array.from({ length: 10 }, () => ({ ref: 'x' })) }, ['payload.headings', 'at most 9 of them']], ['gpai_documentation', 'a number that none could keep', { computeFlop: 1e25 }, ['payload.computeFlop', 'a text']],
  ])('of a %s with %s is refused', (type, _, more, [path, expected]) => {
    expect(problemsOf(type, { ...typeOf(type).example, ...more })).toEqual([{ path, expected }]);
  });

  test('needs what follows from what it says', () => {
    expect(problemsOf('dpia', { ...typeOf('dpia').example, residualHigh: true })).toEqual([{ path: 'payload.priorConsultation', expected: 'has to be there' }]);
    const { liveCheckAt: _, ...notice } = typeOf('user_notice').example;
    expect(problemsOf('user_notice', notice)).toEqual([{ path: 'payload.liveCheckAt', expected: 'has to be there' }]);
    expect(problemsOf('user_notice', { ...notice, kind: 'DECISION_SUBJECT' })).toEqual([]);
    const signal = (more: JsonObject): unknown => problemsOf('monitoring_live', { ...typeOf('monitoring_live').example, ...more });
    expect(signal({ measures: 'PEOPLE_AFFECTED_PER_YEAR' })).toEqual([{ path: 'payload.value', expected: 'has to be there beside measures' }]);
    expect(signal({ value: 7 })).toEqual([{ path: 'payload.measures', expected: 'has to be there beside value' }]);
    expect(signal({ measures: 'PEOPLE_AFFECTED_PER_YEAR', value: 7 })).toEqual([]);
  });

  test('is told all that is wrong with it, and never what was in it', () => {
    const secret = 'hunter2-hunter2';
    let told: unknown = null;
    try {
      checkAgainstType('evaluation_run', { ...metric({ value: secret, direction: secret }), modelDigest: secret, startedAt: secret, suiteVersion: 7 });
    } catch (error) {
      told = error;
    }
    expect(told).toMatchObject({ facts: { because: expect.arrayContaining(['payload.metrics[1].value: a number', 'payload.modelDigest: sha256: and 64 lower-case hexadecimal digits', 'payload.suiteVersion: a text']) } });
    expect(JSON.stringify([told, (told as Error).message, (told as { facts: unknown }).facts])).not.toContain('hunter2');
  });

  test('of another type, and none at all, are taken', () => {
    expect(() => { checkAgainstType('letter_of_the_mayor', { anything: [1, 'two'] }); checkAgainstType('evaluation_run', null); }).not.toThrow();
  });
});

test('the fields by which evidence names bytes of a release are digests in each type that has one, and each is one of some type', () => {
  const found = EVIDENCE_TYPES.flatMap(({ payload }) => Object.entries(payload['properties'] as Readonly<Record<string, JsonSchema>>).filter(([name]) => NAMES_BYTES.includes(name)));
  expect([...new Set(found.map(([name]) => name))].sort()).toEqual([...NAMES_BYTES].sort());
  expect(new Set(found.map(([, { pattern }]) => pattern))).toEqual(new Set([PATTERNS.digest[0]]));
});

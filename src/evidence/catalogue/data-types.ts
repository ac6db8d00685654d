/** Evidence of what goes into a release: its data, its parts, the rights to them, and how it was built. */
import { amount, choice, count, digest, flag, link, list, moment, number, percent, record, share, text, texts, type EvidenceType } from './terms.js';

const DEIDENTIFICATION_MODEL = record({
  kind: choice(['K_ANONYMITY', 'L_DIVERSITY', 'T_CLOSENESS', 'DIFFERENTIAL_PRIVACY', 'OTHER'], 'By which measure the data was made safe.'), k: count('How many records look alike at least, by the quasi-identifiers that are named.', 1), l: amount('How many sensitive values a group has at least.'), t: share('How far a group may be from the whole.'),
  epsilon: amount('The privacy budget that was spent on this data so far, over everything that was released of it.'), delta: share('How likely the guarantee fails.'),
}, ['k', 'l', 't', 'epsilon', 'delta'], { description: 'How safe the data was made, by a measure.' });

export const DATA_TYPES: readonly EvidenceType[] = [
  {
    id: 'lineage_graph', title: 'Lineage of the data', shows: 'Where every set of data for training and retrieval comes from, that each is pinned by its hash, and what it may be used for.',
    payload: record({
      openLineageRunIds: texts('The runs that the lineage was collected from.'),
      datasets: list(record({
        id: text('Which set it is.'), version: text('Which version of it.'), hash: digest('Of its content.'), licence: text('Under which licence it came, as an SPDX id where there is one.'), source: text('Where it comes from.'), registeredSource: flag('Whether that source is in the register of sources.'),
        personalData: flag('Whether it holds personal data.'), approvedFor: texts('The purposes that it is approved for.'),
      }, ['version', 'licence', 'source', 'personalData']), 'Each set of data that went in.', { minItems: 1 }),
      orphanDatasets: count('How many sets have no known origin.'), cyclic: flag('Whether the graph runs in a circle.'), coveragePct: percent('How much of the data is traced back to its source.'), trainingRunId: text('The training that used it.'),
    }, ['openLineageRunIds', 'trainingRunId']),
    example: { datasets: [{ id: 'letters-2025', version: '3', hash: `sha256:${'1a'.repeat(32)}`, licence: 'CC-BY-4.0', registeredSource: true, personalData: false, approvedFor: ['letter-triage'] }], orphanDatasets: 0, cyclic: false, coveragePct: 100 },
  },
  {
    id: 'data_quality_report', title: 'Report on data quality', shows: 'That no check that would stop the data fails, and that nothing of the test data was trained on.',
    payload: record({
      datasetVersion: text('Which version of the data was checked.'),
      checks: list(record({ name: text('What was checked.'), dimension: text('Which side of quality it is about, such as completeness.'), passed: flag('Whether it held.'), severity: choice(['BLOCKING', 'WARNING', 'INFO'], 'What a failure means; left out = BLOCKING.') }, ['dimension', 'severity']), 'Every check that was run.'),
      failedBlocking: count('How many checks failed that stop the data.'), splitLeakage: flag('Whether test data was found among the training data.'), generatedBy: text('Which tool has written it, with its version.'),
    }, ['datasetVersion', 'checks', 'generatedBy']),
    example: { datasetVersion: 'letters-2025@3', checks: [{ name: 'no empty letters', dimension: 'completeness', passed: true, severity: 'BLOCKING' }], failedBlocking: 0, splitLeakage: false },
  },
  {
    id: 'deidentification_record', title: 'Record of de-identification', shows: 'What was done so that nobody can be found in the data, how likely it is all the same, and what the data is before the law.',
    payload: record({
      datasetVersion: text('Which version of the data it is about.'), directIdentifiersRemoved: flag('Whether names, numbers and the like are gone.'), quasiIdentifiers: texts('What could name somebody together with other data.'), techniques: texts('What was done to it.'), model: DEIDENTIFICATION_MODEL,
      attackerModel: text('Against whom it was made safe.'), reidentificationRiskMax: share('The highest likelihood that a record is found again.'), riskThreshold: share('The likelihood that is accepted.'),
      motivatedIntruderTest: record({ doneAt: moment('When somebody tried.'), succeeded: flag('Whether they found anybody.') }, ['doneAt'], { description: 'The attempt of somebody to find people in it.' }), keyHolder: text('Who keeps the key that names people again, by role; left out = there is none.'),
      legalStatus: choice(['ANONYMOUS', 'PSEUDONYMOUS', 'PERSONAL'], 'What the data is before the law.'),
    }, ['datasetVersion', 'quasiIdentifiers', 'techniques', 'model', 'attackerModel', 'keyHolder']),
    example: { datasetVersion: 'letters-2025@3', directIdentifiersRemoved: true, quasiIdentifiers: ['postcode', 'year of birth'], techniques: ['names replaced'], model: { kind: 'K_ANONYMITY', k: 20 }, reidentificationRiskMax: 0.03, riskThreshold: 0.05, motivatedIntruderTest: { doneAt: '2026-08-20T10:00:00Z', succeeded: false }, legalStatus: 'PSEUDONYMOUS' },
  },
  {
    id: 'ai_bom', title: 'AI bill of materials', shows: 'Which models, data and libraries a release is made of, that all are pinned, and under which licences and with which known weaknesses they come.',
    payload: record({
      format: choice(['CYCLONEDX', 'SPDX', 'OTHER'], 'In which format the file is written.'), specVersion: text('Which version of that format.'), serialNumber: text('What the file calls itself.'), modelDigest: digest('The model that it lists.'),
      componentsWithoutLicence: count('How many parts name no licence.'), componentsWithDeniedLicence: count('How many have one that is not allowed here.'), unpinnedComponents: count('How many are not pinned to a version or digest.'), datasetsListed: flag('Whether sets of data are among the parts.'),
      knownExploited: count('How many parts have a weakness that is known to be exploited.'),
    }, ['format', 'specVersion', 'serialNumber']),
    example: { format: 'CYCLONEDX', specVersion: '1.6', modelDigest: `sha256:${'2b'.repeat(32)}`, componentsWithoutLicence: 0, componentsWithDeniedLicence: 0, unpinnedComponents: 0, datasetsListed: true, knownExploited: 0 },
  },
  {
    id: 'provenance_attestation', title: 'Attestation of provenance', shows: 'Which builder made these bytes from which source, and whether its signature holds.',
    payload: record({
      predicateType: text('Which kind of attestation it is, by its URI.'), subjectDigest: digest('The bytes that it is about.'), builderId: text('Which builder has made them.'), sourceRepo: link('Where the source lies.'), sourceCommit: text('Which commit they were made from.'), verifiedBy: text('With which tool it was verified, with its version.'), signatureValid: flag('Whether the signature holds.'),
    }, ['predicateType', 'builderId', 'sourceRepo', 'sourceCommit', 'verifiedBy']),
    example: { predicateType: 'https://slsa.dev/provenance/v1', subjectDigest: `sha256:${'3c'.repeat(32)}`, builderId: 'https://ci.example/builders/release', signatureValid: true },
  },
  {
    id: 'ip_review', title: 'Review of rights', shows: 'That the data may be trained on and the output may be used, and within which limits.',
    payload: record({
      trainingRights: choice(['CONFIRMED', 'NOT_APPLICABLE', 'UNCLEAR', 'DENIED'], 'Whether it may be trained on this data.'), outputRights: choice(['CONFIRMED', 'UNCLEAR', 'DENIED'], 'Whether what it makes may be used.'), copyleftConclusion: text('What follows from licences that pass themselves on.'), useRestrictions: texts('What it may not be used for.'), approvedBy: text('Who has concluded so, by role or handle.'),
    }, ['copyleftConclusion', 'useRestrictions', 'approvedBy']),
    example: { trainingRights: 'CONFIRMED', outputRights: 'CONFIRMED', useRestrictions: ['not for advertising'] },
  },
  {
    id: 'pipeline_run', title: 'Run of the pipeline', shows: 'That these bytes came out of the pipeline with its tests passed, and that nobody approved their own change.',
    payload: record({
      pipelineId: text('Which pipeline.'), commit: text('Which commit it ran on.'), artifactDigest: digest('The bytes that came out.'), testsPassed: flag('Whether all tests passed.'), policyCheckPassed: flag('Whether its own policy checks passed.'), reproducible: flag('Whether a second build gave the same bytes.'), protectedBranch: flag('Whether the branch takes reviewed changes only.'), approverIsNotAuthor: flag('Whether each change was approved by somebody else.'),
    }, ['pipelineId', 'commit', 'policyCheckPassed', 'reproducible', 'protectedBranch']),
    example: { commit: '9f1c2d7', artifactDigest: `sha256:${'3c'.repeat(32)}`, testsPassed: true, protectedBranch: true, approverIsNotAuthor: true },
  },
  {
    id: 'log_replay', title: 'Decisions rebuilt from logs', shows: 'That decisions of the system can be rebuilt from what was logged about them.',
    payload: record({ decisionsSampled: count('How many were picked.'), decisionsReconstructed: count('How many could be rebuilt.'), fieldsMissing: texts('What the logs lacked.') }, ['fieldsMissing']),
    example: { decisionsSampled: 25, decisionsReconstructed: 25 },
  },
  {
    id: 'risk_snapshot', title: 'State of the risk register', shows: 'How many risks stand above tolerance, how many treatments are overdue, and how many controls nothing shows.',
    payload: record({
      openAboveTolerance: count('How many open risks stand above tolerance.'), unacceptedAboveTolerance: count('How many of them nobody has accepted who may.'), overdueTreatments: count('How many treatments are overdue.'), controlsWithoutEvidence: count('How many controls lower a score without evidence that counts.'), registerVersion: number('How far the log of the register had come.'),
    }, ['openAboveTolerance', 'registerVersion']),
    example: { openAboveTolerance: 1, unacceptedAboveTolerance: 0, overdueTreatments: 0, controlsWithoutEvidence: 0 },
  },
];

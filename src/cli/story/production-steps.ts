/** The story of the way from pilot to production: what a pilot hides is asked for stage by stage, and shown file by file. */
import type { Component } from '../../domain/release.js';
import { adopts, answers, brings, duties, hands, looks, noting, places, plans, raises, uploads, vouches } from './readiness-requests.js';
import { asks, assesses, authorizes, classifies, confirms, inDays, logs, opens, reads, registers, releases, reports, revokes, signs, tiers, type Estimate } from './requests.js';
import type { Notes, Step } from './step.js';

export interface ProductionOptions { readonly run: string; readonly components: readonly Component[] }

const DOCUMENTS = ['pilot_report', 'capacity_plan', 'handover', 'monitoring_plan', 'maintenance_plan', 'cost_benefit', 'ip_review', 'incident_plan'];
const MEASURED = ['lineage_graph', 'data_quality_report', 'evaluation_run', 'adversarial_test', 'ai_bom', 'provenance_attestation', 'pipeline_run', 'model_card'];
const SIGNALS = ['quality', 'drift', 'safety', 'fairness'].map((signal) => `monitoring_live.${signal}`);
const ESTIMATE: Estimate = { class: 'OPERATIONAL', inherent: [2, 2], current: [2, 2], rationale: 'A case that went to the wrong team is passed on within the hour.' };
const ALLOWED = { verdict: 'ALLOW', reasons: ['GATE ALL_REQUIREMENTS_MET'] } as const;
const byBundle = (notes: Notes): { bundleDigest: string } => ({ bundleDigest: notes.get('bundle') });

export function productionSteps(options: ProductionOptions): Step[] {
  return [...prepare(), ...begin(options), ...pilot(), ...staging(), ...canary(), ...production(), ...afterwards()];
}

/** What is done once in an organization. */
export function prepare(): Step[] {
  return [
    adopts('hugo', 'hands the policy pilot-to-production in for review'),
    brings('rita', 'approves it', 'approvePolicy'),
    brings('hanna', 'approves it, too', 'approvePolicy'),
    brings('hugo', 'puts it into force', 'activatePolicy'),
    places('ada', 'adds staging after the pilot', { name: 'staging', kind: 'STAGING', previous: 'pilot' }),
    places('ada', 'adds a canary after staging', { name: 'canary', kind: 'CANARY', previous: 'staging' }),
    places('ada', 'adds production for everybody after the canary', { name: 'live', kind: 'PRODUCTION', previous: 'canary' }),
  ];
}

function begin({ run, components }: ProductionOptions): Step[] {
  return [
    registers('sam', 'registers a system', {
      name: `Case sorting, run ${run}`, intendedPurpose: 'Sorts incoming cases by topic. People decide every case.', owner: 'sam', developers: ['dana'], affectedGroups: ['Applicants'], autonomy: 'RECOMMENDS', jurisdictions: ['EU'],
    }),
    answers('sam', 'answers the questionnaire for the team: HIGH, as long as nobody knows its class', {
      M: ['c', 'b', 'a', 'b', 'c', 'b', 'b'], C: ['c', 'c', 'b', 'b', 'b', 'b', 'b'], A: ['b', 'a', 'a', 'b', 'a', 'a'], X: ['c', 'b', 'b', 'd', 'b', 'b'],
    }),
    tiers('hugo', 'assesses tier and EU AI Act class', { tier: 'MODERATE', euClass: 'LIMITED', flags: ['PERSONAL_DATA'], rationale: 'Cases are about people; the order of work has moderate effect.' }, 2),
    classifies('lena', 'signs the class under the EU AI Act, the flags and the roles, for a year', {
      euClass: 'LIMITED', flags: [{ flag: 'PERSONAL_DATA', holds: true }, { flag: 'PROFILING', holds: false }, { flag: 'ART50_INTERACTION', holds: false }], roles: ['PROVIDER', 'DEPLOYER'], rationale: 'It sorts cases; people decide every one. No use in Annex III.',
    }, 3),
    duties('lena', 'looks which articles concern the system', ['eu-ai-act@2026-1744#Art-4', 'eu-ai-act@2026-1744#Art-5']),
    logs('sam', 'logs a risk', { note: 'risk', input: {
      statement: { source: 'Handwritten cases', event: 'are read worse than printed ones', consequence: 'and go to the wrong team more often' }, affectedParties: ['Applicants'], taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.11'], owner: 'sam' } }),
    assesses('sam', 'assesses {risk}', 'risk', { level: 'LOW', estimate: ESTIMATE }),
    confirms('rita', 'confirms {risk}', 'risk'),
    noting('model', components.find(({ role }) => role === 'MODEL')?.digest, releases('dana', 'registers a release: two files, by their digests', components)),
  ];
}

function pilot(): Step[] {
  return [
    hands('pipeline', 'hands in what it measured before the pilot', { note: 'first', files: ['deidentification_record', 'literacy_record'] }),
    vouches('pipeline', 'cannot verify what it handed in itself', ['first'], { kind: 'refused', code: 'SEPARATION_OF_DUTIES' }),
    vouches('kim', 'has checked the two, and verifies them in one act', ['first']),
    opens('sam', 'asks to promote {release} into the pilot', { note: 'toPilot', environment: 'pilot', reason: 'Four weeks with one team.' }),
    signs('sam', 'attests for the delivery team', { promotion: 'toPilot', lanes: ['RISK', 'LEGAL', 'SECURITY', 'DATA', 'BUSINESS', 'PROVENANCE'], statement: 'Checked by the team for a pilot with one team.' }),
    signs('petra', 'signs privacy', { promotion: 'toPilot', lanes: ['PRIVACY'], statement: 'The data is pseudonymous.' }),
    authorizes('asks for leave to deploy to the pilot', 'pilot', ALLOWED),
    reports('deploys, and reports it under the grant', 'pilot'),
    raises('rita', 'raises what the pilot brought up', { note: 'finding', input: { source: 'PILOT', severity: 'MODERATE', statement: 'Handwriting is read worse than print.', owner: 'sam' } }),
    looks('sam', 'looks how far {release} is on its way to production', 'live', {
      verdict: 'DENY', open: 'pilot-results, scaling, lineage, data-quality, infrastructure, evaluation, security, monitoring, maintenance, rollback, sign-off, transparency, open-source, delivery, incident',
    }),
  ];
}

function staging(): Step[] {
  const signsLive = (as: string, title: string, lanes: Parameters<typeof signs>[2]['lanes'], statement: string): Step => signs(as, title, { promotion: 'toLive', lanes, statement });
  return [
    uploads('sam', 'uploads the plan of monitoring itself, and reads it back', 'monitoring_plan'),
    hands('sam', 'hands in the eight documents of the team in one act', { note: 'documents', files: DOCUMENTS }),
    hands('pipeline', 'hands in what it measured about these bytes', { note: 'measured', files: MEASURED }),
    vouches('kim', 'verifies all sixteen in one act', ['documents', 'measured']),
    opens('sam', 'asks to promote it into staging', { note: 'toStaging', environment: 'staging', reason: 'The pilot met its goals.' }),
    opens('sam', 'asks for production at once, so that everybody signs once', { note: 'toLive', environment: 'live', reason: 'The pilot met its goals.' }),
    signsLive('rita', 'signs risk', ['RISK'], 'The risk is known and within tolerance.'),
    signsLive('lena', 'signs legal', ['LEGAL'], 'The notices are in place.'),
    signsLive('petra', 'signs data', ['DATA'], 'The lineage is known.'),
    signsLive('kim', 'signs security and provenance in one act', ['SECURITY', 'PROVENANCE'], 'The files are pinned and scanned.'),
    signsLive('vera', 'signs validation and fairness in one act', ['VALIDATION', 'FAIRNESS'], 'The results hold for all groups.'),
    signsLive('omar', 'signs operations and oversight in one act', ['OPS', 'OVERSIGHT'], 'The way back is rehearsed; people can overrule it.'),
    signsLive('bea', 'signs business and transparency in one act', ['BUSINESS', 'TRANSPARENCY'], 'Worth it; applicants are told.'),
    asks('asks the gate for staging: nobody has said what is done about {finding}', { environment: 'staging', target: byBundle }, { verdict: 'DENY', reasons: ['R7/P-02 READINESS_INCOMPLETE'] }),
    plans('sam', 'says what will be done about {finding}', 'finding', { action: 'Handwriting goes to people.', due: inDays(30) }),
    authorizes('asks for leave to deploy to staging', 'staging', ALLOWED),
    reports('deploys, and reports it under the grant', 'staging'),
  ];
}

function canary(): Step[] {
  return [
    opens('sam', 'asks to promote it into the canary', { note: 'toCanary', environment: 'canary', reason: 'It runs in staging.' }),
    asks('asks the gate for the canary: nobody knows how it scales, or whether there is a way back', { environment: 'canary', target: byBundle }, {
      verdict: 'DENY', reasons: ['R7/S-01 EVIDENCE_MISSING', 'R7/S-03 EVIDENCE_MISSING', 'R7/B-01 EVIDENCE_MISSING'],
    }),
    hands('pipeline', 'hands in the load test', { note: 'scaling', files: ['scaling_test'] }),
    hands('pipeline', 'hands in the rehearsal of the way back', { note: 'rollback', files: ['rollback_test'] }),
    vouches('kim', 'verifies the rehearsal', ['rollback']),
    vouches('kim', 'verifies the load test', ['scaling']),
    authorizes('asks for leave to deploy to the canary', 'canary', ALLOWED),
    reports('deploys, and reports it under the grant', 'canary'),
  ];
}

function production(): Step[] {
  return [
    looks('sam', 'looks again: all but one theme is green', 'live', { verdict: 'DENY', open: 'monitoring' }),
    hands('pipeline', 'hands in the signals that arrive from the canary', { note: 'signals', files: SIGNALS }),
    vouches('kim', 'verifies them', ['signals']),
    looks('sam', 'looks once more', 'live', { verdict: 'ALLOW', open: 'nothing' }),
    authorizes('asks for leave to deploy to production', 'live', ALLOWED),
    reports('deploys, and reports it under the grant', 'live'),
    reads('axel', 'looks at the request: the deployment has fulfilled it', 'toLive', 'PROMOTED'),
  ];
}

function afterwards(): Step[] {
  return [
    revokes('kim', 'takes the load test back', 'scaling', 'It was run on larger machines than production has.'),
    asks('asks again: the gate is closed by what rested on it', { environment: 'live', target: byBundle }, { verdict: 'DENY', reasons: ['R7/S-01 EVIDENCE_MISSING', 'R7/S-03 EVIDENCE_MISSING'] }),
    hands('pipeline', 'hands in another one', { note: 'slow', files: ['scaling_test.slow'] }),
    vouches('kim', 'verifies it: it was run as it says', ['slow']),
    asks('asks again: it is too slow, whoever verified it', { environment: 'live', target: byBundle }, { verdict: 'DENY', reasons: ['R7/S-01 READINESS_INCOMPLETE'] }),
    hands('pipeline', 'hands in a third one, after the fix', { note: 'fixed', files: ['scaling_test'] }),
    vouches('kim', 'verifies it', ['fixed']),
    asks('asks again', { environment: 'live', target: byBundle }, ALLOWED),
  ];
}

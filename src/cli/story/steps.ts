/** The story: a promotion waits for its reviews. Every step with the answer that must come back; played by the command line and by a test. */
import type { Component } from '../../domain/release.js';
import {
  asks, assesses, authorizes, confirms, implementsIt, logs, opens, proposes, reads, registers, releases, reports, revokes, signs, starts, submits, tiers, verifies, type Estimate,
} from './requests.js';
import { assessesImpact } from './impact-steps.js';
import type { Notes, Step, Wanted } from './step.js';

export interface StoryOptions {
  /** Goes into the name of the system, so that each run has its own. */
  readonly run: string;
  readonly components: readonly Component[];
  /** The same files after one was changed. */
  readonly tampered: readonly Component[];
}

export function storySteps(options: StoryOptions): Step[] {
  return [...register(options), ...treat(), ...firstAnswer(options), ...assessesImpact(), ...pilot(), ...production(), ...afterwards(options)];
}

const refused = (code: string): Wanted => ({ kind: 'refused', code });
const byBundle = (notes: Notes): { bundleDigest: string } => ({ bundleDigest: notes.get('bundle') });

const LEAK: Estimate = { class: 'LEGAL', inherent: [4, 4], current: [2, 3], rationale: 'Logs are redacted before they are written; two people have access.' };
const LEAK_WORSE: Estimate = { ...LEAK, current: [4, 3], rationale: 'The redaction misses names in attachments, as a sample of June shows.' };
const QUEUE: Estimate = { class: 'OPERATIONAL', inherent: [2, 2], current: [2, 2], rationale: 'People read every mail within a day, whatever its place in the queue.' };
const QUEUE_AFTER_PILOT: Estimate = { ...QUEUE, inherent: [3, 2], current: [3, 2], rationale: 'In the pilot two mails in a hundred were worded to be read first.' };

function register({ run }: StoryOptions): Step[] {
  return [
    registers('sam', 'registers a system; nobody has judged it yet, so it counts as critical', {
      name: `Customer mail triage, run ${run}`, intendedPurpose: 'Sorts incoming customer mail by topic and urgency. People answer every mail.', owner: 'sam', developers: ['dana'],
      affectedGroups: ['Customers who write mail'], prohibitedUses: ['Answering mail without a person'], autonomy: 'RECOMMENDS', businessUnit: 'Customer service', jurisdictions: ['EU'],
    }),
    tiers('hugo', 'assesses tier and EU AI Act class; the owner could not', {
      tier: 'MODERATE', euClass: 'LIMITED', flags: ['PERSONAL_DATA', 'SPECIAL_CATEGORY', 'THIRD_PARTY_MODEL'], rationale: 'Mail may tell about health; the order of reading has moderate effect.',
    }),
    logs('sam', 'logs a first risk', { note: 'leak', input: {
      statement: { source: 'Mail about health problems', event: 'is sorted by a model that keeps traces of it in its logs', consequence: 'and discloses health data to people who must not see it' },
      affectedParties: ['Customers who write mail'], taxonomy: ['owasp-llm@2025#LLM02'], owner: 'sam' } }),
    logs('sam', 'logs a second one', { note: 'queue', input: {
      statement: { source: 'A writer who knows how mail is sorted', event: 'words a mail so that it is read first', consequence: 'and urgent mail of others waits longer' },
      affectedParties: ['Customers who write mail'], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'sam' } }),
    assesses('sam', 'assesses {leak}; the level is computed by the server', 'leak', { level: 'MODERATE', estimate: LEAK }),
    assesses('hugo', 'assesses {queue}', 'queue', { level: 'LOW', estimate: QUEUE }),
    confirms('hugo', 'tries to confirm {queue}, his own assessment', 'queue', refused('SEPARATION_OF_DUTIES')),
  ];
}

/** An estimate below the inherent one is earned by a mitigation that somebody else has verified. */
function treat(): Step[] {
  return [
    confirms('rita', 'cannot confirm {leak}: nothing shows yet that it is lower than before any treatment', 'leak', refused('ABOVE_TOLERANCE')),
    proposes('dana', 'proposes what is done about {leak}; production waits for it', { risk: 'leak', note: 'redaction', input: {
      title: 'Logs are redacted before they are written', description: 'A filter removes names and health terms; a weekly sample is read by hand.', owner: 'dana', effect: 'BOTH', reduces: 2, requiredFrom: 'PRODUCTION' } }),
    starts('dana', 'starts on it', 'redaction'),
    submits('dana', 'submits the report of the redaction test', { note: 'report', input: { type: 'redaction_test', title: 'No name in 5,000 sampled log lines', digest: '2b'.repeat(32) } }),
    implementsIt('dana', 'says that it is in place, and names the report', 'redaction', 'report'),
    verifies('kim', 'cannot verify it yet: nobody has verified the report', { type: 'Mitigation', note: 'redaction' }, refused('EVIDENCE_NOT_VALID')),
    verifies('kim', 'verifies the report', { type: 'Evidence', note: 'report' }),
    verifies('kim', 'verifies the mitigation', { type: 'Mitigation', note: 'redaction' }),
    confirms('rita', 'confirms {leak}', 'leak'),
  ];
}

const PRODUCTION_LANES = ['RISK', 'LEGAL', 'PRIVACY', 'SECURITY', 'DATA', 'FAIRNESS', 'VALIDATION', 'OVERSIGHT', 'BUSINESS', 'OPS', 'TRANSPARENCY', 'PROVENANCE'];

function firstAnswer({ components }: StoryOptions): Step[] {
  return [
    releases('dana', 'registers a release: the model files that would ship, by their digests', components),
    asks('asks the gate for production: no, with every reason at once', { environment: 'production', target: byBundle }, {
      verdict: 'DENY', reasons: ['R19 STAGE_SKIPPED', 'R2/DPIA IMPACT_ASSESSMENT_MISSING', 'R3/{queue} RISK_UNCONFIRMED', 'R5/REQUEST REVIEW_MISSING', ...PRODUCTION_LANES.map((lane) => `R5/${lane} REVIEW_MISSING`)],
    }),
    confirms('rita', 'confirms {queue}; she has assessed neither risk', 'queue'),
  ];
}

function pilot(): Step[] {
  return [
    opens('sam', 'asks to promote {release} into the pilot', { note: 'toPilot', environment: 'pilot', reason: 'Two weeks with one team.' }),
    signs('sam', 'attests for the delivery team: seven lanes in one act', {
      promotion: 'toPilot', lanes: ['RISK', 'LEGAL', 'SECURITY', 'DATA', 'FAIRNESS', 'BUSINESS', 'PROVENANCE'], statement: 'Checked by the team for a pilot with one team.',
    }),
    signs('petra', 'signs privacy, which asks for two people of two functions', { promotion: 'toPilot', lanes: ['PRIVACY'], statement: 'Health data stays in the redacted logs.' }),
    asks('asks the gate for the pilot', { environment: 'pilot', target: byBundle }, { verdict: 'PENDING', reasons: ['R5/PRIVACY QUORUM_NOT_MET'] }),
    signs('lena', 'signs privacy too, for legal', { promotion: 'toPilot', lanes: ['PRIVACY'], statement: 'The legal basis covers the pilot.' }),
    authorizes('asks for leave to deploy to the pilot', 'pilot', { verdict: 'ALLOW', reasons: ['GATE ALL_REQUIREMENTS_MET'] }),
    reports('deploys, and reports it under the grant', 'pilot'),
  ];
}

function production(): Step[] {
  const signsProduction = (as: string, title: string, lanes: Parameters<typeof signs>[2]['lanes'], statement: string): Step => signs(as, title, { promotion: 'toProduction', lanes, statement });
  return [
    assesses('hugo', 'assesses {queue} again after the pilot: higher', 'queue', { level: 'MODERATE', estimate: QUEUE_AFTER_PILOT }),
    opens('sam', 'asks to promote the same release into production', { note: 'toProduction', environment: 'production', reason: 'The pilot met its goals.' }),
    signs('sam', 'tries to sign the risk review of his own request', { promotion: 'toProduction', lanes: ['RISK'], statement: 'Fine.' }, refused('SEPARATION_OF_DUTIES')),
    signsProduction('rita', 'signs risk', ['RISK'], 'The risks are known and within tolerance.'),
    signsProduction('lena', 'signs legal', ['LEGAL'], 'The notices are in place.'),
    signsProduction('petra', 'signs data', ['DATA'], 'The lineage is known.'),
    signsProduction('kim', 'signs security and provenance in one act', ['SECURITY', 'PROVENANCE'], 'The files are pinned and scanned, the licence is known.'),
    signsProduction('vera', 'signs validation and fairness in one act', ['VALIDATION', 'FAIRNESS'], 'The results of the pilot hold for all groups.'),
    signsProduction('omar', 'signs operations and oversight in one act', ['OPS', 'OVERSIGHT'], 'The way back is rehearsed; people can overrule it.'),
    signsProduction('bea', 'signs business and transparency in one act', ['BUSINESS', 'TRANSPARENCY'], 'Worth it; customers are told.'),
    asks('asks again: privacy carries over from the pilot, but {queue} has nobody’s confirmation', { environment: 'production', target: byBundle }, {
      verdict: 'DENY', reasons: ['R3/{queue} RISK_UNCONFIRMED'], carriedFrom: ['PRIVACY {toPilot}'],
    }),
    confirms('rita', 'confirms {queue}', 'queue'),
    asks('asks again', { environment: 'production', target: byBundle }, { verdict: 'ALLOW', reasons: ['GATE ALL_REQUIREMENTS_MET'], carriedFrom: ['PRIVACY {toPilot}'] }),
    asks('asks by the label instead of the bytes: a label can move', { environment: 'production', target: (notes) => ({ systemRelease: { system: notes.get('system'), version: '1.0.0' } }) }, {
      verdict: 'DENY', reasons: ['TARGET/DIGEST DIGEST_REQUIRED'],
    }),
    authorizes('asks for leave to deploy to production', 'production', { verdict: 'ALLOW', reasons: ['GATE ALL_REQUIREMENTS_MET'] }),
    reports('deploys, and reports it under the grant', 'production'),
    reports('tries the same grant a second time', 'production', refused('GRANT_CONSUMED')),
    reads('axel', 'looks at the request: the deployment has fulfilled it', 'toProduction', 'PROMOTED'),
  ];
}

function afterwards({ tampered }: StoryOptions): Step[] {
  return [
    revokes('kim', 'takes the verification of the report back', 'report', 'The sample left out attachments.'),
    asks('asks again: nothing shows any more that {leak} is lower', { environment: 'production', target: byBundle }, {
      verdict: 'DENY', reasons: ['R4/{leak} RISK_ABOVE_TOLERANCE', 'R5/RISK REVIEW_STALE', 'R7/{redaction} EVIDENCE_MISSING'], differences: ['evidence.{report} VERIFIED REVOKED'],
    }),
    assesses('sam', 'learns something new, and assesses {leak} higher', 'leak', { level: 'HIGH', estimate: LEAK_WORSE }),
    asks('asks again: the signatures were about another risk', { environment: 'production', target: byBundle }, {
      verdict: 'DENY', reasons: ['R3/{leak} RISK_UNCONFIRMED', 'R4/{leak} RISK_ABOVE_TOLERANCE', 'R5/RISK REVIEW_STALE', 'R5/VALIDATION REVIEW_STALE', 'R7/{redaction} EVIDENCE_MISSING'],
      differences: ['evidence.{report} VERIFIED REVOKED', 'risks.{leak}.current MODERATE HIGH'],
    }),
    asks('asks with one byte more in a model file', { environment: 'production', target: () => ({ components: tampered }) }, { verdict: 'DENY', reasons: ['TARGET/RELEASE RELEASE_UNKNOWN'] }),
  ];
}

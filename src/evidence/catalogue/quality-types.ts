/** Evidence of how good a release is, in its own terms and in those of people who did not build it. */
import { count, choice, digest, flag, list, moment, number, record, share, text, texts, type EvidenceType } from './terms.js';

export const QUALITY_TYPES: readonly EvidenceType[] = [
  {
    id: 'evaluation_run', title: 'Run of an evaluation', shows: 'What a suite of evaluations measured of exactly this model, against thresholds that were fixed before.',
    payload: record({
      suiteId: text('Which suite was run.'), suiteVersion: text('Which version of it.'), modelDigest: digest('The model that was measured.'), datasetHash: digest('The data that it was measured on.'),
      metrics: list(record({
        name: text('What was measured.'), value: number('What was found.'), ciLow: number('Lower bound of its confidence interval.'), ciHigh: number('Upper bound of it.'), slice: text('The part of the data; left out = all of it.'),
        threshold: number('What was fixed beforehand.'), direction: choice(['AT_LEAST', 'AT_MOST'], 'On which side of the threshold the value has to be.'),
      }, ['ciLow', 'ciHigh', 'slice']), 'Everything that was measured.', { minItems: 1 }),
      thresholdsFrozenAt: moment('When the thresholds were fixed.'), startedAt: moment('When the run began.'), executedBy: text('Who or what has run it, by role or handle.'),
    }, ['suiteId', 'suiteVersion', 'datasetHash', 'executedBy']),
    example: { suiteId: 'letters', suiteVersion: '12', modelDigest: `sha256:${'2b'.repeat(32)}`, metrics: [{ name: 'accuracy', value: 0.93, ciLow: 0.915, ciHigh: 0.944, threshold: 0.9, direction: 'AT_LEAST' }], thresholdsFrozenAt: '2026-10-01T00:00:00Z', startedAt: '2026-11-12T06:30:00Z' },
  },
  {
    id: 'fairness_report', title: 'Report on fairness', shows: 'How far its quality differs between groups of people, and how far it may.',
    payload: record({ groups: texts('Which groups were compared.'), metric: text('By which measure.'), worstGap: share('The largest difference between two groups.'), gapLimit: share('The largest that is accepted.'), smallGroupHandling: text('What was done about groups with few cases.'), modelDigest: digest('The model that was measured.') }, ['groups', 'metric', 'smallGroupHandling']),
    example: { groups: ['under 30', '30 to 60', 'over 60'], metric: 'false refusals', worstGap: 0.021, gapLimit: 0.05, modelDigest: `sha256:${'2b'.repeat(32)}` },
  },
  {
    id: 'validation_report', title: 'Report of an independent validation', shows: 'What somebody concluded about the model who had no part in its making, and which of their findings are open.',
    payload: record({
      validator: text('Who has validated it, by handle.'), developers: texts('Who has built it, by their handles.'), modelDigest: digest('The model that was validated.'), scope: texts('What was looked at.'),
      findings: list(record({ severity: choice(['SEVERE', 'MODERATE', 'MINOR'], 'How much it matters.'), status: choice(['OPEN', 'ACCEPTED', 'CLOSED'], 'How far it has come.'), dueAt: moment('Until when it is to be dealt with.') }, ['dueAt']), 'Each finding; empty = none.'),
      challengerCompared: flag('Whether another model was tried against it.'), conclusion: choice(['FIT', 'FIT_WITH_LIMITS', 'NOT_FIT'], 'Whether it is fit for its purpose.'),
    }, ['scope', 'challengerCompared']),
    example: { validator: 'vera', developers: ['dana', 'deniz'], modelDigest: `sha256:${'2b'.repeat(32)}`, findings: [{ severity: 'MINOR', status: 'OPEN', dueAt: '2027-01-31T00:00:00Z' }], conclusion: 'FIT' },
  },
  {
    id: 'adversarial_test', title: 'Adversarial test', shows: 'Which attacks were tried on exactly this model, and what of importance they left open.',
    payload: record({
      modelDigest: digest('The model that was attacked.'), catalogue: texts('The threats that were tried, as references such as owasp-llm@2025#LLM01.'), attacksRun: count('How many attacks were run.'), criticalOpen: count('How many critical weaknesses are open.'), highOpen: count('How many high ones are.'), toolVersions: texts('With which tools, each with its version.'),
    }, ['attacksRun', 'toolVersions']),
    example: { modelDigest: `sha256:${'2b'.repeat(32)}`, catalogue: ['owasp-llm@2025#LLM01', 'owasp-llm@2025#LLM02'], attacksRun: 640, criticalOpen: 0, highOpen: 1 },
  },
  {
    id: 'model_card', title: 'Model card', shows: 'What the model is for and what it is not for, where its limits are, and how it was measured.',
    payload: record({
      format: text('In which form it is written, with its version.'), modelDigest: digest('The model that it describes.'), sectionsPresent: texts('Which sections it has, such as intendedUse, outOfScopeUse, limitations, evaluation, trainingData and contact.'),
      intendedUse: text('What it is for, in short.'), outOfScopeUse: text('What it is not for.'), limitations: text('Where its limits are.'), metricsDeclared: texts('Which measures it tells.'), contact: text('Whom to ask, by role.'), publishedAt: moment('When it was published.'), reviewedBy: text('Who has read it, by role or handle.'),
    }, ['format', 'intendedUse', 'outOfScopeUse', 'limitations', 'metricsDeclared', 'contact', 'publishedAt', 'reviewedBy']),
    example: { modelDigest: `sha256:${'2b'.repeat(32)}`, sectionsPresent: ['intendedUse', 'outOfScopeUse', 'limitations', 'evaluation', 'trainingData', 'contact'], limitations: 'Letters in dialect are misread.' },
  },
  {
    id: 'agent_permission_inventory', title: 'Inventory of what an agent may do', shows: 'Every tool of an agent with its reach, and that calls which are forbidden were refused when they were tried.',
    payload: record({
      tools: list(record({ name: text('Which tool.'), scope: text('What it reaches.'), writes: flag('Whether it changes anything.'), reversible: flag('Whether that can be undone.'), approvalRequired: flag('Whether somebody approves each call.') }, ['writes', 'reversible']), 'Every tool that it can call.'),
      identity: text('As whom the agent calls them.'), deniedProbeResults: list(choice(['REFUSED', 'ALLOWED', 'UNKNOWN'], 'What became of one call.'), 'What became of the forbidden calls that were tried.', { minItems: 1 }), egressAllowList: texts('Where to it may connect.'),
    }, ['identity', 'egressAllowList']),
    example: { tools: [{ name: 'lookup', scope: 'letters of the case at hand', writes: false, approvalRequired: false }], deniedProbeResults: ['REFUSED', 'REFUSED'] },
  },
];

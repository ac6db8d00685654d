// What has to be there before anybody signs, by the name in the column "fact" of test/materiality.csv.
import { createHash, randomBytes } from 'node:crypto';
import { IMPACT_ELEMENTS, type ImpactKind } from '../../src/domain/impact-elements.js';
import { LANES } from '../../src/domain/actor.js';
import type { Acted, Acts } from './acts.js';
import { ENVIRONMENT, estimated, expectOpen, inDays, rating, REASON, Stage } from './materiality-stage.js';

export type Fact = (stage: Stage) => Promise<void>;

/** Of a use that Annex III lists, and exempt by Art. 6(3): two people of two functions have to sign LEGAL. */
export const EXEMPT = { euClass: 'ANNEX_III_EXEMPT', annexIIIUses: ['III_4_A'], derogation: 'PREPARATORY_TASK', flags: [{ flag: 'PROFILING', holds: false }] } as const;

/** HIGH: above what is tolerated without an acceptance. */
export const HIGH = rating(3, 4);

export async function submitEvidence(stage: Stage, more: { validUntil?: string; supersedes?: string } = {}): Promise<void> {
  stage.keep('evidence', await stage.acts.act('dana', 'submitEvidence', { system: stage.record('system').id, input: {
    type: 'test_report', title: 'A thousand mails', digest: createHash('sha256').update(randomBytes(8)).digest('hex'), collectedAt: new Date().toISOString(), validUntil: inDays(90), ...more } }));
  await stage.change('kim', 'verifyEvidence', 'evidence');
}

async function propose(stage: Stage, requiredFrom: 'PRODUCTION' | null): Promise<void> {
  stage.keep('mitigation', await stage.acts.act('dana', 'proposeMitigation', { risk: stage.record('risk').id, input: {
    title: 'A filter', description: 'Hidden text is removed.', owner: 'dana', due: inDays(10), effect: 'LIKELIHOOD', reduces: 2, requiredFrom } }));
}

function verifiedMitigation(options: { requiredFrom?: 'PRODUCTION'; brief?: boolean } = {}): Fact {
  return async (stage) => {
    await propose(stage, options.requiredFrom ?? null);
    await stage.change('dana', 'startMitigation', 'mitigation');
    await submitEvidence(stage, options.brief === true ? { validUntil: stage.soon() } : {});
    await stage.change('dana', 'implementMitigation', 'mitigation', { evidence: [stage.record('evidence').id] });
    await stage.change('kim', 'verifyMitigation', 'mitigation');
  };
}

function acceptedRisk(validUntil: (stage: Stage) => string): Fact {
  return async (stage) => {
    const { id, version } = await stage.change('sam', 'assessRisk', 'risk', { input: estimated(HIGH) });
    stage.keep('riskAcceptance', await stage.acts.act('sam', 'requestAcceptance', { risk: id, expectedVersion: version, reason: REASON, validUntil: validUntil(stage) }));
    await grantAcceptance(stage);
  };
}

/** The head of risk and an executive: whom the criteria name for HIGH. */
export async function grantAcceptance(stage: Stage): Promise<void> {
  for (const handle of ['hugo', 'eve']) await stage.change(handle, 'grantAcceptance', 'riskAcceptance');
}

export async function handInAssessment(stage: Stage, kind: ImpactKind): Promise<void> {
  const answers = IMPACT_ELEMENTS[kind].map(({ id }) => ({ element: id, text: `Looked at on ${new Date().toISOString()}.` }));
  await stage.change('dana', 'answerImpactAssessment', 'impactAssessment', { input: { answers } });
  await stage.change('dana', 'submitImpactAssessment', 'impactAssessment');
}

function approvedAssessment(kind: ImpactKind, options: { by: string; brief?: boolean }): Fact {
  return async (stage) => {
    stage.keep('impactAssessment', await stage.acts.act('dana', 'draftImpactAssessment', { system: stage.record('system').id, kind }));
    await handInAssessment(stage, kind);
    await stage.change(options.by, 'approveImpactAssessment', 'impactAssessment', options.brief === true ? { validUntil: stage.soon() } : {});
  };
}

const flagged = (flags: readonly string[], then: Fact): Fact => async (stage) => {
  await stage.change('hugo', 'assessTier', 'system', { input: { tier: 'MODERATE', euClass: 'MINIMAL', flags, rationale: REASON } });
  await then(stage);
};

/** Somebody who is away lends every lane that can be lent to somebody who could sign none of them. */
const represented = (validUntil: (stage: Stage) => string): Fact => async (stage) => {
  stage.lender = await stage.admitReviewer();
  stage.reviewer = `delegate-${randomBytes(4).toString('hex')}`;
  const account = await stage.acts.act('ada', 'admitPerson', { input: { handle: stage.reviewer, displayName: stage.reviewer } });
  await stage.acts.change('ada', 'grantRole', account, { input: { role: 'REVIEWER', lane: 'FRIA', qualification: 'Ten years of practice.' } });
  stage.keep('delegation', await lends(stage, stage.reviewer, validUntil(stage)));
};

export function lends(stage: Stage, to: string, validUntil: string): Promise<Acted> {
  return stage.acts.act(stage.lender, 'delegate', { input: { to, lanes: LANES.filter((lane) => lane !== 'EXEC'), reason: REASON, validUntil } });
}

export const FACTS: Readonly<Record<string, Fact>> = {
  'a confirmed risk': () => Promise.resolve(),
  'a confirmed risk of a classified system': async (stage) => {
    await stage.change('lena', 'classifySystem', 'system', { input: { euClass: 'MINIMAL', roles: ['DEPLOYER'], rationale: REASON } });
  },
  'a confirmed risk of an exempt system': async (stage) => {
    await stage.change('lena', 'classifySystem', 'system', { input: { ...EXEMPT, roles: ['DEPLOYER'], rationale: REASON } });
    stage.second = await stage.admitReviewer({}, 'legal');
  },
  'a planned treatment': async (stage) => {
    await stage.change('rita', 'reopenRisk', 'risk', { reason: REASON });
    await stage.change('sam', 'planTreatment', 'risk', { option: 'REDUCE', reason: REASON });
    await stage.change('rita', 'confirmRisk', 'risk');
  },
  'a proposed mitigation': (stage) => propose(stage, null),
  'a verified mitigation': verifiedMitigation(),
  'a required mitigation': verifiedMitigation({ requiredFrom: 'PRODUCTION' }),
  'a mitigation whose evidence ends': verifiedMitigation({ brief: true }),
  'a required mitigation whose evidence ends': verifiedMitigation({ requiredFrom: 'PRODUCTION', brief: true }),
  'an accepted risk': acceptedRisk(() => inDays(30)),
  'a risk whose acceptance ends': acceptedRisk((stage) => stage.soon()),
  'an approved assessment': approvedAssessment('DPIA', { by: 'petra' }),
  'an assessment whose approval ends': flagged(['FRIA_REQUIRED'], approvedAssessment('FRIA', { by: 'lena', brief: true })),
  'a required assessment': flagged(['FRIA_REQUIRED'], approvedAssessment('FRIA', { by: 'lena' })),
  'a finding below HIGH': async (stage) => {
    stage.keep('finding', await raise(stage, 'MODERATE'));
  },
  'a condition that is due soon': (stage) => {
    stage.asks = { due: stage.soon(), effect: 'BLOCK' };
    return Promise.resolve();
  },
  'a condition that lapses soon': (stage) => {
    stage.asks = { due: stage.soon(), effect: 'LAPSE' };
    return Promise.resolve();
  },
  'a release that runs': (stage) => {
    stage.asking = { action: 'run', operation: 'check' };
    return Promise.resolve();
  },
  'a release that comes back': (stage) => {
    stage.asking = { action: 'rollback', operation: 'authorize' };
    return Promise.resolve();
  },
  'an emergency that ends': async (stage) => {
    stage.keep('finding', await raise(stage, 'HIGH'));
    await declareEmergency(stage, stage.record('release').bundleDigest, stage.soon());
    // A grant would use it up.
    stage.asking = { action: 'promote', operation: 'check' };
  },
  'a reviewer whose role ends': async (stage) => {
    stage.reviewer = await stage.admitReviewer({ validUntil: stage.soon() });
  },
  'a vote in the place of a colleague': represented(() => inDays(30)),
  'a vote in the place of a colleague for a while': represented((stage) => stage.soon()),
};

/** What ends by itself while the scene is played. */
export const ENDING: readonly string[] = [
  'a mitigation whose evidence ends', 'a required mitigation whose evidence ends', 'a risk whose acceptance ends', 'an assessment whose approval ends', 'a condition that is due soon', 'a condition that lapses soon',
  'an emergency that ends', 'a reviewer whose role ends', 'a vote in the place of a colleague for a while',
];

/** For one bundle, with the second key turned. */
export async function declareEmergency(stage: Stage, bundleDigest: string, validUntil: string): Promise<void> {
  stage.keep('breakGlass', await stage.acts.act('dana', 'invokeBreakGlass', { input: { system: stage.record('system').id, environment: ENVIRONMENT, bundleDigest, emergency: 'OUTAGE', incident: REASON, validUntil } }));
  await stage.change('eve', 'turnSecondKey', 'breakGlass');
}

/** Everything recorded, signed by somebody independent, and the gate open. */
export async function prepared(acts: Acts, reviewer: string, fact = 'a confirmed risk', patienceMs = 0): Promise<Stage> {
  const stage = new Stage(acts, patienceMs);
  stage.reviewer = reviewer;
  await stage.register();
  await FACTS[fact]!(stage);
  await stage.sign();
  await expectOpen(stage);
  return stage;
}

/** How long what ends soon must last: measured, for it has to outlast a preparation on a machine that may be busy. */
export async function measurePatience(acts: Acts, reviewer: string): Promise<number> {
  await prepared(acts, reviewer);
  const began = Date.now();
  await prepared(acts, reviewer, 'a verified mitigation');
  return 1000 + 3 * (Date.now() - began);
}

export function raise(stage: Stage, severity: string): ReturnType<Stage['logRisk']> {
  return stage.acts.act('vera', 'raiseFinding', { system: stage.record('system').id, input: { source: 'VALIDATION', severity, statement: 'Names are kept.', owner: 'dana' } });
}

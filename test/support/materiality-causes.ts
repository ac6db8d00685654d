// What happens after everything was signed, by the name in the column "cause" of test/materiality.csv: each one an act through the published API.
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import type { PolicyDocument } from '../../src/domain/policy-version.js';
import type { RiskCriteria } from '../../src/domain/scoring.js';
import { BreakGlassTable } from '../../src/gate/break-glass.table.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { CriteriaService } from '../../src/risks/criteria.service.js';
import { CriteriaTable } from '../../src/risks/risk.table.js';
import type { Acted } from './acts.js';
import { grantAcceptance, declareEmergency, EXEMPT, handInAssessment, HIGH, lends, raise, submitEvidence } from './materiality-facts.js';
import { aRisk, ENVIRONMENT, estimated, inDays, LOW, rating, REASON, STATEMENT, type RecordName, type Stage } from './materiality-stage.js';

export type Cause = (stage: Stage) => Promise<unknown>;

/** A further release with other bytes in these parts, for which promotion is asked. */
function ships(...roles: readonly string[]): Cause {
  return (stage) => shipped(stage, new Map([...stage.parts].map(([role, digest]) => [role, roles.includes(role) ? sha256(`${digest} again`) : digest])));
}

async function shipped(stage: Stage, parts: ReadonlyMap<string, string>): Promise<void> {
  stage.keep('earlier', stage.record('release'));
  stage.keep('release', await stage.ship(parts));
  stage.keep('promotion', await stage.open());
}

const shipsWithout = (gone: string): Cause => (stage) => shipped(stage, new Map([...stage.parts].filter(([role]) => role !== gone)));

async function retrained(stage: Stage): Promise<void> {
  await ships('MODEL')(stage);
  await stage.change('dana', 'claimChangeClass', 'release', { changeClass: 'RETRAIN_SAME_SPEC', since: stage.record('earlier').number, reason: REASON });
}

const does = (handle: string, mutation: string, name: RecordName, args: object = {}): Cause => (stage) => stage.change(handle, mutation, name, { ...args });
const withReason = (handle: string, mutation: string, name: RecordName): Cause => does(handle, mutation, name, { reason: REASON });
const editsSystem = (input: object): Cause => does('dana', 'editSystem', 'system', { input });
const classifies = (more: object): Cause => does('hugo', 'assessTier', 'system', { input: { tier: 'MODERATE', euClass: 'MINIMAL', flags: [], rationale: REASON, ...more } });
const signs = (more: object = {}): Cause => does('lena', 'classifySystem', 'system', { input: { euClass: 'MINIMAL', roles: ['DEPLOYER'], rationale: REASON, ...more } });
const editsRisk = (input: object): Cause => does('sam', 'editRisk', 'risk', { input });
const editsMitigation = (input: object): Cause => does('dana', 'editMitigation', 'mitigation', { input });
const over: Cause = (stage) => stage.waitUntilOver();
const votes = (choice: string): Cause => (stage) => stage.vote('rita', choice, ['RISK']);

const both = (...causes: readonly Cause[]): Cause => async (stage) => {
  for (const cause of causes) await cause(stage);
};
const confirmed = (first: Cause): Cause => both(first, does('rita', 'confirmRisk', 'risk'));
const assessesAt = (at: object): Cause => does('sam', 'assessRisk', 'risk', { input: estimated(at) });

function suspends(scope: (stage: Stage) => object): Cause {
  return async (stage) => stage.keep('suspension', await stage.acts.act('rita', 'imposeSuspension', { system: stage.record('system').id, input: { cause: 'INCIDENT', reason: REASON, ...scope(stage) } }));
}

/** Nobody can do this through the API yet, so it goes through the door; taken back afterwards, for it holds for every system. */
function adopts(changed: (matrix: readonly (readonly string[])[]) => string[][]): Cause {
  return async ({ acts, atTheEnd }) => {
    const ctx = acts.app.as('hugo');
    const adopt = async (matrix: RiskCriteria['matrix']): Promise<void> => {
      await acts.app.app.get(UnitOfWork).write(ctx, 'criteria.adopt', async (tx) => {
        const [present] = await tx.all(CriteriaTable, {});
        return tx.put(CriteriaTable, { next: { ...present!, matrix }, event: 'criteria.adopted' }, present);
      });
    };
    const { matrix } = await acts.app.app.get(CriteriaService).present(ctx);
    await adopt(changed(matrix) as unknown as RiskCriteria['matrix']);
    atTheEnd.push(() => adopt(matrix));
  };
}

const ELSEWHERE = 'cases: [{ name: elsewhere, why: It is bound to one system., wanted: { verdict: DENY, reasons: [BLOCK GATE NO_POLICY] } }]';

/** The shipped policy with what differs comes into force for the system on the stage alone. */
function bringsIntoForce(changed: Partial<PolicyDocument>): Cause {
  return async (stage) => {
    const { number } = stage.record('system');
    const source = JSON.stringify({ ...SHIPPED_DOCUMENT, ...changed, id: `for-${number.toLowerCase()}`, version: '1', bindings: [{ priority: 10, environments: [ENVIRONMENT], systems: [number] }] });
    let policy = await stage.acts.act('rita', 'draftPolicy', { input: { source, cases: ELSEWHERE, note: REASON } });
    for (const [handle, mutation] of [['rita', 'testPolicy'], ['rita', 'submitPolicy'], ['hugo', 'approvePolicy'], ['hanna', 'approvePolicy'], ['hugo', 'activatePolicy']] as const) policy = await stage.acts.change(handle, mutation, policy);
  };
}

const demandingOfPrivacy = (level: 'FOUR_EYES'): PolicyDocument['tierMatrix'] => {
  const { tierMatrix } = SHIPPED_DOCUMENT;
  return { ...tierMatrix, MODERATE: { ...tierMatrix.MODERATE, PRIVACY: { ...tierMatrix.MODERATE.PRIVACY, PRODUCTION: level } } };
};

const cell = (row: number, column: number, level: string) => (matrix: readonly (readonly string[])[]): string[][] =>
  matrix.map((cells, i) => cells.map((present, j) => (i === row && j === column ? level : present)));

/** Another release went in because it could not wait, and more than three days have passed: time that goes through the door, since no test waits for it. */
async function nobodyJudges(stage: Stage): Promise<void> {
  const { acts } = stage;
  const { bundleDigest } = await stage.ship(new Map([['MODEL', sha256('a fix')]]));
  await declareEmergency(stage, bundleDigest, inDays(0.5));
  await acts.gate('authorize', { environment: ENVIRONMENT, target: { bundleDigest }, system: stage.record('system').id });
  await acts.app.app.get(UnitOfWork).write(acts.app.as('sam'), 'breakGlass.invoke', async (tx) => {
    const present = await tx.lock(BreakGlassTable, stage.record('breakGlass').id);
    const before = (instant: string | null): string => plusDays(instant ?? '', -4);
    return tx.put(BreakGlassTable, { next: { ...present, invokedAt: before(present.invokedAt), validUntil: before(present.validUntil), usedAt: before(present.usedAt), reviewDue: before(present.reviewDue) }, event: 'breakGlass.used' }, present);
  });
}

export const CAUSES: Readonly<Record<string, Cause>> = {
  'another configuration': ships('CONFIG'), 'another prompt': ships('PROMPT'), 'another retrieval index': ships('RETRIEVAL_INDEX'), 'another guardrail': ships('GUARDRAIL'), 'a guardrail taken out': shipsWithout('GUARDRAIL'),
  'another tool schema': ships('TOOL_SCHEMA'), 'another dataset': ships('DATASET'), 'another model': ships('MODEL'), 'another adapter': ships('ADAPTER'), 'another tokenizer': ships('TOKENIZER'),
  'other code': ships('CODE'), 'a rebuilt image': ships('IMAGE'), 'a configuration and a dataset at once': ships('CONFIG', 'DATASET'),
  'a milder class is only claimed': retrained, 'a milder class is confirmed': both(retrained, withReason('vera', 'confirmChangeClass', 'release')),

  'the statement of a risk changes': editsRisk({ statement: { ...STATEMENT, consequence: 'all data leaves the company' } }),
  'a risk is moved to another release': async (stage) => stage.change('rita', 'editRisk', 'risk', { input: { release: (await stage.ship(new Map([['MODEL', sha256('elsewhere')]]))).id } }),
  'a risk is assessed higher': assessesAt(rating(3, 2)), 'a risk is assessed higher and confirmed': confirmed(assessesAt(rating(3, 2))),
  'a new risk is HIGH': async (stage) => {
    const { id, version } = stage.keep('new', await stage.logRisk({ statement: { ...STATEMENT, source: 'A supplier' } }));
    await stage.acts.act('sam', 'assessRisk', { id, expectedVersion: version, input: estimated(HIGH) });
  },
  'a new risk is logged': async (stage) => stage.keep('new', await stage.logRisk({ statement: { ...STATEMENT, source: 'A supplier' } })),
  'a risk is reopened': withReason('rita', 'reopenRisk', 'risk'),
  'a risk is closed': withReason('rita', 'closeRisk', 'risk'),

  'a risk is assessed lower and confirmed': confirmed(assessesAt(rating(2, 1))), 'other numbers of the same level are confirmed': confirmed(assessesAt(rating(1, 4))),
  'a typing error is mended': editsRisk({ statement: { ...STATEMENT, source: 'hidden  text in MAILS' } }), 'a risk gets other tags': editsRisk({ taxonomy: ['owasp-llm@2025#LLM02'], affectedParties: ['staff'] }),
  'a risk gets another owner': editsRisk({ owner: 'dana' }), 'a system is renamed': editsSystem({ name: 'Mail triage', businessUnit: 'Service', jurisdictions: ['EU', 'CH'] }),

  'another treatment is chosen': confirmed(both(withReason('rita', 'reopenRisk', 'risk'), does('sam', 'planTreatment', 'risk', { option: 'SHARE', reason: REASON }))),
  'a mitigation is cancelled': both(withReason('dana', 'cancelMitigation', 'mitigation'), withReason('rita', 'cancelMitigation', 'mitigation')),
  'a mitigation is found ineffective': withReason('kim', 'failMitigation', 'mitigation'), 'a mitigation lapses': over,
  'a mitigation is delayed': editsMitigation({ due: inDays(60) }), 'a mitigation is to do less': editsMitigation({ reduces: 1 }),

  'evidence is replaced by a fresher pass': (stage) => submitEvidence(stage, { supersedes: stage.record('evidence').id }),
  'evidence is revoked': withReason('kim', 'revokeEvidence', 'evidence'), 'evidence expires': over,
  'an acceptance is revoked': withReason('hugo', 'revokeAcceptance', 'riskAcceptance'), 'an acceptance expires': over,
  'an assessment gets its next edition': async (stage) => {
    await stage.change('dana', 'reviseImpactAssessment', 'impactAssessment', { reason: REASON });
    await handInAssessment(stage, 'DPIA');
    await stage.change('petra', 'approveImpactAssessment', 'impactAssessment');
  },
  'the approval of an assessment expires': over, 'an assessment is withdrawn': withReason('dana', 'withdrawImpactAssessment', 'impactAssessment'),

  'another purpose': editsSystem({ intendedPurpose: 'Answers mail by itself.' }), 'other people are affected': editsSystem({ affectedGroups: ['customers', 'applicants'] }), 'more autonomy': editsSystem({ autonomy: 'DECIDES' }),
  'a higher tier': classifies({ tier: 'HIGH' }), 'another class': classifies({ euClass: 'LIMITED' }), 'another flag': classifies({ flags: ['OPAQUE_MODEL'] }), 'a prohibited use': classifies({ euClass: 'PROHIBITED' }),
  'a stricter class is signed': signs({ euClass: 'LIMITED' }), 'a flag is signed': signs({ flags: [{ flag: 'OPAQUE_MODEL', holds: true }] }), 'other roles are signed': signs({ roles: ['PROVIDER'] }), 'what was assessed is signed': signs(),
  'another ground of the exemption is signed': signs({ ...EXEMPT, derogation: 'NARROW_PROCEDURAL_TASK' }), 'another listed use is signed': signs({ ...EXEMPT, annexIIIUses: ['III_4_B'] }), 'the same exemption is signed again': signs(EXEMPT),

  'criteria with another outcome': adopts(cell(1, 1, 'MODERATE')), 'criteria with the same outcome': adopts(cell(0, 4, 'MODERATE')),
  'a policy with another outcome': bringsIntoForce({ tierMatrix: demandingOfPrivacy('FOUR_EYES') }), 'a policy with the same outcome': bringsIntoForce({ grantMinutes: 7, validityDays: { ...SHIPPED_DOCUMENT.validityDays, MODERATE: 300 } }),

  'a condition is missed': over,
  'a condition is met in time': async (stage) => {
    await submitEvidence(stage);
    await stage.change('dana', 'fulfilCondition', 'condition', { evidence: [stage.record('evidence').id] });
    await stage.change('kim', 'confirmCondition', 'condition', { reason: REASON });
    await over(stage);
  },
  'a lapsed acceptance is renewed': async (stage) => {
    await over(stage);
    const { id, version } = await stage.acts.read<Acted>('axel', 'risk', { id: stage.record('risk').id }, 'id number version');
    stage.keep('riskAcceptance', await stage.acts.act('sam', 'requestAcceptance', { risk: id, expectedVersion: version, reason: REASON, validUntil: inDays(30), renews: stage.record('riskAcceptance').number }));
    await grantAcceptance(stage);
  },
  'something happens to a risk': suspends((stage) => ({ risk: stage.record('risk').number })),
  'something happens to the system': suspends(() => ({})),
  'a suspension is lifted on a new assessment': async (stage) => {
    await suspends((on) => ({ risk: on.record('risk').number }))(stage);
    await confirmed(assessesAt(LOW))(stage);
    await stage.change('hugo', 'liftSuspension', 'suspension', { reason: REASON });
  },

  'the signer loses the role': over, 'the signer joins the team': async (stage) => stage.change('dana', 'editSystem', 'system', { input: { developers: ['dana', stage.reviewer] } }),
  'the signer changes a mitigation': async (stage) => stage.change(stage.reviewer, 'editMitigation', 'mitigation', { input: { title: 'A better filter' } }),
  'the signer takes the vote back': async (stage) => stage.change(stage.reviewer, 'withdrawSignOff', 'signOff', { reason: REASON }),
  'the delegation is revoked': async (stage) => stage.change(stage.lender, 'revokeDelegation', 'delegation', { reason: REASON }), 'the delegation expires': over,
  'the lender loses a role': async (stage) => {
    const { id, version } = await stage.acts.read<{ id: string; version: number }>(stage.lender, 'viewer', {}, 'id version');
    await stage.acts.change('ada', 'revokeRole', { id, version }, { input: { role: 'REVIEWER', lane: 'SECURITY', reason: REASON } });
  },
  'the lender joins the team': async (stage) => stage.change('dana', 'editSystem', 'system', { input: { developers: ['dana', stage.lender] } }),
  'the lender is represented by somebody else as well': (stage) => lends(stage, 'vera', inDays(10)),
  'a colleague rejects': votes('REJECT'), 'a colleague asks for changes': votes('REQUEST_CHANGES'),

  'a finding at HIGH is raised': async (stage) => stage.keep('finding', await raise(stage, 'HIGH')), 'a finding rises to HIGH': does('vera', 'rateFinding', 'finding', { severity: 'HIGH', reason: REASON }),
  'the release is withdrawn': withReason('sam', 'withdrawRelease', 'release'), 'the system is suspended': withReason('rita', 'suspendSystem', 'system'), 'the system is retired': withReason('sam', 'retireSystem', 'system'),
  'a break-glass ends': over, 'nobody judges a break-glass in time': nobodyJudges, 'a break-glass is judged late': both(nobodyJudges, does('rita', 'reviewBreakGlass', 'breakGlass', { verdict: 'CONDEMN', reason: REASON })),
  'the request is cancelled': withReason('sam', 'cancelPromotion', 'promotion'),

  'a finding below HIGH is raised': (stage) => raise(stage, 'MODERATE'), 'somebody comments': (stage) => stage.acts.act('dana', 'commentOnPromotion', { id: stage.record('promotion').id, text: 'I would not ship this.', lane: 'RISK' }),
  'a mitigation is added': (stage) => stage.acts.act('dana', 'proposeMitigation', { risk: stage.record('risk').id, input: { title: 'A sample', description: 'Read by hand.', owner: 'dana', due: inDays(20), effect: 'LIKELIHOOD' } }),
  'a draft of a risk is written': (stage) => stage.acts.act('dana', 'logRisk', { system: stage.record('system').id, draft: true, input: aRisk() }),
  'a risk of another release is logged': async (stage) => stage.logRisk({ release: (await stage.ship(new Map([['MODEL', sha256('elsewhere')]]))).id }),
  'much is written about another system': async (stage) => {
    const { id, version } = await stage.acts.act('sam', 'registerSystem', { input: { name: 'Elsewhere', intendedPurpose: 'Something else.', owner: 'sam', autonomy: 'ASSISTS' } });
    await stage.acts.act('sam', 'logRisk', { system: id, input: aRisk() });
    await stage.acts.change('rita', 'suspendSystem', { id, version }, { reason: REASON });
  },
};

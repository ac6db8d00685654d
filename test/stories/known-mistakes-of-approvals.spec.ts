// Mistakes that systems of this kind have made, 11 to 18 of eighteen: what an approval is about, how long it holds, who has to give it, and what is given away.
// Each is tried through the published API. Where the feature does not exist yet, such as an override, it is tried in the form that it could have today.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { isNonNullType, isObjectType, isRequiredArgument } from 'graphql';
import { sha256 } from '../../src/domain/digest.js';
import { OPERATIONS } from '../chapters/operations.js';
import { admitEverything } from '../chapters/register.js';
import { Acts, blocking, pathsOf, Refused, SCHEMA, type Acted, type GateReason } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { HIGH, measurePatience, prepared } from '../support/materiality-facts.js';
import { ENVIRONMENT, estimated, inDays, LOW, REASON, STATEMENT, Stage } from '../support/materiality-stage.js';
import { allMadeAgain, auditorOf } from '../support/replays.js';

jest.setTimeout(60_000);

const because = { reason: REASON };
const MUTATIONS = Object.keys(SCHEMA.getMutationType()?.getFields() ?? {});

let app: TestApp;
let acts: Acts;
let reviewer: string;

beforeAll(async () => {
  app = await startApp();
  acts = new Acts(app);
  await acts.act('ada', 'createEnvironment', { input: { name: ENVIRONMENT, kind: 'PRODUCTION', previous: null } });
  reviewer = await new Stage(acts, 0).admitReviewer();
});
afterAll(() => app.close());

const refused = (act: Promise<unknown>): Promise<string> => acts.refusal(act);
const outcomeOf = async ({ id }: Acted): Promise<string> => (await acts.read<{ outcome: string }>('axel', 'riskAcceptance', { id }, 'outcome')).outcome;

async function registered(): Promise<Stage> {
  const stage = new Stage(acts, 0);
  stage.reviewer = reviewer;
  await stage.register();
  return stage;
}

/** A new risk at HIGH, which the head of risk and an executive accept together, or nobody. */
async function requested(stage: Stage, handle = 'sam'): Promise<{ risk: Acted; acceptance: Acted }> {
  const logged = await stage.logRisk();
  const risk = await acts.change('sam', 'assessRisk', logged, { input: estimated(HIGH) });
  return { risk, acceptance: await acts.act(handle, 'requestAcceptance', { risk: risk.id, expectedVersion: risk.version, ...because, validUntil: inDays(30) }) };
}

describe('the known mistakes', () => {
  test('11: an approval is pinned to a tag that can move', async () => {
    const stage = await prepared(acts, reviewer);
    const [system, release] = [stage.record('system').id, stage.record('release')];
    const { label } = await acts.read<{ label: string }>('axel', 'release', { id: release.id }, 'label');
    const ask = async (target: object): Promise<string[]> => blocking(await acts.gate('authorize', { environment: ENVIRONMENT, system, target }));
    const parts = [...stage.parts].map(([role, digest]) => ({ role, name: role.toLowerCase(), digest }));

    expect(await ask({ systemRelease: { system, version: label } })).toEqual(['TARGET/DIGEST DIGEST_REQUIRED']);
    expect(await ask({ releaseId: release.id })).toEqual(['TARGET/DIGEST DIGEST_REQUIRED']);
    expect(await ask({ components: parts })).toEqual([]);
    expect(await ask({ components: parts.map((part) => (part.role === 'IMAGE' ? { ...part, digest: sha256('pushed again') } : part)) })).toEqual(['TARGET/RELEASE RELEASE_UNKNOWN']);
    expect(await refused(acts.act('dana', 'createRelease', { system, input: { label, components: [{ role: 'IMAGE', name: 'image', digest: sha256('pushed again') }] } }))).toBe('ALREADY_EXISTS');
    expect(MUTATIONS.filter((name) => /(edit|move|retag|update)Release/i.test(name))).toEqual([]);
  });

  test('12: expiry is honoured on one path of several', async () => {
    const stage = await prepared(acts, reviewer, 'an assessment whose approval ends', await measurePatience(acts, reviewer));
    await stage.waitUntilOver();
    const question = { environment: ENVIRONMENT, target: { bundleDigest: stage.record('release').bundleDigest }, system: stage.record('system').id };
    const selection = 'verdict reasons { code requirement severity params { lane } }';

    const paths = [
      await acts.gate('check', question), await acts.gate('authorize', question),
      ...await Promise.all(['gateDecision', 'authorizePromotion'].map((name) => acts.read<{ verdict: string; reasons: GateReason[] }>('pipeline', name, { question }, selection))),
      (await acts.read<{ gate: { verdict: string; reasons: GateReason[] } }>('axel', 'promotion', { id: stage.record('promotion').id }, `gate { ${selection} }`)).gate,
    ];

    expect(paths.map(({ verdict, reasons }) => [verdict, ...reasons.filter(({ severity }) => severity === 'BLOCK').map(({ code }) => code)])).toEqual(Array(5).fill(['DENY', 'IMPACT_ASSESSMENT_EXPIRED']));
    expect(await acts.read('axel', 'impactAssessment', { id: stage.record('impactAssessment').id }, 'outcome')).toEqual({ outcome: 'EXPIRED' });
  });

  test('13: any one approval of any role is enough', async () => {
    const stage = await registered();
    await stage.change('hanna', 'assessTier', 'system', { input: { tier: 'HIGH', euClass: 'MINIMAL', flags: [], rationale: REASON } });
    stage.keep('promotion', await stage.open());
    const risk = async (): Promise<string[]> => blocking(await stage.ask()).filter((reason) => reason.startsWith('R5/RISK '));

    for (const [handle, lane] of [['kim', 'LEGAL'], ['lena', 'RISK'], ['bea', 'SECURITY']] as const) expect(await refused(stage.vote(handle, 'APPROVE', [lane]))).toBe('NOT_ELIGIBLE');
    await stage.vote('kim', 'APPROVE', ['SECURITY']);
    // Everybody here who may sign RISK works in one function: however many of them approve, it is not four eyes.
    expect(await risk()).toEqual(['R5/RISK NO_ELIGIBLE_REVIEWER']);
    await stage.vote('rita', 'APPROVE', ['RISK']);
    expect(await risk()).toEqual(['R5/RISK NO_ELIGIBLE_REVIEWER']);
    await stage.vote(reviewer, 'APPROVE', ['RISK']);
    expect(await risk()).toEqual(['R5/RISK NO_ELIGIBLE_REVIEWER']);
  });

  test('14: one person overrides everything, without an end', async () => {
    await admitEverything(app, 'omni');
    const before = acts.done.length;
    const system = await acts.act('omni', 'registerSystem', { input: { name: 'Alone', intendedPurpose: 'Anything.', owner: 'omni', autonomy: 'DECIDES' } });
    const tried = [await refused(acts.change('omni', 'assessTier', system, { input: { tier: 'MINIMAL', euClass: 'MINIMAL', rationale: REASON } }))];
    const risk = await acts.act('omni', 'logRisk', { system: system.id, input: { statement: STATEMENT, owner: 'omni', taxonomy: ['owasp-llm@2025#LLM01'] } });
    tried.push(await refused(acts.change('omni', 'confirmRisk', await acts.change('omni', 'assessRisk', risk, { input: estimated(LOW) }))));
    const release = await acts.act('omni', 'createRelease', { system: system.id, input: { label: '1', components: [{ role: 'MODEL', name: 'model', digest: sha256(randomBytes(8).toString('hex')) }] } });
    const promotion = await acts.act('omni', 'openPromotion', { input: { release: release.id, environment: ENVIRONMENT, reason: REASON } });
    const { lanes } = await acts.read<{ lanes: { lane: string }[] }>('omni', 'promotion', { id: promotion.id }, 'lanes { lane }');
    for (const { lane } of lanes) tried.push(await refused(acts.sign('omni', [promotion], [lane])));
    const waiver = await acts.act('omni', 'requestWaiver', { input: { release: release.id, environment: ENVIRONMENT, requirement: 'R5/SECURITY', reason: REASON, compensatingControl: 'None.', validUntil: new Date(Date.now() + 86_400_000).toISOString(), renews: null } });
    tried.push(await refused(acts.change('omni', 'grantWaiver', waiver)));
    const here = { system: system.id, environment: ENVIRONMENT };
    const emergency = await acts.act('omni', 'invokeBreakGlass', { input: { ...here, bundleDigest: release.bundleDigest, emergency: 'OUTAGE', incident: REASON, validUntil: new Date(Date.now() + 3_600_000).toISOString() } });
    tried.push(await refused(acts.change('omni', 'turnSecondKey', emergency)));
    const baseline = await acts.act('omni', 'importBaseline', { input: { ...here, bundleDigests: [release.bundleDigest], until: new Date(Date.now() + 86_400_000).toISOString(), reason: REASON } }) as unknown as readonly Acted[];
    tried.push(await refused(acts.change('omni', 'confirmBaseline', baseline[0]!)));
    const answer = await acts.gate('authorize', { environment: ENVIRONMENT, target: { bundleDigest: release.bundleDigest }, system: system.id }, 'omni');

    expect(acts.done.length).toBeGreaterThan(before);
    expect([...new Set(tried)]).toEqual(['SEPARATION_OF_DUTIES']);
    expect(tried.length).toBeGreaterThan(12);
    expect([answer.verdict, answer.decision, answer.grant]).toEqual(['DENY', false, null]);
    // Break-glass takes two at once, and others afterwards.
    expect(MUTATIONS.filter((name) => /override|bypass|break|force|exempt|skip/i.test(name))).toEqual(['invokeBreakGlass', 'reviewBreakGlass']);
    expect(isAlwaysThere('Baseline', 'until')).toBe(true);
    for (const type of ['SignOff', 'RiskAcceptance', 'Evidence', 'Waiver', 'BreakGlass']) expect(isAlwaysThere(type, 'validUntil')).toBe(true);
    expect(isAlwaysThere('Grant', 'expiresAt')).toBe(true);
  });

  function isAlwaysThere(name: string, field: string): boolean {
    const type = SCHEMA.getType(name);
    return isObjectType(type) && isNonNullType(type.getFields()[field]?.type);
  }

  test('15: to ask for an acceptance is to have it', async () => {
    const stage = await registered();
    const { risk, acceptance } = await requested(stage, 'rita');
    stage.keep('promotion', await stage.open());
    const blocked = async (): Promise<string[]> => blocking(await stage.ask()).filter((reason) => reason.includes(`/${risk.number} `));
    const both = [`R3/${risk.number} RISK_UNCONFIRMED`, `R4/${risk.number} RISK_ABOVE_TOLERANCE`];

    expect([await outcomeOf(acceptance), await blocked()]).toEqual(['REQUESTED', both]);
    expect(await refused(acts.change('rita', 'grantAcceptance', acceptance))).toMatch(/SEPARATION_OF_DUTIES|ABOVE_AUTHORITY/);
    const once = await acts.change('hugo', 'grantAcceptance', acceptance);
    expect([await outcomeOf(acceptance), await blocked()]).toEqual(['REQUESTED', both]);
    expect(await refused(acts.act('sam', 'requestAcceptance', { risk: risk.id, expectedVersion: risk.version, ...because, validUntil: '2199-01-01T00:00:00Z' }))).toBe('VALIDITY_TOO_LONG');
    await acts.change('eve', 'grantAcceptance', once);
    expect([await outcomeOf(acceptance), await blocked()]).toEqual(['GRANTED', []]);
  });

  test('16: a later edit keeps the approval', async () => {
    const stage = await prepared(acts, reviewer);
    const request = { input: { promotions: [stage.record('promotion').id], lanes: ['LEGAL'] } };
    const seen = await acts.read<{ challenge: string; packages: { package: { digest: string } }[] }>('lena', 'requestSignOff', request, 'challenge packages { package { digest } }');
    await stage.change('dana', 'editSystem', 'system', { input: { intendedPurpose: 'Answers mail by itself.' } });
    const answer = await stage.ask();

    expect([answer.grant, ...new Set(answer.reasons.map(({ code }) => code)), ...pathsOf(answer)]).toEqual([null, 'REVIEW_STALE', 'system.intendedPurpose']);
    expect(blocking(answer)).toHaveLength(12);
    const vote = { challenge: seen.challenge, packageDigests: seen.packages.map((one) => one.package.digest), choice: 'APPROVE', statement: 'As I read it before.' };
    expect(await refused(acts.act('lena', 'confirmSignOff', { input: vote }))).toBe('PACKAGE_CHANGED');
  });

  test('17: four eyes are counted before the row is locked', async () => {
    const stage = await registered();
    for (let round = 0; round < 4; round += 1) {
      const { acceptance } = await requested(stage);
      const grants = await Promise.allSettled(['hugo', 'hugo', 'hugo'].map((handle) => acts.change(handle, 'grantAcceptance', acceptance)));
      expect(codesOf(grants)).toEqual(['CONFLICT', 'CONFLICT', 'done']);
      const present = await acts.read<{ id: string; version: number }>('axel', 'riskAcceptance', { id: acceptance.id }, 'id version');
      expect(await refused(acts.change('hugo', 'grantAcceptance', present))).toBe('SEPARATION_OF_DUTIES');
      expect(await outcomeOf(acceptance)).toBe('REQUESTED');
      expect(codesOf(await Promise.allSettled(['eve', 'eve'].map((handle) => acts.change(handle, 'grantAcceptance', present))))).toEqual(['CONFLICT', 'done']);
      expect(await outcomeOf(acceptance)).toBe('GRANTED');
    }
  });

  function codesOf(settled: readonly PromiseSettledResult<unknown>[]): string[] {
    return settled.map((one) => (one.status === 'fulfilled' ? 'done' : one.reason instanceof Refused ? one.reason.code : String(one.reason))).sort();
  }

  test('18: a list returns everything, without pages', async () => {
    const stage = await registered();
    for (let n = 0; n < 3; n += 1) await stage.logRisk({ statement: { ...STATEMENT, source: `Mail ${String(n)}` } });
    const lists = Object.values(SCHEMA.getQueryType()?.getFields() ?? {}).filter(({ type }) => /Connection!$|Feed!$/.test(String(type))).map(({ name }) => name);
    expect(lists.length).toBeGreaterThan(8);

    for (const name of lists) {
      const needed = SCHEMA.getQueryType()?.getFields()[name]?.args.some(isRequiredArgument) === true ? OPERATIONS[name]!.args({ ids: { system: stage.record('system').id, environmentName: 'production' } } as never) : {};
      expect([name, await refused(acts.read('axel', name, { ...needed, first: 101 }, '__typename'))]).toEqual([name, 'INVALID_INPUT']);
      expect([name, (await acts.read<{ nodes: unknown[] }>('axel', name, needed, 'nodes { __typename }')).nodes.length <= 50]).toEqual([name, true]);
    }
    const page = await acts.read<{ nodes: unknown[]; pageInfo: { hasNextPage: boolean } }>('axel', 'risks', { first: 2 }, 'nodes { id } pageInfo { hasNextPage }');
    expect([page.nodes.length, page.pageInfo.hasNextPage]).toEqual([2, true]);
    for (const type of Object.values(SCHEMA.getTypeMap()).filter(isObjectType)) for (const field of Object.values(type.getFields()).filter((one) => String(one.type).endsWith('Connection!'))) expect(field.args.map(({ name }) => name)).toContain('first');
  });
});

test('every decision of these stories is made again, word for word', async () => {
  await (await prepared(acts, reviewer)).ask();

  await allMadeAgain('known-mistakes-of-approvals', auditorOf(app));
});

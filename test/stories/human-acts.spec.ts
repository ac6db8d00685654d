// How much work a promotion is: from the registered system and release to production, with everything that pilot-to-production asks for, counting
// every act of a person through the published API: what is done once about a system, what a chain of stages takes, and what each finding takes.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Classification } from '../../src/domain/classification.js';
import { parseDigest, sha256 } from '../../src/domain/digest.js';
import { Acts, blocking, type Acted, type GateAnswer } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { aRisk, estimated, inDays, LOW } from '../support/materiality-stage.js';
import type { Piece } from '../support/readiness-evidence.js';
import { allMadeAgain, auditorOf } from '../support/replays.js';
import { described, MILDEST, partiesOf, piecesFor, prepareRoad, WORKLOADS } from '../support/road.js';

jest.setTimeout(60_000);

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  await prepareRoad(app);
});
afterAll(() => app.close());

/** Showing the packages decides nothing by itself: with the vote that follows it is one act. */
const SHOWING = 'requestSignOff';
const CLASSIFIED: Readonly<Record<'MINIMAL' | 'MODERATE', Classification>> = { MINIMAL: { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [] }, MODERATE: { tier: 'MODERATE', euClass: 'LIMITED', flags: ['PERSONAL_DATA'] } };
/** Which acts say how critical the system is, once for all of its releases; and which are about something that a pilot has found. */
const OF_THE_TIER: readonly string[] = ['answerTieringQuestionnaire', 'assessTier'];
const OF_FINDINGS: readonly string[] = ['raiseFinding', 'planFinding'];
/** From pilot to production, and with a stage for tests and one for few people between them. */
const TWO_STAGES = ['pilot', 'production'] as const;
const FOUR_STAGES = ['pilot', 'staging', 'canary', 'live'] as const;
type Chain = typeof TWO_STAGES | typeof FOUR_STAGES;
const PARTS = ['MODEL', 'PROMPT', 'DATASET', 'IMAGE', 'CONFIG'];

class Story {
  readonly acts = new Acts(app);
  system!: Acted;
  release!: Acted;
  #model = sha256('');
  #risk = '';
  #base = 0;
  readonly #content = randomBytes(8).toString('hex');

  constructor(readonly tier: keyof typeof CLASSIFIED) {}

  /** A system and a release as they are registered: what is counted begins here. The team answers, and a risk officer judges by the answers. */
  async register({ answering = true }: { readonly answering?: boolean } = {}): Promise<void> {
    this.system = await this.acts.act('sam', 'registerSystem', { input: { name: `Triage ${this.#content}`, intendedPurpose: 'Sorts mail by topic.', owner: 'sam', developers: ['dana'], affectedGroups: ['customers'], autonomy: 'RECOMMENDS' } });
    await this.ship([]);
    this.#base = this.acts.done.length;
    if (answering) this.system = await this.acts.change('sam', 'answerTieringQuestionnaire', this.system, { input: { answers: MILDEST, rationale: 'As it is built.' } });
    this.system = await this.acts.change('hugo', 'assessTier', this.system, { input: { ...CLASSIFIED[this.tier], rationale: 'As it is built.' } });
  }

  /** What the pilot brought up: somebody says so, and its owner says what is done about it. */
  async find(): Promise<void> {
    const raised = await this.acts.act('rita', 'raiseFinding', { system: this.system.id, input: { source: 'PILOT', severity: 'MODERATE', statement: 'Handwriting is read worse than print.', owner: 'sam' } });
    await this.acts.change('sam', 'planFinding', raised, { action: 'Handwriting goes to people.', due: inDays(30) });
  }

  /** What a lawyer signs about it. */
  async classify(): Promise<void> {
    this.system = await this.acts.change('lena', 'classifySystem', this.system, { input: { euClass: CLASSIFIED[this.tier].euClass, roles: ['PROVIDER'], rationale: 'No use in Annex III.' } });
  }

  /** A release with other bytes in these parts. */
  async ship(changed: readonly string[]): Promise<void> {
    const components = PARTS.map((role) => ({ role, name: role.toLowerCase(), digest: sha256(`${this.#content} ${role} ${changed.includes(role) ? 'again' : ''}`) }));
    this.#model = parseDigest(components[0]!.digest, 'digest');
    this.release = await this.acts.act('dana', 'createRelease', { system: this.system.id, input: { label: randomBytes(4).toString('hex'), components } });
  }

  async know(): Promise<void> {
    const logged = await this.acts.act('sam', 'logRisk', { system: this.system.id, input: aRisk() });
    await this.acts.change('rita', 'confirmRisk', await this.acts.change('sam', 'assessRisk', logged, { input: estimated(LOW) }));
    this.#risk = logged.number;
  }

  /** What the workloads measure about the release; the signals of the monitor come once it runs. */
  async measure(): Promise<void> {
    await this.#supply('pipeline');
  }

  /** After the pilot: its documents, handed in by the team in one act and verified by a reviewer in another, and the signals. */
  async show({ documents }: { readonly documents: boolean }): Promise<void> {
    if (documents) await this.#supply('dana');
    await this.#supply('monitor');
  }

  async #supply(by: string): Promise<void> {
    const pieces = piecesFor({ system: this.system.number, risk: this.#risk, model: this.#model, bundle: this.release.bundleDigest }, CLASSIFIED[this.tier]).filter(({ type }) => partiesOf(type).submitter === by);
    if (pieces.length === 0) return;
    const digest = ({ payload }: Piece): string => sha256(JSON.stringify(payload));
    const input = pieces.map((piece) => described(piece, { digest: digest(piece), bundle: this.release.bundleDigest }));
    const submitted = await this.acts.act(by, 'submitEvidenceSet', { system: this.system.id, input }) as unknown as Acted[];
    await this.acts.act(partiesOf(pieces[0]!.type).verifier, 'verifyEvidenceSet', { input: submitted.map(({ id, version }) => ({ id, expectedVersion: version })) });
  }

  open(environment: string): Promise<Acted> {
    return this.acts.act('sam', 'openPromotion', { input: { release: this.release.id, environment, reason: 'It works.' } });
  }

  /** One request for each stage; the last one is what people sign. */
  async openAll(chain: Chain): Promise<Acted> {
    for (const stage of chain.slice(0, -1)) await this.open(stage);
    return this.open(chain.at(-1)!);
  }

  question(environment: string): object {
    return { environment, target: { bundleDigest: this.release.bundleDigest }, system: this.system.id };
  }

  check(environment: string): Promise<GateAnswer> {
    return this.acts.gate('check', this.question(environment));
  }

  async asked(environment: string): Promise<string[]> {
    return (await this.check(environment)).basis.reviews.filter(({ passed }) => !passed).map(({ lane }) => lane);
  }

  /** The deployment tool's part: no act of a person. */
  async deploy(environment: string): Promise<void> {
    const answer = await this.acts.gate('authorize', this.question(environment));
    expect({ environment, blocked: blocking(answer), verdict: answer.verdict }).toEqual({ environment, blocked: [], verdict: 'ALLOW' });
    await this.acts.act('pipeline', 'reportDeployment', { input: { grant: answer.grant?.id, bundleDigest: this.release.bundleDigest, environment } });
  }

  /** Each lane is signed by the first who may, in one act with their other lanes. */
  async signAll(promotions: readonly Acted[], lanes: Readonly<Record<string, readonly string[]>>): Promise<void> {
    for (const [handle, theirs] of Object.entries(lanes)) await this.acts.sign(handle, promotions, theirs);
  }

  count(): { acts: number; tier: number; findings: number; way: number; mutations: number } {
    const byPeople = this.acts.done.slice(this.#base).filter(({ handle }) => !(WORKLOADS as readonly string[]).includes(handle)).map(({ mutation }) => mutation);
    const acts = byPeople.filter((mutation) => mutation !== SHOWING);
    const [tier, findings] = [OF_THE_TIER, OF_FINDINGS].map((of) => acts.filter((mutation) => of.includes(mutation)).length) as [number, number];
    return { acts: acts.length, tier, findings, way: acts.length - tier - findings, mutations: byPeople.length };
  }

  /** All acts, and how many of them are those of the way itself. */
  tell(chain: Chain): { acts: number; way: number } {
    const { acts, tier, findings, way, mutations } = this.count();
    console.log(`${this.tier}, ${chain.join(' → ')}: ${String(acts)} human acts since the system was registered: ${String(tier)} about its tier, once for all of its releases, ${String(findings)} about a finding of the pilot, ${String(way)} from pilot to production (${String(mutations)} mutations, with showing before each signing)`);
    return { acts, way };
  }
}

const MODERATE_REVIEWERS = {
  rita: ['RISK'], lena: ['LEGAL', 'PRIVACY'], kim: ['SECURITY', 'PROVENANCE'], petra: ['DATA'], vera: ['VALIDATION', 'FAIRNESS'], omar: ['OPS', 'OVERSIGHT'], bea: ['BUSINESS', 'TRANSPARENCY'],
};
const MINIMAL_SELF = ['LEGAL', 'PRIVACY', 'SECURITY', 'DATA', 'VALIDATION', 'BUSINESS', 'OPS', 'TRANSPARENCY', 'PROVENANCE'];

/** A MODERATE system in production, each lane signed by somebody independent; `finds`: the pilot has brought something up. */
async function givenInProduction(chain: Chain = TWO_STAGES, { finds = false }: { readonly finds?: boolean } = {}): Promise<Story> {
  const story = new Story('MODERATE');
  await story.register();
  await story.classify();
  await story.know();
  await story.signAll([await story.openAll(chain)], MODERATE_REVIEWERS);
  await story.measure();
  await story.deploy('pilot');
  if (finds) await story.find();
  await story.show({ documents: true });
  for (const stage of chain.slice(1)) await story.deploy(stage);
  return story;
}

/** A MINIMAL system in production: the team attests all but one lane. */
async function givenMinimalInProduction(chain: Chain): Promise<Story> {
  const story = new Story('MINIMAL');
  await story.register();
  await story.classify();
  const production = await story.openAll(chain);
  await story.acts.sign('rita', [production], ['RISK'], { attests: ['NO_RISK_ABOVE_LOW'] });
  await story.acts.sign('sam', [production], MINIMAL_SELF);
  await story.measure();
  for (const stage of chain) await story.deploy(stage);
  return story;
}

describe('from pilot to production', () => {
  test('a MINIMAL system takes 5 human acts, and 2 before them that say how critical it is', async () => {
    const fresh = new Story('MINIMAL');
    await fresh.register();
    expect(blocking(await fresh.check('pilot'))).toContain('R3 RISK_REGISTER_EMPTY');

    expect((await givenMinimalInProduction(TWO_STAGES)).tell(TWO_STAGES)).toEqual({ acts: 7, way: 5 });
  });

  test('a MODERATE system takes 15 human acts, 2 before them, and 2 for what the pilot has found', async () => {
    expect((await givenInProduction(TWO_STAGES, { finds: true })).tell(TWO_STAGES)).toEqual({ acts: 19, way: 15 });
  });

  test('each stage between them takes one request more', async () => {
    expect((await givenMinimalInProduction(FOUR_STAGES)).tell(FOUR_STAGES)).toEqual({ acts: 9, way: 7 });
    expect((await givenInProduction(FOUR_STAGES, { finds: true })).tell(FOUR_STAGES)).toEqual({ acts: 21, way: 17 });
  });

  test('without answers nothing goes further than the pilot', async () => {
    const story = new Story('MINIMAL');
    await story.register({ answering: false });
    await story.classify();
    expect(blocking(await story.check('pilot'))).not.toContain('R8/G-02 READINESS_INCOMPLETE');
    expect(blocking(await story.check('production'))).toContain('R8/G-02 READINESS_INCOMPLETE');
  });

  test('a sign-off that is left out is missed: the few acts are all needed', async () => {
    const story = new Story('MODERATE');
    await story.register();
    await story.know();
    await story.open('pilot');
    const { omar: _, ...others } = MODERATE_REVIEWERS;
    await story.signAll([await story.open('production')], others);
    await story.measure();
    await story.deploy('pilot');

    expect(await story.asked('production')).toEqual(['OVERSIGHT', 'OPS']);
  });
});

describe('an unchanged lane', () => {
  test('is never asked twice: a later environment, another request, another release', async () => {
    const story = await givenInProduction();
    const carried = async (environment: string): Promise<string[]> => (await story.check(environment)).basis.reviews.filter(({ carriedFrom }) => carriedFrom.length > 0).map(({ lane }) => lane);

    expect(await carried('pilot')).toEqual(['RISK', 'LEGAL', 'PRIVACY', 'SECURITY', 'DATA', 'BUSINESS', 'PROVENANCE']);

    const again = await story.open('production');
    expect(await story.asked('production')).toEqual([]);
    await story.acts.change('sam', 'cancelPromotion', again, { reason: 'Not needed.' });
    await story.open('production');
    expect(await story.asked('production')).toEqual([]);

    await story.ship(['PROMPT']);
    await story.open('production');
    expect(await story.asked('production')).toEqual(['SECURITY', 'FAIRNESS', 'VALIDATION', 'TRANSPARENCY']);
    expect(await carried('production')).toEqual(['RISK', 'LEGAL', 'PRIVACY', 'DATA', 'OVERSIGHT', 'BUSINESS', 'OPS', 'PROVENANCE']);
  });

  test('is not asked after a rebuilt image: that asks SECURITY and OPS only, and takes four human acts', async () => {
    const story = await givenInProduction();
    const before = story.count().acts;
    await story.ship(['IMAGE']);
    await story.open('pilot');
    const production = await story.open('production');

    expect(await story.asked('production')).toEqual(['SECURITY', 'OPS']);
    expect(await story.asked('pilot')).toEqual(['SECURITY']);

    await story.signAll([production], { kim: ['SECURITY'], omar: ['OPS'] });
    await story.measure();
    await story.deploy('pilot');
    await story.show({ documents: false });
    await story.deploy('production');

    // Its registration is not counted above either.
    const acts = story.count().acts - before - 1;
    console.log(`rebuilt image: ${String(acts)} human acts, of SECURITY and OPS`);
    expect(acts).toBe(4);
  });
});

test('every decision of these stories is made again, word for word', async () => {
  const story = new Story('MINIMAL');
  await story.register();
  await story.check('pilot');

  await allMadeAgain('human-acts', auditorOf(app));
});

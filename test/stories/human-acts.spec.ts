// How much work a promotion is: from the registered system and release to production, with everything that pilot-to-production asks for, counting
// every act of a person through the published API.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Classification } from '../../src/domain/classification.js';
import { parseDigest, sha256 } from '../../src/domain/digest.js';
import { Acts, blocking, type Acted, type GateAnswer } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { aRisk, estimated, LOW } from '../support/materiality-stage.js';
import type { Piece } from '../support/readiness-evidence.js';
import { allMadeAgain, auditorOf } from '../support/replays.js';
import { described, partiesOf, piecesFor, prepareRoad, WORKLOADS } from '../support/road.js';

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

  /** A system and a release as they are registered and assessed: what is counted begins here. */
  async register(): Promise<void> {
    const registered = await this.acts.act('sam', 'registerSystem', { input: { name: `Triage ${this.#content}`, intendedPurpose: 'Sorts mail by topic.', owner: 'sam', developers: ['dana'], affectedGroups: ['customers'], autonomy: 'RECOMMENDS' } });
    this.system = await this.acts.change('hugo', 'assessTier', registered, { input: { ...CLASSIFIED[this.tier], rationale: 'By the questionnaire.' } });
    await this.ship([]);
    this.#base = this.acts.done.length;
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

  count(): { acts: number; mutations: number } {
    const byPeople = this.acts.done.slice(this.#base).filter(({ handle }) => !(WORKLOADS as readonly string[]).includes(handle));
    return { acts: byPeople.filter(({ mutation }) => mutation !== SHOWING).length, mutations: byPeople.length };
  }

  tell(what: string): number {
    const { acts, mutations } = this.count();
    console.log(`${what}: ${String(acts)} human acts from pilot to production (${String(mutations)} mutations, with showing before each signing); staging and canary are one request each more`);
    return acts;
  }
}

const MODERATE_REVIEWERS = {
  rita: ['RISK'], lena: ['LEGAL', 'PRIVACY'], kim: ['SECURITY', 'PROVENANCE'], petra: ['DATA'], vera: ['VALIDATION', 'FAIRNESS'], omar: ['OPS', 'OVERSIGHT'], bea: ['BUSINESS', 'TRANSPARENCY'],
};
const MINIMAL_SELF = ['LEGAL', 'PRIVACY', 'SECURITY', 'DATA', 'VALIDATION', 'BUSINESS', 'OPS', 'TRANSPARENCY', 'PROVENANCE'];

/** A MODERATE system in production, each lane signed by somebody independent. */
async function givenInProduction(): Promise<Story> {
  const story = new Story('MODERATE');
  await story.register();
  await story.classify();
  await story.know();
  await story.open('pilot');
  await story.signAll([await story.open('production')], MODERATE_REVIEWERS);
  await story.measure();
  await story.deploy('pilot');
  await story.show({ documents: true });
  await story.deploy('production');
  return story;
}

describe('from pilot to production', () => {
  test('a MINIMAL system takes at most 5 human acts', async () => {
    const story = new Story('MINIMAL');
    await story.register();
    expect(blocking(await story.check('pilot'))).toContain('R3 RISK_REGISTER_EMPTY');

    await story.classify();
    await story.open('pilot');
    const production = await story.open('production');
    await story.acts.sign('rita', [production], ['RISK'], { attests: ['NO_RISK_ABOVE_LOW'] });
    await story.acts.sign('sam', [production], MINIMAL_SELF);
    await story.measure();
    await story.deploy('pilot');
    await story.deploy('production');

    expect(story.tell('MINIMAL')).toBeLessThanOrEqual(5);
  });

  test('a MODERATE system takes at most 15 human acts', async () => {
    const story = await givenInProduction();

    expect(story.tell('MODERATE')).toBeLessThanOrEqual(15);
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

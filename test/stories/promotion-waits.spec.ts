// The story that the command line plays, told here to a server of its own: every step answers as the steps themselves say.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { clientOf } from '../../src/cli/client.js';
import { modelComponents, tamperedComponents } from '../../src/cli/story/model-files.js';
import { play } from '../../src/cli/story/play.js';
import { storySteps, type StoryOptions } from '../../src/cli/story/steps.js';
import { problemsOf, Notes } from '../../src/cli/story/step.js';
import { packageRoot } from '../../src/platform/package-root.js';
import { startApp, type TestApp } from '../support/app.js';
import { allMadeAgain, auditorOf } from '../support/replays.js';

// Some hundred writes in a row, on a machine that may be busy.
jest.setTimeout(120_000);

let app: TestApp;
let options: StoryOptions;
let told: Awaited<ReturnType<typeof play>>;
const printed: string[] = [];
const terminal = { out: (line: string): void => void printed.push(line), err: (line: string): void => void printed.push(line) };

beforeAll(async () => {
  app = await startApp();
  options = { run: 'of the test', components: await modelComponents(packageRoot()), tampered: await tamperedComponents(packageRoot()) };
  told = await play(storySteps(options), speaker, terminal);
});
afterAll(() => app.close());

async function speaker(handle: string): Promise<ReturnType<typeof clientOf>> {
  return clientOf(app.url, await app.token(handle));
}

describe('a promotion', () => {
  test('waits for its reviews, is deployed, and is refused again when a risk has changed', () => {
    expect(told.flatMap(({ step, problems }) => problems.map((problem) => `${step.as} ${step.title}: ${problem}`))).toEqual([]);
    expect(told).toHaveLength(storySteps(options).length);
  });

  test('is told again beside an earlier telling', async () => {
    const played = await play(storySteps({ ...options, run: 'of the test, again' }), speaker, terminal);

    expect(played.flatMap((step) => step.problems)).toEqual([]);
  });
});

test('every decision of the story is made again, word for word', async () => {
  const decided = told.flatMap(({ answer }) => (answer.kind === 'decided' ? [answer.gate] : []));
  expect(new Set(decided.map(({ verdict }) => verdict))).toEqual(new Set(['ALLOW', 'PENDING', 'DENY']));
  expect(await allMadeAgain('promotion-waits', auditorOf(app))).toBeGreaterThanOrEqual(new Set(decided.map(({ decisionId }) => decisionId)).size);
});

describe('the story stops', () => {
  test('at the first answer that is not the expected one, and says what differs', async () => {
    const [first, ...rest] = storySteps({ ...options, run: 'that goes wrong' });
    printed.length = 0;

    const played = await play([{ ...first!, wanted: { kind: 'refused', code: 'NOT_FOUND' } }, ...rest], speaker, terminal);

    expect(played).toHaveLength(1);
    expect(printed.join('\n')).toContain('NOT AS EXPECTED  answer: expected refused NOT_FOUND, got done');
  });

  test('at one reason too many, one too few, or another verdict', () => {
    const gate = { verdict: 'DENY' as const, reviews: [], grant: null, expiresAt: null, decisionId: null, bundleDigest: null, reasons: [{ code: 'RISK_UNCONFIRMED', requirement: 'R3/R-1', message: '', nextAction: '', differences: [] }] };
    const problems = (verdict: 'DENY' | 'ALLOW', ...reasons: string[]): number => problemsOf({ kind: 'decided', verdict, reasons }, { kind: 'decided', gate }, new Notes()).length;

    expect(problems('DENY', 'R3/R-1 RISK_UNCONFIRMED')).toBe(0);
    expect(problems('DENY')).toBe(1);
    expect(problems('DENY', 'R3/R-1 RISK_UNCONFIRMED', 'R19 STAGE_SKIPPED')).toBe(1);
    expect(problems('ALLOW', 'GATE ALL_REQUIREMENTS_MET')).toBe(2);
  });
});

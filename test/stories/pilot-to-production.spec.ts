// The road of an example system from pilot to production: evidence arrives file by file, each theme turns green in its turn, every stage opens
// when it is due; and once it is there, each single piece that is taken away, fails or speaks of other bytes closes the gate with a reason of its own.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { clientOf, type Client } from '../../src/cli/client.js';
import { exampleComponents } from '../../src/cli/story/evidence-files.js';
import { play } from '../../src/cli/story/play.js';
import { prepare, productionSteps } from '../../src/cli/story/production-steps.js';
import { sha256 } from '../../src/domain/digest.js';
import type { JsonObject } from '../../src/domain/payload.js';
import { requirementOf, type EvidenceRow } from '../../src/domain/policy-terms.js';
import { blocking, type Acted, type GateAnswer } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { inDays } from '../support/materiality-stage.js';
import { connectTo } from '../support/register.js';
import { changed, READINESS_BREAKS, type Piece } from '../support/readiness-evidence.js';
import { allMadeAgain, auditorOf } from '../support/replays.js';
import { greenThemes, ITEMS, prepareRoad, Road, STAGES, type StageName } from '../support/road.js';

// Some hundred requests in a row, on a machine that may be busy.
jest.setTimeout(240_000);

/** From which stage on each type is asked for; files arrive in this order. */
const ARRIVALS: Readonly<Record<StageName, readonly string[]>> = {
  pilot: ['literacy_record', 'deidentification_record'],
  staging: ['pilot_report', 'lineage_graph', 'data_quality_report', 'evaluation_run', 'adversarial_test', 'ai_bom', 'provenance_attestation', 'pipeline_run'],
  canary: ['scaling_test', 'capacity_plan', 'monitoring_plan', 'rollback_test'],
  live: ['handover', 'monitoring_live', 'maintenance_plan', 'cost_benefit', 'model_card', 'ip_review', 'incident_plan'],
};
const REVIEWERS = { rita: ['RISK'], lena: ['LEGAL'], kim: ['SECURITY', 'PROVENANCE'], petra: ['DATA'], vera: ['VALIDATION', 'FAIRNESS'], omar: ['OPS', 'OVERSIGHT'], bea: ['BUSINESS', 'TRANSPARENCY'] };

let app: TestApp;
let road: Road;
/** What the gate said of each stage before its evidence was there, and when leave to deploy was asked for. */
const before = new Map<StageName, GateAnswer>();
const deployed = new Map<StageName, GateAnswer>();
/** Which themes turned green with what. */
const turned: (readonly [string, readonly string[]])[] = [];
let green: readonly string[] = [];
/** The states of P-02 while the finding of the pilot was open, and after its owner had a plan. */
const found: string[] = [];
/** The piece that speaks at present, by type and, where several do, what tells them apart. */
const standing = new Map<string, Acted>();
const kept = ({ type, payload: { signal } }: Piece): string => (typeof signal === 'string' ? `${type} ${signal}` : type);

beforeAll(async () => {
  app = await startApp();
  await prepareRoad(app);
  road = await Road.begin(app);
  await pilot();
  await onward('staging');
  await onward('canary');
  await note('the canary');
  await onward('live');
});
afterAll(async () => {
  road.end();
  await app.close();
});

/** A pilot of the delivery team, in which something comes to light. */
async function pilot(): Promise<void> {
  green = greenThemes(await road.readiness('live'));
  const opened = await road.open('pilot');
  await road.acts.sign('sam', [opened], ['RISK', 'LEGAL', 'SECURITY', 'DATA', 'BUSINESS', 'PROVENANCE']);
  await road.acts.sign('petra', [opened], ['PRIVACY']);
  await arrive('pilot');
  const finding = await road.acts.act('rita', 'raiseFinding', { system: road.system.id, input: { source: 'PILOT', severity: 'MODERATE', statement: 'Handwriting is read worse than print.', owner: 'sam' } });
  before.set('staging', await road.check('staging'));
  await bring('pilot_report');
  found.push(await stateOf('P-02'));
  await road.acts.change('sam', 'planFinding', finding, { action: 'Route handwriting to people.', due: inDays(20) });
  found.push(await stateOf('P-02'));
  await note('pilot_report');
}

/** The request for production is opened with the first, and signed by every reviewer; the stages before it carry over what was signed. */
async function onward(stage: Exclude<StageName, 'pilot'>): Promise<void> {
  if (stage !== 'live') await road.open(stage);
  if (stage === 'staging') {
    const live = await road.open('live');
    for (const [handle, lanes] of Object.entries(REVIEWERS)) await road.acts.sign(handle, [live], lanes);
  }
  await arrive(stage);
}

async function arrive(stage: StageName): Promise<void> {
  if (!before.has(stage)) before.set(stage, await road.check(stage));
  for (const type of ARRIVALS[stage].filter((one) => one !== 'pilot_report')) {
    await bring(type);
    await note(type);
  }
  deployed.set(stage, await road.deploy(stage));
}

async function bring(type: string): Promise<void> {
  for (const piece of road.pieces().filter((one) => one.type === type)) standing.set(kept(piece), await road.bring(piece));
}

async function note(what: string): Promise<void> {
  const now = greenThemes(await road.readiness('live'));
  expect(now).toEqual(expect.arrayContaining([...green]));
  turned.push([what, now.filter((theme) => !green.includes(theme))]);
  green = now;
}

async function stateOf(id: string): Promise<string> {
  return (await road.readiness('live')).items.find(({ requirement }) => requirement === `R7/${id}`)!.state;
}

const ofReadiness = (answer: GateAnswer): string[] => answer.reasons.filter(({ requirement }) => /^R[78]\/[A-Z]-\d\d$/.test(requirement)).map(({ requirement, code, severity }) => `${severity} ${requirement} ${code}`);

describe('on the road', () => {
  test('each stage opens once what it asks for is there, and not before', () => {
    expect(STAGES.map((stage) => [stage, before.get(stage)!.verdict, deployed.get(stage)!.verdict, blocking(deployed.get(stage)!)])).toEqual(STAGES.map((stage) => [stage, 'DENY', 'ALLOW', []]));
  });

  test('each theme turns green as its last file arrives', () => {
    expect(Object.fromEntries(turned.filter(([, themes]) => themes.length > 0))).toEqual({
      deidentification_record: ['anonymization'], pilot_report: ['pilot-results'], lineage_graph: ['lineage'], data_quality_report: ['data-quality'], evaluation_run: ['evaluation'], adversarial_test: ['security'],
      scaling_test: ['scaling'], rollback_test: ['rollback'], 'the canary': ['delivery'], handover: ['infrastructure'], monitoring_live: ['monitoring'], maintenance_plan: ['maintenance'], cost_benefit: ['sign-off'],
      model_card: ['transparency'], ip_review: ['open-source'], incident_plan: ['incident'],
    });
  });

  test('every theme that is asked of such a system is green in the end, also the one that nothing was open in', async () => {
    const { themes } = await road.readiness('live');
    expect(turned.at(-1)![0]).toBe('incident_plan');
    expect([...green].sort()).toEqual(themes.map(({ theme }) => theme).sort());
    expect(themes.map(({ theme }) => theme).filter((theme) => !turned.some(([, found]) => found.includes(theme)))).toEqual(['risk']);
  });

  test('what the pilot found holds it up until its owner has a plan', () => {
    expect(found).toEqual(['REJECTED', 'SATISFIED']);
  });

  test('between them the files are all that is asked for', () => {
    expect(Object.values(ARRIVALS).flat().sort()).toEqual([...new Set(ITEMS.map(({ evidenceType }) => evidenceType))].sort());
  });
});

/** For a system of this tier the value itself has to meet the threshold, not its bound. */
const FAILING: Readonly<Record<string, JsonObject>> = { ...Object.fromEntries(Object.entries(READINESS_BREAKS).map(([id, { change }]) => [id, change])), 'E-02': { metrics: [{ name: 'accuracy', value: 0.89, ciLow: 0.87, threshold: 0.9, direction: 'AT_LEAST' }] } };

/** The database waits for the instant, whose clock it is that the gate goes by. */
async function waitUntilOver(instant: string): Promise<void> {
  const clock = await connectTo(app.database.appUrl, app.as('ada').tenantId);
  await clock.query("select pg_sleep_until($1::timestamptz + interval '1 ms')", [instant]);
  await clock.end();
}

/** What the gate says of items; where one of those that are not met blocks, it lets nothing through. */
async function told(closed: readonly EvidenceRow[]): Promise<string[]> {
  const answer = await road.check('live');
  expect(answer.verdict).toBe(closed.some(({ severity }) => severity === 'BLOCK') ? 'DENY' : 'ALLOW');
  return ofReadiness(answer);
}

async function open(): Promise<void> {
  const answer = await road.check('live');
  expect([answer.verdict, ofReadiness(answer)]).toEqual(['ALLOW', []]);
}

describe('once it is in production', () => {
  test.each(Object.values(ARRIVALS).flat())('%s: failing, about other bytes, taken back or over, it closes the gate by the items that rest on it', async (type) => {
    const rows = ITEMS.filter(({ evidenceType }) => evidenceType === type);
    const passing = (): Piece => road.pieces().find((piece) => piece.type === type)!;
    const key = kept(passing());
    const replace = async (piece: Piece, more: object = {}): Promise<void> => void standing.set(key, await road.bring(piece, { supersedes: standing.get(key)!.id, ...more }));
    // Of several that speak the others still do, and miss the one that is gone.
    const reasons = (code: string): string[] => rows.map((row) => `${row.severity} ${requirementOf(row)} ${type === 'monitoring_live' ? row.code : code}`);

    for (const row of rows) {
      const piece = passing();
      await replace({ ...piece, payload: changed(piece.payload, FAILING[row.id] ?? {}) });
      expect(await told([row])).toContain(`${row.severity} ${requirementOf(row)} ${row.code}`);
      // It was wrong, and what comes next says so.
      await road.acts.change('rita', 'revokeEvidence', standing.get(key)!, { reason: 'It was measured on something else.' });
    }
    await replace(passing());
    await replace(passing(), { subjectDigest: sha256('other bytes') });
    expect(await told(rows)).toEqual(expect.arrayContaining(reasons('EVIDENCE_WRONG_SUBJECT')));

    await replace(passing());
    await road.acts.change('rita', 'revokeEvidence', standing.get(key)!, { reason: 'The file cannot be found any more.' });
    expect(await told(rows)).toEqual(expect.arrayContaining(reasons('EVIDENCE_MISSING')));

    const began = Date.now();
    await replace(passing());
    await open();

    // Late enough for it to be verified before.
    const ends = new Date(Date.now() + 3 * (Date.now() - began) + 500).toISOString();
    await replace(passing(), { validUntil: ends });
    await waitUntilOver(ends);
    expect(await told(rows)).toEqual(expect.arrayContaining(reasons('EVIDENCE_EXPIRED')));

    await replace(passing());
    await open();
  });
});

test('the story that the command line plays goes as its steps say, where policy and stages are there already', async () => {
  const speaker = async (handle: string): Promise<Client> => clientOf(app.url, await app.token(handle));
  const printed: string[] = [];
  const terminal = { out: (line: string): void => void printed.push(line), err: (line: string): void => void printed.push(line) };
  const steps = productionSteps({ run: 'of the test', components: await exampleComponents() });
  const told = await play(steps, speaker, terminal);

  expect(told.flatMap(({ step, problems }) => problems.map((problem) => `${step.as} ${step.title}: ${problem}`))).toEqual([]);
  expect(told).toHaveLength(steps.length);
  expect(printed.filter((line) => line.includes('there already'))).toHaveLength(7);
});

test('and where nothing is there yet: one hands the policy in, two approve it, and it is activated; the same again changes nothing', async () => {
  const fresh = await startApp();
  try {
    const printed: string[] = [];
    const terminal = { out: (line: string): void => void printed.push(line), err: (line: string): void => void printed.push(line) };
    const tell = async (): Promise<string[]> => (await play(prepare(), async (handle) => clientOf(fresh.url, await fresh.token(handle)), terminal)).flatMap(({ problems }) => problems);

    expect(await tell()).toEqual([]);
    expect(printed.flatMap((line) => /POL-1 .*/.exec(line) ?? [])).toEqual(['POL-1  1.7.0  IN_REVIEW', 'POL-1  1.7.0  IN_REVIEW', 'POL-1  1.7.0  IN_REVIEW', 'POL-1  1.7.0  ACTIVE']);
    expect(await tell()).toEqual([]);
    expect(printed.filter((line) => line.includes('there already'))).toHaveLength(prepare().length);
  } finally {
    await fresh.close();
  }
});

test('every decision of the road is made again, word for word', async () => {
  expect(await allMadeAgain('pilot-to-production', auditorOf(app))).toBeGreaterThanOrEqual(before.size + deployed.size);
});

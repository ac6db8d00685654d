// Every row of test/materiality.csv, acted out on a running register: the gate has allowed, then something happens, and the very next answer is a refusal
// with exactly these reasons, or still an ALLOW. The rows are written by hand from the rules; a row is missing only while there is nothing of its type.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Acts, blocking, pathsOf, SCHEMA, type GateAnswer } from './support/acts.js';
import { startApp, type TestApp } from './support/app.js';
import { CAUSES } from './support/materiality-causes.js';
import { ENDING, FACTS, measurePatience, prepared } from './support/materiality-facts.js';
import { ENVIRONMENT, Stage } from './support/materiality-stage.js';

// A scene takes some thirty requests, on a machine that may be busy.
jest.setTimeout(60_000);

const COLUMNS = ['row', 'cause', 'type', 'fact', 'change', 'effect', 'code', 'where', 'path', 'also'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

const [HEADER = '', ...LINES] = readFileSync(new URL('./materiality.csv', import.meta.url), 'utf8').trim().split('\n');
const ROWS: readonly Row[] = LINES.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [COLUMNS[i], cell])) as Row);
const exists = (row: Row): boolean => SCHEMA.getType(row.type) !== undefined;
/** First those whose scene waits for something to end: all of these are prepared, then each in its turn is waited for. */
const POSSIBLE = ROWS.filter(exists).sort((a, b) => Number(ENDING.includes(b.fact)) - Number(ENDING.includes(a.fact)));
const unplayable = (rows: readonly Row[]): Row[] => rows.filter((row) => exists(row) && (CAUSES[row.cause] === undefined || FACTS[row.fact] === undefined));

/** The rows of the table of what outdates a sign-off, and what the gate asks beside it. */
const TABLE = [
  'component digests', 'risk', 'harmless edits', 'treatment', 'fresher evidence', 'evidence that ended', 'dataset', 'system', 'incident or indicator', 'criteria or policy', 'signer', 'outside the package',
  'what the gate itself asks',
];

let app: TestApp;
let acts: Acts;
let reviewer: string;
let patienceMs: number;
/** What the rows that wait have on their stage. */
const waiting = new Map<Row, Promise<Scene>>();
const played = { REFUSED: 0, COUNTS: 0 };

beforeAll(async () => {
  app = await startApp();
  acts = new Acts(app);
  await acts.act('ada', 'createEnvironment', { input: { name: ENVIRONMENT, kind: 'PRODUCTION', previous: null } });
  reviewer = await new Stage(acts, 0).admitReviewer();
  patienceMs = await measurePatience(acts, reviewer);
  for (const row of POSSIBLE.filter(({ fact }) => ENDING.includes(fact))) {
    waiting.set(row, begin(row));
    await Promise.allSettled([waiting.get(row)]);
  }
}, 120_000);
afterAll(() => app.close());

interface Scene { readonly stage: Stage; readonly lanes: readonly string[] }

/** Everything that the row is about, with the gate open. */
async function begin({ fact }: Row): Promise<Scene> {
  const stage = await prepared(acts, reviewer, fact, patienceMs);
  return { stage, lanes: signedLanes(await stage.ask()) };
}

/** Every reason that the row expects to block. Lanes stand for their requirement, ALL for each lane that was signed. */
function expected(stage: Stage, row: Row, lanes: readonly string[]): string[] {
  const where = row.where === 'ALL' ? lanes : row.where.split(' ');
  const own = where.map((place) => `${place.includes('/') ? place : `R5/${place}`} ${row.code}`);
  const also = row.also === '' ? [] : row.also.split(';');
  return [...own, ...also].map((reason) => stage.named(reason)).sort();
}

function signedLanes(answer: GateAnswer): string[] {
  return answer.basis.reviews.map(({ lane }) => lane);
}

describe('the rows of test/materiality.csv', () => {
  test.each(POSSIBLE.map((row) => [`${row.row}, ${row.fact}: ${row.cause}: ${row.effect} ${row.code} ${row.where}`, row] as const))('%s', async (_, row) => {
    const { stage, lanes } = await (waiting.get(row) ?? begin(row));

    expect(stage.ends !== null).toBe(ENDING.includes(row.fact));
    await CAUSES[row.cause]!(stage);
    const answer = await stage.ask();
    for (const putBack of stage.atTheEnd) await putBack();

    expect({ reasons: blocking(answer), paths: pathsOf(answer) }).toEqual(row.effect === 'COUNTS' ? { reasons: [], paths: [] } : { reasons: expected(stage, row, lanes), paths: row.path === '' ? [] : row.path.split(' ').map((path) => stage.named(path)) });
    expect([answer.decision, answer.verdict === 'ALLOW', answer.grant !== null]).toEqual(Array(3).fill(row.effect === 'COUNTS'));
    played[row.effect as keyof typeof played] += 1;
  });

  test('are more than a few, and every one of them was played', () => {
    const notYet = ROWS.filter((row) => !exists(row));
    console.log(`${String(played.REFUSED)} causes and ${String(played.COUNTS)} harmless changes played; ${String(notYet.length)} not yet possible: ${notYet.map((row) => `${row.cause} (${row.type})`).join(', ')}`);

    expect(played.REFUSED + played.COUNTS).toBe(POSSIBLE.length);
    expect(played.REFUSED).toBeGreaterThanOrEqual(18);
    expect(played.COUNTS).toBeGreaterThanOrEqual(5);
  });
});

describe('the file', () => {
  test('is about every row of the table, and plays nothing twice', () => {
    expect(HEADER.split(',')).toEqual([...COLUMNS]);
    expect([...new Set(ROWS.map(({ row }) => row))].sort()).toEqual([...TABLE].sort());
    expect(new Set(ROWS.map(({ cause, fact }) => `${fact}: ${cause}`)).size).toBe(ROWS.length);
    for (const { effect } of ROWS) expect(Object.keys(played)).toContain(effect);
  });

  test('leaves out nothing whose type the schema has, and no scene stands idle', () => {
    expect(unplayable(ROWS)).toEqual([]);
    // As if everything were there: each row that waits for its type would be missed.
    const waiting = ROWS.filter((row) => !exists(row)).map(({ cause }) => cause);
    expect(unplayable(ROWS.map((row) => ({ ...row, type: 'Risk' }))).map(({ cause }) => cause)).toEqual(waiting);
    expect(Object.keys(CAUSES).filter((cause) => !ROWS.some((row) => row.cause === cause))).toEqual([]);
    expect(Object.keys(FACTS).filter((fact) => !ROWS.some((row) => row.fact === fact))).toEqual([]);
  });
});

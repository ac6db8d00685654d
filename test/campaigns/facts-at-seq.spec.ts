// What the gate looks at, read from the live tables and read from the content that the log names at the same position, is the same
// after any history, and stays the same when it is read back later.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/domain/digest.js';
import { GATE_ACTIONS, type GateQuestion } from '../../src/domain/gate-question.js';
import type { Release } from '../../src/domain/release.js';
import { HistoricFacts } from '../../src/gate/historic-facts.js';
import { loadFacts, type FactSource } from '../../src/gate/gate.facts.js';
import { LiveFacts } from '../../src/gate/live-facts.js';
import type { ReadScope } from '../../src/platform/scope.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { ReleaseTable } from '../../src/systems/system.table.js';
import { RandomCommands } from '../support/random-commands.js';
import { givenReady, givenSystem, openRegister, questionAbout, type Register } from '../support/register.js';
import { Chance } from '../support/world-random.js';

const HISTORIES = process.env['CAMPAIGN'] === 'full' ? 50 : 5;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const STEPS = 40;
/** After so many steps the facts are remembered. */
const EVERY = 8;

let register: Register;
beforeAll(async () => { register = await openRegister(); });
afterAll(() => register.close());

function read<T>(work: (scope: ReadScope) => Promise<T>): Promise<T> {
  return register.app.get(UnitOfWork).read(register.as('axel'), 'register.read', work);
}

/** The same releases asked about in every way in which a question can name them. */
function questionsAbout(releases: readonly Release[], chance: Chance): GateQuestion[] {
  const targets = releases.slice(-2).flatMap((release): GateQuestion['target'][] => [
    { kind: 'BUNDLE', bundleDigest: release.bundleDigest }, { kind: 'COMPONENT', componentDigest: release.components[0]!.digest },
    { kind: 'RELEASE', release: release.number }, { kind: 'SYSTEM_RELEASE', system: release.systemId, label: release.label },
  ]);
  const system = releases[0]?.systemId ?? null;
  return targets.map((target) => ({ ...questionAbout(releases[0]!, chance.pick(['pilot', 'production', 'nowhere'])), action: chance.pick(GATE_ACTIONS), target, system: target.kind === 'COMPONENT' ? system : null }));
}

async function factsFrom(source: FactSource, question: GateQuestion): Promise<string> {
  return canonicalJson(await loadFacts(source, question, { callerId: register.as('pipeline').principalId, now: '2000-01-01T00:00:00.000Z' }));
}

interface Remembered { readonly seq: number; readonly question: GateQuestion; readonly facts: string }

async function remember(systemId: string, chance: Chance): Promise<Remembered[]> {
  return read(async (scope) => {
    const [head] = await scope.query<{ size: string }>('select size from audit.heads');
    const kept: Remembered[] = [];
    for (const question of questionsAbout(await scope.all(ReleaseTable, { systemId }), chance)) {
      kept.push({ seq: Number(head!.size) - 1, question, facts: await factsFrom(new LiveFacts(scope), question) });
    }
    return kept;
  });
}

describe('facts at a position of the log', () => {
  test(`equal the live facts of that time, after each of ${String(HISTORIES)} random histories`, async () => {
    console.log(`seed ${String(SEED)}`);
    let [compared, judged] = [0, 0];
    for (let history = 0; history < HISTORIES; history += 1) {
      const chance = new Chance(SEED + history);
      const systemIds = [(await givenReady(register)).system.id, (await givenSystem(register)).id];
      const commands = new RandomCommands(register, chance, systemIds);
      const remembered: Remembered[] = [];
      for (let step = 1; step <= STEPS; step += 1) {
        await commands.step();
        if (step % EVERY === 0) remembered.push(...await remember(systemIds[0]!, chance));
      }
      for (const { seq, question, facts } of remembered) {
        expect({ seq, question, facts: await read((scope) => factsFrom(new HistoricFacts(scope, seq), question)) }).toEqual({ seq, question, facts });
        compared += 1;
        if (!facts.startsWith('{"about":null')) judged += 1;
      }
      // Something happened in between, otherwise every position would look alike.
      expect(new Set(remembered.map(({ facts }) => facts)).size).toBeGreaterThan(STEPS / EVERY);
    }
    expect(compared).toBeGreaterThanOrEqual(HISTORIES * 20);
    expect(judged).toBeGreaterThan(compared / 4);
  }, 600_000);
});

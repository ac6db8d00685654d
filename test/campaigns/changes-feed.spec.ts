// Sixteen writers, and pollers that ask again and again for what comes after the last position they saw: nothing is missed, nothing comes
// twice, and the order is that of the log.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ChangesService, type Change, type ChangesFilter } from '../../src/audit/changes.service.js';
import { RandomCommands } from '../support/random-commands.js';
import { connectTo, givenReady, openRegister, type Register } from '../support/register.js';
import { Chance } from '../support/world-random.js';

const WRITES = process.env['CAMPAIGN'] === 'full' ? 5000 : 500;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const WRITERS = 16;
const SYSTEMS = 5;

let register: Register;
let logged: { position: number; after: string | null; type: string }[];
let isWriting = true;

interface Polled { readonly changes: readonly Change[]; readonly polls: number; readonly inFlight: number }
const polled = new Map<string, Polled>();

async function writeAll(systemIds: readonly string[]): Promise<void> {
  let done = 0;
  await Promise.all(Array.from({ length: WRITERS }, async (_, writer) => {
    const commands = new RandomCommands(register, new Chance(SEED + writer), systemIds);
    while (done < WRITES) if (await commands.step() === 'DONE') done += 1;
  }));
  isWriting = false;
}

/** Follows the feed while others write, then to its end. */
async function poll(filter: ChangesFilter, first: number): Promise<Polled> {
  const service = register.app.get(ChangesService);
  const changes: Change[] = [];
  let [after, polls, inFlight, goesOn] = [-1, 0, 0, true];
  while (goesOn) {
    const wasWriting = isWriting;
    const page = await service.changes(register.as('axel'), filter, { first, after });
    changes.push(...page.nodes);
    after = page.endPosition;
    [polls, inFlight] = [polls + 1, inFlight + (wasWriting ? page.nodes.length : 0)];
    goesOn = wasWriting || page.hasNextPage;
  }
  return { changes, polls, inFlight };
}

beforeAll(async () => {
  register = await openRegister({ poolSize: 20 });
  const systemIds: string[] = [];
  for (let i = 0; i < SYSTEMS; i += 1) systemIds.push((await givenReady(register)).system.id);
  const pollers = [['all', { types: null, systemId: null }, 100], ['few at a time', { types: null, systemId: null }, 7], ['risks', { types: ['Risk'], systemId: null }, 100]] as const;
  await Promise.all([writeAll(systemIds), ...pollers.map(async ([name, filter, first]) => { polled.set(name, await poll(filter, first)); })]);
  const log = await connectTo(register.database.adminUrl, null);
  const { rows } = await log.query<{ seq: string; after: string | null; object_type: string }>("select seq, convert_from(entry, 'UTF8')::jsonb ->> 'after' as after, object_type from audit.entry order by seq");
  logged = rows.map((row) => ({ position: Number(row.seq), after: row.after, type: row.object_type }));
  await log.end();
  console.log(`seed ${String(SEED)}: ${String(logged.length)} entries; ${[...polled].map(([name, { polls, inFlight }]) => `${name}: ${String(polls)} polls, ${String(inFlight)} seen while others wrote`).join('; ')}`);
}, 600_000);
afterAll(() => register.close());

describe('pollers of the feed, while many write', () => {
  test.each(['all', 'few at a time'])('%s: every entry once, in the order of the log', (name) => {
    const { changes } = polled.get(name)!;

    expect(changes.map(({ position, after, object }) => ({ position, after, type: object.type }))).toEqual(logged);
    expect(logged.map(({ position }) => position)).toEqual(logged.map((_, i) => i));
  });

  test('a poller of one kind sees every entry of that kind', () => {
    expect(polled.get('risks')!.changes.map(({ position }) => position)).toEqual(logged.filter(({ type }) => type === 'Risk').map(({ position }) => position));
  });

  test('most of it was read while it was being written', () => {
    const { polls, inFlight } = polled.get('all')!;

    expect(polls).toBeGreaterThan(10);
    expect(inFlight).toBeGreaterThan(logged.length / 2);
  });
});

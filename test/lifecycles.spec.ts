// Every row of test/lifecycles.csv, acted out through the services on a real PostgreSQL: in this state, this action by this actor leads there, or is
// refused with this code. The rows are written by hand from the workflow; that they leave nothing out is checked against the tables of the rules.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES, type Role } from '../src/domain/actor.js';
import type { Lifecycle } from '../src/domain/lifecycle.js';
import { Refusal } from '../src/domain/refusal.js';
import { DECISION_SUBJECTS } from './support/lifecycle-decisions.js';
import { condition, suspension } from './support/lifecycle-conditions.js';
import { assessment, finding } from './support/lifecycle-findings.js';
import { delegation } from './support/lifecycle-delegations.js';
import { baseline, breakGlass } from './support/lifecycle-running.js';
import { lawDate } from './support/lifecycle-law-dates.js';
import { apiKey, trustedIssuer, trustRule } from './support/lifecycle-trust.js';
import { policy } from './support/lifecycle-policies.js';
import { waiver } from './support/lifecycle-waivers.js';
import { review } from './support/lifecycle-reviews.js';
import { REGISTER_SUBJECTS, Scene, type Actor, type Subject } from './support/lifecycle-scenes.js';
import { openRegister, type Register } from './support/register.js';

interface Row { readonly subject: string; readonly state: string; readonly action: string; readonly role: Role; readonly ownership: string; readonly expected: string }

const SUBJECTS: Readonly<Record<string, Subject>> = { ...REGISTER_SUBJECTS, ...DECISION_SUBJECTS, review, assessment, finding, condition, suspension, waiver, policy, 'law-date': lawDate, delegation, 'trusted-issuer': trustedIssuer, 'trust-rule': trustRule, 'api-key': apiKey, baseline, 'break-glass': breakGlass };
const DOMAIN = join(import.meta.dirname, '../src/domain');

const ROWS: readonly Row[] = readFileSync(join(import.meta.dirname, 'lifecycles.csv'), 'utf8').trim().split('\n').slice(1).filter((line) => !line.startsWith('#')).map((line) => {
  const [subject = '', state = '', action = '', role = '', ownership = '', expected = ''] = line.split(',');
  return { subject, state, action, role: role as Role, ownership, expected };
});

/** The parts that an ownership names: "owner after an officer" is the owner, once an officer has asked already. */
function partsOf(ownership: string): string[] {
  const after = /after (the owner|an officer)$/.exec(ownership)?.[0];
  const parts = ownership.replace(/ ?after (the owner|an officer)$/, '').split('+').filter((part) => part !== 'none');
  return after === undefined ? parts : [...parts, after];
}

async function lifecycles(): Promise<Map<string, Lifecycle<string, string>>> {
  const found = new Map<string, Lifecycle<string, string>>();
  for (const file of readdirSync(DOMAIN).filter((name) => /^[a-z-]+\.ts$/.test(name) && name !== 'lifecycle.ts')) {
    for (const [, name = ''] of readFileSync(join(DOMAIN, file), 'utf8').matchAll(/^export const (\w+) = defineLifecycle\(/gm)) {
      const lifecycle = ((await import(`../src/domain/${file.replace('.ts', '.js')}`)) as Record<string, Lifecycle<string, string>>)[name]!;
      found.set(lifecycle.subject, lifecycle);
    }
  }
  return found;
}

let register: Register;
let scene: Scene;

beforeAll(async () => {
  register = await openRegister();
  scene = new Scene(register);
});

afterAll(() => register.close());

async function play({ subject, state, action, role, ownership }: Row): Promise<string> {
  const actor: Actor = { handle: await scene.only(role), parts: partsOf(ownership) };
  const acted = SUBJECTS[subject]!;
  const record = await acted.make(scene, state, actor);
  expect(record.state).toBe(state);
  try {
    return (await acted.actions[action]!(scene, record, actor)).state;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('the rows of test/lifecycles.csv', () => {
  test.each(ROWS.map((row, i) => [`${String(i + 1)}: a ${row.subject} that is ${row.state}, ${row.action} by a ${row.role} (${row.ownership}): ${row.expected}`, row] as const))('%s', async (_, row) => {
    expect(await play(row)).toBe(row.expected);
  });

  test('name subjects, roles and actions that there are, and no row twice', () => {
    expect(ROWS.filter((row) => !ROLES.includes(row.role) || SUBJECTS[row.subject]?.actions[row.action] === undefined)).toEqual([]);
    expect(new Set(ROWS.map((row) => JSON.stringify({ ...row, expected: '' }))).size).toBe(ROWS.length);
  });

  test('cover every state with every action of every lifecycle, each way by the right actor and by a wrong one', async () => {
    const missing: string[] = [];
    const all = await lifecycles();
    let [covered, ways] = [0, 0];
    for (const [subject, lifecycle] of all) {
      const actions = [...new Set(lifecycle.states.flatMap((state) => lifecycle.actionsFrom(state)))];
      for (const state of lifecycle.states) {
        for (const action of actions) {
          const expected = ROWS.filter((row) => row.subject === subject && row.state === state && row.action === action).map((row) => row.expected);
          const way = lifecycle.actionsFrom(state).includes(action) ? lifecycle.next(state, action) : null;
          if (expected.length === 0) missing.push(`${subject} ${state} ${action}: no row`);
          else covered += 1;
          if (way === null) continue;
          ways += 1;
          if (!expected.includes(way)) missing.push(`${subject} ${state} ${action}: nobody gets to ${way}`);
          if (expected.every((end) => lifecycle.states.includes(end) || end === 'INVALID_TRANSITION')) missing.push(`${subject} ${state} ${action}: no wrong actor`);
        }
      }
    }
    console.log(`${String(ROWS.length)} rows about ${String(all.size)} lifecycles: ${String(covered)} pairs of state and action, ${String(ways)} ways`);
    expect(missing).toEqual([]);
  });
});

// Every lifecycle of the domain, walked: no state that nothing leads to, no end that nobody declared, no way that is not in the table.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal } from '../../test/support/given.js';
import type { Lifecycle } from './lifecycle.js';
import { defineLifecycle } from './lifecycle.js';

type AnyLifecycle = Lifecycle<string, string>;

/** The states in which a thing may stay for ever. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  system: ['RETIRED'], release: ['WITHDRAWN'], evidence: ['REJECTED', 'REVOKED'], risk: ['REJECTED'], mitigation: ['CANCELLED'], acceptance: ['WITHDRAWN', 'REVOKED'], promotion: ['CANCELLED', 'REJECTED', 'SUPERSEDED', 'PROMOTED'], review: ['WITHDRAWN'],
  assessment: ['WITHDRAWN'], finding: ['CLOSED'], condition: ['CONFIRMED'], suspension: ['LIFTED'], waiver: ['WITHDRAWN', 'REVOKED'], policy: ['SUPERSEDED', 'WITHDRAWN'], delegation: ['REVOKED'], 'trusted-issuer': ['RETIRED'], 'trust-rule': ['RETIRED'], 'law-date': ['REVOKED'], 'api-key': ['REVOKED'], baseline: ['WITHDRAWN', 'ENDED'], 'break-glass': ['RATIFIED', 'CONDEMNED'],
};

/** Found in the sources, so that a new lifecycle is walked without being named here. */
async function lifecycles(): Promise<AnyLifecycle[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file));
  const found: AnyLifecycle[] = [];
  for (const file of files) {
    const names = [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(/^export const (\w+) = defineLifecycle\(/gm)].map((match) => match[1] ?? '');
    if (names.length === 0) continue;
    const loaded = (await import(`./${file.replace('.ts', '.js')}`)) as Record<string, AnyLifecycle>;
    found.push(...names.map((name) => loaded[name]!));
  }
  return found;
}

/** The first state of the table is the one in which a thing comes into being. */
function reachable(lifecycle: AnyLifecycle): Set<string> {
  const seen = new Set(lifecycle.states.slice(0, 1));
  for (const state of seen) for (const action of lifecycle.actionsFrom(state)) seen.add(lifecycle.next(state, action));
  return seen;
}

describe('the lifecycles of the domain', () => {
  let all: AnyLifecycle[];

  beforeAll(async () => {
    all = await lifecycles();
  });

  test('are those whose ends are declared', () => {
    expect(all.map(({ subject }) => subject).sort()).toEqual(Object.keys(ENDS).sort());
  });

  test('have no state that cannot be reached', () => {
    for (const lifecycle of all) expect({ subject: lifecycle.subject, reached: [...reachable(lifecycle)].sort() }).toEqual({ subject: lifecycle.subject, reached: [...lifecycle.states].sort() });
  });

  test('end only where it is declared', () => {
    for (const { subject, states, actionsFrom } of all) expect({ subject, ends: states.filter((state) => actionsFrom(state).length === 0) }).toEqual({ subject, ends: ENDS[subject] });
  });

  test('lead only to states of their own', () => {
    for (const { subject, states, actionsFrom, next } of all) {
      const targets = states.flatMap((state) => actionsFrom(state).map((action) => next(state, action)));

      expect({ subject, foreign: targets.filter((target) => !states.includes(target)) }).toEqual({ subject, foreign: [] });
    }
  });

  test('refuse an action that is not offered, and say what is', () => {
    for (const { subject, states, actionsFrom, next } of all) {
      const actions = new Set(states.flatMap((state) => actionsFrom(state)));
      for (const state of states) {
        const allowedActions = actionsFrom(state);
        const refused = [...actions].filter((name) => !allowedActions.includes(name));
        for (const action of refused) expect(() => next(state, action)).toThrow(refusal('INVALID_TRANSITION', { subject, state, action, allowedActions }));
      }
    }
  });
});

describe('a lifecycle', () => {
  const door = defineLifecycle('door', { OPEN: { close: 'SHUT' }, SHUT: { open: 'OPEN' }, GONE: {} });

  test('takes a state to the next by an action', () => {
    expect(door.next('OPEN', 'close')).toBe('SHUT');
  });

  test('offers what is possible now', () => {
    expect(door.actionsFrom('SHUT')).toEqual(['open']);
  });

  test('says that nothing more can be done at an end', () => {
    expect(() => door.next('GONE', 'open')).toThrow(refusal('INVALID_TRANSITION', { next: 'Nothing more can be done with it.' }));
  });
});

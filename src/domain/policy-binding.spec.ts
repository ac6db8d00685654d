import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy, refusal } from '../../test/support/given.js';
import { contradict, overruled, unknownPlaces, modeOf, Policies, type Bindable, type Place } from './policy-binding.js';
import type { Binding } from './policy-terms.js';
import type { GatePolicy } from './policy.js';

const SYSTEM: Bindable = { number: 'SYS-1', tier: 'HIGH', euClass: 'LIMITED', flags: ['PERSONAL_DATA'] };
const PLACE: Place = { name: 'production-eu', kind: 'PRODUCTION' };
const bind = (id: string, ...bindings: Partial<Binding>[]): GatePolicy => ({ ...defaultPolicy(), id, bindings: bindings.map((binding) => ({ priority: 0, mode: 'ENFORCE', ...binding })) });
const bound = (...policies: GatePolicy[]): string | null => new Policies(policies).bound(SYSTEM, PLACE)?.id ?? null;

describe('of several policies', () => {
  test('the one whose binding has the highest priority applies, alone', () => {
    expect(bound(bind('a', {}), bind('b', { priority: 10 }), bind('c', { priority: 5 }))).toBe('b');
    expect(bound(bind('a', {}), bind('b', { priority: 10, kinds: ['PILOT'] }))).toBe('a');
    expect(bound(bind('z', {}), bind('baseline', {}))).toBe('z');
  });

  test.each<[string, Partial<Binding>, boolean]>([
    ['an environment by name', { environments: ['production-eu'] }, true], ['another one', { environments: ['production-us'] }, false], ['a kind', { kinds: ['PRODUCTION', 'CANARY'] }, true], ['another kind', { kinds: ['STAGING'] }, false],
    ['a system', { systems: ['SYS-1'] }, true], ['another system', { systems: ['SYS-2'] }, false], ['one of the tiers', { tiers: ['HIGH', 'CRITICAL'] }, true], ['none of the tiers', { tiers: ['MINIMAL'] }, false],
    ['all of the flags', { flags: ['PERSONAL_DATA'] }, true], ['not all of the flags', { flags: ['PERSONAL_DATA', 'PROFILING'] }, false], ['a class', { euClasses: ['MINIMAL'] }, false], ['nothing at all', { environments: [] }, false],
    ['everything of it together', { environments: ['production-eu'], kinds: ['PRODUCTION'], systems: ['SYS-1'], tiers: ['HIGH'], euClasses: ['LIMITED'], flags: ['PERSONAL_DATA'] }, true],
  ])('a binding to %s', (_, binding, fits) => {
    expect(bound(bind('a', binding))).toBe(fits ? 'a' : null);
  });

  test('where none is bound nobody gets an answer from any', () => {
    expect(bound()).toBeNull();
    expect(() => new Policies([]).for(SYSTEM, PLACE)).toThrow(refusal('INVALID_INPUT', { field: 'environment', actual: 'production-eu' }));
  });

  test('what holds whatever the environment is the strictest of all, and what looks back looks back furthest', () => {
    const policies = new Policies([bind('a', {}), { ...bind('b', {}), validityDays: { MINIMAL: 1, MODERATE: 999, HIGH: 2, CRITICAL: 3 }, runGraceDays: { MINIMAL: 60, MODERATE: 0, HIGH: 0, CRITICAL: 0 } }]);
    expect([policies.validityDays('MINIMAL'), policies.validityDays('MODERATE')]).toEqual([1, defaultPolicy().validityDays.MODERATE]);
    expect(policies.longestGraceDays).toBe(60);
  });

  test('within one policy the mode of the binding with the highest priority counts', () => {
    const policy = bind('a', { mode: 'OBSERVE' }, { priority: 5, mode: 'ENFORCE', kinds: ['PRODUCTION'] });
    expect([modeOf(policy, SYSTEM, PLACE), modeOf(policy, SYSTEM, { name: 'pilot', kind: 'PILOT' })]).toEqual(['ENFORCE', 'OBSERVE']);
  });
});

const some = <T>(values: readonly T[]): fc.Arbitrary<readonly T[] | undefined> => fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined });
const binding = fc.record({ environments: some(['a', 'b']), kinds: some(['PILOT', 'PRODUCTION'] as const), systems: some(['SYS-1', 'SYS-2']), tiers: some(['HIGH', 'MINIMAL'] as const), euClasses: some(['LIMITED', 'MINIMAL'] as const), flags: some(['PROFILING'] as const), priority: fc.constantFrom(0, 1), mode: fc.constant('ENFORCE' as const) });
const world = fc.record({ system: fc.record({ number: fc.constantFrom('SYS-1', 'SYS-2'), tier: fc.constantFrom('HIGH' as const, 'MINIMAL' as const), euClass: fc.constantFrom('LIMITED' as const, 'MINIMAL' as const), flags: fc.constantFrom(['PROFILING' as const], []) }), place: fc.record({ name: fc.constantFrom('a', 'b'), kind: fc.constantFrom('PILOT' as const, 'PRODUCTION' as const) }) });

test('two bindings that ever fit the same thing with one priority contradict each other', () => {
  let both = 0;
  fc.assert(fc.property(binding, binding, world, (one, other, { system, place }) => {
    const [a, b] = [one, other].map((each) => JSON.parse(JSON.stringify(each)) as Binding) as [Binding, Binding];
    const fits = (each: Binding): boolean => new Policies([{ ...defaultPolicy(), bindings: [each] }]).bound(system, place) !== null;
    if (a.priority !== b.priority || !fits(a) || !fits(b)) return;
    both += 1;
    expect(contradict(a, b)).toBe(true);
  }), { numRuns: 10_000 });
  expect(both).toBeGreaterThan(50);
  expect(contradict({ priority: 0, mode: 'ENFORCE', kinds: ['PILOT'] }, { priority: 0, mode: 'ENFORCE', kinds: ['PRODUCTION'] })).toBe(false);
});

test('a name that no environment has is told, in bindings and freezes, with the nearest that there are', () => {
  const bindings = [{ priority: 1, mode: 'ENFORCE' as const, environments: ['production', 'prodution'] }, { priority: 2, mode: 'ENFORCE' as const }];
  const freezes = [{ id: 'F-1', from: '2026-12-20T18:00:00.000Z', until: '2027-01-02T06:00:00.000Z', reason: 'r', environments: ['elsewhere'] }];
  expect(unknownPlaces({ bindings, freezes }, ['pilot', 'production'])).toEqual([
    { path: ['bindings', 0, 'environments', 1], message: 'there is no environment "prodution"; nearest: production' }, { path: ['freezes', 0, 'environments', 0], message: 'there is no environment "elsewhere"' },
  ]);
});

test.each<[string, Partial<Binding>, Partial<Binding>, boolean]>([
  ['by one that fits everything', {}, { kinds: ['PILOT'], tiers: ['HIGH'] }, true],
  ['by one that names all of its environments and more', { environments: ['a', 'b'] }, { environments: ['a'] }, true],
  ['by one that asks for fewer flags', { flags: ['PERSONAL_DATA'] }, { flags: ['PERSONAL_DATA', 'PROFILING'] }, true],
  ['by none of the same priority', { priority: 1 }, {}, false],
  ['by none that fits a part of it', { kinds: ['PILOT'] }, {}, false],
  ['by none that asks for more flags', { flags: ['PERSONAL_DATA', 'PROFILING'] }, { flags: ['PERSONAL_DATA'] }, false],
  ['by none that names fewer systems', { systems: ['SYS-1'] }, { systems: ['SYS-1', 'SYS-2'] }, false],
])('a binding is overruled %s', (_, other, own, told) => {
  const mode = 'ENFORCE' as const;
  const remarks = overruled({ id: 'ours', bindings: [{ priority: 3, mode, kinds: ['SANDBOX'] }, { priority: 1, mode, ...own }] }, [{ id: 'ours', bindings: [{ priority: 9, mode }] }, { id: 'theirs', bindings: [{ priority: 2, mode, ...other }] }]);
  expect(remarks).toEqual(told ? [{ path: ['bindings', 1], message: 'this decides nothing: theirs fits whatever it fits, with priority 2' }] : []);
});

test('a binding that is overruled decides nothing, whatever is asked', () => {
  let silent = 0;
  fc.assert(fc.property(binding, binding, world, (one, other, { system, place }) => {
    const [a, b] = [one, other].map((each) => JSON.parse(JSON.stringify(each)) as Binding) as [Binding, Binding];
    const [ours, theirs] = [{ ...defaultPolicy(), id: 'ours', bindings: [a] }, { ...defaultPolicy(), id: 'theirs', bindings: [b] }];
    if (overruled(ours, [theirs]).length === 0) return;
    silent += 1;
    expect(new Policies([ours, theirs]).bound(system, place)?.id).not.toBe('ours');
  }), { numRuns: 10_000 });
  expect(silent).toBeGreaterThan(50);
});

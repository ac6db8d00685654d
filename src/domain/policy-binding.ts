/** Which policy applies where, and how strictly. Of several the one with the highest priority applies, alone. */
import type { Classification } from './classification.js';
import { nearest } from './nearest.js';
import type { GatePolicy } from './policy.js';
import { matches, type Binding, type Mode, type Scope } from './policy-terms.js';
import { Refusal } from './refusal.js';
import type { Environment } from './release.js';
import { TIERS, type Tier } from './system.js';

/** What a binding looks at: a system as packages show it, and an environment. */
export type Bindable = Classification & { readonly number: string };
export type Place = Pick<Environment, 'name' | 'kind'>;

/** The policies in force of one organization, its own before the shipped one: of equal priorities the first applies. */
export class Policies {
  constructor(readonly all: readonly GatePolicy[]) {}

  /** The policy for a system in an environment; null = none is bound there. */
  bound(system: Bindable, place: Place): GatePolicy | null {
    const fitting = this.all.flatMap((policy) => policy.bindings.filter((binding) => fits(binding, system, place)).map((binding) => ({ policy, priority: binding.priority })));
    const [first] = fitting.sort((a, b) => b.priority - a.priority);
    return first?.policy ?? null;
  }

  /** The same, where somebody asks for something that a policy has to allow. */
  for(system: Bindable, place: Place): GatePolicy {
    const policy = this.bound(system, place);
    if (policy === null) throw new Refusal('INVALID_INPUT', { field: 'environment', actual: place.name, message: `No policy is bound to ${place.name} for ${system.number}: nothing goes there.`, next: 'Have a policy bound to it activated.' });
    return policy;
  }

  /** For how many days something about such a system counts, whatever the environment: by the strictest of them. */
  validityDays(tier: Tier): number {
    return Math.min(...this.all.map((policy) => policy.validityDays[tier]));
  }

  /** The same, by tier. */
  get validity(): Readonly<Record<Tier, number>> {
    return Object.fromEntries(TIERS.map((tier) => [tier, this.validityDays(tier)])) as Record<Tier, number>;
  }

  /** The longest that what runs may go on after something lapsed, by any of them. */
  get longestGraceDays(): number {
    return Math.max(0, ...this.all.flatMap((policy) => Object.values(policy.runGraceDays)));
  }
}

/** How strictly the policy applies there. */
export function modeOf(policy: GatePolicy, system: Bindable, place: Place): Mode {
  const fitting = policy.bindings.filter((binding) => fits(binding, system, place)).sort((a, b) => b.priority - a.priority);
  return fitting[0]?.mode ?? 'ENFORCE';
}

export function isIn(scope: Scope, system: Pick<Bindable, 'number'>, place: Place): boolean {
  return (scope.environments?.includes(place.name) ?? true) && (scope.kinds?.includes(place.kind) ?? true) && (scope.systems?.includes(system.number) ?? true);
}

function fits(binding: Binding, system: Bindable, place: Place): boolean {
  return isIn(binding, system, place) && matches(binding, system);
}

/** Whether two bindings of the same priority could both fit something: then nobody could say which applies. */
export function contradict(a: Binding, b: Binding): boolean {
  return a.priority === b.priority && overlap(a.environments, b.environments) && overlap(a.kinds, b.kinds) && overlap(a.systems, b.systems) && overlap(a.tiers, b.tiers) && overlap(a.euClasses, b.euClasses);
}

function overlap(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === undefined || b === undefined || a.some((one) => b.includes(one));
}

/** A part of a document, and what is said about it. */
export interface Remark { readonly path: readonly (string | number)[]; readonly message: string }

/** The names in bindings and freezes that no environment has. They are told and not refused: a policy may be in force before there is what it is for. */
export function unknownPlaces({ bindings, freezes }: Pick<GatePolicy, 'bindings' | 'freezes'>, names: readonly string[]): Remark[] {
  return Object.entries({ bindings, freezes }).flatMap(([list, scopes]: [string, readonly Scope[]]) => scopes.flatMap(({ environments = [] }, index) => environments.flatMap((name, position) => {
    const meant = nearest(name, names);
    return names.includes(name) ? [] : [{ path: [list, index, 'environments', position], message: `there is no environment ${JSON.stringify(name)}${meant.length === 0 ? '' : `; nearest: ${meant.join(', ')}`}` }];
  })));
}

/** Bindings that decide nothing as long as another policy in force fits whatever they fit, with a higher priority. They are told and not refused: the other one may be meant to go. */
export function overruled({ id, bindings }: Pick<GatePolicy, 'id' | 'bindings'>, inForce: readonly Pick<GatePolicy, 'id' | 'bindings'>[]): Remark[] {
  const others = inForce.filter((policy) => policy.id !== id).flatMap((policy) => policy.bindings.map((binding) => ({ name: policy.id, binding })));
  return bindings.flatMap((one, index) => {
    const over = others.find(({ binding }) => binding.priority > one.priority && covers(binding, one));
    return over === undefined ? [] : [{ path: ['bindings', index], message: `this decides nothing: ${over.name} fits whatever it fits, with priority ${String(over.binding.priority)}` }];
  });
}

/** Whether the first fits whatever the second fits. */
function covers(wide: Binding, narrow: Binding): boolean {
  const within = (inner: readonly string[] | undefined, outer: readonly string[] | undefined): boolean => outer === undefined || (inner?.every((one) => outer.includes(one)) ?? false);
  return within(narrow.environments, wide.environments) && within(narrow.kinds, wide.kinds) && within(narrow.systems, wide.systems) && within(narrow.tiers, wide.tiers)
    && within(narrow.euClasses, wide.euClasses) && (wide.flags?.every((flag) => narrow.flags?.includes(flag) ?? false) ?? true);
}

/** Releases: immutable bundles of everything that ships, named by one digest; and the environments they move through. */
import type { Instant } from './clock.js';
import { bundleDigest, checkText, parseDigest, type Digest } from './digest.js';
import type { ClaimableClass } from './difference.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';

export const COMPONENT_ROLES = [
  'MODEL', 'ADAPTER', 'TOKENIZER', 'PROMPT', 'TOOL_SCHEMA', 'GUARDRAIL', 'RETRIEVAL_INDEX', 'DATASET', 'IMAGE', 'CODE', 'CONFIG',
] as const;
export type ComponentRole = (typeof COMPONENT_ROLES)[number];

export interface Component { readonly role: ComponentRole; readonly name: string; readonly digest: Digest }

export const releaseLifecycle = defineLifecycle('release', { ACTIVE: { withdraw: 'WITHDRAWN' }, WITHDRAWN: {} });

/** That the step from an earlier release to this one is milder than its parts say; it counts once it is confirmed. */
export interface ChangeClaim {
  /** The release that this one is compared with. */
  readonly sinceId: string;
  readonly changeClass: ClaimableClass;
  readonly reason: string;
  readonly claimedBy: string;
  readonly claimedAt: Instant;
  readonly confirmed: { readonly by: string; readonly at: Instant; readonly reason: string } | null;
}

export interface Release {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  /** The team's own name for it, such as `2026.11.1`; unique in its system. */
  readonly label: string;
  readonly components: readonly Component[];
  readonly bundleDigest: Digest;
  readonly state: 'ACTIVE' | 'WITHDRAWN';
  readonly withdrawnReason: string | null;
  /** The person who made it, or the service that did. */
  readonly authoredBy: string;
  readonly createdAt: Instant;
  /** That the step from an earlier release is milder than its parts say; null = nobody claims so. */
  readonly changeClaim: ChangeClaim | null;
  /** When a release last had other data than the one before it: this one or, as it goes on from them, an earlier one; null = none, or of before that was written down. */
  readonly dataChangedAt: Instant | null;
  /** The data that it has and that came in under a name which was not there before, with it or with an earlier one. */
  readonly sourcesAdded: readonly { readonly name: string; readonly at: Instant }[];
}

export const ENVIRONMENT_KINDS = ['SANDBOX', 'DEVELOPMENT', 'PILOT', 'STAGING', 'CANARY', 'PRODUCTION'] as const;
export type EnvironmentKind = (typeof ENVIRONMENT_KINDS)[number];

export interface Environment {
  readonly id: string;
  readonly version: number;
  /** The name that deployment tools use; unique in the tenant. */
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** The environment that a release must have been deployed to before this one. */
  readonly previousId: string | null;
}

export function environmentRank(kind: EnvironmentKind): number {
  return ENVIRONMENT_KINDS.indexOf(kind);
}

export interface NewRelease { readonly label: string; readonly components: readonly { role: ComponentRole; name: string; digest: string }[] }

export const MAX_COMPONENTS = 200;

/** Makes a release of a system; the bundle's digest is computed here from its components, never taken from the client. `before`: the release that was made before it; null = there is none. */
export function createRelease(identity: Pick<Release, 'id' | 'number' | 'systemId' | 'authoredBy' | 'createdAt'>, input: NewRelease, before: Release | null): Decided<Release> {
  const components = input.components.map((component, i) => ({
    role: component.role,
    name: checkText(component.name, `components.${String(i)}.name`, 200),
    digest: parseDigest(component.digest, `components.${String(i)}.digest`),
  }));
  if (components.length > MAX_COMPONENTS) throw new Refusal('TOO_LARGE', { field: 'components', message: `A release has at most ${String(MAX_COMPONENTS)} components.` });
  const sorted = components.sort((a, b) => (a.role + '\n' + a.name < b.role + '\n' + b.name ? -1 : 1));
  const next: Release = {
    ...identity, version: 1, label: checkText(input.label, 'label', 100), components: sorted, bundleDigest: bundleDigest(sorted), state: 'ACTIVE', withdrawnReason: null, changeClaim: null,
    ...dataOf(sorted, identity.createdAt, before),
  };
  return { next, event: 'release.created' };
}

/** Of the data of a first release nothing is new: whoever judges the system looks at it. */
function dataOf(components: readonly Component[], at: Instant, before: Release | null): Pick<Release, 'dataChangedAt' | 'sourcesAdded'> {
  if (before === null) return { dataChangedAt: null, sourcesAdded: [] };
  const data = (of: readonly Component[]): Component[] => of.filter(({ role }) => role === 'DATASET');
  const [is, was] = [data(components), data(before.components)];
  const isSame = is.length === was.length && is.every(({ name, digest }) => was.some((one) => one.name === name && one.digest === digest));
  const stillThere = before.sourcesAdded.filter(({ name }) => is.some((one) => one.name === name));
  const added = is.filter(({ name }) => !was.some((one) => one.name === name)).map(({ name }) => ({ name, at }));
  return { dataChangedAt: isSame ? before.dataChangedAt : at, sourcesAdded: [...stillThere, ...added] };
}

/** Withdraws a release for good: promote, run and rollback deny it from the next question on. */
export function withdrawRelease(release: Release, reason: string): Decided<Release> {
  const state = releaseLifecycle.next(release.state, 'withdraw');
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...release, state, withdrawnReason: text }, event: 'release.withdrawn', reason: text };
}

export function createEnvironment(id: string, input: { name: string; kind: EnvironmentKind }, previous: Environment | null): Decided<Environment> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(input.name)) {
    throw new Refusal('INVALID_INPUT', { field: 'name', message: 'An environment has a name of lower-case letters, digits and hyphens, at most 63, such as production-eu.' });
  }
  if (previous !== null && environmentRank(previous.kind) >= environmentRank(input.kind)) {
    throw new Refusal('INVALID_INPUT', { field: 'previous', message: `${previous.name} (${previous.kind}) does not come before a ${input.kind} environment.` });
  }
  return { next: { id, version: 1, name: input.name, kind: input.kind, previousId: previous?.id ?? null }, event: 'environment.created' };
}

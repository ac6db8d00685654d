/** A gate case as the facts that a gate would have read. Nothing is stored anywhere: the same case gives the same facts for ever. */
import { NotingClock, type Instant } from './clock.js';
import { sha256 } from './digest.js';
import { isVoter } from './eligibility.js';
import type { GateCase } from './gate-case.js';
import { callerIn, delegationsIn, peopleIn } from './gate-case-people.js';
import { criteriaOf, environmentsOf, operationOf, releasesOf, systemOf } from './gate-case-places.js';
import { registerOf } from './gate-case-risks.js';
import { scenesOf, type Scene } from './gate-case-scene.js';
import { CASE_NOW } from './gate-case-time.js';
import { reviewsOf, type Moment, type Place, type Shown } from './gate-case-votes.js';
import type { GateFacts, GateTarget, ReleaseFacts } from './gate-question.js';
import { fittingReleases } from './gate-target.js';
import { buildPackage, packageDigest, type Stored } from './package.js';
import type { GatePolicy } from './policy.js';
import type { Environment, Release } from './release.js';
import type { RiskCriteria } from './scoring.js';
import type { AiSystem } from './system.js';

/** By what a case is judged: the policies before and after its event, and the criteria that ship. */
export interface CaseBasis { readonly then: GatePolicy; readonly now: GatePolicy; readonly criteria: RiskCriteria }

export interface Asked { readonly policy: GatePolicy; readonly facts: GateFacts; readonly clock: NotingClock }

/** The question before the event, and after it. */
export function questionsOf(gateCase: GateCase, basis: CaseBasis): { readonly before: () => Asked; readonly after: () => Asked } {
  const { then, now, asked } = scenesOf(gateCase, basis.then);
  const criteria = criteriaOf(basis.criteria, then);
  const before = momentOf(then, basis.then, { criteria, assessedBy: criteria });
  const after = momentOf(now, basis.now, { criteria: criteriaOf(basis.criteria, now), assessedBy: criteria });
  return {
    before: () => ({ policy: basis.then, facts: factsOf(before, before, CASE_NOW), clock: new NotingClock(CASE_NOW) }),
    after: () => ({ policy: basis.now, facts: factsOf(before, after, asked), clock: new NotingClock(asked) }),
  };
}

type Records = Omit<ReleaseFacts, 'release' | 'promotions' | 'signOffs' | 'conditions' | 'waivers' | 'packages' | 'signers' | 'voters' | 'delegations'>;

/** A moment of the case, with every record but the votes. */
interface Present extends Moment { readonly records: Records; readonly releases: readonly Stored<Release>[]; readonly environments: readonly Stored<Environment>[] }

function momentOf(scene: Scene, policy: GatePolicy, { criteria, assessedBy }: { criteria: Stored<RiskCriteria>; assessedBy: RiskCriteria }): Present {
  const [releases, environments] = [releasesOf(scene), environmentsOf(scene)];
  const release = releases.find(({ id }) => id === scene.release) ?? releases[0];
  if (release === undefined) throw new Error('a case has at least one release');
  const records: Records = { system: systemOf(scene), criteria, ...registerOf(scene, release, assessedBy), ...operationOf(scene, releases, policy) };
  const make = ({ release: wanted, environment }: Place): Shown => {
    const place = environments.find(({ id }) => id === environment) ?? { id: environment, version: 1, name: environment, kind: 'SANDBOX' as const, previousId: null, digest: sha256(environment) };
    const pkg = buildPackage(policy, { ...records, release: releases.find(({ id }) => id === wanted) ?? release, environment: place, signOffs: [], conditions: [] });
    return { pkg, digest: packageDigest(pkg) };
  };
  return { scene, policy, shown: once(make), records, releases, environments };
}

/** Every vote about a place sees the same package. */
function once(make: (place: Place) => Shown): (place: Place) => Shown {
  const made = new Map<string, Shown>();
  return (place) => {
    const key = `${place.release} ${place.environment}`;
    const shown = made.get(key) ?? make(place);
    made.set(key, shown);
    return shown;
  };
}

function factsOf(before: Present, after: Present, asked: Instant): GateFacts {
  const { scene, releases, environments, records } = after;
  const { action, environment, namesSystem } = scene;
  const asks = { question: { target: targetOf(after), system: namesSystem ?? null, environment, action }, namedSystem: namedIn(after) };
  const candidates = fittingReleases(asks, releases.filter((release) => isMeant(release, asks.question.target, records.system)));
  const [release] = candidates;
  const found = candidates.length === 1 && release?.systemId === records.system.id ? release : null;
  return {
    ...asks, caller: callerIn(scene), environment: environments.find(({ name }) => name === environment) ?? null, candidates, policies: [],
    about: found === null ? null : { ...records, release: found, ...votesOf(before, after, asked) },
  };
}

function votesOf(then: Present, now: Present, asked: Instant): Omit<ReleaseFacts, keyof Records | 'release'> {
  const people = peopleIn(now.scene, now.policy);
  const everybody = [...people.values()];
  return {
    ...reviewsOf({ then, now, asked, people }), signers: everybody, voters: everybody.filter((principal) => isVoter(principal, now.records.system)), delegations: delegationsIn(now.scene),
  };
}

function namedIn({ scene, records }: Present): Stored<AiSystem> | null {
  return scene.namesSystem === records.system.number || scene.target === 'label' ? records.system : null;
}

function targetOf({ scene: { target, release: number }, releases }: Present): GateTarget {
  const release = releases.find(({ id }) => id === number);
  const part = release?.components.find(({ role, name }) => `${role}/${name}` === target);
  if (part !== undefined) return { kind: 'COMPONENT', componentDigest: part.digest };
  const bundleDigest = target === 'unknown' || release === undefined ? sha256('nothing that anybody knows') : release.bundleDigest;
  switch (target) {
    case 'components':
      return { kind: 'COMPONENTS', components: release?.components ?? [], bundleDigest };
    case 'release':
      return { kind: 'RELEASE', release: number };
    case 'label':
      return { kind: 'SYSTEM_RELEASE', system: 'SYS-1', label: number };
    default:
      return { kind: 'BUNDLE', bundleDigest };
  }
}

function isMeant(release: Release, target: GateTarget, system: AiSystem): boolean {
  switch (target.kind) {
    case 'BUNDLE':
    case 'COMPONENTS':
      return release.bundleDigest === target.bundleDigest;
    case 'COMPONENT':
      return release.components.some(({ digest }) => digest === target.componentDigest);
    case 'RELEASE':
      return release.number === target.release;
    case 'SYSTEM_RELEASE':
      return release.label === target.label && release.systemId === system.id;
  }
}

// The little world of a random history: the present value of every record, kept as the services would keep it, and the facts of a question about it.
import type { Delegation, Lent } from '../../src/domain/delegation.js';
import type { RiskAcceptance } from '../../src/domain/acceptance.js';
import type { Principal } from '../../src/domain/actor.js';
import { NotingClock, plusMs, type Instant } from '../../src/domain/clock.js';
import type { Condition } from '../../src/domain/condition.js';
import { sha256, type Digest } from '../../src/domain/digest.js';
import type { Baseline } from '../../src/domain/baseline.js';
import type { BreakGlass } from '../../src/domain/break-glass.js';
import type { Aggregate } from '../../src/domain/events.js';
import type { Evidence } from '../../src/domain/evidence.js';
import type { Finding } from '../../src/domain/finding.js';
import type { ImpactAssessment } from '../../src/domain/impact-assessment.js';
import type { Deployment, Grant } from '../../src/domain/grant.js';
import type { GateAction, GateFacts, GateQuestion, ReleaseFacts } from '../../src/domain/gate-question.js';
import { isVoter } from '../../src/domain/eligibility.js';
import { fittingReleases } from '../../src/domain/gate-target.js';
import { evaluateGate, type Evaluation } from '../../src/domain/gate.js';
import type { Mitigation } from '../../src/domain/mitigation.js';
import { buildPackage, type DecisionPackage, type Stored } from '../../src/domain/package.js';
import type { GatePolicy } from '../../src/domain/policy.js';
import type { Promotion } from '../../src/domain/promotion.js';
import type { Proof } from '../../src/domain/residual.js';
import { createEnvironment, type Environment, type EnvironmentKind, type Release } from '../../src/domain/release.js';
import type { Risk } from '../../src/domain/risk.js';
import type { RiskCriteria } from '../../src/domain/scoring.js';
import type { SignOff } from '../../src/domain/sign-off.js';
import type { Suspension } from '../../src/domain/suspension.js';
import type { AiSystem } from '../../src/domain/system.js';
import { defaultCriteria, defaultPolicy, stored } from './given.js';
import { ENVIRONMENT_IDS, everybody } from './world-people.js';
import type { Waiver } from '../../src/domain/waiver.js';
import { Nothing, type Chance } from './world-random.js';

/** All records of one kind; a record that is put again gets the next version. */
export class Shelf<T extends Aggregate> {
  readonly #records = new Map<string, Stored<T>>();

  get all(): Stored<T>[] {
    return [...this.#records.values()];
  }

  get nextNumber(): number {
    return this.#records.size + 1;
  }

  get(id: string): Stored<T> {
    const found = this.#records.get(id);
    if (found === undefined) throw new Nothing();
    return found;
  }

  put(value: T): Stored<T> {
    const version = (this.#records.get(value.id)?.version ?? 0) + 1;
    const next = stored({ ...value, version });
    this.#records.set(value.id, next);
    return next;
  }
}

function environmentsOfTheWorld(): Stored<Environment>[] {
  const make = (id: string, name: string, kind: EnvironmentKind, previous: Environment | null): Stored<Environment> => stored(createEnvironment(id, { name, kind }, previous).next);
  const pilot = make(ENVIRONMENT_IDS.pilot, 'pilot', 'PILOT', null);
  const staging = make(ENVIRONMENT_IDS.staging, 'staging', 'STAGING', pilot);
  const canary = make(ENVIRONMENT_IDS.canary, 'canary', 'CANARY', null);
  return [pilot, staging, canary, make(ENVIRONMENT_IDS.production, 'production', 'PRODUCTION', staging), make(ENVIRONMENT_IDS.sandbox, 'sandbox', 'SANDBOX', null)];
}

export class World {
  now: Instant = '2026-01-05T09:00:00.000Z';
  criteria: Stored<RiskCriteria> = stored(defaultCriteria());
  policy: GatePolicy = defaultPolicy();
  readonly environments = environmentsOfTheWorld();
  readonly people = new Shelf<Principal>();
  readonly systems = new Shelf<AiSystem>();
  readonly releases = new Shelf<Release>();
  readonly risks = new Shelf<Risk>();
  readonly mitigations = new Shelf<Mitigation>();
  readonly evidence = new Shelf<Evidence>();
  readonly acceptances = new Shelf<RiskAcceptance>();
  readonly impactAssessments = new Shelf<ImpactAssessment>();
  readonly findings = new Shelf<Finding>();
  readonly promotions = new Shelf<Promotion>();
  readonly signOffs = new Shelf<SignOff>();
  readonly conditions = new Shelf<Condition>();
  readonly suspensions = new Shelf<Suspension>();
  readonly waivers = new Shelf<Waiver>();
  readonly delegations = new Shelf<Delegation>();
  readonly deployments = new Shelf<Deployment>();
  readonly grants = new Shelf<Grant>();
  readonly baselines = new Shelf<Baseline>();
  readonly breakGlasses = new Shelf<BreakGlass>();
  readonly packages: Record<Digest, DecisionPackage> = {};
  /** The release and the environment that the history is mostly about. */
  focus = { releaseId: 'rel-1', environmentId: ENVIRONMENT_IDS.production as string };

  constructor(readonly chance: Chance) {
    for (const principal of everybody(this.policy.laneFunctions)) this.people.put(principal);
  }

  get clock(): NotingClock {
    return new NotingClock(this.now);
  }

  /** What can be shown about risks now. */
  get proof(): Proof {
    return { criteria: this.criteria, mitigations: this.mitigations.all, evidence: this.evidence.all, subjects: null, clock: this.clock };
  }

  get release(): Stored<Release> {
    return this.releases.get(this.focus.releaseId);
  }

  get system(): Stored<AiSystem> {
    return this.systems.get('sys-1');
  }

  /** Everything that was ever lent, with everybody whose it could be. */
  get lent(): Lent[] {
    return this.delegations.all.map((delegation) => ({ delegation, owners: this.people.all }));
  }

  pass(ms: number): void {
    this.now = plusMs(this.now, ms);
  }

  anybody(): string {
    return this.chance.pick(this.people.all.flatMap((principal) => principal.personId ?? []));
  }

  /** The open promotion of the focus, if there is one. */
  openPromotion(): Stored<Promotion> | null {
    return this.promotions.all.find((p) => p.releaseId === this.focus.releaseId && p.environmentId === this.focus.environmentId && p.state === 'OPEN') ?? null;
  }

  environment(id: string): Stored<Environment> {
    const found = this.environments.find((environment) => environment.id === id);
    if (found === undefined) throw new Nothing();
    return found;
  }

  about(release: Stored<Release>): ReleaseFacts {
    const of = <T extends { readonly systemId: string }>(records: readonly T[]): T[] => records.filter((record) => record.systemId === release.systemId);
    const signOffs = of(this.signOffs.all);
    const system = this.systems.get(release.systemId);
    const waivers = of(this.waivers.all);
    const unended = this.delegations.all.filter((one) => one.state === 'ACTIVE' && one.validUntil > this.now && (one.systemIds?.includes(system.id) ?? true));
    return {
      system, release, criteria: this.criteria, risks: of(this.risks.all), mitigations: of(this.mitigations.all), evidence: of(this.evidence.all), acceptances: of(this.acceptances.all),
      impactAssessments: of(this.impactAssessments.all), findings: of(this.findings.all), promotions: of(this.promotions.all), signOffs, conditions: of(this.conditions.all), suspensions: of(this.suspensions.all), waivers, packages: this.packages, deployments: of(this.deployments.all),
      signers: [...new Set([...signOffs.map((signOff) => signOff.signerId), ...waivers.flatMap(({ grants }) => grants.map((grant) => grant.principalId))])].map((id) => this.people.get(id)),
      voters: this.people.all.filter((principal) => isVoter(principal, system) || (principal.active && unended.some(({ toPersonId }) => toPersonId === principal.personId))), breakGlasses: of(this.breakGlasses.all), grants: [], baselines: [],
      delegations: this.delegations.all.filter((one) => unended.includes(one) || signOffs.some(({ delegationId }) => delegationId === one.id)),
    };
  }

  /** The package of the present moment, kept so that a sign-off can name it. */
  presentPackage(release: Stored<Release>, environmentId: string): { pkg: DecisionPackage; packageDigest: Digest } {
    const pkg = buildPackage(this.policy, { ...this.about(release), environment: this.environment(environmentId) });
    // Nothing here recomputes it, and the true digest is what takes longest.
    const digest = sha256(`package ${String(Object.keys(this.packages).length)}`);
    this.packages[digest] = pkg;
    return { pkg, packageDigest: digest };
  }

  facts(question: GateQuestion, callerId: string): GateFacts {
    const { target } = question;
    const name = target.kind === 'SYSTEM_RELEASE' ? target.system : question.system;
    const namedSystem = this.systems.all.find((system) => system.id === name || system.number === name) ?? null;
    const carrying = this.releases.all.filter((release) => carries(release, question, namedSystem?.id ?? null));
    const candidates = fittingReleases({ question, namedSystem }, carrying);
    const only = candidates.length === 1 ? candidates[0] : undefined;
    const environment = this.environments.find(({ name: known }) => known === question.environment) ?? null;
    const about = only === undefined ? null : { ...this.about(only), ...(environment !== null && question.action !== 'promote' && this.#authorizedHere(only, environment.id)) };
    return { question, namedSystem, candidates, environment, caller: this.people.get(callerId), policies: [], about };
  }

  #authorizedHere({ id, systemId }: Release, environmentId: string): Pick<ReleaseFacts, 'grants' | 'baselines'> {
    const here = <T extends { readonly systemId: string; readonly environmentId: string }>(records: readonly T[]): T[] => records.filter((record) => record.systemId === systemId && record.environmentId === environmentId);
    return { grants: here(this.grants.all), baselines: here(this.baselines.all).filter((baseline) => baseline.releaseId === id) };
  }

  /** What the gate says about the focus to a tool that is trusted everywhere. */
  judgeFocus(action: GateAction = 'promote'): Evaluation {
    const environment = this.environment(this.focus.environmentId).name;
    const question: GateQuestion = { target: { kind: 'BUNDLE', bundleDigest: this.release.bundleDigest }, system: 'sys-1', environment, action };
    return evaluateGate(this.policy, this.facts(question, 'svc-deployer'), this.clock);
  }
}

function carries(release: Release, { target }: GateQuestion, systemId: string | null): boolean {
  switch (target.kind) {
    case 'BUNDLE':
    case 'COMPONENTS':
      return release.bundleDigest === target.bundleDigest;
    case 'COMPONENT':
      return release.components.some((component) => component.digest === target.componentDigest);
    case 'RELEASE':
      return release.id === target.release || release.number === target.release;
    case 'SYSTEM_RELEASE':
      return release.systemId === systemId && release.label === target.label;
  }
}

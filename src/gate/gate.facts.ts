/** Loads what the rules look at: one loader for two sources, the live tables and the content as of a position of the log. */
import { SuspensionTable } from '../acceptances/suspension.table.js';
import { bindable } from '../domain/classification.js';
import type { Instant } from '../domain/clock.js';
import { packagesThatCount } from '../domain/gate-reviews.js';
import { looksBackTo } from '../domain/gate-run.js';
import { inPlace } from '../domain/gate-what-if.js';
import type { GateAction, GateFacts, GateQuestion, ReleaseFacts } from '../domain/gate-question.js';
import { fittingReleases } from '../domain/gate-target.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { PolicyVersion } from '../domain/policy-version.js';
import type { Environment, Release } from '../domain/release.js';
import type { AiSystem } from '../domain/system.js';
import { DelegationTable } from '../identity/delegation.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import { policiesOf } from '../policies/in-force.js';
import { PolicyTable } from '../policies/policy.table.js';
import { SHIPPED } from '../policies/shipped-policy.js';
import { keptPackages, packageSources, type RecordSource } from '../reviews/packages.js';
import { PromotionTable } from '../reviews/review.table.js';
import { delegationIdsIn, including, type VoterSource } from '../reviews/voters.js';
import { WaiverTable } from '../reviews/waiver.table.js';
import { EnvironmentTable, ReleaseTable, SystemTable } from '../systems/system.table.js';
import { BaselineTable } from './baseline.table.js';
import { BreakGlassTable } from './break-glass.table.js';
import { DeploymentTable, GrantTable } from './gate.table.js';
import { Refusal } from '../domain/refusal.js';

export interface FactSource extends RecordSource, VoterSource {
  releasesWithComponent(digest: string): Promise<Stored<Release>[]>;
}

interface Loading {
  readonly callerId: string;
  readonly now: Instant;
  /** Where the caller is looked up, should that be another place: whoever asks about the past need not have been there then. */
  readonly callers?: Pick<FactSource, 'byIds'>;
  /** A version by which the facts will be judged as well, as if it were in force: what it alone looks at is loaded, too. */
  readonly supposing?: Stored<PolicyVersion> | null;
  /** The edition of the shipped policy, where it is another than the one that ships now. */
  readonly shipped?: GatePolicy;
}

export async function loadFacts(source: FactSource, question: GateQuestion, { callerId, now, callers = source, ...judged }: Loading): Promise<GateFacts> {
  const [caller] = await callers.byIds(PrincipalTable, [callerId]);
  if (caller === undefined) throw new Refusal('UNAUTHENTICATED', { message: 'This account does not exist.' });
  const [environment] = await source.all(EnvironmentTable, { name: question.environment });
  const namedSystem = await findNamedSystem(source, question);
  const candidates = fittingReleases({ question, namedSystem }, await releasesOf(source, question, namedSystem));
  const policies = await source.all(PolicyTable, { state: 'ACTIVE' });
  // What was over before says nothing any more.
  const since = looksBack(policies, now, judged);
  const [only] = candidates;
  const judgeable = only !== undefined && candidates.length === 1;
  return {
    question, caller, environment: environment ?? null, namedSystem, candidates, policies,
    about: judgeable ? await releaseFacts(source, only, { environment: environment ?? null, action: question.action, since }) : null,
  };
}

/** As far as any of the policies does by which the facts will be judged. */
function looksBack(policies: readonly Stored<PolicyVersion>[], now: Instant, { supposing = null, shipped }: Pick<Loading, 'supposing' | 'shipped'>): Instant {
  const [inForce, supposed] = [policies, supposing === null ? policies : inPlace(policies, supposing)].map((each) => looksBackTo(policiesOf(each, shipped), now)) as [Instant, Instant];
  return inForce < supposed ? inForce : supposed;
}

/** The policy by which these facts are judged; null = none is bound there, or nothing was found to judge. */
export function policyFor({ about, environment, policies }: GateFacts, shipped: GatePolicy = SHIPPED): GatePolicy | null {
  return about === null || environment === null ? null : policiesOf(policies, shipped).bound(bindable(about.system), environment);
}

/** The systems whose facts a question touches, as far as they can be told before their epochs are read. */
export async function systemsTouched(source: FactSource, question: GateQuestion): Promise<string[]> {
  const namedSystem = await findNamedSystem(source, question);
  const releases = await releasesOf(source, question, namedSystem);
  return [...new Set([...(namedSystem === null ? [] : [namedSystem.id]), ...releases.map((release) => release.systemId)])];
}

async function findNamedSystem(source: FactSource, question: GateQuestion): Promise<Stored<AiSystem> | null> {
  const reference = question.target.kind === 'SYSTEM_RELEASE' ? question.target.system : question.system;
  return reference === null ? null : source.find(SystemTable, reference);
}

async function releasesOf(source: FactSource, question: GateQuestion, namedSystem: Stored<AiSystem> | null): Promise<Stored<Release>[]> {
  const { target } = question;
  switch (target.kind) {
    case 'BUNDLE':
    case 'COMPONENTS':
      return source.all(ReleaseTable, { bundleDigest: target.bundleDigest });
    case 'COMPONENT':
      return source.releasesWithComponent(target.componentDigest);
    case 'RELEASE': {
      const release = await source.find(ReleaseTable, target.release);
      return release === null ? [] : [release];
    }
    case 'SYSTEM_RELEASE':
      return namedSystem === null ? [] : source.all(ReleaseTable, { systemId: namedSystem.id, label: target.label });
  }
}

async function releaseFacts(source: FactSource, release: Stored<Release>, { environment, action, since }: { environment: Stored<Environment> | null; action: GateAction; since: Instant }): Promise<ReleaseFacts | null> {
  if (environment === null) return null;
  const { system, criteria, risks, mitigations, evidence, acceptances, impactAssessments, findings, signOffs, conditions } = await packageSources(source, release, environment);
  const where = { systemId: system.id };
  const promotions = await source.all(PromotionTable, where);
  const suspensions = await source.all(SuspensionTable, where);
  const waivers = await source.all(WaiverTable, where);
  const packages = await keptPackages(source, packagesThatCount({ promotions, signOffs, waivers }, { releaseId: release.id, environmentId: environment.id }, since));
  const signers = await source.byIds(PrincipalTable, [...signOffs.map((signOff) => signOff.signerId), ...waivers.flatMap(({ grants }) => grants.map((grant) => grant.principalId))]);
  const { voters, delegations } = including(await source.electorate(system), await source.byIds(DelegationTable, delegationIdsIn(signOffs)));
  const deployments = await source.all(DeploymentTable, { ...where, bundleDigest: release.bundleDigest });
  const breakGlasses = await source.all(BreakGlassTable, where);
  const authorized = action === 'promote' ? NOT_ASKED : await authorizedHere(source, release, environment);
  return { ...authorized, system, release, criteria, risks, mitigations, evidence, acceptances, impactAssessments, findings, promotions, signOffs, conditions, suspensions, waivers, packages, signers, voters, delegations, deployments, breakGlasses };
}

const NOT_ASKED: Pick<ReleaseFacts, 'grants' | 'baselines'> = { grants: [], baselines: [] };

/** What was let into the environment before; to promote, nobody asks for it. */
async function authorizedHere(source: FactSource, { id, systemId }: Release, environment: Environment): Promise<typeof NOT_ASKED> {
  const grants = await source.all(GrantTable, { systemId, environmentId: environment.id });
  const baselines = await source.all(BaselineTable, { systemId, releaseId: id, environmentId: environment.id });
  return { grants, baselines };
}

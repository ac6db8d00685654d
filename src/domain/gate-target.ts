/** Rules about the target and the caller: is it known, is it named exactly, may this tool ask for it here, and did it pass the stage before? */
import { covers, grantsInForce } from './actor.js';
import { classesOf, classificationOf, type Classification } from './classification.js';
import type { NotingClock } from './clock.js';
import { numbersOf } from './gate-acceptances.js';
import { blocks, type GateFacts, type Reason, type ReleaseFacts } from './gate-question.js';
import { wasDeployedTo } from './grant.js';
import { environmentRank, type Environment, type Release } from './release.js';
import { suspensionsOfSystem } from './suspension.js';

const PILOT_RANK = environmentRank('PILOT');

/** Component roles that may stand for the release that contains them. */
const IDENTIFYING: readonly string[] = ['IMAGE', 'MODEL'];

/** Of the releases that carry the digest, those that a question about it can mean. */
export function fittingReleases<T extends Release>(facts: Pick<GateFacts, 'question' | 'namedSystem'>, releases: readonly T[]): T[] {
  const { target } = facts.question;
  const inSystem = facts.question.system === null ? releases : releases.filter((release) => release.systemId === facts.namedSystem?.id);
  if (target.kind !== 'COMPONENT') return [...inSystem];
  return inSystem.filter((release) => release.state === 'ACTIVE' && release.components.some((c) => c.digest === target.componentDigest && IDENTIFYING.includes(c.role)));
}

/** Why the question cannot be judged at all; empty = exactly one release is meant. */
export function targetReasons(facts: GateFacts, clock: NotingClock): Reason[] {
  return [...environmentReasons(facts), ...releaseReasons(facts, clock)];
}

function environmentReasons({ question, environment }: GateFacts): Reason[] {
  if (environment === null) return [blocks('TARGET', 'TARGET/ENVIRONMENT', 'ENVIRONMENT_UNKNOWN', { environment: question.environment })];
  const byName = question.target.kind === 'RELEASE' || question.target.kind === 'SYSTEM_RELEASE';
  return byName && environmentRank(environment.kind) >= PILOT_RANK ? [blocks('TARGET', 'TARGET/DIGEST', 'DIGEST_REQUIRED', { environment: environment.name })] : [];
}

function releaseReasons(facts: GateFacts, clock: NotingClock): Reason[] {
  const { question, namedSystem, candidates, about } = facts;
  const namesSystem = question.system !== null || question.target.kind === 'SYSTEM_RELEASE';
  if (namesSystem && namedSystem === null) return [blocks('TARGET', 'TARGET/SYSTEM', 'SYSTEM_UNKNOWN')];
  // A release about which there are no facts is not judged, so it is as good as unknown.
  if (candidates.length === 0 || (candidates.length === 1 && about === null)) return [blocks('TARGET', 'TARGET/RELEASE', 'RELEASE_UNKNOWN')];
  return candidates.length === 1 && isNarrowed(facts, clock) ? [] : [blocks('TARGET', 'TARGET/RELEASE', 'TARGET_AMBIGUOUS', { candidates: candidates.map((c) => c.number).sort() })];
}

/** One component stands for a release only within one system: the one that is named, or the only one that the caller deploys. */
function isNarrowed({ question, caller }: GateFacts, clock: NotingClock): boolean {
  if (question.target.kind !== 'COMPONENT' || question.system !== null) return true;
  const bound = new Set(grantsInForce(caller, clock).filter((grant) => grant.role === 'DEPLOYER').flatMap((grant) => grant.systemIds ?? ['*']));
  return bound.size === 1 && !bound.has('*');
}

/** A service is trusted for the systems and environments that its grants name; people ask for information. Whether something may run, monitors ask as well. */
export function callerReasons(facts: GateFacts, clock: NotingClock): Reason[] {
  if (facts.caller.kind !== 'SERVICE') return [];
  const roles = facts.question.action === 'run' ? ['DEPLOYER', 'MONITOR'] : ['DEPLOYER'];
  const grants = grantsInForce(facts.caller, clock).filter((grant) => roles.includes(grant.role));
  const systemId = facts.about?.system.id;
  const trusted = systemId === undefined ? grants : grants.filter((grant) => covers(grant, systemId));
  if (trusted.length === 0) return [blocks('CALLER', 'CALLER/SYSTEM', 'WORKLOAD_NOT_TRUSTED')];
  const { environment } = facts;
  if (environment === null || trusted.some((grant) => grant.environmentIds === null || grant.environmentIds.includes(environment.id))) return [];
  return [blocks('CALLER', 'CALLER/ENVIRONMENT', 'ENVIRONMENT_MISMATCH', { environment: environment.name })];
}

/** What the release and its system themselves forbid: withdrawn, suspended, retired, prohibited, unclassified, a stage skipped. */
export function standingReasons(about: ReleaseFacts, environment: Environment): Reason[] {
  const found: Reason[] = [];
  if (about.release.state === 'WITHDRAWN') found.push(blocks('TARGET', 'TARGET/RELEASE', 'RELEASE_WITHDRAWN'));
  found.push(...suspendedReasons(about));
  if (about.system.state === 'RETIRED') found.push(blocks('TARGET', 'TARGET/SYSTEM', 'SYSTEM_RETIRED'));
  found.push(...classReasons(classificationOf(about.system), environmentRank(environment.kind)));
  if (environment.previousId !== null && !wasDeployedTo(environment.previousId, about.release, about.deployments)) {
    found.push(blocks('R19', 'R19', 'STAGE_SKIPPED', { environment: environment.name }));
  }
  return found;
}

/** EU AI Act: Art. 5 forbids; Art. 6(3) exempts nothing that profiles people; what nobody has classified goes no further than a pilot. */
function classReasons(classification: Classification, rank: number): Reason[] {
  const classes = classesOf(classification);
  const prohibited = classes.includes('PROHIBITED') && rank >= PILOT_RANK;
  const invalid = classes.includes('ANNEX_III_EXEMPT') && classification.flags.includes('PROFILING') && rank >= PILOT_RANK;
  const unknown = classes.includes('UNCLASSIFIED') && rank > PILOT_RANK;
  return [...(prohibited ? [blocks('D1', 'D1', 'PROHIBITED_USE')] : []), ...(invalid ? [blocks('D3', 'D3', 'EXEMPTION_INVALID')] : []), ...(unknown ? [blocks('D2', 'D2', 'UNCLASSIFIED')] : [])];
}

/** Switched off by hand, or because of something that nobody has lifted. */
function suspendedReasons({ system, suspensions }: ReleaseFacts): Reason[] {
  const over = numbersOf(suspensionsOfSystem(suspensions));
  const suspended = (params: Reason['params']): Reason => blocks('TARGET', 'TARGET/SYSTEM', 'SYSTEM_SUSPENDED', params);
  return [...(system.state === 'SUSPENDED' ? [suspended({})] : []), ...(over.length > 0 ? [suspended({ suspensions: over })] : [])];
}

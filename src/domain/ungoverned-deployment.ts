/**
 * Bytes that were found running without a permit: nobody let them in, so they are reported without a grant. The report authorizes nothing and is no
 * deployment; no rule of the gate looks at it. It is there so that whoever looks at an environment sees what is in it.
 */
import { baselineOutcome, type Baseline } from './baseline.js';
import type { Instant, NotingClock } from './clock.js';
import { checkText, type Digest } from './digest.js';
import type { Decided } from './events.js';
import type { Deployment } from './grant.js';
import { Refusal } from './refusal.js';
import type { Release } from './release.js';

export interface UngovernedDeployment {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  readonly releaseId: string;
  readonly environmentId: string;
  readonly bundleDigest: Digest;
  /** How it was found, and what is known about how it came there. */
  readonly reason: string;
  readonly reportedBy: string;
  /** When it was reported; since when it ran, nobody knows. */
  readonly foundAt: Instant;
}

/** What is known about a place: every deployment of the system there, and the baselines and earlier finds of the release. */
export interface KnownThere { readonly deployments: readonly Deployment[]; readonly baselines: readonly Baseline[]; readonly found: readonly UngovernedDeployment[] }

interface Found { readonly release: Pick<Release, 'id' | 'systemId' | 'bundleDigest'>; readonly environmentId: string; readonly reason: string }

/** What was let in is refused: it is governed, or told already. In which state release and system are does not matter: what runs, runs. */
export function reportUngoverned(
  identity: Pick<UngovernedDeployment, 'id' | 'number' | 'reportedBy' | 'foundAt'>, { release, environmentId, reason }: Found, known: KnownThere, clock: NotingClock,
): Decided<UngovernedDeployment> {
  const { systemId, id: releaseId, bundleDigest } = release;
  const last = [...known.deployments].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0];
  if (last?.bundleDigest === bundleDigest) throw knownAs('Deployment', last.number, `${last.number} brought this bundle in under a grant, and nothing came in its place: it is governed.`);
  const baseline = known.baselines.find((one) => baselineOutcome(one, clock) === 'BASELINED');
  if (baseline !== undefined) throw knownAs('Baseline', baseline.number, `${baseline.number} lets this bundle run here until ${baseline.until}: it is no surprise.`);
  const open = known.found.find(({ foundAt }) => endOf(foundAt, known) === null);
  if (open !== undefined) throw knownAs('UngovernedDeployment', open.number, `${open.number} says already that this bundle runs here without a permit.`);
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...identity, version: 1, systemId, releaseId, environmentId, bundleDigest, reason: text }, event: 'deployment.foundUngoverned', reason: text };
}

/** Until something of the system was let in after it, or the release itself by a baseline; null = nothing has been. */
function endOf(foundAt: Instant, { deployments, baselines }: KnownThere): Instant | null {
  const instants = [...deployments.map(({ startedAt }) => startedAt), ...baselines.map(({ confirmedAt }) => confirmedAt)];
  return instants.filter((instant) => instant !== null && instant > foundAt).sort()[0] ?? null;
}

function knownAs(subject: string, id: string, message: string): Refusal {
  return new Refusal('ALREADY_EXISTS', { subject, id, message, next: 'population(environment) shows what is there, and by which right.' });
}

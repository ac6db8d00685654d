/**
 * `run`: may what was let in here go on running? Whatever merely lapsed by time is a warning with a due date, for the days of grace that the
 * policy gives; whatever changed in content blocks at once. `rollback`: may what was promoted here before come back? Nothing but what is
 * fixed stands against it. Neither is ever answered yes about bytes that were not authorized for this environment.
 */
import { baselineOutcome, type Baseline } from './baseline.js';
import { classificationOf } from './classification.js';
import { plusDays, plusMs, type Instant, type NotingClock } from './clock.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import { standingGrants, type Grant } from './grant.js';
import { isFixed, type GatePolicy } from './policy.js';
import type { Policies } from './policy-binding.js';
import type { Environment } from './release.js';

export interface AuthorizedHere { readonly policy: GatePolicy; readonly about: ReleaseFacts; readonly environment: Environment; readonly clock: NotingClock }

/** Whether a requirement blocks at an instant, by everything that is recorded today; and since when that is so: null = always, or nobody knows. */
export type Earlier = (requirement: string, at: Instant) => { readonly blocked: boolean; readonly since: Instant | null };

/** How many times the clock is put back for one requirement, and for all of one question: what changes more often than that within the grace counts as no lapse. */
export const MAX_LOOKS_BACK = 64;
export const MAX_LOOKS_BACK_IN_ALL = 1024;

export function runReasons(here: AuthorizedHere, reasons: readonly Reason[], earlier: Earlier): Reason[] {
  const grants = grantsOf(here);
  const baseline = baselineOf(here);
  if (grants.length === 0 && baseline === null) return [notAuthorized(here), ...reasons];
  const lapsed = dueAfterLapse(here, reasons, earlier);
  const covered = latest([...grants.map((grant) => coveredUntil(here, grant)), baseline?.until ?? null]);
  const softened = reasons.map((reason) => {
    const dueBy = isTolerable(reason, baseline) ? latest([covered, lapsed.get(reason.requirement) ?? null]) : null;
    return reason.severity === 'BLOCK' && dueBy !== null ? { ...reason, severity: 'WARN' as const, params: { ...reason.params, dueBy } } : reason;
  });
  return grants.length === 0 && baseline !== null ? [baselined(here, baseline), ...softened] : softened;
}

export function rollbackReasons(here: AuthorizedHere, reasons: readonly Reason[]): Reason[] {
  const promoted = grantsOf(here).some((grant) => grant.action === 'promote');
  if (!promoted && baselineOf(here) === null) return [notAuthorized(here), ...reasons];
  return reasons.map((reason) => (reason.severity === 'BLOCK' && !isFixed(reason.requirement) ? { ...reason, severity: 'WARN' as const } : reason));
}

/** The earliest instant at which a question of this moment still looks, whatever the tier and the policy. */
export function looksBackTo(policies: Policies, now: Instant): Instant {
  return plusDays(now, -policies.longestGraceDays);
}

function notAuthorized({ environment }: AuthorizedHere): Reason {
  return blocks('TARGET', 'TARGET/AUTHORIZATION', 'NOT_AUTHORIZED_HERE', { environment: environment.name });
}

/** It runs by its baseline alone, and that is said. */
function baselined(here: AuthorizedHere, { number, until }: Baseline): Reason {
  const reason = notAuthorized(here);
  return { ...reason, severity: 'WARN', params: { ...reason.params, baseline: number, dueBy: until } };
}

function grantsOf({ about }: AuthorizedHere): Grant[] {
  return standingGrants(about.release.bundleDigest, about);
}

function baselineOf({ about, environment, clock }: AuthorizedHere): Baseline | null {
  return about.baselines.find((baseline) => baseline.environmentId === environment.id && baselineOutcome(baseline, clock) === 'BASELINED') ?? null;
}

/** Nobody tolerates what is fixed; only that a system has no class yet goes with a baseline, since nobody has looked at it so far. */
function isTolerable({ requirement }: Reason, baseline: Baseline | null): boolean {
  return !isFixed(requirement) || (requirement === 'D2' && baseline !== null);
}

/** What came back, or went in by break-glass, may run for the days of grace as it is: neither could wait for anybody. */
function coveredUntil(here: AuthorizedHere, grant: Grant): Instant | null {
  return grant.breakGlassId !== null || isReturn(here.about, grant) ? withinGrace(here, grant.issuedAt, grant.id) : null;
}

/** Only from what was brought in since does one come back: to roll back to what runs already, or to and fro between two bundles, prolongs nothing. */
function isReturn({ grants }: ReleaseFacts, grant: Grant): boolean {
  const before = grants.filter((other) => order(other) < order(grant));
  const wasHere = before.filter(({ bundleDigest }) => bundleDigest === grant.bundleDigest).map(order).sort().at(-1) ?? '';
  const cameIn = (other: Grant): boolean => other.action === 'promote' && other.redeemedAt !== null && other.redeemedAt <= grant.issuedAt;
  return grant.action === 'rollback' && before.some((other) => other.bundleDigest !== grant.bundleDigest && cameIn(other) && order(other) > wasHere);
}

function order({ issuedAt, id }: Grant): string {
  return `${issuedAt} ${id}`;
}

/**
 * Until when each requirement may stay as it is because it lapsed by time alone: with everything that is recorded today and the clock put
 * back, it would be met. So nothing that anybody did since, such as withdrawing a sign-off, passes for a lapse.
 */
function dueAfterLapse(here: AuthorizedHere, reasons: readonly Reason[], earlier: Earlier): Map<string, Instant> {
  const open = new Set(reasons.filter((reason) => reason.severity === 'BLOCK' && !isFixed(reason.requirement)).map((reason) => reason.requirement));
  const looks = { left: MAX_LOOKS_BACK_IN_ALL };
  return new Map([...open].flatMap((requirement) => {
    const at = lapsedAt(here, (then) => earlier(requirement, then), looks);
    const until = at === null ? null : withinGrace(here, at, requirement);
    return until === null ? [] : [[requirement, until] as const];
  }));
}

/** When it was last met, within the grace: looked for from now backwards, at nothing but the instants that make a difference to it. */
function lapsedAt(here: AuthorizedHere, then: (at: Instant) => ReturnType<Earlier>, looks: { left: number }): Instant | null {
  const { now } = here.clock;
  const oldest = plusDays(now, -graceDays(here));
  if (oldest === now) return null;
  let end = now;
  let { blocked, since } = then(now);
  // What the answer says blocks, and a look at it alone does not see, is not known to have lapsed.
  if (!blocked) return null;
  for (let look = 0; blocked && look < MAX_LOOKS_BACK && looks.left > 0; look += 1) {
    if (since === null || since <= oldest) return null;
    end = since;
    looks.left -= 1;
    ({ blocked, since } = then(plusMs(end, -1)));
  }
  return blocked ? null : end;
}

function withinGrace(here: AuthorizedHere, from: Instant, ref: string): Instant | null {
  const until = plusDays(from, graceDays(here));
  return here.clock.reached(until, 'RUN_GRACE', ref) ? null : until;
}

function graceDays({ policy, about }: AuthorizedHere): number {
  return policy.runGraceDays[classificationOf(about.system).tier];
}

function latest(instants: readonly (Instant | null)[]): Instant | null {
  return instants.filter((instant) => instant !== null).sort().at(-1) ?? null;
}

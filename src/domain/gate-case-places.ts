/** Where a gate case takes place: its system, releases and environments, and what was deployed, granted, tolerated and forced there. */
import type { Baseline } from './baseline.js';
import type { BreakGlass } from './break-glass.js';
import { plusHours, plusMs } from './clock.js';
import { bundleDigest, sha256 } from './digest.js';
import type { CaseRelease, Situation } from './gate-case.js';
import { recorded } from './gate-case-people.js';
import { answersIn, assessmentsIn, CASE_SYSTEM, recordsIn } from './gate-case-classes.js';
import { merge, type Scene } from './gate-case-scene.js';
import { instantTold } from './gate-case-time.js';
import { placeOf } from './gate-case-votes.js';
import type { ReleaseFacts } from './gate-question.js';
import type { Deployment, Grant } from './grant.js';
import type { Stored } from './package.js';
import type { GatePolicy } from './policy.js';
import { COMPONENT_ROLES, type Component, type Environment, type Release } from './release.js';
import type { RiskCriteria } from './scoring.js';
import type { AiSystem } from './system.js';

const GRANT_MS = 15 * 60_000;

const SYSTEM_IN_ORDER = { purpose: 'Drafts replies to customers.', affectedGroups: ['customers'], autonomy: 'RECOMMENDS', state: 'ACTIVE', owner: 'owner', developers: ['dev'] } as const;

export function systemOf({ system = {} }: Pick<Situation, 'system'>): Stored<AiSystem> {
  const { purpose, affectedGroups, autonomy, state, owner, developers, editors = [owner] } = { ...SYSTEM_IN_ORDER, ...system };
  return recorded({
    id: CASE_SYSTEM, number: CASE_SYSTEM, version: 1, name: 'Reply assistant', intendedPurpose: purpose, prohibitedUses: [], ownerId: owner, developerIds: developers, businessUnit: null,
    affectedGroups, autonomy, jurisdictions: [], state, tierAssessments: assessmentsIn(system), tieringAnswers: answersIn(system), classifications: recordsIn(system), profileChangedAt: null,
    authoredBy: owner, lastEditedBy: editors.at(-1) ?? owner, editors,
  });
}

export function criteriaOf(shipped: RiskCriteria, { criteria }: Pick<Situation, 'criteria'>): Stored<RiskCriteria> {
  return recorded(criteria === undefined ? shipped : merge(shipped, criteria));
}

export function environmentsOf({ environments }: Scene): Stored<Environment>[] {
  return Object.entries(environments).map(([name, { kind = 'PRODUCTION', previous }]) => recorded({ id: name, version: 1, name, kind, previousId: previous ?? null }));
}

/** Each release has the parts of the first one, but for what it says. */
export function releasesOf({ releases }: Scene): Stored<Release>[] {
  const usual = merge({ 'MODEL/model': 'model 1', 'PROMPT/prompt': 'prompt 1' }, releases['REL-1']?.components ?? {});
  return Object.entries(releases).map(([number, release]) => releaseOf(number, release, componentsOf(merge(usual, release.components ?? {}))));
}

function releaseOf(number: string, { system = CASE_SYSTEM, state = 'ACTIVE', author = 'dev', claim, ...data }: CaseRelease, components: Component[]): Stored<Release> {
  const at = instantTold('12 days ago');
  return recorded({
    id: number, number, version: 1, systemId: system, label: number, components, bundleDigest: bundleDigest(components), state, withdrawnReason: state === 'WITHDRAWN' ? 'It leaks.' : null, authoredBy: author, createdAt: instantTold('20 days ago'),
    ...dataIn(data),
    changeClaim: claim === undefined ? null : {
      sinceId: claim.since, changeClass: claim.class, reason: 'Trained again on fresh data.', claimedBy: 'dev', claimedAt: at, confirmed: claim.confirmed === false ? null : { by: 'validation-reviewer', at, reason: 'Nothing else differs.' },
    },
  });
}

function dataIn({ data = 'none', dataChanged = '20 days ago' }: Pick<CaseRelease, 'data' | 'dataChanged'>): Pick<Release, 'dataChangedAt' | 'sourcesAdded'> {
  const at = instantTold(dataChanged);
  return { dataChangedAt: data === 'none' ? null : at, sourcesAdded: data === 'new source' ? [{ name: 'web', at }] : [] };
}

function componentsOf(parts: Readonly<Record<string, string>>): Component[] {
  return Object.entries(parts).filter(([, word]) => word !== 'none').sort().flatMap(([part, word]) => {
    const [text, name = 'part'] = part.split('/');
    return COMPONENT_ROLES.filter((role) => role === text).map((role) => ({ role, name, digest: sha256(word) }));
  });
}

export type Operation = Pick<ReleaseFacts, 'deployments' | 'grants' | 'baselines' | 'breakGlasses'>;

export function operationOf(scene: Scene, releases: readonly Release[], policy: GatePolicy): Operation {
  const digestOf = (release: string): Release['bundleDigest'] => releases.find(({ id }) => id === release)?.bundleDigest ?? sha256(release);
  const about = (located: { readonly release?: string; readonly environment?: string }): Pick<Grant, 'systemId' | 'releaseId' | 'environmentId' | 'bundleDigest'> => {
    const { release, environment } = placeOf(located);
    return { systemId: CASE_SYSTEM, releaseId: release, environmentId: environment, bundleDigest: digestOf(release) };
  };
  return {
    deployments: Object.entries(scene.deployments).map(([number, where]) => recorded<Deployment>({ ...about(where), id: number, number, version: 1, grantId: 'grant', reportedBy: 'caller', startedAt: instantTold('2 days ago') })),
    // The gate is told of those of the environment only, and of the baselines of the release.
    grants: Object.keys(scene.grants).map((number) => grantOf(number, scene, about)).filter(({ environmentId }) => environmentId === scene.environment),
    baselines: Object.keys(scene.baselines).map((number) => baselineOf(number, scene, about)).filter(({ releaseId }) => releaseId === scene.release),
    breakGlasses: Object.keys(scene.breakGlasses).map((number) => breakGlassOf(number, scene, { about, policy })),
  };
}

type About = (located: { readonly release?: string; readonly environment?: string }) => Pick<Grant, 'systemId' | 'releaseId' | 'environmentId' | 'bundleDigest'>;

function grantOf(number: string, { grants }: Scene, about: About): Stored<Grant> {
  const { action = 'promote', issued = '40 days ago', redeemed, breakGlass = null, ...where } = grants[number] ?? {};
  const issuedAt = instantTold(issued);
  return recorded({
    ...about(where), id: number, version: 2, decisionId: 'decision', action, promotionId: null, breakGlassId: breakGlass, issuedTo: 'caller', issuedAt, expiresAt: plusMs(issuedAt, GRANT_MS),
    redeemedAt: redeemed === 'none' ? null : redeemed === undefined ? issuedAt : instantTold(redeemed),
  });
}

function baselineOf(number: string, { baselines }: Scene, about: About): Stored<Baseline> {
  const { state = 'CONFIRMED', until = 'in 90 days', ...where } = baselines[number] ?? {};
  const confirmed = state === 'CONFIRMED' || state === 'ENDED';
  return recorded({
    ...about(where), id: number, number, version: 2, until: instantTold(until), reason: 'It ran before.', state, proposedBy: 'owner', proposedAt: instantTold('10 days ago'),
    confirmedBy: confirmed ? 'officer' : null, confirmedAt: confirmed ? instantTold('9 days ago') : null, endedAt: state === 'ENDED' || state === 'WITHDRAWN' ? instantTold('1 day ago') : null,
  });
}

/** Good for two hours more, with its second key turned, and not used. */
const BREAK_GLASS_IN_ORDER = { invoked: '1 hour ago', until: 'in 2 hours', secondKey: 'exec' };

function breakGlassOf(number: string, { breakGlasses }: Scene, { about, policy }: { about: About; policy: GatePolicy }): Stored<BreakGlass> {
  const { invoked, until, secondKey, used, state = used === undefined ? 'INVOKED' : 'USED', ...where } = { ...BREAK_GLASS_IN_ORDER, ...breakGlasses[number] };
  const invokedAt = instantTold(invoked);
  const usedAt = used === undefined ? null : instantTold(used);
  return recorded({
    ...about(where), id: number, number, version: 2, emergency: 'OUTAGE', incident: 'Nobody gets an answer.', validUntil: instantTold(until), state, invokedBy: 'owner', invokedAt, team: ['dev', 'owner'],
    secondKey: secondKey === 'none' ? null : { personId: secondKey, principalId: `U-${secondKey}`, role: 'EXECUTIVE', at: invokedAt }, usedAt, usedBy: usedAt === null ? null : 'owner',
    reviewDue: usedAt === null ? null : plusHours(usedAt, policy.breakGlass.reviewHours), review: null,
  });
}

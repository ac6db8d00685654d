/**
 * Trust rules: which jobs and pods may ask the gate and report, for which systems and environments, without any stored secret. Each rule is a
 * service of its own. It binds ids, which nobody can take over, and the environment that the platform itself guards; a name alone is not enough.
 */
import type { Principal } from './actor.js';
import { plusDays, type Instant } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle, type StateOf } from './lifecycle.js';
import { Refusal } from './refusal.js';
import { environmentRank, type Environment } from './release.js';
import type { IssuerKind, TrustedIssuer } from './trusted-issuer.js';

export const trustRuleLifecycle = defineLifecycle('trust-rule', {
  ACTIVE: { retire: 'RETIRED' },
  RETIRED: {},
});

/** A claim has to be exactly this text. */
export interface ClaimCondition { readonly claim: string; readonly equals: string }

export interface TrustRule {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly name: string;
  readonly issuerId: string;
  readonly conditions: readonly ClaimCondition[];
  /** What the id claim of its platform has to be: by this a rule is found. */
  readonly boundId: string;
  /** The service that asks by it; its grants say where. */
  readonly accountId: string;
  readonly validUntil: Instant;
  readonly state: StateOf<typeof trustRuleLifecycle>;
  readonly createdBy: string;
  readonly createdAt: Instant;
}

/** What a repository, project or service account keeps when it is renamed, and nobody else ever gets. */
const ID_CLAIMS: Readonly<Record<Exclude<IssuerKind, 'PEOPLE'>, string>> = { GITHUB: 'repository_id', GITLAB: 'project_id', KUBERNETES: 'serviceaccount.uid' };

/** The longest time for which a machine is trusted or has a key. */
export const MACHINE_DAYS = 366;

/** None for people: no rule is about them. */
export function idClaim(kind: IssuerKind): string {
  return kind === 'PEOPLE' ? '' : ID_CLAIMS[kind];
}

export interface TrustRuleInput { readonly name: string; readonly conditions: readonly ClaimCondition[]; readonly validUntil: Instant }
/** `environments`: null = every one, so the most demanding rules hold. */
interface Context { readonly issuer: TrustedIssuer; readonly environments: readonly Pick<Environment, 'kind'>[] | null; readonly personId: string; readonly now: Instant }

export function createTrustRule(identity: Pick<TrustRule, 'id' | 'number' | 'accountId'>, input: TrustRuleInput, { issuer, environments, personId, now }: Context): Decided<TrustRule> {
  if (issuer.kind === 'PEOPLE' || issuer.state !== 'ACTIVE') throw new Refusal('INVALID_INPUT', { field: 'issuer', message: `${issuer.number} speaks for no machines.`, expected: 'an active issuer for GITHUB, GITLAB or KUBERNETES' });
  const conditions = input.conditions.map(({ claim, equals }, i) => ({ claim: checkText(claim, `conditions.${String(i)}.claim`, 100), equals: checkText(equals, `conditions.${String(i)}.equals`, 300) }));
  const missing = missingBindings(issuer.kind, conditions, environments);
  if (missing.length > 0) throw new Refusal('INVALID_INPUT', { field: 'conditions', message: `This rule would trust a name that somebody else can get: bind ${missing.join(', ')}.`, expected: missing.join(', '), because: ['NOT_BOUND'], next: 'Bind ids and the environment; sub alone is never enough.' });
  if (new Set(conditions.map(({ claim }) => claim)).size < conditions.length) throw new Refusal('INVALID_INPUT', { field: 'conditions', message: 'Each claim has one condition.' });
  const boundId = conditions.find(({ claim }) => claim === idClaim(issuer.kind))?.equals ?? '';
  const next: TrustRule = { ...identity, version: 1, name: checkText(input.name, 'name', 200), issuerId: issuer.id, conditions, boundId, validUntil: checkMachineEnd(input.validUntil, now), state: 'ACTIVE', createdBy: personId, createdAt: now };
  return { next, event: 'trustRule.created' };
}

export function retireTrustRule(rule: TrustRule, reason: string): Decided<TrustRule> {
  return { next: { ...rule, state: trustRuleLifecycle.next(rule.state, 'retire') }, event: 'trustRule.retired', reason: checkText(reason, 'reason', 4000) };
}

export function checkMachineEnd(validUntil: Instant, now: Instant): Instant {
  if (validUntil <= now) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'This time is over already.', actual: validUntil, expected: `after ${now}` });
  const latest = plusDays(now, MACHINE_DAYS);
  if (validUntil > latest) throw new Refusal('VALIDITY_TOO_LONG', { field: 'validUntil', message: `A machine is trusted for at most ${String(MACHINE_DAYS)} days at once.`, actual: validUntil, expected: latest });
  return validUntil;
}

const PILOT = environmentRank('PILOT');
const PRODUCTION = environmentRank('PRODUCTION');

/** What a rule has to bind as well: the higher the stage, the more the platform itself has to vouch for. */
function missingBindings(kind: Exclude<IssuerKind, 'PEOPLE'>, conditions: readonly ClaimCondition[], environments: Context['environments']): string[] {
  const rank = environments === null ? PRODUCTION : Math.max(...environments.map((environment) => environmentRank(environment.kind)));
  const stage = kind !== 'KUBERNETES' && rank >= PILOT ? ['environment'] : [];
  const guarded = kind === 'GITLAB' && rank >= PRODUCTION ? ['ref_protected', 'environment_protected'] : [];
  const bound = (claim: string): boolean => conditions.some((condition) => condition.claim === claim);
  // GitLab writes its booleans as text.
  const isTrue = (claim: string): boolean => conditions.some((condition) => condition.claim === claim && condition.equals === 'true');
  return [...[ID_CLAIMS[kind], ...stage].filter((claim) => !bound(claim)), ...guarded.filter((claim) => !isTrue(claim)).map((claim) => `${claim} = "true"`)];
}

/** The claims of a token that conditions can be about: texts only, and those of a pod by their path, such as `serviceaccount.uid`. */
export function claimsOf(kind: IssuerKind, payload: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return kind === 'KUBERNETES' ? textsIn(payload['kubernetes.io'], '', 3) : textsIn(payload, '', 1);
}

function textsIn(value: unknown, path: string, depth: number): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth === 0) return new Map();
  return new Map(Object.entries(value).flatMap(([name, part]) => [...textsIn(part, path === '' ? name : `${path}.${name}`, depth - 1)]));
}

/** The one rule that fits; with several it would be open who is asking, so nobody is. */
export function fittingRule<T extends TrustRule>(rules: readonly T[], claims: ReadonlyMap<string, string>): T {
  const fitting = rules.filter(({ state, conditions }) => state === 'ACTIVE' && conditions.every(({ claim, equals }) => claims.get(claim) === equals));
  const [rule] = fitting;
  if (rule !== undefined && fitting.length === 1) return rule;
  const because = rule === undefined ? 'RULE_UNKNOWN' : 'RULE_AMBIGUOUS';
  throw new Refusal('UNAUTHENTICATED', { message: 'No trust rule, or more than one, is for this job.', because: [because], next: 'Ask your administrator for a trust rule that fits this job and no other one.' });
}

/** Where a machine may ask: null = everywhere. */
export interface MachineScope { readonly role: 'DEPLOYER' | 'MONITOR'; readonly systemIds: readonly string[] | null; readonly environmentIds: readonly string[] | null }

/** The service that a rule or a key stands for, with exactly one role, for as long as that lasts. */
export function openMachine(identity: Pick<Principal, 'id' | 'number'>, { role, systemIds, environmentIds }: MachineScope, by: { personId: string; now: Instant; validUntil: Instant | null }): Decided<Principal> {
  if (systemIds?.length === 0) throw new Refusal('INVALID_INPUT', { field: 'systems', message: 'For no system there is nothing to ask.', next: 'Name at least one, or leave it out for all of them.' });
  if (environmentIds?.length === 0) throw new Refusal('INVALID_INPUT', { field: 'environments', message: 'For no environment there is nothing to ask.', next: 'Name at least one, or leave it out for all of them.' });
  const grant = { role, lane: null, systemIds, environmentIds, validFrom: by.now, validUntil: by.validUntil, qualification: null, grantedBy: by.personId };
  return { next: { ...identity, version: 1, kind: 'SERVICE', personId: null, function: null, grants: [grant], active: true }, event: 'principal.admitted' };
}

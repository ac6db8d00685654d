/** The people of a gate case: one reviewer for each lane, of its function, and some who may be needed beside; none has a part in the system but its team. */
import { LANES, ROLES, type Lane, type PersonFunction, type Principal, type Role, type RoleGrant } from './actor.js';
import { plusDays } from './clock.js';
import type { Delegation } from './delegation.js';
import { sha256 } from './digest.js';
import type { Aggregate } from './events.js';
import type { CaseCaller, CasePerson } from './gate-case.js';
import type { Scene } from './gate-case-scene.js';
import { CASE_NOW, instantTold } from './gate-case-time.js';
import type { Stored } from './package.js';
import type { GatePolicy } from './policy.js';

/** Roles are older than everything else in a case, unless it says otherwise. */
const SINCE = plusDays(CASE_NOW, -400);

/** The role by which a lane is signed where it is not that of a reviewer. */
const ROLE_OF: Readonly<Partial<Record<Lane, Role>>> = { RISK: 'RISK_OFFICER', BUSINESS: 'BUSINESS_OWNER', EXEC: 'EXECUTIVE' };

export function recorded<T extends Aggregate>(value: T): Stored<T> {
  return { ...value, digest: sha256(JSON.stringify(value)) };
}

export function reviewerOf(lane: string): string {
  return `${lane.toLowerCase()}-reviewer`;
}

/** Everybody, by name. Whoever votes and is not described works in the lane's function and holds the role for it. */
export function peopleIn(scene: Scene, policy: Pick<GatePolicy, 'laneFunctions'>): ReadonlyMap<string, Stored<Principal>> {
  const described = new Map<string, CasePerson>(usual(policy).map(({ name, ...person }) => [name, person]));
  for (const [vote, { by }] of Object.entries(scene.reviews)) {
    const [lane = '', name = by ?? reviewerOf(lane)] = vote.split('/');
    if (!described.has(name)) described.set(name, reviewing([lane], policy));
  }
  const said: Readonly<Record<string, CasePerson>> = scene.people;
  for (const [name, person] of Object.entries(said)) described.set(name, { ...described.get(name), ...person });
  return new Map([...described].filter(([name]) => !scene.absent.includes(name)).map(([name, person]) => [name, principalOf(name, person)]));
}

function usual(policy: Pick<GatePolicy, 'laneFunctions'>): (CasePerson & { readonly name: string })[] {
  const one = (name: string, work: PersonFunction, ...roles: string[]): CasePerson & { readonly name: string } => ({ name, function: work, roles });
  return [
    one('owner', 'product', 'SYSTEM_OWNER'), one('dev', 'platform', 'CONTRIBUTOR'), one('riskowner', 'business', 'RISK_OWNER'), one('officer', 'risk', 'RISK_OFFICER'), one('head', 'risk', 'HEAD_OF_RISK'),
    one('exec', 'executive', 'EXECUTIVE'), one('second', 'product', ...LANES.map(roleFor)), one('third', 'business', ...LANES.filter((lane) => policy.laneFunctions[lane] === 'product').map(roleFor)),
    ...LANES.map((lane) => ({ name: reviewerOf(lane), ...reviewing([lane], policy) })),
  ];
}

function reviewing(lanes: readonly string[], { laneFunctions }: Pick<GatePolicy, 'laneFunctions'>): CasePerson {
  const known = LANES.filter((lane) => lanes.includes(lane));
  const [first = 'RISK'] = known;
  return { function: laneFunctions[first], roles: known.map(roleFor) };
}

function roleFor(lane: Lane): string {
  return ROLE_OF[lane] ?? `REVIEWER/${lane}`;
}

function principalOf(name: string, person: CasePerson): Stored<Principal> {
  const { roles = [], systems, since, until, revoked = false } = person;
  const grants = roles.map((role) => roleGrant(role, {
    systemIds: systems ?? null, validFrom: since === undefined ? SINCE : instantTold(since), validUntil: until === undefined ? null : instantTold(until), revokedAt: revoked ? CASE_NOW : null,
  }));
  return recorded({ id: `U-${name}`, number: `U-${name}`, version: 1, kind: 'USER', personId: person.sameAs ?? name, function: person.function ?? 'business', grants, active: person.active ?? true });
}

/** The pipeline that deploys, unless the case says who else asks. */
export function callerIn({ caller = {} }: { readonly caller?: CaseCaller }): Stored<Principal> {
  const { kind = 'SERVICE', roles = ['DEPLOYER'], systems, environments, until } = caller;
  const grants = roles.map((role) => roleGrant(role, { systemIds: systems ?? null, environmentIds: environments ?? null, validUntil: until === undefined ? null : instantTold(until) }));
  return recorded({ id: 'caller', number: 'caller', version: 1, kind, personId: kind === 'USER' ? 'caller' : null, function: null, grants, active: true });
}

export function delegationsIn({ delegations }: Scene): Stored<Delegation>[] {
  return Object.entries(delegations).map(([number, { from = 'head', to = 'second', lanes = [], since = '30 days ago', until = 'in 30 days', state = 'ACTIVE' }]) => recorded({
    id: number, number, version: 1, fromPersonId: from, toPersonId: to, lanes, systemIds: null, reason: 'On leave.', validFrom: instantTold(since), validUntil: instantTold(until), state, madeAt: instantTold(since),
  }));
}

/** `REVIEWER/LEGAL` names a lane. */
function roleGrant(text: string, more: Partial<RoleGrant>): RoleGrant {
  const [name, of] = text.split('/');
  return { role: ROLES.find((role) => role === name) ?? 'CONTRIBUTOR', lane: LANES.find((lane) => lane === of) ?? null, systemIds: null, environmentIds: null, validFrom: SINCE, validUntil: null, ...more };
}

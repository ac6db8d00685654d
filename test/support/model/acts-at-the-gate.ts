// Questions to the gate, deployments under what it permitted, and changes of who may do what.
import { expect } from '@jest/globals';
import type { GateQuestion } from '../../../src/domain/gate-question.js';
import { DeploymentsService } from '../../../src/gate/deployments.service.js';
import type { Answer } from '../../../src/gate/answer.js';
import { GateService } from '../../../src/gate/gate.service.js';
import { AccountsService } from '../../../src/identity/accounts.service.js';
import type { Lane as AnyLane, Role } from '../../../src/domain/actor.js';
import { done, refused, type Act, type Real } from './act.js';
import { changed } from './acts-about-risks.js';
import { blocked, laneNow, standing } from './gate.js';
import { LANE_NAMES, type Model, type Who } from './state.js';

function question(real: Real, release: number): GateQuestion {
  return { target: { kind: 'BUNDLE', bundleDigest: real.bundles[release - 1]! }, system: null, environment: 'canary', action: 'promote' };
}

/** The gate and the model see the same: what blocks, which lanes passed, and whether it may. */
function mustAgree(m: Model, release: number, { decision }: Answer): void {
  const blocks = blocked(m, release);
  const says = {
    may: decision.verdict === 'ALLOW', blocks: [...new Set(decision.reasons.filter(({ severity }) => severity === 'BLOCK').map(({ requirement }) => requirement))].sort(),
    passed: decision.lanes.filter(({ passed }) => passed).map(({ lane }) => lane).sort(),
  };
  expect(says).toEqual({ may: blocks.length === 0, blocks, passed: LANE_NAMES.filter((lane) => laneNow(m, lane, release).passes).sort() });
  expect(decision.verdict).not.toBe('ERROR');
}

/** Asked again while nothing has changed, the gate gives the decision that it has written down. */
export function ask(release: number): Act {
  return {
    kind: 'ask the gate', name: `pipeline: may REL-${String(release)}?`, who: 'pipeline', may: ['DEPLOYER'],
    send: (real) => real.get(GateService).check(real.as('pipeline'), question(real, release)),
    rule: (m) => {
      const isKnown = m.judged.get(release) === m.changes;
      m.judged.set(release, m.changes);
      return { entries: isKnown ? 0 : null };
    },
    check: (m, answer: Answer) => { mustAgree(m, release, answer); },
  };
}

export function authorize(release: number): Act {
  return {
    kind: 'authorize', name: `pipeline: authorize REL-${String(release)}`, who: 'pipeline', may: ['DEPLOYER'],
    send: async (real) => {
      const answer = await real.get(GateService).authorize(real.as('pipeline'), question(real, release));
      if (answer.grant !== null) real.grants.push(answer.grant.id);
      return answer;
    },
    rule: (m) => {
      m.judged.set(release, m.changes);
      if (blocked(m, release).length > 0) return done();
      m.permits.push({ release, promotion: standing(m, release)!.n, used: false });
      return done(2);
    },
    check: (m, answer: Answer) => {
      mustAgree(m, release, answer);
      expect(answer.grant !== null).toBe(blocked(m, release).length === 0);
    },
  };
}

/** Uses what was permitted: once, and only while what it stood on stands. */
export function deploy(i: number): Act {
  return {
    kind: 'deploy', name: `pipeline: deploy by permit ${String(i + 1)}`, who: 'pipeline', may: ['DEPLOYER'],
    send: (real, m) => real.get(DeploymentsService).report(real.as('pipeline'), { grant: real.grants[i]!, bundleDigest: real.bundles[m.permits[i]!.release - 1]!, environment: 'canary' }),
    rule: (m) => {
      const permit = m.permits[i]!;
      const promotion = m.promotions[permit.promotion - 1]!;
      if (!m.releases[permit.release - 1]!.active || m.system.state !== 'ACTIVE' || ['CANCELLED', 'REJECTED', 'SUPERSEDED'].includes(promotion.state)) return refused('GRANT_INVALID');
      if (permit.used) return refused('GRANT_CONSUMED');
      permit.used = true;
      if (promotion.state !== 'OPEN') return done(2);
      promotion.state = 'PROMOTED';
      changed(promotion);
      return done(3);
    },
  };
}

function named(role: string): { role: Role; lane: AnyLane | null } {
  const [name, lane = null] = role.split(' ');
  return { role: name as Role, lane: lane as AnyLane | null };
}

/** Nobody administers an account of their own. */
export function grantRole(who: Who, to: Who, role: string): Act {
  return {
    kind: 'grant role', name: `${who}: give ${to} the role ${role}`, who, may: ['TENANT_ADMIN'], names: true,
    send: (real, m, read) => real.get(AccountsService).grantRole(real.as(who), read(real.as(to).principalId, m.accounts.get(to)!), { ...named(role), systems: null, validFrom: null, validUntil: null, qualification: 'Certified.' }),
    rule: (m) => {
      if (who === to) return refused('SEPARATION_OF_DUTIES');
      m.roles.push({ who: to, role, since: m.now, until: null });
      return account(m, to);
    },
  };
}

export function revokeRole(who: Who, from: Who, role: string): Act {
  return {
    kind: 'revoke role', name: `${who}: take the role ${role} from ${from}`, who, may: ['TENANT_ADMIN'], names: true,
    send: (real, m, read) => real.get(AccountsService).revokeRole(real.as(who), read(real.as(from).principalId, m.accounts.get(from)!), { ...named(role), validFrom: null }, 'Moves on.'),
    rule: (m) => {
      if (who === from) return refused('SEPARATION_OF_DUTIES');
      const held = m.roles.filter((one) => one.who === from && one.role === role && one.until === null);
      if (held.length === 0) return refused('NOT_FOUND');
      for (const one of held) one.until = m.now;
      return account(m, from);
    },
  };
}

function account(m: Model, who: Who): ReturnType<typeof done> {
  m.accounts.set(who, m.accounts.get(who)! + 1);
  return done();
}

/** Roles that are given and taken now and then: they decide about lanes, acceptances and waivers. */
export const MOVING: readonly (readonly [Who, string])[] = [
  ['petra', 'REVIEWER PRIVACY'], ['lena', 'REVIEWER PRIVACY'], ['kim', 'REVIEWER PRIVACY'], ['vera', 'REVIEWER FAIRNESS'], ['kim', 'REVIEWER FAIRNESS'], ['rita', 'RISK_OFFICER'], ['bea', 'BUSINESS_OWNER'], ['lena', 'REVIEWER LEGAL'], ['ada', 'REVIEWER LEGAL'],
];

// Acts about the system, its releases, its risks and what is accepted of them.
import { AcceptancesService } from '../../../src/acceptances/acceptances.service.js';
import { ConfirmationsService } from '../../../src/acceptances/confirmations.service.js';
import { plusDays } from '../../../src/domain/clock.js';
import { sha256 } from '../../../src/domain/digest.js';
import { RisksService } from '../../../src/risks/risks.service.js';
import { ReleasesService } from '../../../src/systems/releases.service.js';
import { SystemsService } from '../../../src/systems/systems.service.js';
import { done, refused, type Act } from './act.js';
import { AUTHORITY, covers, holds, isAbove, isGranted, levelOf, PART_NAMES, type Acceptance, type Level, type Model, type Part, type Risk, type RiskState, type Who } from './state.js';

const DELIVERY = ['CONTRIBUTOR', 'SYSTEM_OWNER'];
const OFFICERS = ['RISK_OFFICER', 'HEAD_OF_RISK'];
const RISK_PEOPLE = [...DELIVERY, 'RISK_OWNER', ...OFFICERS];
/** How likely, and how bad for the law, a risk of each level is. */
const ESTIMATES: Readonly<Record<Level, readonly [number, number]>> = { VERY_LOW: [1, 2], MODERATE: [4, 2], HIGH: [5, 2], VERY_HIGH: [5, 4] };

export function operate(who: Who, action: 'suspend' | 'resume'): Act {
  return {
    kind: action, name: `${who}: ${action} the system`, who, may: ['SYSTEM_OWNER', ...OFFICERS], names: true,
    send: (real, m, read) => real.get(SystemsService).operate(real.as(who), read('SYS-1', m.system.version), action, 'For a while.'),
    rule: ({ system }) => {
      if ((system.state === 'ACTIVE') !== (action === 'suspend')) return refused('INVALID_TRANSITION');
      system.state = action === 'suspend' ? 'SUSPENDED' : 'ACTIVE';
      return changed(system);
    },
  };
}

/** What concerns everybody: whom it affects. */
export function regroup(who: Who): Act {
  return {
    kind: 'edit system', name: `${who}: other people are affected`, who, may: DELIVERY, names: true,
    send: (real, m, read) => real.get(SystemsService).edit(real.as(who), read('SYS-1', m.system.version), { affectedGroups: [`group ${String(m.system.groups + 1)}`] }),
    rule: ({ system }) => {
      system.groups += 1;
      return changed(system);
    },
  };
}

/** The last release with one other part. */
export function createRelease(who: Who, part: Part): Act {
  const partsOf = (m: Model): Record<Part, string> => ({ ...m.releases.at(-1)!.parts, [part]: String(m.releases.length + 1) });
  return {
    kind: 'create release', name: `${who}: a release with another ${part}`, who, may: [...DELIVERY, 'DEPLOYER'],
    send: async (real, m) => {
      const parts = partsOf(m);
      const components = PART_NAMES.map((role) => ({ role, name: role.toLowerCase(), digest: sha256(`${role} ${parts[role]}`) }));
      real.bundles.push((await real.get(ReleasesService).create(real.as(who), 'SYS-1', { label: String(m.releases.length + 1), components })).bundleDigest);
    },
    rule: (m) => {
      m.releases.push({ n: m.releases.length + 1, version: 1, active: true, parts: partsOf(m), by: who });
      return done();
    },
  };
}

export function withdrawRelease(who: Who, n: number): Act {
  return {
    kind: 'withdraw release', name: `${who}: withdraw REL-${String(n)}`, who, may: ['SYSTEM_OWNER', ...OFFICERS], names: true,
    send: (real, m, read) => real.get(ReleasesService).withdraw(real.as(who), read(`REL-${String(n)}`, m.releases[n - 1]!.version), 'Faulty.'),
    rule: (m) => {
      const release = m.releases[n - 1]!;
      if (!release.active) return refused('INVALID_TRANSITION');
      release.active = false;
      return changed(release);
    },
  };
}

export function logRisk(who: Who, draft: boolean): Act {
  return {
    kind: 'log risk', name: `${who}: ${draft ? 'draft' : 'log'} a risk`, who, may: RISK_PEOPLE,
    send: (real) => real.get(RisksService).log(real.as(who), 'SYS-1', { statement: wording(0), affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'sam', release: null }, draft),
    rule: (m) => {
      m.risks.push({ n: m.risks.length + 1, version: 1, state: draft ? 'DRAFT' : 'IDENTIFIED', words: 0, option: null, assessments: [], confirmed: null, editors: new Set([who]) });
      return done();
    },
  };
}

/** An act of a few states of a risk, refused in every other; the rule gives the next state, or the code of a refusal. */
function onRisk(act: Pick<Act, 'kind' | 'who' | 'may'>, n: number, does: { send: (service: RisksService, at: ReturnType<Parameters<Act['send']>[2]>, ctx: ReturnType<Parameters<Act['send']>[0]['as']>) => Promise<unknown>; from: readonly RiskState[]; rule: (risk: Risk, m: Model) => string }): Act {
  return {
    ...act, name: `${act.who}: ${act.kind} R-${String(n)}`, names: true,
    send: (real, m, read) => does.send(real.get(RisksService), read(`R-${String(n)}`, m.risks[n - 1]!.version), real.as(act.who)),
    rule: (m) => {
      const risk = m.risks[n - 1]!;
      if (!does.from.includes(risk.state)) return refused('INVALID_TRANSITION');
      const said = does.rule(risk, m);
      if (!STATES.has(said)) return refused(said);
      risk.state = said as RiskState;
      return changed(risk);
    },
  };
}

const STATES: ReadonlySet<string> = new Set(['DRAFT', 'IDENTIFIED', 'ASSESSED', 'TREATING', 'MONITORED', 'ACCEPTED', 'CLOSED', 'REJECTED']);

export function submit(who: Who, n: number): Act {
  return onRisk({ kind: 'submit', who, may: RISK_PEOPLE }, n, { send: (risks, at, ctx) => risks.submit(ctx, at), from: ['DRAFT'], rule: () => 'IDENTIFIED' });
}

export function assess(who: Who, n: number, level: Level): Act {
  const [likelihood, value] = ESTIMATES[level];
  const untreated = { likelihood, consequences: [{ class: 'LEGAL', value }] } as const;
  return onRisk({ kind: `assess ${level}`, who, may: ['RISK_OWNER', ...OFFICERS] }, n, {
    send: (risks, at, ctx) => risks.assess(ctx, at, { inherent: untreated, current: untreated, target: null, rationale: 'Seen in the pilot.', strengthOfKnowledge: 'MEDIUM' }),
    from: ['IDENTIFIED', 'ASSESSED', 'TREATING', 'MONITORED', 'ACCEPTED'],
    rule: (risk) => {
      risk.assessments.push({ level, by: who });
      return 'ASSESSED';
    },
  });
}

export function plan(who: Who, n: number, option: 'REDUCE' | 'RETAIN'): Act {
  return onRisk({ kind: `plan ${option}`, who, may: ['RISK_OWNER'] }, n, {
    send: (risks, at, ctx) => risks.planTreatment(ctx, at, option, 'As discussed.'), from: ['ASSESSED'],
    rule: (risk) => {
      risk.option = option;
      return 'TREATING';
    },
  });
}

/** Other words: whoever changes them is a party to the risk from then on. */
export function reword(who: Who, n: number): Act {
  return onRisk({ kind: 'reword', who, may: RISK_PEOPLE }, n, {
    send: (risks, at, ctx) => risks.edit(ctx, at, { statement: wording(1 + at.expectedVersion) }), from: ['DRAFT', 'IDENTIFIED', 'ASSESSED', 'TREATING', 'MONITORED', 'ACCEPTED'],
    rule: (risk) => {
      risk.words = 1 + risk.version;
      risk.editors.add(who);
      return risk.state === 'MONITORED' || risk.state === 'ACCEPTED' ? 'ASSESSED' : risk.state;
    },
  });
}

export function turn(who: Who, n: number, action: 'reopen' | 'close' | 'reject'): Act {
  const from = { reopen: ['MONITORED', 'ACCEPTED', 'CLOSED'], close: ['MONITORED'], reject: ['DRAFT', 'IDENTIFIED'] } as const;
  const to = { reopen: 'ASSESSED', close: 'CLOSED', reject: 'REJECTED' } as const;
  return onRisk({ kind: action, who, may: OFFICERS }, n, {
    send: (risks, at, ctx) => risks.turn(ctx, at, action, 'Looked at again.'), from: from[action],
    rule: (risk) => (action !== 'reopen' && isPartyTo(risk, who) ? 'SEPARATION_OF_DUTIES' : to[action]),
  });
}

export function confirm(who: Who, n: number): Act {
  const act = onRisk({ kind: 'confirm', who, may: OFFICERS }, n, {
    send: () => Promise.resolve(), from: ['ASSESSED', 'TREATING'],
    rule: (risk) => {
      if (isPartyTo(risk, who)) return 'SEPARATION_OF_DUTIES';
      if (isAbove(levelOf(risk)!, 'MODERATE')) return 'ABOVE_TOLERANCE';
      if (risk.option === 'RETAIN') return 'INVALID_TRANSITION';
      risk.confirmed = risk.assessments.length;
      return 'MONITORED';
    },
  });
  return { ...act, send: (real, m, read) => real.get(ConfirmationsService).confirm(real.as(who), read(`R-${String(n)}`, m.risks[n - 1]!.version)) };
}

/** Owns, last assessed or wrote it. */
function isPartyTo(risk: Risk, who: Who): boolean {
  return who === 'sam' || risk.assessments.at(-1)?.by === who || risk.editors.has(who);
}

function wording(words: number): { source: string; event: string; consequence: string } {
  return { source: 'Hidden text in mails', event: 'instructions are followed', consequence: `harm of kind ${String(words)}` };
}

export function requestAcceptance(who: Who, n: number): Act {
  return {
    kind: 'request acceptance', name: `${who}: ask to accept R-${String(n)}`, who, may: ['RISK_OWNER', 'SYSTEM_OWNER', 'RISK_OFFICER'], names: true,
    send: (real, m, read) => real.get(AcceptancesService).request(real.as(who), read(`R-${String(n)}`, m.risks[n - 1]!.version), { reason: 'Worth it.', validUntil: plusDays(new Date().toISOString(), 10) }),
    rule: (m) => {
      const risk = m.risks[n - 1]!;
      const level = levelOf(risk);
      if (!MAY_BE_ACCEPTED.includes(risk.state) || level === null) return refused('INVALID_TRANSITION');
      if (AUTHORITY[level].length === 0) return refused('NOT_ACCEPTABLE');
      m.acceptances.push({ n: m.acceptances.length + 1, version: 1, state: 'REQUESTED', risk: n, level, revision: risk.assessments.length, words: risk.words, by: who, grants: [] });
      return done();
    },
  };
}

const MAY_BE_ACCEPTED: readonly RiskState[] = ['ASSESSED', 'TREATING', 'ACCEPTED'];

export function grantAcceptance(who: Who, n: number): Act {
  return {
    kind: 'grant acceptance', name: `${who}: grant A-${String(n)}`, who, may: ['RISK_OWNER', 'BUSINESS_OWNER', ...OFFICERS, 'EXECUTIVE'], names: true,
    send: (real, m, read) => real.get(AcceptancesService).grant(real.as(who), read(`A-${String(n)}`, m.acceptances[n - 1]!.version)),
    rule: (m) => {
      const acceptance = m.acceptances[n - 1]!;
      const risk = m.risks[acceptance.risk - 1]!;
      if (acceptance.state !== 'REQUESTED') return refused('INVALID_TRANSITION');
      if (risk.assessments.length !== acceptance.revision || !covers(acceptance, risk)) return refused('PACKAGE_CHANGED');
      if (isPartyToAccepting(acceptance, risk, who)) return refused('SEPARATION_OF_DUTIES');
      const role = missingRoles(acceptance).find((needed) => (needed === 'RISK_OWNER' ? who === 'sam' : holds(m, who, needed)));
      if (role === undefined) return refused('ABOVE_AUTHORITY');
      const isLast = missingRoles(acceptance).length === 1;
      if (isLast && !MAY_BE_ACCEPTED.includes(risk.state)) return refused('INVALID_TRANSITION');
      acceptance.grants.push({ by: who, role });
      return isLast ? accepted(acceptance, risk) : changed(acceptance);
    },
  };
}

/** Assessed it, has granted already, or asked for it although the risk is another's. */
export function isPartyToAccepting(acceptance: Acceptance, risk: Risk, who: Who): boolean {
  return risk.assessments.at(-1)?.by === who || acceptance.grants.some(({ by }) => by === who) || (acceptance.by === who && who !== 'sam');
}

/** The grant that completes the authority moves the risk on. */
function accepted(acceptance: Acceptance, risk: Risk): ReturnType<typeof done> {
  if (!isGranted(acceptance)) throw new Error(`A-${String(acceptance.n)} is not granted`);
  risk.state = 'ACCEPTED';
  risk.confirmed = risk.assessments.length;
  changed(risk);
  changed(acceptance);
  return done(2);
}

export function missingRoles({ level, grants }: Acceptance): string[] {
  return AUTHORITY[level].filter((role) => !grants.some((grant) => grant.role === role));
}

export function endAcceptance(who: Who, n: number, action: 'withdraw' | 'revoke'): Act {
  return {
    kind: `${action} acceptance`, name: `${who}: ${action} A-${String(n)}`, who, may: ['RISK_OWNER', 'BUSINESS_OWNER', ...OFFICERS, 'EXECUTIVE', 'SYSTEM_OWNER'], names: true,
    send: (real, m, read) => real.get(AcceptancesService).end(real.as(who), read(`A-${String(n)}`, m.acceptances[n - 1]!.version), action, 'Not any more.'),
    rule: (m) => takenBack(m, m.acceptances[n - 1]!, who, action),
  };
}

/** Whoever asked withdraws; whoever granted, or a head of risk, revokes. */
export function takenBack(m: Model, granted: { version: number; state: string; readonly by: Who; readonly grants: readonly { readonly by: Who }[] }, who: Who, action: 'withdraw' | 'revoke'): ReturnType<typeof done> {
  if (granted.state !== 'REQUESTED') return refused('INVALID_TRANSITION');
  const may = action === 'withdraw' ? granted.by === who : granted.grants.some(({ by }) => by === who) || holds(m, who, 'HEAD_OF_RISK');
  if (!may) return refused('NOT_ELIGIBLE');
  granted.state = action === 'withdraw' ? 'WITHDRAWN' : 'REVOKED';
  return changed(granted);
}

/** The next version of a record, and one entry about it. */
export function changed(record: { version: number }): ReturnType<typeof done> {
  record.version += 1;
  return done();
}


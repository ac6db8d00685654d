// The lifecycles as a user sees them, once more and in words of their own: nothing here comes from src/domain. One system whose releases go
// into a canary environment; who may do what, what everybody has done so far, and what a signature was given on.

export type Level = 'VERY_LOW' | 'MODERATE' | 'HIGH' | 'VERY_HIGH';
const LEVELS: readonly Level[] = ['VERY_LOW', 'MODERATE', 'HIGH', 'VERY_HIGH'];
/** Who together accept a risk at this level; nobody accepts the highest. */
export const AUTHORITY: Readonly<Record<Level, readonly string[]>> = { VERY_LOW: ['RISK_OWNER'], MODERATE: ['BUSINESS_OWNER', 'RISK_OFFICER'], HIGH: ['HEAD_OF_RISK', 'EXECUTIVE'], VERY_HIGH: [] };

/** What a system of tier MINIMAL needs for a canary when it may be high-risk and works on special categories of data. */
export const LANES = {
  RISK: { level: 'SELF', works: 'risk', veto: true, waivable: true },
  LEGAL: { level: 'INDEPENDENT', works: 'legal', veto: true, waivable: false },
  PRIVACY: { level: 'FOUR_EYES', works: 'privacy', veto: true, waivable: true },
  SECURITY: { level: 'SELF', works: 'security', veto: true, waivable: true },
  FAIRNESS: { level: 'INDEPENDENT', works: 'responsible-AI', veto: false, waivable: true },
  OPS: { level: 'SELF', works: 'platform', veto: false, waivable: true },
  PROVENANCE: { level: 'SELF', works: 'open-source', veto: false, waivable: true },
} as const;
export type Lane = keyof typeof LANES;
export const LANE_NAMES = Object.keys(LANES) as Lane[];

/** Whose sign-offs a changed part of a release outdates. */
export const PARTS = { MODEL: ['RISK', 'SECURITY', 'FAIRNESS', 'PROVENANCE', 'OPS'], PROMPT: ['SECURITY', 'FAIRNESS'], DATASET: ['PRIVACY', 'PROVENANCE', 'FAIRNESS'], CONFIG: ['SECURITY', 'OPS'] } as const satisfies Record<string, readonly Lane[]>;
export type Part = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as Part[];

/** The people of the example organization. Sam owns the system, Dana develops it, Hugo set its tier. */
export const PEOPLE = {
  ada: { works: 'platform', roles: ['TENANT_ADMIN', 'POLICY_ADMIN'] }, sam: { works: 'product', roles: ['SYSTEM_OWNER', 'CONTRIBUTOR', 'RISK_OWNER'] }, dana: { works: 'product', roles: ['CONTRIBUTOR'] },
  rita: { works: 'risk', roles: ['RISK_OFFICER'] }, hugo: { works: 'risk', roles: ['HEAD_OF_RISK', 'RISK_OFFICER'] }, hanna: { works: 'risk', roles: ['HEAD_OF_RISK'] },
  petra: { works: 'privacy', roles: ['REVIEWER PRIVACY', 'REVIEWER DATA'] }, lena: { works: 'legal', roles: ['REVIEWER LEGAL', 'REVIEWER PRIVACY', 'REVIEWER FRIA'] },
  kim: { works: 'security', roles: ['REVIEWER SECURITY', 'REVIEWER PROVENANCE'] }, vera: { works: 'validation', roles: ['REVIEWER VALIDATION', 'REVIEWER FAIRNESS'] },
  omar: { works: 'operations', roles: ['REVIEWER OPS', 'REVIEWER OVERSIGHT'] }, bea: { works: 'business', roles: ['BUSINESS_OWNER', 'REVIEWER TRANSPARENCY'] },
  eve: { works: 'executive', roles: ['EXECUTIVE'] }, axel: { works: 'legal', roles: ['AUDITOR'] }, pipeline: { works: '', roles: ['DEPLOYER'] },
} as const satisfies Record<string, { works: string; roles: readonly string[] }>;
export type Who = keyof typeof PEOPLE;
export const EVERYBODY = Object.keys(PEOPLE) as Who[];
const TEAM: readonly Who[] = ['sam', 'dana'];

export type RiskState = 'DRAFT' | 'IDENTIFIED' | 'ASSESSED' | 'TREATING' | 'MONITORED' | 'ACCEPTED' | 'CLOSED' | 'REJECTED';
export type Choice = 'APPROVE' | 'APPROVE_WITH_CONDITIONS' | 'REQUEST_CHANGES' | 'REJECT' | 'ABSTAIN' | 'RECUSE';

/** `n` is what people say: the second risk is R-2. Moments are counted: each act is one. */
interface Numbered { readonly n: number; version: number }
export interface Release extends Numbered { active: boolean; readonly parts: Readonly<Record<Part, string>>; readonly by: Who }
export interface Risk extends Numbered { state: RiskState; words: number; option: string | null; readonly assessments: { readonly level: Level; readonly by: Who }[]; confirmed: number | null; readonly editors: Set<Who> }
export interface Granted { readonly by: Who; readonly role: string }
export interface Acceptance extends Numbered { state: 'REQUESTED' | 'WITHDRAWN' | 'REVOKED'; readonly risk: number; readonly level: Level; readonly revision: number; readonly words: number; readonly by: Who; readonly grants: Granted[] }
export interface Promotion extends Numbered { state: 'OPEN' | 'CANCELLED' | 'REJECTED' | 'SUPERSEDED' | 'PROMOTED'; readonly release: number; readonly by: Who; readonly at: number; readonly claims: Map<Lane, Who> }
export interface Vote extends Numbered { withdrawnAt: number | null; readonly promotion: number; readonly lanes: readonly Lane[]; readonly choice: Choice; readonly by: Who; readonly shown: Shown }
export interface Waiver extends Numbered { state: 'REQUESTED' | 'WITHDRAWN' | 'REVOKED'; readonly release: number; readonly requirement: string; readonly renews: number | null; readonly by: Who; readonly at: number; readonly shown: Shown; readonly grants: Granted[] }
export interface Condition extends Numbered { state: 'OPEN' | 'FULFILLED' | 'CONFIRMED'; readonly vote: number; readonly lanes: readonly Lane[] }
/** Shown to somebody, who has not answered yet: `seen` is every byte of it. */
export interface Held { readonly by: Who; readonly promotion: number; readonly lanes: readonly Lane[]; readonly seen: string; used: boolean }
export interface Permit { readonly release: number; readonly promotion: number; used: boolean }
interface Role { readonly who: Who; readonly role: string; readonly since: number; until: number | null }

/** What of a package can be material to one of the lanes. */
export interface Shown { readonly groups: number; readonly parts: Release['parts']; readonly risks: readonly { readonly n: number; readonly isDraft: boolean; readonly words: number; readonly level: Level | null; readonly option: string | null }[] }

export interface Model {
  now: number;
  /** The entries of the log, and how many of the acts so far changed something. */
  log: number; changes: number;
  readonly system: { version: number; state: 'ACTIVE' | 'SUSPENDED'; groups: number };
  readonly releases: Release[]; readonly risks: Risk[]; readonly acceptances: Acceptance[]; readonly promotions: Promotion[]; readonly votes: Vote[];
  readonly waivers: Waiver[]; readonly conditions: Condition[]; readonly held: Held[]; readonly permits: Permit[];
  readonly roles: Role[]; readonly accounts: Map<Who, number>;
  /** After how many changes the gate last judged each release. */
  readonly judged: Map<number, number>;
}

/** A system with its first release, and one risk that nobody has assessed yet. */
export function beginning(log: number): Model {
  const roles = EVERYBODY.flatMap((who) => PEOPLE[who].roles.map((role): Role => ({ who, role, since: 0, until: null })));
  return {
    now: 0, log, changes: 0, system: { version: 2, state: 'ACTIVE', groups: 0 }, releases: [{ n: 1, version: 1, active: true, parts: { MODEL: '1', PROMPT: '1', DATASET: '1', CONFIG: '1' }, by: 'dana' }],
    risks: [{ n: 1, version: 1, state: 'IDENTIFIED', words: 0, option: null, assessments: [], confirmed: null, editors: new Set(['sam']) }],
    acceptances: [], promotions: [], votes: [], waivers: [], conditions: [], held: [], permits: [], roles, accounts: new Map(EVERYBODY.map((who) => [who, 1])), judged: new Map(),
  };
}

export function holds(m: Model, who: Who, ...roles: readonly string[]): boolean {
  return m.roles.some((role) => role.who === who && role.until === null && roles.some((name) => role.role === name || role.role.startsWith(`${name} `)));
}

/** Since when somebody has held one of the roles, without an end so far; Infinity = they do not hold it. */
export function heldSince(m: Model, who: Who, ...roles: readonly string[]): number {
  return Math.min(Infinity, ...m.roles.filter((role) => role.who === who && role.until === null && roles.includes(role.role)).map(({ since }) => since));
}

export function isOnTeam(who: Who): boolean {
  return TEAM.includes(who);
}

export function isAbove(a: Level, b: Level): boolean {
  return LEVELS.indexOf(a) > LEVELS.indexOf(b);
}

export function levelOf(risk: Risk): Level | null {
  return risk.assessments.at(-1)?.level ?? null;
}

/** What somebody has confirmed; before that, the present estimate. */
export function residualOf(risk: Risk): Level | null {
  return risk.confirmed === null ? levelOf(risk) : risk.assessments[risk.confirmed - 1]!.level;
}

export function risksInScope(m: Model): Risk[] {
  return m.risks.filter(({ state }) => state !== 'CLOSED' && state !== 'REJECTED');
}

export function isGranted({ state, level, grants }: Acceptance): boolean {
  return state === 'REQUESTED' && AUTHORITY[level].every((role) => grants.some((grant) => grant.role === role));
}

/** Whether the acceptance still speaks of the risk. */
export function covers(acceptance: Acceptance, risk: Risk): boolean {
  const level = levelOf(risk);
  return level !== null && !isAbove(level, acceptance.level) && acceptance.words === risk.words;
}

export function isAccepted(m: Model, risk: Risk): boolean {
  return m.acceptances.some((acceptance) => acceptance.risk === risk.n && isGranted(acceptance) && covers(acceptance, risk));
}

export function shownNow(m: Model, release: number): Shown {
  const risks = risksInScope(m).map((risk) => ({ n: risk.n, isDraft: risk.state === 'DRAFT', words: risk.words, level: levelOf(risk), option: risk.option }));
  return { groups: m.system.groups, parts: m.releases[release - 1]!.parts, risks };
}

/** The lanes to which something material differs. */
export function differing(then: Shown, now: Shown): ReadonlySet<Lane> {
  if (then.groups !== now.groups) return new Set(LANE_NAMES);
  const parts = PART_NAMES.filter((part) => then.parts[part] !== now.parts[part]).flatMap((part): readonly Lane[] => PARTS[part]);
  return new Set([...parts, ...(risksDiffer(then, now) ? ['RISK' as const] : [])]);
}

function risksDiffer(then: Shown, now: Shown): boolean {
  const worse = now.risks.some((risk) => {
    const before = then.risks.find(({ n }) => n === risk.n);
    if (before === undefined) return risk.level !== null && isAbove(risk.level, 'MODERATE');
    const rose = risk.level !== null && (before.level === null || isAbove(risk.level, before.level));
    return rose || before.words !== risk.words || before.option !== risk.option;
  });
  return worse || then.risks.some((before) => !before.isDraft && !now.risks.some(({ n }) => n === before.n));
}

/** Everything that a package says: whoever was shown less than this was shown something else. */
export function seenNow(m: Model, release: number): string {
  const accepted = (risk: Risk): number | undefined => m.acceptances.filter((acceptance) => acceptance.risk === risk.n && isGranted(acceptance)).at(-1)?.n;
  const open = m.conditions.filter((condition) => condition.state !== 'CONFIRMED' && binds(m, m.votes[condition.vote - 1]!)).map(({ n, state }) => [n, state]);
  return JSON.stringify([m.system.version, release, m.releases[release - 1]!.version, risksInScope(m).map((risk) => [risk.n, risk.version, accepted(risk)]), open]);
}

/** What a vote asks for binds until it is taken back, or its signer approves the same anew. */
function binds(m: Model, vote: Vote): boolean {
  const replaces = (later: Vote): boolean => later.n > vote.n && later.by === vote.by && later.withdrawnAt === null && isApproval(later) && later.promotion === vote.promotion && vote.lanes.every((lane) => later.lanes.includes(lane));
  return vote.withdrawnAt === null && !m.votes.some(replaces);
}

export function isApproval({ choice }: Vote): boolean {
  return choice === 'APPROVE' || choice === 'APPROVE_WITH_CONDITIONS';
}

export function isObjection({ choice }: Vote): boolean {
  return choice === 'REQUEST_CHANGES' || choice === 'REJECT';
}

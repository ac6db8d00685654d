// The three questions a second time, over what the oracle finds unmet: may it go in, may it stay, may it come back?
import type { GateFacts } from '../../src/domain/gate-question.js';
import type { GatePolicy } from '../../src/domain/policy.js';
import { classed, isAskedFor, unmet } from './oracle.js';

const DAY = 864e5;
/** Reasons that name a requirement of their own; every other one is about the target, the caller or the law. */
const demands = (reason: string): string | undefined => / (R\d.*)$/.exec(reason)?.[1] ?? (/^STAGE_SKIPPED/.test(reason) ? 'R19' : undefined);
const blocks = (reason: string): boolean => !/^WARN|^INFO/.test(reason);

export function oracle(policy: GatePolicy, facts: GateFacts, now: string): { verdict: string; reasons: string[] } {
  const plain = (): string[] => unmet(policy, facts, now);
  const found = facts.about && facts.environment ? { promote: () => entering(policy, facts, now, plain()), run: () => staying(policy, facts, now, plain()), rollback: () => returning(facts, now, plain()) }[facts.question.action]() : plain();
  const left = found.filter(blocks);
  if (found.includes('WARN BREAK_GLASS_USED')) return { verdict: 'ALLOW', reasons: found };
  if (left.length === 0) return { verdict: 'ALLOW', reasons: [...found, 'INFO ALL_REQUIREMENTS_MET'] };
  const open = facts.question.action === 'promote' && isAskedFor(policy, facts, now) && left.every((r) => / R5\//.test(r) && !/^REVIEW_REJECTED|^CHANGES|^NO_ELIGIBLE/.test(r));
  return { verdict: open ? 'PENDING' : 'DENY', reasons: found };
}

const imported = ({ about, environment }: GateFacts, now: string): boolean => about!.baselines.some((b) => b.state === 'CONFIRMED' && b.environmentId === environment!.id && b.until > now);
const condemned = ({ about }: GateFacts): string[] => about!.breakGlasses.flatMap((b) => (b.state === 'CONDEMNED' ? [b.id] : []));
/** Once what a bundle came in by is condemned, it is here by what else it came in by, or not at all. */
const letIn = (facts: GateFacts, as = /./) => {
  const all = facts.about!.grants.filter((g) => g.bundleDigest === facts.about!.release.bundleDigest), bad = condemned(facts), good = all.filter((g) => !bad.includes(g.breakGlassId ?? '-'));
  return (good.length < all.length && !good.some((g) => g.action === 'promote') ? [] : good).filter((g) => as.test(g.action));
};

/** What nobody judged in time stands in the way of everything; whatever else does is stepped over by an emergency that is declared, agreed to, and not over. */
function entering(policy: GatePolicy, { about, environment }: GateFacts, now: string, plain: string[]): string[] {
  const ours = about!.breakGlasses, { reviewHours, secondKey } = policy.breakGlass, late = ours.filter((b) => environment!.kind === 'PRODUCTION' && b.state === 'USED' && (b.reviewDue ? Date.parse(b.reviewDue) : Date.parse(b.usedAt!) + reviewHours * 36e5) <= Date.parse(now));
  const found = [...plain, ...late.map((b) => `BREAK_GLASS_DEBT R15/${b.number}`)], left = found.filter(blocks);
  const declared = ours.some((b) => b.state === 'INVOKED' && b.validUntil > now && b.bundleDigest === about!.release.bundleDigest && b.releaseId === about!.release.id && b.environmentId === environment!.id && (b.secondKey !== null || secondKey.length === 0));
  const over = declared && left.length > 0 && late.length === 0 && left.every((r) => demands(r) !== undefined);
  return over ? [...found.map((r) => (blocks(r) ? `WARN ${r}` : r)), 'WARN BREAK_GLASS_USED'] : found;
}

function returning(facts: GateFacts, now: string, plain: string[]): string[] {
  const known = letIn(facts, /promote/).length > 0 || imported(facts, now);
  return known ? plain.map((r) => (blocks(r) && demands(r) !== undefined ? `WARN ${r}` : r)) : ['NOT_AUTHORIZED_HERE', ...plain];
}

function staying(policy: GatePolicy, facts: GateFacts, now: string, plain: string[]): string[] {
  const baseline = imported(facts, now), grants = letIn(facts), about = facts.about!;
  if (!baseline && grants.length === 0) return ['NOT_AUTHORIZED_HERE', ...plain];
  const grace = policy.runGraceDays[classed(about.system).tier] * DAY, young = (since: string): boolean => Date.parse(since) + grace > Date.parse(now);
  const line = [...about.grants].sort((a, b) => (a.issuedAt + a.id < b.issuedAt + b.id ? -1 : 1)), ours = (g: typeof line[number]): boolean => g.bundleDigest === about.release.bundleDigest;
  const displaced = (n: number): boolean => line.slice(line.slice(0, n).findLastIndex(ours) + 1, n).some((g) => g.action === 'promote' && (g.redeemedAt ?? '9') <= line[n]!.issuedAt);
  const back = line.some((g, n) => g.action === 'rollback' && grants.includes(g) && displaced(n) && young(g.issuedAt)) || grants.some((g) => g.breakGlassId !== null && young(g.issuedAt));
  const wanted = new Set(plain.filter(blocks).flatMap((r) => demands(r) ?? []));
  const overdue = baseline || back ? new Set<string>() : neverMetSince(policy, facts, { now, grace, wanted });
  const spared = (r: string): boolean => { const what = demands(r); return what === undefined ? baseline && /^UNCLASSIFIED/.test(r) : !overdue.has(what); };
  return [...(grants.length === 0 ? ['WARN NOT_AUTHORIZED_HERE'] : []), ...plain.map((r) => (blocks(r) && spared(r) ? `WARN ${r}` : r))];
}

/** Those that were blocked at the last moment of everything that ended within the grace: then it was not time that took them away. */
function neverMetSince(policy: GatePolicy, facts: GateFacts, { now, grace, wanted }: { now: string; grace: number; wanted: Set<string> }): Set<string> {
  const ends = [...JSON.stringify(facts).matchAll(/"(?:validUntil|validFrom|due)":"([^"]+)"/g)].map(([, instant]) => Date.parse(instant!)), drafts = facts.about!.risks.map((r) => Date.parse(r.loggedAt) + policy.draftGraceDays * DAY);
  const moments = new Set([...ends, ...drafts].filter((t) => t <= Date.parse(now) && t > Date.parse(now) - grace));
  const left = new Set(wanted);
  for (const t of moments) {
    if (left.size === 0) break;
    const then = new Set(unmet(policy, facts, new Date(t - 1).toISOString()).filter(blocks).flatMap((r) => demands(r) ?? []));
    for (const what of wanted) if (!then.has(what)) left.delete(what);
  }
  return left;
}

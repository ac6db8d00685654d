/* eslint complexity: "off" -- the gate's rules a second time, as truth tables over the stored records. WARN does not block; R2 to R9 say what they ask for. */
import type { GateFacts } from '../../src/domain/gate-question.js';
import type { GatePolicy } from '../../src/domain/policy.js';
import type { Tier } from '../../src/domain/system.js';
type Case = NonNullable<ReturnType<typeof derive>>; type Lane = keyof GatePolicy['laneFunctions'];
const [LEVELS, DEMANDS, TIERS] = ['VERY_LOW LOW MODERATE HIGH VERY_HIGH', 'NONE SELF INDEPENDENT FOUR_EYES', 'MINIMAL MODERATE HIGH CRITICAL'] as const;
const VOTES = 'REVIEWER RISK_OFFICER HEAD_OF_RISK EXECUTIVE BUSINESS_OWNER SYSTEM_OWNER CONTRIBUTOR', AUTONOMY = 'ASSISTS RECOMMENDS DECIDES_WITH_REVIEW DECIDES', ROLES = ' RISK:RISK_OFFICER RISK:HEAD_OF_RISK BUSINESS:BUSINESS_OWNER EXEC:EXECUTIVE ';
const rank = (scale: string, ...of: (string | null | undefined)[]): number => Math.max(...of.map((value) => scale.split(' ').indexOf(value ?? '?')));
const text = (...of: unknown[]): string => JSON.stringify(of), where = (table: Record<string, unknown>): string[] => Object.keys(table).filter((key) => table[key]);
const says = (at: { statement: object; releaseId: string | null }): string => text(at.statement, at.releaseId).toLowerCase().replace(/\s+/g, ' ');
const held = ({ active, grants }: GateFacts['caller'], now: string, on = '') => grants.filter((g) => active && !g.revokedAt && g.validFrom <= now && (g.validUntil ?? '9') > now && (on === '' || (g.systemIds ?? [on]).includes(on)));
/** The record that stands for this one: the youngest that supersedes it and was verified, revoked since or not, and so on. */
const standing = (evidence: Case['evidence'], id: string): Case['evidence'][number] => {
  const [next] = evidence.filter((e) => e.supersedesId === id && /VERIFIED|REVOKED/.test(e.state) && e.id > id).sort((a, b) => (a.id > b.id ? -1 : 1));
  return next ? standing(evidence, next.id) : evidence.find((e) => e.id === id)!; };
const papers = ({ evidence, now, release }: Case, m: Case['mitigations'][number]) => m.evidenceIds.map((id) => standing(evidence, id)).map((e) => ({ ...e, live: e.state === 'VERIFIED' && e.validUntil > now, ours: [null, release.bundleDigest, ...release.components.map((c) => c.digest)].includes(e.subjectDigest) }));
const shown = (at: Case, m: Case['mitigations'][number]) => m.state === 'VERIFIED' && papers(at, m).some((e) => e.live && e.ours);
const cells = ({ matrix, floors }: Case['criteria'], likelihood: number, harms: { class: string; value: number }[]) => harms.flatMap((c) => [matrix[c.value - 1]?.[likelihood - 1], ...floors.map((f) => f.class === c.class && f.from <= c.value ? f.level : null)]).filter(Boolean) as string[];
/** The level of an assessment as far as verified mitigations carry it: each factor at least the claim, and at least the inherent one less their steps. */
const earned = (at: Case, riskId: string, a: Case['risks'][number]['assessments'][number] | undefined): string | undefined => {
  if (!a) return undefined;
  const steps = (factor: string) => at.mitigations.filter((m) => m.riskId === riskId && shown(at, m) && (m.effect === factor || m.effect === 'BOTH')).map((m) => m.reduces).concat(0).reduce((x, y) => x + y);
  const likelihood = Math.max(a.current.likelihood, a.inherent.likelihood - steps('LIKELIHOOD')), kinds = [...new Set([...a.inherent.consequences, ...a.current.consequences].map((c) => c.class))];
  const value = (list: typeof a.current.consequences, kind: string) => list.find((c) => c.class === kind)?.value ?? 0, harms = kinds.map((kind) => ({ class: kind, value: Math.max(value(a.current.consequences, kind), value(a.inherent.consequences, kind) - steps('CONSEQUENCE')) }));
  const same = likelihood === a.current.likelihood && harms.every((h) => h.value <= value(a.current.consequences, h.class));
  return same ? a.current.level : [a.current.level, ...cells(at.criteria, likelihood, harms.filter((h) => h.value > 0))].sort((x, y) => rank(LEVELS, y) - rank(LEVELS, x))[0]; };
interface Classed { readonly tier: Tier; readonly classes: readonly string[]; readonly flags: readonly string[]; readonly assessedBy: string; readonly signed: string | undefined }
/** Of the assessment and of what was signed about this very system: the higher tier, both classes, and every flag that one of them states, or that nobody has denied. */
export function classed({ id, tierAssessments: [...judged], classifications: [...records] }: NonNullable<GateFacts['about']>['system']): Classed {
  const was = judged.at(-1) ?? { tier: 'CRITICAL' as const, euClass: 'UNCLASSIFIED', flags: [], assessedBy: '' }, signed = records.filter((c) => c.systemId === id).at(-1), classes = [...new Set([was.euClass, ...(signed ? [signed.euClass] : [])])].sort();
  const more = Object.entries(signed?.flags ?? {}).filter(([, value]) => value === true || (value === null && judged.length === 0)).map(([flag]) => flag);
  return { tier: TIERS.split(' ')[rank(TIERS, was.tier, signed?.tierFloor)] as Tier, classes, flags: [...new Set([...was.flags, ...more])].sort(), assessedBy: was.assessedBy, signed: signed && text(signed.roles, signed.annexIIIUses, signed.derogation) }; }
const derive = (policy: GatePolicy, { about, environment: to }: GateFacts, now: string) => about && to && { ...about, policy, to, now, ...classed(about.system),
  assessed: about.system.tierAssessments.at(-1)?.at, answers: about.system.tieringAnswers.length, told: about.system.tieringAnswers.filter((_, n) => n >= (about.system.tierAssessments.at(-1)?.restsOn?.revision ?? 0)).map((a) => a.computed),
  scope: about.risks.filter((r) => (r.releaseId ?? about.release.id) === about.release.id && !/CLOSED|REJECTED/.test(r.state)),
  request: about.promotions.filter((p) => p.releaseId === about.release.id && p.environmentId === to.id && !/CANCELLED|REJECTED|SUPERSEDED/.test(p.state)).sort((a, b) => a.openedAt < b.openedAt ? -1 : 1).at(-1) };
export function isAskedFor(policy: GatePolicy, facts: GateFacts, now: string): boolean {
  const at = derive(policy, facts, now);
  return at !== null && at.request?.state === 'OPEN';
}
/** What a promotion has to meet, as far as it is not met: `WARN` stands before what does not block. */
export function unmet(policy: GatePolicy, facts: GateFacts, now: string): string[] {
  const { question: { target, system: named }, caller, environment: to, candidates: { length } } = facts, at = derive(policy, facts, now), stage = to?.previousId;
  const lost = (named ?? /^SYSTEM/.exec(target.kind)) !== null && !facts.namedSystem, tool = caller.kind === 'SERVICE', trusts = facts.question.action === 'run' ? 'DEPLOYER MONITOR' : 'DEPLOYER', bound = new Set(held(caller, now).flatMap((g) => (g.role === 'DEPLOYER' ? g.systemIds ?? ['*'] : []))), gated = to && !/SANDBOX|DEVELOPMENT/.test(to.kind);
  const trust = held(caller, now, facts.about?.system.id).filter((g) => trusts.includes(g.role)).map((g) => !to || (g.environmentIds ?? [to.id]).includes(to.id));
  const all = where({ ENVIRONMENT_UNKNOWN: !to, SYSTEM_UNKNOWN: lost, RELEASE_UNKNOWN: !lost && length === 0, TARGET_AMBIGUOUS: !lost && (length > 1 || (length === 1 && target.kind === 'COMPONENT' && named === null && (bound.size !== 1 || bound.has('*')))),
    DIGEST_REQUIRED: gated && /RELEASE/.test(target.kind), WORKLOAD_NOT_TRUSTED: tool && !trust.length, ENVIRONMENT_MISMATCH: tool && trust.length && !trust.includes(true),
    RELEASE_WITHDRAWN: at?.release.state === 'WITHDRAWN', [`SYSTEM_${at?.system.state ?? ''}`]: at && at.system.state !== 'ACTIVE', SYSTEM_SUSPENDED: at && (at.system.state === 'SUSPENDED' || at.suspensions.some((s) => s.state === 'OPEN' && s.riskId === null)), PROHIBITED_USE: gated && at?.classes.includes('PROHIBITED'),
    EXEMPTION_INVALID: gated && at?.classes.includes('ANNEX_III_EXEMPT') && at.flags.includes('PROFILING'), UNCLASSIFIED: gated && to.kind !== 'PILOT' && at?.classes.includes('UNCLASSIFIED'), 'TIER_DUE R1/TIER': gated && to.kind !== 'PILOT' && at?.assessed && at.answers && (at.told.some((t) => (t ? rank(TIERS, t) > rank(TIERS, at.tier) : facts.question.action !== 'run')) || Date.parse(at.assessed) + policy.validityDays[at.tier] * 864e5 <= Date.parse(now)), STAGE_SKIPPED: stage && at && !at.deployments.some((d) => d.environmentId === stage && d.bundleDigest === at.release.bundleDigest) });
  if (at) all.push(...fromImpacts(at), ...fromFindings(at), ...fromRisks(at), ...fromMitigations(at), ...fromConditions(at), ...Object.keys(policy.laneFunctions).flatMap((lane) => fromLane(at, lane as Lane)));
  const asked = (r: string): string => / (R.*)/.exec(r)?.[1] ?? '?', without = at ? all.filter((r) => !/^WARN/.test(r)).map(asked).filter((what) => !all.some((r) => (/^(REVIEW_REJECTED|CHANGES_REQUESTED)/.test(r) || (r.startsWith('RISK_ABOVE') && tooHigh(at, what))) && asked(r) === what) && at.waivers.some((w) => w.requirement === what && waives(at, w))) : [];
  return [...all.map((r) => (!/^WARN/.test(r) && without.includes(asked(r)) ? `WARN ${r}` : r)), ...without.map((what) => `INFO WAIVER_USED ${what}`)];
}
/** Nobody may accept a risk at its level, however many agree. */
const tooHigh = (at: Case, what: string): boolean => at.scope.some((r) => what === `R4/${r.number}` && at.criteria.authority[earned(at, r.id, r.assessments.find((a) => a.revision === r.confirmation?.revision) ?? r.assessments.at(-1)) as 'LOW'].length === 0);
/** What has come of an acceptance to which everybody has agreed; undefined = not so, or somebody took it back, or another one to which they agreed goes on from it. */
const carries = (at: Case, a: Case['acceptances'][number]): 'LIVE' | 'HELD' | 'OVER' | undefined => { const agreed = (x: typeof a): boolean => { const roles = at.criteria.authority[x.accepted.level]; return roles.length > 0 && roles.every((role) => x.grants.some((g) => g.role === role)); };
  const late = at.conditions.filter((c) => c.acceptanceId === a.id && c.state !== 'CONFIRMED' && c.due <= at.now).map((c) => c.effect), hit = at.suspensions.some((s) => s.state === 'OPEN' && [null, a.riskId].includes(s.riskId));
  return a.state !== 'REQUESTED' || !agreed(a) ? undefined : a.validUntil <= at.now ? 'OVER' : at.acceptances.some((x) => x.renews === a.id && agreed(x)) ? undefined : late.includes('LAPSE') ? 'OVER' : late.length || hit ? 'HELD' : 'LIVE'; };
const fromRisks = (at: Case) => at.scope.flatMap(({ state, assessments, ...risk }) => {
  const { policy, criteria, acceptances, suspensions, to, now } = at;
  const last = assessments.at(-1)?.current, level = earned(at, risk.id, assessments.at(-1)), sure = earned(at, risk.id, assessments.find((a) => a.revision === risk.confirmation?.revision) ?? assessments.at(-1));
  const asked = acceptances.filter((a) => a.riskId === risk.id && a.state === 'REQUESTED' && level !== undefined && rank(LEVELS, a.accepted.level) >= rank(LEVELS, level) && says(a.accepted) === says(risk));
  const come = asked.map((a) => carries(at, a)), bare = !come.includes('LIVE'), heldUp = come.includes('HELD'), lapsed = !heldUp && come.includes('OVER'), word = heldUp ? 'ACCEPTANCE_SUSPENDED' : 'ACCEPTANCE_EXPIRED';
  const above = rank(LEVELS, sure) > rank(LEVELS, criteria.tolerance), hit = suspensions.some((s) => s.state === 'OPEN' && s.riskId === risk.id);
  const young = state === 'DRAFT' && Date.parse(risk.loggedAt) + policy.draftGraceDays * 864e5 > Date.parse(now), [r3, r4] = [policy.ruleGates.R3, policy.ruleGates.R4].map((at) => text(at).includes(to.kind));
  const unheld = state === 'ACCEPTED' && bare, moved = last !== undefined && rank(LEVELS, ...cells(criteria, last.likelihood, [...last.consequences])) !== rank(LEVELS, last.level);
  return where({ [`${young ? 'WARN ' : ''}RISK_UNASSESSED R3/${risk.number}`]: r3 && /DRAFT|IDENTIFIED/.test(state), [`RISK_UNCONFIRMED R3/${risk.number}`]: r3 && (/ASSESSED|TREATING/.test(state) || (state === 'MONITORED' && hit) || (unheld && !lapsed && !heldUp)),
    [`RISK_ASSESSMENT_STALE R3/${risk.number}`]: r3 && /MONITORED|ACCEPTED/.test(state) && moved, [`${word} R3/${risk.number}`]: r3 && unheld && (lapsed || heldUp), [`${lapsed || heldUp ? word : 'RISK_ABOVE_TOLERANCE'} R4/${risk.number}`]: r4 && above && bare }); });
const GATES = 'PILOT STAGING CANARY PRODUCTION';
const fromMitigations = (at: Case) => at.mitigations.filter((m) => m.state !== 'CANCELLED' && at.scope.some((r) => r.id === m.riskId)).flatMap((m) => {
  const has = papers(at, m), sure = m.state === 'VERIFIED', live = has.some((e) => e.live), waits = m.requiredFrom !== null && rank(GATES, at.to.kind) >= rank(GATES, m.requiredFrom);
  return where({ [`MITIGATION_UNVERIFIED R6/${m.number}`]: waits && !sure, [`EVIDENCE_WRONG_SUBJECT R7/${m.number}`]: waits && sure && live && !shown(at, m), [`WARN MITIGATION_LAPSED R6/${m.number}`]: !waits && sure && !live,
    [`EVIDENCE_EXPIRED R7/${m.number}`]: waits && sure && !live && has.some((e) => e.state === 'VERIFIED'), [`EVIDENCE_MISSING R7/${m.number}`]: waits && sure && has.every((e) => e.state !== 'VERIFIED') }); });
const weaker = ({ mitigations, evidence, scope }: Case, signed: Case['packages'][string]): boolean => (signed.mitigations ?? []).some((was) => { const is = mitigations.find((m) => m.id === was.id);
  return scope.some((r) => r.number === was.risk) && (!is || is.state === 'CANCELLED' || (was.state === 'VERIFIED' && is.state !== 'VERIFIED') || is.due > was.due || is.effect !== was.effect || is.reduces < was.reduces); })
  || (signed.evidence ?? []).some((was) => was.state === 'VERIFIED' && mitigations.some((m) => m.state !== 'CANCELLED' && scope.some((r) => r.id === m.riskId) && m.evidenceIds.some((id) => standing(evidence, id).id === was.id)) && evidence.find((e) => e.id === was.id)?.state === 'REVOKED');
const faded = (at: Case, { choice, signedAt }: { choice: string; signedAt: string }, signed: Case['packages'][string], lane: string): boolean => lane === 'RISK' && /APPROVE/.test(choice) && (signed.mitigations ?? []).some((was) => was.state === 'VERIFIED'
  && (signed.evidence ?? []).some((e) => was.evidence.includes(e.number) && e.state === 'VERIFIED' && e.validUntil > signedAt) && at.mitigations.some((m) => m.id === was.id && m.state === 'VERIFIED' && at.scope.some((r) => r.id === m.riskId) && !papers(at, m).some((e) => e.live)));
const WHO = { AI_SYSTEM: 'RISK', FRIA: 'FRIA', DPIA: 'PRIVACY' } as const, inForce = ({ impactAssessments }: Case) => impactAssessments.flatMap((p) => p.state === 'WITHDRAWN' ? [] : p.editions.slice(-1).map((e) => ({ ...e, id: p.id, kind: p.kind, authors: [p.authoredBy, ...e.editors] })));
const fromImpacts = (at: Case) => (['AI_SYSTEM', 'FRIA', 'DPIA'] as const).flatMap((kind) => {
  const { policy, to, tier, classes, now } = at, flags: readonly string[] = at.flags, early = to.kind === 'PILOT' && flags.includes(policy.pilotHoist.flag) && policy.pilotHoist.lanes.includes(WHO[kind]);
  const need = policy.impactAssessments.some((row) => row.kind === kind && row.gates.some((gate) => gate === to.kind || (early && gate === 'CANARY')) && text(row.when.tiers ?? tier).includes(tier) && classes.some((one) => text(row.when.euClasses ?? classes).includes(`"${one}"`)) && (row.when.flags ?? []).every((flag) => flags.includes(flag)));
  const ends = inForce(at).filter((e) => e.kind === kind).map((e) => e.validUntil);
  return where({ [`IMPACT_ASSESSMENT_${ends.length ? 'EXPIRED' : 'MISSING'} R2/${kind}`]: need && ends.every((end) => end <= now) }); });
const found = ({ findings, release }: Case) => findings.filter((f) => f.state !== 'CLOSED' && [null, release.id].includes(f.releaseId));
const fromFindings = (at: Case) => found(at).flatMap((f) => {
  const { policy, to, now, risks } = at, grave = rank(LEVELS, f.severity) > 2, late = f.state === 'RISK_ACCEPTED' || (f.state === 'PLANNED' && f.due! <= now);
  const held = f.state === 'RISK_ACCEPTED' && at.acceptances.some((a) => { const risk = risks.find((r) => r.id === a.riskId)!, level = earned(at, risk.id, risk.assessments.at(-1));
    return a.id === f.acceptanceId && a.riskId === f.riskId && !/CLOSED|REJECTED/.test(risk.state) && carries(at, a) === 'LIVE' && says(a.accepted) === says(risk)
      && [null, f.releaseId].includes(a.accepted.releaseId) && rank(LEVELS, a.accepted.level) >= rank(LEVELS, f.severity, level); });
  return where({ [`${grave ? '' : 'WARN '}FINDING_OPEN R9/${f.number}`]: !held && (grave || late) && text(policy.ruleGates.R9).includes(to.kind) }); });
const renewed = (at: Case, signed: Case['packages'][string], lane: Lane): boolean => text([...signed.impactAssessments ?? []].filter((e) => WHO[e.kind] === lane).map((e) => [e.id, e.edition]).sort()) !== text(inForce(at).filter((e) => WHO[e.kind] === lane).map((e) => [e.id, e.edition]).sort())
  || (/RISK|VALIDATION/.test(lane) && found(at).some((f) => rank(LEVELS, f.severity) > rank(LEVELS, (signed.findings ?? []).find((old) => old.id === f.id)?.severity ?? 'MODERATE')));
/** The lanes of a changed part: those of the class of its role, or, where it is on both sides, of the milder one that was confirmed for this very step. */
const changed = ({ policy, release: { changeClaim: claim } }: Pick<Case, 'policy' | 'release'>, role: string, signed: Pick<Case['packages'][string], 'release'>, both: boolean): readonly string[] => { const [name, of] = Object.entries(policy.materiality.changeClasses).find(([, { roles }]) => (roles as readonly string[]).includes(role))!;
  const mild = claim && policy.materiality.claims[claim.changeClass]; return mild && both && claim.confirmed && claim.sinceId === signed.release.id && text(mild.insteadOf).includes(name) ? mild.lanes : of.lanes; };
const outdated = ({ policy, system: is, release, scope, ...at }: Case, { system: was, ...signed }: Case['packages'][string], lane: Lane): boolean =>
  (lane === 'RISK' && weaker({ policy, system: is, release, scope, ...at }, { system: was, ...signed })) || rank(TIERS, at.tier) > rank(TIERS, was.tier) || rank(AUTONOMY, is.autonomy) > rank(AUTONOMY, was.autonomy) || text(is.intendedPurpose, is.affectedGroups, at.classes, at.flags) !== text(was.intendedPurpose, was.affectedGroups, [was.euClass, ...(was.milderClass ? [was.milderClass] : [])].sort(), was.flags) || (was.classification !== undefined && text(was.classification.roles, was.classification.annexIIIUses, was.classification.derogation) !== at.signed)
  || [...signed.release.components, ...release.components].some((c, n, both) => both.every((d, m) => m === n || d.digest !== c.digest || d.role !== c.role || d.name !== c.name) && changed({ policy, release }, c.role, signed, !both.every((d, m) => m === n || d.role !== c.role || d.name !== c.name)).includes(lane))
  || scope.map((r) => [r, signed.risks.find(({ id }) => id === r.id)] as const).some(([r, old]) => (/RISK/.test(lane) && old && old.treatment !== (r.treatment?.option ?? null))
    || (/RISK|VALIDATION/.test(lane) && ((old && says(old) !== says(r)) || rank(LEVELS, r.assessments.at(-1)?.current.level) > rank(LEVELS, old ? old.current : 'MODERATE'))))
  || (/RISK|VALIDATION/.test(lane) && signed.risks.some((old) => old.state !== 'DRAFT' && (old.releaseId === null || signed.release.id === release.id) && scope.every((r) => r.id !== old.id)));
const demand = ({ policy, to, tier, classes, flags }: Case, lane: Lane): number => {
  const early = to.kind === 'PILOT' && policy.pilotHoist.lanes.includes(lane) && text(flags).includes(policy.pilotHoist.flag), rows = [policy.tierMatrix[tier], ...[...classes, ...flags].map((key) => policy.addMatrix[key])].map((row) => row?.[lane]);
  return rank(DEMANDS, 'NONE', ...rows.flatMap((row) => [row?.[to.kind as 'PILOT'], early ? row?.CANARY : null])); };
/** Everybody with a part in the work: the team, and whoever wrote, changed, assessed or tiered what is shown. */
const workers = ({ system, release, scope, ...at }: Case): (string | undefined)[] => {
  const done = at.mitigations.filter((m) => m.state !== 'CANCELLED' && scope.some((r) => r.id === m.riskId)), shownBy = done.flatMap((m) => papers({ system, release, scope, ...at }, m).map((e) => e.submittedBy));
  return [system.ownerId, ...system.developerIds, ...inForce({ system, release, scope, ...at }).flatMap((e) => e.authors), ...done.flatMap((m) => [m.authoredBy, ...m.editors]), ...shownBy, release.authoredBy, at.assessedBy, ...scope.map((r) => r.assessments.at(-1)?.assessedBy), ...[system, ...scope].flatMap((x) => [x.authoredBy, ...x.editors])]; };
const stepped = (at: Case, lane: Lane, personId: string | null, since: string): boolean => at.signOffs.some((s) => s.choice === 'RECUSE' && s.personId === personId && (s.withdrawn?.at ?? '9') > since && s.subjects.some((t) => t.lanes.includes(lane)));
/** Of this release here, neither over nor taken back, about what may be waived, shown as it still is, and agreed to by enough people who still may. */
const waives = (at: Case, w: Case['waivers'][number]): boolean => {
  const { policy, now, packages, release, to, system, signers } = at, lane = /^R5\/(.*)/.exec(w.requirement)?.[1] as Lane | undefined, as = packages[w.packageDigest], closed = policy.waivers.never.filter((n) => n.flags.every((flag) => text(at.flags).includes(`"${flag}"`))).map((n) => n.requirement);
  const grantors = w.grants.flatMap((g) => signers.filter((p) => p.id === g.principalId && !workers(at).concat(w.requestedBy, at.request?.requestedBy).includes(g.personId) && !(lane && stepped(at, lane, g.personId, w.requestedAt))).map((p) => ({ ...g, home: p.function, held: held(p, now, system.id).filter((x) => x.validFrom <= w.requestedAt) }))).filter((g) => g.held.some((x) => x.role === g.role));
  return w.releaseId === release.id && w.environmentId === to.id && w.state === 'REQUESTED' && w.validUntil > now && !closed.some((no) => `${w.requirement}/`.startsWith(`${no}/`)) && as !== undefined && !outdated(at, as, lane ?? 'RISK') && !renewed(at, as, lane ?? 'RISK') && !(w.requirement.startsWith('R4') && faded(at, { choice: 'APPROVE', signedAt: w.requestedAt }, as, 'RISK'))
    && !at.suspensions.some((s) => s.state === 'OPEN' && s.since >= w.requestedAt && at.scope.some((r) => r.id === s.riskId && /^R[34]\/(.*)/.exec(w.requirement)?.[1] === r.number))
    && new Set(grantors.map((g) => g.personId)).size > (lane && demand(at, lane) > 2 ? 2 : 1) && grantors.some((g) => g.role === 'HEAD_OF_RISK') && (!lane || grantors.some((g) => g.home === policy.laneFunctions[lane] || g.held.some((x) => x.lane === lane || ROLES.includes(` ${lane}:${x.role} `)))); };
/** What somebody may sign by a delegation: as much of the lender's own roles as was lent, while both last, and as young as the younger. */
const lentTo = ({ now, system: { id }, voters }: Case, d: Case['delegations'][number], p: GateFacts['caller'], lane: Lane) => held(p, now).some((g) => VOTES.includes(g.role)) && d.toPersonId === p.personId && d.state === 'ACTIVE' && d.validFrom <= now && d.validUntil > now && d.lanes.includes(lane) && (d.systemIds ?? [id]).includes(id)
  ? voters.filter((v) => v.personId === d.fromPersonId).flatMap((v) => held(v, now, id)).map((g) => ({ ...g, validFrom: [g.validFrom, d.validFrom].sort()[1]! })) : [];
/** What happens for each thing that a vote asks for, that nobody has confirmed, and whose day has come. */
const missed = ({ conditions, now }: Case, signOffId: string): string[] => conditions.filter((c) => c.signOffId === signOffId && c.state !== 'CONFIRMED' && c.due <= now).map((c) => c.effect);
/** Who takes a vote back, or gives another yes to the same lanes of the same requests, asks for nothing more with the first. It binds in the environments of these requests, and where it is one of those by which a lane passes. */
const fromConditions = (at: Case) => at.conditions.filter((c) => c.signOffId !== null && c.effect === 'BLOCK' && c.state !== 'CONFIRMED' && c.due <= at.now).flatMap((c) => { const vote = at.signOffs.find((s) => s.id === c.signOffId)!, used = Object.keys(at.policy.laneFunctions).some((lane) => tally(at, lane as Lane).by.includes(vote.id));
  const again = at.signOffs.some((s) => s.personId === vote.personId && !s.withdrawn && /APPROVE/.test(s.choice) && s.signedAt + s.id > vote.signedAt + vote.id && vote.subjects.every((t) => s.subjects.some((u) => u.promotionId === t.promotionId && t.lanes.every((lane) => u.lanes.includes(lane)))));
  return where({ [`CONDITION_OVERDUE R14/${c.number}`]: !vote.withdrawn && !again && (used || vote.subjects.some((t) => at.promotions.find((p) => p.id === t.promotionId)?.environmentId === at.to.id)) }); });
const fromLane = (at: Case, lane: Lane): string[] => tally(at, lane).says, tallies = new WeakMap<Case, Partial<Record<Lane, Tally>>>();
interface Tally { says: string[]; by: string[] }
/** What a lane says, and the votes by which it passes: counted once for a case. */
const tally = (at: Case, lane: Lane): Tally => ((tallies.get(at) ?? tallies.set(at, {}).get(at)!)[lane] ??= count(at, lane));
function count(at: Case, lane: Lane): Tally {
  const { policy, system, release, to, request, now } = at, need = demand(at, lane), team = [system.ownerId, ...system.developerIds], party = workers(at), asked = (t: { packageDigest: string }) => rank(DEMANDS, at.packages[t.packageDigest]?.lanes.find((l) => l.lane === lane)?.level), lower = (t: { packageDigest: string }) => asked(t) < need;
  /** A yes that was enough for less: of those who then made the system, about what they made, or to what nobody had asked. */
  const tooLittle = (s: Case['signOffs'][number], t: { packageDigest: string }, { system: { ownerId, developerIds } }: Case['packages'][string]) => lower(t) && /APPROVE/.test(s.choice) && (asked(t) < 1 || [ownerId, ...developerIds].includes(s.personId));
  const every = at.signOffs.flatMap((s) => s.subjects.filter((t) => t.lanes.includes(lane) && at.promotions.some((p) => p.id === t.promotionId)).map((t) => {
    const round = at.promotions.find((p) => p.id === t.promotionId)!, signed = at.packages[t.packageDigest]!, signer = at.signers.find((p) => p.id === s.signerId)!, lent = at.delegations.find((d) => d.id === s.delegationId), who = [s.personId, lent?.fromPersonId ?? s.personId];
    const grants = lent ? lentTo(at, lent, signer, lane) : held(signer, now, system.id), own = !lent && need === 1 && grants.length > 0 && team.includes(s.personId), parties = [...party, round.requestedBy, request?.requestedBy];
    const [gone] = where({ SIGN_OFF_REVOKED: s.withdrawn, SIGN_OFF_EXPIRED: s.validUntil <= now, CONDITION_OVERDUE: missed(at, s.id).includes('LAPSE'), REVIEW_STALE: !s.withdrawn && (tooLittle(s, t, signed) || outdated(at, signed, lane) || renewed(at, signed, lane) || faded(at, s, signed, lane)), SEPARATION_OF_DUTIES: who.some((one) => stepped(at, lane, one, round.openedAt) || (!own && parties.includes(one))),
      REVIEWER_INELIGIBLE: !own && !grants.some((g) => g.validFrom <= round.openedAt && (g.lane === lane || ROLES.includes(` ${lane}:${g.role} `))) });
    return { ...s, gone, who, home: signer.function === policy.laneFunctions[lane], here: round.releaseId === release.id && round.environmentId === to.id, place: `${round.releaseId} ${round.environmentId}`, poor: /APPROVE/.test(s.choice) && lower(t) && !(round.releaseId === release.id && round.environmentId === to.id), same: !outdated(at, signed, lane) && !renewed(at, signed, lane) }; })), votes = every.filter((v) => !v.poor);
  const last = (of: typeof votes) => of.filter((v) => !of.some((w) => w.personId === v.personId && w.signedAt + w.id > v.signedAt + v.id)), live = last(votes.filter((v) => !votes.some((w) => w.personId === v.personId && (w.choice === 'RECUSE' || (w.choice === 'ABSTAIN' && (w.here || w.same))) && w.signedAt + w.id > v.signedAt + v.id) && (!v.gone || (!/APPROVE/.test(v.choice) && v.gone === 'SEPARATION_OF_DUTIES'))));
  const objected = votes.filter((v) => /REJECT|REQUEST/.test(v.choice)), yes = live.filter((v) => /APPROVE/.test(v.choice) && !objected.some((w) => (w.here || w.place === v.place) && w.signedAt + w.id >= v.signedAt + v.id)), enough = need < 3 ? yes.length > 0 : yes.some((v) => v.home && yes.some((w) => !w.home && !w.who.some((one) => v.who.includes(one)))), attested = at.tier === 'MINIMAL' && yes.some((v) => v.attests.length);
  const open = request?.state === 'OPEN' ? request : { openedAt: now, requestedBy: '' }, fresh = at.voters.filter((p) => {
    const grants = held(p, now, system.id), insider = need === 1 && grants.length > 0 && team.includes(p.personId!) && held(p, now).some((g) => VOTES.includes(g.role));
    return p.kind === 'USER' && !stepped(at, lane, p.personId, open.openedAt) && (insider || (![...party, ...team, open.requestedBy].includes(p.personId!) && grants.some((g) => g.validFrom <= open.openedAt && (g.lane === lane || ROLES.includes(` ${lane}:${g.role} `))))); });
  const stand = at.delegations.flatMap((d) => at.voters.filter((p) => p.kind === 'USER' && held(p, now).some((g) => VOTES.includes(g.role)) && [p.personId, d.fromPersonId].every((one) => !stepped(at, lane, one, open.openedAt) && ![...party, ...team, open.requestedBy].includes(one!))
    && lentTo(at, d, p, lane).some((g) => g.validFrom <= open.openedAt && (g.lane === lane || ROLES.includes(` ${lane}:${g.role} `)))).map((p) => ({ ...p, for: d.fromPersonId })));
  const hope = [...yes.map((v) => [v.who, v.home] as const), ...[...fresh.map((p) => ({ ...p, for: p.personId })), ...stand].map((p) => [[p.personId, p.for], p.function === policy.laneFunctions[lane]] as const)], lost = need < 3 ? hope.length === 0 : !hope.some(([a, home]) => home && hope.some(([b, other]) => !other && !a.some((one) => (b as unknown[]).includes(one))));
  const why = last(votes.filter((v) => v.here)).filter((v) => !yes.some((w) => w.personId === v.personId)).flatMap((v) => /ABSTAIN|RECUSE/.test(v.choice) ? [] : v.gone ?? []).concat(where({ NO_ELIGIBLE_REVIEWER: lost, QUORUM_NOT_MET: !lost && yes.length }));
  /** A yes that is worth too little here still tells that its giver minds no more where it was given. */
  const veto = live.filter((v) => !every.some((w) => w.poor && !w.gone && w.personId === v.personId && w.place === v.place && w.signedAt + w.id > v.signedAt + v.id)).flatMap((v) => ({ REJECT: ['REVIEW_REJECTED'], REQUEST_CHANGES: ['CHANGES_REQUESTED'], APPROVE: [], APPROVE_WITH_CONDITIONS: [], ABSTAIN: [], RECUSE: [] })[v.choice]), wait = request?.state === 'OPEN' ? 'REVIEW_PENDING' : 'REVIEW_MISSING';
  return { by: need < 1 || veto.length || !enough ? [] : yes.map((v) => v.id), says: need < 1 ? [] : (veto.length ? veto : enough ? [] : why.length ? why : [wait]).map((code) => `${code} R5/${lane}`).concat(where({ 'REVIEW_MISSING R5/REQUEST': !request,
    'RISK_REGISTER_EMPTY R3': lane === 'RISK' && !attested && !at.risks.some((r) => !/DRAFT|REJECTED/.test(r.state)) })) };
}

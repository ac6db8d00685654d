// What people do about impacts and findings in a random history: write, judge and revise assessments; raise, answer, close and carry findings.
import { isGranted } from '../../src/domain/acceptance.js';
import type { Principal } from '../../src/domain/actor.js';
import { classificationOf } from '../../src/domain/classification.js';
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import { acceptFinding, closeFinding, completeFinding, FINDING_SOURCES, planFinding, raiseFinding, rateFinding, type Finding, type FindingJudge } from '../../src/domain/finding.js';
import { answerElements, approveAssessment, draftAssessment, returnAssessment, reviseAssessment, submitAssessment, withdrawAssessment, type ImpactAssessment } from '../../src/domain/impact-assessment.js';
import { IMPACT_KINDS, type ImpactKind } from '../../src/domain/impact-elements.js';
import type { Stored } from '../../src/domain/package.js';
import { Refusal } from '../../src/domain/refusal.js';
import { LEVELS } from '../../src/domain/scoring.js';
import { everyAnswer } from './given.js';
import type { World } from './world.js';
import { collect } from './world-treatment.js';

function standing(world: World, kind: ImpactKind): Stored<ImpactAssessment> | null {
  return world.impactAssessments.all.find((assessment) => assessment.kind === kind && assessment.state !== 'WITHDRAWN') ?? null;
}

function draft(world: World, kind: ImpactKind, personId: string): Stored<ImpactAssessment> {
  const n = String(world.impactAssessments.nextNumber);
  return world.impactAssessments.put(draftAssessment({ id: `imp-${n.padStart(3, '0')}`, number: `IA-${n}`, draftedAt: world.now }, { system: world.system, kind }, personId).next);
}

/** Somebody of the team, or now and then somebody who would better have judged it, writes and hands in the next edition. */
export function write(world: World, kind = world.chance.pick(IMPACT_KINDS)): void {
  const author = world.chance.happens(0.8) ? world.chance.pick(['owner', 'dev1', 'dev2']) : world.anybody();
  let present = standing(world, kind) ?? draft(world, kind, author);
  if (present.state === 'APPROVED') present = world.impactAssessments.put(reviseAssessment(present, 'A year has passed.').next);
  if (present.state === 'DRAFT') present = world.impactAssessments.put(answerElements(present, author, { answers: everyAnswer(kind, `Edition ${String(present.edition)}`), evidenceIds: null }).next);
  world.impactAssessments.put(submitAssessment(present, { personId: author, at: world.now }).next);
}

/** Whoever may approve does, for days or for as long as the tier allows. */
export function approve(world: World, kind: ImpactKind | null = null): void {
  const { chance } = world;
  const assessment = chance.pick(world.impactAssessments.all.filter((one) => one.state === 'SUBMITTED' && (kind === null || one.kind === kind)));
  const days = world.policy.validityDays[classificationOf(world.system).tier];
  const validUntil = chance.happens(0.3) ? null : plusMs(world.now, Math.max(1, Math.floor(days * chance.next() ** 3)) * DAY_MS);
  firstWhoMay(world, (principal) => world.impactAssessments.put(approveAssessment(assessment, { principal, clock: world.clock }, world.system, { days, validUntil }).next));
}

export function turnAssessment(world: World): void {
  const assessment = world.chance.pick(world.impactAssessments.all);
  if (assessment.state === 'SUBMITTED') firstWhoMay(world, (principal) => world.impactAssessments.put(returnAssessment(assessment, { principal, clock: world.clock }, 'Too short.').next));
  else world.impactAssessments.put((world.chance.happens(0.6) ? reviseAssessment : withdrawAssessment)(assessment, 'As agreed.').next);
}

function firstWhoMay(world: World, act: (principal: Principal) => unknown): void {
  for (const principal of world.chance.shuffled(world.people.all)) {
    try {
      act(principal);
      return;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

/** Of the system or of one release; mostly small, and now and then about a risk that somebody has accepted. */
export function raise(world: World): void {
  const { chance } = world;
  const n = String(world.findings.nextNumber);
  const accepted = world.acceptances.all.filter((acceptance) => isGranted(acceptance, world.criteria));
  const releases = world.releases.all.filter((release) => release.systemId === 'sys-1').map((release) => release.id);
  world.findings.put(raiseFinding({ id: `fin-${n.padStart(3, '0')}`, number: `F-${n}`, systemId: 'sys-1', raisedBy: world.anybody(), raisedAt: world.now }, {
    source: chance.pick(FINDING_SOURCES), severity: chance.pick(chance.happens(0.5) ? LEVELS.slice(3) : LEVELS), statement: 'Names are not removed.', ownerId: chance.pick(['owner', 'dev1', 'riskowner']),
    releaseId: chance.happens(0.2) ? chance.pick(releases) : null, riskId: accepted.length > 0 && chance.happens(0.5) ? chance.pick(accepted).riskId : null, mitigationId: null,
  }).next);
}

function aFinding(world: World): Stored<Finding> {
  const open = world.findings.all.filter((finding) => finding.state !== 'CLOSED');
  return world.chance.pick(open.length > 0 ? open : world.findings.all);
}

function judge(world: World, accountId: string): FindingJudge {
  const principal = world.people.get(accountId);
  return { personId: principal.personId ?? '', principal, system: world.system, clock: world.clock };
}

/** The owner plans, does what was planned, or adds to it. */
export function answer(world: World, finding = aFinding(world)): void {
  const due = plusMs(world.now, world.chance.between(1, 60) * DAY_MS);
  const plans = finding.state === 'OPEN' || finding.state === 'RISK_ACCEPTED';
  world.findings.put((plans ? planFinding(finding, { personId: finding.ownerId, now: world.now }, { action: 'Remove them.', due }) : completeFinding(finding, finding.ownerId, [collect(world).id])).next);
}

export function close(world: World, finding = aFinding(world)): void {
  const by = judge(world, world.chance.pick(['usr-officer1', 'usr-officer3', 'usr-head', 'usr-all1']));
  world.findings.put(closeFinding(finding, by, world.evidence.all, 'Seen and tried.').next);
}

/** An officer carries it by an acceptance of its risk, if there is one that reaches so far. */
export function carry(world: World, finding = aFinding(world)): void {
  const by = judge(world, world.chance.pick(['usr-officer1', 'usr-officer3', 'usr-head']));
  const acceptance = world.chance.pick(world.acceptances.all.filter((one) => finding.riskId === null || one.riskId === finding.riskId));
  world.findings.put(acceptFinding(finding, acceptance, by, { risks: world.risks.all, acceptances: world.acceptances.all, conditions: world.conditions.all, suspensions: world.suspensions.all, proof: world.proof }).next);
}

export function rate(world: World): void {
  const by = judge(world, world.chance.pick(['usr-officer1', 'usr-head', 'usr-dev1']));
  world.findings.put(rateFinding(aFinding(world), world.chance.pick(LEVELS), by, 'Looked at again.').next);
}

/** What the gate asks for is written and judged; what blocks is answered and closed, as far as the rules allow. */
export function settle(world: World, attempt: (command: () => void) => void): void {
  for (const { code, params } of world.judgeFocus().reasons) {
    const { assessmentKind } = params;
    if (assessmentKind !== undefined && world.chance.happens(0.9)) {
      attempt(() => write(world, assessmentKind));
      attempt(() => approve(world, assessmentKind));
    }
    const finding = world.findings.all.find((one) => one.number === params.finding);
    if (code !== 'FINDING_OPEN' || finding === undefined || !world.chance.happens(0.8)) continue;
    attempt(() => carry(world, finding));
    for (const act of [answer, answer, close]) attempt(() => act(world, world.findings.get(finding.id)));
  }
}

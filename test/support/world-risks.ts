// What people do to risks in a random history: log, edit, assess, confirm, accept, turn; and the criteria that change under them.
import { grantAcceptance, endAcceptance, isGranted, requestAcceptance, type RiskAcceptance } from '../../src/domain/acceptance.js';
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import { Refusal } from '../../src/domain/refusal.js';
import { presentLevel } from '../../src/domain/residual.js';
import { assessRisk, confirmRisk, editRisk, logRisk, markAccepted, planTreatment, submitRisk, turnRisk, TREATMENT_OPTIONS, type Risk, type RiskDescription } from '../../src/domain/risk.js';
import { CONSEQUENCE_CLASSES, isAbove, LEVELS, type Estimate, type Level, type RiskCriteria } from '../../src/domain/scoring.js';
import { defaultCriteria, givenCatalogues, stored } from './given.js';
import { imposeWith } from './world-conditions.js';
import { Nothing, type Chance } from './world-random.js';
import { earn } from './world-treatment.js';
import type { World } from './world.js';

const SOURCES = ['Hidden text in mails', 'Outdated training data', 'A shifted population'];
const EVENTS = ['instructions are followed', 'wrong prices are quoted', 'one group is refused more often'];

const CATALOGUES = givenCatalogues();

function description(world: World): RiskDescription {
  const { chance } = world;
  return {
    releaseId: chance.happens(0.2) ? chance.pick(releasesOfTheSystem(world)) : null,
    statement: { source: chance.pick(SOURCES), event: chance.pick(EVENTS), consequence: 'harm to customers' },
    affectedParties: ['customers'], taxonomy: ['owasp-llm@2025#LLM01'], ownerId: chance.happens(0.8) ? 'riskowner' : world.anybody(),
  };
}

function releasesOfTheSystem(world: World): string[] {
  return world.releases.all.filter((release) => release.systemId === 'sys-1').map((release) => release.id);
}

function aRisk(world: World): Stored<Risk> {
  return world.chance.pick(world.risks.all);
}

/** Mostly small; now and then any cell of the matrix. */
function estimate(chance: Chance): Estimate {
  const high = chance.happens(0.25) ? 5 : 2;
  const classes = chance.shuffled(CONSEQUENCE_CLASSES).slice(0, chance.between(1, 2));
  return { likelihood: chance.between(1, high), consequences: classes.map((name) => ({ class: name, value: chance.between(1, high) })) };
}

const WORST: Estimate = { likelihood: 5, consequences: [{ class: 'SAFETY', value: 5 }] };

export function log(world: World): void {
  const n = world.risks.nextNumber;
  const identity = { id: `risk-${String(n).padStart(3, '0')}`, number: `R-${String(n)}`, systemId: 'sys-1', loggedAt: world.now };
  world.risks.put(logRisk(identity, world.chance.happens(0.7) ? 'riskowner' : world.anybody(), description(world), { catalogues: CATALOGUES, draft: world.chance.happens(0.25) }).next);
}

/** Half of the edits only correct the typing, which outdates nothing. */
export function edit(world: World): void {
  const risk = aRisk(world);
  const { source } = risk.statement;
  const other = description(world);
  const changes = world.chance.weighted<Partial<RiskDescription>>([
    [3, { statement: { ...risk.statement, source: world.chance.happens(0.5) ? source.toUpperCase() : source.replaceAll(' ', '  ') } }],
    [1, { statement: other.statement }],
    [1, { releaseId: other.releaseId }],
    [1, { ownerId: world.anybody() }],
  ]);
  world.risks.put(editRisk(risk, world.chance.happens(0.5) ? 'riskowner' : world.anybody(), changes, CATALOGUES).next);
}

export function assess(world: World, risk = aRisk(world)): void {
  const current = estimate(world.chance);
  const input = { inherent: world.chance.happens(0.65) ? current : WORST, current, target: null, rationale: 'Seen in the pilot.', strengthOfKnowledge: 'MEDIUM' as const };
  const personId = world.chance.happens(0.7) ? 'officer2' : world.anybody();
  world.risks.put(assessRisk(risk, world.criteria, input, { personId, at: world.now }).next);
}

/** Somebody who has signed, or in whose place it was signed, most often against it, becomes a party to what was signed: by assessing a risk once more, at the same level. */
export function implicateASigner(world: World): void {
  const { chance } = world;
  const critics = world.signOffs.all.filter((signOff) => signOff.choice !== 'APPROVE' && signOff.withdrawn === null);
  const { personId: signer, delegationId } = chance.pick(critics.length > 0 && chance.happens(0.7) ? critics.slice(-1) : world.signOffs.all);
  const personId = delegationId === null || chance.happens(0.3) ? signer : world.delegations.get(delegationId).fromPersonId;
  const risk = aRisk(world);
  const last = risk.assessments.at(-1);
  if (last === undefined) throw new Nothing();
  world.risks.put(assessRisk(risk, world.criteria, { ...last, inherent: WORST }, { personId, at: world.now }).next);
}

export function submit(world: World): void {
  world.risks.put(submitRisk(aRisk(world), CATALOGUES).next);
}

export function treat(world: World): void {
  world.risks.put(planTreatment(aRisk(world), world.chance.pick(TREATMENT_OPTIONS), 'As agreed.').next);
}

/** Mostly by an officer who has no part in the risk; the others are refused. */
export function confirm(world: World, risk = aRisk(world)): void {
  const parties = [risk.ownerId, risk.assessments.at(-1)?.assessedBy, ...risk.editors];
  const officers = world.chance.shuffled(['officer1', 'officer2', 'head']);
  const personId = officers.find((officer) => !parties.includes(officer) || world.chance.happens(0.1)) ?? 'head';
  world.risks.put(confirmRisk(risk, { earned: presentLevel(risk, world.proof), tolerance: world.criteria.tolerance }, { personId, at: world.now }).next);
}

export function turn(world: World): void {
  world.risks.put(turnRisk(aRisk(world), world.chance.pick(['reopen', 'close', 'reject'] as const), world.chance.pick(['officer1', 'officer3', 'head']), 'As agreed.').next);
}

/** Requests an acceptance, for days or for months, and, mostly, collects every grant that the level needs. */
export function accept(world: World, risk = aRisk(world)): void {
  const level = risk.assessments.length === 0 ? 'LOW' : presentLevel(risk, world.proof);
  const days = Math.max(1, Math.floor(world.criteria.acceptanceDays[level] * world.chance.next() ** 4));
  const n = world.acceptances.nextNumber;
  const identity = { id: `acc-${String(n)}`, number: `ACC-${String(n)}`, requestedBy: 'riskowner' };
  const earlier = world.acceptances.all.filter((one) => one.riskId === risk.id);
  const renews = earlier.length > 0 && world.chance.happens(0.3) ? world.chance.pick(earlier) : null;
  const input = { reason: 'The benefit outweighs it.', validUntil: plusMs(world.now, days * DAY_MS), now: world.now, renews, earlier };
  const acceptance = world.acceptances.put(requestAcceptance(identity, risk, world.proof, input).next);
  if (world.chance.happens(0.4)) imposeWith(world, acceptance);
  if (world.chance.happens(0.85)) grant(world, acceptance);
}

/** Whoever may still grant does; with the last grant the risk is accepted. */
export function grant(world: World, acceptance = world.chance.pick(world.acceptances.all)): void {
  let present: RiskAcceptance = acceptance;
  for (const principal of world.chance.shuffled(world.people.all)) {
    try {
      present = grantAcceptance(present, world.risks.get(present.riskId), world.proof, principal).next;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    if (isGranted(present, world.criteria)) break;
  }
  world.acceptances.put(present);
  if (isGranted(present, world.criteria)) world.risks.put(markAccepted(world.risks.get(present.riskId), { personId: 'head', at: world.now }).next);
}

export function endAnAcceptance(world: World): void {
  const acceptance = world.chance.pick(world.acceptances.all);
  const principal = world.people.get(world.chance.pick(['usr-head', 'usr-riskowner', 'usr-business1']));
  world.acceptances.put(endAcceptance(acceptance, world.chance.pick(['withdraw', 'revoke'] as const), 'Things have changed.', { principal, clock: world.clock }).next);
}

/** Brings a risk to the state in which the gate lets it pass, as far as the rules allow. */
export function settle(world: World, risk: Stored<Risk>): void {
  if (risk.state === 'DRAFT') world.risks.put(submitRisk(risk, CATALOGUES).next);
  if (risk.state === 'DRAFT' || risk.state === 'IDENTIFIED') assess(world, world.risks.get(risk.id));
  const present = world.risks.get(risk.id);
  if (world.chance.happens(0.82)) earn(world, present);
  const level = presentLevel(present, world.proof);
  if (isAbove(level, world.criteria.tolerance) || present.treatment?.option === 'RETAIN') accept(world, present);
  else confirm(world, present);
}

const LOWER: Readonly<Record<Level, Level>> = { VERY_LOW: 'VERY_LOW', LOW: 'VERY_LOW', MODERATE: 'LOW', HIGH: 'MODERATE', VERY_HIGH: 'HIGH' };

/** Other criteria: mostly another tolerance; now and then a milder matrix, a further floor, or a level that nobody may accept any more. */
export function adoptCriteria(world: World): void {
  const { chance } = world;
  const base = defaultCriteria();
  const next = chance.weighted<RiskCriteria>([
    [2, { ...base, tolerance: chance.pick(LEVELS.slice(1, 4)) }],
    [3, { ...base, matrix: base.matrix.map((row) => row.map((level) => LOWER[level])) }],
    [2, { ...base, floors: [{ class: chance.pick(CONSEQUENCE_CLASSES), from: 2, level: 'MODERATE' }] }],
    [1, { ...base, authority: { ...base.authority, HIGH: [] } }],
  ]);
  world.criteria = stored({ ...next, version: world.criteria.version + 1 });
}

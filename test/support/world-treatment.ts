// What people do about risks in a random history: mitigations and their evidence, which are verified, lapse, are superseded, revoked and given up.
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import { rejectEvidence, revokeEvidence, submitEvidence, verifyEvidence, type Evidence } from '../../src/domain/evidence.js';
import { attachEvidence, cancelMitigation, EFFECTS, evidenceOf, failMitigation, implementMitigation, isShown, proposeMitigation, verifyMitigation, workOnMitigation, type Mitigation } from '../../src/domain/mitigation.js';
import { subjectsOf } from '../../src/domain/gate-mitigations.js';
import type { Stored } from '../../src/domain/package.js';
import { GATED_KINDS } from '../../src/domain/policy-terms.js';
import type { Risk } from '../../src/domain/risk.js';
import { givenCatalogues } from './given.js';
import { Nothing } from './world-random.js';
import type { World } from './world.js';

const DOER = 'riskowner';
const CATALOGUES = givenCatalogues();

export function propose(world: World, risk: Risk = world.chance.pick(world.risks.all)): Stored<Mitigation> {
  const { chance } = world;
  const n = String(world.mitigations.nextNumber);
  return world.mitigations.put(proposeMitigation({ id: `mit-${n}`, number: `M-${n}`, proposedAt: world.now }, { risk, catalogues: CATALOGUES }, DOER, {
    title: 'Hidden text is removed', description: 'Mails are read as plain text.', ownerId: DOER, due: plusMs(world.now, chance.between(5, 90) * DAY_MS), effect: chance.pick(EFFECTS),
    reduces: chance.between(1, 4), requiredFrom: chance.happens(0.65) ? null : chance.pick(GATED_KINDS), control: null,
  }).next);
}

/** Mostly about the system as such or the release at hand; now and then about other bytes. */
export function collect(world: World, supersedes: Stored<Evidence> | null = null): Stored<Evidence> {
  const { chance } = world;
  const n = String(world.evidence.nextNumber);
  const identity = { id: `ev-${n.padStart(4, '0')}`, number: `E-${n}`, systemId: 'sys-1', source: 'HUMAN' as const, submittedBy: DOER, submittedAt: world.now };
  const subjectDigest = chance.weighted([[8, null], [3, world.release.bundleDigest], [0.7, sha256('other bytes')]]);
  const input = { type: 'test_report', title: 'Attack test', digest: sha256(`report ${n}`), subjectDigest, location: null, collectedAt: world.now, validUntil: plusMs(world.now, chance.between(2, 90) * DAY_MS) };
  return world.evidence.put(submitEvidence(identity, 'CRITICAL', input, supersedes).next);
}

export function judge(world: World, evidence = world.chance.pick(world.evidence.all)): void {
  const by = { principal: world.people.get('usr-head'), clock: world.clock };
  const decide = world.chance.weighted([[8, verifyEvidence], [1, rejectEvidence]] as const);
  world.evidence.put(decide(evidence, by, 'It shows nothing.').next);
}

export function revoke(world: World): void {
  const standing = world.evidence.all.filter((evidence) => evidence.state === 'VERIFIED');
  world.evidence.put(revokeEvidence(world.chance.pick(standing), { principal: world.people.get('usr-head'), clock: world.clock }, 'The test was wrong.').next);
}

/** The mitigation as far as it goes: started, implemented on new evidence, verified by somebody else. */
export function carryOut(world: World, mitigation = world.chance.pick(world.mitigations.all)): void {
  const begun = mitigation.state === 'PROPOSED' || mitigation.state === 'INEFFECTIVE'
    ? world.mitigations.put(workOnMitigation(mitigation, mitigation.state === 'PROPOSED' ? 'start' : 'restart', DOER).next) : mitigation;
  if (begun.state === 'IN_PROGRESS') world.mitigations.put(implementMitigation(begun, DOER, [collect(world)]).next);
  const done = world.mitigations.get(mitigation.id);
  for (const evidence of evidenceOf(done, world.evidence.all)) if (evidence.state === 'SUBMITTED' && world.chance.happens(0.9)) judge(world, world.evidence.get(evidence.id));
  world.mitigations.put(verifyMitigation(done, { personId: 'officer1', clock: world.clock }, world.evidence.all).next);
}

/** This year's test: attached beside the old one, or in its place. */
export function renew(world: World, mitigation = world.chance.pick(world.mitigations.all)): void {
  const [old] = evidenceOf(mitigation, world.evidence.all);
  const fresh = collect(world, old !== undefined && world.chance.happens(0.5) ? world.evidence.get(old.id) : null);
  if (fresh.supersedesId === null) world.mitigations.put(attachEvidence(mitigation, DOER, [fresh], world.evidence.all).next);
  if (world.chance.happens(0.8)) judge(world, fresh);
}

export function fail(world: World): void {
  world.mitigations.put(failMitigation(world.chance.pick(world.mitigations.all), 'officer1', 'It let one through.').next);
}

export function giveUp(world: World): void {
  const mitigation = world.chance.pick(world.mitigations.all);
  const asked = world.mitigations.put(cancelMitigation(mitigation, { personId: DOER, at: world.now, isOfficer: false, parts: [] }, 'Too dear.').next);
  if (world.chance.happens(0.7)) world.mitigations.put(cancelMitigation(asked, { personId: 'officer1', at: world.now, isOfficer: true, parts: [] }, 'Agreed.').next);
}

/** Does what it takes that the claim about the risk is earned, and that no gate waits for a mitigation of it. */
export function earn(world: World, risk: Risk): void {
  const last = risk.assessments.at(-1);
  if (last === undefined) throw new Nothing();
  const own = (): Stored<Mitigation>[] => world.mitigations.all.filter((mitigation) => mitigation.riskId === risk.id && mitigation.state !== 'CANCELLED');
  if (own().length === 0 && last.current.level !== last.inherent.level) for (let n = 0; n < 3; n += 1) propose(world, risk);
  for (const mitigation of own()) {
    if (mitigation.state === 'VERIFIED' && !isShown(mitigation, { evidence: world.evidence.all, subjects: subjectsOf(world.release), clock: world.clock })) renew(world, mitigation);
    if (mitigation.state !== 'VERIFIED') carryOut(world, mitigation);
  }
}

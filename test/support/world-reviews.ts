// What people do around releases and reviews in a random history: open and cancel requests, sign and withdraw, deploy, gain and lose roles.
import { LANES, type Lane, type Principal } from '../../src/domain/actor.js';
import { useBreakGlass } from '../../src/domain/break-glass.js';
import { DAY_MS, plusMs } from '../../src/domain/clock.js';
import { meetsQuorum, voicesOf, type Voice } from '../../src/domain/eligibility.js';
import type { Digest } from '../../src/domain/digest.js';
import type { DecisionPackage, Stored } from '../../src/domain/package.js';
import { cancelPromotion, completePromotion, openPromotion, rejectPromotion, supersedePromotion, type Promotion } from '../../src/domain/promotion.js';
import { mintGrant, type GrantedAction } from '../../src/domain/grant.js';
import { Refusal } from '../../src/domain/refusal.js';
import type { RequiredLane } from '../../src/domain/policy.js';
import type { Choice } from '../../src/domain/choice.js';
import { checkEligible, isVeto, imposeConditions, recordSignOff, recusalsIn, withdrawSignOff, type SignOff } from '../../src/domain/sign-off.js';
import { namesFor, obligations } from './world-conditions.js';
import { roleGrant } from './world-people.js';
import { Nothing } from './world-random.js';
import type { World } from './world.js';

const TEAM = ['owner', 'dev1', 'dev2'];

/** At most one request of a release into an environment is open at a time: another one takes its place, or that of one that was rejected. */
export function open(world: World): void {
  const standing = world.openPromotion();
  const rejected = world.promotions.all.find(({ state, environmentId }) => state === 'REJECTED' && environmentId === world.focus.environmentId) ?? null;
  if (standing !== null && world.chance.happens(0.7)) throw new Nothing();
  const n = world.promotions.nextNumber;
  const requestedBy = world.chance.happens(0.9) ? world.chance.pick(TEAM) : world.anybody();
  const present = world.presentPackage(world.release, world.focus.environmentId);
  const identity = { id: `pro-${String(n)}`, number: `P-${String(n)}`, requestedBy, openedAt: world.now };
  const { next } = openPromotion(identity, { system: world.system, release: world.release, ...present }, { reason: 'First customers.', due: null, predecessor: standing ?? rejected });
  if (standing !== null) world.promotions.put(supersedePromotion(standing, { personId: standing.requestedBy, ownerId: world.system.ownerId, successor: next }).next);
  world.promotions.put(next);
}

export function cancel(world: World): void {
  const promotion = world.chance.pick(world.promotions.all);
  world.promotions.put(cancelPromotion(promotion, promotion.requestedBy, 'Not now.').next);
}

/** A promotion with its present package. */
interface Shown { readonly promotion: Stored<Promotion>; readonly pkg: DecisionPackage; readonly packageDigest: Digest }
interface Act { readonly voice: Voice; readonly shown: readonly Shown[]; readonly lanes: readonly Lane[]; readonly choice: Choice }

/** One act: the same lanes of one or several promotions. Refused as a whole when the person may not sign one of them. */
function act(world: World, { voice: { principal, lent }, shown, lanes, choice }: Act): void {
  const ballots = shown.map((one) => ({ ...one, policy: world.policy, lanes, lent, recusals: recusalsIn(world.signOffs.all) }));
  for (const ballot of ballots) checkEligible(principal, ballot, world.clock);
  const n = String(world.signOffs.nextNumber).padStart(4, '0');
  const identity = { id: `sig-${n}`, number: `S-${n}`, systemId: 'sys-1', signerId: principal.id, personId: principal.personId ?? '', delegationId: lent?.delegation.id ?? null, challengeId: `challenge-${n}` };
  const attests = lanes.includes('RISK') && world.chance.happens(0.5) ? (['NO_RISK_ABOVE_LOW'] as const) : [];
  const conditions = choice === 'APPROVE_WITH_CONDITIONS' ? obligations(world) : [];
  const signOff = world.signOffs.put(recordSignOff(identity, { ballots, at: world.now }, { choice, statement: 'I reviewed it.', attests, conditions }).next);
  if (isVeto(world.policy, choice, lanes)) endAll(world, shown, signOff);
  for (const { next } of imposeConditions(signOff, namesFor(world, conditions), conditions)) world.conditions.put(next);
}

function endAll(world: World, shown: readonly Shown[], veto: SignOff): void {
  for (const { promotion } of shown) world.promotions.put(rejectPromotion(promotion, veto).next);
}

/** Anybody tries to sign anything that is open; most of it is refused. */
export function sign(world: World): void {
  const promotions = world.promotions.all.filter((promotion) => promotion.state === 'OPEN');
  if (promotions.length === 0) throw new Nothing();
  const lanes = world.chance.shuffled(LANES).slice(0, world.chance.between(1, 3));
  const choice = world.chance.weighted<Choice>([[4, 'APPROVE'], [1, 'APPROVE_WITH_CONDITIONS'], [1, 'REQUEST_CHANGES'], [1, 'REJECT'], [1, 'ABSTAIN'], [1, 'RECUSE']]);
  const shown = world.chance.shuffled(promotions).slice(0, world.chance.between(1, 2)).map((promotion) => present(world, promotion));
  act(world, { voice: world.chance.pick(voicesOf(world.chance.pick(world.people.all), world.lent)), shown, lanes, choice });
}

/** Somebody who may objects to one lane of the focus. */
export function object(world: World): void {
  const promotion = world.openPromotion();
  if (promotion === null) throw new Nothing();
  const lane = world.chance.pick(promotion.lanes).lane;
  const shown = present(world, promotion);
  const voice = world.chance.shuffled(allVoices(world)).find((one) => mayAct(world, one, shown, lane));
  if (voice !== undefined) act(world, { voice, shown: [shown], lanes: [lane], choice: world.chance.pick(['REJECT', 'REQUEST_CHANGES'] as const) });
}

/** Somebody who has signed a lane of the focus, or could, steps back from it: now and then all who could. */
export function stepBack(world: World): void {
  const { chance } = world;
  const promotion = world.openPromotion();
  if (promotion === null) throw new Nothing();
  const lane = chance.pick(promotion.lanes).lane;
  const shown = present(world, promotion);
  const able = chance.shuffled(allVoices(world)).filter((one) => mayAct(world, one, shown, lane));
  const voted = able.filter(({ principal }) => world.signOffs.all.some((signOff) => signOff.signerId === principal.id));
  const choice = chance.weighted<Choice>([[2, 'ABSTAIN'], [3, 'RECUSE']]);
  for (const voice of chance.happens(0.3) ? able : [...voted, ...able].slice(0, 1)) {
    if (mayAct(world, voice, shown, lane)) act(world, { voice, shown: [shown], lanes: [lane], choice });
  }
}

/** People sign the lanes that the focus still misses, each in one act for all the lanes that fall to them. */
export function signMissing(world: World, missing: readonly RequiredLane[]): void {
  const promotion = world.openPromotion();
  if (promotion === null) throw new Nothing();
  const shown = present(world, promotion);
  const shares = new Map<Voice, Lane[]>();
  const voices = allVoices(world);
  for (const ask of missing) {
    for (const voice of quorum(world, { shown, voices }, ask)) shares.set(voice, [...(shares.get(voice) ?? []), ask.lane]);
  }
  for (const [voice, lanes] of shares) act(world, { voice, shown: [shown], lanes, choice: world.chance.happens(0.1) ? 'APPROVE_WITH_CONDITIONS' : 'APPROVE' });
}

function present(world: World, promotion: Stored<Promotion>): Shown {
  return { promotion, ...world.presentPackage(world.releases.get(promotion.releaseId), promotion.environmentId) };
}

/** Everybody, in their own name and by whatever was lent to them. */
function allVoices(world: World): Voice[] {
  return world.people.all.flatMap((principal) => voicesOf(principal, world.lent));
}

function quorum(world: World, { shown, voices }: { shown: Shown; voices: readonly Voice[] }, ask: RequiredLane): Voice[] {
  const chosen: Voice[] = [];
  for (const voice of world.chance.shuffled(voices)) {
    if (meetsQuorum(world.policy, ask, chosen)) break;
    if (mayAct(world, voice, shown, ask.lane)) chosen.push(voice);
  }
  // Now and then one signature of several is still missing.
  return ask.level === 'FOUR_EYES' && world.chance.happens(0.03) ? chosen.slice(1) : chosen;
}

function mayAct(world: World, { principal, lent }: Voice, shown: Shown, lane: Lane): boolean {
  try {
    checkEligible(principal, { ...shown, lent, lanes: [lane], recusals: recusalsIn(world.signOffs.all) }, world.clock);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

export function withdraw(world: World): void {
  const signOff = world.chance.pick(world.signOffs.all);
  world.signOffs.put(withdrawSignOff(signOff, signOff.personId, { reason: 'I was wrong.', at: world.now }).next);
}

/** Under a grant of the gate, so only where it answers ALLOW. */
export function deploy(world: World): void {
  const { verdict, override } = world.judgeFocus();
  if (verdict !== 'ALLOW') throw new Nothing();
  const deployed = report(world, world.focus.environmentId, 'promote', override?.breakGlassId ?? null);
  if (override !== null) {
    world.breakGlasses.put(useBreakGlass(world.breakGlasses.get(override.breakGlassId), { at: world.now, personId: null, policy: world.policy }).next);
    return;
  }
  const promotion = world.openPromotion();
  if (promotion !== null && deployed) world.promotions.put(completePromotion(promotion).next);
}

export function deployToTheStageBefore(world: World): void {
  const { previousId } = world.environment(world.focus.environmentId);
  if (previousId !== null) report(world, previousId, 'promote');
}

/** A grant, and with it the deployment; now and then nobody deploys under it. */
export function report(world: World, environmentId: string, action: GrantedAction, breakGlassId: string | null = null): boolean {
  const n = String(world.grants.nextNumber);
  const { id, bundleDigest } = world.release;
  const grant = { id: `grant-${n.padStart(3, '0')}`, decisionId: `dec-${n}`, systemId: 'sys-1', releaseId: id, environmentId, bundleDigest, action, promotionId: null, breakGlassId, issuedTo: 'svc-deployer', issuedAt: world.now };
  const redeemedAt = world.grants.nextNumber % 5 === 0 ? null : world.now;
  world.grants.put({ ...mintGrant(grant, { minutes: world.policy.grantMinutes, noLaterThan: null }).next, redeemedAt });
  if (redeemedAt === null) return false;
  world.deployments.put({
    id: `dep-${n}`, number: `D-${n}`, version: 1, systemId: 'sys-1', releaseId: id, environmentId, bundleDigest, grantId: grant.id, reportedBy: 'svc-deployer', startedAt: world.now,
  });
  return true;
}

/** A role ends, is taken away, ends later, is given again from now on, or the account is closed or opened again. */
export function changeRoles(world: World): void {
  const signers = [...world.signOffs.all.map((signOff) => signOff.signerId), ...world.waivers.all.flatMap((waiver) => waiver.grants.map((each) => each.principalId))].map((id) => world.people.get(id));
  const lenders = world.people.all.filter(({ personId }) => world.delegations.all.some(({ fromPersonId }) => fromPersonId === personId));
  const principal = world.chance.pick(world.chance.happens(0.7) ? [...signers, ...lenders] : world.people.all);
  const later = plusMs(world.now, world.chance.between(1, 60) * DAY_MS);
  const grants = (validFrom: string | null, validUntil: string | null, revokedAt: string | null = null): Principal => ({
    ...principal, active: true, grants: principal.grants.map((grant) => ({ ...grant, validFrom: validFrom ?? grant.validFrom, validUntil, revokedAt })),
  });
  world.people.put(world.chance.weighted<Principal>([
    [3, grants(null, later)], [1, grants(null, world.now)], [2, grants(null, world.now, world.now)], [3, grants(world.now, null)], [2, grants(null, null)], [1, { ...principal, active: !principal.active }],
    [1, { ...principal, grants: [...principal.grants, roleGrant('REVIEWER', world.chance.pick(LANES), { validFrom: world.now, systemIds: [world.chance.pick(['sys-1', 'sys-2'])] })] }],
  ]));
}

// A random history: a journey of one release towards an environment, disturbed and repaired again, and the questions that are asked on the way.
import { qualifies } from '../../src/domain/actor.js';
import { claimChange, judgeChange } from '../../src/domain/change-claim.js';
import { fileClassification } from '../../src/domain/classification-record.js';
import { DAY_MS } from '../../src/domain/clock.js';
import { digestOf, sha256 } from '../../src/domain/digest.js';
import type { GateAction, GateFacts, GateQuestion, GateTarget } from '../../src/domain/gate-question.js';
import { Refusal } from '../../src/domain/refusal.js';
import { createRelease, withdrawRelease, type Component } from '../../src/domain/release.js';
import { ACT_ROLES, AUTONOMY_LEVELS, editSystem, operateSystem, registerSystem, SYSTEM_FLAGS, type EuClass, type SystemDescription, type SystemFlag, type Tier } from '../../src/domain/system.js';
import { answerQuestionnaire, assessTier } from '../../src/domain/tier-assessment.js';
import { defaultQuestionnaire } from './given.js';
import * as delegations from './world-delegations.js';
import * as followup from './world-followup.js';
import { ENVIRONMENT_IDS } from './world-people.js';
import { adoptPolicy } from './world-policies.js';
import { Nothing, type Chance } from './world-random.js';
import * as conditions from './world-conditions.js';
import * as reviews from './world-reviews.js';
import * as risks from './world-risks.js';
import * as suspensions from './world-suspensions.js';
import * as running from './world-running.js';
import * as treatment from './world-treatment.js';
import * as waivers from './world-waivers.js';
import { World } from './world.js';

type Command = (world: World) => void;

const BEGINNING: SystemDescription = {
  name: 'Reply assistant', intendedPurpose: 'Drafts replies to customers.', prohibitedUses: [], ownerId: 'owner', developerIds: ['dev1', 'dev2'], businessUnit: null,
  affectedGroups: ['customers'], autonomy: 'RECOMMENDS', jurisdictions: [],
};

function registerBoth(world: World): void {
  for (const n of ['1', '2']) world.systems.put(registerSystem({ id: `sys-${n}`, number: `SYS-${n}` }, 'owner', { ...BEGINNING, name: `Assistant ${n}` }).next);
}

/** Together they ask for a DPIA, and with the last of them already at the pilot. */
const PERSONAL: readonly SystemFlag[] = ['PERSONAL_DATA', 'PROFILING', 'PILOT_AFFECTS_REAL_PEOPLE'];

function tier(world: World): void {
  const { chance } = world;
  const assessment = {
    tier: chance.weighted<Tier>([[6, 'MINIMAL'], [5, 'MODERATE'], [2, 'HIGH'], [1, 'CRITICAL']]),
    euClass: chance.weighted<EuClass>([[12, 'MINIMAL'], [6, 'LIMITED'], [2, 'HIGH_RISK_ANNEX_III'], [1, 'GPAI_PROVIDER'], [0.6, 'UNCLASSIFIED'], [0.6, 'PROHIBITED'], [0.8, 'ANNEX_III_EXEMPT']]),
    flags: chance.happens(0.5) ? [] : chance.happens(0.3) ? PERSONAL.slice(0, chance.between(1, 3)) : chance.happens(0.2) ? PERSONAL.slice(1, 2) : chance.shuffled(SYSTEM_FLAGS).slice(0, chance.between(1, 2)),
    rationale: 'By the questionnaire.', assessedBy: chance.happens(0.9) ? 'head' : world.anybody(), at: world.now,
  };
  world.systems.put(assessTier(world.system, defaultQuestionnaire(), assessment).next);
}

/** Answers of the team: the worst of all, none, or the mildest. */
function answer(world: World): void {
  const { chance } = world, questionnaire = defaultQuestionnaire();
  const options = questionnaire.questions.map(({ id, options: all }) => ({ question: id, option: (chance.happens(0.9) ? all[0] : all.at(-1))?.id ?? '' }));
  world.systems.put(answerQuestionnaire(world.system, questionnaire, { answers: chance.happens(0.2) ? [] : options, rationale: 'As it is.' }, { personId: 'dev1', at: world.now }).next);
}

/** What a lawyer signs, now and then about the other system, or otherwise than it was assessed. */
function classify(world: World): void {
  const { chance, system } = world;
  const flags = Object.fromEntries(SYSTEM_FLAGS.map((flag) => [flag, chance.weighted([[60, null], [10, false], [PERSONAL.includes(flag) ? 1 : 0.2, true]])]));
  const content = {
    systemId: chance.happens(0.9) ? system.id : 'sys-2', revision: (system.classifications.at(-1)?.revision ?? 0) + 1, flags, annexIIIUses: chance.happens(0.9) ? [] : ['III_4_A' as const], derogation: chance.happens(0.9) ? null : 'PREPARATORY_TASK' as const, rationale: 'By Art. 6.', signedBy: 'lena', signedAt: world.now,
    euClass: chance.happens(0.85) ? system.tierAssessments.at(-1)?.euClass ?? 'MINIMAL' : chance.weighted<EuClass>([[6, 'MINIMAL'], [4, 'LIMITED'], [1, 'HIGH_RISK_ANNEX_III'], [0.5, 'PROHIBITED'], [0.5, 'ANNEX_III_EXEMPT']]),
    roles: chance.shuffled(ACT_ROLES).slice(0, chance.between(1, 2)), tierFloor: chance.weighted<Tier | null>([[20, null], [1, 'MODERATE'], [1, 'HIGH']]), validUntil: new Date(Date.parse(world.now) + chance.between(1, 365) * DAY_MS).toISOString(),
  };
  world.systems.put(fileClassification(system, { ...content, digest: digestOf(content) }, { payloadType: '', payload: '', signatures: [] }).next);
}

function editTheSystem(world: World): void {
  const { chance } = world;
  const changes = chance.weighted<Partial<SystemDescription>>([
    [2, { name: `Assistant ${String(chance.between(1, 9))}` }],
    [1, { intendedPurpose: chance.pick([BEGINNING.intendedPurpose, 'Answers customers by itself.']) }],
    [1, { affectedGroups: chance.pick([['customers'], ['customers', 'children']]) }],
    [2, { autonomy: chance.pick(AUTONOMY_LEVELS) }],
    [2, { prohibitedUses: [`use ${String(chance.between(1, 9))}`] }],
    [1, { ownerId: chance.happens(0.5) ? 'owner' : world.anybody() }],
    [1, { developerIds: chance.happens(0.5) ? ['dev1', 'dev2'] : ['dev1', world.anybody()] }],
  ]);
  world.systems.put(editSystem(world.system, { personId: chance.happens(0.6) ? 'owner' : world.anybody(), at: world.now }, changes).next);
}

function operate(world: World): void {
  world.systems.put(operateSystem(world.system, world.chance.weighted([[2, 'suspend'], [1, 'retire']] as const), 'An incident.').next);
}

function resume(world: World): void {
  world.systems.put(operateSystem(world.system, 'resume', 'It is solved.').next);
}

const FIRST: Component[] = (['MODEL', 'PROMPT', 'IMAGE', 'CONFIG', 'DATASET'] as const).map((role) => ({ role, name: role.toLowerCase(), digest: sha256(`${role} 1`) }));

/** The next release: one or two components differ from the present one, or are new, or are gone. The journey goes on with it. */
function release(world: World): void {
  const { chance } = world;
  const before = world.releases.all.length === 0 ? FIRST : world.release.components;
  const role = chance.pick(['MODEL', 'PROMPT', 'IMAGE', 'CONFIG', 'CODE', 'GUARDRAIL', 'TOOL_SCHEMA', 'TOKENIZER', 'DATASET'] as const);
  const changed: Component = { role, name: role === 'DATASET' ? chance.pick(['dataset', 'more']) : role.toLowerCase(), digest: sha256(`${role} ${String(chance.between(1, 6))}`) };
  const others = before.filter((component) => component.role !== role);
  addRelease(world, 'sys-1', chance.happens(0.2) && others.length > 0 ? others : [...others, changed]);
}

/** The other system ships the very same bundle. */
function share(world: World): void {
  const { releaseId } = world.focus;
  addRelease(world, 'sys-2', world.release.components);
  world.focus.releaseId = releaseId;
}

function addRelease(world: World, systemId: string, components: readonly Component[]): void {
  const n = String(world.releases.nextNumber);
  const identity = { id: `rel-${n}`, number: `REL-${n}`, systemId, authoredBy: world.chance.happens(0.9) ? 'dev1' : world.anybody(), createdAt: world.now };
  const before = world.releases.all.filter((other) => other.systemId === systemId).at(-1) ?? null;
  const { next } = createRelease(identity, { label: `1.${n}`, components }, before);
  if (world.releases.all.some((other) => other.systemId === systemId && other.bundleDigest === next.bundleDigest)) throw new Nothing();
  world.releases.put(next);
  world.focus.releaseId = next.id;
}

/** The team says that it only trained again; often somebody of VALIDATION agrees. */
function claimTheChange(world: World): void {
  const { chance } = world;
  const since = chance.pick(world.releases.all.filter((other) => other.systemId === 'sys-1' && other.id !== world.focus.releaseId));
  world.releases.put(claimChange(world.release, since, { changeClass: 'RETRAIN_SAME_SPEC', reason: 'Trained again.' }, { personId: 'dev1', at: world.now }).next);
  const reviewer = chance.pick(world.people.all.filter((one) => one.grants.some((grant) => qualifies(grant, 'VALIDATION'))));
  if (chance.happens(0.8)) world.releases.put(judgeChange(world.release, world.system, { principal: { ...reviewer, personId: reviewer.personId ?? '' }, clock: world.clock, recusals: [] }, { confirms: chance.happens(0.9), reason: 'So it is.' }).next);
}

function withdrawTheRelease(world: World): void {
  world.releases.put(withdrawRelease(world.release, 'It leaks.').next);
}

/** The journey goes on elsewhere: another environment or an earlier release. */
function turnTo(world: World): void {
  const { chance } = world;
  const environmentId = chance.weighted([[2, 'pilot'], [2, 'staging'], [2, 'canary'], [3, 'production']] as const);
  world.focus = { releaseId: chance.happens(0.8) ? world.focus.releaseId : chance.pick(world.releases.all.filter((r) => r.systemId === 'sys-1')).id, environmentId: ENVIRONMENT_IDS[environmentId] };
}

function passTime(world: World): void {
  const { chance } = world;
  world.pass(chance.weighted([[4, chance.between(1, 72) / 24], [3, chance.between(3, 20)], [1.5, chance.between(40, 200)], [0.8, 400]]) * DAY_MS);
}

function tierWhereDue(world: World): void {
  if (world.judgeFocus().reasons.some(({ code }) => code === 'TIER_DUE') && world.chance.happens(0.8)) attempt(world, tier);
}

/** What a diligent organization does next: it settles the risks, opens the request, signs what is missing. */
function repair(world: World): void {
  const { system, chance } = world;
  if (system.state === 'SUSPENDED') resume(world);
  if (world.release.state === 'WITHDRAWN') release(world);
  tierWhereDue(world);
  suspensions.settle(world, (command) => attempt(world, command));
  for (const risk of world.risks.all) if (chance.happens(0.9)) attempt(world, () => risks.settle(world, world.risks.get(risk.id)));
  conditions.settle(world, (command) => attempt(world, command));
  followup.settle(world, (command) => attempt(world, command));
  if (world.judgeFocus().reasons.some((reason) => reason.code === 'RISK_REGISTER_EMPTY') && chance.happens(0.5)) risks.log(world);
  attempt(world, reviews.open);
  if (chance.happens(0.9)) reviews.deployToTheStageBefore(world);
  attempt(world, () => reviews.signMissing(world, world.judgeFocus().lanes.filter((lane) => !lane.passed && chance.happens(0.97))));
  if (chance.happens(0.15)) attempt(world, waivers.waive);
}

const COMMANDS: readonly (readonly [number, Command])[] = [
  [51, repair], [10, passTime], [0.6, answer], [3, reviews.deploy], [3, turnTo], [3, reviews.withdraw], [3, reviews.object], [2, reviews.stepBack], [3, reviews.sign], [4, reviews.changeRoles], [1, reviews.cancel], [1, reviews.open],
  [3, risks.log], [2, risks.edit], [3, risks.assess], [3, risks.implicateASigner], [1, risks.submit], [1, risks.treat], [2, risks.confirm], [1, risks.turn], [10, risks.accept], [3, risks.grant], [1, risks.endAnAcceptance],
  [2, treatment.propose], [2, treatment.carryOut], [2, treatment.renew], [1, treatment.judge], [5, treatment.revoke], [0.6, treatment.fail], [0.6, treatment.giveUp], [1, treatment.collect],
  [1.5, followup.write], [1, followup.approve], [1, followup.turnAssessment], [3, followup.raise], [1.5, followup.answer], [0.5, followup.close], [2, followup.carry], [0.7, followup.rate], [2, risks.accept], [2, passTime],
  [5, delegations.lend], [1, delegations.endADelegation], [4, suspensions.suspend], [0.7, suspensions.lift], [1, conditions.fulfil], [1, conditions.confirm], [2, running.importBaseline], [0.4, running.endABaseline], [2, running.rollBack], [4, running.breakTheGlass], [0.7, running.judgeABreakGlass], [4, waivers.waive], [1, waivers.grant], [0.7, waivers.endAWaiver], [2.5, risks.adoptCriteria], [4, adoptPolicy], [2, release], [1, share], [0.7, withdrawTheRelease], [1.5, claimTheChange], [1.5, editTheSystem], [1, tier], [1.5, classify], [1, operate],
];

/** A refused command changes nothing, and the history goes on. */
function attempt(world: World, command: Command): void {
  try {
    command(world);
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof Nothing)) throw error;
  }
}

export function beginHistory(chance: Chance): World {
  const world = new World(chance);
  registerBoth(world);
  if (chance.happens(0.96)) attempt(world, tier);
  if (chance.happens(0.15)) attempt(world, answer);
  release(world);
  turnTo(world);
  for (let n = chance.between(0, 3); n > 0; n -= 1) attempt(world, risks.log);
  for (let n = chance.between(0, 4); n > 0; n -= 1) attempt(world, delegations.lend);
  if (chance.happens(0.85)) attempt(world, repair);
  return world;
}

/** One step of the history: time passes a little, or not at all, and somebody does something. */
export function step(world: World): void {
  const { chance } = world;
  if (chance.happens(0.9)) world.pass(chance.between(1, 3600) * 1000);
  attempt(world, chance.weighted(COMMANDS));
}

/** A question as a tool would ask it: mostly about the focus, now and then about something else or in another way. */
export function ask(world: World): GateFacts {
  const { chance } = world;
  const callerId = chance.weighted([[20, 'svc-deployer'], [6, 'usr-owner'], [2, 'svc-brief'], [1, 'svc-staging'], [0.3, 'svc-elsewhere']] as const);
  const used = world.breakGlasses.all.some(({ state }) => state === 'USED');
  const environment = used && chance.happens(0.7) ? 'production' : chance.happens(0.92) ? world.environment(world.focus.environmentId).name : chance.pick([...world.environments.map(({ name }) => name), 'moon']);
  const system = chance.weighted([[14, 'sys-1'], [4, null], [0.5, 'SYS-2'], [0.3, 'sys-9']] as const);
  const known = [...world.grants.all, ...world.baselines.all].some((one) => one.releaseId === world.focus.releaseId && one.environmentId === world.focus.environmentId);
  const action = chance.weighted<GateAction>([[12, 'promote'], [known ? 12 : 0.5, 'run'], [known ? 3 : 0.3, 'rollback']]);
  const question: GateQuestion = { target: target(world), system, environment, action };
  return world.facts(question, callerId);
}

function target(world: World): GateTarget {
  const { chance } = world;
  const about = chance.happens(0.92) ? world.release : chance.pick(world.releases.all);
  const { components, bundleDigest } = about;
  return chance.weighted<GateTarget>([
    [20, { kind: 'BUNDLE', bundleDigest }],
    [3, { kind: 'COMPONENTS', components, bundleDigest }],
    [1, { kind: 'COMPONENT', componentDigest: chance.pick(components).digest }],
    [0.5, { kind: 'RELEASE', release: about.number }],
    [0.5, { kind: 'SYSTEM_RELEASE', system: chance.pick(['sys-1', 'SYS-1', 'sys-9']), label: about.label }],
    [0.2, { kind: 'BUNDLE', bundleDigest: sha256('something else') }],
  ]);
}

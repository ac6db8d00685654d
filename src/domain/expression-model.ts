/**
 * What the expressions of a policy can see: a typed model of the facts, made from the same records as everything else that the gate looks
 * at. Fields are only ever added; docs/policies.md describes each. Whatever has no value is the empty text.
 */
import type { Environment } from '@marcbachmann/cel-js';
import { classesOf, classificationOf, liveRecord, rolesOf } from './classification.js';
import { isDay, type Instant, type NotingClock } from './clock.js';
import { isAbout, isLive, outcomeOf, standingAmong, type Evidence } from './evidence.js';
import { findingsInScope, type Finding } from './finding.js';
import type { ReleaseFacts } from './gate-question.js';
import { subjectsOf } from './gate-mitigations.js';
import { firstDeployedTo, wasDeployedTo } from './grant.js';
import { isShown, type Mitigation } from './mitigation.js';
import { risksInScope } from './package.js';
import { environmentRank, type ComponentRole, type Environment as PlaceOfRelease, type Release } from './release.js';
import { residualLevel, type Proof } from './residual.js';
import type { Risk } from './risk.js';
import { LEVELS } from './scoring.js';
import { partiesTo, TIERS, type AiSystem, type ClassificationRecord } from './system.js';

/** Where a release is meant to go, and what is known of it. */
export interface Place { readonly about: ReleaseFacts; readonly environment: PlaceOfRelease; readonly proof: Proof }

/** FACTS: all there is to a release. EVIDENCE: one piece of evidence, and what it is about. */
export type ExpressionScope = 'FACTS' | 'EVIDENCE';

type Fields = Readonly<Record<string, 'string' | 'bool' | 'int' | 'list<string>' | 'map<string, dyn>' | 'list<Component>' | 'Classification'>>;

/** A value of the model: what its fields are follows from its type. What depends on time is found out only when it is asked for, and once. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- expressions tell types apart by their classes
class ModelValue {
  constructor(values: Readonly<Record<string, unknown>>, derived: Readonly<Record<string, () => unknown>> = {}) {
    Object.assign(this, values);
    for (const [name, get] of Object.entries(derived)) Object.defineProperty(this, name, { get: once(get) });
  }
}
function once(get: () => unknown): () => unknown {
  let found: { readonly value: unknown } | null = null;
  return () => (found ??= { value: get() }).value;
}
class ModelClassification extends ModelValue {}
class ModelSystem extends ModelValue {}
class ModelComponent extends ModelValue {}
class ModelRelease extends ModelValue {}
class ModelPlace extends ModelValue {}
class ModelRisk extends ModelValue {}
class ModelMitigation extends ModelValue {}
class ModelEvidence extends ModelValue {}
class ModelFinding extends ModelValue {}
/** The only way to time: whatever is asked of it is noted, so that an answer ends when it would turn. */
export class ModelClock { constructor(readonly clock: NotingClock, readonly ref: string) {} }

/** Every type of the model with its fields. */
export const MODEL: Readonly<Record<string, { readonly ctor: typeof ModelValue; readonly fields: Fields }>> = {
  Classification: { ctor: ModelClassification, fields: { signed: 'bool', roles: 'list<string>', annexIIIUses: 'list<string>', derogation: 'string' } },
  System: { ctor: ModelSystem, fields: { number: 'string', name: 'string', tier: 'string', euClass: 'string', euClasses: 'list<string>', flags: 'list<string>', roles: 'list<string>', classification: 'Classification', answered: 'bool', autonomy: 'string', state: 'string', businessUnit: 'string', jurisdictions: 'list<string>', affectedGroups: 'list<string>', risks: 'list<string>' } },
  Component: { ctor: ModelComponent, fields: { role: 'string', name: 'string', digest: 'string' } },
  Release: { ctor: ModelRelease, fields: { number: 'string', label: 'string', components: 'list<Component>', createdAt: 'string', bundleDigest: 'string', digests: 'list<string>', models: 'list<string>', artifacts: 'list<string>' } },
  Place: { ctor: ModelPlace, fields: { name: 'string', kind: 'string', rank: 'int', hasPrevious: 'bool', previousPassed: 'bool', inUseSince: 'string' } },
  Risk: { ctor: ModelRisk, fields: { number: 'string', event: 'string', state: 'string', level: 'string', inherent: 'string', confirmed: 'bool', treatment: 'string' } },
  Mitigation: { ctor: ModelMitigation, fields: { number: 'string', title: 'string', risk: 'string', state: 'string', shown: 'bool', due: 'string' } },
  Evidence: { ctor: ModelEvidence, fields: { number: 'string', type: 'string', title: 'string', outcome: 'string', source: 'string', aboutRelease: 'bool', independent: 'bool', subject: 'string', collectedAt: 'string', validUntil: 'string', payload: 'map<string, dyn>' } },
  Finding: { ctor: ModelFinding, fields: { number: 'string', severity: 'string', state: 'string', source: 'string', due: 'string' } },
};

/** The variables of each scope. */
export const VARIABLES: Readonly<Record<ExpressionScope, Readonly<Record<string, string>>>> = {
  FACTS: { system: 'System', release: 'Release', environment: 'Place', risks: 'list<Risk>', mitigations: 'list<Mitigation>', evidence: 'list<Evidence>', findings: 'list<Finding>' },
  EVIDENCE: { system: 'System', release: 'Release', environment: 'Place', evidence: 'Evidence', payload: 'map<string, dyn>', records: 'list<Evidence>', findings: 'list<Finding>' },
};

/** Declared before what they are parts of. */
const PARTS: readonly string[] = ['Component', 'Classification'];

export function declareModel(environment: Environment, scope: ExpressionScope): void {
  environment.registerType('Clock', { ctor: ModelClock, fields: {} });
  for (const name of [...PARTS, ...Object.keys(MODEL).filter((other) => !PARTS.includes(other))]) environment.registerType(name, MODEL[name] as never);
  for (const [name, type] of Object.entries({ ...VARIABLES[scope], clock: 'Clock' })) environment.registerVariable(name, type);
  environment.registerFunction('atLeast(string, string): bool', atLeast);
  environment.registerFunction('isBefore(string, string): bool', (one: string, other: string) => instantOf(one) < instantOf(other));
}

/** A day, or an instant with its offset from UTC, as RFC 3339 writes them. */
export function instantOf(text: string): Instant {
  const time = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`${JSON.stringify(text.slice(0, 60))} is neither a day nor an instant.`);
  return new Date(time).toISOString();
}

/** The same, of a day that there is: what somebody may write. What was recorded goes on to be read as it always was, by `instantOf`, so that its decisions can be made again. */
export function writtenInstant(text: string): Instant {
  const instant = instantOf(text);
  if (!isDay(text.slice(0, 10)) || text.includes('T24')) throw new Error(`${JSON.stringify(text)} is of no day that there is.`);
  return instant;
}

/** Of levels of risk and of tiers, each in its order. */
function atLeast(value: string, floor: string): boolean {
  const order = [LEVELS, TIERS].map((names) => names as readonly string[]).find((names) => names.includes(value) && names.includes(floor));
  if (order === undefined) throw new Error(`atLeast compares two levels or two tiers, not ${JSON.stringify(value)} and ${JSON.stringify(floor)}.`);
  return order.indexOf(value) >= order.indexOf(floor);
}

/** What both scopes see. */
function surroundings({ about, environment: place, proof: { clock } }: Place): Readonly<Record<string, unknown>> {
  const { system, release, deployments, risks } = about;
  const { number, name, autonomy, state, businessUnit, jurisdictions, affectedGroups } = system;
  const classification = classificationOf(system);
  const { tier, euClass, flags } = classification;
  return {
    system: new ModelSystem(
      { number, name, tier, euClass, euClasses: classesOf(classification), flags, autonomy, state, businessUnit: businessUnit ?? '', jurisdictions, affectedGroups, risks: risks.filter(({ state }) => state !== 'REJECTED').map((risk) => risk.number), classification: modelClassification(system, clock), answered: isAnswered(system) },
      { roles: () => rolesOf(system, clock) },
    ),
    release: new ModelRelease({
      number: release.number, label: release.label, createdAt: release.createdAt, components: release.components.map((component) => new ModelComponent({ role: component.role, name: component.name, digest: component.digest })),
      bundleDigest: release.bundleDigest, digests: [...subjectsOf(release)], models: digestsOf(release, ['MODEL']), artifacts: digestsOf(release, ['IMAGE', 'CODE']),
    }),
    environment: new ModelPlace({
      name: place.name, kind: place.kind, rank: BigInt(environmentRank(place.kind)), hasPrevious: place.previousId !== null, previousPassed: place.previousId === null || wasDeployedTo(place.previousId, release, deployments),
      inUseSince: firstDeployedTo(place.id, release, deployments) ?? '',
    }),
  };
}

/** Whether its present tier was judged by what its team has answered. */
function isAnswered({ tierAssessments }: AiSystem): boolean {
  return (tierAssessments.at(-1)?.restsOn ?? null) !== null;
}

/** Of a record that is over, nothing is left: no signature, every role. */
function modelClassification(system: AiSystem, clock: NotingClock): ModelClassification {
  const live = once(() => liveRecord(system, clock)) as () => ClassificationRecord | null;
  return new ModelClassification({}, { signed: () => live() !== null, roles: () => rolesOf(system, clock), annexIIIUses: () => live()?.annexIIIUses ?? [], derogation: () => live()?.derogation ?? '' });
}

/** What a piece of evidence may be about: the parts in these roles; of a release without one, such as one that calls a model elsewhere, its bundle. */
function digestsOf({ bundleDigest, components }: Release, roles: readonly ComponentRole[]): readonly string[] {
  const found = components.filter(({ role }) => roles.includes(role)).map(({ digest }) => digest);
  return found.length === 0 ? [bundleDigest] : found;
}

/** The variables of FACTS; what happened to the same release in another environment looks the same from here. */
export function factsModel(place: Place): Readonly<Record<string, unknown>> {
  const { about, proof } = place;
  const risks = risksInScope(about.risks, about.release.id);
  const numbers = new Map(risks.map(({ id, number }) => [id, number]));
  return {
    ...surroundings(place),
    risks: risks.map((risk) => modelRisk(risk, proof)),
    mitigations: about.mitigations.filter(({ riskId }) => numbers.has(riskId)).map((mitigation) => modelMitigation(mitigation, numbers.get(mitigation.riskId) ?? '', proof)),
    evidence: modelRecords(about.evidence, place),
    findings: findingsOf(place),
  };
}

/** The variables of EVIDENCE. */
export function evidenceModel(evidence: Evidence, place: Place, records: readonly unknown[]): Readonly<Record<string, unknown>> {
  return { ...surroundings(place), evidence: modelEvidence(evidence, false, place), payload: evidence.payload ?? {}, records, findings: findingsOf(place) };
}

/** The list `records`: what counts now, about these bytes or the system as such, and of a type that the condition names; of those that it cannot tell apart the one that ends last: they count as long as that one does. */
export function recordsModel(standing: readonly Evidence[], place: Place, named: ReadonlySet<string>, distinct: (records: readonly Evidence[]) => readonly Evidence[] = (all) => all): readonly unknown[] {
  const subjects = subjectsOf(place.about.release);
  const meant = standing.filter((evidence) => named.has(evidence.type) && evidence.state === 'VERIFIED' && isAbout(evidence, subjects));
  return distinct(meant).filter((evidence) => isLive(evidence, place.proof.clock)).map((evidence) => modelEvidence(evidence, false, place));
}

function modelRecords(all: readonly Evidence[], place: Place): readonly ModelEvidence[] {
  const standing = new Set(standingAmong(all).map(({ id }) => id));
  return all.map((evidence) => modelEvidence(evidence, !standing.has(evidence.id), place));
}

function modelRisk(risk: Risk, proof: Proof): ModelRisk {
  const { number, statement, state, treatment } = risk;
  const last = risk.assessments.at(-1);
  return new ModelRisk({
    number, event: statement.event, state, inherent: last?.inherent.level ?? '',
    confirmed: last !== undefined && last.revision === risk.confirmation?.revision, treatment: treatment?.option ?? '',
  }, { level: () => residualLevel(risk, proof) ?? '' });
}

function modelMitigation(mitigation: Mitigation, risk: string, proof: Proof): ModelMitigation {
  const { number, title, state, due } = mitigation;
  return new ModelMitigation({ number, title, risk, state, due }, { shown: () => isShown(mitigation, proof) });
}

function modelEvidence(evidence: Evidence, isSuperseded: boolean, { about, proof }: Place): ModelEvidence {
  const { number, type, title, source, collectedAt, validUntil, payload, subjectDigest } = evidence;
  return new ModelEvidence(
    { number, type, title, source, collectedAt, validUntil, payload: payload ?? {}, subject: subjectDigest ?? '' },
    { outcome: () => outcomeOf(evidence, isSuperseded, proof.clock), aboutRelease: () => isAbout(evidence, subjectsOf(about.release)), independent: () => isIndependent(evidence, about) },
  );
}

/** Whether a person answers for it who has no part in what it is about: who submitted or verified it, and neither owns, makes nor described the system, nor made the release. */
function isIndependent({ source, submittedBy, verification }: Evidence, { system, release }: ReleaseFacts): boolean {
  const people = [source === 'HUMAN' ? submittedBy : null, verification?.kind === 'USER' ? verification.by : null];
  return people.some((person) => person !== null && person !== release.authoredBy && partiesTo(system, person).length === 0);
}

function findingsOf({ about }: Place): readonly ModelFinding[] {
  return findingsInScope(about.findings, about.release.id).map(modelFinding);
}

function modelFinding({ number, severity, state, source, due }: Finding): ModelFinding {
  return new ModelFinding({ number, severity, state, source, due: due ?? '' });
}

// Builders for readable rule tests: each gives a sound value, and a test names only what matters to it.
import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RiskAcceptance } from '../../src/domain/acceptance.js';
import { LANES, type Lane, type Principal } from '../../src/domain/actor.js';
import { NotingClock, plusDays, type Instant } from '../../src/domain/clock.js';
import type { Condition } from '../../src/domain/condition.js';
import { bundleDigest, digestOf, sha256, type Digest } from '../../src/domain/digest.js';
import type { Aggregate } from '../../src/domain/events.js';
import type { Evidence } from '../../src/domain/evidence.js';
import type { Finding } from '../../src/domain/finding.js';
import type { ImpactAssessment, ImpactEdition } from '../../src/domain/impact-assessment.js';
import { IMPACT_ELEMENTS, type ImpactKind } from '../../src/domain/impact-elements.js';
import type { Baseline } from '../../src/domain/baseline.js';
import type { BreakGlass } from '../../src/domain/break-glass.js';
import type { Deployment, Grant } from '../../src/domain/grant.js';
import type { UngovernedDeployment } from '../../src/domain/ungoverned-deployment.js';
import type { GateFacts, GateQuestion, ReleaseFacts } from '../../src/domain/gate-question.js';
import type { Mitigation } from '../../src/domain/mitigation.js';
import { buildPackage, packageDigest, type DecisionPackage, type Stored } from '../../src/domain/package.js';
import type { GatePolicy } from '../../src/domain/policy.js';
import type { Promotion } from '../../src/domain/promotion.js';
import type { RefusalCode, RefusalFacts } from '../../src/domain/refusal.js';
import type { Component, Environment, Release } from '../../src/domain/release.js';
import type { Proof } from '../../src/domain/residual.js';
import type { Risk, RiskAssessment } from '../../src/domain/risk.js';
import type { Level, Rating, RiskCriteria } from '../../src/domain/scoring.js';
import type { SignOff } from '../../src/domain/sign-off.js';
import type { Suspension } from '../../src/domain/suspension.js';
import type { AiSystem, ClassificationRecord, TierAssessment } from '../../src/domain/system.js';
import { joinCatalogues, type Catalogues, type Framework, type FrameworkNode } from '../../src/domain/taxonomy.js';
import { questionnaireOf, type Questionnaire, type QuestionnaireDocument } from '../../src/domain/tiering-questionnaire.js';
import { roleGrant, user } from './world-people.js';

const SOURCES = join(import.meta.dirname, '../../src');

/** The day on which the stories of the rule tests take place. */
export const TODAY: Instant = '2026-11-23T09:00:00.000Z';

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(SOURCES, path), 'utf8'));
}

const POLICY_DOCUMENT = readJson('policies/default-policy.json') as Omit<GatePolicy, 'digest'>;
const CRITERIA_DOCUMENT = readJson('risks/default-criteria.json') as Omit<RiskCriteria, 'id' | 'version'>;

/** For `toThrow`: a refusal with this code and at least these facts. */
export function refusal(code: RefusalCode, facts: RefusalFacts = {}): ReturnType<typeof expect.objectContaining> {
  return expect.objectContaining({ code, facts: expect.objectContaining({ ...facts }) });
}

const QUESTIONNAIRE = questionnaireOf(readJson('systems/tiering-questionnaire.json') as QuestionnaireDocument);
const POLICY: GatePolicy = { ...POLICY_DOCUMENT, digest: digestOf(POLICY_DOCUMENT) };

/** The shipped questionnaire. */
export function defaultQuestionnaire(): Questionnaire {
  return QUESTIONNAIRE;
}

/** The shipped policy. */
export function defaultPolicy(): GatePolicy {
  return POLICY;
}

/** The shipped criteria: five by five, tolerance MODERATE. */
export function defaultCriteria(): RiskCriteria {
  return { ...CRITERIA_DOCUMENT, id: 'criteria', version: 1 };
}

/** Small catalogues: two versions of one framework, and one that was withdrawn. */
export function givenCatalogues(): Catalogues {
  const framework = (name: string, version: string, supersededBy: string[] = []): Framework => ({
    id: `${name}@${version}`, name, version, title: name, publisher: 'Somebody', kind: 'risk-taxonomy', sourceUrl: null, jurisdiction: [], publishedOn: null, inForceFrom: null, supersedes: [],
    supersededBy, licence: { spdx: 'CC0-1.0', redistributable: true, notice: null },
  });
  const node = (frameworkId: string, code: string, more: Partial<FrameworkNode> = {}): FrameworkNode => ({
    reference: `${frameworkId}#${code}`, frameworkId, code, title: code, kind: 'risk', parent: null, aliases: [`${code}:2025`], status: 'active', supersededBy: [], effectiveFrom: null, effectiveTo: null, ...more,
  });
  return joinCatalogues([
    { framework: framework('owasp-llm', '2025'), nodes: ['LLM01', 'LLM02', 'LLM10'].map((code) => node('owasp-llm@2025', code)) },
    { framework: framework('eu-ai-act', '2024', ['eu-ai-act@2026']), nodes: ['Art-9', 'Art-10'].map((code) => node('eu-ai-act@2024', code)) },
    { framework: framework('eu-ai-act', '2026'), nodes: [node('eu-ai-act@2026', 'Art-9')] },
    { framework: framework('sr-11-7', '2011'), nodes: [node('sr-11-7@2011', 'validation', { status: 'withdrawn', supersededBy: ['sr-26-2@2026#validation'] })] },
  ]);
}

export function stored<T extends Aggregate>(value: T): Stored<T> {
  return { ...value, digest: sha256(`${value.id} ${String(value.version)}`) };
}

export function givenTier(more: Partial<TierAssessment> = {}): TierAssessment {
  return { tier: 'MODERATE', euClass: 'LIMITED', flags: [], rationale: 'By the questionnaire.', assessedBy: 'tierer', at: plusDays(TODAY, -30), ...more };
}

/** A record of `lena` about the system of givenSystem that states nothing but a class, and that the organization is the provider. */
export function givenClassification(more: Partial<ClassificationRecord> = {}): ClassificationRecord {
  return {
    systemId: 'sys-1', revision: 1, euClass: 'LIMITED', flags: {}, roles: ['PROVIDER'], annexIIIUses: [], derogation: null, rationale: 'By Art. 50.', tierFloor: null, signedBy: 'lena', signedAt: plusDays(TODAY, -20), validUntil: plusDays(TODAY, 345),
    digest: sha256('record'), signed: { payloadType: '', payload: '', signatures: [] }, ...more,
  };
}

/** A system of tier MODERATE, owned by `owner` and developed by `dev`. */
export function givenSystem(more: Partial<AiSystem> = {}): Stored<AiSystem> {
  return stored({
    id: 'sys-1', number: 'SYS-1', version: 1, name: 'Reply assistant', intendedPurpose: 'Drafts replies to customers.', prohibitedUses: [], ownerId: 'owner',
    developerIds: ['dev'], businessUnit: null, affectedGroups: ['customers'], autonomy: 'RECOMMENDS', jurisdictions: [], state: 'ACTIVE', tierAssessments: [givenTier()], tieringAnswers: [], classifications: [], profileChangedAt: null,
    authoredBy: 'owner', lastEditedBy: 'owner', editors: [more.lastEditedBy ?? 'owner'], ...more,
  });
}

export function component(role: Component['role'], content: string): Component {
  return { role, name: role.toLowerCase(), digest: sha256(content) };
}

export function givenRelease(more: Partial<Release> = {}): Stored<Release> {
  const components = more.components ?? [component('MODEL', 'model 1'), component('PROMPT', 'prompt 1')];
  return stored({
    id: 'rel-1', number: 'REL-1', version: 1, systemId: 'sys-1', label: '1.0', components, bundleDigest: bundleDigest(components), state: 'ACTIVE', withdrawnReason: null, changeClaim: null, dataChangedAt: null, sourcesAdded: [],
    authoredBy: 'dev', createdAt: plusDays(TODAY, -20), ...more,
  });
}

export function givenEnvironment(more: Partial<Environment> = {}): Stored<Environment> {
  return stored({ id: 'env-1', version: 1, name: 'production', kind: 'PRODUCTION', previousId: null, ...more });
}

export function rated(level: Level): Rating {
  return { likelihood: 1, consequences: [{ class: 'OPERATIONAL', value: 1 }], level };
}

export function givenAssessment(level: Level, more: Partial<RiskAssessment> = {}): RiskAssessment {
  return {
    revision: 1, inherent: rated('VERY_HIGH'), current: rated(level), target: null, rationale: 'Seen in the pilot.', strengthOfKnowledge: 'MEDIUM', assessedBy: 'assessor',
    at: plusDays(TODAY, -15), criteriaVersion: 1, ...more,
  };
}

/** A risk that somebody confirmed at this level: LOW unless the test says otherwise. */
export function givenRisk(more: Partial<Risk> & { readonly level?: Level } = {}): Stored<Risk> {
  const { level = 'LOW', ...risk } = more;
  return stored({
    id: 'risk-1', number: 'R-1', version: 1, systemId: 'sys-1', externalId: null, releaseId: null, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], ownerId: 'riskowner',
    statement: { source: 'Hidden text in mails', event: 'instructions are followed', consequence: 'data leaves the company' }, state: 'MONITORED', treatment: null,
    assessments: [givenAssessment(level)], confirmation: { revision: 1, by: 'officer', at: plusDays(TODAY, -14) }, ending: null, authoredBy: 'author', lastEditedBy: 'author',
    editors: [risk.lastEditedBy ?? 'author'], loggedAt: plusDays(TODAY, -16), ...risk,
  });
}

/** A mitigation of `risk-1` by `doer` that `verifier` verified on the evidence `ev-1`: two steps off the likelihood. */
export function givenMitigation(more: Partial<Mitigation> = {}): Stored<Mitigation> {
  return stored({
    id: 'mit-1', number: 'M-1', version: 1, riskId: 'risk-1', systemId: 'sys-1', title: 'Hidden text is removed', description: 'Mails are read as plain text.', ownerId: 'doer',
    due: plusDays(TODAY, 20), effect: 'LIKELIHOOD', reduces: 2, requiredFrom: null, control: null, state: 'VERIFIED', evidenceIds: ['ev-1'],
    verification: { by: 'verifier', at: plusDays(TODAY, -12) }, cancellation: null, ending: null, authoredBy: 'doer', lastEditedBy: 'doer', editors: ['doer'], proposedAt: plusDays(TODAY, -14), ...more,
  });
}

/** Evidence about the system as such, verified and valid for thirty more days. */
export function givenEvidence(more: Partial<Evidence> = {}): Stored<Evidence> {
  return stored({
    id: 'ev-1', number: 'E-1', version: 1, systemId: 'sys-1', type: 'test_report', title: 'Attack test', contentDigest: sha256('report'), subjectDigest: null, location: null, payload: null, source: 'HUMAN',
    submittedBy: 'doer', submittedAt: plusDays(TODAY, -13), collectedAt: plusDays(TODAY, -13), validUntil: plusDays(TODAY, 30), supersedesId: null, state: 'VERIFIED',
    verification: { by: 'verifier', at: plusDays(TODAY, -12) }, ending: null, ...more,
  });
}

/** What can be shown today: nothing, unless the test names it. */
export function givenProof(more: Partial<Proof> = {}): Proof {
  return { criteria: defaultCriteria(), mitigations: [], evidence: [], subjects: null, clock: new NotingClock(TODAY), ...more };
}

/** Criteria by which somebody may accept whatever there is: what is asked for under them may be beyond everybody later. */
export const ANYBODY: RiskCriteria['authority'] = { VERY_LOW: ['HEAD_OF_RISK'], LOW: ['HEAD_OF_RISK'], MODERATE: ['HEAD_OF_RISK'], HIGH: ['HEAD_OF_RISK'], VERY_HIGH: ['HEAD_OF_RISK'] };

/** An acceptance of the risk as it is, granted by whom the shipped authority for HIGH names. */
export function givenAcceptance(risk: Risk, more: Partial<RiskAcceptance> = {}): Stored<RiskAcceptance> {
  const level = risk.assessments.at(-1)?.current.level ?? 'HIGH';
  const grants = (['HEAD_OF_RISK', 'EXECUTIVE'] as const).map((role) => ({ personId: role.toLowerCase(), principalId: `usr-${role}`, role, at: plusDays(TODAY, -10) }));
  return stored({
    id: 'acc-1', number: 'ACC-1', version: 1, riskId: risk.id, systemId: risk.systemId, accepted: { level, revision: 1, statement: risk.statement, releaseId: risk.releaseId },
    reason: 'The benefit outweighs it.', validUntil: plusDays(TODAY, 30), state: 'REQUESTED', requestedBy: 'riskowner', renews: null, grants, ...more,
  });
}

/** Every element of the kind with an answer. */
export function everyAnswer(kind: ImpactKind, text = 'Written down.'): { element: string; text: string }[] {
  return IMPACT_ELEMENTS[kind].map(({ id }) => ({ element: id, text }));
}

/** The first edition of a DPIA, written by `writer`, approved by `approver` until a hundred days from now. */
export function givenEdition(more: Partial<ImpactEdition> = {}): ImpactEdition {
  const answers = everyAnswer('DPIA');
  return {
    edition: 1, answers, answersDigest: digestOf(answers), evidenceIds: [], editors: ['writer'], lastEditedBy: 'writer', submittedBy: 'writer', approvedBy: 'approver',
    approvedAt: plusDays(TODAY, -12), validUntil: plusDays(TODAY, 100), ...more,
  };
}

/** An approved DPIA of the system. */
export function givenImpactAssessment(more: Partial<ImpactAssessment> = {}): Stored<ImpactAssessment> {
  const { kind = 'DPIA', editions = [givenEdition()] } = more;
  return stored({
    id: 'imp-1', number: 'IA-1', version: 1, systemId: 'sys-1', kind, state: 'APPROVED', edition: 1, answers: everyAnswer(kind), evidenceIds: [], submission: { by: 'writer', at: plusDays(TODAY, -13) },
    remark: null, editions, validUntil: editions.at(-1)?.validUntil ?? null, authoredBy: 'writer', lastEditedBy: 'writer', editors: ['writer'], draftedAt: plusDays(TODAY, -20), ...more,
  });
}

/** A finding of a validation at HIGH that nobody has answered yet. */
export function givenFinding(more: Partial<Finding> = {}): Stored<Finding> {
  return stored({
    id: 'fin-1', number: 'F-1', version: 1, systemId: 'sys-1', releaseId: null, riskId: null, mitigationId: null, source: 'VALIDATION', severity: 'HIGH', statement: 'Names are not removed.', theme: null,
    ownerId: 'fixer', state: 'OPEN', action: null, due: null, evidenceIds: [], acceptanceId: null, closedBy: null, ending: null, raisedBy: 'validator', raisedAt: plusDays(TODAY, -9), ...more,
  });
}

/** Asked for by `reviewer` with the vote `sig-usr-reviewer` five days ago: `fixer` has ten more days, or everything waits. */
export function givenCondition(more: Partial<Condition> = {}): Stored<Condition> {
  return stored({
    id: 'con-1', number: 'C-1', version: 1, systemId: 'sys-1', signOffId: 'sig-usr-reviewer', acceptanceId: null, lanes: ['SECURITY'], text: 'Limit the rate of requests.', evidence: 'A test report.',
    due: plusDays(TODAY, 10), ownerId: 'fixer', effect: 'BLOCK', imposedBy: 'reviewer', imposedAt: plusDays(TODAY, -5), state: 'OPEN', evidenceIds: [], confirmation: null, ...more,
  });
}

/** Recorded by `officer` yesterday about `risk-1`: an incident that nobody has lifted. */
export function givenSuspension(more: Partial<Suspension> = {}): Stored<Suspension> {
  return stored({
    id: 'sus-1', number: 'SUS-1', version: 1, systemId: 'sys-1', riskId: 'risk-1', cause: 'INCIDENT', reason: 'Data has leaked.', since: plusDays(TODAY, -1), imposedBy: 'officer', state: 'OPEN', lifted: null, ...more,
  });
}

/** An open request to move the release into the environment, made ten days ago by `owner`. */
export function givenPromotion(more: Partial<Promotion> = {}): Stored<Promotion> {
  return stored({
    id: 'pro-1', number: 'P-1', version: 1, systemId: 'sys-1', releaseId: 'rel-1', environmentId: 'env-1', state: 'OPEN', reason: 'First customers.', requestedBy: 'owner',
    openedAt: plusDays(TODAY, -10), packageDigest: sha256('package of the opening'), lanes: [], ending: null, claims: [], due: null, predecessorId: null, ...more,
  });
}

/** A reviewer who may sign these lanes (and may sign RISK, BUSINESS and EXEC by the role for it). */
export function givenReviewer(personId: string, lanes: readonly Lane[], more: Partial<Principal> = {}): Stored<Principal> {
  const roles = { RISK: 'RISK_OFFICER', BUSINESS: 'BUSINESS_OWNER', EXEC: 'EXECUTIVE' } as const;
  const grants = lanes.map((lane) => (lane === 'RISK' || lane === 'BUSINESS' || lane === 'EXEC' ? roleGrant(roles[lane]) : roleGrant('REVIEWER', lane)));
  return stored({ ...user(personId, 'risk', grants), ...more });
}

/** For each lane two people who took no part in anything, of the function of the lane and of another. */
export function givenVoters(): Stored<Principal>[] {
  const all = LANES.map((lane) => givenReviewer(`${lane.toLowerCase()}-voter`, [lane], { function: defaultPolicy().laneFunctions[lane] }));
  return [...all, givenReviewer('any-voter', LANES, { function: 'open-source' })];
}

export function givenSignOff(signer: Principal, digest: Digest, lanes: readonly Lane[], more: Partial<SignOff> = {}): Stored<SignOff> {
  const id = more.id ?? `sig-${signer.id}`;
  return stored({
    id, number: `S-${id}`, version: 1, systemId: 'sys-1', subjects: [{ promotionId: 'pro-1', packageDigest: digest, lanes }], choice: 'APPROVE', meaning: 'APPROVED',
    statement: 'I reviewed it.', attests: [], signerId: signer.id, personId: signer.personId ?? '', delegationId: null, selfAttested: [], challengeId: 'challenge', signedAt: plusDays(TODAY, -5),
    validUntil: plusDays(TODAY, 300), withdrawn: null, signed: null, ...more,
  });
}

export function givenDeployment(environmentId: string, digest: Digest): Stored<Deployment> {
  return stored({
    id: `dep-${environmentId}`, number: 'D-1', version: 1, systemId: 'sys-1', releaseId: 'rel-1', environmentId, bundleDigest: digest, grantId: 'grant', reportedBy: 'svc', startedAt: plusDays(TODAY, -2),
  });
}

export function givenUngoverned(more: Partial<UngovernedDeployment> = {}): Stored<UngovernedDeployment> {
  return stored({
    id: 'ung-1', number: 'UD-1', version: 1, systemId: 'sys-1', releaseId: 'rel-1', environmentId: 'env-1', bundleDigest: givenRelease().bundleDigest, reason: 'It ran when we looked.', reportedBy: 'svc', foundAt: plusDays(TODAY, -3), ...more,
  });
}

export function givenDeployer(more: Partial<Principal> = {}): Stored<Principal> {
  return stored({ id: 'svc', number: 'svc', version: 1, kind: 'SERVICE', personId: null, function: null, active: true, grants: [roleGrant('DEPLOYER')], ...more });
}

/** The facts about one release in one environment, everything in order except for what the test names; nobody has signed yet. */
export function givenAbout(more: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    system: givenSystem(), release: givenRelease(), criteria: stored(defaultCriteria()), risks: [givenRisk()], mitigations: [], evidence: [], acceptances: [], impactAssessments: [], findings: [], promotions: [givenPromotion()],
    signOffs: [], conditions: [], suspensions: [], waivers: [], packages: {}, signers: [], voters: givenVoters(), delegations: [], deployments: [], breakGlasses: [], grants: [], baselines: [], ...more,
  };
}

export function givenFacts(about: ReleaseFacts, more: Partial<GateFacts> = {}): GateFacts {
  const question: GateQuestion = { target: { kind: 'BUNDLE', bundleDigest: about.release.bundleDigest }, system: null, environment: 'production', action: 'promote' };
  return { question, caller: givenDeployer(), environment: givenEnvironment(), namedSystem: null, candidates: [about.release], policies: [], about, ...more };
}

/** The present package of these facts for an environment, and its digest. */
export function packageOf(about: ReleaseFacts, environment: Stored<Environment> = givenEnvironment()): { pkg: DecisionPackage; digest: Digest } {
  const pkg = buildPackage(defaultPolicy(), { ...about, environment });
  return { pkg, digest: packageDigest(pkg) };
}

/** The same facts after one eligible reviewer, `reviewer`, has signed every lane of the present package. */
export function givenSigned(about: ReleaseFacts, more: Partial<SignOff> = {}, environment: Stored<Environment> = givenEnvironment()): ReleaseFacts {
  const { pkg, digest } = packageOf(about, environment);
  const lanes = pkg.lanes.map(({ lane }) => lane);
  const signer = givenReviewer('reviewer', lanes);
  return { ...about, signers: [...about.signers, signer], packages: { ...about.packages, [digest]: pkg }, signOffs: [...about.signOffs, givenSignOff(signer, digest, lanes, more)] };
}

export function givenGrant(more: Partial<Grant> = {}): Stored<Grant> {
  return stored({
    id: 'grant', version: 2, decisionId: 'dec-1', systemId: 'sys-1', releaseId: 'rel-1', environmentId: 'env-1', bundleDigest: givenRelease().bundleDigest, action: 'promote', promotionId: 'pro-1', breakGlassId: null, issuedTo: 'svc',
    issuedAt: plusDays(TODAY, -40), expiresAt: plusDays(TODAY, -39), redeemedAt: plusDays(TODAY, -40), ...more,
  });
}

export function givenBaseline(more: Partial<Baseline> = {}): Stored<Baseline> {
  return stored({
    id: 'bas-1', number: 'BL-1', version: 2, systemId: 'sys-1', releaseId: 'rel-1', environmentId: 'env-1', bundleDigest: givenRelease().bundleDigest, until: plusDays(TODAY, 90), reason: 'It ran before.', state: 'CONFIRMED',
    proposedBy: 'owner', proposedAt: plusDays(TODAY, -10), confirmedBy: 'head', confirmedAt: plusDays(TODAY, -9), endedAt: null, ...more,
  });
}

/** Invoked by the owner an hour ago, the second key turned by `exec`, good for two hours more. */
export function givenBreakGlass(more: Partial<BreakGlass> = {}): Stored<BreakGlass> {
  const invokedAt = plusDays(TODAY, -1 / 24);
  return stored({
    id: 'bgl-1', number: 'BG-1', version: 2, systemId: 'sys-1', releaseId: 'rel-1', environmentId: 'env-1', bundleDigest: givenRelease().bundleDigest, emergency: 'OUTAGE', incident: 'Nobody gets an answer.',
    validUntil: plusDays(TODAY, 2 / 24), state: 'INVOKED', invokedBy: 'owner', invokedAt, secondKey: { personId: 'exec', principalId: 'usr-exec', role: 'EXECUTIVE', at: invokedAt }, team: ['dev', 'owner'], usedAt: null, usedBy: null, reviewDue: null, review: null, ...more,
  });
}

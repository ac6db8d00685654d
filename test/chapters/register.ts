// One record of every kind in an organization, made through the public services, and a second organization in the same database.
import { FindingsService } from '../../src/monitoring/findings.service.js';
import { ImpactsService } from '../../src/impacts/impacts.service.js';
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import { CriteriaService } from '../../src/risks/criteria.service.js';
import { ConditionsQueries } from '../../src/acceptances/conditions.queries.js';
import { SuspensionsService } from '../../src/acceptances/suspensions.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { RisksService, type RiskInput } from '../../src/risks/risks.service.js';
import { ADMINISTRATOR, EXAMPLE_PEOPLE } from '../../src/cli/example-people.js';
import { contextOf, openOrganization } from '../../src/cli/organization.js';
import { LANES, ROLES } from '../../src/domain/actor.js';
import { plusDays, plusHours } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { BreakGlassService } from '../../src/gate/break-glass.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { UngovernedDeploymentsService } from '../../src/gate/ungoverned-deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { SimulationsService } from '../../src/gate/simulations.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { Arrivals } from '../../src/evidence/arrivals.js';
import { EvidenceFilesService } from '../../src/evidence/evidence-files.service.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { MitigationsService } from '../../src/mitigations/mitigations.service.js';
import { LawDatesService } from '../../src/policies/law-dates.service.js';
import { DelegationsService } from '../../src/identity/delegations.service.js';
import { PeopleService, type NewPrincipal } from '../../src/identity/people.service.js';
import { MachinesService } from '../../src/identity/machines.service.js';
import { TrustedIssuersService } from '../../src/identity/trusted-issuers.service.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { SystemsService, type SystemInput } from '../../src/systems/systems.service.js';
import type { Baseline } from '../../src/domain/baseline.js';
import type { Stored } from '../../src/domain/package.js';
import type { IssuerInput } from '../../src/domain/trusted-issuer.js';
import type { TrustRuleInput } from '../../src/domain/trust-rule.js';
import type { TestApp } from '../support/app.js';

export type Speaker = (handle: string) => RequestContext;
export const RATING = { low: { likelihood: 1, consequences: [{ class: 'LEGAL', value: 4 }] }, moderate: { likelihood: 2, consequences: [{ class: 'LEGAL', value: 3 }] } } as const;

/** Ids by the kind of record; environments and people by the name that clients use. */
export interface Register {
  readonly as: Speaker;
  readonly ids: Readonly<Record<'system' | 'release' | 'risk' | 'evidence' | 'mitigation' | 'acceptance' | 'promotion' | 'review' | 'signOff' | 'decision' | 'grant' | 'deployment' | 'ungoverned' | 'environment' | 'environmentName' | 'person' | 'bundleDigest' | 'challenge' | 'impact' | 'finding' | 'condition' | 'suspension' | 'waiver' | 'policy' | 'simulation' | 'lawDate' | 'account' | 'delegation' | 'issuer' | 'machineIssuer' | 'trustRule' | 'apiKey' | 'baseline' | 'breakGlass' | 'fileDigest', string>>;
  readonly versions: Readonly<Record<'system' | 'release' | 'risk' | 'evidence' | 'mitigation' | 'acceptance' | 'promotion' | 'signOff' | 'impact' | 'finding' | 'condition' | 'suspension' | 'waiver' | 'policy' | 'lawDate' | 'account' | 'delegation' | 'issuer' | 'trustRule' | 'apiKey' | 'baseline' | 'breakGlass', number>>;
}

/** Holds every role and lane, so that only what is asked for can be refused. */
export function everything(subject: string): NewPrincipal {
  const grants = [...ROLES.filter((role) => role !== 'REVIEWER').map((role) => ({ role, lane: null })), ...LANES.map((lane) => ({ role: 'REVIEWER' as const, lane }))];
  return { kind: 'USER', issuer: BUILT_IN_ISSUER, subject, displayName: `${subject}, everything`, function: 'risk', grants };
}

/** Admits somebody who may do everything to the organization that the server began with. */
export async function admitEverything(app: TestApp, subject: string): Promise<RequestContext> {
  const admitted = await app.app.get(PeopleService).admit(app.as('ada'), everything(subject));
  return contextOf(app.as('ada').tenantId, admitted.id, 'test');
}

/** A second organization; its people are called like the first one's, with `other-` before it. */
export async function secondOrganization(app: TestApp): Promise<Speaker> {
  const opened = await openOrganization(app.app.get(PeopleService), app.database.ownerUrl, { name: 'Other', origin: 'test/other', administrator: { ...ADMINISTRATOR, subject: 'other-ada' } });
  const contexts = new Map<string, RequestContext>([['ada', opened.administrator]]);
  for (const person of [...EXAMPLE_PEOPLE, everything('all')]) {
    const admitted = await app.app.get(PeopleService).admit(opened.administrator, { ...person, subject: `other-${person.subject}` });
    contexts.set(person.subject, contextOf(opened.tenantId, admitted.id, 'test'));
  }
  await app.app.get(CriteriaService).adoptDefault(opened.administrator);
  const releases = app.app.get(ReleasesService);
  await releases.createEnvironment(opened.administrator, { name: 'other-dev', kind: 'DEVELOPMENT', previous: null });
  await releases.createEnvironment(opened.administrator, { name: 'other-pilot', kind: 'PILOT', previous: null });
  return (handle) => {
    const found = contexts.get(handle);
    if (found === undefined) throw new Error(`nobody is called ${handle}`);
    return found;
  };
}

export function systemInput(owner: string, more: Partial<SystemInput> = {}): SystemInput {
  return {
    name: 'Reply assistant', intendedPurpose: 'Drafts replies to customers.', prohibitedUses: [], owner, developers: [], businessUnit: null, affectedGroups: ['customers'],
    autonomy: 'RECOMMENDS', jurisdictions: ['EU'], ...more,
  };
}

export function riskInput(owner: string, more: Partial<RiskInput> = {}): RiskInput {
  return { statement: { source: 'Hidden text', event: 'instructions are followed', consequence: 'data leaves' }, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner, release: null, ...more };
}

export function issuerInput(issuer: string, more: Partial<IssuerInput> = {}): IssuerInput {
  return {
    kind: 'PEOPLE', issuer, audience: 'countersign', jwksUrl: `${issuer}/keys`, jwks: null, algorithms: ['RS256'], tokenType: null, maxTokenAgeMinutes: 60,
    groupsClaim: null, groupRoles: [], groupRolesDays: 30, admitsNewcomers: false, signOffAcr: [], signOffAmr: [], ...more,
  };
}

export function ruleInput(more: Partial<TrustRuleInput> = {}): TrustRuleInput {
  return { name: 'Deploy job', conditions: [{ claim: 'repository_id', equals: '17' }, { claim: 'environment', equals: 'live' }], validUntil: plusDays(new Date().toISOString(), 30), ...more };
}

/** A system of tier MINIMAL with one release of this content. */
export async function givenRelease(app: TestApp, as: Speaker, prefix: string, content: string): Promise<{ systemId: string; releaseId: string; bundleDigest: string }> {
  const system = await app.app.get(SystemsService).register(as('sam'), systemInput(`${prefix}sam`, { developers: [`${prefix}dana`] }));
  await app.app.get(SystemsService).assessTier(as('hugo'), { id: system.id, expectedVersion: 1 }, { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'No effect on people.' });
  const components = [{ role: 'MODEL' as const, name: 'model', digest: content.repeat(64).slice(0, 64) }];
  const release = await app.app.get(ReleasesService).create(as('dana'), system.id, { label: '1.0', components });
  return { systemId: system.id, releaseId: release.id, bundleDigest: release.bundleDigest };
}

/** Logged and assessed by Sam; confirmed by Rita unless told otherwise. */
export async function givenRisk(app: TestApp, as: Speaker, systemId: string, options: { prefix?: string; rating?: keyof typeof RATING; confirmed?: boolean } = {}): Promise<{ id: string; version: number }> {
  const { prefix = '', rating = 'low', confirmed = true } = options;
  const risks = app.app.get(RisksService);
  const logged = await risks.log(as('sam'), systemId, riskInput(`${prefix}sam`), false);
  const assessed = await risks.assess(as('sam'), { id: logged.id, expectedVersion: 1 }, {
    inherent: RATING[rating], current: RATING[rating], target: null, rationale: 'Seen in the pilot.', strengthOfKnowledge: 'MEDIUM',
  });
  return confirmed ? app.app.get(ConfirmationsService).confirm(as('rita'), { id: assessed.id, expectedVersion: assessed.version }) : assessed;
}

/** What it has to pass. */
export const POLICY_CASES = 'cases:\n  - { name: what nobody is bound to, why: Nothing is asked where it is not bound., wanted: { verdict: DENY, reasons: [BLOCK GATE NO_POLICY] } }\n';

/** The shipped policy under another name, bound to nothing that is there. */
export function policySource(version: string, prefix = ''): string {
  return JSON.stringify({ ...SHIPPED_DOCUMENT, id: 'trial', version, title: `${prefix}A trial`, bindings: [{ environments: ['nowhere'], priority: 1, mode: 'OBSERVE' }] });
}

export async function fillRegister(app: TestApp, as: Speaker, prefix: string, content: string): Promise<Register> {
  const { systemId, releaseId, bundleDigest } = await givenRelease(app, as, prefix, content);
  const suspended = await app.app.get(SuspensionsService).impose(as('rita'), systemId, { cause: 'INCIDENT', reason: 'Data has leaked.' });
  const risk = await givenRisk(app, as, systemId, { prefix });
  const accepted = await givenRisk(app, as, systemId, { prefix, rating: 'moderate', confirmed: false });
  const acceptance = await app.app.get(AcceptancesService).request(as('sam'), { id: accepted.id, expectedVersion: accepted.version }, { reason: 'Worth it.', validUntil: plusDays(new Date().toISOString(), 30) });
  await app.app.get(ConfirmationsService).confirm(as('rita'), { id: accepted.id, expectedVersion: accepted.version });
  const suspension = await app.app.get(SuspensionsService).lift(as('hugo'), { id: suspended.id, expectedVersion: suspended.version }, 'Its risks were looked at anew.');
  const { evidence, mitigation } = await givenMitigation(app, as, { systemId, riskId: risk.id, owner: `${prefix}sam` });
  const { promotion, signOff, condition } = await signedPromotion(app, as, { release: releaseId, environment: `${prefix}pilot`, owner: `${prefix}sam` });
  const gate = app.app.get(GateService), ask = (environment: string): Parameters<GateService['authorize']>[1] => ({ target: { kind: 'BUNDLE', bundleDigest }, system: null, environment, action: 'promote' });
  const development = await gate.authorize(as('pipeline'), ask(`${prefix}dev`));
  const ungoverned = await app.app.get(UngovernedDeploymentsService).report(as('pipeline'), { system: systemId, environment: `${prefix}dev`, bundleDigest, reason: 'It ran there when we looked.' });
  const deployment = await app.app.get(DeploymentsService).report(as('pipeline'), { grant: development.grant?.id ?? '', bundleDigest, environment: `${prefix}dev` });
  const pilot = await gate.authorize(as('pipeline'), ask(`${prefix}pilot`));
  const impact = await app.app.get(ImpactsService).draft(as('sam'), systemId, 'DPIA');
  const finding = await app.app.get(FindingsService).raise(as('vera'), systemId, { source: 'AUDIT', severity: 'MODERATE', statement: 'No log is kept.', owner: `${prefix}sam`, release: null, risk: null, mitigation: null });
  const waiver = await app.app.get(WaiversService).request(as('sam'), {
    release: releaseId, environment: `${prefix}pilot`, requirement: 'R5/PROVENANCE', reason: 'The licence is unclear.', compensatingControl: 'Five users only.', validUntil: plusDays(new Date().toISOString(), 30),
  });
  const { policy, simulation } = await givenPolicy(app, as, { version: `1.${content}`, prefix, remark: `${prefix}${systemId}` });
  const delegation = await app.app.get(DelegationsService).delegate(as('kim'), { to: `${prefix}petra`, lanes: ['SECURITY'], systems: null, reason: 'On leave.', validFrom: null, validUntil: plusDays(new Date().toISOString(), 30) });
  const issuer = await app.app.get(TrustedIssuersService).register(as('ada'), issuerInput(`https://${prefix}login.example.com/${systemId}`));
  const machineIssuer = await app.app.get(TrustedIssuersService).register(as('ada'), issuerInput(`https://${prefix}jobs.example.com/${systemId}`, { kind: 'GITHUB' }));
  const machines = app.app.get(MachinesService);
  const trustRule = await machines.trust(as('ada'), machineIssuer.id, ruleInput(), { role: 'DEPLOYER', systems: [systemId], environments: [`${prefix}pilot`] });
  const { key: apiKey } = await machines.issueKey(as('ada'), { name: 'Nightly', permissions: ['gate.check'], validUntil: plusDays(new Date().toISOString(), 30) }, { role: 'DEPLOYER', systems: null, environments: null });
  const [baseline] = await app.app.get(BaselinesService).propose(as('sam'), {
    system: systemId, environment: `${prefix}pilot`, bundleDigests: [bundleDigest], until: plusDays(new Date().toISOString(), 30), reason: 'It ran before.',
  }) as [Stored<Baseline>];
  const breakGlass = await app.app.get(BreakGlassService).invoke(as('sam'), { system: systemId, environment: `${prefix}dev`, bundleDigest, emergency: 'OUTAGE', incident: 'Nobody gets an answer.', validUntil: plusHours(new Date().toISOString(), 4) });
  const { challenge } = await app.app.get(SignOffsService).request(as('sam'), [promotion.id], ['RISK']);
  return {
    as, versions: { system: 2, release: 1, risk: risk.version, evidence: evidence.version, mitigation: mitigation.version, acceptance: acceptance.version, promotion: promotion.version, signOff: signOff.version, impact: impact.version, finding: finding.version, condition: condition.version, suspension: suspension.version, waiver: waiver.version, policy: policy.version, lawDate: 1, account: 1, delegation: delegation.version, issuer: issuer.version, trustRule: trustRule.version, apiKey: apiKey.version, baseline: baseline.version, breakGlass: breakGlass.version },
    ids: {
      system: systemId, release: releaseId, risk: risk.id, evidence: evidence.id, mitigation: mitigation.id, acceptance: acceptance.id, promotion: promotion.id, review: `${promotion.id}/RISK`, signOff: signOff.id, decision: pilot.id ?? '', grant: pilot.grant?.id ?? '',
      deployment: deployment.id, ungoverned: ungoverned.id, environment: promotion.environmentId, environmentName: `${prefix}pilot`, person: `${prefix}sam`, bundleDigest, challenge, impact: impact.id, finding: finding.id, condition: condition.id, suspension: suspension.id, waiver: waiver.id, policy: policy.id, simulation: simulation.id, lawDate: await givenLawDate(app, as, content), account: as('eve').principalId, delegation: delegation.id, issuer: issuer.id, machineIssuer: machineIssuer.id, trustRule: trustRule.id, apiKey: apiKey.id, baseline: baseline.id, breakGlass: breakGlass.id, fileDigest: await givenFile(app, as, systemId, prefix),
    },
  };
}

/** A draft, and a simulation of it that has come to its end. */
async function givenPolicy(app: TestApp, as: Speaker, { version, prefix, remark }: { version: string; prefix: string; remark: string }): Promise<{ policy: { id: string; version: number }; simulation: { id: string } }> {
  const policy = await app.app.get(PoliciesService).draft(as('rita'), { source: policySource(version, prefix), cases: `${POLICY_CASES}# ${remark}\n`, note: 'To try it.' });
  const simulation = await app.app.get(SimulationsService).start(as('rita'), { policy: policy.id, window: null });
  await app.app.get(SimulationsService).settled();
  return { policy, simulation };
}

/** Each article of Section 2 of Chapter III is one that nobody else here has confirmed. */
async function givenLawDate({ app }: TestApp, as: Speaker, content: string): Promise<string> {
  const article = 9 + (Number.parseInt(content, 16) % 7);
  return (await app.get(LawDatesService).confirm(as('lena'), { reference: `eu-ai-act@2026-1744#Art-${String(article)}`, day: '2027-12-02', source: 'Official Journal', note: 'Looked up.' })).id;
}

/** Uploaded by Sam; its digest. */
async function givenFile(app: TestApp, as: Speaker, system: string, prefix: string): Promise<string> {
  // Another one is on its way.
  await app.app.get(Arrivals).expect(as('sam'), { digest: sha256(`${prefix}on its way`), size: 1 });
  return (await app.app.get(EvidenceFilesService).upload(as('sam'), { system, name: `${prefix}notes.txt`, contentType: null, digest: null, size: null }, piecesOf(`Notes about ${system}.`))).contentDigest;
}

/** A body as it comes over the wire. */
async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Submitted by Sam; nobody has verified it. */
export async function givenEvidence(app: TestApp, as: Speaker, systemId: string): Promise<{ id: string; version: number; number: string }> {
  const now = new Date().toISOString();
  return app.app.get(EvidenceService).submit(as('sam'), systemId, {
    type: 'test_report', title: 'Attack test', digest: 'cd'.repeat(32), subjectDigest: null, location: null, payload: { passed: 12, remarks: 'None.' }, collectedAt: now, validUntil: plusDays(now, 60), supersedes: null,
  });
}

/** Proposed and started by Sam, with evidence that nobody has verified. */
async function givenMitigation(app: TestApp, as: Speaker, about: { systemId: string; riskId: string; owner: string }): Promise<Record<'evidence' | 'mitigation', { id: string; version: number }>> {
  const now = new Date().toISOString();
  const evidence = await givenEvidence(app, as, about.systemId);
  const mitigations = app.app.get(MitigationsService);
  const proposed = await mitigations.propose(as('sam'), about.riskId, {
    title: 'Hidden text is removed', description: 'Mails are read as plain text.', owner: about.owner, due: plusDays(now, 30), effect: 'LIKELIHOOD', reduces: 1, requiredFrom: null, control: null,
  });
  return { evidence, mitigation: await mitigations.begin(as('sam'), { id: proposed.id, expectedVersion: 1 }, 'start') };
}

/** Opened and signed in every lane, on one condition, by Sam: at the pilot gate a system of tier MINIMAL needs the attestations of its own team only. */
async function signedPromotion(app: TestApp, as: Speaker, { owner, ...input }: { release: string; environment: string; owner: string }): Promise<{ condition: { id: string; version: number }; promotion: { id: string; version: number; environmentId: string }; signOff: { id: string; version: number } }> {
  const promotion = await app.app.get(PromotionsService).open(as('sam'), { ...input, reason: 'First users.' });
  const signOffs = app.app.get(SignOffsService);
  const shown = await signOffs.request(as('sam'), [promotion.id], promotion.lanes.map((lane) => lane.lane));
  const answer = { challenge: shown.challenge, packageDigests: shown.packages.map((each) => each.digest) };
  const conditions = [{ text: 'Limit the rate.', evidence: 'A test report.', due: plusDays(new Date().toISOString(), 20), owner, effect: 'LAPSE' as const }];
  const signOff = await signOffs.confirm(as('sam'), answer, { choice: 'APPROVE_WITH_CONDITIONS', statement: 'Checked.', attests: [], conditions });
  const [condition] = await app.app.get(ConditionsQueries).conditionsBorne(as('sam'), 'signOffId', signOff.id);
  return { promotion, signOff, condition: condition! };
}

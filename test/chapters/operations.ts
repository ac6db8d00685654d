// Every operation of the published schema with arguments that would be accepted, and the places in them: what a test can spoil, one at a time.
import { isEnumType, isInputObjectType, isListType, isNonNullType, isScalarType, type GraphQLInputType, type GraphQLSchema } from 'graphql';
import { POLICY_CASES, policySource, type Register } from './register.js';

export type Arguments = Readonly<Record<string, unknown>>;
type Kind = keyof Register['ids'];

interface Operation {
  /** What its argument `id` names. */
  readonly of?: Kind;
  readonly args: (register: Register) => Arguments;
}

const ESTIMATE = { likelihood: 1, consequences: [{ class: 'LEGAL', value: 2 }] };
const STATEMENT = { source: 'a', event: 'b', consequence: 'c' };

const EVIDENCE = { type: 'test_report', title: 't', digest: 'ef'.repeat(32), collectedAt: new Date().toISOString(), validUntil: new Date(Date.now() + 30 * 86_400_000).toISOString() };
const MITIGATION = { title: 't', description: 'd', due: '2099-01-01T00:00:00Z', effect: 'LIKELIHOOD', reduces: 1, requiredFrom: null, control: 'owasp-llm@2025#LLM01' };

const CONDITION = { text: 't', evidence: 'e', due: '2099-01-01T00:00:00Z', effect: 'LAPSE' };

function changeOf(kind: keyof Register['versions'], more: Arguments = {}): Operation {
  return { of: kind, args: ({ ids, versions }) => ({ id: ids[kind], expectedVersion: versions[kind], ...more }) };
}

function one(kind: Kind): Operation {
  return { of: kind, args: ({ ids }) => ({ id: ids[kind] }) };
}

function question({ ids }: Register): Arguments {
  return { question: { target: { bundleDigest: ids.bundleDigest }, environment: ids.environmentName } };
}

const REASON = { reason: 'Because.' };

/** By the name of the root field. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  admitPerson: { args: () => ({ input: { handle: 'new', displayName: 'New', function: 'LEGAL' } }) }, openAccount: { args: ({ ids }) => ({ input: { person: ids.person, handle: 'more', displayName: 'More' } }) },
  closeAccount: changeOf('account', REASON), changeFunction: changeOf('account', { ...REASON, function: 'LEGAL' }),
  grantRole: { of: 'account', args: ({ ids, versions }) => ({ id: ids.account, expectedVersion: versions.account, input: { role: 'CONTRIBUTOR', systems: [ids.system], validUntil: '2099-01-01T00:00:00Z' } }) }, revokeRole: changeOf('account', { input: { role: 'AUDITOR', validFrom: '2099-01-01T00:00:00Z', ...REASON } }),
  delegation: one('delegation'), delegations: { args: ({ ids }) => ({ filter: { from: ids.person, to: ids.person, live: true }, sort: 'EXPIRES' }) }, revokeDelegation: changeOf('delegation', REASON),
  delegate: { args: ({ ids }) => ({ input: { to: ids.person, lanes: ['SECURITY'], systems: [ids.system], ...REASON, validUntil: new Date(Date.now() + 20 * 86_400_000).toISOString() } }) },
  trustedIssuer: one('issuer'), trustedIssuers: { args: () => ({ filter: { kind: 'PEOPLE', active: true } }) }, retireIssuer: changeOf('issuer', REASON), changeIssuer: changeOf('issuer', { ...REASON, input: { maxTokenAgeMinutes: 30, groupsClaim: 'groups', groupRoles: [{ group: 'g', role: 'AUDITOR' }] } }),
  trustRule: one('trustRule'), trustRules: { args: ({ ids }) => ({ filter: { issuer: ids.machineIssuer, active: true } }) }, retireTrustRule: changeOf('trustRule', REASON),
  createTrustRule: { args: ({ ids }) => ({ input: { issuer: ids.machineIssuer, name: 'n', role: 'MONITOR', systems: [ids.system], environments: [ids.environmentName], validUntil: EVIDENCE.validUntil, conditions: [{ claim: 'repository_id', equals: '1' }, { claim: 'environment', equals: 'e' }] } }) },
  apiKey: one('apiKey'), apiKeys: { args: () => ({ filter: { active: true } }) }, revokeApiKey: changeOf('apiKey', REASON), rotateApiKey: changeOf('apiKey', { validUntil: EVIDENCE.validUntil }),
  issueApiKey: { args: ({ ids }) => ({ input: { name: 'n', systems: [ids.system], environments: [ids.environmentName], permissions: ['gate.check'], validUntil: EVIDENCE.validUntil } }) },
  registerIssuer: { args: () => ({ input: { kind: 'PEOPLE', issuer: 'https://login.example.com/new', audience: 'a', jwksUrl: 'https://login.example.com/keys', groupsClaim: 'groups', groupRoles: [{ group: 'g', role: 'AUDITOR' }] } }) },
  viewer: { args: () => ({}) }, people: { args: () => ({ first: 5 }) }, environments: { args: () => ({}) }, riskCriteria: { args: () => ({}) },
  systems: { args: () => ({ first: 5, filter: { tiers: ['MINIMAL'] } }) }, risks: { args: () => ({ filter: { states: ['MONITORED'] } }) }, riskMatrix: { args: () => ({ filter: { levels: ['LOW'] } }) },
  system: one('system'), release: one('release'), risk: one('risk'), riskAcceptance: one('acceptance'), promotion: one('promotion'), signOff: one('signOff'), recordedDecision: one('decision'),
  review: one('review'), claimReview: { of: 'review', args: ({ ids }) => ({ id: ids.review, until: new Date(Date.now() + 86_400_000).toISOString() }) }, releaseReview: { of: 'review', args: ({ ids }) => ({ id: ids.review, ...REASON }) },
  reviews: { args: ({ ids }) => ({ first: 5, filter: { system: ids.system, assignee: ids.person } }) }, promotions: { args: ({ ids }) => ({ filter: { system: ids.system, environment: ids.environmentName } }) },
  myWork: { args: () => ({}) },
  exceptions: { args: ({ ids }) => ({ from: '2026-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z', filter: { system: ids.system } }) }, population: { args: ({ ids }) => ({ environment: ids.environmentName.replace('pilot', 'dev') }) },
  lapses: { args: ({ ids }) => ({ filter: { system: ids.system } }) },
  signOffs: { args: ({ ids }) => ({ filter: { system: ids.system, signer: ids.person } }) }, acceptances: { args: ({ ids }) => ({ filter: { system: ids.system, risk: ids.risk } }) },
  decisions: { args: ({ ids }) => ({ filter: { system: ids.system, environment: ids.environmentName, caller: ids.person } }) }, changes: { args: ({ ids }) => ({ filter: { system: ids.system } }) },
  node: one('risk'), environment: { args: ({ ids }) => ({ name: ids.environmentName }) }, gateDecision: { args: question }, replayDecision: one('decision'), decisionDossier: one('decision'), authorizePromotion: { args: question }, gateRequirements: { args: question }, releaseReadiness: { args: question },
  whatIf: { args: (register) => ({ ...question(register), changes: { tier: 'HIGH', flags: ['PERSONAL_DATA'], without: [], evidence: [{ type: 'accuracy_report', payload: { accuracy: 1 } }], policy: register.ids.policy } }) },
  gateForecast: { args: (register) => ({ ...question(register), at: '2099-01-01T00:00:00Z' }) },
  frameworks: { args: () => ({}) }, framework: { args: () => ({ id: 'owasp-llm@2025' }) }, frameworkNode: { args: () => ({ reference: 'owasp-llm@2025#LLM01' }) }, frameworkNodes: { args: () => ({ framework: 'eu-ai-act@2026-1744', parent: 'Art-5' }) },
  suggestTaxonomy: { args: () => ({ text: 'prompt injection' }) },
  registerSystem: { args: ({ ids }) => ({ input: { name: 'n', intendedPurpose: 'p', owner: ids.person, autonomy: 'ASSISTS', developers: [ids.person], prohibitedUses: ['x'], affectedGroups: ['y'], jurisdictions: ['EU'] } }) },
  editSystem: changeOf('system', { input: { name: 'n' } }), assessTier: changeOf('system', { input: { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'r' } }),
  classifySystem: changeOf('system', { input: { euClass: 'LIMITED', flags: [{ flag: 'PROFILING', holds: false }], roles: ['PROVIDER'], annexIIIUses: [], rationale: 'r' } }),
  tieringQuestionnaire: { args: () => ({}) }, answerTieringQuestionnaire: changeOf('system', { input: { answers: [{ question: 'M1', option: 'a' }], rationale: 'r' } }),
  previewTier: { args: ({ ids }) => ({ system: ids.system, answers: [{ question: 'M1', option: 'a' }], euClass: 'MINIMAL' }) },
  suspendSystem: changeOf('system', REASON), resumeSystem: changeOf('system', REASON), retireSystem: changeOf('system', REASON),
  createRelease: { args: ({ ids }) => ({ system: ids.system, input: { label: '2', components: [{ role: 'MODEL', name: 'm', digest: 'ab'.repeat(32) }] } }) },
  withdrawRelease: changeOf('release', REASON), createEnvironment: { args: ({ ids }) => ({ input: { name: 'stage', kind: 'STAGING', previous: ids.environmentName } }) },
  claimChangeClass: { of: 'release', args: ({ ids, versions }) => ({ id: ids.release, expectedVersion: versions.release, changeClass: 'RETRAIN_SAME_SPEC', since: ids.release, ...REASON }) }, confirmChangeClass: changeOf('release', REASON), rejectChangeClass: changeOf('release', REASON),
  logRisk: { args: ({ ids }) => ({ system: ids.system, input: { statement: STATEMENT, owner: ids.person, taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.7'], affectedParties: ['z'] } }) },
  editRisk: changeOf('risk', { input: { taxonomy: ['nist-ai-rmf@1.0#MEASURE-2.7'] } }), submitRisk: changeOf('risk'), confirmRisk: changeOf('risk'),
  assessRisk: changeOf('risk', { input: { inherent: ESTIMATE, current: ESTIMATE, target: null, rationale: 'r', strengthOfKnowledge: 'WEAK' } }),
  planTreatment: changeOf('risk', { ...REASON, option: 'REDUCE' }), reopenRisk: changeOf('risk', REASON), closeRisk: changeOf('risk', REASON), rejectRisk: changeOf('risk', REASON),
  evidenceList: { args: ({ ids }) => ({ filter: { system: ids.system, live: true }, sort: 'EXPIRES' }) }, mitigations: { args: ({ ids }) => ({ filter: { system: ids.system, overdue: true }, sort: 'DUE' }) },
  risksCsv: { args: ({ ids }) => ({ system: ids.system, states: ['MONITORED'] }) }, importRisks: { args: () => ({ csv: 'external_id,system,source,event,consequence,owner,affected_parties,taxonomy,release,draft\n', dryRun: true }) },
  bulkChangeRisks: { args: ({ ids, versions }) => ({ changes: [{ id: ids.risk, expectedVersion: versions.risk + 999, action: 'REOPEN', reason: 'r', owner: ids.person, option: 'REDUCE' }] }) },
  evidenceTypes: { args: () => ({}) }, evidence: one('evidence'), verifyEvidence: changeOf('evidence'), rejectEvidence: changeOf('evidence', REASON), revokeEvidence: changeOf('evidence', REASON),
  submitEvidence: { args: ({ ids }) => ({ system: ids.system, input: { ...EVIDENCE, payload: { passed: 12 }, supersedes: ids.evidence } }) },
  submitEvidenceSet: { args: ({ ids }) => ({ system: ids.system, input: [{ ...EVIDENCE, payload: { passed: 12 }, supersedes: ids.evidence }] }) }, verifyEvidenceSet: { args: ({ ids, versions }) => ({ input: [{ id: ids.evidence, expectedVersion: versions.evidence }] }) },
  mitigation: one('mitigation'), proposeMitigation: { args: ({ ids }) => ({ risk: ids.risk, input: { ...MITIGATION, owner: ids.person } }) },
  editMitigation: changeOf('mitigation', { input: { title: 't' } }), startMitigation: changeOf('mitigation'), restartMitigation: changeOf('mitigation'), verifyMitigation: changeOf('mitigation'),
  implementMitigation: { of: 'mitigation', args: ({ ids, versions }) => ({ id: ids.mitigation, expectedVersion: versions.mitigation, evidence: [ids.evidence] }) },
  attachEvidence: { of: 'mitigation', args: ({ ids, versions }) => ({ id: ids.mitigation, expectedVersion: versions.mitigation, evidence: [ids.evidence] }) },
  failMitigation: changeOf('mitigation', REASON), cancelMitigation: changeOf('mitigation', REASON),
  requestAcceptance: { args: ({ ids, versions }) => ({ risk: ids.risk, expectedVersion: versions.risk, ...REASON, validUntil: '2099-01-01T00:00:00Z', renews: ids.acceptance, conditions: [{ ...CONDITION, owner: ids.person }] }) },
  grantAcceptance: changeOf('acceptance'), withdrawAcceptance: changeOf('acceptance', REASON), revokeAcceptance: changeOf('acceptance', REASON),
  impactAssessment: one('impact'), impactAssessments: { args: ({ ids }) => ({ system: ids.system, kind: 'DPIA', state: 'DRAFT' }) }, draftImpactAssessment: { args: ({ ids }) => ({ system: ids.system, kind: 'FRIA' }) },
  answerImpactAssessment: changeOf('impact', { input: { answers: [{ element: 'DPIA-A', text: 'a' }], evidence: [] } }), submitImpactAssessment: changeOf('impact'),
  approveImpactAssessment: changeOf('impact', { validUntil: EVIDENCE.validUntil }), returnImpactAssessment: changeOf('impact', REASON), reviseImpactAssessment: changeOf('impact', REASON), withdrawImpactAssessment: changeOf('impact', REASON),
  finding: one('finding'), findings: { args: ({ ids }) => ({ system: ids.system, owner: ids.person, severity: 'HIGH', state: 'OPEN' }) },
  raiseFinding: { args: ({ ids }) => ({ system: ids.system, input: { source: 'AUDIT', severity: 'LOW', statement: 's', owner: ids.person, mitigation: ids.mitigation } }) },
  rateFinding: changeOf('finding', { ...REASON, severity: 'LOW' }), planFinding: changeOf('finding', { action: 'a', due: '2099-01-01T00:00:00Z' }), completeFinding: { of: 'finding', args: ({ ids, versions }) => ({ id: ids.finding, expectedVersion: versions.finding, evidence: [ids.evidence] }) },
  closeFinding: changeOf('finding', REASON), acceptFindingRisk: { of: 'finding', args: ({ ids, versions }) => ({ id: ids.finding, expectedVersion: versions.finding, acceptance: ids.acceptance }) },
  waiver: one('waiver'), waivers: { args: ({ ids }) => ({ filter: { system: ids.system, release: ids.release, environment: ids.environmentName, live: true }, sort: 'EXPIRES' }) },
  requestWaiver: { args: ({ ids }) => ({ input: { release: ids.release, environment: ids.environmentName, requirement: 'R5/PROVENANCE', ...REASON, compensatingControl: 'c', validUntil: EVIDENCE.validUntil, renews: ids.waiver } }) },
  grantWaiver: changeOf('waiver'), withdrawWaiver: changeOf('waiver', REASON), revokeWaiver: changeOf('waiver', REASON),
  policy: one('policy'), policies: { args: () => ({ filter: { policyId: 'trial', states: ['DRAFT'] } }) }, policiesInForce: { args: () => ({}) },
  adoptReadinessPolicy: { args: () => ({}) }, draftPolicy: { args: () => ({ input: { source: policySource('1.1'), cases: POLICY_CASES, note: 'n' } }) },
  submitPolicy: changeOf('policy'), testPolicy: changeOf('policy'), approvePolicy: changeOf('policy'), activatePolicy: changeOf('policy'), withdrawPolicy: changeOf('policy', REASON),
  lawDateConfirmation: one('lawDate'), lawDateConfirmations: { args: () => ({ filter: { reference: 'eu-ai-act@2026-1744#Art-9', state: 'CONFIRMED' } }) }, revokeLawDate: changeOf('lawDate', REASON),
  confirmLawDate: { args: () => ({ input: { reference: 'eu-ai-act@2026-1744#Art-10', day: '2027-12-02', source: 's', note: 'n' } }) },
  policyEditions: { args: () => ({}) }, policySimulation: one('simulation'), policySimulations: { args: () => ({}) }, simulatePolicy: { args: ({ ids }) => ({ policy: ids.policy, window: { from: new Date(Date.now() - 86_400_000).toISOString(), to: new Date(Date.now() - 60_000).toISOString() } }) },
  baseline: one('baseline'), baselines: { args: ({ ids }) => ({ filter: { system: ids.system, environment: ids.environmentName, open: true }, sort: 'ENDS' }) },
  importBaseline: { args: ({ ids }) => ({ input: { system: ids.system, environment: ids.environmentName, bundleDigests: [ids.bundleDigest], until: EVIDENCE.validUntil, ...REASON } }) },
  confirmBaseline: changeOf('baseline'), withdrawBaseline: changeOf('baseline', REASON), endBaseline: changeOf('baseline', REASON),
  breakGlass: one('breakGlass'), breakGlasses: { args: ({ ids }) => ({ filter: { system: ids.system, environment: ids.environmentName, unreviewed: true, debt: true } }) },
  invokeBreakGlass: { args: ({ ids }) => ({ input: { system: ids.system, environment: ids.environmentName, bundleDigest: ids.bundleDigest, emergency: 'HARM', incident: 'i', validUntil: new Date(Date.now() + 3_600_000).toISOString() } }) },
  turnSecondKey: changeOf('breakGlass'), reviewBreakGlass: changeOf('breakGlass', { verdict: 'RATIFY', ...REASON }),
  openPromotion: { args: ({ ids }) => ({ input: { release: ids.release, environment: ids.environmentName, ...REASON, supersedes: ids.promotion } }) }, cancelPromotion: changeOf('promotion', REASON),
  resubmitPromotion: changeOf('promotion', { ...REASON, due: '2026-12-31T00:00:00.000Z' }), commentOnPromotion: { of: 'promotion', args: ({ ids }) => ({ id: ids.promotion, text: 't', lane: 'RISK' }) },
  requestSignOff: { args: ({ ids }) => ({ input: { promotions: [ids.promotion], lanes: ['RISK'] } }) },
  confirmSignOff: { args: ({ ids }) => ({ input: { challenge: ids.challenge, packageDigests: [ids.bundleDigest], choice: 'APPROVE_WITH_CONDITIONS', statement: 's', conditions: [{ ...CONDITION, owner: ids.person }] } }) },
  condition: one('condition'), conditions: { args: ({ ids }) => ({ filter: { system: ids.system, owner: ids.person, live: true }, sort: 'DUE' }) },
  suspension: one('suspension'), suspensions: { args: ({ ids }) => ({ filter: { system: ids.system, risk: ids.risk, open: true } }) }, liftSuspension: changeOf('suspension', REASON),
  imposeSuspension: { args: ({ ids }) => ({ system: ids.system, input: { risk: ids.risk, cause: 'INCIDENT', ...REASON } }) },
  fulfilCondition: { of: 'condition', args: ({ ids, versions }) => ({ id: ids.condition, expectedVersion: versions.condition, evidence: [ids.evidence] }) }, confirmCondition: changeOf('condition', REASON),
  withdrawSignOff: changeOf('signOff', REASON),
  reportUngovernedDeployment: { args: ({ ids }) => ({ input: { system: ids.system, environment: ids.environmentName, bundleDigest: ids.bundleDigest, ...REASON } }) },
  reportDeployment: { args: ({ ids }) => ({ input: { grant: ids.grant, bundleDigest: ids.bundleDigest, environment: ids.environmentName } }) },
};

/** A leaf of the arguments of an operation. */
export interface Place { readonly operation: string; readonly path: readonly string[]; readonly type: string; readonly isEnum: boolean }

/** All root fields of the schema, as `query` or `mutation` by name. */
export function rootFields(schema: GraphQLSchema): Map<string, 'query' | 'mutation'> {
  const names = (type: 'query' | 'mutation'): [string, 'query' | 'mutation'][] =>
    Object.keys((type === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {}).map((name) => [name, type]);
  return new Map([...names('query'), ...names('mutation')]);
}

export function places(schema: GraphQLSchema): Place[] {
  const fields = { ...schema.getQueryType()?.getFields(), ...schema.getMutationType()?.getFields() };
  return Object.entries(fields).flatMap(([operation, field]) => field.args.flatMap((arg) => leaves(arg.type, [arg.name]).map((leaf) => ({ operation, ...leaf }))));
}

function leaves(type: GraphQLInputType, path: readonly string[]): Omit<Place, 'operation'>[] {
  if (isNonNullType(type)) return leaves(type.ofType, path);
  if (isListType(type)) return leaves(type.ofType, [...path, '0']);
  if (isInputObjectType(type)) return Object.values(type.getFields()).flatMap((field) => leaves(field.type, [...path, field.name]));
  return isScalarType(type) || isEnumType(type) ? [{ path, type: type.name, isEnum: isEnumType(type) }] : [];
}

/** The document of an operation that takes the arguments of these names as variables. */
export function documentOf(schema: GraphQLSchema, operation: string, names: readonly string[], selection = '__typename'): string {
  const kind = rootFields(schema).get(operation) ?? 'query';
  const field = (kind === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields()[operation];
  const given = (field?.args ?? []).filter((arg) => names.includes(arg.name));
  const declared = given.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return declared === '' ? `${kind} { ${operation} { ${selection} } }` : `${kind} (${declared}) { ${operation} (${passed}) { ${selection} } }`;
}

/** The arguments with another value at one place; what lies on the way there is made. A target is named in one way only. */
export function spoiled(args: Arguments, path: readonly string[], value: unknown): Arguments {
  const copy = structuredClone(args) as Record<string, unknown>;
  let at = copy;
  for (const [i, step] of path.slice(0, -1).entries()) {
    if (step === 'target') at[step] = path[0] === 'question' ? {} : structuredClone(ESTIMATE);
    const next = at[step] ?? (path[i + 1] === '0' ? [] : rest(step));
    at[step] = next;
    at = next as Record<string, unknown>;
  }
  at[path.at(-1) ?? ''] = value;
  return copy;
}

/** The required neighbours of a place in an object that the sample leaves out. */
function rest(step: string): Record<string, unknown> {
  if (step === 'systemRelease') return { system: 'SYS-1', version: '1.0' };
  if (step === '0') return { role: 'MODEL', name: 'm', digest: 'ab'.repeat(32) };
  if (step === 'statement') return { ...STATEMENT };
  return {};
}

const NAMED: Readonly<Record<string, Kind>> = {
  system: 'system', systems: 'system', person: 'person', to: 'person', from: 'person', delegation: 'delegation', issuer: 'issuer', 'createTrustRule.issuer': 'machineIssuer', 'trustRules.issuer': 'machineIssuer', environments: 'environmentName', release: 'release', releaseId: 'release', since: 'release', risk: 'risk', promotions: 'promotion', grant: 'grant', environment: 'environmentName', previous: 'environmentName', name: 'environmentName',
  owner: 'person', developers: 'person', 'bulkChangeRisks.id': 'risk', 'verifyEvidenceSet.id': 'evidence', acceptance: 'acceptance', mitigation: 'mitigation', evidence: 'evidence', supersedes: 'evidence', 'openPromotion.supersedes': 'promotion', renews: 'acceptance', assignee: 'person', signer: 'person', caller: 'person', policy: 'policy',
};

/** An id, or a name that stands for a record; `from` and `to` may be instants as well. */
function isReference(name: string, type: string): boolean {
  return type === 'ID' || (type !== 'DateTime' && ['owner', 'developers', 'from', 'to', 'assignee', 'signer', 'caller', 'environment', 'system'].includes(name));
}

/** What a place refers to, or null when its value is no reference to a record. */
export function referenceAt({ operation, path, type }: Place): Kind | null {
  const name = path.filter((step) => step !== '0').at(-1) ?? '';
  if (name === 'id') return OPERATIONS[operation]?.of ?? NAMED[`${operation}.id`] ?? null;
  return isReference(name, type) ? NAMED[`${operation}.${name}`] ?? NAMED[name] ?? null : null;
}

/** The requests that the story sends, each as a step: what is sent lives here, who sends it and what must come back in steps.ts. */
import type { Lane } from '../../domain/actor.js';
import type { Component } from '../../domain/release.js';
import type { Json } from '../client.js';
import { askGate, operate, type Notes, type Step, type Wanted } from './step.js';

const done = (record: Readonly<Record<string, string | boolean>>): Wanted => ({ kind: 'done', record });

export function does(as: string, title: string, wanted: Wanted, operation: Parameters<typeof operate>[2]): Step {
  return { as, title, wanted, documents: [operation.query], act: (client, notes) => operate(client, notes, operation) };
}

export function registers(as: string, title: string, system: Json): Step {
  return does(as, title, done({ tier: 'CRITICAL', euClass: 'UNCLASSIFIED' }), {
    query: 'mutation ($input: RegisterSystemInput!) { registerSystem(input: $input) { number name tier euClass } }', variables: () => ({ input: system }), note: { system: 'number' },
  });
}

/** `seen`: the version of the system, which has been registered and, where it is 2, described by its answers. */
export function tiers(as: string, title: string, assessment: Json, seen = 1): Step {
  return does(as, title, done({ tier: 'MODERATE', euClass: 'LIMITED' }), {
    query: 'mutation ($id: ID!, $version: Int!, $input: AssessTierInput!) { assessTier(id: $id, expectedVersion: $version, input: $input) { number tier euClass } }', variables: (notes) => ({ id: notes.get('system'), version: seen, input: assessment }),
  });
}

export function classifies(as: string, title: string, classification: Json, seen = 2): Step {
  return does(as, title, done({ 'classification.revision': '1' }), {
    query: 'mutation ($id: ID!, $version: Int!, $input: ClassifySystemInput!) { classifySystem(id: $id, expectedVersion: $version, input: $input) { number euClass classification { revision roles validUntil digest } } }', variables: (notes) => ({ id: notes.get('system'), version: seen, input: classification }),
  });
}

export function logs(as: string, title: string, risk: { readonly note: string; readonly input: Json }): Step {
  return does(as, title, done({ state: 'IDENTIFIED' }), {
    query: 'mutation ($system: ID!, $input: LogRiskInput!) { logRisk(system: $system, input: $input) { number state version } }',
    variables: (notes) => ({ system: notes.get('system'), input: risk.input }), note: { [risk.note]: 'number', [`${risk.note}Version`]: 'version' },
  });
}

/** The estimate names one consequence class; the level is computed by the server. */
export interface Estimate { readonly class: string; readonly inherent: readonly [number, number]; readonly current: readonly [number, number]; readonly rationale: string }

export function assesses(as: string, title: string, risk: string, { level, estimate }: { level: string; estimate: Estimate }): Step {
  const rating = ([likelihood, value]: readonly [number, number]): Json => ({ likelihood, consequences: [{ class: estimate.class, value }] });
  const input = { inherent: rating(estimate.inherent), current: rating(estimate.current), rationale: estimate.rationale, strengthOfKnowledge: 'MEDIUM' };
  return does(as, title, done({ state: 'ASSESSED', 'current.level': level }), {
    query: 'mutation ($id: ID!, $version: Int!, $input: AssessRiskInput!) { assessRisk(id: $id, expectedVersion: $version, input: $input) { number state current { level } version } }',
    variables: (notes) => ({ ...versionOf(notes, risk), input }), note: { [`${risk}Version`]: 'version' },
  });
}

export function confirms(as: string, title: string, risk: string, wanted: Wanted = done({ state: 'MONITORED', confirmed: true })): Step {
  return does(as, title, wanted, {
    query: 'mutation ($id: ID!, $version: Int!) { confirmRisk(id: $id, expectedVersion: $version) { number state confirmed version } }',
    variables: (notes) => versionOf(notes, risk), note: { [`${risk}Version`]: 'version' },
  });
}

/** What is done about the risk {risk}: proposed for its owner, who has to have it verified before the gate of production. */
export function proposes(as: string, title: string, mitigation: { readonly risk: string; readonly note: string; readonly input: Json }): Step {
  return does(as, title, done({ state: 'PROPOSED' }), {
    query: 'mutation ($risk: ID!, $input: ProposeMitigationInput!) { proposeMitigation(risk: $risk, input: $input) { number state version } }',
    variables: (notes) => ({ risk: notes.get(mitigation.risk), input: { ...mitigation.input, due: inDays(30) } }), note: { [mitigation.note]: 'number', [`${mitigation.note}Version`]: 'version' },
  });
}

export function starts(as: string, title: string, mitigation: string): Step {
  return does(as, title, done({ state: 'IN_PROGRESS' }), {
    query: 'mutation ($id: ID!, $version: Int!) { startMitigation(id: $id, expectedVersion: $version) { number state version } }', variables: (notes) => versionOf(notes, mitigation), note: { [`${mitigation}Version`]: 'version' },
  });
}

export function implementsIt(as: string, title: string, mitigation: string, evidence: string): Step {
  return does(as, title, done({ state: 'IMPLEMENTED' }), {
    query: 'mutation ($id: ID!, $version: Int!, $evidence: [ID!]!) { implementMitigation(id: $id, expectedVersion: $version, evidence: $evidence) { number state version } }',
    variables: (notes) => ({ ...versionOf(notes, mitigation), evidence: [notes.get(evidence)] }), note: { [`${mitigation}Version`]: 'version' },
  });
}

export function submits(as: string, title: string, evidence: { readonly note: string; readonly input: Json }): Step {
  return does(as, title, done({ outcome: 'SUBMITTED' }), {
    query: 'mutation ($system: ID!, $input: SubmitEvidenceInput!) { submitEvidence(system: $system, input: $input) { number outcome version } }',
    variables: (notes) => ({ system: notes.get('system'), input: { ...evidence.input, collectedAt: inDays(0), validUntil: inDays(90) } }), note: { [evidence.note]: 'number', [`${evidence.note}Version`]: 'version' },
  });
}

/** Verifies a mitigation or its evidence. */
export function verifies(as: string, title: string, record: { readonly type: 'Mitigation' | 'Evidence'; readonly note: string }, wanted: Wanted = done({ availableActions: record.type === 'Evidence' ? 'revoke' : 'fail,cancel' })): Step {
  return does(as, title, wanted, {
    query: `mutation ($id: ID!, $version: Int!) { verify${record.type}(id: $id, expectedVersion: $version) { number availableActions version } }`, variables: (notes) => versionOf(notes, record.note), note: { [`${record.note}Version`]: 'version' },
  });
}

export function revokes(as: string, title: string, evidence: string, reason: string): Step {
  return does(as, title, done({ outcome: 'REVOKED' }), {
    query: 'mutation ($id: ID!, $version: Int!, $reason: String!) { revokeEvidence(id: $id, expectedVersion: $version, reason: $reason) { number outcome version } }', variables: (notes) => ({ ...versionOf(notes, evidence), reason }),
  });
}

export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

function versionOf(notes: Notes, record: string): { id: string; version: number } {
  return { id: notes.get(record), version: Number(notes.get(`${record}Version`)) };
}

export function releases(as: string, title: string, components: readonly Component[]): Step {
  return does(as, title, done({ label: '1.0.0' }), {
    query: 'mutation ($system: ID!, $input: CreateReleaseInput!) { createRelease(system: $system, input: $input) { number label bundleDigest } }',
    variables: (notes) => ({ system: notes.get('system'), input: { label: '1.0.0', components } }), note: { release: 'number', bundle: 'bundleDigest' },
  });
}

export function opens(as: string, title: string, promotion: { readonly note: string; readonly environment: string; readonly reason: string }): Step {
  return does(as, title, done({ state: 'OPEN' }), {
    query: 'mutation ($input: OpenPromotionInput!) { openPromotion(input: $input) { number state packageDigest } }',
    variables: (notes) => ({ input: { release: notes.get('release'), environment: promotion.environment, reason: promotion.reason } }), note: { [promotion.note]: 'number' },
  });
}

const REQUEST = 'mutation ($input: RequestSignOffInput!) { requestSignOff(input: $input) { challenge packages { package { digest } } } }';
const CONFIRM = 'mutation ($input: ConfirmSignOffInput!) { confirmSignOff(input: $input) { number choice meaning } }';

/** Signing is two requests: read the package and get a challenge, then confirm with the digest of what was read. */
export function signs(as: string, title: string, act: { readonly promotion: string; readonly lanes: readonly Lane[]; readonly statement: string }, wanted: Wanted = done({ choice: 'APPROVE' })): Step {
  return {
    as, title, wanted, documents: [REQUEST, CONFIRM],
    act: async (client, notes) => {
      const shown = await operate(client, notes, { query: REQUEST, variables: () => ({ input: { promotions: [notes.get(act.promotion)], lanes: act.lanes } }) });
      if (shown.kind !== 'done') return shown;
      const { challenge, packages } = shown.record as { challenge: string; packages: { package: { digest: string } }[] };
      const input = { challenge, packageDigests: packages.map((one) => one.package.digest), choice: 'APPROVE', statement: act.statement };
      return operate(client, notes, { query: CONFIRM, variables: () => ({ input }) });
    },
  };
}

export type Decided = Omit<Extract<Wanted, { kind: 'decided' }>, 'kind'>;

/** The pipeline's question. The system is named because an earlier run of the story has registered the same bytes. */
export function asks(title: string, question: { readonly environment: string; readonly target: (notes: Notes) => Json }, wanted: Decided): Step {
  const { environment, target } = question;
  return {
    as: 'pipeline', title, wanted: { kind: 'decided', ...wanted }, documents: [],
    act: (client, notes) => askGate(client, notes, { route: 'check', body: { environment, target: target(notes), system: notes.get('system') } }),
  };
}

export function authorizes(title: string, environment: string, wanted: Decided): Step {
  return {
    as: 'pipeline', title, wanted: { kind: 'decided', ...wanted }, documents: [],
    act: (client, notes) => askGate(client, notes, { route: 'authorize', body: { environment, target: { bundleDigest: notes.get('bundle') }, system: notes.get('system') }, note: 'grant' }),
  };
}

export function reports(title: string, environment: string, wanted: Wanted = done({})): Step {
  return does('pipeline', title, wanted, {
    query: 'mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { number startedAt } }',
    variables: (notes) => ({ input: { grant: notes.get('grant'), bundleDigest: notes.get('bundle'), environment } }),
  });
}

export function reads(as: string, title: string, promotion: string, state: string): Step {
  return does(as, title, done({ state }), { query: 'query ($id: ID!) { promotion(id: $id) { number state } }', variables: (notes) => ({ id: notes.get(promotion) }) });
}

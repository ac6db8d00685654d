/** Policies on the server as the command line asks about them and changes them: what is in force, which versions there are, and a new one on its way to its reviewers. */
import type { Instant } from '../domain/clock.js';
import { digestOf } from '../domain/digest.js';
import type { PolicyDocument, PolicyState } from '../domain/policy-version.js';
import { Refused, type Client } from './client.js';

export const VERSION = 'id number version policyId label state documentDigest author { handle } approvals { at person { handle } }';
const IN_FORCE = '{ policiesInForce { policyId documentDigest document } }';
const ENVIRONMENTS = '{ environments { name } }';
const VERSIONS = `query ($filter: PolicyFilterInput!, $after: String) { policies(filter: $filter, first: 100, after: $after) { nodes { ${VERSION} } pageInfo { hasNextPage endCursor } } }`;
const TEXTS = 'query ($id: ID!) { policy(id: $id) { source cases } }';
const DRAFT = `mutation ($input: DraftPolicyInput!) { draftPolicy(input: $input) { ${VERSION} } }`;
const TEST = `mutation ($id: ID!, $expectedVersion: Int!) { testPolicy(id: $id, expectedVersion: $expectedVersion) { ${VERSION} } }`;
const SUBMIT = `mutation ($id: ID!, $expectedVersion: Int!) { submitPolicy(id: $id, expectedVersion: $expectedVersion) { ${VERSION} } }`;

/** What reading sends, and what a new version takes beside it. */
export const READING = [IN_FORCE, VERSIONS, TEXTS];
export const WRITING = [ENVIRONMENTS, DRAFT, TEST, SUBMIT];

export interface Version {
  readonly id: string; readonly number: string; readonly version: number; readonly policyId: string; readonly label: string; readonly state: PolicyState; readonly documentDigest: string;
  readonly author: { readonly handle: string } | null; readonly approvals: readonly { readonly at: Instant; readonly person: { readonly handle: string } | null }[];
}

export interface PolicyTexts { readonly source: string; readonly cases: string }

/** The documents by which gates decide, by their names. */
export async function documentsInForce(client: Client): Promise<Map<string, PolicyDocument>> {
  const { policiesInForce } = await client.graphql(IN_FORCE) as { policiesInForce: readonly { policyId: string; document: string }[] };
  return new Map(policiesInForce.map(({ policyId, document }) => [policyId, JSON.parse(document) as PolicyDocument]));
}

export async function environmentNames(client: Client): Promise<string[]> {
  const { environments } = await client.graphql(ENVIRONMENTS) as { environments: readonly { name: string }[] };
  return environments.map(({ name }) => name);
}

/** Of the documents in force those of the organization: beside the shipped one any priority may stand, and goes before it. */
export async function ownAmong(client: Client, documents: ReadonlyMap<string, PolicyDocument>): Promise<PolicyDocument[]> {
  return (await versionsOf(client, { states: ['ACTIVE'] })).flatMap(({ policyId }) => documents.get(policyId) ?? []);
}

/** Every version that was drafted there and fits, the latest first. */
export async function versionsOf(client: Client, filter: { readonly policyId: string } | { readonly states: readonly PolicyState[] }): Promise<Version[]> {
  const versions: Version[] = [];
  for (let after: string | null = null, more = true; more;) {
    const { policies } = await client.graphql(VERSIONS, { filter, after }) as { policies: { nodes: readonly Version[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } };
    versions.push(...policies.nodes);
    [after, more] = [policies.pageInfo.endCursor, policies.pageInfo.hasNextPage];
  }
  return versions;
}

export async function textsOf(client: Client, id: string): Promise<{ readonly source: string | null; readonly cases: string | null }> {
  const { policy } = await client.graphql(TEXTS, { id }) as { policy: { source: string | null; cases: string | null } };
  return policy;
}

/**
 * The version that holds this document, if one was drafted and not withdrawn. Refused where another text has taken the name of the version, or
 * this one came with other cases: neither ever changes.
 */
export async function versionHolding(client: Client, document: PolicyDocument, cases: string): Promise<Version | null> {
  const found = (await versionsOf(client, { policyId: document.id })).find(({ label, state }) => label === document.version && state !== 'WITHDRAWN');
  if (found === undefined) return null;
  const taken = (why: string): Refused => new Refused('ALREADY_EXISTS', `${found.number} is version ${found.label} of ${document.id} already${why}.`, 'Give the text another version.');
  if (found.documentDigest !== digestOf(document)) throw taken(', with another text');
  if (found.state === 'SUPERSEDED') throw taken(', and went out of force');
  if (found.state !== 'ACTIVE' && !await saySame((await textsOf(client, found.id)).cases ?? '', cases)) throw taken(', with other cases');
  return found;
}

/** Whether two texts hold the same cases in the same order: how they are written, and how they end, is nobody's concern. */
async function saySame(one: string, other: string): Promise<boolean> {
  if (one === other) return true;
  const { parseCases } = await import('../policies/policy-cases.js');
  const said = (text: string): string => digestOf(parseCases(text).map(({ line: _line, ...rest }) => rest));
  return said(one) === said(other);
}

export async function draft(client: Client, texts: PolicyTexts, note: string): Promise<Version> {
  return (await client.graphql(DRAFT, { input: { ...texts, note } })).draftPolicy as Version;
}

/** From wherever it stands before its review to its reviewers. */
export async function handIn(client: Client, version: Version): Promise<Version> {
  const changing = ({ id, version: expectedVersion }: Version): { id: string; expectedVersion: number } => ({ id, expectedVersion });
  if (version.state === 'DRAFT') return handIn(client, (await client.graphql(TEST, changing(version))).testPolicy as Version);
  return version.state === 'TESTED' ? (await client.graphql(SUBMIT, changing(version))).submitPolicy as Version : version;
}

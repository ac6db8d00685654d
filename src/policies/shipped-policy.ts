/** The policy that ships with the product, and what makes a document a policy. */
import { readFileSync } from 'node:fs';
import { digestOf } from '../domain/digest.js';
import type { GatePolicy } from '../domain/policy.js';
import type { PolicyDocument } from '../domain/policy-version.js';

export const SHIPPED_DOCUMENT = JSON.parse(readFileSync(new URL('./default-policy.json', import.meta.url), 'utf8')) as PolicyDocument;

const MADE = new WeakMap<PolicyDocument, GatePolicy>();

/** What an organization has that never activated a policy. */
export const SHIPPED: GatePolicy = policyOf(SHIPPED_DOCUMENT);

/** A policy is named by the digest of its document, which is never changed: it is made once for as long as somebody holds that. */
export function policyOf(document: PolicyDocument): GatePolicy {
  const policy = MADE.get(document) ?? { ...document, digest: digestOf(document) };
  MADE.set(document, policy);
  return policy;
}

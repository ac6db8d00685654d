/** The policy that ships with the product, and what makes a document a policy. */
import { readFileSync } from 'node:fs';
import { digestOf } from '../domain/digest.js';
import type { GatePolicy } from '../domain/policy.js';
import type { PolicyDocument } from '../domain/policy-version.js';

export const SHIPPED_DOCUMENT = JSON.parse(readFileSync(new URL('./default-policy.json', import.meta.url), 'utf8')) as PolicyDocument;

/** What an organization has that never activated a policy. */
export const SHIPPED: GatePolicy = policyOf(SHIPPED_DOCUMENT);

/** A policy is named by the digest of its document. */
export function policyOf(document: PolicyDocument): GatePolicy {
  return { ...document, digest: digestOf(document) };
}

/** An edition of the policy that ships with the product, as an organization’s gate decided by it: what changed with the product is a change of the rules like any other. */
import type { Instant } from './clock.js';
import { digestOf, type Digest } from './digest.js';
import type { Decided } from './events.js';
import type { PolicyDocument } from './policy-version.js';

export interface PolicyEdition {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  /** The name of the policy, which all of its editions share. */
  readonly policyId: string;
  /** The product’s name of this edition, such as `1.4.0`. */
  readonly label: string;
  readonly title: string;
  readonly document: PolicyDocument;
  readonly documentDigest: Digest;
  /** The edition that decided before; null = this is the first that was written down here, and no change. */
  readonly replaces: Digest | null;
  /** With the first decision by it. */
  readonly recordedAt: Instant;
}

/** `before`: the edition that was written down last. */
export function recordEdition(identity: Pick<PolicyEdition, 'id' | 'number' | 'recordedAt'>, document: PolicyDocument, before: Digest | null): Decided<PolicyEdition> {
  const { id: policyId, version: label, title } = document;
  return { next: { ...identity, version: 1, policyId, label, title, document, documentDigest: digestOf(document), replaces: before }, event: 'policyEdition.recorded' };
}

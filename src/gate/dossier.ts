/**
 * The dossier of a decision: the record, the list of the facts that it was made from, the bytes of each, and the shipped policy where that
 * judged it. By it anybody can make the decision again, without the server that made it: every part is named by the digest of its bytes.
 */
import { digestOf, sha256, type Digest } from '../domain/digest.js';
import type { FactsManifest, GateDecision } from '../domain/gate-decision.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import { policyOf } from '../policies/shipped-policy.js';
import { manifestOf, type Contents } from './recorded-facts.js';

export interface Dossier {
  readonly dossierFormat: 1;
  readonly decisionDigest: Digest;
  /** The bytes that are kept of the decision and of the list of its facts, as text. */
  readonly decision: string;
  readonly manifest: string;
  readonly contents: Readonly<Record<Digest, string>>;
  readonly policy: PolicyDocument | null;
}

/** What is wrong with a dossier: it shows nothing then. */
export class DossierBroken extends Error {}

export interface Unpacked { readonly recorded: Stored<GateDecision>; readonly manifest: FactsManifest; readonly contents: Contents; readonly shipped: GatePolicy | null }

/** Nothing in it is believed that its digest does not prove, beginning with the one of the decision. */
export function unpack(text: string): Unpacked {
  const dossier = parse(text);
  const decision = proved(dossier.decision, dossier.decisionDigest, 'the decision');
  const { value } = JSON.parse(decision) as { value: GateDecision };
  const manifest = manifestOf(Buffer.from(proved(dossier.manifest, value.factsDigest, 'the list of facts'), 'utf8'));
  const contents = new Map(Object.entries(dossier.contents).map(([digest, bytes]) => [digest, Buffer.from(proved(bytes, digest, 'a fact'), 'utf8')]));
  const shipped = dossier.policy === null ? null : policyOf(dossier.policy);
  if (shipped !== null && digestOf(dossier.policy) !== value.decision.policy.digest) throw new DossierBroken('The policy is not the one that the decision names.');
  return { recorded: { ...value, digest: dossier.decisionDigest }, manifest, contents, shipped };
}

function parse(text: string): Dossier {
  try {
    const dossier = JSON.parse(text) as Partial<Dossier> | null;
    if (typeof dossier?.decision === 'string' && typeof dossier.manifest === 'string' && typeof dossier.decisionDigest === 'string' && typeof dossier.contents === 'object') return dossier as Dossier;
  } catch {
    // Told like everything else that is no dossier.
  }
  throw new DossierBroken('This is no dossier of a decision.');
}

function proved(bytes: string, digest: Digest, what: string): string {
  if (sha256(Buffer.from(bytes, 'utf8')) === digest) return bytes;
  throw new DossierBroken(`The bytes of ${what} are not those of ${digest}.`);
}

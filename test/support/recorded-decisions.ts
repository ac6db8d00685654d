// Decisions as they would have been recorded, made from the shipped gate cases: varied situations, each asked again at several times.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotingClock, type Instant } from '../../src/domain/clock.js';
import { canonicalJson, sha256, type Digest } from '../../src/domain/digest.js';
import { evaluateGate } from '../../src/domain/gate.js';
import { questionsOf } from '../../src/domain/gate-case-facts.js';
import { canonicalDecision, factsManifest, questionHash, type CanonicalDecision, type FactsManifest } from '../../src/domain/gate-decision.js';
import type { GateFacts, GateQuestion } from '../../src/domain/gate-question.js';
import { blockingIn } from '../../src/domain/gate-what-if.js';
import type { Stored } from '../../src/domain/package.js';
import type { PolicyDocument, PolicyVersion } from '../../src/domain/policy-version.js';
import { loadFacts, policyFor } from '../../src/gate/gate.facts.js';
import type { RecordedDecision } from '../../src/gate/recorded-decisions.js';
import { RecordedFacts } from '../../src/gate/recorded-facts.js';
import { parseCases } from '../../src/policies/policy-cases.js';
import { policyOf, SHIPPED } from '../../src/policies/shipped-policy.js';
import { defaultCriteria } from '../../src/risks/default-criteria.js';

/** A decision with what was kept of it. */
export interface Kept { readonly id: string; readonly question: GateQuestion; readonly questionHash: Digest; readonly callerId: string; readonly at: Instant; readonly holdsUntil: Instant | null; readonly decision: CanonicalDecision; readonly manifest: FactsManifest; readonly factsDigest: Digest }

const TYPES = {
  caller: 'Principal', environment: 'Environment', namedSystem: 'AiSystem', candidates: 'Release', policies: 'Policy',
  system: 'AiSystem', release: 'Release', criteria: 'RiskCriteria', risks: 'Risk', mitigations: 'Mitigation', evidence: 'Evidence', acceptances: 'RiskAcceptance', impactAssessments: 'ImpactAssessment', findings: 'Finding',
  promotions: 'Promotion', signOffs: 'SignOff', conditions: 'Condition', suspensions: 'Suspension', waivers: 'Waiver', signers: 'Principal', voters: 'Principal', delegations: 'Delegation', deployments: 'Deployment',
  breakGlasses: 'BreakGlass', grants: 'Grant', baselines: 'Baseline',
} as const;

/** What is asked about, and when. */
export interface Situation { readonly facts: GateFacts; readonly at: Instant }

/** The situation of each of the shipped cases, by the shipped policy; made when it is called for. */
export function shippedSituations(project: string): (() => Situation)[] {
  const folder = join(project, 'test/gate-cases');
  const criteria = { ...defaultCriteria(), id: 'criteria', version: 1 };
  const cases = readdirSync(folder).filter((name) => name.endsWith('.cases.yaml')).sort().flatMap((name) => parseCases(readFileSync(join(folder, name), 'utf8')));
  return cases.map((gateCase) => () => {
    const { facts, clock } = questionsOf(gateCase, { then: SHIPPED, now: SHIPPED, criteria }).after();
    return { facts, at: clock.now };
  });
}

export function policyVersion(document: PolicyDocument, number = 'POL-1'): Stored<PolicyVersion> {
  const { digest } = policyOf(document);
  return {
    id: number, number, version: 1, digest, policyId: document.id, label: document.version, title: document.title, sourceDigest: digest, document, documentDigest: digest, casesDigest: digest, note: 'n', state: 'DRAFT',
    draftedBy: 'rita', draftedAt: '2026-01-01T00:00:00.000Z', tested: null, approvals: [], activatedAt: null, supersededAt: null, ending: null,
  };
}

/** Everything that is kept, by its digest, and the decisions that were made from it. */
export class RecordedWorld {
  readonly contents = new Map<Digest, Buffer>();
  readonly decisions: Kept[] = [];

  /** The facts as records whose bytes are kept; another salt makes other records of them. `more` replaces parts of them. */
  keep({ about, ...asked }: GateFacts, salt: string, more: Partial<GateFacts> = {}): GateFacts {
    for (const pkg of Object.values(about?.packages ?? {})) this.contents.set(sha256(canonicalJson(pkg)), Buffer.from(canonicalJson(pkg)));
    return { ...this.#kept({ ...asked, ...more }, salt), about: about === null ? null : this.#kept(about, salt) };
  }

  /** The question is asked at that time: its facts are read as the gate reads them, judged and recorded. */
  async record(facts: GateFacts, at: Instant): Promise<Kept> {
    const { question, caller } = facts;
    const all = factsManifest(null, facts, { now: at, decision: '' });
    const read = await loadFacts(new RecordedFacts(all, this.contents), question, { callerId: caller.id, now: at });
    const policy = policyFor(read);
    const evaluation = evaluateGate(policy, read, new NotingClock(at));
    const decided = { question, questionHash: questionHash(question, caller.id, SHIPPED), callerId: caller.id, holdsUntil: evaluation.holdsUntil?.at ?? null, decision: canonicalDecision(policy, read, evaluation) };
    return this.#written(decided, factsManifest(policy, read, { now: at, decision: '' }));
  }

  /** The same answer from the same facts at a later time, while it holds. */
  again({ manifest, ...decided }: Kept, at: Instant): Kept {
    return this.#written(decided, { ...manifest, now: at });
  }

  #written(decided: Omit<Kept, 'id' | 'at' | 'manifest' | 'factsDigest'>, listed: FactsManifest): Kept {
    const id = `01a00000-0000-7000-8000-${(this.decisions.length + 1).toString(16).padStart(12, '0')}`;
    const { engine, facts, now, policy } = listed;
    const manifest = { decision: id, engine, facts, now, policy };
    // Its canonical form: the keys are in order, and nothing in it needs more than quotes.
    const bytes = Buffer.from(JSON.stringify(manifest));
    this.contents.set(sha256(bytes), bytes);
    const kept = { ...decided, id, at: manifest.now, manifest, factsDigest: sha256(bytes) };
    this.decisions.push(kept);
    return kept;
  }

  #kept<T extends object>(records: T, salt: string): T {
    const keep = (type: string, record: { digest: Digest } | null): unknown => {
      if (record === null) return null;
      const { digest: _, ...value } = record;
      const bytes = Buffer.from(canonicalJson({ salt, type, value }));
      this.contents.set(sha256(bytes), bytes);
      return { ...value, digest: sha256(bytes) };
    };
    return Object.fromEntries(Object.entries(records).map(([name, value]) => {
      const type = (TYPES as Readonly<Record<string, string | undefined>>)[name];
      return [name, type === undefined ? value as unknown : Array.isArray(value) ? value.map((one) => keep(type, one as never)) : keep(type, value as never)];
    })) as T;
  }
}

/** The decision as a simulation reads it. */
export function asRead({ id, question, questionHash: hash, callerId, at, decision, manifest, factsDigest }: Kept): RecordedDecision {
  const { verdict, engine, policy, target, reasons } = decision;
  return {
    id, decidedAt: at, action: question.action, environment: question.environment, system: target?.systemNumber ?? null, question, questionHash: hash, callerId, factsDigest,
    sameFacts: sha256(JSON.stringify(manifest.facts)), verdict, engine, policy, blocking: blockingIn(reasons),
  };
}

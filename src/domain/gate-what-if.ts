/** What the gate would say if something were otherwise: the facts of now with a few of them replaced. Nothing is written. */
import { classificationOf, type Classification } from './classification.js';
import { plusDays, type Instant } from './clock.js';
import { digestOf, type Digest } from './digest.js';
import type { Evidence } from './evidence.js';
import type { GateFacts, Reason, ReleaseFacts } from './gate-question.js';
import type { Stored } from './package.js';
import { checkPayload, type JsonObject } from './payload.js';
import { checkBeside, type PolicyVersion } from './policy-version.js';
import { Refusal } from './refusal.js';
import type { AiSystem, ClassificationRecord } from './system.js';

export interface SupposedEvidence { readonly type: string; readonly payload: JsonObject | null; readonly about: 'RELEASE' | 'SYSTEM' }

export interface Supposed {
  /** Tier, class and flags as they might be assessed. */
  readonly classification: Partial<Classification>;
  /** Records that might not be there, by number. */
  readonly without: readonly string[];
  /** Evidence that might be there: fresh, verified, about these bytes or the system as such. */
  readonly evidence: readonly SupposedEvidence[];
  /** A version of a policy that might be in force in place of the one of the same name. */
  readonly policy: Stored<PolicyVersion> | null;
}

/**
 * The facts as they would be. Refused when a number names nothing that the question looks at, when there is nothing to ask about, or when the
 * policy could not come into force beside the others: nobody could say which of two applies.
 */
export function suppose(facts: GateFacts, supposed: Supposed, now: Instant): GateFacts {
  const { policy } = supposed;
  if (policy !== null) checkBeside(policy, facts.policies);
  const policies = policy === null ? facts.policies : inPlace(facts.policies, policy);
  if (facts.about === null) throw new Refusal('NOT_FOUND', { field: 'question', message: 'The question does not name one registered release and one environment: there is nothing to suppose about.', next: 'Ask the question itself; its reasons say what is missing.' });
  const about = omit(facts.about, supposed.without);
  const evidence = supposed.evidence.map((one, index) => supposedEvidence(one, `what-if-${String(index + 1)}`, about, now));
  return { ...facts, policies, about: { ...about, system: reclassified(about.system, supposed.classification, now), evidence: [...about.evidence, ...evidence] } };
}

/** The policies in force as they would be with this version in the place of the one of the same name. */
export function inPlace(policies: readonly Stored<PolicyVersion>[], policy: Stored<PolicyVersion>): Stored<PolicyVersion>[] {
  return [...policies.filter(({ policyId }) => policyId !== policy.policyId), { ...policy, state: 'ACTIVE' }];
}

/** The reasons that block in one answer and not in the other. */
export function onlyIn(these: readonly Reason[], those: readonly Reason[]): Reason[] {
  const known = new Set(blockingIn(those));
  return these.filter((reason) => reason.severity === 'BLOCK' && !known.has(nameOf(reason)));
}

/** What blocks, as requirement and code, in the order of the reasons. */
export function blockingIn(reasons: readonly Reason[]): string[] {
  return [...new Set(reasons.filter(({ severity }) => severity === 'BLOCK').map(nameOf))];
}

function nameOf({ requirement, code }: Reason): string {
  return `${requirement} ${code}`;
}

function reclassified(system: Stored<AiSystem>, more: Partial<Classification>, now: Instant): Stored<AiSystem> {
  if (Object.keys(more).length === 0) return system;
  const { tier, euClass, flags } = classificationOf(system);
  const judged = { tier, euClass, flags, ...more };
  const revision = system.tieringAnswers.length;
  const restsOn = revision === 0 ? null : { revision, computed: judged.tier };
  const assessment = { ...judged, rationale: 'Supposed.', assessedBy: '', at: now, restsOn };
  return { ...system, tierAssessments: [...system.tierAssessments, assessment], classifications: system.classifications.map((record) => agreeing(record, more)) };
}

/** What is signed states no more than what is supposed; its roles and its time stay. */
function agreeing(record: ClassificationRecord, { tier, euClass, flags }: Partial<Classification>): ClassificationRecord {
  return { ...record, euClass: euClass ?? record.euClass, flags: flags === undefined ? record.flags : {}, tierFloor: tier === undefined ? record.tierFloor : null };
}

const NUMBERED = ['risks', 'mitigations', 'evidence', 'acceptances', 'impactAssessments', 'findings', 'promotions', 'signOffs', 'conditions', 'suspensions', 'waivers', 'delegations', 'deployments', 'breakGlasses', 'baselines'] as const;

function omit(about: ReleaseFacts, numbers: readonly string[]): ReleaseFacts {
  const known = new Set(NUMBERED.flatMap((list) => (about[list] as readonly { readonly number: string }[]).map(({ number }) => number)));
  const unknown = numbers.findIndex((number) => !known.has(number));
  if (unknown >= 0) throw new Refusal('INVALID_INPUT', { field: `changes.without.${String(unknown)}`, actual: numbers[unknown]?.slice(0, 40) ?? '', message: 'The gate looks at no record with this number here.', expected: 'the number of a record of this system, such as E-3 or S-2' });
  return Object.fromEntries(Object.entries(about).map(([name, value]) => [name, (NUMBERED as readonly string[]).includes(name) ? (value as { number: string }[]).filter(({ number }) => !numbers.includes(number)) : value as unknown])) as unknown as ReleaseFacts;
}

function supposedEvidence({ type, payload, about }: SupposedEvidence, name: string, { system, release }: ReleaseFacts, now: Instant): Stored<Evidence> {
  const digest: Digest = digestOf({ name });
  return {
    id: name, number: name, version: 1, digest, systemId: system.id, type, title: 'Supposed.', contentDigest: digest, subjectDigest: about === 'RELEASE' ? release.bundleDigest : null, location: null, payload: checkPayload(payload),
    source: 'HUMAN', submittedBy: '', submittedAt: now, collectedAt: now, validUntil: plusDays(now, 90), supersedesId: null, state: 'VERIFIED', verification: { by: '', at: now }, ending: null,
  };
}

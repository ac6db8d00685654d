/**
 * Judges recorded decisions under another version of a policy. Decisions of the same question and facts are judged once for all of the time in
 * which nothing that was looked at begins or ends: the law by which the gate itself gives an answer again.
 */
import { NotingClock, type Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import { evaluateGate } from '../domain/gate.js';
import type { FactsManifest } from '../domain/gate-decision.js';
import type { GateFacts } from '../domain/gate-question.js';
import { packagesThatCount } from '../domain/gate-reviews.js';
import { looksBackTo } from '../domain/gate-run.js';
import { blockingIn, inPlace } from '../domain/gate-what-if.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { PolicyVersion } from '../domain/policy-version.js';
import { Refusal } from '../domain/refusal.js';
import type { Said } from '../domain/simulation-tally.js';
import { policiesOf } from '../policies/in-force.js';
import { loadFacts, policyFor } from './gate.facts.js';
import { KeptContents, type ReadKept } from './kept-contents.js';
import type { RecordedDecision } from './recorded-decisions.js';
import { FactsGone, manifestOf, RecordedFacts } from './recorded-facts.js';

/** UNTOUCHED: the version does not apply there. UNJUDGED: what it would look at is kept no longer, or never was. */
export type Judgement = Said | 'UNTOUCHED' | 'UNJUDGED';

/** A judgement, and from when until when it is that of the same facts; null = for ever. */
interface Known { readonly judgement: Judgement; readonly from: Instant; readonly until: Instant | null }

/** How much is held at once: a judgement of some kilobyte at most, which is asked for again and again, and a list of facts, which is asked for only once the judgement holds no longer. */
const MOST = { judgements: 50_000, lists: 4000 };
/** Of what is listed. */
const MOST_BYTES = 64 * 1024 * 1024;

export class Simulator {
  /** In the order in which they were last asked for. */
  readonly #lists = new Map<string, FactsManifest>();
  readonly #known = new Map<string, Known>();
  readonly #contents: KeptContents;

  /** `breath` lets others have their turn where it is due. */
  constructor(private readonly version: Stored<PolicyVersion>, private readonly read: ReadKept, private readonly breath: () => Promise<void>, private readonly most = MOST) {
    this.#contents = new KeptContents(read, MOST_BYTES);
  }

  /** Reads what these decisions were made from, all of them together. */
  async prepare(decisions: readonly RecordedDecision[]): Promise<void> {
    this.#contents.trim();
    forget(this.#lists, this.most.lists);
    forget(this.#known, this.most.judgements);
    const unknown = new Map(decisions.filter((decision) => decision.sameFacts !== null && this.#knownFor(decision) === null && !this.#lists.has(keyOf(decision))).map((decision) => [keyOf(decision), decision.factsDigest]));
    const kept = new Map((await this.read([...unknown.values()])).map(({ digest, bytes }) => [digest, bytes]));
    const listed: Digest[] = [];
    for (const [key, digest] of unknown) {
      const bytes = kept.get(digest);
      if (bytes === undefined) continue;
      const manifest = manifestOf(bytes);
      this.#lists.set(key, manifest);
      listed.push(...digestsIn(manifest));
      await this.breath();
    }
    await this.#contents.load(listed);
  }

  async judge(decision: RecordedDecision): Promise<Judgement> {
    const [key, known] = [keyOf(decision), this.#knownFor(decision)];
    if (known !== null) {
      renew(this.#known, key, known);
      return known.judgement;
    }
    const manifest = this.#lists.get(key);
    if (decision.sameFacts === null || manifest === undefined) return 'UNJUDGED';
    const judged = await this.#judgeAnew(manifest, decision);
    renew(this.#lists, key, manifest);
    renew(this.#known, key, judged);
    return judged.judgement;
  }

  #knownFor(decision: RecordedDecision): Known | null {
    const known = decision.sameFacts === null ? undefined : this.#known.get(keyOf(decision));
    return known !== undefined && holdsAt(known, decision.decidedAt) ? known : null;
  }

  async #judgeAnew(manifest: FactsManifest, { question, callerId, decidedAt: now, policy }: RecordedDecision): Promise<Known> {
    const contents = await this.#contents.load(digestsIn(manifest));
    try {
      const facts = await loadFacts(new RecordedFacts({ ...manifest, now }, contents), question, { callerId, now });
      return judgeUnder(this.version, facts, { now, policy });
    } catch (error) {
      if (error instanceof FactsGone || error instanceof Refusal) return { judgement: 'UNJUDGED', from: now, until: null };
      throw error;
    }
  }
}

/** `policy`: the one by which it was decided. */
export function judgeUnder(version: Stored<PolicyVersion>, facts: GateFacts, { now, policy }: { readonly now: Instant; readonly policy: RecordedDecision['policy'] }): Known {
  const supposed = { ...facts, policies: inPlace(facts.policies, version) };
  const bound = policyFor(supposed);
  if (!isTouched(version, bound, policy)) return { judgement: 'UNTOUCHED', from: now, until: null };
  if (looksFurther(facts, supposed, now)) return { judgement: 'UNJUDGED', from: now, until: now };
  const { verdict, reasons, holdsUntil } = evaluateGate(bound, supposed, new NotingClock(now));
  return { judgement: { verdict, blocking: blockingIn(reasons) }, from: now, until: earliest([holdsUntil?.at ?? null, ...delegationEnds(facts, now)]) };
}

/** It applies and did not, or did (in another text) and does not. */
function isTouched({ policyId, documentDigest }: PolicyVersion, bound: GatePolicy | null, then: RecordedDecision['policy']): boolean {
  return bound?.digest === documentDigest ? then.digest !== documentDigest : then.id === policyId;
}

/** What runs may be judged by what was signed long ago, as far as the days of grace reach back; what nobody looked at then was not kept for it. */
function looksFurther({ about, environment, question, policies }: GateFacts, supposed: GateFacts, now: Instant): boolean {
  const [then, again] = [looksBackTo(policiesOf(policies), now), looksBackTo(policiesOf(supposed.policies), now)];
  if (question.action !== 'run' || again >= then || about === null || environment === null) return false;
  const place = { releaseId: about.release.id, environmentId: environment.id };
  const known = new Set(packagesThatCount(about, place, then));
  return packagesThatCount(about, place, again).some((digest) => !known.has(digest));
}

/** Who comes into question follows from who is lent what, as it was when the facts were read. */
function delegationEnds({ about }: GateFacts, now: Instant): Instant[] {
  return (about?.delegations ?? []).map(({ validUntil }) => validUntil).filter((end) => end > now);
}

function earliest(instants: readonly (Instant | null)[]): Instant | null {
  return instants.filter((instant) => instant !== null).sort()[0] ?? null;
}

function digestsIn({ facts }: FactsManifest): Digest[] {
  return facts.map(([, , digest]) => digest);
}

function holdsAt({ from, until }: Known, at: Instant): boolean {
  return from <= at && (until === null || at < until);
}

/** The caller, the question and the shipped edition are in the hash of the question. */
function keyOf({ questionHash, sameFacts, policy }: RecordedDecision): string {
  return `${questionHash} ${sameFacts ?? ''} ${policy.digest}`;
}

function renew<T>(held: Map<string, T>, key: string, value: T): void {
  held.delete(key);
  held.set(key, value);
}

/** Those that were asked for longest ago, beyond so many. */
function forget(held: Map<string, unknown>, most: number): void {
  for (const key of held.keys()) {
    if (held.size <= most) return;
    held.delete(key);
  }
}

// What a simulation says of each decision is what judging it by itself says: over the shipped cases, at random times and at the very instants at which something begins or ends.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { asRead, policyVersion, RecordedWorld, shippedSituations, type Kept, type Situation } from '../../test/support/recorded-decisions.js';
import { classificationOf } from '../domain/classification.js';
import { NotingClock, plusDays, plusMs } from '../domain/clock.js';
import { evaluateGate } from '../domain/gate.js';
import { factsManifest } from '../domain/gate-decision.js';
import { blockingIn } from '../domain/gate-what-if.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { PolicyDocument, PolicyVersion } from '../domain/policy-version.js';
import { completeRow } from '../policies/policy-document.js';
import { policyOf, SHIPPED_DOCUMENT } from '../policies/shipped-policy.js';
import { loadFacts, policyFor } from './gate.facts.js';
import { RecordedFacts } from './recorded-facts.js';
import { Simulator, type Judgement } from './simulator.js';

const row = (more: object): GatePolicy['requirements'][number] => completeRow({ id: 'X-01', title: 'To try it', gates: ['PILOT', 'CANARY', 'PRODUCTION'], ...more } as never);
const version = (more: Partial<PolicyDocument>): Stored<PolicyVersion> => policyVersion({ ...SHIPPED_DOCUMENT, version: '9.9.9', ...more });

const DRAFTS: Readonly<Record<string, Stored<PolicyVersion>>> = {
  'as it ships': policyVersion(SHIPPED_DOCUMENT),
  'that asks for evidence': version({ requirements: [row({ kind: 'EVIDENCE', evidenceType: 'evaluation_run', maxAgeDays: 30 })] }),
  'that looks at the clock': version({ requirements: [row({ kind: 'CONDITION', condition: 'clock.hasPassed("2026-12-05") || evidence.all(e, !clock.isOlderThan(e.collectedAt, 20))' })] }),
  'that freezes a week': version({ freezes: [{ id: 'F', from: '2026-12-01T00:00:00.000Z', until: '2026-12-08T00:00:00.000Z', reason: 'Closed.' }] }),
  'that reviews less': version({ tierMatrix: { ...SHIPPED_DOCUMENT.tierMatrix, MODERATE: {} } }),
  'that only warns': version({ bindings: [{ priority: 0, mode: 'WARN' }] }),
  'of another name, for critical systems': version({ id: 'critical', bindings: [{ priority: 9, mode: 'ENFORCE', tiers: ['CRITICAL', 'HIGH'] }], requirements: [row({ kind: 'CONDITION', condition: 'false' })] }),
  'that is bound to less': version({ bindings: [{ priority: 0, mode: 'ENFORCE', kinds: ['PILOT'] }] }),
  'with less grace': version({ runGraceDays: { MINIMAL: 1, MODERATE: 1, HIGH: 1, CRITICAL: 1 } }),
  'with more grace': version({ runGraceDays: { MINIMAL: 300, MODERATE: 300, HIGH: 300, CRITICAL: 300 } }),
};

const SITUATIONS = shippedSituations(join(import.meta.dirname, '../..'));

/** Of the shipped cases of each tier, and of the decisions about them, every so many are looked at. */
const EVERY = process.env['CAMPAIGN'] === 'full' ? 1 : 12;

/** Always the same numbers, from 0 up to 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** What a judgement holds for: the question, what was looked at, and by which policy. */
function listOf({ questionHash, manifest, decision }: Kept): string {
  return `${questionHash} ${JSON.stringify(manifest.facts)} ${decision.policy.digest}`;
}

describe('simulated', () => {
  const world = new RecordedWorld();
  beforeAll(async () => {
    const next = random(7);
    const own = { ...version({ id: 'own', bindings: [{ priority: 3, mode: 'ENFORCE', tiers: ['HIGH'] }] }), state: 'ACTIVE' as const };
    const seen = new Map<string | undefined, number>();
    for (const [index, situation] of SITUATIONS.entries()) {
      const { facts, at } = situation();
      const tier = facts.about === null ? undefined : classificationOf(facts.about.system).tier;
      const before = seen.get(tier) ?? 0;
      seen.set(tier, before + 1);
      if (before % EVERY !== 0) continue;
      const kept = world.keep(facts, `salt ${String(index)}`, index % 2 === 0 ? { policies: [own] } : {});
      const { holdsUntil } = await world.record(kept, at);
      await world.record(kept, plusMs(at, Math.floor(next() * 60 * 86_400_000)));
      if (holdsUntil !== null) for (const near of [-1, 0, 1]) await world.record(kept, plusMs(holdsUntil, near));
      if (index % 4 === 0) await world.record(kept, plusDays(at, 10));
    }
  });

  /** By itself, from bytes of its own: nothing is known from before. */
  async function alone({ question, callerId, at, manifest }: Kept, { policyId, document, ...rest }: Stored<PolicyVersion>): Promise<Exclude<Judgement, string>> {
    const contents = new Map(manifest.facts.map(([, , digest]) => [digest, Buffer.from(world.contents.get(digest)!)]));
    const facts = await loadFacts(new RecordedFacts(manifest, contents), question, { callerId, now: at });
    const supposed = { ...facts, policies: [...facts.policies.filter((one) => one.policyId !== policyId), { ...rest, policyId, document, state: 'ACTIVE' as const }] };
    const { verdict, reasons } = evaluateGate(policyFor(supposed), supposed, new NotingClock(at));
    return { verdict, blocking: blockingIn(reasons) };
  }

  async function simulated(draft: Stored<PolicyVersion>, decisions: readonly Kept[], { at: size = 100, most }: { at?: number; most?: ConstructorParameters<typeof Simulator>[3] } = {}): Promise<{ judgements: Map<string, Judgement>; reads: number }> {
    let reads = 0;
    const simulator = new Simulator(draft, (digests) => {
      reads += digests.length;
      return Promise.resolve(digests.flatMap((digest) => (world.contents.has(digest) ? [{ digest, bytes: world.contents.get(digest)! }] : [])));
    }, () => Promise.resolve(), most);
    const judgements = new Map<string, Judgement>();
    const read = decisions.map(asRead);
    for (let at = 0; at < read.length; at += size) {
      const part = read.slice(at, at + size);
      await simulator.prepare(part);
      for (const decision of part) judgements.set(decision.id, await simulator.judge(decision));
    }
    return { judgements, reads };
  }

  test.each(Object.entries(DRAFTS))('under a draft %s, each decision is answered as it would be by itself', async (name, draft) => {
    const next = random(name.length);
    const shuffled = [...world.decisions].map((one) => ({ one, by: next() })).sort((a, b) => a.by - b.by).map(({ one }) => one);
    const { judgements } = await simulated(draft, name.length % 2 === 0 ? shuffled : world.decisions);
    const counts = { UNTOUCHED: 0, UNJUDGED: 0, judged: 0 };

    for (const [index, kept] of world.decisions.entries()) {
      const judgement = judgements.get(kept.id)!;
      counts[typeof judgement === 'string' ? judgement : 'judged'] += 1;
      if (judgement === 'UNJUDGED' || (index + name.length) % EVERY !== 0) continue;
      // What is not touched says what it said.
      const said = judgement === 'UNTOUCHED' ? { verdict: kept.decision.verdict, blocking: blockingIn(kept.decision.reasons) } : judgement;
      expect({ id: kept.id, ...said }).toEqual({ id: kept.id, ...await alone(kept, draft) });
    }
    expect({ judged: counts.judged > 0, UNJUDGED: counts.UNJUDGED }).toEqual({ judged: draft.label !== SHIPPED_DOCUMENT.version, UNJUDGED: 0 });
  });

  test('the bytes of what was looked at are read once, and decisions of the same facts are judged by one list of them', async () => {
    const { reads } = await simulated(DRAFTS['as it ships']!, world.decisions);
    const lists = new Set(world.decisions.map(listOf));
    const records = new Set(world.decisions.flatMap(({ manifest }) => manifest.facts.map(([, , digest]) => digest)));

    expect(world.decisions.length).toBeGreaterThan(records.size / 44 * 3);
    expect(reads).toBe(lists.size + records.size);
  });

  test('what was judged is known when the list that it was judged from is held no longer, and both only within their bounds', async () => {
    const draft = DRAFTS['that reviews less']!;
    const [once, lists] = [[...new Map(world.decisions.map((kept) => [listOf(kept), kept])).values()], 3];
    const round = [...once, ...once];
    const { reads: first } = await simulated(draft, once, { at: 1, most: { judgements: once.length, lists } });
    const held = await simulated(draft, round, { at: 1, most: { judgements: once.length, lists } });
    const forgotten = await simulated(draft, round, { at: 1, most: { judgements: 3, lists } });

    expect(once.length).toBeGreaterThan(10);
    expect(held.reads).toBe(first);
    expect(forgotten.reads).toBe(first + once.length);
    expect(forgotten.judgements).toEqual(held.judgements);
  });

  test('what was asked for longest ago is forgotten first, not what was judged longest ago', async () => {
    const [a, b, c] = [...new Map(world.decisions.map((kept) => [listOf(kept), kept])).values()] as [Kept, Kept, Kept];
    const readsOf = async (...decisions: Kept[]): Promise<number> => (await simulated(DRAFTS['that reviews less']!, decisions, { at: 1, most: { judgements: 2, lists: 0 } })).reads;

    expect(await readsOf(a, b, a, c, a)).toBe(await readsOf(a, b, c));
    expect(await readsOf(a, b, a, c, b)).toBe(await readsOf(a, b, c) + 1);
  });

  test('a decision whose facts are gone is not judged, whatever is known of others', async () => {
    const [first] = world.decisions.filter(({ decision }) => decision.target !== null);
    const [, , digest] = first!.manifest.facts.find(([type]) => type === 'Risk')!;
    const bytes = world.contents.get(digest)!;
    world.contents.delete(digest);
    const { judgements } = await simulated(DRAFTS['that reviews less']!, [first!]);
    world.contents.set(digest, bytes);

    expect([...judgements.values()]).toEqual(['UNJUDGED']);
  });

  test('what runs is not judged where longer days of grace would look at what nobody looked at then', async () => {
    const asksToRun = ({ facts: { question, about } }: Situation): boolean => question.action === 'run' && (about?.signOffs.length ?? 0) > 0;
    const { facts, at } = SITUATIONS.find((situation) => asksToRun(situation()))!();
    // What was signed was another release, and the approvals were over before the longest days of grace in force.
    const elsewhere = { ...facts, about: { ...facts.about!, promotions: facts.about!.promotions.map((one) => ({ ...one, releaseId: 'REL-0' })), signOffs: facts.about!.signOffs.map((one) => ({ ...one, validUntil: plusDays(at, -60) })) } };
    const alone = new RecordedWorld();
    const kept = await alone.record(alone.keep(elsewhere, 'salt'), at);
    const judge = async (draft: Stored<PolicyVersion>): Promise<Judgement> => {
      const simulator = new Simulator(draft, (digests) => Promise.resolve(digests.map((digest) => ({ digest, bytes: alone.contents.get(digest)! }))), () => Promise.resolve());
      await simulator.prepare([asRead(kept)]);
      return simulator.judge(asRead(kept));
    };

    expect(await judge(DRAFTS['with more grace']!)).toBe('UNJUDGED');
    expect(await judge(DRAFTS['with less grace']!)).toMatchObject({ verdict: 'DENY' });
    // What is there today is read as far back as the draft looks, or another edition of the shipped policy.
    const all = new RecordedFacts(factsManifest(null, alone.keep(elsewhere, 'salt'), { now: at, decision: '' }), alone.contents);
    const packages = async (more: Partial<Parameters<typeof loadFacts>[2]>): Promise<boolean> => Object.keys((await loadFacts(all, facts.question, { callerId: facts.caller.id, now: at, ...more })).about!.packages).length > 0;
    expect([await packages({}), await packages({ supposing: DRAFTS['with less grace']! }), await packages({ supposing: DRAFTS['with more grace']! })]).toEqual([false, false, true]);
    expect(await packages({ shipped: policyOf(DRAFTS['with more grace']!.document) })).toBe(true);
  });
});

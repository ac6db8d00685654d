/** Whether a decision that is made again from its own facts says the same. */
import { canonicalJson } from './digest.js';
import type { CanonicalDecision, GateDecision } from './gate-decision.js';

export const REPLAY_OUTCOMES = ['EQUAL', 'DIFFERENT', 'ENGINE_CHANGED', 'FACTS_GONE', 'POLICY_GONE'] as const;
export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number];

export interface Comparison { readonly outcome: Extract<ReplayOutcome, 'EQUAL' | 'DIFFERENT' | 'ENGINE_CHANGED'>; /** The parts of the decision that differ, such as `verdict` or `reasons`. */ readonly differences: readonly string[] }

/** What the record of a decision says beside the answer, and follows from the same facts. */
const BESIDE = ['holdsUntil', 'systemId', 'releaseId', 'environmentId'] as const;
/** What ties the record to the list of its facts: no engine judges that otherwise. */
const TIES = ['id', 'decidedAt'] as const;

/** Word for word in its canonical form. Under another version of the engine, what differs is never called equal, and never wrong. */
export function compareDecisions(recorded: GateDecision, again: GateDecision): Comparison {
  const [then, now] = [completed(recorded.decision), completed(again.decision)];
  const judged = [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((part) => part !== 'engine' && canonicalJson(then[part] ?? null) !== canonicalJson(now[part] ?? null));
  const beside = BESIDE.filter((part) => recorded[part] !== again[part]);
  const ties = TIES.filter((part) => recorded[part] !== again[part]);
  const differences = [...judged, ...beside, ...ties].sort();
  if (differences.length === 0) return { outcome: 'EQUAL', differences };
  return { outcome: recorded.decision.engine === again.decision.engine || ties.length > 0 ? 'DIFFERENT' : 'ENGINE_CHANGED', differences };
}

/** Decisions of before there were modes and obligations say nothing about them. */
function completed(decision: CanonicalDecision): Readonly<Record<string, unknown>> {
  return { ...decision, mode: decision.mode ?? 'ENFORCE', enforcedVerdict: decision.enforcedVerdict ?? decision.verdict, obligations: decision.obligations ?? [] };
}

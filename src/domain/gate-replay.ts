/** Whether a decision that is made again from its own facts says the same. */
import { canonicalJson } from './digest.js';
import type { CanonicalDecision } from './gate-decision.js';

export const REPLAY_OUTCOMES = ['EQUAL', 'DIFFERENT', 'ENGINE_CHANGED', 'FACTS_GONE', 'POLICY_GONE'] as const;
export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number];

export interface Comparison { readonly outcome: Extract<ReplayOutcome, 'EQUAL' | 'DIFFERENT' | 'ENGINE_CHANGED'>; /** The parts of the decision that differ, such as `verdict` or `reasons`. */ readonly differences: readonly string[] }

/** Word for word in its canonical form. Under another version of the engine, what differs is never called equal, and never wrong. */
export function compareDecisions(recorded: CanonicalDecision, again: CanonicalDecision): Comparison {
  const [then, now] = [completed(recorded), completed(again)];
  const differences = [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((part) => part !== 'engine' && canonicalJson(then[part] ?? null) !== canonicalJson(now[part] ?? null)).sort();
  if (differences.length === 0) return { outcome: 'EQUAL', differences };
  return { outcome: recorded.engine === again.engine ? 'DIFFERENT' : 'ENGINE_CHANGED', differences };
}

/** Decisions of before there were modes and obligations say nothing about them. */
function completed(decision: CanonicalDecision): Readonly<Record<string, unknown>> {
  return { ...decision, mode: decision.mode ?? 'ENFORCE', enforcedVerdict: decision.enforcedVerdict ?? decision.verdict, obligations: decision.obligations ?? [] };
}

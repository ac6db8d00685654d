/** Reads the decisions of a span in the order in which they were made: of each as much as it takes to compare it with another answer. */
import type { Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import type { GateQuestion } from '../domain/gate-question.js';
import type { SimulationWindow } from '../domain/policy-simulation.js';
import type { Recorded, Said } from '../domain/simulation-tally.js';
import type { Verdict } from '../domain/gate.js';
import type { ReadScope } from '../platform/scope.js';

export interface RecordedDecision extends Recorded, Said {
  readonly question: GateQuestion;
  readonly questionHash: Digest;
  readonly callerId: string;
  readonly factsDigest: Digest;
  /** SHA-256 over the list of its facts: where it is the same, the same was looked at, at whatever time. Null = the list is kept no longer. */
  readonly sameFacts: string | null;
  readonly engine: string;
  readonly policy: { readonly id: string; readonly digest: Digest };
}

/** The place of a decision in the order. */
export interface Position { readonly at: Instant; readonly id: string }

interface Row {
  readonly id: string; readonly at: Instant; readonly question: GateQuestion; readonly question_hash: string; readonly caller_id: string; readonly facts_digest: string; readonly same_facts: string | null;
  readonly verdict: Verdict; readonly engine: string; readonly policy_id: string; readonly policy_digest: string; readonly system: string | null; readonly blocking: string | null;
}

/** How many the span holds; beyond `most` nobody counts. */
export async function countDecisions(scope: ReadScope, { from, to }: SimulationWindow, most: number): Promise<number> {
  const [row] = await scope.query<{ count: number }>('select count(*)::int as count from (select from gate_decisions where decided_at between $1 and $2 limit $3) d', [from, to, most + 1]);
  return row?.count ?? 0;
}

/** The decisions from the beginning of the span, or after one of them. The time is that of the facts, whatever else it was called. */
export async function decisionsOf(scope: ReadScope, { from, to }: SimulationWindow, after: Position | null, most: number): Promise<RecordedDecision[]> {
  const rows = await scope.query<Row>(`
    select d.id, to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, d.question, d.question_hash, d.caller_id, d.facts_digest, d.verdict,
      d.decision ->> 'engine' as engine, d.decision #>> '{policy,id}' as policy_id, d.decision #>> '{policy,digest}' as policy_digest, d.decision #>> '{target,systemNumber}' as system,
      (select string_agg(distinct (r ->> 'requirement') || ' ' || (r ->> 'code'), E'\\n') from jsonb_array_elements(d.decision -> 'reasons') r where r ->> 'severity' = 'BLOCK') as blocking,
      encode(sha256(convert_to((convert_from(c.bytes, 'UTF8')::json -> 'facts')::text, 'UTF8')), 'hex') as same_facts
    from (select * from gate_decisions where decided_at <= $2 and (decided_at, id) > ($3, $4::uuid) and decided_at >= $1 order by decided_at, id limit $5) d
    left join audit.content c on c.tenant_id = d.tenant_id and c.digest = d.facts_digest
    order by d.decided_at, d.id`, [from, to, after?.at ?? from, after?.id ?? '00000000-0000-0000-0000-000000000000', most]);
  return rows.map((row) => ({
    id: row.id, decidedAt: row.at, action: row.question.action, environment: row.question.environment, system: row.system,
    question: row.question, questionHash: row.question_hash, callerId: row.caller_id, factsDigest: row.facts_digest, sameFacts: row.same_facts,
    verdict: row.verdict, engine: row.engine, policy: { id: row.policy_id, digest: row.policy_digest }, blocking: row.blocking === null ? [] : row.blocking.split('\n'),
  }));
}

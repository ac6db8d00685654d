/** R7, R8: what the policy asks for in its own rows. R18: the intervals in which nothing is promoted. */
import { plusDays, type NotingClock } from './clock.js';
import { isLive, standingEvidence, type Evidence } from './evidence.js';
import { asksFor, compile, ExpressionFault, newBudget, type Budget } from './expression.js';
import { unmetBy } from './expression-explain.js';
import { evidenceModel, factsModel } from './expression-model.js';
import { subjectsOf } from './gate-mitigations.js';
import { blocks, type Reason, type ReasonCode, type ReasonParams, type ReleaseFacts, type Rule, type Unmet } from './gate-question.js';
import { isIn } from './policy-binding.js';
import type { GatePolicy } from './policy.js';
import { matches, requirementOf, type ConditionRow, type EvidenceRow, type RequirementRow } from './policy-terms.js';
import type { Environment } from './release.js';
import type { Proof } from './residual.js';
import { classificationOf } from './system.js';

interface Here { readonly about: ReleaseFacts; readonly environment: Environment; readonly proof: Proof; readonly budget: Budget }

/** Why each row that applies here is not met. A condition that cannot be answered makes the whole answer an error. */
export function requirementReasons(policy: GatePolicy, place: Omit<Here, 'budget'>): Reason[] {
  const here = { ...place, budget: newBudget() };
  const classification = classificationOf(here.about.system);
  const applying = policy.requirements.filter((row) => (row.gates as readonly string[]).includes(here.environment.kind) && matches(row.when, classification));
  const model = applying.some(({ kind }) => kind === 'CONDITION') ? factsModel(here.about, here.environment, here.proof) : {};
  return applying.flatMap((row) => {
    try {
      return row.kind === 'EVIDENCE' ? evidenceReasons(row, here) : conditionReasons(row, model, here);
    } catch (error) {
      if (error instanceof ExpressionFault) return [{ ...reasonOf(row, 'POLICY_ERROR', { problem: error.message }), severity: 'BLOCK' as const }];
      throw error;
    }
  });
}

export function freezeReasons(policy: GatePolicy, { about, environment, clock }: { about: ReleaseFacts; environment: Environment; clock: NotingClock }): Reason[] {
  return policy.freezes.filter((freeze) => isIn(freeze, about.system, environment)).flatMap((freeze) => {
    const requirement = `R18/${freeze.id}`;
    const begun = clock.reached(freeze.from, 'FREEZE', freeze.id);
    const over = clock.reached(freeze.until, 'FREEZE', freeze.id);
    return begun && !over ? [blocks('R18', requirement, 'FREEZE_WINDOW', { title: freeze.reason, until: freeze.until })] : [];
  });
}

function conditionReasons(row: ConditionRow, values: Readonly<Record<string, unknown>>, { proof, budget }: Here): Reason[] {
  const unmet = unmetBy(compile(row.condition, 'FACTS'), { values, clock: proof.clock, ref: requirementOf(row), budget });
  return unmet.length === 0 ? [] : [reasonOf(row, row.code, { unmet })];
}

/** Of the evidence that counts here, what was collected last speaks: a later failure is not outweighed by an earlier pass, even when it has ended. */
function evidenceReasons(row: EvidenceRow, here: Here): Reason[] {
  const { about, proof } = here;
  const standing = about.evidence.filter((one) => one.type === row.evidenceType && standingEvidence(one, about.evidence) === one);
  const last = latest(standing.filter((one) => one.state === 'VERIFIED' && isAboutThis(row, one, about)));
  if (last === null) return [reasonOf(row, ...whyNone(standing, standing.filter((one) => isLive(one, proof.clock))))];
  const isOld = row.maxAgeDays !== null && proof.clock.reached(plusDays(last.collectedAt, row.maxAgeDays), 'EVIDENCE', last.id);
  if (isOld || !isLive(last, proof.clock)) return [reasonOf(row, 'EVIDENCE_EXPIRED', { evidence: [last.number] })];
  const unmet = row.condition === null ? [] : saysWrong(row.condition, row, last, here);
  return unmet.length === 0 ? [] : [reasonOf(row, row.code, { evidence: [last.number], unmet })];
}

function saysWrong(condition: string, row: EvidenceRow, evidence: Evidence, { about, environment, proof, budget }: Here): Unmet[] {
  const expression = compile(condition, 'EVIDENCE');
  // Nothing but the file: whatever is asked of what it found is not shown.
  if (evidence.payload === null && asksFor(expression, 'payload')) return [{ path: 'payload', observed: null, required: 'a payload' }];
  return unmetBy(expression, { values: evidenceModel(evidence, about, environment, proof.clock), clock: proof.clock, ref: requirementOf(row), budget });
}

function isAboutThis(row: EvidenceRow, { subjectDigest }: Evidence, { release }: ReleaseFacts): boolean {
  return subjectDigest === null ? row.subject === 'ANY' : subjectsOf(release).has(subjectDigest);
}

/** What comes nearest to being enough says what is missing. */
function whyNone(standing: readonly Evidence[], live: readonly Evidence[]): [ReasonCode, ReasonParams] {
  if (live.length > 0) return ['EVIDENCE_WRONG_SUBJECT', { evidence: numbers(live) }];
  const waiting = standing.filter(({ state }) => state === 'SUBMITTED');
  if (waiting.length > 0) return ['EVIDENCE_UNSIGNED', { evidence: numbers(waiting) }];
  const ended = standing.filter(({ state }) => state === 'VERIFIED');
  if (ended.length > 0) return ['EVIDENCE_EXPIRED', { evidence: numbers(ended) }];
  return ['EVIDENCE_MISSING', standing.length === 0 ? {} : { evidence: numbers(standing) }];
}

function reasonOf(row: RequirementRow, code: ReasonCode, params: ReasonParams): Reason {
  const rule: Rule = row.kind === 'EVIDENCE' ? 'R7' : 'R8';
  return { ...blocks(rule, requirementOf(row), code, { title: row.title, ...(row.next === null ? {} : { next: row.next }), ...params }), severity: row.severity };
}

function latest(evidence: readonly Evidence[]): Evidence | null {
  return [...evidence].sort((a, b) => (`${a.collectedAt} ${a.id}` < `${b.collectedAt} ${b.id}` ? 1 : -1))[0] ?? null;
}

function numbers(evidence: readonly Evidence[]): string[] {
  return evidence.map(({ number }) => number).sort();
}

/** R7, R8: what the policy asks for in its own rows. R18: the intervals in which nothing is promoted. */
import { classificationOf, rolesOf } from './classification.js';
import type { NotingClock } from './clock.js';
import { countingAt, standingAmong } from './evidence.js';
import { compile, ExpressionFault, newBudget, type Budget } from './expression.js';
import { unmetBy } from './expression-explain.js';
import { factsModel, type Place } from './expression-model.js';
import { hear, recordsSeen, type Lack, type RowsHere } from './gate-evidence.js';
import { blocks, type Reason, type ReleaseFacts, type Rule } from './gate-question.js';
import { isIn } from './policy-binding.js';
import type { GatePolicy } from './policy.js';
import { requirementOf, rowMatches, type RequirementRow } from './policy-terms.js';
import type { Environment } from './release.js';
import type { ActRole } from './system.js';

/** What a row comes to: why it is not met, and the evidence that speaks for it, by number. */
export interface RowOutcome { readonly row: RequirementRow; readonly reasons: readonly Reason[]; readonly evidence: readonly string[] }

/** Every row that applies here, in the order of the policy. `budget`: what is left of the question that this is a part of. */
export function judgeRows(policy: Pick<GatePolicy, 'requirements'>, { about, ...where }: Place, budget: Budget = newBudget()): RowOutcome[] {
  const { tier } = classificationOf(about.system);
  const place = { ...where, about: { ...about, evidence: about.evidence.map((one) => countingAt(tier, one)) } };
  const standing = standingAmong(place.about.evidence);
  const here: RowsHere = { ...place, standing, budget, facts: once(() => factsModel(place)), records: recordsSeen(place, standing) };
  const classification = classificationOf(place.about.system);
  const roles = (): readonly ActRole[] => rolesOf(place.about.system, place.proof.clock);
  return policy.requirements
    .filter((row) => (row.gates as readonly string[]).includes(place.environment.kind) && rowMatches(row.when, classification, roles))
    .map((row) => judgeRow(row, here));
}

/** Why each row that applies here is not met. A condition that cannot be answered makes the whole answer an error. */
export function requirementReasons(policy: Pick<GatePolicy, 'requirements'>, place: Place, budget: Budget): Reason[] {
  return judgeRows(policy, place, budget).flatMap(({ reasons }) => reasons);
}

export function freezeReasons(policy: GatePolicy, { about, environment, clock }: { about: ReleaseFacts; environment: Environment; clock: NotingClock }): Reason[] {
  return policy.freezes.filter((freeze) => isIn(freeze, about.system, environment)).flatMap((freeze) => {
    const requirement = `R18/${freeze.id}`;
    const begun = clock.reached(freeze.from, 'FREEZE', freeze.id);
    const over = clock.reached(freeze.until, 'FREEZE', freeze.id);
    return begun && !over ? [blocks('R18', requirement, 'FREEZE_WINDOW', { title: freeze.reason, until: freeze.until })] : [];
  });
}

function judgeRow(row: RequirementRow, here: RowsHere): RowOutcome {
  try {
    const { evidence, lacks } = row.kind === 'EVIDENCE' ? hear(row, here) : { evidence: [], lacks: conditionLacks(row, here) };
    return { row, evidence, reasons: lacks.map((lack) => reasonOf(row, lack)) };
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return { row, evidence: [], reasons: [{ ...reasonOf(row, { code: 'POLICY_ERROR', params: { problem: error.message } }), severity: 'BLOCK' }] };
  }
}

function conditionLacks(row: Exclude<RequirementRow, { kind: 'EVIDENCE' }>, { facts, proof, budget }: RowsHere): Lack[] {
  if (row.condition === null) return [];
  const unmet = unmetBy(compile(row.condition, 'FACTS'), { values: facts(), clock: proof.clock, ref: requirementOf(row), budget });
  return unmet.length === 0 ? [] : [{ code: row.code, params: { unmet } }];
}

function reasonOf(row: RequirementRow, { code, params }: Lack): Reason {
  const rule: Rule = row.kind === 'EVIDENCE' ? 'R7' : 'R8';
  return { ...blocks(rule, requirementOf(row), code, { title: row.title, ...(row.next === null ? {} : { next: row.next }), ...params }), severity: row.severity };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

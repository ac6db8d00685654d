/**
 * Gate cases as people write them: read, refused with line and column where something is wrong, and judged by a policy. Nothing is stored or
 * asked anywhere, so a case says the same on every machine.
 */
import type { ValidateFunction } from 'ajv';
import { caseProblems } from '../domain/gate-case-check.js';
import type { GateCase, Situation } from '../domain/gate-case.js';
import { merge, mergeSituations } from '../domain/gate-case-scene.js';
import { instantTold } from '../domain/gate-case-time.js';
import { judgeCase, type CaseOutcome } from '../domain/gate-case-verdict.js';
import type { GatePolicy } from '../domain/policy.js';
import type { FreezeWindow, Mode, ObligationRow, RequirementRow } from '../domain/policy-terms.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import { defaultCriteria } from '../risks/default-criteria.js';
import { CASES_SCHEMA } from './cases-schema.js';
import { checkOf } from './json-schema.js';
import { PlacedText, type Path, type Placed } from './placed-text.js';
import { completeObligation, completeRow, obligationProblems, rowProblems } from './policy-document.js';
import { policyOf } from './shipped-policy.js';

const KIND = { field: 'cases', called: 'A file of cases', next: 'Mend the cases and send them again; nothing was changed.' };

let checked: ValidateFunction | null = null;

/** Made when the first cases are read: most programs never read any, and it takes as long as a hundred cases. A server makes it before it serves anybody. */
export function prepareCases(): ValidateFunction {
  checked ??= checkOf(CASES_SCHEMA);
  return checked;
}

/** A case, and the line on which it begins. */
export interface PlacedCase extends GateCase { readonly line: number }

interface Written extends Omit<GateCase, 'given' | 'event' | 'before'> { readonly given?: Situation; readonly event?: GateCase['event']; readonly before?: GateCase['before'] }
interface CasesDocument { readonly given?: Situation; readonly cases: readonly Written[] }

/** What stands once at the top is given in every case. A text that says nothing has no cases. */
export function parseCases(source: string): PlacedCase[] {
  const text = new PlacedText(source, KIND);
  const document = text.value();
  if (document === null || (Array.isArray(document) && document.length === 0)) return [];
  const validate = prepareCases();
  if (!validate(document)) throw text.refusalOfShape(validate.errors ?? []);
  const { given = {}, cases } = document as CasesDocument;
  const problems = [...policyProblems(given, ['given']), ...cases.flatMap((written, index) => writtenProblems(written, { given, index, cases }))];
  if (problems.length > 0) throw text.refusal(problems);
  return cases.map((written, index) => ({ event: null, before: null, ...written, given: mergeSituations(given, written.given ?? {}), line: text.lineOf(['cases', index]) }));
}

function writtenProblems(written: Written, { given, index, cases }: { given: Situation; index: number; cases: readonly Written[] }): Placed[] {
  const at = ['cases', index];
  const first = cases.findIndex(({ name }) => name === written.name);
  const whole: GateCase = { event: null, before: null, ...written, given: mergeSituations(given, written.given ?? {}) };
  return [
    ...(first === index ? [] : [{ path: [...at, 'name'], message: 'there is a case of this name already' }]),
    ...policyProblems(written.given ?? {}, [...at, 'given']), ...policyProblems(written.event ?? {}, [...at, 'event']),
    ...caseProblems(whole).map(({ path, message }) => ({ path: [...at, ...path], message })),
  ];
}

/** The rows that a case adds are checked like those of a policy. */
function policyProblems({ policy }: Situation, at: Path): Placed[] {
  const { requirements = [], obligations = [] } = (policy ?? {}) as PolicyPart;
  const asked = { requirements: requirements.map(completeRow), obligations };
  return [...rowProblems(asked, [...at, 'policy', 'requirements']), ...obligationProblems(asked, [...at, 'policy', 'obligations'])];
}

export interface JudgedCase extends CaseOutcome { readonly gateCase: PlacedCase }

/** `document`: the policy under test. */
export function judgeCases(document: PolicyDocument, cases: readonly PlacedCase[]): JudgedCase[] {
  return [...judging(document, cases)];
}

/** One after another, as they are asked for. */
export function* judging(document: PolicyDocument, cases: readonly PlacedCase[]): Generator<JudgedCase, void> {
  const criteria = { ...defaultCriteria(), id: 'criteria', version: 1 };
  const policy = policyOf(document);
  for (const gateCase of cases) {
    const then = changedBy(policy, document, gateCase.given.policy);
    const now = gateCase.event?.policy === undefined ? then : changedBy(policy, document, merge(gateCase.given.policy ?? {}, gateCase.event.policy));
    yield { gateCase, ...judgeCase(gateCase, { then, now, criteria }) };
  }
}

interface PolicyPart { readonly mode?: Mode; readonly requirements?: readonly RequirementRow[]; readonly freezes?: readonly FreezeWindow[]; readonly obligations?: readonly ObligationRow[] }

/** The policy under test with what the case changes about it: rows and freezes are added to its own. */
function changedBy(policy: GatePolicy, document: PolicyDocument, part: Situation['policy']): GatePolicy {
  if (part === undefined) return policy;
  const { mode, requirements = [], freezes = [], obligations = [], ...fields } = part as PolicyPart;
  const changed = merge(document, fields);
  return policyOf({
    ...changed, bindings: changed.bindings.map((binding) => ({ ...binding, mode: mode ?? (binding as { mode?: Mode }).mode ?? 'ENFORCE' })), requirements: [...changed.requirements, ...requirements.map(completeRow)],
    ...(obligations.length === 0 ? {} : { obligations: [...changed.obligations ?? [], ...obligations.map(completeObligation)] }),
    freezes: [...changed.freezes, ...freezes.map((freeze) => ({ ...freeze, from: instantTold(freeze.from), until: instantTold(freeze.until) }))],
  });
}

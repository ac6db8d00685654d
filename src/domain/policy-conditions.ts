/** Whether the conditions of a policy can be asked at all, found out before anybody relies on it. */
import { compile, ExpressionProblem } from './expression.js';
import type { RequirementRow } from './policy-terms.js';

/** What is wrong with the condition of a row, and where in it; null = nothing. */
export function conditionProblem(row: RequirementRow): ExpressionProblem | null {
  if (row.condition === null) return null;
  try {
    compile(row.condition, row.kind === 'EVIDENCE' ? 'EVIDENCE' : 'FACTS');
    return null;
  } catch (error) {
    if (error instanceof ExpressionProblem) return error;
    throw error;
  }
}

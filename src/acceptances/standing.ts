/** Reads what acceptances are judged by beside themselves: others of the same risks, what they ask for, and what suspends them. */
import type { AcceptanceBasis, RiskAcceptance } from '../domain/acceptance.js';
import type { ReadScope } from '../platform/scope.js';
import { AcceptanceTable } from './acceptance.table.js';
import { ConditionTable } from './condition.table.js';
import { SuspensionTable } from './suspension.table.js';

export async function besideAcceptances(scope: ReadScope, acceptances: readonly RiskAcceptance[]): Promise<Pick<AcceptanceBasis, 'acceptances' | 'conditions' | 'suspensions'>> {
  const distinct = (ids: readonly string[]): string[] => [...new Set(ids)];
  return {
    acceptances: await scope.allWith(AcceptanceTable, 'riskId', distinct(acceptances.map(({ riskId }) => riskId))),
    conditions: await scope.allWith(ConditionTable, 'acceptanceId', acceptances.map(({ id }) => id)),
    suspensions: await scope.allWith(SuspensionTable, 'systemId', distinct(acceptances.map(({ systemId }) => systemId))),
  };
}

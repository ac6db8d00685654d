/** The policy by which a record about a system in an environment is judged; the shipped one where none is bound any more. */
import { bindable } from '../domain/classification.js';
import type { GatePolicy } from '../domain/policy.js';
import { policiesInForce } from '../policies/in-force.js';
import { SHIPPED } from '../policies/shipped-policy.js';
import type { ReadScope } from '../platform/scope.js';
import { EnvironmentTable, SystemTable } from '../systems/system.table.js';

interface Record { readonly systemId: string; readonly environmentId: string }

export async function policyOfRecord(scope: ReadScope, record: Record): Promise<GatePolicy> {
  return (await policiesOfRecords(scope, [record]))(record);
}

/** Read together, whatever their number. */
export async function policiesOfRecords(scope: ReadScope, records: readonly Record[]): Promise<(record: Record) => GatePolicy> {
  const policies = await policiesInForce(scope);
  const systems = new Map((await scope.byIds(SystemTable, records.map(({ systemId }) => systemId))).map((system) => [system.id, system]));
  const places = new Map((await scope.byIds(EnvironmentTable, records.map(({ environmentId }) => environmentId))).map((place) => [place.id, place]));
  return ({ systemId, environmentId }) => {
    const [system, place] = [systems.get(systemId), places.get(environmentId)];
    return (system === undefined || place === undefined ? null : policies.bound(bindable(system), place)) ?? SHIPPED;
  };
}

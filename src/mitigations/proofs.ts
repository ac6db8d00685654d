/** What can be shown about risks now: their mitigations, the evidence of these with whatever superseded it, and the criteria they are judged by. */
import type { Mitigation } from '../domain/mitigation.js';
import type { Stored } from '../domain/package.js';
import type { Proof } from '../domain/residual.js';
import { withSuccessors } from '../evidence/evidence.queries.js';
import type { ReadScope } from '../platform/scope.js';
import { presentCriteria } from '../risks/risks.service.js';
import { MitigationTable } from './mitigation.table.js';

export interface StoredProof extends Proof { readonly mitigations: readonly Stored<Mitigation>[] }

/** For every release: evidence about any bytes counts. The gate narrows it to the bytes that ship. */
export async function proofAbout(scope: ReadScope, riskIds: readonly string[]): Promise<StoredProof> {
  const mitigations = await mitigationsOf(scope, riskIds);
  const evidence = await withSuccessors(scope, mitigations.flatMap((mitigation) => mitigation.evidenceIds));
  return { criteria: await presentCriteria(scope), mitigations, evidence, subjects: null, clock: scope.clock() };
}

export async function mitigationsOf(scope: ReadScope, riskIds: readonly string[]): Promise<Stored<Mitigation>[]> {
  return scope.allWith(MitigationTable, 'riskId', riskIds);
}

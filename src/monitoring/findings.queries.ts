/** Reading findings: one, a page of them, and what each has come to. */
import { Injectable } from '@nestjs/common';
import { AcceptanceTable } from '../acceptances/acceptance.table.js';
import { besideAcceptances } from '../acceptances/standing.js';
import { findingOutcome, type Finding, type FindingOutcome, type FindingState } from '../domain/finding.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { Level } from '../domain/scoring.js';
import { resolvePerson } from '../identity/people.service.js';
import { proofAbout } from '../mitigations/proofs.js';
import { equals, upTo, type Condition } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { RiskTable } from '../risks/risk.table.js';
import { SystemTable } from '../systems/system.table.js';
import { FindingTable } from './finding.table.js';

export interface FindingFilter { readonly system: string | null; readonly owner: string | null; readonly severity: Level | null; readonly state: FindingState | null; readonly overdue: boolean }

@Injectable()
export class FindingsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async finding(ctx: RequestContext, id: string): Promise<Stored<Finding>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(FindingTable, id));
  }

  async findings(ctx: RequestContext, filter: FindingFilter, request: PageRequest): Promise<Page<Stored<Finding>>> {
    const conditions = await this.work.read(ctx, 'register.read', (scope) => conditionsOf(scope, filter));
    return this.lists.page(ctx, { table: FindingTable, conditions, order: OLDEST }, request);
  }

  /** Those about one system, read together with those about all others that the answer shows. */
  async findingsOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Finding>>> {
    return this.lists.pageOf(ctx, { table: FindingTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  /** What each finding has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, FindingOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const findings = await scope.byIds(FindingTable, ids);
      const acceptances = await scope.byIds(AcceptanceTable, findings.flatMap((finding) => finding.acceptanceId ?? []));
      const weighing = { ...await besideAcceptances(scope, acceptances), risks: await scope.byIds(RiskTable, acceptances.map((acceptance) => acceptance.riskId)), proof: await proofAbout(scope, acceptances.map((acceptance) => acceptance.riskId)) };
      return new Map(findings.map((finding) => [finding.id, findingOutcome(finding, weighing)]));
    });
  }
}

async function conditionsOf(scope: ReadScope, { system, owner, severity, state, overdue }: FindingFilter): Promise<Condition[]> {
  if (overdue && state !== null && state !== 'PLANNED') {
    throw new Refusal('INVALID_INPUT', { field: 'state', actual: state, expected: 'PLANNED', message: 'Only a planned finding can be overdue.' });
  }
  const systemId = system === null ? null : (await scope.get(SystemTable, system)).id;
  const ownerId = owner === null ? null : await resolvePerson(scope, owner, 'owner');
  const equal = { systemId, ownerId, severity, state };
  const wanted = Object.entries(equal).flatMap(([column, value]) => (value === null ? [] : [equals(column, value)]));
  return overdue ? [...wanted, equals('state', 'PLANNED'), upTo('due', scope.now)] : wanted;
}

/** The register as of a position of the log as a source of facts: what a question would have been judged by at that time. */
import { History } from '../audit/history.js';
import type { Instant } from '../domain/clock.js';
import type { Team } from '../domain/eligibility.js';
import type { Stored } from '../domain/package.js';
import type { Release } from '../domain/release.js';
import { DelegationTable } from '../identity/delegation.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import { electorate, type Electorate } from '../reviews/voters.js';
import type { ReadScope } from '../platform/scope.js';
import { ReleaseTable } from '../systems/system.table.js';
import type { FactSource } from './gate.facts.js';

export class HistoricFacts extends History implements FactSource {
  /** As of an instant: everything that was written down until then. */
  static async at(scope: ReadScope, instant: Instant): Promise<HistoricFacts> {
    const [last] = await scope.query<{ seq: string | null }>('select max(seq) as seq from audit.entries where at <= $1', [instant]);
    return new HistoricFacts(scope, Number(last?.seq ?? -1));
  }

  async electorate(system: Team): Promise<Electorate> {
    const now = await this.timeOf();
    const delegations = (await this.all(DelegationTable, { state: 'ACTIVE' })).filter(({ validUntil }) => validUntil > now);
    return electorate(system, await this.all(PrincipalTable, {}), delegations);
  }

  async releasesWithComponent(digest: string): Promise<Stored<Release>[]> {
    const releases = await this.all(ReleaseTable, {});
    return releases.filter((release) => release.components.some((component) => component.digest === digest));
  }
}

/** The register as of a position of the log as a source of facts: what a question would have been judged by at that time. */
import { History } from '../audit/history.js';
import type { Principal } from '../domain/actor.js';
import { isVoter, type Team } from '../domain/eligibility.js';
import type { Stored } from '../domain/package.js';
import type { Release } from '../domain/release.js';
import { PrincipalTable } from '../platform/principal.table.js';
import { ReleaseTable } from '../systems/system.table.js';
import type { FactSource } from './gate.facts.js';

export class HistoricFacts extends History implements FactSource {
  async voters(system: Team): Promise<Stored<Principal>[]> {
    return (await this.all(PrincipalTable, {})).filter((principal) => isVoter(principal, system));
  }

  async releasesWithComponent(digest: string): Promise<Stored<Release>[]> {
    const releases = await this.all(ReleaseTable, {});
    return releases.filter((release) => release.components.some((component) => component.digest === digest));
  }
}

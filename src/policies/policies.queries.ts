/** Reading policies: those of the organization with their texts, and those in force, the shipped one among them. */
import type { Happened } from '../domain/tier-events.js';
import { happenedTo } from './tier-events.queries.js';
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import { overruled, unknownPlaces } from '../domain/policy-binding.js';
import type { PolicyEdition } from '../domain/policy-edition.js';
import type { PolicyState, PolicyVersion } from '../domain/policy-version.js';
import type { Tier } from '../domain/system.js';
import { anyOf, equals } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { loadOne } from '../platform/loading.js';
import { NEWEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { EnvironmentTable } from '../systems/system.table.js';
import { policiesInForce } from './in-force.js';
import { placesIn } from './policy-document.js';
import { EditionTable } from './policy-edition.table.js';
import { PolicyTable } from './policy.table.js';

export interface Validity { readonly days: Readonly<Record<Tier, number>>; readonly now: Instant }
export interface PolicyFilter { readonly policyId?: string | null; readonly states?: readonly PolicyState[] | null }

@Injectable()
export class PoliciesQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async policy(ctx: RequestContext, id: string): Promise<Stored<PolicyVersion>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(PolicyTable, id));
  }

  async policies(ctx: RequestContext, filter: PolicyFilter, request: PageRequest): Promise<Page<Stored<PolicyVersion>>> {
    const conditions = [...(filter.policyId ? [equals('policyId', filter.policyId)] : []), ...(filter.states ? [anyOf('state', filter.states)] : [])];
    return this.lists.page(ctx, { table: PolicyTable, conditions, order: NEWEST }, request);
  }

  async editions(ctx: RequestContext, request: PageRequest): Promise<Page<Stored<PolicyEdition>>> {
    return this.lists.page(ctx, { table: EditionTable, conditions: [], order: NEWEST }, request);
  }

  /** What may be a slip in a version, and refuses nothing; each with its place while the text is kept. */
  async warnings(ctx: RequestContext, { document, sourceDigest }: PolicyVersion): Promise<readonly string[]> {
    const found = await loadOne(ctx, 'what policies stand beside', 'now', async (keys) => {
      const beside = await this.work.read(ctx, 'register.read', async (scope) => ({ places: await scope.all(EnvironmentTable, {}), policies: (await policiesInForce(scope)).all }));
      return new Map(keys.map((key) => [key, beside]));
    });
    const said = [...unknownPlaces(document, found?.places.map(({ name }) => name) ?? []), ...overruled(document, found?.policies ?? [])];
    const text = said.length === 0 ? null : await this.text(ctx, sourceDigest);
    return text === null ? said.map(({ path, message }) => `${path.join('.')}: ${message}`) : placesIn(text, said);
  }

  async inForce(ctx: RequestContext): Promise<readonly GatePolicy[]> {
    return this.work.read(ctx, 'register.read', async (scope) => (await policiesInForce(scope)).all);
  }

  /** For how long what is judged about a system holds, by its tier, as of now. */
  async validity(ctx: RequestContext): Promise<Validity> {
    const found = await loadOne(ctx, 'validity by tier', 'now', async (keys) => {
      const validity = await this.work.read(ctx, 'register.read', async (scope) => ({ days: (await policiesInForce(scope)).validity, now: scope.now }));
      return new Map(keys.map((key) => [key, validity]));
    });
    if (found === null) throw new Error('The policies in force say nothing about tiers.');
    return found;
  }

  /** What may have happened to a system since its tier was judged, read together with all others of the same answer. */
  async happened(ctx: RequestContext, systemId: string): Promise<Happened> {
    const found = await loadOne(ctx, 'what happened to a system', systemId, (ids) => this.work.read(ctx, 'register.read', (scope) => happenedTo(scope, ids)));
    return found ?? { findings: [], evidence: [], releases: [] };
  }

  /** A text that was kept with its record, read together with all others of the same answer; null = its bytes are gone. */
  async text(ctx: RequestContext, digest: Digest): Promise<string | null> {
    return loadOne(ctx, 'text of a policy', digest, async (digests) => {
      const kept = await this.work.read(ctx, 'register.read', (scope) => scope.kept(digests));
      return new Map(kept.map((one) => [one.digest, one.bytes.toString('utf8')]));
    });
  }
}

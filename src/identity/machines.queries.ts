/** Trust rules and keys as administrators and auditors see them. */
import { Injectable } from '@nestjs/common';
import type { ApiKey } from '../domain/api-key.js';
import type { Stored } from '../domain/package.js';
import type { TrustRule } from '../domain/trust-rule.js';
import { equals, given, referring, type Condition } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { NEWEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { ApiKeyTable } from './api-key.table.js';
import { TrustRuleTable } from './trust-rule.table.js';
import { TrustedIssuerTable } from './trusted-issuer.table.js';

export interface TrustRuleFilter { readonly issuer?: string | null; readonly active?: boolean | null }
export interface ApiKeyFilter { readonly active?: boolean | null }

@Injectable()
export class MachinesQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async rule(ctx: RequestContext, id: string): Promise<Stored<TrustRule>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(TrustRuleTable, id));
  }

  async rules(ctx: RequestContext, filter: TrustRuleFilter, request: PageRequest): Promise<Page<Stored<TrustRule>>> {
    const ofIssuer = await this.work.read(ctx, 'register.read', (scope) => referring('issuerId', filter.issuer, async (issuer) => (await scope.get(TrustedIssuerTable, issuer)).id));
    const active = given(filter.active, (wanted) => equals('state', wanted ? 'ACTIVE' : 'RETIRED'));
    return this.lists.page(ctx, { table: TrustRuleTable, conditions: [...ofIssuer, ...present(active)], order: NEWEST }, request);
  }

  async key(ctx: RequestContext, id: string): Promise<Stored<ApiKey>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(ApiKeyTable, id));
  }

  async keys(ctx: RequestContext, filter: ApiKeyFilter, request: PageRequest): Promise<Page<Stored<ApiKey>>> {
    return this.lists.page(ctx, { table: ApiKeyTable, conditions: present(given(filter.active, (wanted) => equals('state', wanted ? 'ACTIVE' : 'REVOKED'))), order: NEWEST }, request);
  }

  /** When each of these keys was used last, to the minute; none for a key that never was. */
  async lastUses(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.work.read(ctx, 'register.read', (scope) => scope.query<{ key_id: string; used_at: Date }>('select key_id, used_at from api_key_uses where key_id = any($1::uuid[])', [ids]));
    return new Map(rows.map(({ key_id: id, used_at: at }) => [id, at.toISOString()]));
  }
}

function present(condition: Condition | null): Condition[] {
  return condition === null ? [] : [condition];
}

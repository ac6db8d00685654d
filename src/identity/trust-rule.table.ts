/** How trust rules are stored. */
import type { TrustRule } from '../domain/trust-rule.js';
import { governedTable, instant, json, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const TrustRuleTable: GovernedTable<TrustRule> = governedTable<TrustRule>({
  type: 'TrustRule', table: 'trust_rules', prefix: 'TR', scopeOf: () => null,
  columns: { name: text, issuerId: uuid, conditions: json, boundId: text, accountId: uuid, validUntil: instant, state: text, createdBy: uuid, createdAt: instant },
});

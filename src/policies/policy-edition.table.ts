/** How editions of the shipped policy are stored. */
import type { PolicyEdition } from '../domain/policy-edition.js';
import { governedTable, instant, json, optionalText, text, type GovernedTable } from '../platform/columns.table.js';

export const EditionTable: GovernedTable<PolicyEdition> = governedTable<PolicyEdition>({
  type: 'PolicyEdition', table: 'policy_editions', prefix: 'PE', scopeOf: () => null,
  columns: { policyId: text, label: text, title: text, document: json, documentDigest: text, replaces: optionalText, recordedAt: instant },
});

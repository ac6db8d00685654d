/** How policies are stored. */
import type { PolicyVersion } from '../domain/policy-version.js';
import { governedTable, instant, json, optionalInstant, optionalJson, optionalText, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const PolicyTable: GovernedTable<PolicyVersion> = governedTable<PolicyVersion>({
  type: 'Policy', table: 'policies', prefix: 'POL', scopeOf: () => null,
  columns: {
    policyId: text, label: text, title: text, sourceDigest: text, document: json, documentDigest: text, casesDigest: text, note: text, state: text, draftedBy: uuid, draftedAt: instant, tested: optionalJson,
    approvals: json, activatedAt: optionalInstant, supersededAt: optionalInstant, ending: optionalText,
  },
});

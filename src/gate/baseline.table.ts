/** How baselines are stored. */
import type { Baseline } from '../domain/baseline.js';
import { governedTable, instant, optionalInstant, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const BaselineTable: GovernedTable<Baseline> = governedTable<Baseline>({
  type: 'Baseline', table: 'baselines', prefix: 'BL', scopeOf: (baseline) => baseline.systemId,
  columns: {
    systemId: uuid, releaseId: uuid, environmentId: uuid, bundleDigest: text, until: instant, reason: text, state: text, proposedBy: uuid, proposedAt: instant, confirmedBy: optionalUuid, confirmedAt: optionalInstant, endedAt: optionalInstant,
  },
});

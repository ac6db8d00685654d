/** How finds of what runs without a permit are stored. */
import type { UngovernedDeployment } from '../domain/ungoverned-deployment.js';
import { governedTable, instant, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const UngovernedTable: GovernedTable<UngovernedDeployment> = governedTable<UngovernedDeployment>({
  type: 'UngovernedDeployment', table: 'ungoverned_deployments', prefix: 'UD', scopeOf: (found) => found.systemId,
  columns: { systemId: uuid, releaseId: uuid, environmentId: uuid, bundleDigest: text, reason: text, reportedBy: uuid, foundAt: instant },
});

/** How acceptances are stored. */
import type { RiskAcceptance } from '../domain/acceptance.js';
import { governedTable, instant, json, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const AcceptanceTable: GovernedTable<RiskAcceptance> = governedTable<RiskAcceptance>({
  type: 'RiskAcceptance', table: 'risk_acceptances', prefix: 'A', scopeOf: (acceptance) => acceptance.systemId,
  columns: { riskId: uuid, systemId: uuid, accepted: json, reason: text, validUntil: instant, state: text, requestedBy: uuid, renews: optionalUuid, grants: json },
  addedLater: { renews: null },
});

/** How break-glass is stored. */
import type { BreakGlass } from '../domain/break-glass.js';
import { governedTable, instant, optionalInstant, optionalJson, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const BreakGlassTable: GovernedTable<BreakGlass> = governedTable<BreakGlass>({
  type: 'BreakGlass', table: 'break_glasses', prefix: 'BG', scopeOf: (breakGlass) => breakGlass.systemId,
  columns: {
    systemId: uuid, releaseId: uuid, environmentId: uuid, bundleDigest: text, emergency: text, incident: text, validUntil: instant, state: text, invokedBy: uuid, invokedAt: instant, team: optionalJson,
    secondKey: optionalJson, usedAt: optionalInstant, usedBy: optionalUuid, reviewDue: optionalInstant, review: optionalJson,
  },
  addedLater: { team: null, usedBy: null, reviewDue: null },
});

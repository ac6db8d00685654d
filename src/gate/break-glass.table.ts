/** How break-glass is stored. */
import type { BreakGlass } from '../domain/break-glass.js';
import { governedTable, instant, optionalInstant, optionalJson, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const BreakGlassTable: GovernedTable<BreakGlass> = governedTable<BreakGlass>({
  type: 'BreakGlass', table: 'break_glasses', prefix: 'BG', scopeOf: (breakGlass) => breakGlass.systemId,
  columns: {
    systemId: uuid, releaseId: uuid, environmentId: uuid, bundleDigest: text, emergency: text, incident: text, validUntil: instant, state: text, invokedBy: uuid, invokedAt: instant,
    secondKey: optionalJson, usedAt: optionalInstant, reviewDue: optionalInstant, review: optionalJson,
  },
  addedLater: { reviewDue: null },
});

/** How waivers are stored. */
import type { Waiver } from '../domain/waiver.js';
import { governedTable, instant, json, optionalInstant, optionalUuid, optionalWhole, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const WaiverTable: GovernedTable<Waiver> = governedTable<Waiver>({
  type: 'Waiver', table: 'waivers', prefix: 'W', scopeOf: (waiver) => waiver.systemId,
  columns: {
    systemId: uuid, releaseId: uuid, environmentId: uuid, requirement: text, reason: text, compensatingControl: text, validUntil: instant, state: text, requestedBy: uuid, requestedAt: instant,
    renews: optionalUuid, packageDigest: text, lane: text, grants: json, grantsNeeded: optionalWhole, inForceSince: optionalInstant, endedAt: optionalInstant,
  },
  addedLater: { grantsNeeded: null, inForceSince: null, endedAt: null },
});

/** How confirmations of dates of law are stored. */
import type { LawDateConfirmation } from '../domain/law-date-confirmation.js';
import { governedTable, instant, optionalInstant, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const LawDateTable: GovernedTable<LawDateConfirmation> = governedTable<LawDateConfirmation>({
  type: 'LawDateConfirmation', table: 'law_date_confirmations', prefix: 'LD', scopeOf: () => null,
  columns: { reference: text, day: text, source: text, note: text, state: text, confirmedBy: uuid, confirmedAt: instant, revokedBy: optionalUuid, revokedAt: optionalInstant },
});

/** What ends by itself, of whatever kind, as it is found: a row of a view over the records, without version and digest of its own. */
import type { Instant } from '../domain/clock.js';
import type { Aggregate } from '../domain/events.js';
import { governedTable, instant, optionalUuid, text, type GovernedTable } from '../platform/columns.table.js';

export const LAPSE_KINDS = ['SIGN_OFF', 'RISK_ACCEPTANCE', 'WAIVER', 'EVIDENCE', 'IMPACT_ASSESSMENT', 'CONDITION', 'DELEGATION', 'BASELINE', 'BREAK_GLASS_REVIEW'] as const;
export type LapseKind = (typeof LAPSE_KINDS)[number];

export interface Lapse extends Aggregate {
  readonly number: string;
  readonly kind: LapseKind;
  /** Null = it is about no single system. */
  readonly systemId: string | null;
  readonly endsAt: Instant;
}

const view = governedTable<Lapse>({ type: 'Lapse', table: 'lapses', prefix: '', scopeOf: (lapse) => lapse.systemId, columns: { kind: text, systemId: optionalUuid, endsAt: instant } });
export const LapseIndex: GovernedTable<Lapse> = { ...view, fields: view.fields.filter(({ name }) => name !== 'version' && name !== 'digest') };

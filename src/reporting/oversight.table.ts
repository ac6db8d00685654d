/** What auditors look at, as it is found: rows of views over the records, without version and digest of their own. */
import type { Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import type { Aggregate } from '../domain/events.js';
import { governedTable, instant, optionalInstant, optionalUuid, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const EXCEPTION_KINDS = ['WAIVER', 'BREAK_GLASS', 'BASELINE', 'POLICY_CHANGE', 'SELF_ATTESTED', 'LAPSED_BUT_RUNNING', 'NOT_ENFORCED', 'UNGOVERNED_DEPLOYMENT'] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];
/** Kinds that go on until they end. The others are told once, at their instant: a rule that is in force is none, nor is an answer that was given. */
export const LASTING: readonly ExceptionKind[] = EXCEPTION_KINDS.filter((kind) => kind !== 'POLICY_CHANGE' && kind !== 'NOT_ENFORCED');

/** Its id is of the row alone, for its place in the list: one decision can be an exception in two ways. */
export interface Exception extends Aggregate {
  readonly recordId: string;
  /** The short number of the record; of a decision, which has none, its id. */
  readonly reference: string;
  readonly kind: ExceptionKind;
  readonly systemId: string | null;
  readonly happenedAt: Instant;
  /** When it ended, or when it is due to. */
  readonly endsAt: Instant | null;
  /** Until when it goes on: an emergency until it was judged, whenever that was due. Null = it does until further notice. */
  readonly lastsUntil: Instant | null;
}

/** By what something is in an environment. */
export const ADMISSIONS = ['GOVERNED', 'EMERGENCY', 'BASELINE', 'UNGOVERNED'] as const;
export type Admission = (typeof ADMISSIONS)[number];

export interface Inhabitant extends Aggregate {
  readonly number: string;
  readonly kind: Admission;
  readonly systemId: string;
  readonly releaseId: string;
  readonly environmentId: string;
  readonly bundleDigest: Digest;
  readonly decisionId: string | null;
  readonly since: Instant;
  /** Of a baseline, its end. */
  readonly coveredUntil: Instant | null;
  readonly replacedAt: Instant | null;
}

function view<T extends Aggregate>(table: GovernedTable<T>): GovernedTable<T> {
  return { ...table, fields: table.fields.filter(({ name }) => name !== 'version' && name !== 'digest') };
}

export const ExceptionIndex: GovernedTable<Exception> = view(governedTable<Exception>({
  type: 'Exception', table: 'exceptions', prefix: null, scopeOf: ({ systemId }) => systemId,
  columns: { recordId: uuid, reference: text, kind: text, systemId: optionalUuid, happenedAt: instant, endsAt: optionalInstant, lastsUntil: optionalInstant },
}));

export const PopulationIndex: GovernedTable<Inhabitant> = view(governedTable<Inhabitant>({
  type: 'Inhabitant', table: 'population', prefix: '', scopeOf: ({ systemId }) => systemId,
  columns: { kind: text, systemId: uuid, releaseId: uuid, environmentId: uuid, bundleDigest: text, decisionId: optionalUuid, since: instant, coveredUntil: optionalInstant, replacedAt: optionalInstant },
}));

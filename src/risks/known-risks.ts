/** Which risks the rows of an import may be about, by the names under which a row looks for its risk. */
import { keyOf, keysOf, type Known, type RiskRow } from '../domain/risk-rows.js';
import type { Risk } from '../domain/risk.js';
import type { ReadScope } from '../platform/scope.js';

/** Line: of the row that was taken for it in this import; 0 = none yet. */
export type KnownRisk = Known & { readonly systemId: string; readonly line: number };

/** The risks that some rows of one system may be about; others are not kept, however many there are. */
export class Candidates {
  readonly #byKey: Map<string, KnownRisk[]>;

  constructor(rows: readonly RiskRow[]) {
    this.#byKey = new Map(rows.map((row) => [keyOf(row), []]));
  }

  of(row: RiskRow): readonly KnownRisk[] {
    return this.#byKey.get(keyOf(row)) ?? [];
  }

  add(risk: KnownRisk): void {
    for (const key of risk.keys) this.#byKey.get(key)?.push(risk);
  }

  remove(risk: KnownRisk): void {
    for (const key of risk.keys) {
      const found = this.#byKey.get(key);
      const at = found?.findIndex(({ id }) => id === risk.id) ?? -1;
      if (at >= 0) found?.splice(at, 1);
    }
  }
}

interface Row extends Pick<Risk, 'id' | 'number' | 'version' | 'statement'> { readonly system_id: string; readonly external_id: string | null; readonly state: Risk['state'] }

const COLUMNS = 'id, number, version, system_id, external_id, state, statement';
/** As many statements as are read at once. */
const PART = 2000;

/** The register's risks as one import has read them: whatever version it saw before is not read again. */
export class RegisterRisks {
  readonly #seen = new Map<string, { readonly version: number; readonly risk: KnownRisk }>();

  async named(scope: ReadScope, systemIds: readonly string[], externalIds: readonly string[]): Promise<KnownRisk[]> {
    const rows = await scope.query<Row>(`select ${COLUMNS} from risks where system_id = any($1::uuid[]) and external_id = any($2::text[])`, [systemIds, externalIds]);
    return rows.map(knownOf);
  }

  async all(scope: ReadScope, systemIds: readonly string[]): Promise<KnownRisk[]> {
    const present = await scope.query<Pick<Row, 'id' | 'version'>>('select id, version from risks where system_id = any($1::uuid[])', [systemIds]);
    const unseen = present.filter(({ id, version }) => this.#seen.get(id)?.version !== version).map(({ id }) => id);
    for (let i = 0; i < unseen.length; i += PART) {
      const rows = await scope.query<Row>(`select ${COLUMNS} from risks where id = any($1::uuid[])`, [unseen.slice(i, i + PART)]);
      for (const row of rows) this.#seen.set(row.id, { version: row.version, risk: knownOf(row) });
    }
    return present.flatMap(({ id }) => this.#seen.get(id)?.risk ?? []);
  }
}

export type NumberedRisk = Pick<Risk, 'id' | 'number' | 'version' | 'systemId'>;

/** The risks that rows with a version name, as they are now. */
export async function numberedRisks(scope: ReadScope, rows: readonly RiskRow[]): Promise<Map<string, NumberedRisk>> {
  const numbers = rows.flatMap(({ number, version }) => (number === null || version === null ? [] : [number]));
  if (numbers.length === 0) return new Map();
  const found = await scope.query<NumberedRisk>('select id, number, version, system_id as "systemId" from risks where number = any($1::text[])', [numbers]);
  return new Map(found.map((risk) => [risk.number, risk]));
}

function knownOf(row: Row): KnownRisk {
  return { id: row.id, number: row.number, systemId: row.system_id, keys: keysOf({ externalId: row.external_id, statement: row.statement }), ended: hasEnded(row.state), line: 0 };
}

export function hasEnded(state: Risk['state']): boolean {
  return state === 'CLOSED' || state === 'REJECTED';
}

// What must never be seen from outside of an organization: a word that is planted in every text of its rows, a tail on every number, and
// what is its own anyway, ids and digests. Tables and columns are found in the catalogues of the database, not listed.
import pg from 'pg';

const WORD = 'zq7canary';
const TAIL = '000777';
const OWN = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}/g;
const PLANTED = new RegExp(`${WORD}|\\b[A-Z]{1,4}-\\d+${TAIL}\\b`, 'g');
/** Whether a text carries any of it. */
const ANY = new RegExp(`${PLANTED.source}|${OWN.source}`);
const NUMBER = /^[A-Z]{1,4}-[1-9]\d*$/;
/** Left as it is: codes, ids, digests, instants, addresses, references. The register would not be readable any more. */
const KEPT = /^[A-Z]+(_[A-Z0-9]+)*$|^(promote|(gate|deployment)\.[a-zA-Z]+)$|^[0-9a-f-]{36}(\/[A-Z]+)?$|^(sha256:)?[0-9a-f]{64}$|^\d{4}-\d\d-\d\dT|^urn:|^R\d\/|[@#]/;

export interface TextColumn { readonly table: string; readonly column: string; readonly type: string; readonly owner: string }
type Row = Readonly<Record<string, unknown>> & { ctid: string };

/** Every table with an owner; where it has no tenant of its own, its log names it. */
const TABLES = `
  select n.nspname || '.' || c.relname as table, c.oid, coalesce(min(a.attname) filter (where a.attname = 'tenant_id'), 'log_id') as owner
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'log_id')
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p') group by 1, 2 order by 1`;
/** Every column of them that can hold words; what the database computes by itself follows from the others. */
const COLUMNS = `
  select t.table, a.attname as column, format_type(a.atttypid, null) as type, t.owner from (${TABLES}) t join pg_attribute a on a.attrelid = t.oid join pg_type k on k.oid = a.atttypid left join pg_type e on e.oid = k.typelem
  where a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and (k.typcategory = 'S' or k.typname in ('json', 'jsonb', 'bytea', 'xml') or (k.typcategory = 'A' and e.typcategory = 'S')) order by 1, 2`;

export class Canaries {
  /** By "table.column": how many values carry something that is this organization's alone. */
  readonly carried = new Map<string, number>();
  #own: ReadonlySet<string> = new Set();

  private constructor(private readonly client: pg.Client, private readonly owners: readonly string[], readonly columns: readonly TextColumn[]) {}

  /** Plants them in all rows of the organization, as a superuser with every trigger asleep. `except` = columns whose values are codes. */
  static async plant(adminUrl: string, tenantId: string, except: ReadonlySet<string>): Promise<Canaries> {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    const logs = await client.query<{ id: string }>('select log_id as id from audit.log where tenant_id = $1', [tenantId]);
    const { rows } = await client.query<TextColumn>(COLUMNS);
    const canaries = new Canaries(client, [tenantId, ...logs.rows.map(({ id }) => id)], rows);
    try {
      await canaries.#plantAll(except);
      await canaries.#collect();
    } catch (error) {
      await client.end();
      throw error;
    }
    return canaries;
  }

  /** What an answer shows that belongs to the organization; what was asked with is no answer. */
  seenIn(text: string, asked: readonly string[] = []): string[] {
    const said = asked.reduce((rest, one) => rest.replaceAll(one, ''), text);
    return [...new Set([...said.match(PLANTED) ?? [], ...(said.match(OWN) ?? []).filter((own) => this.#own.has(own))])];
  }

  /** Every table with an owner, and how many rows of the organization it has. */
  async tables(): Promise<Map<string, number>> {
    const { rows } = await this.client.query<{ table: string; owner: string }>(TABLES);
    const counted = await Promise.all(rows.map(async ({ table, owner }) => [table, await this.#count(table, owner)] as const));
    return new Map(counted);
  }

  /** What all its rows are, as one digest a table. */
  async state(): Promise<Readonly<Record<string, string>>> {
    const { rows } = await this.client.query<{ table: string; owner: string }>(TABLES);
    const states = rows.map(async ({ table, owner }) => [table, (await this.client.query<{ state: string }>(`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as state from ${table} t where ${owner} = any ($1::uuid[])`, [this.owners])).rows[0]?.state ?? ''] as const);
    return Object.fromEntries(await Promise.all(states));
  }

  async end(): Promise<void> {
    await this.client.end();
  }

  async #count(table: string, owner: string): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(`select count(*)::int from ${table} where ${owner} = any ($1::uuid[])`, [this.owners]);
    return rows[0]?.count ?? 0;
  }

  async #plantAll(except: ReadonlySet<string>): Promise<void> {
    const planted = this.columns.filter(({ table, column, type }) => !type.startsWith('bytea') && !except.has(`${table}.${column}`));
    await this.client.query('begin');
    for (const table of new Set(planted.map((each) => each.table))) await this.#plantIn(table, planted.filter((each) => each.table === table));
    await this.client.query('commit');
  }

  async #plantIn(table: string, columns: readonly TextColumn[]): Promise<void> {
    await this.client.query(`alter table ${table} disable trigger all`);
    const rows = await this.#rows(table, columns);
    for (const { column, type } of columns) {
      const after = rows.map((row) => planted(row[column]));
      const isBare = !after.some((value) => ANY.test(JSON.stringify(value)));
      for (const [i, row] of rows.entries()) Object.assign(row, { [column]: stored(isBare ? bare(type, i) : after[i], type) });
    }
    for (const row of rows) await this.#update(table, columns, row);
    await this.client.query(`alter table ${table} enable trigger all`);
  }

  async #rows(table: string, columns: readonly TextColumn[]): Promise<Row[]> {
    const { rows } = await this.client.query<Row>(`select ctid::text, ${columns.map(({ column }) => `"${column}"`).join(', ')} from ${table} where ${columns[0]?.owner ?? ''} = any ($1::uuid[])`, [this.owners]);
    return rows;
  }

  async #update(table: string, columns: readonly TextColumn[], row: Row): Promise<void> {
    await this.client.query(`update ${table} set ${columns.map(({ column }, i) => `"${column}" = $${i + 2}`).join(', ')} where ctid = $1::tid`, [row.ctid, ...columns.map(({ column }) => row[column])])
      .catch((error: unknown) => { throw new Error(`${table}: ${(error as Error).message} (${String((error as { constraint?: string }).constraint)})`); });
  }

  /** Ids and digests that occur in the rows of this organization and in no row of another. */
  async #collect(): Promise<void> {
    const [own, others] = [new Set<string>(this.owners), new Set<string>()];
    const values = new Map<string, string[]>();
    for (const [table, owner] of new Map(this.columns.map(({ table, owner }) => [table, owner]))) {
      const { rows } = await this.client.query<{ own: boolean; row: Readonly<Record<string, unknown>> }>(`select ${owner} = any ($1::uuid[]) as own, to_jsonb(t) as row from ${table} t`, [this.owners]);
      for (const { own: isOwn, row } of rows) for (const [column, value] of Object.entries(row)) {
        const text = readable(value);
        for (const [found] of text.matchAll(OWN)) (isOwn ? own : others).add(found);
        if (isOwn) values.set(`${table}.${column}`, [...values.get(`${table}.${column}`) ?? [], text]);
      }
    }
    this.#own = new Set([...own].filter((each) => !others.has(each)));
    for (const { table, column } of this.columns) this.carried.set(`${table}.${column}`, (values.get(`${table}.${column}`) ?? []).filter((text) => this.seenIn(text).length > 0).length);
  }
}

/** A value as it reads once they are planted: with the word in all its texts, and with the tail on all its numbers. */
export function planted<T>(value: T): T;
export function planted(value: unknown): unknown {
  if (typeof value === 'string') return NUMBER.test(value) ? `${value}${TAIL}` : KEPT.test(value) ? value : `${value} ${WORD}`;
  if (Array.isArray(value)) return value.map((inner: unknown) => planted(inner));
  return value !== null && typeof value === 'object' && !(value instanceof Date) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, planted(inner)])) : value;
}

/** For a column in which no row says anything of its own yet. */
function bare(type: string, i: number): unknown {
  const text = `${WORD} ${String(i)}`;
  return type.startsWith('json') || type.endsWith('[]') ? [text] : text;
}

function stored(value: unknown, type: string): unknown {
  return type.startsWith('json') && value !== null ? JSON.stringify(value) : value;
}

/** As text; bytes, which PostgreSQL shows in hexadecimal digits, as what they spell. */
function readable(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/\\{1,2}x([0-9a-f]+)/g, (_, digits: string) => `${digits} ${Buffer.from(digits, 'hex').toString('utf8')}`);
}

/** Exports: the register as a table, part by part, in a form that an import takes back. */
import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import type { Stored } from '../domain/package.js';
import type { Risk, RiskState } from '../domain/risk.js';
import { EXPORT_COLUMNS, exportRow } from '../domain/risk-rows.js';
import { PeopleService } from '../identity/people.service.js';
import { Lists } from '../platform/lists.js';
import { MAX_COUNT, OLDEST, type Total } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import { riskConditions } from './risk-filters.queries.js';
import { RiskTable } from './risk.table.js';
import { RisksQueries } from './risks.queries.js';

/** Null = all of them. */
export interface ExportFilter { readonly system: string | null; readonly states: readonly RiskState[] | null }

const PART = 500;
/** The longest content that an answer carries, in characters. */
const MAX_CONTENT = 4_194_304;

@Injectable()
export class RiskExportService {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists, private readonly people: PeopleService, private readonly queries: RisksQueries) {}

  /** The file in parts, each made when the reader asks for it. The header is a part of its own, given after the filter was found good. */
  async* file(ctx: RequestContext, filter: ExportFilter): AsyncGenerator<string> {
    const conditions = await this.work.read(ctx, 'register.read', (scope) => riskConditions(scope, filter, null));
    yield csvOf([EXPORT_COLUMNS]);
    for await (const risks of this.lists.parts(ctx, { table: RiskTable, conditions, order: OLDEST }, PART)) yield csvOf(await this.#rows(ctx, risks));
  }

  /** Where the file is, how many rows it has, and what is in it unless there are too many. */
  async overview(ctx: RequestContext, filter: ExportFilter): Promise<{ url: string; rows: Total; content: string | null }> {
    const page = await this.queries.risks(ctx, { first: 1, after: null }, { system: filter.system, filter: { states: filter.states }, sort: 'OLDEST' });
    const rows = await page.count();
    return { url: addressOf(filter), rows, content: rows.isExact && rows.value <= MAX_COUNT ? await this.#content(ctx, filter) : null };
  }

  async #content(ctx: RequestContext, filter: ExportFilter): Promise<string | null> {
    let content = '';
    for await (const part of this.file(ctx, filter)) {
      content += part;
      if (content.length > MAX_CONTENT) return null;
    }
    return content;
  }

  async #rows(ctx: RequestContext, risks: readonly Stored<Risk>[]): Promise<string[][]> {
    const owners = await this.people.byPerson(ctx, [...new Set(risks.map((risk) => risk.ownerId))]);
    const numbers = await this.work.read(ctx, 'register.read', async (scope) => {
      const systems = await scope.byIds(SystemTable, risks.map((risk) => risk.systemId));
      const releases = await scope.byIds(ReleaseTable, risks.flatMap((risk) => risk.releaseId ?? []));
      return new Map([...systems, ...releases].map(({ id, number }) => [id, number]));
    });
    return risks.map((risk) => exportRow(risk, {
      system: numbers.get(risk.systemId) ?? risk.systemId, release: risk.releaseId === null ? null : numbers.get(risk.releaseId) ?? risk.releaseId,
      owner: owners.get(risk.ownerId)?.handle || risk.ownerId,
    }));
  }
}

/** RFC 4180: lines end with CRLF, and every cell that says something is quoted, so that no line end inside one is taken for the row's. */
function csvOf(rows: readonly (readonly string[])[]): string {
  return stringify(rows.map((row) => [...row]), { quoted: true, record_delimiter: '\r\n' });
}

function addressOf({ system, states }: ExportFilter): string {
  const query = new URLSearchParams([...(system === null ? [] : [['system', system]]), ...(states ?? []).map((state) => ['state', state])]);
  return `/v1/risks.csv${query.size === 0 ? '' : `?${query.toString()}`}`;
}

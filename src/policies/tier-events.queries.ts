/** What may have happened to systems since their tiers were judged, for many of them at the same time. */
import type { Happened } from '../domain/tier-events.js';
import { EvidenceTable } from '../evidence/evidence.table.js';
import { FindingTable } from '../monitoring/finding.table.js';
import type { ReadScope } from '../platform/scope.js';
import { ReleaseTable } from '../systems/system.table.js';

/** A measurement that somebody has verified, also where that was taken back; and since when it counts. */
export function isMeasured(e: string): string {
  return `${e}.type = 'monitoring_live' and ${e}.state in ('VERIFIED', 'REVOKED') and ${e}.payload ->> 'measures' is not null and jsonb_typeof(${e}.payload -> 'value') = 'number'`;
}

export function knownAt(e: string): string {
  return `greatest(${e}.collected_at, (${e}.verification ->> 'at')::timestamptz)`;
}

const LATER = (at: string): string => `x.system_id = any($1::uuid[]) and ${at} > (s.tier_assessments -> -1 ->> 'at')::timestamptz`;
const SQL = {
  findings: `select x.id from findings x join ai_systems s on s.id = x.system_id where ${LATER('x.raised_at')} and x.source = 'INCIDENT'`,
  // Of each measure the last one speaks, also where it is no news.
  evidence: `select x.id from (select distinct on (x.system_id, x.payload ->> 'measures') x.* from evidence x where x.system_id = any($1::uuid[]) and ${isMeasured('x')}
      and not exists (select from evidence y where y.supersedes_id = x.id and y.id > x.id and y.payload ->> 'measures' = x.payload ->> 'measures' and ${isMeasured('y')})
      order by x.system_id, x.payload ->> 'measures', x.collected_at desc, x.id desc) x join ai_systems s on s.id = x.system_id where ${LATER(knownAt('x'))}`,
  // What came in under another name has changed the data as well.
  releases: `select distinct on (x.system_id, x.data_changed_at, x.sources_added) x.id from releases x join ai_systems s on s.id = x.system_id where ${LATER('x.data_changed_at')} order by x.system_id, x.data_changed_at, x.sources_added, x.id`,
};

export async function happenedTo(scope: ReadScope, systemIds: readonly string[]): Promise<Map<string, Happened>> {
  const idsOf = async (sql: string): Promise<string[]> => (await scope.query<{ id: string }>(sql, [systemIds])).map(({ id }) => id);
  const findings = await scope.byIds(FindingTable, await idsOf(SQL.findings));
  const evidence = await scope.byIds(EvidenceTable, await idsOf(SQL.evidence));
  const releases = await scope.byIds(ReleaseTable, await idsOf(SQL.releases));
  return new Map(systemIds.map((id) => {
    const of = <T extends { readonly systemId: string }>(records: readonly T[]): T[] => records.filter(({ systemId }) => systemId === id);
    return [id, { findings: of(findings), evidence: of(evidence), releases: of(releases) }];
  }));
}

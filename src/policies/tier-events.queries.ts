/** What may have happened to systems since their tiers were judged, for many of them at the same time. */
import type { Happened } from '../domain/tier-events.js';
import { EvidenceTable } from '../evidence/evidence.table.js';
import { FindingTable } from '../monitoring/finding.table.js';
import type { ReadScope } from '../platform/scope.js';
import { ReleaseTable } from '../systems/system.table.js';

const LATER = (at: string): string => `x.system_id = any($1::uuid[]) and ${at} > (s.tier_assessments -> -1 ->> 'at')::timestamptz`;
const SQL = {
  findings: `select x.id from findings x join ai_systems s on s.id = x.system_id where ${LATER('x.raised_at')} and x.source = 'INCIDENT'`,
  // Of each measure the last one speaks.
  evidence: `select distinct on (x.system_id, x.payload ->> 'measures') x.id from evidence x join ai_systems s on s.id = x.system_id
    where ${LATER('x.collected_at')} and x.type = 'monitoring_live' and x.state = 'VERIFIED' and x.payload ->> 'measures' is not null order by x.system_id, x.payload ->> 'measures', x.collected_at desc, x.id desc`,
  releases: `select distinct on (x.system_id, x.data_changed_at, x.source_added_at) x.id from releases x join ai_systems s on s.id = x.system_id where ${LATER('greatest(x.data_changed_at, x.source_added_at)')} order by x.system_id, x.data_changed_at, x.source_added_at, x.id`,
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

// Fills a throw-away register with very many records, straight into its tables: many organizations, of which the first is the one that a
// test asks as. Past the door and its log, which would take hours; the generated columns are the database's own.
import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface Size {
  readonly risks: number;
  readonly systemsOfEach: number;
  /** Among how many organizations the risks are spread; twenty unless it says otherwise. */
  readonly tenants?: number;
}

const TABLES = ['risks', 'ai_systems', 'releases', 'promotions', 'sign_offs', 'risk_acceptances', 'grants', 'deployments', 'evidence', 'mitigations', 'findings', 'impact_assessments', 'promotion_reviews', 'gate_decisions', 'gate_decision_reasons', 'waivers', 'baselines', 'break_glasses'];

export async function fillLargeRegister(adminUrl: string, tenantId: string, size: Size): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const table of TABLES) await client.query(`alter table ${table} disable trigger all`);
    const tenants = [tenantId, ...Array.from({ length: (size.tenants ?? 20) - 1 }, () => randomUUID())];
    await client.query("insert into identity.tenants (tenant_id, name) select id, 'one of many' from unnest($1::uuid[]) as id on conflict do nothing", [tenants]);
    const { rows } = await client.query<{ persons: string[] }>('select array_agg(person_id) as persons from principals where person_id is not null');
    await fillSystems(client, tenants, size.systemsOfEach, rows[0]?.persons ?? []);
    await fillRisks(client, tenants, size, rows[0]?.persons ?? []);
    await fillParents(client);
    await fillTreatment(client);
    await fillFollowUp(client);
    await fillReviews(client);
    await fillWaivers(client);
    await fillRunning(client);
    await fillIndexes(client);
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

/** An id that sorts by its number. */
const id = (prefix: string, number: string): string => `('${prefix}0000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
const sha = (number: string): string => `'sha256:' || encode(sha256((${number})::text::bytea), 'hex')`;
/** The tenant of a row, by its number: rows of all tenants lie mixed, as they would after years. */
const tenantOf = (number: string): string => `($1::uuid[])[1 + ${number} % cardinality($1::uuid[])]`;
const pick = (values: readonly string[], number: string): string => `(array['${values.join("', '")}'])[1 + (${number}) % ${values.length}]`;

async function fillSystems(client: pg.Client, tenants: readonly string[], ofEach: number, persons: readonly string[]): Promise<void> {
  const count = tenants.length;
  await client.query(`
    insert into ai_systems (tenant_id, id, version, digest, number, name, intended_purpose, prohibited_uses, owner_id, developer_ids, affected_groups, autonomy, jurisdictions, state, tier_assessments, authored_by, last_edited_by, editors)
    select ${tenantOf('i')}, ${id('0180', 'i')}, 1, ${sha('i')}, 'SYS-' || (i / ${count} + 1), 'System ' || i || case when i % 3 = 0 then ' for loan scoring' else ' for letters' end, repeat('Drafts letters. ', 20), '[]', ($2::uuid[])[1 + i / ${count} % cardinality($2::uuid[])], '[]', '[]',
      'ASSISTS', '["EU"]', ${pick(['ACTIVE', 'ACTIVE', 'SUSPENDED', 'RETIRED'], `i / ${count}`)},
      case when i / ${count} % 5 = 0 then '[]' else jsonb_build_array(jsonb_build_object('tier', ${pick(['MINIMAL', 'MODERATE', 'HIGH', 'CRITICAL'], `i / ${count}`)}, 'euClass', ${pick(['MINIMAL', 'LIMITED', 'HIGH_RISK_ANNEX_III'], `i / ${count}`)},
        'flags', jsonb_build_array(${pick(['PROFILING', 'AGENTIC', 'PERSONAL_DATA', 'SAFETY_IMPACT'], `i / ${count}`)}), 'rationale', 'r', 'assessedBy', $2::uuid[], 'at', '2026-01-01T00:00:00.000Z')) end,
      ($2::uuid[])[1], ($2::uuid[])[1], '[]'
    from generate_series(0, ${count * ofEach - 1}) as i`, [tenants, persons]);
}

async function fillRisks(client: pg.Client, tenants: readonly string[], size: Size, persons: readonly string[]): Promise<void> {
  const count = tenants.length;
  const own = `i / ${count}`;
  const rating = (shift: number): string => `jsonb_build_object('likelihood', 1 + (${own} + ${shift}) % 5, 'level', ${pick(['VERY_LOW', 'LOW', 'MODERATE', 'HIGH', 'VERY_HIGH'], `${own} * 7 + ${shift}`)},
    'consequences', jsonb_build_array(jsonb_build_object('class', ${pick(['SAFETY', 'LEGAL', 'FINANCIAL', 'OPERATIONAL', 'REPUTATIONAL', 'FUNDAMENTAL_RIGHTS'], own)}, 'value', 1 + (${own} / 5) % 5)))`;
  await client.query(`
    insert into risks (tenant_id, id, version, digest, number, system_id, statement, affected_parties, taxonomy, owner_id, state, assessments, authored_by, last_edited_by, editors, logged_at)
    select ${tenantOf('i')}, ${id('0190', 'i')}, 1, ${sha('i')}, 'R-' || (${own} + 1), ${id('0180', `${own} % ${size.systemsOfEach} * ${count} + i % ${count}`)},
      jsonb_build_object('source', 'Hidden text number' || ${own}, 'event', case when ${own} % 4 = 0 then 'training data is poisoned' when ${own} % 4 = 1 then 'training data leaks' else 'instructions are followed' end, 'consequence', repeat('data leaves the company ', 10)),
      '["customers"]', jsonb_build_array('owasp-llm@2025#LLM0' || (1 + ${own} % 9), 'nist-ai@1#' || (${own} % 40)), ($2::uuid[])[1 + ${own} % cardinality($2::uuid[])],
      case when ${own} % 10 = 0 then 'IDENTIFIED' else ${pick(['ASSESSED', 'TREATING', 'MONITORED', 'ACCEPTED', 'MONITORED', 'CLOSED', 'MONITORED'], own)} end,
      case when ${own} % 10 = 0 then '[]' else jsonb_build_array(jsonb_build_object('revision', 1, 'inherent', ${rating(3)}, 'current', ${rating(0)}, 'target', null, 'rationale', repeat('Seen in the pilot. ', 20), 'strengthOfKnowledge', 'WEAK',
        'assessedBy', ($2::uuid[])[1], 'at', to_char((now() - make_interval(days => ${own} % 500, secs => ${own})) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'criteriaVersion', 1)) end,
      ($2::uuid[])[1], ($2::uuid[])[1], '[]', now()
    from generate_series(0, ${size.risks - 1}) as i`, [tenants, persons]);
}

/** Two releases, two promotions and two sign-offs for each system, and an acceptance for every second risk. */
async function fillParents(client: pg.Client): Promise<void> {
  await client.query(`
    insert into releases (tenant_id, id, version, digest, number, system_id, label, components, bundle_digest, state, authored_by, created_at)
    select s.tenant_id, gen_random_uuid(), 1, s.digest, s.number || '-' || n, s.id, 'label ' || n, '[]', s.digest || n, 'ACTIVE', s.authored_by, now() from ai_systems s, generate_series(1, 2) as n where s.id::text like '0180%'`);
  await client.query(`
    insert into promotions (tenant_id, id, version, digest, number, system_id, release_id, environment_id, state, reason, requested_by, opened_at, package_digest, lanes)
    select r.tenant_id, gen_random_uuid(), 1, r.digest, 'P' || r.number, r.system_id, r.id, coalesce((select min(e.id::text)::uuid from environments e where e.tenant_id = r.tenant_id), r.id), 'CANCELLED', 'why', r.authored_by, now(), r.digest, '[]' from releases r where r.number like 'SYS%'`);
  await client.query(`
    insert into sign_offs (tenant_id, id, version, digest, number, system_id, subjects, choice, meaning, statement, attests, signer_id, person_id, challenge_id, signed_at, valid_until)
    select p.tenant_id, gen_random_uuid(), 1, p.digest, 'SO' || p.number, p.system_id, jsonb_build_array(jsonb_build_object('promotionId', p.id, 'packageDigest', p.digest, 'lanes', '["RISK"]'::jsonb)), 'APPROVE', 'APPROVED', 's', '[]',
      p.requested_by, p.requested_by, gen_random_uuid(), now(), now() + interval '1 year' from promotions p where p.number like 'PSYS%'`);
  await client.query(`
    insert into risk_acceptances (tenant_id, id, version, digest, number, risk_id, system_id, accepted, reason, valid_until, state, requested_by, grants)
    select r.tenant_id, gen_random_uuid(), 1, r.digest, 'A-' || r.number, r.id, r.system_id, jsonb_build_object('level', 'LOW', 'revision', 1, 'statement', r.statement, 'releaseId', null), 'why', now() + interval '1 year', 'REQUESTED', r.owner_id, '[]'
    from risks r where r.id::text like '0190%' and right(r.id::text, 1) in ('0', '2', '4', '6', '8', 'a', 'c', 'e')`);
}

/** A mitigation and a piece of evidence for every second risk. */
async function fillTreatment(client: pg.Client): Promise<void> {
  const second = "r.id::text like '0190%' and right(r.id::text, 1) in ('1', '3', '5', '7', '9', 'b', 'd', 'f')";
  await client.query(`
    insert into evidence (tenant_id, id, version, digest, number, system_id, type, title, content_digest, source, submitted_by, submitted_at, collected_at, valid_until, state, verification)
    select r.tenant_id, gen_random_uuid(), 1, r.digest, 'E-' || r.number, r.system_id, case when right(r.number, 1) = '1' then 'evaluation_run' else 'test_report' end, 'Shown', r.digest, 'HUMAN', r.owner_id, now(), now(), now() + make_interval(days => 1 + right(r.number, 1)::int),
      case when right(r.number, 1) = '4' then 'SUBMITTED' else 'VERIFIED' end, case when right(r.number, 1) <> '4' then '{}'::jsonb end from risks r where ${second}`);
  await client.query(`
    insert into mitigations (tenant_id, id, version, digest, number, risk_id, system_id, title, description, owner_id, due, effect, reduces, required_from, state, evidence_ids, authored_by, last_edited_by, editors, proposed_at)
    select r.tenant_id, gen_random_uuid(), 1, r.digest, 'M-' || r.number, r.id, r.system_id, 'Done', 'Done.', r.owner_id, now() + make_interval(days => right(r.number, 1)::int - 5), 'BOTH', 1, case when right(r.number, 1) = '2' then 'PILOT' end,
      (array['PROPOSED', 'IN_PROGRESS', 'IMPLEMENTED', 'VERIFIED', 'CANCELLED'])[1 + right(r.number, 1)::int % 5], '[]', r.owner_id, r.owner_id, '[]', now() from risks r where ${second}`);
}

/** Twenty findings for each system, and three impact assessments. */
async function fillFollowUp(client: pg.Client): Promise<void> {
  await client.query(`
    insert into findings (tenant_id, id, version, digest, number, system_id, source, severity, statement, owner_id, state, due, evidence_ids, raised_by, raised_at)
    select s.tenant_id, gen_random_uuid(), 1, s.digest, 'F-' || s.number || '-' || n, s.id, 'AUDIT', (array['LOW', 'MODERATE', 'HIGH', 'VERY_HIGH'])[1 + n % 4], 'Wrong.', s.owner_id, (array['OPEN', 'PLANNED', 'DONE'])[1 + n % 3],
      case when n % 3 = 1 then now() + make_interval(days => n - 10) end, '[]', s.owner_id, now() from ai_systems s, generate_series(1, 20) as n where s.id::text like '0180%'`);
  await client.query(`
    insert into impact_assessments (tenant_id, id, version, digest, number, system_id, kind, state, edition, answers, evidence_ids, editions, valid_until, authored_by, last_edited_by, editors, drafted_at)
    select s.tenant_id, gen_random_uuid(), 1, s.digest, 'IA-' || s.number || '-' || n, s.id, (array['AI_SYSTEM', 'FRIA', 'DPIA'])[n], case when n = 1 then 'DRAFT' else 'APPROVED' end, 1, '[]', '[]', '[]',
      case when n > 1 then now() + make_interval(days => right(s.number, 1)::int - 5) end, s.owner_id, s.owner_id, '[]', now() from ai_systems s, generate_series(1, 3) as n where s.id::text like '0180%'`);
}

/** Five lanes of each promotion, and ten recorded decisions about each release. */
async function fillReviews(client: pg.Client): Promise<void> {
  await client.query(`
    insert into promotion_reviews (tenant_id, id, promotion_id, promotion_number, lane, level, system_id, release_id, state, open, opened_at, due)
    select p.tenant_id, gen_random_uuid(), p.id, p.number, lane, 'SELF', p.system_id, p.release_id, 'REQUESTED', lane <> 'OPS', now(), now() + interval '1 day' from promotions p, unnest(array['RISK', 'LEGAL', 'PRIVACY', 'SECURITY', 'OPS']) as lane where p.number like 'PSYS%'`);
  await client.query(`
    insert into gate_decisions (tenant_id, id, version, digest, question, question_hash, caller_id, system_id, release_id, environment_id, decision, facts_digest, epochs, decided_at)
    select r.tenant_id, gen_random_uuid(), 1, r.digest, '{}', r.digest, r.authored_by, r.system_id, r.id, p.environment_id, jsonb_build_object('verdict', case when n = 1 then 'ALLOW' else 'DENY' end, 'reasons', '[]'::jsonb), r.digest, '{}', now() - make_interval(hours => n)
    from releases r join promotions p on p.tenant_id = r.tenant_id and p.release_id = r.id, generate_series(1, 10) as n where r.number like 'SYS%'`);
  await client.query("insert into gate_decision_reasons (tenant_id, code, decision_id) select tenant_id, case when verdict = 'ALLOW' then 'ALL_REQUIREMENTS_MET' else 'REVIEW_MISSING' end, id from gate_decisions on conflict do nothing");
}

/** Five waivers for each promotion; and the first release of all is called as clients call it. */
async function fillWaivers(client: pg.Client): Promise<void> {
  await client.query(`
    insert into waivers (tenant_id, id, version, digest, number, system_id, release_id, environment_id, requirement, reason, compensating_control, valid_until, state, requested_by, requested_at, package_digest, lane, grants)
    select p.tenant_id, gen_random_uuid(), 1, p.digest, 'W-' || p.number || '-' || n, p.system_id, p.release_id, p.environment_id, 'R9/F-' || n, 'Late.', 'Five users only.', now() + make_interval(days => n), case when n = 5 then 'REVOKED' else 'REQUESTED' end,
      p.requested_by, now(), p.digest, 'RISK', '[]' from promotions p, generate_series(1, 5) as n where p.number like 'PSYS%'`);
  await client.query("update releases set number = 'REL-1' where number = 'SYS-1-1'");
}

/** A deployment and a baseline for each promotion, and an emergency that nobody has judged. */
async function fillRunning(client: pg.Client): Promise<void> {
  await client.query(`
    insert into grants (tenant_id, id, version, digest, decision_id, system_id, release_id, environment_id, bundle_digest, promotion_id, issued_to, issued_at, expires_at, redeemed_at)
    select p.tenant_id, gen_random_uuid(), 2, p.digest, gen_random_uuid(), p.system_id, p.release_id, p.environment_id, p.digest, p.id, p.requested_by, now(), now(), now() from promotions p where p.number like 'PSYS%'`);
  await client.query(`
    insert into deployments (tenant_id, id, version, digest, number, system_id, release_id, environment_id, bundle_digest, grant_id, reported_by, started_at)
    select g.tenant_id, gen_random_uuid(), 1, g.digest, 'D-' || p.number, g.system_id, g.release_id, g.environment_id, g.bundle_digest, g.id, g.issued_to, now()
    from grants g join promotions p on p.tenant_id = g.tenant_id and p.id = g.promotion_id where p.number like 'PSYS%'`);
  await client.query(`
    insert into baselines (tenant_id, id, version, digest, number, system_id, release_id, environment_id, bundle_digest, until, reason, state, proposed_by, proposed_at, confirmed_by, confirmed_at)
    select p.tenant_id, gen_random_uuid(), 2, p.digest, 'BL-' || p.number, p.system_id, p.release_id, p.environment_id, p.digest, now() + make_interval(days => 1 + right(p.number, 1)::int), 'Ran.', 'CONFIRMED', p.requested_by, now(), gen_random_uuid(), now()
    from promotions p where p.number like 'PSYS%' on conflict do nothing`);
  await client.query(`
    insert into break_glasses (tenant_id, id, version, digest, number, system_id, release_id, environment_id, bundle_digest, emergency, incident, valid_until, state, invoked_by, invoked_at, used_at)
    select p.tenant_id, gen_random_uuid(), 2, p.digest, 'BG-' || p.number, p.system_id, p.release_id, p.environment_id, p.digest, 'OUTAGE', 'It fails.', at + interval '9 hours', 'USED', p.requested_by, at, at + interval '1 hour'
    from promotions p, lateral (select now() - make_interval(days => right(p.number, 1)::int) as at) as began where p.number like 'PSYS%'`);
}

/** What the triggers would have done. */
async function fillIndexes(client: pg.Client): Promise<void> {
  await client.query('insert into risk_terms (tenant_id, term, risk_id) select tenant_id, term, id from risks, terms_of_risk(taxonomy, assessments) as term on conflict do nothing');
  await client.query("insert into system_flags (tenant_id, flag, system_id) select tenant_id, flag, id from ai_systems, jsonb_array_elements_text(coalesce(tier_assessments -> -1 -> 'flags', '[]')) as flag on conflict do nothing");
  await client.query('insert into system_phases (tenant_id, system_id, phase_rank) select tenant_id, id, get_byte(uuid_send(id), 15) % 7 from ai_systems on conflict do nothing');
}

// What the walls between organizations are tried with: the columns in which nothing can be planted, and statements that the application must not run.

const CODES = 'codes of a closed list';

/** By "schema.table.column", with the reason. Whatever is listed carries nothing; a test sees to it. */
export const CARRY_NONE: Readonly<Record<string, string>> = {
  ...listed(CODES, `audit.entry.object_type identity.tenants.state public.ai_systems.autonomy public.ai_systems.state public.api_keys.state public.baselines.state public.break_glasses.emergency public.break_glasses.state
    public.challenges.meaning public.conditions.effect public.conditions.lanes public.conditions.state public.counters.prefix public.delegations.lanes public.delegations.state public.environments.kind public.evidence.source
    public.evidence.state public.evidence.type public.findings.severity public.findings.source public.findings.state public.gate_decision_reasons.code public.gate_decisions.identity_freshness public.grants.action public.impact_assessments.kind public.impact_assessments.state
    public.law_date_confirmations.state public.mitigations.effect public.mitigations.required_from public.mitigations.state public.principals.function public.principals.kind public.promotion_comments.lane public.promotion_reviews.lane public.promotion_reviews.level public.promotion_reviews.state
    public.policies.state public.promotions.lanes public.promotions.state public.releases.state public.risk_acceptances.state public.risk_criteria.acceptance_days public.risk_criteria.appetite public.risk_criteria.authority public.risk_criteria.floors
    public.risk_criteria.matrix public.risk_criteria.review_days public.risk_criteria.tolerance public.risks.state public.sign_offs.choice public.sign_offs.meaning public.suspensions.cause public.suspensions.state public.system_flags.flag
    public.trust_rules.state public.trusted_issuers.algorithms public.trusted_issuers.kind public.trusted_issuers.state public.waivers.lane public.waivers.requirement public.waivers.state`),
  ...listed('the product’s own text, which is public', 'public.policy_editions.policy_id public.policy_editions.label public.policy_editions.title public.policy_editions.document public.policy_editions.document_digest public.policy_editions.replaces'),
  ...listed('a day of the calendar', 'public.law_date_confirmations.day'),
  ...listed('the name of the built-in issuer: with another one nobody could sign in', 'public.profiles.issuer'),
};

function listed(reason: string, columns: string): Record<string, string> {
  return Object.fromEntries(columns.split(/\s+/).map((column) => [column, reason]));
}

export interface Forbidden {
  /** `:tenant` and `:key` stand for the other organization and a key of it. */
  readonly sql: string;
  /** How PostgreSQL refuses it: 42501 no right or the wall of its policies, 23503 no such row here. */
  readonly code: '42501' | '23503';
}

/** As the application, with its own organization pinned: no statement gets around the log, the walls or the role. */
export const FORBIDDEN: Readonly<Record<string, Forbidden>> = {
  'change the log': denied("update audit.entry set object_type = 'x'"),
  'delete from the log': denied('delete from audit.entry'),
  'empty the log': denied('truncate audit.entry'),
  'write into the log past its function': denied("insert into audit.entry (log_id, seq, entry, leaf, at, object_type, object_id) select log_id, 0, 'x', sha256('\\x0078'), now(), 'Risk', log_id from audit.log"),
  'set back the size of the log': denied('update audit.head set size = 0'),
  'open another log': denied("select audit.open_log(:tenant, 'x')"),
  'lower the epoch': denied('update gate.epochs set changed_seq = -1'),
  'raise an epoch by hand': denied('select gate.raise_epoch(:tenant)'),
  'become the owner': denied('set role countersign_owner'),
  'become the role of the log': denied('set role countersign_audit'),
  'become a superuser': denied('alter role countersign_app superuser'),
  'put triggers to sleep on a table': denied('alter table risks disable trigger all'),
  'put all triggers to sleep': denied("set session_replication_role = 'replica'"),
  'take off the wall of a table': denied('alter table risks disable row level security'),
  'take the force off the wall': denied('alter table risks no force row level security'),
  'open a hole in the wall': denied('create policy open on risks using (true)'),
  'read around the wall': denied('set local row_security = off; select from risks'),
  'make a function': denied("create function public.f() returns int language sql as 'select 1'"),
  'make a table': denied('create table public.t (id int)'),
  'make a table for the session': denied('create temp table t (id int)'),
  'run a program': denied("copy (select 1) to program 'true'"),
  'read a file of the server': denied("select pg_read_file('PG_VERSION')"),
  'read passwords': denied('select rolpassword from pg_authid'),
  'delete a governed record': denied('delete from risks'),
  'empty a table': denied('truncate risks'),
  'make an organization': denied("select identity.create_tenant(gen_random_uuid(), 'x', 'x')"),
  'rename an organization': denied("update identity.tenants set name = 'x'"),
  'insert for another organization': denied("insert into counters (tenant_id, prefix, last) values (:tenant, 'X', 1)"),
  'move a row into another organization': denied("update counters set tenant_id = :tenant where prefix = 'R'"),
  'refer to a row of another organization': { sql: 'insert into api_key_uses (key_id, used_at) values (:key, now())', code: '23503' },
};

function denied(sql: string): Forbidden {
  return { sql, code: '42501' };
}

// An organization of its own for each sequence, on one application: a copy of one that was made through the services, with nothing of an
// earlier sequence in it.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { seedOrganization } from '../../../src/cli/example.js';
import { contextOf } from '../../../src/cli/organization.js';
import { plusDays } from '../../../src/domain/clock.js';
import { sha256 } from '../../../src/domain/digest.js';
import { EvidenceService } from '../../../src/evidence/evidence.service.js';
import { UnitOfWork } from '../../../src/platform/unit-of-work.js';
import { ShippedEditions } from '../../../src/policies/shipped-editions.js';
import { RisksService } from '../../../src/risks/risks.service.js';
import { ReleasesService } from '../../../src/systems/releases.service.js';
import { SystemsService } from '../../../src/systems/systems.service.js';
import type { Register } from '../register.js';
import { readRows, type Real } from './act.js';
import { beginning, PART_NAMES, type Model } from './state.js';

/** Makes the organization once, and as many copies of it as there are sequences. */
export async function organizations({ app, database }: Register, log: pg.Client): Promise<() => Promise<{ model: Model; real: Real }>> {
  const people = await seedOrganization(app, { ownerUrl: database.ownerUrl, origin: 'test/countersign' });
  const original = realOf(app, log, (who) => people(who), people('ada').tenantId);
  await begin(original);
  // Otherwise the first decision in each copy writes it down.
  await app.get(UnitOfWork).write(original.as('pipeline'), 'gate.check', async (tx) => app.get(ShippedEditions).note(tx));
  const begun = Number((await original.rows()).get('LOG'));
  await log.query(COPY);
  return async () => {
    const tenantId = randomUUID();
    await log.query('select pg_temp.copy_organization($1, $2)', [original.tenantId, tenantId]);
    return { model: beginning(begun), real: { ...realOf(app, log, people, tenantId), bundles: [...original.bundles] } };
  };
}

function realOf(app: Register['app'], log: pg.Client, people: (handle: string) => { principalId: string }, tenantId: string): Real {
  return { tenantId, get: (service) => app.get(service), as: (who) => contextOf(tenantId, people(who).principalId, randomUUID()), rows: () => readRows(log, tenantId), bundles: [], challenges: [], grants: [] };
}

/** Every record with its entries, in a transaction that the log accepts like any other; a new organization through the services takes as long as half a sequence. */
const COPY = `
create function pg_temp.copy_organization(p_from uuid, p_to uuid) returns void language plpgsql as $$
declare v_table text; v_columns text;
begin
  perform set_config('app.tenant', p_to::text, true);
  perform identity.create_tenant(p_to, 'A copy', 'test/countersign/' || p_to);
  insert into audit.entry (log_id, seq, entry, leaf, at, object_type, object_id, scope_id)
    select copied.log_id, seq, entry, leaf, at, object_type, object_id, scope_id from audit.entry join audit.log original using (log_id), audit.log copied where original.tenant_id = p_from and copied.tenant_id = p_to;
  update audit.head set (size, frontier, last_at) = (select size, frontier, last_at from audit.head join audit.log using (log_id) where tenant_id = p_from) where log_id = audit.current_log();
  foreach v_table in array array['audit.content', 'counters', 'principals', 'profiles', 'environments', 'risk_criteria', 'ai_systems', 'releases', 'risks', 'evidence', 'policy_editions'] loop
    select string_agg(quote_ident(attname), ', ') into v_columns from pg_attribute where attrelid = v_table::regclass and attnum > 0 and attgenerated = '' and not attisdropped and attname <> 'tenant_id';
    execute format('insert into %s (tenant_id, %s) select $2, %s from %s where tenant_id = $1', v_table, v_columns, v_columns, v_table) using p_from, p_to;
  end loop;
end $$`;

/** What the model begins with: a system with a release, a risk that nobody has assessed, and a report to show. */
async function begin(real: Real): Promise<void> {
  const [systems, releases] = [real.get(SystemsService), real.get(ReleasesService)];
  await releases.createEnvironment(real.as('ada'), { name: 'canary', kind: 'CANARY', previous: null });
  await systems.register(real.as('sam'), {
    name: 'Reply assistant', intendedPurpose: 'Drafts replies to customers.', prohibitedUses: [], owner: 'sam', developers: ['dana'], businessUnit: null, affectedGroups: ['customers'], autonomy: 'RECOMMENDS', jurisdictions: ['EU'],
  });
  await systems.assessTier(real.as('hugo'), { id: 'SYS-1', expectedVersion: 1 }, { tier: 'MINIMAL', euClass: 'MINIMAL', flags: ['SPECIAL_CATEGORY', 'HIGH_RISK_CANDIDATE'], rationale: 'By the questionnaire.' });
  real.bundles.push((await releases.create(real.as('dana'), 'SYS-1', { label: '1', components: PART_NAMES.map((role) => ({ role, name: role.toLowerCase(), digest: sha256(`${role} 1`) })) })).bundleDigest);
  await real.get(RisksService).log(real.as('sam'), 'SYS-1', {
    statement: { source: 'Hidden text in mails', event: 'instructions are followed', consequence: 'harm of kind 0' }, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'sam', release: null,
  }, false);
  const now = new Date().toISOString();
  await real.get(EvidenceService).submit(real.as('sam'), 'SYS-1', { type: 'test_report', title: 'A test', digest: sha256('report'), subjectDigest: null, location: null, collectedAt: now, validUntil: plusDays(now, 30), supersedes: null });
}

// The indexes of reviews and reasons over a register that is older than they are: the migration fills them as the triggers would have.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrate, migrationFiles } from '../../src/platform/migrate.js';
import { ClassificationsService } from '../../src/reviews/classifications.service.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { fillRegister, secondOrganization } from './register.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await fillRegister(app, app.as, '', 'a1');
  await fillRegister(app, await secondOrganization(app), 'other-', 'b2');
});
afterAll(() => app.close());

/** Takes away what the migration made. */
const BEFORE = `
  drop table promotion_reviews, gate_decision_reasons, log_readings cascade;
  drop function index_reviews() cascade; drop function if exists reviews_of(promotions) cascade; drop function index_reasons() cascade;
  alter table promotions drop column claims, drop column due; alter table gate_decisions drop column verdict cascade;
  drop index gate_decisions_in_order, gate_decisions_by_system, gate_decisions_by_release, gate_decisions_by_environment, gate_decisions_by_caller,
    sign_offs_by_end, sign_offs_by_system_and_end, sign_offs_by_person, risk_acceptances_by_end, risk_acceptances_by_system_and_end, promotions_by_state, promotions_by_environment;
  delete from schema_migrations where name = '0005_reviews.sql';`;

const INDEXES = `select 'review' as kind, jsonb_agg(to_jsonb(r) - 'due' order by r.id) as rows from promotion_reviews r
  union all select 'reason', jsonb_agg(to_jsonb(r) order by r.code, r.decision_id) from gate_decision_reasons r`;

test('rows that are there already are found, of every organization', async () => {
  const client = await connectTo(app.database.adminUrl, null);
  const filled = (await client.query<{ kind: string; rows: unknown[] }>(INDEXES)).rows;
  await client.query(BEFORE);

  expect(await migrate(app.database.ownerUrl)).toEqual(['0005_reviews.sql']);

  expect((await client.query(INDEXES)).rows).toEqual(filled);
  expect(filled.map(({ rows }) => rows.length > 2)).toEqual([true, true]);
  expect((await client.query<{ tenants: string }>('select count(distinct tenant_id) as tenants from promotion_reviews')).rows).toEqual([{ tenants: '2' }]);
  expect((await client.query<{ name: string }>("select relname as name from pg_class where relname in ('promotions', 'gate_decisions') and not relforcerowsecurity")).rows).toEqual([]);
  await client.end();
});

test('a request that is older than due dates has none, and no claim; what is kept of it reads back complete', async () => {
  const { data } = await app.graphql<{ promotions: { nodes: unknown[] } }>('axel', '{ promotions { nodes { due reviews { due overdue state } } } reviews(first: 1) { nodes { due } } }');

  expect(data).toMatchObject({ promotions: { nodes: [{ due: null, reviews: expect.arrayContaining([{ due: null, overdue: false, state: 'REQUESTED' }]) }] }, reviews: { nodes: [{ due: null }] } });
  const [promotion] = await app.app.get(PromotionsService).promotions(app.as('sam'), {}, 'NEWEST', { first: 1, after: null }).then((page) => page.nodes);
  const cancelled = await app.app.get(PromotionsService).cancel(app.as('sam'), { id: promotion!.id, expectedVersion: promotion!.version }, 'Later.');
  expect(cancelled).toMatchObject({ state: 'CANCELLED', claims: [], due: null });
});

test('a system that is older than the questionnaire has answered nothing, and is answered for like any other', async () => {
  const client = await connectTo(app.database.adminUrl, null);
  await client.query(`drop trigger index_changed on ai_systems; create trigger index_changed after update on ai_systems for each row when (old.tier_assessments is distinct from new.tier_assessments) execute function index_system();
    alter table ai_systems drop column tiering_answers, drop column profile_changed_at; delete from schema_migrations where name = '0036_tiering.sql'`);

  expect(await migrate(app.database.ownerUrl)).toEqual(['0036_tiering.sql']);

  await client.end();
  const { data } = await app.graphql<{ systems: { nodes: { id: string; version: number }[] } }>('axel', '{ systems(first: 1) { nodes { id version tiering { score { tier } } tieringAnswers { revision } tieringDue { cause } } } }');
  expect(data).toMatchObject({ systems: { nodes: [{ tiering: null, tieringAnswers: [], tieringDue: [] }] } });
  const [system] = data!.systems.nodes;
  const answered = await app.app.get(SystemsService).answer(app.as('sam'), { id: system!.id, expectedVersion: system!.version }, { answers: [], rationale: 'Not known yet.' });
  expect(answered).toMatchObject({ tieringAnswers: [{ answers: {} }], profileChangedAt: null });
});

test('a migration cannot change a governed record, whose every change owes an entry in the log', async () => {
  const changing = { name: '9999_rows.sql', digest: '', sql: "alter table risks no force row level security; update risks set version = version + 1; set constraints all immediate" };

  await expect(migrate(app.database.ownerUrl, () => undefined, [...migrationFiles(), changing])).rejects.toThrow(/^9999_rows\.sql: row of another tenant/);
});

/** As before the record: the derived columns know the assessment alone. */
const BEFORE_RECORDS = `
  alter table ai_systems drop column tier_rank, drop column eu_class; drop trigger index_changed on ai_systems; drop function flags_of_system(jsonb, jsonb), strictness_of_class(text), rank_of_tier(text); alter table ai_systems drop column classifications;
  alter table ai_systems add column tier_rank int not null generated always as (array_position(array['MINIMAL', 'MODERATE', 'HIGH', 'CRITICAL'], coalesce(tier_assessments -> -1 ->> 'tier', 'CRITICAL'))) stored,
    add column eu_class text collate "C" not null generated always as (coalesce(tier_assessments -> -1 ->> 'euClass', 'UNCLASSIFIED')) stored;
  create trigger index_changed after update on ai_systems for each row when (old.tier_assessments is distinct from new.tier_assessments) execute function index_system();
  delete from schema_migrations where name = '0045_classifications.sql';`;

test('a system that is older than signed classifications has none, is found as before, and is classified like any other', async () => {
  const client = await connectTo(app.database.adminUrl, null);
  const derived = async (): Promise<unknown> => (await client.query('select tier_rank, eu_class from ai_systems order by id')).rows;
  const before = await derived();
  await client.query(BEFORE_RECORDS);

  expect(await migrate(app.database.ownerUrl)).toEqual(['0045_classifications.sql']);

  expect(await derived()).toEqual(before);
  const { data } = await app.graphql<{ systems: { nodes: { id: string; version: number }[] } }>('axel', '{ systems(first: 1) { nodes { id version classification { revision } classifications { revision } } } }');
  expect(data).toMatchObject({ systems: { nodes: [{ classification: null, classifications: [] }] } });
  const [system] = data!.systems.nodes;
  await app.app.get(ClassificationsService).classify(app.as('lena'), { id: system!.id, expectedVersion: system!.version }, { euClass: 'HIGH_RISK_ANNEX_I', flags: [{ flag: 'SAFETY_IMPACT', holds: true }], roles: ['PROVIDER'], annexIIIUses: [], derogation: null, rationale: 'A part of a lift.', validUntil: null });
  expect((await client.query('select tier_rank, eu_class, flag from ai_systems s join system_flags f on f.system_id = s.id where s.id = $1', [system!.id])).rows).toEqual([{ tier_rank: 3, eu_class: 'HIGH_RISK_ANNEX_I', flag: 'SAFETY_IMPACT' }]);
  await client.end();
});

// A register that is older than what a tier does not know: its releases have no new data, its answers add no flag, and what comes after them is told of like any other.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from 'pg';
import { sha256 } from '../../src/domain/digest.js';
import { migrate } from '../../src/platform/migrate.js';
import { Acts, type Acted } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { defaultQuestionnaire } from '../support/given.js';
import { connectTo } from '../support/register.js';

let app: TestApp;
let acts: Acts;
let client: Client;
beforeAll(async () => {
  app = await startApp();
  acts = new Acts(app);
  client = await connectTo(app.database.adminUrl, null);
});
afterAll(async () => {
  await client.end();
  await app.close();
});

/** Takes away what the migration made, and what answers did not keep before it. */
const BEFORE = `
  create or replace function index_system() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  begin
    delete from public.system_flags where system_id = new.id;
    insert into public.system_flags (flag, system_id) select flag, new.id from public.flags_of_system(new.tier_assessments, new.classifications) as flag;
    insert into public.system_phases (system_id, phase_rank) values (new.id, 0) on conflict do nothing;
    return null;
  end $$;
  drop trigger index_changed on ai_systems; drop function flags_of_system(jsonb, jsonb, jsonb);
  create trigger index_changed after update on ai_systems for each row when (old.tier_assessments is distinct from new.tier_assessments or old.classifications is distinct from new.classifications) execute function index_system();
  alter table releases drop column data_changed_at, drop column sources_added;
  alter table ai_systems disable trigger user; alter table system_flags disable trigger user;
  update ai_systems set tiering_answers = (select jsonb_agg(answer - 'flags') from jsonb_array_elements(tiering_answers) as answer) where tiering_answers <> '[]';
  delete from system_flags;
  alter table ai_systems enable trigger user; alter table system_flags enable trigger user;
  delete from schema_migrations where name = '0051_what_a_tier_does_not_know.sql';`;

const ANSWERS = defaultQuestionnaire().questions.map(({ id }) => ({ question: id, option: id === 'X3' ? 'c' : 'a' }));
const answer = (system: Acted): Promise<Acted> => acts.change('dana', 'answerTieringQuestionnaire', system, { input: { answers: ANSWERS, rationale: 'It reads names.' } });
const ship = (system: Acted, label: string, ...data: readonly string[]): Promise<Acted> => acts.act('dana', 'createRelease', { system: system.id, input: { label, components: [{ role: 'MODEL', name: 'model', digest: sha256(label) }, ...data.map((name) => ({ role: 'DATASET', name, digest: sha256(name) }))] } });

test('what is there has no new data and no more flags; the next answers and the next release have', async () => {
  const registered = await acts.act('sam', 'registerSystem', { input: { name: 'Case sorting', intendedPurpose: 'Sorts cases by topic.', owner: 'sam', developers: ['dana'], autonomy: 'RECOMMENDS' } });
  const judged = await acts.change('hugo', 'assessTier', registered, { input: { tier: 'MODERATE', euClass: 'LIMITED', flags: [], rationale: 'As it looks.' } });
  const answered = await answer(judged);
  await ship(registered, '1', 'cases');
  const newData = async (): Promise<unknown[]> => (await client.query<object>('select label, data_changed_at is null as same, sources_added from releases order by id')).rows;
  const flags = async (): Promise<unknown[]> => (await client.query<object>('select flag from system_flags')).rows;
  const told = (): Promise<unknown> => acts.read('hugo', 'system', { id: registered.id }, 'flags tieringDue { cause }');
  await client.query(BEFORE);

  expect(await migrate(app.database.ownerUrl)).toEqual(['0051_what_a_tier_does_not_know.sql']);

  expect([await newData(), await flags()]).toEqual([[{ label: '1', same: true, sources_added: [] }], []]);
  expect(await told()).toMatchObject({ flags: [], tieringDue: [{ cause: 'ANSWERS_NEWER' }] });
  await ship(registered, '2', 'cases', 'web');
  expect(await newData()).toEqual([{ label: '1', same: true, sources_added: [] }, { label: '2', same: false, sources_added: [{ name: 'web', at: expect.any(String) }] }]);
  await answer(answered);
  expect(await flags()).toEqual([{ flag: 'PERSONAL_DATA' }]);
  expect(await told()).toMatchObject({ flags: ['PERSONAL_DATA'], tieringDue: [{ cause: 'ANSWERS_NEWER' }, { cause: 'NEW_DATA' }] });
});

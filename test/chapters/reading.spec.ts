// What lists are narrowed and sorted by follows every change of a record, says what the rules say, and is made for records of earlier versions too.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Risk, RiskAssessment } from '../../src/domain/risk.js';
import { reviewedAt } from '../../src/domain/risk-review.js';
import { rankOf, type Estimate, type Rating } from '../../src/domain/scoring.js';
import { GateService } from '../../src/gate/gate.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { migrate, migrationFiles } from '../../src/platform/migrate.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { RisksQueries } from '../../src/risks/risks.queries.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { fillRegister, riskInput, type Register } from './register.js';

let app: TestApp;
let register: Register;

beforeAll(async () => {
  app = await startApp();
  register = await fillRegister(app, app.as, '', 'a1');
});
afterAll(() => app.close());

const estimate = (likelihood: number, ...classes: Estimate['consequences'][number]['class'][]): Estimate => ({ likelihood, consequences: classes.map((name, i) => ({ class: name, value: 5 - i })) });
const assess = (risk: Risk, ...classes: Estimate['consequences'][number]['class'][]): Promise<Risk> => app.app.get(RisksService).assess(app.as('rita'), { id: risk.id, expectedVersion: risk.version }, {
  inherent: estimate(5, ...classes), current: estimate(2, ...classes), target: null, rationale: 'Seen.', strengthOfKnowledge: 'WEAK',
});

async function numbers(filter: string): Promise<string[]> {
  const { data } = await app.graphql<{ risks: { nodes: { number: string }[] } }>('axel', `{ risks(filter: { ${filter} }) { nodes { number } } }`);
  return data!.risks.nodes.map(({ number }) => number);
}

test('what a risk is filed under follows its taxonomy and its latest estimate', async () => {
  const risks = app.app.get(RisksService);
  const logged = await risks.log(app.as('sam'), register.ids.system, riskInput('sam', { taxonomy: ['owasp-llm@2025#LLM03', 'owasp-llm@2025#LLM04'] }), false);
  const found = async (): Promise<boolean[]> => {
    const lists = await Promise.all(['category: "owasp-llm@2025"', 'category: "owasp-llm@2025#LLM03"', 'category: "nist-ai-rmf@1.0"', 'classes: [SAFETY]', 'classes: [LEGAL]'].map((filter) => numbers(filter)));
    return lists.map((list) => list.includes(logged.number));
  };

  expect(await found()).toEqual([true, true, false, false, false]);
  const edited = await risks.edit(app.as('sam'), { id: logged.id, expectedVersion: 1 }, { taxonomy: ['owasp-llm@2025#LLM04', 'nist-ai-rmf@1.0#MEASURE-2.7'] });
  expect(await found()).toEqual([true, false, true, false, false]);
  const assessed = await assess(edited, 'SAFETY', 'FINANCIAL');
  expect(await found()).toEqual([true, false, true, true, false]);
  await assess(assessed, 'LEGAL');
  expect(await found()).toEqual([true, false, true, false, true]);
});

test('the stored keys of every risk are what the rules say of it, whatever was done to it', async () => {
  const risks = app.app.get(RisksService);
  const at = (risk: Risk): { id: string; expectedVersion: number } => ({ id: risk.id, expectedVersion: risk.version });
  const confirmed = await app.app.get(RisksQueries).risk(app.as('axel'), register.ids.risk);
  const reopened = await risks.turn(app.as('hugo'), at(confirmed), 'reopen', 'Look again.');
  await assess(reopened, 'SAFETY', 'LEGAL');
  await risks.log(app.as('sam'), register.ids.system, riskInput('sam'), true);
  const all = (await app.app.get(RisksQueries).risks(app.as('axel'), { first: 100, after: null }, { system: null, filter: {}, sort: 'OLDEST' })).nodes;
  const client = await connectTo(app.database.appUrl, app.as('axel').tenantId);
  const { rows } = await client.query('select id, level_rank, inherent_rank, current_likelihood, current_consequence, inherent_likelihood, inherent_consequence, reviewed_at from risks order by id');
  await client.end();

  expect(new Set(all.map(({ state }) => state)).size).toBeGreaterThanOrEqual(3);
  expect(rows).toEqual(all.map((risk) => ({ id: risk.id, ...keysOf(risk.assessments.at(-1)), reviewed_at: reviewedAt(risk) })));
});

/** What the rules say about the latest assessment. */
function keysOf(latest: RiskAssessment | undefined): Readonly<Record<string, number | null>> {
  const likelihood = (rating: Rating | undefined): number | null => rating?.likelihood ?? null;
  const consequence = (rating: Rating | undefined): number | null => (rating === undefined ? null : Math.max(...rating.consequences.map(({ value }) => value)));
  const rank = (rating: Rating | undefined): number => rankOf(rating?.level ?? null);
  return {
    level_rank: rank(latest?.current), inherent_rank: rank(latest?.inherent), current_likelihood: likelihood(latest?.current), current_consequence: consequence(latest?.current),
    inherent_likelihood: likelihood(latest?.inherent), inherent_consequence: consequence(latest?.inherent),
  };
}

test('the phase of a system rises with a deployment nearer to real use, and does not fall with one further away', async () => {
  const phase = async (): Promise<unknown> => (await app.graphql('axel', 'query ($id: ID!) { system(id: $id) { phase } }', { id: register.ids.system })).data;
  const { bundleDigest, grant: pilotGrant } = register.ids;
  const deploy = (environment: string, grant: string): Promise<unknown> => app.app.get(DeploymentsService).report(app.as('pipeline'), { grant, bundleDigest, environment });

  expect(await phase()).toEqual({ system: { phase: 'DEVELOPMENT' } });
  await deploy('pilot', pilotGrant);
  expect(await phase()).toEqual({ system: { phase: 'PILOT' } });
  const { grant } = await app.app.get(GateService).authorize(app.as('pipeline'), { target: { kind: 'BUNDLE', bundleDigest }, system: null, environment: 'dev', action: 'promote' });
  await deploy('dev', grant?.id ?? '');
  expect(await phase()).toEqual({ system: { phase: 'PILOT' } });
});

describe('the migration', () => {
  const url = process.env['COUNTERSIGN_TEST_DATABASE'] ?? '';
  const name = `test_${randomBytes(6).toString('hex')}`;
  const [tenant, system, risk] = ['0180', '0181', '0182'].map((prefix) => `${prefix}0000-0000-7000-8000-000000000001`) as [string, string, string];

  async function as(role: string, database: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
    const client = new pg.Client({ connectionString: url.replace('postgres@', `${role}@`).replace('/postgres?', `/${database}?`) });
    await client.connect();
    await work(client).finally(() => client.end());
  }

  beforeAll(() => as('postgres', 'postgres', (client) => client.query(`create database ${name} owner countersign_owner`)));
  afterAll(() => as('postgres', 'postgres', (client) => client.query(`drop database ${name} with (force)`)));

  test('makes the keys of the records that are there already', async () => {
    await as('countersign_owner', name, async (client) => {
      await client.query('create table public.schema_migrations (name text primary key, digest text not null, at timestamptz not null default now())');
      for (const file of migrationFiles().slice(0, 2)) await client.query(`${file.sql}; insert into public.schema_migrations (name, digest) values ('${file.name}', '${file.digest}')`);
      await client.query('select identity.create_tenant($1, $2, $3)', [tenant, 'Before', 'before']);
    });
    await as('postgres', name, async (client) => {
      for (const table of ['ai_systems', 'risks']) await client.query(`alter table ${table} disable trigger all`);
      await client.query(`insert into ai_systems (tenant_id, id, version, digest, number, name, intended_purpose, prohibited_uses, owner_id, developer_ids, affected_groups, autonomy, jurisdictions, state, tier_assessments, authored_by, last_edited_by, editors)
        values ($1, $2, 1, 'd', 'SYS-1', 'Letters', 'p', '[]', $2, '[]', '[]', 'ASSISTS', '[]', 'ACTIVE', '[{"tier": "HIGH", "euClass": "LIMITED", "flags": ["AGENTIC"]}]', $2, $2, '[]')`, [tenant, system]);
      await client.query(`insert into risks (tenant_id, id, version, digest, number, system_id, statement, affected_parties, taxonomy, owner_id, state, assessments, authored_by, last_edited_by, editors, logged_at)
        values ($1, $2, 1, 'd', 'R-1', $3, '{"source": "a", "event": "b", "consequence": "c"}', '[]', '["mit@1#a"]', $3, 'ASSESSED',
          '[{"current": {"level": "LOW", "likelihood": 1, "consequences": [{"class": "LEGAL", "value": 4}]}, "inherent": {"level": "HIGH", "likelihood": 4, "consequences": [{"class": "LEGAL", "value": 4}]}, "at": "2026-01-01T00:00:00.000Z"}]', $3, $3, '[]', now())`, [tenant, risk, system]);
      for (const table of ['ai_systems', 'risks']) await client.query(`alter table ${table} enable trigger all`);
    });

    expect(await migrate(url.replace('postgres@', 'countersign_owner@').replace('/postgres?', `/${name}?`))).toContain('0004_reading.sql');
    await as('postgres', name, async (client) => {
      expect((await client.query('select level_rank, reviewed_at from risks')).rows).toEqual([{ level_rank: 2, reviewed_at: '2026-01-01T00:00:00.000Z' }]);
      expect((await client.query("select tenant_id, string_agg(term, ' ' order by term) as terms from risk_terms group by 1")).rows).toEqual([{ tenant_id: tenant, terms: 'LEGAL mit@1 mit@1#a' }]);
      expect((await client.query('select tier_rank, eu_class, flag, phase_rank from ai_systems s join system_flags f on f.system_id = s.id join system_phases p on p.system_id = s.id')).rows).toEqual([{ tier_rank: 3, eu_class: 'LIMITED', flag: 'AGENTIC', phase_rank: 0 }]);
    });
  });
});

// The example organization, as somebody finds it who starts the server for the first time: a low-risk system that has passed almost untouched,
// one that waits, and one that does not pass, with everything that a working day holds.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedSystems } from '../src/cli/example.js';
import { plusDays } from '../src/domain/clock.js';
import { LEVELS } from '../src/domain/scoring.js';
import { startApp, type TestApp } from './support/app.js';
import { PROJECT } from './support/command-line.js';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  await seedSystems(app.app, app.as, PROJECT);
});

afterAll(() => app.close());

async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const { data, errors } = await app.graphql<Record<string, unknown>>('axel', query, variables);
  expect(errors).toBeUndefined();
  return data;
}

describe('the example', () => {
  test('has systems of three tiers, of which the least runs in production', async () => {
    expect(await ask('{ systems { nodes { number tier phase } } }')).toEqual({ systems: { nodes: [
      { number: 'SYS-1', tier: 'MODERATE', phase: 'PROPOSED' }, { number: 'SYS-2', tier: 'MINIMAL', phase: 'PRODUCTION' }, { number: 'SYS-3', tier: 'HIGH', phase: 'PROPOSED' },
    ] } });
  });

  test('let the least one through with at most five acts of people after its registration', async () => {
    const data = await ask('{ system(id: "SYS-2") { promotions { nodes { state } } signOffs { nodes { choice } } } }') as { system: { promotions: { nodes: unknown[] }; signOffs: { nodes: unknown[] } } };

    expect(data.system.promotions.nodes).toEqual([{ state: 'PROMOTED' }, { state: 'PROMOTED' }]);
    expect(data.system.promotions.nodes.length + data.system.signOffs.nodes.length).toBeLessThanOrEqual(5);
  });

  test('has risks of every level, one accepted for a short time and one that nobody handed in', async () => {
    const data = await ask('{ risks(system: "SYS-3", sort: LEVEL) { nodes { state current { level } acceptances { nodes { outcome } } } } }') as { risks: { nodes: { state: string; current: { level: string } | null; acceptances: { nodes: unknown[] } }[] } };
    const { nodes } = data.risks;

    expect(nodes.map((risk) => risk.current?.level ?? null)).toEqual([...[...LEVELS].reverse(), null]);
    expect(nodes.map((risk) => risk.state)).toEqual(['ASSESSED', 'ACCEPTED', 'MONITORED', 'MONITORED', 'MONITORED', 'DRAFT']);
    expect(nodes[1]?.acceptances.nodes).toEqual([{ outcome: 'GRANTED' }]);
  });

  test('has a late mitigation, an acceptance and evidence that end within a month', async () => {
    expect(await ask('query ($soon: DateTime!) { acceptances(filter: { live: true, expiresBefore: $soon }) { nodes { level } } evidenceList(filter: { live: true, expiresBefore: $soon }) { nodes { type } } }', { soon: plusDays(new Date().toISOString(), 30) }))
      .toEqual({ acceptances: { nodes: [{ level: 'HIGH' }] }, evidenceList: { nodes: [{ type: 'monitoring_test' }] } });

    const late = await ask('query ($then: DateTime!) { mitigations(sort: DUE, filter: { states: [PROPOSED] }) { nodes { number due requiredFrom } } acceptances(filter: { expiresBefore: $then }) { nodes { number } } }', { then: new Date().toISOString() }) as { mitigations: { nodes: { due: string; requiredFrom: string }[] } };
    expect(late.mitigations.nodes).toHaveLength(1);
    // Two seconds after it was proposed: late for anybody who looks, without a test that waits.
    expect(Date.parse(late.mitigations.nodes[0]!.due)).toBeLessThan(Date.now() + 2000);
  });

  test('has a promotion that validation has rejected, and a gate that says why', async () => {
    const { data } = await app.graphql<{ release: { promotions: { nodes: { gate: { verdict: string; reasons: { code: string }[] } }[] } } }>('axel', '{ release(id: "REL-3") { promotions { nodes { gate { verdict reasons { code } } } } } }');
    const gate = data?.release.promotions.nodes[0]?.gate;

    expect(gate?.verdict).toBe('DENY');
    expect([...new Set(gate?.reasons.map(({ code }) => code))].sort()).toEqual(expect.arrayContaining(['FINDING_OPEN', 'MITIGATION_UNVERIFIED', 'REVIEW_REJECTED', 'RISK_UNCONFIRMED']));
  });
});

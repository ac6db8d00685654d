// Very many refusals of what runs, in a place where very much was deployed: auditors get the list before a statement is ended for its length.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GateService } from '../../src/gate/gate.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { OversightQueries } from '../../src/reporting/oversight.queries.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { at, connectTo, givenReady, openRegister, questionAbout, type Register } from '../support/register.js';

const TABLES = ['gate_decisions', 'grants', 'deployments'];
const DEPLOYED = 3_000;
/** Seven refusals after each deployment. */
const PER_DEPLOYMENT = 7;

let register: Register;
let system: string;
let refused: string;
beforeAll(async () => {
  register = await openRegister();
  const { system: { id }, release, signOff } = await givenReady(register);
  system = id;
  const gate = register.app.get(GateService);
  const { grant } = await gate.authorize(register.as('pipeline'), questionAbout(release));
  const deployment = await register.app.get(DeploymentsService).report(register.as('pipeline'), { grant: grant!.id, bundleDigest: release.bundleDigest, environment: 'pilot' });
  await register.app.get(SignOffsService).withdraw(register.as('sam'), at(signOff), 'It was a mistake.');
  refused = (await gate.check(register.as('pipeline'), { ...questionAbout(release), action: 'run' })).id ?? '';
  await copied(deployment.id, refused);
});
afterAll(() => register.close());

/** The deployment each minute of the two days before, and the refusal from the second after it on: past the door and its log, which would take hours. */
async function copied(deployment: string, decision: string): Promise<void> {
  const client = await connectTo(register.database.adminUrl, register.tenantId);
  try {
    for (const table of TABLES) await client.query(`alter table ${table} disable trigger all`);
    const minute = "date_trunc('minute', d.started_at) - make_interval(mins => i)";
    await client.query(`
      insert into grants (tenant_id, id, version, digest, decision_id, system_id, release_id, environment_id, bundle_digest, issued_to, issued_at, expires_at, redeemed_at)
      select d.tenant_id, md5('grant' || i)::uuid, 2, d.digest, md5('permit' || i)::uuid, d.system_id, d.release_id, d.environment_id, d.bundle_digest, d.reported_by, ${minute}, ${minute}, ${minute} from deployments d, generate_series(1, $2::int) as i where d.id = $1`, [deployment, DEPLOYED]);
    await client.query(`
      insert into deployments (tenant_id, id, version, digest, number, system_id, release_id, environment_id, bundle_digest, grant_id, reported_by, started_at)
      select d.tenant_id, md5('deployment' || i)::uuid, 1, d.digest, 'D-before-' || i, d.system_id, d.release_id, d.environment_id, d.bundle_digest, md5('grant' || i)::uuid, d.reported_by, ${minute} from deployments d, generate_series(1, $2::int) as i where d.id = $1`, [deployment, DEPLOYED]);
    await client.query(`
      insert into gate_decisions (tenant_id, id, version, digest, question, question_hash, caller_id, system_id, release_id, environment_id, decision, facts_digest, epochs, decided_at)
      select g.tenant_id, gen_random_uuid(), 1, g.digest, g.question, g.question_hash, g.caller_id, g.system_id, g.release_id, g.environment_id, g.decision, g.facts_digest, g.epochs, d.started_at + make_interval(secs => 1 + n * 8)
      from gate_decisions g, deployments d, generate_series(0, $2::int - 1) as n where g.id = $1 and d.number like 'D-before-%'`, [decision, PER_DEPLOYMENT]);
    for (const table of TABLES) await client.query(`alter table ${table} enable trigger all`);
    for (const table of TABLES) await client.query(`analyze ${table}`);
  } finally {
    await client.end();
  }
}

test('twenty-one thousand refusals of what came in three thousand times are listed by the first after each', async () => {
  const list = register.app.get(OversightQueries).exceptions(
    register.as('axel'), { from: '2000-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z', ongoing: true }, { system, kinds: ['LAPSED_BUT_RUNNING'] }, { first: 50, after: null },
  );

  await expect(list).resolves.toMatchObject({ hasNextPage: true });
  const [latest, ...before] = (await list).nodes;
  expect([latest?.reference, before.length]).toEqual([refused, 49]);
  expect(before.every(({ happenedAt, endsAt }) => happenedAt.endsWith(':01.000Z') && endsAt !== null)).toBe(true);
});

// What commands lock, and in which order: so that two of them wait for each other and never crosswise, and none decides beside the other.
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type pg from 'pg';
import { stringify } from 'yaml';
import { plusDays } from '../../src/domain/clock.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { holdRecord, until } from '../support/log-lock.js';
import { at, connectTo, givenRelease, givenSystem, openRegister, type Register } from '../support/register.js';

const OWN = stringify({ ...SHIPPED_DOCUMENT, id: 'own', version: '1.0', bindings: [{ environments: ['elsewhere'], priority: 1, mode: 'ENFORCE' }] }, { aliasDuplicateObjects: false });
const CASES = 'cases: [{ name: nobody is bound, why: It is bound to no place that is there., wanted: { verdict: DENY, includes: [BLOCK GATE NO_POLICY] } }]';

let register: Register;
let watching: pg.Client;
beforeAll(async () => {
  register = await openRegister({ poolSize: 10 });
  watching = await connectTo(register.database.appUrl, register.tenantId);
});
afterAll(async () => {
  await watching.end();
  await register.close();
});
afterEach(() => { jest.restoreAllMocks(); });

/** So many transactions of this database wait for a lock, whoever has it. */
async function waiting(count: number): Promise<boolean> {
  const { rows } = await watching.query<{ n: number }>("select count(distinct pid)::int as n from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()");
  return (rows[0]?.n ?? 0) >= count;
}

test('two who take over the same releases in opposite orders lock them in one', async () => {
  const system = await givenSystem(register);
  const releases = [await givenRelease(register, system.id), await givenRelease(register, system.id)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const [lower, higher] = [releases[0]!, releases[1]!];
  const held = await holdRecord(register, 'releases', lower.id);
  const proposed = [[lower, higher], [higher, lower]].map((order, nth) => register.app.get(BaselinesService).propose(register.as('sam'), {
    system: system.id, environment: ['pilot', 'production'][nth]!, bundleDigests: order.map(({ bundleDigest }) => bundleDigest), until: plusDays(new Date().toISOString(), 30), reason: 'It runs since before the register.',
  }));
  await until(() => waiting(2));

  const { rows: free } = await watching.query('select id from releases where id = $1 for no key update skip locked', [higher.id]);
  await held.release();

  expect(free).toEqual([{ id: higher.id }]);
  expect((await Promise.all(proposed)).map((made) => made.map(({ releaseId }) => releaseId))).toEqual([[lower.id, higher.id], [higher.id, lower.id]]);
});

test('what ships is not handed in beside a policy that comes into force at that moment', async () => {
  const policies = register.app.get(PoliciesService);
  const own = await policies.draft(register.as('rita'), { source: OWN, cases: CASES, note: 'Of our own.' });
  let present = at(await policies.submit(register.as('rita'), at(await policies.test(register.as('rita'), at(own)))));
  for (const handle of ['hugo', 'hanna'] as const) present = at(await policies.approve(register.as(handle), present));
  const work = register.app.get(UnitOfWork);
  const write = work.write.bind(work);
  let activated: Promise<unknown> = Promise.resolve();
  jest.spyOn(work, 'write').mockImplementationOnce(async (...given) => {
    const held = await holdRecord(register, 'policies', own.id);
    activated = policies.activate(register.as('hugo'), present);
    await held.queued(1);
    let told = false;
    const outcome = write(...given).finally(() => { told = true; });
    await Promise.race([outcome.catch(() => undefined), until(async () => told || await waiting(2))]);
    await held.release();
    return outcome;
  });

  const adopted = policies.adopt(register.as('rita'));

  await expect(adopted).rejects.toMatchObject({ code: 'ALREADY_EXISTS', facts: { id: own.number, actual: 'ACTIVE' } });
  expect(await activated).toMatchObject({ state: 'ACTIVE' });
});

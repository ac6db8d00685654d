// A command that is overtaken twice, whatever it is: the third time it has the log, and whoever comes then waits for it.
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ConditionsService } from '../../src/acceptances/conditions.service.js';
import type { Permission } from '../../src/domain/actor.js';
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { Metrics } from '../../src/platform/metrics.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import type { Tx } from '../../src/platform/transaction.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { until } from '../support/log-lock.js';
import { askToSign, at, confirmSign, givenConfirmedRisk, givenReady, givenRelease, givenSystem, openPromotion, openRegister, questionAbout, signOn, type Register } from '../support/register.js';

let register: Register;
beforeAll(async () => { register = await openRegister({ poolSize: 20 }); });
afterAll(() => register.close());
afterEach(() => { jest.restoreAllMocks(); });

interface Scene {
  readonly act: () => Promise<unknown>;
  /** A change of what the command looks at, and of nothing that it has locked. */
  readonly change: () => Promise<unknown>;
  /** What somebody else does who takes a number of the same kind. */
  readonly beside: () => Promise<unknown>;
}

interface Course { readonly attempts: number; readonly done: unknown; readonly waited: Promise<unknown> | null }

/** Lets the first two attempts be overtaken at their end, and somebody else come when the third one holds the log. */
async function play({ act, change, beside }: Scene): Promise<Course> {
  const work = register.app.get(UnitOfWork);
  const write = work.write.bind(work);
  let attempts = 0;
  let waited: Promise<unknown> | null = null;
  const overtaken = async <T>(ctx: RequestContext, permission: Permission, inside: (tx: Tx) => Promise<T>): Promise<T> => write(ctx, permission, async (tx) => {
    attempts = tx.attempt;
    const lockLog = tx.lockLog.bind(tx);
    jest.spyOn(tx, 'lockLog').mockImplementation(async (numbered) => {
      const asked = await presentOf(tx);
      await lockLog(numbered);
      expect(tx.now > asked).toBe(true);
      waited = beside();
      await until(async () => (await tx.query<{ waits: boolean }>('select exists (select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))) as waits'))[0]?.waits === true);
    });
    const result = await inside(tx);
    if (attempts < 3) await change();
    return result;
  });
  jest.spyOn(work, 'write').mockImplementationOnce(overtaken);
  return { done: await act(), attempts, waited };
}

/** The database's time, at which the lock is asked for; a little later it is another one. */
async function presentOf(tx: Tx): Promise<string> {
  const [before] = await tx.query<{ now: string }>(`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`);
  await until(async () => (await tx.query<{ later: boolean }>('select clock_timestamp() >= $1::timestamptz + interval \'1 millisecond\' as later', [before?.now]))[0]?.later === true);
  return before?.now ?? '';
}

const anotherRelease = (systemId: string) => () => givenRelease(register, systemId);

let admitted = 0;
async function anotherPerson(): Promise<unknown> {
  admitted += 1;
  const subject = `newcomer-${String(admitted)}`;
  return register.app.get(PeopleService).admit(register.as('ada'), { kind: 'USER', issuer: BUILT_IN_ISSUER, subject, displayName: 'A newcomer', function: 'product', grants: [] });
}

async function report(): Promise<{ systemId: string; report: () => Promise<unknown> }> {
  const ready = await givenReady(register);
  const { grant } = await register.app.get(GateService).authorize(register.as('pipeline'), questionAbout(ready.release));
  const reported = { grant: grant!.id, bundleDigest: ready.release.bundleDigest, environment: 'pilot' };
  return { systemId: ready.system.id, report: () => register.app.get(DeploymentsService).report(register.as('pipeline'), reported) };
}

async function vote(): Promise<{ systemId: string; confirm: () => Promise<unknown> }> {
  const system = await givenSystem(register);
  const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
  const asked = await askToSign(register, 'sam', [promotion.id], promotion.lanes.map(({ lane }) => lane));
  return { systemId: system.id, confirm: () => confirmSign(register, 'sam', asked) };
}

const SCENES: Readonly<Record<string, () => Promise<Scene>>> = {
  'a question to the gate': async () => {
    const { system, release } = await givenReady(register);
    const other = anotherRelease(system.id);
    return { act: () => register.app.get(GateService).authorize(register.as('pipeline'), questionAbout(release)), change: other, beside: other };
  },
  'the report of a deployment': async () => {
    const [one, other] = [await report(), await report()];
    return { act: one.report, change: anotherRelease(one.systemId), beside: other.report };
  },
  'a vote': async () => {
    const [one, other] = [await vote(), await vote()];
    return { act: one.confirm, change: anotherRelease(one.systemId), beside: other.confirm };
  },
  // What is signed is kept by its digest, and so is what a waiver is asked for: here it is the same, and nobody has kept it yet.
  'a vote on what somebody else keeps as well': async () => {
    const system = await givenSystem(register);
    const release = await givenRelease(register, system.id);
    const promotion = await openPromotion(register, release.id);
    await givenConfirmedRisk(register, system.id);
    const asked = await askToSign(register, 'sam', [promotion.id], promotion.lanes.map(({ lane }) => lane));
    const waiver = { release: release.id, environment: 'pilot', requirement: 'R5/RISK', reason: 'To be kept.', compensatingControl: 'A person looks.', validUntil: plusDays(new Date().toISOString(), 5) };
    return { act: () => confirmSign(register, 'sam', asked), change: anotherRelease(system.id), beside: () => register.app.get(WaiversService).request(register.as('sam'), waiver) };
  },
  'the confirmation of a condition': async () => {
    const system = await givenSystem(register, { tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III' });
    const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id, 'production');
    const today = new Date().toISOString();
    const imposed = await signOn(register, 'kim', await askToSign(register, 'kim', [promotion.id], ['SECURITY']), { owner: 'bea', due: plusDays(today, 10) });
    const records = register.app.get(EvidenceService);
    const submitted = await records.submit(register.as('dana'), system.id, { type: 'test_report', title: 'Load test', digest: sha256('report'), subjectDigest: null, location: null, collectedAt: plusDays(today, -1), validUntil: plusDays(today, 30), supersedes: null });
    const fulfilled = await register.app.get(ConditionsService).fulfil(register.as('bea'), at(imposed), [(await records.verify(register.as('rita'), at(submitted))).id]);
    const other = anotherRelease(system.id);
    return { act: () => register.app.get(ConditionsService).confirm(register.as('kim'), at(fulfilled), 'I read the report.'), change: other, beside: other };
  },
  'the activation of a policy': async () => {
    const policies = register.app.get(PoliciesService);
    const source = JSON.stringify({ ...SHIPPED_DOCUMENT, id: 'overtaken', version: '1.0', bindings: [{ environments: ['nowhere'], priority: 1, mode: 'ENFORCE' }] });
    const cases = 'cases:\n  - { name: nobody is bound, why: It is bound to no place that is there., wanted: { verdict: DENY, includes: [BLOCK GATE NO_POLICY] } }\n';
    let present = at(await policies.draft(register.as('rita'), { source, cases, note: 'To be overtaken.' }));
    present = at(await policies.submit(register.as('rita'), at(await policies.test(register.as('rita'), present))));
    for (const handle of ['hugo', 'hanna']) present = at(await policies.approve(register.as(handle), present));
    return { act: () => policies.activate(register.as('hugo'), present), change: anotherPerson, beside: anotherPerson };
  },
};

describe.each(Object.entries(SCENES))('%s', (_, prepare) => {
  test('is done the third time, and whoever comes meanwhile is done after it', async () => {
    const scene = await prepare();
    const begunAgain = jest.spyOn(register.app.get(Metrics), 'writeRetried');

    const { attempts, done, waited } = await play(scene);

    expect(done).toBeDefined();
    expect(attempts).toBe(3);
    expect(waited).not.toBeNull();
    await expect(waited).resolves.toBeDefined();
    // By nobody else: the two have not stood in each other’s way.
    expect(begunAgain).toHaveBeenCalledTimes(2);
  });
});

// Reading the text of a policy and judging its cases take a while: no transaction is open meanwhile, so nobody waits for a lock of it, least of all for the log.
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Stored } from '../../src/domain/package.js';
import type { PolicyVersion } from '../../src/domain/policy-version.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { at, openRegister, type Register } from '../support/register.js';

let register: Register;
let policies: PoliciesService;
beforeAll(async () => {
  register = await openRegister();
  policies = register.app.get(PoliciesService);
});
afterEach(() => { jest.restoreAllMocks(); });
afterAll(() => register.close());

/** Two hundred conditions, each compiled when the text is read, and cases that are judged by all of them. */
const ROWS = Array.from({ length: 200 }, (_, nth) => ({
  kind: 'CONDITION', id: `C-${String(nth)}`, title: 't', gates: ['PILOT'], condition: `risks.all(r, atLeast("HIGH", r.level) || r.number != "R-${String(nth)}" || evidence.exists(e, e.number == r.number && e.title.contains("${'x'.repeat(80)}")))`,
}));
const CASES = `cases:\n${Array.from({ length: 40 }, (_, nth) => `  - { name: case ${String(nth)}, why: To take a while., given: { environment: pilot }, wanted: { verdict: ALLOW } }`).join('\n')}\n`;
const text = (id: string): string => JSON.stringify({ ...SHIPPED_DOCUMENT, id, version: '1', bindings: [{ environments: [id, 'pilot'], priority: 3, mode: 'ENFORCE' }], requirements: ROWS });

/** How much of this process’s time was spent while a transaction was open, and how much altogether. What others do to the machine does not count. */
async function spent(act: () => Promise<unknown>): Promise<{ inside: number; altogether: number }> {
  const work = register.app.get(UnitOfWork);
  const write = work.write.bind(work);
  let inside = 0;
  jest.spyOn(work, 'write').mockImplementation((ctx, permission, run) => write(ctx, permission, async (tx) => {
    const entered = process.cpuUsage();
    try {
      return await run(tx);
    } finally {
      inside += since(entered);
    }
  }));
  const begun = process.cpuUsage();
  await act();
  return { inside, altogether: since(begun) };
}

function since(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}

describe('texts are read outside the transaction', () => {
  test('of a draft: the document is compiled before it is opened', async () => {
    const { inside, altogether } = await spent(() => policies.draft(register.as('rita'), { source: text('drafted'), cases: CASES, note: 'n' }));

    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThan(altogether / 2);
  });

  test('of a test: the cases are judged before it is opened', async () => {
    const drafted: Stored<PolicyVersion> = await policies.draft(register.as('rita'), { source: text('tested'), cases: CASES, note: 'n' });
    const { inside, altogether } = await spent(() => policies.test(register.as('rita'), at(drafted)));

    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThan(altogether / 2);
  });

  test('of the policy that ships beside the shipped one', async () => {
    const { inside, altogether } = await spent(() => policies.adopt(register.as('hugo')));

    expect(inside).toBeGreaterThan(0);
    expect(inside).toBeLessThan(altogether / 2);
  });
});

// The cases of a draft on a real PostgreSQL: kept with it, judged by it, and what it takes to be submitted.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Stored } from '../../src/domain/package.js';
import type { PolicyVersion } from '../../src/domain/policy-version.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { refusal } from '../support/given.js';
import { at, openRegister, type Register } from '../support/register.js';

const PASSES = 'cases:\n  - { name: all is well, why: It is., wanted: { verdict: ALLOW } }\n';
const FAILS = `${PASSES}  - { name: the moon is signed, why: It is not., given: { environment: moon }, wanted: { verdict: ALLOW } }\n`;

describe('the cases of a draft', () => {
  let register: Register;
  let service: PoliciesService;
  let drafted = 0;
  beforeAll(async () => {
    register = await openRegister();
    service = register.app.get(PoliciesService);
  });
  afterAll(() => register.close());

  const draft = (cases: string): Promise<Stored<PolicyVersion>> => {
    drafted += 1;
    return service.draft(register.as('rita'), { source: JSON.stringify({ ...SHIPPED_DOCUMENT, version: `2.0.${String(drafted)}` }), cases, note: 'To try it.' });
  };

  test('are refused with their place when they are none', async () => {
    await expect(draft('cases:\n  - name: nothing\n')).rejects.toThrow(refusal('POLICY_INVALID', { field: 'cases', line: 2, column: 5 }));
  });

  test('that fail are named, and nothing is submitted on them', async () => {
    const policy = await draft(FAILS);

    await expect(service.test(register.as('rita'), at(policy))).rejects.toThrow(refusal('POLICY_CASES_FAILED', { id: policy.number, message: expect.stringContaining('1 of 2 cases fail: the moon is signed') as unknown as string }));
    await expect(service.submit(register.as('rita'), at(policy))).rejects.toThrow(refusal('INVALID_TRANSITION', { state: 'DRAFT' }));
  });

  test('are needed: a policy without any is not tested', async () => {
    await expect(service.test(register.as('rita'), at(await draft('')))).rejects.toThrow(refusal('INVALID_INPUT', { field: 'cases' }));
  });

  test('that pass are counted, and the draft may be submitted', async () => {
    const tested = await service.test(register.as('rita'), at(await draft(PASSES)));

    expect(tested).toMatchObject({ state: 'TESTED', tested: { cases: 1 } });
    expect(await service.submit(register.as('rita'), at(tested))).toMatchObject({ state: 'IN_REVIEW' });
  });
});

// Editions of the shipped policy: what an older product decided is made again by what it was decided by, and an upgrade that changes the policy is a change that auditors see.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ChangesService } from '../../src/audit/changes.service.js';
import { canonicalJson, digestOf } from '../../src/domain/digest.js';
import type { GateAction, GateQuestion } from '../../src/domain/gate-question.js';
import type { GatePolicy } from '../../src/domain/policy.js';
import type { PolicyDocument } from '../../src/domain/policy-version.js';
import type { Answer } from '../../src/gate/answer.js';
import { unpack } from '../../src/gate/dossier.js';
import { GateService } from '../../src/gate/gate.service.js';
import { replayFrom, ReplayService } from '../../src/gate/replay.service.js';
import { Metrics } from '../../src/platform/metrics.js';
import type { Tx } from '../../src/platform/transaction.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { completeRow } from '../../src/policies/policy-document.js';
import { PoliciesQueries } from '../../src/policies/policies.queries.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { ShippedEditions } from '../../src/policies/shipped-editions.js';
import { policyOf, SHIPPED, SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { OversightQueries } from '../../src/reporting/oversight.queries.js';
import { at, connectTo, givenReady, openRegister, questionAbout, type Register } from '../support/register.js';

/** It asks for something that the one of today does not. */
const OLDER: PolicyDocument = {
  ...SHIPPED_DOCUMENT, version: '0.9.0', title: 'The baseline of the year before',
  requirements: [completeRow({ id: 'OLD-1', kind: 'CONDITION', title: 'Nothing but what is critical', gates: ['PILOT'], condition: 'system.tier == "CRITICAL"', basis: [] } as never)],
};
const OLD_REASON = 'R8/OLD-1';
const PAGE = { first: 50, after: null };
const EVER = { from: '2000-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z', ongoing: true };

class Carrying extends ShippedEditions {
  constructor(private readonly carried: GatePolicy) { super(); }

  override get current(): GatePolicy { return this.carried; }
}

let register: Register;
const open = async (): Promise<void> => { register = await openRegister(); };
const close = (): Promise<void> => register.close();

/** A server of a product that carries this edition, beside the others on the same database. */
function serverCarrying(edition: GatePolicy): GateService {
  return new GateService(register.app.get(UnitOfWork), new Carrying(edition), register.app.get(Metrics));
}

/** Where what is written down is known, nothing is. */
function nothingToWrite(error: Error): void {
  if (!error.message.includes('wrote no event')) throw error;
}

/** The same transaction, so many seconds later. */
function later(tx: Tx, seconds: number): Tx {
  const now = new Date(Date.parse(tx.now) + seconds * 1000).toISOString();
  return new Proxy(tx, { get: (whole, name) => { const value: unknown = name === 'now' ? now : Reflect.get(whole, name, whole); return typeof value === 'function' ? value.bind(whole) as unknown : value; } });
}

const requirements = ({ decision }: Answer): string[] => decision.reasons.map(({ requirement }) => requirement);
const editions = async (): Promise<string[]> => (await register.app.get(PoliciesQueries).editions(register.as('rita'), PAGE)).nodes.map(({ number, label }) => `${number} ${label}`);
const changes = async (): Promise<string[]> => (await register.app.get(OversightQueries).exceptions(register.as('axel'), EVER, { kinds: ['POLICY_CHANGE'] }, PAGE)).nodes.map(({ reference, endsAt }) => `${reference} ${endsAt === null ? 'in force' : 'ended'}`);
const entries = async (): Promise<unknown[]> => (await register.app.get(ChangesService).changes(register.as('axel'), { types: ['PolicyEdition'], systemId: null }, { first: 100, after: 0 })).nodes.map(({ action }) => action);

/** Decided by the older product, and after the upgrade. */
async function upgraded(): Promise<{ question: GateQuestion; before: Answer[]; after: Answer[] }> {
  const question = questionAbout((await givenReady(register)).release);
  const ask = async (gate: GateService): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (const action of ['promote', 'run', 'rollback'] as const satisfies readonly GateAction[]) answers.push(await gate.check(register.as('pipeline'), { ...question, action }));
    return answers;
  };
  return { question, before: await ask(serverCarrying(policyOf(OLDER))), after: await ask(register.app.get(GateService)) };
}

describe('after an upgrade that changes the shipped policy', () => {
  let decided: Awaited<ReturnType<typeof upgraded>>;
  beforeAll(async () => {
    await open();
    decided = await upgraded();
  });
  afterAll(close);

  test('every decision of before is made again word for word, by the edition of its time', async () => {
    const { before, after } = decided;
    expect([before, after].map((answers) => answers.map(({ decision }) => decision.policy.version))).toEqual([['0.9.0', '0.9.0', '0.9.0'], Array(3).fill(SHIPPED.version)]);
    expect([requirements(before[0]!).includes(OLD_REASON), after[0]!.decision.verdict]).toEqual([true, 'ALLOW']);

    for (const { id, decision } of [...before, ...after]) {
      const { outcome, again } = await register.app.get(ReplayService).replay(register.as('axel'), id!);
      expect([outcome, canonicalJson(again)]).toEqual(['EQUAL', canonicalJson(decision)]);
    }
  });

  test('the dossier of a decision of before makes it again without any server', async () => {
    const { before: [then] } = decided;
    const { dossier } = await register.app.get(ReplayService).dossier(register.as('axel'), then!.id!);

    expect(digestOf(dossier.policy)).toBe(then!.decision.policy.digest);
    expect(await replayFrom(unpack(JSON.stringify(dossier)))).toMatchObject({ outcome: 'EQUAL', again: then!.decision });
  });

  test('what would have been answered before it is judged by the edition of before', async () => {
    const { question, before: [then], after: [now] } = decided;
    const asOf = (instant: string): Promise<Answer> => register.app.get(GateService).asOf(register.as('axel'), question, instant);

    expect((await asOf(then!.decidedAt)).decision).toEqual(then!.decision);
    expect((await asOf(now!.decidedAt)).decision).toEqual(now!.decision);
  });

  test('it is an exception that auditors see, with an entry in the log; the first edition is none', async () => {
    expect(await editions()).toEqual([`PE-2 ${SHIPPED.version}`, 'PE-1 0.9.0']);
    expect(await changes()).toEqual(['PE-2 in force']);
    expect(await entries()).toEqual(['policyEdition.recorded', 'policyEdition.recorded']);
  });

  test('an edition is there whole, and never changes', async () => {
    const { nodes: [present, earlier] } = await register.app.get(PoliciesQueries).editions(register.as('rita'), PAGE);

    expect([present!.documentDigest, present!.replaces, earlier!.replaces]).toEqual([SHIPPED.digest, digestOf(OLDER), null]);
    expect(canonicalJson(earlier!.document)).toBe(canonicalJson(OLDER));
    const app = await connectTo(register.database.appUrl, register.tenantId);
    try {
      for (const sql of ["update policy_editions set label = '1'", 'delete from policy_editions']) await expect(app.query(sql)).rejects.toThrow('permission denied for table policy_editions');
    } finally {
      await app.end();
    }
  });
});

describe('beside other servers', () => {
  beforeEach(open);
  afterEach(close);

  test('an edition is written down once, however many servers ask, and once more when the product goes back', async () => {
    const { question } = await upgraded();
    const servers = [1, 2, 3].map(() => serverCarrying(SHIPPED));
    await Promise.all(servers.map((gate, nth) => gate.check(register.as('pipeline'), { ...question, action: (['promote', 'run', 'rollback'] as const)[nth]! })));
    expect(await changes()).toEqual(['PE-2 in force']);

    const goneBack = [1, 2, 3].map(() => serverCarrying(policyOf(OLDER)));
    const answers = await Promise.all(goneBack.map((gate) => gate.authorize(register.as('pipeline'), question)));
    expect(answers.map(requirements)).toEqual(Array(3).fill(expect.arrayContaining([OLD_REASON])));
    expect(await changes()).toEqual(['PE-3 in force', 'PE-2 ended']);
  });

  test('an edition is written down again that another server has replaced meanwhile, a minute later at most', async () => {
    await givenReady(register);
    const [older, newer] = [new Carrying(policyOf(OLDER)), new Carrying(SHIPPED)];
    const decides = (server: ShippedEditions, seconds: number): Promise<void> => register.app.get(UnitOfWork).write(register.as('sam'), 'breakGlass.invoke', (tx) => server.note(later(tx, seconds))).catch(nothingToWrite);
    const last = async (): Promise<string | undefined> => (await editions())[0];

    // As while a fleet changes over: the older server still decides.
    for (const [server, seconds] of [[older, 0], [older, 0.5], [newer, 1], [newer, 2], [older, 59]] as const) await decides(server, seconds);
    expect(await last()).toBe(`PE-2 ${SHIPPED.version}`);
    for (const seconds of [61, 62]) await decides(older, seconds);
    expect(await last()).toBe('PE-3 0.9.0');
    for (const seconds of [63, 64]) await decides(newer, seconds);
    expect(await last()).toBe(`PE-4 ${SHIPPED.version}`);
  });
});

describe('where the organization has a policy of its own', () => {
  beforeEach(open);
  afterEach(close);

  const CASES = 'cases:\n  - { name: what nobody is bound to, why: Nothing is asked where it is not bound., wanted: { verdict: DENY, includes: [BLOCK GATE NO_POLICY] } }\n';

  /** Drafted, tested, approved by two others and in force. */
  async function activate(document: PolicyDocument, cases: string): Promise<string> {
    const policies = register.app.get(PoliciesService);
    const tested = await policies.test(register.as('rita'), at(await policies.draft(register.as('rita'), { source: JSON.stringify(document), cases, note: 'Ours.' })));
    const first = await policies.approve(register.as('hugo'), at(await policies.submit(register.as('rita'), at(tested))));
    return (await policies.activate(register.as('hugo'), at(await policies.approve(register.as('hanna'), at(first))))).activatedAt!;
  }

  const ours = (version: string, more: Partial<PolicyDocument>): PolicyDocument => ({ ...SHIPPED_DOCUMENT, id: 'ours', version, bindings: [{ environments: ['pilot'], priority: 9, mode: 'ENFORCE' }], ...more });

  test('what would have been answered is judged by its version of that instant, and by the shipped one before it', async () => {
    const question = questionAbout((await givenReady(register)).release);
    const gate = register.app.get(GateService);
    const ask = (): Promise<Answer> => gate.check(register.as('pipeline'), question);
    const answers = [await ask()];
    await activate(ours('1', { requirements: OLDER.requirements }), CASES);
    answers.push(await ask());
    await activate(ours('2', {}), CASES);
    answers.push(await ask());

    expect(answers.map(({ decision }) => `${decision.policy.id} ${decision.policy.version} ${decision.verdict}`)).toEqual([`${SHIPPED.id} ${SHIPPED.version} ALLOW`, expect.stringMatching(/^ours 1 (DENY|PENDING)$/), 'ours 2 ALLOW']);
    for (const { id, decidedAt, decision } of answers) {
      expect((await gate.asOf(register.as('axel'), question, decidedAt)).decision).toEqual(decision);
      expect(await register.app.get(ReplayService).replay(register.as('axel'), id!)).toMatchObject({ outcome: 'EQUAL', again: decision });
    }
  });

  test('in the place of the shipped one, no edition of that is written down', async () => {
    const question = questionAbout((await givenReady(register)).release);
    await activate({ ...SHIPPED_DOCUMENT, version: '1-ours' }, 'cases:\n  - { name: all is in order, why: Nothing is missing., wanted: { verdict: ALLOW } }\n');

    expect((await register.app.get(GateService).check(register.as('pipeline'), question)).decision.policy.version).toBe('1-ours');
    expect(await editions()).toEqual([]);
  });
});

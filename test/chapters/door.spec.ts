// The door to the database: what it writes it records, what it does not record the database refuses, and what it answers is durable.
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type pg from 'pg';
import { GateService } from '../../src/gate/gate.service.js';
import type { ReadScope } from '../../src/platform/scope.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { holdLog, type HeldLog } from '../support/log-lock.js';
import { at, connectTo, givenReady, givenRisk, givenSystem, openRegister, questionAbout, type Ready, type Register } from '../support/register.js';
import { startServerProcess, type ServerProcess } from '../support/server-process.js';

let register: Register;
let server: ServerProcess;
let ready: Ready;
/** Another system: what is done to its risks does not change what the gate says about the first. */
let tried: Ready;
let app: pg.Client;
let held: HeldLog | undefined;

beforeAll(async () => {
  register = await openRegister();
  server = await startServerProcess(register);
  ready = await givenReady(register);
  tried = await givenReady(register);
  app = await connectTo(register.database.appUrl, register.tenantId);
});
afterEach(async () => {
  await app.query('rollback');
  await held?.release();
});
afterAll(async () => {
  await app.end();
  await server.stop();
  await register.close();
});

const EDIT = "update risks set ending = 'quietly' where id = $1";

/** Appends an entry of one's own making about a risk and a version of it, as whoever has the application's password could. */
async function append(risk: { id: string; digest: string }): Promise<void> {
  const tail = `","after":"${risk.digest}","object":{"id":"${risk.id}","type":"Risk"}}`;
  await app.query("select audit.append(array['{\"at\":\"'], array[$1], array['Risk'], array[$2]::uuid[], array[null]::uuid[])", [tail, risk.id]);
}

async function codeOf(refused: Promise<unknown>): Promise<string | undefined> {
  return refused.then(() => 'went through', (error: unknown) => {
    const { driverError, code } = error as { code?: string; driverError?: { code?: string } };
    return driverError?.code ?? code;
  });
}

/** How much is stored: rows of every table of the register, and entries of the log. */
async function stored(): Promise<unknown> {
  const tables = ['risks', 'gate_decisions', 'grants', 'sign_offs', 'audit.entry', 'audit.content'];
  return (await app.query(tables.map((table) => `select '${table}' as name, count(*)::int from ${table}`).join(' union all '))).rows;
}

describe('a change of a governed row', () => {
  test('does not commit without an entry of its transaction', async () => {
    await app.query('begin');
    await app.query(EDIT, [tried.risk.id]);

    expect(await codeOf(app.query('commit'))).toBe('CS003');
    expect((await app.query('select ending from risks where id = $1', [tried.risk.id])).rows).toEqual([{ ending: null }]);
  });

  test('does not commit with an entry about another object, not even of the same system', async () => {
    const other = await givenRisk(register, tried.system.id);
    await app.query('begin');
    await append({ id: other.id, digest: tried.risk.digest });
    await app.query(EDIT, [tried.risk.id]);

    expect(await codeOf(app.query('commit'))).toBe('CS003');
  });

  test('does not commit by an earlier entry about the same object', async () => {
    await app.query('begin');
    await append(tried.risk);
    await app.query('commit');
    await app.query('begin');
    await app.query(EDIT, [tried.risk.id]);

    expect(await codeOf(app.query('commit'))).toBe('CS003');
  });

  test('does not commit with an entry that names another version of the object', async () => {
    await app.query('begin');
    await append({ id: tried.risk.id, digest: tried.release.digest });
    await app.query(EDIT, [tried.risk.id]);

    expect(await codeOf(app.query('commit'))).toBe('CS003');
  });

  test('commits with an entry about this very object, and then moves the epoch of its system', async () => {
    const epoch = async (): Promise<number> => Number((await app.query<{ seq: string }>('select changed_seq as seq from gate.epochs where scope_id = $1', [tried.system.id])).rows[0]!.seq);
    const before = await epoch();
    const risk = await givenRisk(register, tried.system.id);
    const after = await epoch();
    await app.query('begin');
    await append(risk);
    await app.query(EDIT, [risk.id]);
    await app.query('commit');

    expect(after).toBeGreaterThan(before);
    expect(await epoch()).toBeGreaterThan(after);
  });

  test('is no deletion', async () => {
    await app.query('begin');
    await append(tried.risk);

    expect(await codeOf(app.query('delete from risks where id = $1', [tried.risk.id]))).toBe('42501');
  });
});

describe('the ways through the door', () => {
  const door = (): UnitOfWork => register.app.get(UnitOfWork);
  const edit = (scope: ReadScope): Promise<unknown[]> => scope.query(EDIT, [tried.risk.id]);

  test('a write that records no event is refused, and leaves nothing', async () => {
    const before = await stored();

    await expect(door().write(register.as('sam'), 'risk.edit', (tx) => tx.keep('{"kept":"not for long"}'))).rejects.toThrow('wrote no event');
    expect(await stored()).toEqual(before);
  });

  test('a note cannot change a governed row', async () => {
    expect(await codeOf(door().note(register.as('sam'), 'risk.edit', edit))).toBe('CS003');
  });

  test('a read cannot write, neither governed rows nor others', async () => {
    expect(await codeOf(door().read(register.as('sam'), 'register.read', edit))).toBe('REGISTER_UNAVAILABLE');
    expect(await codeOf(door().read(register.as('sam'), 'register.read', (scope) => scope.query("insert into counters (prefix, last) values ('X', 1)")))).toBe('REGISTER_UNAVAILABLE');
    expect((await app.query("select from counters where prefix = 'X'")).rowCount).toBe(0);
  });

  test('the same content is kept once', async () => {
    const content = '{"a":"content of two writers"}';
    const keepTwice = door().write(register.as('sam'), 'risk.edit', async (tx) => {
      const digests = [await tx.keep(content), await tx.keep(content)];
      expect(await tx.query('select count(*)::int as count from audit.content where digest = $1', [digests[0]])).toEqual([{ count: 1 }]);
      expect(digests[1]).toBe(digests[0]);
      throw new Error('seen enough');
    });

    await expect(keepTwice).rejects.toThrow('seen enough');
  });
});

describe('an answer of the gate', () => {
  const asked = (): object => ({ target: { bundleDigest: ready.release.bundleDigest }, environment: 'pilot' });

  test('is given after its decision and its grant are stored', async () => {
    for (let i = 0; i < 5; i += 1) {
      const { body } = await server.gate('pipeline', 'authorize', asked());

      expect((await app.query('select from gate_decisions where id = $1', [body.decisionId])).rowCount).toBe(1);
      expect((await app.query('select from grants where id = $1 and decision_id = $2', [body.grant!.id, body.decisionId])).rowCount).toBe(1);
    }
  });

  test('is not given while the log is not written', async () => {
    const answered = jest.fn();
    held = await holdLog(register);
    const answer = server.gate('pipeline', 'authorize', asked()).finally(answered);
    await held.queued(1);
    // The same server answers others meanwhile, so this one would have had its turn.
    for (let i = 0; i < 5; i += 1) await server.gate('nobody', 'check', asked());
    expect(answered).not.toHaveBeenCalled();
    await held.release();

    expect((await answer).body.verdict).toBe('ALLOW');
  });
});

describe('a remembered answer', () => {
  test('is not given again once the system that the question named has come into being', async () => {
    const question = { ...questionAbout(ready.release), system: 'SYS-3' };
    const check = async (): Promise<string[]> => (await register.app.get(GateService).check(register.as('pipeline'), question)).decision.reasons.map(({ code }) => code);

    expect(await check()).toEqual(['SYSTEM_UNKNOWN']);
    expect((await givenSystem(register)).number).toBe('SYS-3');
    expect(await check()).toEqual(['RELEASE_UNKNOWN']);
  });
});

describe('while the log cannot be written', () => {
  const APPENDING = 'audit.append(text[], text[], text[], uuid[], uuid[]), gate.confirm(uuid[], bigint[], timestamptz, timestamptz, text[], text[], text[], uuid[], uuid[])';
  const asAuditOwner = async (sql: string): Promise<void> => {
    const owner = await connectTo(register.database.ownerUrl, null);
    await owner.query('set role countersign_audit');
    await owner.query(sql);
    await owner.end();
  };
  beforeAll(() => asAuditOwner(`revoke execute on function ${APPENDING} from countersign_app`));
  afterAll(() => asAuditOwner(`grant execute on function ${APPENDING} to countersign_app`));

  test('the gate answers ERROR with 503, and grants nothing', async () => {
    const before = await stored();
    const { status, retryAfter, body } = await server.gate('pipeline', 'authorize', { target: { bundleDigest: ready.release.bundleDigest }, environment: 'pilot' });

    expect({ status, retryAfter, ...body }).toMatchObject({ status: 503, retryAfter: '1', decision: false, verdict: 'ERROR', decisionId: null, grant: null, reasons: [{ code: 'AUDIT_UNAVAILABLE' }] });
    expect(await stored()).toEqual(before);
  });

  test('a check that has to record its decision answers ERROR', async () => {
    const { decision } = await register.app.get(GateService).check(register.as('axel'), questionAbout(ready.release));

    expect(decision.verdict).toBe('ERROR');
  });

  test('a command is refused as one to try again, and nothing is written', async () => {
    const before = await stored();

    await expect(register.app.get(RisksService).turn(register.as('rita'), at(ready.risk), 'reopen', 'Look again.')).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    const overHttp = await server.graphql('rita', 'mutation ($id: ID!) { reopenRisk(id: $id, expectedVersion: 3, reason: "Look again.") { id } }', { id: ready.risk.id });
    expect(overHttp.errors).toMatchObject([{ extensions: { code: 'AUDIT_UNAVAILABLE', retryable: true } }]);
    expect(await stored()).toEqual(before);
  });
});

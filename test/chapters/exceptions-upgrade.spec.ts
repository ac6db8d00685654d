// A register that is older than exceptions in time: of its waivers and votes nothing is kept about it, and what they are is derived from what they were about.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import type { Waiver } from '../../src/domain/waiver.js';
import { migrate } from '../../src/platform/migrate.js';
import { OversightQueries } from '../../src/reporting/oversight.queries.js';
import type { ExceptionKind } from '../../src/reporting/oversight.table.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { at, connectTo, givenReady, givenRelease, givenSystem, openPromotion, openRegister, sign, type Ready, type Register } from '../support/register.js';

let register: Register;
let waivers: WaiversService;
beforeAll(async () => {
  register = await openRegister();
  waivers = register.app.get(WaiversService);
});
afterAll(() => register.close());

const MIGRATIONS = ['0055_exceptions_in_force.sql', '0056_exceptions_until_they_end.sql'];

/** Takes away what the migrations made; the list itself is made anew by them. */
const BEFORE = `
  drop view exceptions, lapsed_runs;
  create view exceptions with (security_invoker = true) as select null::uuid as tenant_id, null::uuid as id, '' as kind, '' as reference, null::uuid as system_id, null::timestamptz(3) as happened_at, null::timestamptz(3) as ends_at where false;
  alter view exceptions owner to countersign_owner; grant select on exceptions to countersign_app;
  drop view waivers_in_force, self_attestations;
  alter table waivers drop column grants_needed, drop column in_force_since, drop column ended_at; alter table sign_offs drop column self_attested;
  delete from schema_migrations where name in (${MIGRATIONS.map((name) => `'${name}'`).join(', ')});`;

const requested = ({ release }: Ready): Promise<Stored<Waiver>> => waivers.request(register.as('sam'), { release: release.id, environment: 'pilot', requirement: 'R3', reason: 'Unclear.', compensatingControl: 'Five users.', validUntil: plusDays(new Date().toISOString(), 10) });
const grant = (handle: string, waiver: Stored<Waiver>): Promise<Stored<Waiver>> => waivers.grant(register.as(handle), at(waiver));

async function exceptions(...kinds: readonly ExceptionKind[]): Promise<unknown[]> {
  const { nodes } = await register.app.get(OversightQueries).exceptions(register.as('axel'), { from: '2000-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z', ongoing: true }, { kinds }, { first: 50, after: null });
  return nodes.map(({ reference, happenedAt, endsAt }) => ({ reference, happenedAt, endsAt }));
}

test('what is there is told as what is new is: waivers that enough people granted, and lanes that the team signed at its own level', async () => {
  const [ready, ended, half] = [await givenReady(register), await givenReady(register), await givenReady(register)];
  const granted = await grant('rita', await grant('hanna', await requested(ready)));
  const revoked = await waivers.end(register.as('rita'), at(await grant('rita', await grant('hanna', await requested(ended)))), 'revoke', 'It was called off.');
  const pending = await grant('hanna', await requested(half));
  const lowered = await givenSystem(register, { tier: 'HIGH' });
  const promotion = await openPromotion(register, (await givenRelease(register, lowered.id)).id);
  await register.app.get(SystemsService).assessTier(register.as('hugo'), at(lowered), { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'It was looked at again.' });
  const own = await sign(register, 'sam', promotion, ['LEGAL']);
  await sign(register, 'lena', promotion, ['LEGAL']);
  const kept = [await exceptions('WAIVER'), await exceptions('SELF_ATTESTED')];
  expect([kept[0], kept[1]?.length, kept[1]?.[0]]).toEqual([
    [revoked, granted].map(({ number, inForceSince, endedAt, validUntil }) => ({ reference: number, happenedAt: inForceSince, endsAt: endedAt ?? validUntil })), 4, { reference: own.number, happenedAt: own.signedAt, endsAt: own.validUntil },
  ]);
  const client = await connectTo(register.database.adminUrl, null);
  await client.query(BEFORE);

  expect(await migrate(register.database.ownerUrl)).toEqual(MIGRATIONS);

  expect((await client.query('select from waivers where grants_needed is not null union all select from sign_offs where self_attested is not null')).rowCount).toBe(0);
  await client.end();
  const [derived, votes] = [await exceptions('WAIVER'), await exceptions('SELF_ATTESTED')];
  // The log says when the change was committed, some milliseconds after it was decided.
  expect([derived, votes]).toEqual([[{ ...(kept[0]?.[0] as object), endsAt: expect.any(String) }, kept[0]?.[1]], kept[1]]);
  expect(Date.parse((derived[0] as { endsAt: string }).endsAt) - Date.parse(revoked.endedAt!)).toBeLessThan(60_000);
  expect(await grant('rita', pending)).toMatchObject({ grantsNeeded: 2, inForceSince: expect.any(String) });
});

// Accounts on a real PostgreSQL: who admits whom, what a role permits and until when, and what a service may not do.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { contextOf } from '../../src/cli/organization.js';
import { plusDays } from '../../src/domain/clock.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService, type NewPrincipal } from '../../src/identity/people.service.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { SystemsQueries } from '../../src/systems/systems.queries.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { systemInput } from './register.js';

let app: TestApp;
let people: PeopleService;

beforeAll(async () => {
  app = await startApp();
  people = app.app.get(PeopleService);
});

afterAll(() => app.close());

const newcomer = (subject: string, more: Partial<NewPrincipal> = {}): NewPrincipal => ({ kind: 'USER', issuer: BUILT_IN_ISSUER, subject, displayName: subject, function: 'product', grants: [{ role: 'CONTRIBUTOR' }], ...more });
const now = (): string => new Date().toISOString();

async function admitted(subject: string, more: Partial<NewPrincipal> = {}): Promise<RequestContext> {
  return contextOf(app.as('ada').tenantId, (await people.admit(app.as('ada'), newcomer(subject, more))).id, 'test');
}

const reads = (ctx: RequestContext): Promise<unknown> => app.app.get(SystemsQueries).systems(ctx, { first: 1, after: null });
const registers = (ctx: RequestContext): Promise<unknown> => app.app.get(SystemsService).register(ctx, systemInput('sam'));

describe('an account', () => {
  test('is admitted by the administrator, and can then sign in', async () => {
    await admitted('nina');

    expect((await app.graphql('nina', '{ viewer { handle kind active person { displayName } roles { role } } }')).data).toEqual({ viewer: { handle: 'nina', kind: 'USER', active: true, person: { displayName: 'nina' }, roles: [{ role: 'CONTRIBUTOR' }] } });
  });

  test.each(['sam', 'rita', 'axel', 'pipeline', 'hugo'])('is not admitted by %s', async (handle) => {
    await expect(people.admit(app.as(handle), newcomer('intruder'))).rejects.toMatchObject({ code: 'PERMISSION_DENIED', facts: { permission: 'identity.admit' } });
  });

  test('is unknown under a subject that is taken, blank or no text', async () => {
    await expect(people.admit(app.as('ada'), newcomer('rita'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    await expect(people.admit(app.as('ada'), newcomer(' '))).rejects.toMatchObject({ code: 'INVALID_TEXT' });
    await expect(people.admit(app.as('ada'), newcomer('a\0'))).rejects.toMatchObject({ code: 'INVALID_TEXT' });
  });

  test('of a person who has one already is the same person', async () => {
    const first = await people.admit(app.as('ada'), newcomer('twice-1'));
    const second = await people.admit(app.as('ada'), newcomer('twice-2', { personId: first.personId ?? '' }));

    expect(second.personId).toBe(first.personId);
    expect(second.number).not.toBe(first.number);
  });
});

describe('a role', () => {
  test('permits from its beginning to its end', async () => {
    const past = await admitted('past', { grants: [{ role: 'CONTRIBUTOR', validFrom: plusDays(now(), -2), validUntil: plusDays(now(), -1) }] });
    const future = await admitted('future', { grants: [{ role: 'CONTRIBUTOR', validFrom: plusDays(now(), 1) }] });
    const present = await admitted('present', { grants: [{ role: 'CONTRIBUTOR', validFrom: plusDays(now(), -1), validUntil: plusDays(now(), 1) }] });

    for (const ctx of [past, future]) {
      await expect(reads(ctx)).rejects.toMatchObject({ code: 'PERMISSION_DENIED', facts: { permission: 'register.read' } });
      await expect(registers(ctx)).rejects.toMatchObject({ code: 'PERMISSION_DENIED', facts: { permission: 'system.register' } });
    }
    expect(await registers(present)).toMatchObject({ version: 1 });
  });

  test('is none at all for an account without grants', async () => {
    const nobody = await admitted('empty', { grants: [] });

    await expect(reads(nobody)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect((await app.graphql('empty', '{ viewer { id } }')).errors?.[0]?.extensions['code']).toBe('PERMISSION_DENIED');
  });

  test('of an auditor reads and changes nothing', async () => {
    await expect(registers(app.as('axel'))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await reads(app.as('axel'))).toMatchObject({ hasNextPage: expect.any(Boolean) });
  });

  test('of a person does nothing for a service', async () => {
    const service = await admitted('robot', { kind: 'SERVICE', function: null, grants: [{ role: 'CONTRIBUTOR' }, { role: 'RISK_OFFICER' }] });

    await expect(registers(service)).rejects.toMatchObject({ code: 'PERMISSION_DENIED', message: expect.stringContaining('a person must') });
  });
});

test('people are listed in the order of their admission, as many as were asked for', async () => {
  const { data } = await app.graphql<{ people: { number: string; handle: string }[] }>('axel', '{ people(first: 3) { number handle } }');

  expect(data?.people).toEqual([{ number: 'U-1', handle: 'ada' }, { number: 'U-2', handle: 'sam' }, { number: 'U-3', handle: 'dana' }]);
});

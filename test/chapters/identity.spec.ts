// Accounts on a real PostgreSQL: who admits whom, what a role permits and until when, and what a service may not do.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { contextOf } from '../../src/cli/organization.js';
import { isPermitted, LANES, ROLES, type Permission, type Principal, type Role } from '../../src/domain/actor.js';
import { NotingClock, plusDays } from '../../src/domain/clock.js';
import { ROW_COLUMNS } from '../../src/domain/risk-rows.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService, type NewPrincipal } from '../../src/identity/people.service.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { SystemsQueries } from '../../src/systems/systems.queries.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { SCHEMA } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { authorizationMatrix, type MatrixRow } from '../support/authorization-matrix.js';
import { documentOf, OPERATIONS, rootFields, type Arguments } from './operations.js';
import { fillRegister, givenRelease, systemInput, type Register } from './register.js';

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

describe('the authorization matrix', () => {
  const ROWS = authorizationMatrix();
  const OPENAPI = JSON.parse(readFileSync(new URL('../../src/openapi.json', import.meta.url), 'utf8')) as { paths: Readonly<Record<string, object>> };
  const ROUTES = Object.entries(OPENAPI.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  const allRoles = (systemIds: readonly string[] | null): NewPrincipal['grants'] => [...ROLES.filter((role) => role !== 'REVIEWER').map((role) => ({ role, lane: null, systemIds })), ...LANES.map((lane) => ({ role: 'REVIEWER' as const, lane, systemIds }))];
  let register: Register;

  beforeAll(async () => {
    const { systemId } = await givenRelease(app, app.as, '', 'e5');
    for (const [subject, grants] of [['no-role', []], ['elsewhere', allRoles([systemId])], ['every-role', allRoles(null)]] as const) await admitted(subject, { grants });
    for (const role of ROLES) await admitted(`only-${role}`, { grants: [{ role, lane: role === 'REVIEWER' ? 'RISK' : null }] });
    register = await fillRegister(app, app.as, '', 'f6');
  });

  interface Said { readonly code: string; readonly permission: unknown }

  async function said(handle: string, { operation }: MatrixRow, version?: number): Promise<Said> {
    if (operation.includes(' ')) return overRest(handle, operation);
    const args = argsOf(operation, version);
    const answer = await app.graphql<{ bulkChangeRisks?: { error: { code: string } }[] }>(handle, documentOf(SCHEMA, operation, Object.keys(args), operation === 'bulkChangeRisks' ? 'error { code }' : '__typename'), args);
    return codeIn(answer.errors?.[0]?.extensions ?? answer.data?.bulkChangeRisks?.[0]?.error);
  }

  /** With a filter the system is looked for first, by another permission. */
  function argsOf(operation: string, version?: number): Arguments {
    const args = operation === 'changes' ? {} : OPERATIONS[operation]!.args(register);
    return version !== undefined && 'expectedVersion' in args ? { ...args, expectedVersion: version } : args;
  }

  function codeIn(refusal: { readonly code?: string; readonly details?: Partial<Said> } = {}): Said {
    return { code: refusal.code ?? 'yes', permission: refusal.details?.permission };
  }

  async function overRest(handle: string, route: string): Promise<Said> {
    const [method = '', path = ''] = route.split(' ');
    const body = path.includes('gate') ? JSON.stringify({ target: { releaseId: register.ids.release }, environment: register.ids.environmentName }) : `${ROW_COLUMNS.join(',')}\n`;
    const headers = { authorization: `Bearer ${await app.token(handle)}`, 'content-type': path.includes('gate') ? 'application/json' : 'text/csv' };
    const address = path.replace('{digest}', register.ids.fileDigest).replace(/evidence-files$/, `$&?system=${register.ids.system}`);
    const response = await fetch(`${app.url}${address}`, method === 'GET' ? { headers: /^\/v1\/(risks|archive|evidence)/.test(path) ? headers : {} } : { method, headers, body });
    const text = await response.text();
    return codeIn(response.status < 400 ? {} : JSON.parse(text) as { code: string });
  }

  test('has a row for each operation of the published API, and no other', () => {
    expect(ROWS.map(({ operation }) => operation).sort()).toEqual([...rootFields(SCHEMA).keys(), ...ROUTES].sort());
  });

  test('says of each role what the door says', () => {
    const principal = (role: Role): Principal => ({ id: '', number: 'U-1', version: 1, kind: 'USER', personId: '', function: null, active: true, grants: [{ role, lane: null, systemIds: null, environmentIds: null, validFrom: now(), validUntil: null }] });
    const permitted = (permission: Permission): Role[] => ROLES.filter((role) => isPermitted(principal(role), permission, new NotingClock(plusDays(now(), 1))));

    for (const { operation, permission, roles } of ROWS) expect([operation, ...roles]).toEqual([operation, ...(permission === 'account' || permission === 'none' ? ROLES : permitted(permission))]);
    expect(ROWS.length * ROLES.length).toBeGreaterThan(2000);
  });

  test.each(ROWS.map((row) => [row.operation, row] as const))('%s', async (operation, row) => {
    const open = row.permission === 'account' || row.permission === 'none';

    expect(await said('no-role', row)).toEqual(open ? { code: 'yes', permission: undefined } : expect.objectContaining({ code: 'PERMISSION_DENIED', ...(operation !== 'bulkChangeRisks' && { permission: row.permission }) }));
    const elsewhere = await said('elsewhere', row);
    if (row.elsewhere === 'yes') expect(['PERMISSION_DENIED', 'NOT_ELIGIBLE', 'ABOVE_AUTHORITY']).not.toContain(elsewhere.code);
    else expect(elsewhere.code).toBe(row.elsewhere);
  });

  /** What changes something, or is taken away, cell by cell: at a version that no record has, so that what is permitted changes little. */
  const COMMANDS = ROWS.filter(({ operation, permission }) => permission !== 'none' && (operation.includes(' ') || rootFields(SCHEMA).get(operation) === 'mutation'));

  test.each(ROLES)('%s alone is refused what its column refuses, and nothing else', async (role) => {
    const told: [string, boolean][] = [];
    const waiting = [...COMMANDS];
    const ask = async (): Promise<void> => {
      for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
        const { code, permission } = await said(`only-${role}`, row, 999_999);
        told.push([row.operation, !(code === 'PERMISSION_DENIED' && (permission ?? row.permission) === row.permission)]);
      }
    };
    await Promise.all([ask(), ask(), ask(), ask()]);

    expect(told.length).toBeGreaterThan(100);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(COMMANDS.map(({ operation, roles }) => [operation, roles.includes(role)])));
  });

  test.each(ROWS.map((row) => [row.operation, row] as const))('%s, with every role', async (_, row) => {
    expect((await said('every-role', row)).code).not.toBe('PERMISSION_DENIED');
  });
});

test('people are listed in the order of their admission, as many as were asked for', async () => {
  const { data } = await app.graphql<{ people: { number: string; handle: string }[] }>('axel', '{ people(first: 3) { number handle } }');

  expect(data?.people).toEqual([{ number: 'U-1', handle: 'ada' }, { number: 'U-2', handle: 'sam' }, { number: 'U-3', handle: 'dana' }]);
});

// The description of the REST routes: what is committed is what the code prints, it names every route and no other, and what the routes
// really answer is what it says, field by field.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { clientOf } from '../src/cli/client.js';
import { modelComponents, tamperedComponents } from '../src/cli/story/model-files.js';
import { play } from '../src/cli/story/play.js';
import { storySteps } from '../src/cli/story/steps.js';
import { seedSystems } from '../src/cli/example.js';
import { sha256 } from '../src/domain/digest.js';
import { ROW_COLUMNS } from '../src/domain/risk-rows.js';
import { answerBody } from '../src/gate/gate-answer.js';
import { GateService } from '../src/gate/gate.service.js';
import { BUILT_IN_ISSUER } from '../src/identity/issuer.js';
import { PeopleService } from '../src/identity/people.service.js';
import { LEFT_OUT, openApiDocument, openApiText } from '../src/integrations/openapi/document.js';
import { startApp, type TestApp } from './support/app.js';
import { PROJECT } from './support/command-line.js';
import { Contract, routesOf, type Answer, type Document, type Json } from './support/openapi.js';

const contract = new Contract(JSON.parse(openApiText()) as Document);

describe('src/openapi.json', () => {
  test('is what the code prints; after a change "npm run schema" writes it', () => {
    expect(readFileSync(join(PROJECT, 'src/openapi.json'), 'utf8')).toBe(openApiText());
  });

  test('is OpenAPI 3.1, with examples that hold', () => {
    expect(contract.flaws()).toEqual([]);
  });

  test('states the rule by which a pipeline goes on, wherever a pipeline may look', () => {
    const rule = /status is 200, `decision` is true and `verdict` is "ALLOW"/;
    const gate = contract.operations().filter(([route]) => route.includes('/gate/')).map(([, { description }]) => description);

    expect([contract.document.info['description'], ...gate]).toEqual([expect.stringMatching(rule), expect.stringMatching(rule), expect.stringMatching(rule)]);
  });

  test('tells which answers carry an ETag, in its introduction and in the README, and none asks for If-Match', () => {
    const tagged = contract.operations().filter(([, { responses }]) => 'etag' in (responses['200']?.['headers'] as Json | undefined ?? {})).map(([route]) => route);
    const asking = contract.operations().filter(([, { parameters = [] }]) => parameters.some(({ name }) => /^if-match$/i.test(String(name))));
    const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');

    expect([...String(contract.document.info['description']).matchAll(/GET \/[^,;]+/g)].map(([route]) => route).sort()).toEqual([...tagged].sort());
    expect([tagged.filter((route) => !readme.includes(`\`${route}\``)), tagged.length, asking]).toEqual([[], 3, []]);
  });

  test('is found wanting when something is wrong with it', () => {
    const broken = JSON.parse(openApiText().replace('"operationId": "checkGate"', '"operationId": "authorizeGate", "colour": 1').replace('schemas/GateQuestion', 'schemas/Nothing').replace('"ALLOW",', '"PERHAPS",')) as Document;

    expect(() => new Contract(broken).flaws()).toThrow(/Nothing/);
    expect(new Contract({ ...contract.document, openapi: '3.0.3', paths: { x: { fetch: contract.operations()[0]![1] } } }).flaws()).toEqual(['openapi is 3.0.3', 'x does not begin with a slash', 'x has the method fetch']);
  });
});

interface Sent { readonly as?: string; readonly key?: string; readonly body?: string | Buffer; readonly type?: string; readonly path?: string; readonly digest?: string }
type Case = readonly [name: string, route: string, status: number, sent?: Sent];

const GATES = ['POST /v1/gate/check', 'POST /v1/gate/authorize'];
const [EXPORT, IMPORT, ARCHIVE, UPLOAD, DOWNLOAD] = ['GET /v1/risks.csv', 'POST /v1/risks/import', 'GET /v1/archive', 'POST /v1/evidence-files', 'GET /v1/evidence-files/{digest}'];
/** What the first upload sends. */
const FILE = 'All tests passed.';
const DIGEST = sha256(FILE);
const ask = (target: object, environment = 'dev', more: object = {}): string => JSON.stringify({ environment, target, ...more });
const KNOWN = { releaseId: 'REL-1' };
const HEADER = ROW_COLUMNS.join(',');
const ROWS = `${HEADER}\nX-1,SYS-1,a source,an event,a harm,sam,customers,,,\nX-2,SYS-1,a source,another,a harm,nobody,customers,,,\n`;

/** Bodies that are no question, in the eyes of the server and of the schema alike. */
const NO_QUESTIONS: readonly string[] = [
  '{}', '[]', 'null', ask({}), ask({ bundleDigest: 'ab' }), ask({ bundleDigest: 'ab'.repeat(32), releaseId: 'REL-1' }), ask(KNOWN, ' '), ask(KNOWN, 'x'.repeat(101)), ask(KNOWN, 'dev', { action: 'demote' }), ask(KNOWN, 'dev', { force: true }),
  ask({ components: [] }), ask({ components: [{ role: 'CAT', name: 'm', digest: 'ab'.repeat(32) }] }), ask({ components: [{ role: 'MODEL', name: 'm' }] }), ask({ systemRelease: { system: 'SYS-1' } }),
];

const CASES: readonly Case[] = [
  ...GATES.flatMap((gate): Case[] => [
    ['a release that may', gate, 200, { body: ask(KNOWN) }],
    ...['pilot', 'production', 'nowhere'].map((environment): Case => [`a release in ${environment}`, gate, 200, { body: ask(KNOWN, environment) }]),
    ['bytes that nobody knows', gate, 200, { body: ask({ bundleDigest: 'AB'.repeat(32) }, 'pilot', { system: 'SYS-1' }) }],
    ['a component, a system release, components', gate, 200, { body: ask({ components: [{ role: 'MODEL', name: 'm', digest: 'ab'.repeat(32) }] }, 'pilot') }],
    ...NO_QUESTIONS.map((body): Case => [`no question: ${body.slice(0, 60)}`, gate, 400, { body }]),
    ['no body', gate, 400], ['broken JSON', gate, 400, { body: '{' }], ['another type', gate, 400, { body: HEADER, type: 'text/csv' }], ['a NUL', gate, 400, { body: ask({ releaseId: 'a\0' }) }],
    ['nobody', gate, 401, { as: '', body: ask(KNOWN) }], ['somebody without a role', gate, 403, { as: 'guest', body: ask(KNOWN) }], ['a large body', gate, 413, { body: ask({ releaseId: 'x'.repeat(300_000) }) }],
  ]),
  ['under a key', GATES[1]!, 200, { body: ask(KNOWN), key: 'one-command' }], ['something else under that key', GATES[1]!, 422, { body: ask(KNOWN, 'pilot'), key: 'one-command' }],
  ['a question that only services may ask', GATES[1]!, 403, { as: 'rita', body: ask(KNOWN) }],
  ['all risks', EXPORT, 200], ['some risks', EXPORT, 200, { path: '?system=SYS-1&state=IDENTIFIED&state=ASSESSED' }],
  ['an unknown state', EXPORT, 400, { path: '?state=ODD' }], ['an unknown parameter', EXPORT, 400, { path: '?colour=red' }], ['a NUL', EXPORT, 400, { path: '?system=%00' }],
  ['nobody', EXPORT, 401, { as: '' }], ['somebody without a role', EXPORT, 403, { as: 'guest' }], ['an unknown system', EXPORT, 404, { path: '?system=SYS-99' }],
  ['a dry run', IMPORT, 200, { body: ROWS }], ['a file with a bad row', IMPORT, 200, { body: ROWS, path: '?dryRun=false' }], ['the same file again', IMPORT, 200, { body: ROWS, path: '?dryRun=false' }],
  ['another header', IMPORT, 400, { body: 'a,b\n1,2\n' }], ['a header that is no UTF-8', IMPORT, 400, { body: Buffer.from([0xff, 0xfe, 0x2c]) }], ['JSON', IMPORT, 400, { body: '{}', type: 'application/json' }], ['another type', IMPORT, 400, { body: 'x', type: 'image/png' }],
  ['no file', IMPORT, 400, { type: 'text/csv' }], ['perhaps', IMPORT, 400, { body: ROWS, path: '?dryRun=perhaps' }],
  ['nobody', IMPORT, 401, { as: '', body: ROWS }], ['somebody without a role', IMPORT, 403, { as: 'guest', body: ROWS }], ['a large file', IMPORT, 413, { body: Buffer.alloc(16 * 1024 * 1024 + 1, 'x') }],
  ...['an archive', 'another', 'a third'].map((name): Case => [name, ARCHIVE, 200, { as: 'axel' }]), ['a fourth within the hour', ARCHIVE, 429, { as: 'axel' }], ['nobody', ARCHIVE, 401, { as: '' }], ['somebody who is no auditor', ARCHIVE, 403],
  ['a text', UPLOAD, 201, { body: FILE, type: 'text/plain', path: '?system=SYS-1&name=notes.txt' }], ['no system', UPLOAD, 400, { body: FILE }], ['nothing', UPLOAD, 400, { path: '?system=SYS-1' }], ['nobody', UPLOAD, 401, { as: '', body: FILE, path: '?system=SYS-1' }], ['somebody without a role', UPLOAD, 403, { as: 'guest', body: FILE, path: '?system=SYS-1' }],
  ['an unknown system', UPLOAD, 404, { body: FILE, path: '?system=SYS-99' }], ['a large file', UPLOAD, 413, { body: Buffer.alloc(25 * 1024 * 1024 + 1, 'x'), type: 'text/plain', path: '?system=SYS-1' }], ['a page', UPLOAD, 415, { body: '<html>', type: 'text/html', path: '?system=SYS-1' }], ['other bytes than announced', UPLOAD, 422, { body: FILE, type: 'text/plain', path: `?system=SYS-1&digest=${'ab'.repeat(32)}` }],
  ['the file', DOWNLOAD, 200], ['no digest', DOWNLOAD, 400, { digest: 'x' }], ['nobody', DOWNLOAD, 401, { as: '' }], ['somebody without a role', DOWNLOAD, 403, { as: 'guest' }], ['an unknown digest', DOWNLOAD, 404, { digest: 'ab'.repeat(32) }],
  ['without a token', 'GET /health/live', 200, { as: '' }], ['without a token', 'GET /health/ready', 200, { as: '' }], ['without a token', 'GET /v1/openapi.json', 200, { as: '' }], ['without a token', 'GET /.well-known/jwks.json', 200, { as: '' }],
];

/** Everything that asks who asks. */
const GUARDED: readonly Case[] = [...GATES.map((gate): Case => ['', gate, 0, { body: ask(KNOWN) }]), ['', EXPORT, 0], ['', IMPORT, 0, { body: ROWS }], ['', UPLOAD, 0, { body: FILE, type: 'text/plain', path: '?system=SYS-1' }], ['', DOWNLOAD, 0], ['', ARCHIVE, 0, { as: 'axel' }]];
const withStatus = (status: number, name: string, cases: readonly Case[]): Case[] => cases.map(([, route, , sent]) => [name, route, status, sent]);

/** What breaks a server, and what it answers then; in this order, since each one only adds to the one before. */
const TROUBLES: readonly { readonly sql: string; readonly cases: readonly Case[] }[] = [
  { sql: 'revoke insert on gate_decisions from countersign_app', cases: GATES.map((gate) => ['a decision that cannot be recorded', gate, 503, { body: ask(KNOWN, 'staging') }]) },
  { sql: 'revoke execute on function audit.find_principal(text, text) from countersign_app', cases: withStatus(500, 'accounts that cannot be read', GUARDED) },
];
const GONE: readonly Case[] = [...withStatus(503, 'a database that is gone', GUARDED), ['a database that is gone', 'GET /health/ready', 503, { as: '' }]];

const nameOf = ([name, route, status]: Case): string => `${route} ${String(status)}: ${name}`;
const EVERY = [...CASES, ...TROUBLES.flatMap(({ cases }) => cases), ...GONE];

describe('a running server', () => {
  const answers = new Map<string, Answer>();
  const kept = new Map<string, Answer>();
  let app: TestApp;
  let routes: string[];
  let decisions: Json[];

  beforeAll(async () => {
    app = await startApp({ explorer: true });
    await seedSystems(app.app, app.as, PROJECT);
    await app.app.get(PeopleService).admit(app.as('ada'), { kind: 'USER', issuer: BUILT_IN_ISSUER, subject: 'guest', displayName: 'A guest', function: 'product', grants: [] });
    routes = routesOf(app.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }));
    await answerAll(CASES);
    for (const route of ['GET /v1/openapi.json', 'GET /.well-known/jwks.json']) kept.set(route, await askedAgain(route));
    decisions = await decisionsOfTheStory();
    await withAdmin(async (admin) => {
      for (const { sql, cases } of TROUBLES) {
        await admin.query(sql);
        await answerAll(cases);
      }
    });
    await app.database.drop();
    await answerAll(GONE);
  }, 180_000);

  afterAll(() => app.close());

  /** As somebody who has kept the first answer. */
  async function askedAgain(route: string): Promise<Answer> {
    const etag = answers.get(`${route} 200: without a token`)?.headers.get('etag') ?? '';
    const answer = await fetch(`${app.url}${route.slice(4)}`, { headers: { 'if-none-match': `"of-before", W/${etag}` } });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  async function answerAll(cases: readonly Case[]): Promise<void> {
    for (const one of cases) answers.set(nameOf(one), await answerTo(one));
  }

  // eslint-disable-next-line complexity -- defaults of a request, not branches
  async function answerTo([, route, , { as = route.includes('gate') ? 'pipeline' : 'sam', body, key, type = route === IMPORT ? 'text/csv' : 'application/json', path = '', digest = DIGEST } = {}]: Case): Promise<Answer> {
    const [method, address] = route.split(' ');
    const headers = { ...(as !== '' && { authorization: `Bearer ${await app.token(as)}` }), ...(method === 'POST' && { 'content-type': type }), ...keyHeader(key) };
    const answer = await fetch(`${app.url}${address!.replace('{digest}', digest)}${path}`, { method: method!, headers, ...(body !== undefined && { body: body as string }) });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  function keyHeader(key: string | undefined): Readonly<Record<string, string>> {
    return key === undefined ? {} : { 'idempotency-key': key };
  }

  async function withAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
    const admin = new pg.Client({ connectionString: app.database.adminUrl });
    // Dropping the database ends every session; this one is over by then.
    await admin.connect();
    return work(admin).finally(() => admin.end());
  }

  /** Every decision that the gate makes in a story with all kinds of refusals, as REST tells it. */
  async function decisionsOfTheStory(): Promise<Json[]> {
    const steps = storySteps({ run: 'openapi', components: await modelComponents(PROJECT), tampered: await tamperedComponents(PROJECT) });
    const played = await play(steps, async (handle) => clientOf(app.url, await app.token(handle)), { out: () => undefined, err: () => undefined });
    expect(played.flatMap(({ problems }) => problems)).toEqual([]);
    const { rows } = await withAdmin((admin) => admin.query<{ id: string }>('select id from gate_decisions'));
    const told = await Promise.all(rows.map(async ({ id }) => answerBody(await app.app.get(GateService).decision(app.as('axel'), id))));
    return JSON.parse(JSON.stringify(told)) as Json[];
  }

  test('has exactly the routes that are described, and those that are left out for a reason', () => {
    const described = contract.operations().map(([route]) => route);
    // The framework answers HEAD wherever it answers GET.
    const ours = routes.filter((route) => !route.startsWith('HEAD ') && !Object.keys(LEFT_OUT).some((path) => `${route}/`.includes(` ${path}/`)));

    expect(ours.sort()).toEqual([...described].sort());
    expect(Object.keys(LEFT_OUT).filter((path) => !routes.some((route) => route.endsWith(` ${path}`)))).toEqual([]);
  });

  test.each(['GET /v1/openapi.json', 'GET /.well-known/jwks.json'])('sends what has not changed since only once: %s', (route) => {
    const [first, again] = [answers.get(`${route} 200: without a token`)!, kept.get(route)!];

    expect([again.status, again.text, again.headers.get('etag'), again.headers.get('cache-control')]).toEqual([304, '', first.headers.get('etag'), 'public, max-age=300']);
    expect(Object.keys(contract.operations().find(([name]) => name === route)![1].responses)).toEqual(['200', '304']);
  });

  test('gives the document without a token', () => {
    expect(JSON.parse(answers.get('GET /v1/openapi.json 200: without a token')!.text)).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  });

  test.each(EVERY.map(nameOf))('answers as described: %s', (name) => {
    const answer = answers.get(name)!;
    const [, route, status] = /^(\S+ \S+) (\d+)/.exec(name)!;

    expect([answer.status, contract.broken(route!, answer)]).toEqual([Number(status), []]);
  });

  test('was seen to give every answer that is described', () => {
    const described = contract.operations().flatMap(([route, { responses }]) => Object.entries(responses).flatMap(([status, { content }]) => Object.keys(content as object).map((type) => `${route} ${status} ${type}`)));
    const seen = [...answers].map(([name, { headers }]) => `${/^\S+ \S+ \d+/.exec(name)![0]} ${headers.get('content-type')!.split(';')[0]!}`);

    expect([...new Set(seen)].sort()).toEqual(described.sort());
  });

  test('tells every decision of a whole story as described', () => {
    const schema = { $ref: '#/components/schemas/GateAnswer' };
    const codes = new Set(decisions.flatMap(({ reasons }) => (reasons as { code: string }[]).map(({ code }) => code)));

    expect(decisions.flatMap((decision) => contract.problems(schema, decision))).toEqual([]);
    expect([...codes]).toEqual(expect.arrayContaining(['REVIEW_STALE', 'QUORUM_NOT_MET', 'RISK_UNASSESSED', 'ALL_REQUIREMENTS_MET']));
  });

  test.each(NO_QUESTIONS)('refuses what the schema of the question refuses: %s', (body) => {
    expect(contract.problems({ $ref: '#/components/schemas/GateQuestion' }, JSON.parse(body))).not.toEqual([]);
  });
});

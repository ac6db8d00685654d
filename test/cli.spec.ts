// The command line as a pipeline and a person use it: what it prints, where, and the code with which it ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { seedSystems } from '../src/cli/example.js';
import { migrationFiles } from '../src/platform/migrate.js';
import { QUESTIONNAIRE } from '../src/systems/shipped-questionnaire.js';
import { startApp, type TestApp } from './support/app.js';
import { countersign, PROJECT, type Ended } from './support/command-line.js';

const COMMANDS = ['digest', 'system tier', 'system classify', 'release create', 'gate check', 'deployment report', 'evidence add', 'evidence sweep', 'policy adopt', 'policy approve', 'policy activate', 'readiness', 'obligations', 'sign-off give', 'risks import', 'risks export', 'graphql', 'login', 'logout', 'token', 'story', 'db prepare', 'db migrate', 'admin bootstrap', 'keys create', 'keys rotate', 'tenant create', 'tenant list', 'tenant suspend', 'tenant resume', 'tenant export', 'tenant verify', 'tenant erase'];
const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

let app: TestApp;
let folder: string;
let bundle: string;

beforeAll(async () => {
  app = await startApp();
  await seedSystems(app.app, app.as, PROJECT);
  folder = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  writeFileSync(join(folder, 'model'), 'weights');
  const found = await app.graphql<{ release: { bundleDigest: string } }>('rita', '{ release(id: "REL-1") { bundleDigest } }');
  bundle = found.data!.release.bundleDigest;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.close();
});

/** The program, told where this server is and where its keys are. */
async function run(...args: string[]): Promise<Ended> {
  return countersign(args, { COUNTERSIGN_URL: app.url, COUNTERSIGN_DATA: app.dataFolder });
}

async function asPipeline(...args: string[]): Promise<Ended> {
  return run('gate', 'check', '--as', 'pipeline', ...args);
}

describe('usage', () => {
  test('lists every command, on stdout when asked and on stderr with 64 when not', async () => {
    const asked = await run('--help');
    const silent = await run();

    expect(asked).toMatchObject({ code: 0, err: '' });
    for (const name of COMMANDS) expect(asked.out).toContain(`  ${name} `);
    expect(silent).toEqual({ code: 64, out: '', err: asked.out });
  });

  test.each(COMMANDS)('tells the options of %s', async (name) => {
    const { code, out, err } = await run(...name.split(' '), '--help');

    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`Usage: countersign ${name}`);
  });

  test.each([
    ['an unknown command', ['gates', 'check'], 'there is no command "gates check"'],
    ['an unknown option', ['digest', '--fast', 'x'], '--fast'],
    ['a missing argument', ['digest'], '<file-or-folder> is missing'],
    ['an argument too many', ['digest', 'a', 'b'], '"b" is one argument too many'],
    ['an option without its value', ['gate', 'check', '--environment'], '--environment'],
    ['an option given twice', ['gate', 'check', '--environment', 'a', '--environment', 'b'], '--environment is given more than once'],
    ['an option with an empty value', ['gate', 'check', '--environment', 'pilot', '--bundle', ''], '--bundle is empty'],
    ['no target', ['gate', 'check', '--environment', 'pilot'], 'in exactly one way'],
    ['two targets', ['gate', 'check', '--environment', 'pilot', '--release', 'REL-1', '--bundle', EMPTY], 'in exactly one way'],
    ['a time that is none', ['gate', 'check', '--environment', 'pilot', '--release', 'REL-1', '--wait', 'soon'], '--wait is a time'],
    ['nobody who asks', ['gate', 'check', '--environment', 'pilot', '--bundle', EMPTY], 'Say who asks'],
    ['two who ask', ['gate', 'check', '--environment', 'pilot', '--bundle', EMPTY, '--as', 'rita', '--token', 'x'], '--as and --token exclude each other'],
    ['an address that is none', ['gate', 'check', '--environment', 'pilot', '--bundle', EMPTY, '--as', 'rita', '--url', 'nowhere'], 'is no address'],
    ['a part of no role', ['gate', 'check', '--environment', 'pilot', '--path', 'WEIGHTS:a=b', '--as', 'rita'], 'no component role'],
    ['a part without a path', ['release', 'create', '--system', 'SYS-1', '--label', 'x', '--component', 'MODEL:a', '--as', 'dana'], 'not of the form'],
    ['a release without parts', ['release', 'create', '--system', 'SYS-1', '--label', 'x', '--as', 'dana'], '--component is missing'],
    ['minutes out of range', ['token', '--as', 'rita', '--minutes', '481'], '--minutes is a whole number'],
  ])('ends with 64 for %s', async (_, args, said) => {
    const { code, out, err } = await run(...args);

    expect([code, out]).toEqual([64, '']);
    expect(err).toContain(said);
  });
});

describe('countersign digest', () => {
  test('prints the digest, or with --json what it is of', async () => {
    writeFileSync(join(folder, 'empty'), '');

    expect(await run('digest', join(folder, 'empty'))).toEqual({ code: 0, out: `${EMPTY}\n`, err: '' });
    expect(JSON.parse((await run('digest', '--json', join(folder, 'empty'))).out)).toEqual({ digest: EMPTY, kind: 'file', files: 1, bytes: 0 });
  });

  test('ends with 1 and the reason for what cannot be read', async () => {
    const { code, out, err } = await run('digest', join(folder, 'none'));

    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('is not there');
  });
});

describe('countersign token', () => {
  test('prints a token that the server accepts', async () => {
    const { out } = await run('token', '--as', 'rita', '--minutes', '5');
    const checked = await countersign(['gate', 'check', '--environment', 'pilot', '--bundle', bundle, '--url', app.url], { COUNTERSIGN_TOKEN: out.trim() });

    expect([checked.code, checked.err]).toEqual([1, '']);
  });

  test('is refused in production, and without the keys of a server', async () => {
    const inProduction = await countersign(['token', '--as', 'rita'], { COUNTERSIGN_DATA: app.dataFolder, NODE_ENV: 'production' });
    const elsewhere = await countersign(['token', '--as', 'rita'], { COUNTERSIGN_DATA: folder });

    expect([inProduction.code, inProduction.out, elsewhere.code, elsewhere.out]).toEqual([1, '', 1, '']);
    expect(inProduction.err).toContain('NODE_ENV is production');
    expect(elsewhere.err).toContain('COUNTERSIGN_DATA names no folder');
  });
});

describe('countersign release create', () => {
  test('digests paths here, takes digests as they are, and prints number and bundle', async () => {
    const made = await run('release', 'create', '--system', 'SYS-1', '--label', '1.1.0', '--component', `MODEL:m=${join(folder, 'model')}`, '--component', `PROMPT:p@${EMPTY}`, '--as', 'dana');
    const { data } = await app.graphql<{ release: { bundleDigest: string; components: unknown[] } }>('rita', '{ release(id: "REL-4") { bundleDigest components { role name digest } } }');

    expect(made).toEqual({ code: 0, err: '', out: `REL-4  ${data!.release.bundleDigest}\n` });
    expect(data!.release.components).toContainEqual({ role: 'PROMPT', name: 'p', digest: EMPTY });
  });

  test('ends with 1, code, message and next step when it is refused', async () => {
    const { code, out, err } = await run('release', 'create', '--system', 'SYS-1', '--label', '1.0.0', '--component', `MODEL:m@${EMPTY}`, '--as', 'rita');

    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^refused: PERMISSION_DENIED {2}.+/);
  });
});

describe('countersign system tier', () => {
  test('prints what answers give, what weighs most and what would lower it, and writes nothing', async () => {
    const [file, wrong] = [join(folder, 'answers.yaml'), join(folder, 'wrong.yaml')];
    const asked = async (): Promise<unknown> => (await app.graphql('rita', '{ system(id: "SYS-1") { version tier } }')).data;
    const before = await asked();
    writeFileSync(file, QUESTIONNAIRE.questions.map(({ id }) => `${id}: ${id === 'M1' ? 'e' : 'a'}`).join('\n'));
    writeFileSync(wrong, 'M1: 3');
    const [tried, none, refused] = await Promise.all([['--answers', file], [], ['--answers', wrong]].map((more) => run('system', 'tier', 'SYS-1', '--as', 'dana', ...more)));

    expect([tried?.code, tried?.err]).toEqual([0, '']);
    expect(tried?.out).toMatch(/^CRITICAL\n/);
    expect(tried?.out).toMatch(/^ *weighs M1=e +[\d.]+ points, floor CRITICAL$/m);
    expect(tried?.out).toMatch(/^ *\w+ if +M1 is d, not e$/m);
    expect(none?.out).toContain('Nobody has answered');
    expect(refused).toMatchObject({ code: 64, err: expect.stringContaining('M1 is answered by no option') });
    expect(await asked()).toEqual(before);
  });
});

describe('countersign system classify', () => {
  test('signs what a file says, and prints what holds; a file that says something else is refused', async () => {
    const [file, wrong] = [join(folder, 'class.yaml'), join(folder, 'wrong-class.yaml')];
    writeFileSync(file, 'euClass: LIMITED\nroles: [PROVIDER]\nflags: { PROFILING: false }\nrationale: People talk to it.\n');
    writeFileSync(wrong, 'euClass: LIMITED\nrole: PROVIDER\n');
    const signed = await run('system', 'classify', 'SYS-1', file, '--as', 'lena');
    const [refused, unread] = await Promise.all([run('system', 'classify', 'SYS-1', file, '--as', 'dana'), run('system', 'classify', 'SYS-1', wrong, '--as', 'lena')]);

    expect([signed.code, signed.err]).toEqual([0, '']);
    expect(signed.out).toMatch(/^SYS-1 {2}classification 1 until \d{4}-\d\d-\d\d {2}sha256:[0-9a-f]{64}$/m);
    expect(signed.out).toMatch(/^ *EU_CLASS +LIMITED +AGREED/m);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('PERMISSION_DENIED')]);
    expect(unread).toMatchObject({ code: 64, err: expect.stringContaining('role') });
  });

  test.each([
    ['euClass: LIMITD', 'euClass knows no "LIMITD". Nearest: LIMITED.'], ['flags: { PROFILNG: false }', 'flags knows no "PROFILNG". Nearest: PROFILING.'], ['flags: { PROFILING: no }', 'PROFILING is true or false, not "no".'],
    ['roles: [PROVIDER, SELLER]', 'roles knows no "SELLER". There are PROVIDER, DEPLOYER,'], ['annexIIIUses: III_5_B\nderogation: 7', 'derogation knows no 7. There are NARROW_PROCEDURAL_TASK,'],
  ])('names what a file cannot say: %j', async (line, said) => {
    const file = join(folder, 'misspelt-class.yaml');
    writeFileSync(file, `${line}\nrationale: People talk to it.\n`);

    expect(await run('system', 'classify', 'SYS-1', file, '--as', 'lena')).toMatchObject({ code: 64, out: '', err: expect.stringContaining(said) });
  });
});

describe('countersign gate check', () => {
  test('prints verdict and reasons with what to do next, and ends with 1 for DENY', async () => {
    const { code, out, err } = await asPipeline('--environment', 'production', '--release', 'REL-1');

    expect([code, err]).toEqual([1, '']);
    expect(out).toContain(`DENY production ${bundle}\n`);
    expect(out).toMatch(/^ {2}R3\/R-2 +RISK_UNASSESSED +R-2 has not been assessed\. → Assess it\.$/m);
    expect(out).toMatch(/^decision [0-9a-f-]{36}$/m);
  });

  test.each([
    ['bundle', () => ['--bundle', bundle]],
    ['part', () => ['--component-digest', EMPTY.replace('e3', 'e4')]],
    ['paths', () => ['--path', `MODEL:m=${join(folder, 'model')}`]],
  ])('asks by %s', async (_, target) => {
    const { code, out } = await asPipeline('--environment', 'production', '--json', ...target());

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ decision: false, verdict: 'DENY' });
  });

  test('ends with 3 when the question is refused or the release is unknown', async () => {
    const unknown = await asPipeline('--environment', 'production', '--release', 'REL-99');
    const malformed = await asPipeline('--environment', 'production', '--bundle', 'sha256:short');
    const stranger = await run('gate', 'check', '--token', 'none', '--environment', 'production', '--bundle', bundle);

    expect([unknown.code, malformed.code, stranger.code]).toEqual([3, 3, 3]);
    expect(unknown.err).toContain('refused: NOT_FOUND');
    expect(malformed.err).toContain('refused: INVALID_DIGEST');
    expect(stranger.err).toContain('refused: UNAUTHENTICATED');
  });

  test('passes with a grant that is reported once', async () => {
    // A development environment asks for no review.
    const passed = await asPipeline('--environment', 'dev', '--release', 'REL-1', '--authorize');
    const [, grant] = /^grant ([0-9a-f-]{36}), until /m.exec(passed.out) ?? [];
    const report = ['deployment', 'report', '--grant', grant!, '--bundle', bundle, '--environment', 'dev', '--as', 'pipeline'];

    expect([passed.code, passed.err]).toEqual([0, '']);
    expect(await run(...report)).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^D-3 started at /) as unknown });
    expect(await run(...report)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^refused: GRANT_CONSUMED .*\nnext: Authorize/) as unknown });
  });

  test('has no report both with a grant and without one', async () => {
    const reported = await run('deployment', 'report', '--ungoverned', '--grant', 'g', '--system', 'SYS-1', '--bundle', bundle, '--environment', 'pilot', '--reason', 'Found.', '--as', 'pipeline');

    expect(reported).toMatchObject({ code: 64, out: '', err: expect.stringContaining('either --grant or --ungoverned') as unknown });
  });

  test('asks whether something may go on running, or come back, which it may not where it never was', async () => {
    const elsewhere = await asPipeline('--environment', 'sandbox', '--release', 'REL-1', '--action', 'run');
    const back = await asPipeline('--environment', 'production', '--release', 'REL-1', '--action', 'rollback');
    const unknown = await asPipeline('--environment', 'dev', '--release', 'REL-1', '--action', 'stop');

    expect([elsewhere.code, back.code, unknown.code]).toEqual([1, 1, 3]);
    expect(back.out).toMatch(/^ {2}TARGET\/AUTHORIZATION +NOT_AUTHORIZED_HERE /m);
    expect(unknown.err).toContain('refused: INVALID_INPUT');
  });
});

describe('an answer that is none', () => {
  let server: Server;
  let url: string;
  let answers: { status: number; body: string }[];
  beforeAll(async () => {
    server = createServer((_, response) => {
      const { status, body } = answers.length > 1 ? answers.shift()! : answers[0]!;
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((listening) => { server.listen(0, '127.0.0.1', listening); });
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(() => void server.close());

  async function told(...given: { status: number; body: string }[]): Promise<number> {
    answers = given;
    return (await countersign(['gate', 'check', '--token', 'x', '--url', url, '--environment', 'pilot', '--bundle', EMPTY, '--wait', '20s'])).code;
  }

  test.each([
    ['without a verdict', 200, '{"decision":true}'],
    ['without a decision', 200, '{"verdict":"ALLOW"}'],
    ['whose parts disagree', 200, '{"decision":true,"verdict":"DENY"}'],
    ['with a verdict that is not known', 200, '{"decision":true,"verdict":"MAYBE"}'],
    ['with a word for a decision', 200, '{"decision":"true","verdict":"ALLOW"}'],
    ['with the status of a failure', 503, '{"decision":true,"verdict":"ALLOW"}'],
    ['that is a list', 200, '[true]'],
    ['that is no JSON', 200, '<html>'],
    ['that leads elsewhere', 307, '{"decision":true,"verdict":"ALLOW"}'],
  ])('ends with 3: one %s', async (_, status, body) => {
    expect(await told({ status, body })).toBe(3);
  });

  test('is asked for again only while it is PENDING', async () => {
    const [pending, allow, error] = ['{"decision":false,"verdict":"PENDING"}', '{"decision":true,"verdict":"ALLOW"}', '{"decision":false,"verdict":"ERROR"}'].map((body) => ({ status: 200, body }));

    expect(await told(pending!, allow!)).toBe(0);
    expect(await told(error!, allow!)).toBe(3);
  });

  test('ends with 2 when the time is over and it is still PENDING', async () => {
    answers = [{ status: 200, body: '{"decision":false,"verdict":"PENDING"}' }];

    expect((await countersign(['gate', 'check', '--token', 'x', '--url', url, '--environment', 'pilot', '--bundle', EMPTY, '--wait', '1s'])).code).toBe(2);
  });

  test('ends with 3 when nobody listens', async () => {
    const { code, err } = await countersign(['gate', 'check', '--token', 'x', '--url', 'http://127.0.0.1:1', '--environment', 'pilot', '--bundle', EMPTY]);

    expect(code).toBe(3);
    expect(err).toMatch(/cannot be reached/);
  });
});

describe('countersign db prepare', () => {
  test('makes roles, database and schema, twice, and shows no password', async () => {
    const name = `prepared_${String(process.pid)}`;
    const url = app.database.adminUrl.replace('postgres@', 'postgres:not-to-be-shown@').replace(/\/test_\w+/, '/postgres');
    const first = await run('db', 'prepare', '--admin-url', url, '--database', name);
    const second = await run('db', 'prepare', '--admin-url', url, '--database', name);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`drop database ${name}`).finally(() => client.end());

    expect([first.code, first.err, second.code, second.err]).toEqual([0, '', 0, '']);
    expect(first.out).toContain(`schema: ran ${migrationFiles().map((file) => file.name).join(', ')}.`);
    expect(second.out).toContain('schema: already the present one.');
    expect(first.out + second.out).not.toContain('not-to-be-shown');
  });

  test('ends with 3 when the database cannot be reached, without the password', async () => {
    const { code, err } = await run('db', 'prepare', '--admin-url', 'postgresql://postgres:not-to-be-shown@127.0.0.1:1/postgres');

    expect(code).toBe(3);
    expect(err).not.toContain('not-to-be-shown');
  });

  test('takes the connection from ADMIN_DATABASE_URL, and is refused by the name of a URL whose password it cannot set', async () => {
    const urls = { ADMIN_DATABASE_URL: 'postgresql://postgres:not-to-be-shown@127.0.0.1:1/postgres', DATABASE_URL: 'postgresql://somebody:not-to-be-shown@db/x', MIGRATION_DATABASE_URL: '' };
    const plain = await countersign(['db', 'prepare'], urls);
    const refused = await countersign(['db', 'prepare', '--set-passwords'], urls);
    const missing = await countersign(['db', 'prepare'], {});

    expect([plain.code, refused.code, missing.code]).toEqual([3, 1, 64]);
    expect(refused.err).toBe('countersign: DATABASE_URL must name the role countersign_app\n');
    expect(missing.err).toMatch(/--admin-url is missing/);
    expect(plain.out + plain.err + refused.out).not.toContain('not-to-be-shown');
  });
});

// docs/operations/production.md, played as it stands: from an empty PostgreSQL with a password to a promotion that was signed and authorized, with a provider on this machine.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM, PROJECT } from '../support/command-line.js';
import { startExternalPostgres, type ExternalPostgres } from '../support/external-postgres.js';
import { CLIENT, IdentityProvider } from '../support/identity-provider.js';
import { killAll, run, type Program } from '../support/programs.js';
import { allMadeAgain } from '../support/replays.js';

jest.setTimeout(120_000);

const PASSWORD = 'not-to-be-shown-anywhere';
const AUDIENCE = 'https://risk.example.org';
const document = readFileSync(join(PROJECT, 'docs/operations/production.md'), 'utf8');

interface Block { readonly kind: string; readonly who: string; readonly text: string; readonly title: string; /** Up to the server, which keeps it, everything is done in the first one. */ readonly terminal: string }
const blocks: readonly Block[] = [...document.matchAll(/^```sh(?: (facts|play|serve)(?: (\w+))?)?\n(.*?)^```$/gms)].map(({ index, 1: kind = '', 2: who = '', 3: text = '' }) => ({ kind, who, text, title: text.split('\n')[0]!, terminal: index <= document.indexOf('```sh serve') ? 'first' : who || 'second' }));

let folder: string;
let postgres: ExternalPostgres | undefined;
let provider: IdentityProvider;
let server: Program;
let serving: Block;
/** Everything that was printed, by the commands and by the server. */
const printed: string[] = [];

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-production-')));
  [postgres, provider] = await Promise.all([startExternalPostgres(PASSWORD), IdentityProvider.start(AUDIENCE)]);
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'countersign'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(join(folder, 'bin', 'countersign'), 0o755);
  // A provider on this machine has no TLS.
  writeFileSync(join(folder, 'facts'), 'export OUTGOING_LOOPBACK=allow\n');
});
afterAll(async () => {
  killAll();
  await provider.stop();
  await postgres?.stop();
  rmSync(folder, { recursive: true });
});

/** Every variable that is set on the way: kept from block to block as it is, exported or not. */
const KEPT = [...new Set(['OUTGOING_LOOPBACK', 'DATABASE_URL', 'MIGRATION_DATABASE_URL', ...[...document.matchAll(/^(?:export )?([A-Z_]+)=/gm)].map(([, name]) => name!)])];

/** The block in a shell that goes on where the one before ended in the same terminal, a new one with the facts alone; all on one account of the machine, each with a session of their own. */
function shell(text: string, terminal: string): Program {
  const state = join(folder, `terminal-${terminal}`);
  if (!existsSync(state)) copyFileSync(join(folder, 'facts'), state);
  const script = `set -euo pipefail\n. '${state}'\n${text}\nfor name in ${KEPT.join(' ')}; do declare -p $name 2>/dev/null || true; done > '${state}'\n`;
  return run('bash', ['-c', script], { cwd: folder, env: { PATH: `${folder}/bin:${process.env['PATH']!}`, HOME: folder, COUNTERSIGN_SESSION: join(folder, `${terminal}.json`) } });
}

/** While it runs, whoever it is about is at the browser, and goes where the program says. */
async function play({ text, who, terminal }: Pick<Block, 'text' | 'who' | 'terminal'>): Promise<{ code: unknown; out: string }> {
  if (who !== '') provider.atBrowser = { sub: SUBJECTS[who]!, name: who, authenticatedAt: Math.floor(Date.now() / 1000) - 36_000 };
  const program = shell(text, terminal);
  const browsed = program.line(/http:\/\/\S+\/authorize\?\S+/).then(async ([address]) => fetch(address)).catch(() => undefined);
  const code = await program.ended();
  await browsed;
  printed.push(program.printed());
  return { code, out: program.printed() };
}

const SUBJECTS: Readonly<Record<string, string>> = { administrator: 'subject-1', owner: '163840776835432705', officer: 'subject-3' };

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => { listener.close(resolve); });
  return port;
}

/** The facts of this machine in the place of the document's, by name: all of them, and no others. */
async function facts({ text }: Block): Promise<string> {
  const port = String(await freePort());
  const ours: Readonly<Record<string, string>> = {
    COUNTERSIGN_HOME: PROJECT, ADMIN_DATABASE_URL: postgres!.adminUrl, COUNTERSIGN_URL: `http://127.0.0.1:${port}`, COUNTERSIGN_ORIGIN: 'test.example/countersign', PORT: port, ISSUER: provider.url, AUDIENCE, CLIENT_ID: CLIENT,
    ADMINISTRATOR: SUBJECTS['administrator']!, OWNER: SUBJECTS['owner']!, OFFICER: SUBJECTS['officer']!,
  };
  expect([...text.matchAll(/^export (\w+)='[^']+'$/gm)].map(([, name]) => name)).toEqual(Object.keys(ours));
  return Object.entries(ours).map(([name, value]) => `export ${name}='${value}'\n`).join('');
}

const WANTED: Readonly<Record<string, RegExp>> = {
  'countersign db prepare --urls-to database.env': /schema: ran 0001_.*\nready:/,
  'countersign keys create keys': /made signing\.pem and address\.key/,
  'curl --fail --silent --show-error "$COUNTERSIGN_URL/health/ready"': /ready/,
  'set -a; . ./database.env; set +a': /schema: already the present one/,
};

describe('docs/operations/production.md', () => {
  test('has its blocks in the order of an installation', () => {
    expect(blocks.map(({ kind }) => kind).join(' ')).toMatch(/^facts (play ){3}serve (play ){8}/);
    expect(blocks.filter(({ kind }) => kind === '').map(({ text }) => text.match(/^(psql|pg_dump|pg_restore) /m)?.[1])).toEqual(['psql', 'pg_dump', 'pg_restore']);
    // What leads to the cluster of before would serve on, after a restore into another one.
    expect(blocks.find(({ text }) => text.includes('\npg_restore '))!.text.match(/--urls-to \S+/g)).toEqual(Array(2).fill('--urls-to database-restored.env'));
  });

  test('names where every variable comes from', () => {
    expect([...document.matchAll(/\$([A-Z_]{2,})/g)].map(([, name]) => name!).filter((name) => name !== 'PWD' && !KEPT.includes(name))).toEqual([]);
  });

  test.each(blocks.filter(({ kind }) => kind !== ''))('holds: $title ($who)', async (block) => {
    if (block.kind === 'serve') {
      [server, serving] = [shell(block.text, block.terminal), block];
      await server.line(/Countersign is ready/);
      return;
    }
    const { code, out } = await play(block.kind === 'facts' ? { ...block, text: await facts(block) } : block);
    if (block.kind === 'facts') copyFileSync(join(folder, 'terminal-first'), join(folder, 'facts'));

    expect({ code, out }).toEqual({ code: 0, out: code === 0 ? expect.stringMatching(WANTED[block.title] ?? /^/) : 'what the document promises' });
  });

  test('ends with a grant, and a statement that verifies offline, signed after a fresh sign-in', async () => {
    const all = printed.join('\n');

    expect(all).toMatch(/A signature needs a fresh sign-in\.\nOpen this address[^]*SO-1 {2}APPROVED/);
    expect(all).toMatch(/ALLOW pilot sha256:[^]*\ngrant /);
    expect(all).toMatch(/\nVALID\n/);
    expect(provider.asked.filter(({ path, parameters }) => path === '/authorize' && parameters.get('max_age') === '0')).toHaveLength(1);
  });

  test('shows no secret, and leaves none open', () => {
    const made = [...readFileSync(join(folder, 'database.env'), 'utf8').matchAll(/:([^:@]+)@/g)].map(([, secret]) => secret!);

    expect(made).toHaveLength(2);
    for (const secret of [PASSWORD, ...made]) expect([...printed, server.printed()].join()).not.toContain(secret);
    expect(['database.env', 'keys/signing.pem', 'keys/address.key', 'owner.json'].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600, 0o600, 0o600]);
  });
});

const BOOTSTRAP = 'countersign admin bootstrap --organization "Example" --issuer "$ISSUER" --audience "$AUDIENCE" --token-type at+jwt --name "First administrator"';

describe('the register, once installed', () => {
  const failing = async (text: string): Promise<[unknown, string]> => {
    const { code, out } = await play({ text, who: '', terminal: 'first' });
    return [code, out];
  };

  test('is not opened a second time', async () => {
    const [again, other] = [await failing(`${BOOTSTRAP} --subject "$ADMINISTRATOR"`), await failing(`${BOOTSTRAP} --subject "$OWNER"`)];

    expect(again).toEqual([0, expect.stringMatching(/^This is done already; nothing was changed\.\norganization: Example, \S+\nissuer: ISS-1 .*\nadministrator: U-1 subject-1\n$/)]);
    expect(other).toEqual([1, expect.stringMatching(/^refused: ALREADY_EXISTS {2}This register has its first organization already: Example/)]);
  });

  test('is not served with the built-in issuer, in production or not', async () => {
    const start = 'exec node "$COUNTERSIGN_HOME/dist/src/main.js"';

    expect(await failing(`unset COUNTERSIGN_KEYS; NODE_ENV=test; ${start}`)).toEqual([1, expect.stringMatching(/^countersign: COUNTERSIGN_KEYS is missing: an organization of this register signs in by an issuer of its own/m)]);
    expect(await failing('countersign token --as rita')).toEqual([1, expect.stringMatching(/^countersign: NODE_ENV is production, where there is no built-in issuer/)]);
  });
});

describe('two servers on one register', () => {
  const urls: string[] = [];
  let second: Program;

  beforeAll(async () => {
    urls.push(/http:\/\/\S+(?=\/graphql)/.exec(server.printed())![0]);
    await startSecond();
  });

  async function startSecond(): Promise<void> {
    second = shell(`PORT=0\n${serving.text}`, 'first');
    urls[1] = (await second.line(/(http:\/\/\S+)\/graphql/, 60_000))[1]!;
  }

  const tokenOf = async (who: string): Promise<string> => provider.accessToken({ sub: SUBJECTS[who]!, name: who, authenticatedAt: Math.floor(Date.now() / 1000) });

  /** The data, or the code of the refusal with what it is because of. */
  async function ask(which: number, token: string, query: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const answer = await fetch(`${urls[which]!}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers }, body: JSON.stringify({ query }) });
    const { data, errors } = await answer.json() as { data?: unknown; errors?: { extensions: { code: string; details?: { because?: string[] } } }[] };
    return errors === undefined ? data : [errors[0]!.extensions.code, ...errors[0]!.extensions.details?.because ?? []].join(' ');
  }

  test('make every decision again that was recorded, word for word, whichever is asked', async () => {
    const officer = await tokenOf('officer');
    let asked = 0;

    await allMadeAgain('production', (query) => ask(asked++ % 2, officer, query));
  });

  test('do a command under one key once', async () => {
    const create = 'mutation { createEnvironment(input: { name: "staging", kind: STAGING }) { id name } }';
    const [token, key] = [await tokenOf('administrator'), { 'idempotency-key': 'made-once' }];

    const first = await ask(0, token, create, key);

    expect(first).toEqual({ createEnvironment: { id: expect.any(String), name: 'staging' } });
    expect(await ask(1, token, create, key)).toEqual(first);
    expect(await ask(1, token, create)).toBe('ALREADY_EXISTS');
  });

  test('and so does the process that is started in the place of the one that did it', async () => {
    const create = (name: string): string => `mutation { createEnvironment(input: { name: "${name}", kind: STAGING }) { id name } }`;
    const [token, key] = [await tokenOf('administrator'), { 'idempotency-key': 'before-the-restart' }];
    const { pid } = second;
    const first = await ask(1, token, create('rehearsal'), key);

    second.signal('SIGINT');
    await second.ended();
    await startSecond();

    expect(second.pid).not.toBe(pid);
    expect(first).toEqual({ createEnvironment: { id: expect.any(String), name: 'rehearsal' } });
    expect(await ask(1, token, create('rehearsal'), key)).toEqual(first);
    expect(await ask(1, token, create('another'), key)).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await ask(1, token, '{ environments { name } }')).not.toEqual({ environments: expect.arrayContaining([{ name: 'another' }]) });
  });

  test('count failures together: both refuse one whose failures neither has seen too many of', async () => {
    const minute = (): number => Math.floor(Date.now() / 60_000);
    /** Ten in turn are few enough; the two after them are one too many for whoever counts both servers, and six for whoever counts one. */
    const round = async (who: string): Promise<unknown[]> => {
      const [bad, codes]: [string, unknown[]] = [`${(await tokenOf(who)).split('.').slice(0, 2).join('.')}.AAAA`, []];
      for (let i = 0; i < 12; i += 1) codes.push(await ask(i % 2, bad, '{ viewer { id } }'));
      return codes;
    };
    // When another minute has begun on the way, its count has begun, too: once more, of somebody else.
    let who = 'officer';
    let [began, codes] = [minute(), await round(who)];
    if (minute() !== began) [who, began, codes] = ['owner', minute(), await round('owner')];

    expect(minute()).toBe(began);
    expect(codes).toEqual([...Array.from({ length: 10 }, () => expect.stringMatching(/^UNAUTHENTICATED/)), 'TOO_MANY_FAILURES', 'TOO_MANY_FAILURES']);
    expect(await ask(1, await tokenOf(who), '{ viewer { number } }')).toEqual({ viewer: { number: expect.stringMatching(/^U-/) } });
  });

  test('know at once that a role was revoked, and a key', async () => {
    const [administrator, officer] = [await tokenOf('administrator'), await tokenOf('officer')];
    const { issueApiKey: { secret, key } } = await ask(0, administrator, 'mutation { issueApiKey(input: { name: "Deploys", systems: ["SYS-1"], environments: ["pilot"], validUntil: "' + new Date(Date.now() + 86_400_000).toISOString() + '" }) { secret key { id version } } }') as { issueApiKey: { secret: string; key: { id: string; version: number } } };
    const reads = '{ environments { name } }';
    expect([await ask(1, officer, reads), await ask(1, secret, reads)]).toEqual([expect.any(Object), expect.any(Object)]);

    await ask(0, administrator, 'mutation { revokeRole(id: "U-3", expectedVersion: 2, input: { role: RISK_OFFICER, reason: "Left." }) { number } }');
    await ask(0, administrator, `mutation { revokeApiKey(id: "${key.id}", expectedVersion: ${key.version}, reason: "Lost.") { id } }`);

    expect([await ask(1, officer, reads), await ask(1, secret, reads)]).toEqual(['PERMISSION_DENIED', expect.stringMatching(/^UNAUTHENTICATED/)]);
  });

  test('know at once that an issuer is believed no longer', async () => {
    const administrator = await tokenOf('administrator');
    expect(await ask(1, administrator, '{ viewer { number } }')).toEqual({ viewer: { number: 'U-1' } });

    await ask(0, administrator, 'mutation { retireIssuer(id: "ISS-1", expectedVersion: 1, reason: "Replaced.") { number } }');

    expect(await ask(1, administrator, '{ viewer { number } }')).toBe('UNAUTHENTICATED TOKEN_NOT_BELIEVED');
  });
});

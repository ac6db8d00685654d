/** `countersign db prepare` and `db migrate`: roles, database and schema on an external PostgreSQL; both may be repeated. */
import { randomBytes } from 'node:crypto';
import { hidesCredentials, readAdminUrl, readMigrationUrl, readRolePasswords } from '../platform/config.js';
import { migrate, OWNER_ROLE, prepareCluster, prepareDatabase, setPasswords } from '../platform/migrate.js';
import { scramVerifier } from '../platform/scram.js';
import { Unreachable } from './client.js';
import { EXIT, UsageError, type Command, type Given, type Terminal } from './command.js';
import { keptUrls, POSTGRES_URL } from './database-urls.js';

export const dbPrepareCommand: Command = {
  name: 'db prepare',
  summary: 'Prepares an external PostgreSQL 15 or newer: three roles, the database, its schema.',
  positionals: [],
  options: {
    'admin-url': { value: 'url', help: 'a connection that may create roles and databases; otherwise ADMIN_DATABASE_URL, which other users of this machine cannot see, or the only other URL that is set' },
    database: { value: 'name', help: 'the database; countersign unless given' },
    'set-passwords': { value: null, help: 'gives countersign_app and countersign_owner the passwords in DATABASE_URL and MIGRATION_DATABASE_URL' },
    'urls-to': { value: 'file', help: 'makes these passwords and writes both URLs into this file, for its owner only; a file that is there is used again' },
  },
  notes: ['Repeat it after an upgrade: what is there stays. Passwords change only with --set-passwords or --urls-to; the database gets to see no more of them than it keeps.'],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const [adminUrl, database] = [adminUrlOf(given), given.text('database') ?? 'countersign'];
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(database)) throw new UsageError(`--database is a name of small letters, digits and _, not "${database}".`);
    const passwords = passwordsFor(given, adminUrl, database);
    await prepare({ adminUrl, database, passwords }, terminal).catch((error: unknown) => {
      throw new Unreachable(withoutSecrets(describe(error), adminUrl, Object.values(passwords)), error);
    });
    terminal.out(`ready: set DATABASE_URL for the role countersign_app and MIGRATION_DATABASE_URL for ${OWNER_ROLE}.`);
    return EXIT.OK;
  },
};

export const dbMigrateCommand: Command = {
  name: 'db migrate',
  summary: 'Brings the schema of a prepared database to this version, as the role countersign_owner.',
  positionals: [],
  options: {},
  notes: ['It goes by MIGRATION_DATABASE_URL. A server that is given that variable does the same when it starts.'],
  whenRefused: EXIT.REFUSED,
  async run(_, terminal) {
    const ownerUrl = readMigrationUrl();
    const ran = await migrate(ownerUrl).catch((error: unknown) => { throw new Unreachable(`MIGRATION_DATABASE_URL: ${withoutSecrets(describe(error), ownerUrl, [])}`, error); });
    terminal.out(schemaLine(ran));
    return EXIT.OK;
  },
};

function passwordsFor(given: Given, adminUrl: string, database: string): Readonly<Record<string, string>> {
  const file = given.text('urls-to');
  if (file !== null && given.flag('set-passwords')) throw new UsageError('--urls-to and --set-passwords exclude each other.');
  if (file !== null) return readRolePasswords(keptUrls(file, adminUrl, database));
  return given.flag('set-passwords') ? readRolePasswords() : {};
}

function adminUrlOf(given: Given): string {
  const adminUrl = given.text('admin-url') ?? readAdminUrl();
  if (adminUrl === null) throw new UsageError('--admin-url is missing, and so is ADMIN_DATABASE_URL.');
  if (!POSTGRES_URL.test(adminUrl)) throw new UsageError('--admin-url is no URL such as postgresql://postgres:secret@db.example:5432/postgres.');
  if (hidesCredentials(adminUrl)) throw new UsageError('--admin-url has user or password among its parameters; they stand before the @.');
  return adminUrl;
}

interface Wanted { readonly adminUrl: string; readonly database: string; readonly passwords: Readonly<Record<string, string>> }

async function prepare({ adminUrl, database, passwords }: Wanted, terminal: Terminal): Promise<void> {
  await prepareCluster(adminUrl);
  terminal.out('roles: countersign_owner, countersign_audit and countersign_app are there.');
  await setPasswords(adminUrl, Object.fromEntries(Object.entries(passwords).map(([role, password]) => [role, scramVerifier(password, randomBytes(16))])));
  for (const role of Object.keys(passwords)) terminal.out(`password: ${role} has the one of its URL.`);
  await prepareDatabase(adminUrl, database);
  terminal.out(`database: ${database} belongs to ${OWNER_ROLE}.`);
  const ran = await migrate(asOwner(adminUrl, database));
  terminal.out(schemaLine(ran));
}

function schemaLine(ran: readonly string[]): string {
  return ran.length === 0 ? 'schema: already the present one.' : `schema: ran ${ran.join(', ')}.`;
}

/** The administrator's own session, continued as the owning role: that role may not have a password yet. */
function asOwner(adminUrl: string, database: string): string {
  const [, server = '', , parameters = ''] = POSTGRES_URL.exec(adminUrl) ?? [];
  const given = new URLSearchParams(parameters);
  given.set('options', `-c role=${OWNER_ROLE}`);
  // A plus would be taken as it is, not as a space.
  return `${server}/${database}?${given.toString().replaceAll('+', '%20')}`;
}

function describe(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message === undefined || message === '' ? String(code) : message;
}

function withoutSecrets(text: string, adminUrl: string, others: readonly string[]): string {
  const [, password = ''] = /^[^:]+:\/\/[^:@/]*:([^/?]*)@/.exec(adminUrl) ?? [];
  const secrets = [adminUrl, password, decoded(password), ...others].filter((secret) => secret !== '');
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

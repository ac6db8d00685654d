/** `countersign db prepare`: roles, database and schema on an external PostgreSQL; may be repeated. */
import { migrate, OWNER_ROLE, prepareCluster, prepareDatabase } from '../platform/migrate.js';
import { Unreachable } from './client.js';
import { EXIT, UsageError, type Command, type Terminal } from './command.js';

/** Server, database, parameters. A URL of a local socket names no host, which the platform's own URL class refuses. */
const ADMIN_URL = /^(postgres(?:ql)?:\/\/[^/?\s]*)(?:\/([^?\s]*))?(?:\?(\S*))?$/;

export const dbPrepareCommand: Command = {
  name: 'db prepare',
  summary: 'Prepares an external PostgreSQL 15 or newer: three roles, the database, its schema.',
  positionals: [],
  options: {
    'admin-url': { value: 'url', help: 'a connection that may create roles and databases, such as postgresql://postgres:secret@db.example:5432/postgres' },
    database: { value: 'name', help: 'the database; countersign unless given' },
  },
  notes: ['Repeat it after an upgrade: what is there stays. Give the roles countersign_owner and countersign_app their passwords afterwards.'],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const [adminUrl, database] = [given.required('admin-url'), given.text('database') ?? 'countersign'];
    if (!ADMIN_URL.test(adminUrl)) throw new UsageError('--admin-url is no URL such as postgresql://postgres:secret@db.example:5432/postgres.');
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(database)) throw new UsageError(`--database is a name of small letters, digits and _, not "${database}".`);
    await prepare(adminUrl, database, terminal).catch((error: unknown) => {
      throw new Unreachable(withoutPassword(describe(error), adminUrl), error);
    });
    terminal.out(`ready: set DATABASE_URL for the role countersign_app and MIGRATION_DATABASE_URL for ${OWNER_ROLE}.`);
    return EXIT.OK;
  },
};

async function prepare(adminUrl: string, database: string, terminal: Terminal): Promise<void> {
  await prepareCluster(adminUrl);
  terminal.out('roles: countersign_owner, countersign_audit and countersign_app are there.');
  await prepareDatabase(adminUrl, database);
  terminal.out(`database: ${database} belongs to ${OWNER_ROLE}.`);
  const ran = await migrate(asOwner(adminUrl, database));
  terminal.out(ran.length === 0 ? 'schema: already the present one.' : `schema: ran ${ran.join(', ')}.`);
}

/** The administrator's own session, continued as the owning role: that role may not have a password yet. */
function asOwner(adminUrl: string, database: string): string {
  const [, server = '', , parameters = ''] = ADMIN_URL.exec(adminUrl) ?? [];
  const given = new URLSearchParams(parameters);
  given.set('options', `-c role=${OWNER_ROLE}`);
  // A plus would be taken as it is, not as a space.
  return `${server}/${database}?${given.toString().replaceAll('+', '%20')}`;
}

function describe(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message === undefined || message === '' ? String(code) : message;
}

function withoutPassword(text: string, adminUrl: string): string {
  const [, password = ''] = /^[^:]+:\/\/[^:@/]*:([^@/]*)@/.exec(adminUrl) ?? [];
  const secrets = [adminUrl, password, decoded(password)].filter((secret) => secret !== '');
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

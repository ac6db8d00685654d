/** The two URLs by which Countersign comes to its database, in a file for its owner only: made once, with passwords that nobody has to think of. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fchmodSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { APP_ROLE, OWNER_ROLE } from '../platform/migrate.js';
import { usable, UsageError } from './command.js';

/** Server, database, parameters. A URL of a local socket names no host, which the platform's own URL class refuses. */
export const POSTGRES_URL = /^(postgres(?:ql)?:\/\/[^/?\s]*)(?:\/([^?\s]*))?(?:\?(\S*))?$/;

const NAMES = { DATABASE_URL: APP_ROLE, MIGRATION_DATABASE_URL: OWNER_ROLE } as const;

export type DatabaseUrls = Readonly<Record<keyof typeof NAMES, string>>;

/** Those in the file, where it is there; otherwise new ones, written before anything is set, so that no password is lost. */
export function keptUrls(file: string, adminUrl: string, database: string): DatabaseUrls {
  const text = usable(file, () => {
    if (!existsSync(file)) write(file, newUrls(adminUrl, database));
    return readOwn(file);
  });
  const of = (name: string): string => {
    const url = new RegExp(`^${name}='([^'\\n]+)'$`, 'm').exec(text)?.[1];
    if (url === undefined) throw new UsageError(`"${file}" is there, but holds no ${name}='…' as this command writes it.`);
    if (POSTGRES_URL.exec(url)?.[2] !== database) throw new UsageError(`"${file}" is there, and its ${name} names another database than ${database}; name another file.`);
    if (serverOf(url) !== serverOf(adminUrl)) throw new UsageError(`"${file}" is there, and its ${name} leads to ${serverOf(url)}, but --admin-url (or ADMIN_DATABASE_URL) to ${serverOf(adminUrl)}; name another file, such as database-restored.env.`);
    return url;
  };
  return { DATABASE_URL: of('DATABASE_URL'), MIGRATION_DATABASE_URL: of('MIGRATION_DATABASE_URL') };
}

/** Host and port, which may stand among the parameters, and count there for more. */
function serverOf(url: string): string {
  const [, server = '', , parameters = ''] = POSTGRES_URL.exec(url) ?? [];
  const [, host = '', port = ''] = /^.*?:\/\/(?:.*@)?(.*?)(?::(\d*))?$/.exec(server) ?? [];
  const filled = (...texts: (string | null)[]): string => texts.find((text) => text !== null && text !== '') ?? '';
  const given = new URLSearchParams(parameters);
  return `${filled(given.get('host'), host, 'localhost').toLowerCase()}:${filled(given.get('port'), port, '5432')}`;
}

/** Whoever else wrote it would know the passwords, and what a shell that reads it does. */
function readOwn(file: string): string {
  const opened = openSync(file, 'r');
  try {
    if (process.getuid !== undefined && fstatSync(opened).uid !== process.getuid()) throw new UsageError(`"${file}" belongs to another user; name a file of your own.`);
    fchmodSync(opened, 0o600);
    return readFileSync(opened, 'utf8');
  } finally {
    closeSync(opened);
  }
}

/** The same server and parameters as the administrator's. */
function newUrls(adminUrl: string, database: string): DatabaseUrls {
  const [, server = '', , parameters = ''] = POSTGRES_URL.exec(adminUrl) ?? [];
  const [, scheme = '', host = ''] = /^(.*?:\/\/)(?:.*@)?(.*)$/.exec(server) ?? [];
  const url = (role: string): string => `${scheme}${role}:${randomBytes(24).toString('base64url')}@${host}/${database}${parameters === '' ? '' : `?${parameters.replaceAll("'", '%27')}`}`;
  return { DATABASE_URL: url(NAMES.DATABASE_URL), MIGRATION_DATABASE_URL: url(NAMES.MIGRATION_DATABASE_URL) };
}

function write(file: string, urls: DatabaseUrls): void {
  const lines = Object.entries(urls).map(([name, url]) => `${name}='${url}'\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600, flag: 'wx' });
}

/** `countersign tenant …`: what the operator does to whole organizations, by the connection of the migrating role. */
import { ArchiveFlaw, ArchiveVerification, type VerifiedArchive } from '../domain/archive-verification.js';
import type { Instant } from '../domain/clock.js';
import { Refusal } from '../domain/refusal.js';
import { resumeTenant, suspendTenant, type Tenant } from '../domain/tenant.js';
import { evidencePlaceOfHere, readMigrationUrl } from '../platform/config.js';
import { Refused, Unreachable } from './client.js';
import { EXIT, UsageError, type Command, type Given, type Options, type Terminal } from './command.js';
import { linesOf } from './file-lines.js';
import { writeWhole } from './whole-file.js';

// Whatever speaks to the database itself is loaded by these commands alone.
const acts = (): Promise<typeof import('../platform/tenant-acts.js')> => import('../platform/tenant-acts.js');
const archives = (): Promise<typeof import('../platform/tenant-archive.js')> => import('../platform/tenant-archive.js');

const ORGANIZATION: Options = { organization: { value: 'id', help: 'the organization, as "tenant list" shows it' } };
const OPERATOR = 'It needs MIGRATION_DATABASE_URL: these are acts of the operator, which no token can do.';
const NOTES = [`${OPERATOR} Each is an entry in the log of the organization.`];
/** Kept bytes are at most 4 MiB, and JSON escapes some of them. */
const MAX_LINE = 32 * 1024 * 1024;
const OWN_ONLY = 0o600;

type Part = Pick<Command, 'name' | 'summary' | 'options'> & Partial<Command> & { readonly act: (given: Given, terminal: Terminal) => Promise<string | null> };

/** A command that ends with one line about what was done, or with why it was refused. */
function command({ act, ...part }: Part): Command {
  return {
    positionals: [], notes: NOTES, whenRefused: EXIT.REFUSED, ...part,
    run: async (given, terminal) => {
      const done = await act(given, terminal).catch(toldAs);
      if (done !== null) terminal.out(done);
      return EXIT.OK;
    },
  };
}

function toldAs(error: unknown): never {
  if (error instanceof Refusal) throw new Refused(error.code, error.message, error.facts.next ?? null);
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') throw new Unreachable(`the database did not do it: ${(error as Error).message}`, error);
  throw error as Error;
}

export const tenantListCommand = command({
  name: 'tenant list', summary: 'Names all organizations with their states.', options: {}, notes: [OPERATOR],
  async act(_, terminal) {
    for (const tenant of await (await acts()).listTenants(readMigrationUrl())) terminal.out(lineOf(tenant));
    return null;
  },
});

export const tenantSuspendCommand = command({
  name: 'tenant suspend',
  summary: 'Refuses everybody of an organization, its pipelines too, at once and on every server.',
  options: { ...ORGANIZATION, reason: { value: 'text', help: 'why; whoever comes is told' }, 'keep-until': { value: 'date', help: 'before it nothing is erased, such as 2031-12-31' } },
  async act(given) {
    const [reason, keepUntil] = [given.required('reason'), dateOf(given.text('keep-until'))];
    return lineOf(await (await acts()).turnTenant(readMigrationUrl(), given.required('organization'), (tenant, now) => suspendTenant(tenant, { reason, keepUntil, now })));
  },
});

export const tenantResumeCommand = command({
  name: 'tenant resume', summary: 'Lets an organization that was suspended go on.', options: ORGANIZATION,
  async act(given) {
    return lineOf(await (await acts()).turnTenant(readMigrationUrl(), given.required('organization'), resumeTenant));
  },
});

export const tenantExportCommand = command({
  name: 'tenant export', summary: 'Writes all that an organization has into one file that anyone can verify.',
  options: { ...ORGANIZATION, output: { value: 'file', help: 'where to put it' } },
  async act(given, terminal) {
    const output = given.required('output');
    terminal.err('The files behind evidence are not in it, only their digests: copy what lies under the id of the organization where EVIDENCE_STORE points, in the folder or the bucket.');
    const text = (await archives()).archiveText(readMigrationUrl(), given.required('organization'));
    return `${output}  ${String(await writeWhole(output, bytesOf(text), OWN_ONLY))} bytes`;
  },
});

export const tenantVerifyCommand: Command = {
  name: 'tenant verify',
  summary: 'Verifies the archive of an organization, without a server.',
  positionals: ['file'], options: { root: { value: 'hex', help: 'fails unless the log has this root, as you have kept it' } },
  notes: ['Exit code 4: it does not verify.'],
  whenRefused: EXIT.UNVERIFIED,
  async run(given, terminal) {
    const verified = await verify(given.positionals[0] ?? '');
    const root = given.text('root');
    const flaw = verified instanceof ArchiveFlaw ? verified.message : root === null || root === verified.head.root ? null : 'OTHER_ROOT';
    if (flaw !== null || verified instanceof ArchiveFlaw) {
      terminal.out(`INVALID  ${String(flaw)}`);
      return EXIT.UNVERIFIED;
    }
    const { head, records, contents, erased } = verified;
    terminal.out(`VALID  ${head.organization.id}  ${String(records)} records, ${String(contents)} contents of which ${String(erased)} are erased, ${String(head.size)} entries, root ${head.root}`);
    return EXIT.OK;
  },
};

async function verify(path: string): Promise<VerifiedArchive | ArchiveFlaw> {
  const verification = new ArchiveVerification();
  try {
    for await (const line of linesOf(path, MAX_LINE)) verification.read(line);
    return verification.outcome();
  } catch (error) {
    if (error instanceof ArchiveFlaw) return error;
    throw error;
  }
}

export const tenantEraseCommand = command({
  name: 'tenant erase', summary: 'Erases what a suspended organization has; its log stays, and says nothing of what was in it.',
  options: { ...ORGANIZATION, confirm: { value: 'name', help: 'the exact name of the organization; without it, it waits for 30 days of suspension' } },
  notes: [...NOTES, 'With EVIDENCE_STORE its files go as well.', 'It cannot be taken back. Export it first.'],
  async act(given, terminal) {
    const erased = await (await archives()).eraseOrganization(readMigrationUrl(), given.required('organization'), given.text('confirm'));
    await eraseFiles(erased, terminal);
    return lineOf(erased);
  },
});

export const TENANT_COMMANDS: readonly Command[] = [tenantListCommand, tenantSuspendCommand, tenantResumeCommand, tenantExportCommand, tenantVerifyCommand, tenantEraseCommand];

/** Rows go first: with them nobody reads the files any more, and a folder can be removed by hand. */
async function eraseFiles({ id }: Tenant, terminal: Terminal): Promise<void> {
  try {
    const place = evidencePlaceOfHere();
    if (place === null) throw new Error('EVIDENCE_STORE is not set');
    const { keeperThere } = await import('../evidence/store/keepers.js');
    const keeper = keeperThere(place);
    if (keeper === null) throw new Error('no evidence is kept where EVIDENCE_STORE points');
    await keeper.erase(id);
  } catch (error) {
    terminal.err(`Its files were not removed (${(error as Error).message}): remove what lies under ${id} where evidence is kept, if there is anything.`);
  }
}

function lineOf({ id, state, name, reason }: Tenant): string {
  return [id, state, name, ...(reason === null ? [] : [reason])].join('  ');
}

function dateOf(text: string | null): Instant | null {
  if (text === null) return null;
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(text) : new Date(NaN);
  // A day that the calendar does not have would become another one.
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text)) throw new UsageError(`--keep-until is a day such as 2031-12-31, not "${text}".`);
  return date.toISOString();
}

async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

/** `countersign evidence sweep`: what lies in the store and is named by no record, told or removed; for whoever operates the server. */
import { evidencePlaceOfHere, readMigrationUrl } from '../platform/config.js';
import { ConfigError } from '../platform/config-values.js';
import { Unreachable } from './client.js';
import { EXIT, UsageError, type Command, type Given, type Terminal } from './command.js';

const HOUR_MS = 3_600_000;

export const evidenceSweepCommand: Command = {
  name: 'evidence sweep',
  summary: 'Tells, or removes, files of evidence that no record names.',
  positionals: [],
  options: {
    'write': { value: null, help: 'removes them; without it nothing is changed' },
    'older-than': { value: 'hours', help: 'only those that were kept longer ago; 24 unless said otherwise, and 3 at least' },
  },
  notes: ['Asks the database of MIGRATION_DATABASE_URL about the files in EVIDENCE_STORE: both have to be of the same server, or files are removed that its records name.', 'What organizations have that this database does not know is left alone.'],
  documents: [],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const [olderThan, write, url, place] = [new Date(Date.now() - hoursOf(given) * HOUR_MS), given.flag('write'), readMigrationUrl(), evidencePlaceOfHere()];
    if (place === null) throw new ConfigError('EVIDENCE_STORE', 'is missing: it names where the files are');
    const [{ keeperThere }, { sweep }, { withClient }] = await Promise.all([import('../evidence/store/keepers.js'), import('../evidence/store/sweep.js'), import('../platform/tenants.js')]);
    const keeper = keeperThere(place);
    if (keeper === null) throw new ConfigError('EVIDENCE_STORE', 'names a folder in which no evidence is kept');
    const all: Parameters<typeof withClient>[1] = async (client) => {
      // A connection that ends while the store is waited for: the next question says so.
      client.on('error', () => undefined);
      const { rows } = await client.query<{ id: string }>('select tenant_id as id from audit.organizations() order by 1');
      for (const { id } of rows) await told(id, sweep(client, keeper, { tenantId: id, olderThan, write }), { write, terminal });
    };
    await withClient(url, all).catch((error: unknown) => { throw new Unreachable(`the sweep was not done to its end: ${reasonOf(error)}${write ? '; what is named above is removed' : ''}`, error); });
    if (!write) terminal.out('nothing was removed; with --write it is');
    return EXIT.OK;
  },
};

/** Each as it comes: what was removed is told, whatever happens afterwards. */
async function told(id: string, swept: AsyncIterable<string>, { write, terminal }: { readonly write: boolean; readonly terminal: Terminal }): Promise<void> {
  let count = 0;
  for await (const digest of swept) {
    terminal.out(`${id}  ${digest}`);
    count += 1;
  }
  terminal.out(`${id}  ${String(count)} ${write ? 'removed' : 'named by no record'}`);
}

/** Several addresses that all failed have a code and no message. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message === undefined || message === '' ? String(code) : message;
}

/** An upload may take two hours from its first note to its record. */
function hoursOf(given: Given): number {
  const text = given.text('older-than') ?? '24';
  if (!/^\d{1,5}$/.test(text) || Number(text) < 3) throw new UsageError(`--older-than is a number of hours, 3 at least, not "${text}".`);
  return Number(text);
}

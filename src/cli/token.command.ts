/** `countersign token`: a short-lived token of the built-in issuer, for trying things out. */
import { TOKEN_HOURS } from '../identity/issuer.js';
import { EXIT, UsageError, type Command } from './command.js';
import { embeddedToken } from './connection.js';

export const tokenCommand: Command = {
  name: 'token',
  summary: 'Prints a token for one person of an embedded server.',
  positionals: [],
  options: {
    as: { value: 'person', help: 'the handle, such as rita, sam or pipeline' },
    minutes: { value: 'n', help: `how long it lives, 1 to ${String(TOKEN_HOURS * 60)}; ${String(TOKEN_HOURS * 60)} unless given` },
  },
  notes: ['It is signed with the keys in COUNTERSIGN_DATA (or .countersign) of this machine; an account is needed besides. Refused with NODE_ENV=production.'],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const minutes = given.text('minutes');
    const most = TOKEN_HOURS * 60;
    if (minutes !== null && (!/^\d{1,4}$/.test(minutes) || Number(minutes) < 1 || Number(minutes) > most)) throw new UsageError(`--minutes is a whole number from 1 to ${String(most)}, not "${minutes}".`);
    terminal.out(await embeddedToken(given.required('as'), minutes === null ? undefined : Number(minutes)));
    return EXIT.OK;
  },
};

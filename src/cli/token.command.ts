/** `countersign token`: a short-lived token of the built-in issuer, for trying things out, or the one of whoever is signed in here. */
import { TOKEN_HOURS } from '../identity/issuer.js';
import { EXIT, UsageError, type Command } from './command.js';
import { embeddedToken, sessionToken } from './connection.js';

export const tokenCommand: Command = {
  name: 'token',
  summary: 'Prints a token: of one person of an embedded server, or your own after "countersign login".',
  positionals: [],
  options: {
    as: { value: 'person', help: 'the handle, such as rita, sam or pipeline; only with the built-in issuer of an embedded server' },
    minutes: { value: 'n', help: `how long it lives, 1 to ${String(TOKEN_HOURS * 60)}; ${String(TOKEN_HOURS * 60)} unless given` },
  },
  notes: ['With --as it is signed with the keys in COUNTERSIGN_DATA (or .countersign) of this machine; an account is needed besides. Refused with NODE_ENV=production.'],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const [person, minutes] = [given.text('as'), given.text('minutes')];
    if (person === null && minutes !== null) throw new UsageError('--minutes goes with --as.');
    const most = TOKEN_HOURS * 60;
    if (minutes !== null && (!/^\d{1,4}$/.test(minutes) || Number(minutes) < 1 || Number(minutes) > most)) throw new UsageError(`--minutes is a whole number from 1 to ${String(most)}, not "${minutes}".`);
    terminal.out(person === null ? await sessionToken() : await embeddedToken(person, minutes === null ? undefined : Number(minutes)));
    return EXIT.OK;
  },
};

/** `countersign keys create` and `keys rotate`: the keys of an installed server, in a folder that every replica is given alike. */
import { createKeys, installedKeys, rotateSigningKey } from '../identity/installed-keys.js';
import { EXIT, usable, type Command } from './command.js';

export const keysCreateCommand: Command = {
  name: 'keys create',
  summary: 'Makes the keys of an installed server: for signing statements, and for hiding addresses in the log.',
  positionals: ['folder'],
  options: {},
  notes: [
    'Name the folder by COUNTERSIGN_KEYS, give every replica the same, and keep a copy where the database is not: whoever has both can sign in the name of this server.',
    'Without this command: openssl genpkey -algorithm ed25519 -out signing.pem; openssl rand -hex 32 > address.key; chmod 600 both.',
  ],
  whenRefused: EXIT.REFUSED,
  run(given, terminal) {
    const folder = given.positionals[0] ?? '';
    const made = usable(folder, () => createKeys(folder));
    installedKeys(folder, 'folder');
    terminal.out(made.length === 0 ? `keys: ${folder} has them already; nothing was changed.` : `keys: made ${made.join(' and ')} in ${folder}.`);
    return Promise.resolve(EXIT.OK);
  },
};

export const keysRotateCommand: Command = {
  name: 'keys rotate',
  summary: 'Makes another signing key; what was signed before is still verified with the earlier one.',
  positionals: ['folder'],
  options: {},
  notes: ['A server signs with the key that was there when it started: give all replicas the new folder, then start them again one by one.'],
  whenRefused: EXIT.REFUSED,
  run(given, terminal) {
    const folder = given.positionals[0] ?? '';
    usable(folder, () => { rotateSigningKey(folder, 'folder'); });
    terminal.out(`keys: ${folder} has another signing key; the earlier one goes on verifying.`);
    return Promise.resolve(EXIT.OK);
  },
};

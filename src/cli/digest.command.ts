/** `countersign digest`: what a file or folder is called at the gate. Speaks to no server. */
import { EXIT, type Command } from './command.js';
import { digestPath } from './digest-folder.js';

export const digestCommand: Command = {
  name: 'digest',
  summary: 'Prints the SHA-256 digest of a file or a folder.',
  positionals: ['file-or-folder'],
  options: { json: { value: null, help: 'print digest, kind, files and bytes as JSON' } },
  notes: [
    'A folder is the SHA-256 of one line "<sha256>  <path>" a file, sorted by path. The same with common tools:',
    '  (cd folder && find . -type f -printf \'%P\\0\' | LC_ALL=C sort -z | xargs -0r sha256sum -- | sha256sum)',
    'Nothing is ignored, no link is followed.',
  ],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const found = await digestPath(given.positionals[0] ?? '');
    terminal.out(given.flag('json') ? JSON.stringify(found) : found.digest);
    return EXIT.OK;
  },
};

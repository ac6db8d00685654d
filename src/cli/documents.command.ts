/** `countersign documents`: what the command line sends, as files of a folder that TRUSTED_DOCUMENTS may name, so that it works where nothing else is answered. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, usable, type Command } from './command.js';

/** The story changes the register as every role: only whoever plays it lets it in. */
const STORY = 'story';

export function documentsCommandOf(commands: readonly Command[]): Command {
  return {
    name: 'documents',
    summary: 'Writes the GraphQL documents that this command line sends, for a server that answers trusted ones only.',
    positionals: [],
    options: { into: { value: 'folder', help: 'where to; what TRUSTED_DOCUMENTS of the server names' }, story: { value: null, help: 'those of "countersign story" as well' } },
    notes: ['Files of other versions stay: remove them once no client of that version is left. The server reads the folder when it starts.', '"countersign graphql" sends documents of your own: add each as a file.'],
    whenRefused: EXIT.REFUSED,
    async run(given, terminal) {
      const { documentId } = await import('../platform/trusted-documents.js');
      const folder = given.required('into');
      usable(folder, () => mkdirSync(folder, { recursive: true }));
      for (const { name, documents = [] } of commands.filter((command) => command.name !== STORY || given.flag('story'))) {
        for (const text of documents) {
          const file = join(folder, `${name.replaceAll(' ', '-')}.${documentId(text).slice(7, 19)}.graphql`);
          usable(file, () => { writeFileSync(file, text); });
          terminal.out(`${documentId(text)}  ${file}`);
        }
      }
      return EXIT.OK;
    },
  };
}

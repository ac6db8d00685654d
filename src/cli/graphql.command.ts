/** `countersign graphql`: one document, sent as it is; its data as JSON. What the other commands do not cover is done with it. */
import { readFileSync } from 'node:fs';
import { EXIT, UsageError, type Command } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';

export const graphqlCommand: Command = {
  name: 'graphql',
  summary: 'Sends a GraphQL document, and prints the data of its answer as JSON.',
  positionals: ['file'],
  options: {
    variable: { value: 'name=value', help: 'a variable of the document: a text where it is a String or an ID there, otherwise JSON where it is some', repeated: true },
    only: { value: 'place', help: 'prints this place of the data alone, such as openPromotion.number; a text as it is' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['The file - is what comes in. A refusal is told on stderr with its code; the command then ends with 1.'],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const document = read(given.positionals[0] ?? '');
    // The language is loaded by whoever has variables.
    const variables = given.list('variable').length === 0 ? {} : (await import('./graphql-variables.js')).variablesOf(document, given.list('variable'));
    const client = await connect(given);
    const found = at(await client.graphql(document, variables), given.text('only'));
    terminal.out(typeof found === 'string' ? found : JSON.stringify(found, null, 2));
    return EXIT.OK;
  },
};

function at(data: unknown, place: string | null): unknown {
  return (place?.split('.') ?? []).reduce((value, step) => {
    const inner = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
    if (inner === undefined) throw new UsageError(`--only ${String(place)} is no place of the answer.`);
    return inner;
  }, data);
}

function read(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`"${file}" cannot be read (${String((error as NodeJS.ErrnoException).code)}).`);
  }
}

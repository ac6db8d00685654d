/** `countersign graphql`: one document, sent as it is; its data as JSON. What the other commands do not cover is done with it. */
import { readFileSync } from 'node:fs';
import { EXIT, UsageError, type Command } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';

export const graphqlCommand: Command = {
  name: 'graphql',
  summary: 'Sends a GraphQL document, and prints the data of its answer as JSON.',
  positionals: ['file'],
  options: {
    variable: { value: 'name=value', help: 'a variable of the document: JSON where it is some, otherwise a text', repeated: true },
    only: { value: 'place', help: 'prints this place of the data alone, such as openPromotion.number; a text as it is' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['The file - is what comes in. A refusal is told on stderr with its code; the command then ends with 1.'],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const document = read(given.positionals[0] ?? '');
    const variables = Object.fromEntries(given.list('variable').map(variableOf));
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

function variableOf(text: string): [string, unknown] {
  const [, name, value] = /^(\w+)=([^]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--variable is name=value, not "${text}".`);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}

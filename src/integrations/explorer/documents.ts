/**
 * The day's work as GraphQL documents: `examples/graphql/*.graphql`, in the order of their names. Each begins with comments that say what it
 * does and for whom, one of them "# as: rita"; the variables stand beside it in a `.json` of the same name.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, parse } from 'graphql';

export interface ExampleDocument {
  /** Its file, without the ending. */
  readonly file: string;
  /** The name of its one operation: what its tab is called. */
  readonly operation: string;
  /** Handle of the person of the example who would do this. */
  readonly as: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export function exampleDocuments(folder: string): ExampleDocument[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.graphql')).sort();
  return files.map((name) => readDocument(folder, name.replace(/\.graphql$/, '')));
}

function readDocument(folder: string, file: string): ExampleDocument {
  const text = readFileSync(join(folder, `${file}.graphql`), 'utf8');
  const [definition] = parse(text).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || definition.name === undefined) throw new Error(`${file}.graphql does not begin with a named operation`);
  const [, as] = /^# as: ([a-z]+)$/m.exec(text) ?? [];
  if (as === undefined) throw new Error(`${file}.graphql does not say whose work it is, as in "# as: rita"`);
  const variables = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as ExampleDocument['variables'];
  return { file, operation: definition.name.value, as, text, variables };
}

/** `countersign policy show` and `policy schema`: what to begin from to write another policy, and what an editor completes and checks it by. */
import type { PolicyDocument } from '../domain/policy-version.js';
import { Refused, type Client } from './client.js';
import { EXIT, UsageError, type Command } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';
import { documentsInForce, READING, textsOf, versionsOf } from './policy-versions.js';

export const policyShowCommand: Command = {
  name: 'policy show',
  summary: 'Prints a policy as it can be edited: the one that is in force, or the version of that number.',
  positionals: [],
  optional: 'name-or-number',
  options: CONNECTION_OPTIONS,
  notes: ['A name is that of a policy in force, such as baseline; it may be left out while only one is. A number, such as POL-3, is that of any version.'],
  whenRefused: EXIT.REFUSED,
  documents: READING,
  async run(given, terminal) {
    const wanted = given.positionals[0] ?? null;
    const client = await connect(given);
    terminal.out((wanted !== null && /^POL-\d+$/.test(wanted) ? await written(client, wanted) : await inForce(client, wanted)).trimEnd());
    return EXIT.OK;
  },
};

export const policySchemaCommand: Command = {
  name: 'policy schema',
  summary: 'Prints the JSON Schema of policies, or with --cases that of their cases, for editors.',
  positionals: [],
  options: { cases: { value: null, help: 'that of *.cases.yaml' } },
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const schema = given.flag('cases') ? (await import('../policies/cases-schema.js')).CASES_SCHEMA : (await import('../policies/document-schema.js')).POLICY_SCHEMA;
    terminal.out(JSON.stringify(schema, null, 2));
    return EXIT.OK;
  },
};

async function written(client: Client, id: string): Promise<string> {
  const { source } = await textsOf(client, id);
  if (source === null) throw new Refused('NOT_FOUND', `The bytes of ${id} are kept no longer.`, null);
  return source;
}

/** As its author wrote it, comments and all; the one that ships has no author here. */
async function inForce(client: Client, name: string | null): Promise<string> {
  const documents = await documentsInForce(client);
  const [only, ...others] = name === null ? documents.keys() : [name];
  if (only === undefined || others.length > 0) throw new UsageError(`Name one of those in force: ${[...documents.keys()].join(', ')}.`);
  const document = documents.get(only);
  if (document === undefined) throw new Refused('NOT_FOUND', `No policy of the name ${only} is in force; ${[...documents.keys()].join(', ')} are.`, null);
  const active = (await versionsOf(client, only)).find(({ state }) => state === 'ACTIVE');
  return active === undefined ? asYaml(document) : written(client, active.id);
}

/** In the order in which policies are described. */
async function asYaml(document: PolicyDocument): Promise<string> {
  const [{ stringify }, { POLICY_SCHEMA }] = await Promise.all([import('yaml'), import('../policies/document-schema.js')]);
  return stringify(Object.fromEntries(Object.keys(POLICY_SCHEMA.properties as object).map((field) => [field, document[field as keyof PolicyDocument]])), { aliasDuplicateObjects: false, lineWidth: 160 });
}

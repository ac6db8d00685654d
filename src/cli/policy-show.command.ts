/** `countersign policy show` and `policy schema`: what to begin from to write another policy, and what an editor completes and checks it by. */
import { Refused, type Client } from './client.js';
import { EXIT, UsageError, type Command } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';
import { documentsInForce, READING, textsOf, versionsOf, type PolicyTexts } from './policy-versions.js';

export const policyShowCommand: Command = {
  name: 'policy show',
  summary: 'Prints a policy as it can be edited: the one that is in force, or the version of that number.',
  positionals: [],
  optional: 'name-or-number',
  options: {
    shipped: { value: 'name', help: 'the one that ships under that name, pilot-to-production or baseline, without asking a server' },
    cases: { value: null, help: 'its cases instead, where it comes with some' },
    ...CONNECTION_OPTIONS,
  },
  notes: [
    'A name is that of a policy in force, such as baseline; it may be left out while only one is. A number, such as POL-3, is that of any version.',
    'To make yours what ships, print it and its cases into a folder, give it a version, name and priority that no other has, and hand it in:',
    '  countersign policy show --shipped pilot-to-production > ours/ours.policy.yaml',
    '  countersign policy show --shipped pilot-to-production --cases > ours/ours.cases.yaml',
    '  countersign policy apply ours',
  ],
  whenRefused: EXIT.REFUSED,
  documents: READING,
  async run(given, terminal) {
    const [wanted, shipped, part] = [given.positionals[0] ?? null, given.text('shipped'), given.flag('cases') ? 'cases' as const : 'source' as const];
    if (wanted !== null && shipped !== null) throw new UsageError('--shipped names what ships; leave out the name or number of another.');
    terminal.out((shipped === null ? await onServer(await connect(given), wanted, part) : (await import('./policy-shipped.js')).shippedText(shipped, part)).trimEnd());
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

async function onServer(client: Client, wanted: string | null, part: keyof PolicyTexts): Promise<string> {
  return wanted !== null && /^POL-\d+$/.test(wanted) ? written(client, wanted, part) : inForce(client, wanted, part);
}

async function written(client: Client, id: string, part: keyof PolicyTexts): Promise<string> {
  const { [part]: text } = await textsOf(client, id);
  if (text === null) throw new Refused('NOT_FOUND', `The bytes of ${id} are kept no longer.`, null);
  return text;
}

/** As its author wrote it, comments and all; the one that ships has no author here. */
async function inForce(client: Client, name: string | null, part: keyof PolicyTexts): Promise<string> {
  const documents = await documentsInForce(client);
  const [only, ...others] = name === null ? documents.keys() : [name];
  if (only === undefined || others.length > 0) throw new UsageError(`Name one of those in force: ${[...documents.keys()].join(', ')}.`);
  const document = documents.get(only);
  if (document === undefined) throw new Refused('NOT_FOUND', `No policy of the name ${only} is in force; ${[...documents.keys()].join(', ')} are.`, null);
  const active = (await versionsOf(client, { policyId: only })).find(({ state }) => state === 'ACTIVE');
  if (active !== undefined) return written(client, active.id, part);
  const { asYaml, shippedText } = await import('./policy-shipped.js');
  return part === 'source' ? asYaml(document) : shippedText(only, part);
}

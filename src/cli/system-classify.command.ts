/** `countersign system classify`: signs where a system stands under the EU AI Act, as a file says it, and prints what holds of it together with the assessment. */
import { parse } from 'yaml';
import type { SystemFact } from '../domain/classification-facts.js';
import { nearest } from '../domain/nearest.js';
import { ACT_ROLES, ANNEX_III_USES, DEROGATIONS, EU_CLASSES, SYSTEM_FLAGS } from '../domain/system.js';
import { isObject, type Json } from './client.js';
import { aligned, EXIT, UsageError, type Command } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';
import { readWhole } from './whole-file.js';

const VERSION = 'query ($system: ID!) { system(id: $system) { id version } }';
const SIGN = `mutation ($id: ID!, $version: Int!, $input: ClassifySystemInput!) { classifySystem(id: $id, expectedVersion: $version, input: $input) {
  number classification { revision validUntil digest } facts { fact value ground sources { source value } } } }`;
const MAX_BYTES = 65_536;
/** The words that each of these may say, one or a list of them. */
const WORDS: Readonly<Record<string, readonly string[]>> = { euClass: EU_CLASSES, roles: ACT_ROLES, annexIIIUses: ANNEX_III_USES, derogation: DEROGATIONS };
const FIELDS = ['euClass', 'flags', 'roles', 'annexIIIUses', 'derogation', 'rationale', 'validUntil'];

interface Signed { readonly number: string; readonly classification: { readonly revision: number; readonly validUntil: string; readonly digest: string }; readonly facts: readonly SystemFact[] }

export const systemClassifyCommand: Command = {
  name: 'system classify',
  summary: 'Signs the class of a system under the EU AI Act, its flags and roles, as a file says it.',
  positionals: ['system', 'file'],
  options: { ...CONNECTION_OPTIONS },
  notes: [
    'The file is YAML: euClass, roles (a list), flags (such as {PROFILING: false}), annexIIIUses, derogation, rationale, validUntil.',
    'Done by a reviewer of LEGAL who has signed in lately and has no part in the system. A flag that the file leaves out is unknown.',
  ],
  whenRefused: EXIT.REFUSED,
  documents: [VERSION, SIGN],
  async run(given, terminal) {
    const [system = '', file = ''] = given.positionals;
    const input = inputIn(file, (await readWhole(file, MAX_BYTES)).toString('utf8'));
    const client = await connect(given);
    const { system: found } = await client.graphql(VERSION, { system });
    const { id, version } = found as { id: string; version: number };
    const { classifySystem } = await client.graphql(SIGN, { id, version, input });
    for (const line of linesOf(classifySystem as Signed)) terminal.out(line);
    return EXIT.OK;
  },
};

function inputIn(file: string, text: string): Json {
  const read = readYaml(file, text);
  if (!isObject(read)) throw new UsageError(`"${file}" is no classification, with a line such as "euClass: LIMITED".`);
  const unknown = Object.keys(read).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw new UsageError(`"${file}": ${unknown} is none of ${FIELDS.join(', ')}.`);
  const { flags = {}, ...input } = read;
  if (!isObject(flags)) throw new UsageError(`"${file}": flags are stated each by its name, such as {PROFILING: false}.`);
  for (const [field, words] of Object.entries(WORDS)) for (const word of [input[field] ?? []].flat()) checkWord(file, { field, word, words });
  for (const [flag, holds] of Object.entries(flags)) {
    checkWord(file, { field: 'flags', word: flag, words: SYSTEM_FLAGS });
    if (typeof holds !== 'boolean') throw new UsageError(`"${file}": ${flag} is true or false, not ${JSON.stringify(holds)}.`);
  }
  return { ...input, flags: Object.entries(flags).map(([flag, holds]) => ({ flag, holds })) };
}

/** Of a word that is not known the server says where it stood among what was sent, and not what it could be. */
function checkWord(file: string, { field, word, words }: { readonly field: string; readonly word: unknown; readonly words: readonly string[] }): void {
  if (typeof word === 'string' && words.includes(word)) return;
  const meant = nearest(String(word), words);
  throw new UsageError(`"${file}": ${field} knows no ${JSON.stringify(word)}. ${meant.length === 0 ? 'There are' : 'Nearest:'} ${(meant.length === 0 ? words : meant).join(', ')}.`);
}

function readYaml(file: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new UsageError(`"${file}" is no YAML: ${(error as Error).message}`);
  }
}

/** The flags that hold, and whatever the two sources do not agree on. */
function linesOf({ number, classification: { revision, validUntil, digest }, facts }: Signed): string[] {
  const shown = facts.filter(({ value, ground }) => value !== 'false' || ground === 'DISAGREED');
  const rows = shown.map(({ fact, value, ground, sources }): [string, string] => [fact, [value, ground, ...(ground === 'DISAGREED' ? sources.map((one) => `${one.source}: ${one.value}`) : [])].join('  ')]);
  return [`${number}  classification ${String(revision)} until ${validUntil.slice(0, 10)}  ${digest}`, ...aligned(rows)];
}

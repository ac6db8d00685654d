/** `countersign system tier`: which tier the answers of a system, or of a file, give; what weighs most, and what would lower it. Writes nothing. */
import { parse } from 'yaml';
import type { Floor, TierScore } from '../domain/tiering.js';
import type { Driver, Lowering } from '../domain/tiering-explained.js';
import { isObject } from './client.js';
import { aligned, EXIT, UsageError, type Command } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';
import { readWhole } from './whole-file.js';

type Scored = Pick<TierScore, 'tier' | 'baseTier' | 'consequence' | 'propensity' | 'unanswered'> & { readonly floors: readonly Floor[]; readonly drivers: readonly Driver[]; readonly lowerings: readonly Lowering[] };

const SCORED = 'tier baseTier consequence propensity unanswered floors { by floor why } drivers { question option answered points floor } lowerings { tier changes { question from to } }';
const GIVEN = `query ($system: ID!) { system(id: $system) { number tiering { score { ${SCORED} } } } }`;
const TRIED = `query ($system: ID!, $answers: [TieringAnswerInput!]) { previewTier(system: $system, answers: $answers) { ${SCORED} } }`;
const MAX_BYTES = 65_536;

export const systemTierCommand: Command = {
  name: 'system tier',
  summary: 'Prints the tier that answers to the questionnaire give, what weighs most, and the least that would lower it.',
  positionals: ['system'],
  options: { answers: { value: 'file', help: 'answers to try instead of those of the system: a line such as "M1: c" for each question' }, ...CONNECTION_OPTIONS },
  notes: ['Nothing is written. What is not answered counts as its worst option; the questions are at tieringQuestionnaire.'],
  whenRefused: EXIT.REFUSED,
  documents: [GIVEN, TRIED],
  async run(given, terminal) {
    const [system, file] = [given.positionals[0] ?? '', given.text('answers')];
    const answers = file === null ? null : answersIn(file, (await readWhole(file, MAX_BYTES)).toString('utf8'));
    const client = await connect(given);
    const found = answers === null ? (await client.graphql(GIVEN, { system })).system : null;
    const tiering = isObject(found) ? found['tiering'] : null;
    if (answers === null && !isObject(tiering)) {
      terminal.out(`Nobody has answered the questionnaire for ${system}; --answers tries answers of a file.`);
      return EXIT.OK;
    }
    const score = isObject(tiering) ? tiering['score'] : (await client.graphql(TRIED, { system, answers })).previewTier;
    for (const line of linesOf(score as Scored)) terminal.out(line);
    return EXIT.OK;
  },
};

function answersIn(file: string, text: string): { question: string; option: string }[] {
  const read = readYaml(file, text);
  if (!isObject(read)) throw new UsageError(`"${file}" is no list of answers, with a line such as "M1: c" for each.`);
  return Object.entries(read).map(([question, option]) => {
    if (typeof option !== 'string') throw new UsageError(`"${file}": ${question} is answered by no option such as a.`);
    return { question, option };
  });
}

function readYaml(file: string, text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new UsageError(`"${file}" is no YAML: ${(error as Error).message}`);
  }
}

function linesOf({ tier, baseTier, consequence, propensity, unanswered, floors, drivers, lowerings }: Scored): string[] {
  const rows: [string, string][] = [
    ['score', `${baseTier}  consequence ${consequence.toFixed(1)}, propensity ${propensity.toFixed(1)} of 100`],
    ...floors.map(({ by, floor, why }): [string, string] => [`floor ${by}`, `${floor}  ${why}`]),
    ...drivers.map(({ question, option, answered, points, floor }): [string, string] => [`weighs ${question}=${option}`, [`${points.toFixed(1)} points`, ...(floor === null ? [] : [`floor ${floor}`]), ...(answered ? [] : ['not answered'])].join(', ')]),
    ...lowerings.map(({ tier: lower, changes }): [string, string] => [`${lower} if`, changes.map(({ question, from, to }) => `${question} is ${to}${from === null ? '' : `, not ${from}`}`).join(' and ')]),
    ...(unanswered.length === 0 ? [] : [['unanswered', unanswered.join(' ')] satisfies [string, string]]),
  ];
  return [tier, ...aligned(rows)];
}

/** `countersign obligations`: which articles apply to a system on a day, why, and what changes next. */
import type { ObligationState } from '../domain/legal-obligations.js';
import { isObject } from './client.js';
import { aligned, EXIT, type Command } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';

const OBLIGATIONS = `query ($id: ID!, $on: String, $unchangedSince: String) { system(id: $id) { number euClass obligations(on: $on, unchangedSince: $unchangedSince) { on
  obligations { reference title state from until source because { fact holds asked found } servedBy { id } } nextChange { on changes { reference title before after } } } } }`;

interface Ground { readonly fact: string; readonly holds: boolean; readonly asked: readonly string[]; readonly found: readonly string[] | null }
interface Obligation {
  readonly reference: string; readonly title: string; readonly state: ObligationState; readonly from: string | null; readonly until: string | null; readonly source: string;
  readonly because: readonly Ground[]; readonly servedBy: readonly { readonly id: string }[];
}
interface Told {
  readonly on: string; readonly obligations: readonly Obligation[];
  readonly nextChange: { readonly on: string; readonly changes: readonly { readonly reference: string; readonly title: string; readonly before: ObligationState; readonly after: ObligationState }[] } | null;
}

export const obligationsCommand: Command = {
  name: 'obligations',
  summary: 'Tells which articles apply to a system today or on any day, why, and what changes next.',
  positionals: ['system'],
  options: {
    on: { value: 'day', help: 'the day to look at, such as 2027-12-02; left out = today' },
    'unchanged-since': { value: 'day', help: 'since when it is on the market or in service without a significant change of its design' },
    all: { value: null, help: 'also what does not concern it, with the reason' },
    json: { value: null, help: 'print what the server said' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['What is not known about the system applies. Nothing is written, and no demand of a policy is relaxed by a date.'],
  whenRefused: EXIT.REFUSED,
  documents: [OBLIGATIONS],
  async run(given, terminal) {
    const client = await connect(given);
    const { system } = await client.graphql(OBLIGATIONS, { id: given.positionals[0] ?? '', on: given.text('on'), unchangedSince: given.text('unchanged-since') });
    if (!isObject(system)) throw new Error('an answer without the system');
    const told = system.obligations as Told;
    const lines = given.flag('json') ? [JSON.stringify(told, null, 2)] : linesOf(told, String(system.number), given.flag('all'));
    for (const line of lines) terminal.out(line);
    return EXIT.OK;
  },
};

function linesOf({ on, obligations, nextChange }: Told, number: string, all: boolean): string[] {
  const shown = obligations.filter(({ state }) => all || state !== 'NOT_CONCERNED');
  const counted = obligations.filter(({ state }) => state === 'APPLIES').length;
  return [
    `${number} on ${on}: ${String(counted)} of ${String(obligations.length)} articles apply.`,
    ...aligned(shown.map((one) => [`${one.state.padEnd(13)} ${one.reference}`, [one.title, ...days(one), ...one.because.filter(({ found, holds }) => !holds || found === null).map(words), ...items(one)].join('; ')])),
    ...(nextChange === null ? ['Nothing that is known changes after that.'] : [`Next on ${nextChange.on}:`, ...nextChange.changes.map(({ reference, title, before, after }) => `  ${reference} ${title}: ${before} → ${after}`)]),
  ];
}

function days({ from, until }: Obligation): string[] {
  return [...(from === null ? [] : [`from ${from}`]), ...(until === null ? [] : [`until ${until}`])];
}

function words({ fact, asked, found }: Ground): string {
  return found === null ? `${fact} not known` : `${fact}: none of ${asked.join(', ')}`;
}

function items({ servedBy }: Obligation): string[] {
  return servedBy.length === 0 ? [] : [`served by ${servedBy.map(({ id }) => id).join(' ')}`];
}

/** `countersign readiness`: how far a release is on its way from pilot to production. */
import { GREEN, type ItemState } from '../domain/gate-readiness.js';
import { isObject, type Client } from './client.js';
import { aligned, EXIT, type Command, type Given, type Terminal } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';

const RELEASE = 'query ($id: ID!) { release(id: $id) { bundleDigest system { number } } }';
const READINESS = `query ($question: GateQuestionInput!) { releaseReadiness(question: $question) { verdict policy green themes { theme items green pilotFindings { number disposition } }
  items { requirement title theme state howToSupply reasons { message } } pilotFindings { number statement theme disposition } } }`;

interface Item { readonly requirement: string; readonly title: string; readonly theme: string | null; readonly state: ItemState; readonly howToSupply: string; readonly reasons: readonly { readonly message: string }[] }
interface Readiness {
  readonly verdict: string; readonly policy: string; readonly green: number; readonly items: readonly Item[];
  readonly themes: readonly { readonly theme: string; readonly items: number; readonly green: number; readonly pilotFindings: readonly { readonly number: string; readonly disposition: string }[] }[];
  readonly pilotFindings: readonly { readonly number: string; readonly statement: string; readonly theme: string | null; readonly disposition: string }[];
}

export const readinessCommand: Command = {
  name: 'readiness',
  summary: 'Tells how far a release is on its way into an environment: every item with its state, and how it is met.',
  positionals: [],
  options: {
    release: { value: 'REL-n', help: 'what is to go there, by number or id' },
    environment: { value: 'name', help: 'where it is to go' },
    open: { value: null, help: 'only what still keeps it out' },
    json: { value: null, help: 'print what the server said' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['Exit codes: 0 every item lets the release through and the gate says ALLOW, 1 anything else or the question was refused, 3 the server was not reached, 64 wrong usage.'],
  whenRefused: EXIT.REFUSED,
  documents: [RELEASE, READINESS],
  async run(given, terminal) {
    const [release, environment] = [given.required('release'), given.required('environment')];
    const client = await connect(given);
    const readiness = await ask(client, release, environment);
    if (given.flag('json')) terminal.out(JSON.stringify(readiness, null, 2));
    else show(readiness, { release, environment }, given, terminal);
    // The gate asks for more than items: a request, a system that may run, a time without freeze.
    return readiness.verdict === 'ALLOW' && readiness.green === readiness.items.length ? EXIT.OK : EXIT.REFUSED;
  },
};

async function ask(client: Client, release: string, environment: string): Promise<Readiness> {
  const { release: found } = await client.graphql(RELEASE, { id: release });
  if (!isObject(found) || !isObject(found.system)) throw new Error('a release without its digest');
  const { releaseReadiness } = await client.graphql(READINESS, { question: { environment, system: found.system.number, target: { bundleDigest: found.bundleDigest } } });
  return releaseReadiness as Readiness;
}

function show({ verdict, policy, green, items, themes, pilotFindings }: Readiness, { release, environment }: { release: string; environment: string }, given: Given, terminal: Terminal): void {
  terminal.out(`${release} into ${environment}: ${String(green)} of ${String(items.length)} items let it through, by ${policy}; the gate says ${verdict}.`);
  for (const line of aligned(themes.map(({ theme, items: all, green: through, pilotFindings: found }) => [theme, [`${String(through)}/${String(all)}`, ...found.map(({ number, disposition }) => `${number} ${disposition}`)].join('  ')]))) terminal.out(`  ${line}`);
  for (const item of items.filter(({ state }) => !given.flag('open') || !GREEN.includes(state))) {
    terminal.out(`${item.state.padEnd(9)} ${item.requirement}  ${item.title}`);
    if (item.state === 'SATISFIED') continue;
    for (const { message } of item.reasons) terminal.out(`          ${message}`);
    terminal.out(`          → ${item.howToSupply}`);
  }
  for (const { number, disposition, theme, statement } of pilotFindings) terminal.out(`pilot     ${number} ${disposition}  ${theme === null ? '' : `${theme}: `}${statement}`);
}

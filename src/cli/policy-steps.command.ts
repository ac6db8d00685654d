/** `countersign policy adopt`, `policy approve` and `policy activate`: what ships for the way to production is handed in, and how a version that was handed in comes into force. */
import { APPROVAL_DAYS } from '../domain/policy-version.js';
import { EXIT, type Command, type ExitCode, type Given, type Terminal } from './command.js';
import { connect, CONNECTION_OPTIONS } from './connection.js';
import { VERSION, type Version } from './policy-versions.js';
import { waysOn } from './policy-ways.js';

const ADOPT = `mutation { adoptReadinessPolicy { title warnings ${VERSION} } }`;
const READ = `query ($id: ID!) { policy(id: $id) { title warnings ${VERSION} } }`;
const APPROVE = `mutation ($id: ID!, $expectedVersion: Int!) { approvePolicy(id: $id, expectedVersion: $expectedVersion) { title warnings ${VERSION} } }`;
const ACTIVATE = `mutation ($id: ID!, $expectedVersion: Int!) { activatePolicy(id: $id, expectedVersion: $expectedVersion) { title warnings ${VERSION} } }`;

type Titled = Version & { readonly title: string; readonly warnings: readonly string[] };

export const policyAdoptCommand: Command = {
  name: 'policy adopt',
  summary: 'Hands the policy pilot-to-production in for review, which ships beside the shipped one: its review matrix, and 54 readiness items.',
  positionals: [],
  options: CONNECTION_OPTIONS,
  notes: [
    'Nothing changes at any gate until two others have approved it and it was activated; whoever adopts it is its author.',
    'For an organization without a policy of its own in force; otherwise make its text yours: "countersign policy show --shipped pilot-to-production", and then "countersign policy apply".',
  ],
  whenRefused: EXIT.REFUSED,
  documents: [ADOPT],
  async run(given, terminal) {
    const client = await connect(given);
    const adopted = (await client.graphql(ADOPT, {})).adoptReadinessPolicy as Titled;
    terminal.out(`${named(adopted)}: nothing has changed at any gate yet.`);
    for (const line of waysOn(adopted, new Date().toISOString())) terminal.out(line);
    terminal.out('What it asks of a release once it is in force: countersign readiness --release <REL-n> --environment <name>.');
    return EXIT.OK;
  },
};

export const policyApproveCommand: Command = {
  name: 'policy approve',
  summary: 'Adds your approval to a version of a policy that is in review; read it before: "countersign policy show <POL-n>".',
  positionals: ['number'],
  options: CONNECTION_OPTIONS,
  notes: [`It counts for ${String(APPROVAL_DAYS)} days. Whoever wrote the version cannot approve it, and nobody approves it twice.`],
  whenRefused: EXIT.REFUSED,
  documents: [READ, APPROVE],
  async run(given, terminal) {
    const approved = await changed(given, { mutation: APPROVE, field: 'approvePolicy' });
    return told(approved, terminal, waysOn(approved, new Date().toISOString()));
  },
};

export const policyActivateCommand: Command = {
  name: 'policy activate',
  summary: 'Brings a version of a policy into force that two people who did not write it have approved.',
  positionals: ['number'],
  options: CONNECTION_OPTIONS,
  notes: ['From the next question on gates decide by it. The version that was in force before goes in the same act.'],
  whenRefused: EXIT.REFUSED,
  documents: [READ, ACTIVATE],
  async run(given, terminal) {
    return told(await changed(given, { mutation: ACTIVATE, field: 'activatePolicy' }), terminal, []);
  },
};

async function changed(given: Given, { mutation, field }: { readonly mutation: string; readonly field: string }): Promise<Titled> {
  const client = await connect(given);
  const { id, version } = (await client.graphql(READ, { id: given.positionals[0] ?? '' })).policy as Titled;
  return (await client.graphql(mutation, { id, expectedVersion: version }))[field] as Titled;
}

function told(policy: Titled, terminal: Terminal, more: readonly string[]): ExitCode {
  for (const line of [named(policy), ...policy.warnings.map((warning) => `  ! ${warning}`), ...more]) terminal.out(line);
  return EXIT.OK;
}

function named({ number, state, title, label }: Titled): string {
  return `${number} is ${state}: ${title}, version ${label}`;
}

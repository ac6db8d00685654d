/** `countersign deployment report`: tells that a deployment starts under a grant, which fulfils its promotion; with --ungoverned, that something runs without one. */
import { isObject } from './client.js';
import { EXIT, UsageError, type Command, type Given } from './command.js';
import { CONNECTION_OPTIONS, connect } from './connection.js';

const REPORT = 'mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { number startedAt } }';
const REPORT_UNGOVERNED = 'mutation ($input: ReportUngovernedDeploymentInput!) { reportUngovernedDeployment(input: $input) { number foundAt } }';

export const deploymentReportCommand: Command = {
  name: 'deployment report',
  summary: 'Reports the start of a deployment; redeems the grant, once.',
  positionals: [],
  options: {
    grant: { value: 'id', help: 'the grant that "gate check --authorize" printed' },
    ungoverned: { value: null, help: 'instead of a grant: it was found running without one' },
    system: { value: 'id', help: 'with --ungoverned: the system that it belongs to, by id or number' },
    reason: { value: 'text', help: 'with --ungoverned: how it was found' },
    bundle: { value: 'digest', help: 'the bundle that is deployed' },
    environment: { value: 'name', help: 'where it is deployed' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['What is reported with --ungoverned is authorized by nothing, and counts for nothing at the gate: population and exceptions show it.'],
  documents: [REPORT, REPORT_UNGOVERNED],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    if (given.flag('ungoverned') && given.text('grant') !== null) throw new UsageError('Give either --grant or --ungoverned.');
    const input = given.flag('ungoverned') ? found(given) : { grant: given.required('grant'), ...where(given) };
    const { reportDeployment: deployment, reportUngovernedDeployment: ungoverned } = await (await connect(given)).graphql(given.flag('ungoverned') ? REPORT_UNGOVERNED : REPORT, { input });
    if (isObject(deployment)) terminal.out(`${String(deployment.number)} started at ${String(deployment.startedAt)}`);
    if (isObject(ungoverned)) terminal.out(`${String(ungoverned.number)} found at ${String(ungoverned.foundAt)}, authorized by nothing`);
    return EXIT.OK;
  },
};

function found(given: Given): Readonly<Record<string, string>> {
  return { system: given.required('system'), reason: given.required('reason'), ...where(given) };
}

function where(given: Given): { bundleDigest: string; environment: string } {
  return { bundleDigest: given.required('bundle'), environment: given.required('environment') };
}

/** `countersign deployment report`: tells that a deployment starts under a grant, which fulfils its promotion. */
import { isObject } from './client.js';
import { EXIT, type Command } from './command.js';
import { CONNECTION_OPTIONS, connect } from './connection.js';

const REPORT = 'mutation ($input: ReportDeploymentInput!) { reportDeployment(input: $input) { number startedAt } }';

export const deploymentReportCommand: Command = {
  name: 'deployment report',
  summary: 'Reports the start of a deployment; redeems the grant, once.',
  positionals: [],
  options: {
    grant: { value: 'id', help: 'the grant that "gate check --authorize" printed' },
    bundle: { value: 'digest', help: 'the bundle that is deployed' },
    environment: { value: 'name', help: 'where it is deployed' },
    ...CONNECTION_OPTIONS,
  },
  documents: [REPORT],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const input = { grant: given.required('grant'), bundleDigest: given.required('bundle'), environment: given.required('environment') };
    const { reportDeployment: deployment } = await (await connect(given)).graphql(REPORT, { input });
    if (isObject(deployment)) terminal.out(`${String(deployment.number)} started at ${String(deployment.startedAt)}`);
    return EXIT.OK;
  },
};

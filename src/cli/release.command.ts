/** `countersign release create`: registers exactly what ships, by digests that are computed here. */
import { EXIT, UsageError, type Command } from './command.js';
import { COMPONENT_FORMS, readComponents } from './components.js';
import { CONNECTION_OPTIONS, connect } from './connection.js';
import { isObject } from './client.js';

const CREATE = 'mutation ($system: ID!, $input: CreateReleaseInput!) { createRelease(system: $system, input: $input) { number bundleDigest } }';

export const releaseCreateCommand: Command = {
  name: 'release create',
  summary: 'Registers a release of a system and prints its number and bundle digest.',
  positionals: [],
  options: {
    system: { value: 'id-or-number', help: 'the system, such as SYS-1' },
    label: { value: 'text', help: 'the name that the team gives it, such as 2026.11.1' },
    component: { value: 'part', help: `one part that ships: ${COMPONENT_FORMS}`, repeated: true },
    ...CONNECTION_OPTIONS,
  },
  notes: ['Paths are read and digested on this machine; no content is sent.'],
  documents: [CREATE],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const [system, label] = [given.required('system'), given.required('label')];
    if (given.list('component').length === 0) throw new UsageError('--component is missing: a release has at least one part.');
    const client = await connect(given);
    const components = await readComponents(given.list('component'));
    const { createRelease: release } = await client.graphql(CREATE, { system, input: { label, components } });
    if (isObject(release)) terminal.out(`${String(release.number)}  ${String(release.bundleDigest)}`);
    return EXIT.OK;
  },
};

/** `countersign policy test`: judges the gate cases of a folder by the policy beside them, or by the shipped one. Speaks to no server. */
import { EXIT, type Command } from './command.js';

export const policyTestCommand: Command = {
  name: 'policy test',
  summary: 'Judges the gate cases of a folder offline, and prints those whose answer is not the wanted one.',
  positionals: ['folder'],
  options: {},
  notes: [
    'The folder holds cases in *.cases.yaml, and the policy that they are about in one *.policy.yaml or *.policy.json; without it they are about the policy that ships.',
    'Exit code 0: every case passes. 1: one does not, or a file cannot be read as what it is.',
  ],
  whenRefused: EXIT.REFUSED,
  run: async (given, terminal) => (await import('./policy-test.js')).testPolicy(given.positionals[0] ?? '', terminal),
};

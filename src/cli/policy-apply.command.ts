/** `countersign policy apply`: hands the policies of a folder in for review. What is wrong with one is told before anything is written about any; approving and activating them is left to others. */
import { EXIT, type Command } from './command.js';
import { CONNECTION_OPTIONS } from './connection.js';
import { READING, WRITING } from './policy-versions.js';

export const policyApplyCommand: Command = {
  name: 'policy apply',
  summary: 'Hands the policies of a folder in for review, after their cases have passed; what is in force stays in force.',
  positionals: ['folder'],
  options: {
    'dry-run': { value: null, help: 'only tell what differs from what is in force, and write nothing' },
    note: { value: 'text', help: 'why they are written, for their reviewers' },
    ...CONNECTION_OPTIONS,
  },
  notes: [
    'Each policy lies with its cases in a folder of its own, this one or one below it: one *.policy.yaml or *.policy.json, and *.cases.yaml.',
    'Nothing is written about any of them while one is wrong. The same folder again hands in only what is not there yet.',
    'Exit codes: 0 each is in review or in force, 1 refused (told with file, line and column), 3 the server was not reached (apply again), 64 wrong usage.',
  ],
  whenRefused: EXIT.REFUSED,
  documents: [...READING, ...WRITING],
  run: async (given, terminal) => (await import('./policy-apply.js')).applyPolicies(given, terminal),
};

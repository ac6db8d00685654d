/** `countersign decision export` and `replay`: what a decision was made from, and the decision made again without any server. */
import { isObject } from './client.js';
import { EXIT, type Command } from './command.js';
import { CONNECTION_OPTIONS, connect } from './connection.js';
import { readWhole } from './whole-file.js';

const DOSSIER = 'query ($id: ID!) { decisionDossier(id: $id) { file } }';
/** No decision is made from more. */
const MOST = 64 * 1024 * 1024;

export const decisionExportCommand: Command = {
  name: 'decision export', summary: 'Prints everything that a recorded decision was made from, as a file for "decision replay".',
  positionals: ['decision'], options: CONNECTION_OPTIONS, whenRefused: EXIT.REFUSED, documents: [DOSSIER],
  async run(given, terminal) {
    const { decisionDossier: dossier } = await (await connect(given)).graphql(DOSSIER, { id: given.positionals[0] ?? '' });
    if (isObject(dossier)) terminal.out(String(dossier.file));
    return EXIT.OK;
  },
};

export const decisionReplayCommand: Command = {
  name: 'decision replay', summary: 'Makes a decision again from an exported file, offline, and compares.',
  positionals: ['file'], options: {}, whenRefused: EXIT.REFUSED,
  notes: [
    'Ends with 0 when it says the same word for word, with 1 when it does not, with 4 when the file is not what its digests say.',
    'That this is what was decided is shown by the audit log, not by the file: the entry gate.decided of the decision has the printed digest as its `after`. Ask the query changes for it, or look for the digest in the archive of the organization after "countersign tenant verify".',
  ],
  async run(given, terminal) {
    // The engine takes a second to load: not for every other command as well.
    const [{ DossierBroken, unpack }, { replayFrom }] = await Promise.all([import('../gate/dossier.js'), import('../gate/replay.service.js')]);
    try {
      const { recorded, outcome, again, differences } = await replayFrom(unpack((await readWhole(given.positionals[0] ?? '', MOST)).toString('utf8')));
      terminal.out(`${outcome}: recorded ${recorded.decision.verdict} at ${recorded.decidedAt} by ${recorded.decision.policy.id} ${recorded.decision.policy.version}${again === null ? '' : `, again ${again.verdict}`}`);
      terminal.out(`decision ${recorded.id}`);
      terminal.out(`digest ${recorded.digest}, which the audit log has to name as what was decided`);
      if (differences.length > 0) terminal.err(`What differs: ${differences.join(', ')}`);
      return outcome === 'EQUAL' ? EXIT.OK : EXIT.REFUSED;
    } catch (error) {
      if (!(error instanceof DossierBroken)) throw error;
      terminal.err(error.message);
      return EXIT.UNVERIFIED;
    }
  },
};

/** `countersign story`: plays a promotion from refusal to deployment against a running embedded server, over HTTP only; or the way from pilot to production. */
import { packageRoot } from '../platform/package-root.js';
import { clientOf, type Client } from './client.js';
import { EXIT, type Command } from './command.js';
import { embeddedToken, SERVER_OPTION, serverAddress } from './connection.js';
import { modelComponents, tamperedComponents } from './story/model-files.js';
import { exampleComponents } from './story/evidence-files.js';
import { productionSteps } from './story/production-steps.js';
import { documentsOf, type Step } from './story/step.js';
import { play } from './story/play.js';
import { storySteps } from './story/steps.js';

export const storyCommand: Command = {
  name: 'story',
  summary: 'Plays a promotion from refusal to deployment against a running embedded server, step by step.',
  positionals: [],
  options: { production: { value: null, help: 'the way from pilot to production instead, with evidence from the files in examples/pilot-to-production' }, ...SERVER_OPTION },
  documents: documentsOf([...storySteps({ run: '', components: [], tampered: [] }), ...productionSteps({ run: '', components: [] })]),
  notes: [
    'Each run registers a system of its own. Ends with 0 only if every answer was the expected one.',
    '--production puts the policy pilot-to-production into force, for the other systems of the register as well: play the story without it first.',
  ],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const url = serverAddress(given);
    const run = new Date().toISOString().slice(0, 19).replace('T', ' ');
    const steps = given.flag('production') ? productionSteps({ run, components: await exampleComponents() }) : await promotionSteps(run);
    terminal.out(`The story, told by ${url}`);
    const played = await play(steps, async (handle): Promise<Client> => clientOf(url, await embeddedToken(handle)), terminal);
    const failed = played.filter((step) => step.problems.length > 0).length;
    terminal.out(failed === 0 ? `\nAll ${String(steps.length)} steps were answered as expected.` : `\nStopped at step ${String(played.length)} of ${String(steps.length)}.`);
    return failed === 0 ? EXIT.OK : EXIT.REFUSED;
  },
};

async function promotionSteps(run: string): Promise<Step[]> {
  return storySteps({ run, components: await modelComponents(packageRoot()), tampered: await tamperedComponents(packageRoot()) });
}

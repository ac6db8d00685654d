/** `countersign admin bootstrap` and `countersign tenant create`: an organization, the issuer that it trusts, and its first administrator. */
import { TOKEN_ALGORITHMS, TOKEN_TYPES } from '../domain/trusted-issuer.js';
import { EXIT, type Command } from './command.js';

interface Opening { readonly name: string; readonly summary: string; readonly another: boolean; readonly opened: string; readonly notes: readonly string[] }

function openingCommand({ name, summary, another, opened, notes }: Opening): Command {
  return {
    name, summary,
    positionals: [],
    options: {
      organization: { value: 'name', help: 'what the organization is called' },
      issuer: { value: 'url', help: 'exactly what the claim "iss" of its tokens says' },
      audience: { value: 'text', help: 'what the claim "aud" of a token has to name: one that is yours alone' },
      subject: { value: 'text', help: 'the claim "sub" of the first administrator' },
      name: { value: 'text', help: 'their name, as the log shows it' },
      'jwks-url': { value: 'url', help: 'where the issuer publishes its keys; otherwise where its discovery document says' },
      algorithm: { value: 'name', help: `${TOKEN_ALGORITHMS.join(', ')}; RS256 unless given`, repeated: true },
      'token-type': { value: 'type', help: `what "typ" in the header of a token has to be, ${TOKEN_TYPES.join(' or ')}; anything unless given` },
    },
    notes: [
      'It goes by DATABASE_URL and MIGRATION_DATABASE_URL; COUNTERSIGN_ORIGIN names the log of the organization, for ever.',
      'The administrator also holds POLICY_ADMIN, and by it the shipped risk criteria are adopted.',
      ...notes,
    ],
    whenRefused: EXIT.REFUSED,
    async run(given, terminal) {
      // Whatever speaks to the database itself is loaded by this command alone.
      const { bootstrap } = await import('./bootstrap.js');
      const { wanted, founded } = await bootstrap(given, another);
      terminal.out(founded.before ? 'This is done already; nothing was changed.' : opened);
      terminal.out(`organization: ${wanted.name}, ${founded.tenantId}`);
      terminal.out(`issuer: ${founded.issuer} ${wanted.issuer.issuer}, for the audience ${wanted.issuer.audience}`);
      terminal.out(`administrator: ${founded.administrator} ${wanted.administrator.subject}`);
      return EXIT.OK;
    },
  };
}

export const adminBootstrapCommand = openingCommand({
  name: 'admin bootstrap', summary: 'Makes the first organization of an empty register, its trusted issuer, and its first administrator.', another: false, opened: 'The first organization is open.',
  notes: ['What was interrupted goes on. Repeated with the same facts it says what is there; with others it is refused.'],
});

export const tenantCreateCommand = openingCommand({
  name: 'tenant create', summary: 'Opens another organization, with its trusted issuer and its first administrator.', another: true, opened: 'The organization is open.',
  notes: ['What was interrupted goes on. Two organizations may trust the same issuer, each for an audience of its own.'],
});

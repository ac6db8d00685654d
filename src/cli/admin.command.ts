/** `countersign admin bootstrap`: the first organization of an empty register, the issuer that it trusts, and its first administrator. */
import { TOKEN_ALGORITHMS, TOKEN_TYPES } from '../domain/trusted-issuer.js';
import { EXIT, type Command } from './command.js';

export const adminBootstrapCommand: Command = {
  name: 'admin bootstrap',
  summary: 'Makes the first organization of an empty register, its trusted issuer, and its first administrator.',
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
    'What was interrupted goes on. Repeated with the same facts it says what is there; with others it is refused.',
  ],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    // Whatever speaks to the database itself is loaded by this command alone.
    const { bootstrap } = await import('./bootstrap.js');
    const { wanted, founded } = await bootstrap(given);
    terminal.out(founded.before ? 'This is done already; nothing was changed.' : 'The first organization is open.');
    terminal.out(`organization: ${wanted.name}, ${founded.tenantId}`);
    terminal.out(`issuer: ${founded.issuer} ${wanted.issuer.issuer}, for the audience ${wanted.issuer.audience}`);
    terminal.out(`administrator: ${founded.administrator} ${wanted.administrator.subject}`);
    return EXIT.OK;
  },
};

/** `countersign login` and `logout`: a person signs in at their identity provider; what it gives is kept for the commands that follow. */
import { clientOf, isObject } from './client.js';
import { EXIT, UsageError, type Command, type Given } from './command.js';
import { serverAddress, SERVER_OPTION } from './connection.js';
import { forgetSession, keptSession, type Provider, type Session } from './session.js';
import { signIn } from './sign-in.js';

const VIEWER = '{ viewer { number displayName } }';

export const loginCommand: Command = {
  name: 'login',
  summary: 'Signs you in at your identity provider, for the commands that follow.',
  positionals: [],
  options: {
    issuer: { value: 'url', help: 'the provider; as before unless given' },
    'client-id': { value: 'id', help: 'what the provider calls this program: a public client; as before unless given' },
    scope: { value: 'text', help: 'what to ask for; "openid profile" unless given, with offline_access where it may be refreshed' },
    parameter: { value: 'name=value', help: 'what this provider wants besides, such as audience=… or resource=…', repeated: true },
    device: { value: null, help: 'by a code that is typed into a browser elsewhere' },
    'max-age': { value: 'seconds', help: 'asks you to authenticate anew if you did so longer ago; 0 = in any case, as before a sign-off' },
    port: { value: 'n', help: 'where the browser comes back to, for a provider that knows one address only; any free one unless given' },
    ...SERVER_OPTION,
  },
  notes: ['It is kept in COUNTERSIGN_SESSION, or in ~/.config/countersign/session.json, for you alone, and sent to this one server only. "countersign logout" removes it.'],
  documents: [VIEWER],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const kept = keptSession();
    const server = serverAddress(given, kept);
    const maxAge = given.text('max-age') === null ? null : wholeNumber(given, 'max-age', 31_536_000);
    const session = await signIn(providerOf(given, kept), server, { device: given.flag('device'), maxAge, port: wholeNumber(given, 'port', 65_535), say: (line) => { terminal.out(line); } });
    const { viewer } = await clientOf(server, session.accessToken).graphql(VIEWER);
    const { number, displayName } = (isObject(viewer) ? viewer : {}) as { number?: string; displayName?: string };
    terminal.out(`You are signed in as ${String(number)}, ${String(displayName)}.`);
    return EXIT.OK;
  },
};

export const logoutCommand: Command = {
  name: 'logout',
  summary: 'Forgets what "countersign login" got.',
  positionals: [],
  options: {},
  whenRefused: EXIT.REFUSED,
  run(_, terminal) {
    forgetSession();
    terminal.out('You are signed out here; the provider may remember you.');
    return Promise.resolve(EXIT.OK);
  },
};

/** What is not said now is as it was said before, as far as it is the same provider. */
function providerOf(given: Given, kept: Session | null): Provider {
  const issuer = given.text('issuer') ?? kept?.issuer;
  if (issuer === undefined) throw new UsageError('--issuer is missing.');
  const before = kept?.issuer === issuer ? kept : { clientId: null, scope: 'openid profile', parameters: {} };
  const clientId = given.text('client-id') ?? before.clientId;
  if (clientId === null) throw new UsageError('--client-id is missing.');
  const parameters = given.list('parameter');
  return { issuer, clientId, scope: given.text('scope') ?? before.scope, parameters: parameters.length === 0 ? before.parameters : Object.fromEntries(parameters.map(parameterOf)) };
}

function parameterOf(text: string): [string, string] {
  const [, name, value] = /^([a-z_]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--parameter is name=value, not "${text}".`);
  return [name, value];
}

function wholeNumber(given: Given, option: string, most: number): number {
  const text = given.text(option) ?? '0';
  if (!/^\d{1,9}$/.test(text) || Number(text) > most) throw new UsageError(`--${option} is a whole number from 0 to ${String(most)}, not "${text}".`);
  return Number(text);
}

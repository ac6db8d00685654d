/** `countersign sign-off give`: shows what there is to sign, then signs exactly that. Where the policy wants a fresh sign-in, it asks for one and goes on. */
import { CHOICES } from '../domain/choice.js';
import { clientOf, isObject, Refused, type Client, type Json } from './client.js';
import { EXIT, UsageError, type Command, type Given, type Terminal } from './command.js';
import { connect, CONNECTION_OPTIONS, presentSession } from './connection.js';
import { signIn } from './sign-in.js';

const REQUEST = 'mutation ($input: RequestSignOffInput!) { requestSignOff(input: $input) { challenge packages { promotion { number } package { digest readable } } } }';
const CONFIRM = 'mutation ($input: ConfirmSignOffInput!) { confirmSignOff(input: $input) { number meaning signedAt validUntil } }';

export const signOffGiveCommand: Command = {
  name: 'sign-off give',
  summary: 'Shows the packages that you are asked to sign; with --package it signs them.',
  positionals: [],
  options: {
    promotion: { value: 'number', help: 'what you were asked about, such as P-17', repeated: true },
    lane: { value: 'name', help: 'the discipline that you sign, such as RISK', repeated: true },
    package: { value: 'digest', help: 'signs, if what there is to sign is still what you have read: the digest that was shown with it', repeated: true },
    choice: { value: 'name', help: 'APPROVE unless given; REQUEST_CHANGES, REJECT or ABSTAIN' },
    statement: { value: 'text', help: 'your reasons in your own words' },
    attest: { value: 'name', help: 'a further statement, such as NO_RISK_ABOVE_LOW', repeated: true },
    delegation: { value: 'number', help: 'by which you sign in the place of a colleague, such as DEL-2' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['First without --package: read. Then again with it: sign. Conditions are imposed by confirmSignOff of the API.'],
  documents: [REQUEST, CONFIRM],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const choice = given.text('choice') ?? 'APPROVE';
    if (!(CHOICES as readonly string[]).includes(choice) || choice === 'APPROVE_WITH_CONDITIONS') throw new UsageError(`--choice cannot be "${choice}" here.`);
    if (given.list('package').length === 0) return show(await withFreshSignIn(given, terminal, (client) => shown(client, given)), terminal);
    const statement = given.required('statement');
    const signed = await withFreshSignIn(given, terminal, (client) => sign(client, given, { choice, statement, attests: given.list('attest') }));
    terminal.out(`${String(signed.number)}  ${String(signed.meaning)}, signed ${String(signed.signedAt)}, counts until ${String(signed.validUntil)}`);
    return EXIT.OK;
  },
};

interface Shown { readonly challenge: string; readonly packages: readonly { promotion: { number: string }; package: { digest: string; readable: string } }[] }

async function shown(client: Client, given: Given): Promise<Shown> {
  const [promotions, lanes] = [given.list('promotion'), given.list('lane')];
  if (promotions.length === 0) throw new UsageError('--promotion is missing.');
  if (lanes.length === 0) throw new UsageError('--lane is missing.');
  const { requestSignOff } = await client.graphql(REQUEST, { input: { promotions, lanes, delegation: given.text('delegation') } });
  return requestSignOff as Shown;
}

function show({ packages }: Shown, terminal: Terminal): typeof EXIT.OK {
  for (const one of packages) terminal.out(one.package.readable);
  for (const one of packages) terminal.out(`${one.promotion.number}  --package ${one.package.digest}`);
  return EXIT.OK;
}

async function sign(client: Client, given: Given, vote: Json): Promise<Json> {
  const { challenge, packages } = await shown(client, given);
  const packageDigests = packages.map((one) => one.package.digest);
  const read = given.list('package');
  if (read.length !== packageDigests.length || !packageDigests.every((digest) => read.includes(digest))) throw new Refused('PACKAGE_CHANGED', 'What there is to sign is not what you have read.', 'Read it again: the same command without --package.');
  const { confirmSignOff } = await client.graphql(CONFIRM, { input: { ...vote, challenge, packageDigests } });
  return isObject(confirmSignOff) ? confirmSignOff : {};
}

/** Once: whoever has signed in this very moment and is still refused needs another way of signing in. */
async function withFreshSignIn<T>(given: Given, terminal: Terminal, work: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await work(await connect(given));
  } catch (error) {
    const session = presentSession(given);
    if (!(error instanceof Refused && error.code === 'REAUTHENTICATION_REQUIRED') || session === null) throw error;
    terminal.err('A signature needs a fresh sign-in.');
    const fresh = await signIn(session, session.server, { device: false, maxAge: 0, port: 0, say: (line) => { terminal.err(line); } });
    return work(clientOf(fresh.server, fresh.accessToken));
  }
}

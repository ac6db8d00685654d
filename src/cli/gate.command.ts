/** `countersign gate check`: asks whether something may ship, and ends with a code that a pipeline can act on. Fails closed. */
import { isObject, problemIn, type Client, type Json } from './client.js';
import { aligned, EXIT, UsageError, type Command, type Given, type Terminal } from './command.js';
import { COMPONENT_FORMS, readComponents } from './components.js';
import { CONNECTION_OPTIONS, connect } from './connection.js';
import { EXIT_BY_VERDICT, readAnswer, type GateAnswer } from './gate-answer.js';

const RELEASE = 'query ($id: ID!) { release(id: $id) { bundleDigest system { number } } }';

export const gateCheckCommand: Command = {
  name: 'gate check',
  summary: 'Asks the gate: may this go into that environment, go on running there, or come back?',
  positionals: [],
  options: {
    environment: { value: 'name', help: 'where it is to go' },
    bundle: { value: 'digest', help: 'what is to go there, by the digest of its bundle' },
    path: { value: 'part', help: `the same by its parts: ${COMPONENT_FORMS}`, repeated: true },
    'component-digest': { value: 'digest', help: 'the same by the digest of one part' },
    release: { value: 'REL-n', help: 'the same by a number or id, whose bundle digest is looked up first' },
    action: { value: 'action', help: 'promote (unless said otherwise), run or rollback' },
    system: { value: 'id-or-number', help: 'the system that is meant, when several ship the same bytes' },
    authorize: { value: null, help: 'on ALLOW, also issue a grant for one deployment' },
    wait: { value: 'time', help: 'while PENDING, ask again for so long: 90s, 30m, 1h' },
    json: { value: null, help: 'print the answer as the server gave it' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['Exit codes: 0 ALLOW, 1 DENY, 2 PENDING, 3 no decision (server not reached, question refused: treat as DENY), 64 wrong usage.'],
  documents: [RELEASE],
  whenRefused: EXIT.NO_DECISION,
  async run(given, terminal) {
    const patience = readWait(given.text('wait'));
    const environment = given.required('environment');
    requireOneTarget(given);
    const client = await connect(given);
    const question = { environment, action: given.text('action') ?? 'promote', ...await readTarget(given, client) };
    const route = given.flag('authorize') ? '/v1/gate/authorize' : '/v1/gate/check';
    const { answer, body } = await askUntilDecided(() => ask(client, route, question), patience);
    if (given.flag('json')) terminal.out(JSON.stringify(body, null, 2));
    else show(answer, environment, terminal);
    return EXIT_BY_VERDICT[answer.verdict];
  },
};

interface Asked { readonly answer: GateAnswer; readonly body: Json }

async function ask(client: Client, route: string, question: Json): Promise<Asked> {
  const { status, body } = await client.post(route, question);
  // A problem instead of an answer: the question was refused, and nothing was judged.
  if (typeof body.code === 'string') throw problemIn(body);
  return { answer: readAnswer(status, body), body };
}

/** Between two questions, in milliseconds: doubled from one second to fifteen. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

async function askUntilDecided(once: () => Promise<Asked>, patienceMs: number): Promise<Asked> {
  const end = performance.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const asked = await once();
    const left = end - performance.now();
    if (asked.answer.verdict !== 'PENDING' || left <= 0) return asked;
    const wait = Math.min(pause, left);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function readWait(text: string | null): number {
  if (text === null) return 0;
  const [, amount, unit] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (amount === undefined || unitMs === undefined) throw new UsageError(`--wait is a time such as 90s, 30m or 1h, not "${text}".`);
  return Number(amount) * unitMs;
}

const TARGETS = ['bundle', 'component-digest', 'release', 'path'] as const;

function requireOneTarget(given: Given): void {
  const named = TARGETS.filter((option) => given.list(option).length > 0);
  if (named.length !== 1) throw new UsageError(`Name what is to ship in exactly one way: --${TARGETS.join(', --')}.`);
}

/** The bytes are named by digest wherever that is possible: a number says nothing about what is shipped. */
async function readTarget(given: Given, client: Client): Promise<Json> {
  const named = given.text('system');
  const system = named === null ? {} : { system: named };
  const [bundle, component, release] = [given.text('bundle'), given.text('component-digest'), given.text('release')];
  if (bundle !== null) return { ...system, target: { bundleDigest: bundle } };
  if (component !== null) return { ...system, target: { componentDigest: component } };
  if (release === null) return { ...system, target: { components: await readComponents(given.list('path')) } };
  const { release: found } = await client.graphql(RELEASE, { id: release });
  if (!isObject(found) || !isObject(found.system)) throw new Error('a release without its digest');
  return { target: { bundleDigest: found.bundleDigest }, system: found.system.number, ...system };
}

function show(answer: GateAnswer, environment: string, terminal: Terminal): void {
  const what = answer.bundleDigest === null ? '' : ` ${answer.bundleDigest}`;
  terminal.out(`${answer.verdict} ${environment}${what}`);
  for (const line of linesOf(answer)) terminal.out(line);
  if (answer.decisionId !== null) terminal.out(`decision ${answer.decisionId}`);
  if (answer.grant !== null) terminal.out(`grant ${answer.grant.id}, until ${answer.grant.expiresAt}`);
}

/** One line a reason: what it is about, its code, what it says, what to do next. */
function linesOf(answer: GateAnswer): string[] {
  const width = Math.max(0, ...answer.reasons.map((reason) => reason.code.length));
  return aligned(answer.reasons.map((reason) => [reason.requirement, `${reason.code.padEnd(width)}  ${reason.message} → ${reason.nextAction}`]));
}

/** The requests that only the story on the way to production sends: what is prepared once, evidence in sets, and how far the release is. */
import { Readable } from 'node:stream';
import { sha256 } from '../../domain/digest.js';
import { isObject, Refused, type Client, type Json } from '../client.js';
import type { Version } from '../policy-versions.js';
import { approversOf } from '../policy-ways.js';
import { evidenceBytes, evidenceOf } from './evidence-files.js';
import { does } from './requests.js';
import { operate, type Answer, type Notes, type Step, type Wanted } from './step.js';

const done = (record: Readonly<Record<string, string>> = {}): Wanted => ({ kind: 'done', record });

const THERE: Answer = { kind: 'done', record: { is: 'there already' } };

/** What an earlier run of the story has left behind is as good. */
function once(step: Step): Step {
  return {
    ...step, act: async (client, notes) => {
      const answer = await step.act(client, notes);
      return answer.kind === 'refused' && answer.code === 'ALREADY_EXISTS' ? THERE : answer;
    },
  };
}

/** Notes something that is known without asking, before the step. */
export function noting(name: string, value: string | undefined, step: Step): Step {
  return {
    ...step, act: (client, notes) => {
      notes.set(name, value);
      return step.act(client, notes);
    },
  };
}

const POLICY = 'pilot-to-production';
const STANDING = `{ policies(filter: { policyId: "${POLICY}", states: [IN_REVIEW] }, first: 1) { nodes { id version approvals { at person { handle } } } } policiesInForce { policyId } }`;
type InReview = Pick<Version, 'id' | 'version' | 'approvals'>;

/** The version that is in review, if there is one, and whether any is in force. */
async function standing(client: Client): Promise<{ readonly inReview: InReview | undefined; readonly inForce: boolean }> {
  const { policies, policiesInForce } = await client.graphql(STANDING) as { policies: { nodes: InReview[] }; policiesInForce: { policyId: string }[] };
  return { inReview: policies.nodes[0], inForce: policiesInForce.some(({ policyId }) => policyId === POLICY) };
}

const ELSE = `The story goes on from a version of ${POLICY} that is in review or in force: hand one in (countersign policy adopt; beside another policy, countersign policy show --shipped ${POLICY} and countersign policy apply), then tell it again.`;

/** Refused as it exists already also where another policy is in force, or a version waits for its test: then nothing is there to go on from. */
export function adopts(as: string, title: string): Step {
  const query = 'mutation { adoptReadinessPolicy { number label state } }';
  return {
    as, title, wanted: done(), documents: [query, STANDING],
    act: async (client, notes) => {
      const answer = await operate(client, notes, { query, variables: () => ({}) });
      if (answer.kind !== 'refused' || answer.code !== 'ALREADY_EXISTS') return answer;
      const { inReview, inForce } = await standing(client);
      return inReview !== undefined || inForce ? THERE : { ...answer, message: `${answer.message} ${ELSE}` };
    },
  };
}

/** What was adopted comes into force by the acts of several people; whoever has approved it already, and what is in force, is left. */
export function brings(as: string, title: string, act: 'approvePolicy' | 'activatePolicy'): Step {
  const query = `mutation ($id: ID!, $version: Int!) { ${act}(id: $id, expectedVersion: $version) { number label state } }`;
  return {
    as, title, wanted: done(), documents: [STANDING, query],
    act: async (client, notes) => {
      const { inReview, inForce } = await standing(client);
      if (inReview === undefined) return inForce ? THERE : { kind: 'refused', code: 'NOT_FOUND', message: `No version of ${POLICY} is in review or in force. ${ELSE}` };
      if (act === 'approvePolicy' && approversOf(inReview, new Date().toISOString()).includes(as)) return THERE;
      return operate(client, notes, { query, variables: () => ({ id: inReview.id, version: inReview.version }) });
    },
  };
}

export function places(as: string, title: string, environment: { readonly name: string; readonly kind: string; readonly previous: string }): Step {
  return once(does(as, title, done(), { query: 'mutation ($input: CreateEnvironmentInput!) { createEnvironment(input: $input) { name kind } }', variables: () => ({ input: environment }) }));
}

export function raises(as: string, title: string, finding: { readonly note: string; readonly input: Json }): Step {
  return does(as, title, done({ state: 'OPEN' }), {
    query: 'mutation ($system: ID!, $input: RaiseFindingInput!) { raiseFinding(system: $system, input: $input) { number state version } }',
    variables: (notes) => ({ system: notes.get('system'), input: finding.input }), note: { [finding.note]: 'number', [`${finding.note}Version`]: 'version' },
  });
}

export function plans(as: string, title: string, finding: string, { action, due }: { readonly action: string; readonly due: string }): Step {
  return does(as, title, done({ state: 'PLANNED' }), {
    query: 'mutation ($id: ID!, $version: Int!, $action: String!, $due: DateTime!) { planFinding(id: $id, expectedVersion: $version, action: $action, due: $due) { number state version } }',
    variables: (notes) => ({ id: notes.get(finding), version: Number(notes.get(`${finding}Version`)), action, due }),
  });
}

const SUBMIT = 'mutation ($system: ID!, $input: [SubmitEvidenceInput!]!) { submitEvidenceSet(system: $system, input: $input) { number version type outcome file { name } } }';
const VERIFY = 'mutation ($input: [VerifyEvidenceInput!]!) { verifyEvidenceSet(input: $input) { number version outcome } }';

/** Uploads these files, and submits all of them in one act. They are noted together under the name, and each by its own. */
export function hands(as: string, title: string, set: { readonly note: string; readonly files: readonly string[] }): Step {
  return {
    as, title, wanted: done({ outcome: 'SUBMITTED', files: String(set.files.length) }), documents: [SUBMIT],
    act: async (client, notes) => {
      const input = [];
      for (const file of set.files) {
        const bytes = await evidenceBytes(file, notes);
        await upload(client, notes, { file, bytes });
        input.push(evidenceOf(file, bytes, notes));
      }
      const { answer, records } = await operateOnMany(client, SUBMIT, { system: notes.get('system'), input });
      notes.set(set.note, JSON.stringify(records.map(({ number, version }) => ({ id: number, expectedVersion: version }))));
      return answer.kind === 'done' ? { ...answer, record: { ...answer.record, files: String(records.filter(({ file }) => isObject(file)).length) } } : answer;
    },
  };
}

/** Gives its digest as the server has found it. */
async function upload(client: Client, notes: Notes, { file, bytes }: { readonly file: string; readonly bytes: Buffer }): Promise<string> {
  const { digest } = await client.sendFile(`/v1/evidence-files?${new URLSearchParams({ system: notes.get('system'), name: `${file}.json` }).toString()}`, { size: bytes.length, pieces: Readable.from([bytes]) });
  return String(digest);
}

/** Vouches for all that was handed in under these names, in one act; they are noted with the version that they have then. */
export function vouches(as: string, title: string, sets: readonly string[], wanted: Wanted = done({ outcome: 'VERIFIED' })): Step {
  return {
    as, title, wanted, documents: [VERIFY],
    act: async (client, notes) => {
      const input = sets.flatMap((set) => JSON.parse(notes.get(set)) as Json[]);
      const { answer, records } = await operateOnMany(client, VERIFY, { input });
      const [first] = records;
      if (records.length === 1 && first !== undefined) for (const set of sets) noteRecord(notes, set, first);
      return answer;
    },
  };
}

/** So that `revokes` finds it. */
function noteRecord(notes: Notes, name: string, { number, version }: Json): void {
  notes.set(name, number);
  notes.set(`${name}Version`, version);
}

async function operateOnMany(client: Client, query: string, variables: Json): Promise<{ answer: Answer; records: Json[] }> {
  try {
    const [list] = Object.values(await client.graphql(query, variables));
    const records = (Array.isArray(list) ? list : []).filter(isObject);
    const outcome = [...new Set(records.map((record) => String(record.outcome)))].join(',');
    return { answer: { kind: 'done', record: { evidence: records.map(({ number }) => String(number)).join(' '), outcome } }, records };
  } catch (error) {
    if (error instanceof Refused) return { answer: { kind: 'refused', code: error.code, message: error.message }, records: [] };
    throw error;
  }
}

const READINESS = 'query ($question: GateQuestionInput!) { releaseReadiness(question: $question) { verdict policy themes { theme items green } } }';

/** How far the release is there: the themes of which something is still open, and the answer of the gate. */
export function looks(as: string, title: string, environment: string, wanted: { readonly verdict: string; readonly open: string }): Step {
  return {
    as, title, wanted: done(wanted), documents: [READINESS],
    act: async (client, notes) => {
      const { releaseReadiness } = await client.graphql(READINESS, { question: { environment, target: { bundleDigest: notes.get('bundle') }, system: notes.get('system') } });
      const { verdict, themes } = releaseReadiness as { verdict: string; themes: { theme: string; items: number; green: number }[] };
      const open = themes.filter(({ items, green }) => green < items).map(({ theme }) => theme).join(', ');
      return { kind: 'done', record: { verdict, open: open === '' ? 'nothing' : open } };
    },
  };
}

const ANSWER = 'mutation ($id: ID!, $input: AnswerTieringInput!) { answerTieringQuestionnaire(id: $id, expectedVersion: 1, input: $input) { tiering { score { tier unanswered } } } }';

/** The team of a system that nobody has classified says what holds of it, so that its tier is the floor of that: the letters of the options, by part of the questionnaire and in its order. */
export function answers(as: string, title: string, given: Readonly<Record<string, readonly string[]>>): Step {
  const listed = Object.entries(given).flatMap(([part, options]) => options.map((option, place) => ({ question: `${part}${String(place + 1)}`, option })));
  return {
    as, title, wanted: done({ tier: 'HIGH', open: 'nothing' }), documents: [ANSWER],
    act: async (client, notes) => {
      const { answerTieringQuestionnaire } = await client.graphql(ANSWER, { id: notes.get('system'), input: { answers: listed, rationale: 'As it was planned and built.' } });
      const { tier, unanswered } = (answerTieringQuestionnaire as { tiering: { score: { tier: string; unanswered: string[] } } }).tiering.score;
      return { kind: 'done', record: { answered: String(listed.length), tier, open: unanswered.length === 0 ? 'nothing' : unanswered.join(', ') } };
    },
  };
}

/** Sends the bytes of a file, and reads them back: what comes has the digest of what was sent. */
export function uploads(as: string, title: string, file: string): Step {
  return {
    as, title, wanted: done({ kept: 'as it was sent' }), documents: [],
    act: async (client, notes) => {
      const bytes = await evidenceBytes(file, notes);
      const digest = await upload(client, notes, { file, bytes });
      const back: Uint8Array[] = [];
      for await (const piece of await client.fetchFile(`/v1/evidence-files/${digest}`)) back.push(piece);
      const read = sha256(Buffer.concat(back));
      return { kind: 'done', record: { digest, kept: digest === sha256(bytes) && read === digest ? 'as it was sent' : `as ${read}` } };
    },
  };
}

const OBLIGATIONS = 'query ($id: ID!) { system(id: $id) { obligations { on obligations { reference state } nextChange { on } } } }';

/** What the law asks of the system today: how many articles, and whether these are among them or still to come. */
export function duties(as: string, title: string, references: readonly string[]): Step {
  return {
    as, title, wanted: done({ concerned: references.join(', ') }), documents: [OBLIGATIONS],
    act: async (client, notes) => {
      const { system } = await client.graphql(OBLIGATIONS, { id: notes.get('system') });
      const { on, obligations } = (system as { obligations: { on: string; obligations: { reference: string; state: string }[] } }).obligations;
      const concerned = obligations.filter(({ state }) => state !== 'NOT_CONCERNED').map(({ reference }) => reference);
      return { kind: 'done', record: { on, articles: `${String(concerned.length)} of ${String(obligations.length)} concern it`, concerned: references.filter((reference) => concerned.includes(reference)).join(', ') } };
    },
  };
}

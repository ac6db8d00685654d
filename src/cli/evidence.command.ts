/** `countersign evidence add`: digests a file, uploads it and submits it as evidence; or submits the digest alone of one that lies elsewhere. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isDay } from '../domain/clock.js';
import { Names, nearest } from '../domain/nearest.js';
import { EVIDENCE_TYPES } from '../evidence/catalogue/evidence-types.js';
import { isObject, Unreachable, type Client, type Json } from './client.js';
import { EXIT, UsageError, type Command, type Given } from './command.js';
import { CONNECTION_OPTIONS, connect } from './connection.js';
import { digestPath } from './digest-folder.js';
import { readWhole, troubleOf } from './whole-file.js';

const SUBMIT = 'mutation ($system: ID!, $input: SubmitEvidenceInput!) { submitEvidence(system: $system, input: $input) { number contentDigest outcome validUntil } }';
const DAY_MS = 86_400_000;
const MAX_PAYLOAD = 262_144;

export const evidenceAddCommand: Command = {
  name: 'evidence add',
  summary: 'Uploads a file and submits it as evidence, which somebody else then verifies.',
  positionals: ['file'],
  options: {
    system: { value: 'id-or-number', help: 'the system that it is about, such as SYS-1' },
    type: { value: 'type', help: 'what kind it is, such as evaluation_run' },
    title: { value: 'text', help: 'what it shows, in one line' },
    subject: { value: 'digest', help: 'the bundle or component that it was collected about; otherwise the system as such' },
    payload: { value: 'file.json', help: 'what it found, as a JSON object' },
    collected: { value: 'instant', help: 'when it was collected, such as 2026-11-20T09:30:00Z; otherwise now' },
    'valid-until': { value: 'instant', help: 'until when it counts' },
    'valid-days': { value: 'days', help: 'for how many days after it was collected it counts; 30 unless said otherwise' },
    supersedes: { value: 'id-or-number', help: 'an older piece that it stands in for, such as E-12' },
    name: { value: 'text', help: 'what the file is called; otherwise as it is here' },
    link: { value: 'location', help: 'where the file lies: nothing is uploaded then but its digest' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['The file is uploaded first; uploaded again it is the same file. What a payload of a type has to be: query evidenceTypes.'],
  documents: [SUBMIT],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const [path, times, payload] = [given.positionals[0] ?? '', timesOf(given), await payloadOf(given.text('payload'))];
    const about = { type: given.required('type'), title: given.required('title'), subjectDigest: given.text('subject'), supersedes: given.text('supersedes'), location: given.text('link') };
    const [system, { digest, kind }] = [given.required('system'), await digestPath(path)];
    if (kind !== 'file' && given.text('link') === null) throw new UsageError('A folder is not uploaded: name a file, or with --link where it lies.');
    const client = await connect(given);
    if (given.text('link') === null) await upload(client, path, { system, digest, name: given.text('name') ?? basename(path) });
    const { submitEvidence: evidence } = await client.graphql(SUBMIT, { system, input: { ...about, ...times, payload, digest } });
    if (!isObject(evidence)) throw new Unreachable('The server answered, but with no evidence.');
    terminal.out(`${String(evidence.number)}  ${String(evidence.contentDigest)}  ${String(evidence.outcome)}, counts until ${String(evidence.validUntil)}`);
    terminal.out('next: somebody who did not submit it verifies it (verifyEvidence); until then it shows nothing.');
    for (const note of slipIn(about.type)) terminal.err(note);
    return EXIT.OK;
  },
};

/** Types are free, so one that was mistyped is taken; what was asked for goes on missing. */
function slipIn(type: string): string[] {
  const known = EVIDENCE_TYPES.map(({ id }) => id);
  return new Names(known).hasSlip(type) ? [`note: the product knows no type ${type}, and checked no payload; nearest: ${nearest(type, known).join(', ')}.`] : [];
}

async function upload(client: Client, path: string, { system, digest, name }: Readonly<Record<'system' | 'digest' | 'name', string>>): Promise<void> {
  try {
    const { size } = await stat(path);
    const stored = await client.sendFile(`/v1/evidence-files?${new URLSearchParams({ system, digest, name }).toString()}`, { size, pieces: createReadStream(path) });
    if (stored.digest !== digest) throw new Unreachable('The server answered, but with another digest.');
  } catch (error) {
    throw troubleOf(error, path, 'cannot be read');
  }
}

async function payloadOf(path: string | null): Promise<Json | null> {
  if (path === null) return null;
  const text = (await readWhole(path, MAX_PAYLOAD)).toString('utf8');
  const found = parsed(text);
  if (!isObject(found)) throw new UsageError(`${JSON.stringify(path)} holds no JSON object.`);
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function timesOf(given: Given): { collectedAt: string; validUntil: string } {
  const [until, days] = [given.text('valid-until'), given.text('valid-days')];
  if (until !== null && days !== null) throw new UsageError('--valid-until and --valid-days exclude each other.');
  if (days !== null && !/^[1-9]\d{0,3}$/.test(days)) throw new UsageError(`--valid-days is a number of days, not "${days}".`);
  const collectedAt = given.text('collected') === null ? new Date().toISOString() : instantOf('collected', given.required('collected'));
  return { collectedAt, validUntil: until === null ? new Date(Date.parse(collectedAt) + Number(days ?? 30) * DAY_MS).toISOString() : instantOf('valid-until', until) };
}

/** With its offset from UTC, so that it is the same everywhere; a day that the calendar does not have would become another one. */
function instantOf(option: string, text: string): string {
  const [, day = ''] = /^(\d{4}-\d\d-\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  const time = isDay(day) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError(`--${option} is an instant such as 2026-11-20T09:30:00Z, or a day, not "${text}".`);
  return new Date(time).toISOString();
}

/** The files that the story on the way to production submits: read from examples/pilot-to-production, filled in, digested as they then are. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../domain/digest.js';
import type { Component } from '../../domain/release.js';
import { packageRoot } from '../../platform/package-root.js';
import { digestPath } from '../digest-folder.js';
import type { Json } from '../client.js';
import { inDays } from './requests.js';
import type { Notes } from './step.js';

const FOLDER = 'examples/pilot-to-production';
/** What speaks about the system as such; everything else is about the bytes of the release. */
const OF_THE_SYSTEM = ['literacy_record', 'pilot_report', 'capacity_plan', 'handover', 'monitoring_plan', 'maintenance_plan', 'cost_benefit', 'ip_review', 'incident_plan'];

export async function exampleComponents(): Promise<Component[]> {
  const component = async (role: Component['role'], name: string): Promise<Component> => ({ role, name, digest: (await digestPath(join(packageRoot(), FOLDER, 'release', name))).digest });
  return Promise.all([component('MODEL', 'model.json'), component('CONFIG', 'config.json')]);
}

/** What is in the file once it is filled in. */
export async function evidenceBytes(name: string, notes: Notes): Promise<Buffer> {
  const text = await readFile(join(packageRoot(), FOLDER, 'evidence', `${name}.json`), 'utf8');
  return Buffer.from(notes.fill(text.replaceAll(/\{(\d+) days ago\}/g, (_, days: string) => inDays(-Number(days)))));
}

/** As submitEvidence takes it. The name is that of the file, and begins with the type. */
export function evidenceOf(name: string, bytes: Buffer, notes: Notes): Json {
  const [type = name] = name.split('.');
  return {
    type, title: type.replaceAll('_', ' '), digest: sha256(bytes), subjectDigest: OF_THE_SYSTEM.includes(type) ? null : notes.get('bundle'), location: null, payload: JSON.parse(bytes.toString('utf8')) as Json,
    collectedAt: inDays(0), validUntil: inDays(90),
  };
}

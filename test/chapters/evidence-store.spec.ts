// Where files of evidence are kept, from the outside: in a bucket as in a folder; within a quota, however many come at once; a disk that is full is told;
// and what no record names is swept.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plusDays } from '../../src/domain/clock.js';
import { Refusal, type RefusalCode } from '../../src/domain/refusal.js';
import { Arrivals } from '../../src/evidence/arrivals.js';
import { Bucket } from '../../src/evidence/store/bucket.js';
import { BucketKeeper } from '../../src/evidence/store/bucket-keeper.js';
import { EvidenceStore } from '../../src/evidence/store/evidence-store.js';
import type { FileKeeper } from '../../src/evidence/store/file-keeper.js';
import { FolderKeeper } from '../../src/evidence/store/folder-keeper.js';
import { passingFolder } from '../../src/evidence/store/spool.js';
import { sweep } from '../../src/evidence/store/sweep.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { Acts, type Acted } from '../support/acts.js';
import { startApp, type TestApp } from '../support/app.js';
import { ACCESS_KEY, BUCKET, BucketServer, REGION, SECRET_KEY } from '../support/bucket-server.js';
import { refusal } from '../support/given.js';
import { countersign, type Ended } from '../support/command-line.js';
import { holdLog, until } from '../support/log-lock.js';
import { connectTo } from '../support/register.js';
import { givenRelease, secondOrganization } from './register.js';

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
interface Place { readonly app: TestApp; readonly system: string; readonly tenantId: string }

async function upload({ app, system }: Place, body: string, key: string | null = null, credential: string | null = null): Promise<{ status: number; json: Readonly<Record<string, unknown>> }> {
  const response = await fetch(`${app.url}/v1/evidence-files?system=${system}`, { method: 'POST', headers: { 'content-type': 'text/plain', authorization: `Bearer ${credential ?? await app.token('dana')}`, ...(key !== null && { 'idempotency-key': key }) }, body });
  return { status: response.status, json: await response.json() as Readonly<Record<string, unknown>> };
}

async function download({ app }: Place, digest: string): Promise<Response> {
  return fetch(`${app.url}/v1/evidence-files/${digest}`, { headers: { authorization: `Bearer ${await app.token('rita')}` } });
}

async function placeOver(app: TestApp): Promise<Place> {
  return { app, system: (await givenRelease(app, app.as, '', 'e8')).systemId, tenantId: app.as('dana').tenantId };
}

async function arrivals({ app }: Place): Promise<number> {
  const client = await connectTo(app.database.adminUrl, null);
  const { rows } = await client.query<{ count: number }>('select count(*)::int from evidence_arrivals');
  await client.end();
  return rows[0]?.count ?? -1;
}

let bucket: BucketServer;
let place: Place;
let folder: string;
let keepers: { readonly bucket: FileKeeper; readonly folder: FileKeeper };
/** Where the server keeps files during this test. */
let current: FileKeeper;

/** Hands everything on to whatever is current. */
const exchanged: FileKeeper = {
  get passing() { return current.passing; }, keep: (...given) => current.keep(...given), read: (...given) => current.read(...given), list: (...given) => current.list(...given),
  remove: (...given) => current.remove(...given), erase: (...given) => current.erase(...given),
};

beforeAll(async () => {
  bucket = await BucketServer.start();
  folder = mkdtempSync(join(tmpdir(), 'countersign-passing-'));
  const settings = { endpoint: bucket.url, bucket: BUCKET, region: REGION, accessKey: ACCESS_KEY, secretKey: SECRET_KEY };
  keepers = { bucket: new BucketKeeper(new Bucket(settings), 'files/', passingFolder(join(folder, 'incoming'))), folder: new FolderKeeper(join(folder, 'evidence')) };
  place = await placeOver(await startApp({ keeper: exchanged }));
}, 60_000);
beforeEach(() => { current = keepers.folder; });
afterEach(() => {
  bucket.misbehaves = null;
  jest.restoreAllMocks();
});
afterAll(async () => {
  await place.app.close();
  await bucket.stop();
  rmSync(folder, { recursive: true });
});

describe('a server that keeps files in a bucket', () => {
  test('gives back what it was given, and says so when the bucket does not answer', async () => {
    current = keepers.bucket;
    expect(await upload(place, 'kept far away')).toMatchObject({ status: 201, json: { digest: digestOf('kept far away') } });
    expect([...bucket.objects.keys()]).toContain(`files/${place.tenantId}/${digestOf('kept far away').slice(7)}`);
    expect(await (await download(place, digestOf('kept far away'))).text()).toBe('kept far away');

    bucket.misbehaves = 'denied';
    for (const answer of [await upload(place, 'not kept'), await download(place, digestOf('kept far away')).then(async (response) => ({ status: response.status, json: await response.json() as object }))]) {
      expect(answer).toMatchObject({ status: 503, json: { code: 'FILE_STORE_UNAVAILABLE', retryable: true } });
      expect(JSON.stringify(answer)).not.toMatch(/AccessDenied|AKTESTONLY|secret/);
    }
    bucket.misbehaves = null;
    expect((await download(place, digestOf('not kept'))).status).toBe(404);
    expect([[...bucket.objects.keys()].filter((key) => key.endsWith(digestOf('not kept').slice(7))), readdirSync(join(folder, 'incoming')), await arrivals(place)]).toEqual([[], [], 0]);
  });
});

describe('a quota', () => {
  /** So much beyond what is there now. */
  async function allow(bytes: number): Promise<number> {
    const client = await connectTo(place.app.database.adminUrl, null);
    const { rows } = await client.query<{ used: string }>('select coalesce(sum(size), 0) as used from (select distinct content_digest, size from evidence_files where tenant_id = $1) as bytes', [place.tenantId]);
    await client.end();
    const quotaBytes = Number(rows[0]?.used) + bytes;
    Object.assign(place.app.app.get(EvidenceStore), { quotaBytes });
    return quotaBytes;
  }
  afterAll(() => { Object.assign(place.app.app.get(EvidenceStore), { quotaBytes: null }); });

  test('is not exceeded by files that come at once, counts the same bytes once, and tells what is used and allowed', async () => {
    const quota = await allow(200_000);
    const bodies = Array.from({ length: 6 }, (_, i) => String(i).repeat(50_000));

    const answers = await Promise.all(bodies.map((body) => upload(place, body)));

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 413, 413]);
    for (const body of bodies.filter((_, i) => answers[i]?.status === 201)) expect((await upload(place, body)).status).toBe(201);
    const { status, json } = await upload(place, 'x');
    expect([status, json]).toEqual([413, expect.objectContaining({ code: 'EVIDENCE_QUOTA_REACHED', retryable: false, detail: `This organization may keep ${String(quota)} bytes of files and has ${String(quota)}; this file has 1.` })]);
    expect([await arrivals(place), readdirSync(join(folder, 'evidence', 'incoming'))]).toEqual([0, []]);
  });

  test('is asked one after the other: whoever comes while another is being noted waits, and counts that one', async () => {
    await allow(2000);
    const other = await connectTo(place.app.database.appUrl, place.tenantId);
    await other.query('begin');
    await other.query('select lock_evidence_bytes()');
    await other.query("insert into evidence_arrivals (id, content_digest, size, ends_at) values (gen_random_uuid(), $1, 1500, clock_timestamp() + interval '1 hour')", [digestOf('of another server')]);
    let told = false;
    const second = place.app.app.get(Arrivals).expect(place.app.as('dana'), { digest: digestOf('meanwhile'), size: 501 }).finally(() => { told = true; });
    await Promise.race([second.catch(() => undefined), until(async () => told || (await other.query("select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))")).rowCount === 1)]);
    await other.query('commit');

    await expect(second).rejects.toThrow(refusal('EVIDENCE_QUOTA_REACHED'));
    await other.query('delete from evidence_arrivals');
    await other.end();
  });

  test('counts what is on its way, until its time is over', async () => {
    await allow(2000);
    const arrive = async (size: number): Promise<string> => place.app.app.get(Arrivals).expect(place.app.as('dana'), { digest: digestOf(`on its way ${String(size)}`), size });
    const first = await arrive(1500);

    await expect(arrive(501)).rejects.toThrow(refusal('EVIDENCE_QUOTA_REACHED'));
    const client = await connectTo(place.app.database.adminUrl, null);
    await client.query("update evidence_arrivals set ends_at = clock_timestamp() where id = $1", [first]);
    await client.end();
    await place.app.app.get(Arrivals).forget(place.app.as('dana'), await arrive(501));
    expect(await arrivals(place)).toBe(0);
  });

  test('is each organization’s own', async () => {
    await allow(0);
    const other = await secondOrganization(place.app);

    const digest = await place.app.app.get(Arrivals).expect(other('dana'), { digest: digestOf('theirs'), size: 1 });
    await place.app.app.get(Arrivals).forget(other('dana'), digest);
  });
});

test('a disk on which nothing more can be written is told as a problem, after all has come, and leaves nothing', async () => {
  const handle = await open(join(folder, 'any'), 'w');
  const write = jest.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'writeFile').mockRejectedValue(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
  await handle.close();

  const answer = await upload(place, 'x'.repeat(3_000_000));

  expect(answer).toMatchObject({ status: 503, json: { code: 'FILE_STORE_UNAVAILABLE', retryable: true } });
  expect(write).toHaveBeenCalledTimes(1);
  expect(readdirSync(current.passing)).toEqual([]);
});

describe('a file that is kept and then refused', () => {
  const lies = (text: string): boolean => existsSync(join(folder, 'evidence', place.tenantId, digestOf(text).slice(7, 9), digestOf(text).slice(7)));
  const refusedOnce = (code: RefusalCode): void => { jest.spyOn(place.app.app.get(UnitOfWork), 'write').mockRejectedValueOnce(new Refusal(code, { message: 'refused' })); };

  test('for a command that is under way with its key leaves nothing', async () => {
    const log = await holdLog({ database: place.app.database, tenantId: place.tenantId });
    const first = upload(place, 'first under its key', 'evidence-key-held');
    await log.queued(1);
    let told = false;
    const second = upload(place, 'second under its key', 'evidence-key-held').finally(() => { told = true; });
    await Promise.race([second, log.queued(2)]);
    await log.release();

    expect([(await first).status, await second, told]).toEqual([201, { status: 409, json: expect.objectContaining({ code: 'REQUEST_IN_PROGRESS' }) }, true]);
    expect([lies('first under its key'), lies('second under its key'), await arrivals(place)]).toEqual([true, false, 0]);
  });

  test.each(['bucket', 'folder'] as const)('goes again, and comes the next time: in a %s', async (kind) => {
    const text = `not in the log, ${kind}`;
    current = keepers[kind];
    const there = (): boolean => (kind === 'folder' ? lies(text) : bucket.objects.has(`files/${place.tenantId}/${digestOf(text).slice(7)}`));
    const remove = jest.spyOn(current, 'remove');
    refusedOnce('AUDIT_UNAVAILABLE');

    expect([(await upload(place, text)).status, there(), remove.mock.calls.length, await arrivals(place)]).toEqual([503, false, 1, 0]);
    refusedOnce('AUDIT_UNAVAILABLE');
    remove.mockRejectedValueOnce(new Error('no answer'));
    // What cannot be removed is left to the sweep, and the refusal is told all the same.
    expect([(await upload(place, text)).json['code'], there(), await arrivals(place)]).toEqual(['AUDIT_UNAVAILABLE', true, 0]);
    expect([(await upload(place, text)).status, there()]).toEqual([201, true]);
  });

  test('stays where another names it or is about to, and where nobody knows whether it was recorded', async () => {
    const arrival = await place.app.app.get(Arrivals).expect(place.app.as('dana'), { digest: digestOf('of two'), size: 6 });
    refusedOnce('AUDIT_UNAVAILABLE');
    expect([(await upload(place, 'of two')).status, lies('of two')]).toEqual([503, true]);
    await place.app.app.get(Arrivals).forget(place.app.as('dana'), arrival);

    expect((await upload(place, 'of two systems')).status).toBe(201);
    const { systemId } = await givenRelease(place.app, place.app.as, '', 'e9');
    refusedOnce('PERMISSION_DENIED');
    expect([(await upload({ ...place, system: systemId }, 'of two systems')).status, lies('of two systems')]).toEqual([403, true]);

    refusedOnce('OUTCOME_UNKNOWN');
    expect([(await upload(place, 'perhaps recorded')).json['code'], lies('perhaps recorded'), await arrivals(place)]).toEqual(['OUTCOME_UNKNOWN', true, 0]);
  });

  test.each<[string, number, (acts: Acts, key: Acted & { readonly account: Acted }) => Promise<unknown>]>([
    ['credential is taken back', 401, async (acts, key) => acts.change('ada', 'revokeApiKey', key, { reason: 'It has leaked.' })],
    ['role is taken away', 403, async (acts, { account }) => acts.change('ada', 'revokeRole', account, { input: { role: 'DEPLOYER', reason: 'Moved on.' } })],
  ])('because the %s meanwhile leaves nothing: what is cleared away needs neither', async (_, status, takeBack) => {
    const acts = new Acts(place.app);
    const until = plusDays(new Date().toISOString(), 90);
    const { secret, key } = await acts.read<{ secret: string; key: Acted & { account: Acted } }>('ada', 'issueApiKey', { input: { name: 'Nightly build', validUntil: until } }, 'secret key { id version account { id version } }');
    const keep = current.keep.bind(current);
    const kept = jest.spyOn(current, 'keep').mockImplementationOnce(async (...given) => {
      await keep(...given);
      await takeBack(acts, key);
    });
    const text = `by somebody who loses it: ${String(status)}`;

    expect([(await upload(place, text, null, secret)).status, kept.mock.calls.length, lies(text), await arrivals(place)]).toEqual([status, 1, false, 0]);
  });

  test('goes under the lock: whoever is just noting the same bytes is waited for, and keeps them', async () => {
    const other = await connectTo(place.app.database.appUrl, place.tenantId);
    const keep = current.keep.bind(current);
    jest.spyOn(current, 'keep').mockImplementationOnce(async (...given) => {
      await keep(...given);
      await other.query('begin');
      await other.query('select lock_evidence_bytes()');
      await other.query("insert into evidence_arrivals (id, content_digest, size, ends_at) values (gen_random_uuid(), $1, 1, clock_timestamp() + interval '1 hour')", [digestOf('of somebody else, too')]);
    });
    refusedOnce('AUDIT_UNAVAILABLE');
    let told = false;
    const refused = upload(place, 'of somebody else, too').finally(() => { told = true; });
    await until(async () => told || (await other.query('select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))')).rowCount === 1);
    await other.query('commit');

    expect([(await refused).status, lies('of somebody else, too')]).toEqual([503, true]);
    await other.query('delete from evidence_arrivals');
    await other.end();
  });
});

describe('countersign evidence sweep', () => {
  const AGO = 30 * 3_600_000;
  const placed = (digest: string): string => join(folder, 'evidence', place.tenantId, digest.slice(7, 9), digest.slice(7));
  const inBucket = (digest: string): { at: Date } => bucket.objects.get(`files/${place.tenantId}/${digest.slice(7)}`)!;
  const environment = (kind: 'bucket' | 'folder'): Record<string, string> => (kind === 'folder' ? { EVIDENCE_STORE: join(folder, 'evidence') } : {
    EVIDENCE_STORE: `s3://${BUCKET}/files`, EVIDENCE_S3_ENDPOINT: bucket.url, EVIDENCE_S3_REGION: REGION, EVIDENCE_S3_ACCESS_KEY: ACCESS_KEY, EVIDENCE_S3_SECRET_KEY: SECRET_KEY,
  });

  function age(kind: 'bucket' | 'folder', text: string): void {
    const [digest, then] = [digestOf(text), new Date(Date.now() - AGO)];
    if (kind === 'folder') utimesSync(placed(digest), then, then);
    else inBucket(digest).at = then;
  }

  /** As a server leaves it that is killed before it writes the record. */
  async function keepAlone(text: string): Promise<void> {
    const path = join(current.passing, 'alone');
    writeFileSync(path, text);
    await current.keep(place.tenantId, { path, digest: digestOf(text), size: Buffer.byteLength(text) });
  }

  test.each(['bucket', 'folder'] as const)('tells and then removes what is old and named by no record: in a %s', async (kind) => {
    current = keepers[kind];
    const sweep = (...args: string[]): Promise<Ended> => countersign(['evidence', 'sweep', ...args], { MIGRATION_DATABASE_URL: place.app.database.ownerUrl, ...environment(kind) });
    const lines = async (...args: string[]): Promise<string[]> => (await sweep(...args)).out.split('\n').filter((line) => line.startsWith(place.tenantId));
    for (const text of ['old and unnamed', 'old and on its way', 'new and unnamed']) await keepAlone(text);
    expect((await upload(place, 'old and named')).status).toBe(201);
    for (const text of ['old and named', 'old and unnamed', 'old and on its way']) age(kind, text);
    const arrival = await place.app.app.get(Arrivals).expect(place.app.as('dana'), { digest: digestOf('old and on its way'), size: 1 });

    expect(await lines()).toEqual([`${place.tenantId}  ${digestOf('old and unnamed')}`, `${place.tenantId}  1 named by no record`]);
    expect(await lines('--write')).toEqual([`${place.tenantId}  ${digestOf('old and unnamed')}`, `${place.tenantId}  1 removed`]);
    expect(await (await download(place, digestOf('old and named'))).text()).toBe('old and named');
    await place.app.app.get(Arrivals).forget(place.app.as('dana'), arrival);
    expect((await lines('--write')).at(-1)).toBe(`${place.tenantId}  1 removed`);
    expect(await lines('--write', '--older-than', '3')).toEqual([`${place.tenantId}  0 removed`]);
    expect(kind === 'folder' ? existsSync(placed(digestOf('new and unnamed'))) : inBucket(digestOf('new and unnamed'))).toBeTruthy();
  }, 60_000);

  test('waits for an upload that is just being noted, and then leaves its bytes', async () => {
    await keepAlone('noted meanwhile');
    const [digest, expecting, sweeping] = [digestOf('noted meanwhile'), await connectTo(place.app.database.adminUrl, place.tenantId), await connectTo(place.app.database.ownerUrl, null)];
    // As an arrival is noted, which is not in view before its transaction ends.
    await expecting.query('begin');
    await expecting.query('select lock_evidence_bytes()');
    await expecting.query("insert into evidence_arrivals (id, content_digest, size, ends_at) values (gen_random_uuid(), $1, 1, clock_timestamp() + interval '1 hour')", [digest]);
    const swept: string[] = [];
    const done = (async (): Promise<string> => {
      for await (const one of sweep(sweeping, current, { tenantId: place.tenantId, olderThan: new Date(Date.now() + AGO), write: true })) swept.push(one);
      return 'swept';
    })();
    const waiting = (async (): Promise<string> => {
      while ((await expecting.query("select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())")).rowCount === 0) if (swept.length > 0) return 'swept';
      return 'waiting';
    })();

    expect(await waiting).toBe('waiting');
    await expecting.query('commit');
    await done;
    expect([swept.includes(digest), existsSync(placed(digest))]).toEqual([false, true]);
    await expecting.query('delete from evidence_arrivals');
    await Promise.all([expecting.end(), sweeping.end()]);
  });

  test('that fails in its middle has told what it removed, and why it went no further', async () => {
    current = keepers.bucket;
    const texts = ['one of three', 'two of three', 'three of three'].sort((a, b) => (digestOf(a) < digestOf(b) ? -1 : 1));
    for (const text of texts) {
      await keepAlone(text);
      age('bucket', text);
    }
    const env = { MIGRATION_DATABASE_URL: place.app.database.ownerUrl, ...environment('bucket') };
    bucket.stuck.add(`files/${place.tenantId}/${digestOf(texts[1] ?? '').slice(7)}`);
    const ended = await countersign(['evidence', 'sweep', '--write'], env);
    bucket.stuck.clear();

    expect(ended.out.split('\n').filter((line) => line.startsWith(place.tenantId))).toEqual([`${place.tenantId}  ${digestOf(texts[0] ?? '')}`]);
    expect(ended).toMatchObject({ code: 3, err: 'countersign: the sweep was not done to its end: the service answered 500 InternalError to DELETE; what is named above is removed\n' });
    for (const [name, value] of [['EVIDENCE_S3_ENDPOINT', 'http://127.0.0.1:1'], ['MIGRATION_DATABASE_URL', 'postgres://countersign_owner:hidden@127.0.0.1:1/none']] as const) {
      const { code, err } = await countersign(['evidence', 'sweep'], { ...env, [name]: value });
      expect([code, err]).toEqual([3, expect.stringMatching(/^countersign: the sweep was not done to its end: [^\n]+\n$/)]);
      expect(err).not.toContain('hidden');
    }
  }, 60_000);

  test('takes no time in which an upload may be under way, and no place where nothing is kept', async () => {
    const env = { MIGRATION_DATABASE_URL: place.app.database.ownerUrl };

    const sweeps = [[['--older-than', '2'], folder], [[], ''], [[], join(folder, 'nowhere')]] as const;

    expect(await Promise.all(sweeps.map(([args, EVIDENCE_STORE]) => countersign(['evidence', 'sweep', ...args], { ...env, EVIDENCE_STORE })))).toMatchObject([
      { code: 64, err: expect.stringContaining('3 at least') }, { code: 1, err: expect.stringContaining('EVIDENCE_STORE is missing') }, { code: 1, err: expect.stringContaining('no evidence is kept') },
    ]);
  }, 60_000);
});

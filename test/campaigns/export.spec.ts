// A hundred thousand risks leave a server process as one file: every row, and in a memory that does not grow with their number, however slowly
// the file is taken.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fillLargeRegister } from '../support/large-register.js';
import { openRegister, type Register } from '../support/register.js';
import { startServerProcess, type ServerProcess } from '../support/server-process.js';

const RISKS = process.env['CAMPAIGN'] === 'full' ? 100_000 : 10_000;
const MB = 1024 * 1024;
const MOST_GROWTH = 300 * MB;

let register: Register;
let server: ServerProcess;

beforeAll(async () => {
  register = await openRegister();
  await fillLargeRegister(register.database.adminUrl, register.tenantId, { risks: RISKS, systemsOfEach: 200, tenants: 1 });
  server = await startServerProcess(register);
}, 300_000);
afterAll(async () => {
  await server.stop();
  await register.close();
});

/** First: how much of the time had passed when the first row came. */
interface Taken { readonly rows: number; readonly bytes: number; readonly peak: number; readonly first: number; readonly seconds: number }

/** Looks at the server's memory whenever another megabyte has come; while it looks, it takes nothing. */
async function take(path: string): Promise<Taken> {
  const began = performance.now();
  const answer = await server.get('axel', path);
  expect(answer.status).toBe(200);
  let [lines, bytes, peak, first] = [0, 0, 0, 0];
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    if (Math.floor((bytes + piece.length) / MB) > Math.floor(bytes / MB)) peak = Math.max(peak, server.memory());
    bytes += piece.length;
    for (const byte of piece) if (byte === 0x0a) lines += 1;
    if (first === 0 && lines > 1) first = performance.now() - began;
  }
  const took = performance.now() - began;
  return { rows: lines - 1, bytes, peak: Math.max(peak, server.memory()), first: first / took, seconds: took / 1000 };
}

test('the whole register leaves as a stream', async () => {
  const small = await take('/v1/risks.csv?system=SYS-1');
  const before = server.memory();

  const { rows, bytes, peak, first, seconds } = await take('/v1/risks.csv');

  process.stdout.write(`exported ${String(rows)} risks, ${(bytes / MB).toFixed(0)} MB, in ${seconds.toFixed(1)} s; the server grew from ${(before / MB).toFixed(0)} to at most ${(peak / MB).toFixed(0)} MB\n`);
  expect(small.rows).toBe(RISKS / 200);
  expect(rows).toBe(RISKS);
  expect(first).toBeLessThan(0.3);
  expect(peak - before).toBeLessThan(MOST_GROWTH);
}, 300_000);

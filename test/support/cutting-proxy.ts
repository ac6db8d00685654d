// A stand-in for a network that breaks at the worst moment: it passes everything on between the server and PostgreSQL, and on demand
// cuts the connection when the answer to the next COMMIT comes back, or before that COMMIT has reached the database.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Moment = 'BEFORE_COMMIT' | 'AFTER_COMMIT';
interface State { next: Moment | null; cuts: number; readonly open: Set<Socket> }

export interface CuttingProxy {
  /** The same database, through the proxy. */
  readonly url: string;
  /** How many connections were cut. */
  cuts(): number;
  cutNext(moment: Moment): void;
  close(): Promise<void>;
}

/** For a URL whose host parameter is the folder of a Unix socket. */
export async function cuttingProxy(url: string): Promise<CuttingProxy> {
  const given = /[?&]host=([^&]+)(?:.*[?&]port=(\d+))?/.exec(url);
  const name = `.s.PGSQL.${given?.[2] ?? '5432'}`;
  const target = join(decodeURIComponent(given?.[1] ?? ''), name);
  const own = mkdtempSync(join(tmpdir(), 'cs-cut-'));
  const state: State = { next: null, cuts: 0, open: new Set() };
  const server = createServer((client) => { tie(client, connect(target), state); });
  await new Promise<void>((done) => server.listen(join(own, name), done));
  return {
    url: url.replace(given?.[1] ?? '', encodeURIComponent(own)), cuts: () => state.cuts, cutNext: (moment) => { state.next = moment; },
    close: async () => {
      for (const socket of state.open) socket.destroy();
      await new Promise<void>((done) => server.close(() => { done(); }));
      rmSync(own, { recursive: true, force: true });
    },
  };
}

/** Passes everything on both ways, until it is told to cut. */
function tie(client: Socket, database: Socket, state: State): void {
  let cutting = false;
  const cut = (): void => {
    state.cuts += 1;
    client.destroy();
    database.destroy();
  };
  for (const socket of [client, database]) {
    state.open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => { state.open.delete(socket); client.destroy(); database.destroy(); });
  }
  client.on('data', (sent) => {
    const moment = state.next !== null && sent.includes('; commit') ? state.next : null;
    if (moment !== null) state.next = null;
    if (moment === 'BEFORE_COMMIT') {
      cut();
      return;
    }
    cutting = moment !== null;
    database.write(sent);
  });
  database.on('data', (answered) => {
    if (cutting) cut();
    else client.write(answered);
  });
}

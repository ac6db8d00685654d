// A stand-in for a network that breaks at the worst moment: it passes everything on between the server and PostgreSQL, and on demand
// cuts the connection when the answer to the next COMMIT comes back, or before that COMMIT has reached the database.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CuttingProxy {
  /** The same database, through the proxy. */
  readonly url: string;
  /** How many connections were cut. */
  cuts(): number;
  cutNext(moment: 'BEFORE_COMMIT' | 'AFTER_COMMIT'): void;
  close(): Promise<void>;
}

/** For a URL whose host parameter is the folder of a Unix socket. */
export async function cuttingProxy(url: string): Promise<CuttingProxy> {
  const given = /[?&]host=([^&]+)(?:.*[?&]port=(\d+))?/.exec(url);
  const folder = decodeURIComponent(given?.[1] ?? '');
  const name = `.s.PGSQL.${given?.[2] ?? '5432'}`;
  const own = mkdtempSync(join(tmpdir(), 'cs-cut-'));
  const open = new Set<Socket>();
  let next: 'BEFORE_COMMIT' | 'AFTER_COMMIT' | null = null;
  let cuts = 0;

  const server = createServer((client) => {
    const database = connect(join(folder, name));
    let cutting = false;
    const cut = (): void => {
      cuts += 1;
      client.destroy();
      database.destroy();
    };
    for (const socket of [client, database]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => { open.delete(socket); client.destroy(); database.destroy(); });
    }
    client.on('data', (sent) => {
      const moment = next !== null && sent.includes('; commit') ? next : null;
      if (moment !== null) next = null;
      if (moment === 'BEFORE_COMMIT') cut();
      else {
        cutting = moment !== null;
        database.write(sent);
      }
    });
    database.on('data', (answered) => {
      if (cutting) cut();
      else client.write(answered);
    });
  });
  await new Promise<void>((done) => server.listen(join(own, name), done));
  return {
    url: url.replace(given?.[1] ?? '', encodeURIComponent(own)), cuts: () => cuts, cutNext: (moment) => { next = moment; },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((done) => server.close(() => { done(); }));
      rmSync(own, { recursive: true, force: true });
    },
  };
}

// A whole server over a database of its own, with the people and environments of the example organization, spoken to as those people.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ADMINISTRATOR, EXAMPLE_PEOPLE } from '../../src/cli/example-people.js';
import { seedOrganization } from '../../src/cli/example.js';
import { mintToken } from '../../src/identity/issuer.js';
import { EvidenceStore } from '../../src/evidence/store/evidence-store.js';
import type { FileKeeper } from '../../src/evidence/store/file-keeper.js';
import { FolderKeeper } from '../../src/evidence/store/folder-keeper.js';
import { embeddedKeys } from '../../src/identity/keys.js';
import type { ExplorerOptions } from '../../src/integrations/explorer/explorer.controller.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import type { TrustedDocuments } from '../../src/platform/trusted-documents.js';
import { createServer } from '../../src/server.js';
import { cloneDatabase, type TestDatabase } from './database.js';

export interface GraphQLAnswer<Data> {
  /** Null when the operation was refused. */
  readonly data: Data | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: Readonly<Record<string, unknown>> }[];
}

export interface RestAnswer { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

export interface TestApp {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  /** The folder that plays the data folder of the server: it holds the keys that its tokens are signed with. */
  readonly dataFolder: string;
  token(handle: string): Promise<string>;
  /** A context for calling services directly, as this person. */
  as(handle: string): RequestContext;
  graphql<Data = Record<string, never>>(handle: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer<Data>>;
  /** POST as this person; the path begins with a slash. */
  rest(handle: string, path: string, body: unknown): Promise<RestAnswer>;
  close(): Promise<void>;
}

const EXPLORER: ExplorerOptions = {
  people: [...EXAMPLE_PEOPLE, ADMINISTRATOR].map(({ subject, displayName }) => ({ handle: subject, name: displayName })), documentsFolder: join(import.meta.dirname, '../../examples/graphql'),
};

/** With the explorer it is a server as embedded mode starts it; with loopback it fetches keys on this machine. */
export async function startApp(options: { readonly explorer?: boolean; readonly loopback?: boolean; readonly documents?: TrustedDocuments; readonly maxBytes?: number; readonly keeper?: FileKeeper } = {}): Promise<TestApp> {
  const database = await cloneDatabase();
  const dataFolder = mkdtempSync(join(tmpdir(), 'countersign-app-'));
  const keys = embeddedKeys(join(dataFolder, 'keys'));
  const app = await createServer({ databaseUrl: database.appUrl, poolSize: 10, keys, logLevel: 'silent', explorer: options.explorer === true ? EXPLORER : null, files: new EvidenceStore(options.keeper ?? new FolderKeeper(join(dataFolder, 'evidence')), options.maxBytes), loopback: options.loopback ?? false, ...(options.documents !== undefined && { documents: options.documents }) });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const people = await seedOrganization(app, { ownerUrl: database.ownerUrl, origin: 'test/countersign' });
  const token = (handle: string): Promise<string> => mintToken(keys, handle);
  const post = async (handle: string, path: string, body: unknown): Promise<Response> => fetch(`${url}${path}`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(handle)}` }, body: JSON.stringify(body),
  });
  return {
    url, app, database, dataFolder, token,
    as: (handle) => ({ ...people(handle), requestId: randomUUID() }),
    graphql: async <Data>(handle: string, query: string, variables = {}) => (await post(handle, '/graphql', { query, variables })).json() as Promise<GraphQLAnswer<Data>>,
    rest: async (handle, path, body) => {
      const answer = await post(handle, path, body);
      return { status: answer.status, body: await answer.json() as RestAnswer['body'] };
    },
    close: async () => {
      await app.close();
      await database.drop();
      rmSync(dataFolder, { recursive: true });
    },
  };
}

/** The explorer's page, run by the browser: one tab for each document, asked as the person whom it names or the one who was picked. */
import { filled, NotAnswered } from './answers.js';
import type { ExampleDocument } from './documents.js';

export interface Person { readonly handle: string; readonly name: string }
export interface Start { readonly people: readonly Person[]; readonly documents: readonly ExampleDocument[] }

interface Question { readonly query: string; readonly operationName?: string | null; readonly variables?: unknown }
interface Answer { readonly data?: unknown; readonly errors?: readonly { readonly message: string }[] }
type Storage = Pick<globalThis.Storage, 'length' | 'getItem' | 'setItem' | 'removeItem' | 'clear'>;
interface Packages {
  readonly React: { createElement(component: unknown, properties: object): unknown };
  readonly ReactDOM: { createRoot(element: Element | null): { render(element: unknown): void } };
  readonly GraphiQL: unknown;
}

const ANSWERS = 'answers';
const tokens = new Map<string, { readonly token: string; readonly until: number }>();
const answers = new Map<string, unknown>();

async function begin(): Promise<void> {
  const start = await (await fetch('/explorer/start.json')).json() as Start;
  const picker = document.querySelector('select');
  for (const { handle, name } of start.people) picker?.append(new Option(name, handle));
  const tabs = start.documents.map(({ text, variables }) => ({ query: text, variables: JSON.stringify(variables, null, 2) }));
  const storage = storageOf(await digestOf(JSON.stringify(start.documents)));
  recall(storage);
  // The editor takes the variables of its first tab from what it remembers, even the first time.
  if (storage.getItem('graphiql:tabState') === null) storage.setItem('graphiql:variables', tabs[0]?.variables ?? '');
  const { React, ReactDOM, GraphiQL } = globalThis as unknown as Packages;
  ReactDOM.createRoot(document.querySelector('#editor')).render(React.createElement(GraphiQL, {
    fetcher: async (question: Question) => {
      const answer = await ask(start, picker?.value ?? '', question);
      storage.setItem(ANSWERS, JSON.stringify([...answers]));
      return answer;
    },
    defaultTabs: tabs, storage, isHeadersEditorEnabled: false, defaultEditorToolsVisibility: 'variables',
  }));
}

async function ask({ people, documents }: Start, picked: string, question: Question): Promise<Answer> {
  const operation = question.operationName ?? '';
  const named = documents.find((known) => known.operation === operation)?.as;
  const as = [picked, named, people[0]?.handle].find((handle) => handle !== undefined && handle !== '') ?? '';
  try {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf(as)}` };
    const answered = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ ...question, variables: filled(question.variables ?? {}, answers) }) });
    const answer = await answered.json() as Answer;
    if (operation === 'IntrospectionQuery') return answer;
    if (answer.errors === undefined) answers.set(operation, answer.data);
    tell(`${operation} was asked as ${as}.`);
    return answer;
  } catch (error) {
    if (error instanceof NotAnswered) return { errors: [{ message: error.message }] };
    throw error;
  }
}

/** A promotion that was opened on an earlier visit can still be signed on this one. */
function recall(storage: Storage): void {
  const kept = JSON.parse(storage.getItem(ANSWERS) ?? '[]') as [string, unknown][];
  for (const [operation, data] of kept) answers.set(operation, data);
}

/** A token for an hour, kept by this page only, and renewed a minute before it ends. */
async function tokenOf(as: string): Promise<string> {
  const known = tokens.get(as);
  if (known !== undefined && performance.now() < known.until) return known.token;
  const answered = await fetch('/explorer/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ as }) });
  if (!answered.ok) throw new Error(`no token for ${as}: ${await answered.text()}`);
  const { token, seconds } = await answered.json() as { token: string; seconds: number };
  tokens.set(as, { token, until: performance.now() + (seconds - 60) * 1000 });
  return token;
}

function tell(line: string): void {
  const output = document.querySelector('output');
  if (output !== null) output.textContent = line;
}

/** What a visitor has written is kept by the browser; when the documents have changed, the tabs begin anew. */
function storageOf(edition: string): Storage {
  const prefix = `countersign:${edition}:`;
  const keys = (): string[] => Object.keys(localStorage).filter((key) => key.startsWith('countersign:'));
  for (const key of keys()) if (!key.startsWith(prefix)) localStorage.removeItem(key);
  return {
    get length() { return keys().length; },
    getItem: (key: string) => localStorage.getItem(prefix + key),
    setItem: (key: string, value: string) => localStorage.setItem(prefix + key, value),
    removeItem: (key: string) => localStorage.removeItem(prefix + key),
    clear: () => { for (const key of keys()) localStorage.removeItem(key); },
  };
}

async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes.slice(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

void begin();

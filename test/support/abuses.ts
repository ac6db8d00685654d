// Requests to /graphql that mean no good: each must be refused as the client's mistake, whatever it costs to say so.
import { getIntrospectionQuery } from 'graphql';

/** The token is that of somebody who may read; an empty one is none. */
export interface Abuse { readonly method?: string; readonly path?: string; readonly body?: string; readonly headers?: Readonly<Record<string, string>>; readonly token?: string }

const many = (count: number, text: (i: number) => string): string => Array.from({ length: count }, (_, i) => text(i)).join(' ');
const query = (text: string, more: object = {}): Abuse => ({ body: JSON.stringify({ query: text, ...more }) });
const nested = (open: string, inner: string, close: string, depth: number): string => `${open.repeat(depth)}${inner}${close.repeat(depth)}`;
const CONFIRM = 'confirmSignOff(input: { challenge: "a", packageDigests: ["b"], choice: APPROVE, statement: "c" }) { id }';

export const ABUSES: Readonly<Record<string, Abuse>> = {
  'aliases of __typename': query(`{ ${many(100, (i) => `a${String(i)}: __typename`)} }`),
  'aliases of a field': query(`{ ${many(16, (i) => `a${String(i)}: viewer { id }`)} }`),
  'aliases in a fragment that is used often': query(`{ ${many(4, () => '...f')} } fragment f on Query { ${many(5, (i) => `a${String(i)}: __typename`)} }`),
  'five hundred times the same field': query(`{ ${many(500, () => 'viewer { id }')} }`),
  'five hundred times the same leaf': query(`{ viewer { ${many(500, () => 'id')} } }`),
  'a thousand directives': query(`{ viewer { id ${many(1000, () => '@skip(if: false)')} } }`),
  'ten unknown directives': query(`{ viewer { id ${many(10, (i) => `@d${String(i)}`)} } }`),
  'thirteen levels': query(`{ risk(id: "R-1") { ${nested('system { risks { nodes { ', 'id', ' } } }', 7)} } }`),
  'forty wrappers': query(`{ ${nested('nodes {', 'id', '}', 40)} }`),
  'three thousand levels': query(nested('{a', '', '}', 3000)),
  'a value of three thousand levels': query(`{ risk(id: ${nested('[', '', ']', 3000)}) { id } }`),
  'variables of three thousand levels': query('query ($a: ID!) { risk(id: $a) { id } }', { variables: { a: JSON.parse(nested('[', '', ']', 3000)) as unknown } }),
  'more than 2,000 tokens': query(`{ ${many(2001, () => 'id')} }`),
  'a body of 300 kB': query(`{ viewer { id } } #${'x'.repeat(300_000)}`),
  'a string of 300 kB': query(`{ risk(id: "${'x'.repeat(300_000)}") { id } }`),
  'fragments that double': query(`{ ...f0 } ${many(30, (i) => `fragment f${String(i)} on Query { ...f${String(i + 1)} ...f${String(i + 1)} }`)} fragment f30 on Query { viewer { id } }`),
  'fragments that go round': query('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'),
  'a fragment within itself': query('{ ...a } fragment a on Query { ...a }'),
  'lists within lists, as variables': query('query ($n: Int!) { systems(first: $n) { nodes { risks(first: $n) { nodes { system { risks(first: $n) { nodes { id } } } } } } } }', { variables: { n: 100 } }),
  'lists within lists, as they are by default': query('{ systems { nodes { risks { nodes { system { risks { nodes { system { risks { nodes { id } } } } } } } } } } }'),
  'a page of a million': query('{ systems(first: 1000000000) { nodes { id } } }'),
  'the schema, without a token': { ...query(getIntrospectionQuery()), token: '' },
  'one type, without a token': { ...query('{ t: __type(name: "Risk") { name } }'), token: '' },
  'types of types of types': query(`{ __schema { types { ${nested('fields { type { ', 'name', ' } }', 8)} } } }`),
  'six times the schema': query(`{ ${many(6, () => '__schema { description }')} }`),
  'two confirmations': query(`mutation { a: ${CONFIRM} b: ${CONFIRM} }`),
  'a confirmation beside one in a fragment': query(`mutation { ${CONFIRM} ...f } fragment f on Mutation { b: ${CONFIRM} }`),
  'a batch': { body: JSON.stringify(Array.from({ length: 100 }, () => ({ query: '{ viewer { id } }' }))) },
  'a batch of one': { body: JSON.stringify([{ query: '{ viewer { id } }' }]) },
  'a question in the address': { method: 'GET', path: '?query=%7Bviewer%7Bid%7D%7D' },
  'a mutation in the address': { method: 'GET', path: '?query=mutation%7BsubmitRisk%7Bid%7D%7D' },
  'another method': { method: 'DELETE' },
  'a form': { body: 'query={viewer{id}}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  'plain text, as a page of another origin may send it': { body: '{"query":"{viewer{id}}"}', headers: { 'content-type': 'text/plain' } },
  'several parts': { body: '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{viewer{id}}"}\r\n--x--', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
  'broken JSON': { body: '{"query":' }, 'no body': { body: '' }, 'no question': { body: '{}' }, 'a number': { body: '{"query":1}' }, 'a list of variables': query('{ viewer { id } }', { variables: [1] }),
  'a misspelt field of a variable': query('mutation ($i: IssueApiKeyInput!) { issueApiKey(input: $i) { secret } }', { variables: { i: { nam: 'x', validUntill: 'x', permission: [] } } }),
  'a misspelt word of a variable': query('query ($i: RiskFilterInput) { risks(filter: $i) { nodes { id } } }', { variables: { i: { state: 'IDENTIFIE' } } }),
  'a subscription': query('subscription { viewer { id } }'), 'an unknown field': query('{ viewr { id } }'), 'a name that is not there': query('{ viewer { id } }', { operationName: 'Other' }),
  'a page of a million, as a variable': query('query ($n: Int!) { systems(first: $n) { nodes { id } } }', { variables: { n: 1_000_000 } }), 'a page of less than nothing': query('{ systems(first: -1) { nodes { id } } }'),
  'a document that nobody knows': { body: JSON.stringify({ documentId: `sha256:${'ab'.repeat(32)}` }) }, 'an id that is an object': { body: JSON.stringify({ documentId: { a: 1 } }) },
  'an id that is nested deep': { body: `{"documentId":${'['.repeat(50_000)}${']'.repeat(50_000)}}` },
  'a hash that is none': { body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 7 } } }) },
  'a key that is none': { ...query('mutation { submitRisk(id: "R-1", expectedVersion: 1) { id } }'), headers: { 'idempotency-key': 'x' } },
};

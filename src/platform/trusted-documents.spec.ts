// Documents by their ids: the text takes the place of the id, and where only trusted ones are answered no other text gets through.
import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentId, GATE_DOCUMENT, putText, trustedDocuments } from './trusted-documents.js';

const GATE = documentId(GATE_DOCUMENT);
const OTHER = '{ viewer { id } }';
const [any, only] = [trustedDocuments(null, false), trustedDocuments(null, true)];
const putInto = (body: object, documents = any): unknown => {
  const refusal = putText(body, documents);
  return refusal === null ? body : refusal.code;
};

describe('a document', () => {
  test.each([['documentId', { documentId: GATE }], ['the hash of some clients', { extensions: { persistedQuery: { version: 1, sha256Hash: GATE.slice(7).toUpperCase() } } }], ['both', { documentId: GATE, query: GATE_DOCUMENT }]])('is put in the place of its id: %s', (_, body) => {
    expect(putInto({ ...structuredClone(body), variables: { a: 1 } }, only)).toMatchObject({ query: GATE_DOCUMENT, variables: { a: 1 } });
    expect(JSON.stringify(putInto(structuredClone(body)))).not.toMatch(/documentId|persistedQuery/);
  });

  test.each([['an id that nobody knows', { documentId: documentId(OTHER) }], ['an id that is none', { documentId: 7 }], ['an id that is nested deep', { documentId: JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown }], ['a property of every object', { documentId: 'constructor' }], ['the id of another text', { documentId: GATE, query: OTHER }]])('is refused for %s', (_, body) => {
    expect([putInto({ ...body }), putInto({ ...body }, only)]).toEqual(['INVALID_INPUT', 'INVALID_INPUT']);
  });

  test('that is not known by its hash alone is told as automatic persisted queries have it', () => {
    const body = { extensions: { persistedQuery: { version: 1, sha256Hash: documentId(OTHER).slice(7) } } };

    expect(putText(body, any)).toMatchObject({ code: 'PERSISTED_QUERY_NOT_SUPPORTED', message: 'PersistedQueryNotSupported' });
    expect(putText(body, only)).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND', message: 'PersistedQueryNotFound' });
    expect(putInto({ ...body, query: OTHER })).toEqual({ query: OTHER, extensions: {} });
  });

  test('of one’s own is answered by its text, unless only trusted ones are', () => {
    expect(putInto({ query: OTHER })).toEqual({ query: OTHER });
    expect([putInto({ query: OTHER }, only), putInto({ query: `${GATE_DOCUMENT} ` }, only), putInto({ query: OTHER, documentId: documentId(OTHER) }, only)]).toEqual(Array(3).fill('PERMISSION_DENIED'));
    expect(putInto({ query: GATE_DOCUMENT }, only)).toEqual({ query: GATE_DOCUMENT });
  });

  test.each([[[]], ['text'], [7], [null], [{}], [{ query: 7 }]])('is left to the layer that reads it where it is neither named nor there: %j', (body) => {
    expect(putText(body, only)).toBeNull();
  });
});

describe('the folder of an operator', () => {
  const folderWith = (files: Readonly<Record<string, string>>): string => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-documents-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };

  test('adds each of its documents, byte for byte', () => {
    const folder = folderWith({ 'a.graphql': `${OTHER}\n`, 'notes.md': 'no document' });
    expect([...trustedDocuments(folder, true).texts]).toEqual([[GATE, GATE_DOCUMENT], [documentId(`${OTHER}\n`), `${OTHER}\n`]]);
    rmSync(folder, { recursive: true });
  });

  test('is refused by the name of its variable where it cannot be read, or holds what is no document', () => {
    const folder = folderWith({ 'a.graphql': '{ viewer {' });
    expect(() => trustedDocuments(folder, false)).toThrow(/^TRUSTED_DOCUMENTS has .*a\.graphql, which is no GraphQL document/);
    expect(() => trustedDocuments(join(folder, 'none'), false)).toThrow(/^TRUSTED_DOCUMENTS names a folder that cannot be read/);
    rmSync(folder, { recursive: true });
  });
});

test('the id that is published is that of the document', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/trusted-documents.md'), 'utf8');
  expect(text).toContain(`| \`${GATE}\` | \`${GATE_DOCUMENT}\` |`);
  expect(text).toContain(`"documentId": "${GATE}"`);
});

// The form of a catalogue file: what is wrong with one is named with file and place.
import { describe, expect, test } from '@jest/globals';
import { readCatalogue } from './catalogue-file.js';

const FILE = 'bad-things@1.0.catalogue.json';
const FRAMEWORK = { id: 'bad-things', version: '1.0', title: 'Bad things', publisher: 'Somebody', kind: 'risk-taxonomy', licence: { spdx: 'CC0-1.0', redistributable: true }, textPolicy: 'ids-and-titles' };
const NODE = { id: 'B1', title: 'Bad', kind: 'risk', status: 'active' };

interface Document { readonly framework?: object; readonly nodes?: readonly object[]; readonly more?: object }

function read({ framework = {}, nodes = [NODE], more = {} }: Document): ReturnType<typeof readCatalogue> {
  return readCatalogue(FILE, JSON.stringify({ catalogueFormat: '1.0', framework: { ...FRAMEWORK, ...framework }, nodes, ...more }));
}

test('a catalogue is read with what it leaves out as null or empty', () => {
  const { framework, nodes } = read({ nodes: [NODE, { ...NODE, id: 'B1.1', parent: 'B1', aliases: ['B 1.1'], attributes: { days: 2 } }] });

  expect(framework).toMatchObject({ id: 'bad-things@1.0', name: 'bad-things', inForceFrom: null, supersededBy: [], licence: { notice: null } });
  expect(nodes[1]).toMatchObject({ reference: 'bad-things@1.0#B1.1', code: 'B1.1', parent: 'bad-things@1.0#B1', aliases: ['B 1.1'], effectiveFrom: null });
});

describe('a broken catalogue is refused with the place', () => {
  test.each<[string, Document, string]>([
    ['another format', { more: { catalogueFormat: '2.0' } }, `${FILE}: catalogueFormat is none of 1.0`],
    ['a field that the format does not have', { more: { mapings: [] } }, `${FILE}: mapings is not a field of this format`],
    ['another file name', { framework: { version: '1.1' } }, `${FILE} is about bad-things@1.1; call it bad-things@1.1.catalogue.json`],
    ['no title', { framework: { title: undefined } }, `${FILE}: framework.title is missing`],
    ['a number for a text', { framework: { publisher: 7 } }, `${FILE}: framework.publisher is no text`],
    ['an unknown kind', { framework: { kind: 'book' } }, `${FILE}: framework.kind is none of risk-management-framework, regulation`],
    ['no licence', { framework: { licence: undefined } }, `${FILE}: framework.licence is no object`],
    ['a licence that does not say whether', { framework: { licence: { spdx: 'MIT', redistributable: 'yes' } } }, `${FILE}: framework.licence.redistributable is neither`],
    ['a day that is none', { framework: { inForceFrom: '2026-13-01' } }, `${FILE}: framework.inForceFrom is not of the form`],
    ['a successor that is none', { framework: { supersededBy: ['good-things'] } }, `${FILE}: framework.supersededBy.0 is not of the form`],
    ['nodes that are no list', { more: { nodes: {} } }, `${FILE}: nodes is no list`],
    ['no nodes', { nodes: [] }, `${FILE}: nodes is empty`],
    ['a code with a blank', { nodes: [{ ...NODE, id: 'B 1' }] }, `${FILE}: nodes.0.id is not of the form`],
    ['a title of two lines', { nodes: [NODE, { ...NODE, id: 'B2', title: 'Bad\nthing' }] }, `${FILE}: nodes.1.title is not of the form`],
    ['an unknown status', { nodes: [{ ...NODE, status: 'ACTIVE' }] }, `${FILE}: nodes.0.status is none of active`],
    ['a successor without a node', { nodes: [{ ...NODE, supersededBy: ['good-things@1'] }] }, `${FILE}: nodes.0.supersededBy.0 is not of the form`],
    ['a code that is there twice', { nodes: [NODE, NODE] }, `${FILE}: nodes.1.id B1 is there a second time`],
    ['a parent that is not there', { nodes: [{ ...NODE, parent: 'B0' }] }, `${FILE}: nodes.0.parent B0 is no node that stands before B1`],
    ['a ring of parents', { nodes: [{ ...NODE, parent: 'B2' }, { ...NODE, id: 'B2', parent: 'B1' }] }, `${FILE}: nodes.0.parent B2 is no node that stands before B1`],
    ['an alias that is a code', { nodes: [NODE, { ...NODE, id: 'B2', aliases: ['B1'] }] }, `${FILE}: nodes.1.aliases B1 means another node already`],
    ['an alias of two nodes', { nodes: [{ ...NODE, aliases: ['b'] }, { ...NODE, id: 'B2', aliases: ['b'] }] }, `${FILE}: nodes.1.aliases b means another node already`],
  ])('%s', (_, document, problem) => {
    expect(() => read(document)).toThrow(problem);
  });

  test('that is no JSON', () => {
    expect(() => readCatalogue(FILE, '{')).toThrow(`${FILE} is no JSON`);
    expect(() => readCatalogue(FILE, '[]')).toThrow(`${FILE} is no object`);
  });
});

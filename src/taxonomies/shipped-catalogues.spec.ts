// The catalogues that ship: complete, sound, and without a publisher's prose.
import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readCatalogue } from './catalogue-file.js';
import { shippedCatalogues, shippedTopics } from './shipped-catalogues.js';

const FOLDER = join(import.meta.dirname, 'catalogues');
const FILES = readdirSync(FOLDER);
const all = shippedCatalogues();
const nodes = [...all.nodes.values()];
const ofFramework = (id: string): typeof nodes => nodes.filter(({ frameworkId }) => frameworkId === id);

/** Letters and digits in small letters: what two spellings have in common. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

describe('the shipped catalogues', () => {
  test('are 21, each in the form of the format', () => {
    expect(FILES).toHaveLength(21);
    expect(FILES.map((file) => readCatalogue(file, readFileSync(join(FOLDER, file), 'utf8')).framework.id)).toEqual([...all.frameworks.keys()]);
  });

  test.each([['nist-ai-rmf@1.0', 95], ['nist-ai-600-1@2024-07', 12], ['owasp-llm@2025', 10], ['owasp-asi@2026', 10], ['eu-ai-act@2026-1744', 114], ['iso-iec-42001@2023', 88]])('%s has %d entries', (id, count) => {
    expect(ofFramework(id)).toHaveLength(count);
  });

  test('name successors that are there', () => {
    const missing = [...all.frameworks.values()].flatMap(({ supersedes, supersededBy }) => [...supersedes, ...supersededBy]).filter((id) => !all.frameworks.has(id));
    expect([...missing, ...nodes.flatMap((node) => node.supersededBy).filter((reference) => !all.nodes.has(reference))]).toEqual([]);
    expect(all.frameworks.get('us-sr-11-7@2011')?.supersededBy).toEqual(['us-sr-26-2@2026']);
  });

  test('have titles, not texts: short, in one line, no sentences', () => {
    expect(nodes.filter(({ title }) => title.length > 120 || /[.;]$|\. /.test(title)).map(({ reference, title }) => [reference, title])).toEqual([]);
  });

  test('have titles of our own for NIST: never the identifier, three to eight words', () => {
    const nist = nodes.filter(({ frameworkId }) => frameworkId.startsWith('nist-'));

    expect(nist.length).toBeGreaterThan(100);
    expect(nist.filter(({ code, title, aliases }) => [code, ...aliases].some((name) => plain(name) === plain(title))).map(({ reference }) => reference)).toEqual([]);
    expect(nist.filter(({ title }) => title.split(' ').length < 3 || title.split(' ').length > 8).map(({ reference, title }) => [reference, title])).toEqual([]);
  });

  test('say of each framework under which terms it is passed on', () => {
    expect([...all.frameworks.values()].filter(({ licence }) => !licence.redistributable)).toEqual([]);
  });

  test('are told by topics that name only what is there', () => {
    expect(shippedTopics(all).length).toBeGreaterThan(40);
    const { nodes: known, ...rest } = all;
    expect(() => shippedTopics({ ...rest, nodes: new Map([...known].filter(([reference]) => reference !== 'owasp-llm@2025#LLM01')) })).toThrow('topics.json: prompt injection names owasp-llm@2025#LLM01');
  });
});

test('a folder without a catalogue, or with a broken one, is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-catalogues-'));
  const url = pathToFileURL(`${folder}/`);
  expect(() => shippedCatalogues(url)).toThrow('holds no catalogue');

  writeFileSync(join(folder, 'x@1.catalogue.json'), '{"catalogueFormat": "1.0"}');
  expect(() => shippedCatalogues(url)).toThrow('x@1.catalogue.json: framework is no object');
});

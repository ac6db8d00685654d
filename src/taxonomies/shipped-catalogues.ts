/** The catalogues that ship with Countersign, one file each, and the words in which people write about what they list. */
import { readdirSync, readFileSync } from 'node:fs';
import { findNode, joinCatalogues, type Catalogues } from '../domain/taxonomy.js';
import { CatalogueUnusable, parseJson, readCatalogue } from './catalogue-file.js';

const FOLDER = new URL('./catalogues/', import.meta.url);

/** A subject of the field: words by which it can be told, and the nodes that are about it. */
export interface Topic { readonly name: string; readonly words: string; readonly nodes: readonly string[] }

export function shippedCatalogues(folder: URL = FOLDER): Catalogues {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json')).sort();
  if (files.length === 0) throw new CatalogueUnusable(folder.pathname, 'holds no catalogue');
  return joinCatalogues(files.map((file) => readCatalogue(file, readFileSync(new URL(encodeURIComponent(file), folder), 'utf8'))));
}

/** Every node that a topic names has to be there: a typing error would quietly lose a suggestion. */
export function shippedTopics(catalogues: Catalogues): Topic[] {
  const topics = parseJson('topics.json', readFileSync(new URL('./topics.json', import.meta.url), 'utf8')) as Topic[];
  for (const topic of topics) {
    const unknown = topic.nodes.find((reference) => findNode(reference, catalogues)?.reference !== reference);
    if (unknown !== undefined) throw new CatalogueUnusable(`topics.json: ${topic.name}`, `names ${unknown}, which no catalogue has`);
  }
  return topics;
}

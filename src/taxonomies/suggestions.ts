/** Likely references for the text of a risk: which nodes have its words in their titles, or in the words of a topic that they belong to. */
import MiniSearch from 'minisearch';
import type { Catalogues, Framework, FrameworkKind, FrameworkNode } from '../domain/taxonomy.js';
import type { Topic } from './shipped-catalogues.js';

export interface Suggestion {
  readonly node: FrameworkNode;
  /** Higher fits better; comparable within one answer only. */
  readonly score: number;
  /** The words of the text that speak for it. */
  readonly because: readonly string[];
}

interface Entry { readonly reference: string; readonly title: string; readonly words: string; readonly moreWords: string; readonly family: string; readonly weight: number }

/** A risk is filed under what can go wrong, rarely under what is done about it. */
const WEIGHTS: Readonly<Record<FrameworkKind, number>> = {
  'risk-taxonomy': 1, 'threat-catalogue': 1, 'vulnerability-taxonomy': 1, internal: 1, regulation: 0.7, 'risk-management-framework': 0.4, principles: 0.4, standard: 0.3, 'control-catalogue': 0.3, questionnaire: 0.3,
};

/** The first nodes of a topic are about exactly that; the others touch it. */
const CLOSEST = 2;

/** So many different words tell what a text is about; each further one costs time. */
const MOST_WORDS = 200;

/** What scores less than this part of the best one is left out. */
const FLOOR = 0.2;

export class Suggestions {
  readonly #index = new MiniSearch<Entry>({ fields: ['title', 'words', 'moreWords', 'family'], storeFields: ['weight'], idField: 'reference', tokenize: wordsOf, processTerm: stem });

  constructor(private readonly catalogues: Catalogues, topics: readonly Topic[]) {
    this.#index.addAll([...catalogues.nodes.values()].filter((node) => isCurrent(node, catalogues)).map((node) => entryOf(node, catalogues, topics)));
  }

  for(text: string, first: number): Suggestion[] {
    const words = [...new Set(wordsOf(text).map((word) => word.toLowerCase()))].slice(0, MOST_WORDS);
    const found = this.#index.search(words.join(' '), {
      boost: { title: 2, words: 1.8, moreWords: 1.3, family: 0.3 }, boostDocument: (_reference, _term, stored) => Number(stored?.['weight'] ?? 1), fuzzy: (term) => (term.length > 6 ? 1 : false),
    });
    const least = (found[0]?.score ?? 0) * FLOOR;
    const original = new Map(words.reverse().map((word) => [stem(word), word]));
    return found.filter(({ score }) => score >= least).slice(0, first).flatMap(({ id, score, queryTerms }) => {
      const node = this.catalogues.nodes.get(String(id));
      const because = [...new Set(queryTerms.flatMap((term) => original.get(term) ?? []))];
      return node === undefined ? [] : [{ node, score: Math.round(score * 100) / 100, because }];
    });
  }
}

/** New risks are not filed under what was withdrawn or superseded. */
function isCurrent(node: FrameworkNode, catalogues: Catalogues): boolean {
  return (node.status === 'active' || node.status === 'draft') && catalogues.frameworks.get(node.frameworkId)?.supersededBy.length === 0;
}

function entryOf(node: FrameworkNode, catalogues: Catalogues, topics: readonly Topic[]): Entry {
  const framework: Framework | undefined = catalogues.frameworks.get(node.frameworkId);
  const words = (from: number, to: number): string => topics.filter((topic) => topic.nodes.slice(from, to).includes(node.reference)).map((topic) => `${topic.name} ${topic.words}`).join(' ');
  const above = node.parent === null ? '' : catalogues.nodes.get(node.parent)?.title ?? '';
  return { reference: node.reference, title: node.title, words: words(0, CLOSEST), moreWords: words(CLOSEST, Infinity), family: above, weight: framework === undefined ? 1 : WEIGHTS[framework.kind] };
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

const STOP_WORDS = new Set(
  ('a about after all also an and any are as at be because been before but by can could do does for from had has have if in into is it its may might more most must no not of on or other our out over own '
  + 'same shall should so somebody some someone such than that the their them then there these they this those through to too under until up was were what when where whether which while who will with without would you your '
  + 'ai artificial intelligence model models system systems risk risks use used uses using').split(' '),
);

/** Endings that change the form of a word and not its subject; at least four letters stay. */
const ENDING = /(?<=.{4})(?:ations?|atory|ators?|ated?|ates|ating|ages?|ances?|ments?|ness|ions?|ings?|ures?|ists?|ities|ity|ally|ies|ied|ers?|ors?|ous|ive|ed|es|ly|al|e|s|y)$/u;

function stem(word: string): string | null {
  const plain = word.toLowerCase();
  if (plain.length < 2 || STOP_WORDS.has(plain)) return null;
  return plain.replace(ENDING, '');
}
